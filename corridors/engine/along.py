"""The path along lower bounds: where it is open it is the best, and needs no search."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from corridors.engine.arrays import Bound, Closed, Graph, Tree
from corridors.engine.topology import ready, traverse

LEVEL = 1e-9
"""Difference below which two ways take the same, relative or in the unit of the objective."""


class Along(NamedTuple):
    """What the path along a bound tells: that it is the best, or that no path enters an edge of it; or neither."""

    tree: Tree | None = None
    shut: int | None = None


def along(
    graph: Graph,
    closed: Closed,
    sources: Iterable[int],
    targets: Collection[int],
    t0: float,
    value_of_hour: float,
    max_wait: float,
    bound: Bound,
) -> Along:
    """Follow the lower bounds to some targets from one node to the next, as long as only one arc attains them.

    The path is the best if it takes no more than its bound: waits cost nothing, or there are none. The first edge that
    it finds closed for too long is shut to all paths if it has been closed since departure and hours and weights do not
    both count: this path is there with the least weight, or in the fewest hours, and others count only if they are
    there sooner, when the wait is longer. Nothing is told where another path takes the same.
    """
    first, heads, edges = graph.topology.leaving.lists
    (hours,), (weight,), ahead = graph.takes.lists, graph.costs.lists, bound.listed
    season, factors, _ = graph.topology.slowing.lists
    onward = bound.onward(graph, value_of_hour)
    start = sorted(sources, key=ahead.__getitem__)[:2]
    least = ahead[start[0]] if start else inf
    if least == inf or (len(start) > 1 and ahead[start[1]] - least <= LEVEL * (1 + least)):
        return Along()
    node, t, total = start[0], t0, 0.0
    path, took, passed = list[int](), list[float](), set[int]()
    while node not in targets:
        if node in passed:  # to and fro, where a leg takes next to nothing: risk of a few hours
            return Along()
        passed.add(node)
        if node not in onward:
            here = ahead[node]
            near = LEVEL * (1 + here)
            onward[node] = [
                (edge, heads[arc])
                for arc in range(first[node], first[node + 1])
                if -near <= _takes(edge := edges[arc], hours, weight, value_of_hour) + ahead[heads[arc]] - here <= near
            ]
        if len(onward[node]) != 1:
            return Along()
        (edge, node), arrive = onward[node][0], t
        if edge < 0:
            continue
        if edge in closed.spans:
            t = ready(closed.spans[edge], arrive)
            if t == inf or t - arrive > max_wait:
                since = ready(closed.spans[edge], t0) == t and not (value_of_hour and graph.weighted)
                return Along(shut=edge if since else None)
        t = t + hours[edge] if season[edge] < 0 else traverse(t, hours[edge], factors[season[edge]])
        total += weight[edge]
        path.append(edge)
        took.append(t - arrive)
    value = total + value_of_hour * (t - t0)
    if value - least > LEVEL * (1 + least):
        return Along()
    one = np.array([value]), np.array([t]), np.array([0, len(path)])
    return Along(Tree(*one, np.array(path[::-1], dtype=np.int64), np.array(took[::-1])))


def _takes(edge: int, hours: Sequence[float], weight: Sequence[float], value_of_hour: float) -> float:
    """What an edge takes without waiting; a join of two nodes takes nothing."""
    return weight[edge] + value_of_hour * hours[edge] if edge >= 0 else 0.0
