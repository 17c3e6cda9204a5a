"""The basemap: small, from Natural Earth, with disputed boundaries in a class of their own."""

import json

import pytest
import shapely

import corridors as cr
from corridors.data.schema import data_folder
from corridors.model.access import country_at


@pytest.fixture(scope="module")
def base() -> dict:
    return json.loads((data_folder() / "basemap" / "base.json").read_text(encoding="utf-8"))


def lines(flat: list[list[float]]) -> shapely.MultiLineString:
    return shapely.MultiLineString([list(zip(f[1::2], f[::2], strict=True)) for f in flat])


def test_kashmir_and_siachen_are_dotted_not_solid(base: dict) -> None:
    disputed, plain = lines(base["borders"]["disputed"]), lines(base["borders"]["plain"])
    for place in [(74.3, 34.6), (74.2, 33.1), (77.1, 35.3), (79.0, 34.3)]:  # Line of Control, Siachen, Aksai Chin
        point = shapely.Point(place)
        assert disputed.distance(point) < 0.35
        assert plain.distance(point) > disputed.distance(point)


@pytest.mark.parametrize(
    ("river", "place"),
    [
        ("Indus at Sukkur", (68.87, 27.69)),
        ("Syr Darya at Kyzylorda", (65.5, 44.85)),
        ("Amu Darya at Termez", (67.3, 37.2)),
        ("Ural at Atyrau", (51.9, 47.1)),
        ("Irtysh at Pavlodar", (76.95, 52.3)),
        ("Euphrates at Raqqa", (39.0, 35.95)),
    ],
)
def test_rivers_run_where_they_should(base: dict, river: str, place: tuple[float, float]) -> None:
    rivers = lines(base["rivers"])
    assert rivers.distance(shapely.Point(place)) < 0.25, river
    assert rivers.distance(shapely.Point(61.0, 39.5)) > 1, "no river in the Karakum"


def test_baikonur_has_no_border(base: dict) -> None:
    around = shapely.Point(63.3, 45.9).buffer(1.2)
    assert not lines(base["borders"]["plain"]).intersects(around)
    assert not lines(base["borders"]["disputed"]).intersects(around)


@pytest.mark.parametrize(
    ("lon", "lat", "country"),
    [
        (76.9, 43.25, "KZ"),
        (63.3, 45.9, "KZ"),
        (74.6, 42.87, "KG"),
        (67.0, 24.9, "PK"),
        (62.2, 34.35, "AF"),
        (65.0, 22.0, ""),
    ],
)
def test_country_of_a_point(net: cr.Network, lon: float, lat: float, country: str) -> None:
    assert country_at(net.facts, lon, lat) == country


def test_no_country_name_stands_in_kashmir(base: dict) -> None:
    area = shapely.box(72.6, 32.3, 80.4, 37.1)
    points = [
        shapely.Point(lon, lat)
        for _, *flat in base["countries"]
        for lat, lon in zip(flat[::2], flat[1::2], strict=True)
    ]
    assert len(points) > 100
    assert not any(area.contains(point) for point in points)
