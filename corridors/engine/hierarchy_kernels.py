"""What `_engine_ch` compiles: kernels of a customizable contraction hierarchy over arrays. Importing it imports numba.

Nodes are numbered by rank. An arc joins a node (its tail) with one of higher rank (its head) and has two weights, row
0 for going up and row 1 for going down; arcs are sorted by tail, then head. Three arcs that join the same three nodes
are a triangle: the arcs that leave its lowest node are its low and high leg, the third is its base, which the legs may
undercut. Only customised arrays (`Work`) and results are ever written to.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(kernel: Kernel) -> Kernel:
    """Compile once per machine, and let other threads run meanwhile."""
    return cast(Kernel, numba.njit(cache=True, nogil=True)(kernel))


class Topology(NamedTuple):
    """What does not depend on weights."""

    first: Ints
    """(nodes + 1,) the first arc of each tail."""
    tail: Ints
    head: Ints
    parent: Ints
    """(nodes,) the lowest head of each node, -1 at a root: the elimination tree. Heads are ancestors of their tails."""
    level: Ints
    """(nodes,) the number of ancestors."""
    rise: Ints
    """(arcs,) the level of the head."""
    height: int
    """Number of levels."""
    half: Ints
    """(edges,) the arc of each original edge, plus the number of arcs if the edge goes down; -1 for a loop."""
    own_first: Ints
    own: Ints
    """The original edges of each half, parallel ones in a row, from ``own_first``."""
    leg_first: Ints
    low: Ints
    high: Ints
    """The legs of the triangles above which each arc is the base, from ``leg_first``."""
    base_first: Ints
    base: Ints
    """The bases of the triangles below which each node is the lowest: of legs 0 and 1, 0 and 2, ..., 1 and 2, ..."""


class Work(NamedTuple):
    """A metric that may be changed and put back, with the room that this takes."""

    edges: Floats
    """(edges,) weights of the original edges."""
    arcs: Floats
    """(2, arcs) weights, least over the paths that an arc stands for."""
    via: Ints
    """(2, arcs) the triangle that undercuts an arc, else -1 minus the original edge."""
    dirty: Bools
    waiting: Bools
    log: Ints
    """Arcs in the order in which they changed; each changes at most once."""
    log_arcs: Floats
    log_via: Ints


@compiled
def eliminate(first: Ints, head: Ints) -> tuple[Ints, Ints]:
    """Arcs (first, head; unsorted) after every node, in order of rank, has joined all its higher neighbours."""
    n = len(first) - 1
    new_first = np.zeros(n + 1, np.int32)
    new_head = np.empty(4 * len(head) + 16, np.int32)
    seen = np.full(n, -1, np.int32)
    child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    end = 0
    for node in range(n):
        if end + n > len(new_head):
            larger = np.empty(2 * len(new_head) + n, np.int32)
            larger[:end] = new_head[:end]
            new_head = larger
        seen[node] = node
        parent = n
        for k in range(first[node], first[node + 1]):
            if seen[head[k]] != node:
                seen[head[k]] = node
                new_head[end] = head[k]
                end += 1
        below = child[node]
        while below >= 0:
            for k in range(new_first[below], new_first[below + 1]):
                if seen[new_head[k]] != node:
                    seen[new_head[k]] = node
                    new_head[end] = new_head[k]
                    end += 1
            below = sibling[below]
        for k in range(new_first[node], end):
            parent = min(parent, new_head[k])
        if parent < n:
            sibling[node] = child[parent]
            child[parent] = node
        new_first[node + 1] = end
    return new_first, new_head[:end].copy()


@compiled
def triangles(first: Ints, head: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """``leg_first, low, high, base_first, base`` of `Topology`."""
    n, arcs = len(first) - 1, len(head)
    base_first = np.zeros(n + 1, np.int32)
    for node in range(n):
        degree = first[node + 1] - first[node]
        base_first[node + 1] = base_first[node] + degree * (degree - 1) // 2
    base = np.empty(base_first[n], np.int32)
    leg_first = np.zeros(arcs + 2, np.int32)
    k = 0
    for node in range(n):
        for low in range(first[node], first[node + 1]):
            arc = first[head[low]]
            for high in range(low + 1, first[node + 1]):
                while head[arc] != head[high]:
                    arc += 1
                base[k] = arc
                leg_first[arc + 2] += 1
                k += 1
    for arc in range(arcs):
        leg_first[arc + 2] += leg_first[arc + 1]
    lows, highs = np.empty(k, np.int32), np.empty(k, np.int32)
    k = 0
    for node in range(n):
        for low in range(first[node], first[node + 1]):
            for high in range(low + 1, first[node + 1]):
                place = leg_first[base[k] + 1]
                lows[place], highs[place] = low, high
                leg_first[base[k] + 1] += 1
                k += 1
    return leg_first[:-1].copy(), lows, highs, base_first, base


@compiled
def settle(
    own_first: Ints,
    own: Ints,
    leg_first: Ints,
    lows: Ints,
    highs: Ints,
    start: int,
    stop: int,
    edges: Floats,
    arcs: Floats,
    via: Ints,
) -> None:
    """Least weights of some arcs, both ways, from their edges and their legs, which come before; of equals the first.

    Takes arrays, because handing on a whole `Topology` costs more than the work done for one arc.
    """
    for arc in range(start, stop):
        up, via_up, down, via_down = np.inf, -1, np.inf, -1
        for k in range(own_first[arc], own_first[arc + 1]):
            if edges[own[k]] < up:
                up, via_up = edges[own[k]], -1 - own[k]
        half = arc + arcs.shape[1]
        for k in range(own_first[half], own_first[half + 1]):
            if edges[own[k]] < down:
                down, via_down = edges[own[k]], -1 - own[k]
        for k in range(leg_first[arc], leg_first[arc + 1]):
            low, high = lows[k], highs[k]
            rising, falling = arcs[1, low] + arcs[0, high], arcs[1, high] + arcs[0, low]
            if rising < up:
                up, via_up = rising, k
            if falling < down:
                down, via_down = falling, k
        arcs[0, arc], arcs[1, arc], via[0, arc], via[1, arc] = up, down, via_up, via_down


@compiled
def change(shape: Topology, work: Work, edges: Ints, weights: Floats, before: Floats) -> int:
    """Give edges new weights and settle again, from low to high, only the arcs that this can touch.

    Puts the old weights of the edges into `before` and those of the arcs into the log, whose length is returned.
    An arc is settled again where a triangle gave it its weight or now could, so that the result is that of settling all
    to the last bit.
    """
    arcs, via = work.arcs, work.via
    own_first, own, leg_first, low, high = shape.own_first, shape.own, shape.leg_first, shape.low, shape.high
    logged = 0
    heap = [np.int32(0)]
    heap.clear()
    for k in range(len(edges)):
        before[k] = work.edges[edges[k]]
        work.edges[edges[k]] = weights[k]
        half = shape.half[edges[k]]
        if half >= 0:
            arc = half % arcs.shape[1]
            work.dirty[arc] = True
            if not work.waiting[shape.tail[arc]]:
                work.waiting[shape.tail[arc]] = True
                heappush(heap, shape.tail[arc])
    while len(heap) > 0:
        node = heappop(heap)
        work.waiting[node] = False
        start, degree = shape.first[node], shape.first[node + 1] - shape.first[node]
        for i in range(degree):
            arc = start + i
            if not work.dirty[arc]:
                continue
            work.dirty[arc] = False
            up, down, via_up, via_down = arcs[0, arc], arcs[1, arc], via[0, arc], via[1, arc]
            settle(own_first, own, leg_first, low, high, arc, arc + 1, work.edges, arcs, via)
            if up == arcs[0, arc] and down == arcs[1, arc] and via_up == via[0, arc] and via_down == via[1, arc]:
                continue
            work.log[logged] = arc
            work.log_arcs[0, logged], work.log_arcs[1, logged] = up, down
            work.log_via[0, logged], work.log_via[1, logged] = via_up, via_down
            logged += 1
            least_up, least_down = min(up, arcs[0, arc]), min(down, arcs[1, arc])
            for j in range(degree):
                if j == i:
                    continue
                one, two = min(i, j), max(i, j)
                base = shape.base[shape.base_first[node] + one * degree - one * (one + 1) // 2 + two - one - 1]
                other = start + j
                way = 0 if i < j else 1
                leaving, coming = least_down + arcs[0, other], arcs[1, other] + least_up
                if (leaving <= arcs[way, base] and leaving < np.inf) or (
                    coming <= arcs[1 - way, base] and coming < np.inf
                ):
                    work.dirty[base] = True
                    if not work.waiting[shape.tail[base]]:
                        work.waiting[shape.tail[base]] = True
                        heappush(heap, shape.tail[base])
    return logged


@compiled
def undo(work: Work, logged: int, edges: Ints, before: Floats) -> None:
    """Put back what `change` changed."""
    for k in range(len(edges) - 1, -1, -1):
        work.edges[edges[k]] = before[k]
    for k in range(logged):
        for way in range(2):
            work.arcs[way, work.log[k]] = work.log_arcs[way, k]
            work.via[way, work.log[k]] = work.log_via[way, k]


@compiled
def climb(shape: Topology, node: int, weights: Floats, label: Floats, by: Ints) -> None:
    """Least weight of going up from a node to its ancestor at each level, and the last arc of the path."""
    label[: shape.level[node]] = np.inf
    label[shape.level[node]] = 0.0
    while node >= 0:
        here = label[shape.level[node]]
        if here < np.inf:
            for arc in range(shape.first[node], shape.first[node + 1]):
                if here + weights[arc] < label[shape.rise[arc]]:
                    label[shape.rise[arc]] = here + weights[arc]
                    by[shape.rise[arc]] = arc
        node = shape.parent[node]


@compiled
def common(shape: Topology, sources: Ints, targets: Ints) -> Ints:
    """(sources, targets) on how many levels two nodes have the same ancestor, themselves included."""
    nodes = np.concatenate((sources, targets))
    ancestor = np.empty((len(nodes), shape.height), np.int32)
    for i in range(len(nodes)):
        node = nodes[i]
        while node >= 0:
            ancestor[i, shape.level[node]] = node
            node = shape.parent[node]
    levels = np.empty((len(sources), len(targets)), np.int32)
    for i in range(len(sources)):
        for j in range(len(targets)):
            same, other = 0, min(shape.level[sources[i]], shape.level[targets[j]]) + 1
            while same < other:
                level = (same + other) // 2
                if ancestor[i, level] == ancestor[len(sources) + j, level]:
                    same = level + 1
                else:
                    other = level
            levels[i, j] = same
    return levels


@compiled
def meet(up: Floats, down: Floats, levels: int) -> tuple[float, int]:
    """Least weight over the levels at which two labels can meet, and the level: of equals the deepest."""
    best, where = np.inf, -1
    for level in range(levels):
        value = up[level] + down[level]
        if value <= best:
            best, where = value, level
    return best, where


@compiled
def unpack(
    shape: Topology, via: Ints, source: int, target: int, where: int, up_by: Ints, down_by: Ints, stack: Ints, out: Ints
) -> int:
    """Original edges of the path that meets at a level, as many as `out` holds; returns how many there are.

    `stack` (4 * levels + 8,) is room to work in: a path up, and what lies under one arc of it.
    """
    arcs, count = via.shape[1], 0
    level, top = where, 0
    while level < shape.level[source]:
        stack[top] = up_by[level]
        top += 1
        level = shape.level[shape.tail[up_by[level]]]
    level = where
    while True:
        while top > 0:
            top -= 1
            way, arc = stack[top] // arcs, stack[top] % arcs
            how = via[way, arc]
            if how < 0:
                if count < len(out):
                    out[count] = -1 - how
                count += 1
            elif way == 0:
                stack[top], stack[top + 1] = shape.high[how], shape.low[how] + arcs
                top += 2
            else:
                stack[top], stack[top + 1] = shape.low[how], shape.high[how] + arcs
                top += 2
        if level >= shape.level[target]:
            return count
        stack[0], top = down_by[level] + arcs, 1
        level = shape.level[shape.tail[down_by[level]]]


@compiled
def find(shape: Topology, arcs: Floats, via: Ints, source: int, target: int, out: Ints) -> tuple[float, int]:
    """Least weight from source to target and the number of edges of the path, of which as many as fit are put out."""
    size = shape.height
    up, down = np.empty(size), np.empty(size)
    up_by, down_by = np.empty(size, np.int32), np.empty(size, np.int32)
    climb(shape, source, arcs[0], up, up_by)
    climb(shape, target, arcs[1], down, down_by)
    best, where = meet(up, down, common(shape, np.array([source]), np.array([target]))[0, 0])
    if best == np.inf:
        return best, 0
    stack = np.empty(4 * size + 8, np.int32)
    return best, unpack(shape, via, source, target, where, up_by, down_by, stack, out)


@compiled
def reach(shape: Topology, arcs: Floats, source: int) -> Floats:
    """Least weight from a node to every node: up once, then down over all arcs (PHAST)."""
    n = len(shape.parent)
    value = np.full(n, np.inf)
    label, by = np.empty(shape.height), np.empty(shape.height, np.int32)
    climb(shape, source, arcs[0], label, by)
    node = source
    while node >= 0:
        value[node] = label[shape.level[node]]
        node = shape.parent[node]
    for node in range(n - 1, -1, -1):
        for arc in range(shape.first[node], shape.first[node + 1]):
            value[node] = min(value[node], value[shape.head[arc]] + arcs[1, arc])
    return value


@compiled
def matrix(shape: Topology, arcs: Floats, sources: Ints, targets: Ints, levels: Ints, out: Floats) -> None:
    """Least weights (sources, targets); `levels` as of `common`."""
    size = shape.height
    ups, down, by = np.empty((len(sources), size)), np.empty(size), np.empty(size, np.int32)
    for i in range(len(sources)):
        climb(shape, sources[i], arcs[0], ups[i], by)
    for j in range(len(targets)):
        climb(shape, targets[j], arcs[1], down, by)
        for i in range(len(sources)):
            out[i, j] = meet(ups[i], down, levels[i, j])[0]


@compiled
def matrices(
    shape: Topology, work: Work, first: Ints, edges: Ints, weights: Floats, sources: Ints, targets: Ints, out: Floats
) -> None:
    """Matrix of least weights under each set of changes, put back after each."""
    levels = common(shape, sources, targets)
    before = np.empty(len(edges))
    for k in range(len(first) - 1):
        some = slice(first[k], first[k + 1])
        logged = change(shape, work, edges[some], weights[some], before[some])
        matrix(shape, work.arcs, sources, targets, levels, out[k])
        undo(work, logged, edges[some], before[some])


@compiled
def screen(
    shape: Topology,
    work: Work,
    first: Ints,
    edges: Ints,
    weights: Floats,
    sources: Ints,
    targets: Ints,
    pairs: Ints,
    attributes: Floats,
    values: Floats,
    totals: Floats,
) -> None:
    """Least weight of each pair (row of `sources`, row of `targets`) under each set of changes, put back after each,
    and the sums of the attributes (edges, kinds) along the path."""
    size = shape.height
    ups, downs = np.empty((len(sources), size)), np.empty((len(targets), size))
    up_by, down_by = np.empty(ups.shape, np.int32), np.empty(downs.shape, np.int32)
    levels = common(shape, sources, targets)
    stack, path = np.empty(4 * size + 8, np.int32), np.empty(1024, np.int32)
    before = np.empty(len(edges))
    for s in range(len(first) - 1):
        some = slice(first[s], first[s + 1])
        logged = change(shape, work, edges[some], weights[some], before[some])
        for i in range(len(sources)):
            climb(shape, sources[i], work.arcs[0], ups[i], up_by[i])
        for j in range(len(targets)):
            climb(shape, targets[j], work.arcs[1], downs[j], down_by[j])
        for k in range(len(pairs)):
            i, j = pairs[k, 0], pairs[k, 1]
            values[s, k], where = meet(ups[i], downs[j], levels[i, j])
            if values[s, k] == np.inf:
                totals[s, k] = np.nan
                continue
            count = unpack(shape, work.via, sources[i], targets[j], where, up_by[i], down_by[j], stack, path)
            if count > len(path):
                path = np.empty(2 * count, np.int32)
                unpack(shape, work.via, sources[i], targets[j], where, up_by[i], down_by[j], stack, path)
            totals[s, k] = 0.0
            for e in range(count):
                for a in range(attributes.shape[1]):
                    totals[s, k, a] += attributes[path[e], a]
        undo(work, logged, edges[some], before[some])
