"""Legs that meet borders more than once: in by one passage, out by another, no kilometre lost, no closure passed."""

import re
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.data.geodesy import geod

ASK = {"k": 1, "modes": ["road"]}
GATE = "kyzylbel_guliston"


def network(*lines: list[tuple[float, float]], length: float = 1.0) -> cr.Network:
    """A leg for each line, as long as it is drawn, times `length`."""
    ends = dict.fromkeys(end for line in lines for end in (line[0], line[-1]))
    names = {end: f"p{number}" for number, end in enumerate(ends)}
    shapes = [shapely.LineString(line) for line in lines]
    places = pd.DataFrame([{"place_id": names[end], "lon": end[0], "lat": end[1]} for end in ends])
    legs = gpd.GeoDataFrame(
        {
            "from_place": [names[line[0]] for line in lines],
            "to_place": [names[line[-1]] for line in lines],
            "mode": "road",
            "km": [geod().geometry_length(shape) / 1000 * length for shape in shapes],
        },
        geometry=shapes,
        crs=4326,
    )
    return cr.Network.from_frames(places, legs)


THROUGH = [(70.345, 39.978), (70.545, 39.978), (70.745, 39.978)]
"""Out of Kyrgyzstan and back, both times within 15 km of Kyzyl-Bel."""


def test_out_and_back_near_one_crossing_passes_it_twice() -> None:
    own = network(THROUGH)
    assert own.check().empty
    assert (own.legs["from_place"] != own.legs["to_place"]).all()
    open_ = own.routes("p0", "p1", depart="2025-09-15", **ASK).legs
    assert open_.loc[open_["kind"] == "crossing", "element_id"].tolist() == [GATE, GATE]
    drawn = geod().geometry_length(shapely.LineString(THROUGH)) / 1000
    assert open_["km"].sum() == pytest.approx(drawn, abs=0.2)
    with pytest.raises(cr.NoRoute, match="Kyzyl"):
        own.routes("p0", "p1", depart="2023-06-15", **ASK)
    closed = cr.Scenario("closed").close(GATE, "2025-09-01", "2025-12-31")
    with pytest.raises(cr.NoRoute, match="Kyzyl"):
        own.routes("p0", "p1", depart="2025-09-15", scenario=closed, **ASK)


def test_lanes_of_such_a_road_pass_together_and_never_past_a_closure() -> None:
    other = [(x, y + 0.0004) for x, y in THROUGH[::-1]]
    own = network(THROUGH, other)
    assert own.crossings["crossing_id"].tolist() == network(THROUGH).crossings["crossing_id"].tolist()
    for a in ("p0", "p3"):
        for b in ("p1", "p2"):
            legs = own.routes(a, b, depart="2025-09-15", **ASK).legs
            assert (legs["kind"] == "crossing").sum() == 2
            with pytest.raises(cr.NoRoute):
                own.routes(a, b, depart="2023-06-15", **ASK)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(st.floats(39.90, 40.05), st.floats(0.1, 0.5), st.floats(1.0, 1.4), st.booleans())
