"""A network compiled for a page: what `explorer_search.js` searches, taken from the same graph that Python searches."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import isfinite
from typing import Generic, TypeVar, get_args
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from corridors.data.schema import records
from corridors.engine.arrays import merge_spans
from corridors.maps.background import polylines
from corridors.maps.explorer_loads import Carried, Json
from corridors.model.border import flag_charges
from corridors.model.calendars import TRUCKS, Closure
from corridors.model.cargo import Cargo
from corridors.model.conditions import LAST_DAY
from corridors.model.facts import Facts
from corridors.model.flag import entry_fee
from corridors.model.graph import Edge, Kind, MultimodalGraph
from corridors.model.question import Question
from corridors.model.rights import Trade
from corridors.model.scenario import Overlay
from corridors.model.world import World
from corridors.routing.names import CROSSINGS, point_of
from corridors.routing.request import world_of

KINDS = get_args(Kind)
T = TypeVar("T", bound=Hashable)
ENDLESS = 1e12
"""Hours that stand for no beginning or end, which JSON cannot write; `explorer_search.js` knows them."""
SPAN_YEARS = 3
"""Number of years whose opening hours matter to a departure: its own and the two after it."""


def packed(facts: Facts, question: Question, cargoes: Sequence[Cargo], years: tuple[int, int]) -> Json:
    """Everything that a page needs to answer questions like `question` by itself, as JSON.

    Parameters
    ----------
    facts : Facts
    question : Question
        Whose knowledge, carrier, policies and longest wait hold for every question of the page.
    cargoes : sequence of Cargo
        Loads to choose from.
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
    carried = Carried(facts, cargoes)
    graph, topology = facts.graph, facts.graph.topology
    elements, zones, sources, grades = _Numbers[str](), _Numbers[str](), _Numbers[str](), _Numbers[str]()
    points = _Numbers[tuple[int, str]]()
    for edge in graph.edges:
        for element in edge.elements:
            elements.of(element)
    origins = {Trade(country).words for country in facts.countries} & set(facts.special_goods)
    goods = dict.fromkeys(["", *(cargo.goods for cargo in cargoes), *sorted(origins)])
    closures = {name: _closures(facts, plain, elements, name, years) for name in goods}
    usual = closures[""]
    return {
        "nodes": topology.nodes,
        "joins": graph.joins,
        "edges": _edges(facts, cargoes[0], elements, sources, grades, points),
        "points": points.names,
        "named": CROSSINGS,
        "grades": grades.names,
        **_sources(facts, sources.names),
        "factors": topology.factors.tolist(),
        "elements": _elements(facts, elements.names, zones, question.knowledge.as_of),
        "lengths": [[elements.of(element), km] for element, km in graph.length.items()],
        "places": [_place(graph, row, zones) for row in facts.place.values()],
        "lines": _lines(facts),
        "cargo": carried.loads(),
        "figures": carried.figures.packed,
        "closures": {
            name: found if not name else {key: value for key, value in found.items() if value != usual.get(key)}
            for name, found in closures.items()
        },
        "permits": _permits(facts, plain, graph, years),
        "unions": [
            {"country": one.country, "union": one.union, "start": one.start, "end": min(one.end, ENDLESS)}
            for one in facts.conditions.members(question.knowledge.as_of.isoformat())
        ],
        "zones": [_shifts(name, years) for name in zones.names],
        "projects": {name: sorted(projects) for name, projects in facts.projects.items()},
        "hire": {"after": facts.rates.detention.after.tolist(), "usdDay": facts.rates.detention.usd_day},
        "maxWait": min(question.max_wait_hours, ENDLESS),
        "years": years,
    }


class _Numbers(Generic[T]):
    """Things numbered in the order in which they are added."""

    def __init__(self) -> None:
        self._number: dict[T, int] = {}

    def of(self, name: T) -> int:
        return self._number.setdefault(name, len(self._number))

    @property
    def names(self) -> list[T]:
        return list(self._number)


