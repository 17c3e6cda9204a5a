"""What makes an amount uncertain, and what it is on average.

A driver is a factor on a value. Two things are told apart:

- what is **not known** (`UNKNOWN`): the pace of a country, the mean wait at a border. One truth, the same for every
  journey; a factor of mean 1, so that the expected value stands. The factors of one kind hang together.
- what **varies** from journey to journey: traffic, queues, papers, the day of departure. Kind ``alone``: each driver is
  independent of all others, and what several legs of a journey have in common is a driver that they share.

Prices are of neither: their range is that of quotes, and counts in both.

The factors of one kind hang together by a Gaussian copula: the normal variate of each is sqrt(r) times one that the
kind shares plus sqrt(1 - r) times its own. `Expectations` integrates over that very distribution, which
`corridors.model.simulation` draws from.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, partial
from math import erfc, exp, inf, log, prod, sqrt
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Kind = Literal["speeds", "borders", "handling", "prices", "emissions", "terms", "departures", "alone"]
UNKNOWN = frozenset({"speeds", "borders", "handling"})
"""Kinds of drivers that are one unknown truth rather than a variation between journeys. All have mean 1."""
Floats = npt.NDArray[np.float64]

P90 = 1.2815515655446004
"""Standard normal quantile."""
LEAST = 0.05
"""A low value of zero is read as this share of the most likely one."""
WIDEST = 12.0
"""Standard deviations over which the shared variate is integrated."""
_erfc = np.frompyfunc(erfc, 1, 1)


class Driver(NamedTuple):
    """A random factor: amounts with the same driver vary together, those of one kind are correlated.

    `shape` is ``split`` (lognormal with median 1 and a spread of its own to either side, so that `low` and `high`, as
    multiples of the most likely value, are p10 and p90), ``lognormal`` (mean 1, `high` is the coefficient of
    variation), ``uniform`` between 0 and 2 (half a headway), or ``missed``: how many departures in a row a load misses,
    over the mean of that; `high` is the chance to miss one.
    """

    driver_id: str
    kind: Kind
    shape: Literal["split", "lognormal", "uniform", "missed"]
    low: float = 0.0
    high: float = 0.0

    @property
    def logarithm(self) -> tuple[float, float, float]:
        """Constant and slopes below and above the median of the factor's logarithm, over a standard normal variate."""
        if self.shape == "lognormal":
            sigma = sqrt(log(1 + self.high**2))
            return -(sigma**2) / 2, sigma, sigma
        return 0.0, -log(max(self.low, LEAST)) / P90, log(max(self.high, 1.0)) / P90


Drivers = tuple[tuple[Driver, int], ...]
"""Drivers and the power (1 or -1) to which each is taken."""


def spread(low: float, high: float) -> float:
    """Coefficient of variation of the lognormal distribution whose p10 and p90 stand as far apart as these values."""
    return sqrt(exp((log(high / max(low, LEAST * high)) / (2 * P90)) ** 2) - 1) if low < high else 0.0


def unknown(name: str, kind: Kind, cv: float) -> Drivers:
    """What is not known of a value: one factor of mean 1 for all journeys."""
    return ((Driver(name, kind, "lognormal", high=cv), 1),) if cv else ()


def varying(own: str, shared: str, cv: float, correlation: float) -> Drivers:
    """What varies from journey to journey: a factor of its own, and one that the journey has in common.

    Parameters
    ----------
    own, shared : str
        Names of the two factors.
    cv : float
        Coefficient of variation of their product.
    correlation : float
        Share of the variance of the logarithm that is common, 0 to 1.
    """
    variance = log(1 + cv**2)
    return tuple(
        (Driver(name, "alone", "lognormal", high=sqrt(exp(share * variance) - 1)), 1)
        for name, share in ((own, 1 - correlation), (shared, correlation))
        if share * variance
    )


CERTAIN_DIGITS = 11
"""Decimals of an expectation that are the same wherever it is worked out."""


