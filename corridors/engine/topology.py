"""The graph as arrays: which arc leads where, what each takes, and closed spans of time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from math import inf
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from corridors.engine import search as loops

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Spans:
    """Closed spans, sorted and disjoint: ``starts, ends = spans``, lists made when first asked for."""

    def __init__(self, starts: Floats, ends: Floats) -> None:
        self.arrays = starts, ends

    def __bool__(self) -> bool:
        return len(self.arrays[0]) > 0

    def __iter__(self) -> Iterator[list[float]]:
        return iter(self._lists)

    def __getitem__(self, i: int) -> list[float]:
        return self._lists[i]

    @cached_property
    def _lists(self) -> tuple[list[float], list[float]]:
        return self.arrays[0].tolist(), self.arrays[1].tolist()


def merge_spans(spans: Iterable[tuple[float, float]] | Floats) -> Spans:
    """Join overlapping and touching ``(start, end)`` spans into sorted disjoint ones."""
    found = np.array(spans if isinstance(spans, np.ndarray) else list(spans), dtype=np.float64).reshape(-1, 2)
    starts, ends = found[found[:, 1] > found[:, 0]].T
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    first = np.ones(len(starts), dtype=bool)
    first[1:] = starts[1:] > ends[:-1]
    return Spans(starts[first], ends[np.append(first[1:], True)[: len(first)]])


def ready(spans: Spans, t: float) -> float:
    """First hour at or after `t` that lies in no closed span; ``inf`` if none does."""
    i = bisect_right(spans[0], t) - 1
    return spans[1][i] if i >= 0 and t < spans[1][i] else t


MONTHS = [
    datetime(year, month, 1, tzinfo=UTC).timestamp() / 3600
    for year in range(loops.FIRST_YEAR, 2111)
    for month in range(1, 13)
]
"""Hours at which months begin."""


def traverse(t: float, hours: float, factors: Sequence[float]) -> float:
    """Hour at which an edge entered at `t` is left, if it takes `hours` at full speed.

    The speed factor of each month holds while the cargo is under way in it, so that leaving later never
    means arriving earlier (Ichoua, Gendreau and Potvin 2003, doi:10.1016/S0377-2217(02)00147-9).
    """
    return loops.traverse(t, hours, factors, MONTHS)


def frozen(values: ArrayLike, dtype: type) -> NDArray[Any]:
    """A read-only array: one type for numba, and safe to share."""
    array: NDArray[Any] = np.ascontiguousarray(values, dtype=dtype).view()
    array.flags.writeable = False
    return array


class Forms:
    """Arrays for the compiled kernels, and the same as lists for Python, made when first asked for.

    Most of what is `like` other arrays is the same: their lists are then copied and changed, which is quicker.
    """

    def __init__(self, *arrays: NDArray[Any], like: Forms | None = None) -> None:
        self.arrays: tuple[Any, ...] = arrays
        self._like = like

    @cached_property
    def some(self) -> bool:
        """Whether any number of the first of them is not 0."""
        return bool(self.arrays[0].any())

    @cached_property
    def lists(self) -> tuple[Any, ...]:
        """The same numbers as lists."""
        like, self._like = self._like, None
        if like is None:
            return tuple(map(_listed, self.arrays))
        return tuple(map(_changed, like.lists, like.arrays, self.arrays))


_COUNTED: list[int] = []
"""Whole numbers from 0, each one object for all lists: nodes and edges come up in several."""


def _listed(array: NDArray[Any]) -> list[Any]:
    """The numbers of an array; where they are places in other arrays, as objects that other lists share."""
    found: list[Any] = array.tolist()
    if array.dtype.kind == "f" and not array.any():
        return [0.0] * len(found)
    if array.dtype.kind != "i" or not found or array.min() < 0:
        return found
    _COUNTED.extend(range(len(_COUNTED), int(array.max()) + 1))
    return list(map(_COUNTED.__getitem__, found))


def _changed(numbers: list[Any], array: NDArray[Any], now: NDArray[Any]) -> list[Any]:
    """The list of an array that hardly differs from another, whose `numbers` are known."""
    found, where = numbers.copy(), np.flatnonzero(array != now)
    for i, number in zip(where.tolist(), now[where].tolist(), strict=True):
        found[i] = number
    return found


@dataclass(frozen=True, eq=False)
class Topology:
    """Which arc leads from where to where, compiled once for a network.

    Attributes
    ----------
    nodes : int
    tail, head : array of int
        Nodes by arc.
    edge : array of int
        Edge behind each arc, to which hours, weights, calendar and season belong; -1 for a join of two nodes or stages,
        which takes nothing. The arcs of edges come first, in their order.
    season : array of int
        Row of `factors` by edge; -1 if it has none.
    factors : array of float, rows x 12
    """

    nodes: int
    tail: Ints
    head: Ints
    edge: Ints
    season: Ints
    factors: Floats

    @classmethod
    def of(
        cls, nodes: int, tail: Sequence[int], head: Sequence[int], factors: Sequence[Sequence[float] | None]
    ) -> Topology:
        """One arc an edge, with the monthly speed factors of each edge or None."""
        rows = {row: i for i, row in enumerate(dict.fromkeys(None if f is None else tuple(f) for f in factors))}
        which = [rows[None if f is None else tuple(f)] for f in factors]
        return cls.seasonal(nodes, tail, head, which, list(rows))

    @classmethod
    def seasonal(
        cls,
        nodes: int,
        tail: ArrayLike,
        head: ArrayLike,
        which: ArrayLike,
        factors: Sequence[tuple[float, ...] | None],
        joins: Sequence[tuple[int, int]] = (),
    ) -> Topology:
        """The same, with the different factors, which of them each edge has, and nodes that lead to others freely."""
        rows = [row for row in factors if row is not None]
        season = [-1 if row is None else rows.index(row) for row in factors]
        before, after = np.array(joins, dtype=np.int64).reshape(-1, 2).T
        edges = np.arange(len(np.asarray(tail)))
        return cls(
            nodes,
            frozen(np.concatenate([np.asarray(tail), before]), np.int64),
            frozen(np.concatenate([np.asarray(head), after]), np.int64),
            frozen(np.concatenate([edges, np.full(len(before), -1)]), np.int64),
            frozen(np.array(season, dtype=np.int64)[np.asarray(which, dtype=np.int64)], np.int64),
            frozen(np.array(rows or np.ones((1, 12))), np.float64),
        )

    def staged(self, stops: Sequence[Iterable[int]]) -> Topology:
        """Copies of the network in a row; a path that reaches a node of the stop goes on (edge -1) in the next copy."""
        shifts = np.arange(len(stops) + 1) * self.nodes
        joins = np.array(
            [
                (stage * self.nodes + node, (stage + 1) * self.nodes + node)
                for stage, nodes in enumerate(stops)
                for node in sorted(nodes)
            ]
        ).reshape(-1, 2)
        tail, head = ((ends + shifts[:, None]).ravel() for ends in (self.tail, self.head))
        stays = ~np.isin(tail, joins[:, 0])
        tail, head = np.concatenate([tail[stays], joins[:, 0]]), np.concatenate([head[stays], joins[:, 1]])
        edge = np.concatenate([np.tile(self.edge, len(shifts))[stays], np.full(len(joins), -1)])
        return Topology(
            self.nodes * len(shifts),
            frozen(tail, np.int64),
            frozen(head, np.int64),
            frozen(edge, np.int64),
            self.season,
            self.factors,
        )

    def _by(self, end: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
        order = np.argsort(end, kind="stable")
        first = np.searchsorted(end[order], np.arange(self.nodes + 1))
        return frozen(first, np.int64), frozen(other[order], np.int64), frozen(self.edge[order], np.int64)

    @cached_property
    def reversed(self) -> Topology:
        """The same with every arc in the other direction."""
        return Topology(self.nodes, self.head, self.tail, self.edge, self.season, self.factors)

    @cached_property
    def leaving(self) -> Forms:
        """First arc of each node, then heads and edges of the arcs by the node they leave."""
        return Forms(*self._by(self.tail, self.head))

    @cached_property
    def entering(self) -> Forms:
        """First arc of each node, then tails and edges of the arcs by the node they enter."""
        return Forms(*self._by(self.head, self.tail))

    @cached_property
    def entered(self) -> Forms:
        """Node to which each of the arcs by the node they enter leads."""
        return Forms(frozen(np.repeat(np.arange(self.nodes), np.diff(self.entering.arrays[0])), np.int64))

    @cached_property
    def entering_by(self) -> Ints:
        """Which arc by the node they enter is that of each edge, where each has one."""
        edges = self.entering.arrays[2]
        found = np.empty(len(self.season), dtype=np.int64)
        found[edges[edges >= 0]] = np.flatnonzero(edges >= 0)
        return found

    @cached_property
    def slowing(self) -> Forms:
        """Season of each edge, speed factors, and the hours at which months begin."""
        return Forms(self.season, self.factors, frozen(MONTHS, np.float64))


@dataclass(frozen=True, eq=False)
class Graph:
    """A topology with what each edge takes: ``hours`` (inf: not there) and ``weight`` by edge.

    Graphs that share either share its lists too.
    """

    topology: Topology
    takes: Forms
    costs: Forms

    @classmethod
    def of(cls, topology: Topology, hours: ArrayLike, weight: ArrayLike) -> Graph:
        """From any sequences of numbers."""
        return cls(topology, Forms(frozen(hours, np.float64)), Forms(frozen(weight, np.float64)))

    @property
    def hours(self) -> Floats:
        """Hours by edge."""
        return cast(Floats, self.takes.arrays[0])

    @property
    def weight(self) -> Floats:
        """Weight by edge."""
        return cast(Floats, self.costs.arrays[0])

    def over(self, topology: Topology) -> Graph:
        """The same figures, lists and all, over another topology of the same edges."""
        return Graph(topology, self.takes, self.costs)

    @property
    def weighted(self) -> bool:
        """Whether any edge has a weight besides its hours."""
        return self.costs.some


class Closed:
    """Closed spans of the edges that have any.

    Parameters
    ----------
    edges : int
        Number of edges.
    spans : mapping of int to Spans
    """

    def __init__(self, edges: int, spans: Mapping[int, Spans]) -> None:
        self._edges, self.spans = edges, spans
        self._reopening: tuple[tuple[float, float], Floats] | None = None

    @cached_property
    def flat(self) -> Forms:
        """Row of each edge (-1: never closed), first span of each row, starts and ends of all spans."""
        distinct = {id(spans): spans for spans in self.spans.values()}
        number = {key: i for i, key in enumerate(distinct)}
        row = np.full(self._edges, -1)
        row[list(self.spans)] = [number[id(spans)] for spans in self.spans.values()]
        parts = [spans.arrays for spans in distinct.values()]
        first = np.cumsum([0, *(len(starts) for starts, _ in parts)])
        starts, ends = (np.concatenate([np.empty(0), *(part[i] for part in parts)]) for i in (0, 1))
        return Forms(
            frozen(row, np.int64), frozen(first, np.int64), frozen(starts, np.float64), frozen(ends, np.float64)
        )

    def reopening(self, t: float, longer: float) -> Floats:
        """By edge, when it first opens that was closed from hour `t` on for longer than so many hours; else ``inf``."""
        if (known := self._reopening) is not None and known[0] == (t, longer):
            return known[1]
        row, first, starts, ends = self.flat.arrays
        long = np.flatnonzero((ends - np.maximum(starts, t) > longer) & np.isfinite(ends))
        soonest = np.full(len(first), np.inf)
        np.minimum.at(soonest, np.searchsorted(first, long, side="right") - 1, ends[long])
        found: Floats = np.where(row >= 0, soonest[row], np.inf)
        self._reopening = (t, longer), found  # for the next to ask
        return found

    def shut(self, since: float, until: float) -> Ints:
        """Edges that are closed from one hour on until after another."""
        row, first, starts, ends = self.flat.arrays
        spans = np.flatnonzero((starts <= since) & (ends > until))
        shut = np.zeros(len(first), dtype=bool)
        shut[np.searchsorted(first, spans, side="right") - 1] = True
        return np.flatnonzero(shut[row] & (row >= 0))

    def for_good(self, t: float) -> list[int]:
        """Edges that cannot be entered at hour `t` nor ever after."""
        edges, begins = self._lasting
        found: list[int] = edges[begins <= t].tolist()
        return found

    def gone(self, t: float) -> frozenset[int]:
        """The same as a set: one object for all hours between which none closes, so that keys are quickly compared."""
        found = self.for_good(t)
        return self._gone.setdefault(len(found), frozenset(found))

    @cached_property
    def _gone(self) -> dict[int, frozenset[int]]:
        """What `gone` has told, by how many edges there are: those that close later come on top."""
        return {}

    @cached_property
    def _lasting(self) -> tuple[Ints, Floats]:
        """Edges whose last span has no end, and the hour from which it lasts."""
        ends = {edge: spans.arrays for edge, spans in self.spans.items() if spans}
        lasting = {edge: float(starts[-1]) for edge, (starts, last) in ends.items() if last[-1] == inf}
        return np.fromiter(lasting, np.int64), np.fromiter(lasting.values(), np.float64)
