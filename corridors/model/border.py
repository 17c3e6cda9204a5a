"""What a border takes: hours of clearance, fees of either side, guarantee, and what a truck costs in the queue.

Where hours or fees of a crossing are not known, those of its countries by direction are assumed. The price of a haul
holds an ordinary wait: a truck is paid for beyond the free days, on average over such waits.
"""

from __future__ import annotations

from math import isfinite

from corridors.data.schema import Row, cited, worst
from corridors.data.words import FLAG_CHARGES
from corridors.model import tariffs
from corridors.model.costs import GUARANTEE, Amount, Part, Rate, Rates
from corridors.model.drivers import unknown


def crossing_amount(
    rates: Rates, row: Row, leaving: str, entering: str, price_year: int, of_the_year: float = 1.0
) -> Amount:
    """Clearing time of both sides and border fees; where they are not known, values of the countries, assumed.

    The unofficial part of the fees and the guarantee have lines of their own; the parts of a known fee add up to it.

    Parameters
    ----------
    price_year : int
        Of the known fee.
    of_the_year : float
        Mean hours of the twelve months over those at speed factor 1: a truck that stands costs the mean of the year.
    """
    hours, cv = float(row["hours_mean"]), float(row["dispersion"])
    known, notes, used = isfinite(hours), [], []
    time: tuple[Part, ...]
    if known:
        of = unknown(row["crossing_id"], "borders", rates.figure("border_mean_cv", row["mode"]))
        time = (rates.border("clearance", hours, of, row["crossing_id"], cv if isfinite(cv) else 0.0),)
        notes.append(f"mean {hours:g} h")
    else:
        used = [
            rates.find("crossing_hours_out", row["mode"], leaving),
            rates.find("crossing_hours_in", row["mode"], entering),
        ]
        varies = rates.figure("border_cv", row["mode"])
        time = tuple(
            rates.border(
                "clearance", rates.expected(rate, "alone"), rate.unknown("borders"), row["crossing_id"], varies
            )
            for rate in used
        )
        medians = " and ".join(
            f"{country} {way} {rate.mode:g} h"
            for country, way, rate in zip((leaving, entering), ("out", "in"), used, strict=True)
        )
        mean = sum(part.expected for part in time)
        notes.append(f"time not known: medians of {medians} assumed; their means, with the queue, {mean:.3g} h charged")
    money, priced, words = _fees(rates, row, leaving, entering, price_year)
    if row["mode"] == "road":
        for line, charge in flag_charges(rates, entering):
            money.append(rates.part(line, charge.mode, charge.driver("prices")))
            priced.append(charge)
        days = of_the_year * sum(part.expected for part in time) / 24
        standing = tariffs.standing(
            rates, days, cv if known else rates.figure("border_cv", "road"), (leaving, entering)
        )
        money += standing.parts
        priced += standing.rates
        words = "; ".join(filter(None, (words, standing.words)))
    graded = worst(*(rate.quality for rate in priced), row["quality"] if isfinite(float(row["usd"])) else "")
    return Amount(
        time,
        tuple(money),
        (),
        0.0,
        cited(
            *([row["source_id"]] if known else [rate.source_id for rate in used]), *(rate.source_id for rate in priced)
        ),
        row["quality"] if known else "assumed",
        graded,
        "; ".join(filter(None, (*notes, words, row["note"]))),
    )


def _fees(rates: Rates, row: Row, leaving: str, entering: str, price_year: int) -> tuple[list[Part], list[Rate], str]:
    """Lines of the border fees, the rates they rest on, and words."""
    fee = float(row["usd"])
    if row["mode"] == "sea":
        return ([rates.part("border fees", fee)], [], "") if isfinite(fee) else ([], [], "dues not known, none counted")
    if isfinite(fee):
        fee *= rates.price_level(price_year)
        sums, priced, words = [rates.part("", fee)], [], ""
    else:
        priced = [
            rates.find(f"crossing_usd_{way}", row["mode"], country)
            for way, country in (("out", leaving), ("in", entering))
        ]
        sums = [rates.part("", rate.mode, rate.driver("prices")) for rate in priced]
        words = "fees not known: those of both countries assumed"
    share, guarantee = rates.find("unofficial_share"), rates.find("guarantee_usd", row["mode"])
    money = []
    for part in sums:
        hidden = rates.scaled(part, share.mode, share.driver("terms"))._replace(line="unofficial payments")
        money += [part._replace(line="border fees"), hidden.times(-1)._replace(line="border fees"), hidden]
    if guarantee.mode:
        money.append(rates.part(GUARANTEE, guarantee.mode, guarantee.driver("prices")))
    return money, [*priced, share, guarantee], words


def flag_charges(rates: Rates, entering: str, carrier: str = "") -> list[tuple[str, Rate]]:
    """What a truck pays on entering a country because it is of another flag (column ``by_vehicle``): line and rate.

    Without a flag, what trucks of most others pay.
    """
    if carrier == entering:
        return []
    found = ((line, rates.optional(quantity, "road", entering, carrier)) for line, quantity in FLAG_CHARGES.items())
    return [(line, rate) for line, rate in found if rate and rate.mode]
