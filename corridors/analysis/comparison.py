"""Answers side by side: scenarios, and regret. All figures are those of `Routes.table`."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.sweeps import (
    as_scenarios,
    scenario_name,
    sweep_facts,
    text,
)
from corridors.analysis.workers import crew
from corridors.arguments import as_choice, as_pairs
from corridors.data.schema import Row
from corridors.errors import NoRoute
from corridors.model.scenario import Scenario
from corridors.routing import path as paths
from corridors.routing.answers import find_routes
from corridors.routing.explain import blocked_words
from corridors.routing.request import Place, RankedTrip, Request, Trip, one_world, read_cargo
from corridors.routing.result import Choice
from corridors.routing.routes import Routes

if TYPE_CHECKING:
    from corridors.model.facts import Facts

COMPARED = [
    "origin",
    "destination",
    "scenario",
    "route",
    "km",
    "days",
    "days_p10",
    "days_p50",
    "days_p90",
    "usd",
    "usd_p10",
    "usd_p50",
    "usd_p90",
    "kgco2e",
    "delta_days",
    "delta_usd",
    "fastest_days",
    "delta_fastest_days",
    "cheapest_usd",
    "delta_cheapest_usd",
    "generalised_usd",
    "delta_generalised_usd",
    "crossings",
    "rests_on",
    "note",
]
BESTS = {
    "hours": ("fastest_days", "days"),
    "usd": ("cheapest_usd", "usd"),
    "generalised": ("generalised_usd", "usd"),
}
"""What a scenario may change: the quickest route, the cheapest, and the best of money and time together."""
MEASURES = {"hours": "days", "usd": "usd"}


def compare(
    facts: Facts,
    /,
    pairs: Sequence[tuple[Place, Place]],
    scenarios: Sequence[Scenario | None],
    *,
    depart: str | date | datetime,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[RankedTrip],
) -> pd.DataFrame:
    """The best route of each pair in the world as it is and in each scenario, with the same random draws.

    Parameters
    ----------
    pairs : sequence of (origin, destination)
    scenarios : sequence of Scenario
    depart : date or datetime
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`, except ``k`` and ``scenario``; ``as_of`` and ``seed`` are the same for all.

    Returns
    -------
    DataFrame
        One row per pair and scenario, ``baseline`` first: ``origin, destination, scenario, route`` (name), ``km,
        days, days_p10/p50/p90, usd, usd_p10/p50/p90, kgco2e, delta_days, delta_usd`` (expected values minus
        those of the baseline); ``fastest_days, cheapest_usd, generalised_usd`` (US$ with the value of time) of the
        fastest route, the cheapest and the best in both, whatever the question minimises, each with its ``delta_``;
        ``crossings, rests_on`` and ``note`` (why there is no route, in which case the figures are NaN).

    Raises
    ------
    BadRequest, BadScenario, UnknownPlace
        If an argument is invalid or names something that the network does not have.
    """
    worlds = _with_baseline(scenarios)
    frame = sweep_facts(facts, pairs, worlds, [depart], executor, progress, None, ask)
    base = frame.iloc[np.arange(len(frame)) // len(worlds) * len(worlds)].reset_index(drop=True)
    frame["delta_days"] = frame["days"] - base["days"]
    frame["delta_usd"] = frame["usd"] - base["usd"]
    worth = read_cargo(facts, ask.get("cargo", Request.cargo)).value_of_time
    for by, (column, measure) in BESTS.items():
        if by == ask.get("by", Request.by):
            best = frame
        else:
            best = sweep_facts(facts, pairs, worlds, [depart], executor, progress, None, {**ask, "by": by})
        figure = best["usd"] + worth * best["hours"] if by == "generalised" else best[measure]
        frame[column] = figure
        first = figure.iloc[np.arange(len(frame)) // len(worlds) * len(worlds)].reset_index(drop=True)
        frame[f"delta_{column}"] = figure - first
    return frame[COMPARED]


def _with_baseline(scenarios: Sequence[Scenario | None]) -> list[Scenario | None]:
    return [None, *(scenario for scenario in as_scenarios(scenarios) if scenario is not None)]


def regret(
    facts: Facts,
    /,
    pairs: Sequence[tuple[Place, Place]],
    scenarios: Sequence[Scenario | None],
    *,
    depart: str | date | datetime,
    by: Literal["hours", "usd"] = "hours",
    k: int = 3,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[Trip],
) -> pd.DataFrame:
    """What it costs to have chosen a route before knowing which scenario comes true.

    Cargo keeps to each of the `k` best routes of the world as it is, leg by leg, in every scenario, and waits where it
    must.

    Parameters
    ----------
    pairs, scenarios, depart
        As in `compare`.
    by : {"hours", "usd"}
        What is regretted: expected days or US$.
    k : int
        Number of routes that each pair can choose from.
    executor : concurrent.futures.Executor, optional
        See `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes`, except ``scenario``.

    Returns
    -------
    DataFrame
        One row per choice and scenario, ``baseline`` first: ``origin, destination, route, scenario, days, best`` (the
        best route in that scenario), ``best_days, regret_days`` (extra days of the choice), ``worst_regret_days``
        (over all scenarios in which any route is open) and ``note``; with ``by="usd"``, ``usd`` instead of ``days``.
        Figures are NaN where the choice is closed; ``worst_regret_days`` is NaN if it is closed where another is open.

    Raises
    ------
    BadRequest, BadScenario, UnknownPlace
        If an argument is invalid or names something that the network does not have.
    """
    worlds, what = _with_baseline(scenarios), measure(by)
    common = replace(one_world(Request.common(depart, ask, "scenario", "k", "by")), k=k, by=by)
    asked = [replace(common, origin=origin, destination=destination) for origin, destination in as_pairs(pairs)]
    with crew(facts, executor, progress, "regret", len(asked)) as workers:
        found = workers.all(partial(choices_kept, worlds=worlds, what=what), asked)
    rows = [row for of_pair in found for row in of_pair]
    frame = pd.DataFrame(
        rows,
        columns=[
            "origin",
            "destination",
            "route",
            "scenario",
            what,
            "best",
            f"best_{what}",
            f"regret_{what}",
            f"worst_regret_{what}",
            "note",
        ],
    )
    return _worst(frame, what)


def choices_kept(facts: Facts, request: Request, worlds: Sequence[Scenario | None], what: str) -> list[Row]:
    """Rows of `regret` for one pair."""
    row: Row = {"origin": text(request.origin), "destination": text(request.destination)}
    try:
        routes = find_routes(facts, request)
    except NoRoute as error:
        return [row | dict.fromkeys(("route", "scenario", "best"), "") | {"note": str(error)}]
    rows: list[Row] = []
    for scenario in worlds:
        kept = [keep(routes, i, scenario) for i in range(len(routes))]
        values = [nothing_or(one, what) for one in kept]
        best, value = _least(facts, replace(request, scenario=scenario, k=1), what)
        for route, other in zip(routes, values, strict=True):
            if other < value:
                best, value = route.name, other
        rows += [
            row
            | {
                "route": route.name,
                "scenario": scenario_name(scenario),
                what: number,
                "best": best,
                f"best_{what}": value,
                f"regret_{what}": number - value,
                "note": one if isinstance(one, str) else "",
            }
            for route, one, number in zip(routes, kept, values, strict=True)
        ]
    return rows


def _worst(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    """Fill in the largest regret of each route; NaN if it fails where another one passes."""
    counted = frame[frame[f"best_{what}"].notna()]
    worst = counted.groupby(["origin", "destination", "route"])[f"regret_{what}"].agg(lambda one: one.max(skipna=False))
    keys = pd.MultiIndex.from_frame(frame[["origin", "destination", "route"]])
    frame[f"worst_regret_{what}"] = worst.reindex(keys).to_numpy()
    return frame


def keep(routes: Routes, number: int, scenario: Scenario | None) -> pd.Series[Any] | str:
    """What becomes of a route, if the cargo keeps to it, in a scenario: its row of ``table``, or what closes it."""
    facts, result = routes.facts, routes.results[number]
    world = result.world.other(overlay=facts.overlay(scenario), knowledge=routes.world.question.knowledge)
    blocked = paths.held_up(world, result.path)
    if blocked:
        return blocked_words(facts, blocked)
    kept = Routes(
        facts,
        world,
        [Choice(world, result.path)],
        [],
        replace(routes.request, scenario=scenario),
        *routes.ends,
        result.draws,
        find_routes,
    )
    return kept.results[0].spoils() or kept.full.iloc[0]


def nothing_or(row: pd.Series[Any] | str, column: str) -> float:
    """A figure of a row, NaN where there is none."""
    return np.nan if isinstance(row, str) else float(row[column])


def _least(facts: Facts, request: Request, column: str) -> tuple[str, float]:
    try:
        first = find_routes(facts, request).full.iloc[0]
    except NoRoute:
        return "", np.nan
    return str(first["name"]), float(first[column])


def measure(by: str) -> str:
    """Column of what is compared by hours or US$."""
    return MEASURES[as_choice(by, "by", tuple(MEASURES))]
