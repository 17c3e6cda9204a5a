"""Lower bounds by scipy and by our loops, and the path along them against a search, on random graphs."""

import sys
from math import inf

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.engine import arrays as engine
from corridors.engine import serving
from corridors.engine.along import along
from tests.engine.test_arrays import T0, random_graph

SEEDS = st.integers(0, 10**6)
VALUES = st.sampled_from([0.0, 0.3, 1.0])


@given(seed=SEEDS, value_of_hour=VALUES)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_scipy_finds_the_same_bounds_to_the_last_bit(seed: int, value_of_hour: float) -> None:
    _, _, graph, closed = random_graph(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "SCIPY", inf)
        for compiled in list(serving.kernel):  # if tests before this one had them loaded
            patch.delitem(serving.kernel, compiled)
        patch.delitem(sys.modules, "scipy.sparse.csgraph", raising=False)
        ours = engine.bounds(graph, closed, [6, 2], value_of_hour, T0, [3])
        patch.setattr(serving, "SCIPY", 0)
        theirs = engine.bounds(graph, closed, [6, 2], value_of_hour, T0, [3])
    assert "listed" in vars(ours)
    assert "listed" not in vars(theirs)
    assert theirs.listed == ours.listed
    first, tails, edges = graph.topology.entering.arrays
    found, seeds = np.full(graph.topology.nodes, inf), np.array([6, 2])
    found[seeds] = 0.0
    cost = graph.weight + value_of_hour * graph.hours
    cost[[3, *closed.for_good(T0)]] = inf
    serving.python.bounds_by_arrays(first, tails, cost[edges], seeds, found, np.empty(50), np.empty(50, int))
    assert found.tolist() == ours.listed


@pytest.mark.slow
@pytest.mark.parametrize("weighted", [True, False])
@given(seed=SEEDS, value_of_hour=VALUES, cutoff=st.sampled_from([60.0, inf]), even=st.booleans())
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_search_that_works_out_bounds_as_it_goes_finds_the_same(
    weighted: bool, seed: int, value_of_hour: float, cutoff: float, even: bool
) -> None:
    """Even hours have many ways tie; one end cannot be reached by all, and a fifth of the edges are banned."""
    _, spans, graph, _ = random_graph(seed)
    hours = np.round(graph.hours / 20) * 20 if even else graph.hours
    graph = engine.Graph.of(graph.topology, hours, graph.weight if weighted else np.zeros(len(hours)))
    closed = engine.Closed(len(hours), spans)
    banned = np.arange(seed % 5, len(hours), 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serving, "SCIPY", inf)
        patch.delitem(sys.modules, "scipy.sparse.csgraph", raising=False)
        known = engine.bounds(graph, closed, [6, 2], value_of_hour, T0)
    ask = graph, closed, [0, 1], [6, 2], T0, value_of_hour
    more = {"banned": banned, "cutoff": cutoff, "max_wait": 40.0}
    assert engine.use_compiled(compile_now=True)
    try:
        asked = engine.bounds(graph, closed, [6, 2], value_of_hour, T0)
        assert asked.partly is not None
        first, second = (engine.search(*ask, asked, **more) for _ in range(2))
        assert first == second == engine.search(*ask, known, **more)
        assert asked.listed == known.listed
        nowhere = engine.bounds(graph, closed, [], value_of_hour, T0)
        assert engine.search(graph, closed, [0], [], T0, value_of_hour, nowhere) is None
        assert set(nowhere.listed) == {inf}
    finally:
        engine.kernel.clear()


@pytest.mark.parametrize("weighted", [True, False])
@given(seed=SEEDS, value_of_hour=VALUES, max_wait=st.sampled_from([5.0, 40.0, inf]))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_what_the_path_along_bounds_tells_is_what_a_search_finds(
    weighted: bool, seed: int, value_of_hour: float, max_wait: float
) -> None:
    _, _, graph, closed = random_graph(seed)
    if not weighted:
        graph = engine.Graph.of(graph.topology, graph.hours, [0.0] * len(graph.hours))
    bound = engine.bounds(graph, closed, [6], value_of_hour, T0)
    best = engine.search(graph, closed, [0], [6], T0, value_of_hour, bound, max_wait=max_wait)
    tree, shut = along(graph, closed, [0], [6], T0, value_of_hour, max_wait, bound)
    if tree is not None:
        assert tree.path(0) == best
    if shut is not None:
        assert best is None or shut not in best.edges
        without = engine.bounds(graph, closed, [6], value_of_hour, T0, [shut])
        assert engine.search(graph, closed, [0], [6], T0, value_of_hour, without, max_wait=max_wait) == best


