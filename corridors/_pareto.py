"""Search over arrays for all paths that no other beats in every criterion; time-dependent and exact.

A label is (arrival, weights). Labels leave the heap by their least possible arrival at the target, so that time only
grows at a node and one label beats another when it is no worse in the weights alone. A label is dropped when its lower
bounds are already beaten by a path found. Waiting is first-in-first-out, so an earlier arrival never hurts.
(Martins 1984, doi:10.1016/0377-2217(84)90077-8, with the bounds of Tung and Chew 1992.)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

from corridors._engine import Graph, Path, Spans, bounds, ready, traverse

Weights = tuple[float, ...]


class Front:
    """Weights of which none is beaten by another: up to two criteria as a staircase, more as a list."""

    def __init__(self, criteria: int) -> None:
        self._two = criteria <= 2
        self._first: list[float] = []
        self._second: list[float] = []
        self._all: list[Weights] = []

    def beats(self, weights: Weights) -> bool:
        """Whether a member is no worse in every criterion."""
        if self._two:
            at = bisect_right(self._first, weights[0]) - 1
            return at >= 0 and self._second[at] <= weights[-1]
        return any(all(a <= b for a, b in zip(known, weights, strict=True)) for known in self._all)

    def add(self, weights: Weights) -> None:
        """Take in a member that none beats; those that it beats go."""
        if not self._two:
            self._all = [known for known in self._all
                         if not all(a <= b for a, b in zip(weights, known, strict=True))] + [weights]
            return
        first, last = weights[0], weights[-1]
        at = end = bisect_right(self._first, first)
        while end < len(self._first) and self._second[end] >= last:
            end += 1
        self._first[at:end], self._second[at:end] = [first], [last]


class Found(NamedTuple):
    """Paths of the front with their hours and weights, and whether the search came to its end."""

    paths: list[tuple[Path, float, Weights]]
    complete: bool
    labels: int


def pareto(graph: Graph, closed: Mapping[int, Spans], weights: Sequence[Sequence[float]], sources: Iterable[int],
           targets: frozenset[int], t0: float, longest_wait: float, most_labels: int, slack: float = 0.0) -> Found:
    """All paths not beaten in hours and weights.

    Parameters
    ----------
    graph, closed, sources, targets, t0
        As in `corridors._engine.search`; the weights of the arcs are not used.
    weights : sequence of sequence of float
        One sequence a criterion besides time, by edge; at least one.
    longest_wait : float
        Hours; an edge at which a label would wait longer is not taken by it.
    most_labels : int
        Give up after so many; the paths found by then are part of the front.
    slack : float
        Above 0 the front is a cover: each path left out has one in it that is at most this share worse in every weight.
    """
    criteria = len(weights)
    ease = 1 + slack
    time_bound = bounds(graph, closed, targets, 1.0, t0, [0.0] * len(weights[0]))
    least_ahead = [bounds(graph, closed, targets, 0.0, t0, by) for by in weights]
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
        if front.beats(spent) or done.beats(least if not slack else tuple([w * ease for w in least])):
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
        for edge, head, hours, _, factors in graph.out[node]:
            if time_bound[head] == inf:
                continue
            start = ready(closed[edge], t) if edge in closed else t
            if start == inf or start - t > longest_wait:
                continue
            total = tuple([w + by[edge] for w, by in zip(spent, weights, strict=True)]) if edge >= 0 else spent
            known = fronts.get(head)
            if known is not None and known.beats(total):
                continue
            ahead = tuple([w + by[head] for w, by in zip(total, least_ahead, strict=True)])
            if done.beats(ahead if not slack else tuple([w * ease for w in ahead])):
                continue
            arrival = start + hours if factors is None else traverse(start, hours, factors)
            heappush(heap, (arrival - t0 + time_bound[head], ahead, total, arrival, head, edge, label))
    return Found(found, True, len(walked))


def _edges(walked: Sequence[tuple[int, int]], label: int) -> list[int]:
    found = []
    while label >= 0:
        edge, label = walked[label]
        if edge >= 0:
            found.append(edge)
    return found[::-1]
