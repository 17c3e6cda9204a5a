"""Who may carry what through where: the table ``rights`` read for one carrier, origin of goods and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

import pandas as pd

from corridors.data.schema import Row, records

KEPT_DAYS = 1024

Effect = Literal["allow", "transload", "forbid", "not known"]


class Verdict(NamedTuple):
    """What a carrier may do at a crossing, by which rule."""

    effect: Effect
    treaty: str
    note: str
    source_id: str


class Rights:
    """Rules of each crossing for road carriers.

    A rule of a fixed carrier or origin of goods counts before one for all. Where no rule is in force, a truck of
    either country passes, and what a truck of a third country may do is not known (and taken as allowed). A rule
    ``allow`` without a first day is not taken as in force; practice (``transload``, ``forbid``) without one is.
    Rules that bar everybody are closures and stand in ``events``.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in records(table):
            everybody = row["effect"] == "forbid" and not (row["carriers"] or row["goods_origin"])
            if (not row["cargo"] or row["goods_origin"]) and not everybody:
                self._rows.setdefault(row["element_id"], []).append(row)
        self.elements = frozenset(self._rows)
        self.in_force = lru_cache(KEPT_DAYS)(self._find_in_force)
        origins = (row["goods_origin"].split(";") for rows in self._rows.values() for row in rows)
        self._origins = frozenset(origin for some in origins for origin in some if origin)

    def _find_in_force(self, day: str) -> frozenset[int]:
        """Numbers of the rules in force on a day: days that have the same are one to the law."""
        every = (row for rows in self._rows.values() for row in rows)
        return frozenset(i for i, row in enumerate(every) if _in_force(row, day))

    def bars(self, origin: str) -> bool:
        """Whether any rule speaks of goods of this origin."""
        return origin in self._origins

    def bar(self, element_id: str, origin: str, day: str) -> Verdict | None:
        """The rule that bars goods of this origin at an element, by any mode."""
        for row in self._rows.get(element_id, ()) if origin in self._origins else ():
            if row["effect"] == "forbid" and origin in row["goods_origin"].split(";") and _in_force(row, day):
                return _verdict(row)
        return None

    def verdict(self, element_id: str, sides: Sequence[str], carrier: str, origin: str, day: str) -> Verdict:
        """What a truck of the flag `carrier` (empty: any) with goods from the country `origin` may do there."""
        rows = [row for row in self._rows.get(element_id, ()) if _in_force(row, day)]
        for row in rows:
            if origin and origin in row["goods_origin"].split(";"):
                return _verdict(row)
        if not carrier:
            return Verdict("allow", "", "", "")
        named = [row for row in rows if not row["goods_origin"] and carrier in row["carriers"].split(";")]
        for effect in ("forbid", "transload", "allow"):
            for row in named:
                if row["effect"] == effect:
                    return _verdict(row)
        if carrier in sides:
            return Verdict("allow", "bilateral", "trucks of the two countries", "")
        general = [row for row in rows if not row["goods_origin"] and not row["carriers"]]
        for effect in ("transload", "allow"):
            for row in general:
                if row["effect"] == effect:
                    return _verdict(row)
        others = ", ".join(dict.fromkeys(row["treaty"] for row in rows if row["effect"] == "allow"))
        return Verdict(
            "not known",
            others,
            f"names other flags than {carrier}" if others else "no rule for trucks of third countries is known",
            "",
        )


def _in_force(row: Row, day: str) -> bool:
    if row.get("yearly") and not _in_season(row["yearly"], day):
        return False
    if not row["in_force_from"]:
        return bool(row["effect"] != "allow") and (not row["in_force_to"] or day <= row["in_force_to"])
    return bool(row["in_force_from"] <= day and (not row["in_force_to"] or day <= row["in_force_to"]))


@lru_cache(maxsize=KEPT_DAYS)
def _in_season(rule: str, day: str) -> bool:
    """Whether a day lies in the days of the year of a rule like ``Jun 01-Aug 31``."""
    from opening_hours import OpeningHours

    return bool(OpeningHours(rule).is_open(datetime.fromisoformat(day)))


def _verdict(row: Row) -> Verdict:
    return Verdict(row["effect"], row["treaty"], row["note"], row["source_id"])
