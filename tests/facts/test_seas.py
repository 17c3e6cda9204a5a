"""Sea lanes: straits, the canal, and the way round the Cape while ships shun the Red Sea."""

from __future__ import annotations

import itertools
import re

import pytest
import shapely

import corridors as cr
from corridors.data.geodesy import geod

SUEZ_CANAL_KM = 193.3
"""Suez Canal Authority: from Port Said to Suez."""


def straits_of(routes: cr.Routes) -> list[str]:
    legs = routes.legs
    return legs.loc[(legs["kind"] == "crossing") & (legs["mode"] == "sea"), "name"].tolist()


@pytest.mark.parametrize(
    ("depart", "straits"),
    [
        ("2023-06-01", ["Bab el-Mandeb", "Suez Canal"]),
        ("2024-06-01", ["Cape of Good Hope"]),
        ("2026-06-01", ["Cape of Good Hope"]),
    ],
)
def test_ships_go_round_the_cape_since_the_lines_left_the_red_sea(
    net: cr.Network, depart: str, straits: list[str]
) -> None:
    """Maersk stopped on 15 December 2023, MSC and CMA CGM on the 16th (Seatrade Maritime, 18 December 2023)."""
    routes = net.routes("Karachi Port", "Mersin port", depart=depart, modes=["sea"], k=1)
    assert straits_of(routes) == straits
    assert straits[0] in routes[0].name


def test_closing_suez_sends_ships_round_the_cape(net: cr.Network) -> None:
    ask = {"depart": "2023-06-01", "modes": ["sea"], "k": 1}
    short = net.routes("Karachi Port", "Poti port", **ask)
    long = net.routes("Karachi Port", "Poti port", scenario=cr.Scenario("Suez shut").close("Suez Canal"), **ask)
    assert straits_of(long) == ["Cape of Good Hope", "Bosporus"]
    assert long.table["km"].iloc[0] == pytest.approx(22_721, rel=0.02)  # searoute 1.6.0 without Suez
    assert short.table["days"].iloc[0] < long.table["days"].iloc[0] - 14
    assert short.table["usd"].iloc[0] < long.table["usd"].iloc[0]
    words = net.routes("Karachi Port", "Poti port", depart="2026-06-01", modes=["sea"], k=1).why("Bab el-Mandeb")
    assert "Houthi" in words["verdict"].iloc[0]


def test_no_ship_passes_the_canal_twice(net: cr.Network) -> None:
    legs = net.legs.set_index("leg_id")
    canal = legs.loc["sea_port_said_suez_canal_north"]
    assert canal["km"] == pytest.approx(SUEZ_CANAL_KM, rel=0.02)
    assert legs.loc["sea_bab_el_mandeb_red_suez", "km"] + 5 > legs.loc["sea_bab_el_mandeb_red_suez_canal_south", "km"]


def test_no_sea_leg_leads_through_a_strait(net: cr.Network) -> None:
    """To pass a strait is a crossing, which can close; a leg that led through it would not notice."""
    places = net.places.set_index("place_id")["geometry"]
    crossings = net.crossings[net.crossings["mode"] == "sea"]
    legs = net.legs[net.legs["mode"] == "sea"]
    seen = 0
    for strait in crossings[crossings["crossing_id"].str.endswith("__in")].itertuples():
        sides = [strait.from_place, strait.to_place]
        for leg in legs.itertuples():
            ends = [places[leg.from_place], places[leg.to_place]]
            if {leg.from_place, leg.to_place} & {*sides} or min(km(a, places[sides[0]]) for a in ends) < 10:
                continue
            near = [km(shapely.ops.nearest_points(leg.geometry, places[side])[0], places[side]) for side in sides]
            assert max(near) > 5, (leg.leg_id, strait.name)
            seen += 1
    assert seen > 500


def km(a: shapely.Point, b: shapely.Point) -> float:
    return float(geod().inv(a.x, a.y, b.x, b.y)[2]) / 1000


def test_the_cape_is_not_a_short_cut(net: cr.Network) -> None:
    """With the Red Sea open no way of a ship between any two ports leads round Africa."""
    ports = ["Karachi Port", "Gwadar Port", "Shanghai (Yangshan)", "Mersin port", "Poti port", "Jebel Ali"]
    ask = {"depart": "2023-06-01", "modes": ["sea"], "k": 1}
    for a, b in itertools.permutations(ports, 2):
        assert "Cape of Good Hope" not in straits_of(net.routes(a, b, **ask)), (a, b)


REOPENED = {"hormuz", "iran_ports"}
"""What was shut until 19 June 2026."""


@pytest.mark.parametrize(
    ("origin", "destination", "depart"),
    [
        ("Mundra", "Shahid Rajaee", "2026-05-15"),
        ("Chabahar", "Mundra", "2026-06-05"),
        ("Jebel Ali", "Bushehr", "2026-06-05"),
        ("Shanghai", "Shahid Rajaee", "2026-05-15"),
        ("Sohar", "Poti", "2026-06-05"),
    ],
)
def test_no_ship_sails_about_until_a_strait_opens(net: cr.Network, origin: str, destination: str, depart: str) -> None:
    """A detour that comes when it opens is no answer where waiting takes no longer and costs no more."""
    patient = net.routes(origin, destination, depart=depart, max_wait_hours=float("inf"), k=6)
    waits = [one for one in patient.results if max(step.wait for step in one.steps) > 168]
    assert waits
    try:
        routes = net.routes(origin, destination, depart=depart)
        offered, rejected = routes.results, routes.rejected
    except cr.NoRoute as error:
        offered, rejected = [], error.rejected
    for one in offered:
        if REOPENED & {name for edge in one.edges for name in edge.elements}:
            assert not any(a.figures[0] <= one.figures[0] and a.figures[1] <= one.figures[1] for a in waits), one.name
    told = rejected[rejected["gates"].str.contains("Hormuz|Iranian ports")].iloc[0]
    enough = re.search(r"max_wait_hours=(\d+)", told["needs"])
    assert enough, told["needs"]
    first = net.routes(origin, destination, depart=depart, max_wait_hours=float(enough[1]), k=1)
    assert first.table["days"].iloc[0] <= min([one.figures[0] / 24 for one in offered], default=1e9)


def test_a_matrix_counts_no_such_detour(net: cr.Network) -> None:
    ports = ["Jebel Ali", "Chabahar", "Mundra"]
    cells = net.matrix(ports, ports, depart="2026-06-05", by="hours", progress=False)
    for origin, destination in itertools.permutations(ports, 2):
        try:
            hours = net.routes(origin, destination, depart="2026-06-05", k=1).details["hours"][0]
        except cr.NoRoute:
            hours = float("nan")
        assert cells.loc[origin, destination] == pytest.approx(hours, nan_ok=True)
