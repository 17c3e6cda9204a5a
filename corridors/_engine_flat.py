"""Graphs and closed spans as flat arrays, for compiled searches."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corridors._engine import Graph, Spans

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Flat(NamedTuple):
    """A graph as arrays: the arcs that leave node ``n`` are ``first[n]:first[n + 1]``."""

    first: Numbers                   # (nodes + 1,)
    tail: Numbers                    # (arcs,) as the next four
    head: Numbers
    edge: Numbers
    hours: Floats
    season: Numbers                  # row of `factors`, -1 if none
    factors: Floats                  # (seasons, 12)
    entering: Numbers                # (arcs,) arcs by the node that they enter
    enters: Numbers                  # (nodes + 1,) those of node n are entering[enters[n]:enters[n + 1]]


class FlatSpans(NamedTuple):
    """Closed spans as arrays: those of edge ``e`` are ``at[e]:at[e + 1]``."""

    at: Numbers                      # (edges + 1,)
    starts: Floats
    ends: Floats


def flat(graph: Graph) -> Flat:
    """The arcs of a graph, in its order."""
    arcs = [arc for out in graph.out for arc in out]
    rows: dict[Any, int] = {}
    season = [-1 if arc.factors is None else rows.setdefault(tuple(arc.factors), len(rows)) for arc in arcs]
    first = _starts([len(out) for out in graph.out])
    tail = np.repeat(np.arange(len(graph.out)), np.diff(first))
    head = np.array([arc.head for arc in arcs], dtype=np.int64)
    return Flat(first, tail, head, np.array([arc.edge for arc in arcs], dtype=np.int64),
                np.array([arc.hours for arc in arcs], dtype=np.float64), np.array(season, dtype=np.int64),
                np.array(list(rows), dtype=np.float64).reshape(-1, 12), np.argsort(head, kind="stable"),
                _starts(np.bincount(head, minlength=len(graph.out))))


def flat_spans(closed: Mapping[int, Spans], edges: int) -> FlatSpans:
    """The closed spans of edges 0 to `edges`."""
    count = np.zeros(edges, dtype=np.int64)
    order = sorted(closed)
    for edge in order:
        count[edge] = len(closed[edge][0])
    starts, ends = (np.fromiter(chain.from_iterable(closed[edge][i] for edge in order), np.float64, count.sum())
                    for i in (0, 1))
    return FlatSpans(_starts(count), starts, ends)


def _starts(lengths: Any) -> Numbers:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
