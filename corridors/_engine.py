"""Searches over arrays: exact time-dependent best paths. Knows edges, hours and closed spans, nothing of places.

Time is hours since 1970-01-01 UTC. An edge may carry a calendar (spans in which it cannot be *entered*;
cargo waits until the span ends, without limit, so that arrival times stay first-in-first-out) and a season
(twelve speed factors; the edge is traversed at the factor of the month in which the cargo is under way).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from corridors._engine_flat import Flat

Spans = tuple[list[float], list[float]]
"""Closed spans as two sorted lists of the same length: starts and ends, not overlapping."""


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
    return starts, ends


def ready(spans: Spans, t: float) -> float:
    """First hour at or after `t` that lies in no closed span; ``inf`` if none does."""
    i = bisect_right(spans[0], t) - 1
    return spans[1][i] if i >= 0 and t < spans[1][i] else t


_MONTHS = [(year, month) for year in range(1990, 2111) for month in range(1, 13)]
MONTH_STARTS = [datetime(year, month, 1, tzinfo=UTC).timestamp() / 3600 for year, month in _MONTHS]
"""Hours at which the months begin, from a January on."""


def traverse(t: float, hours: float, factors: Sequence[float]) -> float:
    """Hour at which an edge entered at `t` is left, if it takes `hours` at full speed.

    The speed factor of each month holds while the cargo is under way in it, so that leaving later never
    means arriving earlier (Ichoua, Gendreau and Potvin 2003, doi:10.1016/S0377-2217(02)00147-9).
    """
    i = bisect_right(MONTH_STARTS, t) - 1
    left = hours
    while i + 1 < len(_MONTHS):
        factor = factors[_MONTHS[i][1] - 1]
        if left <= (MONTH_STARTS[i + 1] - t) * factor:
            return t + left / factor
        left -= (MONTH_STARTS[i + 1] - t) * factor
        t = MONTH_STARTS[i + 1]
        i += 1
    return t + left / factors[_MONTHS[-1][1] - 1]


class Arc(NamedTuple):
    """One directed edge as the search sees it."""

    edge: int
    head: int
    hours: float
    weight: float
    factors: Sequence[float] | None


@dataclass(frozen=True)
class Graph:
    """Adjacency lists: ``out[node]`` is the list of the arcs that leave it. What shuts them is told apart from it."""

    out: list[list[Arc]]

    @cached_property
    def weighted(self) -> bool:
        """Whether any arc has a weight besides its hours."""
        return any(arc.weight for arcs in self.out for arc in arcs)

    @cached_property
    def flat(self) -> Flat:
        """The same as arrays, for compiled searches."""
        from corridors._engine_flat import flat

        return flat(self)

    @cached_property
    def back(self) -> list[list[tuple[int, Arc]]]:
        """Arcs that enter each node, with the node they leave."""
        back: list[list[tuple[int, Arc]]] = [[] for _ in self.out]
        for tail, arcs in enumerate(self.out):
            for arc in arcs:
                back[arc.head].append((tail, arc))
        return back

    def staged(self, stops: Sequence[Iterable[int]]) -> Graph:
        """Copies of the graph in a row, joined (edge -1) where a path reaches the nodes of each stop in turn."""
        n = len(self.out)
        out: list[list[Arc]] = []
        for stage in range(len(stops) + 1):
            shift = stage * n
            out += [[arc._replace(head=arc.head + shift) for arc in arcs] for arcs in self.out]
        for stage, nodes in enumerate(stops):
            for node in nodes:
                out[stage * n + node].append(Arc(-1, (stage + 1) * n + node, 0.0, 0.0, None))
        return Graph(out)


class Path(NamedTuple):
    """A path found: its edges in order and the objective value at its end."""

    edges: tuple[int, ...]
    value: float


def bounds(graph: Graph, closed: Mapping[int, Spans], targets: Iterable[int], value_of_hour: float, t0: float,
           weights: Sequence[float] | None = None) -> list[float]:
    """Least objective from every node to the nearest target if nothing had to wait.

    Edges that are closed from `t0` on for good are left out; the rest is a lower bound that stays valid
    when edges are banned or slowed. `weights` by edge serve in place of those of the arcs.
    """
    back = graph.back
    best = [inf] * len(graph.out)
    heap: list[tuple[float, int]] = []
    for target in targets:
        best[target] = 0.0
        heap.append((0.0, target))
    while heap:
        value, node = heappop(heap)
        if value > best[node]:
            continue
        for tail, arc in back[node]:
            weight = arc.weight if weights is None else weights[arc.edge] if arc.edge >= 0 else 0.0
            reached = value + weight + value_of_hour * arc.hours
            if reached < best[tail] and (arc.edge not in closed or ready(closed[arc.edge], t0) < inf):
                best[tail] = reached
                heappush(heap, (reached, tail))
    return best


def _dominated(front: list[tuple[float, float]], weight: float, t: float) -> bool:
    return any(w <= weight and hour <= t for w, hour in front)


def search(graph: Graph, closed: Mapping[int, Spans], sources: Iterable[int], targets: frozenset[int], t0: float,
           value_of_hour: float, bound: Sequence[float], banned: frozenset[int] = frozenset(), cutoff: float = inf,
           deadline: float = inf) -> Path | None:
    """Path of least ``sum of weights + value_of_hour * hours`` from any source to any target, leaving at `t0`.

    Parameters
    ----------
    graph : Graph
    closed : mapping of int to Spans
        Closed spans of the edges that have any.
    sources, targets : node numbers
    t0 : float
        Hour of departure.
    value_of_hour : float
        Weight of an hour, waiting included; 0 when time does not count.
    bound : sequence of float
        From `bounds`, same `targets` and `value_of_hour`.
    banned : frozenset of int
        Edges not to use.
    cutoff : float
        Give up beyond this value.
    deadline : float
        Hour by which every edge must be left.

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
    fifo = not graph.weighted
    by_weight = not fifo and value_of_hour == 0          # a node's labels then leave the heap by weight
    first: dict[int, float] = {}                         # earliest hour of a label settled at a node
    settled: dict[int, list[tuple[float, float]]] = {}
    earliest: dict[int, float] = {}
    labels: list[tuple[int, int]] = []          # (edge, label before it) of every label, to walk back
    heap: list[tuple[float, float, float, int, int]] = []
    for source in sources:
        if bound[source] < inf:
            labels.append((-2, -1))
            heappush(heap, (bound[source], t0, 0.0, len(labels) - 1, source))
    while heap:
        value, t, weight, label, node = heappop(heap)
        if by_weight:
            if t >= first.get(node, inf):
                continue
            first[node] = t
        else:
            front = settled.setdefault(node, [])
            if front and (fifo or _dominated(front, weight, t)):
                continue
            front.append((weight, t))
        if node in targets:
            edges = []
            while label >= 0:
                edge, label = labels[label]
                if edge >= 0:
                    edges.append(edge)
            return Path(tuple(reversed(edges)), value)
        for edge, head, hours, step, factors in graph.out[node]:
            if edge in banned or bound[head] == inf:
                continue
            start = ready(closed[edge], t) if edge in closed else t
            if start == inf:
                continue
            arrival = start + hours if factors is None else traverse(start, hours, factors)
            total = weight + step
            if fifo:
                if arrival >= earliest.get(head, inf):
                    continue
                earliest[head] = arrival
            elif by_weight:
                if arrival >= first.get(head, inf):
                    continue
            elif head in settled and _dominated(settled[head], total, arrival):
                continue
            value = total + value_of_hour * (arrival - t0) + bound[head]
            if value <= cutoff and arrival <= deadline:
                labels.append((edge, label))
                heappush(heap, (value, arrival, total, len(labels) - 1, head))
    return None
