"""Rules in OpenStreetMap's ``opening_hours`` syntax: when a rule is not open, and what is wrong with it.

A fallback (``Mo-Fr 08:00-12:00 || Mo-Fr 14:00-18:00``) holds at each hour at which what stands before it is closed. The
library (2.1.4) asks by the day: a day with any hours has no fallback; and after one its ``intervals`` take one state to
last for years. So it is given what stands between two fallbacks only, where both agree by the hour (2,366 of 2,366
random rules), and each rule is compared with its ``is_open`` at hours spread over the years before it is used. A
comment alone (``|| "call"``) means ``unknown`` by the specification and ``open`` by the library, so the word is written
before it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from corridors.data.schema import Row, listed, records
from corridors.errors import DataError

YEARS = 3
"""Number of years looked ahead, including that of the departure."""
STEP = timedelta(hours=25)
FINE = timedelta(hours=1)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LEAP_YEAR = 2024
NO_DAY = "1900 Jan 01"
_PARTS = re.compile(r'((?:[^;"|]|"[^"]*"|(?<!\|)\|(?!\|))+)')
_ALTERNATIVES = re.compile(r'(?:[^"|]|"[^"]*"|(?<!\|)\|(?!\|))+')
_SEQUENCE = re.compile(r'(?:[^;"]|"[^"]*")+')
_PH = re.compile(r"^(\s*)PH(?=\s|$)(?!\s*[+-]\s*\d)")
_SUN = re.compile(r"\b(sunrise|sunset|dawn|dusk)\b")
_NO_END = re.compile(r"(?:\d\d:\d\d|\)|\b(?:sunrise|sunset|dawn|dusk))\+(?!\d)")
_DAY = re.compile(rf"\b({'|'.join(MONTHS)}) (\d\d?)\b(?!:)")
_NO_LAST_DAY = re.compile(rf"(\d{{4}} )?\b(?:(?:{'|'.join(MONTHS)}) (?:\d\d?|\w\w\[-?\d\])|easter)\+(?!\d)")
_MONTHS = re.compile(rf"\b(\d{{4}}(?:[-,/+]\d*)*) ({'|'.join(MONTHS)})( \d\d?)? ?- ?({'|'.join(MONTHS)})\b")
_NO_SPACE = re.compile(rf"\b\d{{4}}(?:{'|'.join(MONTHS)})\b")
_OFF = re.compile(r"(?:24/7\s*)?(?:off|closed)$")
_COMMENT = re.compile(r'(\b(?:open|unknown|off|closed)\s*)?("[^"]*")')

Span = tuple[datetime, datetime]


class Rule(NamedTuple):
    """A rule with what its meaning depends on: public holidays and the sun, if it names them.

    The sun is given by a time zone, latitude and longitude.
    """

    text: str
    holidays: tuple[date, ...] = ()
    sun: tuple[str, float, float] | None = None


def days_by_country(holidays: pd.DataFrame) -> dict[str, list[date]]:
    """Public holidays of each country, in order."""
    days: dict[str, list[date]] = {}
    for country, day in zip(*listed(holidays, "country", "date"), strict=True):
        days.setdefault(country, []).append(date.fromisoformat(day))
    return {country: sorted(found) for country, found in days.items()}


def names_holidays(text: str) -> bool:
    """Whether a rule itself says what holds on public holidays."""
    return any(re.search(r"\bPH\b", part) for part in _parts(text))


def is_off(text: str) -> bool:
    """Whether a rule says only that something is closed."""
    return all(_OFF.fullmatch(part) for part in _parts(text))


@lru_cache(maxsize=256)
def closed(rule: Rule, year: int) -> tuple[Span, ...]:
    """Spans, in local time, in which a rule is not open, for a year and those that are looked ahead.

    ``unknown`` is not open: nobody says that cargo passes then.

    Raises
    ------
    DataError
        If the installed library contradicts itself about the rule.
    """
    shut = [(datetime(year, 1, 1), datetime(year + YEARS, 1, 1))]
    unknown = list[Span]()
    for hours in _evaluated(rule, year):  # each opens some of what all before it leave closed
        left = list[Span]()
        for since, until in shut:
            for start, end, state, _ in hours.intervals(since, until):
                if (word := str(state).rsplit(".", 1)[-1].lower()) != "open":
                    span = (start, end or until) if rule.sun is None else (_local(start), _local(end or until))
                    (left if word == "closed" else unknown).append(span)
        shut = left
    found = list[Span]()
    for start, end in sorted(shut + unknown):
        found.append((found.pop()[0], end) if found and found[-1][1] == start else (start, end))
    if at := contradiction(rule, found, year, STEP):
        from importlib.metadata import version

        raise DataError(
            f"opening-hours-py {version('opening-hours-py')} contradicts itself about {rule.text!r} at "
            f"{at:%Y-%m-%d %H:%M}; write the rule in another way.",
            "calendars",
            column="rule",
        )
    return tuple(found)


def _local(moment: datetime) -> datetime:
    """A moment without its zone, which rules have that go by the sun."""
    return moment if moment.tzinfo is None else moment.replace(tzinfo=None)


def contradiction(rule: Rule, spans: Sequence[Span], year: int, step: timedelta) -> datetime | None:
    """First moment of a grid over the years at which the library's ``is_open`` differs from the spans."""
    *others, otherwise = _evaluated(rule, year)
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    at, last = datetime(year, 1, 1, 0, 1), datetime(year + YEARS, 1, 1)
    while at < last:
        before = bisect_right(starts, at) - 1
        holds = next((hours for hours in others if not hours.is_closed(at)), otherwise) if others else otherwise
        if holds.is_open(at) is (before >= 0 and at < ends[before]):
            return at
        at += step
    return None


