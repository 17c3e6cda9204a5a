"""Rules of opening hours: spans against the library's is_open, minute by minute, and what a user is told of a rule."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from corridors.data import opening_rules
from corridors.data.opening_rules import Rule, closed

DAYS = ("", "Mo-Fr ", "Sa ", "Mo,We,Fr ", "Sa,Su ")
MONTHS = ("", "Apr-Oct ", "Nov 15-Apr 15 ", "2027 ", "week 10-40/2 ", "2026 Dec 30-2027 Jan 05 ")
HOURS = ("", "08:00-18:00 ", "22:00-04:00 ", "09:00-12:00,13:00-17:00 ", "00:00-24:00 ")
STATES = ("", "off", "unknown", "open", 'unknown "ring"')

selector = st.builds("{}{}{}{}".format, *map(st.sampled_from, (MONTHS, DAYS, HOURS, STATES))).map(str.strip)
rules = st.builds(
    lambda first, more: first + "".join(map("".join, more)),
    selector.filter(bool),
    st.lists(st.tuples(st.sampled_from(["; ", ", ", " || "]), selector.filter(bool)), max_size=3),
).filter(lambda text: _is_rule(text))


def _is_rule(text: str) -> bool:
    try:
        OpeningHours(text)
    except Exception:
        return False
    return True


@settings(max_examples=60, deadline=None)
@given(rules, st.integers(0, 3 * 365 - 8), st.sampled_from([2024, 2026]))
def test_spans_are_what_is_not_open(text: str, day: int, year: int) -> None:
    """Of what stands before the first fallback, or between two, the library's state by the hour is right."""
    spans, alternatives = closed(Rule(text), year), list(map(OpeningHours, text.split(" || ")))
    for minutes in range(0, 8 * 1440, 30):
        at = datetime(year, 1, 1) + timedelta(days=day, minutes=minutes)
        is_open = False
        for hours in alternatives:
            is_open = hours.is_open(at)
            if not hours.is_closed(at):
                break
        assert any(start <= at < end for start, end in spans) is not is_open, (text, at)
    assert all(a[1] < b[0] for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("rule", "hours_open"),
    [  # hours of Wednesday 14 and of Saturday 17 January 2026, as opening_hours.js 3.15.0 has them
        ("Mo-Fr 08:00-12:00 || Mo-Fr 14:00-18:00", ([8, 9, 10, 11, 14, 15, 16, 17], [])),
        ("Mo-Fr 08:00-10:00 || unknown || 08:00-24:00", ([8, 9], [])),
        ("08:00-10:00 || Sa 12:00-13:00 || 12:00-14:00", ([8, 9, 12, 13], [8, 9, 12, 13])),
        ("08:00-12:00; Sa off || 10:00-14:00", ([8, 9, 10, 11, 12, 13], [10, 11, 12, 13])),
        ('08:00-12:00 || 11:00-13:00 open "a || b; c"', ([8, 9, 10, 11, 12], [8, 9, 10, 11, 12])),
    ],
)
def test_a_fallback_holds_by_the_hour(rule: str, hours_open: tuple[list[int], list[int]]) -> None:
    spans = closed(Rule(rule), 2026)
    for day, expected in zip((14, 17), hours_open, strict=True):
        moments = [datetime(2026, 1, day, hour, 30) for hour in range(24)]
        assert [at.hour for at in moments if not any(start <= at < end for start, end in spans)] == expected


def test_the_check_sees_a_wrong_span() -> None:
    """Spans that stay closed after the first day, as the library's own intervals of a fallback do."""
    wrong = [(datetime(2026, 1, 1, 18), datetime(2029, 1, 1))]
    assert opening_rules.contradiction(Rule("Mo-Fr 08:00-18:00 || off"), wrong, 2026, opening_rules.STEP) is not None


@pytest.mark.parametrize(
    ("rule", "plain"),
    [
        ('Apr-Oct 08:00-18:00 || "call"', "Apr-Oct 08:00-18:00"),
        ('"call", Mo-Fr 08:00-18:00', "Mo-Fr 08:00-18:00"),
        ('Mo-Fr 08:00-18:00; Sa 10:00-12:00 "by permit"', "Mo-Fr 08:00-18:00"),
        ('Mo-Fr 08:00-18:00 open "trucks"; Sa 10:00-12:00 "PH open"', "Mo-Fr 08:00-18:00"),
    ],
)
def test_a_comment_without_a_state_opens_nothing(rule: str, plain: str) -> None:
    """By the specification of opening_hours such a rule says that the state is unknown."""
    assert closed(Rule(rule), 2026) == closed(Rule(plain), 2026)


