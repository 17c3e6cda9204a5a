"""Queues after a closure: cargo on the road when a crossing closed waits there, and is cleared when it opens.

While a crossing is closed, only what had left before comes to it; what knows of the closure stays at home. So trucks
gather for as many days as the route from their origin takes, then no more: as many after a closure of a month as after
one of a week. When it opens, those that stayed set out, and reach it as many days later; until then the crossing
passes nothing but the queue, at its published capacity, or at the most that was counted there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import pandas as pd

from corridors.data.schema import Row, records

DAYS_IN = {"a day": 1.0, "in three days": 3.0}
COUNTED = re.compile(r"(trucks|vehicles|crossings) (.*)")


class Flow(NamedTuple):
    """Trucks a day at a crossing, both ways: what usually comes, and what can pass."""

    usual: float
    most: float
    source_id: str
    words: str


class Queue(NamedTuple):
    """Trucks that wait when a crossing opens."""

    trucks: float
    flow: Flow
    lead_days: float

    def left(self, days: float) -> float:
        """Trucks still waiting this many days after it opened."""
        newcomers = self.flow.usual * max(days - self.lead_days, 0.0)
        return max(self.trucks + newcomers - self.flow.most * days, 0.0)

    def wait_days(self, days: float) -> float:
        """Days of waiting for a truck that arrives this many days after it opened."""
        return self.left(days) / self.flow.most


def queue(flow: Flow, shut_days: float, lead_days: float) -> Queue:
    """The queue when a crossing opens after a closure.

    Parameters
    ----------
    flow : Flow
    shut_days : float
    lead_days : float
        Days from where most of the trucks set out to the crossing.
    """
    return Queue(flow.usual * min(shut_days, lead_days), flow, lead_days)


def flows(tables: Mapping[str, pd.DataFrame], as_of: date) -> dict[str, Flow]:
    """Crossings whose traffic was published by a day, the latest figure of each, with what they can pass."""
    capacity: dict[str, float] = {}
    for row in records(tables["crossings"]):
        if row["capacity_day"] > 0:
            capacity[row["element_id"]] = capacity.get(row["element_id"], 0.0) + row["capacity_day"]
    counted: dict[str, list[tuple[str, float, float, Row]]] = {}
    for row in records(tables["claims"]):
        unit = COUNTED.fullmatch(row["unit"])
        if not row["subject"].startswith("Traffic at ") or unit is None or unit[2] not in DAYS_IN:
            continue
        if row["as_of"] > as_of.isoformat()[: len(row["as_of"])]:
            continue
        ends = [float(part.replace(",", "")) / DAYS_IN[unit[2]] for part in row["value"].split("-")]
        counted.setdefault(row["subject_id"], []).append((row["as_of"], ends[0], ends[-1], row))
    found = {}
    for element, some in counted.items():
        usually = [one for one in some if "peak" not in one[3]["note"].casefold()]
        if not usually:
            continue
        _, low, high, row = max(usually, key=lambda one: one[0])
        usual, peak = (low + high) / 2, max(one[2] for one in some)
        most = max(capacity.get(element, peak), usual)
        told = "published capacity" if element in capacity else "the most that was counted"
        words = f"{row['value']} {row['unit']}, {row['period']}; passes {most:,.0f} a day, {told}"
        found[element] = Flow(usual, most, row["source_id"], words)
    return found
