"""Files that other programs saved again are the same network; files of other formats are refused with what to do."""

import json
import re
from pathlib import Path

import geopandas as gpd
import networkx as nx
import osmnx as ox
import pandas as pd
import pyogrio
import pytest
import shapely

import corridors as cr

PLACES = pd.DataFrame(
    {
        "place_id": ["алматы", "کراچی", "c"],
        "name": ["Алматы", "x", "Ц;,"],
        "lon": [69.6, 70.9, 71.5],
        "lat": [42.3, 43.6, 43.9],
    }
)
LEGS = pd.DataFrame(
    {"from_place": ["алматы", "c"], "to_place": ["کراچی", "کراچی"], "mode": ["road", "rail"], "km": [215.0, 80.5]}
).assign(gauge_mm=[None, 1520])


@pytest.fixture(scope="module")
def own() -> cr.Network:
    return cr.Network.from_frames(PLACES, LEGS)


def test_ids_of_any_script_stay_in_every_format(own: cr.Network, tmp_path: Path) -> None:
    for name in ("folder", "n.gpkg", "n.geojson", "n.kml", "n.graphml", "n.gmns"):
        own.to_file(tmp_path / name)
        assert cr.load(tmp_path / name).diff(own).empty, name
    assert set(own.places["place_id"]) == set(PLACES["place_id"])


@pytest.fixture(
    scope="module", params=["old\rMac", "two\r\nlines", "two\nlines", " blanks ", "\ttab", "]]>", "&amp;<b>", "'=1"]
)
def noted(request: pytest.FixtureRequest) -> tuple[str, cr.Network]:
    """A note, and a network whose legs have it."""
    return request.param, cr.Network.from_frames(PLACES, LEGS.assign(note=request.param))


@pytest.mark.parametrize("name", ["folder", "n.gpkg", "n.parquet", "n.geojson", "n.kml", "n.graphml", "n.gmns"])
def test_notes_keep_their_line_ends_and_signs_in_every_format(
    noted: tuple[str, cr.Network], tmp_path: Path, name: str
) -> None:
    note, network = noted
    network.to_file(tmp_path / name)
    again = cr.load(tmp_path / name)
    assert again.diff(network).empty
    assert set(again.legs["note"]) == {note}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"km": 215', '"km": Infinity', "Infinity is no number"),
        ('"km": 215', '"km": 1e999', "found inf"),
        ('"km": 215', '"km": NaN', "the leg has no length"),
        (r"\[\[69\.6,42\.3\]", "[[-Infinity, 42.3]", "-Infinity is no number"),
        (r"\[\[69\.6,42\.3\]", "[[NaN, 42.3]", "not a number"),
        (r'"coordinates":\[\[.*?\]\]', '"coordinates": []', "a geometry is empty"),
        (r'"coordinates":\[69.6,42.3\]', '"coordinates": []', "a geometry is empty"),
    ],
)
def test_geojson_without_a_number_where_one_is_needed_is_refused(
    own: cr.Network, tmp_path: Path, old: str, new: str, words: str
) -> None:
    own.to_file(tmp_path / "n.geojson")
    text, changed = re.subn(old, new, (tmp_path / "n.geojson").read_text(), count=1)
    assert changed
    (tmp_path / "n.geojson").write_text(text)
    with pytest.raises(cr.DataError, match=words):
        cr.load(tmp_path / "n.geojson")


def test_geojson_with_nan_for_no_value_is_read(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "n.geojson")
    text = (tmp_path / "n.geojson").read_text().replace('"km": 215', '"km_low": NaN, "note": NaN, "km": 215')
    (tmp_path / "n.geojson").write_text(text)
    assert cr.load(tmp_path / "n.geojson").diff(own).empty


def test_graphml_goes_through_networkx_and_osmnx(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "n.graphml")
    nx.write_graphml(nx.read_graphml(tmp_path / "n.graphml"), tmp_path / "networkx.graphml")
    graph = ox.load_graphml(tmp_path / "n.graphml")
    assert graph.number_of_edges() == 4
    assert len({key for _, _, key in graph.edges(keys=True)}) == 4
    ox.save_graphml(graph, tmp_path / "osmnx.graphml")
    for name in ("networkx", "osmnx"):
        assert cr.load(tmp_path / f"{name}.graphml").diff(own).empty, name


