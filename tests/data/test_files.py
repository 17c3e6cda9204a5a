"""Networks and routes as files: read back equal, readable by others, and hostile or torn files end in one sentence."""

import json
import shutil
from pathlib import Path

import geopandas as gpd
import osmnx as ox
import pandas as pd
import pytest
import shapely
from frictionless import validate
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.analysis.sweeps import digest
from corridors.data import features, geojson, gmns, graphml, kml
from corridors.data.files import read

HELD = ("places", "legs", "leg_geometry", "crossings")


@pytest.fixture(scope="module")
def part(net: cr.Network) -> cr.Network:
    """Kyrgyzstan, Tajikistan and Uzbekistan out of the shipped network."""
    places = net.places.query("country in ('KG', 'TJ', 'UZ')")
    legs, gates = (
        (table := getattr(net, name))[
            table["from_place"].isin(places["place_id"]) & table["to_place"].isin(places["place_id"])
        ]
        for name in ("legs", "crossings")
    )
    return cr.Network.from_frames(places, legs, crossings=gates)


@pytest.fixture(scope="module")
def own(part: cr.Network, tmp_path_factory: pytest.TempPathFactory) -> cr.Network:
    """The part, out of a file, with a closure of the user's."""
    folder = tmp_path_factory.mktemp("extra")
    (folder / "events.csv").write_text(
        "event_id,element_id,effect,start,last_confirmed,cause,as_of,quality\n"
        f"ours,{part.crossings['element_id'].iloc[0]},close,2026-04-01,2026-06-30,"
        '"slip, <big>",2026,estimate\n'
    )
    part.to_file(folder / "part.gpkg")
    found = cr.load(folder / "part.gpkg", extra=folder)
    assert found.diff(part)["key"].tolist() == ["ours", found.events["source_id"].iloc[-1]]
    return found


def test_a_part_of_the_network_keeps_what_belongs_to_it(net: cr.Network, part: cr.Network) -> None:
    assert part.check().empty
    gates = set(part.crossings["element_id"])
    for table in ("calendars", "seasons", "events", "rights"):
        here, there = part.tables[table], net.tables[table]
        assert set(here["element_id"]) >= set(there["element_id"]) & gates
        assert set(here["element_id"]) <= set(part.elements["element_id"])
    ask = {"depart": "2026-04-15", "k": 1, "modes": ["road"]}
    whole = net.routes("Osh", "Khujand", avoid=["KZ", "AF", "CN", "TM"], **ask)
    assert part.routes("Osh", "Khujand", **ask).table["usd"].tolist() == whole.table["usd"].tolist()


@pytest.mark.parametrize("name", ["folder", "net.gpkg", "net.parquet"])
def test_what_holds_all_is_read_back_equal(own: cr.Network, tmp_path: Path, name: str) -> None:
    own.to_file(tmp_path / name)
    again = cr.load(tmp_path / name)
    assert digest(again) == digest(own)
    assert (again.version, again.data_date) == (own.version, own.data_date)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_folder_is_a_data_package_and_others_read_the_layers(own: cr.Network, tmp_path: Path) -> None:
    own.to_file(tmp_path / "folder")
    report = validate(str(tmp_path / "folder" / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "note"])
    assert (tmp_path / "folder" / "basemap" / "countries.geojson").exists()
    own.to_file(tmp_path / "net.gpkg")
    legs = gpd.read_file(tmp_path / "net.gpkg", layer="legs")
    assert legs.crs == "EPSG:4326"
    assert legs.geometry.to_wkt().tolist() == own.legs.geometry.to_wkt().tolist()
    assert gpd.read_file(tmp_path / "net.gpkg", layer="events")["event_id"].tolist() == own.events["event_id"].tolist()


@pytest.mark.parametrize("types", [str, None])
def test_a_folder_that_pandas_read_and_saved_is_the_same(own: cr.Network, tmp_path: Path, types: type | None) -> None:
    """With its own guess of the types a year beside empty cells becomes 2018.0."""
    own.to_file(tmp_path / "net")
    for path in (tmp_path / "net").glob("*.csv"):
        pd.read_csv(path, dtype=types, keep_default_na=types is None).to_csv(path, index=False)
    assert cr.load(tmp_path / "net").diff(own).empty


