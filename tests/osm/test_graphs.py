"""Graphs in OSMnx's conventions, out and in: the real OSMnx takes them, and networkx finds the same lengths."""

from itertools import combinations, pairwise
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import networkx as nx
import osmnx as ox
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.osm.graphs import frames
from tests.small import small_network

mpl.use("Agg")
ASK = {"depart": "2025-06-17", "as_of": "2025-06-16"}


def graph(nodes: dict, edges: list, crs: str | None = "EPSG:4326", both: bool = True) -> nx.MultiDiGraph:
    """Nodes by (x, y) or attributes; edges as (u, v, metres) or with attributes."""
    found = nx.MultiDiGraph(**({"crs": crs} if crs else {}))
    for name, at in nodes.items():
        found.add_node(name, **(at if isinstance(at, dict) else {"x": at[0], "y": at[1]}))
    for u, v, metres, *more in edges:
        told = {"length": metres, "osmid": 7, **(more[0] if more else {})}
        found.add_edge(u, v, **told)
        if both:
            found.add_edge(v, u, **{**told, "reversed": True})
    return found


SQUARE = {1: (70.0, 48.0), 2: (71.0, 48.0), 3: (71.0, 49.0), 4: (70.0, 49.0), 5: (72.0, 49.0)}
ROADS = [(1, 2, 80_000), (2, 3, 115_000), (1, 4, 112_000), (4, 3, 80_000), (3, 5, 75_000)]


def test_osmnx_plots_routes_saves_and_tabulates_the_network(net: cr.Network, tmp_path: Path) -> None:
    ask = {"depart": "2025-06-17T03:00+00:00", "as_of": "2025-06-16"}
    ends, found = ("shymkent|door>", "samarkand|>door"), net.to_networkx(**ask)
    nodes, edges = ox.convert.graph_to_gdfs(found)
    assert nodes.crs == edges.crs == "EPSG:4326"
    assert len(edges) == found.number_of_edges()
    (path,) = ox.routing.shortest_path(found, [ends[0]], [ends[1]], weight="hours")
    hours = nx.path_weight(found, path, "hours")
    assert hours == pytest.approx(net.routes("shymkent", "samarkand", k=1, **ask).details["hours"].iloc[0])
    (gate,) = {found.edges[a, b, 0]["element_id"] for a, b in pairwise(path)} & set(net.crossings["element_id"])
    closed = net.to_networkx(scenario=cr.Scenario("closed").close(gate), **ask)
    assert nx.shortest_path_length(closed, *ends, weight="hours") > hours
    figure, _ = ox.plot.plot_graph(found, show=False, close=True)
    assert len(figure.axes[0].collections) >= 1
    ox.io.save_graphml(found, tmp_path / "net.graphml")
    again = ox.io.load_graphml(
        tmp_path / "net.graphml", node_dtypes={"osmid": str}, edge_dtypes={"osmid": str, "hours": float}
    )
    assert again.number_of_edges() == found.number_of_edges()
    assert nx.path_weight(again, path, "hours") == pytest.approx(hours)


def test_a_road_graph_becomes_a_network_that_routes() -> None:
    parallel = graph(SQUARE, [*ROADS, (1, 2, 95_000), (1, 2, 80_000)])
    parallel.nodes[5]["name"] = "Elsewhere"
    net = cr.Network.from_osmnx(parallel)
    assert net.check().empty
    assert net.version.endswith("+own")
    assert sorted(net.legs["km"]) == [75.0, 80.0, 80.0, 95.0, 115.0, 192.0]  # node 4 is passed through
    assert set(net.places["country"]) == {"KZ"}
    assert set(net.places["timezone"]) == {"Asia/Almaty"}
    best = net.routes("n1", "Elsewhere", by="km", k=1, **ASK)
    assert best.table["km"].iloc[0] == pytest.approx(nx.shortest_path_length(parallel, 1, 5, weight="length") / 1000)
    assert set(best.sources()["source_id"]) >= {"own_network"}
    again = cr.Network.from_osmnx(
        nx.MultiGraph(
            parallel.edge_subgraph(
                [edge for edge in parallel.edges(keys=True) if "reversed" not in parallel.edges[edge]]
            )
        ),
        simplify=False,
    )
    assert len(again.legs) == 7
    assert again.legs["km"].sum() == net.legs["km"].sum()


