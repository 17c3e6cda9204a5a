"""Conflict, sanctions and customs unions by country: what was in force on a day, as known by then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, tzinfo
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from corridors.data.countries import country_names
from corridors.data.schema import Row, records
from corridors.model.calendars import midnight

RISK = {"war": 0.25, "blockade": 0.25, "strikes": 0.15, "clashes": 0.10, "unrest": 0.05}
"""Chance that a country in conflict stops a journey through it, by level: assumed, no publication gives one."""
IN_TRANSIT = "transit"
"""Goods (``Cargo.goods``) that were not cleared where their journey begins."""
LAST_DAY = "9999-12-31"
KEPT_HOURS = 1024


class Condition(NamedTuple):
    """A conflict or a regime of sanctions in force."""

    country: str
    kind: str
    level: str
    name: str
    source_id: str

    @property
    def words(self) -> str:
        """Short form for a table: "war in Afghanistan", "sanctions Iran"."""
        name = country_names().get(self.country, self.country)
        return f"sanctions {name}" if self.kind == "sanctions" else f"{self.level} in {name}"


class Member(NamedTuple):
    """Membership of a customs union, with its first and last day (ISO) and the hours between which these lie there."""

    country: str
    union: str
    since: str
    until: str
    source_id: str
    start: float
    end: float


Unions = Mapping[str, Member]
"""Members of customs unions on a day, by country."""


class Conditions:
    """Rows of the table ``conditions``; `zones` are those of the border posts of each country, UTC where not given."""

    def __init__(self, table: pd.DataFrame, zones: Mapping[str, tzinfo]) -> None:
        rows, self._zones = records(table), zones
        self._unions = [row for row in rows if row["kind"] == "union"]
        self._rows = [row for row in rows if row["kind"] != "union"]
        self.unions = lru_cache(KEPT_HOURS)(self._find_unions)

    def in_force(self, day: str, as_of: str) -> list[Condition]:
        """Conflict and sanctions on a day (ISO), as known on `as_of`; what has no known end lasts."""
        return [
            Condition(*(row[name] for name in Condition._fields))
            for row in self._rows
            if _known(row, as_of) and row["start"] <= day <= _last_day(row, as_of)
        ]

    def members(self, as_of: str) -> list[Member]:
        """Members of customs unions on any day, as known on `as_of`."""
        return [self._member(row, _last_day(row, as_of)) for row in self._unions if _known(row, as_of)]

    def _member(self, row: Row, last: str) -> Member:
        zone = self._zones.get(row["country"], UTC)
        start = midnight(date.fromisoformat(row["start"]), zone=zone)
        end = midnight(date.fromisoformat(last), after=True, zone=zone)
        return Member(row["country"], row["name"], row["start"], last, row["source_id"], start, end)

    def _find_unions(self, at: float, as_of: str) -> Unions:
        """The members at an hour, by the days that it falls on at their borders."""
        return {one.country: one for one in self.members(as_of) if one.start <= at < one.end}

    def risk(self, day: str, as_of: str) -> dict[str, float]:
        """Chance that conflict stops a journey through each country that has one."""
        found: dict[str, float] = {}
        for one in self.in_force(day, as_of):
            if one.kind == "conflict":
                found[one.country] = max(RISK[one.level], found.get(one.country, 0.0))
        return found


def together(unions: Unions, one: str, other: str) -> bool:
    """Whether two countries are members of the same customs union."""
    return one in unions and other in unions and unions[one].union == unions[other].union


def circulate(unions: Unions, goods: str, origin: str, destination: str) -> bool:
    """Whether goods that start in one country are in free circulation in another: its customs do not clear them.

    Goods of a union keep their status on the way through other countries, under customs transit: so the way that they
    take decides nothing here, and they pay at the borders of the union as others do.
    """
    return origin == destination or (goods.casefold() != IN_TRANSIT and together(unions, origin, destination))


def _known(row: Row, as_of: str) -> bool:
    return bool((row["known_from"] or row["start"]) <= as_of)


def _last_day(row: Row, as_of: str) -> str:
    """Last day by what was known; what has no known end lasts."""
    ended = row["end"] and (row["end_known_from"] or row["end"]) <= as_of
    return str(row["end"]) if ended else LAST_DAY
