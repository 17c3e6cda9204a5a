"""Answers of analyses are used alike: each documented class has a table, and a plot wherever it has a map."""

import re
from pathlib import Path

import pandas as pd
import pytest

from corridors.analysis.assignment import Flows

PAGE = Path(__file__).parents[2] / "docs" / "api" / "results.md"
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
