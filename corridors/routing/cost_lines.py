"""Cost lines of a route: their names, and what the owner of the goods pays beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.model.calendars import moment
from corridors.model.costs import Part
from corridors.model.events import event_rows, events_known, in_force
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
    "truck standing",
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
    "war surcharge",
    "insurance",
)
BESIDE = ("empty return", "war surcharge", "insurance")
"""Lines left out of every sum: what is paid only on a round trip, what lines ask until further notice, and what the
owner of the goods pays."""
WAR_SURCHARGES = {"hormuz": "hormuz_surcharge_usd"}
"""Straits for which shipping lines ask a surcharge in a war, and its rate."""


class Priced(NamedTuple):
    """A part of the price of a route."""

    mode: str
    part: Part
    source_id: str


def war_surcharge(result: Result) -> tuple[float, Samples] | None:
    """What shipping lines ask for a box through a strait where ships are held up by a war; nothing where none is.

    They ask it "until further notice": it is taken to last as long as the event at the strait.
    """
    rates, question, events = result.world.rates, result.world.question, result.facts.tables["events"]
    if question.cargo.unit not in ("TEU", "FEU"):
        return None
    found = []
    for strait in WAR_SURCHARGES.keys() & {element for edge in result.edges for element in edge.elements}:
        known = events_known(event_rows(events[events["element_id"] == strait]), question.knowledge.as_of)
        held_up = any(event["effect"] in ("close", "restrict") for event in in_force(known, moment(question.t0).date()))
        rate = rates.optional(WAR_SURCHARGES[strait], "sea", "", question.cargo.vehicle)
        if held_up and rate:
            found.append(rates.part("war surcharge", rate.mode, rate.driver("prices")))
    if not found:
        return None
    return sum(part.expected for part in found), np.zeros(result.draws.n) + result.draws.amount(found)


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
