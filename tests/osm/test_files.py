"""OpenStreetMap files as different programs write them, and the one rule of what is open."""

import bz2
import gzip
import json
from functools import cache
from pathlib import Path

import networkx as nx
import osmium
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.osm.files import read_file
from corridors.osm.usable import modes, why_not

AT = [(69.60 + 0.03 * i, 42.30 + 0.002 * (i % 2)) for i in range(11)]
BOX = [(69.0, 42.0, 70.5, 43.0)]
PLACES = pd.DataFrame({"place_id": ["a", "b"], "lon": [69.6, 69.9], "lat": [42.3, 42.3]})
ROAD = pd.DataFrame({"from_place": ["a"], "to_place": ["b"], "mode": ["road"], "km": [30.0]})


def xml(order: str, sign: int = 1, places: bool = False, root: str = "osm", more: str = "") -> str:
    """Eleven nodes (n, or N and M for each half) and a trunk road (w) in an order."""
    nodes = [f'<node id="{sign * (i + 1)}" lat="{y:.7f}" lon="{x:.7f}"/>' for i, (x, y) in enumerate(AT)]
    refs = "".join(
        f'<nd ref="{sign * (i + 1)}"' + (f' lat="{y:.7f}" lon="{x:.7f}"' if places else "") + "/>"
        for i, (x, y) in enumerate(AT)
    )
    way = f'<way id="{sign * 100}">{refs}<tag k="highway" v="trunk"/></way>'
    parts = {"n": "".join(nodes), "N": "".join(nodes[:6]), "M": "".join(nodes[6:]), "w": way}
    return f'<?xml version="1.0"?><{root} version="0.6">{more}{"".join(parts[one] for one in order)}</{root}>'


def points(path: Path) -> list[list[float]]:
    (way,) = read_file(path, BOX, progress=False).ways
    return way.points.round(7).tolist()


@settings(derandomize=True, max_examples=30, deadline=None)
@given(st.permutations("NMw"), st.sampled_from([1, -1]), st.booleans(), st.sampled_from(["osm", "osm.gz", "osm.bz2"]))
def test_the_order_of_a_file_and_the_sign_of_its_ids_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], sign: int, places: bool, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("osm") / f"x.{suffix}"
    text = xml("".join(order), sign, places, more='<note>x</note><meta osm_base="2026-02-03T04:05:06Z"/>').encode()
    path.write_bytes({"osm.gz": gzip.compress, "osm.bz2": bz2.compress}.get(suffix, bytes)(text))
    assert points(path) == [[round(x, 7), round(y, 7)] for x, y in AT]
    assert read_file(path, BOX, progress=False).state == "2026-02-03T04:05:06Z"


def test_places_in_the_ways_and_overpass_in_json(tmp_path: Path) -> None:
    (tmp_path / "plain.osm").write_text(xml("nw"))
    (tmp_path / "geom.osm").write_text(xml("w", places=True))
    with osmium.SimpleWriter(osmium.io.File(str(tmp_path / "w.osm.pbf"), "pbf,locations_on_ways=true")) as writer:
        for one in osmium.FileProcessor(tmp_path / "plain.osm").with_locations():
            if one.is_way():
                writer.add(one)
    way = {"type": "way", "id": 100, "nodes": list(range(11)), "tags": {"highway": "trunk"}}
    nodes = [{"type": "node", "id": i, "lon": x, "lat": y} for i, (x, y) in enumerate(AT)]
    about = {"osm3s": {"timestamp_osm_base": "2026-02-03T04:05:06Z"}}
    geometry = [{"lon": x, "lat": y} for x, y in AT]
    (tmp_path / "nodes.json").write_text(json.dumps({**about, "elements": [way, *nodes]}))
    (tmp_path / "geom.json").write_text(json.dumps({**about, "elements": [{**way, "geometry": geometry}]}))
    for name in ("geom.osm", "w.osm.pbf", "nodes.json", "geom.json"):
        assert points(tmp_path / name) == points(tmp_path / "plain.osm"), name
    cut = json.dumps({**about, "elements": [{**way, "geometry": [*geometry[:4], None, *geometry[5:]]}]})
    (tmp_path / "cut.json").write_text(cut)
    assert [len(way.points) for way in read_file(tmp_path / "cut.json", BOX, progress=False).ways] == [4, 6]


