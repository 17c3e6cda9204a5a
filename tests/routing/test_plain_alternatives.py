"""The k best routes and routes that share nothing, against every simple path that networkx finds."""

from itertools import groupby, islice
from math import inf

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.engine import arrays as engine
from corridors.engine.yen import ranked
from tests.analysis.test_redundancy import random_world
from tests.engine.test_arrays import NODES, T0, Arc, engine_graph, leave, random_graph, random_network, simple_paths
from tests.small import small_network

ASK = {"depart": "2025-06-15", "as_of": "2025-06-01", "max_stretch": 99}


def values(
    arcs: list[Arc],
    spans: dict[int, engine.Spans],
    value_of_hour: float,
    banned: set[int] = frozenset(),
) -> list[float]:
    """Values of all simple paths from node 0 to node 6, by walking each."""
    found = []
    for path in simple_paths(arcs, 0, 6):
        t, weight = T0, 0.0
        for arc in path:
            t, weight = leave(arc, spans, t), weight + arc.weight
        if t < inf and banned.isdisjoint(arc.edge for arc in path):
            found.append(weight + value_of_hour * (t - T0))
    return sorted(found)


def all_ranked(arcs: list[Arc], spans: dict[int, engine.Spans], value_of_hour: float, **more: object) -> list:
    graph, closed = engine_graph(arcs, NODES), engine.Closed(len(arcs), spans)
    bound = engine.bounds(graph, closed, [6], value_of_hour, T0)
    return list(ranked(graph, closed, 0, frozenset([6]), T0, value_of_hour, bound, **more))