NIGHTS = {
    "08:00-18:00": [(8, 18)],
    "20:00-04:00": [(20, 28)],
    "08:00-02:00": [(8, 26)],
    "00:00-04:00,08:00-18:00": [(0, 4), (8, 18)],
    "off": [],
}
"""Hours of parts, from the day on which they begin."""
ON = {"": range(7), "Mo-Su ": range(7), "Th ": [3], "Fr ": [4], "Fr-Su ": [4, 5, 6]}
parts = st.tuples(st.sampled_from(["", "2031 "]), st.sampled_from(list(ON)), st.sampled_from(list(NIGHTS)))


@settings(max_examples=150, deadline=None)
@given(st.lists(parts, min_size=2, max_size=3))
@example([("", "", "08:00-18:00"), ("2031 ", "", "20:00-04:00")])  # forgotten on one night, that of the new year
def test_a_night_that_is_forgotten_is_told(some: list[tuple[str, str, str]]) -> None:
    """By hand, hour by hour: a part is open, no later one is of that day, and the library says that the rule is not."""
    text = "; ".join(map("".join, some))
    words = told(text)
    assume(not words or "goes on after midnight" in words)
    hours, lost = OpeningHours(text), False
    for first in (datetime(2025, 3, 3, 0, 30), datetime(2031, 3, 3, 0, 30), datetime(2031, 12, 28, 0, 30)):
        for at in (first + timedelta(hours=hour) for hour in range(10 * 24)):
            for i, (of_year, days, times) in enumerate(some):
                began = [at - timedelta(days=ago) for ago in (0, 1)]
                meant = [day.weekday() in ON[days] and (not of_year or day.year == 2031) for day in began]
                open_ = any(
                    here and any(low <= at.hour + 24 * ago < high for low, high in NIGHTS[times])
                    for ago, here in enumerate(meant)
                )
                later = any(at.weekday() in ON[on] and (not of or at.year == 2031) for of, on, _ in some[i + 1 :])
                lost |= open_ and not later and not hours.is_open(at)
    assert bool(words) is lost, text


PLACES = pd.DataFrame({"place_id": ["gate"], "timezone": ["Asia/Karachi"], "lon": [71.1], "lat": [34.1]})
HOLIDAYS = pd.DataFrame({"country": ["PK"], "date": ["2025-08-14"]})


def told(rule: str, holidays: str = "", place: str = "gate", valid_to: str = "") -> str:
    row = {"rule": rule, "holidays": holidays, "place_id": place, "valid_from": "2020-01-01", "valid_to": valid_to}
    found = opening_rules.problems(pd.DataFrame([row]), {"places": PLACES, "holidays": HOLIDAYS})
    return " ".join(words for _, _, words in found)


@pytest.mark.parametrize(
    ("rule", "holidays", "place", "words"),
    [
        ("Mo-Fr 8-18 foo", "", "gate", "not in opening_hours syntax"),
        ("24/7; PH off", "", "gate", "holidays does not say of which countries"),
        ("24/7; PH off", "XX", "gate", "no public holidays are known for XX"),
        ("Mo-Fr,PH 08:00-18:00", "PK", "gate", "a rule of their own"),
        ("24/7; PH +1 day off", "PK", "gate", "a rule of their own"),
        ("24/7; SH off", "PK", "gate", "school holidays"),
        ("sunrise-sunset", "", "nowhere", "goes by the sun"),
        ("(sunrise+01:00)-sunset", "", "nowhere", "goes by the sun"),
        ("Mo-Fr 08:00-12:00 || 14:00-18:00; Sa off", "", "gate", "write that last"),
        ("Nov 15-Apr 15 off", "", "gate", "only says when it is closed"),
        ("PH off", "PK", "gate", "only says when it is closed"),
        ("Sa,Su off; Jan off", "", "gate", "only says when it is closed"),
        ("Mo-Fr 08:00-18:00 unknown", "", "gate", "is never open"),
        ("2019 Apr 01-Nov 30 unknown", "", "gate", "is never open"),
        ('08:00-18:00 "by permit"', "", "gate", "write 'open' before it"),
        ("Dec-Feb off; Mo-Sa 08:00-20:00", "", "gate", "write it last: 'Mo-Sa 08:00-20:00; Dec-Feb off'"),
        ("PH off; Mo-Fr 08:00-18:00; Sa 08:00-12:00", "PK", "gate", "'PH off' in .* closes nothing"),
        ('Fr 12:00-14:00 off "prayer; noon"; 24/7', "", "gate", "closes nothing"),
        ("Mo-Fr 08:00+", "", "gate", "does not tell when it closes"),
        ("Mo-Fr (sunrise-01:00)+", "", "gate", "does not tell when it closes"),
        ("24/7; Nov 15-Apr 31 off", "", "gate", "names Apr 31, a day that no year has"),
        ("24/7; Nov 15+ off", "", "gate", "does not tell on which day it ends"),
        ("Apr Mo[1]+ 08:00-18:00", "", "gate", "does not tell on which day it ends|not in .* syntax"),
        ("24/7; easter+ off", "", "gate", "does not tell on which day it ends"),
        ("24/7; 2026 Nov-Mar off", "", "gate", "such as '2026 Nov 01-2027 Mar 31'|not in .* syntax"),
        ("24/7; 2026-2027 Nov 15-Mar 15 off", "", "gate", "such as '2026 Nov 15-2027 Mar 31'|not in .* syntax"),
        ("24/7; 2026+ Nov 15-Mar 15 off", "", "gate", "only the days within those years count|not in .* syntax"),
        ("24/7; 2026Jun off", "", "gate", "write '2026 Jun'|not in .* syntax"),
        ("Mo-Su 08:00-18:00; Th 20:00-04:00", "", "gate", "'Th 20:00-04:00' in .* goes on after midnight"),
        ("08:00-18:00; Jul-Aug 08:00-02:00 || unknown", "", "gate", "'Jul-Aug .* goes on after midnight"),
        ("Mo-Su 08:00-18:00; 2031 Th 20:00-04:00", "", "gate", "'2031 Th 20:00-04:00' in .* goes on after midnight"),
        ("08:00-18:00; Th 20:00-04:00; Fr off; Sa 08:00-02:00", "", "gate", "'Sa .* goes on after midnight"),
    ],
)
def test_what_a_rule_does_not_mean_is_said(rule: str, holidays: str, place: str, words: str) -> None:
    assert re.search(words if ".*" in words else re.escape(words), told(rule, holidays, place))


