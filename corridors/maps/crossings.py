"""What a map says of a crossing: its kind, its state on a day, and the lines of its popup."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from corridors.data.schema import records
from corridors.routing.figures import two

if TYPE_CHECKING:
    from corridors.model.facts import Facts

PLANNED = ("planned", "under_construction")


def crossing_row(facts: Facts, element_id: str) -> dict[str, Any]:
    """First row of a crossing."""
    table = facts.tables["crossings"]
    return records(table[table["element_id"] == element_id])[0]


def crossing_type(row: dict[str, Any]) -> str:
    """Symbol of a crossing: border, gauge (a break of gauge) or strait."""
    if row["mode"] == "sea":
        return "strait"
    return "gauge" if row["mode"] == "rail" and row["gauge_break"] and " at " not in row["gauge_break"] else "border"


def crossing_state(facts: Facts, row: dict[str, Any], on: date) -> str:
    """What keeps a crossing from working on a day: planned, suspended, shut (by an event), or nothing."""
    if row["status"] in PLANNED:
        return "planned"
    if row["status"] != "operating":
        return "suspended"
    events = _about(facts.tables["events"], row["element_id"], "start", "end", on.isoformat())
    whole = ("scope_direction", "scope_vehicle")  # an event for one way or one kind of lorry shuts no crossing
    return (
        "shut"
        if any(event["effect"] == "close" and not any(event[scope] for scope in whole) for event in events)
        else ""
    )


def crossing_lines(facts: Facts, element_id: str, on: date, as_of: date) -> list[str]:
    """What a popup says of a crossing on a day: countries, mean hours, altitude, opening hours, closures then known."""
    table, day, known = facts.tables["crossings"], on.isoformat(), as_of.isoformat()
    rows = records(table[table["element_id"] == element_id])
    ends = [[facts.place[row[end]]["country"] for end in ("from_place", "to_place")] for row in rows]
    lines = [] if rows[0]["mode"] == "sea" else [f"{rows[0]['mode'].capitalize()} crossing {ends[0][0]}-{ends[0][1]}"]
    for row, (a, b) in zip(rows, ends, strict=True):
        if not pd.isna(row["hours_mean"]) and row["mode"] != "sea":
            lines.append(f"{a} to {b}: mean {two(row['hours_mean'])} h ({row['quality']})")
    if not pd.isna(rows[0]["altitude_m"]):
        lines.append(f"Altitude {rows[0]['altitude_m']:,.0f} m")
    lines += [
        f"Hours ({row['regime']}): {row['rule']}" + (", contested" if _true(row["contested"]) else "")
        for row in _about(facts.tables["calendars"], element_id, "valid_from", "valid_to", day)
    ]
    for row in _about(facts.tables["events"], element_id, "start", "end", day):
        if row["effect"] in ("close", "restrict") and row["known_from"] <= known:
            word = "Shut" if row["effect"] == "close" else "Restricted"
            confirmed = f", last confirmed {row['last_confirmed']}" if row["last_confirmed"] else ""
            ended = row["end"] and row["end_known_from"] <= known
            until = f" to {row['end']}" if ended else f", no end known{confirmed}"
            lines.append(f"{word} since {row['start']}{until}: {row['cause']}")
    return lines


def _about(table: pd.DataFrame, element_id: str, start: str, end: str, day: str) -> list[dict[str, Any]]:
    rows = records(table[table["element_id"] == element_id])
    return [row for row in rows if row[start] <= day and not (row[end] and row[end] < day)]


def _true(value: object) -> bool:
    return str(value).lower() == "true"