def test_parts_are_reported() -> None:
    apart = graph({**SQUARE, 8: (75.0, 48.0), 9: (75.5, 48.0)}, [*ROADS, (8, 9, 40_000)])
    net = cr.Network.from_osmnx(apart)
    parts = net.components()
    assert parts["km"].tolist() == [462.0, 40.0]
    assert parts["places"].sum() == len(net.places)
    with pytest.raises(cr.NoRoute):
        net.routes("n3", "n8", **ASK)


@st.composite
def roads(draw: st.DrawFn) -> nx.MultiDiGraph:
    n = draw(st.integers(2, 9))
    at = {i: (66 + 0.01 * i, 48 + 0.01 * (i * i % 7)) for i in range(n)}
    pairs = draw(
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(0, 5)), min_size=1, max_size=14)
    )
    return graph(at, [(u, v, 20_000 + 137 * extra) for u, v, extra in pairs if u != v] or [(0, 1, 20_000)])


@settings(derandomize=True, max_examples=40, deadline=None)
@given(roads(), st.booleans())
def test_simplifying_keeps_every_metre_and_every_distance(found: nx.MultiDiGraph, simplify: bool) -> None:
    places, legs, _ = frames(found, "road", None, simplify)
    metres = sum(length for *_, length in found.edges(data="length"))
    assert legs["km"].sum() * 2000 == pytest.approx(metres)
    kept = nx.MultiGraph()
    kept.add_weighted_edges_from(legs[["from_place", "to_place", "km"]].itertuples(index=False), weight="km")
    if not simplify:
        assert len(legs) * 2 == found.number_of_edges()
    for a, b in combinations(sorted(kept.nodes), 2):
        i, j = int(a[1:]), int(b[1:])
        assert nx.has_path(kept, a, b) == nx.has_path(found, i, j)
        if nx.has_path(found, i, j):
            assert nx.shortest_path_length(kept, a, b, weight="km") * 1000 == pytest.approx(
                nx.shortest_path_length(found, i, j, weight="length")
            )
    at = places.set_index("place_id")
    for leg in legs.itertuples():
        if leg.geometry is not None:  # else the leg is drawn straight
            ends = shapely.get_coordinates(leg.geometry)[[0, -1]].tolist()
            assert ends == at.loc[[leg.from_place, leg.to_place], ["lon", "lat"]].to_numpy().tolist()


