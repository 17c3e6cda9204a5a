"""What was known of dated events on a day: the one rule for routing, chances, maps and notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, TypedDict, cast

import pandas as pd

from corridors.data.schema import records


class Event(TypedDict):
    """A row of the table ``events``; dates are ISO text, empty where there is none."""

    element_id: str
    effect: Literal["close", "open", "exception", "restrict"]
    start: str
    end: str
    known_from: str
    end_known_from: str
    last_confirmed: str
    scope_mode: str
    scope_cargo: str
    scope_vehicle: str
    scope_direction: str
    scope_flag: str
    cause: str
    contested: bool
    source_id: str
    quality: str


def event_rows(table: pd.DataFrame) -> list[Event]:
    """Rows of the table ``events``."""
    return cast(list[Event], records(table))


def known_since(event: Event) -> str:
    """First day on which an event could be known."""
    return event["known_from"] or event["start"]


def events_known(events: Iterable[Event], as_of: date) -> list[Event]:
    """Events as known on a day.

    Those not known yet are left out. An end not known yet is empty, and so is a later confirmation.
    """
    today = as_of.isoformat()
    found = []
    for event in events:
        if known_since(event) <= today:
            if event["end"] and (event["end_known_from"] or event["end"]) > today:
                event = cast(Event, {**event, "end": "", "last_confirmed": ""})
            elif event["last_confirmed"] > today:
                event = cast(Event, {**event, "last_confirmed": ""})
            found.append(event)
    return found


def in_force(events: Iterable[Event], on: date) -> list[Event]:
    """Those of known events that hold on a day; one without a known end holds from its start on."""
    day = on.isoformat()
    return [event for event in events if event["start"] <= day and not (event["end"] and event["end"] < day)]
