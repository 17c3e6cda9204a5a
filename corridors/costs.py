"""Cargo and rates to time, money and emissions of an edge, each with a spread.

A rate row has a low, most likely and high value; its spread is taken as (high - low) / 6 around the most
likely value (PERT). All legs of one mode move together along a route (the share of the day on the move is one
assumption for all); different modes, crossings and transfers are independent. Sums are read as
lognormal: see `quantiles`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, prod, sqrt
from typing import Any, NamedTuple

import pandas as pd

from corridors._schema import records
from corridors.errors import BadRequest, DataError

QUANTILES = {"p10": -1.2815515655446004, "p50": 0.0, "p90": 1.2815515655446004}


class Rate(NamedTuple):
    """One row of the table ``rates``."""

    low: float
    mode: float
    high: float
    rate_id: str
    source_id: str
    quality: str
    note: str

    @property
    def mean(self) -> float:
        """Mean (PERT)."""
        return (self.low + 4 * self.mode + self.high) / 6

    @property
    def spread(self) -> float:
        """Relative standard deviation (PERT)."""
        return (self.high - self.low) / 6 / self.mode if self.mode else 0.0


class Rates:
    """Look-up in the table ``rates``: the most specific row that fits wins."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._rows: dict[tuple[str, str, str, str], Rate] = {}
        for row in records(table):
            key = (row["quantity"], row["by_mode"], row["by_country"], row["by_vehicle"])
            if key in self._rows:
                raise DataError(f"a second rate for {key}; keep one of {self._rows[key].rate_id} and {row['rate_id']}.",
                                "rates", row["rate_id"])
            self._rows[key] = Rate(*(row[name] for name in Rate._fields))

    def find(self, quantity: str, mode: str = "", country: str = "", vehicle: str = "") -> Rate:
        """Most specific row: mode and country and vehicle first, then without vehicle, country, mode."""
        for key in ((mode, country, vehicle), (mode, country, ""), (mode, "", vehicle), (mode, "", ""),
                    ("", country, ""), ("", "", "")):
            if (quantity, *key) in self._rows:
                return self._rows[quantity, *key]
        raise DataError(f"no {quantity} for mode {mode!r}, country {country!r}; add a row.", "rates")


@dataclass(frozen=True)
class Cargo:
    """What is carried: one unit of a preset of the table ``cargo``.

    Attributes
    ----------
    payload_t : float
        Tonnes in one unit; emissions count these.
    modes : frozenset of str
        Modes that may carry it when the call does not say.
    value_of_time : float
        US$ per hour for one unit, used by ``by="generalised"``.
    """

    cargo_id: str
    payload_t: float
    modes: frozenset[str]
    vehicle: str = ""
    value_of_time: float = 0.0


def cargo_preset(table: pd.DataFrame, cargo_id: str) -> Cargo:
    """Read one preset; ``BadRequest`` names the known ones."""
    rows = table[table["cargo_id"] == cargo_id]
    if rows.empty:
        raise BadRequest(f"cargo={cargo_id!r} is not known; choose one of {', '.join(table['cargo_id'])}.")
    row = rows.iloc[0]
    value = row["value_of_time"]
    return Cargo(cargo_id, float(row["payload_t"]), frozenset(filter(None, row["modes"].split(";"))),
                 row["vehicle"], 0.0 if pd.isna(value) else float(value))


class Amount(NamedTuple):
    """Time and money of one edge: most likely value, mean and standard deviation, and what they rest on."""

    hours: float
    hours_mean: float
    hours_sd: float
    usd: float
    usd_mean: float
    usd_sd: float
    kgco2e: float
    source_id: str
    quality: str
    note: str


def worst(*qualities: str) -> str:
    """The weakest of several grades."""
    order = ("measured", "published", "derived", "estimate", "assumed")
    return max((q for q in qualities if q), key=order.index)


def _sources(*ids: str) -> str:
    return ";".join(dict.fromkeys(part for text in ids for part in text.split(";") if part))