class Expectations:
    """Mean of products of drivers, each worked out once.

    The own variate of every driver is integrated in closed form, the one that a kind shares by Gauss-Legendre
    quadrature to either side of its median, where the slope changes: exact to some 1e-9.

    Parameters
    ----------
    correlation : float
        Between drivers of one kind, 0 to 1.
    """

    def __init__(self, correlation: float) -> None:
        self._shared, self._own = sqrt(correlation), sqrt(1 - correlation)
        self._known: dict[Drivers, float] = {}
        self._given: dict[tuple[tuple[float, float, float], int], Floats] = {}
        self._single: dict[tuple[tuple[float, float, float], int], float] = {}

    def of(self, drivers: Drivers) -> float:
        """Mean of the product of some drivers."""
        if drivers not in self._known:
            powers: dict[Driver, int] = defaultdict(int)
            for driver, power in drivers:
                powers[driver] += power
            kinds: dict[str, list[tuple[tuple[float, float, float], int]]] = defaultdict(list)
            found = 1.0
            for driver, power in powers.items():
                if driver.shape == "missed":
                    found *= 1.0
                elif driver.shape == "uniform":
                    found *= 2.0**power / (power + 1) if power > -1 else inf
                elif driver.kind == "alone":
                    found *= self._one_kind([(driver.logarithm, power)])
                else:
                    kinds[driver.kind].append((driver.logarithm, power))
            # numpy's exp and sums differ by version and processor in the last digits, which would decide ties of routes
            self._known[drivers] = round(found * prod(map(self._one_kind, kinds.values())), CERTAIN_DIGITS)
        return self._known[drivers]

    def given(self, one: Drivers, other: Drivers, z: Floats) -> tuple[Floats, Floats]:
        """A factor at values of its own variate, and the mean of another one of its kind there."""
        (constant, below, above), (_, low, high) = ((d[0][0].logarithm if d else (0.0, 0.0, 0.0)) for d in (one, other))
        mean, own = self._shared**2 * z, sqrt(1 - self._shared**4)
        known: Floats = np.exp(constant + z * np.where(z < 0, below, above))
        return known, _half(mean, own, low, -1) + _half(mean, own, high, 1)

    def _one_kind(self, factors: list[tuple[tuple[float, float, float], int]]) -> float:
        if len(factors) == 1:
            if factors[0] not in self._single:
                (constant, below, above), power = factors[0]
                part = partial(_half, np.zeros(1), 1.0)
                found = exp(power * constant) * (part(power * below, -1) + part(power * above, 1))
                self._single[factors[0]] = float(found[0])
            return self._single[factors[0]]
        _, weights = self._points
        return float(np.sum(weights * np.prod([self._conditional(*factor) for factor in factors], axis=0)))

    def _conditional(self, logarithm: tuple[float, float, float], power: int) -> Floats:
        """Mean of one factor at each value of the variate that its kind shares."""
        key = logarithm, power
        if key not in self._given:
            constant, below, above = logarithm
            mean = self._shared * self._points[0]
            found = _half(mean, self._own, power * below, -1) + _half(mean, self._own, power * above, 1)
            self._given[key] = exp(power * constant) * found
        return self._given[key]

    @cached_property
    def _points(self) -> tuple[Floats, Floats]:
        """Values of the shared variate, and their weights."""
        points, weights = np.polynomial.legendre.leggauss(80)
        half, weights = (points + 1) * WIDEST / 2, weights * WIDEST / 2
        z = np.concatenate([-half, half])
        density: Floats = np.exp(-(z**2) / 2) / sqrt(2 * np.pi)
        return z, np.concatenate([weights, weights]) * density


def _half(mean: Floats, sd: float, slope: float, side: int) -> Floats:
    """Mean of exp(slope z) over the z below (`side` -1) or above (1) nought, z normal with that mean and deviation."""
    if not sd:
        return np.where(mean * side > 0, np.exp(slope * mean), 0.0)
    shifted = side * (mean + slope * sd**2) / (sd * sqrt(2))
    found: Floats = np.exp(slope * mean + (slope * sd) ** 2 / 2) * np.asarray(_erfc(-shifted), dtype=float) / 2
    return found