def _evaluated(rule: Rule, year: int) -> list[Any]:
    """The rule and its fallbacks, in order."""
    from opening_hours import OpeningHours

    text = _dated(rule.text, [day for day in rule.holidays if year - 1 <= day.year <= year + YEARS])
    parts = [part.strip() for part in _ALTERNATIVES.findall(text)]
    if rule.sun is None:
        return list(map(OpeningHours, parts))
    # auto_timezone=False would make it forget the coordinates, and take the sun to rise at seven all year
    zone, at = ZoneInfo(rule.sun[0]), rule.sun[1:]
    return [OpeningHours(part, timezone=zone, coords=at, auto_country=False) for part in parts]


def _parts(text: str) -> list[str]:
    """The rules of a text, without comments."""
    return [re.sub(r'"[^"]*"', "", part).strip() for part in _PARTS.findall(text)]


def _dated(text: str, days: Iterable[date]) -> str:
    """The rule with the dates of the holidays in place of PH, and with its state before each comment."""
    dates = ",".join(f"{day.year} {MONTHS[day.month - 1]} {day.day:02d}" for day in days) or NO_DAY
    stated = _COMMENT.sub(lambda found: f"{found[1] or 'unknown '}{found[2]}", text)
    return _PARTS.sub(lambda part: _PH.sub(rf"\g<1>{dates}", part[0]), stated)


def problems(calendars: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[int, str, str]]:
    """Rules that cannot be read, mean something other than they seem to, or are misread by the installed library."""
    places = tables.get("places", pd.DataFrame(columns=["place_id", "lon", "lat", "timezone"]))
    where = {row["place_id"]: row for row in records(places)}
    days = days_by_country(tables.get("holidays", pd.DataFrame(columns=["country", "date"])))
    for at, row in enumerate(records(calendars)):
        named = list(filter(None, row["holidays"].split(";")))
        if missing := [country for country in named if country not in days]:
            yield (
                at,
                "holidays",
                f"no public holidays are known for {', '.join(missing)}, only for {', '.join(sorted(days))}; "
                "add them to the table holidays",
            )
        place = where.get(row["place_id"], {})
        if words := _wrong(rule_of(row, place, days), row["valid_from"], row["valid_to"]):
            yield at, "rule", words


