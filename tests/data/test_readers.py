"""What others write into cells, tags and shapes: read alike by every way in, or refused with table, row and column."""

import math

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.data import checks, geometry, tags

PLACES = pd.DataFrame({"place_id": ["a", "b"], "lon": [69.6, 69.9], "lat": [42.3, 42.3]})
LEGS = pd.DataFrame({"from_place": ["a"], "to_place": ["b"], "mode": ["road"], "km": [30.0]})
LINE = shapely.LineString([(69.6, 42.3), (69.75, 42.33), (69.9, 42.3)])
NOTHING = [None, math.nan, np.nan, pd.NA, pd.NaT, "", "nan", [], [None], np.float32("nan")]
words = st.text(st.characters(categories=("L", "N")), min_size=1).filter(lambda t: t.lower() not in tags.NOTHING)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(words, max_size=4), st.sampled_from([list, tuple, np.array, pd.Series, ";".join, str]))
def test_several_values_are_the_same_in_whatever_they_come(values: list[str], kind: object) -> None:
    made = kind(values) if kind is not pd.Series else pd.Series(values, dtype=object)
    assert tags.texts(made) == values


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.integers(-(10**9), 10**9), st.sampled_from([int, float, str, np.int64, np.float64]))
def test_a_whole_number_is_told_without_its_point(value: int, kind: type) -> None:
    assert tags.texts(kind(value)) == [str(value)]
    assert tags.number(kind(value)) == value


def test_nothing_is_nothing_and_the_rest_is_refused() -> None:
    for value in NOTHING:
        assert tags.texts(value) == []
        assert math.isnan(tags.number(value))
    for value in (math.inf, object(), {"a": 1}):
        with pytest.raises(ValueError, match="not a value of a tag"):
            tags.texts(value)
    assert [tags.gauges(one) for one in ("1524;1435", 1435.0, ["1 520".replace(" ", ""), "1520"], "1676 mm", None)] == [
        [1520, 1435], [1435], [1520], [1676], []
    ]  # fmt: skip
    for value in ("wide", "1.435", "0", -1520):
        with pytest.raises(ValueError, match="not a gauge in mm"):
            tags.gauges(value)


WAYS_TO_SAY_A_LINE = {
    "line": LINE,
    "with heights": shapely.force_3d(LINE, 700.0),
    "one part": shapely.MultiLineString([LINE]),
    "two parts that join": shapely.MultiLineString([LINE.coords[:2], LINE.coords[1:]]),
    "text": LINE.wkt,
    "text with heights": "LINESTRING Z (69.6 42.3 1, 69.75 42.33 2, 69.9 42.3 3)",
    "extended text": f"SRID=4326;{LINE.wkt}",
    "binary": LINE.wkb,
    "hexadecimal": LINE.wkb_hex,
    "the other way": LINE.reverse(),
}


@pytest.mark.parametrize("said", WAYS_TO_SAY_A_LINE)
def test_a_line_is_the_same_however_it_is_said(said: str) -> None:
    value = WAYS_TO_SAY_A_LINE[said]
    own = cr.Network.from_frames(PLACES, LEGS.assign(geometry=[value]))
    assert own.legs.geometry.iloc[0].equals(LINE)
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for name, lon in ((1, 69.6), (2, 69.9)):
        graph.add_node(name, x=lon, y=42.3)
    graph.add_edge(1, 2, length=30_000, geometry=value)
    found = cr.Network.from_osmnx(graph).legs.iloc[0]
    assert found.geometry.equals(LINE)
    assert found["geometry_quality"] == "as in the graph"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (shapely.LineString(), "empty"),
        (
            shapely.MultiLineString([[(69.6, 42.3), (69.7, 42.3)], [(69.8, 42.3), (69.9, 42.3)]]),
            "2 lines that do not join",
        ),
        (LINE.buffer(0.01), "not a LineString but a Polygon"),
        ("LINESTRING (69.6 42.3, nan nan, 69.9 42.3)", "not a number"),
        ("a line", "well-known text"),
        (5, "a int is not a geometry"),
    ],
)
def test_what_is_no_line_is_refused_by_every_way_in(value: object, reason: str) -> None:
    with pytest.raises(cr.DataError, match=f"table legs, row 2, column geometry: .*{reason}"):
        cr.Network.from_frames(PLACES, LEGS.assign(geometry=pd.Series([value], dtype=object)))
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for name, lon in (("a", 69.6), ("b", 69.9)):
        graph.add_node(name, x=lon, y=42.3)
    graph.add_edge("a", "b", length=30_000, geometry=value)
    with pytest.raises(cr.DataError, match=f"the edge from 'a' to 'b' .*{reason}"):
        cr.Network.from_osmnx(graph)


