"""How many ways there are that share no border crossing, or no country: maximum flow on the network of a day."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd
from networkx.algorithms.flow import shortest_augmenting_path

from corridors._graph import VESSEL, Edge
from corridors._request import Search, full_request, read
from corridors._world import World
from corridors.errors import BadRequest
from corridors.scenario import Scenario
from corridors.sweeps import check_ask

if TYPE_CHECKING:
    from corridors.network import Network

COLUMNS = ["month", "day", "crossing_disjoint", "weakest_crossings", "country_disjoint", "weakest_countries"]
SEAS = frozenset(VESSEL.values())
BORDER = "their common border"


def redundancy(network: Network, origin: str, destination: str, *, year: int = 2026, day: int = 15,
               scenario: Scenario | None = None, **ask: Any) -> pd.DataFrame:
    """Rows of `Network.redundancy`."""
    check_ask(network, ask)
    if ask.get("via"):
        raise BadRequest("via: a count of disjoint ways takes no places to pass.")
    if year not in range(2000, 2101) or day not in range(1, 29):
        raise BadRequest(f"year={year!r}, day={day!r}: give a year from 2000 to 2100 and a day of the month up to 28.")
    rows = []
    for month in range(1, 13):
        on = date(year, month, day)
        request = full_request(network, origin, destination, on, {**ask, "scenario": scenario})
        question, access = read(network, request)
        world = Search(network, question, request, access).world(question)
        ends = question.origin, question.destination
        sides = [network._place[place]["country"] for place in ends]
        if sides[0] == sides[1]:
            raise BadRequest(f"{origin!r} and {destination!r} both lie in {sides[0]}: no border lies between them.")
        edges = [edge for edge in _open(world) if edge.kind != "terminal" or edge.from_place in ends]
        by_crossing, shared = _cut(_by_crossing(network, world, edges))
        by_country, passed = _cut(_by_country(network, world, edges, sides))
        zones = sorted(one[0] for one in passed if isinstance(one, tuple))
        names = sorted(network._element_names.get(str(one), str(one)) for one in shared)
        rows.append({"month": month, "day": on.isoformat(), "crossing_disjoint": by_crossing,
                     "weakest_crossings": "; ".join(names), "country_disjoint": by_country,
                     "weakest_countries": "; ".join(zones)})
    return pd.DataFrame(rows, columns=COLUMNS)


def _open(world: World) -> Iterator[Edge]:
    """Edges that operate and can be entered that day, or after no longer a wait than a route may have."""
    return (edge for edge in world.edges if world.exists(edge) and world.wait(edge) <= world.question.max_wait_hours)


class _Flow:
    """A flow network in which what is shared has room for one way."""

    def __init__(self) -> None:
        self.graph: nx.DiGraph[Hashable] = nx.DiGraph()
        self.graph.add_nodes_from(["from", "to"])

    def single(self, what: Hashable) -> tuple[Hashable, Hashable]:
        """Entry to and exit from a thing that only one way may use."""
        entry, leave = ("in", what), ("out", what)
        self.graph.add_edge(entry, leave, capacity=1)
        return entry, leave

    def join(self, tail: Hashable, head: Hashable) -> None:
        """An edge that any number of ways may use."""
        self.graph.add_edge(tail, head)


def _cut(flow: _Flow) -> tuple[int, list[Hashable]]:
    """Number of disjoint ways, and what all of them must share: as many things as there are ways.

    Nodes that any number of ways can go between, there and back, are one: that leaves little more than what is shared.
    """
    free: nx.DiGraph[Hashable] = nx.DiGraph(
        (a, b) for a, b, data in flow.graph.edges(data=True) if "capacity" not in data)
    one = {node: min(part, key=repr) for part in nx.strongly_connected_components(free) for node in part}
    small: nx.DiGraph[Hashable] = nx.DiGraph()
    small.add_nodes_from(["from", "to"])
    small.add_edges_from((one.get(a, a), one.get(b, b), data) for a, b, data in flow.graph.edges(data=True)
                         if one.get(a, a) != one.get(b, b))
    number, (near, far) = nx.minimum_cut(small, "from", "to", flow_func=shortest_augmenting_path)
    return int(number), [node[1] for node in near if isinstance(node, tuple) and node[0] == "in"
                         and ("out", node[1]) in far]


def _by_crossing(network: Network, world: World, edges: Sequence[Edge]) -> _Flow:
    """One way a border crossing, strait, sailing, and port to load or to land at (but those of the ends)."""
    flow = _Flow()
    ends = {world.question.origin, world.question.destination}
    ports = {node: place for (place, layer), node in world.multimodal.nodes.items()
             if layer.strip(">") in SEAS and layer != "sea" and place not in ends}
    layers = {node: layer for (_, layer), node in world.multimodal.nodes.items()}

    def side(node: int, leaving: bool) -> Hashable:
        if node not in ports:
            return node
        doing = "loading at" if layers[node].endswith(">") else "landing at"
        return flow.single(f"{doing} {network._place[ports[node]]['name']}")[leaving]

    for edge in edges:
        tail, head = side(edge.tail, True), side(edge.head, False)
        if edge.kind == "crossing" or (edge.kind == "leg" and edge.mode in VESSEL):
            entry, leave = flow.single(edge.element_id)
            flow.join(tail, entry)
            flow.join(leave, head)
        else:
            flow.join(tail, head)
    for node in world.multimodal.at(world.question.origin, leaving=True):
        flow.join("from", node)
    for node in world.multimodal.at(world.question.destination, leaving=False):
        flow.join(node, "to")
    return flow


def _by_country(network: Network, world: World, edges: Sequence[Edge], sides: Sequence[str]) -> _Flow:
    """One way a country, but those of the ends, and a sea; what the open network does not join counts apart."""
    nodes = world.multimodal.nodes
    zone = {node: layer.strip(">") if layer.strip(">") in SEAS else network._place[place]["country"]
            for (place, layer), node in nodes.items()}
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
