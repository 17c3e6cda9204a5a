"""Cost lines of a route: their names, and what the owner of the goods pays beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.model.costs import Part
from corridors.model.simulation import Samples

if TYPE_CHECKING:
    from corridors.routing.result import Result

LINES = (
    "haulage",
    "sea freight",
    "air freight",
    "surcharges",
    "border fees",
    "unofficial payments",
    "guarantee",
    "entry fee",
    "transit permit",
    "fuel difference",
    "drayage",
    "documents",
    "transshipment",
    "port handling",
    "detention",
    "demurrage",
    "empty return",
    "insurance",
)
BESIDE = ("empty return", "insurance")
"""Lines left out of every sum: what is paid only on a round trip, and what the owner of the goods pays."""


class Priced(NamedTuple):
    """A part of the price of a route."""

    mode: str
    part: Part
    source_id: str


def insurance(result: Result) -> tuple[float, Samples]:
    """Premium for the goods: a share of their value, and more for each country in war or blockade on the way."""
    rates, value = result.world.rates, result.world.question.cargo.value_usd
    war = sum(one.level in ("war", "blockade") for one in result.conditions)
    found = [
        rates.part("insurance", value * times * rate.mode, rate.driver("prices"))
        for name, times in (("insurance_share", 1), ("war_risk_share", war))
        if times and (rate := rates.optional(name))
    ]
    return sum(part.expected for part in found), np.zeros(result.draws.n) + result.draws.amount(found)
