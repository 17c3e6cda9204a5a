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
from corridors.network import bound

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
                    if not name.startswith("_") and isinstance(method, FunctionType | classmethod | bound)
                )


CALLS = {f"{one.__module__}.{one.__qualname__}": one for one in callables()}
METHODS = {
    f"{one.__module__}.{one.__qualname__}"
    for owner in (cr.Network, cr.Routes)
    for one in (getattr(owner, name) for name in vars(owner) if not name.startswith("_"))
    if isinstance(one, FunctionType) and "." not in one.__qualname__
}
"""Functions of other modules that serve as methods."""
del CALLS["corridors.model.scenario.Scenario.overlay"]  # for networks, not for users


def test_every_public_name_has_its_place() -> None:
    places = [one for one, _ in shown()]
    assert [name for name in cr.__all__ if name != "settings" and getattr(cr, name) not in places] == []
    assert {
        "corridors.routing.answers.routes",
        "corridors.analysis.screening.screen",
        "corridors.maps.tcd.tcd",
        "corridors.network.Network.load",
        "corridors.routing.reliability.reliability",
        "corridors.model.cargo.Cargo",
    } <= set(CALLS)
    assert len(METHODS) >= 25


@pytest.mark.parametrize("name", sorted(CALLS))
def test_docstring(name: str) -> None:
    lacking = ""
    if name in METHODS:  # what it is bound to is no argument of the call
        owner, *taken = [one for one in inspect.signature(CALLS[name]).parameters if one not in ("self", "cls")]
        given = [word for entry in FunctionDoc(CALLS[name])["Parameters"] for word in re.findall(r"\w+", entry.name)]
        assert given == taken
        lacking = f"Parameters {{'{owner}'}} not documented"
    assert [text for code, text in validate(name)["errors"] if code in CHECKS and text != lacking] == []
    if inspect.isroutine(CALLS[name]):
        raised = re.findall(r"^\s+raise (\w+)\(", inspect.getsource(CALLS[name]), re.MULTILINE)
        told = [word for entry in FunctionDoc(CALLS[name])["Raises"] for word in re.findall(r"\w+", entry.type)]
        assert set(raised) <= set(told)


ORDER = (
    *("settings", "errors", "progress", "arguments"),
    *("engine", "data", "model", "routing", "analysis", "osm", "maps", "report"),
)
"""Packages by the way the data flows; then the door, `network`, and the command, `cli`."""
OUTPUTS = {"tornado", "explore", "plot", "tcd", "report", "to_file", "to_excel", "to_word", "great_table", "explorer"}
INDICATORS = {"switching", "swings", "cpmm", "last_departure", "price_of_avoiding"}
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


THEIRS = {
    "_asdict": "named tuples: public, in spite of its name",
    "_replace": "named tuples: public, in spite of its name",
    "_fields": "named tuples: public, in spite of its name",
    "_field_defaults": "named tuples: public, in spite of its name",
    "_repr_html_": "protocol of notebooks",
    "_parent": "branca's elements have it for those derived from them",
    "_template": "branca's elements have it for those derived from them",
    "_children": "branca has no public way to the children of an element; folium's own plugins read it",
    "_inline": "python-docx sets no description of a picture itself (its issue 227)",
    "_tr": "python-docx marks no row as a heading itself (its issue 322)",
    "_cache": "numba does not say otherwise whether a kernel is on disk; where it has none, the searches run in Python",
}
"""Underscore attributes that are not ours, each with the reason for reading it."""


def private_reads(text: str) -> Iterator[tuple[int, str]]:
    """Reads of an underscore attribute, but for those by a class that has it itself: of `self` or of another of it."""
    tree = ast.parse(text)
    owned: dict[int, set[str]] = {}
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef):
            names = {name for base in ancestors(one, tree) for name in members(base)}
            for node in ast.walk(one):
                owned.setdefault(id(node), set()).update(names)
    for node in ast.walk(tree):
        private = isinstance(node, ast.Attribute) and re.fullmatch(r"_[a-z]\w*", node.attr)
        if private and node.attr not in {*owned.get(id(node), ()), *THEIRS}:
            yield node.lineno, ast.unparse(node)


def ancestors(one: ast.ClassDef, tree: ast.Module) -> Iterator[ast.ClassDef]:
    """A class with those of its bases that stand in the same module."""
    yield one
    for base in tree.body:
        if isinstance(base, ast.ClassDef) and base.name in map(ast.unparse, one.bases):
            yield from ancestors(base, tree)


def members(one: ast.ClassDef) -> Iterator[str]:
    """Names that a class defines or sets on itself."""
    for node in one.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            yield from (target.id for target in targets if isinstance(target, ast.Name))
    for node in ast.walk(one):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            yield node.attr


def test_no_module_reads_what_is_private_to_another() -> None:
    assert [
        (module, *read) for module, path in MODULES.items() for read in private_reads(path.read_text(encoding="utf-8"))
    ] == []


def test_private_reads_are_found() -> None:
    """What the test above looks for, on lines that have it and lines that do not."""
    text = """
class Own:
    def __init__(self):
        self._x = 1
    def same(self, other):
        return other._x + self._x
    def strange(self, other):
        return other._y
def outside(own):
    return own._x, own._replace(a=1)
"""
    assert list(private_reads(text)) == [(8, "other._y"), (10, "own._x")]


def test_contributing_names_every_module_once() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text[text.index("| package | modules | job |") : text.index("Three objects carry")]
    told = [
        (package, module)
        for package, modules in re.findall(r"^\| `(\w+)` \| (.*?) \|", table, re.MULTILINE)
        for module in re.findall(r"`([a-z_]+)`", modules)
    ]
    assert sorted(told) == sorted(
        (module.rpartition(".")[0] or "corridors", module.split(".")[-1]) for module in MODULES
    )


def test_contributing_sends_to_modules_that_there_are() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    part = text[text.index("### Where to change what") : text.index("### Words")]
    sent = re.findall(rf"`((?:{'|'.join(ORDER)})\.\w+)`", part)
    assert len(sent) >= 15
    assert [name for name in sent if name not in MODULES] == []


def test_modules_are_small_and_few() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 8
    assert [path.name for path in PACKAGE.rglob("_*.py") if path.name != "__init__.py"] == []
    assert [
        module for module, path in MODULES.items() if len(path.read_text(encoding="utf-8").splitlines()) > 500
    ] == []


def test_the_answer_in_the_readme_is_that_of_its_command(net: cr.Network) -> None:
    """Its days and prices are printed by hand, and went stale once when the data were corrected."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    command = re.search(r"corridors route (\w+) (\w+) --depart (\S+) --as-of (\S+)", text)
    assert command
    origin, destination, depart, as_of = command.groups()
    routes = net.routes(origin, destination, depart=depart, as_of=as_of)
    assert text[text.index("```text\n") + 8 :].startswith(f"{routes!r}\n```\n")
    best = dict(zip(routes.labels, routes.table["best_in"], strict=True))
    assert "A is the fastest and the cheapest, D the lowest in CO2e." in text
    assert {"hours", "usd"} <= set(best["A"].split(", "))
    assert "kgco2e" in best["D"].split(", ")


@pytest.mark.slow
@pytest.mark.parametrize("page", ["docs/index.md", "docs/concepts.md", "README.md"])
def test_examples_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec("".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), {})