@settings(derandomize=True, max_examples=12, deadline=None)
@given(st.sampled_from([3857, 32642, 4326, "ESRI:54009"]), st.booleans())
def test_any_reference_system_ends_in_degrees(crs: object, named: bool) -> None:
    frame = gpd.GeoDataFrame(LEGS, geometry=[LINE], crs=4326).to_crs(crs)
    frame = frame.rename_geometry("shape") if named else frame
    points = gpd.GeoDataFrame(PLACES[["place_id"]], geometry=gpd.points_from_xy(PLACES["lon"], PLACES["lat"]), crs=4326)
    own = cr.Network.from_frames(points.to_crs(crs), frame)
    assert own.legs.geometry.iloc[0].equals_exact(LINE, 1e-7)
    assert own.places.set_index("place_id").loc["b", "lon"] == pytest.approx(69.9, abs=1e-7)


def test_a_shape_in_the_wrong_reference_system_is_refused() -> None:
    metres = gpd.GeoDataFrame(LEGS, geometry=[LINE], crs=4326).to_crs(3857).geometry.iloc[0]
    with pytest.raises(cr.DataError, match="nowhere on earth by its reference system, EPSG:4326"):
        cr.Network.from_frames(PLACES, LEGS.assign(geometry=[metres]))
    with pytest.raises(cr.DataError, match="nowhere on earth by its reference system, EPSG:32642"):
        cr.Network.from_frames(
            PLACES, gpd.GeoDataFrame(LEGS, geometry=[shapely.LineString([(1e30, 0), (0, 0)])], crs=32642)
        )
    with pytest.raises(cr.DataError, match="'EPSG:1' is not known"):
        geometry_of_graph("EPSG:1")


def geometry_of_graph(crs: str) -> cr.Network:
    graph = nx.MultiDiGraph(crs=crs)
    for name, lon in (("a", 69.6), ("b", 69.9)):
        graph.add_node(name, x=lon, y=42.3)
    graph.add_edge("a", "b", length=30_000)
    return cr.Network.from_osmnx(graph)


def test_two_statements_of_one_thing_must_agree() -> None:
    """Neither is taken in silence where they do not."""
    moved = gpd.GeoDataFrame(PLACES, geometry=gpd.points_from_xy(PLACES["lon"] + 0.4, PLACES["lat"]), crs=4326)
    with pytest.raises(cr.DataError, match=r"place lies at \(70, 42.3\) by its geometry and at \(69.6, 42.3\)"):
        cr.Network.from_frames(moved, LEGS)
    pulkovo = gpd.GeoDataFrame(PLACES, geometry=gpd.points_from_xy(PLACES["lon"], PLACES["lat"]), crs=4284)
    assert cr.Network.from_frames(pulkovo, LEGS).places.set_index("place_id").loc["b", "lon"] == 69.9
    around = shapely.LineString([(69.6, 42.3), (69.6, 44.3), (69.9, 42.3)])
    with pytest.raises(cr.DataError, match="30 km are less than half of the line that is drawn"):
        cr.Network.from_frames(PLACES, LEGS.assign(geometry=[around]))
    assert len(cr.Network.from_frames(PLACES, LEGS.assign(geometry=[around], km=240.0)).legs) == 1


