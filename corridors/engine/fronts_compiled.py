"""The search of `corridors.engine.fronts`, compiled: the same labels in the same order, so an identical front.

Importing this module imports numba, compiles nothing and needs a folder in which numba may keep what it compiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numba
import numpy as np

from corridors.engine.arrays import Bound, Closed, Found, Graph, Path
from corridors.engine.compiled import ARCS, FLOAT, FLOATS, INTS, KEPT_FLOATS, MARKS, WHEN, compiled
from corridors.engine.fronts import bounds_of_all
from corridors.engine.search import Numbers, ready, traverse

ROOM = 256
"""Entries of the heap, and members of fronts, that there is room for at first."""
HEAP = 3
"""Column of the entries' numbers that holds the heap, and behind it the entries not in use."""


@compiled
def _last_from(values: Numbers, low: int, high: int, t: float) -> int:
    """Position of the last of the sorted ``values[low:high]`` that is not above `t`; ``low - 1`` if all are."""
    while low < high:
        middle = (low + high) // 2
        if t < values[middle]:
            high = middle
        else:
            low = middle + 1
    return low - 1


@compiled
def _before(a: int, b: int, values: Numbers, numbers: Numbers) -> bool:
    """Whether entry `a` of the heap leaves it before `b`: the order of the tuples of the twin in Python."""
    for i in range(values.shape[1]):
        if values[a, i] != values[b, i]:
            return bool(values[a, i] < values[b, i])
    for i in range(3):
        if numbers[a, i] != numbers[b, i]:
            return bool(numbers[a, i] < numbers[b, i])
    return False


@compiled
def _push(size: int, values: Numbers, numbers: Numbers) -> None:
    """Sort the first unused entry into the heap."""
    entry, i = numbers[size, HEAP], size
    while i > 0:
        above = (i - 1) // 2
        if not _before(entry, numbers[above, HEAP], values, numbers):
            break
        numbers[i, HEAP] = numbers[above, HEAP]
        i = above
    numbers[i, HEAP] = entry


@compiled
def _pop(size: int, values: Numbers, numbers: Numbers) -> int:
    """Take the first of `size` entries out of the heap; it is the first unused one then."""
    top, last, i = numbers[0, HEAP], numbers[size - 1, HEAP], 0
    while 2 * i + 1 < size - 1:
        child = 2 * i + 1
        if child + 1 < size - 1 and _before(numbers[child + 1, HEAP], numbers[child, HEAP], values, numbers):
            child += 1
        if not _before(numbers[child, HEAP], last, values, numbers):
            break
        numbers[i, HEAP] = numbers[child, HEAP]
        i = child
    numbers[i, HEAP], numbers[size - 1, HEAP] = last, top
    return int(top)


@compiled
def _beats(members: Numbers, fronts: Numbers, of: int, weights: Numbers, row: int, shift: int) -> bool:
    """Whether a member of front `of` is no worse in every one of the weights that stand in a row from `shift` on."""
    low = fronts[of, 0]
    criteria = members.shape[1]
    for member in range(_last_from(members[:, 0], low, low + fronts[of, 1], weights[row, shift]), low - 1, -1):
        i = 1
        while i < criteria and members[member, i] <= weights[row, shift + i]:
            i += 1
        if i >= criteria:
            return True
        if criteria <= 2:
            return False  # a staircase: the members before it are worse in the second weight
    return False


