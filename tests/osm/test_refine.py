"""Lines from OpenStreetMap: files, graphs of OSMnx and an Overpass server on this machine, whole and broken."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmium
import osmium.osm.mutable as osm
import osmnx
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

import corridors as cr
import corridors.settings
from corridors.analysis.sweeps import digest
from corridors.data.schema import data_folder, read_table
from corridors.osm.matching import Corridor
from corridors.osm.reading import Way, read_answer
from tests.osm.overpass import STATE, Overpass, overpass
from tests.small import small_network

GEOD = Geod(ellps="WGS84")
LEGS = ["rail_1435_kars_kartsakhi_canbaz_rail_tr", "road_lugovoy_taraz", "rail_1520_khorgos_gateway_zharkent"]
FEW = LEGS[1:]
TIMESTAMP = "2026-09-15T08:00:00Z"
Line = list[tuple[float, float]]


def write(path: Path, ways: list[tuple[dict[str, str], Line]]) -> Path:
    """An OSM file of ways, which share a node where they share a point."""
    nodes: dict[tuple[float, float], int] = {}
    for _, line in ways:
        for point in line:
            nodes.setdefault(tuple(round(x, 7) for x in point), len(nodes) + 1)
    with osmium.SimpleWriter(path) as writer:
        for point, i in nodes.items():
            writer.add_node(osm.Node(id=i, location=point, version=1, timestamp=TIMESTAMP))
        for i, (tags, line) in enumerate(ways, 1):
            refs = [nodes[tuple(round(x, 7) for x in point)] for point in line]
            writer.add_way(osm.Way(id=i, nodes=refs, tags=tags, version=1, timestamp=TIMESTAMP))
    return path


def lines_near(net: cr.Network, legs: list[str]) -> list[tuple[dict[str, str], Line]]:
    """Roads and tracks of the shipped detail network round some legs, tagged as OpenStreetMap would."""
    near = shapely.union_all([net.facts.lines[leg].buffer(0.3) for leg in legs])
    table = read_table(data_folder(), "detail_legs").merge(read_table(data_folder(), "detail_leg_geometry"))
    lines = shapely.from_wkt(table["wkt"].to_numpy())
    ways = []
    for row, line in zip(table.to_dict("records"), lines, strict=True):
        if near.intersects(line):
            rail = {"railway": "rail", "usage": "main", "gauge": f"{row['gauge_mm']:g}", "electrified": "no"}
            ways.append(
                (rail if row["mode"] == "rail" else {"highway": "primary", "maxweight": "40"}, list(line.coords))
            )
    return ways


@pytest.fixture(scope="module")
def files(net: cr.Network, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder, ways = tmp_path_factory.mktemp("osm"), lines_near(net, LEGS)
    return write(folder / "near.osm.pbf", ways), write(folder / "near.osm", ways)


@pytest.fixture(scope="module")
def refined(net: cr.Network, files: tuple[Path, Path]) -> cr.Network:
    return net.refine(LEGS, source=files[0], progress=False)


def graph_of(path: Path, simplify: bool) -> nx.MultiDiGraph:
    before = osmnx.settings.useful_tags_way
    osmnx.settings.useful_tags_way = [*before, "railway", "usage", "gauge", "electrified", "maxweight"]
    try:
        return osmnx.graph_from_xml(path, retain_all=True, simplify=simplify)
    finally:
        osmnx.settings.useful_tags_way = before


def same(a: cr.Network, b: cr.Network) -> None:
    """Two networks differ in nothing but the name of the source of the lines."""
    for name in ("legs", "leg_geometry"):
        x, y = (net.tables[name].drop(columns=["source_id", "as_of"], errors="ignore") for net in (a, b))
        pd.testing.assert_frame_equal(x, y)
    other = ["osm_timestamp", "source_id"]
    pd.testing.assert_frame_equal(a.refinement.legs.drop(columns=other), b.refinement.legs.drop(columns=other))


def test_a_file_replaces_lines_and_lengths_that_no_one_publishes(net: cr.Network, refined: cr.Network) -> None:
    before, after = net.legs.set_index("leg_id"), refined.legs.set_index("leg_id")
    report = refined.refinement.legs.set_index("leg_id")
    assert list(report.index) == LEGS
    assert report["changed"].all()
    for leg, row in report.iterrows():
        line = after.loc[leg, "geometry"]
        assert GEOD.geometry_length(line) / 1000 == pytest.approx(row["km_line"], rel=2e-3)
        assert not line.equals(before.loc[leg, "geometry"])
        place = net.places.set_index("place_id").loc[after.loc[leg, "from_place"], "geometry"]
        assert shapely.Point(line.coords[0]).distance(place) < 1e-4
        assert row["km_line"] >= before.loc[leg, "great_circle_km"]
    published = report.loc["rail_1435_kars_kartsakhi_canbaz_rail_tr"]
    assert published["km"] == published["published_km"] == 76.0
    assert published["quality"] == "published"
    assert published["difference_pct"] == pytest.approx(100 * (published["km_line"] / 76 - 1), abs=0.01)
    assert (
        after.loc["rail_1435_kars_kartsakhi_canbaz_rail_tr", "source_id"]
        == "raillynews_2013;osm_near_osm_pbf_2026_09_15"
    )
    road = after.loc["road_lugovoy_taraz"]
    assert road["quality"] == "measured"
    assert road["km"] == pytest.approx(report.loc["road_lugovoy_taraz", "km_line"], abs=0.051)
    assert road["source_id"] == "osm_near_osm_pbf_2026_09_15"
    source = refined.sources.set_index("source_id").loc["osm_near_osm_pbf_2026_09_15"]
    assert (source["licence"], source["published"]) == ("ODbL-1.0", "2026-09-15")
    assert "near.osm.pbf" in source["title"]
    assert refined.check().empty
    assert refined.version == f"{net.version}+refined"


def test_nothing_else_changes(net: cr.Network, refined: cr.Network) -> None:
    changed = refined.diff(net)
    assert set(changed["table"]) == {"legs", "leg_geometry", "sources"}
    assert set(changed.loc[changed["table"] != "sources", "key"]) == set(LEGS)
    assert digest(net.facts) == digest(cr.load())
    tags = refined.refinement.suggestions.set_index("leg_id").loc["road_lugovoy_taraz"]
    assert (tags["tag"], tags["value"], tags["suggests"]) == ("maxweight", "40", "legs.gross_limit_t")
    assert tags["now"] == net.facts.leg["road_lugovoy_taraz"]["gross_limit_t"]
    ways = refined.refinement.ways
    assert set(ways.loc[ways["railway"] == "rail", "electrified"]) == {"no"}
    report = refined.refinement.legs.set_index("leg_id")
    assert (
        ways.groupby("leg_id")["km"].sum() + report["gap_from_km"] + report["gap_to_km"]
    ).to_numpy() == pytest.approx(report["km_line"].sort_index().to_numpy(), abs=0.05)


def test_routes_take_the_new_length_and_name_its_source(refined: cr.Network) -> None:
    routes = refined.routes("Merke", "Taraz", depart="2026-04-15", k=1)
    leg = routes.legs.set_index("element_id").loc["road_lugovoy_taraz"]
    assert leg["km"] == refined.facts.leg["road_lugovoy_taraz"]["km"]
    assert leg["km_quality"] == "measured"
    assert "osm_near_osm_pbf_2026_09_15" in set(routes.sources()["source_id"])


@pytest.mark.parametrize("simplify", [False, True])
def test_xml_pbf_and_osmnx_give_the_same_network(
    net: cr.Network, refined: cr.Network, files: tuple[Path, Path], simplify: bool
) -> None:
    same(net.refine(LEGS, source=graph_of(files[1], simplify), progress=False), refined)
    xml = net.refine(LEGS, source=files[1], progress=False)
    same(xml, refined)
    pd.testing.assert_frame_equal(xml.refinement.ways, refined.refinement.ways)


# ---------------------------------------------------------------- worked by hand: home (0, 40) to pass_a (2, 40)

HOME = "home-pass_a-road"


def straight(*longitudes: float, lat: float = 40.0) -> Line:
    return [(lon, lat) for lon in longitudes]


def km(line: Line) -> float:
    return GEOD.line_length(*zip(*line, strict=True)) / 1000


def small_refined(tmp_path: Path, ways: list[tuple[dict[str, str], Line]], leg: str = HOME) -> cr.Network:
    return small_network().refine(leg, source=write(tmp_path / "small.osm.pbf", ways), progress=False)


def test_the_rest_to_the_ends_is_straight_and_counted(tmp_path: Path) -> None:
    way = straight(0.03, 0.5, 1.0, 1.97, lat=40.01)
    net = small_refined(tmp_path, [({"highway": "trunk"}, way)])
    row, leg = net.refinement.legs.iloc[0], net.facts.leg[HOME]
    gaps = [km([(0.0, 40.0), way[0]]), km([way[-1], (2.0, 40.0)])]
    assert [row["gap_from_km"], row["gap_to_km"]] == pytest.approx(gaps, abs=1e-3)
    assert row["km_line"] == pytest.approx(km(way) + sum(gaps), abs=1e-3)
    assert row["matched"] == pytest.approx(km(way) / row["km_line"], abs=1e-3)
    assert leg["km_high"] == pytest.approx(leg["km"] + sum(gaps), abs=0.11)
    assert leg["quality"] == "measured"
    assert row["deviation_km"] == pytest.approx(km([(1.0, 40.0), (1.0, 40.01)]), rel=0.2)


def test_a_trunk_road_is_taken_before_a_shorter_lane(tmp_path: Path) -> None:
    trunk = [(0.0, 40.0), (1.0, 40.05), (2.0, 40.0)]
    lane = straight(0.0, 1.0, 2.0)
    net = small_refined(tmp_path, [({"highway": "unclassified"}, lane), ({"highway": "trunk", "ref": "M1"}, trunk)])
    assert list(net.refinement.ways["ref"]) == ["M1"]
    assert net.refinement.legs["km_line"].iloc[0] == pytest.approx(km(trunk), abs=1e-3)
    (tmp_path / "path").mkdir()
    footpath = small_refined(tmp_path / "path", [({"highway": "path"}, lane), ({"highway": "trunk"}, trunk)])
    assert footpath.refinement.legs["km_line"].iloc[0] == pytest.approx(km(trunk), abs=1e-3)


def test_tracks_of_another_gauge_are_passed_by(tmp_path: Path) -> None:
    near, far = straight(0.0, 2.2), [(0.0, 40.0), (1.0, 40.1), (2.2, 40.0)]
    net = small_refined(
        tmp_path,
        [({"railway": "rail", "gauge": "1435"}, near), ({"railway": "rail", "gauge": "1524;1435"}, far)],
        "home-rail_a-rail1520",
    )
    assert net.refinement.legs["km_line"].iloc[0] == pytest.approx(km(far), abs=1e-3)
    assert list(net.refinement.ways["gauge"]) == ["1524;1435"]


@pytest.mark.parametrize(
    ("ways", "reason"),
    [
        ([straight(0.0, 1.0), straight(1.1, 2.0)], r"not connected: .* ends 85\.4 km from pass_a"),
        ([straight(0.0, 1.5)], r"ends 42\.7 km from pass_a; snap_km is 5"),
        ([straight(0.0, 2.0, lat=41.0)], "no road of OpenStreetMap in the corridor"),
        ([[(0.0, 40.0), *[(0.1 + i / 60, 40.0 + 0.1 * (i % 2)) for i in range(108)], (2.0, 40.0)]], ""),
    ],
)
def test_a_leg_without_a_way_keeps_its_line_and_says_why(tmp_path: Path, ways: list[Line], reason: str) -> None:
    net = small_refined(tmp_path, [({"highway": "primary"}, way) for way in ways])
    row = net.refinement.legs.iloc[0]
    if reason:
        assert not row["changed"]
        assert re.search(reason, row["reason"])
        assert digest(net.facts) == digest(small_network())
    else:  # a winding road is one, if no published length speaks against it
        assert row["changed"]


def test_a_line_far_off_the_published_length_is_refused(tmp_path: Path) -> None:
    net = small_network()
    net.tables["legs"].loc[net.tables["legs"]["leg_id"] == HOME, "quality"] = "published"
    path = write(tmp_path / "small.osm.pbf", [({"highway": "primary"}, straight(0.0, 1.0, 2.0))])
    row = net.refine(HOME, source=path, progress=False).refinement.legs.iloc[0]
    assert not row["changed"]
    assert row["reason"].startswith("the line has 170.8 km, against 240 km published (hand)")
    assert row["difference_pct"] == pytest.approx(100 * (km(straight(0.0, 1.0, 2.0)) / 240 - 1), abs=1e-3)


def test_tags_are_suggested_not_applied(tmp_path: Path) -> None:
    tags = {
        "highway": "primary",
        "opening_hours": "Apr 01-Nov 30",
        "access:conditional": "no @ (Dec-Mar)",
        "maxweight": "20",
        "maxweightrating:hgv": "7.5",
        "winter_road": "yes",
        "ice_road": "yes",
        "seasonal": "winter",
        "barrier": "lift_gate",
        "hgv": "designated",
        "surface": "asphalt",
        "name:en": "Ice road",
    }
    net = small_refined(tmp_path, [(tags, straight(0.0, 1.0)), ({"highway": "primary"}, straight(1.0, 2.0))])
    found = net.refinement.suggestions.set_index("tag")
    assert set(found.index) == set(tags) - {"highway", "surface", "name:en"}
    assert found.loc["maxweightrating:hgv", "suggests"] == "legs.gross_limit_t, rights"
    assert found.loc["winter_road", "suggests"] == "seasons, calendars.rule"
    assert found.loc["access:conditional", "suggests"] == "calendars.rule, events"
    assert found.loc["opening_hours", "suggests"] == "calendars.rule"
    assert found["km"].to_numpy() == pytest.approx(km(straight(0.0, 1.0)), abs=1e-3)
    assert len(net.calendars) == 0
    assert np.isnan(net.facts.leg[HOME]["gross_limit_t"])


GATE = {"barrier": "lift_gate", "opening_hours": "Mo-Fr 08:00-18:00", "name": "Post", "maxweight": "30"}


def _as_file(path: Path) -> Path:
    nodes = [(1, 0.0, {}), (2, 1.0, GATE), (3, 2.0, {}), (4, 1.5, {"barrier": "kerb"}), (5, 1.2, {"barrier": "gate"})]
    lat = {5: 40.2}  # beside the road
    with osmium.SimpleWriter(path) as writer:
        for i, lon, tags in nodes:
            at = (lon, lat.get(i, 40.0))
            writer.add_node(osm.Node(id=i, location=at, tags=tags, version=1, timestamp=TIMESTAMP))
        writer.add_way(osm.Way(id=9, nodes=[1, 2, 4, 3], tags={"highway": "primary"}, version=1, timestamp=TIMESTAMP))
    return path


def _as_overpass(path: Path) -> Path:
    nodes = [{"type": "node", "id": i, "lon": lon, "lat": 40.0} for i, lon in ((1, 0.0), (2, 1.0), (3, 2.0))]
    nodes[1]["tags"] = GATE
    way = {"type": "way", "id": 9, "nodes": [1, 2, 3], "tags": {"highway": "primary"}}
    path.write_text(json.dumps({"osm3s": {"timestamp_osm_base": "2026-01-01T00:00:00Z"}, "elements": [way, *nodes]}))
    return path


def _as_graph(_: Path) -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph(crs="EPSG:4326", created_date="2026-01-01")
    for i, lon in ((1, 0.0), (2, 1.0), (3, 2.0)):
        graph.add_node(i, x=lon, y=40.0, **(GATE if i == 2 else {}))
    for a, b in ((1, 2), (2, 3)):
        graph.add_edge(a, b, osmid=9, highway="primary", length=85000.0)
    return graph


@pytest.mark.parametrize("made", [_as_file, _as_overpass, _as_graph])
def test_gates_that_stand_on_the_road_are_suggested(tmp_path: Path, made: Callable[[Path], Any]) -> None:
    source = made(tmp_path / ("gates.json" if made is _as_overpass else "gates.osm.pbf"))
    found = small_network().refine(HOME, source=source, progress=False).refinement.suggestions.set_index("tag")
    assert found["suggests"].to_dict() == {
        "barrier": "events, rights",
        "maxweight": "legs.gross_limit_t",
        "opening_hours": "calendars.rule",
    }
    assert set(found["osm_ids"]) == {"node/2"}
    assert (found["km"] == 0).all()


def test_a_way_through_the_neighbour_is_not_taken() -> None:
    """13 km north of the line, and 5 km beyond a border that the map may have 3 km wrong."""
    ends = [(0.0, 40.0), (2.0, 40.0)]
    line = [ends[0], *straight(0.3, 1.0, 1.7, lat=40.12), ends[1]]
    way = Way((1,), {"highway": "primary"}, np.array(line))
    leg = {"mode": "road", "from_place": "a", "to_place": "b"}
    home = shapely.box(-1, 39, 3, 40.07)
    for country, taken in ((None, True), (home, False), (home.buffer(0.03), True)):
        found = Corridor(leg, shapely.LineString(ends), ends, country, 15.0).find([way], 5.0)
        assert isinstance(found, str) is not taken, found


CLASSES = {"motorway": 1.0, "primary": 1.1, "tertiary": 1.5, "unclassified": 2.0}


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 24), st.integers(0, 24), st.sampled_from(sorted(CLASSES))), min_size=8, max_size=60
    )
)
def test_the_way_is_the_cheapest_that_networkx_finds(pieces: list[tuple[int, int, str]]) -> None:
    """The rule of `Corridor.find`, worked out again on a plain graph."""
    at = [(0.2 * (i % 5), 40 + 0.02 * (i // 5)) for i in range(25)]
    line = shapely.LineString([at[0], at[24]])
    corridor = Corridor({"mode": "road", "from_place": "a", "to_place": "b"}, line, [at[0], at[24]], None, 15.0)
    ways = [Way((n,), {"highway": kind}, np.array([at[a], at[b]])) for n, (a, b, kind) in enumerate(pieces) if a != b]
    graph = nx.Graph()
    for way in ways:
        a, b = map(tuple, way.points)
        away = corridor.away_km(np.array([[(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]]))[0]
        cost = km([a, b]) * CLASSES[way.tags["highway"]] * (1 + away / 15)
        if not graph.has_edge(a, b) or cost < graph.edges[a, b]["cost"]:
            graph.add_edge(a, b, cost=cost)
    for end, place in (("start", at[0]), ("end", at[24])):
        for node in [node for node in graph if node not in ("start", "end") and km([place, node]) <= 5]:
            graph.add_edge(end, node, cost=5 * km([place, node]))
    found = corridor.find(ways, 5.0)
    if not graph.has_node("start") or not graph.has_node("end") or not nx.has_path(graph, "start", "end"):
        assert isinstance(found, str)
        return
    path = [tuple(point) for point in found.points[1:-1]]
    cost = sum(graph.edges[pair]["cost"] for pair in pairwise(["start", *path, "end"]))
    assert cost == pytest.approx(nx.shortest_path_length(graph, "start", "end", weight="cost"), abs=1e-6)


# ---------------------------------------------------------------- Overpass


@pytest.fixture
def server(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Overpass]:
    """A server in reach, with network requests allowed and any other address refused."""
    connect = socket.socket.connect

    def loopback(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "127.0.0.1", address
        connect(self, address)

    with overpass(files[0]) as running:
        monkeypatch.setattr(socket.socket, "connect", loopback)
        monkeypatch.setattr(osmnx.settings, "overpass_url", running.url)
        monkeypatch.setattr(corridors.settings, "allow_network_requests", True)
        monkeypatch.setattr(corridors.settings, "retry_pause_seconds", 0.01)
        yield running


def osmnx_state() -> dict[str, object]:
    return {name: value for name, value in vars(osmnx.settings).items() if not name.startswith("__")} | {
        "resolver": socket.getaddrinfo
    }


def test_overpass_gives_what_the_file_gives_through_every_trouble(
    net: cr.Network, server: Overpass, files: tuple[Path, Path], tmp_path: Path
) -> None:
    before = osmnx_state()
    server.trouble = [429, "", 504, "cut", "remark", ""]
    found = net.refine(FEW, source="overpass", cache=tmp_path, progress=False)
    same(found, net.refine(FEW, source=files[0], progress=False))
    tiles = sorted(tmp_path.iterdir())
    assert len(server.asked) == len(tiles) + 4
    assert all(json.loads(tile.read_text())["osm3s"]["timestamp_osm_base"] == STATE for tile in tiles)
    assert set(found.refinement.legs["osm_timestamp"]) == {STATE}
    source = found.sources.set_index("source_id").loc[found.refinement.legs["source_id"].iloc[0]]
    assert server.url.removeprefix("http://") in source["title"]
    assert source["published"] == "2026-10-01"
    assert osmnx_state() == before
    again = net.refine(FEW, source="overpass", cache=tmp_path, progress=False)
    assert digest(again) == digest(found)
    assert len(server.asked) == len(tiles) + 4


def test_a_download_that_stops_is_taken_up_again(
    net: cr.Network, server: Overpass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.trouble = ["", "", *["cut"] * 5]
    with pytest.raises(cr.DataError, match=r"did not answer.* 2 of \d+ tiles are kept.*call again"):
        net.refine(FEW, source="overpass", cache=tmp_path, progress=False)
    assert [json.loads(tile.read_text())["version"] for tile in tmp_path.iterdir()] == [0.6, 0.6]
    server.asked.clear()
    net.refine(FEW, source="overpass", cache=tmp_path, progress=False)
    tiles = list(tmp_path.iterdir())
    assert len(server.asked) == len(tiles) - 2
    monkeypatch.setattr(corridors.settings, "allow_network_requests", False)
    net.refine(FEW, source="overpass", cache=tmp_path, progress=False)  # all is there
    tiles[0].unlink()
    server.asked.clear()
    with pytest.raises(cr.BadRequest, match=r"fetch 1 tiles .*corridors\.settings\.allow_network_requests = True"):
        net.refine(FEW, source="overpass", cache=tmp_path, progress=False)
    tiles[1].write_text('{"elements": [')
    tiles[0].write_text(tiles[2].read_text())
    with pytest.raises(cr.DataError, match="is not an answer of Overpass"):
        net.refine(FEW, source="overpass", cache=tmp_path, progress=False)
    assert not server.asked


def test_an_error_of_ours_is_not_asked_again(net: cr.Network, server: Overpass, tmp_path: Path) -> None:
    server.trouble = [400]
    with pytest.raises(cr.DataError, match="400"):
        net.refine(LEGS[1], source="overpass", cache=tmp_path, progress=False)
    assert len(server.asked) == 1


def test_a_process_killed_in_mid_download_leaves_no_half_tile(server: Overpass, tmp_path: Path) -> None:
    server.trouble = ["", "hang"]
    code = (
        f"import corridors as cr, corridors.settings, osmnx; osmnx.settings.overpass_url = {server.url!r}; "
        f"corridors.settings.allow_network_requests = True; "
        f"cr.load().refine({LEGS[1]!r}, source='overpass', cache={str(tmp_path)!r}, progress=False)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=Path(cr.__file__).parents[1]) as process:
        limit = time.monotonic() + 60
        while len(server.asked) < 2 and time.monotonic() < limit and process.poll() is None:
            time.sleep(0.05)
        assert len(server.asked) == 2
        process.kill()
    server.released.set()
    tiles = list(tmp_path.glob("*.json"))
    assert [json.loads(tile.read_text())["version"] for tile in tiles] == [0.6]


def test_the_network_is_off_unless_asked_for(net: cr.Network, tmp_path: Path) -> None:
    assert corridors.settings.allow_network_requests is False
    with pytest.raises(cr.BadRequest, match=r"corridors\.settings\.allow_network_requests = True"):
        net.refine(LEGS[1], source="overpass", cache=tmp_path, progress=False)
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- hostile and damaged

XML = """<?xml version="1.0"?>{head}<osm version="0.6"><node id="1" version="1" lat="{lat}" lon="0"/>
<node id="2" version="1" lat="40" lon="2"/><way id="5" version="1"><nd ref="1"/>{nodes}<nd ref="2"/>
<tag k="highway" v="{value}"/></way></osm>"""
BOMB = (
    '<!DOCTYPE osm [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghij"))
    + "]>"
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"head": BOMB, "value": "&j;"}, "entities are not supported"),
        ({"lat": "nan"}, "coordinate"),
        ({"lat": "-Infinity"}, "coordinate"),
        ({"lat": "91"}, "way 5 has a node with impossible coordinates"),
        ({"nodes": '<nd ref="2"/><nd ref="1"/>' * 500_000}, "way 5 has 1,000,002 nodes"),
        ({"nodes": "<nd"}, "well-formed"),
        ({"value": "primary", "head": "\x00"}, "cannot be read"),
    ],
)
def test_hostile_xml_is_refused(tmp_path: Path, change: dict[str, str], message: str) -> None:
    path = tmp_path / "bad.osm"
    path.write_text(XML.format(**{"head": "", "lat": "40", "nodes": "", "value": "primary"} | change))
    refused(path, message)


def test_damaged_pbf_is_refused(tmp_path: Path, files: tuple[Path, Path]) -> None:
    whole = files[0].read_bytes()
    path = tmp_path / "bad.osm.pbf"
    for part in (b"", whole[:40], whole[: len(whole) // 2], whole[:-1], whole[:-3000] + b"\xff" * 3000):
        path.write_bytes(part)
        refused(path, "cannot be read")
    path.unlink()
    with osmium.SimpleWriter(path) as writer:
        writer.add_node(osm.Node(id=1, location=(0.0, 40.0)))
        writer.add_way(osm.Way(id=5, nodes=[1] * 1_000_000, tags={"highway": "primary"}))
    refused(path, "way 5 has 1,000,000 nodes")


def test_impossible_graphs_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "small.osm", [({"highway": "primary"}, straight(0.0, 1.0, 2.0))])
    for spoil, message in [
        (lambda g: g.edges[1, 2, 0].update(length=-5.0), "way 1 of the graph has the length -5"),
        (lambda g: g.edges[1, 2, 0].update(length=float("nan")), "has the length nan"),
        (lambda g: g.nodes[2].update(x=float("nan")), "the node 2 has no coordinates: x=nan"),
        (lambda g: g.nodes[2].update(y=4.4e6), "way 1 has a node with impossible coordinates"),
    ]:
        graph = graph_of(path, simplify=False)
        spoil(graph)
        refused(graph, message)
    graph = graph_of(path, simplify=False)
    for edge in graph.edges.values():
        del edge["highway"]
    with pytest.raises(cr.BadRequest, match="useful_tags_way"):
        small_network().refine(HOME, source=graph)
    projected = osmnx.project_graph(graph_of(path, simplify=False), to_crs="EPSG:32630")
    lines = [
        small_network().refine(HOME, source=source, progress=False).legs.set_index("leg_id").geometry[HOME]
        for source in (projected, graph_of(path, simplify=False))
    ]
    assert lines[0].equals_exact(lines[1], 1e-5)
    del projected.graph["crs"]
    refused(projected, "no coordinate reference system")


NODES = [{"type": "node", "id": i, "lon": float(i), "lat": 40.0} for i in (1, 2)]
ROAD = {"type": "way", "id": 5, "nodes": [1, 2], "tags": {"highway": "primary"}}


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        ([*NODES, ROAD | {"nodes": [3, 4]}], "tile has 1 roads and railways, but not the positions of their nodes"),
        ([*NODES, {key: ROAD[key] for key in ("type", "id", "tags")}], "not the positions of their nodes"),
        ([NODES[0], NODES[1] | {"lat": float("nan")}, ROAD], "way 5 has a node with impossible coordinates"),
        ([*NODES, ROAD | {"nodes": [1, 2] * 1001}], "way 5 has 2,002 nodes"),
        (["node"], "tile is not an answer of Overpass"),
        (5, "tile is not an answer of Overpass"),
    ],
)
def test_impossible_answers_are_refused(elements: object, message: str) -> None:
    assert [way.points.tolist() for way in read_answer({"elements": [*NODES, ROAD]}, "tile")[0]] == [[[1, 40], [2, 40]]]
    with pytest.raises(cr.DataError, match=message):
        read_answer({"elements": elements}, "tile")


def refused(source: Path | nx.MultiDiGraph, message: str) -> None:
    net = small_network()
    before = digest(net.facts)
    with pytest.raises(cr.DataError, match=message):
        net.refine(HOME, source=source, progress=False)
    assert digest(net.facts) == before


def test_questions_that_make_no_sense(net: cr.Network, tmp_path: Path) -> None:
    for legs, source, more, message in [
        ("road_taraz", "x.osm", {}, "no crossing, strait, section or leg is called 'road_taraz'"),
        ("ferry_aktau_port_alat_port", "x.osm", {}, "has no existing road or railway"),
        ([], "x.osm", {}, "legs is empty"),
        (LEGS, tmp_path / "x.osm.pbf", {}, "is not a file"),
        (LEGS, 5, {}, "source=5"),
        (LEGS, "x.osm", {"buffer_km": 0}, "buffer_km=0"),
        (LEGS, "x.osm", {"snap_km": float("nan")}, "snap_km=nan"),
    ]:
        with pytest.raises(cr.BadRequest, match=message):
            net.refine(legs, source=source, progress=False, **more)


def test_a_section_is_refined_leg_by_leg(net: cr.Network, tmp_path: Path) -> None:
    path = write(tmp_path / "none.osm.pbf", [({"highway": "primary"}, straight(0.0, 1.0))])
    report = net.refine("torugart_road", source=path, progress=False).refinement.legs
    assert list(report["leg_id"]) == ["road_at_bashy_naryn", "road_at_bashy_torugart"]
    assert not report["changed"].any()
