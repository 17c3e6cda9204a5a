"""One search to many places: against brute force, and against a search for each, with closures and money."""

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.engine import arrays as engine
from tests.engine.test_arrays import T0, brute_force, random_graph

TARGETS = [[node] for node in range(1, 7)]


def walked(graph: engine.Graph, closed: engine.Closed, path: engine.Path) -> tuple[float, float, list[float]]:
    """Hour of arrival, sum of weights, and hours of each edge with the wait before it."""
    t, weight, took = T0, 0.0, []
    season, factors, _ = graph.topology.slowing.lists
    for edge in path.edges:
        start = engine.ready(closed.spans[edge], t) if edge in closed.spans else t
        hours, slow = float(graph.hours[edge]), season[edge]
        end = start + hours if slow < 0 else engine.traverse(start, hours, factors[slow])
        took.append(end - t)
        t, weight = end, weight + float(graph.weight[edge])
    return t, weight, took


@pytest.mark.parametrize("value_of_hour", [0.0, 0.3, 1.0])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_target_as_if_asked_alone(seed: int, value_of_hour: float) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    tree = engine.spread(graph, closed, [0], TARGETS, T0, value_of_hour)
    for i, (node,) in enumerate(TARGETS):
        assert tree.values[i] == pytest.approx(brute_force(arcs, spans, 0, node, value_of_hour))
        bound = engine.bounds(graph, closed, [node], value_of_hour, T0)
        alone = engine.search(graph, closed, [0], [node], T0, value_of_hour, bound)
        path = tree.path(i)
        assert (path is None) == (alone is None)
        if path is None or alone is None:
            assert tree.arrivals[i] == inf
            continue
        assert path.value == pytest.approx(alone.value)
        arrival, weight, took = walked(graph, closed, path)
        assert tree.arrivals[i] == pytest.approx(arrival)
        assert tree.total(graph.weight)[i] == pytest.approx(weight)
        assert tree.took[tree.first[i] : tree.first[i + 1]].tolist()[::-1] == pytest.approx(took)
        assert tree.least(graph.hours)[i] == min(graph.hours[list(path.edges)], default=inf)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_trees_joined_are_one_tree(seed: int) -> None:
    _, _, graph, closed = random_graph(seed)
    together = engine.spread(graph, closed, [0], TARGETS, T0, 1.0)
    joined = engine.joined([engine.spread(graph, closed, [0], [one], T0, 1.0) for one in TARGETS])
    assert joined.values.tolist() == together.values.tolist()
    assert joined.total(graph.hours).tolist() == pytest.approx(together.total(graph.hours).tolist())
    assert [joined.path(i) for i in range(6)] == [together.path(i) for i in range(6)]


def test_room_for_long_paths_is_made() -> None:
    """A line of nodes, each a target: the paths together have far more edges than there are nodes."""
    n = 700
    topology = engine.Topology.of(n, range(n - 1), range(1, n), [None] * (n - 1))
    graph = engine.Graph.of(topology, np.ones(n - 1), np.zeros(n - 1))
    tree = engine.spread(graph, engine.Closed(n - 1, {}), [0], [[i] for i in range(n)], T0, 1.0)
    assert tree.values.tolist() == list(range(n))
    assert np.diff(tree.first).tolist() == list(range(n))


@pytest.mark.parametrize("max_wait", [5.0, 40.0, inf])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_where_nothing_but_hours_counts_every_target_and_node_is_as_if_asked_alone(seed: int, max_wait: float) -> None:
    _, _, graph, closed = random_graph(seed)
    graph = engine.Graph.of(graph.topology, graph.hours, np.zeros(len(graph.hours)))
    tree = engine.spread(graph, closed, [0], TARGETS, T0, 1.0, max_wait)
    least = engine.reach(graph, closed, [0], T0, 1.0, max_wait)
    nothing = engine.Bound(values=np.zeros(graph.topology.nodes))
    for i, (node,) in enumerate(TARGETS):
        alone = engine.search(graph, closed, [0], [node], T0, 1.0, nothing, max_wait=max_wait)
        assert tree.path(i) == alone
        assert least[node] == (inf if alone is None else alone.value)
        if alone is not None:
            assert tree.took[tree.first[i] : tree.first[i + 1]].tolist()[::-1] == walked(graph, closed, alone)[2]
