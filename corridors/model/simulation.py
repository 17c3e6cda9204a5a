"""Seeded Monte Carlo of routes: every part of every edge varies, and so do closures nobody announced.

All amounts with the same `Driver` share one draw; draws of one kind (speeds, borders, handling, prices, emissions) are
joined by a Gaussian copula with the correlation of the table ``rates``; kinds are independent, and drivers of the kind
``alone`` are so of each other. A sample is the same for a driver in every route and question with the same seed, so
that routes are compared under the same luck.

`Draws` samples journeys (what varies, while the truth is what is expected), parameters (what is not known, of journeys
as expected), or both at once.

Besides the known closures a passage may meet

- weather: with the chance that the season leaves (1 - ``open_probability`` of the month of arrival) it waits some
  hours (``weather_wait_hours``);
- a new closure of a border crossing, which begins at random between departure and arrival there, as often in the month
  of departure and for as long as `corridors.model.closures` has it, cut at 90 days. Cargo stays on its route.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log, sqrt
from typing import Literal, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.engine.arrays import MONTHS, Spans
from corridors.engine.search import month_at
from corridors.model.calendars import Closure
from corridors.model.costs import Part
from corridors.model.drivers import UNKNOWN, Driver, Drivers
from corridors.model.graph import Edge
from corridors.model.world import World

Samples = npt.NDArray[np.float64]

MOST_DAYS = 90
"""No wait for a new closure is longer: by then cargo is turned back."""
YEAR_HOURS = 8766.0


class Hazard(NamedTuple):
    """New closures of crossings, from what was known on a day: how many a year at each, how long, in which months."""

    yearly: Mapping[str, float]
    hours: Callable[[str, Samples], Samples]
    """Hours that a closure of an element lasts, for chances (0 to 1) that it is longer."""
    season: Callable[[str], Sequence[float]] = lambda _: [1.0] * 12
    """How many times as many begin in each month as in the mean one."""


What = Literal["journeys", "parameters", "both"]
POOL = 1 << 12
"""Least variates in the ring from which independent drivers are read."""


class Draws:
    """Samples of every driver, made when first asked for.

    Independent drivers are read from one ring of variates, each from a place of its own: samples of two of them meet
    by chance only, and a leg costs a sum instead of thousands of new variates.

    Parameters
    ----------
    n : int
        Number of samples.
    seed : int
    correlation : float
        Between drivers of one kind, 0 to 1.
    what : {"journeys", "parameters", "both"}
        Which drivers vary; the others stay at their mean.
    """

    def __init__(self, n: int, seed: int, correlation: float, what: What = "both") -> None:
        self.n, self.what, self._seed, self._correlation = n, what, seed, correlation
        self._factors: dict[Drivers, Samples] = {}
        self._independent: dict[tuple[str, str], Samples] = {}
        self._rings: dict[float, Samples] = {}
        self._known: dict[int, tuple[Drivers, Samples | None, Drivers]] = {}
        self._alike: dict[Drivers, Drivers] = {}

    def _sample(self, kind: str, name: str, make: Callable[[np.random.Generator], Samples]) -> Samples:
        if (kind, name) not in self._independent:
            self._independent[kind, name] = make(np.random.default_rng([self._seed, crc32(name.encode())]))
        return self._independent[kind, name]

    def uniform(self, name: str) -> Samples:
        """Independent samples between 0 and 1."""
        return self._sample("uniform", name, lambda rng: rng.random(self.n))

    def exponential(self, name: str) -> Samples:
        """Independent samples of mean 1."""
        return self._sample("exponential", name, lambda rng: rng.exponential(size=self.n))

    def normal(self, name: str) -> Samples:
        """Independent standard normal samples."""
        return self._sample("normal", name, lambda rng: rng.standard_normal(self.n))

    def factor(self, drivers: Drivers) -> Samples | float:
        """Samples of a product of drivers, as multiples of the most likely value (of the mean, if lognormal)."""
        if not drivers:
            return 1.0
        if drivers not in self._factors:
            (driver, sign), rest = drivers[-1], drivers[:-1]
            one = self._driver(driver)
            self._factors[drivers] = self.factor(rest) * one if sign > 0 else self.factor(rest) / one
        return self._factors[drivers]

    def _driver(self, driver: Driver) -> Samples:
        if driver.shape == "uniform":
            return 2 * self.uniform(driver.driver_id)
        if driver.shape == "missed":
            in_a_row = np.floor(np.log1p(-self.uniform(driver.driver_id)) / log(driver.high))
            return in_a_row * (1 - driver.high) / driver.high
        if driver.kind == "alone":
            return self._alone(driver)
        own, common = self.normal(driver.driver_id), self.normal(f"kind {driver.kind}")
        z = sqrt(self._correlation) * common + sqrt(1 - self._correlation) * own
        constant, below, above = driver.logarithm
        return np.exp(constant + z * (below if below == above else np.where(z < 0, below, above)))

    def _alone(self, driver: Driver) -> Samples:
        size = max(self.n, POOL)
        if driver.high not in self._rings:
            z = self._sample("ring", "ring", lambda rng: rng.standard_normal(size))
            constant, slope, _ = driver.logarithm
            ring = np.exp(constant + slope * z)
            ring /= ring.mean()
            self._rings[driver.high] = np.concatenate([ring, ring[: self.n]])
        first = crc32(driver.driver_id.encode()) % size
        return self._rings[driver.high][first : first + self.n]

    def _varies(self, driver: Driver) -> bool:
        if self.what == "journeys":
            return driver.kind not in UNKNOWN
        return self.what == "both" or driver.kind not in ("alone", "departures")

    def _parted(self, drivers: Drivers) -> tuple[Drivers, Samples | None, Drivers]:
        """Samples of the first independent driver, and all others that vary; equal ones are the same object."""
        found = self._known.get(id(drivers))
        if found is None:
            vary = tuple(one for one in drivers if self._varies(one[0]))
            own = next((one for one in vary if one[0].kind == "alone"), None)
            shared = tuple(one for one in vary if one is not own)
            samples = self._sample(own[0].driver_id, f"{own[0].high}", lambda _: self._alone(own[0])) if own else None
            found = self._known[id(drivers)] = drivers, samples, self._alike.setdefault(shared, shared)
        return found

    def amount(self, parts: Iterable[Part]) -> Samples | float:
        """Sum of the parts; a plain number if nothing in them varies."""
        parts = tuple(parts)
        if len(parts) == 1:
            _, own, shared = self._parted(parts[0].drivers)
            return parts[0].value * self.factor(shared) * (1.0 if own is None else own)
        together: dict[tuple[int, int], tuple[float, Samples | None, Drivers]] = {}
        for part in parts:
            _, own, shared = self._parted(part.drivers)
            key = id(own), id(shared)
            together[key] = (together[key][0] if key in together else 0.0) + part.value, own, shared
        total: Samples | float = 0.0
        sums: dict[int, tuple[Samples, Drivers]] = {}
        for value, own, shared in together.values():
            if own is None:
                total = total + value * self.factor(shared)
            elif id(shared) in sums:
                sums[id(shared)][0].__iadd__(value * own)
            else:
                sums[id(shared)] = value * own, shared
        for samples, shared in sums.values():
            total = total + samples * self.factor(shared)
        return total


class Trip(NamedTuple):
    """One route in every sample: hours since departure at the entry and exit of each step."""

    start: list[Samples]
    end: list[Samples]


def _ready(spans: Spans, t: Samples) -> Samples:
    """First hour at or after each `t` that lies in no closed span."""
    starts, ends = spans.arrays
    last = int(np.searchsorted(starts, t.max(), side="right")) - 1
    if last < 0 or ends[last] <= t.min():
        return t
    at = np.searchsorted(starts, t, side="right") - 1
    until = ends[np.maximum(at, 0)]
    return np.where((at >= 0) & (t < until), until, t)


def _by_month(figures: Sequence[float], t: Samples) -> Samples | float:
    """The figure of the month in which each `t` lies."""
    arrives = t[np.isfinite(t)]
    if not arrives.size:
        return figures[0]  # nothing does, so the figure decides nothing
    first, last_month = (month_at(MONTHS, float(hour)) for hour in (arrives.min(), arrives.max()))
    found: Samples | float = figures[first % 12]
    for month in range(first + 1, last_month + 1):
        found = np.where(t >= MONTHS[month], figures[month % 12], found)
    return found


class Simulator:
    """Simulates paths of one world.

    Parameters
    ----------
    world : World
    open_probability : mapping
        Element to twelve monthly chances of being open.
    hazards : Hazard
    opens : callable, optional
        Hours at which a closure without a known end is over, in every sample; without it such closures are as the
        question has them.
    """

    def __init__(
        self,
        world: World,
        draws: Draws,
        open_probability: Mapping[str, Sequence[float]],
        hazards: Hazard,
        opens: Callable[[Closure], Samples] | None = None,
    ) -> None:
        self.world, self.draws, self._open, self._hazards = world, draws, open_probability, hazards
        self._opens = opens
        weather = world.rates.find("weather_wait_hours")
        self._weather = world.rates.part("weather", weather.mode, weather.driver("terms"))
        self._surprised = draws.what != "parameters"

    def run(self, edges: Sequence[Edge], lead_hours: Samples | float = 0.0) -> Trip:
        """Walk the edges in every sample, after `lead_hours` to the first of them."""
        t0 = self.world.question.t0
        t = np.full(self.draws.n, t0) + lead_hours
        starts, ends = [], []
        seen: set[str] = set()
        for edge in edges:
            t = self._enter(edge, t, seen)
            starts.append(t - t0)
            t = self._leave(edge, t)
            ends.append(t - t0)
        return Trip(starts, ends)

    def arrival(self, edges: Sequence[Edge], lead_hours: Samples | float = 0.0) -> Samples:
        """Hours from departure to the end of the last edge, as `run` has them: what lies between two edges that
        something can hold up is added up first."""
        world = self.world
        t = np.full(self.draws.n, world.question.t0) + lead_hours
        seen: set[str] = set()
        between: list[Part] = []
        for edge in edges:
            closes = world.spans(edge) is not None or (self._opens is not None and world.lasting(edge))
            if edge.factors is None and not closes and not any(map(self._can_surprise, edge.elements)):
                scale = world.scale("hours", edge)
                time = world.amount(edge).time
                between += time if scale == 1 else [part.times(scale) for part in time]
                if late := world.delay(edge):
                    between.append(world.rates.part("delay", late))
            else:
                t = self._leave(edge, self._enter(edge, t + self.draws.amount(between), seen))
                between = []
        return t + self.draws.amount(between) - world.question.t0

    def _enter(self, edge: Edge, t: Samples, seen: set[str]) -> Samples:
        """Hours at which an edge reached at `t` is entered."""
        spans = self.world.spans(edge)
        arrived = t
        if self._opens is not None and (lasting := self.world.lasting(edge)):
            spans = self.world.settled(edge)
            for closure in lasting:
                opens = self._opens(closure)
                t = np.where((closure.start <= t) & (t < opens), opens, t)
        if spans:
            t = _ready(spans, t)
        for element in edge.elements:
            if element not in seen:
                seen.add(element)
                t = self._surprises(element, t, self.world.question.t0)
        return _ready(spans, t) if spans and t is not arrived else t

    def _leave(self, edge: Edge, t: Samples) -> Samples:
        """Hours at which an edge entered at `t` is left."""
        hours = self.draws.amount(self.world.amount(edge).time) * self.world.scale("hours", edge)
        if edge.factors is not None:
            hours = hours / _by_month(edge.factors, t)
        return t + hours + self.world.delay(edge)

    def _can_surprise(self, element: str) -> bool:
        return self._surprised and (element in self._open or self._hazards.yearly.get(element, 0.0) > 0)

    def _surprises(self, element: str, t: Samples, t0: float) -> Samples:
        if not self._surprised:
            return t
        if element in self._open:
            closed = self.draws.uniform(f"weather {element}") > _by_month(self._open[element], t)
            wait = self.draws.amount([self._weather])
            t = np.where(closed, t + wait, t)
        yearly = self._hazards.yearly.get(element, 0.0)
        if yearly:
            yearly *= self._hazards.season(element)[month_at(MONTHS, t0) % 12]
            begins = t0 + self.draws.exponential(f"closure {element}") * (YEAR_HOURS / yearly)
            met = np.flatnonzero(begins <= t)
            if met.size:
                lasts = self._hazards.hours(element, self.draws.uniform(f"length {element}")[met])
                t = t.copy()
                t[met] = np.maximum(t[met], begins[met] + np.minimum(lasts, 24.0 * MOST_DAYS))
        return t


def open_probabilities(seasons: pd.DataFrame) -> dict[str, list[float]]:
    """Monthly chance of each element to be open, where it is below 1."""
    found: dict[str, list[float]] = {}
    for element, rows in seasons.groupby("element_id"):
        by_month = dict(zip(rows["month"].astype(int), rows["open_probability"].fillna(1.0), strict=True))
        found[str(element)] = [float(by_month.get(month, 1.0)) for month in range(1, 13)]
    return {element: chances for element, chances in found.items() if min(chances) < 1.0}
