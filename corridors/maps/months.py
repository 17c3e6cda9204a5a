"""Open months: twelve letters for the year of each element on a route, from its calendars and dated closures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, tzinfo
from itertools import pairwise

from corridors.engine.arrays import merge_spans
from corridors.model.calendars import Closure, midnight

OPEN, PART, CLOSED = "1", "p", "0"
LONG = 120.0  # hours closed without a break that make a month partly open, which nights and weekends do not


def strip(closures: Iterable[Closure], year: int, zone: tzinfo) -> str:
    """One letter per month: open, closed for five or more days in a row, or never open."""
    starts, ends = merge_spans((c.start, c.end) for c in closures)
    first = [midnight(date(year, month, 1), zone=zone) for month in range(1, 13)]
    first.append(midnight(date(year + 1, 1, 1), zone=zone))
    found = ""
    for low, high in pairwise(first):
        gaps = [
            min(end, high) - max(start, low)
            for start, end in zip(starts, ends, strict=True)
            if start < high and end > low
        ]
        found += CLOSED if sum(gaps) > high - low - 1 else PART if max(gaps, default=0.0) >= LONG else OPEN
    return found


def worst(strips: Iterable[str]) -> str:
    """The open months of several elements passed one after another."""
    return "".join(
        CLOSED if CLOSED in month else PART if PART in month else OPEN for month in zip(OPEN * 12, *strips, strict=True)
    )
