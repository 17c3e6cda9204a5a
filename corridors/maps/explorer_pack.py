"""A network compiled for a page: what `explorer_search.js` searches, taken from the same graph that Python searches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import inf, isfinite
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from corridors.data.schema import records
from corridors.engine.arrays import Floats, merge_spans
from corridors.errors import BadRequest
from corridors.maps.layers import encode
from corridors.model.calendars import LORRIES, Closure
from corridors.model.cargo import Cargo, preset
from corridors.model.costs import entry_fee
from corridors.model.facts import Facts
from corridors.model.graph import Edge, MultimodalGraph, build
from corridors.model.scenario import Overlay
from corridors.model.world import Question, World

Json = dict[str, Any]
KINDS = ("leg", "crossing", "transfer", "terminal")
SPAN_YEARS = 3
"""Years for which a departure sees opening hours: its own and the two after it."""
ALIKE = 1e-13
"""Relative difference up to which one figure is a multiple of another."""
LAST_DAY = "9999-12-31"


def packed(facts: Facts, question: Question, cargoes: Sequence[Cargo], years: tuple[int, int]) -> Json:
    """All that a page needs to answer questions like `question` by itself, as JSON.

    Parameters
    ----------
    facts : Facts
    question : Question
        Whose knowledge, carrier, policies and longest wait hold for every question of the page.
    cargoes : sequence of Cargo
        Loads to choose from; the first of them lays down the edges, which are the same for all.
    years : (int, int)
        First and last year of departure.
    """
    plain = replace(
        question,
        cargo=cargoes[0],
        overlay=Overlay(),
        avoid_countries=frozenset(),
        avoid_places=frozenset(),
        avoid_elements=frozenset(),
    )
    graph = facts.graph(cargoes[0])
    topology = graph.topology
    elements, zones, sources, grades = _Numbers(), _Numbers(), _Numbers(), _Numbers()
    for edge in graph.edges:
        for element in edge.elements:
            elements.of(element)
    figures = _Figures()
    loads = _cargoes(facts, plain, cargoes, figures, graph)
    goods = dict.fromkeys(["", *(cargo.goods for cargo in cargoes)])
    closures = {name: _closures(facts, plain, elements, name, years) for name in goods}
    usual = closures[""]
    return {
        "nodes": topology.nodes,
        "edges": _edges(facts, graph, elements, sources, grades),
        "grades": grades.names,
        **_sources(facts, sources.names),
        "factors": topology.factors.tolist(),
        "elements": _elements(facts, elements.names, zones),
        "lengths": [[elements.of(element), km] for element, km in graph.length.items()],
        "places": [_place(graph, row, zones) for row in facts.place.values()],
        "lines": _lines(facts),
        "figures": figures.packed,
        "cargo": loads,
        "closures": {
            name: found if not name else {key: value for key, value in found.items() if value != usual.get(key)}
            for name, found in closures.items()
        },
        "permits": _permits(facts, plain, graph, years),
        "zones": [_shifts(name, years) for name in zones.names],
        "projects": {name: sorted(projects) for name, projects in facts.projects.items()},
        "hire": {
            "freeDays": facts.rates.find("detention_free_days").mode,
            "usdDay": facts.rates.find("detention_usd_day").mode,
        },
        "maxWait": question.max_wait_hours if isfinite(question.max_wait_hours) else 1e12,
        "years": years,
    }


class _Numbers:
    """Names numbered in the order in which they come."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}

    def of(self, name: str) -> int:
        return self._number.setdefault(name, len(self._number))

    @property
    def names(self) -> list[str]:
        return list(self._number)


class _Figures:
    """Columns of figures by edge; one that is nearly a multiple of another is kept as that."""

    def __init__(self) -> None:
        self.packed: list[Json] = []
        self._columns: list[Floats] = []
        self._known: dict[bytes, int] = {}

    def of(self, values: Floats) -> int:
        """Number of a column."""
        if values.tobytes() not in self._known:
            self._known[values.tobytes()] = len(self.packed)
            self.packed.append(self._multiple(values) or {"values": values.tolist()})
            self._columns.append(values)
        return self._known[values.tobytes()]

    def _multiple(self, values: Floats) -> Json | None:
        for number, base in enumerate(self._columns):
            both = (values != 0) & (base != 0)
            if "values" in self.packed[number] and both.any():
                factor = float(np.median(values[both] / base[both]))
                others = np.flatnonzero(np.abs(values - factor * base) > ALIKE * np.abs(values))
                if len(others) < len(values) / 8:
                    return {"of": number, "by": factor, "edges": others.tolist(), "but": values[others].tolist()}
        return None


