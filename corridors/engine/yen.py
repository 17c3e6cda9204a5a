"""Paths in order of their value, each without loops: the search of `_engine`, asked again and again.

Every path found splits what is left: the paths that leave it at its first edge, at its second, and so on (Yen 1971,
doi:10.1287/mnsc.17.11.712; no part is searched twice, Lawler 1972, doi:10.1287/mnsc.18.7.401). A part is searched
from the label (hour, weight) with which its common beginning is left, so calendars and seasons are as exact as there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

from corridors.engine import arrays as engine


class _Label(NamedTuple):
    """Where a path is before its next edge, and what it has cost."""

    node: int
    t: float
    weight: float


def ranked(
    graph: engine.Graph,
    closed: engine.Closed,
    source: int,
    targets: frozenset[int],
    t0: float,
    value_of_hour: float,
    bound: engine.Bound,
    banned: Collection[int] = frozenset(),
    limit: Callable[[], float] = lambda: inf,
) -> Iterator[engine.Path]:
    """All paths from `source` to the targets that pass no node twice, best first.

    Parameters
    ----------
    graph, closed, source, targets, t0, value_of_hour, bound
        As in `_engine.search`, with one source.
    banned : collection of int
        Edges not to use. It may grow between two paths: what follows keeps to it.
    limit : callable
        Value beyond which no path is wanted; may fall between two paths.
    """
    heap: list[tuple[float, int, engine.Path, list[_Label], frozenset[int]]] = []
    searches = 0

    def push(begun: tuple[int, ...], labels: list[_Label], barred: frozenset[int]) -> None:
        """Find the best path that begins like this and then takes none of the barred edges."""
        nonlocal searches
        searches += 1
        node, t, weight = labels[-1]
        so_far = weight + value_of_hour * (t - t0)
        least = bound.without([passed.node for passed in labels[:-1]])
        left = graph.over(graph.topology.without(node, barred))
        rest = engine.search(left, closed, [node], targets, t, value_of_hour, least, list(banned), limit() - so_far)
        if rest is not None:
            path = engine.Path(begun + rest.edges, so_far + rest.value)
            heappush(heap, (path.value, searches, path, labels, barred))

    push((), [_Label(source, t0, 0.0)], frozenset())
    while heap:
        value, _, path, labels, barred = heappop(heap)
        if value > limit():
            return
        if not any(edge in banned for edge in path.edges):
            yield path
        begun = path.edges[: len(labels) - 1]
        if not any(edge in banned for edge in path.edges):
            walked = _labels(graph, closed, source, t0, path.edges)
            for i in range(len(begun), len(path.edges)):
                push(path.edges[:i], walked[: i + 1], (barred if i == len(begun) else frozenset()) | {path.edges[i]})
        elif not any(edge in banned for edge in begun):
            push(begun, labels, barred)


def _labels(
    graph: engine.Graph,
    closed: engine.Closed,
    source: int,
    t0: float,
    edges: Sequence[int],
) -> list[_Label]:
    """Labels of a path before each of its edges."""
    first, heads, numbers = graph.topology.leaving.lists
    hours, weights = graph.takes.lists[0], graph.costs.lists[0]
    season, factors, _ = graph.topology.slowing.lists
    node, t, weight = source, t0, 0.0
    found = []
    for edge in edges:
        while numbers[first[node]] < 0:  # a stop reached: the graph goes on in its next copy
            node = heads[first[node]]
        found.append(_Label(node, t, weight))
        node = next(heads[arc] for arc in range(first[node], first[node + 1]) if numbers[arc] == edge)
        start = engine.ready(closed.spans[edge], t) if edge in closed.spans else t
        slow = season[edge]
        t = start + hours[edge] if slow < 0 else engine.traverse(start, hours[edge], factors[slow])
        weight += weights[edge]
    return found
