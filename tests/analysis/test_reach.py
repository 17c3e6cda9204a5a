"""One search to all places, against brute force, single routes and hand-worked areas."""

from math import inf

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import corridors as cr
from corridors.engine import arrays as engine
from tests.engine.test_arrays import T0, brute_force, random_graph
from tests.small import small_network

ASK = {"depart": "2025-06-02T00:00", "as_of": "2025-06-01"}


@pytest.mark.parametrize("value_of_hour", [0.0, 0.3, 1.0])
@given(seed=st.integers(0, 10**6))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_least_value_of_every_node(seed: int, value_of_hour: float) -> None:
    arcs, spans, graph, closed = random_graph(seed)
    found = engine.reach(graph, closed, [0], T0, value_of_hour, 1e9)
    assert found[0] == 0
    assert found[1:] == pytest.approx([brute_force(arcs, spans, 0, node, value_of_hour) for node in range(1, 7)])


def test_by_hand_and_beyond_the_last_band() -> None:
    places = small_network().reach("home", bands=np.array([73, 22]), **ASK).places.set_index("place_id")
    assert places.loc[
        ["pass_a", "pass_b", "town", "port", "plain_b", "rail_a", "yard"], "hours"
    ].tolist() == pytest.approx([8, 18, 22, 3, 25, 15, 37.5])
    assert places.loc[["town", "yard"], "band"].tolist() == [22, 73]
    assert places["hours"].is_monotonic_increasing
    usd = small_network().reach("home", by="usd", bands=[400], **ASK).places.set_index("place_id")
    assert usd.loc["pass_a", "usd"] == pytest.approx(480)
    assert np.isnan(usd.loc["pass_a", "band"])
    assert usd.loc["port", ["usd", "band"]].tolist() == [180, 400]


def test_a_gate_closed_too_long_is_not_passed_and_a_short_wait_is() -> None:
    net = small_network()
    for last, hours in (("2025-06-03", 48 + 14), ("2025-06-20", np.nan)):
        closed = cr.Scenario("closed").close("pass", "2025-06-01", last)
        ask = {**ASK, "scenario": closed, "modes": ["road"]}
        found = net.reach("home", avoid=["plain"], **ask).places.set_index("place_id")["hours"]
        assert found["town"] == pytest.approx(hours, nan_ok=True)
        round_ = net.reach("home", **ask).places.set_index("place_id")["hours"]
        assert round_[["town", "pass_b"]].tolist() == pytest.approx([28 + 1 / 3, 32 + 1 / 3])


@pytest.mark.parametrize("ask", [{"by": "hours"}, {"by": "hours", "avoid": ["IR"], "modes": ["road", "rail"]}])
def test_equals_single_routes(net: cr.Network, ask: dict) -> None:
    cities = ["Almaty", "Herat", "Quetta", "Baku"]
    found = net.reach("Karachi", depart="2026-01-15", **ask).places.set_index("place_id")["hours"]
    matrix = net.matrix(["Karachi"], cities, depart="2026-01-15", **ask).iloc[0]
    assert [found[net.place_id(city)] for city in cities] == pytest.approx(matrix.tolist(), nan_ok=True)


def test_area_ends_where_the_hours_do() -> None:
    """4 h: 25 km aside take 25 x 1.3 / 30 h, so 87.5 of the 240 km of the road are reached with time to leave it."""
    areas = small_network().reach("home", bands=[4, 20], avoid=["port"], **ASK).areas
    near, far = areas.geometry
    end = 2 * 87.5 / 240  # degrees: the road has no shape but its ends
    degree = np.cos(np.radians(40)) * 111.32
    assert near.contains(shapely.Point(end, 40.0))
    assert near.contains(shapely.Point(end + 22 / degree, 40.0))
    assert not near.contains(shapely.Point(end + 28 / degree, 40.0))
    assert near.contains(shapely.Point(0.5, 40 + 24 / 111))
    assert not near.contains(shapely.Point(0.5, 40 + 26 / 111))
    assert far.buffer(0.01).contains(near)  # straight lines of one are not quite those of the other
    assert set(areas["quality"]) == {"estimate"}
    assert "not cut at coasts" in areas["note"].iloc[0]


def test_areas_lie_on_land_that_cargo_may_enter(net: cr.Network) -> None:
    found = net.reach("Karachi", depart="2026-04-15", bands=[72, 120], avoid=["IR"])
    first, second = found.areas.geometry
    assert second.buffer(0.01).contains(first)
    assert not second.intersects(shapely.Point(66.5, 24.0))  # the Arabian Sea off Karachi
    assert not second.intersects(shapely.Point(61.5, 25.5))  # Iran, next to Gwadar's road
    assert second.contains(shapely.Point(67.03, 24.93))  # Karachi itself, and Hyderabad
    assert second.contains(shapely.Point(68.37, 25.39))
    assert "Karachi: " in repr(found)
    page = found.explore().html()
    assert '"areas":[{' in page
    assert "within 3 days" in page
    assert len(found.plot().patches) >= 2


def test_a_point_is_reached_from_by_its_access_leg(net: cr.Network) -> None:
    here = net.reach((67.3, 25.2), depart="2026-04-15").places.set_index("place_id")["hours"]
    route = net.routes((67.3, 25.2), "Quetta", depart="2026-04-15", k=1)
    assert here["quetta"] == pytest.approx(route.details["hours"].iloc[0])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"by": "km"}, "by='km'"),
        ({"bands": []}, "bands"),
        ({"bands": [0]}, "bands"),
        ({"bands": [inf]}, "bands"),
        ({"bands": 72}, "bands"),
        ({"unknown": "both"}, "one world"),
        ({"via": ["port"]}, "via"),
        ({"k": 2}, "k: not an argument"),
        ({"avoid": ["XA"]}, "bars Home"),
    ],
)
def test_wrong_arguments(changes: dict, words: str) -> None:
    with pytest.raises(cr.BadRequest, match=words):
        small_network().reach("home", **{**ASK, **changes})
    with pytest.raises(cr.BadRequest):
        small_network().routes("home", None, **ASK)


@pytest.mark.slow
def test_areas_of_places_whose_roads_bend_much_are_valid(net: cr.Network) -> None:
    """Tashkent and Saryagash, whose areas crossed themselves by a hair where projected back, and others by lot."""
    cities = sorted(net.places.query("kind == 'city'")["place_id"])
    lot = np.random.default_rng(18).choice(cities, 8, replace=False)
    for place in ("Tashkent", "saryagash", "Osh", "Zaranj", *map(str, lot)):
        found = net.reach(place, depart="2026-04-15")
        areas = found.areas.geometry
        assert areas.is_valid.all()
        assert set(areas.geom_type) <= {"Polygon", "MultiPolygon"}
        assert (np.diff(shapely.area(areas.to_numpy())) >= 0).all()
        assert found.origin in found.explore().get_root().render()


@pytest.mark.parametrize("city", ["Shanghai", "Lanzhou", "Moscow", "Mumbai"])
def test_areas_reach_to_the_edge_of_the_network(net: cr.Network, city: str) -> None:
    """Cut at the coasts and borders of every country that has a place, not of the middle of the map alone."""
    areas = net.reach(city, depart="2026-03-10").areas
    assert areas.geometry.iloc[-1].area > 100
    assert not areas.geometry.iloc[2:].is_empty.any()
