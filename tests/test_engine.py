"""The searches against brute force over all simple paths, on random graphs with closed spans and seasons."""

import random
from collections.abc import Iterator
from itertools import pairwise
from math import inf, isclose

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors import _engine as engine

T0 = 490_000.0  # an hour in late 2025
YEAR_ROUND = (1.0,) * 12
HARD_WINTER = (0.5, 0.5, 0.55, 0.75, 0.9, 1.0, 1.0, 1.0, 1.0, 0.95, 0.75, 0.5)


def random_graph(seed: int, nodes: int = 7, arcs: int = 18) -> tuple[engine.Graph, dict[int, engine.Spans]]:
    rng = random.Random(seed)
    out: list[list[engine.Arc]] = [[] for _ in range(nodes)]
    closed: dict[int, engine.Spans] = {}
    for edge in range(arcs):
        tail, head = rng.sample(range(nodes), 2)
        spans = None
        if rng.random() < 0.5:
            begins = sorted(rng.uniform(T0 - 50, T0 + 300) for _ in range(3))
            spans = engine.merge_spans((b, inf if rng.random() < 0.15 else b + rng.uniform(1, 120)) for b in begins)
        factors = HARD_WINTER if rng.random() < 0.3 else None
        if spans:
            closed[edge] = spans
        out[tail].append(engine.Arc(edge, head, rng.uniform(1, 60), rng.choice([0.0, rng.uniform(1, 100)]), factors))
    return engine.Graph(out), closed


def leave(arc: engine.Arc, closed: dict[int, engine.Spans], t: float) -> float:
    start = engine.ready(closed[arc.edge], t) if arc.edge in closed else t
    return (
        start
        if start == inf
        else start + arc.hours
        if arc.factors is None
        else engine.traverse(start, arc.hours, arc.factors)
    )


def simple_paths(graph: engine.Graph, source: int, target: int) -> Iterator[list[engine.Arc]]:
    """All of them, by networkx."""
    multi = nx.MultiDiGraph()
    multi.add_nodes_from(range(len(graph.out)))
    by_edge = {}
    for tail, arcs in enumerate(graph.out):
        for arc in arcs:
            multi.add_edge(tail, arc.head, key=arc.edge)
            by_edge[arc.edge] = arc
    for path in nx.all_simple_edge_paths(multi, source, target):
        yield [by_edge[edge] for _, _, edge in path]


def brute_force(
    graph: engine.Graph, closed: dict[int, engine.Spans], source: int, target: int, value_of_hour: float
) -> float:
    best = inf
    for path in simple_paths(graph, source, target):
        t, weight = T0, 0.0
        for arc in path:
            t = leave(arc, closed, t)
            weight += arc.weight
        if t < inf:
            best = min(best, weight + value_of_hour * (t - T0))
    return best


@pytest.mark.parametrize("value_of_hour", [0.0, 0.3, 1.0])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_search_equals_brute_force(seed: int, value_of_hour: float) -> None:
    graph, closed = random_graph(seed)
    bound = engine.bounds(graph, closed, [6], value_of_hour, T0)
    found = engine.search(graph, closed, [0], frozenset([6]), T0, value_of_hour, bound)
    expected = brute_force(graph, closed, 0, 6, value_of_hour)
    assert (found is None and expected == inf) or (found is not None and isclose(found.value, expected, abs_tol=1e-6))


@given(seed=st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_banned_edges_are_not_used_and_banning_never_helps(seed: int) -> None:
    graph, closed = random_graph(seed)
    bound = engine.bounds(graph, closed, [6], 1.0, T0)
    free = engine.search(graph, closed, [0], frozenset([6]), T0, 1.0, bound)
    if free is None:
        return
    banned = frozenset(free.edges[:1])
    other = engine.search(graph, closed, [0], frozenset([6]), T0, 1.0, bound, banned)
    assert other is None or (not banned & set(other.edges) and other.value >= free.value - 1e-9)


@given(t=st.floats(T0, T0 + 9000), later=st.floats(0, 2000), hours=st.floats(0.5, 2000))
def test_leaving_later_never_arrives_earlier(t: float, later: float, hours: float) -> None:
    assert engine.traverse(t + later, hours, HARD_WINTER) >= engine.traverse(t, hours, HARD_WINTER) - 1e-6


def test_traverse_by_hand() -> None:
    # 2026-01-31 12:00 UTC: 12 h left of January at half speed do 6 of 10 hours, February at 0.4 does 4 in 10 h
    t = 491_628.0
    factors = (0.5, 0.4, *YEAR_ROUND[2:])
    assert engine.traverse(t, 10.0, factors) == pytest.approx(t + 12 + 10)
    assert engine.traverse(t, 10.0, YEAR_ROUND) == pytest.approx(t + 10)


def test_merge_and_ready() -> None:
    spans = engine.merge_spans([(5, 7), (1, 3), (3, 4), (6, inf), (9, 9)])
    assert spans == ([1, 5], [4, inf])
    assert [engine.ready(spans, t) for t in (0, 1, 3.9, 4, 5)] == [0, 4, 4, 4, inf]


def test_staged_graph_passes_stops_in_order() -> None:
    ring = engine.Graph(
        [
            [engine.Arc(0, 1, 1, 0, None)],
            [engine.Arc(1, 2, 1, 0, None)],
            [engine.Arc(2, 0, 1, 0, None), engine.Arc(3, 3, 1, 0, None)],
            [],
        ]
    )
    staged = ring.staged([[2], [1]])
    target = frozenset([3 + 2 * 4])
    found = engine.search(staged, {}, [0], target, T0, 1.0, engine.bounds(staged, {}, target, 1.0, T0))
    assert found is not None
    assert found.edges == (0, 1, 2, 0, 1, 3)
    nodes = [0, 1, 2, 0, 1, 2, 3]
    assert all(
        any(a.edge == e and a.head == h for a in ring.out[t])
        for e, (t, h) in zip(found.edges, pairwise(nodes), strict=True)
    )
