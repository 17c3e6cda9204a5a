"""Plausibility of the record of closures and of the grade ``published``.

Each check yields the position of a row, the column and what is wrong there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

import pandas as pd

from corridors.data.schema import data_folder, read_table, records, texts

SCOPES = ("cargo", "vehicle", "direction", "flag")
CLOSES_FREIGHT = ("all traffic", "freight only", "one direction")
VAGUE = {"approx", "month", "year", "upper bound", "first seen closed", "last seen closed"}
"""Precisions of a day that no page prints."""
PAGE = re.compile(r"(https?://)?[^\s/;]+(/+[^\s;]{2,}|[ /]+[^\s;]*[\d=-][^\s;]*)")
"""An address of one page: a path behind the host, or the number of the page there."""
LIST = re.compile(r"/20\d{2}(/\d{1,2}){1,2}/?$|/20[12]\d(0[1-9]|1[0-2])[0-3]\d/?$")
"""An address of all that a house published on a day or in a month."""

Problem = tuple[int, str, str]
Tables = Mapping[str, pd.DataFrame]


@lru_cache(maxsize=4096)
def can_be_followed(url: str) -> bool:
    """Whether an address leads to a page, not only to the house that published it."""
    return any(PAGE.match(part) and not LIST.search(part) for part in map(str.strip, url.split(";")))


def _spells(table: pd.DataFrame) -> Iterator[Problem]:
    for at, row in enumerate(records(table)):
        if row["end"] and row["end"] < row["start"]:
            yield at, "end", f"{row['end']} is before the start, {row['start']}"
        if row["end"] and not row["end_known_from"]:
            yield at, "end_known_from", "is empty although the end is known"
        if not row["end"] and not row["last_confirmed"] and row["known_from"] >= row["start"]:
            yield at, "last_confirmed", "is empty although no end is known, and it was not announced beforehand"


def _events(events: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    yield from _spells(events)
    for at, row in enumerate(records(events)):
        if row["effect"] == "exception" and not any(row[f"scope_{name}"] for name in SCOPES):
            yield at, "scope_cargo", "an exception must say what it lets through"
    same = events.duplicated(["element_id", "effect", "start", *(f"scope_{name}" for name in SCOPES)])
    for again in same.to_numpy().nonzero()[0].tolist():
        yield again, "start", f"a row above has the same {events['effect'].iloc[again]} of that element from that day"


def _episodes(episodes: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """An episode and its event tell the same days, and what closed an element is in both tables.

    An event that a user gives is what counts; the record of closures need not follow it.
    """
    shipped = _shipped_sources()
    events = {
        row["event_id"]: row
        for row in (records(tables["events"]) if "events" in tables else ())
        if not shipped.isdisjoint(row["source_id"].split(";"))
    }
    for at, row in enumerate(records(episodes)):
        if not (row["element_id"] or (row["border"] and row["place"])):
            yield at, "element_id", "is empty; then border and place must say what was closed"
        if row["end"] and row["end"] < row["start"]:
            yield at, "end", f"{row['end']} is before the start, {row['start']}"
        if (row["end_status"] == "ended") != bool(row["end"]):
            yield at, "end_status", f"{row['end_status']} contradicts the end, {row['end'] or 'none'}"
        if bool(row["end_precision"]) != bool(row["end"]):
            yield at, "end_precision", f"{row['end_precision'] or 'none'} contradicts the end, {row['end'] or 'none'}"
        if row["quality"] == "published" and VAGUE & {row["start_precision"], row["end_precision"]}:
            yield at, "quality", "is published, but a day is not known; grade the row estimate"
        closed = row["scope"] in CLOSES_FREIGHT and row["element_id"] and row["start"] and row["for_survival"]
        if closed and not row["event_id"]:
            yield at, "event_id", f"is empty although {row['element_id']} was closed to freight; add the event"
        event = events.get(row["event_id"])
        if event is None:
            continue
        if event["element_id"] != row["element_id"]:
            yield at, "event_id", f"{row['event_id']} is an event of {event['element_id']}"
        for day in ("start", "end"):
            if event[day] != row[day]:
                yield at, day, f"{row[day] or 'none'} differs from the {day} of the event, {event[day] or 'none'}"
    told = set(episodes["event_id"])
    for name, event in events.items():
        if event["effect"] == "close" and told and name not in told:
            yield 0, "event_id", f"{name} closed {event['element_id']} and is in no row; add the episode"


def _coverage(coverage: pd.DataFrame, _: Tables) -> Iterator[Problem]:
    last: dict[tuple[str, str], str] = {}
    for at, row in sorted(enumerate(records(coverage)), key=lambda item: str(item[1]["from"])):
        if bool(row["border"]) == bool(row["element_id"]):
            yield at, "element_id", "exactly one of border and element_id must be given"
        if row["to"] and row["to"] < row["from"]:
            yield at, "to", f"{row['to']} is before the first day, {row['from']}"
        key = (row["border"], row["element_id"])
        if last.get(key, "") >= row["from"]:
            yield at, "from", f"overlaps the row before it, which runs to {last[key]}"
        last[key] = row["to"] or "9999-12-31"


def _conditions(conditions: pd.DataFrame, _: Tables) -> Iterator[Problem]:
    yield from _spells(conditions)


def cannot_be_looked_up(sources: pd.DataFrame) -> set[str]:
    """Sources without a date or an address that leads to a page; those that a user adds are not checked."""
    columns = (texts(sources[column]) for column in ("source_id", "published", "url"))
    poor = {source for source, day, url in zip(*columns, strict=True) if not (day and can_be_followed(url))}
    return poor & _shipped_sources()


def published(table: pd.DataFrame, poor: set[str]) -> Iterator[Problem]:
    """Rows graded ``published`` have a source that can be looked up."""
    for at, (grade, ids) in enumerate(zip(texts(table["quality"]), texts(table["source_id"]), strict=True)):
        if grade == "published" and poor.issuperset(ids.split(";")):
            yield (
                at,
                "quality",
                f"is published, but no source of {ids} has a date and an address that can be followed; "
                "complete it in sources, or grade the row estimate",
            )


@lru_cache(maxsize=1)
def _shipped_sources() -> frozenset[str]:
    return frozenset(read_table(data_folder(), "sources")["source_id"])


CHECKS: dict[str, Callable[[pd.DataFrame, Tables], Iterator[Problem]]] = {
    "events": _events,
    "episodes": _episodes,
    "coverage": _coverage,
    "conditions": _conditions,
}