@pytest.mark.parametrize(
    ("rule", "holidays"),
    [
        ("24/7", "PK"),
        ("off", ""),
        ("24/7 off", ""),
        ("24/7; PH off", "PK"),
        ("Mo-Fr 08:00-18:00 || off", ""),
        ("Mo-Fr 08:00-12:00 || 14:00-18:00", ""),
        ("Mo-Fr 08:00-12:00 || PH 10:00-12:00", "PK"),
        ('08:00-12:00 || 14:00-18:00 open "a; b"', ""),
        ('Mo-Fr 08:00-18:00 || "call PH"', ""),
        ("sunrise-sunset", ""),
        ("24/7; Nov 15-Apr 15 off", ""),
        ("2031 Apr 01-Nov 30", ""),
        ("Sa,Su off; Mo-Fr 08:00-18:00", ""),
        ("24/7; Dec-Feb off; Dec 24 08:00-12:00", ""),
        ("Feb 29-Nov 30 08:00-18:00", ""),
        ("2025+ Apr-Oct; May 09:00-18:00 off", ""),
        ("24/7; 2026 Nov 15+ off", ""),
        ("24/7; Jan 01 +1 day off", ""),
        ("24/7; Nov-Mar off", ""),
        ("24/7; 2026 Nov 15-Mar 15 off", ""),
        ("24/7; 2026 Nov 15-2027 Mar 15 off", ""),
        ("Mo-Su 08:00-18:00, Th 20:00-04:00", ""),
        ("Mo-Su 08:00-18:00; Th 20:00-24:00; Fr 00:00-04:00,08:00-18:00", ""),
        ("Th 20:00-04:00; Fr 08:00-18:00", ""),
        ("22:00-04:00; Fr off", ""),
        ("Mo-Su 08:00-18:00; Th 20:00-04:00; Fr 00:00-04:00,08:00-18:00", ""),
        ("Mo-Su 08:00-18:00; Th 20:00-04:00; Fr 10:00-12:00", ""),
        ("Mo-Su 08:00-18:00; Th 20:00-04:00 || 24/7", ""),
    ],
)
def test_what_a_rule_means_is_taken(rule: str, holidays: str) -> None:
    assert told(rule, holidays) == ""


def test_a_winter_without_an_end_would_end_on_new_years_eve() -> None:
    """Which is why such a rule is refused: opening-hours-py, from 1.1 to 2.1, says nothing of it."""
    noons = [datetime(2027, 1, 1, 12) + timedelta(days=day) for day in range(31)]
    assert not any(map(OpeningHours("24/7; Nov 15-Mar 15 off").is_open, noons))
    assert all(map(OpeningHours("24/7; Nov 15+ off").is_open, noons))


def test_shipped_holidays_are_the_known_ones() -> None:
    """Days that governments have published: New Year and National Day of China, Nauryz, Independence Day."""
    import corridors as cr

    days = opening_rules.days_by_country(cr.load().tables["holidays"])
    assert {date(2026, 1, 1), date(2026, 2, 17), date(2026, 10, 1)} <= set(days["CN"])
    assert {date(2026, 3, 21), date(2026, 3, 22), date(2026, 3, 23)} <= set(days["KZ"])
    assert date(2026, 8, 14) in days["PK"]
    assert {"2010", "2045"} <= {f"{day.year}" for day in days["KZ"]}