def test_a_strait_closed_for_months_is_left_out_and_the_open_way_needs_no_search() -> None:
    """0 > 1 > 3 is the cheap way, its second edge closed; 0 > 2 > 3 the open one; 0 > 3 costs most."""
    topology = engine.Topology.of(4, [0, 1, 0, 2, 0], [1, 3, 2, 3, 3], [None] * 5)
    graph = engine.Graph.of(topology, [10.0, 10.0, 20.0, 20.0, 5.0], [1.0, 1.0, 2.0, 2.0, 9.0])
    closed = engine.Closed(5, {1: engine.merge_spans([(T0 - 100, T0 + 1500)])})
    ask = graph, closed, [0], [3], T0, 0.0, 168.0
    first = along(*ask, engine.bounds(graph, closed, [3], 0.0, T0))
    assert first.tree is None
    assert first.shut == 1
    second = along(*ask, engine.bounds(graph, closed, [3], 0.0, T0, [1]))
    assert second.tree is not None
    assert second.tree.path(0) == engine.Path((2, 3), 4.0)
    assert second.tree.took.tolist() == [20.0, 20.0]
    assert second.tree.arrivals.tolist() == [T0 + 40]
    later = engine.Closed(5, {1: engine.merge_spans([(T0 + 5, T0 + 1500)])})
    assert along(graph, later, *ask[2:], engine.bounds(graph, later, [3], 0.0, T0)).shut is None


def test_ways_that_take_next_to_nothing_are_not_followed_to_and_fro() -> None:
    """An hour may count a billionth; 1 > 2 takes more than the bounds say, so that 1 > 0 seems to be the way on."""
    topology = engine.Topology.of(3, [0, 1, 1], [1, 0, 2], [None] * 3)
    usual, graph = (engine.Graph.of(topology, [0.1, 0.1, last], [0.0] * 3) for last in (0.1, 9.0))
    closed, hour = engine.Closed(3, {}), 1e-9
    bound = engine.bounds(usual, closed, [2], hour, T0)
    assert along(graph, closed, [0], [2], T0, hour, inf, bound) == (None, None)
    assert engine.search(graph, closed, [0], [2], T0, hour, bound) == engine.Path((0, 2), pytest.approx(9.1e-9))


@given(seed=SEEDS, value_of_hour=st.sampled_from([0.3, 1.0]), back=st.booleans())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_ways_ahead_are_the_shortest_of_networkx(seed: int, value_of_hour: float, back: bool) -> None:
    """From every node to two targets without an edge, and against the arrows from them: as long, edge by edge."""
    _, _, graph, closed = random_graph(seed)
    over = graph.over(graph.topology.reversed) if back else graph
    found = engine.ahead(over, closed, [6, 2], value_of_hour, T0, [3])
    cost = graph.weight + value_of_hour * graph.hours
    usable = set(range(len(cost))) - {3, *closed.for_good(T0)}
    arrows = nx.MultiDiGraph()
    arrows.add_nodes_from(range(graph.topology.nodes))
    for edge in usable:
        ends = graph.topology.tail[edge], graph.topology.head[edge]
        arrows.add_edge(*(ends if back else ends[::-1]), weight=cost[edge])
    length = nx.multi_source_dijkstra_path_length(arrows, {6, 2})
    for node in range(graph.topology.nodes):
        assert found.values[node] == pytest.approx(length.get(node, inf))
        way, at = found.way(node), node
        for edge in way:
            ends = graph.topology.tail[edge], graph.topology.head[edge]
            assert edge in usable
            assert at == ends[back]
            at = ends[not back]
        if node in length:
            assert at in (6, 2)
            assert sum(cost[way]) == pytest.approx(length[node])
        else:
            assert way == []


def test_ways_ahead_do_not_go_to_and_fro_where_that_takes_next_to_nothing() -> None:
    """Between 1 and 2 it takes less than can be told beside the hour from either of them to 0."""
    topology = engine.Topology.of(3, [1, 2, 1, 2], [2, 1, 0, 0], [None] * 4)
    graph = engine.Graph.of(topology, [1e-20, 1e-20, 1.0, 1.0], [0.0] * 4)
    found = engine.ahead(graph, engine.Closed(4, {}), [0], 1.0, 0.0)
    assert [found.way(node) for node in range(3)] == [[], [2], [3]]


def test_what_is_shut_and_what_opens_late_by_hand() -> None:
    """Three edges: shut from 0 to 100 and for an hour at 200; from 50 to 80; never."""
    closed = engine.Closed(3, {0: engine.merge_spans([(0, 100), (200, 201)]), 1: engine.merge_spans([(50, 80)])})
    assert closed.shut(10, 90).tolist() == [0]
    assert closed.shut(10, 100).tolist() == []  # it opens then
    assert closed.shut(60, 70).tolist() == [0, 1]
    assert closed.reopening(10, 40).tolist() == [100, inf, inf]
    assert closed.reopening(10, 20).tolist() == [100, 80, inf]
    assert closed.reopening(90, 20).tolist() == [inf, inf, inf]
