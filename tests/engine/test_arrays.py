"""The searches against brute force over all simple paths, on random graphs with closed spans and seasons."""

import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from math import inf, isclose
from typing import NamedTuple

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corridors.engine import arrays as engine

NODES = 7
T0 = 490_000.0  # an hour in late 2025
YEAR_ROUND = (1.0,) * 12
HARD_WINTER = (0.5, 0.5, 0.55, 0.75, 0.9, 1.0, 1.0, 1.0, 1.0, 0.95, 0.75, 0.5)


class Arc(NamedTuple):
    """An edge of a test graph."""

    edge: int
    tail: int
    head: int
    hours: float
    weight: float
    factors: tuple[float, ...] | None


def engine_graph(arcs: list[Arc], nodes: int, by: list[float] | None = None) -> engine.Graph:
    """The arcs as the engine has them, with other weights by edge if given."""
    topology = engine.Topology.of(nodes, [a.tail for a in arcs], [a.head for a in arcs], [a.factors for a in arcs])
    return engine.Graph.of(topology, [a.hours for a in arcs], [a.weight for a in arcs] if by is None else by)


def random_network(seed: int, arcs: int = 18) -> tuple[list[Arc], dict[int, engine.Spans]]:
    """Arcs between seven nodes, and when some are closed."""
    rng = random.Random(seed)
    found: list[Arc] = []
    closed: dict[int, engine.Spans] = {}
    for edge in range(arcs):
        tail, head = rng.sample(range(NODES), 2)
        if rng.random() < 0.5:
            begins = sorted(rng.uniform(T0 - 50, T0 + 300) for _ in range(3))
            closed[edge] = engine.merge_spans(
                (b, inf if rng.random() < 0.15 else b + rng.uniform(1, 120)) for b in begins
            )
        factors = HARD_WINTER if rng.random() < 0.3 else None
        found.append(Arc(edge, tail, head, rng.uniform(1, 60), rng.choice([0.0, rng.uniform(1, 100)]), factors))
    return found, closed


def random_graph(seed: int) -> tuple[list[Arc], dict[int, engine.Spans], engine.Graph, engine.Closed]:
    """The same in both forms."""
    arcs, closed = random_network(seed)
    return arcs, closed, engine_graph(arcs, NODES), engine.Closed(len(arcs), closed)