def leg_amount(rates: Rates, cargo: Cargo, mode: str, country: str, km: float, headway: float,
               mountain: bool) -> Amount:
    """Door-to-door time of a leg: km / (moving speed x share of the day on the move) + half the headway."""
    by = mode, country, cargo.vehicle
    speed, share, price, grams = (rates.find(q, *by) for q in
                                  ("speed", "running_share", "usd_per_km", "kgco2e_per_tkm"))
    steep = rates.find("speed_factor_mountain", mode, country) if mountain else None
    running = km / (speed.mode * share.mode * (steep.mode if steep else 1.0))
    factors = [rate for rate in (speed, share, steep) if rate]
    spread = sqrt(sum(rate.spread**2 for rate in factors))
    return Amount(
        hours=running + headway / 2,
        hours_mean=running * prod(rate.mode / rate.mean for rate in factors) + headway / 2,
        hours_sd=sqrt((running * spread) ** 2 + headway**2 / 12),
        usd=km * price.mode, usd_mean=km * price.mean, usd_sd=km * price.mode * price.spread,
        kgco2e=km * cargo.payload_t * grams.mode,
        source_id=_sources(speed.source_id, share.source_id, price.source_id, grams.source_id),
        quality=worst(price.quality, grams.quality, *(rate.quality for rate in factors)),
        note=f"speed {speed.mode:g} km/h ({speed.quality}) x running share {share.mode:g} ({share.quality})"
             + (f" x mountain factor {steep.mode:g} ({steep.quality})" if steep else "")
             + (f"; departure about every {headway:g} h" if headway else ""))


def crossing_amount(rates: Rates, row: Mapping[str, Any], leaving: str, entering: str) -> Amount:
    """Clearing time of both sides; where it is not known, the means of the two countries, graded assumed.

    No money is added: the haulage rate is CPMM's TFI3, which already contains border fees (TFI2). The fee
    stands in the note.
    """
    hours, cv, fee = float(row["hours_mean"]), float(row["dispersion"]), float(row["usd"])
    fee_note = "" if pd.isna(fee) else f"border fees about US$ {fee:.0f} (CPMM TFI2) are inside the haulage rate (TFI3)"
    if pd.isna(hours):
        out, into = rates.find("crossing_hours_out", row["mode"], leaving), \
            rates.find("crossing_hours_in", row["mode"], entering)
        spread = sqrt((out.mode * out.spread) ** 2 + (into.mode * into.spread) ** 2)
        known = f"time not known: {leaving} out {out.mode:g} h and {entering} in {into.mode:g} h assumed"
        return Amount(out.mode + into.mode, out.mean + into.mean, spread, 0.0, 0.0, 0.0, 0.0,
                      _sources(out.source_id, into.source_id), "assumed", "; ".join(filter(None, (known, fee_note))))
    sd = hours * (0.0 if pd.isna(cv) else cv)
    return Amount(hours, hours, sd, 0.0, 0.0, 0.0, 0.0, row["source_id"], row["quality"], fee_note)


def transfer_amount(row: Mapping[str, Any]) -> Amount:
    """Handling and dwell at a terminal, from low / mode / high."""
    hours, usd = ([row[f"{what}_{of}"] for of in ("low", "mode", "high")] for what in ("hours", "usd"))
    return Amount(hours[1], (hours[0] + 4 * hours[1] + hours[2]) / 6, (hours[2] - hours[0]) / 6,
                  usd[1], (usd[0] + 4 * usd[1] + usd[2]) / 6, (usd[2] - usd[0]) / 6, 0.0,
                  row["source_id"], row["quality"], row["note"])


def quantiles(parts: Sequence[tuple[str, float, float]], shift: float = 0.0) -> dict[str, float]:
    """p10, p50 and p90 of a sum.

    Parameters
    ----------
    parts : sequence of (group, value, standard deviation)
        Parts of one group move together (same rate); groups are independent.
    shift : float
        Fixed amount added, such as waiting time.

    Returns
    -------
    dict
        Keys ``p10``, ``p50``, ``p90``. The sum is taken as lognormal with its mean and variance, which keeps
        the long right tail of border delays.
    """
    mean = sum(value for _, value, _ in parts)
    by_group: dict[str, float] = {}
    for group, _, sd in parts:
        by_group[group] = by_group.get(group, 0.0) + sd
    variance = sum(sd**2 for sd in by_group.values())
    if mean <= 0:
        return dict.fromkeys(QUANTILES, shift)
    sigma = sqrt(log(1 + variance / mean**2))
    return {name: shift + mean * exp(z * sigma - sigma**2 / 2) for name, z in QUANTILES.items()}