def test_every_meeting_is_passed_and_every_kilometre_kept(lat: float, dip: float, length: float, back: bool) -> None:
    line = [(70.0, lat), (70.45, lat - dip / 4), (71.0, lat)]
    line = line[::-1] if back else line
    own = network(line, length=length)
    drawn = geod().geometry_length(shapely.LineString(line)) / 1000 * length
    assert own.check().empty
    assert own.legs["km"].sum() == pytest.approx(drawn, rel=0.1)  # ends of lines are led to the crossing
    assert own.legs["km"].sum() >= drawn - 1e-6
    country = own.places.set_index("place_id")["country"]
    runs = [country["p0"], *own.legs["country"]]
    changes = sum(a != b for a, b in pairwise(runs)) + (runs[-1] != country["p1"])
    assert len(own.crossings) == 2 * changes
    assert own.crossings["crossing_id"].is_unique
    day = "2025-09-15"
    try:
        legs = own.routes("p0", "p1", depart=day, as_of=day, **ASK).legs
    except cr.NoRoute:
        return
    assert (legs["kind"] == "crossing").sum() == changes
    assert legs["km"].sum() == pytest.approx(own.legs["km"].sum(), rel=1e-6)


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        pytest.param([(70.9, 40.0), (71.1, 39.96), (71.4, 39.95)], "KG UZ KG", id="through the enclave of Sokh"),
        pytest.param([(70.9, 40.0), (71.13, 39.96)], "KG UZ", id="into it"),
        pytest.param([(70.4, 39.95), (70.6, 39.85), (70.8, 39.75)], "KG TJ KG", id="through that of Vorukh"),
        pytest.param([(46.3, 39.9), (45.6, 39.3), (45.2, 39.4), (44.6, 40.1)], "AZ AM AZ AM", id="to Nakhchivan"),
        pytest.param(
            [(66 + i / 6, 42 - i / 15 + (0.25 if i % 2 else -0.25) * (0 < i < 12)) for i in range(13)],
            "UZ KZ UZ KZ UZ KZ",
            id="five times over one border",
        ),
        pytest.param([(62.0, 40.6), (62.5, 40.1), (63.2, 39.4), (64.0, 38.8)], "TM UZ TM", id="along a border river"),
        pytest.param(
            [(72.0, 40.2), (72.3, 40.9), (72.9, 40.5), (73.0, 41.2), (72.0, 41.3)], "KG UZ KG UZ KG", id="in the valley"
        ),
        pytest.param([(74.6, 42.6), (74.7, 43.1), (74.9, 42.75), (75.2, 43.2)], "KG KZ KG KZ", id="two crossings near"),
        pytest.param(
            [(74.4, 42.5), (74.7, 43.1), (75.0, 42.5), (74.7, 42.4), (74.7, 43.2)], "KG KZ KG KZ", id="over itself"
        ),
        pytest.param([(76.65, 42.9), (77.2, 43.4)], "KG KZ", id="begins on the border"),
        pytest.param([(55.9, 25.6), (56.2, 26.1), (56.3, 25.9), (56.35, 25.3)], "AE OM AE", id="through Musandam"),
        pytest.param([(62.0, 44.5), (62.0, 42.8), (62.002, 42.8), (62.002, 44.0)], "KZ UZ KZ", id="a hairpin"),
        pytest.param(
            [THROUGH[0], THROUGH[0], THROUGH[1], THROUGH[1], THROUGH[2]], "KG TJ KG", id="points that stand twice"
        ),
    ],
)
def test_the_way_a_line_is_drawn_changes_no_crossing(line: list[tuple[float, float]], runs: str) -> None:
    """The same road drawn from its other end: as many passages, through the same crossings, and no kilometre lost."""
    forth, back = network(line), network(line[::-1])
    drawn = geod().geometry_length(shapely.LineString(line)) / 1000
    assert forth.legs["country"].tolist() == runs.split()
    assert back.legs["country"].tolist() == runs.split()[::-1]
    for own in (forth, back):
        assert own.check().empty
        assert own.legs["km"].sum() == pytest.approx(drawn, rel=1e-3)
    if "no crossing is known" not in " ".join(forth.crossings["note"]):  # such are numbered along the line
        assert sorted(forth.crossings["crossing_id"]) == sorted(back.crossings["crossing_id"])
    found = [own.crossings.groupby("element_id").size().sort_values().tolist() for own in (forth, back)]
    assert found[0] == found[1]
    far = sorted(re.findall(r"\((the nearest by road is .*?, )", " ".join(forth.crossings["note"])))
    assert far == sorted(re.findall(r"\((the nearest by road is .*?, )", " ".join(back.crossings["note"])))


def test_two_meetings_within_a_kilometre_where_no_crossing_is_known() -> None:
    """A hairpin over the border of Kazakhstan and Uzbekistan in the desert, out and back 700 m apart."""
    line = [(62.0, 44.5), (62.0, 42.8), (62.008, 42.8), (62.008, 44.0), (64.5, 44.4)]
    own = network(line)
    assert own.legs["country"].tolist() == ["KZ", "UZ", "KZ"]
    assert own.crossings["element_id"].nunique() == 2
    assert set(own.crossings["quality"]) == {"assumed"}
    legs = own.routes("p0", "p1", depart="2026-04-15", **ASK).legs
    assert (legs["kind"] == "crossing").sum() == 2
    assert legs["km"].sum() == pytest.approx(own.legs["km"].sum())
    assert np.isclose(own.legs["km"].sum(), geod().geometry_length(shapely.LineString(line)) / 1000, rtol=1e-3)


@pytest.mark.parametrize("element", ["badini", "kegen_karkyra", "margara_alican", "kharlachi_rail"])
@pytest.mark.parametrize("way", [(0.3, 0.3), (0.0, 0.3)])
def test_a_line_through_a_crossing_that_does_not_work_does_not_open_it(
    net: cr.Network, element: str, way: tuple[float, float]
) -> None:
    """Planned or suspended crossings, met by a straight road from any side, wherever the rough border lies."""
    gate = net.crossings.set_index("element_id").loc[element].iloc[0]
    assert gate["status"] != "operating"
    at = net.places.set_index("place_id").loc[gate["from_place"]]
    ends = [(at["lon"] - way[0], at["lat"] - way[1]), (at["lon"] + way[0], at["lat"] + way[1])]
    places = pd.DataFrame({"place_id": ["a", "b"], "lon": [x for x, _ in ends], "lat": [y for _, y in ends]})
    leg = {"from_place": ["a"], "to_place": ["b"], "mode": [gate["mode"]], "gauge_mm": [gate["gauge_mm"]]}
    line = shapely.LineString([ends[0], (at["lon"], at["lat"]), ends[1]])
    own = cr.Network.from_frames(places, pd.DataFrame({**leg, "km": [150.0], "geometry": [line]}))
    met = own.crossings.drop_duplicates("element_id").set_index("element_id")
    assert met.loc[element, "status"] == gate["status"]
    with pytest.raises(cr.NoRoute):
        own.routes("a", "b", depart="2024-06-05", modes=[gate["mode"]])


