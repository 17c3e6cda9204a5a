"""Maximum flow on the network of one date: disjoint routes, and how much the crossings let through."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.tabular import Tabular
from corridors.analysis.workers import crew
from corridors.arguments import FIRST_YEAR, LAST_YEAR, as_date, as_number, as_whole, shown
from corridors.data.schema import Row, records
from corridors.engine.flows import Flow, parts
from corridors.engine.topology import Ints
from corridors.errors import BadRequest
from corridors.model.layers import VESSEL
from corridors.model.scenario import Scenario
from corridors.model.world import World
from corridors.routing.request import RankedTrip, Request, resolve, world_of

if TYPE_CHECKING:
    from corridors.model.facts import Facts

COLUMNS = [
    "month",
    "day",
    "leg_disjoint",
    "weakest_legs",
    "crossing_disjoint",
    "weakest_crossings",
    "country_disjoint",
    "weakest_countries",
]
LIMITS = ["element_id", "name", "direction", "capacity_day", "bound", "quality", "source_id"]
SEAS = frozenset(VESSEL.values())
BORDER = "their common border"
Found = tuple[float, list[Hashable]]
"""How many routes there are, or units, and what all of them share."""


def redundancy(
    facts: Facts,
    /,
    origin: str,
    destination: str,
    *,
    year: int = 2026,
    day: int = 15,
    scenario: Scenario | None = None,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[RankedTrip],
) -> pd.DataFrame:
    """How many independent routes there are between two places, month by month.

    They are counted by maximum flow over everything that operates and is open on that date, or opens within
    ``max_wait_hours``, however long the route. Two routes are leg-disjoint if they share no leg, in either direction,
    and no border crossing or strait; crossing-disjoint if they share no border crossing, strait or sailing, and no port
    of loading or landing (other than the ends). They are country-disjoint if they share no country other than those of
    the ends, with a sea counting as a country; parts of a country that its own open network does not connect count
    separately, and a common border of the two countries counts once.

    Parameters
    ----------
    origin, destination : str
        Places in two countries.
    year, day : int
        The year, and the day of each month that stands for the month, 1 to 28.
    scenario : Scenario, optional
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`, except ``via``; those that rank routes have no effect.

    Returns
    -------
    DataFrame
        One row per month: ``month, day, leg_disjoint, weakest_legs`` (a smallest set of legs and crossings without
        which no route is left), ``crossing_disjoint, weakest_crossings, country_disjoint, weakest_countries``.

    Raises
    ------
    BadRequest
        If `year` or `day` is out of range, or `via` is given.
    """
    if ask.get("via") is not None:
        raise BadRequest("via: disjoint routes are counted without places to pass; leave it out.")
    year, day = as_whole(year, "year", FIRST_YEAR, LAST_YEAR), as_whole(day, "day", 1, 28)
    common = Request.common(date(year, 1, day), ask, "scenario", "k")
    common = replace(common, origin=origin, destination=destination, scenario=scenario)
    asked = [replace(common, depart=date(year, month, day)) for month in range(1, 13)]
    together = [asked] if executor is None else [[one] for one in asked]
    with crew(facts, executor, progress, "redundancy", len(asked)) as workers:
        found = workers.all(disjoint_ways, together, len)
    return pd.DataFrame([row for rows in found for row in rows], columns=COLUMNS)


def disjoint_ways(facts: Facts, asked: Sequence[Request]) -> list[Row]:
    """Rows of `redundancy` for some days."""
    rows = []
    known: dict[bytes, Row] = {}  # by what is open, which many months have in common
    for request in asked:
        world = world_of(facts, resolve(facts, request).question)
        sides, open_ = _sides(facts, world), _open(world)
        if (key := open_.tobytes()) not in known:
            known[key] = _counts(facts, world, open_, sides)
        on = as_date(request.depart, "depart")
        rows.append({"month": on.month, "day": on.isoformat(), **known[key]})
    return rows


def _counts(facts: Facts, world: World, open_: Ints, sides: Sequence[str]) -> Row:
    """Numbers of routes over some edges, and what is weakest."""
    by_leg, legs = _by_leg(world, open_)
    by_crossing, shared = _by_crossing(facts, world, open_)
    by_country, passed = _by_country(facts, world, open_, sides)
    zones = sorted(one[0] for one in passed if isinstance(one, tuple))
    return {
        "leg_disjoint": int(by_leg),
        "weakest_legs": _names(facts, legs),
        "crossing_disjoint": int(by_crossing),
        "weakest_crossings": _names(facts, shared),
        "country_disjoint": int(by_country),
        "weakest_countries": "; ".join(zones),
    }


def _names(facts: Facts, shared: Sequence[Hashable]) -> str:
    return "; ".join(sorted(facts.element_names.get(str(one), str(one)) for one in shared))


def _sides(facts: Facts, world: World) -> list[str]:
    """Countries of origin and destination, which must be two."""
    ends = [facts.place[place] for place in (world.question.origin, world.question.destination)]
    if ends[0]["country"] == ends[1]["country"]:
        raise BadRequest(
            f"{ends[0]['name']} and {ends[1]['name']} both lie in {ends[0]['country']}: no border lies between them."
        )
    return [end["country"] for end in ends]


def _open(world: World) -> Ints:
    """Edges that operate and can be entered that day, or after no longer a wait than a route may have."""
    kinds, most = world.multimodal.kinds, world.question.max_wait_hours
    found = np.isfinite(world.graph.hours)
    found[[i for i in world.closed.spans if world.wait(world.edges[i]) > most]] = False
    terminals = np.isin(kinds, ("loading", "unloading"))
    ends = [world.multimodal.touching.get(place, ()) for place in (world.question.origin, world.question.destination)]
    used = np.zeros(len(found), bool)
    used[[i for edges in ends for i in edges]] = True
    return np.flatnonzero(found & (~terminals | used))


def _between(flow: Flow, world: World) -> Found:
    """The smallest cut between the doors of origin and destination."""
    ends = []
    origin, destination = world.question.origin, world.question.destination
    for leaving, nodes in ((True, world.multimodal.at(origin, True)), (False, world.arriving(destination))):
        end = flow.node()
        ends.append(end)
        both = [[end] * len(nodes), nodes]
        flow.join(*(both if leaving else both[::-1]))
    return flow.cut(*ends)


def _split(world: World, edges: Ints) -> tuple[Ints, Ints, Ints]:
    """Legs by sea and air, legs and crossings on land (and straits), and all other arcs."""
    kinds, afloat = world.multimodal.kinds[edges], world.multimodal.by_vessel[edges]
    legs, passed = kinds == "leg", (kinds == "leg") | (kinds == "crossing")
    return edges[legs & afloat], edges[passed & ~(legs & afloat)], np.append(edges[~passed], _joins(world))


def _joins(world: World) -> Ints:
    """Arcs that are no edges: from where a road or railway arrives to where it goes on."""
    return np.flatnonzero(world.graph.topology.edge < 0)


def _by_leg(world: World, edges: Ints) -> Found:
    """One way a leg and a crossing, in whichever direction: two routes that meet head-on may as well change places."""
    topology, flow = world.graph.topology, Flow(world.graph.topology.nodes)
    sailings, passages, others = _split(world, edges)
    for edge in map(world.edges.__getitem__, sailings.tolist()):  # loads and lands at nodes of their own
        entry, leave = flow.single(edge.element_id)
        flow.join([edge.tail, leave], [entry, edge.head])
    flow.once(topology.tail[passages], topology.head[passages], [world.edges[i].element_id for i in passages.tolist()])
    flow.join(topology.tail[others], topology.head[others])
    return _between(flow, world)


def _by_crossing(facts: Facts, world: World, edges: Ints) -> Found:
    """One way a border crossing, strait, sailing, and port to load or to land at (but those of the ends)."""
    topology, flow = world.graph.topology, Flow(world.graph.topology.nodes)
    ends = {world.question.origin, world.question.destination}
    leaving, entering = (np.arange(topology.nodes) for _ in range(2))
    for (place, layer), node in world.multimodal.nodes.items():
        if layer.mode in SEAS and place not in ends and facts.place[place]["kind"] != "strait":
            doing = "loading at" if layer.side == "leaving" else "landing at"
            entering[node], leaving[node] = flow.single(f"{doing} {facts.place[place]['name']}")
    tails, heads = leaving[topology.tail], entering[topology.head]
    sailings, passages, others = _split(world, edges)
    crossed = world.multimodal.kinds[passages] == "crossing"
    for i in (*sailings.tolist(), *passages[crossed].tolist()):
        entry, leave = flow.single(world.edges[i].element_id)
        flow.join([tails[i], leave], [entry, heads[i]])
    free = np.concatenate([passages[~crossed], others])
    flow.join(tails[free], heads[free])
    return _between(flow, world)


def _by_country(facts: Facts, world: World, edges: Ints, sides: Sequence[str]) -> Found:
    """One way a country, but those of the ends, and a sea; what the open network does not join counts apart."""
    multimodal, topology = world.multimodal, world.graph.topology
    zone = [""] * len(multimodal.nodes)
    for (place, layer), node in multimodal.nodes.items():
        zone[node] = layer.mode if layer.mode in SEAS else facts.place[place]["country"]
    number = np.unique(zone, return_inverse=True)[1]
    terminal = np.isin(multimodal.kinds[edges], ("loading", "unloading"))
    inner = np.append(edges[~terminal], _joins(world))
    tails, heads = topology.tail[inner], topology.head[inner]
    same = number[tails] == number[heads]
    both = np.concatenate([tails[same], heads[same]]), np.concatenate([heads[same], tails[same]])
    part = parts(len(zone), *both)
    flow = Flow(int(part.max()) + 1)

    def side(node: int, leaving: bool) -> int:
        own = int(part[node])
        return own if zone[node] in sides else flow.single((zone[node], own))[leaving]

    for i in inner[~same].tolist():
        tail, head = int(topology.tail[i]), int(topology.head[i])
        if {zone[tail], zone[head]} == set(sides):
            entry, leave = flow.single((BORDER, 0))
            flow.join([side(tail, True), leave], [entry, side(head, False)])
        else:
            flow.join([side(tail, True)], [side(head, False)])
    question, source, sink = world.question, flow.node(), flow.node()
    for edge in map(world.edges.__getitem__, edges[terminal].tolist()):
        if edge.from_place == question.origin and edge.kind == "loading":
            flow.join([source], [side(edge.head, False)])
        if edge.from_place == question.destination and edge.kind == "unloading":
            flow.join([side(edge.tail, True)], [sink])
    return flow.cut(source, sink)


@dataclass(frozen=True)
class Bottleneck(Tabular):
    """How much the crossings between two places let through in a day, as far as their capacity is published.

    Attributes
    ----------
    units_day_low : float
        Trucks a day over crossings with a published capacity alone, if the others let none through.
    units_day_high : float
        Trucks a day if the others let everything through; ``inf`` if a route avoids all published capacities.
    table : DataFrame
        What sets the bounds: ``element_id, name, direction, capacity_day, bound, quality, source_id``. ``bound`` is
        ``low`` or ``high`` (or ``low and high``) for crossings in the smallest cut behind that number, and ``not
        known`` for a smallest set of crossings, sailings and ports of which every route without a published capacity
        uses one: if their capacities were known, there would be an upper bound.
    words : str
        The same in a sentence.
    """

    tables_in_file = ("table",)

    units_day_low: float
    units_day_high: float
    table: pd.DataFrame
    words: str


def bottleneck(
    facts: Facts,
    /,
    origin: str,
    destination: str,
    *,
    depart: str | date | datetime,
    capacity: Mapping[str, float] | None = None,
    scenario: Scenario | None = None,
    **ask: Unpack[RankedTrip],
) -> Bottleneck:
    """How many units a day the border crossings between two places let through, and which of them are the limit.

    Maximum flow over everything that operates and is open on that date, or opens within ``max_wait_hours``, limited by
    the published capacity of crossings (``capacity_day`` of ``net.crossings``; it is for all traffic there, by road in
    trucks a day). Few capacities are published, so there are two bounds. Roads, railways, ports and transfers are taken
    to have no limit.

    Parameters
    ----------
    origin, destination : str
        Places in two countries.
    depart : date or datetime
    capacity : mapping of str to float, optional
        Units a day in each direction for crossings (id, name or alias) whose capacity you know; these take precedence
        over published figures.
    scenario : Scenario, optional
    **ask
        Other arguments of `routes`, except ``via``; those that rank routes have no effect.

    Returns
    -------
    Bottleneck
        ``units_day_low, units_day_high``, ``table`` (the smallest cuts behind them, and the crossings whose capacity
        would have to be known) and ``words``.

    Raises
    ------
    BadRequest
        If `via` or a point is given.
    """
    if ask.get("via") is not None:
        raise BadRequest("via: a maximum flow takes no places to pass; leave it out.")
    common = Request.common(depart, ask, "scenario", "k")
    question, *access = resolve(facts, replace(common, origin=origin, destination=destination, scenario=scenario))
    if any(access):
        raise BadRequest("origin and destination of a bottleneck must be places of the network, not points.")
    world = world_of(facts, question)
    _sides(facts, world)
    published = {
        (row["element_id"], row["from_place"]): row
        for row in records(facts.tables["crossings"])
        if row["capacity_day"] > 0
    }
    published |= _given(facts, {} if capacity is None else capacity)
    open_ = _open(world)
    keys = {i: (world.edges[i].element_id, world.edges[i].from_place) for i in open_.tolist()}
    known = np.array([i for i, key in keys.items() if key in published], dtype=np.int64)
    others = np.setdiff1d(open_, known)
    limitless = (world.multimodal.kinds[others] == "crossing") | world.multimodal.by_vessel[others]
    topology = world.graph.topology

    def flow(free: Ints) -> Found:
        found, arcs = Flow(topology.nodes), np.append(free, _joins(world))
        found.join(topology.tail[arcs], topology.head[arcs])
        things = [keys[i] for i in known.tolist()]
        room = [float(published[key]["capacity_day"]) for key in things]
        found.once(topology.tail[known], topology.head[known], things, room)
        return _between(found, world)

    low, low_cut = flow(others[~limitless])
    ways, missing = _by_crossing(facts, world, others)
    high, high_cut = flow(others) if not ways else (inf, [])
    table = _limits(facts, published, {"low": low_cut, "high": high_cut}, missing)
    return Bottleneck(low, high, table, _said(world, facts, low, high, table))


def _limits(
    facts: Facts,
    published: Mapping[tuple[str, str], Row],
    cuts: Mapping[str, Sequence[Hashable]],
    missing: Sequence[Hashable],
) -> pd.DataFrame:
    """The crossings that set each bound, then those without a published capacity of which the rest take one."""
    rows = []
    for key in dict.fromkeys(key for cut in cuts.values() for key in cut):
        row = published[key]  # type: ignore[index]
        rows.append(
            {
                "element_id": row["element_id"],
                "name": facts.element_names[row["element_id"]],
                "direction": ">".join(facts.place[row[end]]["country"] for end in ("from_place", "to_place")),
                "capacity_day": row["capacity_day"],
                "bound": " and ".join(name for name, cut in cuts.items() if key in cut),
                "quality": row["quality"],
                "source_id": row["source_id"],
            }
        )
    rows += [
        {
            **dict.fromkeys(LIMITS, ""),
            "element_id": one if one in facts.element_names else "",
            "name": facts.element_names.get(one, one),
            "capacity_day": np.nan,
            "bound": "not known",
        }
        for one in sorted(map(str, missing))
    ]
    return pd.DataFrame(rows, columns=LIMITS)


def _given(facts: Facts, capacity: Mapping[str, float]) -> dict[tuple[str, str], Row]:
    """Rows of the table ``crossings`` with the capacity that the user knows."""
    found: dict[tuple[str, str], Row] = {}
    if not isinstance(capacity, Mapping):
        raise BadRequest(f"capacity={shown(capacity)} must be a mapping of crossings to units a day.")
    for name, units in capacity.items():
        as_number(units, f"capacity of {name!r}", least=0.0, words="units a day, 0 or more")
        try:
            elements = facts.element_ids(name)
        except LookupError as error:
            raise BadRequest(f"capacity: {error}") from None
        rows = [row for row in records(facts.tables["crossings"]) if row["element_id"] in elements]
        if not rows:
            raise BadRequest(f"capacity: {name!r} is not a border crossing.")
        if twice := [
            facts.element_names[row["element_id"]] for row in rows if (row["element_id"], row["from_place"]) in found
        ]:
            raise BadRequest(f"capacity names {twice[0]} twice, at last as {name!r}: give one number for it.")
        found |= {
            (row["element_id"], row["from_place"]): row
            | {"capacity_day": float(units), "quality": "assumed", "source_id": "given"}
            for row in rows
        }
    return found


def _said(world: World, facts: Facts, low: float, high: float, table: pd.DataFrame) -> str:
    """The bounds in words."""

    def limit(bound: str) -> str:
        rows = table[table["bound"].str.contains(bound)]
        return "; ".join(
            f"{row['name']} {row['direction']} {row['capacity_day']:,.0f}"
            + (f" ({row['quality']})" if row["quality"] in ("estimate", "assumed") else "")
            for row in records(rows)
        )

    start, end = (facts.place[place]["name"] for place in (world.question.origin, world.question.destination))
    missing = ", ".join(table.loc[table["bound"] == "not known", "name"])
    if not low and not high:
        return f"Nothing gets from {start} to {end} that day."
    least = (
        f"at least {low:,.0f} units a day pass crossings of published capacity alone (limit: {limit('low')})"
        if low
        else "no route passes crossings of published capacity alone"
    )
    most = f"at most {high:,.0f} units a day get through (limit: {limit('high')})"
    if high == inf:
        most = f"no upper bound is known: some routes have no published capacity, and each takes one of {missing}"
    return f"From {start} to {end}, {least}; {most}."
