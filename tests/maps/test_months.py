"""Open months of what closes, against dates written out by hand."""

from datetime import UTC, datetime
from math import inf
from zoneinfo import ZoneInfo

import corridors as cr
from corridors.maps.months import strip, worst
from corridors.model.calendars import Closure


def closed(first: str, last: str = "") -> Closure:
    start, end = (
        datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() / 3600 if day else inf for day in (first, last)
    )
    return Closure("x", start, end, "test")


def test_whole_months_parts_of_months_and_weekends() -> None:
    assert strip([], 2026, UTC) == "1" * 12
    assert strip([closed("2025-12-01", "2026-04-01"), closed("2026-12-01", "2027-04-01")], 2026, UTC) == "000111111110"
    assert strip([closed("2026-05-20")], 2026, UTC) == "1111p0000000"
    assert strip([closed("2026-02-10", "2026-02-14")], 2026, UTC) == "1" * 12
    assert strip([closed("2026-02-10", "2026-02-15")], 2026, UTC) == "1p" + "1" * 10
    weekends = [
        closed(f"2026-{month:02d}-{day:02d}", f"2026-{month:02d}-{day + 2:02d}")
        for month in range(1, 13)
        for day in (1, 8, 15, 22)
    ]
    assert strip(weekends, 2026, UTC) == "1" * 12


def test_months_are_those_of_the_place() -> None:
    april = closed("2026-03-31T19:00", "2026-04-30T19:00")
    assert strip([april], 2026, ZoneInfo("Asia/Karachi")) == "111011111111"
    assert strip([april], 2026, UTC) == "111p11111111"


def test_a_route_is_as_open_as_its_worst_part() -> None:
    assert worst(["1p0111111111", "11p111111110"]) == "1p0111111110"
    assert worst([]) == "1" * 12


def test_a_scenario_counts(net: cr.Network) -> None:
    from corridors.maps.layers import routes_data

    ask = {"depart": "2026-08-15", "as_of": "2026-02-15", "k": 1}
    plain = routes_data(net.routes("Kashgar", "Islamabad", **ask))["routes"][0]
    world = cr.Scenario("Pass closed in autumn").close("Khunjerab", "2026-10-01", "2026-11-30")
    what_if = routes_data(net.routes("Kashgar", "Islamabad", **ask, scenario=world))["routes"][0]
    assert plain["open"][9:11] != "00"
    assert what_if["open"][9:11] == "00"
    assert what_if["open"][:9] == plain["open"][:9]


def test_cargo_passes_in_an_open_month_even_if_that_of_departure_is_closed(net: cr.Network) -> None:
    from corridors.maps.layers import routes_data

    world = cr.Scenario("Pass closed in August").close("Khunjerab", "2026-08-01", "2026-08-31")
    routes = net.routes("Bishkek", "Islamabad", depart="2026-08-30", k=4, scenario=world)
    shown = [route for route in routes_data(routes)["routes"] if "Khunjerab" in route["name"]]
    assert shown
    for route in shown:
        (day,) = (day for name, _, day in route["limits"] if name == "Khunjerab")
        assert route["open"][7] == "0"
        assert day >= "2026-09-01"
        assert all(state[int(day[5:7]) - 1] != "0" for _, state, day in route["limits"])


def test_a_strait_and_a_leg_that_ends_at_it_have_different_names(net: cr.Network) -> None:
    from corridors.maps.layers import routes_data

    routes = net.routes("Shiraz", "Karachi", depart="2026-01-15", k=4)
    places = [[name for name, _, _ in route["limits"]] for route in routes_data(routes)["routes"]]
    assert any("Strait of Hormuz" in names for names in places)
    assert all(len(names) == len(set(names)) for names in places)