def cargoes_of(facts: Facts) -> list[Cargo]:
    """Presets that are routed."""
    table = facts.tables["cargo"]
    return [preset(table, row["cargo_id"]) for row in records(table) if not row["refused"] and not _refused(facts, row)]


def _refused(facts: Facts, row: Json) -> bool:
    try:
        preset(facts.tables["cargo"], row["cargo_id"])
    except BadRequest:
        return True
    return False


def _cargoes(
    facts: Facts, question: Question, cargoes: Sequence[Cargo], figures: _Figures, graph: MultimodalGraph
) -> list[Json]:
    """Loads to choose from, each with the figures for every payload that the law may leave of it.

    The graph is built for the least and the greatest payload of a kind of unit and vehicle; in between, hours, US$ and
    kg are interpolated, for each is linear in the payload.
    """
    limits = np.unique(graph.limits[np.isfinite(graph.limits)]).tolist()
    tonnes: dict[Cargo, dict[float, bool]] = {}  # whether each payload is tried as an answer of its own
    for cargo in cargoes:
        tare = facts.rates.find("tare_t", "road", "", cargo.vehicle).mode
        by_road = cargo.unit != "vehicle" and "road" in cargo.modes
        lawful = {limit - tare: by_road and limit in facts.weight_limits for limit in limits}
        tonnes[cargo] = {t: tried for t, tried in lawful.items() if 0 < t < cargo.payload_t} | {cargo.payload_t: True}
    found = []
    kinds: dict[tuple[str, str], list[float]] = {}
    for cargo in cargoes:
        kinds.setdefault((cargo.unit, cargo.vehicle), []).extend(tonnes[cargo])
    known: dict[tuple[str, str], list[_Taken]] = {}
    for kind, loads in kinds.items():
        some = next(cargo for cargo in cargoes if (cargo.unit, cargo.vehicle) == kind)
        ends = dict.fromkeys((min(loads), max(loads)))
        known[kind] = [_taken(facts, replace(question, cargo=replace(some, payload_t=t))) for t in ends]
    for cargo in cargoes:
        between = known[cargo.unit, cargo.vehicle]
        packed_loads: list[Json] = [
            {"tonnes": t, "tried": tonnes[cargo][t]}
            | {name: figures.of(column) for name, column in _at(between, t).items()}
            for t in sorted(tonnes[cargo], reverse=True)
        ]
        found.append(_cargo(facts, cargo, packed_loads))
    return found


class _Taken(NamedTuple):
    """What edges take with some payload."""

    tonnes: float
    columns: dict[str, Floats]


def _taken(facts: Facts, question: Question) -> _Taken:
    graph = build(facts.tables, facts.rates, question.cargo)
    question = replace(question, carrier="", goods_from="")
    world = World(graph, facts.calendars, facts.rates, facts.rights, question)
    columns = {
        "hours": np.array([world.hours(edge) for edge in world.edges]),
        "usd": np.array([world.weight(edge, "usd") for edge in world.edges]),
        "kgco2e": np.array([world.weight(edge, "kgco2e") for edge in world.edges]),
    }
    return _Taken(question.cargo.payload_t, columns)


def _at(known: list[_Taken], tonnes: float) -> dict[str, Floats]:
    low, high = known[0], known[-1]
    for one in known:
        if one.tonnes == tonnes:
            return one.columns
    share = (tonnes - low.tonnes) / (high.tonnes - low.tonnes)
    return {
        name: np.where(column == high.columns[name], column, column + share * (high.columns[name] - column))
        for name, column in low.columns.items()
    }


def _cargo(facts: Facts, cargo: Cargo, loads: list[Json]) -> Json:
    known = cargo.cargo_id in set(facts.tables["cargo"]["cargo_id"])
    return {
        "id": cargo.cargo_id,
        "name": facts.cargo_name(cargo.cargo_id),
        "code": None if known and preset(facts.tables["cargo"], cargo.cargo_id) == cargo else cargo_code(cargo),
        "loads": loads,
        "modes": sorted(cargo.modes),
        "tare": facts.rates.find("tare_t", "road", "", cargo.vehicle).mode,
        "unit": cargo.unit,
        "vehicle": cargo.unit == "vehicle",
        "valueOfTime": cargo.value_of_time,
        "lifeDays": cargo.shelf_life_days if isfinite(cargo.shelf_life_days) else None,
        "hire": not cargo.own_box and cargo.unit in ("TEU", "FEU"),
        "goods": cargo.goods,
    }


