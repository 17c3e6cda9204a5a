"""Conflict and sanctions by country: what was in force on a day, as known by then."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from corridors.data.schema import Row, records

RISK = {"war": 0.25, "blockade": 0.25, "strikes": 0.15, "clashes": 0.10, "unrest": 0.05}
"""Chance that a country in conflict stops a journey through it, by level: assumed, no publication gives one."""


class Condition(NamedTuple):
    """A conflict or a regime of sanctions in force."""

    country: str
    kind: str
    level: str
    name: str
    source_id: str

    @property
    def words(self) -> str:
        """Short form for a table: "war in AF", "sanctions IR"."""
        return f"sanctions {self.country}" if self.kind == "sanctions" else f"{self.level} in {self.country}"


class Conditions:
    """Rows of the table ``conditions``."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._rows = records(table)

    def in_force(self, day: str, as_of: str) -> list[Condition]:
        """Conditions on a day (ISO), as known on `as_of`; one without a known end lasts."""
        return [Condition(*(row[name] for name in Condition._fields)) for row in self._rows if _holds(row, day, as_of)]

    def risk(self, day: str, as_of: str) -> dict[str, float]:
        """Chance that conflict stops a journey through each country that has one."""
        found: dict[str, float] = {}
        for one in self.in_force(day, as_of):
            if one.kind == "conflict":
                found[one.country] = max(RISK[one.level], found.get(one.country, 0.0))
        return found


def _holds(row: Row, day: str, as_of: str) -> bool:
    if row["start"] > day or (row["known_from"] or row["start"]) > as_of:
        return False
    ended = row["end"] and (row["end_known_from"] or row["end"]) <= as_of
    return not (ended and row["end"] < day)