def rule_of(row: Row, place: Row, days: Mapping[str, Sequence[date]]) -> Rule:
    """The rule of a row of ``calendars`` at its place."""
    text = row["rule"]
    named = row["holidays"].split(";") if names_holidays(text) else ()
    holidays = {day for country in named for day in days.get(country, ())}
    sun = None
    if _SUN.search(" ".join(_parts(text))) and place.get("timezone") and "lat" in place and "lon" in place:
        sun = place["timezone"], float(place["lat"]), float(place["lon"])
    return Rule(text, tuple(sorted(holidays)), sun)


@lru_cache(maxsize=1024)
def _wrong(rule: Rule, valid_from: str, valid_to: str) -> str:
    """What is wrong with a rule, or nothing; cached, since a rule is compared with every hour of several years."""
    import opening_hours

    text, parts = rule.text, _parts(rule.text)
    if not opening_hours.validate(text):
        return f"{text!r} is not in opening_hours syntax, such as 'Apr 01-Nov 30 Mo-Fr'"
    if any(re.search(r"\bSH\b", part) for part in parts):
        return f"{text!r} names school holidays (SH), whose days are not known here; write the dates"
    if any(re.search(r"\bPH\b", _PH.sub("", part)) for part in parts):
        return (
            f"{text!r} names public holidays (PH) together with other days; give them a rule of their own, such as "
            "'Mo-Fr 08:00-18:00; PH off'"
        )
    if any(len(_SEQUENCE.findall(one)) > 1 for one in _ALTERNATIVES.findall(text)[1:]):
        return f"{text!r} goes on after what holds otherwise (||); write that last"
    if any(_NO_END.search(part) for part in parts):
        return f"{text!r} does not tell when it closes (+); write the hour"
    for month, day in (found for part in parts for found in _DAY.findall(part)):
        if int(day) > monthrange(LEAP_YEAR, MONTHS.index(month) + 1)[1]:
            return f"{text!r} names {month} {day}, a day that no year has"
    if any(not year for part in parts for year in _NO_LAST_DAY.findall(part)):
        return f"{text!r} does not tell on which day it ends (+), and is taken to end with the year; write the last day"
    for years, month, day, last in (found for part in parts for found in _MONTHS.findall(part)):
        if MONTHS.index(last) < MONTHS.index(month) and not (day and years.isdigit()):
            until = f"{int(years[:4]) + 1} {last} {monthrange(LEAP_YEAR, MONTHS.index(last) + 1)[1]}"
            return (
                f"{text!r} gives years to months over New Year, of which only the days within those years count; "
                f"write each winter with its days, such as '{years[:4]} {month}{day or ' 01'}-{until}'"
            )
    if any(_NO_SPACE.search(part) for part in parts):
        return f"{text!r} has no space after the year, and the month is taken for its first day; write '2026 Jun'"
    if names_holidays(text) and not rule.holidays:
        return f"{text!r} names public holidays (PH) but the column holidays does not say of which countries"
    if _SUN.search(" ".join(parts)) and rule.sun is None:
        return f"{text!r} goes by the sun, but its position is not known; give a place_id with coordinates"
    if is_off(rule.text):
        return ""
    if all(part.endswith(("off", "closed")) for part in parts):
        return (
            f"{text!r} only says when it is closed, which by the specification closes it all year; write "
            f"'24/7; {text}' if it is open otherwise"
        )
    years = _years(rule, valid_from, valid_to)
    try:
        return _seldom(rule, years) or _overridden(rule, years[0]) or _forgotten(rule, years)
    except DataError as error:
        return str(error)
    except (ZoneInfoNotFoundError, ValueError):
        return ""  # a problem of the place


