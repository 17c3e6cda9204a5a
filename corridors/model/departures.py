"""Waiting for a train or ship that runs by a published frequency, where a load boards it.

A load waits once per boarding: where it is loaded at its origin, or changes to another mode, however many legs the
train or ship then runs. A change of gauge on the way is no boarding: the hours of the terminal or border hold what it
takes. Ferries and aircraft have a frequency of their own by lane (column ``headway_hours`` of ``legs``); each of their
legs is a boarding. A published share of boxes is left behind by its ship and waits for the next (``missed_share``).
"""

from __future__ import annotations

from corridors.data.schema import cited, worst
from corridors.model.cargo import Cargo
from corridors.model.costs import Amount, Part, Rates
from corridors.model.drivers import Driver
from corridors.model.layers import VESSEL
from corridors.model.tariffs import Services


def boarding(
    rates: Rates, services: Services, cargo: Cargo, amount: Amount, place_id: str, before: str, mode: str
) -> Amount:
    """Amount of a terminal, with the wait for the next departure where the load boards a service of a known frequency.

    Parameters
    ----------
    amount : Amount
        Of loading, or of the change of mode.
    place_id : str
    before, mode : str
        Mode from which the load comes (``door`` at its origin), and the one that it boards.
    """
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


def missed_departure(rates: Rates, name: str, share: float, headway: float) -> Part:
    """Hours until a later departure, where a share of loads is left behind each time."""
    of = ((Driver(f"missed {name}", "departures", "missed", high=share), 1),)
    return rates.part("missed departure", headway * share / (1 - share), of)
