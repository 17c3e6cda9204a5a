"""Documentation against the code: API pages and docstrings, the table of modules, and the examples, which run."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import networkx as nx
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
        "corridors.analysis.screening.screen",
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


ORDER = (
    *("settings", "errors", "progress", "arguments"),
    *("engine", "data", "model", "routing", "analysis", "osm", "maps", "report"),
)
"""Packages by the way the data flows; then the door, `network`, and the command, `cli`."""
OUTPUTS = {"explore", "plot", "tcd", "report", "to_file", "to_excel", "to_word", "great_table", "explorer"}
INDICATORS = {"cpmm", "last_departure", "price_of_avoiding"}
"""Calls of results that do no more than hand on to a package further down."""
PACKAGE = Path(cr.__file__).parent


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


MODULES = {module_of(path): path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"}


def taken(path: Path) -> Iterator[tuple[str, str]]:
    """Modules of ours that a module imports, at its head or in a function (named), types alone left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    quiet = {
        id(one)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for one in ast.walk(node)
    }
    inside = {
        id(one): node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for one in ast.walk(node)
        if isinstance(one, ast.ImportFrom)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and id(node) not in quiet:
            whole = node.module.removeprefix("corridors").lstrip(".")
            if node.module.split(".")[0] == "corridors":
                names = [whole] if whole in MODULES else [f"{whole}.{one.name}".lstrip(".") for one in node.names]
                yield from ((name, inside.get(id(node), "")) for name in names if name in MODULES)


def test_a_module_imports_only_from_its_package_or_one_above() -> None:
    row = {name: i for i, name in enumerate((*ORDER, "network", "cli"))}
    wrong = [
        (module, name, function)
        for module, path in MODULES.items()
        for name, function in taken(path)
        if row[name.split(".")[0]] > row[module.split(".")[0]] and function not in OUTPUTS | INDICATORS
    ]
    assert wrong == []


def test_calls_that_hand_on_do_nothing_else() -> None:
    row = {name: i for i, name in enumerate((*ORDER, "network", "cli"))}
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in OUTPUTS | INDICATORS:
                up = [
                    one
                    for one in node.body
                    if isinstance(one, ast.ImportFrom)
                    and (one.module or "").startswith("corridors.")
                    and row[(one.module or "").split(".")[1]] > row[module.split(".")[0]]
                ]
                assert not up or len(node.body) <= 4, (module, node.name)


def test_no_module_leads_back_to_itself() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph(
        (module, name) for module, path in MODULES.items() for name, _ in taken(path) if module != name
    )
    assert list(nx.simple_cycles(graph)) == []


def test_no_module_reads_what_is_private_to_another() -> None:
    """An underscore attribute is read of the module's own classes only: ``self``, ``cls`` and what it makes itself."""
    wrong = []
    for module, path in MODULES.items():
        text = path.read_text(encoding="utf-8")
        own = set(re.findall(r"(?:self|cls|part)\.(_[a-z]\w*)|def (_[a-z]\w*)|^\s+(_[a-z]\w*)[:=]", text, re.MULTILINE))
        known = {name for names in own for name in names if name} | {"_asdict", "_replace", "_fields", "_repr_html_"}
        wrong += [
            (module, node.attr)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Attribute) and re.fullmatch(r"_[a-z]\w*", node.attr) and node.attr not in known
        ]
    assert wrong == []


def test_contributing_tells_what_each_package_is_for() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for module in MODULES:
        package, _, name = module.rpartition(".")
        assert re.search(rf"^\| `{package or 'corridors'}` .*`{name}`", text, re.MULTILINE), module


def test_modules_are_small_and_few() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 8
    assert [path.name for path in PACKAGE.rglob("_*.py") if path.name != "__init__.py"] == []
    assert [
        module for module, path in MODULES.items() if len(path.read_text(encoding="utf-8").splitlines()) > 500
    ] == []


@pytest.mark.parametrize("page", ["docs/index.md", "docs/concepts.md", "README.md"])
def test_examples_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec("".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), {})
