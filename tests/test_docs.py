"""Documentation against the code: API pages and docstrings, the table of modules, and the examples, which run."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from numpydoc.docscrape import FunctionDoc
from numpydoc.validate import validate

import corridors as cr

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "docs" / "api").glob("*.md")
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
CHECKS = {"GL08", "PR01", "PR02", "PR03", "RT01", "YD01"}   # docstring; parameters: all, no others, in order; returns


@cache
def find(name: str) -> Any:
    module, _, last = name.rpartition(".")
    try:
        return getattr(import_module(module), last)
    except ModuleNotFoundError:
        return getattr(find(module), last)


def documented() -> Iterator[str]:
    """Full names of what the API pages show, methods of classes included."""
    for name, brackets in re.findall(r"auto(?:class|function|exception):: ([\w.]+)(\(\))?", TEXT):
        yield from [] if brackets else [name]       # brackets: no user makes one
        yield from methods(name)
    for module, names in re.findall(r"automodule:: ([\w.]+)\n   :members: (.*)", TEXT):
        for name in names.split(", "):
            yield f"{module}.{name}"
            yield from methods(f"{module}.{name}")


def methods(name: str) -> Iterator[str]:
    if inspect.isclass(find(name)):
        ours = (one for one in find(name).__mro__ if one.__module__.startswith("corridors"))
        for one in dict.fromkeys(attribute for base in ours for attribute in vars(base)):
            if not one.startswith("_") and inspect.isroutine(getattr(find(name), one)):
                yield f"{name}.{one}"


CALLS = sorted({name for name in documented() if callable(find(name)) and not name.endswith("Scenario.overlay")})


def test_every_public_name_has_its_place() -> None:
    shown = {id(find(name.removesuffix("()"))) for name in re.findall(r"auto(?:class|function|exception):: ([\w.]+)", TEXT)}
    shown |= {id(find(name)) for name in documented()}
    assert [name for name in cr.__all__ if name != "settings" and id(getattr(cr, name)) not in shown] == []
    assert {"corridors.Network.routes", "corridors.Network.screen", "corridors.charts.tcd"} <= set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_docstring(name: str) -> None:
    one = find(name)
    real = f"{one.__module__}.{one.__qualname__}"
    assert [text for code, text in validate(real)["errors"] if code in CHECKS] == []
    if inspect.isroutine(one):
        told = " ".join(f"{entry.name} {entry.type}" for entry in FunctionDoc(one)["Raises"])
        assert set(re.findall(r"^\s+raise (\w+)\(", inspect.getsource(one), re.MULTILINE)) <= set(re.findall(r"\w+", told))


def test_modules_import_from_their_own_row_or_above() -> None:
    """The table in CONTRIBUTING.md: every module once, and no import at a module's head from further down."""
    table = re.search(r"\| row \| modules .*?\n\n", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL)
    assert table
    rows = [re.findall(r"`(\w+)`", line.split("|")[2]) for line in table[0].splitlines()[2:] if line]
    row = {module: number for number, modules in enumerate(rows) for module in modules}
    files = {path.stem: path for path in (ROOT / "corridors").glob("*.py") if path.stem != "__init__"}
    assert sorted(name for modules in rows for name in modules) == sorted(files)
    upward = [(name, taken) for name, path in files.items() for taken in heads(path) if row.get(taken, -1) > row[name]]
    assert upward == []


def heads(path: Path) -> Iterator[str]:
    """Modules of ours that a module imports when it is imported itself."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("corridors"):
            yield from [node.module.split(".")[1]] if "." in node.module else [one.name for one in node.names]


@pytest.mark.parametrize("page", ["docs/index.md", "docs/concepts.md", "README.md"])
def test_examples_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec("".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), {})
