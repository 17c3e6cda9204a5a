"""Before, between and after changes of mode or gauge a load moves: on the shipped network, and on small ones."""

from itertools import pairwise, permutations
from math import inf

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.engine.arrays import use_compiled
from corridors.model.graph import Edge
from corridors.routing import finding
from corridors.routing.fan import ways
from corridors.routing.request import Request, resolve, world_of
from tests.small import _leg, small_network

BORDERS = ("sarakhs_ir", "zahedan", "dostyk", "incheh_borun")
PORTS = ("muscat_sohar", "fujairah", "chabahar_port", "alat_port", "poti_port", "jebel_ali")
BY = ("hours", "usd", "kgco2e")
OF = ("low", "mode", "high")
NEEDLESS = {("transfer", "transfer"), ("loading", "transfer"), ("transfer", "unloading")}
"""One thing done at a place right after the other, where both could be had at once or without the change."""


def check(edges: list[Edge]) -> None:
    """A load moves before, between and after its changes, and is back at no place where it changed."""
    assert not NEEDLESS.intersection(pairwise(edge.kind for edge in edges))
    changed = [edge.from_place for edge in edges if edge.kind == "transfer"]
    assert len(set(changed)) == len(changed)


@pytest.mark.parametrize("by", ["hours", "usd", "kgco2e", "km", "risk", "generalised"])
def test_best_ways_to_everywhere(net: cr.Network, by: str) -> None:
    rng, places = np.random.default_rng(len(by)), sorted(net.places["place_id"])
    passed = 0
    for cargo in ("container40", "wheat_container", "metal"):
        origins = [*rng.choice(places, 1), *rng.choice([*BORDERS, *PORTS], 1)]
        for origin in map(str, origins):
            day = str(rng.choice(["2024-02-10", "2025-07-15", "2026-05-20"]))
            request = Request(origin=origin, depart=day, by=by, cargo=cargo)  # type: ignore[arg-type]
            found = ways(net.facts, resolve(net.facts, request, destination=False).question, places)
            for i in range(len(places)):
                if (way := found.way(i)) is not None and way[1].edges:
                    check([way[0].edges[e] for e in way[1].edges])
                    passed += any(way[0].edges[e].from_place in BORDERS + PORTS for e in way[1].edges)
    assert passed > 500


@pytest.mark.parametrize("method", ["corridors", "yen", "disjoint"])
def test_alternatives(net: cr.Network, method: str) -> None:
    asked = [("Mashhad", "Tashkent"), ("Quetta", "Kerman"), ("Aktogay", "Urumqi"), ("Urumqi", "Dostyk")]
    for origin, destination in asked:
        for cargo in ("container40", "metal"):
            routes = net.routes(origin, destination, depart="2025-07-15", cargo=cargo, k=8, method=method)  # type: ignore[arg-type]
            for result in routes.results:
                check(list(result.edges))


@pytest.mark.parametrize("compiled", [pytest.param(False, id="python"), pytest.param(True, id="compiled")])
def test_fronts_and_shortcuts(net: cr.Network, compiled: bool) -> None:
    """All ways that none beats, by lists or by compiled kernels, and the paths of shortcuts."""
    shape = pytest.importorskip("corridors.analysis.screening")
    was = use_compiled(compiled)
    try:
        for origin, destination in (("Mashhad", "Tashkent"), ("Zahedan", "Quetta"), ("Chabahar", "Mumbai")):
            request = Request(origin=origin, destination=destination, depart="2025-07-15")
            world = world_of(net.facts, resolve(net.facts, request).question)
            for by in (["usd"], ["usd", "kgco2e"]):
                found = finding.front(world, by).paths
                assert found
                for path, _, _ in found:
                    check([world.edges[e] for e in path.edges])
            for weights in (world.taken("hours"), world.taken("usd"), world.multimodal.kms):
                there = np.where(world.existing, weights, inf)
                metric = shape._shape(world.graph.topology).customise([*there, *[0.0] * len(world.multimodal.joins)])
                way = metric.path(world.ends[0][0], min(world.ends[1]))
                check([world.edges[e] for e in way if e < len(world.edges)])
    finally:
        use_compiled(was)