@pytest.mark.parametrize("value_of_hour", [0.0, 0.3, 1.0])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_simple_path_once_in_order(seed: int, value_of_hour: float) -> None:
    arcs, spans = random_network(seed)
    if value_of_hour == 1.0:  # by hours alone
        arcs = [arc._replace(weight=0.0) for arc in arcs]
    found = all_ranked(arcs, spans, value_of_hour)
    assert [path.value for path in found] == pytest.approx(values(arcs, spans, value_of_hour))
    assert len({path.edges for path in found}) == len(found)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_edges_banned_on_the_way_and_a_limit(seed: int) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    every = values(arcs, spans, 0.3)
    if not every:
        return
    most = every[len(every) // 2] + 1e-6
    within = [value for value in every if value <= most]
    assert [path.value for path in all_ranked(arcs, spans, 0.3, limit=lambda: most)] == pytest.approx(within)
    banned: set[int] = set()
    bound = engine.bounds(graph, closed, [6], 0.3, T0)
    ways = ranked(graph, closed, 0, frozenset([6]), T0, 0.3, bound, banned)
    banned.add(next(ways).edges[-1])
    assert [path.value for path in ways] == pytest.approx(values(arcs, spans, 0.3, banned))


def every_way(net: cr.Network, scenario: cr.Scenario, by: str) -> list[float]:
    """Values of all ways that come to no road or railway of a place twice, going on from where they arrive at it."""
    graph = net.to_networkx(depart="2025-06-15", as_of="2025-06-01", scenario=scenario)
    found = []
    for path in nx.all_simple_edge_paths(graph, "home|door>", "town|>door"):
        heads = [head.removesuffix(">") if "|r" in head else head for _, head, _ in path]
        passed = [node for node, _ in groupby(heads)]
        if len(set(passed)) == len(passed):
            found.append(sum(graph.edges[edge][by] for edge in path))
    return sorted(found)


@pytest.mark.parametrize("by", ["hours", "usd", "kgco2e"])
@pytest.mark.parametrize("seed", range(4))
def test_the_k_best_of_all_ways(seed: int, by: str) -> None:
    net, scenario = random_world(seed)
    every = every_way(net, scenario, by)
    routes = net.routes("home", "town", k=8, by=by, method="yen", scenario=scenario, **ASK)
    assert routes.legs.groupby("route")[by].sum().tolist() == pytest.approx(list(islice(every, 8)))


@pytest.mark.parametrize("seed", range(6))
def test_disjoint_ways_are_the_best_of_what_is_left(seed: int) -> None:
    net, scenario = random_world(seed)
    graph = net.to_networkx(depart="2025-06-15", as_of="2025-06-01", scenario=scenario)
    routes = net.routes("home", "town", k=9, method="disjoint", scenario=scenario, **ASK)
    for i in range(len(routes)):
        assert routes[i].legs["hours"].sum() == pytest.approx(
            nx.shortest_path_length(graph, "home|door>", "town|>door", "hours")
        )
        used = set(routes[i].legs.query("kind in ('leg', 'crossing')")["element_id"])
        graph.remove_edges_from(
            [(a, b, key) for a, b, key, element in graph.edges(keys=True, data="element_id") if element in used]
        )
    assert not nx.has_path(graph, "home|door>", "town|>door")


def test_a_way_that_waits_too_long_is_set_aside_and_its_gate_left_out() -> None:
    net = small_network()
    for last, offered in (("18", ["XA-XB, by High Pass", "XA-XB, by Plain Gate"]), ("30", ["XA-XB, by Plain Gate"])):
        closed = cr.Scenario("closed").close("pass", "2025-06-01", f"2025-06-{last}")
        for method in ("yen", "disjoint"):
            routes = net.routes(
                "home", "town", k=5, modes=["road"], method=method, scenario=closed, **{**ASK, "depart": "2025-06-16"}
            )
            assert sorted(routes.table["name"]) == offered
            assert routes.rejected["name"].tolist() == ["XA-XB, by High Pass"][len(offered) - 1 :]
    with pytest.raises(cr.NoRoute, match="High Pass"):
        net.routes("home", "town", modes=["road"], method="yen", scenario=closed.close("plain"), **ASK)


def test_stretch_and_stops_hold() -> None:
    net = small_network()
    road = net.routes("home", "town", k=9, modes=["road"], method="yen", depart="2025-06-15", max_stretch=1.2)
    assert road.table["name"].tolist() == ["XA-XB, by High Pass"]  # the plain takes 28.3 h, the pass 22
    stop = net.routes("home", "town", k=9, modes=["road"], method="yen", via=["plain_a"], **ASK)
    assert stop.table["km"].tolist()[0] == 700
    assert all((way.legs["to_place"] == "plain_a").any() for way in stop)
    both = net.routes("home", "town", k=9, modes=["road"], method="yen", via=["pass_a", "plain_a"], **ASK)
    assert both.table["km"].tolist()[:2] == [560, 1180]  # from town to the plain and back; or first back home


def test_one_load_for_each_legal_limit(net: cr.Network) -> None:
    """By the tonne, what is best of all stands first, whichever way the alternatives are picked."""
    ask = {"depart": "2026-04-15", "by": "usd", "k": 4}
    picked = {
        method: net.routes("Almaty", "Karachi", method=method, **ask) for method in ("corridors", "yen", "disjoint")
    }
    a_tonne = {method: (routes.table["usd"] / routes.details["payload_t"]) for method, routes in picked.items()}
    assert a_tonne["yen"][0] == a_tonne["disjoint"][0] == pytest.approx(a_tonne["corridors"][0], rel=0.02)
    ids = [set(way.legs.query("kind in ('leg', 'crossing')")["element_id"]) for way in picked["disjoint"]]
    assert not any(a & b for i, a in enumerate(ids) for b in ids[:i])


def test_ways_that_fail_are_not_looked_at_without_end(net: cr.Network) -> None:
    flowers = cr.Cargo("flowers", 10, vehicle="reefer40", modes=frozenset({"road"}), shelf_life_days=3)
    with pytest.raises(cr.BadRequest, match="100 best routes all fail"):
        net.routes("Multan", "Almaty", depart="2026-06-20", cargo=flowers, by="usd", method="yen")
    with pytest.raises(cr.BadRequest, match="method='best'"):
        net.routes("Multan", "Almaty", depart="2026-06-20", method="best")
