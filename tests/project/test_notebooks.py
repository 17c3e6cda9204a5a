"""The notebooks run from top to bottom on a real kernel, and the stored copies say what the run says."""

import html
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import jupytext
import pytest

from tests.scripts import script

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "notebooks"
SCRIPTS = sorted(FOLDER.glob("[0-9]*.py"))
each = pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)


@pytest.fixture(scope="module")
def make() -> ModuleType:
    return script(FOLDER / "make.py")


def outputs(notebook: Any) -> list[list[Any]]:
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


def data(notebook: Any) -> list[list[Any]]:
    return [[o.get("data", {}) for o in cell] for cell in outputs(notebook)]


def figures(cell: list[Any]) -> list[str]:
    """The numbers of tables and answers, as a reader sees them."""
    shown = " ".join(one.get("text/markdown") or re.sub("<[^>]*>", " ", one.get("text/html", "")) for one in cell)
    return re.findall(r"\d[\d,.:-]*", html.unescape(shown))


@each
def test_it_runs_and_the_stored_copy_is_not_stale(make: ModuleType, script: Path) -> None:
    """After a change of data or code: python notebooks/make.py."""
    fresh, stored = make.light(make.run(script)), jupytext.read(script.with_suffix(".ipynb"))
    assert not [o for cell in outputs(fresh) for o in cell if o.output_type in ("stream", "error")]
    code = [cell for cell in fresh.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert list(map(figures, data(fresh))) == list(map(figures, data(stored)))
    draws = ["\n_ = " in f"\n{cell.source}" or "explore" in cell.source.splitlines()[-1] for cell in code]
    for book in (fresh, stored):
        assert [sum("image/png" in one for one in cell) for cell in data(book)] == draws


@each
def test_the_stored_copy_is_its_text_and_light(script: Path) -> None:
    twin = script.with_suffix(".ipynb")
    stored = jupytext.read(twin)
    assert [(c.cell_type, c.source) for c in stored.cells] == [
        (c.cell_type, c.source) for c in jupytext.read(script).cells
    ]
    assert twin.stat().st_size < 1_000_000
    assert "<iframe" not in twin.read_text(encoding="utf-8")


@each
def test_it_opens_with_a_question_and_closes_with_a_computed_answer(script: Path) -> None:
    cells = jupytext.read(script.with_suffix(".ipynb")).cells
    assert cells[0].source.startswith("# ")
    assert "?" in cells[0].source
    assert cells[-2].source == "## Answer"
    (answer,) = cells[-1].outputs
    assert "*Caveats.*" in answer.data["text/markdown"]
    assert len(re.findall(r"\{[^}]*\}", cells[-1].source)) >= 4
