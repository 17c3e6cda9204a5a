"""Arguments of every public call that make no sense: an answer, or an error of ours, or a TypeError that names one.

``CORRIDORS_FUZZ`` says how many cases a call gets; ``.ci/fuzz`` runs many. Every case changes one or two arguments of a
question that has an answer, on a network small enough for all analyses. In the folder ``CORRIDORS_FUZZ_LOGS`` each case
that fails is written down as soon as it does, so that a run may be stopped at any moment.
"""

from __future__ import annotations

import os
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matplotlib import pyplot

import corridors as cr
from tests.project.public_calls import CALLS, FILES, ODD, PHOTOGRAPHS, PICTURES
from tests.project.test_docs import CALLS as DOCUMENTED

mpl.use("agg")
CASES = int(os.environ.get("CORRIDORS_FUZZ", "12"))
LOGS = Path(os.environ["CORRIDORS_FUZZ_LOGS"]).absolute() if "CORRIDORS_FUZZ_LOGS" in os.environ else None
SLOW_S = 60
"""A case that takes longer is written down too: it may be one that never ends."""
EVERY = {**CALLS, **PICTURES, **FILES, **PHOTOGRAPHS}
NOTHING_TO_GIVE = {  # or not called by users
    *("Cargo.changes", "walk_forward", "role_of", "published_times", "times", "speeds", "validate_times"),
    *("scales", "section_prices"),
    *("Network.components", "compile_searches", "Explorer.html", "Explorer.still", "MapPair.html", "MapPair.still"),
    *("CorridorMap.html", "great_table", "Routes.cpmm", "Routes.labelled", "Routes.no_route", "Routes.refuse_nothing"),
    "Routes.sources",
}
ASKED_FOR_WHAT_IS_NOT_THERE = ("load", "Network.load", "Network.refine", "Network.from_osmnx")
single = st.sampled_from(ODD)
odd = single | st.text(max_size=5) | st.integers() | st.floats() | st.lists(single, max_size=2)
FOUND: Counter[str] = Counter()


@pytest.fixture(autouse=True)
def _folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Odd names of files and folders are made there."""
    monkeypatch.chdir(tmp_path)


def _said(call: Callable[[], object], changed: list[str]) -> str | None:
    """The sentence of an error that is meant for users; any other goes on."""
    try:
        call()
    except cr.CorridorsError as error:
        return str(error)
    except TypeError as error:
        if not any(argument in str(error) for argument in changed):
            raise
        return str(error)
    return None


@contextmanager
def _noted(name: str, given_: dict[str, Any]) -> Iterator[None]:
    """Write down a case that fails or takes long, with its arguments, in the log of its call."""
    if LOGS is None:
        yield
        return
    running, log = LOGS / "running.txt", LOGS / f"{name}.log"
    case = f"{name}(\n" + "".join(f"    {key}={value!r},\n" for key, value in given_.items()) + ")\n"
    running.write_text(case, encoding="utf-8", errors="backslashreplace")
    start, said = time.monotonic(), ""
    try:
        yield
    except Exception:
        said = traceback.format_exc()
        raise
    finally:
        if (seconds := time.monotonic() - start) > SLOW_S:
            said += f"It took {seconds:.0f} s.\n"
        if said:
            with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"{case}{said}\n")


def test_every_public_call_is_tried() -> None:
    """Calls that the API pages show, by their last name: functions serve as methods too."""
    tried = {name.rpartition(".")[2] for name in EVERY} | {name.rpartition(".")[2] for name in NOTHING_TO_GIVE}
    shown = {name.rpartition(".")[2]: name for name in DOCUMENTED if not name.startswith("corridors.errors.")}
    assert {name for last, name in shown.items() if last not in tried} == set()


@pytest.mark.parametrize("name", [name for name in CALLS if name not in ASKED_FOR_WHAT_IS_NOT_THERE])
def test_the_usual_arguments_have_an_answer(name: str) -> None:
    """Else a case that changes two of them would fail for a third, and try nothing."""
    call, usual = CALLS[name]
    call(**{argument: value for argument, value in usual.items() if value is not ...})


def _cases(share: float) -> Any:
    return settings(
        max_examples=max(2, round(share * CASES)),
        deadline=None,
        derandomize="CORRIDORS_FUZZ" not in os.environ,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],  # cases are short as they are
        print_blob=True,
    )


def _try(name: str, data: st.DataObject) -> None:
    call, usual = EVERY[name]
    names = st.lists(st.sampled_from(sorted(usual)), min_size=1, max_size=2, unique=True)
    changed = data.draw(names, label="arguments")
    given_ = {**usual, **{argument: data.draw(odd, label=argument) for argument in changed}}
    given_ = {argument: value for argument, value in given_.items() if value is not ...}
    FOUND[name] += 1
    with warnings.catch_warnings(), _noted(name, given_):
        warnings.simplefilter("ignore", UserWarning)
        words = _said(lambda: call(**given_), changed)
        assert words is None or len(words) > 10
    pyplot.close("all")


@pytest.mark.parametrize("name", CALLS)
@_cases(1)
@given(data=st.data())
def test_an_answer_or_a_sentence(name: str, data: st.DataObject) -> None:
    _try(name, data)


@pytest.mark.parametrize("name", PICTURES)
@_cases(0.25)
@given(data=st.data())
def test_a_picture_or_a_sentence(name: str, data: st.DataObject) -> None:
    _try(name, data)


@pytest.mark.parametrize("name", FILES)
@_cases(0.5)
@given(data=st.data())
def test_a_file_or_a_sentence(name: str, data: st.DataObject) -> None:
    _try(name, data)


@pytest.mark.slow
@pytest.mark.usefixtures("chromium")
@pytest.mark.parametrize("name", PHOTOGRAPHS)
@_cases(0.1)
@given(data=st.data())
def test_a_photograph_or_a_sentence(name: str, data: st.DataObject) -> None:
    _try(name, data)


@pytest.mark.skipif("CORRIDORS_FUZZ" not in os.environ, reason="for .ci/fuzz: half an hour")
@pytest.mark.parametrize("name", [*CALLS, *PICTURES, *FILES])
def test_each_value_for_each_argument(name: str) -> None:
    """One argument at a time; of pictures and files, which are slow, each third value."""
    call, usual = EVERY[name]
    told = {argument: value for argument, value in usual.items() if value is not ...}
    wrong = []
    for argument in usual:
        for value in ODD if name in CALLS else ODD[::3]:
            FOUND[name] += 1
            try:
                given_ = told | {argument: value}
                with warnings.catch_warnings(), _noted(name, given_):
                    warnings.simplefilter("ignore", UserWarning)
                    _said(lambda given=given_: call(**given), [argument])  # type: ignore[misc]
            except Exception as error:
                wrong.append(f"{argument}={value!r}: {type(error).__name__} {error}")
        pyplot.close("all")
    assert wrong == []


@pytest.fixture(scope="module", autouse=True)
def told() -> Iterator[None]:
    """How many cases were tried, for the reader of `.ci/fuzz`."""
    yield
    words = f"fuzz: {sum(FOUND.values())} cases of {len(FOUND)} calls"
    print(f"\n{words}")
    if LOGS is not None:
        with (LOGS / "cases.txt").open("a") as file:
            print(words, file=file)
