"""The Pareto search against brute force over all simple paths, and `Network.pareto` by hand on the small network.

The search in Python and the compiled one, where numba is installed, go through the same tests.
"""

import os
import subprocess
import sys
from math import inf, isclose
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.engine import arrays as engine
from corridors.engine import fronts
from corridors.engine.fastest import Search
from corridors.engine.fronts import Front
from corridors.routing import finding
from tests.engine.test_arrays import T0, Arc, engine_graph, leave, random_graph, random_network, simple_paths
from tests.small import small_network

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}
ROOT = Path(cr.__file__).parents[1]
TARGET = frozenset([6])


@pytest.fixture(scope="module", params=["python", "compiled"])
def pareto(request: pytest.FixtureRequest) -> Search:
    if request.param == "python":
        return fronts.pareto
    pytest.importorskip("numba")
    from corridors.engine import fronts_compiled

    return fronts_compiled.pareto


def random_weights(edges: int, seed: int, criteria: int) -> list[list[float]]:
    rng = np.random.default_rng(seed)
    return [[float(x) for x in rng.integers(0, 9, edges)] for _ in range(criteria)]


def brute_force(arcs: list[Arc], closed: dict, weights: list[list[float]], target: int) -> set[tuple[float, ...]]:
    values = []
    for path in simple_paths(arcs, 0, target):
        t, spent = T0, [0.0] * len(weights)
        for arc in path:
            t = leave(arc, closed, t)
            spent = [w + by[arc.edge] for w, by in zip(spent, weights, strict=True)]
        if t < inf:
            values.append((t - T0, *spent))
    return {
        one
        for one in values
        if not any(all(a <= b for a, b in zip(other, one, strict=True)) and other != one for other in values)
    }


@pytest.mark.parametrize("criteria", [1, 2, 3, 4])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_front_equals_brute_force(pareto: Search, seed: int, criteria: int) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    weights = random_weights(len(arcs), seed, criteria)
    found = pareto(graph, closed, weights, [0], TARGET, T0, inf, 10**4)
    assert found.complete
    ours = sorted((hours, *spent) for _, hours, spent in found.paths)
    expected = sorted(brute_force(arcs, spans, weights, 6))
    assert len(ours) == len({tuple(round(x, 6) for x in one) for one in expected})
    assert all(
        any(all(isclose(a, b, abs_tol=1e-6) for a, b in zip(one, other, strict=True)) for other in ours)
        for one in expected
    )


@given(seed=st.integers(0, 10**6), most=st.integers(1, 12))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_limit_of_labels_is_told_and_leaves_a_part_of_the_front(pareto: Search, seed: int, most: int) -> None:
    arcs, _, graph, closed = random_graph(seed)
    weights = random_weights(len(arcs), seed, 2)
    whole, cut = (pareto(graph, closed, weights, [0], TARGET, T0, inf, n) for n in (10**4, most))
    assert cut.complete == (whole.labels <= most)
    assert cut.paths == whole.paths[: len(cut.paths)]
    assert cut.labels <= most


