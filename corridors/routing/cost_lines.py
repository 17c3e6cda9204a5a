"""Cost lines of a way: their names, and those that hang on how long it takes or on what the goods are worth."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.model.costs import Part
from corridors.model.graph import Edge
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
"""Lines that are in no sum: what only a round trip pays, and what the owner of the goods pays."""
MOVING = ("leg", "crossing", "transfer")


class Priced(NamedTuple):
    """A part of the price of a way."""

    mode: str
    part: Part
    source_id: str


def in_port(edge: Edge) -> bool:
    """Whether a box stands in a seaport on an edge: between ship and land, or before it is released."""
    return (edge.kind == "transfer" and "sea" in edge.mode) or (
        edge.kind == "terminal" and edge.mode == "sea" and not edge.forward
    )


def _hired(result: Result) -> bool:
    """Whether a shipping line lends the box."""
    cargo = result.world.question.cargo
    afloat = any(edge.kind == "leg" and edge.mode == "sea" for edge in result.edges)
    return afloat and not cargo.own_box and cargo.unit in ("TEU", "FEU")


def beyond_free_days(result: Result, what: str, stays: list[tuple[list[int], float]]) -> tuple[float, Samples]:
    """US$ of the days (times a factor) that some stays on given passages last beyond the free ones."""
    zero, usd = np.zeros(result.draws.n), 0.0
    found = result.world.rates.optional(f"{what}_free_days"), result.world.rates.optional(f"{what}_usd_day")
    if not _hired(result) or not stays or None in found:
        return 0.0, zero
    free, price = (rate for rate in found if rate)
    rates, trip, sampled = result.world.rates, result.trip, zero
    free_days, a_day = (
        result.draws.amount([rates.part("", rate.mode, rate.driver("departures"))]) for rate in (free, price)
    )
    arrive = [zero, *trip.end]
    for passages, factor in stays:
        hours = sum(result.steps[i].end - result.steps[i].arrive for i in passages)
        usd += max(0.0, factor * hours / 24 - rates.expected(free, "departures"))
        with np.errstate(invalid="ignore"):
            stay = sum((trip.end[i] - arrive[i] for i in passages), start=zero)
        stay = np.where(np.isfinite(trip.end[-1]), stay, inf)  # a box that never arrives is never returned
        sampled = sampled + np.maximum(0.0, factor * stay / 24 - free_days)
    return usd * rates.expected(price, "departures"), sampled * a_day


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


def hire_words(result: Result) -> tuple[str, str]:
    """What the hire of the line's box is due for, in words, and the sources of its rates."""
    rates = result.world.rates
    words: list[str] = []
    ids: list[str] = []
    for what, (due, _) in (("detention", result.detention), ("demurrage", result.demurrage)):
        if due:
            free, price = rates.find(f"{what}_free_days"), rates.find(f"{what}_usd_day")
            where = "inland, there and back," if what == "detention" else "in port"
            words.append(f"days {where} beyond {free.mode:g} free ones at US$ {price.mode:.0f} a day")
            ids += [*free.source_id.split(";"), *price.source_id.split(";")]
    return "; ".join(words), ";".join(dict.fromkeys(ids))
