"""The search of `corridors._pareto`, compiled: the same labels in the same order, so the same front to the bit.

Importing this module imports numba, compiles nothing and needs a folder in which numba may keep what it compiles.
"""

from __future__ import annotations

from heapq import heappop, heappush
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numba
import numpy as np

from corridors._engine import MONTH_STARTS, Graph, Path, Spans
from corridors._engine_flat import flat_spans
from corridors._pareto import Found

_MONTHS = np.array(MONTH_STARTS)


def _compiled(function: Callable[..., Any]) -> Any:
    return numba.njit(cache=True, nogil=True)(function)


@_compiled
def _last_from(values: Any, low: int, high: int, t: float) -> int:
    """Position of the last of the sorted ``values[low:high]`` that is not above `t`; ``low - 1`` if all are."""
    while low < high:
        middle = (low + high) // 2
        if t < values[middle]:
            high = middle
        else:
            low = middle + 1
    return low - 1


@_compiled
def _ready(at: Any, starts: Any, ends: Any, edge: int, t: float) -> float:
    """As `corridors._engine.ready`."""
    if edge < 0:
        return t
    low = at[edge]
    i = _last_from(starts, low, at[edge + 1], t)
    return ends[i] if i >= low and t < ends[i] else t


@_compiled
def _traverse(months: Any, t: float, hours: float, factors: Any) -> float:
    """As `corridors._engine.traverse`."""
    i = _last_from(months, 0, len(months), t)
    left = hours
    while i + 1 < len(months):
        factor = factors[i % 12]
        if left <= (months[i + 1] - t) * factor:
            return t + left / factor
        left -= (months[i + 1] - t) * factor
        t = months[i + 1]
        i += 1
    return t + left / factors[11]


@_compiled
def _before(a: int, b: int, times: Any, weights: Any, numbers: Any) -> bool:
    """Whether entry `a` of the heap leaves it before `b`: the order of the tuples of the twin in Python."""
    if times[a, 0] != times[b, 0]:
        return bool(times[a, 0] < times[b, 0])
    for i in range(weights.shape[1]):
        if weights[a, i] != weights[b, i]:
            return bool(weights[a, i] < weights[b, i])
    if times[a, 1] != times[b, 1]:
        return bool(times[a, 1] < times[b, 1])
    for i in range(3):
        if numbers[a, i] != numbers[b, i]:
            return bool(numbers[a, i] < numbers[b, i])
    return False


@_compiled
def _push(heap: Any, size: int, entry: int, times: Any, weights: Any, numbers: Any) -> None:
    i = size
    while i > 0:
        above = (i - 1) // 2
        if not _before(entry, heap[above], times, weights, numbers):
            break
        heap[i] = heap[above]
        i = above
    heap[i] = entry


@_compiled
def _pop(heap: Any, size: int, times: Any, weights: Any, numbers: Any) -> int:
    """Take the first of `size` entries out."""
    top, last, i = heap[0], heap[size - 1], 0
    while 2 * i + 1 < size - 1:
        child = 2 * i + 1
        if child + 1 < size - 1 and _before(heap[child + 1], heap[child], times, weights, numbers):
            child += 1
        if not _before(heap[child], last, times, weights, numbers):
            break
        heap[i] = heap[child]
        i = child
    heap[i] = last
    return int(top)


@_compiled
def _beats(first: Any, following: Any, spent: Any, of: int, weights: Any, ease: float) -> bool:
    """Whether a label of the list that starts at ``first[of]`` is no worse than `weights`; it then comes to the front.
    """
    previous, label = -1, first[of]
    while label >= 0:
        worse = False
        for i in range(len(weights)):
            if spent[label, i] > weights[i] * ease:
                worse = True
                break
        if not worse:
            if previous >= 0:
                following[previous] = following[label]
                following[label] = first[of]
                first[of] = label
            return True
        previous, label = label, following[label]
    return False


@_compiled
def _add(first: Any, following: Any, spent: Any, of: int, new: int) -> None:
    """Put a label that none beats into a list; those that it beats go."""
    previous, label = -1, first[of]
    while label >= 0:
        better = False
        for i in range(spent.shape[1]):
            if spent[label, i] < spent[new, i]:
                better = True
                break
        if better:
            previous = label
        elif previous >= 0:
            following[previous] = following[label]
        else:
            first[of] = following[label]
        label = following[label]
    following[new] = first[of]
    first[of] = new


@_compiled
def _longer(array: Any) -> Any:
    return np.concatenate((array, np.empty_like(array)))


