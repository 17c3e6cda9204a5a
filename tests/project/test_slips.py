"""What people type wrong: each slip is told what it is and what to write instead, and none is answered in silence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import corridors as cr
from tests.pages import ASK
from tests.small import small_network

SMALL = small_network()
DAY = "2025-06-02"


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("Uzbekistan", r"it is a country \(UZ\): name a place in it"),  # not the gate of that name
        ("Iraq", r"it is a country \(IQ\)"),  # not Arak in Iran, which was once called so
        ("uz", r"it is a country \(UZ\)"),
        ("41.3, 69.2", r"two numbers: \(longitude, latitude\)"),
        ((41.3, 69.2), r"is \(69.2, 41.3\) meant\? Longitude comes first"),
        ("xqzzt", "none is spelt nearly so"),
        (" ", "not a name of a place"),
    ],
)
def test_a_place_that_is_none(net: cr.Network, origin: Any, words: str) -> None:
    with pytest.raises(cr.CorridorsError, match=words):
        net.routes(origin, "Karachi", **ASK)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"avoid": ["Iran"]}, "avoid holds 'Iran': write 'IR'"),
        ({"avoid": [""]}, "avoid holds ''"),
        ({"via": ["Afghanistan"]}, r"it is a country \(AF\)"),
        ({"carrier": "Uzbekistan"}, "such as UZ for Uzbekistan"),
        ({"scenario": cr.Scenario("s").close("Afghanistan", "2026-01-01")}, "name some of its crossings"),
    ],
)
def test_the_name_of_a_country_gets_its_code(net: cr.Network, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(cr.CorridorsError, match=words):
        net.routes("Tashkent", "Karachi", **{**ASK, **asked})


@pytest.mark.parametrize(
    ("depart", "words"),
    [
        ("2025-02-29", "'2025-02-29' is not a day of the calendar"),
        ("2025-02-29T10:00", "not a day of the calendar"),
        ("2025-02-28T25:00", "not a time of day"),
        ("28/02/2025", "may be read day first or month first; write it as YYYY-MM-DD, .* 15.01.2026"),
        ("03-04-2025 14:00", "may be read day first or month first"),
        ("29.02.2025", "'29.02.2025' is not a day of the calendar; with dots the day comes first"),
        ("02.28.2025", "with dots the day comes first"),
        ("28.02.25", "write it as YYYY-MM-DD"),
    ],
)
def test_a_day_that_is_none(depart: str, words: str) -> None:
    with pytest.raises(cr.BadRequest, match=words):
        SMALL.routes("home", "town", depart=depart)


@pytest.mark.parametrize(
    ("cargo", "closest"),
    [
        ("wheat", "wheat_wagon, wheat_truck, wheat_container"),
        ("Wheet", "wheat_wagon, wheat_truck, wheat_container"),
        ("container 40", "container40, container40hc, container20, tank20, reefer40, wheat_container"),
        ("fertilizer", "fertiliser"),
    ],
)
def test_the_closest_presets_come_first(net: cr.Network, cargo: str, closest: str) -> None:
    with pytest.raises(cr.BadRequest, match=f"is not known; the closest: {closest}; others: "):
        net.routes("Tashkent", "Karachi", **ASK, cargo=cargo)
    with pytest.raises(cr.BadRequest, match="choose one of these: container40, "):
        net.routes("Tashkent", "Karachi", **ASK, cargo="xqzzt")


def test_no_box_holds_more_than_boxes_do() -> None:
    assert cr.Cargo("ore", 60.0, "wagon", modes=frozenset({"rail"}))
    with pytest.raises(cr.BadRequest, match=r"99\.9 t do not fit into one FEU"):
        cr.Cargo("ore", 99.9)


TWICE = pd.DataFrame([["home", "town", 1.0, 2.0]], columns=["origin", "destination", "tonnes_year", "tonnes_year"])
ROUTES = SMALL.routes("home", "town", depart=DAY)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: SMALL.assign(TWICE, depart=DAY, progress=False), "demand has the column tonnes_year twice"),
        (
            lambda: SMALL.bottleneck("home", "town", depart=DAY, capacity={"pass": 1.0, "High Pass": 5.0}),
            "capacity names High Pass twice, at last as 'High Pass'",
        ),
        (lambda: ROUTES.price_of_avoiding([], progress=False), "what is empty"),
        (lambda: ROUTES.again(destination="town", kk=1), "kk: not an argument of this call; it takes origin"),
        (
            lambda: SMALL.matrix(["home"], ["town"], depart=DAY, kk=1),
            "kk: not an argument of this call; besides its own",
        ),
    ],
)
def test_what_says_two_things_or_nothing(call: Callable[[], object], words: str) -> None:
    with pytest.raises(cr.BadRequest, match=words):
        call()


PLACES = pd.DataFrame({"place_id": ["a", "b"], "lon": [69.6, 70.9], "lat": [42.3, 43.6]})
LEGS = pd.DataFrame({"from_place": ["a"], "to_place": ["b"], "mode": ["road"], "km": [215.0]})


@pytest.mark.parametrize("twice", ["places", "legs"])
def test_a_column_given_twice_is_named(twice: str) -> None:
    frames = {"places": PLACES, "legs": LEGS}
    last = frames[twice].columns[-1]
    frames[twice] = pd.concat([frames[twice], frames[twice][[last]]], axis=1)
    with pytest.raises(cr.DataError, match=f"table {twice}, column {last}: two columns have this name"):
        cr.Network.from_frames(frames["places"], frames["legs"])


@pytest.mark.parametrize("name", ["answer.pdf", "answer.docx", "answer"])
def test_a_page_is_called_html(tmp_path: Path, name: str) -> None:
    """A page that is called a PDF opens in no program."""
    for write in (ROUTES.report, ROUTES.to_html, ROUTES.explorer, ROUTES.explore().save):
        with pytest.raises(cr.BadRequest, match=r"written as \.html only; call it answer\.html"):
            write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_days_of_scenarios_and_outlooks_are_read_alike(net: cr.Network) -> None:
    dots, iso = (cr.Scenario("s").close("Torkham", *days) for days in (("1.5.2026", "15.05.2026"), MAY))
    assert dots == iso
    with pytest.raises(cr.BadScenario, match="start='01/05/2026' may be read day first or month first"):
        cr.Scenario("s").close("Torkham", "01/05/2026")
    with pytest.raises(cr.BadRequest, match="may be read day first or month first"):
        net.outlook("Torkham", on=["04/05/2026"])


MAY = ("2026-05-01", "2026-05-15")


@pytest.mark.parametrize(("number", "error"), [(9, IndexError), (-9, IndexError), ("A", TypeError), (None, TypeError)])
def test_a_route_that_is_not_there(number: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"there are {len(ROUTES)} routes, numbered from 0"):
        ROUTES[number]
    assert next(reversed(ROUTES)).name == ROUTES[-1].name


def test_a_port_named_twice_does_not_contest_itself() -> None:
    ask = {"depart": DAY, "progress": False}
    once, twice = (SMALL.catchment(ports, origins=["home"], **ask) for ports in (["town"], ["town", "Town"]))
    assert twice["contested"].tolist() == once["contested"].tolist() == [False]
    assert twice["second_port"].tolist() == [""]
    (itself,) = SMALL.catchment(["town", "home"], origins=["home"], **ask).to_dict("records")
    assert itself["port"] == "Town"
    assert "is one of the ports itself" in itself["note"]


def test_a_comma_without_quotes_is_no_cell_of_its_own(tmp_path: Path) -> None:
    """Read as it stands, the row says 1 t."""
    path = tmp_path / "list.csv"
    for weight, problem in (("1,000", "more cells than the header"), ("1.5,", "")):
        path.write_text(f"origin,destination,date,tonnes\nhome,town,{DAY},{weight}\n")
        found = SMALL.shipments(path, progress=False)
        assert [problem in words for words in found.table["error"]] == [True]
        assert found.table["error"].iloc[0].startswith("E2: " if problem else "")
    path.write_text(f"origin,destination,date,tonnes\nhome,town,{DAY},1000000000000\n")
    assert "below 10,000,000 t" in SMALL.shipments(path, progress=False).table["error"].iloc[0]


def test_goods_that_spoil_on_an_open_way_are_not_said_to_be_cut_off() -> None:
    """All that is closed is the pass; by the plain it takes days."""
    closed = cr.Scenario("closed").close("High Pass", "2025-01-01")
    fresh = cr.Cargo("fresh", 10.0, shelf_life_days=0.1)
    with pytest.raises(cr.NoRoute, match=r"will do: fresh keep 0\.1 days") as info:
        SMALL.routes("home", "town", depart=DAY, cargo=fresh, scenario=closed)
    assert "All routes are cut" not in str(info.value)
    assert len(info.value.rejected)


@pytest.mark.parametrize("name", ["Sarakhs-Serakhs", "Koh-i-Taftan-Mirjaveh", "Dostyk-Alashankou", "Yalama-Samur"])
def test_a_crossing_is_known_by_the_name_that_routes_print(net: cr.Network, name: str) -> None:
    found = net.facts.element_ids(name)
    known = net.elements[net.elements["name"].isin([name, f"{name} (road)", f"{name} (rail)"])]
    assert found
    assert set(found) == set(known["element_id"])
