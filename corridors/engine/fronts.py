"""Search over arrays for all paths that no other beats in every criterion; time-dependent and exact.

A label is (arrival, weights). Labels leave the heap by their least possible arrival at the target, so that time only
grows at a node and one label beats another when it is no worse in the weights alone. A label is dropped when its lower
bounds are already beaten by a path found. Waiting is first-in-first-out, so an earlier arrival never hurts.
(Martins 1984, doi:10.1016/0377-2217(84)90077-8, with the bounds of Tung and Chew 1992.)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from math import inf

from corridors.engine.arrays import Bound, Closed, Found, Graph, Path, Weights, bounds, ready, traverse


class Front:
    """Weights of which none is beaten by another, sorted by the first: with two criteria a staircase."""

    def __init__(self, criteria: int) -> None:
        self._criteria = criteria
        self._first: list[float] = []
        self._members: list[Weights] = []

    def beats(self, weights: Weights) -> bool:
        """Whether a member is no worse in every criterion."""
        at = bisect_right(self._first, weights[0])
        if self._criteria <= 2:
            return at > 0 and self._members[at - 1][-1] <= weights[-1]
        if self._criteria == 3:  # the loop that a search by four criteria spends its time in
            _, second, third = weights
            for _, b, c in self._members[:at]:  # noqa: SIM110
                if b <= second and c <= third:
                    return True
            return False
        return any(all(a <= b for a, b in zip(known, weights, strict=True)) for known in self._members[:at])

    def add(self, weights: Weights) -> None:
        """Take in a member that none beats; those that it beats go."""
        at = bisect_right(self._first, weights[0])
        self._members[at:] = [
            weights,
            *(known for known in self._members[at:] if any(a < b for a, b in zip(known, weights, strict=True))),
        ]
        self._first[at:] = [known[0] for known in self._members[at:]]


def bounds_of_all(
    graph: Graph, closed: Closed, weights: Sequence[Sequence[float]], targets: frozenset[int], t0: float
) -> list[Bound]:
    """Lower bounds to the targets by hours and by each of some weights."""
    return [
        bounds(Graph.of(graph.topology, graph.hours, by), closed, targets, value_of_hour, t0)
        for by, value_of_hour in (([0.0] * len(graph.hours), 1.0), *((by, 0.0) for by in weights))
    ]


def pareto(
    graph: Graph,
    closed: Closed,
    weights: Sequence[Sequence[float]],
    sources: Iterable[int],
    targets: frozenset[int],
    t0: float,
    longest_wait: float,
    most_labels: int,
    ahead: Sequence[Bound] = (),
) -> Found:
    """All paths not beaten in hours and weights.

    Parameters
    ----------
    graph, closed, sources, targets, t0
        As in `corridors.engine.arrays.search`; the weights of the graph are not used.
    weights : sequence of sequence of float
        One sequence a criterion besides time, by edge; at least one.
    longest_wait : float
        Hours; an edge at which a label would wait longer is not taken by it, nor by later and more expensive
        labels that it has beaten before.
    most_labels : int
        Give up after so many; the paths found by then are the fastest of the front.
    ahead : sequence of Bound, optional
        Lower bounds to the targets by hours and by each of `weights`, where they are known.
    """
    criteria = len(weights)
    if criteria == 1:
        bound = ahead or bounds_of_all(graph, closed, weights, targets, t0)
        return _by_two(graph, closed, weights[0], sources, targets, t0, longest_wait, most_labels, bound)
    first, heads, edges = graph.topology.leaving.lists
    season, factors, _ = graph.topology.slowing.lists
    takes, spans = graph.takes.lists[0], closed.spans
    time_bound, *least_ahead = (one.listed for one in ahead or bounds_of_all(graph, closed, weights, targets, t0))
    fronts: dict[int, Front] = {}
    done = Front(criteria)
    walked: list[tuple[int, int]] = []
    found: list[tuple[Path, float, Weights]] = []
    nothing = (0.0,) * criteria
    heap: list[tuple[float, Weights, Weights, float, int, int, int]] = []
    for source in sources:
        if time_bound[source] < inf:
            heappush(heap, (time_bound[source], tuple(b[source] for b in least_ahead), nothing, t0, source, -2, -1))
    while heap:
        _, least, spent, t, node, edge, before = heappop(heap)
        front = fronts.setdefault(node, Front(criteria))
        if front.beats(spent) or done.beats(least):
            continue
        if len(walked) >= most_labels:
            return Found(found, False, len(walked))
        front.add(spent)
        walked.append((edge, before))
        label = len(walked) - 1
        if node in targets:
            done.add(spent)
            found.append((Path(tuple(_edges(walked, label)), t - t0), t - t0, spent))
            continue
        for arc in range(first[node], first[node + 1]):
            head, edge = heads[arc], edges[arc]
            hours = takes[edge] if edge >= 0 else 0.0
            if time_bound[head] == inf or hours == inf:
                continue
            total = tuple([w + by[edge] for w, by in zip(spent, weights, strict=True)]) if edge >= 0 else spent
            known = fronts.get(head)
            if known is not None and known.beats(total):
                continue
            at_end = tuple([w + by[head] for w, by in zip(total, least_ahead, strict=True)])
            if done.beats(at_end):
                continue
            start = ready(spans[edge], t) if edge in spans else t
            if start == inf or start - t > longest_wait:
                continue
            slow = season[edge] if edge >= 0 else -1
            arrival = start + hours if slow < 0 else traverse(start, hours, factors[slow])
            heappush(heap, (arrival - t0 + time_bound[head], at_end, total, arrival, head, edge, label))
    return Found(found, True, len(walked))


def _by_two(
    graph: Graph,
    closed: Closed,
    weights: Sequence[float],
    sources: Iterable[int],
    targets: frozenset[int],
    t0: float,
    longest_wait: float,
    most_labels: int,
    ahead: Sequence[Bound],
) -> Found:
    """The same by hours and one weight: of a node's front only the least weight so far counts."""
    first, heads, edges = graph.topology.leaving.lists
    season, factors, _ = graph.topology.slowing.lists
    takes, spans = graph.takes.lists[0], closed.spans
    time_bound, weight_bound = (one.listed for one in ahead)
    spent_at, done = [inf] * graph.topology.nodes, inf
    walked: list[tuple[int, int]] = []
    found: list[tuple[Path, float, Weights]] = []
    heap = [(time_bound[node], weight_bound[node], 0.0, t0, node, -2, -1) for node in sources if time_bound[node] < inf]
    heapify(heap)
    while heap:
        _, least, spent, t, node, edge, before = heappop(heap)
        if spent_at[node] <= spent or done <= least:
            continue
        if len(walked) >= most_labels:
            return Found(found, False, len(walked))
        spent_at[node], label = spent, len(walked)
        walked.append((edge, before))
        if node in targets:
            done = spent
            found.append((Path(tuple(_edges(walked, label)), t - t0), t - t0, (spent,)))
            continue
        for arc in range(first[node], first[node + 1]):
            head, edge = heads[arc], edges[arc]
            hours, total = (takes[edge], spent + weights[edge]) if edge >= 0 else (0.0, spent)
            at_end = total + weight_bound[head]
            if spent_at[head] <= total or done <= at_end or time_bound[head] == inf or hours == inf:
                continue
            start = ready(spans[edge], t) if edge in spans else t
            if start == inf or start - t > longest_wait:
                continue
            slow = season[edge] if edge >= 0 else -1
            arrival = start + hours if slow < 0 else traverse(start, hours, factors[slow])
            heappush(heap, (arrival - t0 + time_bound[head], at_end, total, arrival, head, edge, label))
    return Found(found, True, len(walked))


def _edges(walked: Sequence[tuple[int, int]], label: int) -> list[int]:
    found = []
    while label >= 0:
        edge, label = walked[label]
        if edge >= 0:
            found.append(edge)
    return found[::-1]