def _edges(
    facts: Facts,
    cargo: Cargo,
    elements: _Numbers[str],
    sources: _Numbers[str],
    grades: _Numbers[str],
    points: _Numbers[tuple[int, str]],
) -> Json:
    edges, topology = facts.graph.edges, facts.graph.topology
    rated, which = facts.amounts(cargo).by_basis(), facts.graph.bases[1].tolist()
    named = (point_of(facts, edge) for edge in edges)
    place = {name: number for number, name in enumerate(facts.place)}
    lines = {leg: number for number, leg in enumerate(facts.lines)}
    return {
        "tail": facts.graph.numbers["tail"].tolist(),
        "head": facts.graph.numbers["head"].tolist(),
        "season": topology.season.tolist(),
        "kind": [KINDS.index(edge.kind) for edge in edges],
        "mode": [edge.mode for edge in edges],
        "km": [edge.km for edge in edges],
        "from": [place[edge.from_place] for edge in edges],
        "to": [place[edge.to_place] for edge in edges],
        "countries": [edge.countries for edge in edges],
        "project": ["" if edge.operates else edge.project or edge.status for edge in edges],
        "limit": [edge.gross_limit_t if isfinite(edge.gross_limit_t) else None for edge in edges],
        "elements": [[elements.of(element) for element in edge.elements] for edge in edges],
        "line": [lines.get(edge.element_id, -1) if edge.kind == "leg" else -1 for edge in edges],
        "forward": [int(edge.forward) for edge in edges],
        "point": [points.of(point) if point else -1 for point in named],
        "grade": [grades.of(rated[i].quality) for i in which],
        "usdGrade": [grades.of(rated[i].usd_quality) for i in which],
        "source": [
            sources.of(f"{facts.leg[edge.element_id]['source_id'] if edge.kind == 'leg' else ''};{rated[i].source_id}")
            for edge, i in zip(edges, which, strict=True)
        ],
    }


def _sources(facts: Facts, sets: Iterable[str]) -> Json:
    """Titles, and which of them each set of sources has."""
    titles = {row["source_id"]: row["title"] for row in records(facts.tables["sources"])}
    numbers = _Numbers[str]()
    chosen = [
        [numbers.of(titles.get(one, one)) for one in dict.fromkeys(filter(None, text.split(";")))] for text in sets
    ]
    return {"sourceSets": chosen, "sources": numbers.names}


def _lines(facts: Facts) -> list[str]:
    return polylines(shapely.simplify(list(facts.lines.values()), 0.005), 3)


def _elements(facts: Facts, names: Sequence[str], zones: _Numbers[str], as_of: date) -> list[Json]:
    table = facts.tables["elements"]
    kinds = dict(zip(table["element_id"], table["kind"], strict=True))
    rules = {element: [row["rule"] for row in facts.calendars.rules(element, as_of)] for element in names}
    return [
        {
            "id": element,
            "name": facts.element_names.get(element, element),
            "kind": kinds.get(element, "leg"),
            "zone": zones.of(facts.calendars.zone(element).key),
            "gaps": _gaps(facts, element) if kinds.get(element, "leg") != "leg" else [],
            "hours": f"opening hours {'; '.join(dict.fromkeys(rules[element]))}" if rules[element] else "",
        }
        for element in names
    ]


def _gaps(facts: Facts, element: str) -> list[tuple[str, str, str]]:
    """Days between which closures of an element were hardly researched, in words."""
    return [(run.since, run.until or LAST_DAY, run.words()) for run in facts.coverage.runs(element) if run.words()]


def _place(graph: MultimodalGraph, row: Json, zones: _Numbers[str]) -> Json:
    place = row["place_id"]
    return {
        "id": place,
        "name": row["name"],
        "country": row["country"],
        "goods": Trade(row["country"]).words,
        "kind": row["kind"],
        "lat": row["lat"],
        "lon": row["lon"],
        "zone": zones.of(row["timezone"] or "UTC"),
        "aliases": row["aliases"],
        "out": next(iter(graph.at(place, leaving=True)), -1),
        "in": next(iter(graph.at(place, leaving=False)), -1),
        "home": next(iter(graph.at(place, leaving=False, home=True)), -1),
    }


