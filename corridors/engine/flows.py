"""Maximum flow where most arcs take any amount: how much gets through, and the least that all of it must share.

By scipy where it is installed and amounts are whole (thousandths count), else by networkx: the answers are the same,
for the cut is the one nearest to the sink, which is one and the same for every maximum flow.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from importlib.util import find_spec
from math import inf

import numpy as np

from corridors.engine.topology import Floats, Ints

FINEST = 1000
"""Parts of a unit that still count as whole numbers."""
MOST = 2**31 - 1


class Flow:
    """Arcs between numbered nodes: those that any amount may use, and those with room for so much of a thing.

    Parameters
    ----------
    nodes : int
        Nodes that there are; `single` and `node` add more.
    """

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self._free: list[tuple[Ints, Ints]] = []
        self._room: list[tuple[Ints, Ints, Floats]] = []
        self._things: list[Hashable] = []
        self._singles: dict[Hashable, tuple[int, int]] = {}

    def node(self) -> int:
        """A new node."""
        self.nodes += 1
        return self.nodes - 1

    def single(self, thing: Hashable) -> tuple[int, int]:
        """Entry to and exit from a thing that only one way may use."""
        if thing not in self._singles:
            self._singles[thing] = entry, leave = self.node(), self.node()
            self.once([entry], [leave], [thing])
        return self._singles[thing]

    def join(self, tails: Sequence[int] | Ints, heads: Sequence[int] | Ints) -> None:
        """Arcs that any number of paths may use."""
        self._free.append((np.asarray(tails, np.int64), np.asarray(heads, np.int64)))

    def once(
        self,
        tails: Sequence[int] | Ints,
        heads: Sequence[int] | Ints,
        things: Sequence[Hashable],
        room: Sequence[float] | None = None,
    ) -> None:
        """Arcs that only one way may use, or so many units, beside those that are there."""
        size = np.ones(len(things)) if room is None else np.asarray(room, float)
        self._room.append((np.asarray(tails, np.int64), np.asarray(heads, np.int64), size))
        self._things += things

    def cut(self, source: int, sink: int) -> tuple[float, list[Hashable]]:
        """Number of paths (or units) from source to sink, and what all of them must share: as many things as paths.

        Nodes that any number of paths can go between, there and back, are one: that leaves little more than what is
        shared. Without end where nothing limits it.
        """
        free = _stacked([(*ends, np.zeros(len(ends[0]))) for ends in self._free])
        limited = _stacked(self._room)
        part = parts(self.nodes, free[0], free[1])
        ends = [part[arcs] for arcs in (free[0], free[1], limited[0], limited[1])]
        open_, shared = ends[0] != ends[1], ends[2] != ends[3]
        tails = np.concatenate([ends[0][open_], ends[2][shared]])
        heads = np.concatenate([ends[1][open_], ends[3][shared]])
        room = np.concatenate([np.full(open_.sum(), inf), limited[2][shared]])
        least = _minimum_cut(int(part.max()) + 1, tails, heads, room, int(part[source]), int(part[sink]))
        if least is None:
            return inf, []
        number, far = least
        across = shared & ~far[ends[2]] & far[ends[3]]
        return number, [self._things[i] for i in np.flatnonzero(across).tolist()]


def _stacked(arcs: Sequence[tuple[Ints, Ints, Floats]]) -> tuple[Ints, Ints, Floats]:
    """Arcs of several batches as one."""
    if not arcs:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    tails, heads, room = (np.concatenate(some) for some in zip(*arcs, strict=True))
    return tails, heads, room


def parts(nodes: int, tails: Ints, heads: Ints) -> Ints:
    """Number of the part of each node within which arcs lead from everywhere to everywhere."""
    if find_spec("scipy"):
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        arcs = csr_array((np.ones(len(tails), np.int8), (tails, heads)), shape=(nodes, nodes))
        return np.asarray(connected_components(arcs, directed=True, connection="strong")[1], np.int64)
    import networkx as nx

    graph: nx.DiGraph[int] = nx.DiGraph(zip(tails.tolist(), heads.tolist(), strict=True))
    found = np.arange(nodes)
    for members in nx.strongly_connected_components(graph):
        found[list(members)] = min(members)
    return np.unique(found, return_inverse=True)[1]


def _minimum_cut(
    nodes: int, tails: Ints, heads: Ints, room: Floats, source: int, sink: int
) -> tuple[float, np.ndarray[tuple[int], np.dtype[np.bool_]]] | None:
    """Size of the smallest cut nearest to the sink, and which nodes lie beyond it; None if none is finite."""
    limited = room[np.isfinite(room)]
    scale = next((s for s in (1, FINEST) if np.allclose(limited * s, np.round(limited * s), rtol=0, atol=1e-9)), 0)
    total = int(np.round(limited * scale).sum())
    if source == sink:
        return None
    if not scale or total >= MOST or not find_spec("scipy"):
        return _by_networkx(nodes, tails, heads, room, source, sink)
    from scipy.sparse import coo_array, csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    whole = np.where(np.isfinite(room), np.round(np.where(np.isfinite(room), room, 0) * scale), total + 1)
    sums = coo_array((whole.astype(np.int64), (tails, heads)), shape=(nodes, nodes)).tocsr()
    sums.data = np.minimum(sums.data, total + 1)
    capacity = csr_array((sums.data.astype(np.int32), sums.indices, sums.indptr), shape=sums.shape)
    found = maximum_flow(capacity, source, sink)
    if found.flow_value > total:
        return None
    left = csr_array(capacity - found.flow)
    left.data = (left.data > 0).astype(np.int8)
    left.eliminate_zeros()
    far = np.zeros(nodes, bool)
    far[breadth_first_order(left.T.tocsr(), sink, return_predecessors=False)] = True
    return found.flow_value / scale if scale > 1 else float(found.flow_value), far


def _by_networkx(
    nodes: int, tails: Ints, heads: Ints, room: Floats, source: int, sink: int
) -> tuple[float, np.ndarray[tuple[int], np.dtype[np.bool_]]] | None:
    """The same by networkx."""
    import networkx as nx
    from networkx.algorithms.flow import shortest_augmenting_path

    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from([source, sink])
    for tail, head, size in zip(tails.tolist(), heads.tolist(), room.tolist(), strict=True):
        known = graph.get_edge_data(tail, head, {"capacity": 0.0})["capacity"]
        graph.add_edge(tail, head, capacity=known + size)
    try:
        number, (_, beyond) = nx.minimum_cut(graph, source, sink, flow_func=shortest_augmenting_path)
    except nx.NetworkXUnbounded:
        return None
    far = np.zeros(nodes, bool)
    far[list(beyond)] = True
    return float(number), far
