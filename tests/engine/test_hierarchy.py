"""The hierarchy against networkx, against its scipy twin and against itself made anew, on random directed graphs."""

import itertools
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import NamedTuple

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corridors.engine import hierarchy as ch
from corridors.engine import node_order
from corridors.errors import BadRequest, MissingExtra

SEEDS = [1, 2, 3, 4]


class Sample(NamedTuple):
    """A random directed multigraph: sparse, in pieces, with loops, parallel, closed, one-way and weightless edges."""

    nodes: int
    tail: np.ndarray
    head: np.ndarray
    weights: np.ndarray


def sample(seed: int, nodes: int = 60, edges: int = 190) -> Sample:
    rng = np.random.default_rng(seed)
    tail = rng.integers(0, nodes, edges)
    head = np.where(rng.random(edges) < 0.8, (tail + rng.integers(0, 4, edges)) % nodes, rng.integers(0, nodes, edges))
    weights = rng.choice([0.0, 1.0, 2.5], edges) + rng.random(edges) * rng.integers(0, 2, edges)
    weights[rng.random(edges) < 0.1] = inf
    for array in (tail, head, weights):
        array.setflags(write=False)
    return Sample(nodes, tail, head, weights)


def networkx_distances(graph: Sample, weights: np.ndarray) -> np.ndarray:
    multi = nx.MultiDiGraph()
    multi.add_nodes_from(range(graph.nodes))
    multi.add_weighted_edges_from((u, v, w) for u, v, w in zip(graph.tail, graph.head, weights, strict=True) if w < inf)
    found = np.full((graph.nodes, graph.nodes), inf)
    for source, reached in nx.all_pairs_dijkstra_path_length(multi):
        for target, value in reached.items():
            found[source, target] = value
    return found


def changes_of(seed: int, graph: Sample, count: int = 12) -> list[ch.Change]:
    """Closures, slow-downs and speed-ups, some of no edge and one of all."""
    rng = np.random.default_rng(seed + 1000)
    changes = [ch.Change([], []), ch.Change(np.arange(len(graph.tail)), rng.random(len(graph.tail)))]
    for _ in range(count):
        edges = rng.choice(len(graph.tail), rng.integers(1, 12), replace=False)
        changes.append(ch.Change(edges, rng.choice([inf, 0.0, -0.0, 0.4, 5.0], len(edges))))
    return changes


def new_weights(graph: Sample, change: ch.Change) -> np.ndarray:
    weights = graph.weights.copy()
    weights[np.asarray(change.edges, int)] = change.weights
    return weights


def engines(graph: Sample) -> Iterator[ch.Graph]:
    yield ch.Hierarchy(graph.nodes, graph.tail, graph.head)
    yield ch.Plain(graph.nodes, graph.tail, graph.head)


def assert_path(graph: Sample, weights: np.ndarray, path: np.ndarray, source: int, target: int, value: float) -> None:
    ends = [source, *graph.head[path]]
    assert ends[-1] == target
    assert graph.tail[path].tolist() == ends[:-1]
    assert weights[path].sum() == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_distances_and_paths_equal_networkx(seed: int) -> None:
    graph = sample(seed)
    every = np.arange(graph.nodes)
    expected = networkx_distances(graph, graph.weights)
    assert np.isinf(expected).any()  # the samples have pairs without a path
    for engine in engines(graph):
        metric = engine.customise(graph.weights)
        np.testing.assert_allclose(metric.matrix(every, every), expected, rtol=1e-12)
        np.testing.assert_allclose([metric.distances(node) for node in every], expected, rtol=1e-12)
        for source, target in np.random.default_rng(seed).integers(0, graph.nodes, (80, 2)):
            assert metric.distance(source, target) == pytest.approx(expected[source, target], rel=1e-12)
            path = metric.path(source, target)
            if expected[source, target] == inf:
                assert path is None
            else:
                assert path is not None
                assert_path(graph, graph.weights, path, source, target, expected[source, target])


@pytest.mark.parametrize("seed", SEEDS)
def test_change_equals_customising_anew_to_the_bit_and_leaves_the_metric_as_it_was(seed: int) -> None:
    graph = sample(seed)
    hierarchy = ch.Hierarchy(graph.nodes, graph.tail, graph.head)
    metric = hierarchy.customise(graph.weights)
    before = pickle.dumps((metric._edges, metric._arcs, metric._via))
    for change in changes_of(seed, graph):
        changed, anew = metric.changed(change), hierarchy.customise(new_weights(graph, change))
        for mine, theirs in ((changed._edges, anew._edges), (changed._arcs, anew._arcs), (changed._via, anew._via)):
            assert mine.tobytes() == theirs.tobytes()
    assert pickle.dumps((metric._edges, metric._arcs, metric._via)) == before


