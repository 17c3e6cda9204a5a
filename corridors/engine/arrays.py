"""Searches over arrays: exact time-dependent best paths. Knows edges, hours and closed spans, nothing of places.

Time is hours since 1970-01-01 UTC. An edge may carry a calendar (spans in which it cannot be *entered*;
cargo waits until the span ends, without limit, so that arrival times stay first-in-first-out) and a season
(twelve speed factors; the edge is traversed at the factor of the month in which the cargo is under way).

The loops stand in `corridors.engine.search`. Python runs them as they are, or numba what it has compiled of them (see
`use_compiled`): the same lines, the same answers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corridors.engine import search as loops

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_python: Any = loops
_kernel: dict[str, Callable[..., Any]] = {}
"""Compiled kernels by name, once they serve."""


class Spans(tuple[list[float], list[float]]):
    """Closed spans as two sorted lists of the same length: starts and ends, not overlapping."""

    @cached_property
    def arrays(self) -> tuple[Floats, Floats]:
        """Starts and ends as arrays."""
        return np.array(self[0], dtype=float), np.array(self[1], dtype=float)


def merge_spans(spans: Iterable[tuple[float, float]]) -> Spans:
    """Join overlapping and touching ``(start, end)`` spans into sorted disjoint ones."""
    starts: list[float] = []
    ends: list[float] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return Spans((starts, ends))


def ready(spans: Spans, t: float) -> float:
    """First hour at or after `t` that lies in no closed span; ``inf`` if none does."""
    i = bisect_right(spans[0], t) - 1
    return spans[1][i] if i >= 0 and t < spans[1][i] else t


MONTHS = [
    datetime(year, month, 1, tzinfo=UTC).timestamp() / 3600
    for year in range(loops.FIRST_YEAR, 2111)
    for month in range(1, 13)
]
"""Hours at which months begin."""


def traverse(t: float, hours: float, factors: Sequence[float]) -> float:
    """Hour at which an edge entered at `t` is left, if it takes `hours` at full speed.

    The speed factor of each month holds while the cargo is under way in it, so that leaving later never
    means arriving earlier (Ichoua, Gendreau and Potvin 2003, doi:10.1016/S0377-2217(02)00147-9).
    """
    return loops.traverse(t, hours, factors, MONTHS)


def use_compiled(compile_now: bool = False) -> bool:
    """Have compiled searches serve in this process, if numba has them on disk or is to compile them now.

    Without numba, or before it has compiled them on this machine, the loops run in Python: nobody waits for a
    compiler who did not ask for it. Returns whether they serve.
    """
    if not _kernel:
        try:
            from corridors.engine import compiled
        except (ImportError, RuntimeError):  # no numba, none that suits this numpy, or no folder for its work
            return False
        if compile_now:
            compiled.compile_kernels(compiled.KERNELS)
        if compile_now or compiled.on_disk(compiled.KERNELS):
            _kernel.update(bounds=compiled.bounds, search=compiled.search)
    return bool(_kernel)


def _frozen(values: Any, dtype: type) -> NDArray[Any]:
    array: NDArray[Any] = np.ascontiguousarray(values, dtype=dtype).view()
    array.flags.writeable = False  # one type for numba, and safe to share
    return array


class Forms:
    """Arrays for the compiled kernels, and the same as lists for Python, made when first asked for."""

    def __init__(self, *arrays: NDArray[Any]) -> None:
        self.arrays: tuple[Any, ...] = arrays

    @cached_property
    def lists(self) -> tuple[Any, ...]:
        """The same numbers as lists."""
        return tuple(array.tolist() for array in self.arrays)

    def pointing(self, arcs: list[int], node: int) -> Forms:
        """Of (first, heads, edges): the same with some arcs leading to a node."""
        first, heads, edges = self.arrays
        changed = heads.copy()
        changed[arcs] = node
        found = Forms(first, _frozen(changed, np.int64), edges)
        if "lists" in self.__dict__:
            again = self.lists[1].copy()
            for arc in arcs:
                again[arc] = node
            found.__dict__["lists"] = self.lists[0], again, self.lists[2]
        return found


@dataclass(frozen=True, eq=False)
class Topology:
    """Which arc leads from where to where, compiled once for a network.

    Attributes
    ----------
    nodes : int
    tail, head : array of int
        Nodes by arc.
    edge : array of int
        Edge behind each arc, to which hours, weights, calendar and season belong; -1 for a join of two stages.
    season : array of int
        Row of `factors` by edge; -1 if it has none.
    factors : array of float, rows x 12
    """

    nodes: int
    tail: Ints
    head: Ints
    edge: Ints
    season: Ints
    factors: Floats

    @classmethod
    def of(
        cls, nodes: int, tail: Sequence[int], head: Sequence[int], factors: Sequence[Sequence[float] | None]
    ) -> Topology:
        """One arc an edge, with the monthly speed factors of each edge or None."""
        rows = {row: i for i, row in enumerate(dict.fromkeys(tuple(f) for f in factors if f is not None))}
        season = [-1 if f is None else rows[tuple(f)] for f in factors]
        return cls(
            nodes,
            _frozen(tail, np.int64),
            _frozen(head, np.int64),
            _frozen(range(len(tail)), np.int64),
            _frozen(season, np.int64),
            _frozen(np.array([*rows] or np.ones((1, 12))), np.float64),
        )

    def staged(self, stops: Sequence[Iterable[int]]) -> Topology:
        """Copies of the network in a row; a path that reaches a node of the stop goes on (edge -1) in the next copy."""
        shifts = np.arange(len(stops) + 1) * self.nodes
        joins = np.array(
            [
                (stage * self.nodes + node, (stage + 1) * self.nodes + node)
                for stage, nodes in enumerate(stops)
                for node in sorted(nodes)
            ]
        ).reshape(-1, 2)
        tail, head = ((ends + shifts[:, None]).ravel() for ends in (self.tail, self.head))
        stays = ~np.isin(tail, joins[:, 0])
        tail, head = np.concatenate([tail[stays], joins[:, 0]]), np.concatenate([head[stays], joins[:, 1]])
        edge = np.concatenate([np.tile(self.edge, len(shifts))[stays], np.full(len(joins), -1)])
        return Topology(
            self.nodes * len(shifts),
            _frozen(tail, np.int64),
            _frozen(head, np.int64),
            _frozen(edge, np.int64),
            self.season,
            self.factors,
        )

    def without(self, node: int, edges: Collection[int]) -> Topology:
        """The same but that some edges do not leave a node; what has their number in other copies stays."""
        first, _, numbers = self.leaving.lists
        found = replace(self)
        found.__dict__["leaving"] = self.leaving.pointing(
            [arc for arc in range(first[node], first[node + 1]) if numbers[arc] in edges], node
        )
        return found

    def _by(self, end: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
        order = np.argsort(end, kind="stable")
        first = np.searchsorted(end[order], np.arange(self.nodes + 1))
        return _frozen(first, np.int64), _frozen(other[order], np.int64), _frozen(self.edge[order], np.int64)

    @cached_property
    def leaving(self) -> Forms:
        """First arc of each node, then heads and edges of the arcs by the node they leave."""
        return Forms(*self._by(self.tail, self.head))

    @cached_property
    def entering(self) -> Forms:
        """First arc of each node, then tails and edges of the arcs by the node they enter."""
        return Forms(*self._by(self.head, self.tail))

    @cached_property
    def slowing(self) -> Forms:
        """Season of each edge, speed factors, and the hours at which months begin."""
        return Forms(self.season, self.factors, _frozen(MONTHS, np.float64))


@dataclass(frozen=True, eq=False)
class Graph:
    """A topology with what each edge takes: ``hours`` (inf: not there) and ``weight`` by edge."""

    topology: Topology
    hours: Floats
    weight: Floats

    @classmethod
    def of(cls, topology: Topology, hours: Any, weight: Any) -> Graph:
        """From any sequences of numbers."""
        return cls(topology, _frozen(hours, np.float64), _frozen(weight, np.float64))

    def changed(self, edges: Sequence[int], hours: Sequence[float], weight: Sequence[float]) -> Graph:
        """The same with other figures for some edges."""
        new_hours, new_weight = self.hours.copy(), self.weight.copy()
        new_hours[list(edges)], new_weight[list(edges)] = hours, weight
        return Graph.of(self.topology, new_hours, new_weight)

    @cached_property
    def weighted(self) -> bool:
        """Whether any edge has a weight besides its hours."""
        return bool(self.weight[np.isfinite(self.hours)].any())

    @cached_property
    def takes(self) -> Forms:
        """Hours and weight."""
        return Forms(self.hours, self.weight)


class Closed:
    """Closed spans of the edges that have any.

    Parameters
    ----------
    edges : int
        Number of edges.
    spans : mapping of int to Spans
    """

    def __init__(self, edges: int, spans: Mapping[int, Spans]) -> None:
        self._edges, self.spans = edges, spans

    @cached_property
    def flat(self) -> Forms:
        """Row of each edge (-1: never shut), first span of each row, starts and ends of all spans."""
        distinct = {id(spans): spans for spans in self.spans.values()}
        number = {key: i for i, key in enumerate(distinct)}
        row = np.full(self._edges, -1)
        row[list(self.spans)] = [number[id(spans)] for spans in self.spans.values()]
        parts = [spans.arrays for spans in distinct.values()]
        first = np.cumsum([0, *(len(starts) for starts, _ in parts)])
        starts, ends = (np.concatenate([np.empty(0), *(part[i] for part in parts)]) for i in (0, 1))
        return Forms(
            _frozen(row, np.int64), _frozen(first, np.int64), _frozen(starts, np.float64), _frozen(ends, np.float64)
        )

    def for_good(self, t: float) -> list[int]:
        """Edges that cannot be entered at hour `t` nor ever after."""
        return [edge for edge, spans in self.spans.items() if ready(spans, t) == inf]


class Path(NamedTuple):
    """A path found: its edges in order and the objective value at its end."""

    edges: tuple[int, ...]
    value: float


def bounds(graph: Graph, closed: Closed, targets: Iterable[int], value_of_hour: float, t0: float) -> Floats:
    """Least objective from every node to the nearest target if nothing had to wait.

    Edges that are closed from `t0` on for good are left out; the rest is a lower bound that stays valid
    when edges are banned or slowed.
    """
    cost = graph.weight + (value_of_hour * graph.hours if value_of_hour else np.where(graph.hours < inf, 0.0, inf))
    cost[closed.for_good(t0)] = inf
    best = np.full(graph.topology.nodes, inf)
    ends = np.array(list(targets), dtype=np.int64)
    if _kernel:
        _kernel["bounds"](*graph.topology.entering.arrays, cost, ends, best)
        return best
    found = best.tolist()
    _python.bounds(*graph.topology.entering.lists, cost.tolist(), ends.tolist(), found)
    return np.array(found)


def search(
    graph: Graph,
    closed: Closed,
    sources: Iterable[int],
    targets: Collection[int],
    t0: float,
    value_of_hour: float,
    bound: Floats,
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
    sources, targets : node numbers
    t0 : float
        Hour of departure.
    value_of_hour : float
        Weight of an hour, waiting included; 0 when time does not count.
    bound : array of float
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
    a dear early one may both lead to the best end; both labels are kept, and only a label that is worse in
    weight *and* hour is dropped. Where the weights are all zero this is the plain time-dependent Dijkstra; where hours
    have no value the labels of a node are settled by weight, and one hour to compare with is enough.
    """
    count, value, path, _ = _run(
        graph, closed, sources, targets, t0, value_of_hour, bound, banned, cutoff, deadline, max_wait
    )
    return None if count < 0 else Path(tuple(path[:count][::-1]), value)


