"""What is kept beside the tables: the graph, loads and opening hours, used as long as they hold."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import corridors as cr
from corridors.data import index, schema
from corridors.data.opening_rules import closed
from corridors.model.factors import groups
from corridors.model.facts import Facts
from corridors.model.graph import Edge, MultimodalGraph
from corridors.model.kept_graph import _told, graph_of
from corridors.model.rule_spans import RuleSpans

ASK = {"depart": "2026-04-15", "k": 2}
YEAR = 2026


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the shipped data, about which one question was asked, so that all is kept beside it."""
    folder = tmp_path_factory.mktemp("kept") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder.parent / "cache"))
        shutil.copytree(schema.data_folder(), folder, ignore=shutil.ignore_patterns("build", ".*"))
        ask(folder)
        yield folder


@pytest.fixture
def folder(shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same for one test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return shutil.copytree(shipped, tmp_path / "data")


def ask(folder: Path) -> str:
    """An answer, to the last digit."""
    found = cr.load(folder).routes("Almaty", "Karachi", **ASK)
    return found.details.to_csv() + found.legs.drop(columns="geometry").to_csv()


def files(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.glob(".corridors-*")}


def told(edge: Edge) -> str:
    """An edge in words: what is not known (NaN) equals nothing else."""
    return repr((edge[:9], edge[10:], _told(edge.basis)))


def same_graph(found: MultimodalGraph, expected: MultimodalGraph) -> None:
    assert list(map(told, found.edges)) == list(map(told, expected.edges))
    assert dict(found.nodes) == dict(expected.nodes)
    places = {edge.from_place for edge in expected.edges} | {edge.to_place for edge in expected.edges}
    assert {place: found.lands[place] for place in places} == {place: expected.lands[place] for place in places}
    assert found.beside == expected.beside
    for name in ("tail", "head", "edge", "season", "factors"):
        assert np.array_equal(getattr(found.topology, name), getattr(expected.topology, name))


def test_a_question_keeps_graph_load_and_hours(folder: Path) -> None:
    suffixes = sorted(one.removeprefix(".corridors-backbone-checked.") for one in files(folder))
    assert suffixes == ["graph", f"hours-{YEAR}", "load-0", "tables"]


def test_a_kept_graph_is_the_graph_laid_out(folder: Path, net: cr.Network) -> None:
    facts = Facts.load(folder)
    kept = graph_of(facts.tables, facts.rates, facts.services, lambda: pytest.fail("laid out again"))
    plain = Facts(dict(facts.tables), facts.data_date, facts.version, facts.folder)
    same_graph(kept, plain.graph)
    assert facts.services.calls == plain.services.calls
    cargo = facts.preset("container40")
    for name in ("hours", "usd", "kgco2e", "handled"):
        assert np.array_equal(getattr(facts.amounts(cargo), name), getattr(plain.amounts(cargo), name))


def test_edges_by_name_are_those_that_have_it(net: cr.Network) -> None:
    graph = net.facts.graph

    def by(names: Callable[[Edge], Iterator[object] | list[object] | tuple[object, ...]]) -> dict[object, set[int]]:
        found: dict[object, set[int]] = {}
        for edge in graph.edges:
            for name in names(edge):
                found.setdefault(name, set()).add(edge.number)
        return found

    def bans(edge: Edge) -> Iterator[object]:
        yield from edge.elements
        if edge.kind == "leg":
            yield f"country {edge.countries[0]}"
            yield f"mode {edge.mode}"
        if edge.signature:
            yield f"border {edge.signature}"
        yield from map("pair {}".format, edge.pairs)

    assert dict(graph.bans) == by(bans)
    assert dict(graph.touching) == by(lambda edge: (*edge.countries, edge.from_place, edge.to_place))
    assert dict(graph.built) == by(lambda edge: (edge.project,) if edge.project else ())
    legs = by(lambda edge: groups(edge.kind, edge.mode, edge.countries))
    assert {name: set(some.tolist()) for name, some in graph.legs_of.items()} == legs
    assert graph.passages == [edge.number for edge in graph.edges if edge.kind == "crossing"]
    km: dict[str, float] = {}
    for edge in graph.edges:
        if edge.kind == "leg" and edge.forward:
            for section in edge.elements[1:]:
                km[section] = km.get(section, 0.0) + edge.km
    assert graph.length == km
    nodes = {node: graph.nodes[node] for node in graph.nodes}
    assert sorted(nodes.values()) == list(range(len(graph.nodes)))
    assert ("nowhere", next(iter(graph.nodes))[1]) not in graph.nodes


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    at = len(content) * 2 // 3
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize("damage", [half, flipped, lambda _: b"", lambda _: b"[]\n{}\n\xff"], ids=range(4))
def test_damaged_files_are_not_used_and_are_replaced(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    good, expected = files(folder), ask(folder)
    for name, content in good.items():
        (folder / name).write_bytes(damage(content))
    assert ask(folder) == expected
    assert files(folder) == good


def test_files_of_another_version_are_not_used(folder: Path) -> None:
    facts = Facts.load(folder)

    def number(versions: tuple[str, ...], made: int) -> int:
        return index.beside(
            facts.tables,
            "number",
            versions,
            lambda parts: int(np.asarray(parts["a"]["n"])[0]),
            lambda: made,
            lambda made: {"a": {"n": np.array([made])}},
        )

    assert [number(("numpy",), 1), number(("numpy",), 2)] == [1, 1]
    assert [number(("numpy", "pyproj"), 3), number(("numpy", "pyproj"), 4)] == [3, 3]
    assert number((), 5) == 5
    older = (folder / ".corridors-backbone-checked.graph").read_bytes()
    (folder / ".corridors-backbone-checked.number").write_bytes(older)  # right, but of other tables or code
    assert number((), 6) == 6


def test_what_is_kept_follows_the_data(folder: Path) -> None:
    before, load = Facts.load(folder), cr.load().facts.preset("container40")
    hours = before.amounts(load).hours
    table = before.tables["rates"].copy()
    table.loc[table["quantity"] == "loading_hours", ["low", "mode", "high"]] *= 2
    table.to_csv(folder / "rates.csv", index=False)
    loading = before.graph.of_kind["loading"]
    after = Facts.load(folder)
    assert (after.amounts(load).hours[loading] > hours[loading]).all()
    assert np.array_equal(after.amounts(load).hours[~loading], hours[~loading])
    assert np.array_equal(before.amounts(load).hours, hours)


def test_a_folder_that_cannot_be_written_to(folder: Path, tmp_path: Path) -> None:
    expected = ask(folder)
    for name in files(folder):
        (folder / name).unlink()
        (folder / name).mkdir()  # where a file should lie, and so cannot, even for root
        (folder / name / "something").touch()
    assert ask(folder) == expected
    kept = {one.name[16:] for one in (tmp_path / "cache" / "corridors").iterdir()}
    assert kept == {one.name for one in folder.glob(".corridors-*")}
    assert ask(folder) == expected
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("no folder")
    assert ask(folder) == expected


def test_nothing_is_kept_of_tables_that_are_not(net: cr.Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cr.settings, "keep_tables", False)
    facts = Facts.load()
    assert not index.keeps(facts.tables)
    same_graph(facts.graph, net.facts.graph)


def test_spans_of_rules_are_those_of_the_library(folder: Path) -> None:
    facts = Facts.load(folder)
    rules = facts.calendars._every_rule()
    spans = RuleSpans(facts.tables, lambda: rules)
    assert set(spans._of_year(YEAR)) == set(rules)
    for zone in (ZoneInfo("Asia/Karachi"), ZoneInfo("Europe/Istanbul"), ZoneInfo("Europe/Paris")):  # with summer time
        for rule in rules:
            expected = [[at.replace(tzinfo=zone).timestamp() / 3600 for at in span] for span in closed(rule, YEAR)]
            assert spans.utc(rule, zone, YEAR).tolist() == expected