def _years(rule: Rule, valid_from: str, valid_to: str) -> list[int]:
    """Years in which a rule is looked at, each with those after it: one in which it holds, and those that it names."""
    first, last = min(max(int(valid_from[:4] or 2000), 2000), 2100), int(valid_to[:4]) if valid_to else 9999
    named = {int(year) for year in re.findall(r"\b(20\d\d)\b", rule.text) if first <= int(year) <= last}
    return sorted({min(max(first, 2024), max(last - YEARS + 1, first)), *named})


def _seldom(rule: Rule, years: Sequence[int]) -> str:
    """Whether a rule is never open, or the library contradicts itself about it."""
    for year in years:
        spans = closed(rule, year)
        if at := contradiction(rule, spans, year, FINE):
            return f"{rule.text!r} is read by the installed opening-hours-py as open and closed at {at:%Y-%m-%d %H:%M}"
        if spans != ((datetime(year, 1, 1), datetime(year + YEARS, 1, 1)),):
            return ""
    hint = "write off if it is always closed"
    if any(not state for state, _ in _COMMENT.findall(rule.text)):
        hint = "a comment without a state means unknown, so write 'open' before it if it is open then"
    return f"{rule.text!r} is never open in the years looked at; {hint}"


def _overridden(rule: Rule, year: int) -> str:
    """The part, in words, that closes nothing because a later one reopens the same days."""
    parts = [one.strip() for one in _SEQUENCE.findall(rule.text)]
    for at, part in enumerate(parts[:-1]):
        if "||" in rule.text or not _parts(part)[0].endswith(("off", "closed")):
            continue
        others = [*parts[:at], *parts[at + 1 :]]
        as_it_is = closed(rule, year)
        last = "; ".join([*others, part])
        if as_it_is == closed(rule._replace(text="; ".join(others)), year) != closed(rule._replace(text=last), year):
            return (
                f"{part!r} in {rule.text!r} closes nothing, since what follows opens again on the same days; "
                f"write it last: {last!r}"
            )
    return ""


def _forgotten(rule: Rule, years: Sequence[int]) -> str:
    """The part, in words, whose hours after midnight the library forgets on days that an earlier part has hours for.

    The last of several parts holds in all its hours, whatever those before it say. What is forgotten is no loss where a
    later part decides: where the rule says the same with what was forgotten added.
    """
    first, *otherwise = _ALTERNATIVES.findall(rule.text)
    parts = [one.strip() for one in _SEQUENCE.findall(first)]

    def shut(text: str, year: int) -> tuple[Span, ...]:
        return closed(rule._replace(text=text), year)

    for year, at in product(years, range(1, len(parts))):
        part, so_far = parts[at], "; ".join(parts[: at + 1])
        forgotten = _hours(_outside(shut(so_far, year), shut(part, year)))
        mended = " ||".join(["; ".join([f"{so_far}, {forgotten}", *parts[at + 1 :]]), *otherwise])
        if forgotten and any(_outside(shut(rule.text, year), shut(mended, year))):
            return (
                f"{part!r} in {rule.text!r} goes on after midnight on days that an earlier part has hours for, "
                "where opening-hours-py leaves it out; write it as two, until 24:00 and from 00:00 on the next days"
            )
    return ""


def _outside(spans: Iterable[Span], others: Sequence[Span]) -> Iterator[Span]:
    """What of some spans lies outside others, which are in order."""
    starts, ends = [start for start, _ in others], [end for _, end in others]
    for start, end in spans:
        for low, high in others[bisect_right(ends, start) : bisect_left(starts, end)]:
            if start < low:
                yield start, low
            start = max(start, high)
        if start < end:
            yield start, end


def _hours(spans: Iterable[Span]) -> str:
    """Spans as a rule, day by day; empty if there are none."""
    days = list[str]()
    for start, end in spans:
        while start < end:
            midnight = datetime(start.year, start.month, start.day) + timedelta(days=1)
            until = f"{end:%H:%M}" if end < midnight else "24:00"
            days.append(f"{start.year} {MONTHS[start.month - 1]} {start.day:02d} {start:%H:%M}-{until}")
            start = min(end, midnight)
    return ", ".join(days)