def test_what_is_filled_in_is_marked() -> None:
    two = cr.Network.from_frames(PLACES, pd.concat([LEGS.assign(geometry=None), LEGS.assign(geometry=[LINE.wkt])]))
    assert two.legs["geometry_quality"].tolist() == ["straight", ""]
    graph = nx.MultiDiGraph(crs="EPSG:4326")
    for name, lon in ((1, 69.6), (2, 69.9), (3, 70.2)):
        graph.add_node(name, x=lon, y=42.3, name=f"n{name}")
    graph.add_edge(1, 2, length=25_000, gauge=1435.0)
    graph.add_edge(2, 3, length=25_000, gauge=math.nan)
    rails = cr.Network.from_osmnx(graph, mode="rail", gauge_mm=1520).legs
    assert rails[["gauge_mm", "quality", "geometry_quality"]].to_numpy().tolist() == [
        [1435, "estimate", "straight"],
        [1520, "assumed", "straight"],
    ]
    assert "does not state the gauge" in rails["note"].iloc[1]


def test_a_straight_stretch_may_not_pass_through_a_third_country_wherever_it_stands() -> None:
    """Taraz to the west of Almaty: the straight line runs through Kyrgyzstan, the road does not."""
    graph = nx.MultiGraph(crs="EPSG:4326")
    for name, at in enumerate([(71.37, 42.9), (71.5, 42.95), (76.5, 43.2), (76.6, 43.2)]):
        graph.add_node(name, x=at[0], y=at[1])
    for a, b, metres in ((0, 1, 13_000), (1, 2, 480_000), (2, 3, 9_000)):
        graph.add_edge(a, b, length=metres)
    for simplify in (True, False):
        with pytest.raises(cr.DataError, match="passes through KG; give its line"):
            cr.Network.from_osmnx(graph, simplify=simplify)
    assert len(cr.Network.from_osmnx(graph, country="KZ").crossings) == 0


def test_columns_of_any_type_are_text_or_numbers() -> None:
    places = PLACES.assign(
        name=pd.array([7, None], dtype="Int64"), country=pd.Categorical(["KZ", None]), altitude_m=[None, "600"]
    )
    legs = LEGS.assign(
        km=pd.array([30], dtype="Int64"), mode=pd.Categorical(["road"]), as_of=[pd.Timestamp("2026-05-01")]
    )
    own = cr.Network.from_frames(places, legs)
    assert own.places[["name", "country"]].to_numpy().tolist() == [["7", "KZ"], ["b", "KZ"]]
    assert own.legs[["km", "mode", "as_of"]].to_numpy().tolist() == [[30.0, "road", "2026-05-01"]]
    numbered = cr.Network.from_frames(
        PLACES.assign(place_id=[1.0, 2.0]), LEGS.assign(from_place=[1], to_place=np.array([2], dtype=object))
    )
    assert numbered.legs[["from_place", "to_place"]].to_numpy().tolist() == [["1", "2"]]
    tracks = LEGS.assign(mode="rail", gauge_mm=[["1435", "1520.0"]], leg_id="t")
    assert cr.Network.from_frames(PLACES, tracks).legs.set_index("leg_id")["gauge_mm"].to_dict() == {
        "t_1435": 1435,
        "t_1520": 1520,
    }


def test_shapes_without_number_or_off_the_earth_pass_no_check() -> None:
    net = cr.Network.from_frames(PLACES, LEGS)
    for bad, words in (("nan nan", "ends nan km"), ("200 95", "is not in degrees")):
        tables = {**net.tables}
        wkt = f"LINESTRING (69.6 42.3, {bad}, 69.9 42.3)" if bad[0] != "n" else f"LINESTRING ({bad}, 69.9 42.3)"
        tables["leg_geometry"] = tables["leg_geometry"].assign(wkt=wkt)
        problems = checks.sense(tables)
        assert problems["problem"].str.contains(words).any()


def test_points_have_one_place() -> None:
    assert geometry.point(shapely.MultiPoint([(1, 2)])).coords[:] == [(1, 2)]
    for bad in (shapely.MultiPoint([(1, 2), (3, 4)]), LINE, "POINT EMPTY"):
        with pytest.raises(ValueError, match="geometry is"):
            geometry.point(bad)