@pytest.fixture(params=["python", "compiled"])
def form(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways to run the same loops."""
    if request.param == "compiled":
        assert engine.use_compiled(compile_now=True)
    yield request.param
    engine.kernel.clear()


def leave(arc: Arc, closed: dict[int, engine.Spans], t: float) -> float:
    start = engine.ready(closed[arc.edge], t) if arc.edge in closed else t
    return (
        start
        if start == inf
        else start + arc.hours
        if arc.factors is None
        else engine.traverse(start, arc.hours, arc.factors)
    )


def simple_paths(arcs: list[Arc], source: int, target: int) -> Iterator[list[Arc]]:
    """All of them, by networkx."""
    multi = nx.MultiDiGraph()
    multi.add_nodes_from(range(NODES))
    for arc in arcs:
        multi.add_edge(arc.tail, arc.head, key=arc.edge)
    for path in nx.all_simple_edge_paths(multi, source, target):
        yield [arcs[edge] for _, _, edge in path]


def brute_force(
    arcs: list[Arc], closed: dict[int, engine.Spans], source: int, target: int, value_of_hour: float
) -> float:
    best = inf
    for path in simple_paths(arcs, source, target):
        t, weight = T0, 0.0
        for arc in path:
            t = leave(arc, closed, t)
            weight += arc.weight
        if t < inf:
            best = min(best, weight + value_of_hour * (t - T0))
    return best


@pytest.mark.parametrize("value_of_hour", [0.0, 0.3, 1.0])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_search_equals_brute_force(form: str, seed: int, value_of_hour: float) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    bound = engine.bounds(graph, closed, [6], value_of_hour, T0)
    found = engine.search(graph, closed, [0], [6], T0, value_of_hour, bound)
    expected = brute_force(arcs, spans, 0, 6, value_of_hour)
    assert (found is None and expected == inf) or (found is not None and isclose(found.value, expected, abs_tol=1e-6))


@pytest.mark.slow
@pytest.mark.parametrize("value_of_hour", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("weighted", [True, False])
def test_compiled_finds_the_same_paths(value_of_hour: float, weighted: bool) -> None:
    def answers() -> list[engine.Path | None]:
        found = []
        for seed in range(60):
            arcs, _, graph, closed = random_graph(seed)
            if not weighted:
                graph = engine_graph(arcs, NODES, [0.0] * len(arcs))
            bound = engine.bounds(graph, closed, [6], value_of_hour, T0)
            found.append(engine.search(graph, closed, [0, 1], [6], T0, value_of_hour, bound, [3], deadline=T0 + 400))
        return found

    plain = answers()
    try:
        assert engine.use_compiled(compile_now=True)
        assert answers() == plain
    finally:
        engine.kernel.clear()


@given(seed=st.integers(0, 10**6), value_of_hour=st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lowered_bounds_are_those_of_the_quicker_edges(form: str, seed: int, value_of_hour: float) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    rng = random.Random(seed)
    quicker, freed = sorted(rng.sample(range(len(arcs)), 4)), rng.choice([*spans, None])
    hours, weight = graph.hours.copy(), graph.weight.copy()
    hours[quicker], weight[quicker] = hours[quicker] / 3, weight[quicker] / 2
    now = engine.Graph.of(graph.topology, hours, weight)
    opened = engine.Closed(len(arcs), {edge: some for edge, some in spans.items() if edge != freed})
    usual = engine.bounds(graph, closed, [6], value_of_hour, T0, [2])
    changed = np.array(sorted({*quicker, *([] if freed is None else [freed])}), dtype=np.int64)
    found = engine.lowered(usual, now, opened, changed, value_of_hour, T0, [2])
    np.testing.assert_allclose(found.values, engine.bounds(now, opened, [6], value_of_hour, T0, [2]).values)
    assert (found.values <= usual.values).all()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_banned_edges_are_not_used_and_banning_never_helps(form: str, seed: int) -> None:
    _, _, graph, closed = random_graph(seed)
    bound = engine.bounds(graph, closed, [6], 1.0, T0)
    free = engine.search(graph, closed, [0], [6], T0, 1.0, bound)
    if free is None:
        return
    banned = frozenset(free.edges[:1])
    other = engine.search(graph, closed, [0], [6], T0, 1.0, bound, sorted(banned))
    assert other is None or (not banned & set(other.edges) and other.value >= free.value - 1e-9)
    hours = graph.hours.copy()
    hours[free.edges[0]] = inf
    gone = engine.Graph.of(graph.topology, hours, graph.weight)
    assert engine.search(gone, closed, [0], [6], T0, 1.0, bound) == other
    assert np.isfinite(graph.hours).all()


def test_threads_share_a_graph() -> None:
    _, _, graph, closed = random_graph(7)
    bound = engine.bounds(graph, closed, [6], 1.0, T0)
    try:
        assert engine.use_compiled(compile_now=True)
        alone = [engine.search(graph, closed, [0], [6], T0 + i, 1.0, bound) for i in range(200)]
        with ThreadPoolExecutor(4) as threads:
            together = list(
                threads.map(lambda i: engine.search(graph, closed, [0], [6], T0 + i, 1.0, bound), range(200))
            )
    finally:
        engine.kernel.clear()
    assert together == alone


@pytest.mark.slow  # loads numba in a process of its own
def test_threads_may_look_for_compiled_searches_at_once() -> None:
    script = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from threading import Barrier\n"
        "from corridors.engine import compiled\n"
        "together = Barrier(8)\n"
        "with ThreadPoolExecutor(8) as threads:\n"
        "    list(threads.map(lambda _: (together.wait(), compiled.on_disk(compiled.KERNELS)), range(8)))\n"
    )
    for _ in range(3):
        subprocess.run([sys.executable, "-c", script], check=True)


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
    assert tuple(spans) == ([1, 5], [4, inf])
    assert [engine.ready(spans, t) for t in (0, 1, 3.9, 4, 5)] == [0, 4, 4, 4, inf]


def test_staged_graph_passes_stops_in_order(form: str) -> None:
    arcs = [Arc(i, tail, head, 1, 0, None) for i, (tail, head) in enumerate([(0, 1), (1, 2), (2, 0), (2, 3)])]
    ring = engine_graph(arcs, 4)
    staged = ring.over(ring.topology.staged([[2], [1]]))
    target, closed = [3 + 2 * 4], engine.Closed(4, {})
    found = engine.search(staged, closed, [0], target, T0, 1.0, engine.bounds(staged, closed, target, 1.0, T0))
    assert found is not None
    assert found.edges == (0, 1, 2, 0, 1, 3)
    nodes = [0, 1, 2, 0, 1, 2, 3]
    assert [(arcs[e].tail, arcs[e].head) for e in found.edges] == list(pairwise(nodes))
