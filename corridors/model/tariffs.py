"""What a service charges: the price of a stretch by service and direction, of its start, and of its two ends.

A price has two parts: a charge for each departure, which even the shortest haul pays, and one per kilometre. Both
rest on groups of published prices (tables ``tariffs`` and ``rates``), never on one trip. Where a gateway is known, as
Karachi for trucks in Pakistan, Kashgar for those on the Karakoram Highway and the Chinese border for container trains,
a kilometre away from it costs more than one towards it: what a leg adds to the distance from the gateway counts, so
that the premium of a route depends only on its ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import prod, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from corridors.data.geodesy import geod
from corridors.data.schema import GRADES, Row, listed, records, worst
from corridors.data.words import BLOCK_TRAIN, DEEP_SEA, FEEDER, ROUND_AFRICA, TO_EAST_ASIA
from corridors.engine import arrays as engine
from corridors.model.cargo import TONNES, Cargo
from corridors.model.hire import Days

if TYPE_CHECKING:
    from corridors.model.costs import Part, Rate, Rates

EAST_ASIA = frozenset({"CN"})
DEEP_SEA_KM = 3000.0
"""Lanes longer than this are those of deep-sea ships, shorter ones of feeders."""
LINE_OF = {"sea": "sea freight", "ferry": "sea freight", "air": "air freight"}
"""Cost line of haulage by mode, where it is not called haulage."""
ENDS = ("from_place", "to_place")
DRAYAGE, PAPERS = "drayage_usd", "documents_usd"
LEAST_USD = 1.0
"""Less than this is no charge: a wait of an hour is hardly ever one of days."""
END_CHARGES = ("terminal_usd", DRAYAGE, PAPERS)
DRAYAGE_KINDS = frozenset({"city"})
"""Kinds of places whose doors lie away from their station, port or airport."""


class Stretch(NamedTuple):
    """What decides the price of a leg in one direction besides mode, country and length."""

    service: str = ""
    """Service or lane that has a rate of its own (column ``by_vehicle``)."""
    away_km: float = 0.0
    """How much farther from the gateway of the tariff the leg ends than it begins, as the crow flies."""
    vessel: str = ""
    """Class of ship, for emissions."""


class Frequency(NamedTuple):
    """How often a service departs, and who says so."""

    headway_hours: float
    source_id: str
    quality: str


class Charge(NamedTuple):
    """Cost lines, the rates that they rest on, and words."""

    parts: tuple[Part, ...]
    rates: tuple[Rate, ...]
    words: str


class Services:
    """Which service runs on which leg.

    Parameters
    ----------
    tables : mapping
        Tables of a network; lines of ``services`` that call at places it does not have are left out.
    places : mapping
        Row of each place.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame], places: Mapping[str, Row]) -> None:
        self._tables, self._place = tables, places

    def stretches(self, legs: pd.DataFrame) -> tuple[list[str], NDArray[np.float64], list[str]]:
        """Fields of `Stretch` of each leg, passed along its line, and then against it."""
        columns = ("leg_id", "mode", "country", "km", "speed_class", *ENDS)
        ids, modes, countries, lengths, classes, starts, ends = listed(legs, *columns)
        lines, gateways = self._lines, [""] * len(ids)
        services, vessels = [""] * 2 * len(ids), [""] * 2 * len(ids)
        for i, (leg, mode, km) in enumerate(zip(ids, modes, lengths, strict=True)):
            both = slice(2 * i, 2 * i + 2)
            if mode == "sea":
                vessels[both] = [DEEP_SEA if km > DEEP_SEA_KM else FEEDER] * 2
                a, b = (self._place[place]["country"] in EAST_ASIA for place in (starts[i], ends[i]))
                lane = classes[i] if classes[i] == ROUND_AFRICA else ""
                services[both] = [TO_EAST_ASIA if b and not a else lane, TO_EAST_ASIA if a and not b else lane]
            elif leg in lines:
                services[both] = [BLOCK_TRAIN if mode == "rail" else ""] * 2
                gateways[i] = lines[leg]
            else:
                gateways[i] = self._gateways.get((mode, countries[i]), "")
        away = self._away(gateways, starts, ends)
        return services, np.column_stack([away, 0.0 - away]).ravel(), vessels

    def gateway(self, mode: str, country: str) -> str:
        """Place away from which haulage is dearer where no line says otherwise, empty if none."""
        return self._gateways.get((mode, country), "")

    def away_km(self, gateway: str, start: str, end: str) -> float:
        """How much farther from a gateway a leg ends than it begins, as the crow flies."""
        return float(self._away([gateway], [start], [end])[0])

    def frequency(self, cargo: Cargo, mode: str, place_id: str) -> Frequency | None:
        """How often a load can depart from a place by a mode, where that is published.

        On rail that of the most frequent line of container trains there, which take boxes only; which of its trains
        goes where the load does is not told.
        """
        if mode == "rail":
            return self._trains.get(place_id) if cargo.unit in ("TEU", "FEU") else None
        return self._ships.get(mode)

    def scheduled(self, mode: str, place_id: str) -> bool:
        """Whether a frequency is published for any load that departs from a place by a mode."""
        return place_id in self._trains if mode == "rail" else mode in self._ships

    def _away(self, gateways: Sequence[str], starts: Sequence[str], ends: Sequence[str]) -> NDArray[np.float64]:
        """Kilometres that each stretch leads away from its gateway, as the crow flies; 0 where there is no gateway."""
        found = np.zeros(len(gateways))
        (known,) = np.nonzero([gateway in self._place for gateway in gateways])
        if len(known):
            chosen = [np.array(some, dtype=object)[known] for some in (gateways, starts, ends)]
            numbers, names = pd.factorize(np.concatenate(chosen))
            gate, start, end = numbers.reshape(3, -1)
            lon, lat = np.array([[self._place[name][x] for name in names] for x in ("lon", "lat")])
            pairs, which = np.unique(
                np.concatenate([gate, gate]) * len(names) + np.concatenate([start, end]), return_inverse=True
            )
            a, b = np.divmod(pairs, len(names))
            before, after = (geod().inv(lon[a], lat[a], lon[b], lat[b])[2] / 1000)[which].reshape(2, -1)
            found[known] = after - before
        return found

    @cached_property
    def _gateways(self) -> dict[tuple[str, str], str]:
        return {
            (row["mode"], country): row["gateway"]
            for row in records(self._tables["services"])
            if row["gateway"] and not row["via"]
            for country in row["countries"].split(";")
        }

    @cached_property
    def _ships(self) -> dict[str, Frequency]:
        """Frequency of a mode wherever it calls."""
        return {row["mode"]: _frequency(row) for row in self._published if not row["via"]}

    @cached_property
    def calls(self) -> dict[str, str]:
        """The most frequent line of container trains that calls at each place, of several the one of the best grade."""
        ids, *places = listed(self._tables["legs"], "leg_id", *ENDS)
        ends = dict(zip(ids, zip(*places, strict=True), strict=True))
        found: dict[str, str] = {}
        for row in sorted(
            self._published, key=lambda row: (-float(row["headway_hours"]), -GRADES.index(row["quality"]))
        ):
            for leg in self._runs.get(row["service_id"], ()):
                found |= dict.fromkeys(ends[leg], row["service_id"])
        return found

    def remember(self, calls: dict[str, str]) -> None:
        """Take `calls` as they were found before."""
        self.__dict__["calls"] = calls

    @cached_property
    def _trains(self) -> dict[str, Frequency]:
        """Frequency of the container trains that call at each place."""
        frequency = {row["service_id"]: _frequency(row) for row in self._published}
        return {place: frequency[line] for place, line in self.calls.items()}

    @property
    def _published(self) -> list[Row]:
        return [row for row in records(self._tables["services"]) if row["headway_hours"] == row["headway_hours"]]

    @cached_property
    def _lines(self) -> dict[str, str]:
        """Legs of the lines of container trains and trucks, with the gateway of their tariff, empty if none."""
        gateways = {row["service_id"]: row["gateway"] for row in records(self._tables["services"])}
        return {leg: gateways[line] for line, legs in reversed(self._runs.items()) for leg in legs}

    @cached_property
    def _runs(self) -> dict[str, list[str]]:
        """Legs of each line of container trains or trucks."""
        return {**self._runs_by("rail"), **self._runs_by("road")}

    def _runs_by(self, mode: str) -> dict[str, list[str]]:
        lines = [row for row in records(self._tables["services"]) if row["via"] and row["mode"] == mode]
        if not any(set(line["via"].split(";")) <= self._place.keys() for line in lines):
            return {}
        tables = (self._tables[name] for name in ("legs", "crossings"))
        ways = [
            row
            for table in tables
            for row in records(table[(table["mode"] == mode) & (table["status"] == "operating")])
        ]
        tracks = [row[end] for row in ways for end in (*ENDS, *ENDS[::-1])]  # from, to, and back
        number = {place: i for i, place in enumerate(dict.fromkeys(tracks))}
        ends = np.array([number[place] for place in tracks], dtype=np.int64).reshape(-1, 2)
        km = [row.get("km", 0.0) for row in ways for _ in range(2)]
        topology = engine.Topology.of(len(number), ends[:, 0].tolist(), ends[:, 1].tolist(), [None] * len(ends))
        graph, never = engine.Graph.of(topology, km, np.zeros(len(km))), engine.Closed(len(km), {})
        nothing = engine.Bound(np.zeros(len(number)))  # known of the rest of the way: the stretches are short
        found: dict[str, list[str]] = {}
        for line in lines:
            runs = found.setdefault(line["service_id"], [])
            for start, end in itertools.pairwise(line["via"].split(";")):
                if start in number and end in number:
                    path = engine.search(graph, never, [number[start]], [number[end]], 0.0, 1.0, nothing)
                    runs += filter(None, (ways[i // 2].get("leg_id") for i in (path.edges if path else ())))
        return found


def _frequency(row: Row) -> Frequency:
    return Frequency(float(row["headway_hours"]), row["source_id"], row["quality"])


def serves(cargo: Cargo, mode: str, stretch: Stretch) -> str:
    """Service that a load uses on a stretch, for its hours and its price; empty for the ordinary one.

    Container trains take boxes only, and run only on their lines; ships take anything.
    """
    return stretch.service if mode == "sea" or cargo.unit in ("TEU", "FEU") else ""


def haulage(
    rates: Rates, cargo: Cargo, mode: str, country: str, km: float, stretch: Stretch, mountain: bool = False
) -> Charge:
    """Price of a leg without the charge for its start: km x rate x (1 + premium of direction) x factors of the load.

    A km of mountain road counts as more than one. Border fees that a published mean contains are taken out, for those
    of each crossing stand on their own.
    """
    service = serves(cargo, mode, stretch)
    vehicle = service or cargo.vehicle
    price = rates.find("usd_per_km", mode, country, vehicle)
    inside, every = rates.find("border_usd_inside", mode, country, cargo.vehicle), rates.find("km_per_border_side")
    used, line = [price], LINE_OF.get(mode, "haulage")
    words = f"haulage US$ {price.mode:.3g} a km ({price.quality})" + (f", {service.replace('_', ' ')}" * bool(service))
    reach = km
    if steep := rates.optional("mountain_price_factor", mode, country) if mountain else None:
        used.append(steep)
        reach *= steep.mode
        words += f", x {steep.mode:g} in the mountains ({steep.quality})" * (steep.mode != 1)
    premium = rates.optional("away_premium", mode, country) if stretch.away_km else None
    if premium:
        used.append(premium)
        reach += premium.mode * stretch.away_km
        words += f", {premium.mode * stretch.away_km / km:+.0%} for the direction" if km else ""
    parts = [rates.part(line, reach * price.mode, price.driver("prices"))]
    if fees := inside.mode / every.mode:
        used += [inside, every]
        parts.append(rates.part(line, -km * fees, every.driver("terms", -1)))
        words += f" less {fees:.2g} of border fees inside"
    if mode == "air":
        parts = [part.times(cargo.payload_t / TONNES) for part in parts]
        words += f", x {cargo.payload_t / TONNES:g} for the load"
    elif mode == "rail" and cargo.unit == "wagon":
        wagon = rates.find("wagon_price_factor", mode, country)
        if wagon.mode != 1:
            used.append(wagon)
            parts = [rates.scaled(part, wagon.mode, wagon.driver("prices")) for part in parts]
            words += f", x {wagon.mode:g} for a wagon ({wagon.quality})"
    if twenty := _of_a_twenty(rates, cargo, mode):
        used.append(twenty)
        parts = [rates.scaled(part, twenty.mode, twenty.driver("prices")) for part in parts]
        words += f", x {twenty.mode:g} for a 20-foot box"
    more = _surcharges(rates, cargo, mode)
    used += [factor for _, factor in more]
    base = tuple(parts)
    for name, factor in more:
        parts += [rates.scaled(part, factor.mode - 1, ())._replace(line="surcharges") for part in base]
        words += f", x {factor.mode:g} {name} ({factor.quality})"
    return Charge(tuple(parts), tuple(used), words)


def _of_a_twenty(rates: Rates, cargo: Cargo, mode: str) -> Rate | None:
    return rates.optional("teu_price_factor", mode) if cargo.unit == "TEU" else None


def _surcharges(rates: Rates, cargo: Cargo, mode: str) -> list[tuple[str, Rate]]:
    """Factors on haulage that make a load dearer than a dry box."""
    asked = [
        ("refrigerated", rates.optional("reefer_price_factor", mode, vehicle=cargo.vehicle)),
        ("dangerous goods", rates.optional("hazard_price_factor", mode) if cargo.un_class else None),
        ("heavy", rates.optional("heavy_price_factor", mode, vehicle=cargo.vehicle)),
    ]
    return [(name, factor) for name, factor in asked if factor and factor.mode != 1]


def start(rates: Rates, cargo: Cargo, mode: str, country: str) -> Charge:
    """What a service charges for a departure, however short the haul."""
    found = rates.optional("start_usd", mode, country, cargo.vehicle)
    if not found or not found.mode:
        return Charge((), (), "")
    part = rates.part(LINE_OF.get(mode, "haulage"), found.mode, found.driver("prices"))
    if twenty := _of_a_twenty(rates, cargo, mode):
        part = rates.scaled(part, twenty.mode, twenty.driver("prices"))
    return Charge((part,), (found,), f"start US$ {part.value:.0f} ({found.quality})")


def end(rates: Rates, mode: str, country: str, place_kind: str) -> Charge:
    """Terminal handling, papers, and the truck to or from a door in a city, where a haul begins or ends."""
    return _charges(rates, mode, country, END_CHARGES if place_kind in DRAYAGE_KINDS else ("terminal_usd", PAPERS))


def change(rates: Rates, mode: str, country: str) -> Charge:
    """Papers, and the least that a truck charges, where a load changes between a truck and another mode."""
    return _charges(rates, mode, country, (DRAYAGE, PAPERS))


def _charges(rates: Rates, mode: str, country: str, charges: Iterable[str]) -> Charge:
    parts: list[Part] = []
    used: list[Rate] = []
    words: list[str] = []
    for quantity in charges:
        rate = rates.optional(quantity, mode, country)
        if rate and rate.mode:
            name = quantity.removesuffix("_usd")
            line = ("port handling" if mode == "sea" else "transshipment") if name == "terminal" else name
            parts.append(rates.part(line, rate.mode, rate.driver("prices")))
            used.append(rate)
            words.append(f"{name} US$ {rate.mode:.0f} ({rate.quality})")
    return Charge(tuple(parts), tuple(used), ", ".join(words))


class Waiting(NamedTuple):
    """What waiting costs a load: for some days only time, then also hire of the box."""

    free_days: float
    usd_day: float
    usd_hour: float

    @classmethod
    def of(cls, rates: Rates, usd_hour: float) -> Waiting:
        """By the rates of detention, with what an hour of the load is worth."""
        free, price = (rates.find(f"detention_{what}").mode for what in ("free_days", "usd_day"))
        return cls(free, price, usd_hour)

    def usd(self, days: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """US$ of waiting so many days."""
        found: NDArray[np.float64] = np.maximum(days - self.free_days, 0.0) * self.usd_day + 24.0 * self.usd_hour * days
        return found


def demurrage(rates: Rates, cargo: Cargo, stay: tuple[Part, ...]) -> Charge:
    """What a line's box costs in a seaport beyond the free days, on average over such stays."""
    if not cargo.hired:
        return Charge((), (), "")
    cv = sqrt(prod(1 + one.high**2 for part in stay for one, _ in part.drivers if one.kind == "alone") - 1)
    return overdue(rates, "demurrage", sum(part.expected for part in stay) / 24, cv)


def standing(rates: Rates, days: float, cv: float, sides: tuple[str, str]) -> Charge:
    """What a truck of either side costs that stands at a border beyond the free days, on average over such waits."""
    charges = [overdue(rates, "standing", days, cv, country) for country in dict.fromkeys(sides)]
    parts = tuple(
        part._replace(line="truck standing").times(1 / len(charges)) for charge in charges for part in charge.parts
    )
    if sum(part.expected for part in parts) < LEAST_USD:
        return Charge((), (), "")
    rows = tuple(dict.fromkeys(rate for charge in charges for rate in charge.rates))
    free = rates.optional("standing_free_days")
    limit = f"{free.mode:g} {'day' if free.mode == 1 else 'days'}" if free else "no day"
    words = f"a truck that stands is paid for beyond {limit}, {24 * days:.2g} h are expected"
    return Charge(parts, rows, f"{words} ({worst(*(row.quality for row in rows))})")


def overdue(rates: Rates, what: Days, days: float, cv: float, country: str = "") -> Charge:
    """What is due beyond the free days, on average over stays that vary so much."""
    free, price = rates.optional(f"{what}_free_days"), rates.optional(f"{what}_usd_day", country=country)
    if not free or not price or not (usd := float(rates.overdue(what, cv, country).due(days))):
        return Charge((), (), "")
    part = rates.part(what, usd / rates.expectation(price.driver("prices")), price.driver("prices"))
    words = f"{what} beyond {free.mode:g} free days where {days:.2g} are expected ({price.quality})"
    return Charge((part,), (free, price), words)
