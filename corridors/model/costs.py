"""From cargo and rates to the time, money and emissions of an edge, part by part, each with what makes it vary.

Money is in US$ of `PRICE_YEAR`: published rates of earlier years are raised by US consumer prices (rows ``us_cpi`` of
``rates``), later ones are taken as they are. What a service charges is worked out in `corridors.model.tariffs`.

The figure of an edge is the expected value: the mean of the distribution that the simulation draws from, so that edges
add up. The low and high value of a rate are read as its p10 and p90: they are the ends of a few published values or a
guess, not bounds. The most likely value is the median of a price or of the hours of a terminal; a speed, a share of
the time on the move and the hours of a border are published means, and stand as they are.

Hours have two drivers, see `corridors.model.drivers`: what is not known of their mean, and what varies from journey to
journey. On a leg the latter is a pace that the journey keeps (``journey_cv``) and one that each day brings anew
(``day_cv``, so that it evens out on a long way, however the route is cut into legs). Of ferries
only the hours beyond those of the fastest vary (``least_share``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import exp, log, log2, sqrt
from sys import intern
from typing import NamedTuple

import pandas as pd

from corridors.data.checks import YEARLY
from corridors.data.schema import Row, cited, records, worst
from corridors.data.words import DOMESTIC
from corridors.errors import DataError
from corridors.model import tariffs
from corridors.model.cargo import TONNES, Cargo
from corridors.model.drivers import Driver, Drivers, Expectations, Kind, spread, unknown, varying
from corridors.model.hire import Days, Overdue

PRICE_YEAR = 2024
GUARANTEE = "guarantee"
"""Cost line of TIR and transit."""


class Part(NamedTuple):
    """One line of an amount: most likely value, drivers that multiply (1) or divide (-1) it, and expected value.

    Made by `Rates.part`, which works out the expectation.
    """

    line: str
    value: float
    drivers: Drivers
    expected: float

    def times(self, factor: float) -> Part:
        """The same part, multiplied."""
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

    def unknown(self, kind: Kind) -> Drivers:
        """What is not known of a published mean: low and high are its p10 and p90."""
        return unknown(self.rate_id, kind, spread(self.low, self.high))


class Rates:
    """Look-up in the table ``rates``: the most specific row that fits wins."""

    def __init__(self, table: pd.DataFrame) -> None:
        rows = records(table)
        self._yearly: dict[tuple[str, str], dict[int, Rate]] = {}
        self._rows: dict[tuple[str, str, str, str], Rate] = {}
        for row in rows:
            if row["quantity"] in YEARLY:
                of = row["quantity"], row["by_mode"] or row["by_vehicle"]
                self._yearly.setdefault(of, {})[int(row["year"])] = Rate(*(row[name] for name in Rate._fields))
        self._prices = {year: rate.mode for year, rate in self._yearly.get(("us_cpi", ""), {}).items()}
        for row in rows:
            if row["quantity"] in YEARLY:
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
        self._alike: dict[Drivers, Drivers] = {}
        self._overdue: dict[tuple[Days, float, str], Overdue] = {}
        self._found: dict[tuple[str, str, str, str], Rate | None] = {}

    @property
    def domestic(self) -> bool:
        """Whether unloading without customs has a rate of its own."""
        return any(key[0] == "unloading_hours" and key[3] == DOMESTIC for key in self._rows)

    @property
    def correlation(self) -> float:
        """Correlation of the drivers of one kind."""
        return self.find("correlation").mode

    def expectation(self, drivers: Drivers) -> float:
        """Mean of a product of drivers: what the most likely value times it is on average."""
        return self.expectations.of(drivers) if drivers else 1.0

    @cached_property
    def expectations(self) -> Expectations:
        """Means over the drivers of these rates."""
        return Expectations(self.correlation)

    @cached_property
    def detention(self) -> Overdue:
        """What a line's box costs by the days that it is expected to be inland, there and back."""
        return self.overdue("detention", self.figure("inland_cv"))

    def overdue(self, what: Days, cv: float, country: str = "") -> Overdue:
        """What a line's box or a truck costs by the days that it is expected to be kept, if these vary so much."""
        key = what, round(cv, 2), country
        if key not in self._overdue:
            self._overdue[key] = Overdue.of(self, *key)
        return self._overdue[key]

    def part(self, line: str, value: float, drivers: Drivers = ()) -> Part:
        """A line of an amount from its most likely value."""
        drivers = self._alike.setdefault(drivers, drivers)
        return Part(line, value, drivers, value * self.expectation(drivers))

    def scaled(self, part: Part, factor: float, drivers: Drivers) -> Part:
        """A part times a factor that has drivers of its own."""
        return self.part(part.line, part.value * factor, part.drivers + drivers)

    def expected(self, rate: Rate, kind: Kind) -> float:
        """Mean of a rate."""
        return rate.mode * self.expectation(rate.driver(kind))

    def figure(self, quantity: str, mode: str = "") -> float:
        """Most likely value of a rate that shapes the variation; 0 in a table that has no row for it."""
        found = self.optional(quantity, mode)
        return found.mode if found else 0.0

    def border(self, line: str, hours: float, of: Drivers, crossing: str, cv: float) -> Part:
        """Hours at a border from their mean: what is not known of it, and how they vary by journey."""
        own = varying(f"crossing {crossing}", "papers", cv, self.figure("border_correlation"))
        return self.part(line, hours, of + own)

    def departure(self, name: str, headway: float) -> Part:
        """Hours until the next departure: anywhere in the headway, half of it on average."""
        return self.part("departure", headway / 2, ((Driver(f"departure {name}", "departures", "uniform"), 1),))

    def handling(self, line: str, name: str, low: float, mode: float, high: float) -> tuple[Part, ...]:
        """Hours of a terminal from low, most likely and high: one share of the range is not known, the rest varies."""
        if not mode:
            return ()
        mean = mode * self.expectation(((Driver(name, "alone", "split", low / mode, high / mode), 1),))
        share, variance = self.figure("unknown_share"), log(1 + spread(low, high) ** 2)
        cvs = (sqrt(exp(part * variance) - 1) for part in (share, 1 - share))
        of, own = (
            unknown(name, "handling", next(cvs)),
            varying(name, "papers", next(cvs), self.figure("border_correlation")),
        )
        return (self.part(line, mean, of + own),)

    def price_level(self, year: int) -> float:
        """US$ of `PRICE_YEAR` for one of `year`; 1 for later years and where the table has no index."""
        if PRICE_YEAR not in self._prices or year >= PRICE_YEAR:
            return 1.0
        if year not in self._prices:
            raise DataError(f"no us_cpi for {year}; add a row, or give the prices in US$ of {PRICE_YEAR}.", "rates")
        return self._prices[PRICE_YEAR] / self._prices[year]

    def yearly(self, quantity: str, of: str = "") -> dict[int, Rate]:
        """An index or exchange rate by year, for a mode or currency."""
        return self._yearly.get((quantity, of), {})

    def level(self, mode: str, year: int) -> float:
        """What US$ 1 of the model's prices was in a year: by an index of the mode if there is one, else by US prices.

        Years without an index, as the present one, have the prices of the model.
        """
        of = self.yearly("price_index", mode)
        if year in of and PRICE_YEAR in of:
            return of[year].mode / of[PRICE_YEAR].mode
        return self._prices[year] / self._prices[PRICE_YEAR] if {year, PRICE_YEAR} <= self._prices.keys() else 1.0

    def find(self, quantity: str, mode: str = "", country: str = "", vehicle: str = "") -> Rate:
        """Most specific row: mode and country and vehicle first, then without vehicle, country, mode."""
        found = self.optional(quantity, mode, country, vehicle)
        if found is None:
            raise DataError(f"no {quantity} for mode {mode!r}, country {country!r}; add a row.", "rates")
        return found

    def optional(self, quantity: str, mode: str = "", country: str = "", vehicle: str = "") -> Rate | None:
        """The same, or None where the table has none."""
        asked = quantity, mode, country, vehicle
        if asked not in self._found:
            keys = (
                (mode, country, vehicle),
                (mode, country, ""),
                (mode, "", vehicle),
                (mode, "", ""),
                ("", country, ""),
                ("", "", vehicle),
                ("", "", ""),
            )
            rows = (self._rows.get((quantity, *key)) for key in keys)
            self._found[asked] = next((row for row in rows if row is not None), None)
        return self._found[asked]


