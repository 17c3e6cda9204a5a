"""Many questions to one static graph: least weights, paths and their attributes when a few edges change. Arrays only.

`Hierarchy` is a customizable contraction hierarchy (Dibbelt, Strasser and Wagner 2016, doi:10.1145/2886843), compiled
with numba: its shape is made once from the graph, `Hierarchy.customise` fits it to weights in milliseconds, and a few
changed edges touch only the shortcuts above them. `Plain` answers the same with scipy's Dijkstra and needs no
compiler. The edges are directed and may be parallel or loops; an infinite weight closes one.

Weights are 8-byte floats, so that sums agree with Dijkstra's but for the last digits; shortcuts are few enough for
that. Of paths of equal weight, `Hierarchy` and `Plain` may find different ones; each finds the same one every time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from corridors.engine.arrays import compiler
from corridors.errors import BadRequest, MissingExtra

if TYPE_CHECKING:
    from corridors.engine.hierarchy_kernels import Topology, Work

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


class Change(NamedTuple):
    """Edges that get other weights; of an edge named twice the last weight holds."""

    edges: npt.ArrayLike
    """(changed,) numbers of edges."""
    weights: npt.ArrayLike
    """(changed,) or one for all; ``inf`` closes."""


class Screened(NamedTuple):
    """What `screen` finds."""

    values: Floats
    """(changes, pairs) least weights; ``inf`` where there is no path."""
    totals: Floats
    """(changes, pairs, kinds) sums of the attributes along the path; NaN where there is none."""


class Graph(ABC):
    """The ends of the edges, without weights.

    Parameters
    ----------
    nodes : int
        Number of nodes, at least 1.
    tail, head : (edges,) array of int
        The node that each edge leaves and enters. Not changed, and may be read-only, as all arrays given here.

    Raises
    ------
    BadRequest
        If an end is no node.
    MissingExtra
        If numba or scipy is missing.
    """

    def __init__(self, nodes: int, tail: npt.ArrayLike, head: npt.ArrayLike) -> None:
        if find_spec("scipy") is None:
            raise MissingExtra("searches over many scenarios need scipy: pip install 'corridors[fast]'.")
        if nodes < 1:
            raise BadRequest(f"nodes={nodes!r} must be at least 1.")
        self.nodes = nodes
        self.tail = _numbers(tail, nodes, "tail", "nodes")
        self.head = _numbers(head, nodes, "head", "nodes")
        if self.tail.shape != self.head.shape:
            raise BadRequest(f"there are {len(self.tail)} tails and {len(self.head)} heads; every edge needs both.")

    @abstractmethod
    def customise(self, weights: npt.ArrayLike) -> Metric:
        """Answers for one weight per edge.

        Parameters
        ----------
        weights : (edges,) array of float
            Not negative; ``inf`` closes an edge.

        Raises
        ------
        BadRequest
            If they are not as many as the edges, or one is negative or NaN.
        """


class Metric(ABC):
    """A graph with weights; never changes, and several threads may ask it at once.

    All calls raise `BadRequest` for a number that is no node or edge, and for weights that are negative or NaN.
    """

    graph: Graph

    @abstractmethod
    def changed(self, change: Change) -> Metric:
        """A metric with other weights on a few edges, the same as `Graph.customise` makes of them all."""

    @abstractmethod
    def distance(self, source: int, target: int) -> float:
        """Least weight; ``inf`` if there is no path."""

    @abstractmethod
    def path(self, source: int, target: int) -> Ints | None:
        """Edges of a path of least weight, in order; ``None`` if there is none."""

    @abstractmethod
    def distances(self, source: int) -> Floats:
        """(nodes,) least weights from a node to every node."""

    @abstractmethod
    def matrix(self, sources: npt.ArrayLike, targets: npt.ArrayLike) -> Floats:
        """(sources, targets) least weights."""

    @abstractmethod
    def matrices(self, changes: Sequence[Change], sources: npt.ArrayLike, targets: npt.ArrayLike) -> Floats:
        """(changes, sources, targets) least weights under each change by itself: one crossing after another closed."""

    @abstractmethod
    def screen(self, changes: Sequence[Change], pairs: npt.ArrayLike, attributes: npt.ArrayLike) -> Screened:
        """Least weights under each change by itself, and what adds up along the paths.

        Parameters
        ----------
        changes : sequence of Change
            ``Change([], [])`` is the metric as it is.
        pairs : (pairs, 2) array of int
            Source and target.
        attributes : (edges, kinds) array of float
            Kilometres, US$, kg CO2e of every edge.
        """


def engine(nodes: int, tail: npt.ArrayLike, head: npt.ArrayLike) -> Graph:
    """The quicker of the two engines that this machine can run; see `Graph`."""
    return (Hierarchy if find_spec("numba") and compiler() else Plain)(nodes, tail, head)


def screen(
    metrics: Sequence[Metric],
    months: npt.ArrayLike,
    changes: Sequence[Change],
    pairs: npt.ArrayLike,
    attributes: npt.ArrayLike,
) -> Screened:
    """`Metric.screen` for scenarios that each stand on one of several metrics: ``metrics[months[i]]``, ``changes[i]``.

    Raises
    ------
    BadRequest
        Also if a month has no metric, or there are not as many months as changes.
    """
    which = _numbers(months, len(metrics), "months", "metrics")
    if len(which) != len(changes):
        raise BadRequest(f"there are {len(which)} months and {len(changes)} changes; every scenario needs both.")
    ends, kinds = np.asarray(pairs), np.asarray(attributes)
    result = Screened(np.empty((len(changes), len(ends))), np.empty((len(changes), len(ends), *kinds.shape[1:])))
    for month in sorted(set(which.tolist())):
        rows = np.flatnonzero(which == month).tolist()
        result.values[rows], result.totals[rows] = metrics[month].screen([changes[i] for i in rows], ends, kinds)
    return result


class Hierarchy(Graph):
    """Compiled."""

    __doc__ = Graph.__doc__

    def __init__(self, nodes: int, tail: npt.ArrayLike, head: npt.ArrayLike) -> None:
        super().__init__(nodes, tail, head)
        from corridors.engine.node_order import rank

        kernels = _kernels()
        self.rank = rank(nodes, self.tail, self.head).astype(np.int32)
        self.topology = self._topology(kernels)

    def customise(self, weights: npt.ArrayLike) -> HierarchyMetric:
        """Weights of all shortcuts; see `Graph.customise`."""
        edges = _weights(weights, len(self.tail))
        shape = self.topology
        arcs = np.empty((2, len(shape.head)))
        via = np.empty(arcs.shape, np.int32)
        _kernels().settle(
            shape.own_first, shape.own, shape.leg_first, shape.low, shape.high, 0, len(shape.head), edges, arcs, via
        )
        return HierarchyMetric(self, edges, arcs, via)

    def _topology(self, kernels: Any) -> Topology:
        from scipy.sparse import csr_array

        n = self.nodes
        ends = np.sort(np.stack([self.rank[self.tail], self.rank[self.head]]), axis=0)
        low, high = ends[:, ends[0] != ends[1]]
        first, head = kernels.eliminate(*_rows(low, high, n))
        arcs = csr_array((np.empty(len(head), np.int8), head, first), shape=(n, n))
        arcs.sort_indices()
        head = arcs.indices.astype(np.int32)
        tail = np.repeat(np.arange(n, dtype=np.int32), np.diff(first))
        parent = np.full(n, -1, np.int32)
        has = np.diff(first) > 0
        parent[has] = head[first[:-1][has]]
        level = np.zeros(n, np.int32)
        for node in range(n - 2, -1, -1):
            if parent[node] >= 0:
                level[node] = level[parent[node]] + 1
        # arcs are sorted by tail and head, so their keys are sorted too
        arc = np.searchsorted(tail * np.int64(n) + head, ends[0] * np.int64(n) + ends[1])
        down = self.rank[self.tail] > self.rank[self.head]
        half = np.where(ends[0] == ends[1], -1, arc + down * len(head)).astype(np.int32)
        kept = np.flatnonzero(half >= 0).astype(np.int32)
        own_first, own = _rows(half[kept], kept, 2 * len(head))
        shape: Topology = kernels.Topology(
            first,
            tail,
            head,
            parent,
            level,
            level[head],
            int(level.max()) + 1,
            half,
            own_first,
            own,
            *kernels.triangles(first, head),
        )
        return shape


class HierarchyMetric(Metric):
    """A hierarchy fitted to weights."""

    def __init__(self, graph: Hierarchy, edges: Floats, arcs: Floats, via: Ints) -> None:
        self.graph: Hierarchy = graph
        self._edges, self._arcs, self._via = edges, arcs, via

    def changed(self, change: Change) -> HierarchyMetric:
        """See `Metric.changed`; settles again only what can differ."""
        _, edges, weights = self._flat([change])
        work = self._work()
        _kernels().change(self.graph.topology, work, edges, weights, np.empty(len(edges)))
        return HierarchyMetric(self.graph, work.edges, work.arcs, work.via)

    def distance(self, source: int, target: int) -> float:
        """See `Metric.distance`."""
        return float(self._find(source, target, np.empty(0, np.int32))[0])

    def path(self, source: int, target: int) -> Ints | None:
        """See `Metric.path`."""
        out = np.empty(1024, np.int32)
        value, count = self._find(source, target, out)
        if count > len(out):
            out = np.empty(count, np.int32)
            self._find(source, target, out)
        return None if value == np.inf else out[:count]

    def distances(self, source: int) -> Floats:
        """See `Metric.distances`; up from the node, then down over all arcs once."""
        values: Floats = _kernels().reach(self.graph.topology, self._arcs, *self._ranks([source], "source"))
        return values[self.graph.rank]

    def matrix(self, sources: npt.ArrayLike, targets: npt.ArrayLike) -> Floats:
        """See `Metric.matrix`."""
        kernels, shape = _kernels(), self.graph.topology
        starts, ends = self._ranks(sources, "sources"), self._ranks(targets, "targets")
        out = np.empty((len(starts), len(ends)))
        kernels.matrix(shape, self._arcs, starts, ends, kernels.common(shape, starts, ends), out)
        return out

    def matrices(self, changes: Sequence[Change], sources: npt.ArrayLike, targets: npt.ArrayLike) -> Floats:
        """See `Metric.matrices`."""
        starts, ends = self._ranks(sources, "sources"), self._ranks(targets, "targets")
        out = np.empty((len(changes), len(starts), len(ends)))
        _kernels().matrices(self.graph.topology, self._work(), *self._flat(changes), starts, ends, out)
        return out

    def screen(self, changes: Sequence[Change], pairs: npt.ArrayLike, attributes: npt.ArrayLike) -> Screened:
        """See `Metric.screen`."""
        ends, kinds = _pairs(pairs, self.graph.nodes), _attributes(attributes, len(self._edges))
        starts, start = np.unique(ends[:, 0], return_inverse=True)
        stops, stop = np.unique(ends[:, 1], return_inverse=True)
        out = Screened(np.empty((len(changes), len(ends))), np.empty((len(changes), len(ends), kinds.shape[1])))
        _kernels().screen(
            self.graph.topology,
            self._work(),
            *self._flat(changes),
            self.graph.rank[starts],
            self.graph.rank[stops],
            np.stack([start, stop], axis=1).astype(np.int32),
            kinds,
            *out,
        )
        return out

    def _find(self, source: int, target: int, out: Ints) -> tuple[float, int]:
        found: tuple[float, int] = _kernels().find(
            self.graph.topology, self._arcs, self._via, *self._ranks([source, target], "source, target"), out
        )
        return found

    def _ranks(self, nodes: npt.ArrayLike, name: str) -> Ints:
        ranks: Ints = self.graph.rank[_numbers(nodes, self.graph.nodes, name, "nodes")]
        return ranks

    def _flat(self, changes: Sequence[Change]) -> tuple[Ints, Ints, Floats]:
        """First row of each change; edges and weights of all."""
        checked = [_change(change, len(self._edges)) for change in changes]
        first = np.cumsum([0, *(len(edges) for edges, _ in checked)], dtype=np.int32)
        return (
            first,
            np.concatenate([np.empty(0, np.int32), *(edges for edges, _ in checked)]),
            np.concatenate([np.empty(0), *(weights for _, weights in checked)]),
        )

    def _work(self) -> Work:
        """Copies that kernels may change."""
        arcs = self._arcs.shape[1]
        work: Work = _kernels().Work(
            self._edges.copy(),
            self._arcs.copy(),
            self._via.copy(),
            np.zeros(arcs, np.bool_),
            np.zeros(self.graph.nodes, np.bool_),
            np.empty(arcs, np.int32),
            np.empty((2, arcs)),
            np.empty((2, arcs), np.int32),
        )
        return work


class Plain(Graph):
    """By scipy."""

    __doc__ = Graph.__doc__

    def __init__(self, nodes: int, tail: npt.ArrayLike, head: npt.ArrayLike) -> None:
        super().__init__(nodes, tail, head)
        self.first, self.order = _rows(self.tail, np.arange(len(self.tail), dtype=np.int32), nodes)

    def customise(self, weights: npt.ArrayLike) -> PlainMetric:
        """See `Graph.customise`."""
        return PlainMetric(self, _weights(weights, len(self.tail)))


class PlainMetric(Metric):
    """A graph with weights, searched by scipy's Dijkstra."""

    def __init__(self, graph: Plain, weights: Floats) -> None:
        self.graph: Plain = graph
        self._weights = weights

    def changed(self, change: Change) -> PlainMetric:
        """See `Metric.changed`."""
        edges, weights = _change(change, len(self._weights))
        mine = self._weights.copy()
        mine[edges] = weights
        return PlainMetric(self.graph, mine)

    def distance(self, source: int, target: int) -> float:
        """See `Metric.distance`."""
        return float(self.matrix([source], [target])[0, 0])

    def path(self, source: int, target: int) -> Ints | None:
        """See `Metric.path`."""
        start, stop = _numbers([source, target], self.graph.nodes, "source, target", "nodes")
        values, before = self._trees(np.array([start]), paths=True)
        return None if values[0, stop] == np.inf else self._walk(before[0], start, stop)

    def distances(self, source: int) -> Floats:
        """See `Metric.distances`."""
        found: Floats = self._trees(_numbers([source], self.graph.nodes, "source", "nodes"))[0]
        return found

    def matrix(self, sources: npt.ArrayLike, targets: npt.ArrayLike) -> Floats:
        """See `Metric.matrix`."""
        found: Floats = self._trees(_numbers(sources, self.graph.nodes, "sources", "nodes"))
        return found[:, _numbers(targets, self.graph.nodes, "targets", "nodes")]

    def matrices(self, changes: Sequence[Change], sources: npt.ArrayLike, targets: npt.ArrayLike) -> Floats:
        """See `Metric.matrices`."""
        out = np.empty((len(changes), np.size(sources), np.size(targets)))
        for k, change in enumerate(changes):
            out[k] = self.changed(change).matrix(sources, targets)
        return out

    def screen(self, changes: Sequence[Change], pairs: npt.ArrayLike, attributes: npt.ArrayLike) -> Screened:
        """See `Metric.screen`."""
        ends, kinds = _pairs(pairs, self.graph.nodes), _attributes(attributes, len(self._weights))
        values, paths = self._paths(ends)
        totals = np.array(
            [np.full(kinds.shape[1], np.nan) if path is None else kinds[path].sum(axis=0) for path in paths]
        )
        out = Screened(np.tile(values, (len(changes), 1)), np.tile(totals, (len(changes), 1, 1)))
        for k, change in enumerate(changes):
            metric = self.changed(change)
            worse = np.flatnonzero(metric._weights > self._weights)
            # where nothing is lighter, a path that uses nothing heavier stays the best one
            some = [i for i, path in enumerate(paths) if path is not None and np.isin(path, worse).any()]
            if (metric._weights < self._weights).any():
                some = list(range(len(ends)))
            found = metric._paths(ends[some])
            for i, value, path in zip(some, *found, strict=True):
                out.values[k, i] = value
                out.totals[k, i] = np.nan if path is None else kinds[path].sum(axis=0)
        return out

    def _paths(self, pairs: Ints) -> tuple[Floats, list[Ints | None]]:
        """Least weight and best path of each pair; ``None`` where there is none."""
        starts, row = np.unique(pairs[:, 0], return_inverse=True)
        if not len(starts):
            return np.empty(0), []
        values, before = self._trees(starts, paths=True)
        least: Floats = values[row, pairs[:, 1]]
        return least, [self._walk(before[row[i]], *pair) if least[i] < np.inf else None for i, pair in enumerate(pairs)]

    def _trees(self, sources: Ints, paths: bool = False) -> Any:
        """(sources, nodes) least weights; with `paths` also the node before each."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        graph = self.graph
        matrix = csr_array(
            (self._weights[graph.order], graph.head[graph.order], graph.first), shape=(graph.nodes, graph.nodes)
        )
        return dijkstra(matrix, indices=sources, return_predecessors=paths)

    def _walk(self, before: Ints, source: int, target: int) -> Ints:
        """Edges of the path in a tree, the lightest where several join two nodes."""
        graph, edges = self.graph, []
        while target != source:
            edge = graph.order[graph.first[before[target]] : graph.first[before[target] + 1]]
            edge = edge[graph.head[edge] == target]
            edges.append(edge[self._weights[edge].argmin()])
            target = before[target]
        return np.array(edges[::-1], np.int32)


def _kernels() -> Any:
    """The compiled part, imported when first needed."""
    try:
        from corridors.engine import hierarchy_kernels
    except ImportError as error:
        raise MissingExtra("Hierarchy needs numba: pip install 'corridors[fast]'. Plain needs none.") from error
    return hierarchy_kernels


def _rows(row: Ints, value: Ints, rows: int) -> tuple[Ints, Ints]:
    """Values gathered by row, with the place where each row begins (one more than rows)."""
    first = np.zeros(rows + 1, np.int32)
    np.cumsum(np.bincount(row, minlength=rows), out=first[1:])
    return first, value[np.argsort(row, kind="stable")]


def _numbers(values: npt.ArrayLike, count: int, name: str, of: str) -> Ints:
    """A list of whole numbers below `count`."""
    given = np.asarray(values)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise BadRequest(f"{name} must be a list of whole numbers.")
    if given.size and (given.min() < 0 or given.max() >= count):
        raise BadRequest(f"{name} holds {given.min()} to {given.max()}, but the {of} are 0 to {count - 1}.")
    return given.astype(np.int32)


def _weights(values: npt.ArrayLike, count: int) -> Floats:
    """Weights that a search can add up."""
    given = np.asarray(values, np.float64)
    if given.shape != (count,):
        raise BadRequest(f"weights have the shape {given.shape}; give {count}, one for each edge.")
    if len(wrong := np.flatnonzero(~(given >= 0))):
        raise BadRequest(f"weight {wrong[0]} is {given[wrong[0]]}; weights are 0 or more, inf where closed.")
    return given + 0.0  # a copy, in which -0.0 is 0.0: equal numbers then have equal bits


def _change(change: Change, count: int) -> tuple[Ints, Floats]:
    """Edges and weights of a change, as long as each other."""
    edges = _numbers(change.edges, count, "a change", "edges")
    weights = np.asarray(change.weights, np.float64)
    return edges, _weights(np.broadcast_to(weights, edges.shape) if weights.ndim == 0 else weights, len(edges))


def _pairs(pairs: npt.ArrayLike, nodes: int) -> Ints:
    """(pairs, 2) sources and targets."""
    given = np.asarray(pairs)
    if given.ndim != 2 or given.shape[1] != 2:
        raise BadRequest(f"pairs have the shape {given.shape}; give (pairs, 2): a source and a target each.")
    return _numbers(given.ravel(), nodes, "pairs", "nodes").reshape(given.shape)


def _attributes(attributes: npt.ArrayLike, edges: int) -> Floats:
    """(edges, kinds) numbers, each edge's beside one another."""
    given = np.require(attributes, np.float64, ["C", "W"])  # one kind of array: kernels are compiled for each
    if given.ndim != 2 or len(given) != edges:
        raise BadRequest(f"attributes have the shape {given.shape}; give ({edges}, kinds): a row for each edge.")
    return given
