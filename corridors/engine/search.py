"""The searches themselves, in the Python that numba compiles too: numbers, lists (or arrays) and loops, nothing else.

Interpreted they are given lists, compiled they are given arrays; `corridors.engine.arrays` does either and says
what the arguments are. What is passed in is read only, but for the work space, which is the caller's own.
"""

from __future__ import annotations

from heapq import heappop, heappush
from math import inf
from typing import Any

Numbers = Any
"""List of numbers, or array of them once compiled."""

FIRST_YEAR = 1990
HOURS_A_MONTH = 730.485


def ready(first: int, last: int, starts: Numbers, ends: Numbers, t: float) -> float:
    """First hour at or after `t` that lies in none of the closed spans from `first` to before `last`."""
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if starts[middle] <= t:
            low = middle + 1
        else:
            high = middle
    if low > first and t < ends[low - 1]:
        return float(ends[low - 1])
    return t


def month_at(months: Numbers, t: float) -> int:
    """Number of the month, from January `FIRST_YEAR`, in which hour `t` lies; `months` are the hours they begin at."""
    last = len(months) - 1
    i = int((t - months[0]) / HOURS_A_MONTH)
    i = 0 if i < 0 else last if i > last else i
    while i > 0 and t < months[i]:
        i -= 1
    while i < last and t >= months[i + 1]:
        i += 1
    return i


def traverse(t: float, hours: float, factors: Numbers, months: Numbers) -> float:
    """Hour at which an edge entered at `t` is left, if it takes `hours` at full speed and `factors` slow its months."""
    i = month_at(months, t)
    left = hours
    while i + 1 < len(months):
        factor = factors[i % 12]
        if left <= (months[i + 1] - t) * factor:
            return float(t + left / factor)
        left -= (months[i + 1] - t) * factor
        t = months[i + 1]
        i += 1
    return float(t + left / factors[i % 12])


def follow(
    hours: Numbers,
    path: Numbers,
    season: Numbers,
    factors: Numbers,
    months: Numbers,
    span: Numbers,
    span_first: Numbers,
    span_starts: Numbers,
    span_ends: Numbers,
    t: float,
    longest_wait: float,
    arrive: Numbers,
    start: Numbers,
    end: Numbers,
) -> bool:
    """Fill the last three with the hours at which each edge of a path is reached, entered and left, from hour `t` on.

    `hours` are those of the edges in order. One that opens only after the longest wait is entered at once; returns
    whether there is any.
    """
    held_up = False
    for i in range(len(path)):
        edge = path[i]
        row, slow = span[edge], season[edge]
        begin = ready(span_first[row], span_first[row + 1], span_starts, span_ends, t) if row >= 0 else t
        arrive[i], start[i] = t, begin
        if begin - t > longest_wait:
            begin, held_up = t, True
        t = begin + hours[i] if slow < 0 or begin == inf else traverse(begin, hours[i], factors[slow], months)
        end[i] = t
    return held_up


def bounds(first: Numbers, tails: Numbers, cost: Numbers, seeds: Numbers, best: Numbers) -> None:
    """Lower `best`, known at `seeds`, to the least cost from every node; see `corridors.engine.arrays.bounds`.

    `tails` and `cost` are of the arcs by the node that they enter.
    """
    heap = [(0.0, 0)]
    heap.pop()
    for seed in seeds:
        heappush(heap, (float(best[seed]), int(seed)))
    while heap:
        value, node = heappop(heap)
        if value > best[node]:
            continue
        for arc in range(first[node], first[node + 1]):
            reached, tail = value + cost[arc], tails[arc]
            if reached < best[tail]:
                best[tail] = reached
                if first[tail] < first[tail + 1]:  # the doors of other places lead nowhere
                    heappush(heap, (reached, int(tail)))


def settle(
    first: Numbers, tails: Numbers, cost: Numbers, best: Numbers, values: Numbers, nodes: Numbers, size: int
) -> int:
    """One step of `bounds`: lower what leads to the nearest node in a heap of so many; returns how many are left in it.

    The heap is two arrays, with four below each one: compiled twice as fast as one of pairs.
    """
    value, node = values[0], nodes[0]
    size -= 1
    last, at, below = values[size], 0, 1
    while below < size:
        least = below
        for other in range(below + 1, min(below + 4, size)):
            if values[other] < values[least]:
                least = other
        if last <= values[least]:
            break
        values[at], nodes[at] = values[least], nodes[least]
        at, below = least, 4 * least + 1
    values[at], nodes[at] = last, nodes[size]
    if value > best[node]:
        return size
    for arc in range(first[node], first[node + 1]):
        reached, tail = value + cost[arc], tails[arc]
        if reached < best[tail]:
            best[tail] = reached
            if first[tail] < first[tail + 1]:
                size = put(values, nodes, size, reached, tail)
    return size


