"""Wait or reroute: how long an element must stay closed for the detour to be the better choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from corridors.arguments import as_number, shown
from corridors.data.schema import Row
from corridors.errors import BadRequest, NoRoute
from corridors.model.calendars import moment
from corridors.model.closures import LONGEST
from corridors.model.scenario import Overlay, Scenario
from corridors.model.simulation import Samples
from corridors.routing.answers import find_routes
from corridors.routing.ranges import QUANTILES, quantile
from corridors.routing.request import By, Place, RankedTrip, Request, one_world
from corridors.routing.result import Result

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes

MEASURES: dict[By, str] = {"hours": "time", "usd": "money", "generalised": "time and money together"}
ALTERNATIVES = 6
"""Among so many routes the one through the element is looked for."""


def break_even(
    facts: Facts,
    /,
    origin: Place,
    destination: Place,
    element: str,
    *,
    depart: str | date | datetime,
    usd_day: float | None = None,
    free_days: float | None = None,
    scenario: Scenario | None = None,
    **ask: Unpack[RankedTrip],
) -> pd.DataFrame:
    """Wait or reroute: how long an element must stay closed for the detour to be the better choice.

    For each objective, the best route through the element is compared with the best detour around it.

    Parameters
    ----------
    origin, destination : places
    element : str
        Crossing, strait, section or leg (id, name or alias); whether it is open now does not matter.
    depart : date or datetime
    usd_day : float, optional
        What a day of waiting costs; default: the line's detention, ``detention_usd_day`` of ``net.rates``.
    free_days : float, optional
        Days of waiting that cost nothing, counted from arrival there; default: ``detention_free_days``.
    scenario : Scenario, optional
    **ask
        Other arguments of `routes`.

    Returns
    -------
    DataFrame
        One row each for time, money and both together (``by``: hours, usd, generalised): ``wait_at, wait`` and
        ``reroute`` (names of the routes), ``break_even_days_p10/p50/p90`` (days that the element stays closed after the
        cargo arrives; 0 if the detour is better anyway; NaN if there is no detour, or if none of the six best routes by
        this objective uses the element even when it is open), ``p_longer`` (chance that it stays closed for longer than
        the median, judging by closures like the one in force, or by new closures if there is none; NaN where closures
        were not researched, see `Network.outlook`) and ``words``.

    Raises
    ------
    BadRequest
        If none of the six best routes by any of the three objectives uses the element even when it is open.
    """
    for name, value in (("usd_day", usd_day), ("free_days", free_days)):
        if value is not None:
            as_number(value, name, least=0.0)
    elements = set(facts.element_ids(element))
    title = facts.element_names[min(elements)] if len(elements) == 1 else element
    request = replace(one_world(Request.common(depart, ask, "scenario", "k")), origin=origin, destination=destination)
    request = replace(request, scenario=scenario)
    open_ = replace(request, scenario=(scenario or Scenario("as it is")).reopen(element), k=ALTERNATIVES)
    around = replace(request, k=1, avoid=[*(request.avoid or ()), element])
    usual = usd_day, free_days
    rows = [
        _weighed(facts, by, replace(open_, by=by), replace(around, by=by), elements, title, usual) for by in MEASURES
    ]
    if not any(row["wait"] for row in rows):
        raise BadRequest(
            f"none of the {ALTERNATIVES} best routes from {shown(origin)} to {shown(destination)} uses {title}, even "
            "when it is open: there is nothing to wait for."
        )
    return pd.DataFrame(rows)


def _weighed(
    facts: Facts,
    by: By,
    open_: Request,
    around: Request,
    elements: set[str],
    title: str,
    usual: tuple[float | None, float | None],
) -> Row:
    """Row of `break_even` by one objective: the best route through the element, once open, against one round it."""
    row: Row = {
        "by": by,
        "wait_at": title,
        **dict.fromkeys(("wait", "reroute"), ""),
        **dict.fromkeys(("break_even_days_p10", "break_even_days_p50", "break_even_days_p90", "p_longer"), np.nan),
    }
    waiting = _through(find_routes(facts, open_), elements)
    if waiting is None:
        words = f"By {MEASURES[by]}, none of the {ALTERNATIVES} best routes uses {title} even when it is open."
        return row | {"words": words}
    row["wait"] = waiting[0].name
    try:
        away = find_routes(facts, around)
    except NoRoute as error:
        return row | {"words": f"no other route: cargo has to wait at {title}. {error}"}
    days = _days(by, waiting.results[0], away.results[0], *usual)
    p10, p50, p90 = (quantile(days, QUANTILES[q]) for q in ("p10", "p50", "p90"))
    longer = _longer(facts, waiting.results[0], elements, p50)
    words = f"By {MEASURES[by]}, going {away[0].name} beats waiting at {title} "
    if p50 > 0:
        words += f"if it stays closed for more than {p50:.2g} days after the cargo arrives ({p10:.2g} to {p90:.2g})."
        words += f" Closures like it last longer in {100 * longer:.0f} % of cases." if longer == longer else ""
    else:
        words += "even if it opens at once."
    return row | {
        "reroute": away[0].name,
        "break_even_days_p10": p10,
        "break_even_days_p50": p50,
        "break_even_days_p90": p90,
        "p_longer": longer,
        "words": words,
    }


def _through(routes: Routes, elements: set[str]) -> Routes | None:
    """The best of the routes that uses an element."""
    for i, result in enumerate(routes.results):
        if any(elements.intersection(edge.elements) for edge in result.edges):
            return routes[i : i + 1]
    return None


def _longer(facts: Facts, stay: Result, elements: set[str], days: float) -> float:
    """Chance that an element closed when the cargo arrives there stays closed for longer than so many days."""
    as_of = stay.world.question.knowledge.as_of
    at, element = next((i, e) for i, edge in enumerate(stay.edges) for e in edge.elements if e in elements)
    if facts.coverage.research(element, as_of).searched == "not":
        return np.nan
    arrives, more = stay.steps[at].arrive, int(days) + 1
    world = stay.world.other(overlay=Overlay())
    lasting = [closure for closure in world.lasting(stay.edges[at]) if closure.start <= arrives]
    if not lasting:
        return float(facts.closures(as_of).survival(element).closed[min(more, LONGEST)])
    oldest = min(lasting, key=lambda closure: closure.start)
    seen = date.fromordinal(facts.lasting(oldest, as_of).seen)
    before = max((moment(arrives).date() - seen).days, 0)
    closed = facts.still_closed(oldest, as_of, before + more)
    return float(closed[-1] / closed[before]) if closed[before] > 0 else 0.0


def _days(by: str, stay: Result, away: Result, usd_day: float | None, free_days: float | None) -> Samples:
    """Days of waiting that cost as much as the detour, in every sample in which the cargo that waits arrives.

    Both ways have the same luck: the samples are those of the same drivers.
    """
    draws, rates = stay.draws, stay.world.rates
    zero = np.zeros(draws.n)

    def amount(given: float | None, quantity: str) -> Samples:
        rate = rates.find(quantity)
        known = draws.amount([rates.part("", rate.mode, rate.driver("prices"))]) if given is None else given
        return zero + known

    free, price = amount(free_days, "detention_free_days"), amount(usd_day, "detention_usd_day")
    arrives = np.isfinite(stay.hours())
    hours, usd = (away.hours() - np.where(arrives, stay.hours(), 0.0))[arrives], (away.usd - stay.usd)[arrives]
    free, price = free[arrives], price[arrives]
    if by == "hours":
        return np.maximum(0.0, hours / 24)
    a_day = 24 * stay.world.question.cargo.value_of_time if by == "generalised" else 0.0
    loss = usd + (a_day / 24) * hours if by == "generalised" else usd
    early = loss / a_day if a_day else np.full(len(loss), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        late = free + (loss - a_day * free) / (price + a_day)
    found: Samples = np.where(loss <= 0, 0.0, np.where(early <= free, early, late))
    return found