def reach(
    graph: Graph, closed: Closed, sources: Iterable[int], t0: float, value_of_hour: float, max_wait: float
) -> Floats:
    """Least ``sum of weights + value_of_hour * hours`` from the sources to every node, leaving at `t0`.

    Labels are those of `search`, without targets to head for. An edge is not entered after a wait of more than
    `max_wait` hours. Nodes that cannot be reached have the value ``inf``.
    """
    return np.array(
        _run(graph, closed, sources, (), t0, value_of_hour, np.zeros(graph.topology.nodes), (), inf, inf, max_wait)[3]
    )


def _run(
    graph: Graph,
    closed: Closed,
    sources: Iterable[int],
    targets: Collection[int],
    t0: float,
    value_of_hour: float,
    bound: Floats,
    banned: Ints | Sequence[int],
    cutoff: float,
    deadline: float,
    max_wait: float,
) -> tuple[int, float, list[int], Any]:
    """Number of edges (-1: none found), value, path backwards with room behind it, least value of each node settled."""
    nodes = graph.topology.nodes
    target, barred = np.zeros(nodes, dtype=bool), np.zeros(len(graph.hours), dtype=bool)
    target[list(targets)] = True
    barred[np.asarray(banned, dtype=np.int64)] = True
    start = np.array(list(sources), dtype=np.int64)
    work = (np.full(nodes, inf), np.full(nodes, inf), np.full(nodes, -1), np.zeros(nodes + 1, dtype=np.int64))
    given = graph.topology.leaving, graph.takes, graph.topology.slowing, closed.flat
    rest = (t0, value_of_hour, graph.weighted, cutoff, deadline, max_wait)
    if _kernel:
        count, value = _kernel["search"](
            *(array for form in given for array in form.arrays), *rest, start, target, bound, barred, *work
        )
        return count, value, work[3][: max(count, 0)].tolist(), work[0]
    lists = [array.tolist() for array in work]
    count, value = _python.search(
        *(some for form in given for some in form.lists),
        *rest,
        start.tolist(),
        target.tolist(),
        bound.tolist(),
        barred.tolist(),
        *lists,
    )
    return count, value, lists[3], lists[0]