def put(values: Numbers, nodes: Numbers, size: int, value: float, node: int) -> int:
    """Put a node into the heap of `settle`; returns how many are in it."""
    at = size
    while at > 0:
        above = (at - 1) >> 2
        if values[above] <= value:
            break
        values[at], nodes[at] = values[above], nodes[above]
        at = above
    values[at], nodes[at] = value, node
    return size + 1


def bounds_by_arrays(
    first: Numbers, tails: Numbers, cost: Numbers, seeds: Numbers, best: Numbers, values: Numbers, nodes: Numbers
) -> None:
    """The same as `bounds`, with room for a heap in `values` and `nodes`: what is compiled."""
    size = 0
    for seed in seeds:
        size = put(values, nodes, size, best[seed], seed)
    while size > 0:
        size = settle(first, tails, cost, best, values, nodes, size)


def search(
    first: Numbers,
    heads: Numbers,
    edges: Numbers,
    hours: Numbers,
    weight: Numbers,
    season: Numbers,
    factors: Numbers,
    months: Numbers,
    span: Numbers,
    span_first: Numbers,
    span_starts: Numbers,
    span_ends: Numbers,
    t0: float,
    value_of_hour: float,
    weighted: bool,
    cutoff: float,
    deadline: float,
    max_wait: float,
    sources: Numbers,
    entered_by: Numbers,
    entered_at: Numbers,
    paid: Numbers,
    passed: Numbers,
    target: Numbers,
    bound: Numbers,
    known: Numbers,
    seeds: Numbers,
    entering_first: Numbers,
    entering_tails: Numbers,
    entering_cost: Numbers,
    near_values: Numbers,
    near_nodes: Numbers,
    banned: Numbers,
    least: Numbers,
    reached: Numbers,
    front: Numbers,
    ends: Numbers,
    values: Numbers,
    arrivals: Numbers,
    last: Numbers,
    path: Numbers,
    took: Numbers,
) -> int:
    """Best paths to several targets, one after the other in `path`, each with its last edge first.

    A search begins at the `sources`, each with the edge it was entered by (-2: none), the hour of that and the weight
    so far, and keeps off the nodes `passed`. `target` has the number of the target that each node belongs to, or -1.
    By target are filled `values`, `arrivals` and, in `last`, where its path ends in `path`; by edge of a path `took`,
    its hours with the wait before it. Returns how many edges there are in all: more than there is room for in `path`,
    and the rest is missing. Without targets every node is settled, and `least` is filled with the value of each;
    otherwise `least`, `reached` and `front` are left as they came.

    What `bound` has up to ``known[0]`` holds; the rest is no less. It is worked out from the `seeds` on, as in
    `bounds_by_arrays`, where a label comes up whose place in the heap hangs on it: labels come in the order that they
    would have if all of it were known. In `known` is left up to which value it is then, and how many nodes wait in
    `near_nodes` to be seeds of the next search.
    """
    left = len(ends)
    by_weight = weighted and value_of_hour == 0  # a node's labels then leave the heap by weight
    one_label = by_weight or not weighted  # of a node, which a later one must beat in time
    heap = [(0.0, 0, 0)]
    heap.pop()
    label_edge, label_before, label_t, label_weight = [-2], [0], [t0], [0.0]  # by label; nothing beats the first
    label_node = [-1]
    settled, before = [0], [-1]  # labels settled, each with the one before it at its node
    radius, near = known[0] if len(seeds) > 0 else inf, 0
    for seed in seeds:
        near = put(near_values, near_nodes, near, bound[seed], seed)
    partly = radius < inf
    for i in range(len(sources)):
        ahead = min(bound[sources[i]], radius)
        if ahead < inf:
            label_edge.append(entered_by[i])
            label_node.append(int(sources[i]))
            label_before.append(0)
            label_t.append(entered_at[i])
            label_weight.append(paid[i])
            value = paid[i] + value_of_hour * (entered_at[i] - t0) + ahead
            heappush(heap, (value, len(label_edge) - 1, int(sources[i])))
    for node in passed:
        front[node], reached[node] = 0, -inf
    while heap:
        value, label, node = heappop(heap)
        t, spent = label_t[label], label_weight[label]
        if partly:
            here, following = spent + value_of_hour * (t - t0), heap[0][0] if len(heap) > 0 else inf
            while bound[node] > radius and here + radius <= following:
                near = settle(entering_first, entering_tails, entering_cost, bound, near_values, near_nodes, near)
                radius = near_values[0] if near > 0 else inf
            ahead = here + min(bound[node], radius)
            if ahead > value:
                if ahead < inf and ahead <= cutoff:
                    heappush(heap, (ahead, label, node))
                continue
        if not weighted:
            if front[node] >= 0:
                continue
            front[node] = 0
        elif by_weight:
            if t >= reached[node]:
                continue
            reached[node] = t
        else:
            other, beaten = front[node], False
            while other >= 0 and not beaten:
                beaten = label_weight[settled[other]] <= spent and label_t[settled[other]] <= t
                other = before[other]
            if beaten:
                continue
            settled.append(label)
            before.append(front[node])
            front[node] = len(settled) - 1
        if value < least[node]:
            least[node] = value
        end = target[node]
        if end >= 0 and ends[end] == 0:
            ends[end], values[end], arrivals[end] = label, value, t
            left -= 1
            if left == 0:
                break
        for arc in range(first[node], first[node + 1]):
            head, edge = heads[arc], edges[arc]
            ahead = bound[head]
            if ahead > radius:
                ahead = radius
            if ahead == inf:
                continue
            arrival, total = t, spent
            if edge >= 0:
                takes = hours[edge]
                if takes == inf or banned[edge] or (one_label and t + takes >= reached[head]):
                    continue
                row = span[edge]
                if row >= 0:
                    arrival = ready(span_first[row], span_first[row + 1], span_starts, span_ends, t)
                    if arrival == inf or arrival - t > max_wait:
                        continue
                slow = season[edge]
                arrival = arrival + takes if slow < 0 else traverse(arrival, takes, factors[slow], months)
                total = spent + weight[edge]
            if not weighted or by_weight:
                if arrival >= reached[head]:
                    continue
            else:
                other, beaten = front[head], False
                while other >= 0 and not beaten:
                    beaten = label_weight[settled[other]] <= total and label_t[settled[other]] <= arrival
                    other = before[other]
                if beaten:
                    continue
            value = total + value_of_hour * (arrival - t0) + ahead
            if value <= cutoff and arrival <= deadline:
                if not weighted:
                    reached[head] = arrival
                label_edge.append(edge)
                label_node.append(int(head))
                label_before.append(label)
                label_t.append(arrival)
                label_weight.append(total)
                heappush(heap, (value, len(label_edge) - 1, int(head)))
    known[0], known[1] = radius, near
    count = 0
    for end in range(len(ends)):
        label = ends[end]
        while label > 0:
            if label_edge[label] >= 0:
                if count < len(path):
                    path[count] = label_edge[label]
                    took[count] = label_t[label] - label_t[label_before[label]]
                count += 1
            label = label_before[label]
        last[end] = count
    for _ in range(len(label_node) if len(ends) > 0 else 0):
        node = label_node.pop()
        if node >= 0:
            least[node], reached[node], front[node] = inf, inf, -1
    for node in passed:
        reached[node], front[node] = inf, -1
    return count


