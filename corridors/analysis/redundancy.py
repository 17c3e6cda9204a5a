"""Maximum flow on a day's network: ways that share no leg, crossing or country, and what crossings let through."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import pandas as pd
from networkx.algorithms.flow import shortest_augmenting_path

from corridors.arguments import FIRST_YEAR, LAST_YEAR, as_flag, as_number, as_whole, shown
from corridors.data.schema import records
from corridors.errors import BadRequest
from corridors.model.graph import VESSEL, Edge
from corridors.model.scenario import Scenario
from corridors.model.world import World
from corridors.progress import meter
from corridors.routing.request import Request, resolve, world_of

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
SEAS = frozenset(VESSEL.values())
BORDER = "their common border"


def redundancy(
    facts: Facts,
    /,
    origin: str,
    destination: str,
    *,
    year: int = 2026,
    day: int = 15,
    scenario: Scenario | None = None,
    progress: bool = True,
    **ask: Any,
) -> pd.DataFrame:
    """How many independent ways there are between two places, month by month.

    Counted by maximum flow on what operates and is open that day, or opens within ``max_wait_hours``, however long
    the way. Two ways are leg-disjoint where they share no leg, in whichever direction, and no border crossing or
    strait; crossing-disjoint where they share no border crossing, strait, sailing, nor port to load
    or to land at (but the ends). They are country-disjoint where they share no country but those of the ends, a sea
    counting as a country; parts of a country that its own open network does not join count apart, and a common
    border of the two countries counts once.

    Parameters
    ----------
    origin, destination : str
        Places in two countries.
    year, day : int
        The day of each month that is looked at, 1 to 28.
    scenario : Scenario, optional
    progress : bool
        Show a bar when it takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`, but ``via``; those that rank routes change nothing.

    Returns
    -------
    DataFrame
        One row a month: ``month, day, leg_disjoint, weakest_legs`` (legs and crossings: a smallest set that all
        ways must share), ``crossing_disjoint, weakest_crossings, country_disjoint, weakest_countries``.
    """
    if ask.get("via") is not None:
        raise BadRequest("via: a count of disjoint ways takes no places to pass.")
    year, day = as_whole(year, "year", FIRST_YEAR, LAST_YEAR), as_whole(day, "day", 1, 28)
    common = Request.common(date(year, 1, day), ask, "scenario", "k")
    common = replace(common, origin=origin, destination=destination, scenario=scenario)
    rows = []
    known: dict[tuple[int, ...], dict[str, Any]] = {}  # by what is open, which many months have in common
    with meter(as_flag(progress, "progress"), "redundancy", 12) as add:
        for month in range(1, 13):
            on = date(year, month, day)
            world = world_of(facts, resolve(facts, replace(common, depart=on)).question)
            sides = _sides(facts, world)
            open_ = tuple(_open(world))
            if open_ not in known:
                known[open_] = _counts(facts, world, [world.edges[i] for i in open_], sides)
            rows.append({"month": month, "day": on.isoformat(), **known[open_]})
            add(1)
    return pd.DataFrame(rows, columns=COLUMNS)


def _counts(facts: Facts, world: World, edges: Sequence[Edge], sides: Sequence[str]) -> dict[str, Any]:
    """Numbers of ways over some edges, and what is weakest."""
    by_leg, legs = _cut(_by_leg(world, edges))
    by_crossing, shared = _cut(_by_crossing(facts, world, edges))
    by_country, passed = _cut(_by_country(facts, world, edges, sides))
    zones = sorted(one[0] for one in passed if isinstance(one, tuple))
    return {
        "leg_disjoint": by_leg,
        "weakest_legs": _names(facts, legs),
        "crossing_disjoint": by_crossing,
        "weakest_crossings": _names(facts, shared),
        "country_disjoint": by_country,
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


def _open(world: World) -> Iterator[int]:
    """Edges that operate and can be entered that day, or after no longer a wait than a route may have."""
    ends = world.question.origin, world.question.destination
    return (
        i
        for i, edge in enumerate(world.edges)
        if world.exists(edge)
        and world.wait(edge) <= world.question.max_wait_hours
        and (edge.kind != "terminal" or edge.from_place in ends)
    )


class _Flow:
    """A flow network in which what is shared has room for one way."""

    def __init__(self) -> None:
        self.graph: nx.DiGraph[Hashable] = nx.DiGraph()
        self.graph.add_nodes_from(["from", "to"])

    def single(self, what: Hashable) -> tuple[Hashable, Hashable]:
        """Entry to and exit from a thing that only one way may use."""
        entry, leave = ("in", what), ("out", what)
        if entry not in self.graph:
            self.once(entry, leave, what)
        return entry, leave

    def once(self, tail: Hashable, head: Hashable, what: Hashable, room: float = 1) -> None:
        """An edge that only one way may use, or `room` units, beside those that are there."""
        _add(self.graph, tail, head, {"capacity": room, "what": (what,)})

    def join(self, tail: Hashable, head: Hashable) -> None:
        """An edge that any number of ways may use."""
        _add(self.graph, tail, head, {})


def _add(graph: nx.DiGraph[Hashable], tail: Hashable, head: Hashable, data: dict[str, Any]) -> None:
    """Add an edge, or its room to what is there; one without ``capacity`` has room for all."""
    known = graph.get_edge_data(tail, head, {"capacity": 0, "what": ()})
    if "capacity" in known and "capacity" in data:
        data = {name: known[name] + data[name] for name in data}
    elif graph.has_edge(tail, head):
        graph.remove_edge(tail, head)
        data = {}
    graph.add_edge(tail, head, **data)


def _cut(flow: _Flow) -> tuple[float, list[Hashable]]:
    """Number of disjoint ways (or units), and what all of them must share: as many things as there are ways.

    Nodes that any number of ways can go between, there and back, are one: that leaves little more than what is shared.
    """
    free: nx.DiGraph[Hashable] = nx.DiGraph(
        (a, b) for a, b, data in flow.graph.edges(data=True) if "capacity" not in data
    )
    one = {node: min(part, key=repr) for part in nx.strongly_connected_components(free) for node in part}
    small: nx.DiGraph[Hashable] = nx.DiGraph()
    small.add_nodes_from(["from", "to"])
    for a, b, data in flow.graph.edges(data=True):
        if one.get(a, a) != one.get(b, b):
            _add(small, one.get(a, a), one.get(b, b), data)
    number, (near, far) = nx.minimum_cut(small, "from", "to", flow_func=shortest_augmenting_path)
    return number, [what for a, b, data in small.edges(data=True) if a in near and b in far for what in data["what"]]


def _by_leg(world: World, edges: Sequence[Edge]) -> _Flow:
    """One way a leg and a crossing, in whichever direction: two ways that meet head-on may as well change places."""
    flow = _Flow()
    for edge in edges:
        if edge.kind == "leg" and edge.mode in VESSEL:  # loads and lands at nodes of their own
            entry, leave = flow.single(edge.element_id)
            flow.join(edge.tail, entry)
            flow.join(leave, edge.head)
        elif edge.kind in ("leg", "crossing"):
            flow.once(edge.tail, edge.head, edge.element_id)
        else:
            flow.join(edge.tail, edge.head)
    return _between(flow, world)


def _between(flow: _Flow, world: World) -> _Flow:
    """The same with the doors of origin and destination as its ends."""
    for node in world.multimodal.at(world.question.origin, leaving=True):
        flow.join("from", node)
    for node in world.multimodal.at(world.question.destination, leaving=False):
        flow.join(node, "to")
    return flow


def _by_crossing(facts: Facts, world: World, edges: Sequence[Edge]) -> _Flow:
    """One way a border crossing, strait, sailing, and port to load or to land at (but those of the ends)."""
    flow = _Flow()
    ends = {world.question.origin, world.question.destination}
    ports = {
        node: place
        for (place, layer), node in world.multimodal.nodes.items()
        if layer.strip(">") in SEAS and place not in ends and facts.place[place]["kind"] != "strait"
    }
    layers = {node: layer for (_, layer), node in world.multimodal.nodes.items()}

    def side(node: int, leaving: bool) -> Hashable:
        if node not in ports:
            return node
        doing = "loading at" if layers[node].endswith(">") else "landing at"
        return flow.single(f"{doing} {facts.place[ports[node]]['name']}")[leaving]

    for edge in edges:
        tail, head = side(edge.tail, True), side(edge.head, False)
        if edge.kind == "crossing" or (edge.kind == "leg" and edge.mode in VESSEL):
            entry, leave = flow.single(edge.element_id)
            flow.join(tail, entry)
            flow.join(leave, head)
        else:
            flow.join(tail, head)
    return _between(flow, world)


def _by_country(facts: Facts, world: World, edges: Sequence[Edge], sides: Sequence[str]) -> _Flow:
    """One way a country, but those of the ends, and a sea; what the open network does not join counts apart."""
    nodes = world.multimodal.nodes
    zone = {
        node: layer.strip(">") if layer.strip(">") in SEAS else facts.place[place]["country"]
        for (place, layer), node in nodes.items()
    }
    inner = [edge for edge in edges if edge.kind != "terminal"]
    joined = nx.utils.UnionFind(nodes.values())
    for edge in inner:
        if zone[edge.tail] == zone[edge.head]:
            joined.union(edge.tail, edge.head)
    flow = _Flow()

    def side(node: int, leaving: bool) -> Hashable:
        part = joined[node]
        return ("end", part) if zone[node] in sides else flow.single((zone[node], part))[leaving]

    for edge in inner:
        pair = zone[edge.tail], zone[edge.head]
        if pair[0] != pair[1]:
            if set(pair) == set(sides):
                entry, leave = flow.single((BORDER, 0))
                flow.join(side(edge.tail, True), entry)
                flow.join(leave, side(edge.head, False))
            else:
                flow.join(side(edge.tail, True), side(edge.head, False))
    question = world.question
    for edge in edges:
        if edge.kind == "terminal" and edge.from_place == question.origin and edge.forward:
            flow.join("from", side(edge.head, False))
        if edge.kind == "terminal" and edge.from_place == question.destination and not edge.forward:
            flow.join(side(edge.tail, True), "to")
    return flow


@dataclass(frozen=True)
class Bottleneck:
    """What the crossings between two places let through in a day, as far as their capacity is published.

    Attributes
    ----------
    units_day_low : float
        Lorries a day that pass over crossings of published capacity alone, if the others let none through.
    units_day_high : float
        Lorries a day if the others let everything through; ``inf`` where a way avoids all that is published.
    table : DataFrame
        What sets the bounds: ``element_id, name, direction, capacity_day, bound, quality, source_id``. ``bound`` is
        ``low`` or ``high`` for crossings of the smallest cut behind that number (or ``low and high``), and ``not
        known`` for crossings, sailings and ports of a smallest set of which each way without any published capacity
        takes one: were theirs known, there would be an upper bound.
    words : str
    """

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
    **ask: Any,
) -> Bottleneck:
    """How many units a day the border crossings between two places let through, and which of them limit it.

    Maximum flow on what operates and is open that day, or opens within ``max_wait_hours``, by the published
    capacity of crossings (``capacity_day`` of ``net.crossings``; that of all traffic there, in lorries a day by
    road). Few are published, so the answer is two bounds. Roads, railways, ports and transfers limit nothing.

    Parameters
    ----------
    origin, destination : str
        Places in two countries.
    depart : date or datetime
    capacity : mapping of str to float, optional
        Units a day, in each direction, of crossings (id, name or alias) for which you know it; goes before what is
        published.
    scenario : Scenario, optional
    **ask
        Other arguments of `routes`, but ``via``; those that rank routes change nothing.

    Returns
    -------
    Bottleneck
        ``units_day_low, units_day_high``, ``table`` (the smallest cuts behind them, and whose capacity would have
        to be known) and ``words``.
    """
    if ask.get("via") is not None:
        raise BadRequest("via: a maximum flow takes no places to pass.")
    common = Request.common(depart, ask, "scenario", "k")
    question, *access = resolve(facts, replace(common, origin=origin, destination=destination, scenario=scenario))
    if any(access):
        raise BadRequest("origin and destination of a bottleneck are places of the network, not points.")
    world = world_of(facts, question)
    _sides(facts, world)
    published = {
        (row["element_id"], row["from_place"]): row
        for row in records(facts.tables["crossings"])
        if row["capacity_day"] > 0
    }
    published |= _given(facts, {} if capacity is None else capacity)
    edges = [world.edges[i] for i in _open(world)]
    known = [edge for edge in edges if (edge.element_id, edge.from_place) in published]
    others = [edge for edge in edges if (edge.element_id, edge.from_place) not in published]
    inner = [edge for edge in others if edge.kind != "crossing" and edge.mode not in VESSEL]

    def flow(free: Sequence[Edge]) -> tuple[float, list[Hashable]]:
        found = _Flow()
        for edge in free:
            found.join(edge.tail, edge.head)
        for edge in known:
            key = edge.element_id, edge.from_place
            found.once(edge.tail, edge.head, key, published[key]["capacity_day"])
        return _cut(_between(found, world))

    low, low_cut = flow(inner)
    ways, missing = _cut(_by_crossing(facts, world, others))
    high, high_cut = flow(others) if not ways else (inf, [])
    rows = []
    for key in dict.fromkeys([*low_cut, *high_cut]):
        row = published[key]  # type: ignore[index]
        bound = " and ".join(name for name, cut in (("low", low_cut), ("high", high_cut)) if key in cut)
        sides = (facts.place[row[end]]["country"] for end in ("from_place", "to_place"))
        name = facts.element_names[row["element_id"]]
        rows.append(
            {
                "element_id": row["element_id"],
                "name": name,
                "direction": ">".join(sides),
                "capacity_day": row["capacity_day"],
                "bound": bound,
                "quality": row["quality"],
                "source_id": row["source_id"],
            }
        )
    rows += [
        {
            "element_id": one if one in facts.element_names else "",
            "name": facts.element_names.get(one, one),
            "direction": "",
            "capacity_day": np.nan,
            "bound": "not known",
            "quality": "",
            "source_id": "",
        }
        for one in sorted(map(str, missing))
    ]
    table = pd.DataFrame(
        rows, columns=["element_id", "name", "direction", "capacity_day", "bound", "quality", "source_id"]
    )
    return Bottleneck(low, high, table, _said(world, facts, low, high, table))


def _given(facts: Facts, capacity: Mapping[str, float]) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of the table ``crossings`` with the capacity that the user knows."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
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
            raise BadRequest(f"capacity: {name!r} is no border crossing.")
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
        else "no way passes crossings of published capacity alone"
    )
    most = f"at most {high:,.0f} units a day get through (limit: {limit('high')})"
    if high == inf:
        most = f"no upper bound is known: some ways have no published capacity at all, and each takes one of {missing}"
    return f"From {start} to {end}, {least}; {most}."
