"""CPMM's indicators beside the published ones, last departure before a closure, price of avoiding a country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from corridors.analysis.workers import crew
from corridors.arguments import LAST_YEAR, as_names, as_number, as_text, departure
from corridors.data.schema import Row, records
from corridors.errors import BadRequest, NoRoute
from corridors.model.calendars import Closure, hour, midnight, moment
from corridors.model.cargo import TONNES
from corridors.routing.explain import closure_words, first_day
from corridors.routing.request import Request
from corridors.routing.result import Result

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes

Ask = Callable[["Facts", Request], "Routes"]
SECTION_KM = 500.0
"""Length of the corridor section to which CPMM refers TFI3."""
UNITS = {
    "TFI1": "hours at one side of a border",
    "TFI2": "US$ at one side of a border",
    "TFI3": "US$ per 500 km and 20 t",
    "SWOD": "km/h",
    "SWD": "km/h",
}
FEES = ("border fees", "unofficial payments", "guarantee", "entry fee", "transit permit", "fuel difference")
MOST_DAYS = 400
LAST_HOUR = midnight(date(LAST_YEAR, 12, 31))
LEAST_KM = 50.0
"""On shorter stretches the border outweighs the route."""


def cpmm(facts: Facts, results: Sequence[tuple[Row, Result]]) -> pd.DataFrame:
    """Rows of `Routes.cpmm`."""
    published = _published(facts)
    rows = []
    for row, result in results:
        for (mode, country), sums in _sums(result).items():
            for indicator, value in _values(sums, result.payload).items():
                known = published.get((indicator, mode, country), (np.nan, 0, ""))
                rows.append(
                    {
                        **row,
                        "mode": mode,
                        "country": country,
                        "indicator": indicator,
                        "unit": UNITS[indicator],
                        "modelled": value,
                        "published": known[0],
                        "year": known[1] or pd.NA,
                        "source_id": known[2],
                    }
                )
    frame = pd.DataFrame(rows)
    return frame.astype({"year": "Int64"}) if len(frame) else frame


def _sums(result: Result) -> dict[tuple[str, str], dict[str, float]]:
    """Km, hours and US$ of a route by mode and country, the whole under ``all``."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for step, edge in zip(result.steps, result.edges, strict=True):
        if edge.kind not in ("leg", "crossing") or edge.mode not in ("road", "rail"):
            continue
        amount = result.world.amount(edge)
        sides = edge.countries if edge.kind == "crossing" else edge.countries[:1]
        for country in (*sides, "all"):
            share = 1.0 if country == "all" else 1 / len(sides)
            sums = found[edge.mode, country]
            sums["hours"] += share * (step.end - step.arrive)
            sums["usd"] += share * amount.usd * result.world.scale("usd", edge)
            sums["km"] += share * edge.km
            sums["moving"] += share * result.moving(edge)
            if edge.kind == "crossing":
                sums["sides"] += share * 2
                sums["clearing"] += share * (step.end - step.arrive)
                sums["fees"] += share * sum(part.expected for part in amount.money if part.line in FEES)
    return dict(found)


def _values(sums: Mapping[str, float], payload: float) -> dict[str, float]:
    found: dict[str, float] = {}
    if sums["sides"]:
        found |= {"TFI1": sums["clearing"] / sums["sides"], "TFI2": sums["fees"] / sums["sides"]}
    if sums["km"] >= LEAST_KM:
        found |= {
            "TFI3": sums["usd"] / sums["km"] * SECTION_KM * TONNES / max(payload, TONNES),
            "SWOD": sums["km"] / sums["moving"],
            "SWD": sums["km"] / sums["hours"],
        }
    return found


