"""Closed spans from rules, holidays and events, against days worked out by hand on small tables."""

from datetime import UTC, date, datetime
from math import inf

import pandas as pd
import pytest

from corridors.arguments import departure
from corridors.model.calendars import Calendars, Knowledge, Traffic, hour

RULE = {
    "element_id": "pass",
    "place_id": "gate",
    "rule": "24/7",
    "regime": "operated",
    "valid_from": "",
    "valid_to": "",
    "known_from": "",
    "contested": False,
    "holidays": "",
    "note": "",
    "source_id": "s",
    "as_of": "2025",
    "quality": "assumed",
}
EVENT = {
    "event_id": "e",
    "element_id": "pass",
    "effect": "close",
    "start": "2025-03-10",
    "end": "2025-03-19",
    "known_from": "2025-03-10",
    "end_known_from": "2025-03-19",
    "last_confirmed": "",
    "scope_mode": "",
    "scope_cargo": "",
    "scope_vehicle": "",
    "scope_direction": "",
    "scope_flag": "",
    "cause": "dispute",
    "contested": False,
    "source_id": "s",
}


def calendars(rules: list[dict] = (), events: list[dict] = ()) -> Calendars:
    return Calendars(
        {
            "places": pd.DataFrame({"place_id": ["gate"], "timezone": ["Asia/Karachi"], "lon": [71.1], "lat": [34.1]}),
            "holidays": pd.DataFrame({"country": ["PK", "CN"], "date": ["2025-08-14", "2025-10-01"]}),
            "calendars": pd.DataFrame([RULE | r for r in rules], columns=list(RULE)),
            "events": pd.DataFrame([EVENT | e for e in events], columns=list(EVENT)),
        }
    )


KNOWN = Knowledge(date(2026, 7, 1))


def utc(text: str) -> float:
    return hour(datetime.fromisoformat(text).replace(tzinfo=UTC))


def closed(found: Calendars, when: str, as_of: str = "2026-07-01", unknown: str = "persist") -> bool:
    closures = found.closures("pass", utc(when), Knowledge(date.fromisoformat(as_of), unknown))
    return any(c.start <= utc(when) < c.end for c in closures)


def test_hours_are_local() -> None:
    """08:00 to 18:00 in Pakistan (UTC+5) is 03:00 to 13:00 UTC."""
    found = calendars([{"rule": "Mo-Fr 08:00-18:00"}])
    assert [closed(found, f"2025-06-02T{h:02d}:30") for h in (2, 3, 12, 13)] == [True, False, False, True]
    assert closed(found, "2025-06-07T06:00")  # a Saturday


def test_holidays_close_the_whole_local_day() -> None:
    found = calendars([{"holidays": "PK"}])
    assert closed(found, "2025-08-13T19:30")  # 00:30 on Independence Day in Karachi
    assert closed(found, "2025-08-14T18:30")
    assert not closed(found, "2025-08-14T19:30")


def test_a_rule_that_names_holidays_says_itself_what_holds_then() -> None:
    found = calendars([{"rule": "24/7; PH 10:00-12:00", "holidays": "PK"}])
    assert [closed(found, f"2025-08-14T{h:02d}:30") for h in (4, 5, 6, 7)] == [True, False, False, True]
    assert not closed(found, "2025-08-13T18:30")
    assert not closed(found, "2025-10-01T18:30")  # of another country


def test_a_fallback_closes_no_years() -> None:
    """Hours of `Mo-Fr 08:00-18:00 || off` are those of the rule without its fallback, on a day two years on too."""
    for fallback in ("off", "unknown"):
        found = calendars([{"rule": f"Mo-Fr 08:00-18:00 || {fallback}"}])
        for day in ("2025-06-02", "2026-06-02", "2027-06-02"):
            assert [closed(found, f"{day}T{h:02d}:30") for h in (2, 3, 12, 13)] == [True, False, False, True]
        assert closed(found, "2025-06-07T06:00")  # a Saturday
    called = calendars([{"rule": 'Mo-Fr 08:00-18:00 || "call"'}])
    assert all(closed(called, f"2027-06-05T{h:02d}:30") for h in range(24))  # on call is not known to be open


def test_the_sun_rises_where_the_post_stands() -> None:
    """Near Peshawar (UTC+5) the sun is up from about 7:15 to 17:10 in late December, from 5:00 to 19:30 in June."""
    found = calendars([{"rule": "sunrise-sunset"}])
    assert [closed(found, f"2025-12-21T{h}") for h in ("02:00", "02:30", "12:00", "12:30")] == [
        True,
        False,
        False,
        True,
    ]
    assert [closed(found, f"2025-06-21T{h}") for h in ("23:30", "00:30", "14:00", "15:00")] == [
        True,
        False,
        False,
        True,
    ]


