"""What a map says of a crossing: its kind, its state on a day, and the lines of its popup."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, cast

import pandas as pd

from corridors.data.schema import Row, records
from corridors.model.calendars import PASSENGERS
from corridors.model.events import Event, events_known, in_force
from corridors.routing.figures import two

if TYPE_CHECKING:
    from corridors.model.facts import Facts

PLANNED = ("planned", "under_construction")


def crossing_row(facts: Facts, element_id: str) -> Row:
    """First row of a crossing."""
    return _rows(facts, "crossings", element_id)[0]


def _rows(facts: Facts, table: str, element_id: str) -> list[Row]:
    """Rows of an element in a table, all of which is sorted by element when a map first asks."""

    def sort() -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in records(facts.tables[table]):
            found.setdefault(row["element_id"], []).append(row)
        return found

    kept = facts.kept.get(("rows", table), sort, lambda made: 8 * len(made))
    return kept.get(element_id, [])


def crossing_type(row: Row) -> str:
    """Symbol of a crossing: border, gauge (a break of gauge) or strait."""
    if row["mode"] == "sea":
        return "strait"
    return "gauge" if row["mode"] == "rail" and row["gauge_break"] and " at " not in row["gauge_break"] else "border"


def crossing_state(facts: Facts, row: Row, on: date, as_of: date) -> str:
    """What stops a crossing from operating on a day: planned, suspended, closed (by an event then known), nothing."""
    if row["status"] in PLANNED:
        return "planned"
    if row["status"] != "operating":
        return "suspended"
    return "closed" if facts.calendars.closed_on(row["element_id"], on, as_of, row["mode"]) else ""


def crossing_lines(facts: Facts, element_id: str, on: date, as_of: date) -> list[str]:
    """What a popup says of a crossing on a day: countries, mean hours, altitude, opening hours, closures known then."""
    rows = _rows(facts, "crossings", element_id)
    ends = [[facts.place[row[end]]["country"] for end in ("from_place", "to_place")] for row in rows]
    lines = [] if rows[0]["mode"] == "sea" else [f"{rows[0]['mode'].capitalize()} crossing {ends[0][0]}-{ends[0][1]}"]
    for row, (a, b) in zip(rows, ends, strict=True):
        if not pd.isna(row["hours_mean"]) and row["mode"] != "sea":
            lines.append(f"{a} to {b}: mean {two(row['hours_mean'])} h ({row['quality']})")
    if not pd.isna(rows[0]["altitude_m"]):
        lines.append(f"Altitude {rows[0]['altitude_m']:,.0f} m")
    lines += [
        f"Hours ({row['regime']}): {row['rule']}" + (", contested" if _true(row["contested"]) else "")
        for row in _valid(facts.calendars.rules(element_id, as_of), on.isoformat())
    ]
    for event in in_force(events_known(cast(list[Event], _rows(facts, "events", element_id)), as_of), on):
        if event["effect"] in ("close", "restrict") and event["scope_cargo"] != PASSENGERS:
            word = "Closed" if event["effect"] == "close" else "Restricted"
            confirmed = f", last confirmed {event['last_confirmed']}" if event["last_confirmed"] else ""
            until = f" to {event['end']}" if event["end"] else f", no end known{confirmed}"
            lines.append(f"{word} since {event['start']}{until}: {event['cause']}")
    researched = facts.coverage.research(element_id, on).words()
    return [*lines, researched[:1].upper() + researched[1:]] if researched else lines


def _valid(rows: Sequence[Row], day: str) -> list[Row]:
    return [row for row in rows if row["valid_from"] <= day and not (row["valid_to"] and row["valid_to"] < day)]


def _true(value: object) -> bool:
    return str(value).lower() == "true"
