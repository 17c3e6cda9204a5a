"""Who may carry what through where: the table ``rights`` read for one carrier, origin of goods and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, NamedTuple

import pandas as pd

from corridors.data.schema import Row, records, told_by

KEPT_DAYS = 1024

Effect = Literal["allow", "transload", "forbid", "not known"]


class Trade(NamedTuple):
    """Countries from which goods come and for which they are bound; empty: it does not matter."""

    origin: str = ""
    destination: str = ""

    @property
    def words(self) -> str:
        """Such as "goods from IN" or "goods for AM"."""
        return (
            "goods" + f" from {self.origin}" * bool(self.origin) + f" for {self.destination}" * bool(self.destination)
        )


ANY_TRADE = Trade()


class LawOf(NamedTuple):
    """A day, and the day whose law is taken to hold on it: the same, or the last one of which anything is known.

    Both are ISO text. Notes that were written after `told` are left out.
    """

    day: str
    known: str
    told: date = date.max


class Verdict(NamedTuple):
    """What a carrier may do at a crossing, and the rule that says so."""

    effect: Effect
    treaty: str
    note: str
    source_id: str


class Rights:
    """Rules of each crossing for road carriers.

    A rule of a fixed carrier, origin or destination of goods counts before one for all. Where no rule is in force, a
    truck of either country passes, and what a truck of a third country may do is not known (and taken as allowed). A
    rule ``allow`` without a first day is not taken as in force; practice (``transload``, ``forbid``) without one is.
    Rules that bar everybody are closures and stand in ``events``.

    Of a later day one knows the law of `as_of`, and takes it to last; on `data_date` everything is known.
    """

    def __init__(self, table: pd.DataFrame, data_date: date | None = None) -> None:
        self._data_date = date.max if data_date is None else data_date
        self._rows: dict[str, list[Row]] = {}
        for row in records(table):
            goods = row["goods_origin"] or row["goods_destination"]
            everybody = row["effect"] == "forbid" and not (row["carriers"] or goods)
            if (not row["cargo"] or goods) and not everybody:
                self._rows.setdefault(row["element_id"], []).append(row)
        self.elements = frozenset(self._rows)
        self.on = lru_cache(KEPT_DAYS)(self._find_on)
        self.in_force = lru_cache(KEPT_DAYS)(self._find_in_force)
        self.told_apart = lru_cache(KEPT_DAYS)(self._find_told_apart)
        self._origins, self.destinations = (
            frozenset(one for rows in self._rows.values() for row in rows for one in _countries(row, end))
            for end in ("goods_origin", "goods_destination")
        )

    def _find_on(self, day: str, as_of: date) -> LawOf:
        """The law of a day as known on another."""
        return LawOf(day, day) if as_of >= self._data_date else LawOf(day, min(day, as_of.isoformat()), as_of)

    def _find_in_force(self, day: LawOf) -> frozenset[int]:
        """Numbers of the rules in force on a day: days that have the same are one to the law."""
        every = (row for rows in self._rows.values() for row in rows)
        return frozenset(i for i, row in enumerate(every) if _in_force(row, day))

    def _find_told_apart(self, day: LawOf) -> frozenset[str]:
        """Countries for whose goods the law is another on a day than for those bound elsewhere."""
        every = (row for rows in self._rows.values() for row in rows)
        return frozenset(one for row in every if _in_force(row, day) for one in _countries(row, "goods_destination"))

    def concerns(self, trade: Trade) -> Trade:
        """The same goods, without the ends of which no rule speaks."""
        return Trade(
            trade.origin if trade.origin in self._origins else "",
            trade.destination if trade.destination in self.destinations else "",
        )

    def bar(self, element_id: str, trade: Trade, day: LawOf) -> Verdict | None:
        """The rule that bars goods of this origin or for this destination at an element, by any mode."""
        for row in self._rows.get(element_id, ()) if any(self.concerns(trade)) else ():
            if row["effect"] == "forbid" and _of(row, trade) and _in_force(row, day):
                return _verdict(row, day)
        return None

    def verdict(self, element_id: str, sides: Sequence[str], carrier: str, trade: Trade, day: LawOf) -> Verdict:
        """What a truck of the flag `carrier` (empty: any) with goods of a trade may do there."""
        rows = [row for row in self._rows.get(element_id, ()) if _in_force(row, day)]
        for row in rows:
            if _of(row, trade):
                return _verdict(row, day)
        rows = [row for row in rows if not row["goods_destination"]]
        if not carrier:
            return Verdict("allow", "", "", "")
        named = [row for row in rows if not row["goods_origin"] and carrier in row["carriers"].split(";")]
        for effect in ("forbid", "transload", "allow"):
            for row in named:
                if row["effect"] == effect:
                    return _verdict(row, day)
        if carrier in sides:
            return Verdict("allow", "bilateral", "trucks of the two countries", "")
        general = [row for row in rows if not row["goods_origin"] and not row["carriers"]]
        for effect in ("transload", "allow"):
            for row in general:
                if row["effect"] == effect:
                    return _verdict(row, day)
        others = ", ".join(dict.fromkeys(row["treaty"] for row in rows if row["effect"] == "allow"))
        return Verdict(
            "not known",
            others,
            f"names other flags than {carrier}" if others else "no rule for trucks of third countries is known",
            "",
        )


def _countries(row: Row, end: str) -> list[str]:
    """Countries of origin or destination of which a rule speaks."""
    return [one for one in row[end].split(";") if one]


def _of(row: Row, trade: Trade) -> bool:
    """Whether a rule speaks of goods from that origin, or for that destination, or of both if it names both."""
    ends = _countries(row, "goods_origin"), _countries(row, "goods_destination")
    return any(ends) and all(one in some for one, some in zip(trade, ends, strict=True) if some)


def _in_force(row: Row, law: LawOf) -> bool:
    day = law.known
    if row.get("yearly") and not _in_season(row["yearly"], law.day):
        return False
    if not row["in_force_from"]:
        return bool(row["effect"] != "allow") and (not row["in_force_to"] or day <= row["in_force_to"])
    return bool(row["in_force_from"] <= day and (not row["in_force_to"] or day <= row["in_force_to"]))


@lru_cache(maxsize=KEPT_DAYS)
def _in_season(rule: str, day: str) -> bool:
    """Whether a day lies in the days of the year of a rule like ``Jun 01-Aug 31``."""
    from opening_hours import OpeningHours

    return bool(OpeningHours(rule).is_open(datetime.fromisoformat(day)))


def _verdict(row: Row, law: LawOf) -> Verdict:
    note = row["note"] if law.told == date.max or told_by(row, law.told) else ""
    return Verdict(row["effect"], row["treaty"], note, row["source_id"])
