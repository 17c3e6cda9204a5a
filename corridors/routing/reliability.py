"""How certain the arrival is: quantiles, indices of reliability and the curve of arrival, from seeded samples."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast, get_args
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from corridors.arguments import as_choice, as_day_or_moment, as_whole, departure
from corridors.model.calendars import hour, midnight
from corridors.model.simulation import Draws, What
from corridors.routing.after_closures import chances_open
from corridors.routing.caveats import rests_on
from corridors.routing.ranges import QUANTILES, quantiles

if TYPE_CHECKING:
    from corridors.routing.routes import Routes

MOST_SAMPLES = 1_000_000
"""More would fill the memory, and change no figure that is shown."""


def reliability(
    routes: Routes,
    n: int = 10_000,
    seed: int | None = None,
    arrive_by: str | date | datetime | None = None,
    what: What = "journeys",
) -> pd.DataFrame:
    """How certain the arrival is, from `n` seeded samples.

    Parameters
    ----------
    n : int
        Number of samples, from 100 to a million.
    seed : int, optional
        Default: that of the question.
    arrive_by : date or datetime, optional
        A date means the end of that day, at the destination.
    what : {"journeys", "parameters", "both"}, optional
        What varies between samples. Journeys (default): traffic, queues, papers, waits for a departure and new
        closures, while pace and waits are on average as expected. Parameters: how well those averages are known, which
        is the same for every journey, without new closures. Both: the full uncertainty about the next journey.

    Returns
    -------
    DataFrame
        One row per route: ``label, name, n, seed, days_mean, days_p10, days_p50, days_p80, days_p90, days_p95, cv``
        (standard deviation / mean), ``buffer_index`` ((p95 - mean) / mean), ``planning_time_index`` (p95 / time
        in motion at SWOD), ``tttr`` (p95 / p50), ``p_on_time`` if `arrive_by` is given, and ``rests_on``. In each
        sample a closure without a known end lasts for as long as such closures do (see `Network.outlook`); if it does
        not end within the time for which they are known, the journey never arrives in that sample, and the mean and
        what follows from it are infinite.

    Raises
    ------
    BadRequest
        If an argument is invalid.
    """
    draws = _draws(routes, n, seed, cast(What, as_choice(what, "what", get_args(What))))
    limit = None if arrive_by is None else hours_until(routes, arrive_by)
    rows = []
    for row, result in routes.labelled():
        hours = result.hours(draws)
        days = quantiles(hours / 24, "days", QUANTILES)
        mean, motion = float(hours.mean()) / 24, sum(result.moving(e) for e in result.edges) / 24
        rows.append(
            row
            | {
                "n": n,
                "seed": routes.seed if seed is None else seed,
                "days_mean": mean,
                **days,
                "cv": float(hours.std()) / 24 / mean if np.isfinite(mean) else float("inf"),
                "buffer_index": days["days_p95"] / mean - 1 if np.isfinite(mean) else float("inf"),
                "planning_time_index": days["days_p95"] / motion if motion else float("inf"),
                "tttr": days["days_p95"] / days["days_p50"],
            }
        )
        if limit is not None:
            rows[-1]["p_on_time"] = float((hours <= limit).mean())
        rows[-1]["rests_on"] = "; ".join([*rests_on(result), *chances_open(result)])
    return pd.DataFrame(rows)


def hours_until(routes: Routes, arrive_by: str | date | datetime) -> float:
    """Hours from departure until a moment, or the end of a day, at the destination."""
    zone = routes.facts.place[routes.world.question.destination]["timezone"]
    last = as_day_or_moment(arrive_by, "arrive_by")
    departure(last, zone, "arrive_by")  # refuses a year that is out of range
    end = hour(departure(last, zone)) if isinstance(last, datetime) else midnight(last, True, ZoneInfo(zone))
    return end - hour(routes.depart)


def arrival_curve(routes: Routes, n: int = 10_000, seed: int | None = None) -> pd.DataFrame:
    """Days by which the cargo has arrived with a given chance, from 0.5 to 99.5 %.

    Parameters
    ----------
    n : int
        Number of samples, from 100 to a million.
    seed : int, optional
        Default: that of the question.

    Returns
    -------
    DataFrame
        Columns ``label, name, p, days``: 199 rows per route. ``days`` is infinite if fewer journeys than that ever
        arrive. `corridors.maps.charts.reliability` draws it.

    Raises
    ------
    BadRequest
        If an argument is invalid.
    """
    draws = _draws(routes, n, seed)
    chances = np.arange(1, 200) / 200
    return pd.concat(
        [
            pd.DataFrame(
                row | {"p": chances, "days": np.quantile(result.hours(draws), chances, method="inverted_cdf") / 24}
            )
            for row, result in routes.labelled()
        ],
        ignore_index=True,
    )


def _draws(routes: Routes, n: int, seed: int | None, what: What = "journeys") -> Draws:
    seed = routes.seed if seed is None else as_whole(seed, "seed", 0)
    return routes.facts.draws(as_whole(n, "n", 100, MOST_SAMPLES), seed, what)
