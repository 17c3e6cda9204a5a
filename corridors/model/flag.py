"""What a crossing takes with a carrier of a given flag: swap of trucks, entry fee, permits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corridors.data.schema import worst
from corridors.data.words import ENTRY_FEE, FLAG_CHARGES
from corridors.model.border import flag_charges
from corridors.model.costs import Amount, Rate, Rates, rests_on

if TYPE_CHECKING:
    from corridors.model.graph import Edge
    from corridors.model.rights import Verdict


def under_flag(found: Amount, rates: Rates, edge: Edge, carrier: str, verdict: Verdict) -> Amount:
    """The amount of a crossing, with what a carrier that may do what the verdict says takes and pays there besides."""
    entering = edge.countries[1]
    if verdict.effect == "transload":
        found = _with_transload(found, rates, verdict)
    elif edge.mode == "road" and (fee := entry_fee(rates, entering, carrier)):
        found = found._replace(
            money=(*found.money, rates.part("entry fee", fee.mode, fee.driver("prices"))),
            source_id=";".join(filter(None, (found.source_id, fee.source_id))),
            usd_quality=worst(found.usd_quality, fee.quality),
        )
    if edge.mode != "road":
        return found
    charged = flag_charges(rates, entering, carrier)
    of_flag = (rates.part(line, rate.mode, rate.driver("prices")) for line, rate in charged)
    others = (part for part in found.money if part.line not in FLAG_CHARGES)
    return found._replace(money=(*others, *of_flag))


def _with_transload(found: Amount, rates: Rates, verdict: Verdict) -> Amount:
    """The amount where the load changes trucks because the carrier may not go on."""
    more = _transload_amount(rates)
    why = f"{more.note} ({': '.join(filter(None, (verdict.treaty, verdict.note)))})"
    return found._replace(
        time=found.time + more.time,
        money=found.money + more.money,
        note=f"{found.note}; {why}",
        source_id=";".join(filter(None, (found.source_id, verdict.source_id))),
        quality=worst(found.quality, more.quality),
        usd_quality=worst(found.usd_quality, more.usd_quality),
    )


def _transload_amount(rates: Rates) -> Amount:
    """Swap of truck at a border where the carrier may not go on."""
    hours, usd = rates.find("transload_hours", "road"), rates.find("transload_usd", "road")
    return Amount(
        rates.handling("transload", hours.rate_id, hours.low, hours.mode, hours.high),
        (rates.part("transshipment", usd.mode, usd.driver("prices")),),
        (),
        0.0,
        *rests_on([hours], [usd], "the carrier may not go on: the load changes trucks"),
    )


def entry_fee(rates: Rates, entering: str, carrier: str) -> Rate | None:
    """Fee that a truck of a flag (column ``by_vehicle``) pays on entering a country, if one is known."""
    fee = rates.find(ENTRY_FEE, "road", entering, carrier)
    return fee if fee.mode and entering != carrier else None
