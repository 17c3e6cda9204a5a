"""Lower bounds: the least that can lie between every node and where a search is to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from math import inf
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from corridors.engine.serving import kernel, python, scipy_serves, worthwhile
from corridors.engine.topology import Closed, Floats, Graph, Ints, Topology


class Partly(NamedTuple):
    """Bounds of which those up to `radius` are known, the rest no less than that."""

    first: Ints
    tails: Ints
    cost: Floats
    seeds: Ints
    """Where they are worked out from, by these arcs."""
    values: Floats
    radius: float = 0.0


class Bound:
    """Least objective from every node to the nearest target, in the form that a search wants."""

    def __init__(
        self, values: Floats | None = None, listed: list[float] | None = None, partly: Partly | None = None
    ) -> None:
        self.__dict__ |= {name: given for name, given in (("values", values), ("listed", listed)) if given is not None}
        self.partly = partly
        """What is known of it: the first compiled search works out as much as it needs."""
        self.asked = Counter[frozenset[str]]()
        """How often it served a search by its bans: asked for again, these are worth bounds of their own."""
        self._followed: tuple[Graph, float, dict[int, list[tuple[int, int]]]] | None = None

    def onward(self, graph: Graph, value_of_hour: float) -> dict[int, list[tuple[int, int]]]:
        """Edges, with their heads, that attain it, by node from which it was followed: the same for many origins."""
        if self._followed is not None:
            known, hour, found = self._followed
            alike = known.topology is graph.topology and known.takes is graph.takes and known.costs is graph.costs
            if alike and hour == value_of_hour:
                return found
        found = {}
        self._followed = graph, value_of_hour, found
        return found

    @cached_property
    def values(self) -> Floats:
        """As an array."""
        if (known := self.partly) is None:
            return np.array(self.listed)
        found = known.values.copy()
        _settle_all(known[:3], np.flatnonzero((found >= known.radius) & (found < inf)), found)
        self.partly = known._replace(values=found, radius=inf)
        return found

    @cached_property
    def listed(self) -> list[float]:
        """As a list."""
        return cast(list[float], self.values.tolist())


def bounds(
    graph: Graph,
    closed: Closed,
    targets: Iterable[int],
    value_of_hour: float,
    t0: float,
    banned: Ints | Sequence[int] = (),
    cost: Floats | None = None,
) -> Bound:
    """Least objective from every node to the nearest target if nothing had to wait.

    Edges that are banned, or closed from `t0` on for good, are left out; the rest is a lower bound that stays valid
    when more edges are banned or slowed. `cost`, from `by_arc` without bans, is the same for all targets, where each
    edge has one arc.
    """
    ends, topology = np.fromiter(targets, np.int64), graph.topology
    if cost is None:
        cost = by_arc(graph, closed, value_of_hour, t0, banned)
    elif len(banned):
        cost = cost.copy()
        cost[topology.entering_by[banned]] = inf
    if len(ends) and scipy_serves(topology.nodes):
        return Bound(values=_by_scipy(ends, topology, cost))
    if worthwhile(topology.nodes):
        (first, tails, _), known = topology.entering.arrays, np.full(topology.nodes, inf)
        known[ends] = 0.0
        return Bound(partly=Partly(first, tails, cost, ends, known))
    return _lowered(Bound(listed=[inf] * topology.nodes), ends, np.zeros(len(ends)), topology, cost)


class Ahead(NamedTuple):
    """Least objective from every node to the nearest target if nothing had to wait, and the ways that attain it."""

    topology: Topology
    values: Floats
    arcs: NDArray[np.int32]
    """By node the arc to take, by number among the `entering`; -1 at a target and where none can be reached."""

    def way(self, node: int) -> list[int]:
        """Edges from a node to its target."""
        edges, (heads,) = self.topology.entering.lists[2], self.topology.entered.lists
        arcs, found = self.arcs.data, list[int]()
        while (arc := arcs[node]) >= 0:
            if (edge := edges[arc]) >= 0:
                found.append(edge)
            node = heads[arc]
        return found

    @property
    def nodes(self) -> Ints:
        """By node the next one on the way; a target, and what reaches none, is its own."""
        return np.where(self.arcs < 0, np.arange(self.topology.nodes), self.topology.entered.arrays[0][self.arcs])


def ahead(
    graph: Graph,
    closed: Closed,
    targets: Collection[int],
    value_of_hour: float,
    t0: float,
    banned: Ints | Sequence[int] = (),
) -> Ahead:
    """`bounds` with the ways that attain them; where several do, one that is the same however bounds are worked out."""
    topology, cost = graph.topology, by_arc(graph, closed, value_of_hour, t0, banned)
    values = bounds(graph, closed, targets, value_of_hour, t0, (), cost).values
    tails, (heads,) = topology.entering.arrays[1], topology.entered.arrays
    arcs, known = np.full(topology.nodes, -1, dtype=np.int32), np.zeros(topology.nodes, dtype=bool)
    known[list(targets)] = True
    leads = (values[tails] == cost + values[heads]) & np.isfinite(values[tails])
    some = np.flatnonzero(leads & (values[tails] > values[heads]) & ~known[tails])
    free = np.flatnonzero(leads & (values[tails] == values[heads]))  # to and fro, but for those to where it goes on
    while len(some):
        arcs[tails[some]] = some
        known[tails[some]] = True
        free = free[~known[tails[free]]]
        some = free[known[heads[free]]]
    return Ahead(topology, values, arcs)


def by_arc(graph: Graph, closed: Closed, value_of_hour: float, t0: float, banned: Ints | Sequence[int] = ()) -> Floats:
    """What each arc takes without waiting, in order of the nodes that arcs enter; see `bounds`."""
    return _along(_costs(graph, closed, value_of_hour, t0, banned), graph.topology)


def _by_scipy(targets: Ints, topology: Topology, cost: Floats) -> Floats:
    """The same by scipy, to the last bit: six times as fast as our loops in Python."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    first, tails, _ = topology.entering.arrays
    arcs = csr_array((cost, tails, first), shape=(topology.nodes, topology.nodes))
    found: Floats = dijkstra(arcs, indices=targets, min_only=True)
    return found