def cargo_code(cargo: Cargo) -> str:
    """A load as Python that makes it."""
    given = {name: value for name, value in vars(cargo).items() if name != "modes" and value != inf}
    words = [f"{name}={value!r}" for name, value in given.items()]
    return f"cr.Cargo({', '.join(words)}, modes=frozenset({sorted(cargo.modes)!r}))"


def _edges(facts: Facts, graph: MultimodalGraph, elements: _Numbers, sources: _Numbers, grades: _Numbers) -> Json:
    edges, topology = graph.edges, graph.topology
    place = {name: number for number, name in enumerate(facts.place)}
    lines = {leg: number for number, leg in enumerate(facts.lines)}
    return {
        "tail": topology.tail.tolist(),
        "head": topology.head.tolist(),
        "season": topology.season.tolist(),
        "kind": [KINDS.index(edge.kind) for edge in edges],
        "mode": [edge.mode for edge in edges],
        "km": [edge.km for edge in edges],
        "from": [place[edge.from_place] for edge in edges],
        "to": [place[edge.to_place] for edge in edges],
        "countries": [edge.countries for edge in edges],
        "project": [edge.project for edge in edges],
        "limit": [edge.gross_limit_t if isfinite(edge.gross_limit_t) else None for edge in edges],
        "elements": [[elements.of(element) for element in edge.elements] for edge in edges],
        "line": [lines.get(edge.element_id, -1) if edge.kind == "leg" else -1 for edge in edges],
        "forward": [int(edge.forward) for edge in edges],
        "grade": [grades.of(edge.amount.quality) for edge in edges],
        "source": [
            sources.of(
                f"{facts.leg[edge.element_id]['source_id'] if edge.kind == 'leg' else ''};{edge.amount.source_id}"
            )
            for edge in edges
        ],
    }


def _sources(facts: Facts, sets: Iterable[str]) -> Json:
    """Titles, and which of them each set of sources has."""
    titles = {row["source_id"]: row["title"] for row in records(facts.tables["sources"])}
    numbers = _Numbers()
    chosen = [
        [numbers.of(titles.get(one, one)) for one in dict.fromkeys(filter(None, text.split(";")))] for text in sets
    ]
    return {"sourceSets": chosen, "sources": numbers.names}


def _lines(facts: Facts) -> list[str]:
    shapes = shapely.simplify(list(facts.lines.values()), 0.005)
    return [encode(shapely.get_coordinates(shape)[:, ::-1], 3) for shape in shapes]


def _elements(facts: Facts, names: Iterable[str], zones: _Numbers) -> list[Json]:
    table = facts.tables["elements"]
    kinds = dict(zip(table["element_id"], table["kind"], strict=True))
    rules: dict[str, list[str]] = {}
    for row in records(facts.tables["calendars"]):
        rules.setdefault(row["element_id"], []).append(row["rule"])
    return [
        {
            "id": element,
            "name": facts.element_names.get(element, element),
            "kind": kinds.get(element, "leg"),
            "zone": zones.of(facts.calendars.zone(element).key),
            "hours": f"opening hours {'; '.join(dict.fromkeys(rules[element]))}" if element in rules else "",
        }
        for element in names
    ]


def _place(graph: MultimodalGraph, row: Json, zones: _Numbers) -> Json:
    place = row["place_id"]
    return {
        "id": place,
        "name": row["name"],
        "country": row["country"],
        "kind": row["kind"],
        "lat": row["lat"],
        "lon": row["lon"],
        "zone": zones.of(row["timezone"] or "UTC"),
        "aliases": row["aliases"],
        "out": next(iter(graph.at(place, leaving=True)), -1),
        "in": next(iter(graph.at(place, leaving=False)), -1),
    }


def _closures(facts: Facts, question: Question, elements: _Numbers, goods: str, years: tuple[int, int]) -> Json:
    """Opening hours (minutes between their ends) and dated closures of each element that has any."""
    found: Json = {}
    sources = {row["source_id"]: row["title"] for row in records(facts.tables["sources"])}
    numbers = {element: elements.of(element) for element in elements.names}
    for element in sorted(facts.calendars.dated & numbers.keys()):
        spans: list[tuple[float, float]] = []
        dated: list[Closure] = []
        for year in range(years[0], years[1] + SPAN_YEARS, SPAN_YEARS):
            t0 = datetime(year, 7, 1, tzinfo=UTC).timestamp() / 3600
            closures = facts.calendars.closures(element, t0, question.knowledge, goods)
            spans += [(c.start, c.end) for c in closures if c.rule]
            dated = [c for c in closures if not c.rule]
        minutes = np.rint(60 * np.array(merge_spans(spans)).T.ravel()).astype(np.int64)
        shut = [_shut(c, sources) for c in dated if _concerns(c, question.carrier, goods)]
        if len(minutes) or shut:
            found[str(numbers[element])] = {"rule": np.diff(minutes, prepend=0).tolist(), "shut": shut}
    return found