def test_geojson_goes_through_geopandas_in_any_reference_system(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "n.geojson")
    frame = gpd.read_file(tmp_path / "n.geojson")
    frame.to_file(tmp_path / "again.geojson", driver="GeoJSON")
    assert cr.load(tmp_path / "again.geojson").diff(own).empty
    frame.to_crs(3857).to_file(tmp_path / "metres.geojson", driver="GeoJSON")
    lines = cr.load(tmp_path / "metres.geojson").legs.geometry
    assert shapely.equals_exact(lines.to_numpy(), own.legs.geometry.to_numpy(), 1e-6).all()


def test_geoparquet_kml_and_geopackage_go_through_geopandas(own: cr.Network, tmp_path: Path) -> None:
    for name in ("n.parquet", "n.kml", "n.gpkg"):
        own.to_file(tmp_path / name)
    for path in (tmp_path / "n.parquet").glob("*.parquet"):
        read = gpd.read_parquet if path.stem in ("places", "legs") else pd.read_parquet
        read(path).to_parquet(path)
    for name, driver in (("n.kml", "KML"), ("n.gpkg", "GPKG")):
        for layer in gpd.list_layers(tmp_path / name)["name"]:
            table, copy = pyogrio.read_dataframe(tmp_path / name, layer=layer), tmp_path / f"copy_{name}"
            pyogrio.write_dataframe(table, copy, layer=layer, driver=driver, append=copy.exists())
    for copy in ("n.parquet", "copy_n.kml", "copy_n.gpkg"):
        assert cr.load(tmp_path / copy).diff(own).empty, copy


def test_a_geopackage_may_have_multi_parts_heights_and_another_reference_system(
    own: cr.Network, tmp_path: Path
) -> None:
    own.to_file(tmp_path / "n.gpkg")
    for layer, multi in (("legs", shapely.MultiLineString), ("places", shapely.MultiPoint)):
        table = gpd.read_file(tmp_path / "n.gpkg", layer=layer)
        table = table.set_geometry([multi([shapely.force_3d(one, 9.0)]) for one in table.geometry], crs=4326)
        table.assign(ogc_fid=7).to_crs(32642).to_file(tmp_path / "n.gpkg", layer=layer)
    again = cr.load(tmp_path / "n.gpkg")
    assert shapely.equals_exact(again.legs.geometry.to_numpy(), own.legs.geometry.to_numpy(), 1e-6).all()
    assert set(again.diff(own)["table"]) <= {"leg_geometry", "places"}


def test_a_graph_of_which_networkx_kept_one_direction_has_all_legs(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "n.graphml")
    nx.write_graphml(nx.MultiGraph(nx.read_graphml(tmp_path / "n.graphml")), tmp_path / "one.graphml")
    assert cr.load(tmp_path / "one.graphml").diff(own).empty


@pytest.mark.parametrize("namespace", ["http://www.opengis.net/kml/2.1", "http://earth.google.com/kml/2.2", ""])
def test_kml_of_any_namespace_with_blanks_between_coordinates(own: cr.Network, tmp_path: Path, namespace: str) -> None:
    own.to_file(tmp_path / "n.kml")
    text = (tmp_path / "n.kml").read_text().replace("http://www.opengis.net/kml/2.2", namespace)
    (tmp_path / "n.kml").write_text(re.sub(r"(\d),(\d)", r"\1 , \2", text).replace(' xmlns=""', ""))
    assert cr.load(tmp_path / "n.kml").diff(own).empty


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("n.kml", r"<LineString>(.*?)</LineString>", r"<Polygon>\1</Polygon>", "a Polygon, which is neither"),
        ("n.kml", "Placemark", "NetworkLink", "not a KML with folders of placemarks"),
        ("n.geojson", '"features"', '"parts"', "not a FeatureCollection"),
        ("n.geojson", '"geometry"', '"shape"', "no properties or no geometry"),
        ("n.geojson", '"name": "x"', '"name": {"en": "x"}', "several values in name"),
        ("n.geojson", '"features"', '"crs": {"type": "link"}, "features"', "does not name a reference system"),
        ("n.graphml", ">69.6<", ">far<", "truncated or not GraphML"),
    ],
)
def test_what_a_file_cannot_mean_is_refused(
    own: cr.Network, tmp_path: Path, name: str, old: str, new: str, words: str
) -> None:
    own.to_file(tmp_path / name)
    text, changed = re.subn(old, new, (tmp_path / name).read_text(), flags=re.DOTALL)
    assert changed
    (tmp_path / name).write_text(text)
    with pytest.raises(cr.DataError, match=words):
        cr.load(tmp_path / name)


