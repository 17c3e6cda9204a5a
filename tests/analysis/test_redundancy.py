"""Disjoint routes: by hand, by packing all simple paths, and against the cut sets that routing finds (Menger)."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

import corridors as cr
from tests.small import _leg, small_network


def packed(graph: nx.MultiDiGraph, ends: tuple[str, str]) -> int:
    """Most simple paths of which no two share a crossing, sailing or port: every path, every choice."""
    uses = set()
    for path in nx.all_simple_edge_paths(graph, f"{ends[0]}|door>", f"{ends[1]}|>door"):
        data = [graph.edges[edge] for edge in path]
        ports = {node for edge in path for node in edge[:2] if "sea" in node and node.split("|")[0] not in ends}
        uses.add(
            frozenset(
                {
                    d["element_id"]
                    for d in data
                    if d["kind"] == "crossing" or (d["mode"] == "sea" and d["kind"] == "leg")
                }
                | ports
            )
        )

    def most(left: list[frozenset[str]]) -> int:
        return max(
            (1 + most([other for other in left[i + 1 :] if not other & one]) for i, one in enumerate(left)), default=0
        )

    return most(sorted(uses, key=sorted))


def packed_legs(graph: nx.MultiDiGraph, ends: tuple[str, str]) -> int:
    """Most simple paths of which no two share a leg or a crossing."""
    uses = {
        frozenset(d["element_id"] for d in map(graph.edges.get, path) if d["kind"] in ("leg", "crossing"))
        for path in nx.all_simple_edge_paths(graph, f"{ends[0]}|door>", f"{ends[1]}|>door")
    }
    least = [one for one in uses if not any(other < one for other in uses)]

    def most(left: list[frozenset[str]]) -> int:
        return max(
            (1 + most([other for other in left[i + 1 :] if not other & one]) for i, one in enumerate(left)), default=0
        )

    return most(sorted(least, key=sorted))


def random_world(seed: int) -> tuple[cr.Network, cr.Scenario]:
    """More sea and road legs than the small network has, a few of them closed."""
    rng = np.random.default_rng(seed)
    legs = [
        _leg("port", "town", "XZ", 700, "sea", headway_hours=48),
        _leg("home", "harbour", "XZ", 800, "sea", headway_hours=48),
    ]
    legs += [
        _leg(a, b, country, 50.0, leg_id=f"more-{a}-{b}")
        for country, places in (
            ("XA", ["home", "pass_a", "plain_a", "port"]),
            ("XB", ["town", "pass_b", "plain_b", "harbour"]),
        )
        for a, b in combinations(places, 2)
        if rng.random() < 0.3
    ]
    transfers = [
        {
            "place_id": place,
            "from_layer": a,
            "to_layer": b,
            "hours_low": 1,
            "hours_mode": 2,
            "hours_high": 3,
            "usd_low": 1,
            "usd_mode": 2,
            "usd_high": 3,
            "units": "container",
        }
        for place in ("home", "town")
        for a, b in (("road", "sea"), ("sea", "road"))
    ]
    net = small_network(legs=legs, transfers=transfers)
    scenario = cr.Scenario("some closed")
    for leg in net.legs["leg_id"]:
        if rng.random() < 0.25:
            scenario = scenario.close(leg)
    return net, scenario


def test_by_hand_month_by_month() -> None:
    """Pass, plain, railway and sea; the pass is open from May to October, the plain closed from June to August."""
    net = small_network(
        [
            {
                "element_id": "plain",
                "start": "2025-06-01",
                "end": "2025-08-31",
                "known_from": "2025-01-01",
                "end_known_from": "2025-01-01",
            }
        ],
        [{"element_id": "pass", "rule": "May-Oct"}],
    )
    found = net.redundancy("home", "town", year=2025, as_of="2025-01-02")
    assert found["month"].tolist() == list(range(1, 13))
    assert found["crossing_disjoint"].tolist() == [3] * 4 + [4] + [3] * 3 + [4] * 2 + [3] * 2
    assert found["country_disjoint"].tolist() == [2] * 12  # the common border, and the sea
    assert found["weakest_countries"].iloc[0] == "sea; their common border"
    assert "High Pass" not in found["weakest_crossings"].iloc[0]
    assert {"Plain Gate", "Rail Gate"} < set(found["weakest_crossings"].iloc[0].split("; "))
    assert found["leg_disjoint"].tolist() == found["crossing_disjoint"].tolist()
    assert {"Plain Gate", "home-plain_a-road", "plain_b-town-road"} & set(found["weakest_legs"].iloc[0].split("; "))
    road = net.redundancy("home", "town", year=2025, as_of="2025-01-02", modes=["road"])
    assert road["crossing_disjoint"].tolist() == [1] * 4 + [2] + [1] * 3 + [2] * 2 + [1] * 2
    none = net.redundancy("home", "town", year=2025, as_of="2025-01-02", modes=["road"], avoid=["pass", "plain"])
    assert none[["crossing_disjoint", "country_disjoint"]].to_numpy().max() == 0
    assert not none["weakest_crossings"].any()


@pytest.mark.parametrize("seed", range(12))
def test_flow_is_the_best_packing_of_all_paths(seed: int) -> None:
    net, scenario = random_world(seed)
    graph = net.to_networkx(depart="2025-06-15", as_of="2025-06-01", scenario=scenario)
    found = net.redundancy("home", "town", year=2025, as_of="2025-06-01", scenario=scenario).iloc[5]
    assert found["crossing_disjoint"] == packed(graph, ("home", "town"))
    assert found["leg_disjoint"] == packed_legs(graph, ("home", "town"))
    for weakest, count in (("weakest_crossings", "crossing_disjoint"), ("weakest_legs", "leg_disjoint")):
        assert len(list(filter(None, found[weakest].split("; ")))) == found[count]
    routes = net.routes(
        "home",
        "town",
        depart="2025-06-15",
        as_of="2025-06-01",
        scenario=scenario,
        method="disjoint",
        k=9,
        max_stretch=99,
    )
    assert len(routes) <= found["leg_disjoint"]


def test_one_road_out_is_one_way_by_leg_and_two_by_crossing() -> None:
    """All trucks share the road from depot to home, whichever crossing they take then."""
    net = small_network(legs=[_leg("rail_a", "home", "XA", 30.0, leg_id="only road")])
    found = net.redundancy("rail_a", "town", year=2025, as_of="2025-01-02", modes=["road"]).iloc[0]
    assert (found["leg_disjoint"], found["weakest_legs"]) == (1, "only road")
    assert found["crossing_disjoint"] == 2


def test_random_worlds_differ() -> None:
    counts = {
        packed(net.to_networkx(depart="2025-06-15", as_of="2025-06-01", scenario=scenario), ("home", "town"))
        for net, scenario in map(random_world, range(12))
    }
    assert len(counts) >= 3


def test_as_many_ways_as_the_smallest_cut_has_members(net: cr.Network) -> None:
    """Menger: routing finds no smaller cut set than the flow, and one of its size, which is the one named."""
    ask = {"modes": ["road"], "as_of": "2026-02-15"}
    row = net.redundancy("Almaty", "Karachi", **ask).iloc[3]
    for over, count, weakest in (
        ("crossings", "crossing_disjoint", "weakest_crossings"),
        ("countries", "country_disjoint", "weakest_countries"),
    ):
        cuts = net.cut_sets("Almaty", "Karachi", depart=row["day"], over=over, max_size=3, max_stretch=99, **ask)
        assert cuts["size"].min() == row[count]
        smallest = cuts[cuts["size"] == row[count]]["name"]
        assert set(row[weakest].split("; ")) in [set(name.split(" and ")) for name in smallest]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"destination": "port"}, "both lie in XA"),
        ({"day": 31}, "day=31"),
        ({"year": 1066}, "year=1066"),
        ({"modes": "road"}, "modes='road'"),
        ({"modes": ["raod"]}, "give some of"),
        ({"carrier": "QQ"}, "carrier='QQ'"),
        ({"via": ["port"]}, "via"),
        ({"k": 2}, "k: not an argument"),
    ],
)
def test_wrong_arguments(changes: dict, words: str) -> None:
    with pytest.raises(cr.BadRequest, match=words):
        small_network().redundancy(**{"origin": "home", "destination": "town", "year": 2025, **changes})