@_compiled
def _search(first: Any, head: Any, edge: Any, hours: Any, season: Any, factors: Any, at: Any, starts: Any, ends: Any,
            months: Any, cost: Any, time_bound: Any, bound: Any, is_target: Any, sources: Any, t0: float,
            longest_wait: float, most_labels: int, ease: float) -> Any:
    """Edges of all paths found, where each ends, their hours and weights, the labels settled, and whether complete."""
    criteria = cost.shape[1]
    nodes = len(first) - 1
    # entries of the heap
    room = 1 << 14
    heap = np.empty(room, np.int32)
    free = np.arange(room - 1, -1, -1).astype(np.int32)          # entries not in use are free[:room - size]
    times = np.empty((room, 2))                                  # least arrival at the target, arrival
    weights = np.empty((room, 2 * criteria))                     # least at the target, spent
    numbers = np.empty((room, 3), np.int32)                      # node, edge, label before
    size = 0
    # labels settled
    edges = np.empty(room, np.int32)
    before = np.empty(room, np.int32)
    spent = np.empty((room, criteria))
    following = np.empty(room, np.int32)
    following_done = np.empty(room, np.int32)
    front = np.full(nodes, -1, np.int32)
    done = np.full(1, -1, np.int32)
    labels = 0
    found = [0 for _ in range(0)]
    found_hours = [0.0 for _ in range(0)]
    complete = True

    now, ahead = np.zeros(criteria), np.empty(criteria)
    for source in sources:
        if time_bound[source] < np.inf:
            entry = free[room - size - 1]
            times[entry, 0], times[entry, 1] = time_bound[source], t0
            weights[entry, :criteria], weights[entry, criteria:] = bound[source], 0.0
            numbers[entry, 0], numbers[entry, 1], numbers[entry, 2] = source, -2, -1
            _push(heap, size, entry, times, weights, numbers)
            size += 1
    while size:
        entry = _pop(heap, size, times, weights, numbers)
        size -= 1
        free[room - size - 1] = entry
        node, t = numbers[entry, 0], times[entry, 1]
        if _beats(front, following, spent, node, weights[entry, criteria:], 1.0) or \
                _beats(done, following_done, spent, 0, weights[entry, :criteria], ease):
            continue
        if labels >= most_labels:
            complete = False
            break
        if labels == len(edges):
            edges, before, spent = _longer(edges), _longer(before), _longer(spent)
            following, following_done = _longer(following), _longer(following_done)
        label = labels
        labels += 1
        edges[label], before[label] = numbers[entry, 1], numbers[entry, 2]
        spent[label] = weights[entry, criteria:]
        _add(front, following, spent, node, label)
        if is_target[node]:
            _add(done, following_done, spent, 0, label)
            found.append(label)
            found_hours.append(t - t0)
            continue
        for arc in range(first[node], first[node + 1]):
            to = head[arc]
            if time_bound[to] == np.inf:
                continue
            start = _ready(at, starts, ends, edge[arc], t)
            if start == np.inf or start - t > longest_wait:
                continue
            for i in range(criteria):
                now[i] = spent[label, i] + cost[arc, i]
                ahead[i] = now[i] + bound[to, i]
            if _beats(front, following, spent, to, now, 1.0) or _beats(done, following_done, spent, 0, ahead, ease):
                continue
            arrival = start + hours[arc] if season[arc] < 0 else _traverse(months, start, hours[arc],
                                                                            factors[season[arc]])
            if size == room:
                heap, times, weights, numbers = _longer(heap), _longer(times), _longer(weights), _longer(numbers)
                free = np.empty(2 * room, np.int32)
                free[:room] = np.arange(2 * room - 1, room - 1, -1)
                room *= 2
            entry = free[room - size - 1]
            times[entry, 0], times[entry, 1] = arrival - t0 + time_bound[to], arrival
            weights[entry, :criteria], weights[entry, criteria:] = ahead, now
            numbers[entry, 0], numbers[entry, 1], numbers[entry, 2] = to, edge[arc], label
            _push(heap, size, entry, times, weights, numbers)
            size += 1
    stops = np.zeros(len(found) + 1, np.int64)
    for i, last in enumerate(found):
        stops[i + 1] = stops[i]
        label = last
        while label >= 0:
            stops[i + 1] += edges[label] >= 0
            label = before[label]
    path = np.empty(stops[-1], np.int64)
    for i, last in enumerate(found):
        place, label = stops[i + 1], last
        while label >= 0:
            if edges[label] >= 0:
                place -= 1
                path[place] = edges[label]
            label = before[label]
    return path, stops, np.array(found_hours), spent[np.array(found)], labels, complete


@_compiled
def _bounds(first: Any, enters: Any, entering: Any, tail: Any, edge: Any, at: Any, starts: Any, ends: Any, step: Any,
            is_target: Any, t0: float) -> Any:
    """As `corridors._engine.bounds`, of the arcs' values `step`."""
    best = np.full(len(first) - 1, np.inf)
    heap = [(0.0, node) for node in range(len(best)) if is_target[node]]
    for _, node in heap:
        best[node] = 0.0
    while heap:
        value, node = heappop(heap)
        if value > best[node]:
            continue
        for arc in entering[enters[node]:enters[node + 1]]:
            reached = value + step[arc]
            if reached < best[tail[arc]] and _ready(at, starts, ends, edge[arc], t0) < np.inf:
                best[tail[arc]] = reached
                heappush(heap, (reached, tail[arc]))
    return best


def pareto(graph: Graph, closed: Mapping[int, Spans], weights: Sequence[Sequence[float]], sources: Iterable[int],
           targets: frozenset[int], t0: float, longest_wait: float, most_labels: int, slack: float = 0.0) -> Found:
    """As `corridors._pareto.pareto`."""
    f = graph.flat
    spans = flat_spans(closed, len(weights[0]))
    cost = np.where(f.edge < 0, 0.0, np.array(weights)[:, f.edge]).T.copy()
    is_target = np.zeros(len(graph.out), np.bool_)
    is_target[list(targets)] = True
    back = (f.first, f.enters, f.entering, f.tail, f.edge, *spans)
    time_bound = _bounds(*back, f.hours, is_target, t0)
    bound = np.array([_bounds(*back, step, is_target, t0) for step in cost.T.copy()]).T.copy()
    path, stops, hours, values, labels, complete = _search(
        f.first, f.head, f.edge, f.hours, f.season, f.factors, *spans, _MONTHS, cost, time_bound, bound, is_target,
        np.array(sorted(sources), np.int64), t0, longest_wait, most_labels, 1.0 + slack)
    found = [(Path(tuple(path[low:high].tolist()), hour), hour, tuple(value)) for low, high, hour, value in
             zip(stops, stops[1:], hours.tolist(), values.tolist(), strict=False)]
    return Found(found, complete, labels)