def test_gmns_has_zones_where_cargo_starts(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "junctions.gmns")
    cr.Network.from_frames(PLACES.assign(kind=["city", "junction", "seaport"]), LEGS).to_file(tmp_path / "n.gmns")
    for name, zones in (("junctions", 3), ("n", 2)):
        nodes = pd.read_csv(tmp_path / f"{name}.gmns" / "node.csv").dropna(subset="zone_id")
        told = pd.read_csv(tmp_path / f"{name}.gmns" / "zone.csv")
        assert told["zone_id"].tolist() == nodes["zone_id"].tolist() == list(range(1, zones + 1))


def test_gmns_is_numbered_and_sorted_as_assignment_programs_have_it(tmp_path: Path) -> None:
    """DTALite takes ids that are words for 0, wants zones numbered as their nodes, and links sorted by their start."""
    cr.Network.from_frames(PLACES.assign(kind=["junction", "city", "seaport"]), LEGS).to_file(tmp_path / "n.gmns")
    nodes, links = (pd.read_csv(tmp_path / "n.gmns" / f"{name}.csv") for name in ("node", "link"))
    assert nodes["node_id"].tolist() == [1, 2, 3]
    assert nodes["place_id"].tolist() == ["کراچی", "c", "алматы"]
    assert nodes["zone_id"].tolist()[:2] == [1, 2]
    assert links["link_id"].tolist() == list(range(1, len(links) + 1))
    assert links["from_node_id"].is_monotonic_increasing
    assert set(links["from_node_id"]) | set(links["to_node_id"]) == {1, 2, 3}
    assert cr.load(tmp_path / "n.gmns").legs.set_index("from_place")["km"].to_dict() == {"алматы": 215.0, "c": 80.5}


def test_gmns_has_each_use_in_its_tables_and_what_is_not_in_operation_apart(tmp_path: Path) -> None:
    """By GMNS a use is in use_definition or use_group; AequilibraE knows those of a group, in capitals."""
    legs = LEGS.assign(status=["operating", "suspended"])
    cr.Network.from_frames(PLACES, legs).to_file(tmp_path / "n.gmns")
    links, told, groups = (
        pd.read_csv(tmp_path / "n.gmns" / f"{name}.csv") for name in ("link", "use_definition", "use_group")
    )
    assert set(links["allowed_uses"]) == set(told["use"]) == {"ROAD", "RAIL_SUSPENDED"}
    assert told[["persons_per_vehicle", "pce"]].notna().all(axis=None)
    assert groups.set_index("use_group")["uses"].to_dict() == {"FREIGHT": "ROAD", "NOT_OPERATING": "RAIL_SUSPENDED"}
    assert cr.load(tmp_path / "n.gmns").legs["status"].tolist() == ["operating", "suspended"]


def test_gmns_of_version_0_1_with_words_for_ids_is_read(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "n.gmns")
    nodes, links = (pd.read_csv(tmp_path / "n.gmns" / f"{name}.csv") for name in ("node", "link"))
    words = nodes.set_index("node_id")["place_id"]
    nodes = nodes.assign(node_id=nodes["place_id"]).drop(columns="place_id")
    links = links.assign(
        from_node_id=links["from_node_id"].map(words),
        to_node_id=links["to_node_id"].map(words),
        link_id=links["leg_id"],
    ).drop(columns=["leg_id", "crossing_id"])
    nodes.to_csv(tmp_path / "n.gmns" / "node.csv", index=False)
    links.to_csv(tmp_path / "n.gmns" / "link.csv", index=False)
    assert cr.load(tmp_path / "n.gmns").diff(own).empty


