"""Documentation against the code: API pages and docstrings, the table of modules, and the examples, which run."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from numpydoc.docscrape import FunctionDoc
from numpydoc.validate import validate

import corridors as cr

ROOT = Path(__file__).parents[2]
API = "\n".join(page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs" / "api").glob("*.md")))
CHECKS = {"GL08", "PR01", "PR02", "PR03", "RT01", "YD01"}  # docstring; parameters: all, no others, in order; returns


def find(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


def shown() -> Iterator[tuple[Any, bool]]:
    """What the API pages show, and whether users make or call it themselves: brackets there say that none makes it."""
    for name, brackets in re.findall(r"auto(?:class|function|exception):: ([\w.]+)(\(\))?", API):
        yield find(name), not brackets
    for module, names in re.findall(r"automodule:: ([\w.]+)\n   :members: (.*)", API):
        for name in names.split(", "):
            yield find(f"{module}.{name}"), True


def callables() -> Iterator[Any]:
    """Functions, classes that users make, and methods, ours only."""
    for one, made in shown():
        if made and callable(one):
            yield one
        for base in one.__mro__ if inspect.isclass(one) else ():
            if base.__module__.startswith("corridors"):
                yield from (
                    getattr(one, name)
                    for name, method in vars(base).items()
                    if not name.startswith("_") and isinstance(method, FunctionType | classmethod)
                )


CALLS = {f"{one.__module__}.{one.__qualname__}": one for one in callables()}
del CALLS["corridors.model.scenario.Scenario.overlay"]  # for networks, not for users


def test_every_public_name_has_its_place() -> None:
    places = [one for one, _ in shown()]
    assert [name for name in cr.__all__ if name != "settings" and getattr(cr, name) not in places] == []
    assert {
        "corridors.network.Network.routes",
        "corridors.analyses.Analyses.screen",
        "corridors.maps.charts.tcd",
        "corridors.network.load",
        "corridors.model.cargo.Cargo",
    } <= set(CALLS)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_docstring(name: str) -> None:
    assert [text for code, text in validate(name)["errors"] if code in CHECKS] == []
    if inspect.isroutine(CALLS[name]):
        raised = re.findall(r"^\s+raise (\w+)\(", inspect.getsource(CALLS[name]), re.MULTILINE)
        told = [word for entry in FunctionDoc(CALLS[name])["Raises"] for word in re.findall(r"\w+", entry.type)]
        assert set(raised) <= set(told)


def test_modules_import_from_their_own_row_or_above() -> None:
    """The table in CONTRIBUTING.md: every module once, and no import at a module's head from further down."""
    table = re.search(r"\| row \| modules .*?\n\n", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL)
    assert table
    rows = [re.findall(r"`(\w+)`", line.split("|")[2]) for line in table[0].splitlines()[2:] if line]
    row = {module: number for number, modules in enumerate(rows) for module in modules}
    files = {path.stem: path for path in Path(cr.__file__).parent.glob("*.py") if path.stem != "__init__"}
    assert sorted(name for modules in rows for name in modules) == sorted(files)
    assert [
        (name, taken) for name, path in files.items() for taken in heads(path) if row.get(taken, -1) > row[name]
    ] == []


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