def test_a_way_cut_at_the_edge_of_an_extract_is_read_in_parts(tmp_path: Path) -> None:
    text = xml("nw")
    lost = text.index('<node id="5"')
    (tmp_path / "x.osm").write_text(text[:lost] + text[text.index('<node id="6"') :])
    assert [len(way.points) for way in read_file(tmp_path / "x.osm", BOX, progress=False).ways] == [4, 6]


WAY = '<way id="100" version="{}"><nd ref="1"/><nd ref="2"/><tag k="highway" v="trunk"/></way>'
DIFFERENCE = "<action type='modify'><old>{0}</old><new>{0}</new></action>".format(WAY.format(1))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.osc", xml("nw", root="osmChange"), "history or a file of changes"),
        ("x.OSC.gz", "", "history or a file of changes"),
        ("x.osh.pbf", "", "history or a file of changes"),
        ("x.osm", xml("", root="osmChange", more=f"<modify>{WAY.format(2)}</modify>"), "history or a file of changes"),
        ("x.osm", xml("n", more=WAY.format(1) + WAY.format(2)), "history or a file of changes"),
        ("x.osm", xml("", more=DIFFERENCE), "history or a file of changes"),
        ("x.osm", xml("w"), "1 roads and railways, but not the positions of their nodes"),
        ("x.json", '{"type": "FeatureCollection", "features": []}', "not an answer of Overpass"),
        ("x.json", "{", "cannot be read as OpenStreetMap"),
        ("x.geojson", "{}", "cannot be read as OpenStreetMap"),
    ],
)
def test_what_is_no_state_of_openstreetmap_is_refused(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(cr.DataError, match=words):
        cr.Network.from_frames(PLACES, ROAD).refine("road_a_b", source=tmp_path / name, progress=False)


def test_a_road_that_was_deleted_is_not_there(tmp_path: Path) -> None:
    kept = xml("w").partition("<way")[2].replace('id="100"', 'id="101"', 1)
    gone = xml("nw").replace('<way id="100"', '<way id="100" version="3" visible="false"')
    (tmp_path / "x.osm").write_text(gone.replace("</osm>", f"<way{kept}"))
    assert [way.osm_ids for way in read_file(tmp_path / "x.osm", BOX, progress=False).ways] == [(101,)]


CLOSED = [
    {key: value}
    for key in ("highway", "railway")
    for value in ("proposed", "construction", "abandoned", "razed", "disused", "demolished", "dismantled", "planned")
]
CLOSED += [{"railway": one} for one in ("subway", "tram", "light_rail", "monorail", "Construction")]
CLOSED += [
    {"highway": one} for one in ("footway", "cycleway", "steps", ["primary", "construction"], "primary;proposed")
]
CLOSED += [{"proposed:railway": "rail", "proposed:highway": "trunk"}, {"route": "ferry"}]
CLOSED += [{"railway": "rail", "highway": "trunk", "disused": "yes"}]
CLOSED += [{f"{one}:railway": "rail", f"{one}:highway": "trunk"} for one in ("was", "historic", "ruins", "former")]
CLOSED += [{one: ["rail", "trunk"]} for one in ("proposed", "construction", "abandoned")]
CLOSED += [
    {"railway": "rail", "highway": "trunk", key: value}
    for key, value in (
        *(("status", "Under construction"), ("state", "proposed"), ("operational_status", "closed")),
        *(("lifecycle", "PLANNED"), ("railway:state", "abandoned")),
    )
]


def graph(**tags: object) -> nx.MultiDiGraph:
    found = nx.MultiDiGraph(crs="EPSG:4326", created_date="2026-01-01 00:00:00")
    for name, lon in ((1, 69.6), (2, 69.9)):
        found.add_node(name, x=lon, y=42.3)
    found.add_edge(1, 2, length=24_800.0, osmid=7, **tags)
    return found


@cache
def road_or_rail(mode: str) -> cr.Network:
    return cr.Network.from_frames(PLACES, ROAD if mode == "road" else ROAD.assign(mode="rail", gauge_mm=1520))


@pytest.mark.parametrize("tags", CLOSED, ids=str)
def test_planned_gone_and_foreign_ways_are_open_to_none(tags: dict) -> None:
    for mode in ("road", "rail"):
        with pytest.raises(cr.DataError, match=f"1 of 1 edges are no open {mode} and are left out: 1 "):
            cr.Network.from_osmnx(graph(**tags), mode=mode, gauge_mm=1520)
    own = road_or_rail("road" if "highway" in tags else "rail")
    with pytest.raises(cr.BadRequest, match="no edge of the graph is a road or railway"):
        own.refine(own.legs["leg_id"].iloc[0], source=graph(**tags), progress=False)


@pytest.mark.parametrize(
    "tags",
    [{"construction": "minor"}, {"historic": "yes"}, {"status": "operational"}, {"proposed": "motorway"}],
    ids=str,
)
def test_a_road_in_use_is_open_whatever_else_is_told(tags: dict) -> None:
    assert len(cr.Network.from_osmnx(graph(highway="trunk", **tags)).legs) == 1


@pytest.mark.parametrize(
    ("tags", "closed"),
    [
        ({"opening_date": "2190"}, True),
        ({"opening_date": "2190-05"}, True),
        ({"opening_date": "2190-05-01"}, True),
        ({"start_date": "2190"}, True),
        ({"end_date": "1998"}, True),
        ({"opening_date": "2019-05"}, False),
        ({"opening_date": "THIS_YEAR"}, False),
        ({"start_date": "1975"}, False),
        ({"start_date": "C19"}, False),
        ({"opening_date": "soon"}, False),
        ({"end_date": "2190"}, False),
        ({"end_date": "THIS_YEAR"}, False),
    ],
    ids=str,
)
def test_what_is_not_there_on_the_day_of_the_data_is_not_open(tags: dict, closed: bool, net: cr.Network) -> None:
    year = str(net.data_date.year)
    told = {key: value.replace("THIS_YEAR", year) for key, value in tags.items()}
    for mode, way in (("road", {"highway": "trunk"}), ("rail", {"railway": "rail", "gauge": "1520"})):
        assert bool(why_not(told | way, mode)) is closed
        if closed:
            with pytest.raises(cr.DataError, match=f"no open {mode} .*_date="):
                cr.Network.from_osmnx(graph(**way, **told), mode=mode)
        else:
            assert len(cr.Network.from_osmnx(graph(**way, **told), mode=mode).legs) == 1


@pytest.mark.parametrize(
    ("tags", "closed"),
    [
        ({"access": "no"}, True),
        ({"motor_vehicle": "no"}, True),
        ({"access": "yes", "hgv": "no"}, True),
        ({"hgv": ["yes", "no"]}, True),
        ({"vehicle": "forestry"}, True),
        ({"access": "no", "hgv": "designated"}, False),
        ({"access": "no", "motor_vehicle": "yes"}, False),
        ({"access": "private"}, False),
        ({"foot": "no", "bicycle": "no"}, False),
    ],
    ids=str,
)
def test_no_truck_is_led_where_none_may_drive(tags: dict, closed: bool) -> None:
    """By the most special of the keys that speak of trucks; tracks often bear access=no, which trains do not heed."""
    if closed:
        with pytest.raises(cr.DataError, match="no open road"):
            cr.Network.from_osmnx(graph(highway="trunk", **tags))
    else:
        assert len(cr.Network.from_osmnx(graph(highway="trunk", **tags)).legs) == 1
    assert len(cr.Network.from_osmnx(graph(railway="rail", **tags), mode="rail", gauge_mm=1520).legs) == 1


def test_what_is_left_out_is_counted_and_the_rest_stays() -> None:
    both = graph(highway="trunk")
    both.add_node(3, x=70.2, y=42.3)
    for value in ("proposed", "proposed", "footway"):
        both.add_edge(2, 3, length=24_800.0, highway=value)
    both.add_edge(2, 3, length=24_900.0, highway=float("nan"))
    with pytest.warns(UserWarning, match="3 of 5 edges .*: 2 highway=proposed, 1 highway=footway"):
        own = cr.Network.from_osmnx(both, simplify=False)
    assert own.legs["km"].tolist() == [24.8, 24.9]


@settings(derandomize=True, max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["highway", "railway", "proposed", "disused:railway", "route"]),
        st.sampled_from(["trunk", "rail", "proposed", "yes", "no", "ferry", "residential"]),
    )
)
def test_where_a_leg_may_be_led_a_graph_is_open(tags: dict[str, str]) -> None:
    for mode in modes(tags):
        assert why_not(tags, mode) == ""


