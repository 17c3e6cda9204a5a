"""Cargo and rates to time, money and emissions of an edge, part by part, each with what makes it vary.

Money is in US$ of `PRICE_YEAR`: published rates of earlier years are raised by US consumer prices (rows ``us_cpi`` of
``rates``), later ones are taken as they are. Haulage is CPMM's TFI3, out of which the border fees that it contains are
taken, so that the fees of each crossing can stand on their own without being counted twice.

The figure of an edge is the expected value: the mean of the distribution that the simulation draws from, so that edges
add up. The low and high value of a rate are read as its p10 and p90, the most likely one as its median: they are the
ends of a few published values or a guess, not bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from sys import intern
from typing import NamedTuple

import pandas as pd

from corridors.data.schema import Row, records
from corridors.errors import DataError
from corridors.model.cargo import TONNES, Cargo
from corridors.model.drivers import Driver, Drivers, Expectations, Kind

PRICE_YEAR = 2024


class Part(NamedTuple):
    """One line of an amount: most likely value, drivers that multiply (1) or divide (-1) it, and expected value.

    Made by `Rates.part`, which works out the expectation.
    """

    line: str
    value: float
    drivers: Drivers
    expected: float

    def times(self, factor: float) -> Part:
        """The same part, so many times as large."""
        return self._replace(value=self.value * factor, expected=self.expected * factor)


class Amount(NamedTuple):
    """Hours, US$ and kg CO2e of one edge by parts, and what they rest on."""

    time: tuple[Part, ...]
    money: tuple[Part, ...]
    carbon: tuple[Part, ...]
    moving: float  # expected hours in motion, part of the time
    source_id: str
    quality: str  # of the hours
    usd_quality: str  # of the money
    note: str

    @property
    def hours(self) -> float:
        """Expected hours."""
        return sum(part.expected for part in self.time)

    @property
    def usd(self) -> float:
        """Expected US$."""
        return sum(part.expected for part in self.money)

    @property
    def kgco2e(self) -> float:
        """Expected kg CO2e."""
        return sum(part.expected for part in self.carbon)


class Rate(NamedTuple):
    """One row of the table ``rates``, in US$ of `PRICE_YEAR` if it is money."""

    low: float
    mode: float
    high: float
    rate_id: str
    source_id: str
    quality: str
    note: str

    def driver(self, kind: Kind, sign: int = 1) -> Drivers:
        """What makes the rate vary, to the power `sign`; nothing where it is a single value."""
        if not self.mode or self.low == self.high:
            return ()
        return ((Driver(self.rate_id, kind, "split", self.low / self.mode, self.high / self.mode), sign),)


class Rates:
    """Look-up in the table ``rates``: the most specific row that fits wins."""

    def __init__(self, table: pd.DataFrame) -> None:
        rows = records(table)
        self._prices = {int(row["year"]): float(row["mode"]) for row in rows if row["quantity"] == "us_cpi"}
        self._rows: dict[tuple[str, str, str, str], Rate] = {}
        for row in rows:
            if row["quantity"] == "us_cpi":
                continue
            key = (row["quantity"], row["by_mode"], row["by_country"], row["by_vehicle"])
            if key in self._rows:
                raise DataError(
                    f"a second rate for {key}; keep one of {self._rows[key].rate_id} and {row['rate_id']}.",
                    "rates",
                    row["rate_id"],
                )
            factor = self.price_level(int(row["year"])) if row["unit"].startswith("USD") else 1.0
            values = (row[name] * factor for name in ("low", "mode", "high"))
            self._rows[key] = Rate(*values, *(row[name] for name in Rate._fields[3:]))
        self._expectations: Expectations | None = None
        self._shared: dict[Drivers, Drivers] = {}

    @property
    def correlation(self) -> float:
        """Correlation of the drivers of one kind."""
        return self.find("correlation").mode

    def expectation(self, drivers: Drivers) -> float:
        """Mean of a product of drivers: what the most likely value times it is on average."""
        if not drivers:
            return 1.0
        if self._expectations is None:
            self._expectations = Expectations(self.correlation)
        return self._expectations.of(drivers)

    def part(self, line: str, value: float, drivers: Drivers = ()) -> Part:
        """A line of an amount from its most likely value."""
        drivers = self._shared.setdefault(drivers, drivers)  # thousands of edges vary by the same few
        return Part(line, value, drivers, value * self.expectation(drivers))

    def scaled(self, part: Part, factor: float, drivers: Drivers) -> Part:
        """A part times a factor that has drivers of its own."""
        return self.part(part.line, part.value * factor, part.drivers + drivers)

    def expected(self, rate: Rate, kind: Kind) -> float:
        """Mean of a rate."""
        return rate.mode * self.expectation(rate.driver(kind))

    def price_level(self, year: int) -> float:
        """US$ of `PRICE_YEAR` for one of `year`; 1 for later years and where the table has no index."""
        if PRICE_YEAR not in self._prices or year >= PRICE_YEAR:
            return 1.0
        if year not in self._prices:
            raise DataError(f"no us_cpi for {year}; add a row, or give the prices in US$ of {PRICE_YEAR}.", "rates")
        return self._prices[PRICE_YEAR] / self._prices[year]

    def find(self, quantity: str, mode: str = "", country: str = "", vehicle: str = "") -> Rate:
        """Most specific row: mode and country and vehicle first, then without vehicle, country, mode."""
        for key in (
            (mode, country, vehicle),
            (mode, country, ""),
            (mode, "", vehicle),
            (mode, "", ""),
            ("", country, ""),
            ("", "", vehicle),
            ("", "", ""),
        ):
            if (quantity, *key) in self._rows:
                return self._rows[quantity, *key]
        raise DataError(f"no {quantity} for mode {mode!r}, country {country!r}; add a row.", "rates")


def index(rates: Rates, quantity: str, country: str) -> Rate | None:
    """Published index of a country (``gpi``, ``lpi``), if there is one."""
    try:
        return rates.find(quantity, "", country)
    except DataError:
        return None


def worst(*qualities: str) -> str:
    """The weakest of several grades."""
    order = ("measured", "published", "derived", "estimate", "assumed")
    return max((q for q in qualities if q), key=order.index, default="")


def _sources(*ids: str) -> str:
    return intern(";".join(dict.fromkeys(part for text in ids for part in text.split(";") if part)))


def _rests_on(time: Sequence[Rate], money: Sequence[Rate], note: str) -> tuple[str, str, str, str]:
    return (
        _sources(*(rate.source_id for rate in (*time, *money))),
        worst(*(rate.quality for rate in time)),
        worst(*(rate.quality for rate in money)),
        intern(note),
    )


def leg_amount(
    rates: Rates, cargo: Cargo, mode: str, country: str, km: float, headway: float, mountain: bool, leg_id: str = ""
) -> Amount:
    """Amount of a leg: km / (moving speed x share of the time on the move) + half the headway; km x net haulage."""
    by = mode, country, cargo.vehicle
    speed, share, price, inside, grams, empty = (
        rates.find(quantity, *by)
        for quantity in (
            "speed",
            "running_share",
            "usd_per_km",
            "border_usd_inside",
            "kgco2e_per_tkm",
            "empty_running_factor",
        )
    )
    every = rates.find("km_per_border_side")
    pace, priced = [speed, share], [price]
    moving = km / speed.mode
    in_motion = speed.driver("speeds", -1)
    terrain = ""
    if mountain:
        steep = rates.find("speed_factor_mountain", mode, country)
        pace.append(steep)
        moving /= steep.mode
        in_motion += steep.driver("speeds", -1)
        terrain = f" x mountain factor {steep.mode:g} ({steep.quality})"
    time = [rates.part("under way", moving / share.mode, in_motion + share.driver("speeds", -1))]
    if headway:
        time.append(
            rates.part("departure", headway / 2, ((Driver(f"departure {leg_id}", "departures", "uniform"), 1),))
        )
    fees = inside.mode / every.mode
    haulage = f"haulage US$ {price.mode:.3g} a km ({price.quality})"
    money = [rates.part("haulage", km * price.mode, price.driver("prices"))]
    if fees:
        priced += [inside, every]
        money.append(rates.part("haulage", -km * fees, every.driver("terms", -1)))
        haulage += f" less {fees:.2g} of border fees inside"
    if mode == "air":
        money = [part.times(cargo.payload_t / TONNES) for part in money]
        haulage += f", x {cargo.payload_t / TONNES:g} for the load"
    elif mode == "rail" and cargo.unit == "wagon":
        wagon = rates.find("wagon_price_factor", mode)
        priced.append(wagon)
        money = [rates.scaled(part, wagon.mode, wagon.driver("prices")) for part in money]
        haulage += f", x {wagon.mode:g} for a wagon ({wagon.quality})"
    carbon = f"{1000 * grams.mode:g} g CO2e a t-km well to wheel ({grams.quality})" + (
        f" x {empty.mode:g} for empty running ({empty.quality})" if empty.mode != 1 else ""
    )
    note = (
        f"speed {speed.mode:g} km/h ({speed.quality}) x running share {share.mode:g} ({share.quality}){terrain}"
        + (f"; departure about every {headway:g} h" if headway else "")
        + f"; {haulage}; {carbon}"
    )
    fuel = rates.part(
        "transport",
        km * cargo.payload_t * grams.mode * empty.mode,
        grams.driver("emissions") + empty.driver("emissions"),
    )
    moving *= rates.expectation(in_motion)
    found = Amount(tuple(time), tuple(money), (fuel,), moving, *_rests_on(pace, priced, note))
    return found._replace(source_id=_sources(found.source_id, grams.source_id, empty.source_id))


def crossing_amount(rates: Rates, row: Row, leaving: str, entering: str, price_year: int) -> Amount:
    """Clearing time of both sides and border fees; where they are not known, values of the countries, assumed.

    The unofficial part of the fees and the guarantee have lines of their own; the parts of a known fee add up to it.
    """
    hours, cv = float(row["hours_mean"]), float(row["dispersion"])
    known, notes, used = isfinite(hours), [], []
    time: tuple[Part, ...]
    if known:
        driver = Driver(f"crossing {row['crossing_id']}", "borders", "lognormal", high=cv)
        time = (rates.part("clearance", hours, ((driver, 1),) if isfinite(cv) and cv else ()),)
        notes.append(f"mean {hours:g} h")
    else:
        used = [
            rates.find("crossing_hours_out", row["mode"], leaving),
            rates.find("crossing_hours_in", row["mode"], entering),
        ]
        time = tuple(rates.part("clearance", rate.mode, rate.driver("borders")) for rate in used)
        notes.append(f"time not known: {leaving} out {used[0].mode:g} h and {entering} in {used[1].mode:g} h assumed")
    money, priced, words = _fees(rates, row, leaving, entering, price_year)
    graded = worst(*(rate.quality for rate in priced), row["quality"] if isfinite(float(row["usd"])) else "")
    return Amount(
        time,
        tuple(money),
        (),
        0.0,
        _sources(
            *([row["source_id"]] if known else [rate.source_id for rate in used]), *(rate.source_id for rate in priced)
        ),
        row["quality"] if known else "assumed",
        graded,
        "; ".join(filter(None, (*notes, words, row["note"]))),
    )


def _fees(
    rates: Rates,
    row: Row,
    leaving: str,
    entering: str,
    price_year: int,
) -> tuple[list[Part], list[Rate], str]:
    """Lines of the border fees, the rates they rest on, and words."""
    fee = float(row["usd"])
    if row["mode"] == "sea":
        return ([rates.part("border fees", fee)], [], "") if isfinite(fee) else ([], [], "dues not known, none counted")
    if isfinite(fee):
        fee *= rates.price_level(price_year)
        sums, priced, words = [rates.part("", fee)], [], f"fees US$ {fee:.0f}"
    else:
        priced = [rates.find("crossing_usd", row["mode"], country) for country in (leaving, entering)]
        sums = [rates.part("", rate.mode, rate.driver("prices")) for rate in priced]
        words = f"fees not known: US$ {sum(p.value for p in sums):.0f} for both sides by country assumed"
    share, guarantee = rates.find("unofficial_share"), rates.find("guarantee_usd", row["mode"])
    money = []
    for part in sums:
        hidden = rates.scaled(part, share.mode, share.driver("terms"))._replace(line="unofficial payments")
        money += [part._replace(line="border fees"), hidden.times(-1)._replace(line="border fees"), hidden]
    if guarantee.mode:
        money.append(rates.part("guarantee", guarantee.mode, guarantee.driver("prices")))
    return money, [*priced, share, guarantee], words


def times(amount: Amount, units: float) -> Amount:
    """The same for several units that go together: their price adds up, their time does not."""
    if units == 1.0:
        return amount
    note = f"{amount.note}; money for {units:.3g} loads of {TONNES:g} t"
    return amount._replace(money=tuple(part.times(units) for part in amount.money), note=note.lstrip("; "))


def entry_fee(rates: Rates, entering: str, carrier: str) -> Rate | None:
    """Fee that a truck of a flag (column ``by_vehicle``) pays on entering a country, if one is known."""
    fee = rates.find("entry_fee_usd", "road", entering, carrier)
    return fee if fee.mode and entering != carrier else None


def transload_amount(rates: Rates) -> Amount:
    """Swap of truck at a border where the carrier may not go on."""
    hours, usd = rates.find("transload_hours", "road"), rates.find("transload_usd", "road")
    return Amount(
        (rates.part("transload", hours.mode, hours.driver("handling")),),
        (rates.part("transshipment", usd.mode, usd.driver("prices")),),
        (),
        0.0,
        *_rests_on([hours], [usd], "the carrier may not go on: the load changes trucks"),
    )


def transfer_amount(rates: Rates, cargo: Cargo, row: Row) -> Amount:
    """Handling and dwell at a terminal, from low / mode / high."""
    name = f"{row['place_id']} {row['from_layer']} {row['to_layer']}"
    port = "sea" in (row["from_layer"], row["to_layer"])

    def part(line: str, what: str, kind: Kind) -> tuple[Part, ...]:
        low, mode, high = (row[f"{what}_{of}"] for of in ("low", "mode", "high"))
        if not mode:
            return ()
        return (rates.part(line, mode, ((Driver(f"{what} {name}", kind, "split", low / mode, high / mode), 1),)),)

    hub = rates.find("kgco2e_per_t_transfer")
    moved = row["hours_mode"] > 0
    return Amount(
        part("handling", "hours", "handling"),
        part("port handling" if port else "transshipment", "usd", "prices"),
        (rates.part("terminals", hub.mode * cargo.payload_t, hub.driver("emissions")),) if moved else (),
        0.0,
        row["source_id"],
        row["quality"],
        worst(row["quality"], "assumed"),
        row["note"],
    )


def end_amount(rates: Rates, mode: str, country: str, leaving: bool) -> Amount:
    """Loading at the origin, or clearance and unloading at the destination, by the mode used there."""
    rate = rates.find("loading_hours" if leaving else "unloading_hours", mode, country)
    return Amount(
        (rates.part("loading" if leaving else "unloading", rate.mode, rate.driver("handling")),),
        (),
        (),
        0.0,
        *_rests_on([rate], [], rate.note),
    )
