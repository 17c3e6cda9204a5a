"""After a closure: how many trucks wait, for how long, and what a place in the queue is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from corridors.arguments import as_list, as_number
from corridors.errors import BadRequest, NoRoute
from corridors.model.backlog import Flow, queue
from corridors.model.costs import end_amount
from corridors.model.scenario import Scenario
from corridors.model.tariffs import Waiting
from corridors.routing.answers import find_routes
from corridors.routing.request import Place, Request, known_on

if TYPE_CHECKING:
    from corridors.model.facts import Facts


def backlog(
    facts: Facts,
    /,
    element: str,
    origin: Place,
    *,
    shut_days: float,
    days: Sequence[float] = (0, 1, 2, 3, 5, 7, 10, 14),
    flow_day: float | None = None,
    capacity_day: float | None = None,
    as_of: str | date | None = None,
    cargo: str = "container40",
) -> pd.DataFrame:
    """The queue at a crossing after a closure: how many trucks wait, for how long, and what that costs.

    The trucks that were on the road when the crossing closed gather there: the usual daily flow, times the days that
    the route from `origin` takes, or the days of the closure if these are fewer. Once open, the crossing handles as
    many trucks a day as it can; those that had not yet left home arrive as many days later. This is a rule of thumb
    without fitted numbers; compare it with a count of trucks if there is one.

    Parameters
    ----------
    element : str
        Crossing (id, name or alias).
    origin : place
        Where most of the trucks come from, such as the port.
    shut_days : float
    days : sequence of float
        Days after the reopening.
    flow_day, capacity_day : float, optional
        Trucks a day, in both directions together, that usually arrive and that can pass. Default: published figures
        for the crossing (``net.claims``, "Traffic at ..."; ``net.crossings``); where there are none, give your own.
    as_of : date, optional
        Default: the date of the data.
    cargo : str
        Preset whose value of time is used.

    Returns
    -------
    DataFrame
        One row per day: ``day, trucks, wait_days`` (of a truck that arrives then), ``wait_usd`` (detention beyond the
        free days, and the value of its time: the most that a place at the front of the queue, or a detour, is worth
        to it) and ``basis``.

    Raises
    ------
    BadRequest
        If no traffic has been published for the crossing and none is given, or if no route leads there.
    """
    known = known_on(facts, as_of)
    closed = as_number(shut_days, "shut_days", least=0.0)
    ids = [one for one in facts.element_ids(element) if one in facts.border_pair]
    if not ids:
        raise BadRequest(f"{element} is not a border crossing: queues are computed for crossings only.")
    flow = _flow(facts, ids[0], known, flow_day, capacity_day)
    lead, worth = _lead_days(facts, origin, ids[0], known, cargo)
    waiting = queue(flow, closed, lead)
    costs = Waiting.of(facts.rates, worth)
    rows = []
    for day in as_list(days, "days", "0, 1, 2"):
        after = as_number(day, "days, each", least=0.0)
        wait = waiting.wait_days(after)
        rows.append(
            {
                "day": after,
                "trucks": waiting.left(after),
                "wait_days": wait,
                "wait_usd": float(costs.usd(wait)),
                "basis": f"{flow.words}; trucks of the last {lead:.1f} days were on the road when it closed",
            }
        )
    return pd.DataFrame(rows)


def _flow(facts: Facts, element: str, known: date, flow_day: float | None, capacity_day: float | None) -> Flow:
    found = facts.flows(known).get(element)
    if flow_day is None and found is None:
        raise BadRequest(
            f"no traffic at {facts.element_names[element]} had been published by {known}: give flow_day, trucks a day."
        )
    usual = found.usual if flow_day is None and found else as_number(flow_day, "flow_day", above=0.0)
    most = max(usual, found.most if found else 0.0)
    if capacity_day is not None:
        most = as_number(capacity_day, "capacity_day", least=usual)
    if found and flow_day is None and capacity_day is None:
        return found
    return Flow(usual, most, "", f"{usual:,.0f} a day as given; passes {most:,.0f} a day")


def _lead_days(facts: Facts, origin: Place, element: str, known: date, cargo: str) -> tuple[float, float]:
    """Expected days by road from the origin to the nearer side of a crossing with customs, and the value of an hour."""
    request = Request(depart=known, as_of=known, k=1, modes=["road"], unknown="lapse", cargo=cargo)
    request = replace(request, scenario=Scenario("queue").reopen(element))
    sides = [row.from_place for row in facts.tables["crossings"].itertuples() if row.element_id == element]
    found = []
    for side in sides:
        try:
            result = find_routes(facts, replace(request, origin=origin, destination=str(side))).results[0]
        except NoRoute:
            continue
        load, country = result.world.question.cargo, facts.place[str(side)]["country"]
        ends = [end_amount(facts.rates, load, "road", country, False, home=home).hours for home in (False, True)]
        customs = ends[0] - ends[1] if result.world.free_in(country) else 0.0
        found.append(((result.figures[0] + customs) / 24, load.value_of_time))
    if not found:
        raise BadRequest(f"no road leads from {origin} to {facts.element_names[element]}.")
    return min(found)