@pytest.mark.parametrize(
    ("suffix", "text", "words"),
    [
        ("osm", xml("nw", more="<remark> runtime error: Query timed out </remark>"), "runtime error: Query timed out"),
        ("osm", xml("nw").replace("</osm>", "<remark>runtime error: x</remark></osm>"), "is incomplete"),
        ("osm", xml("nw").replace("<way ", "<way action='delete' "), "deleted in JOSM"),
        ("osm", xml("n"), "has no open road or railway"),
        ("osm", xml("nw").replace('v="trunk"', 'v="footway"'), "has no open road or railway"),
        ("json", json.dumps({"elements": [], "remark": "runtime error: Query ran out of memory"}), "ran out of memory"),
    ],
)
def test_what_is_not_whole_is_not_taken_for_no_road(tmp_path: Path, suffix: str, text: str, words: str) -> None:
    (tmp_path / f"x.{suffix}").write_text(text)
    with pytest.raises(cr.DataError, match=words):
        read_file(tmp_path / f"x.{suffix}", BOX, progress=False)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("x.osm.gz", xml("nw").encode(), "Not a gzipped file"),
        ("x.osm.gz", gzip.compress(xml("nw").encode())[:-30], "ended before the end"),
        ("x.osm.bz2", bz2.compress(xml("nw").encode())[:-30], "cannot be read as OpenStreetMap"),
        ("x.json.gz", b"{}", "Not a gzipped file"),
        (
            "x.json",
            b'{"elements": [{"type": "count", "id": 0, "tags": {"ways": "5"}}]}',
            "has no open road or railway",
        ),
        ("x.json", b'{"elements": [{"type": "way", "id": 5}]}', "has no open road or railway"),
        (
            "x.json",
            b'{"elements": [{"type": "way", "id": 5, "center": {"lat": 42, "lon": 69}, "tags": {"highway": "trunk"}}]}',
            "not the positions of their nodes",
        ),
    ],
)
def test_what_could_not_be_read_is_not_nothing_found(tmp_path: Path, name: str, body: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(cr.DataError, match=words):
        read_file(tmp_path / name, BOX, progress=False)


def test_overpass_in_json_is_read_packed_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    way = {"type": "way", "id": 100, "nodes": list(range(11)), "tags": {"highway": "trunk"}}
    nodes = [{"type": "node", "id": i, "lon": x, "lat": y} for i, (x, y) in enumerate(AT)]
    text = json.dumps({"elements": [way, *nodes]}).encode()
    for name, body in (("x.json.gz", gzip.compress(text)), ("x.JSON", b"\xef\xbb\xbf" + text)):
        (tmp_path / name).write_bytes(body)
        assert points(tmp_path / name) == [[round(x, 7), round(y, 7)] for x, y in AT]