@given(seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_no_path_waits_longer_than_allowed(pareto: Search, seed: int) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    weights = random_weights(len(arcs), seed, 2)
    for path, hours, _ in pareto(graph, closed, weights, [0], TARGET, T0, 20.0, 10**4).paths:
        t = T0
        for edge in path.edges:
            start = engine.ready(spans[edge], t) if edge in spans else t
            assert start - t <= 20.0
            t = leave(arcs[edge], spans, t)
        assert hours == pytest.approx(t - T0)


@pytest.mark.slow
@pytest.mark.parametrize("criteria", [1, 2, 3, 4])
def test_compiled_search_gives_the_same_to_the_bit(criteria: int) -> None:
    """Hours, weights, paths and labels, on graphs too large for brute force and with stops on the way."""
    pytest.importorskip("numba")
    from corridors.engine import fronts_compiled

    longest = 0
    for seed in range(6):
        arcs, spans = random_network(seed, arcs=300)
        ends = np.random.default_rng(seed).integers(0, 60, (len(arcs), 2)).tolist()
        graph = engine_graph([arc._replace(tail=a, head=b) for arc, (a, b) in zip(arcs, ends, strict=True)], 60)
        closed = engine.Closed(len(arcs), spans)
        if seed % 2:
            graph = engine.Graph(graph.topology.staged([[10, 11], [20]]), graph.takes, graph.costs)
        target = frozenset([59 + (120 if seed % 2 else 0)])
        weights = [[float(x) / 7 for x in by] for by in random_weights(len(arcs), seed, criteria)]
        for limits in ((inf, 10**5), (30.0, 10**5), (inf, 500)):
            ask = (graph, closed, weights, [0, 1], target, T0, *limits)
            found = fronts.pareto(*ask)
            assert fronts_compiled.pareto(*ask) == found
            longest = max(longest, found.labels)
    assert longest > (100, 300, 600, 600)[criteria - 1]  # so that its arrays had to grow


@pytest.mark.parametrize("criteria", [1, 2, 3, 4])
@given(data=st.data())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_front_holds_what_none_beats(criteria: int, data: st.DataObject) -> None:
    number = st.integers(0, 6).map(float)
    given_weights = data.draw(st.lists(st.tuples(*[number] * criteria), max_size=25))
    front = Front(criteria)
    for i, weights in enumerate(given_weights):
        beaten = any(all(a <= b for a, b in zip(one, weights, strict=True)) for one in given_weights[:i])
        assert front.beats(weights) == beaten
        if not beaten:
            front.add(weights)


def test_front_of_the_small_network_by_hand() -> None:
    """High Pass 22 h, US$ 720; Rail Gate 59.5 h, US$ 700; Plain Gate and the sea are beaten."""
    found = small_network().pareto("home", "town", by=("hours", "usd"), epsilon=0, **ASK)
    assert [tuple(row) for row in found.front[["hours", "usd"]].round(2).to_numpy()] == [(22.0, 720.0), (59.5, 700.0)]
    assert list(found.routes.table["name"]) == ["XA-XB, by High Pass", "XA-XB, by Rail Gate"]
    assert found.complete
    assert found.front["knee"].sum() == 1
    merged = small_network().pareto("home", "town", by=("hours", "usd"), epsilon=0.05, **ASK)
    assert len(merged.front) == 2
    assert list(merged.routes.table["name"]) == ["XA-XB, by High Pass"]  # 720 is not 5 % more than 700
    near = small_network().pareto("home", "town", by=("hours", "usd"), epsilon=0.02, **ASK)
    assert len(near.routes) == 2


@pytest.mark.slow
def test_ends_of_the_front_are_the_single_answers(net: cr.Network) -> None:
    ask = {"depart": "2026-04-15"}
    found = net.pareto("Tashkent", "Karachi", by=("hours", "usd", "kgco2e"), **ask)
    for by in ("hours", "usd", "kgco2e"):
        one = net.routes("Tashkent", "Karachi", by=by, k=1, **ask)
        best = one.details["hours"].iloc[0] if by == "hours" else one.legs[by].sum()
        assert found.front[by].min() == pytest.approx(best, rel=1e-6)
        shown = found.routes.legs.groupby("route")[by].sum() if by != "hours" else found.routes.details["hours"]
        assert shown.min() == pytest.approx(best, rel=1e-6)
    values = found.front[["hours", "usd", "kgco2e"]].to_numpy()
    for one in values:
        assert not ((values <= one).all(axis=1) & (values < one).any(axis=1)).any()
    assert len(found.routes) <= len(found.front)
    assert set(found.front["label"]) == set(found.routes.table["label"])
    for _, group in found.front.groupby("label"):  # one of them, which is shown, stands for the others
        near = group[["hours", "usd", "kgco2e"]].to_numpy()
        assert (near.min(axis=0) * 1.02 >= near).all(axis=1).any()


@pytest.mark.slow
def test_front_of_the_shipped_network_is_the_same_compiled(net: cr.Network, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    from corridors.engine import fronts_compiled

    scenario = cr.Scenario("s").close("Torkham", "2026-01-01", "2026-01-25").scale("usd", 1.3, mode="rail")
    asks = [
        (("Dushanbe", "Lahore"), {"depart": "2026-01-15", "scenario": scenario, "by": ("hours", "usd")}),
        (("Tbilisi", "Tashkent"), {"depart": "2026-02-25", "via": ["Baku"]}),
        (("Kabul", "Tehran"), {"depart": "2026-04-15", "by": ("hours", "km", "kgco2e", "risk")}),
    ]
    found = []
    for search in (fronts.pareto, fronts_compiled.pareto):
        monkeypatch.setattr(finding, "fastest", lambda *_, search=search: search)
        found.append([net.pareto(*pair, **ask) for pair, ask in asks])
    for one, other in zip(*found, strict=True):
        pd.testing.assert_frame_equal(one.front, other.front, check_exact=True)
        assert [r.path for r in one.routes.results] == [r.path for r in other.routes.results]
        assert one.complete == other.complete


def test_front_without_hours_is_that_part_of_the_front_with_them(net: cr.Network) -> None:
    pair, ask = ("Tashkent", "Karachi"), {"depart": "2026-04-15"}
    values = net.pareto(*pair, **ask).front[["kgco2e", "usd"]].to_numpy()
    expected = {tuple(one) for one in values if not ((values <= one).all(axis=1) & (values < one).any(axis=1)).any()}
    found = net.pareto(*pair, by=("kgco2e", "usd"), **ask).front
    assert [tuple(one) for one in found[["kgco2e", "usd"]].to_numpy()] == sorted(expected)


def test_one_question_leaves_nothing_for_the_next() -> None:
    """What is kept with the network serves only where scenario, carrier and knowledge decide nothing."""
    event = {"element_id": "pass", "start": "2025-01-10", "end": "2025-02-20", "cause": "snow", "scope_direction": ""}
    network, by = small_network(events=[event]), ("hours", "usd", "risk")
    dear = cr.Scenario("dear").scale("usd", 3.0, mode="road")
    asks = [ASK, ASK | {"scenario": dear}, ASK | {"as_of": "2025-02-01"}, ASK | {"carrier": "XB"}, ASK]
    found = [network.pareto("home", "town", by=by, epsilon=0, **ask).front for ask in asks]
    alone = [small_network(events=[event]).pareto("home", "town", by=by, epsilon=0, **ask).front for ask in asks]
    for one, other in zip(found, alone, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert found[1]["usd"].max() > found[0]["usd"].max()
    assert found[2]["risk"].max() != found[0]["risk"].max()


@pytest.mark.slow
def test_compiled_search_serves_once_it_is_on_disk_and_not_before(tmp_path: Path) -> None:
    pytest.importorskip("numba")

    def run(code: str) -> list[str]:
        code = f"import sys, corridors as cr\nfrom corridors.engine.fastest import fastest\n{code}"
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        )
        return done.stdout.split()

    assert run(
        "print('numba' in sys.modules); print(fastest().__module__)\ncr.compile_searches(); print(fastest().__module__)"
    ) == ["False", "corridors.engine.fronts", "corridors.engine.fronts_compiled"]
    used = run(
        "cr.load().pareto('Kabul', 'Tehran', depart='2026-04-15')\n"
        "from corridors.engine import fronts_compiled as one\n"
        "for kernel in one.KERNELS: print(len(kernel.signatures), sum(kernel.stats.cache_misses.values()))"
    )
    assert used == ["1", "0"] * 2  # every kernel came from disk, and no other types were compiled for


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "hours"},
        {"by": ["hours"]},
        {"by": ["hours", "hours"]},
        {"by": ["hours", "beauty"]},
        {"epsilon": -1},
        {"epsilon": 1.5},
    ],
)
def test_wrong_questions(wrong: dict) -> None:
    with pytest.raises(cr.BadRequest, match=next(iter(wrong))):
        small_network().pareto("home", "town", **ASK | wrong)
    closed = cr.Scenario("s").close("pass").close("plain").close("rail").close("port-harbour-sea")
    with pytest.raises(cr.NoRoute, match="cut by"):
        small_network().pareto("home", "town", scenario=closed, **ASK)


def test_the_best_by_each_criterion_is_shown_though_all_go_through_one_pass(net: cr.Network) -> None:
    found = net.pareto("Kashgar", "Peshawar", depart="2025-01-10")
    for name in found.by:
        best = found.front.loc[found.front[name].idxmin(), "label"]
        assert best in set(found.table["label"]), name
    assert len(found.table) <= 8