def rests_on(time: Sequence[Rate], money: Sequence[Rate], note: str) -> tuple[str, str, str, str]:
    """Sources, grade of the hours, grade of the money and note of an `Amount`."""
    return (
        cited(*(rate.source_id for rate in (*time, *money))),
        worst(*(rate.quality for rate in time)),
        worst(*(rate.quality for rate in money)),
        intern(note),
    )


def leg_amount(
    rates: Rates,
    cargo: Cargo,
    mode: str,
    country: str,
    km: float,
    headway: float,
    mountain: bool,
    leg_id: str = "",
    stretch: tariffs.Stretch = tariffs.Stretch(),  # noqa: B008 (frozen)
) -> Amount:
    """Amount of a leg: km / speed + climbs + stops + half the headway; km x haulage.

    Climbs are the hours that a mountain road takes beyond the national pace. Stops are rest, checkpoints, repair; yards
    and changes of engine and crew; calls at ports: the time not on the move, from the share of it that is
    (``running_share``). The service that sets the price sets the pace: see `tariffs.serves`.
    """
    by = mode, country, tariffs.serves(cargo, mode, stretch) or cargo.vehicle
    speed, share = (rates.find(quantity, *by) for quantity in ("speed", "running_share"))
    pace = [speed, share]
    hours, of = {"moving": km / speed.mode}, {"moving": speed.unknown("speeds")}
    terrain = ""
    if mountain:
        steep = rates.find("speed_factor_mountain", mode, country)
        pace.append(steep)
        hours["climbs"], of["climbs"] = hours["moving"] * (1 / steep.mode - 1), steep.unknown("speeds")
        terrain = f" x mountain factor {steep.mode:g} ({steep.quality})" if steep.mode != 1 else ""
    moving = sum(hours.values())
    hours["stops"] = moving * (1 / share.mode - 1)
    of["stops"] = unknown(share.rate_id, "speeds", spread(*(1 / x - 1 for x in (share.high, share.low))))
    varies = _pace(rates, mode, leg_id or f"{mode} {country}", sum(hours.values()))
    least = rates.figure("least_share", mode)
    shares = ((least, ()), (1 - least, varies)) if least else ((1.0, varies),)
    time = [rates.part(of_it, n * some, of[of_it] + v) for n, v in shares for of_it, some in hours.items() if some]
    if headway:
        time.append(rates.departure(leg_id, headway))
    charge = tariffs.haulage(rates, cargo, mode, country, km, stretch, mountain)
    fuel, burnt, carbon = _fuel(rates, cargo, mode, country, km, stretch)
    note = (
        f"speed {speed.mode:g} km/h ({speed.quality}) x running share {share.mode:g} ({share.quality}){terrain}"
        + (f"; departure about every {headway:g} h" if headway else "")
        + f"; {charge.words}; {carbon}"
    )
    found = Amount(tuple(time), charge.parts, (fuel,), moving, *rests_on(pace, charge.rates, note))
    return found._replace(source_id=cited(found.source_id, *(rate.source_id for rate in burnt)))