def test_operated_regime_wins_where_both_hold() -> None:
    found = calendars(
        [
            {"rule": "Apr 01-Nov 30", "regime": "official"},
            {"rule": "24/7", "regime": "operated", "valid_from": "2024-12-02", "contested": True},
        ]
    )
    assert closed(found, "2023-12-20T06:00")
    assert not closed(found, "2024-12-20T06:00")
    assert found.contested("pass", utc("2024-12-20T06:00"), KNOWN) is not None
    assert found.contested("pass", utc("2023-12-20T06:00"), KNOWN) is None


def test_hours_are_used_as_known() -> None:
    """Open all year from December 2024: nobody knew that in June, in a book of 2023 not even of the rule before."""
    winter = {
        "rule": "Apr 01-Nov 30",
        "valid_from": "2023-04-01",
        "valid_to": "2024-12-01",
        "note": "until December 2024",
    }
    found = calendars([winter, {"rule": "24/7", "valid_from": "2024-12-02"}])
    assert [closed(found, "2025-01-13T06:00", as_of) for as_of in ("2023-03-31", "2024-06-01", "2024-12-01")] == [
        False,
        True,
        True,
    ]
    assert not closed(found, "2025-01-13T06:00", as_of="2024-12-02")
    assert closed(found, "2024-01-13T06:00")
    told = calendars([winter, {"rule": "24/7", "valid_from": "2024-12-02", "known_from": "2024-11-20"}])
    assert [closed(told, "2025-01-13T06:00", as_of) for as_of in ("2024-11-19", "2024-11-20")] == [True, False]
    assert closed(told, "2024-11-30T20:00", as_of="2024-11-20")  # the next day in Karachi
    shut = {"rule": "24/7 off", "valid_to": "2024-12-01", "note": "opened in December 2024"}
    late = calendars([shut, {"rule": "24/7", "valid_from": "2024-12-02"}])
    known = Knowledge(date(2024, 6, 1))
    assert [c.reason for c in late.closures("pass", utc("2025-01-13T06:00"), known)] == ["its time in service"]
    for year in ("2024", "2025"):
        spans = late.spans("pass", utc(f"{year}-01-13T06:00"), known, Traffic("", "road"))
        assert any(start <= utc("2025-01-13T06:00") < end for start, end in zip(*spans, strict=True))


def test_events_are_used_as_known() -> None:
    found = calendars(events=[{}])
    assert not closed(found, "2025-03-12T12:00", as_of="2025-03-09")  # not yet happened
    assert closed(found, "2025-03-12T12:00", as_of="2025-03-12")
    assert closed(found, "2025-03-25T12:00", as_of="2025-03-15")  # its end is not known on the 15th
    assert not closed(found, "2025-03-25T12:00", as_of="2025-03-15", unknown="lapse")
    assert not closed(found, "2025-03-20T00:00")
    assert closed(found, "2025-03-19T23:59")


def test_open_end_persists_or_lapses() -> None:
    found = calendars(events=[{"end": "", "end_known_from": "", "last_confirmed": "2025-06-01"}])
    assert [c.end for c in found.closures("pass", utc("2025-03-11T00:00"), Knowledge(date(2026, 7, 1)))] == [inf]
    assert closed(found, "2026-01-01T00:00")
    assert closed(found, "2025-06-01T12:00", unknown="lapse")
    assert not closed(found, "2025-06-02T12:00", unknown="lapse")


def test_opening_lifts_the_rule_but_no_closure_and_exception_opens_nothing() -> None:
    winter = [{"rule": "Apr 01-Nov 30"}]
    opened = {"effect": "open", "start": "2025-01-10", "end": "2025-01-20", "known_from": "2025-01-05"}
    assert not closed(calendars(winter, [opened]), "2025-01-15T12:00")
    assert closed(calendars(winter, [opened]), "2025-01-25T12:00")
    assert closed(
        calendars(winter, [opened, {"start": "2025-01-14", "end": "2025-01-16", "known_from": "2025-01-14"}]),
        "2025-01-15T12:00",
    )
    assert closed(calendars(winter, [opened | {"effect": "exception"}]), "2025-01-15T12:00")
    assert not closed(calendars(events=[{"effect": "restrict"}]), "2025-03-12T12:00")


def test_closure_share_counts_a_day_once() -> None:
    found = calendars(events=[{"event_id": "a"}, {"event_id": "b", "start": "2025-03-15", "end": "2025-03-22"}])
    share = found.closure_share("pass", "2025-03-01", utc("2025-03-31T00:00"))
    assert share == pytest.approx(13 / 30)  # 10 to 22 March of 30 days


def test_departure_is_local_morning() -> None:
    assert departure("2026-01-15", "Asia/Almaty").isoformat() == "2026-01-15T08:00:00+05:00"
    assert departure("2026-01-15T14:00", "Asia/Karachi").isoformat() == "2026-01-15T14:00:00+05:00"
    assert departure(datetime(2026, 1, 15, 3, tzinfo=UTC), "Asia/Karachi").isoformat() == "2026-01-15T03:00:00+00:00"