@pytest.mark.parametrize("name", ["net.geojson", "net.kml", "net.graphml", "net.gmns"])
def test_what_holds_places_legs_and_crossings_is_read_back_equal(part: cr.Network, tmp_path: Path, name: str) -> None:
    part.to_file(tmp_path / name)
    again = cr.load(tmp_path / name)
    assert again.diff(part).empty
    assert again.version == part.version
    for table in HELD:
        key = part.tables[table].columns[0]
        a, b = (one.tables[table].sort_values(key, ignore_index=True) for one in (again, part))
        pd.testing.assert_frame_equal(a, b, check_exact=True, check_dtype=False)
    if name.endswith(("geojson", "kml")):
        lines = pd.concat(
            [
                gpd.read_file(tmp_path / name, layer=layer)
                for layer in (["places", "legs", "crossings"] if name.endswith("kml") else ["net"])
            ]
        )
        assert len(lines) == sum(len(part.tables[table]) for table in ("places", "legs", "crossings"))
    if name.endswith("graphml"):
        graph = ox.io.load_graphml(tmp_path / name)
        number = {place: node for node, place in graph.nodes(data="place_id")}
        path = ox.routing.shortest_path(graph, number["bishkek"], number["dushanbe"], weight="length")
        assert path[-1] == number["dushanbe"]
    if name.endswith("gmns"):
        links = pd.read_csv(tmp_path / name / "link.csv").set_index("link_id")
        assert pd.read_csv(tmp_path / name / "config.csv")["long_length"].tolist() == ["kilometer"]
        assert links["length"].sum() == pytest.approx(2 * part.legs["km"].sum())  # there and back
        assert links["directed"].all()
        assert len(links) == 2 * len(part.legs) + len(part.crossings)
        assert set(links["from_node_id"]) <= set(pd.read_csv(tmp_path / name / "node.csv")["node_id"])


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1)
NUMBER = st.floats(0, 1e6, allow_nan=False)


@settings(derandomize=True, max_examples=20, deadline=None)
@given(name=TEXT, note=TEXT, km=NUMBER, lon=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_any_text_and_number_comes_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, note: str, km: float, lon: float, lat: float
) -> None:
    folder = tmp_path_factory.mktemp("text")
    rows = {
        "places": pd.DataFrame(
            [
                {"place_id": "a", "name": name, "lon": lon, "lat": lat},
                {"place_id": "b", "name": note, "lon": 1.0, "lat": 2.0},
            ]
        ),
        "legs": pd.DataFrame(
            [{"leg_id": "l", "from_place": "a", "to_place": "b", "mode": "road", "km": km, "note": note}]
        ),
        "crossings": pd.DataFrame(
            [{"crossing_id": "c", "name": name, "from_place": "b", "to_place": "a", "mode": "rail", "usd": km}]
        ),
    }
    line = shapely.LineString([(lon, lat), (1, 2)])
    shapes = {"places": [shapely.Point(lon, lat), shapely.Point(1, 2)], "legs": [line], "crossings": [line.reverse()]}
    written = features.features(rows, shapes)
    for kind in ("geojson", "kml", "graphml", "gmns"):
        path = folder / f"x.{kind}"
        module = {"geojson": geojson, "kml": kml, "graphml": graphml, "gmns": gmns}[kind]
        getattr(module, f"write_{kind}")(*((rows, shapes) if kind == "geojson" else (written,)), path)
        found = features.frames(getattr(module, f"read_{kind}")(path), path)
        for table, wanted in rows.items():
            got = pd.DataFrame(found[table])[wanted.columns]
            for column in wanted.columns:
                cast = float if wanted[column].dtype.kind in "fi" else str
                assert [cast(value) for value in got[column]] == [cast(value) for value in wanted[column]], kind
        assert found["legs"].geometry.iloc[0].coords[:] == line.coords[:]