def _concerns(closure: Closure, carrier: str, goods: str) -> bool:
    """Whether it shuts anything to this carrier and these goods; direction and mode are for the page to see."""
    return closure.cargo.casefold() in ("", "all cargo", goods.casefold()) and (
        not closure.flags or carrier in closure.flags.split(";")
    )


def _shut(closure: Closure, sources: dict[str, str]) -> Json:
    return {
        "start": closure.start if isfinite(closure.start) else None,
        "end": closure.end if isfinite(closure.end) else None,
        "text": closure.reason,
        "source": sources.get(closure.source_id, closure.source_id),
        "confirmed": closure.last_confirmed,
        "way": closure.direction,
        "mode": closure.mode,
        "lorry": not closure.vehicle or closure.vehicle in LORRIES,
    }


def _permits(facts: Facts, question: Question, graph: MultimodalGraph, years: tuple[int, int]) -> Json:
    """Crossings by road at which law or flag change what a passage takes, by origin of the goods and days."""
    carrier = question.carrier
    edges = [i for i, edge in enumerate(graph.edges) if edge.kind == "crossing" and edge.mode == "road"]
    if not carrier:
        edges = [i for i in edges if graph.edges[i].elements[0] in facts.rights.elements]
    rights = facts.tables["rights"]
    turns = {day for column in ("in_force_from", "in_force_to") for day in rights[column] if day}
    turns |= {(date.fromisoformat(day) + timedelta(days=1)).isoformat() for day in set(rights["in_force_to"]) if day}
    first, last = f"{years[0] - 1}-01-01", f"{years[1] + 1}-12-31"
    days = [first, *sorted(day for day in turns if first < day <= last), LAST_DAY]
    found: dict[str, list[Json]] = {}
    for country in sorted(facts.countries):
        for since, until in pairwise(days):
            t0 = datetime.fromisoformat(since).replace(hour=12, tzinfo=UTC).timestamp() / 3600
            world = World(
                graph, facts.calendars, facts.rates, facts.rights, replace(question, goods_from=country, t0=t0)
            )
            for i in edges:
                passage = _passage(world, graph.edges[i])
                if passage:
                    found.setdefault(str(i), []).append({"goods": country, "from": since, "to": until, **passage})
    return found


def _passage(world: World, edge: Edge) -> Json | None:
    verdict = world.verdict(edge)
    if verdict.effect == "forbid":
        q = world.question
        who = f"{q.carrier} lorries" if q.carrier else f"goods from {q.goods_from}"
        return {"effect": "forbid", "text": f"not open to {who}: {verdict.note}"}
    if not world.question.carrier:
        return None
    fee = entry_fee(world.rates, edge.countries[1], world.question.carrier)
    if verdict.effect != "transload" and not fee:
        return None
    return {"effect": verdict.effect, "hours": world.hours(edge), "usd": world.weight(edge, "usd")}


def _shifts(name: str, years: tuple[int, int]) -> list[tuple[int, float]]:
    """Local hours (since 1970, as if UTC) from which an offset to UTC holds, and the offset in hours."""
    zone = ZoneInfo(name)
    found: list[tuple[int, float]] = []
    day = datetime(years[0] - 1, 1, 1)
    previous = None
    while day.year <= years[1] + SPAN_YEARS + 1:
        offset = _offset(day, zone)
        if offset != previous:
            hours: Iterable[int] = range(-24, 1) if previous is not None else (0,)
            moment = next(at for hour in hours if _offset(at := day + timedelta(hours=hour), zone) == offset)
            found.append((int(moment.replace(tzinfo=UTC).timestamp() // 3600), offset))
            previous = offset
        day += timedelta(days=1)
    return found


def _offset(local: datetime, zone: ZoneInfo) -> float:
    shift = local.replace(tzinfo=zone).utcoffset()
    assert shift is not None
    return shift.total_seconds() / 3600