@compiled
def _add(members: Numbers, fronts: Numbers, used: int, of: int, weights: Numbers, row: int) -> Numbers:
    """Put weights that no member beats into front `of`; members that they beat go. The members, and their number."""
    criteria = members.shape[1]
    low, count = fronts[of, 0], fronts[of, 1]
    if count == fronts[of, 2]:  # no room left: move to the end
        room = max(4, 2 * count)
        while used + room > len(members):
            members = _longer(members)
        for member in range(count):
            for i in range(criteria):
                members[used + member, i] = members[low + member, i]
        low, fronts[of, 0], fronts[of, 2] = used, used, room
        used += room
    place = _last_from(members[:, 0], low, low + count, weights[row, 0]) + 1
    for member in range(low + count, place, -1):
        for i in range(criteria):
            members[member, i] = members[member - 1, i]
    for i in range(criteria):
        members[place, i] = weights[row, i]
    keep = place + 1
    for member in range(place + 1, low + count + 1):
        i = 1
        while i < criteria and weights[row, i] <= members[member, i]:
            i += 1
        if i < criteria:
            for j in range(criteria):
                members[keep, j] = members[member, j]
            keep += 1
    fronts[of, 1] = keep - low
    return members, used


@compiled
def _longer(array: Numbers) -> Numbers:
    longer = np.empty((2 * len(array), array.shape[1]), array.dtype)
    for i in range(len(array)):  # not by slices: numba takes seconds to compile those
        for j in range(array.shape[1]):
            longer[i, j] = array[i, j]
    return longer


@compiled
def _search(
    first: Numbers,
    heads: Numbers,
    edges: Numbers,
    hours: Numbers,
    season: Numbers,
    factors: Numbers,
    months: Numbers,
    closed: Numbers,
    at: Numbers,
    starts: Numbers,
    ends: Numbers,
    cost: Numbers,
    time_bound: Numbers,
    bound: Numbers,
    is_target: Numbers,
    sources: Numbers,
    t0: float,
    longest_wait: float,
    walked: Numbers,
    spent: Numbers,
    found: Numbers,
    found_hours: Numbers,
) -> Numbers:
    """Fill the last four: edge and label before of each label, its weights, and the labels at the target with hours.

    Returns how many labels and how many found, and whether there was room for all.
    """
    criteria = cost.shape[1]
    least, weight, hour = 1, 1 + criteria, 1 + 2 * criteria  # columns of the entries' values
    values = np.empty((ROOM, 2 + 2 * criteria))  # least arrival at the target, these three
    numbers = np.empty((ROOM, 4), np.int64)  # node, edge, label before, heap
    for i in range(ROOM):
        numbers[i, HEAP] = i
    size = labels = finds = 0
    members = np.empty((ROOM, criteria))  # the fronts of the nodes, and of the paths found
    fronts = np.zeros((len(first), 3), np.int64)  # where they begin, their length, and room
    done = len(first) - 1
    used = 0
    reach = np.empty((1, 2 + 2 * criteria))  # values of the arc looked at
    for source in sources:
        if time_bound[source] < np.inf:
            entry = numbers[size, HEAP]
            values[entry, 0], values[entry, hour] = time_bound[source], t0
            for i in range(criteria):
                values[entry, least + i], values[entry, weight + i] = bound[source, i], 0.0
            numbers[entry, 0], numbers[entry, 1], numbers[entry, 2] = source, -2, -1
            _push(size, values, numbers)
            size += 1
    while size:
        entry = _pop(size, values, numbers)
        size -= 1
        node, t = numbers[entry, 0], values[entry, hour]
        if _beats(members, fronts, node, values, entry, weight) or _beats(members, fronts, done, values, entry, least):
            continue
        if labels == len(walked):
            return labels, finds, False
        walked[labels, 0], walked[labels, 1] = numbers[entry, 1], numbers[entry, 2]
        for i in range(criteria):
            spent[labels, i] = values[entry, weight + i]
        members, used = _add(members, fronts, used, node, spent, labels)
        labels += 1
        if is_target[node]:
            members, used = _add(members, fronts, used, done, spent, labels - 1)
            found[finds], found_hours[finds] = labels - 1, t - t0
            finds += 1
            continue
        for arc in range(first[node], first[node + 1]):
            to, edge = heads[arc], edges[arc]
            if time_bound[to] == np.inf or (edge >= 0 and hours[edge] == np.inf):
                continue
            for i in range(criteria):
                reach[0, weight + i] = spent[labels - 1, i] + (cost[edge, i] if edge >= 0 else 0.0)
                reach[0, least + i] = reach[0, weight + i] + bound[to, i]
            if _beats(members, fronts, to, reach, 0, weight) or _beats(members, fronts, done, reach, 0, least):
                continue
            arrival = t
            if edge >= 0:
                row = closed[edge]
                start = ready(at[row], at[row + 1], starts, ends, t) if row >= 0 else t
                if start == np.inf or start - t > longest_wait:
                    continue
                arrival = (
                    start + hours[edge]
                    if season[edge] < 0
                    else traverse(start, hours[edge], factors[season[edge]], months)
                )
            reach[0, 0], reach[0, hour] = arrival - t0 + time_bound[to], arrival
            if size == len(numbers):
                values, numbers = _longer(values), _longer(numbers)
                for i in range(size, len(numbers)):
                    numbers[i, HEAP] = i
            entry = numbers[size, HEAP]
            for i in range(values.shape[1]):
                values[entry, i] = reach[0, i]
            numbers[entry, 0], numbers[entry, 1], numbers[entry, 2] = to, edge, labels - 1
            _push(size, values, numbers)
            size += 1
    return labels, finds, True


