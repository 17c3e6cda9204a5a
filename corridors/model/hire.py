"""What a line's box costs whoever keeps it, detention inland or demurrage in port, and what a truck that stands costs.

All are due for days beyond free ones, so that their mean is more than what is due on the mean of the days: a box that
is expected back in time may be late. `Overdue` takes the mean over the days that journeys take, the free days and the
price, all as the simulation draws them.
"""

from __future__ import annotations

from math import log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from corridors.model.costs import Rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Days = Literal["detention", "demurrage", "standing"]
"""What is due for days beyond free ones, as its rates are called."""

POINTS = 64
"""Quantiles at which days and free days are taken."""
STEPS = 40
"""Parts of the price that set in one after the other."""
QUARTERS = 4
"""Parts of the daily price of a line's box at which every hour inland may count in a search."""


def hired(by: str, quarters: int) -> str:
    """The objective in which so much of the hire counts."""
    return f"{by} with {quarters}/{QUARTERS} of the hire"


HIRED = {hired(by, n): (by, n) for by in ("usd", "generalised") for n in range(1, QUARTERS + 1)}
"""Objectives in which it does, with the one that is meant, and how many of these parts.

What is due grows ever faster. So a route that is the best when every day has the price of a further one on it is the
best of all; the more a day counts, the fewer days has the best, and the less a further one costs on it.
"""


def meant(by: str) -> str:
    """The objective of the user behind one with hire."""
    return HIRED[by][0] if by in HIRED else by


class Overdue(NamedTuple):
    """Mean US$ for days beyond free ones, by the expected days: parts of the daily price, each due after some days.

    It grows ever faster with the days, as what is due does, up to the mean price of a day.
    """

    after: Floats
    """Days after which each part sets in."""
    usd_day: float
    """Each part."""

    @classmethod
    def of(cls, rates: Rates, what: Days, cv: float, country: str = "") -> Overdue:
        """By the rates of ``detention``, ``demurrage`` or ``standing``, the latter by country.

        Parameters
        ----------
        cv : float
            Coefficient of variation of the days, which are lognormal.
        """
        free, price = rates.find(f"{what}_free_days"), rates.find(f"{what}_usd_day", country=country)
        z = np.array([NormalDist().inv_cdf((i + 0.5) / POINTS) for i in range(POINTS)])
        days, prices = rates.expectations.given(free.driver("departures"), price.driver("departures"), z)
        variance = log(1 + cv**2)
        late = np.exp(variance / 2 + sqrt(variance) * z)  # journeys, each as often as it has days
        after = free.mode * (days[:, None] / late[None, :]).ravel()
        share = np.repeat(prices, POINTS) / (prices.sum() * POINTS)
        order = np.argsort(after)
        until = np.concatenate([np.zeros(1), np.cumsum(share[order])])
        summed = np.concatenate([np.zeros(1), np.cumsum(after[order] * share[order])])
        parts = np.diff(np.interp(np.linspace(0, 1, STEPS + 1), until, summed)) * STEPS
        return cls(parts.round(9), round(rates.expected(price, "departures") / STEPS, 9))

    def further(self, days: float | Floats) -> Ints:
        """What a further day costs after so many: the number of quarters of the price."""
        begun = np.searchsorted(self.after, days) / len(self.after)
        found: Ints = np.floor(begun * QUARTERS + 0.5).astype(np.int64)
        return found

    def due(self, days: float | Floats) -> Floats:
        """US$ for a box that is expected to be kept so many days."""
        found: Floats = np.maximum(0.0, np.asarray(days)[..., None] - self.after).sum(axis=-1) * self.usd_day
        return found
