"""Runs the notebooks and stores them with light outputs: `python notebooks/make.py`, or `... 03 05` for some.

GitHub shows no interactive map, so the stored copy (`.ipynb`) has the still picture of each map in its place.
"""

import base64
import io
import re
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import jupytext
import nbclient
from PIL import Image

SCRIPTS = sorted(Path(__file__).parent.glob("[0-9]*.py"))
FRAME = re.compile(r'<img src="data:image/webp;base64,([^"]+)"[^>]*><iframe ', re.DOTALL)
WIDEST = 1150  # pixels


def run(script: Path) -> Any:
    """The notebook of a script, run from top to bottom in a fresh kernel and an empty folder."""
    notebook = jupytext.read(script)
    with tempfile.TemporaryDirectory() as folder:
        nbclient.NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}}).execute()
    return notebook


def light(notebook: Any) -> Any:
    """The same notebook with stills for interactive maps, small pictures, and nothing that changes from run to run."""
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if map_ := FRAME.search(data.get("text/html", "")):
                output["data"] = {"image/png": map_[1], "text/plain": "map"}
                data = output["data"]
            if "image/png" in data:
                data["image/png"] = _small(base64.b64decode(data["image/png"]))
    notebook.metadata.pop("language_info", None)
    return notebook


def _small(picture: bytes) -> str:
    """A picture as PNG in 256 colours."""
    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    if image.width > WIDEST:
        image = image.resize((WIDEST, round(image.height * WIDEST / image.width)), Image.Resampling.LANCZOS)
    drawn = io.BytesIO()
    image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(drawn, "PNG", optimize=True)
    return base64.b64encode(drawn.getvalue()).decode()


def main(wanted: list[str]) -> None:
    """Run and store all notebooks, or those whose name begins so."""
    for script in SCRIPTS:
        if not wanted or script.name.startswith(tuple(wanted)):
            start, twin = perf_counter(), script.with_suffix(".ipynb")
            jupytext.write(light(run(script)), twin)
            print(f"{twin.name}: {perf_counter() - start:.0f} s, {twin.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
