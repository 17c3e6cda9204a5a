"""Answers of analyses are used alike: each documented class has a table, and a plot wherever it has a map."""

import inspect
import re
from pathlib import Path

import pandas as pd
import pytest
from numpydoc.docscrape import FunctionDoc

from corridors.analysis.assignment import Flows
from tests.project.test_docs import CALLS as DOCUMENTED

PAGE = Path(__file__).parents[2] / "docs" / "api" / "results.md"
CALLS = {name: call for name, call in DOCUMENTED.items() if not name.startswith("corridors.errors.")}
CLASSES = re.findall(r"autoclass:: (corridors\.\S+)\(\)", PAGE.read_text(encoding="utf-8"))


def documented(name: str) -> type:
    module, _, called = name.rpartition(".")
    found = getattr(__import__(module, fromlist=[called]), called)
    assert isinstance(found, type)
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_every_answer_has_a_table(name: str) -> None:
    found = documented(name)
    assert "table" in {
        *dir(found),
        *(field for base in found.__mro__ for field in vars(base).get("__annotations__", ())),
    }
    if hasattr(found, "explore"):
        assert hasattr(found, "plot")


def test_the_table_of_flows_is_that_of_crossings() -> None:
    frames = pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [2]})
    pd.testing.assert_frame_equal(Flows(*frames).table, frames[1])


def test_the_page_names_the_answers() -> None:
    assert len(CLASSES) >= 9


def parameters(name: str) -> dict[str, inspect.Parameter]:
    """Those of a public call, without what it is bound to."""
    found = inspect.signature(CALLS[name]).parameters.values()
    return {one.name: one for one in found if one.name not in ("self", "cls", "facts", "routes")}


@pytest.mark.parametrize("name", [name for name in CALLS if name.rpartition(".")[2] in ("explore", "plot")])
def test_every_picture_is_asked_for_alike(name: str) -> None:
    first, *others = parameters(name).values()
    assert (first.name, first.default) == ("m" if name.endswith("explore") else "ax", None)
    assert all(one.kind in (one.KEYWORD_ONLY, one.VAR_KEYWORD) for one in others)
    if name.endswith("explore"):
        assert [one.kind for one in others] == [inspect.Parameter.VAR_KEYWORD]


@pytest.mark.parametrize("name", CALLS)
def test_the_same_argument_is_called_and_given_alike(name: str) -> None:
    """`k` alternatives, `max_size` closures together, durations with their unit, ways to spread work and show it."""
    asked = parameters(name)
    types = {"k": int, "max_size": int, "progress": bool, "executor": type(None), "seed": (int, type(None))}
    for argument, kind in types.items():
        if argument in asked:
            assert isinstance(asked[argument].default, kind)
    assert "executor" not in asked or "progress" in asked
    assert not {"n_routes", "alternatives", "most_size", "size", "client", "pool", "verbose"} & set(asked)
    lasting = {one for one in asked if re.search(r"wait|delay|shut|free|duration", one)}
    assert all(re.search(r"_(hours|days)$", one) for one in lasting)
    dated = ("depart", "as_of", "on", "until", "arrive_by", "closes")
    assert not {"date", "when", "day_of_departure", "departure", "known"} & set(asked)
    assert all(re.search(r"\bdates?\b", documented_type(name, one)) for one in dated if one in asked)


def documented_type(name: str, argument: str) -> str:
    """What the docstring says an argument is; where it refers to another call, that it is a date."""
    for entry in FunctionDoc(CALLS[name])["Parameters"]:
        if argument in re.findall(r"\w+", entry.name):
            return entry.type or "date"
    return "not documented"