@pytest.mark.parametrize("seed", SEEDS)
def test_undo_restores_every_bit(seed: int) -> None:
    from corridors.engine import hierarchy_kernels as kernels

    graph = sample(seed)
    metric = ch.Hierarchy(graph.nodes, graph.tail, graph.head).customise(graph.weights)
    work = metric._work()
    twice = ch.Change([7, 3, 7], [inf, 0.0, 1.5])
    for change in [twice, *changes_of(seed, graph)]:
        _, edges, weights = metric._flat([change])
        before = np.empty(len(edges))
        logged = kernels.change(metric.graph.topology, work, edges, weights, before)
        kernels.undo(work, logged, edges, before)
        for mine, theirs in ((work.edges, metric._edges), (work.arcs, metric._arcs), (work.via, metric._via)):
            assert mine.tobytes() == theirs.tobytes()
        assert not work.dirty.any()
        assert not work.waiting.any()


@pytest.mark.parametrize("seed", SEEDS)
def test_matrices_under_changes_equal_networkx(seed: int) -> None:
    graph = sample(seed)
    sources, targets = np.array([0, 5, 9, 9]), np.array([3, 5, 40])
    changes = changes_of(seed, graph)
    expected = [networkx_distances(graph, new_weights(graph, change))[np.ix_(sources, targets)] for change in changes]
    for engine in engines(graph):
        found = engine.customise(graph.weights).matrices(changes, sources, targets)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_screen_over_months_equals_the_twin(seed: int) -> None:
    graph = sample(seed)
    rng = np.random.default_rng(seed)
    # no two paths weigh the same, so both engines must find the same one
    months = rng.random((3, len(graph.tail))) + 0.01
    attributes = rng.random((len(graph.tail), 4))
    attributes.setflags(write=False)
    changes = changes_of(seed, graph, 20)
    which = rng.integers(0, 3, len(changes))
    pairs = rng.integers(0, graph.nodes, (15, 2))
    pairs[3] = [8, 8]
    compiled, plain = (
        ch.screen([engine.customise(month) for month in months], which, changes, pairs, attributes)
        for engine in engines(graph)
    )
    np.testing.assert_allclose(compiled.values, plain.values, rtol=1e-12)
    np.testing.assert_allclose(compiled.totals, plain.totals, rtol=1e-12)
    assert (compiled.totals[:, 3] == 0).all()
    assert np.isnan(compiled.totals[np.isinf(compiled.values)]).all()
    i, k = next(zip(*np.nonzero(np.isfinite(compiled.values) & (compiled.values > 0)), strict=True))
    path = ch.Plain(graph.nodes, graph.tail, graph.head).customise(months[which[i]]).changed(changes[i]).path(*pairs[k])
    assert path is not None
    np.testing.assert_allclose(compiled.totals[i, k], attributes[path].sum(axis=0), rtol=1e-12)


def test_screen_worked_by_hand() -> None:
    """A road of 3 + 4 hours, a parallel dearer track on its second half, and a detour of 10 hours."""
    tail, head = [0, 1, 1, 0], [1, 2, 2, 2]
    km = [[300.0], [400.0], [380.0], [900.0]]
    changes = [ch.Change([], []), ch.Change([1], inf), ch.Change([1, 2], [inf, 8.0]), ch.Change([0, 3], inf)]
    for engine in (ch.Hierarchy(3, tail, head), ch.Plain(3, tail, head)):
        metric = engine.customise([3.0, 4.0, 5.0, 10.0])
        found = metric.screen(changes, [[0, 2], [2, 0]], km)
        assert found.values[:, 0].tolist() == [7, 8, 10, inf]
        assert found.totals[:3, 0, 0].tolist() == [700, 680, 900]
        assert np.isnan(found.totals[3, 0, 0])
        assert np.isinf(found.values[:, 1]).all()
        assert metric.path(0, 2).tolist() == [0, 1]  # type: ignore[union-attr]
        assert metric.path(1, 1).tolist() == []  # type: ignore[union-attr]


@given(seed=st.integers(0, 10**6), edges=st.lists(st.integers(0, 189), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_closing_an_edge_never_lowers_a_distance(seed: int, edges: list[int]) -> None:
    graph = sample(seed)
    metric = ch.Hierarchy(graph.nodes, graph.tail, graph.head).customise(graph.weights)
    every = np.arange(graph.nodes)
    closed = metric.changed(ch.Change(edges, inf))
    # sums are rounded, and a shortcut may add up in another order
    assert (closed.matrix(every, every) >= metric.matrix(every, every) * (1 - 1e-12)).all()


def test_threads_find_what_one_finds() -> None:
    graph = sample(11, 400, 1400)
    rng = np.random.default_rng(5)
    metric = ch.Hierarchy(graph.nodes, graph.tail, graph.head).customise(graph.weights)
    attributes = rng.random((len(graph.tail), 2))
    jobs = [(changes_of(seed, graph, 60), rng.integers(0, graph.nodes, (30, 2))) for seed in range(8)]
    alone = [metric.screen(*job, attributes) for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda job: metric.screen(*job, attributes), jobs))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        np.testing.assert_array_equal(one.totals, other.totals)


def test_a_metric_travels_to_other_processes() -> None:
    graph = sample(1)
    metric = ch.Hierarchy(graph.nodes, graph.tail, graph.head).customise(graph.weights)
    every = np.arange(graph.nodes)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(metric)).matrix(every, every), metric.matrix(every, every))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_detour_for_nothing_over_weightless_edges(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, 30, (45, 2))
    tail, head = np.concatenate([ends, ends[:, ::-1]]).T
    weights = np.tile(rng.choice([0.0, 1.0], len(ends), p=[0.7, 0.3]), 2)
    metric = ch.Hierarchy(30, tail, head).customise(weights)
    for source, target in itertools.product(range(30), repeat=2):
        path = metric.path(source, target)
        if path is not None:
            nodes = [source, *head[path]]
            assert len(set(nodes)) == len(nodes)