def _fuel(
    rates: Rates, cargo: Cargo, mode: str, country: str, km: float, stretch: tariffs.Stretch
) -> tuple[Part, list[Rate], str]:
    """Emissions of transport well to wheel, the rates behind them, and words."""
    vehicle = stretch.vessel or cargo.vehicle
    grams, empty = rates.find("kgco2e_per_tkm", mode, country, vehicle), rates.find("empty_running_factor", mode)
    used, factor, cooled = [grams, empty], empty.mode, ""
    drivers = grams.driver("emissions") + empty.driver("emissions")
    if cooling := rates.optional("reefer_emission_factor", mode, country, cargo.vehicle):
        used.append(cooling)
        factor *= cooling.mode
        drivers += cooling.driver("emissions")
        cooled = f" x {cooling.mode:g} for cooling ({cooling.quality})"
    words = f"{1000 * grams.mode:g} g CO2e a t-km well to wheel ({grams.quality})" + (
        f" x {empty.mode:g} for empty running ({empty.quality})" if empty.mode != 1 else ""
    )
    return rates.part("transport", km * cargo.payload_t * grams.mode * factor, drivers), used, words + cooled


def _pace(rates: Rates, mode: str, leg: str, hours: float) -> Drivers:
    """How the pace on a leg varies: with the journey, and with its days, each of its own.

    The days of a leg are as many as its hours, to the next power of two: fewer distinct factors to draw.
    """
    days = 2.0 ** round(log2(hours / 24)) if hours else 1.0
    return tuple(
        (Driver(name, "alone", "lognormal", high=cv), 1)
        for name, cv in (
            (f"day {leg}", rates.figure("day_cv", mode) / sqrt(days)),
            (f"journey {mode}", rates.figure("journey_cv", mode)),
        )
        if cv
    )


