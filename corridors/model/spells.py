"""Spells of closure as they were known on a day, from the tables ``episodes`` and ``events``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pandas as pd

from corridors.data.schema import records

HALF_A_DAY = 12.0
"""Stoppages of fewer hours do not count as a closure of that day."""
CLOSED = ("all traffic", "freight only")
NEVER = date.max.toordinal()


class Spell(NamedTuple):
    """A spell of closure as known on some day; days are ordinals.

    `days` is its length where it had `ended`, else from its first day to the last on which it was seen closed.
    """

    element_id: str
    group: str
    cause_class: str
    common_cause: str
    start: int
    days: int
    ended: bool


class Record(NamedTuple):
    """A row of ``episodes`` with what was known when."""

    spell: Spell
    known: int
    end: int
    end_known: int
    last_seen: int

    def on(self, day: int) -> Spell | None:
        """The spell as it was known on a day; None where it was not, or had not begun."""
        if self.known > day or self.spell.start > day:
            return None
        if self.end_known <= day and self.end < day:
            return self.spell._replace(days=self.end - self.spell.start + 1, ended=True)
        last = min(self.end if self.end < NEVER else self.last_seen, day)
        return self.spell._replace(days=max(last - self.spell.start, 0), ended=False)


def spell_records(tables: Mapping[str, pd.DataFrame], group_of: Mapping[str, str]) -> list[Record]:
    """Unplanned closures of freight in both directions, by their start.

    Their events say when one knew of them and when they ended, so that forecasts, risk and routes count the same days.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Uses ``episodes`` and ``events``.
    group_of : mapping of str to str
        Elements with their border or kind: what shares its shocks.
    """
    events = {row["event_id"]: row for row in records(tables["events"])}
    found = []
    for row in records(tables["episodes"]):
        short = row["hours"] == row["hours"] and row["hours"] < HALF_A_DAY
        if not row["start"] or not row["for_survival"] or row["planned"] or row["scope"] not in CLOSED or short:
            continue
        event = events.get(row["event_id"], {})
        until = event.get("end") or row["end"]
        start, end = ordinal(row["start"]), ordinal(until) if until else NEVER
        end_known = max(end, ordinal(event["end_known_from"])) if event.get("end_known_from") else end
        found.append(
            Record(
                Spell(
                    row["element_id"] or row["place"],
                    row["border"] or group_of.get(row["element_id"], ""),
                    row["cause_class"],
                    row["common_cause"] or row["episode_id"],
                    start,
                    0,
                    False,
                ),
                max(start, ordinal(event["known_from"])) if event.get("known_from") else start,
                end,
                end_known,
                ordinal(row["last_seen"]),
            )
        )
    return sorted(found, key=lambda one: (one.spell.start, one.spell.element_id))


def ordinal(day: str) -> int:
    """Number of a day given as ISO text."""
    return date.fromisoformat(day).toordinal()
