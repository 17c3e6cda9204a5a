"""The Pareto search against brute force over all simple paths, and `Network.pareto` by hand on the small network."""

from math import inf, isclose

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import small_network
from test_engine import NODES, T0, Arc, engine_graph, leave, random_graph, simple_paths

import corridors as cr
from corridors import _engine as engine
from corridors._pareto import Front, pareto

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}


def hours_bound(arcs: list[Arc]) -> engine.Floats:
    return engine.bounds(engine_graph(arcs, NODES, [0.0] * len(arcs)), engine.Closed(len(arcs), {}), [6], 1.0, T0)


def brute_force(arcs: list[Arc], closed: dict, weights: list[list[float]], target: int) -> set[tuple[float, ...]]:
    values = []
    for path in simple_paths(arcs, 0, target):
        t, spent = T0, [0.0] * len(weights)
        for arc in path:
            t = leave(arc, closed, t)
            spent = [w + by[arc.edge] for w, by in zip(spent, weights, strict=True)]
        if t < inf:
            values.append((t - T0, *spent))
    return {one for one in values
            if not any(all(a <= b for a, b in zip(other, one, strict=True)) and other != one for other in values)}


@pytest.mark.parametrize("criteria", [1, 2, 3])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_front_equals_brute_force(seed: int, criteria: int) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    rng = np.random.default_rng(seed)
    weights = [[float(x) for x in rng.integers(0, 9, len(arcs))] for _ in range(criteria)]
    target = frozenset([6])
    bound = hours_bound(arcs)
    never = engine.Closed(len(arcs), {})
    least = [engine.bounds(engine_graph(arcs, NODES, by), never, target, 0.0, T0) for by in weights]
    found = pareto(graph, closed, weights, [0], target, T0, bound, least, inf, 10**6)
    assert found.complete
    ours = sorted((hours, *spent) for _, hours, spent in found.paths)
    expected = sorted(brute_force(arcs, spans, weights, 6))
    assert len(ours) == len({tuple(round(x, 6) for x in one) for one in expected})
    assert all(any(all(isclose(a, b, abs_tol=1e-6) for a, b in zip(one, other, strict=True)) for other in ours)
               for one in expected)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_with_slack_every_path_has_one_nearly_as_good(seed: int) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    rng = np.random.default_rng(seed)
    weights = [[float(x) for x in rng.uniform(1, 9, 18)] for _ in range(3)]
    target = frozenset([6])
    bound = hours_bound(arcs)
    found = pareto(graph, closed, weights, [0], target, T0, bound, [np.zeros(NODES)] * 3, inf, 10**6, slack=0.2)
    for one in brute_force(arcs, spans, weights, 6):
        assert any(all(w <= x * 1.2 + 1e-9 for w, x in zip(spent, one[1:], strict=True)) for _, _, spent in found.paths)


def test_a_limit_of_labels_is_told() -> None:
    arcs, _, graph, closed = random_graph(3)
    target = frozenset([6])
    zero = [0.0] * len(arcs)
    found = pareto(graph, closed, [zero], [0], target, T0, hours_bound(arcs), [np.zeros(NODES)], inf, 1)
    assert not found.complete


def test_staircase() -> None:
    front = Front(2)
    for weights in ((3.0, 5.0), (5.0, 3.0), (4.0, 4.0), (1.0, 9.0)):
        assert not front.beats(weights)
        front.add(weights)
    assert front.beats((4.0, 4.0))
    assert front.beats((9.0, 9.0))
    assert not front.beats((2.0, 6.0))
    front.add((2.0, 2.0))
    assert front.beats((3.0, 5.0))
    assert not front.beats((1.5, 3.0))


def test_front_of_the_small_network_by_hand() -> None:
    """High Pass 22 h, US$ 720; Rail Gate 59.5 h, US$ 700; Plain Gate and the sea are beaten."""
    found = small_network().pareto("home", "town", by=("hours", "usd"), epsilon=0, **ASK)
    assert [tuple(row) for row in found.front[["hours", "usd"]].round(2).to_numpy()] == [(22.0, 720.0), (59.5, 700.0)]
    assert list(found.routes.table["name"]) == ["via High Pass", "via Rail Gate"]
    assert found.complete
    assert found.front["knee"].sum() == 1
    merged = small_network().pareto("home", "town", by=("hours", "usd"), epsilon=0.05, **ASK)
    assert len(merged.front) == 2
    assert list(merged.routes.table["name"]) == ["via High Pass"]       # 720 is not 5 % more than 700
    near = small_network().pareto("home", "town", by=("hours", "usd"), epsilon=0.02, **ASK)
    assert len(near.routes) == 2


def test_ends_of_the_front_are_the_single_answers(net: cr.Network) -> None:
    ask = {"depart": "2026-04-15"}
    found = net.pareto("Tashkent", "Karachi", by=("hours", "usd", "kgco2e"), **ask)
    for by in ("hours", "usd", "kgco2e"):
        one = net.routes("Tashkent", "Karachi", by=by, k=1, **ask)
        best = one.table["hours"].iloc[0] if by == "hours" else one.legs[by].sum()
        assert found.front[by].min() == pytest.approx(best, rel=1e-6)
        shown = found.routes.legs.groupby("route")[by].sum() if by != "hours" else found.routes.table["hours"]
        assert shown.min() == pytest.approx(best, rel=1e-6)
    values = found.front[["hours", "usd", "kgco2e"]].to_numpy()
    for one in values:
        assert not ((values <= one).all(axis=1) & (values < one).any(axis=1)).any()
    assert len(found.routes) <= len(found.front)
    assert set(found.front["label"]) == set(found.routes.table["label"])


@pytest.mark.parametrize("wrong", [{"by": "hours"}, {"by": ["hours"]}, {"by": ["hours", "hours"]},
                                   {"by": ["hours", "beauty"]}, {"epsilon": -1}, {"epsilon": 1.5}])
def test_wrong_questions(wrong: dict) -> None:
    with pytest.raises(cr.BadRequest, match=next(iter(wrong))):
        small_network().pareto("home", "town", **ASK | wrong)
    shut = cr.Scenario("s").close("pass").close("plain").close("rail").close("port-harbour-sea")
    with pytest.raises(cr.NoRoute, match="cut by"):
        small_network().pareto("home", "town", scenario=shut, **ASK)