def several_layers(seed: int) -> cr.Network:
    """The small network with three layers in its yard and three in its port, and changes at random prices."""
    rng = np.random.default_rng(seed)
    legs = [
        _leg("yard", "town", "XB", 210),
        _leg("yard", "town", "XB", 190, "rail", 1435),
        _leg("rail_b", "yard", "XB", 60),
        _leg("home", "port", "XA", 80, "rail", 1520),
        _leg("port", "town", "XZ", 600, "sea", headway_hours=24),
        _leg("home", "harbour", "XZ", 900, "sea", headway_hours=24),
        _leg("home", "rail_a", "XA", 280),
    ]
    layers = {"home": ("road", "rail1520", "sea"), "port": ("road", "rail1520", "sea"), "harbour": ("road", "sea")}
    layers |= {"yard": ("road", "rail1520", "rail1435", "rail1676"), "town": ("road", "rail1435", "rail1676", "sea")}
    transfers = []
    for place, names in layers.items():
        for ends in permutations(names, 2):
            if rng.random() < 0.6 and not (place == "yard" and set(ends) == {"rail1520", "rail1676"}):
                hours, usd = np.sort(rng.integers(1, 60, 3)), np.sort(rng.integers(1, 300, 3))
                transfers.append(
                    {
                        "place_id": place,
                        "from_layer": ends[0],
                        "to_layer": ends[1],
                        "units": str(rng.choice(["container", "container;bulk", "container;wagon", "bulk"])),
                        **{f"hours_{of}": float(value) for of, value in zip(OF, hours, strict=True)},
                        **{f"usd_{of}": float(value) for of, value in zip(OF, usd, strict=True)},
                    }
                )
    return small_network(legs=legs, transfers=transfers)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=6, deadline=None, derandomize=True)
def test_the_best_of_every_way_without_two_changes_in_a_row(seed: int) -> None:
    """Against all simple paths over places and modes, told apart by what is done one after the other."""
    net = several_layers(seed)
    exported = net.to_networkx(depart="2025-06-15", as_of="2025-06-01")
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for tail, head, data in exported.edges(data=True):
        if data["kind"] != "through":
            graph.add_edge(*(end.removesuffix(">") if "|r" in end else end for end in (tail, head)), **data)
    found = []
    for path in nx.all_simple_edge_paths(graph, "home|door>", "town|>door"):
        edges = [graph.edges[edge] for edge in path]
        if not NEEDLESS.intersection(pairwise(edge["kind"] for edge in edges)):
            found.append({by: sum(edge[by] for edge in edges) for by in BY})
    for by in BY:
        routes = net.routes("home", "town", depart="2025-06-15", as_of="2025-06-01", k=1, by=by)  # type: ignore[arg-type]
        check(list(routes.results[0].edges))
        least = nx.dijkstra_path_length(exported, "home|door>", "town|>door", weight=by)
        assert min(one[by] for one in found) == pytest.approx(least) == pytest.approx(routes.legs[by].sum())


def test_a_chain_is_one_change() -> None:
    """From truck to the wagon of the other gauge at once, for what both steps take."""
    row = {"place_id": "yard", "units": "container;bulk"}
    figures = {"hours_low": 6.0, "hours_mode": 6.0, "hours_high": 6.0, "usd_low": 200.0, "usd_mode": 200.0}
    one = row | figures | {"usd_high": 200.0, "from_layer": "road", "to_layer": "rail1520"}
    net = small_network(legs=[_leg("rail_b", "yard", "XB", 60)], transfers=[one])
    transfers = [edge for edge in net.facts.graph.edges if edge.kind == "transfer" and edge.from_place == "yard"]
    amounts = net.facts.amounts(net.facts.preset("container40"))
    told = {edge.mode: (amounts.hours[edge.number], amounts.usd[edge.number]) for edge in transfers}
    assert told == {
        "rail1520 > rail1676": (12, 150),
        "rail1676 > rail1520": (12, 150),
        "road > rail1520": (6, 200),
        "road > rail1676": (18, 350),
    }