def test_long_path_of_more_edges_than_the_first_room() -> None:
    nodes = 3000
    tail, head = np.arange(nodes - 1), np.arange(1, nodes)
    metric = ch.Hierarchy(nodes, tail, head).customise(np.ones(nodes - 1))
    path = metric.path(0, nodes - 1)
    assert path is not None
    assert path.tolist() == tail.tolist()
    found = metric.screen([ch.Change([], [])], [[0, nodes - 1]], np.ones((nodes - 1, 1)))
    assert found.totals[0, 0, 0] == nodes - 1


@pytest.mark.parametrize("shape", ["grid", "pieces", "no edges"])
def test_order_is_a_permutation_and_answers_stay_right_beyond_one_cell(shape: str) -> None:
    if shape == "grid":
        edges = np.array([(u[0] * 60 + u[1], v[0] * 60 + v[1]) for u, v in nx.grid_2d_graph(60, 60).edges()])
    elif shape == "pieces":
        line = np.arange(1499)
        edges = np.concatenate([np.column_stack([line, line + 1]), [[1600, 1601], [2000, 3599]]])
    else:
        edges = np.empty((0, 2), int)
    tail, head = edges.T
    assert sorted(node_order.rank(3600, tail, head)) == list(range(3600))
    weights = np.random.default_rng(3).random(len(edges))
    hierarchy, plain = (engine(3600, tail, head).customise(weights) for engine in (ch.Hierarchy, ch.Plain))
    np.testing.assert_allclose(hierarchy.distances(0), plain.distances(0), rtol=1e-12)


@pytest.mark.parametrize("engine", [ch.Hierarchy, ch.Plain])
def test_bad_input_is_refused(engine: type[ch.Graph]) -> None:
    with pytest.raises(BadRequest, match="tail holds 0 to 3, but the nodes are 0 to 2"):
        engine(3, [0, 3], [1, 2])
    with pytest.raises(BadRequest, match="2 tails and 1 heads"):
        engine(3, [0, 1], [1])
    with pytest.raises(BadRequest, match="nodes=0"):
        engine(0, [], [])
    graph = engine(3, [0, 1], [1, 2])
    for wrong in (-1.0, np.nan):
        with pytest.raises(BadRequest, match="weight 1 is"):
            graph.customise([1.0, wrong])
    with pytest.raises(BadRequest, match="one for each edge"):
        graph.customise([1.0])
    metric = graph.customise([1.0, 1.0])
    with pytest.raises(BadRequest, match="a change holds 2 to 2, but the edges are 0 to 1"):
        metric.changed(ch.Change([2], inf))
    with pytest.raises(BadRequest, match="holds -1 to"):
        metric.distance(-1, 2)
    with pytest.raises(BadRequest, match="whole numbers"):
        metric.distance(0.5, 2)  # type: ignore[arg-type]
    with pytest.raises(BadRequest, match="give \\(pairs, 2\\)"):
        metric.screen([ch.Change([], [])], [0, 1], [[1.0], [1.0]])
    with pytest.raises(BadRequest, match="a row for each edge"):
        metric.screen([ch.Change([], [])], [[0, 1]], [[1.0]])
    with pytest.raises(BadRequest, match="months holds 1 to 1, but the metrics are 0 to 0"):
        ch.screen([metric], [1], [ch.Change([], [])], [[0, 1]], [[1.0], [1.0]])
    with pytest.raises(BadRequest, match="1 months and 0 changes"):
        ch.screen([metric], [0], [], [[0, 1]], [[1.0], [1.0]])


def test_without_numba_the_twin_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(ch.engine(2, [0], [1]), ch.Hierarchy)
    monkeypatch.setattr(ch, "find_spec", lambda name: None if name == "numba" else True)
    monkeypatch.setitem(__import__("sys").modules, "corridors.engine.hierarchy_kernels", None)
    monkeypatch.delattr("corridors.engine.hierarchy_kernels", raising=False)
    assert isinstance(ch.engine(2, [0], [1]), ch.Plain)
    with pytest.raises(MissingExtra, match=r"corridors\[fast\]"):
        ch.Hierarchy(2, [0], [1])
    monkeypatch.setattr(ch, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"corridors\[fast\]"):
        ch.engine(2, [0], [1])
