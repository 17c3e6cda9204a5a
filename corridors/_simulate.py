"""Seeded Monte Carlo of routes: every part of every edge varies, and so do closures nobody announced.

All amounts with the same `Driver` share one draw; draws of one kind (speeds, borders, handling, prices, emissions) are
joined by a Gaussian copula with the correlation of the table ``rates``; kinds are independent. A sample is the same
for a driver in every route and question with the same seed, so that routes are compared under the same luck.

Besides the known closures a passage may meet

- weather: with the chance that the season leaves (1 - ``open_probability`` of the month of arrival) it waits some
  hours (``weather_wait_hours``);
- a new long closure of a border crossing, which begins at random between departure and arrival there. How often:
  closures of five days and more of that crossing since 2020, drawn towards the mean of all crossings (one
  crossing-year of prior weight). How long: lognormal, from the same closures, which has a heavy tail, cut at 90 days.
  Cargo stays on its route.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from math import log, sqrt
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd

from corridors._engine import Spans, merge_spans
from corridors._graph import Edge
from corridors._schema import records
from corridors._world import World
from corridors.costs import Driver, Part, Rates

Samples = np.ndarray[Any, np.dtype[np.float64]]

LONG_DAYS = 5
"""Shorter closures are public holidays for the most part, which the calendars know."""
MOST_DAYS = 90
"""No wait for a new closure is longer: by then cargo is turned back."""
SINCE = date(2020, 1, 1)
FORESEEN = re.compile("winter|holiday|nowruz")
YEAR_HOURS = 8766.0
P90 = 1.2815515655446004
"""Standard normal quantile."""
LEAST = 0.05
"""A low value of nothing is read as this share of the most likely one."""


class Hazard(NamedTuple):
    """New long closures: how many a year at each crossing, and the logarithms of their hours."""

    yearly: Mapping[str, float]
    mean_log: float
    sd_log: float


def hazard(tables: Mapping[str, pd.DataFrame], as_of: date) -> Hazard:
    """Frequency and length of long closures of crossings, from the events known on a day.

    Overlapping events of a crossing are one closure, a cause that shuts several crossings on one day is one length.
    Winters and holidays are left out, for calendars know them, and closures of one direction.
    """
    crossings = sorted(set(tables["crossings"].loc[tables["crossings"]["mode"] != "sea", "element_id"]))
    spans: dict[str, list[tuple[float, float]]] = {element: [] for element in crossings}
    lengths: dict[tuple[str, str], float] = {}
    for row in records(tables["events"]):
        start = date.fromisoformat(row["start"])
        if row["effect"] != "close" or row["element_id"] not in spans or not SINCE <= start <= as_of \
                or row["scope_direction"] or FORESEEN.search(row["cause"].casefold()):
            continue
        known = row["end"] and (row["end_known_from"] or row["end"]) <= as_of.isoformat()
        days = ((date.fromisoformat(row["end"]) if known else as_of) - start).days + 1
        if days >= LONG_DAYS:
            spans[row["element_id"]].append((float(start.toordinal()), float(start.toordinal() + days)))
            key = (row["start"], row["cause"])
            lengths[key] = max(24.0 * days, lengths.get(key, 0.0))
    count = {element: len(merge_spans(some)[0]) for element, some in spans.items()}
    years = max((as_of - SINCE).days / 365.25, 1.0)
    mean = sum(count.values()) / max(len(count), 1) / years
    logs = np.log(list(lengths.values())) if lengths else np.zeros(1)
    return Hazard({element: (n + mean) / (years + 1.0) for element, n in count.items()},
                  float(logs.mean()), float(logs.std()))


class Draws:
    """Samples of every driver, made when first asked for.

    Parameters
    ----------
    n : int
        Number of samples.
    seed : int
    correlation : float
        Between drivers of one kind, 0 to 1.
    """

    def __init__(self, n: int, seed: int, correlation: float) -> None:
        self.n, self._seed, self._correlation = n, seed, correlation
        self._factors: dict[Driver, Samples] = {}
        self._normals: dict[str, Samples] = {}

    def _rng(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self._seed, crc32(name.encode())])

    def uniform(self, name: str) -> Samples:
        """Independent samples between 0 and 1."""
        return self._rng(name).random(self.n)

    def exponential(self, name: str) -> Samples:
        """Independent samples of mean 1."""
        return self._rng(name).exponential(size=self.n)

    def normal(self, name: str) -> Samples:
        """Independent standard normal samples."""
        if name not in self._normals:
            self._normals[name] = self._rng(name).standard_normal(self.n)
        return self._normals[name]

    def factor(self, driver: Driver) -> Samples:
        """Samples of a driver, as multiples of the most likely value (of the mean, if lognormal)."""
        if driver not in self._factors:
            if driver.shape == "uniform":
                found = 2 * self.uniform(driver.driver_id)
            else:
                own, common = self.normal(driver.driver_id), self.normal(f"kind {driver.kind}")
                z = sqrt(self._correlation) * common + sqrt(1 - self._correlation) * own
                if driver.shape == "lognormal":
                    sigma = sqrt(log(1 + driver.high**2))
                    found = np.exp(sigma * z - sigma**2 / 2)
                else:
                    below = log(max(driver.low, LEAST)) / -P90
                    above = log(max(driver.high, 1.0)) / P90
                    found = np.exp(z * np.where(z < 0, below, above))
            self._factors[driver] = found
        return self._factors[driver]

    def amount(self, parts: Sequence[Part]) -> Samples | float:
        """Sum of the parts; a plain number if nothing in them varies."""
        total: Samples | float = 0.0
        for part in parts:
            value: Samples | float = part.value
            for driver, sign in part.drivers:
                value = value * self.factor(driver) if sign > 0 else value / self.factor(driver)
            total = total + value
        return total


class Trip(NamedTuple):
    """One route in every sample: hours since departure at the entry and exit of each step, and its US$ and kg."""

    start: list[Samples]
    end: list[Samples]
    usd: list[Samples | float]
    kgco2e: Samples


def _ready(spans: Spans, t: Samples) -> Samples:
    """First hour at or after each `t` that lies in no closed span."""
    starts, ends = (np.asarray(side) for side in spans)
    at = np.searchsorted(starts, t, side="right") - 1
    until = ends[np.maximum(at, 0)]
    return np.where((at >= 0) & (t < until), until, t)


def _month(t: Samples) -> np.ndarray[Any, np.dtype[np.int64]]:
    seconds = np.nan_to_num(t * 3600, posinf=0.0).astype("int64").astype("datetime64[s]")
    return seconds.astype("datetime64[M]").astype("int64") % 12


class Simulator:
    """Simulates paths of one world.

    Parameters
    ----------
    world : World
    open_probability : mapping
        Element to twelve monthly chances of being open.
    hazards : Hazard
    """

    def __init__(self, world: World, draws: Draws, open_probability: Mapping[str, Sequence[float]],
                 hazards: Hazard) -> None:
        self.world, self.draws, self._open, self._hazards = world, draws, open_probability, hazards
        self._weather = world.rates.find("weather_wait_hours")

    def run(self, edges: Sequence[Edge], lead_hours: Samples | float = 0.0) -> Trip:
        """Walk the edges in every sample, after `lead_hours` to the first of them."""
        world, draws = self.world, self.draws
        t0 = world.question.t0
        t = np.full(draws.n, t0) + lead_hours
        starts, ends, money = [], [], []
        carbon: Samples = np.zeros(draws.n)
        seen: set[str] = set()
        for edge in edges:
            spans = world.spans(edge)
            arrived = t
            if spans is not None:
                t = _ready(spans, t)
            for element in edge.elements:
                if element not in seen:
                    seen.add(element)
                    t = self._surprises(element, t, t0)
            if spans is not None and t is not arrived:
                t = _ready(spans, t)
            starts.append(t - t0)
            amount = world.amount(edge)
            hours = draws.amount(amount.time) * world.scale("hours", edge)
            if edge.factors is not None:
                hours = hours / np.asarray(edge.factors)[_month(t)]
            t = t + hours + world.delay(edge)
            ends.append(t - t0)
            money.append(draws.amount(amount.money) * world.scale("usd", edge))
            carbon = carbon + draws.amount(amount.carbon) * world.scale("kgco2e", edge)
        return Trip(starts, ends, money, carbon)

    def _surprises(self, element: str, t: Samples, t0: float) -> Samples:
        if element in self._open:
            shut = self.draws.uniform(f"weather {element}") > np.asarray(self._open[element])[_month(t)]
            wait = self.draws.amount([Part("weather", self._weather.mode, self._weather.driver("handling"))])
            t = np.where(shut, t + wait, t)
        yearly = self._hazards.yearly.get(element, 0.0)
        if yearly:
            begins = t0 + self.draws.exponential(f"closure {element}") * (YEAR_HOURS / yearly)
            lasts = np.exp(self._hazards.mean_log + self._hazards.sd_log * self.draws.normal(f"length {element}"))
            opens = begins + np.minimum(lasts, 24.0 * MOST_DAYS)
            t = np.where((begins <= t) & (t < opens), opens, t)
        return t


def open_probabilities(seasons: pd.DataFrame) -> dict[str, list[float]]:
    """Monthly chance of each element to be open, where it is below 1."""
    found: dict[str, list[float]] = {}
    for element, rows in seasons.groupby("element_id"):
        by_month = dict(zip(rows["month"].astype(int), rows["open_probability"].fillna(1.0), strict=True))
        found[str(element)] = [float(by_month.get(month, 1.0)) for month in range(1, 13)]
    return {element: chances for element, chances in found.items() if min(chances) < 1.0}


def correlation(rates: Rates) -> float:
    """Correlation of amounts of one kind, from the table ``rates``."""
    return rates.find("correlation").mode
