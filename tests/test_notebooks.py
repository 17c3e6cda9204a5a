"""The notebooks run from top to bottom on a real kernel, and each is the same as its text twin."""

from pathlib import Path

import jupytext
import nbclient
import pytest

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.py"))


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs(script: Path, tmp_path: Path) -> None:
    notebook = jupytext.read(script)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    assert not [o for o in outputs if o.output_type == "stream" and o.name == "stderr"]
    assert any(
        "<iframe" in o.data.get("text/html", "") for o in outputs if o.output_type in ("display_data", "execute_result")
    )


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_equals_its_text_and_carries_no_output(script: Path) -> None:
    twin = jupytext.read(script.with_suffix(".ipynb"))
    assert [(c.cell_type, c.source) for c in twin.cells] == [
        (c.cell_type, c.source) for c in jupytext.read(script).cells
    ]
    assert not any(c.get("outputs") for c in twin.cells)