def test_one_way_streets_say_so_and_projected_graphs_are_taken() -> None:
    streets = graph(SQUARE, ROADS)
    streets.remove_edge(3, 5)
    streets = ox.projection.project_graph(streets, to_crs="EPSG:32642")
    _, legs, _ = frames(streets, "road", None, True)
    assert legs["note"].str.contains("one way").tolist().count(True) == 1
    assert shapely.get_coordinates(legs["geometry"].to_numpy()).min(axis=0) == pytest.approx([70, 48], abs=1e-6)
    assert legs["km"].sum() == pytest.approx(462)


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        ({"maxweight": "10"}, 10.0),
        ({"maxweight": 10.5}, 10.5),
        ({"maxweight": "10 t"}, 10.0),
        ({"maxweight": "7,5"}, 7.5),
        ({"maxweight": "9000 kg"}, 9.0),
        ({"maxweight": "12 st"}, 10.886217),  # short tons of the United States
        ({"maxweight": ["30", "12"]}, 12.0),  # a chain that OSMnx merged
        ({"maxweight": "3.5", "maxweight:hgv": "18"}, 18.0),
        ({"maxweight": "20", "maxweightrating": "7.5"}, 7.5),
        ({"maxweight": "none"}, None),
        ({"maxweight": "unsigned"}, None),
        ({"maxweight": "60"}, None),  # no truck is so heavy: as if it stood not there
        ({"maxweight:conditional": "10 @ (wet)"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_a_truck_too_heavy_for_a_road_goes_round(told: dict, limit: float | None) -> None:
    """The limit stands on one edge of the chain 1 - 4 - 3, which is longer in km than 1 - 2 - 3 by nothing else."""
    roads = graph(SQUARE, [(1, 2, 80_000), (2, 3, 115_000), (1, 4, 112_000), (4, 3, 79_000, told)])
    nx.set_node_attributes(roads, {1: "Depot", 3: "Mine"}, "name")
    own = cr.Network.from_osmnx(roads)
    (leg,) = own.legs.loc[own.legs["km"] == 191.0, "gross_limit_t"]
    assert leg == pytest.approx(limit, nan_ok=True) if limit else pd.isna(leg)
    ask = {"cargo": cr.Cargo("coils", 25.0, "truck", "truck"), "modes": ["road"], **ASK}
    best = own.routes("Depot", "Mine", by="km", k=1, **ask)
    assert best.table["km"].iloc[0] == (195.0 if limit else 191.0)
    closed = cr.Scenario("closed").close(own.legs.loc[own.legs["km"] == 195.0, "leg_id"].iloc[0])
    if limit:
        with pytest.raises(cr.NoRoute):
            own.routes("Depot", "Mine", scenario=closed, **ask)


def test_limits_that_cannot_be_read_are_told() -> None:
    roads = graph(SQUARE, [(1, 2, 80_000, {"maxweight": "heavy"}), (2, 3, 115_000, {"maxweight": "3500"}), *ROADS[2:]])
    with pytest.warns(UserWarning, match=r"4 limits of weight .*: 2 maxweight: 'heavy' .*, 2 maxweight: '3500'"):
        own = cr.Network.from_osmnx(roads)
    assert own.legs["gross_limit_t"].isna().all()


def test_rails_have_a_gauge_and_two_gauges_are_two_legs() -> None:
    with pytest.raises(cr.DataError, match=r"5 of 5 tracks have no gauge; give gauge_mm"):
        cr.Network.from_osmnx(graph(SQUARE, ROADS), mode="rail")
    tracks = graph(SQUARE, [(u, v, m, {"gauge": "1520;1435"}) for u, v, m in ROADS[:2]] + ROADS[2:])
    net = cr.Network.from_osmnx(tracks, mode="rail", gauge_mm=1520)
    assert net.legs.groupby("gauge_mm")["km"].sum().to_dict() == {1435: 195, 1520: 462}
    found = net.routes("n1", "n3", modes=["rail"], k=1, **ASK)
    assert set(found.legs.query("kind == 'leg'")["gauge_mm"]) == {1520}
    with pytest.raises(cr.DataError, match=r"column gauge_mm.*'wide'"):
        cr.Network.from_osmnx(graph(SQUARE, [(1, 2, 80_000, {"gauge": "wide"})]), mode="rail")


def test_a_road_over_a_border_is_cut_at_the_known_crossing_with_its_closures(net: cr.Network) -> None:
    """Peshawar to Jalalabad by a line through Torkham: the shipped crossing, its hours and its closure of 2025."""
    at = net.places.set_index("place_id").geometry
    line = shapely.LineString([at["peshawar"], at["torkham"], at["jalalabad"]])
    places = pd.DataFrame(
        {
            "place_id": ["p", "j"],
            "lon": [at["peshawar"].x, at["jalalabad"].x],
            "lat": [at["peshawar"].y, at["jalalabad"].y],
        }
    )
    legs = gpd.GeoDataFrame(
        {"from_place": ["p"], "to_place": ["j"], "mode": ["road"], "km": [140.0]}, geometry=[line], crs="EPSG:4326"
    )
    own = cr.Network.from_frames(places, legs)
    assert own.check().empty
    assert set(own.crossings["element_id"]) == {"torkham"}
    assert own.legs["km"].sum() == pytest.approx(140)
    assert own.legs["country"].tolist() == ["PK", "AF"]
    shipped = net.crossings.query("element_id == 'torkham'").set_index("crossing_id")["hours_mean"]
    assert own.crossings.set_index("crossing_id")["hours_mean"].to_dict() == shipped.to_dict()
    assert own.routes("p", "j", depart="2025-09-15", as_of="2025-09-15", k=1).details["crossings"].iloc[0] == "Torkham"
    with pytest.raises(cr.NoRoute, match="Torkham"):
        own.routes("p", "j", depart="2026-01-15", as_of="2026-02-15")


def test_both_lanes_of_a_motorway_pass_one_crossing_and_close_together(net: cr.Network) -> None:
    at = net.places.set_index("place_id").geometry
    ends = [("peshawar", at["peshawar"]), ("jalalabad", at["jalalabad"])]
    lanes = graph({name: (point.x, point.y) for name, point in ends}, [], both=False)
    for (a, one), (b, two), off in ((*ends, 0.0), (*ends[::-1], 0.03)):
        lanes.add_edge(
            a,
            b,
            length=150_000 + off,
            geometry=shapely.LineString([one, (at["torkham"].x, at["torkham"].y + off), two]),
        )
    own = cr.Network.from_osmnx(lanes)
    assert own.check().empty
    assert len(own.legs) == 4
    assert set(own.crossings["element_id"]) == {"torkham"}
    with pytest.raises(cr.NoRoute, match="Torkham"):
        own.routes("peshawar", "jalalabad", depart="2026-01-15", as_of="2026-02-15")
    desert = graph(
        {1: (62.0, 44.5), 2: (62.0, 42.5), 3: (62.005, 44.5), 4: (62.005, 42.5)}, [(1, 2, 230_000), (3, 4, 230_000)]
    )
    assert cr.Network.from_osmnx(desert).crossings["element_id"].nunique() == 1


def test_a_road_over_a_border_without_a_crossing_says_that_it_is_assumed() -> None:
    own = cr.Network.from_osmnx(graph({1: (62.0, 44.5), 2: (62.0, 42.5)}, [(1, 2, 230_000)]))
    assert own.legs["country"].tolist() == ["KZ", "UZ"]
    assert set(own.crossings["quality"]) == {"assumed"}
    found = own.routes("n1", "n2", k=1, **ASK)
    assert "assumed times" in found.details["rests_on"].iloc[0]


def test_a_straight_leg_that_may_cut_a_corner_is_refused() -> None:
    ends = pd.DataFrame({"place_id": ["samarkand", "tashkent"], "lon": [66.97, 69.25], "lat": [39.65, 41.3]})
    leg = pd.DataFrame({"from_place": ["samarkand"], "to_place": ["tashkent"], "mode": ["road"], "km": [340]})
    with pytest.raises(cr.DataError, match=r"row road_samarkand_tashkent.*passes through KZ; give its line"):
        cr.Network.from_frames(ends, leg)
    own = cr.Network.from_frames(ends, leg.assign(country="UZ"))
    assert own.crossings.empty
    assert own.routes("samarkand", "tashkent", k=1, **ASK).table["km"].iloc[0] == 340


def test_a_long_way_is_one_leg_and_too_many_legs_are_refused() -> None:
    way = graph({i: (66 + 1e-4 * i, 48.0) for i in range(20_001)}, [(i, i + 1, 8) for i in range(20_000)])
    _, legs, _ = frames(way, "road", None, True)
    assert legs["km"].tolist() == [160.0]
    assert shapely.get_num_coordinates(legs["geometry"].to_numpy()).tolist() == [20_001]
    with pytest.raises(cr.DataError, match="600,001 legs; a network has between 1 and 600,000"):
        cr.Network.from_frames(PLACES, LEGS.loc[LEGS.index.repeat(600_001)])


NAN = float("nan")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (graph(SQUARE, ROADS, crs=None), "no coordinate reference system"),
        (graph(SQUARE, ROADS, crs="EPSG:nonsense"), "'EPSG:nonsense' is not known"),
        (graph(SQUARE, []), "no edges"),
        (graph({**SQUARE, 3: (NAN, 49.0)}, ROADS), "the node 3 has no coordinates: x=nan"),
        (graph({**SQUARE, 3: {"x": 71.0}}, ROADS), "the node 3 has no coordinates.*y=None"),
        (graph(SQUARE, [*ROADS, (1, 3, None)]), "the edge from 1 to 3 has the length None"),
        (graph(SQUARE, [*ROADS, (1, 3, -5.0)]), "the edge from 1 to 3 has the length -5.0"),
        (graph(SQUARE, [*ROADS, (1, 3, [80_000, 90_000])]), "the edge from 1 to 3 .* has the length"),
        (graph(SQUARE, [*ROADS, (1, 3, 1_000)]), "1 km are less than the straight line"),
        (
            graph(SQUARE, [*ROADS, (1, 3, 200_000, {"geometry": shapely.Point(70, 48)})]),
            "the edge from 1 to 3 .* is not a LineString but a Point",
        ),
        (graph({name: (y, x) for name, (x, y) in SQUARE.items()}, ROADS), "swapped"),
        (graph({name: (y, x + 40) for name, (x, y) in SQUARE.items()}, ROADS), "swapped"),
        (graph({1: (2.35, 48.85), 2: (2.36, 48.86)}, [(1, 2, 3_000)]), "in no country of this region"),
    ],
)
def test_graphs_that_make_no_sense_are_refused(wrong: nx.MultiDiGraph, words: str) -> None:
    with pytest.raises(cr.DataError, match=words):
        cr.Network.from_osmnx(wrong)