def _published(facts: Facts) -> dict[tuple[str, str, str], tuple[float, int, str]]:
    """Latest published value of each indicator, mode and country: mean of the directions, year, sources."""
    values: dict[tuple[str, str, str], dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in records(facts.tables["indicators"]):
        if not row["element_id"]:
            values[row["indicator"], row["mode"], row["country"] or "all"][int(row["year"])].append(row)
    found = {}
    for key, by_year in values.items():
        year = max(by_year)
        some = by_year[year]
        found[key] = (
            sum(row["value"] for row in some) / len(some),
            year,
            ";".join(dict.fromkeys(row["source_id"] for row in some)),
        )
    return found


def last_departure(
    routes: Routes,
    closes: str | date | None = None,
    element: str | None = None,
    p: float = 0.9,
    executor: Executor | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Rows of `Routes.last_departure`."""
    as_number(p, "p", above=0.0, below=1.0, words="a chance: between 0 and 1")
    if closes is not None and element is None:
        raise BadRequest("closes= needs element=, the crossing or road that is assumed to close.")
    facts = routes.facts
    wanted: frozenset[str] | None = None
    if element is not None:
        try:
            wanted = frozenset(facts.element_ids(as_text(element, "element", "the name of a crossing, section or leg")))
        except LookupError as error:
            raise BadRequest(f"element: {error}") from None
    day = None if closes is None else departure(closes, "UTC", "closes").date()
    sought = _Sought(routes.depart, element, wanted, day, p)
    with crew(facts, executor, progress, "last departure", len(routes)) as workers:
        if executor is None:
            found = workers.all(lambda _, result: _last(result, sought), routes.results)
        else:  # an answer is too large to hand on: each process asks for its own
            again = partial(_last_again, ask=routes.ask, request=routes.request, sought=sought)
            found = workers.all(again, [result.path.edges for result in routes.results])
    return pd.DataFrame([row | last for (row, _), last in zip(routes.labelled(), found, strict=True)])


class _Sought(NamedTuple):
    """Closures before which cargo is to pass, and how surely."""

    depart: datetime
    element: str | None
    elements: frozenset[str] | None
    closes: date | None
    p: float


def _last_again(facts: Facts, edges: tuple[int, ...], ask: Ask, request: Request, sought: _Sought) -> Row:
    """`_last` of the route over some edges, asked for anew."""
    results = ask(facts, request).results
    return _last(next(result for result in results if result.path.edges == edges), sought)


def _last(result: Result, sought: _Sought) -> Row:
    """The last departure on one route, before the closure that gives the earliest."""
    longest = result.world.question.max_wait_hours
    ahead = _ahead(result.facts, result, sought.elements, sought.closes, longest)
    if found := [_latest(sought.depart, result, i, closure, sought.p) for i, closure in ahead]:
        return {"p": sought.p, **min(found, key=lambda one: one["last_departure"] or date.min)}
    passes = sought.elements is None or any(sought.elements & set(edge.elements) for edge in result.edges)
    return {
        "element_id": "",
        "closes": "",
        "reason": "",
        "last_departure": None,
        "p": sought.p,
        "slack_days": np.nan,
        "source_id": "",
        "note": "no closure is known ahead on this way" if passes else f"does not use {sought.element}",
    }


def _ahead(
    facts: Facts,
    result: Result,
    wanted: frozenset[str] | None,
    day: date | None,
    longest: float,
) -> list[tuple[int, Closure]]:
    """Steps of a route at which a long closure lies ahead, with the first such closure."""
    found = []
    for i, (step, edge) in enumerate(zip(result.steps, result.edges, strict=True)):
        elements = [e for e in edge.elements if wanted is None or e in wanted]
        if day is not None:
            found += [
                (i, Closure(e, midnight(day, zone=facts.calendars.zone(e)), inf, "assumed closure")) for e in elements
            ]
            continue
        ahead = [
            c
            for c in result.world.closures(edge)
            if c.element_id in elements
            and not c.right
            and result.world.question.t0 < c.start < LAST_HOUR
            and c.end - c.start > longest
            and c.end > step.start
        ]
        if ahead:
            found.append((i, min(ahead, key=lambda c: c.start)))
    return found


def _latest(depart: datetime, result: Result, step: int, closure: Closure, p: float) -> Row:
    facts, zone = result.facts, depart.tzinfo
    closing = moment(closure.start).astimezone(zone).date()

    def chance(days_before: int) -> float:
        leave = datetime.combine(closing - timedelta(days=days_before), datetime.min.time(), zone).replace(hour=8)
        world = result.world.other(t0=hour(leave) + (result.world.question.t0 - hour(depart)))
        trip = result.at(world).simulate()
        return float((trip.start[step] + hour(leave) < closure.start).mean())

    low, high = 0, 1
    while chance(high) < p and high < MOST_DAYS:
        low, high = high, high * 2
    note, last = "", None
    if high >= MOST_DAYS and chance(high) < p:
        note = f"not in time with chance {p:g} even {high} days before"
    else:
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if chance(middle) >= p else (middle, high)
        last = closing - timedelta(days=high)
    return {
        "element_id": closure.element_id,
        "closes": first_day(facts, closure),
        "reason": closure_words(facts, closure),
        "last_departure": last,
        "slack_days": np.nan if last is None else float((last - depart.date()).days),
        "source_id": closure.source_id,
        "note": note,
    }


def price_of_avoiding(
    routes: Routes, what: Sequence[str], executor: Executor | None = None, progress: bool = True
) -> pd.DataFrame:
    """Rows of `Routes.price_of_avoiding`."""
    what = as_names(what, "what", "countries, places or elements as text", "'IR'")
    if not what:
        raise BadRequest("what is empty: name at least one country, place or element to avoid.")
    first, request = routes.table.iloc[0], routes.request
    asked = [replace(request, k=1, avoid=[*(request.avoid or ()), one]) for one in what]
    with crew(routes.facts, executor, progress, "price of avoiding", len(asked)) as workers:
        found = workers.all(partial(_without, ask=routes.ask), asked)
    rows = []
    for one, other in zip(what, found, strict=True):
        row: Row = {
            "avoid": one,
            "best": first["name"],
            "best_without": "",
            "extra_days": np.nan,
            "extra_usd": np.nan,
            "note": other if isinstance(other, str) else f"best by {request.by}",
        }
        if not isinstance(other, str):
            if other.edges == routes.results[0].path.edges:
                row["note"] = f"the best route does not touch {one}"
            row |= {
                "best_without": other.name,
                "extra_days": other.days - first["days"],
                "extra_usd": other.usd - first["usd"],
            }
        rows.append(row)
    return pd.DataFrame(rows)


class _Other(NamedTuple):
    """The best route without something."""

    edges: tuple[int, ...]
    name: str
    days: float
    usd: float


def _without(facts: Facts, request: Request, ask: Ask) -> _Other | str:
    """The best route of a request, or why there is none."""
    try:
        answer = ask(facts, request)
    except (NoRoute, BadRequest) as error:
        return str(error)
    best = answer.table.iloc[0]
    return _Other(answer.results[0].path.edges, best["name"], best["days"], best["usd"])
