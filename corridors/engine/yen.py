"""Paths in order of their value, each without loops: the search of `_engine`, asked again and again.

Every path found splits what is left: the paths that leave it at its first edge, at its second, and so on (Yen 1971,
doi:10.1287/mnsc.17.11.712; no part is searched twice, Lawler 1972, doi:10.1287/mnsc.18.7.401). A part is searched
from the label (hour, weight) with which its common beginning is left, so calendars and seasons are as exact as there,
and not before the least that it could hold is the next value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import NamedTuple

from corridors.engine import arrays as engine


class _Label(NamedTuple):
    """Where a path is before its next edge, and what it has cost."""

    node: int
    t: float
    weight: float


class _Part(NamedTuple):
    """The paths that begin alike and then take none of some edges."""

    begun: tuple[int, ...]
    labels: list[_Label]
    """Before each edge of the beginning, and at its end."""
    barred: frozenset[int]
    """Edges that are not taken there."""

    def so_far(self, t0: float, value_of_hour: float) -> float:
        """Value of the beginning."""
        _, t, weight = self.labels[-1]
        return weight + value_of_hour * (t - t0)


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
    heap: list[tuple[float, int, engine.Path | None, _Part]] = []
    numbers = count()

    def put_off(part: _Part) -> None:
        """Keep a part until it could hold the next path."""
        starts, t = _starts(graph, closed, part), part.labels[-1].t
        least = min(
            (
                weight + value_of_hour * (hour - t) + bound.values.item(node)
                for node, _, hour, weight in zip(*starts[:4], strict=True)
            ),
            default=inf,
        )
        if least < inf:
            heappush(heap, (part.so_far(t0, value_of_hour) + least, next(numbers), None, part))

    def search(part: _Part) -> engine.Path | None:
        """The best path of a part."""
        t, so_far = part.labels[-1].t, part.so_far(t0, value_of_hour)
        starts = _starts(graph, closed, part, banned)
        rest = engine.search(graph, closed, starts, targets, t, value_of_hour, bound, list(banned), limit() - so_far)
        return None if rest is None else engine.Path(part.begun + rest.edges, so_far + rest.value)

    put_off(_Part((), [_Label(source, t0, 0.0)], frozenset()))
    while heap:
        value, number, path, part = heappop(heap)
        if value > limit():
            return
        if path is None:
            path = search(part)
            if path is not None:
                heappush(heap, (path.value, number, path, part))
            continue
        walked = _labels(graph, closed, source, t0, path.edges)
        simple = _without_return(graph, walked)
        if simple == len(walked) and not any(edge in banned for edge in path.edges):
            yield path
        begun, _, barred = part
        if not any(edge in banned for edge in path.edges):
            for i in range(len(begun), simple):
                others = (barred if i == len(begun) else frozenset()) | {path.edges[i]}
                put_off(_Part(path.edges[:i], walked[: i + 1], others))
        elif not any(edge in banned for edge in begun):
            put_off(part)


def _starts(graph: engine.Graph, closed: engine.Closed, part: _Part, banned: Collection[int] = ()) -> engine.Starts:
    """Where a path of a part may be after its first edge of its own."""
    passed = [node for label in part.labels for node in (label.node, *_joined(graph, label.node))]
    found = engine.Starts([], [], [], [], passed)
    nodes, entered, left_at, paid, _ = found
    node, t, _ = part.labels[-1]
    for edge, head in _onward(graph, node):
        if edge in part.barred or edge in banned or head in passed:
            continue
        arrival, weight = _passed(graph, closed, edge, t)
        if arrival < inf:
            nodes.append(head)
            entered.append(edge)
            left_at.append(arrival)
            paid.append(weight)
    return found


def _onward(graph: engine.Graph, node: int) -> Iterator[tuple[int, int]]:
    """Edges that leave a node, or another one that it is joined to, with their heads."""
    first, heads, numbers = graph.topology.leaving.lists
    for arc in range(first[node], first[node + 1]):
        if numbers[arc] >= 0:
            yield numbers[arc], heads[arc]
        else:
            yield from _onward(graph, heads[arc])


def _joined(graph: engine.Graph, node: int) -> Iterator[int]:
    """Nodes that are the same road or railway of a place as this one."""
    for first, others, numbers in (graph.topology.leaving.lists, graph.topology.entering.lists):
        yield from (others[arc] for arc in range(first[node], first[node + 1]) if numbers[arc] < 0)


def _without_return(graph: engine.Graph, labels: Sequence[_Label]) -> int:
    """Number of labels before a path comes back to the road or railway of a place where it was, by whichever node."""
    seen = set[int]()
    for i, label in enumerate(labels):
        if label.node in seen:
            return i
        seen.update((label.node, *_joined(graph, label.node)))
    return len(labels)


def _passed(graph: engine.Graph, closed: engine.Closed, edge: int, t: float) -> tuple[float, float]:
    """Hour at which an edge reached at `t` is left, and what it costs."""
    hours, weights = graph.takes.lists[0], graph.costs.lists[0]
    season, factors, _ = graph.topology.slowing.lists
    start = engine.ready(closed.spans[edge], t) if edge in closed.spans else t
    slow = season[edge]
    left = start + hours[edge] if slow < 0 or start == inf else engine.traverse(start, hours[edge], factors[slow])
    return left, weights[edge]


def _labels(
    graph: engine.Graph,
    closed: engine.Closed,
    source: int,
    t0: float,
    edges: Sequence[int],
) -> list[_Label]:
    """Labels of a path before each of its edges."""
    first, heads, numbers = graph.topology.leaving.lists
    node, t, weight = source, t0, 0.0
    found = []
    for edge in edges:
        while numbers[first[node]] < 0:  # a stop reached: the graph goes on in its next copy
            node = heads[first[node]]
        found.append(_Label(node, t, weight))
        node = next(head for other, head in _onward(graph, node) if other == edge)
        t, more = _passed(graph, closed, edge, t)
        weight += more
    return found