def test_routes_are_written_with_their_legs_and_tables(net: cr.Network, tmp_path: Path) -> None:
    routes = net.routes("Kashgar", "Islamabad", depart="2026-04-15", k=2)
    for name in ("r.gpkg", "r.parquet", "r.kml", "r.geojson"):
        routes.to_file(tmp_path / name)
    legs = routes.legs
    for found in (
        gpd.read_file(tmp_path / "r.gpkg", layer="legs"),
        gpd.read_parquet(tmp_path / "r.parquet"),
        gpd.read_file(tmp_path / "r.geojson"),
        gpd.read_file(tmp_path / "r.kml"),
    ):
        assert found.geometry.to_wkt().tolist() == legs.geometry.to_wkt().tolist()
        assert found.crs == "EPSG:4326"
    tables = gpd.read_file(tmp_path / "r.gpkg", layer="legs"), gpd.read_parquet(tmp_path / "r.parquet")
    for found in tables:
        assert found["km"].tolist() == legs["km"].tolist()
        assert found["source_id"].tolist() == legs["source_id"].tolist()
        assert (pd.to_datetime(found["start"]) - legs["start"]).abs().max() < pd.Timedelta(seconds=1)
    assert gpd.read_file(tmp_path / "r.gpkg", layer="routes")["name"].tolist() == routes.table["name"].tolist()
    assert (
        gpd.read_file(tmp_path / "r.gpkg", layer="sources")["source_id"].tolist()
        == routes.sources()["source_id"].tolist()
    )
    before = (tmp_path / "r.kml").read_bytes()
    with pytest.raises(cr.BadRequest, match=r"'r\.shp': no such format; known are \.gpkg, \.parquet, \.kml, \.geojson"):
        routes.to_file(tmp_path / "r.shp")
    for there in (tmp_path, tmp_path / "r.parquet"):
        with pytest.raises(cr.BadRequest, match="already exists; nothing was written"):
            net.to_file(there)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.geojson", "r.gpkg", "r.kml", "r.parquet"]
    assert (tmp_path / "r.kml").read_bytes() == before


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>{}'
)
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Folder><name>{}</name><Placemark>{}</Placemark></Folder></kml>'
POINT = "<Point><coordinates>{}</coordinates></Point>"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.kml", BOMB.format(KML.format("places", "&c;&d;")), "declares a document type"),
        ("x.graphml", BOMB.format("<graphml>&c;</graphml>"), "declares a document type"),
        ("x.kml", '<?xml version="1.0" encoding="utf-7"?>' + KML, "truncated or not XML"),
        ("x.kml", KML.format("places", POINT.format("70,48"))[:-20], "x.kml is truncated or not XML"),
        (
            "x.graphml",
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="dir',
            "truncated or not XML",
        ),
        ("x.graphml", "<html/>", "truncated or not GraphML"),
        (
            "x.graphml",
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed"/></graphml>',
            "use Network.from_osmnx",
        ),
        ("x.kml", KML.format("places", POINT.format("70;48")), "truncated or not KML"),
        ("x.kml", KML.format("cities", POINT.format("70,48")), "a feature of the table 'cities'"),
        ("x.geojson", '{"type": "FeatureCollection", "features": [{"prop', "truncated or not GeoJSON"),
        ("x.geojson", "[" * 100_000, "truncated or not GeoJSON"),
        ("x.geojson", "[]", "truncated or not GeoJSON"),
        (
            "x.geojson",
            '{"features": [{"properties": {"table": "legs"}, "geometry": {"type": "LineString"}}]}',
            "truncated or not GeoJSON",
        ),
        (
            "x.geojson",
            '{"features": [{"properties": {"table": "places", "colour": "red"}, "geometry": {"type": "Point", '
            '"coordinates": [70, 48]}}]}',
            "column colour.*a value in a column that the table does not have",
        ),
        ("x.geojson", '{"features": []}', "there are no places"),
        ("x.gpkg", "SQLite format 3\0torn", "x.gpkg is truncated, or has no such table"),
        ("x.parquet", "PAR1", "x.parquet is truncated, or has no such table"),
        ("x.gmns", "node_id", "config.csv is truncated or not a GMNS table"),
    ],
)
def test_hostile_and_torn_files_end_in_a_sentence(name: str, text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(cr.DataError, match=words):
        cr.load(path)
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(cr.DataError, match="is missing"):
        cr.load(tmp_path / f"no_{name}")


def test_a_geopackage_or_table_that_is_not_whole_is_refused(part: cr.Network, tmp_path: Path) -> None:
    import pyogrio

    part.to_file(tmp_path / "net.gpkg")
    whole = (tmp_path / "net.gpkg").read_bytes()
    (tmp_path / "half.gpkg").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(cr.DataError, match=r"half\.gpkg is torn|table"):
        cr.load(tmp_path / "half.gpkg")
    legs = part.legs
    legs.loc[5, "km"] = 1.0
    pyogrio.write_dataframe(legs, tmp_path / "net.gpkg", layer="legs")
    with pytest.raises(cr.DataError, match=r"row 7, column km.*shorter than the great circle"):
        read(tmp_path / "net.gpkg")
    part.to_file(tmp_path / "net.gmns")
    (tmp_path / "net.gmns" / "config.csv").write_text("long_length,crs,geometry_field_format\nmile,EPSG:4326,WKT\n")
    with pytest.raises(cr.DataError, match="says long_length 'mile'; expected 'kilometer'"):
        cr.load(tmp_path / "net.gmns")


@pytest.mark.parametrize("name", ["../places.csv", "/etc/passwd", "a/../../places.csv", "..\\places.csv", "C:/x.csv"])
def test_a_data_package_reaches_nothing_outside_its_folder(net: cr.Network, tmp_path: Path, name: str) -> None:
    inside, outside = tmp_path / "data", tmp_path / "places.csv"
    inside.mkdir()
    shutil.copy(net.folder / "places.csv", outside)
    package = json.loads((net.folder / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"][0]["path"] = name
    (inside / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(cr.DataError, match=r"table places: the file .* lies outside the folder"):
        cr.load(inside)


@pytest.mark.parametrize(
    "change",
    [
        {"data_date": "soon"},
        {"version": ""},
        {"resources": [{"name": "places"}]},
        {"resources": [{"name": "places", "path": ["a.csv"], "schema": {"fields": [1]}}]},
    ],
)
def test_a_data_package_that_lacks_something_says_what(change: dict, net: cr.Network, tmp_path: Path) -> None:
    package = json.loads((net.folder / "datapackage.json").read_text(encoding="utf-8")) | change
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(cr.DataError, match=r"datapackage\.json needs data_date"):
        cr.load(tmp_path)


@pytest.mark.parametrize("table", ["claims", "conditions", "leg_geometry", "rates"])
def test_a_folder_of_which_a_table_was_cut_off_is_refused(net: cr.Network, tmp_path: Path, table: str) -> None:
    """Between two lines, so that each row that is left is whole; rows that a user adds are taken."""
    net.to_file(tmp_path / "net")
    path = tmp_path / "net" / f"{table}.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"\n", 0, len(whole) // 2) + 1])
    with pytest.raises(cr.DataError, match=rf"{table}\.csv has \d+ of the {len(net.tables[table])} rows"):
        cr.load(tmp_path / "net")
    more = tmp_path / "net" / "claims.csv"
    path.write_bytes(whole)
    added = pd.read_csv(more, dtype=str, keep_default_na=False)
    pd.concat([added, added.tail(1).assign(claim_id="another")]).to_csv(more, index=False)
    assert len(cr.load(tmp_path / "net").claims) == len(net.claims) + 1


def test_a_leg_whose_line_is_missing_is_told(net: cr.Network, tmp_path: Path) -> None:
    net.to_file(tmp_path / "net")
    lines = tmp_path / "net" / "leg_geometry.csv"
    pd.read_csv(lines, dtype=str).iloc[:-1].to_csv(lines, index=False)
    package = tmp_path / "net" / "datapackage.json"
    told = json.loads(package.read_text(encoding="utf-8"))
    for one in told["resources"]:
        one.pop("stats")
    package.write_text(json.dumps(told), encoding="utf-8")
    lost = net.tables["leg_geometry"]["leg_id"].iloc[-1]
    with pytest.raises(cr.DataError, match=f"{lost} has no LINESTRING"):
        cr.load(tmp_path / "net")
