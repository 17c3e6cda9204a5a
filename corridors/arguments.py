"""Checks of the arguments of public calls: the value in the expected type, or an error that names it.

Lists may be lists, tuples, arrays, Series or Index; days may be text, dates, or their pandas and numpy equivalents;
numbers may come from any library. Ambiguous values are refused.
"""

from __future__ import annotations

import errno
import operator
import os
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from math import inf, isnan
from numbers import Real
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from corridors.errors import BadRequest

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_SHOWN = 200
"""Most characters of a wrong value that a message repeats."""

Point = tuple[float, float]

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?=$|[T ])")
"""A day as the region writes it, day first."""
_TWO_WAYS = re.compile(r"[0-9]{1,2}([/-])[0-9]{1,2}\1[0-9]{2}([0-9]{2})?(?=$|[T ])")
"""A day of which day and month may be meant either way round."""

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Surrogates, which no file can hold."""


def shown(value: object) -> str:
    """A wrong value as shown in a message."""
    text = " ".join(repr(value).split())
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def as_list(value: object, name: str, example: str = "", ordered: bool = True) -> list[Any]:
    """The items of a list, array or Series; a set only where order does not matter, sorted."""
    hint = f", for example {name}=[{example}]" if example else ""
    if isinstance(value, str | bytes):
        raise BadRequest(f"{name}={shown(value)} must be a list, for example {name}=[{shown(value)}].")
    if isinstance(value, set | frozenset):
        if ordered:
            raise BadRequest(f"{name}={shown(value)} is a set, which has no order; give a list{hint}.")
        return sorted(value, key=str)
    scalar = isinstance(value, np.ndarray) and value.ndim == 0
    if scalar or isinstance(value, dict | pd.DataFrame) or not isinstance(value, Iterable):
        raise BadRequest(f"{name}={shown(value)} must be a list{hint}.")
    return list(value)


def as_text(value: object, name: str, what: str = "text") -> str:
    """A text that is not empty, and that a file can hold."""
    if not isinstance(value, str) or not value.strip() or _SURROGATE.search(value):
        raise BadRequest(f"{name}={shown(value)} must be {what}.")
    return str(value)


def as_country(value: object, name: str) -> str:
    """Two letters that could be a country code, in capitals."""
    if not isinstance(value, str) or not re.fullmatch("[A-Za-z]{2}", value):
        raise BadRequest(f"{name}={shown(value)} must be the ISO code of a country, for example {name}='KZ'.")
    return str(value).upper()


def as_names(
    value: object, name: str, what: str = "names as text", example: str = "", ordered: bool = True
) -> tuple[str, ...]:
    """A list of names."""
    found = as_list(value, name, example, ordered)
    for one in found:
        if not isinstance(one, str) or not one.strip() or _SURROGATE.search(one):
            raise BadRequest(f"{name} holds {shown(one)}: give {what}.")
    return tuple(map(str, found))


def as_choice(value: object, name: str, known: Sequence[str]) -> str:
    """One of some words."""
    if not isinstance(value, str) or value not in known:
        raise BadRequest(f"{name}={shown(value)} is not one of {', '.join(known)}.")
    return str(value)


def as_flag(value: object, name: str) -> bool:
    """True or false."""
    if not isinstance(value, bool | np.bool_):
        raise BadRequest(f"{name}={shown(value)} must be True or False.")
    return bool(value)


def is_number(value: object) -> bool:
    """Whether a value is a number of any library, and not a missing one."""
    return isinstance(value, Real | np.number) and not isinstance(value, bool | np.bool_ | complex) and value == value


def as_number(
    value: object,
    name: str,
    *,
    least: float = -inf,
    most: float = inf,
    above: float = -inf,
    below: float = inf,
    endless: bool = False,
    words: str = "",
) -> float:
    """A number within limits; infinite only if `endless`."""
    if is_number(value):
        number = float(value)  # type: ignore[arg-type]
        fits = least <= number <= most and (number > above or above == -inf) and (number < below or below == inf)
        if fits and (endless or abs(number) < inf):
            return number
    limits = [
        f"{how} {limit:g}"
        for how, limit in (("at least", least), ("at most", most), ("above", above), ("below", below))
        if abs(limit) < inf
    ]
    raise BadRequest(f"{name}={shown(value)} must be {words or ' '.join(['a number', ' and '.join(limits)]).strip()}.")


def as_whole(value: object, name: str, least: int, most: float = inf) -> int:
    """A whole number within limits."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = least - 1
    if not least <= number <= most or isinstance(value, bool | np.bool_):
        limits = f"at least {least}" if most == inf else f"from {least} to {most:g}"
        raise BadRequest(f"{name}={shown(value)} must be a whole number, {limits}.")
    return number