def times(amount: Amount, units: float) -> Amount:
    """The same for several units that go together: their price adds up, their time does not."""
    if units == 1.0:
        return amount
    note = f"{amount.note}; money for {units:.3g} loads of {TONNES:g} t"
    return amount._replace(money=tuple(part.times(units) for part in amount.money), note=note.lstrip("; "))


def transfer_amount(
    rates: Rates, cargo: Cargo, row: Row, modes: tuple[str, str] = ("", ""), country: str = ""
) -> Amount:
    """Handling and dwell at a terminal, from low / mode / high, and what is charged where a haul by a mode starts.

    `modes` are those between which the load changes, the second empty where no new haul starts.
    """
    name = f"{row['place_id']} {row['from_layer']} {row['to_layer']}"
    port = "sea" in (row["from_layer"], row["to_layer"])

    hours, usd = ([row[f"{what}_{of}"] for of in ("low", "mode", "high")] for what in ("hours", "usd"))
    low, mode, high = usd
    line = "port handling" if port else "transshipment"
    price = ((Driver(f"usd {name}", "prices", "split", low / mode, high / mode), 1),) if mode else ()

    hub = rates.find("kgco2e_per_t_transfer")
    moved = row["hours_mode"] > 0
    charges = [tariffs.start(rates, cargo, modes[1], country)]
    if "road" in modes and (other := next((mode for mode in modes if mode != "road"), "")):
        charges.append(tariffs.change(rates, other, country))
    stay = rates.handling("handling", f"hours {name}", *hours)
    if "sea" in modes:
        charges.append(tariffs.demurrage(rates, cargo, stay))
    return Amount(
        stay,
        (
            *((rates.part(line, mode, price),) if mode else ()),
            *(part for charge in charges for part in charge.parts),
        ),
        (rates.part("terminals", hub.mode * cargo.payload_t, hub.driver("emissions")),) if moved else (),
        0.0,
        cited(row["source_id"], *(rate.source_id for charge in charges for rate in charge.rates)),
        row["quality"],
        worst(row["quality"], "assumed"),
        "; ".join(filter(None, (row["note"], *(charge.words for charge in charges)))),
    )


def end_amount(
    rates: Rates, cargo: Cargo, mode: str, country: str, leaving: bool, place_kind: str = "", home: bool = False
) -> Amount:
    """Loading at the origin, or unloading at the destination, by the mode used there: with customs, but not at `home`.

    Its price is that of the terminal, of the papers and of the truck between the door in a city and its terminal, and
    at the origin what the mode charges for a departure.
    """
    rate = rates.find("loading_hours" if leaving else "unloading_hours", mode, country, DOMESTIC if home else "")
    stay = rates.handling("loading" if leaving else "unloading", rate.rate_id, rate.low, rate.mode, rate.high)
    charges = [tariffs.end(rates, mode, country, place_kind)]
    if leaving:
        charges.append(tariffs.start(rates, cargo, mode, country))
    elif mode == "sea":
        charges.append(tariffs.demurrage(rates, cargo, stay))
    return Amount(
        stay,
        tuple(part for charge in charges for part in charge.parts),
        (),
        0.0,
        *rests_on(
            [rate],
            [used for charge in charges for used in charge.rates],
            "; ".join(filter(None, (rate.note, *(charge.words for charge in charges)))),
        ),
    )