def _closures(facts: Facts, question: Question, elements: _Numbers[str], goods: str, years: tuple[int, int]) -> Json:
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
            spans += [(max(c.start, -ENDLESS), min(c.end, ENDLESS)) for c in closures if c.rule]
            dated = [c for c in closures if not c.rule]
        minutes = np.rint(60 * np.column_stack(merge_spans(spans).arrays).ravel()).astype(np.int64)
        closed = [_closed(c, sources) for c in dated if _concerns(c, question.carrier, goods)]
        if len(minutes) or closed:
            found[str(numbers[element])] = {"rule": np.diff(minutes, prepend=0).tolist(), "closed": closed}
    return found


def _concerns(closure: Closure, carrier: str, goods: str) -> bool:
    """Whether it closes anything to this carrier and these goods; the page itself looks at direction and mode."""
    return closure.cargo.casefold() in ("", "all cargo", goods.casefold()) and (
        not closure.flags or carrier in closure.flags.split(";")
    )


MOST_SOURCES = 2
"""Publications to name beside a closure."""


def _closed(closure: Closure, sources: dict[str, str]) -> Json:
    return {
        "start": closure.start if isfinite(closure.start) else None,
        "end": closure.end if isfinite(closure.end) else None,
        "text": closure.reason,
        "source": "; ".join(sources.get(one, one) for one in closure.source_id.split(";")[:MOST_SOURCES]),
        "confirmed": closure.last_confirmed,
        "way": closure.direction,
        "mode": closure.mode,
        "truck": not closure.vehicle or closure.vehicle in TRUCKS,
    }


def _permits(facts: Facts, question: Question, graph: MultimodalGraph, years: tuple[int, int]) -> Json:
    """Passages that law or flag bars or changes, by edge: for goods of which origin, between which days."""
    carrier = question.carrier
    edges = [
        i
        for i, edge in enumerate(graph.edges)
        if edge.kind == "crossing" or (edge.kind == "leg" and edge.mode in ("ferry", "sea", "air"))
    ]
    rights = facts.tables["rights"]
    unions = facts.conditions.members(question.knowledge.as_of.isoformat())
    ends = {*rights["in_force_to"], *(one.until for one in unions)} - {"", LAST_DAY}
    turns = {*rights["in_force_from"], *(one.since for one in unions)} - {""} | ends
    turns |= {(date.fromisoformat(day) + timedelta(days=1)).isoformat() for day in ends}
    first, last = f"{years[0] - 1}-01-01", f"{years[1] + 1}-12-31"
    if rights.loc[rights["element_id"].isin({graph.edges[i].elements[0] for i in edges}), "yearly"].any():
        turns.update(_every_day(first, last))
    days = [first, *sorted(day for day in turns if first < day <= last), LAST_DAY]
    found: dict[str, list[Json]] = {}
    trades = [Trade(*ends) for one in sorted(facts.countries) for ends in (("", one), (one, ""))]
    for trade in sorted(trades):  # those by destination alone come first, and so take precedence in the page
        if not any(facts.rights.concerns(trade)) and not (carrier and trade.origin):
            continue
        for since, until in pairwise(days):
            t0 = datetime.fromisoformat(since).replace(hour=12, tzinfo=UTC).timestamp() / 3600
            asked = replace(question, trade=trade, t0=t0)
            world = world_of(facts, asked)
            for i in edges:
                passage = _passage(world, graph.edges[i])
                if passage and (trade.origin or passage["effect"] == "forbid"):
                    found.setdefault(str(i), []).append({**trade._asdict(), "from": since, "to": until, **passage})
    return found


def _every_day(first: str, last: str) -> Iterator[str]:
    day = date.fromisoformat(first)
    while day.isoformat() <= last:
        yield day.isoformat()
        day += timedelta(days=1)


def _passage(world: World, edge: Edge) -> Json | None:
    if edge.elements[0] in world.barred and (bar := next((c for c in world.closures(edge) if c.right), None)):
        return {"effect": "forbid", "text": bar.reason}
    if not world.question.carrier or edge.kind != "crossing" or edge.mode != "road":
        return None
    verdict = world.verdict(edge)
    fee = entry_fee(world.rates, edge.countries[1], world.question.carrier)
    usual, own = (flag_charges(world.rates, edge.countries[1], flag) for flag in ("", world.question.carrier))
    if verdict.effect != "transload" and not fee and usual == own:
        return None
    return {"effect": verdict.effect, "hours": world.hours(edge), "usd": world.weights("usd").item(edge.number)}


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