def test_a_crossing_of_the_user_is_used_where_a_leg_meets_the_border() -> None:
    """Its hours hold, and its status: no second crossing opens beside it."""
    places = pd.DataFrame({"place_id": ["a", "b"], "lon": [78.0, 84.0], "lat": [46.5, 46.9]})
    legs = pd.DataFrame({"from_place": ["a"], "to_place": ["b"], "mode": ["road"], "km": [600.0]})
    legs["geometry"] = [shapely.LineString([(78, 46.5), (84, 46.9)])]
    (x, y) = cr.Network.from_frames(places, legs).places.query("kind == 'border'")[["lon", "lat"]].iloc[0]
    posts = pd.DataFrame({"place_id": ["k", "c"], "lon": [x - 0.01, x + 0.01], "lat": [y, y], "country": ["KZ", "CN"]})
    gates = pd.DataFrame(
        {
            "crossing_id": ["mine__kz_cn", "mine__cn_kz"],
            "element_id": ["mine", "mine"],
            "name": ["Mine", "Mine"],
            "from_place": ["k", "c"],
            "to_place": ["c", "k"],
            "mode": ["road", "road"],
            "hours_mean": [7.0, 9.0],
        }
    )
    for status in ("operating", "suspended"):
        net = cr.Network.from_frames(pd.concat([places, posts]), legs, crossings=gates.assign(status=status))
        assert set(net.crossings["element_id"]) == {"mine"}
        if status == "operating":
            steps = net.routes("a", "b", depart="2026-06-02", k=1).legs
            assert steps.loc[steps["kind"] == "crossing", "element_id"].tolist() == ["mine"]
        else:
            with pytest.raises(cr.NoRoute):
                net.routes("a", "b", depart="2026-06-02")


def test_what_a_note_says_makes_no_crossing_an_unknown_one() -> None:
    """The same words in a note of the user's own crossing, which has been looked at."""
    own = network([(64.6, 30.6), (64.6, 28.6)])
    gates = own.crossings.drop(columns="geometry", errors="ignore").assign(source_id="own_network")
    places, legs = pd.DataFrame(own.places.drop(columns="geometry")), own.legs
    again = cr.Network.from_frames(places, legs, crossings=pd.DataFrame(gates))
    assert set(again.crossings["note"]) == set(own.crossings["note"])
    flags = again.routes("p0", "p1", depart="2025-11-20", **ASK).table["flags"].iloc[0]
    assert "border without a known crossing" not in flags


def test_a_border_met_far_from_any_crossing_is_never_passed_in_silence(net: cr.Network, tmp_path: Path) -> None:
    """Between Chaman and Taftan, in November 2025, when all of that border was closed; the mark outlives a file."""
    own = network([(64.6, 30.6), (64.6, 28.6)])
    written = [tmp_path / f"own.{kind}" for kind in ("gpkg", "geojson", "kml", "graphml", "gmns")]
    for path in written:
        own.to_file(path)
    assert own.sources.set_index("source_id").loc["own_line_meets_border", "title"].startswith("Where a line")
    gates = net.crossings[net.crossings["crossing_id"].str.endswith("af_pk")].query("mode == 'road'")
    gates = gates.merge(net.places, left_on="from_place", right_on="place_id")
    for one in (own, *map(cr.load, written)):
        found = one.routes("p0", "p1", depart="2025-11-20", **ASK)
        assert "border without a known crossing" in found.table["flags"].iloc[0]
        rests_on = found.details["rests_on"].iloc[0]
        told = re.search(r"meets the border of AF and PK \(the nearest by road is .*, (\d+) km away\)", rests_on)
        assert told is not None
        met = one.places.query("kind == 'border'").iloc[0]
        km = geod().inv(*np.broadcast_arrays(met["lon"], met["lat"], gates["lon"], gates["lat"]))[2].min() / 1000
        assert int(told[1]) == pytest.approx(km, abs=1)
        assert "not researched" in rests_on
        assert "lightly researched: AF - PK" not in rests_on