def test_times_of_routes_in_kml_are_moments_both(own: cr.Network, tmp_path: Path) -> None:
    routes = own.routes("c", "کراچی", depart="2026-04-15", modes=["rail"], k=1)
    routes.to_file(tmp_path / "r.kml")
    found = gpd.read_file(tmp_path / "r.kml")
    for column, name in (("begin", "start"), ("end", "end")):
        assert (pd.to_datetime(found[column], utc=True) - routes.legs[name]).abs().max() < pd.Timedelta(seconds=1)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x.kmz", "zipped .kml: unpack it"),
        ("x.SHP", "from_frames"),
        ("legs.csv", r"load\(extra=folder\)"),
        ("x.xlsx", "from_frames"),
        ("x.gpkg.zip", "Unpack it first"),
        ("kyrgyzstan.osm.pbf", "net.refine"),
        ("x.dxf", "known are a folder"),
        ("noname", "known are a folder"),
    ],
)
def test_other_formats_are_refused_with_what_reads_them(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(cr.DataError, match="is missing"):
        cr.load(tmp_path / name)
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(cr.DataError, match=words):
        cr.load(tmp_path / name)


EVENT = (
    "event_id,element_id,effect,start,last_confirmed,cause,as_of,quality\n"
    "slide,khunjerab_sost,close,2026-04-10,2026-06-30,Slide,2026-06-30,estimate\n"
)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("events.CSV", "call it events.csv"),
        ("Events.csv", "belongs to no table"),
        ("events.csv.txt", "save it as CSV"),
        ("events.xlsx", "save it as CSV"),
        ("closures.ods", "save it as CSV"),
        ("inner/events.csv", "a folder within the folder"),
        (".hidden", "holds no rows"),
        ("notes.txt", "holds no rows"),
    ],
)
def test_rows_that_would_be_passed_over_are_refused(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(EVENT)
    with pytest.raises(cr.DataError, match=words):
        cr.load(extra=tmp_path)
    if "holds no rows" not in words:
        (tmp_path / "events.csv").write_text(EVENT)
        with pytest.raises(cr.DataError, match=words):
            cr.load(extra=tmp_path)


def test_a_folder_that_holds_no_network_says_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(cr.DataError, match="give the folder that does"):
        cr.load(tmp_path)
    (tmp_path / "events.csv").write_text(EVENT)
    with pytest.raises(cr.DataError, match=r"load\(extra=folder\)"):
        cr.load(tmp_path)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "datapackage.json").write_text(json.dumps({}))
    with pytest.raises(cr.DataError, match="the folder inner in it does"):
        cr.load(tmp_path)


def test_gmns_that_pandas_read_and_saved_is_the_same(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "n.gmns")
    for path in (tmp_path / "n.gmns").glob("*.csv"):
        pd.read_csv(path).to_csv(path, index=False)
    assert cr.load(tmp_path / "n.gmns").diff(own).empty


def test_links_of_gmns_run_both_ways_for_who_takes_each_as_directed(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "n.gmns")
    links = pd.read_csv(tmp_path / "n.gmns" / "link.csv")
    assert links["directed"].all()
    assert links["link_id"].is_unique
    assert {"lanes", "free_speed", "capacity"} <= set(links.columns)
    ways = [tuple(way) for way in links[["from_node_id", "to_node_id"]].to_numpy()]
    assert len(ways) == 2 * len(own.legs)
    assert sorted(ways) == sorted(way[::-1] for way in ways)
    at = pd.read_csv(tmp_path / "n.gmns" / "node.csv").set_index("node_id")
    for (start, end), line in zip(ways, shapely.from_wkt(links["geometry"]), strict=True):
        for node, point in ((start, line.coords[0]), (end, line.coords[-1])):
            assert point == pytest.approx(tuple(at.loc[node, ["x_coord", "y_coord"]]), abs=1e-6)


@pytest.mark.parametrize("name", ["osm", "osm.gmns"])
def test_gmns_of_other_programs_is_refused_with_the_way_in(tmp_path: Path, name: str) -> None:
    """As osm2gmns writes it: no config.csv, metres, no table."""
    (tmp_path / name).mkdir()
    (tmp_path / name / "node.csv").write_text("name,node_id,x_coord,y_coord\n,1,69.6,42.3\n,2,69.7,42.4\n")
    (tmp_path / name / "link.csv").write_text("link_id,from_node_id,to_node_id,directed,length\n1,1,2,1,13826.61\n")
    with pytest.raises(cr.DataError, match=r"from_place, to_place, mode, km, and give them to Network\.from_frames"):
        cr.load(tmp_path / name)