def earliest(
    first: Numbers,
    heads: Numbers,
    edges: Numbers,
    hours: Numbers,
    season: Numbers,
    factors: Numbers,
    months: Numbers,
    span: Numbers,
    span_first: Numbers,
    span_starts: Numbers,
    span_ends: Numbers,
    t0: float,
    max_wait: float,
    sources: Numbers,
    target: Numbers,
    reached: Numbers,
    entered: Numbers,
    before: Numbers,
    ends: Numbers,
    last: Numbers,
    path: Numbers,
    took: Numbers,
) -> int:
    """What `search` finds where nothing but hours counts, without bounds: who is there first is best.

    By node are filled `reached`, the hour of arrival, and the edge by which it was `entered`, from the node `before`;
    by target, in `ends`, its node (-1: not reached).
    """
    left, pushed = len(ends), 0
    heap = [(0.0, 0)]
    heap.pop()
    for source in sources:
        reached[source] = t0
        heappush(heap, (0.0, pushed << 32 | int(source)))
        pushed += 1
    while heap:
        value, entry = heappop(heap)
        node = entry & 0xFFFFFFFF
        t = reached[node]
        if value > t - t0:
            continue
        end = target[node]
        if end >= 0 and ends[end] < 0:
            ends[end] = node
            left -= 1
            if left == 0:
                break
        for arc in range(first[node], first[node + 1]):
            head, edge = heads[arc], edges[arc]
            arrival = t
            if edge >= 0:
                takes = hours[edge]
                if t + takes >= reached[head]:  # endless too
                    continue
                row = span[edge]
                if row >= 0:
                    arrival = ready(span_first[row], span_first[row + 1], span_starts, span_ends, t)
                    if arrival == inf or arrival - t > max_wait:
                        continue
                slow = season[edge]
                arrival = arrival + takes if slow < 0 else traverse(arrival, takes, factors[slow], months)
            if arrival >= reached[head]:
                continue
            reached[head], entered[head], before[head] = arrival, edge, node
            if first[head] < first[head + 1] or target[head] >= 0:  # the doors of other places lead nowhere
                heappush(heap, (arrival - t0, pushed << 32 | int(head)))
                pushed += 1
    count = 0
    for end in range(len(ends)):
        node = ends[end]
        while node >= 0:
            if entered[node] >= 0:
                if count < len(path):
                    path[count] = entered[node]
                    took[count] = reached[node] - reached[before[node]]
                count += 1
            node = before[node]
        last[end] = count
    return count
