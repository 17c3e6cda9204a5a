"""Waiting where a load boards a train or ship: for the next one by a published frequency, or for a wagon.

A load waits once per boarding: where it is loaded at its origin, or changes to another mode, however many legs the
train or ship then runs. A change of gauge on the way is no boarding: the hours of the terminal or border hold what it
takes. Ferries and aircraft have a frequency of their own by lane (column ``headway_hours`` of ``legs``); each of their
legs is a boarding. A published share of boxes is left behind by its ship and waits for the next (``missed_share``).
What fills a wagon waits for an empty one, on a siding as at a goods yard (``wagon_supply_hours``).
"""

from __future__ import annotations

from corridors.data.schema import cited, worst
from corridors.model.cargo import Cargo
from corridors.model.costs import Amount, Part, Rates
from corridors.model.drivers import Driver
from corridors.model.layers import VESSEL
from corridors.model.tariffs import Services

OFF_RAIL = ("door", "road")
"""Whence what fills a wagon has to be put into one; port and gauge-break figures have the wagon in them."""


def boarding(
    rates: Rates, services: Services, cargo: Cargo, amount: Amount, place_id: str, before: str, mode: str
) -> Amount:
    """Amount of a terminal, with the wait for a wagon, and for the next departure of a service of a known frequency.

    Parameters
    ----------
    amount : Amount
        Of loading, or of the change of mode.
    place_id : str
    before, mode : str
        Mode from which the load comes (``door`` at its origin), and the one that it boards.
    """
    if mode == "rail" and before in OFF_RAIL and cargo.unit == "wagon":
        amount = _with_wagon(rates, amount)
    found = services.frequency(cargo, mode, place_id) if mode != before or mode in VESSEL else None
    if found is None:
        return amount
    name, headway = f"{place_id} {mode}", found.headway_hours
    time, sources = [rates.departure(name, headway)], [found.source_id]
    words = f"departure about every {headway:g} h"
    if missed := rates.optional("missed_share", mode):
        time.append(missed_departure(rates, name, missed.mode, headway))
        sources.append(missed.source_id)
        words += f", missed by {100 * missed.mode:.0f} % of loads"
    return amount._replace(
        time=(*amount.time, *time),
        source_id=cited(amount.source_id, *sources),
        quality=worst(amount.quality, found.quality),
        note="; ".join(filter(None, (amount.note, words))),
    )


def _with_wagon(rates: Rates, amount: Amount) -> Amount:
    """The same, and the hours until an empty wagon is there."""
    rate = rates.optional("wagon_supply_hours", "rail")
    if rate is None:
        return amount
    wait = rates.handling("wagon supply", rate.rate_id, rate.low, rate.mode, rate.high)
    return amount._replace(
        time=(*amount.time, *wait),
        source_id=cited(amount.source_id, rate.source_id),
        quality=worst(amount.quality, rate.quality),
        note="; ".join(filter(None, (amount.note, rate.note))),
    )


def missed_departure(rates: Rates, name: str, share: float, headway: float) -> Part:
    """Hours until a later departure, where a share of loads is left behind each time."""
    of = ((Driver(f"missed {name}", "departures", "missed", high=share), 1),)
    return rates.part("missed departure", headway * share / (1 - share), of)