@compiled
def _paths(walked: Numbers, found: Numbers) -> Numbers:
    """Edges of the paths to some labels, one after the other, and where each ends."""
    stops = np.zeros(len(found) + 1, np.int64)
    for i in range(len(found)):
        stops[i + 1], label = stops[i], found[i]
        while label >= 0:
            stops[i + 1] += walked[label, 0] >= 0
            label = walked[label, 1]
    path = np.empty(stops[-1], np.int64)
    for i in range(len(found)):
        place, label = stops[i + 1], found[i]
        while label >= 0:
            if walked[label, 0] >= 0:
                place -= 1
                path[place] = walked[label, 0]
            label = walked[label, 1]
    return path, stops


_TABLE, _PAIRS = numba.float64[:, ::1], numba.int64[:, ::1]
KERNELS = {
    _search: (
        *ARCS,
        KEPT_FLOATS,
        *WHEN,
        _TABLE,
        FLOATS,
        _TABLE,
        MARKS,
        INTS,
        FLOAT,
        FLOAT,
        _PAIRS,
        _TABLE,
        INTS,
        FLOATS,
    ),
    _paths: (_PAIRS, INTS),
}
"""The types of their arguments; see `corridors.engine.compiled.KERNELS`."""


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
    """As `corridors.engine.fronts.pareto`."""
    topology, cost = graph.topology, np.array(weights)
    is_target = np.zeros(topology.nodes, np.bool_)
    is_target[list(targets)] = True
    bounds = ahead or bounds_of_all(graph, closed, weights, targets, t0)
    time_bound, *least_ahead = (one.values for one in bounds)
    walked, spent = np.empty((most_labels, 2), np.int64), np.empty((most_labels, len(weights)))
    found, found_hours = np.empty(most_labels, np.int64), np.empty(most_labels)
    labels, finds, complete = _search(
        *topology.leaving.arrays,
        graph.hours,
        *topology.slowing.arrays,
        *closed.flat.arrays,
        cost.T.copy(),
        time_bound,
        np.array(least_ahead).T.copy(),
        is_target,
        np.array(sorted(sources), np.int64),
        t0,
        float(longest_wait),
        walked,
        spent,
        found,
        found_hours,
    )
    edges, stops = (array.tolist() for array in _paths(walked, found[:finds]))
    hours = found_hours[:finds].tolist()
    paths = [Path(tuple(edges[low:high]), hour) for (low, high), hour in zip(pairwise(stops), hours, strict=True)]
    return Found([*zip(paths, hours, map(tuple, spent[found[:finds]].tolist()), strict=True)], complete, labels)
