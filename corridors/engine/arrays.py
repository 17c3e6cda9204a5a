"""Searches over arrays: exact time-dependent best paths. Knows edges, hours and closed spans, nothing of places.

Time is hours since 1970-01-01 UTC. An edge may carry a calendar (spans in which it cannot be *entered*;
cargo waits until the span ends, without limit, so that arrival times stay first-in-first-out) and a season
(twelve speed factors; the edge is traversed at the factor of the month in which the cargo is under way).

The loops stand in `corridors.engine.search`. Python runs them as they are, or numba what it has compiled of them (see
`use_compiled`): the same lines, the same answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple, cast

import numpy as np

from corridors.engine.bounds import Ahead as Ahead
from corridors.engine.bounds import Bound as Bound
from corridors.engine.bounds import Partly, heap_room
from corridors.engine.bounds import ahead as ahead
from corridors.engine.bounds import bounds as bounds
from corridors.engine.bounds import by_arc as by_arc
from corridors.engine.bounds import lowered as lowered
from corridors.engine.serving import compiler as compiler
from corridors.engine.serving import kernel as kernel
from corridors.engine.serving import python
from corridors.engine.serving import use_compiled as use_compiled
from corridors.engine.serving import worthwhile as worthwhile
from corridors.engine.topology import MONTHS as MONTHS
from corridors.engine.topology import Closed as Closed
from corridors.engine.topology import Floats as Floats
from corridors.engine.topology import Forms as Forms
from corridors.engine.topology import Graph as Graph
from corridors.engine.topology import Ints as Ints
from corridors.engine.topology import Spans as Spans
from corridors.engine.topology import Topology as Topology
from corridors.engine.topology import frozen as frozen
from corridors.engine.topology import merge_spans as merge_spans
from corridors.engine.topology import ready as ready
from corridors.engine.topology import traverse as traverse


class Path(NamedTuple):
    """A path found: its edges in order and the objective value at its end."""

    edges: tuple[int, ...]
    value: float


Weights = tuple[float, ...]


class Found(NamedTuple):
    """Paths of the front with their hours and weights, and whether the search came to its end."""

    paths: list[tuple[Path, float, Weights]]
    complete: bool
    labels: int


class Starts(NamedTuple):
    """Where a search begins, by start, and the nodes that it keeps off."""

    nodes: list[int]
    edges: list[int]
    """By which each of them was entered, as the first of the path; -1 at a join of stages, -2 if none is."""
    hours: list[float]
    """When it was."""
    weights: list[float]
    """What it has cost."""
    passed: Sequence[int] = ()

    @classmethod
    def at(cls, nodes: Iterable[int], t0: float) -> Starts:
        """Nodes themselves, left at one hour."""
        some = list(nodes)
        return cls(some, [-2] * len(some), [t0] * len(some), [0.0] * len(some))


class Tree(NamedTuple):
    """Best paths from one place to many, as arrays.

    Attributes
    ----------
    values, arrivals : array of float
        Objective and hour of arrival by target; ``inf`` where it is not reached.
    first : array of int
        Where the path of each target begins in `edges`; one number more than there are targets.
    edges : array of int
        Edges of all paths, each from its target back to the source.
    took : array of float
        Hours that each of them takes on its path, with the wait before it.
    """

    values: Floats
    arrivals: Floats
    first: Ints
    edges: Ints
    took: Floats

    def path(self, target: int) -> Path | None:
        """Path to a target, in travel order; None if it is not reached."""
        if self.values[target] == inf:
            return None
        edges = self.edges[self.first[target] : self.first[target + 1]]
        return Path(tuple(edges[::-1].tolist()), float(self.values[target]))

    def total(self, amounts: Floats) -> Floats:
        """Sum of an amount of edges by target."""
        sums = np.concatenate([np.zeros(1), np.cumsum(amounts[self.edges])])
        return cast(Floats, np.diff(sums[self.first]))

    def least(self, amounts: Floats) -> Floats:
        """Smallest amount of any edge by target; ``inf`` where there is none."""
        found = np.full(len(self.values), inf)
        some = np.flatnonzero(np.diff(self.first))
        if len(some):
            found[some] = np.minimum.reduceat(amounts[self.edges], self.first[some])
        return found


def search(
    graph: Graph,
    closed: Closed,
    sources: Iterable[int] | Starts,
    targets: Collection[int],
    t0: float,
    value_of_hour: float,
    bound: Bound,
    banned: Ints | Sequence[int] = (),
    cutoff: float = inf,
    deadline: float = inf,
    max_wait: float = inf,
) -> Path | None:
    """Path of least ``sum of weights + value_of_hour * hours`` from any source to any target, leaving at `t0`.

    Parameters
    ----------
    graph : Graph
    closed : Closed
    sources : node numbers, or Starts
    targets : node numbers
    t0 : float
        Hour of departure.
    value_of_hour : float
        Weight of an hour, waiting included; 0 when time does not count.
    bound : Bound
        From `bounds`, same `targets` and `value_of_hour`, on this graph or one that takes no more.
    banned : array of int
        Edges not to use.
    cutoff : float
        Give up beyond this value.
    deadline : float
        Hour by which every edge must be left.
    max_wait : float
        Hours; an edge at which a label would wait longer is not entered by it.

    Returns
    -------
    Path or None
        ``None`` if no target can be reached, or not within `cutoff`.

    Notes
    -----
    A* on labels (weight, hour). Weights such as US$ are not first-in-first-out, for a cheap late arrival and
    an expensive early one may both lead to the best end; both labels are kept, and only a label that is worse in
    weight *and* hour is dropped. Where the weights are all zero this is the plain time-dependent Dijkstra; where hours
    have no value the labels of a node are settled by weight, and one hour to compare with is enough.
    """
    ask = _Ask(t0, value_of_hour, graph.weighted, cutoff, deadline, max_wait)
    return _run(graph, closed, sources, [targets], ask, bound, banned)[0].path(0)


def spread(
    graph: Graph,
    closed: Closed,
    sources: Iterable[int],
    targets: Sequence[Collection[int]],
    t0: float,
    value_of_hour: float,
    max_wait: float = inf,
    bound: Bound | None = None,
    cutoff: float = inf,
) -> Tree:
    """Best paths to many targets in one search, each as `search` has it (or another of the same value).

    A `bound`, if given, is that of all targets together, or of a place to go on to from there: what lies ahead of a
    target is then part of its value, and of what `cutoff` ends.
    """
    if bound is None and cutoff == inf and _hours_only(graph, value_of_hour):
        return _first(graph, closed, sources, targets, t0, max_wait)[0]
    ask = _Ask(t0, value_of_hour, graph.weighted, cutoff, inf, max_wait)
    return _run(graph, closed, sources, targets, ask, bound, ())[0]


class Times(NamedTuple):
    """Hours at which the edges of a path are reached, entered and left, and whether it would have to wait too long."""

    arrive: Floats
    start: Floats
    end: Floats
    held_up: bool


def follow(
    topology: Topology, closed: Closed, path: Ints, hours: Floats, t0: float, longest_wait: float = inf
) -> Times:
    """Times at which the edges of a path, each of which takes so many hours, are passed from hour `t0` on.

    One that opens only after the longest wait is entered at once, though its start is when it opens.
    """
    when = topology.slowing, closed.flat
    if worthwhile(len(path)):
        arrive, start, end = np.empty((3, len(path)))
        arrays = (array for form in when for array in form.arrays)
        held_up = kernel["follow"](hours, path, *arrays, t0, longest_wait, arrive, start, end)
        return Times(arrive, start, end, held_up)
    listed = [[0.0] * len(path) for _ in range(3)]
    lists = (some for form in when for some in form.lists)
    held_up = python.follow(hours.tolist(), path.tolist(), *lists, t0, longest_wait, *listed)
    arrive, start, end = map(np.array, listed)
    return Times(arrive, start, end, held_up)


def joined(trees: Sequence[Tree]) -> Tree:
    """Several trees as one, with their targets in turn."""
    shifts = np.cumsum([0, *(len(one.edges) for one in trees)])
    first = [one.first[:-1] + shift for one, shift in zip(trees, shifts[:-1], strict=True)]
    values, arrivals, edges, took = (np.concatenate([one[i] for one in trees]) for i in (0, 1, 3, 4))
    return Tree(values, arrivals, np.concatenate([*first, shifts[-1:]]), edges, took)


def reach(
    graph: Graph, closed: Closed, sources: Iterable[int], t0: float, value_of_hour: float, max_wait: float
) -> Floats:
    """Least ``sum of weights + value_of_hour * hours`` from the sources to every node, leaving at `t0`.

    Labels are those of `search`, without targets to head for. An edge is not entered after a wait of more than
    `max_wait` hours. Nodes that cannot be reached have the value ``inf``.
    """
    if _hours_only(graph, value_of_hour):
        return _first(graph, closed, sources, [], t0, max_wait)[1] - t0
    ask = _Ask(t0, value_of_hour, graph.weighted, inf, inf, max_wait)
    return np.asarray(_run(graph, closed, sources, [], ask, None, ())[1])


def _hours_only(graph: Graph, value_of_hour: float) -> bool:
    """Whether the first to be somewhere is the best."""
    return value_of_hour == 1 and not graph.weighted


def _first(
    graph: Graph,
    closed: Closed,
    sources: Iterable[int],
    targets: Sequence[Collection[int]],
    t0: float,
    max_wait: float,
) -> tuple[Tree, Floats]:
    """Quickest paths to the targets, and the hour at which each node is reached."""
    nodes, ends = graph.topology.nodes, len(targets)
    given = graph.topology.leaving, graph.takes, graph.topology.slowing, closed.flat
    served, room = worthwhile(nodes), max(ROOM, 256 * ends)
    loop, full = (kernel["earliest"], np.full) if served else (python.earliest, _listful)
    start = np.fromiter(sources, np.int64)
    target: Any = full(nodes, -1)
    for number, some in enumerate(targets):
        for node in some:
            target[node] = number
    while True:
        reached, ended, last = full(nodes, inf), full(ends, -1), full(ends, 0)
        path, took = full(room, 0), full(room, 0.0)
        count = loop(
            *(numbers for form in given for numbers in (form.arrays if served else form.lists)),
            t0,
            max_wait,
            start if served else start.tolist(),
            target,
            reached,
            full(nodes, -2),
            full(nodes, -1),
            ended,
            last,
            path,
            took,
        )
        if count <= room:
            break
        room = count
    hours, at = np.asarray(reached), np.array(ended, dtype=np.int64)
    arrivals = np.where(at >= 0, hours[at], inf)
    begin = np.concatenate([np.zeros(1, np.int64), np.array(last, dtype=np.int64)])
    return Tree(arrivals - t0, arrivals, begin, np.array(path[:count], np.int64), np.array(took[:count])), hours


def _listful(size: int, value: float) -> list[float]:
    return [value] * size


ROOM = 4_096
"""Edges of a path for which there is room at first."""
_STARTS = (np.int64, np.int64, np.float64, np.float64, np.int64)
"""Types of the fields of `Starts` once compiled."""


class _Ask(NamedTuple):
    """Numbers that a search goes by, in the order in which the loops take them."""

    t0: float
    value_of_hour: float
    weighted: bool
    cutoff: float
    deadline: float
    max_wait: float


def _run(
    graph: Graph,
    closed: Closed,
    sources: Iterable[int] | Starts,
    targets: Sequence[Collection[int]],
    ask: _Ask,
    bound: Bound | None,
    banned: Ints | Sequence[int],
) -> tuple[Tree, Floats | list[float]]:
    """Paths to the targets, and the least value of each node settled, as the search that served has it."""
    nodes, ends = graph.topology.nodes, len(targets)
    given = graph.topology.leaving, graph.takes, graph.costs, graph.topology.slowing, closed.flat
    starts = sources if isinstance(sources, Starts) else Starts.at(sources, ask.t0)
    served, room = worthwhile(nodes), max(min(nodes + 1, ROOM), 64 * ends)
    spare = _spare(nodes, len(graph.hours), served)
    try:
        work = spare.pop()
    except IndexError:  # none, or another thread took the last
        work = _Work.of(nodes, len(graph.hours), served)
    least, reached, front, target, barred = work
    shut = np.asarray(banned, dtype=np.int64).tolist()
    for number, some in enumerate(targets):
        for node in some:
            target[node] = number
    for edge in shut:
        barred[edge] = True
    while True:
        if served:
            arcs, ahead, known, seeds = _ahead(graph.topology, bound)
            values, arrivals = np.full((2, ends), inf)
            reached_by, last = np.zeros((2, ends), np.int64)
            path, took = np.empty(room, np.int64), np.empty(room)
            near = heap_room(arcs[2], seeds)
            leaving, takes, costs, slowing, when_closed = (form.arrays for form in given)
            count = kernel["search"](
                *leaving,
                *takes,
                *costs,
                *slowing,
                *when_closed,
                *ask,
                *(np.array(some, dtype) for some, dtype in zip(starts, _STARTS, strict=True)),
                target,
                ahead,
                known,
                seeds,
                *arcs,
                *near,
                barred,
                least,
                reached,
                front,
                reached_by,
                values,
                arrivals,
                last,
                path,
                took,
            )
            if bound is not None and len(seeds):
                bound.partly = Partly(*arcs, near[1][: int(known[1])].copy(), ahead, float(known[0]))
            found: tuple[Any, ...] = (values, arrivals, last, path[:count], took[:count])
        else:
            count, *short = _interpreted(given, ask, starts, work, ends, bound, room)
            found = tuple(map(_array, short))
        if count <= room:
            break
        room = count
    if targets:  # without, what is least by node is the answer
        for some in targets:
            for node in some:
                target[node] = -1
        for edge in shut:
            barred[edge] = False
        spare.append(work)
    values, arrivals, last, path, took = found
    return Tree(values, arrivals, np.concatenate([np.zeros(1, np.int64), last]), path, took), least


class _Work(NamedTuple):
    """What searches write on, by node and (the last) by edge; each leaves it as it came, to spare making it anew."""

    least: Any
    reached: Any
    front: Any
    target: Any
    barred: Any

    @classmethod
    def of(cls, nodes: int, edges: int, served: bool) -> _Work:
        """For so many; lists unless compiled loops are `served`."""
        full: Any = np.full if served else _listful
        return cls(full(nodes, inf), full(nodes, inf), full(nodes, -1), full(nodes, -1), full(edges, False))


@lru_cache(maxsize=4)
def _spare(nodes: int, edges: int, served: bool) -> list[_Work]:
    """Work of earlier searches of such a graph, for those to come; what a search uses is not in it."""
    return []


def _ahead(topology: Topology, bound: Bound | None) -> tuple[tuple[Ints, Ints, Floats], Floats, Floats, Ints]:
    """Arcs that bounds go by, the bounds, up to which value they are known, and the nodes from which to go on."""
    if bound is not None and (partly := bound.partly) is not None and partly.radius < inf:
        return partly[:3], partly.values.copy(), np.array([partly.radius, 0.0]), partly.seeds
    nothing, known = (*topology.entering.arrays[:2], np.empty(0)), np.array([inf, 0.0])
    return nothing, np.zeros(topology.nodes) if bound is None else bound.values, known, np.empty(0, np.int64)


def _array(numbers: list[Any]) -> Any:
    return np.array(numbers, dtype=None if numbers else np.int64)


def _interpreted(
    given: tuple[Forms, ...],
    ask: _Ask,
    starts: Starts,
    work: _Work,
    ends: int,
    bound: Bound | None,
    room: int,
) -> tuple[Any, ...]:
    """The same search on lists."""
    least, reached, front, target, barred = work
    ahead = [0.0] * len(target) if bound is None else bound.listed
    values, arrivals, last = [inf] * ends, [inf] * ends, [0] * ends
    path, took = [0] * room, [0.0] * room
    count = python.search(
        *(some for form in given for some in form.lists),
        *ask,
        *starts,
        target,
        ahead,
        [inf, 0.0],
        *((), (), (), (), (), ()),
        barred,
        least,
        reached,
        front,
        [0] * ends,
        values,
        arrivals,
        last,
        path,
        took,
    )
    return count, values, arrivals, last, path[:count], took[:count]