def _along(cost: Floats, topology: Topology) -> Floats:
    """What arcs take, by their edges; a join of two stages has the number -1, and takes nothing."""
    return cast(Floats, np.append(cost, 0.0).take(topology.entering.arrays[2], mode="wrap"))


def lowered(
    bound: Bound,
    graph: Graph,
    closed: Closed,
    quicker: Ints,
    value_of_hour: float,
    t0: float,
    banned: Ints | Sequence[int] = (),
) -> Bound:
    """A bound of another graph, lowered by what some edges take in this one; all others take no less than there."""
    cost = _costs(graph, closed, value_of_hour, t0, banned)
    tails, heads = (ends[quicker] for ends in (graph.topology.tail, graph.topology.head))
    now = cost[quicker] + bound.values[heads]
    better = now < bound.values[tails]
    seeds = np.unique(tails[better])
    least = np.full(len(seeds), inf)
    np.minimum.at(least, np.searchsorted(seeds, tails[better]), now[better])
    return _lowered(bound, seeds, least, graph.topology, _along(cost, graph.topology))


def _costs(graph: Graph, closed: Closed, value_of_hour: float, t0: float, banned: Ints | Sequence[int]) -> Floats:
    """What each edge takes without waiting; infinite where it is banned or closed for good."""
    cost = graph.weight + (value_of_hour * graph.hours if value_of_hour else np.where(graph.hours < inf, 0.0, inf))
    cost[closed.for_good(t0)] = inf
    cost[np.asarray(banned, dtype=np.int64)] = inf
    return cost


def _lowered(bound: Bound, seeds: Ints, values: Floats, topology: Topology, cost: Floats) -> Bound:
    """A bound with what follows from less at some nodes; `cost` is by arc."""
    if worthwhile(topology.nodes):
        best = bound.values.copy()
        best[seeds] = values
        _settle_all((*topology.entering.arrays[:2], cost), seeds, best)
        return Bound(values=best)
    known, listed = seeds.tolist(), bound.listed.copy()
    for seed, value in zip(known, values.tolist(), strict=True):
        listed[seed] = value
    python.bounds(*topology.entering.lists[:2], cost.tolist(), known, listed)
    return Bound(listed=listed)


def _settle_all(arcs: tuple[Ints, Ints, Floats], seeds: Ints, best: Floats) -> None:
    """Lower what is known at some nodes to what follows for all."""
    settle = kernel.get("bounds", python.bounds_by_arrays)
    settle(*arcs, seeds, best, *heap_room(arcs[2], seeds))


def heap_room(cost: Floats, seeds: Ints) -> tuple[Floats, Ints]:
    """Room for the heap of `corridors.engine.search.settle`: each arc puts at most one node into it."""
    most = len(cost) + len(seeds)
    return np.empty(most), np.empty(most, np.int64)