def test_arguments_that_make_no_sense_are_refused() -> None:
    for call, words in (
        (lambda: cr.Network.from_osmnx(graph(SQUARE, ROADS), mode="sea"), "not one of road, rail"),
        (lambda: cr.Network.from_osmnx([1, 2]), "not a networkx graph"),
        (lambda: cr.Network.from_osmnx(small_network().to_networkx(depart="2025-06-02")), "keep the"),
        (lambda: cr.Network.from_osmnx(graph(SQUARE, ROADS), country="AF"), "far outside AF"),
    ):
        with pytest.raises(cr.CorridorsError, match=words):
            call()


PLACES = pd.DataFrame({"place_id": ["a", "b"], "lon": [70.0, 71.0], "lat": [48.0, 48.0]})
LEGS = pd.DataFrame({"from_place": ["a"], "to_place": ["b"], "mode": ["road"], "km": [80.0]})


@pytest.mark.parametrize(
    ("places", "legs", "words"),
    [
        (PLACES.drop(columns="lat"), LEGS, "table places, column lat: the column is missing"),
        (PLACES.assign(contry="KZ"), LEGS, "table places, column contry: no such column"),
        (PLACES.assign(lat=[48.0, NAN]), LEGS, "row b, column lat: nan is not a coordinate"),
        (PLACES.assign(lon=[48.0, 48.0], lat=[70.0, 101.0]), LEGS, "row b, column lat.*swapped"),
        (PLACES.assign(place_id="a"), LEGS.assign(to_place="a"), "place_id: 'a' is already in a row above"),
        (PLACES.assign(place_id=["A", "b"]), LEGS.assign(from_place="A"), "'A' is not written as"),
        (PLACES.assign(country="XX"), LEGS, "'XX' is not one of"),
        (PLACES, LEGS.drop(columns="km"), "table legs, column km: the column is missing"),
        (PLACES, LEGS.assign(km=NAN), "row road_a_b, column km: the leg has no length"),
        (PLACES, LEGS.assign(km="far"), "expected a number, found 'far'"),
        (PLACES, LEGS.assign(km=80_000), "80000 km are more than 10 times the straight line"),
        (PLACES, LEGS.assign(to_place="c"), "row road_a_c, column to_place: 'c' is not a place_id"),
        (PLACES, LEGS.assign(mode="mule"), "'mule' is not one of"),
        (PLACES, LEGS.assign(mode="rail"), "is empty on a rail leg"),
        (PLACES, LEGS.assign(country="AF"), "column country: AF is not the country of both"),
        (PLACES, LEGS[:0], "0 legs"),
        (PLACES.assign(as_of="2026-13-01"), LEGS, "table places, row 2, column as_of: '2026-13-01' is in no calendar"),
        (PLACES, LEGS.assign(as_of="2026-13"), "'2026-13' is in no calendar; write YYYY, YYYY-MM or YYYY-MM-DD"),
        (PLACES, LEGS.assign(as_of="2025-02-29"), "column as_of: '2025-02-29' is in no calendar"),
        (PLACES, LEGS.assign(as_of="0000"), "column as_of: '0000' is in no calendar"),
        (PLACES, LEGS.assign(status="planned", opens_on="2031-00"), "column opens_on: '2031-00' is in no calendar"),
        (PLACES, LEGS.assign(status="planned", opens_on="soon"), "column opens_on: 'soon' is not written as"),
        (
            PLACES,
            gpd.GeoDataFrame(LEGS, geometry=[shapely.LineString([(70, 48), (71, 48)])]),
            "no coordinate reference",
        ),
        (
            PLACES,
            gpd.GeoDataFrame(LEGS, geometry=[shapely.LineString([(70.2, 48), (71, 48)])], crs=4326),
            "the line ends",
        ),
    ],
)
def test_frames_that_make_no_sense_are_refused(places: pd.DataFrame, legs: pd.DataFrame, words: str) -> None:
    with pytest.raises(cr.DataError, match=words):
        cr.Network.from_frames(places, legs)