def as_day_or_moment(value: object, name: str) -> date | datetime:
    """A day, or a moment where the value has a time of day."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.datetime64) and not np.isnat(value):
        whole_days = np.datetime_data(value.dtype)[0] in ("Y", "M", "W", "D")
        try:
            value = value.astype("datetime64[D]").item() if whole_days else pd.Timestamp(value)
        except (ValueError, OverflowError):
            raise BadRequest(f"{name}={shown(value)} is outside the range of the calendar.") from None
    if isinstance(value, pd.Timestamp):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, date) and value == value:  # NaT is a date that equals nothing
        return value
    said = value.strip() if isinstance(value, str) else ""
    text = in_year_order(said)
    try:
        return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        pass
    if _TWO_WAYS.match(said):
        raise BadRequest(
            f"{name}={shown(value)} may be read day first or month first; write it as YYYY-MM-DD, for example "
            "2026-01-15, or with dots, day first: 15.01.2026."
        )
    if text != said and _day(text[:10]) is None:
        raise BadRequest(
            f"{name}={shown(value)} is not a day of the calendar; with dots the day comes first, as in 15.01.2026."
        )
    if _DAY.fullmatch(text[:10]):
        what = "not a day of the calendar" if _day(text[:10]) is None else "not a time of day"
        raise BadRequest(f"{name}={shown(value)} is {what}; write 2026-01-15 or 2026-01-15T14:00.")
    if len(text) > 10:
        raise BadRequest(f"{name}={shown(value)} is not a date or time; write 2026-01-15 or 2026-01-15T14:00.")
    raise BadRequest(f"{name}={shown(value)} is not a date; write it as YYYY-MM-DD, for example 2026-01-15.")


def in_year_order(text: str) -> str:
    """A day in dots, which is always day first (15.04.2026), in the order year-month-day; other text as it is."""
    return _DOTTED.sub(lambda part: f"{part[3]}-{part[2]:0>2}-{part[1]:0>2}", text, count=1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_date(value: object, name: str) -> date:
    """A day; for a moment, the day it falls on."""
    found = as_day_or_moment(value, name)
    return found.date() if isinstance(found, datetime) else found


def departure(value: object, zone: str, name: str = "depart") -> datetime:
    """Moment of departure: a date means 08:00 in the time zone `zone`; a naive datetime is local there too."""
    found = as_day_or_moment(value, name)
    if not isinstance(found, datetime):
        found = datetime.combine(found, time(8))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadRequest(f"{name}={found:%Y-%m-%d} lies outside the years {FIRST_YEAR} to {LAST_YEAR}.")
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


def as_place(value: object, name: str) -> str | Point:
    """The name of a place, or a point."""
    if isinstance(value, str):
        return str(value)
    single = isinstance(value, np.ndarray) and value.ndim != 1
    no_point = isinstance(value, set | frozenset | dict | bytes | pd.DataFrame) or single
    if isinstance(value, Collection) and not no_point:
        point = list(value)
        if len(point) == 2 and all(is_number(one) for one in point):
            return float(point[0]), float(point[1])
    raise BadRequest(f"{name}={shown(value)} is neither the name of a place nor (longitude, latitude).")


def as_places(value: object, name: str) -> list[str | Point]:
    """A list of at least one place."""
    found = [as_place(one, f"{name}, each") for one in as_list(value, name, "'Almaty'")]
    if not found:
        raise BadRequest(f"{name} is empty: give at least one place.")
    return found


def as_pairs(value: object, name: str = "pairs") -> list[tuple[str | Point, str | Point]]:
    """A list of pairs of places."""
    if isinstance(value, pd.DataFrame):
        value = list(value.itertuples(index=False, name=None))
    found = []
    for one in as_list(value, name, "('Almaty', 'Karachi')"):
        pair = [] if isinstance(one, str | bytes | set | frozenset | dict) or not isinstance(one, Collection) else one
        if len(pair) != 2:
            raise BadRequest(f"{name} holds {shown(one)}: give a list of (origin, destination).")
        origin, destination = pair
        found.append((as_place(origin, f"{name}, origin"), as_place(destination, f"{name}, destination")))
    return found


def as_path(value: object, name: str) -> Path:
    """A path of the file system."""
    if not isinstance(value, str | os.PathLike) or not str(value) or "\0" in str(value):
        raise BadRequest(f"{name}={shown(value)} is not a path of a file or folder.")
    try:
        os.stat(value)
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.EINVAL):
            raise BadRequest(f"{name}={shown(value)} is not a path of a file or folder: {error.strerror}.") from None
    except ValueError:
        raise BadRequest(f"{name}={shown(value)} is not a path of a file or folder.") from None
    return Path(value)


def isnan_or_none(value: object) -> bool:
    """Whether a cell of a user's table is empty."""
    return value is None or value is pd.NA or (isinstance(value, float) and isnan(value))
