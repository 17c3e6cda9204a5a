"""Demand put on routes and crossings: shares, units a day, use of capacity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np
import pandas as pd

from corridors.analysis.choice import NEST, Option, Passage, Question, answer_all, shares
from corridors.analysis.tabular import Tabular
from corridors.arguments import as_flag, as_list, as_number, as_place, isnan_or_none, shown
from corridors.data.schema import Row, records
from corridors.errors import BadRequest
from corridors.model.cargo import Cargo, with_value_of_time
from corridors.model.scenario import MODES
from corridors.routing.figures import two
from corridors.routing.request import ChosenTrip, Request, one_world, read_cargo

if TYPE_CHECKING:
    from corridors.model.facts import Facts

AMOUNTS = ("tonnes_year", "units_year", "usd_year")
OWN = ("cargo", "by", "method", "max_overlap")
"""Arguments of `routes` that a demand has in its rows, or that do not bear on what it may choose from."""
DAYS = 365.0
SHARES = [
    *("origin", "destination", "cargo", "label", "name", "mode"),
    *("share", "units_year", "tonnes_year", "generalised_usd_per_t", "note"),
]
LOADS = [
    "element_id",
    "name",
    "mode",
    "direction",
    "units_day_low",
    "units_day",
    "units_day_high",
    "tonnes_day",
    "capacity_day",
    "use",
]
SAME = ["element_id", "name", "mode", "direction"]
LEFT_OVER = "left over"
NOTHING = 1e-4
"""Smaller shares of a demand are left out."""


@dataclass(frozen=True)
class Flows(Tabular):
    """Demand on routes and crossings.

    Attributes
    ----------
    routes : DataFrame
        One row per demand and route: ``origin, destination, cargo, label, name, mode`` (of most of its km), ``share,
        units_year`` (of the cargo: wagons stay wagons on roads), ``tonnes_year, generalised_usd_per_t`` (money and the
        value of the time) and ``note`` (why a demand has no route). With ``spill``, a row called ``left
        over`` holds what none of the routes can take; its ``note`` names the crossings that are full.
    crossings : DataFrame
        One row per crossing or strait and direction, busiest first: ``element_id, name, mode, direction, units_day``
        (vehicles by the row's mode: trucks by road, where the load of a wagon takes several; wagons or boxes by rail,
        ferry and sea; ``units_day_low`` and ``units_day_high`` reflect the range of the cargo's value if demand is in
        US$, and are otherwise the same), ``tonnes_day, capacity_day`` (in the same vehicles, from the table
        ``crossings``, NaN if not published) and ``use`` (share of the capacity).
    """

    tables_in_file = ("crossings", "routes")

    routes: pd.DataFrame
    crossings: pd.DataFrame

    @property
    def table(self) -> pd.DataFrame:
        """The same as `crossings`: every result has a ``table``."""
        return self.crossings

    def __repr__(self) -> str:
        demands = len(self.routes[["origin", "destination", "cargo"]].drop_duplicates())
        said = f"{demands} demands on {len(self.routes)} routes, {len(self.crossings)} crossings and directions"
        if self.crossings.empty:
            return f"<Flows: {said}>"
        busiest = self.crossings.iloc[0]
        busy = f"{busiest['name']} {busiest['direction']}, {two(busiest['units_day'])} units a day"
        return f"<Flows: {said}; the busiest is {busy}>"

    def change_from(self, other: Flows) -> pd.DataFrame:
        """How the load of the crossings changes from another world to this one, for example when a corridor opens.

        Parameters
        ----------
        other : Flows
            The same demand in the world before the change.

        Returns
        -------
        DataFrame
            One row per crossing and direction, the largest change first: ``element_id, name, mode, direction,
            units_day_before, units_day, change``.

        Raises
        ------
        BadRequest
            If `other` is not a result of `Network.assign`.
        """
        if not isinstance(other, Flows):
            raise BadRequest(f"other={shown(other)} is not a result of net.assign.")
        before = other.crossings[[*SAME, "units_day"]].rename(columns={"units_day": "units_day_before"})
        both = before.merge(self.crossings[[*SAME, "units_day"]], on=SAME, how="outer").fillna(
            {"units_day_before": 0.0, "units_day": 0.0}
        )
        both["change"] = both["units_day"] - both["units_day_before"]
        order = both["change"].abs().sort_values(ascending=False, kind="stable").index
        return both.loc[order].reset_index(drop=True)


class _Way(NamedTuple):
    """A route of a demand: what all of it would be on this way, and the share that takes it."""

    demand: int
    option: Option
    share: float
    units_year: float


def assign(
    facts: Facts,
    /,
    demand: pd.DataFrame,
    *,
    depart: str | date | datetime,
    k: int = 24,
    mu: float | None = None,
    beta: float = 1.0,
    nest: float = NEST,
    constants: Mapping[str, float] | None = None,
    value_range: tuple[float, float] = (0.7, 1.3),
    spill: bool = False,
    executor: Executor | None = None,
    progress: bool = True,
    **ask: Unpack[ChosenTrip],
) -> Flows:
    """What a year's trade means for routes and crossings: nested choice of mode and route, in units a day.

    Routes for each pair and cargo are sought once, however many rows share them: over each border the best by
    generalised cost, which is what the choice goes by (``corridors.routing.each_border``). They are those of the world
    without the scenario, so that two worlds are compared on the same ones; a scenario adds those that it builds or
    reopens. ``corridors.analysis.choice`` explains the choice: its scale is an assumption, and the value of time is
    that of the cargo (``net.cargo``: for most presets the capital tied up, at 12 % a year; shippers of manufactures
    behave as if a day were worth 0.6 to 2.1 % of their value, Hummels and Schaur 2013, which is an upper bound here).

    Parameters
    ----------
    demand : DataFrame
        Columns ``origin, destination``, one of ``tonnes_year``, ``units_year`` and ``usd_year`` (turned into units
        by the value of the cargo), and ``cargo`` (preset or `Cargo`; default ``container40``).
    depart : date
        Date whose routes stand for the year.
    k : int
        How many routes there are to choose from at most: those of least generalised cost, each the best over some
        border; of several over the same borders by the same modes only the best. Where none of them goes mainly by
        road, by rail or by sea, some more do. None costs more than ``max_stretch`` times the best on which the goods
        last. Inside one country and with ``via`` they are found by leaving out parts of the best. With 24 (default)
        crossings of the shipped backbone have loads that differ by 8 % in all from those with every such route, some 35
        a demand, with 12 by 14 %, and with 4 by 26 %; 12 take three quarters of the time. With 1 all goes the best way.
    mu : float, optional
        How strongly cost decides between routes of one mode, per US$ of generalised cost a tonne: with 0 only
        what routes share decides, with a large value everything takes the cheapest route. Default: relative cost to the
        power of -3.5, so that a route 10 % dearer gets 0.72 times the load, at any distance.
    beta : float
        How much routes that share legs count as one, 0 or more: two that cost the same and share everything weigh 2 to
        the power of 1 / (1 + `beta`) together. With the default, 1 (assumed), that is 1.41.
    nest : float
        How much less strongly cost decides between modes (0 to 1; with 1, as between routes of one mode). With the
        default, the odds of modes are their cost to the power of -2.5.
    constants : mapping of str to float, optional
        Added to the logarithm of the odds of routes that use a mode (``"rail"``), country (``"AF"``), element or named
        corridor; `calibrate` finds them.
    value_range : (float, float)
        Lowest and highest value of a load as multiples of the preset's value, for ``units_day_low`` and
        ``units_day_high`` if demand is in US$. The default is an assumption.
    spill : bool
        Let no crossing take more than its published capacity: the excess is distributed over the other routes, and
        what none can take is left over. Traffic other than `demand` is unknown and not counted; crossings without a
        published capacity take everything.
    executor : concurrent.futures.Executor, optional
        Threads, processes or a cluster, as for `corridors.sweep`.
    progress : bool
        Show a progress bar if the call takes longer than a second; see `corridors.sweep`.
    **ask
        Other arguments of `routes` but ``by``, ``method`` and ``max_overlap``.

    Returns
    -------
    Flows
        ``routes`` (shares) and ``crossings`` (units a day beside the published capacity); ``change_from`` compares it
        with another result. Without `spill`, ``use`` above 1 means that the crossing cannot take the load. Shares below
        one ten-thousandth are left out.

    Raises
    ------
    BadRequest
        If `demand` lacks a column or holds an invalid value, or another argument is invalid.
    UnknownPlace
        If a name in `constants` is not known.
    """
    check_demand(demand, mu, beta, nest)
    _check(value_range, spill)
    request = one_world(Request.common(depart, {**ask, "k": k}, *OWN))
    known = _constants(facts, constants)
    study = Study.ask(facts, demand, request, executor, as_flag(progress, "progress"), frozenset(known))
    ways = study.ways(mu=mu, beta=beta, nest=nest, constants=known)
    capacity = _capacity(facts)
    low, high = (1 / value_range[1], 1 / value_range[0]) if "usd_year" in demand else (1.0, 1.0)
    mid, lowest, highest = (
        _fill(ways, capacity, scale) if spill else [way.share for way in ways] for scale in (1.0, low, high)
    )
    loads: dict[Passage, list[float]] = {}
    for way, least, share, most in zip(ways, lowest, mid, highest, strict=True):
        if share < NOTHING:
            continue
        a_day = way.units_year / DAYS
        for passage in way.option.passages:
            load, vehicles = loads.setdefault(passage, [0.0] * 4), way.option.vehicles(passage)
            units = (least * low * vehicles, share * vehicles, most * high * vehicles)
            for i, amount in enumerate((*units, share * way.option.payload)):
                load[i] += amount * a_day
    crossings = _loads(facts, loads, capacity)
    return Flows(_shares(study.rows, ways, mid, crossings), crossings)


class Study(NamedTuple):
    """Demand with the routes that it has; what they share is worked out as often as wanted."""

    rows: list[Row]
    """Common columns of each demand, with the reason where it has no route."""
    options: list[tuple[Option, ...]]
    units_year: list[list[float]]
    """What all of a demand would be, by route."""

    @classmethod
    def ask(
        cls,
        facts: Facts,
        demand: pd.DataFrame,
        request: Request,
        executor: Executor | None,
        progress: bool,
        marks: frozenset[str],
    ) -> Study:
        """Ask each pair and cargo once, and which of some modes, countries, elements and corridors its routes use."""
        presets: dict[object, Cargo] = {}
        asked: dict[Question, list[int]] = {}
        table = records(demand)
        for at, row in enumerate(table):
            load = row.get("cargo")
            name = Request.cargo if isnan_or_none(load) or load == "" else load
            if name not in presets:
                cargo = read_cargo(facts, name)
                worth = request.value_of_time
                presets[name] = cargo if worth is None else with_value_of_time(cargo, worth)
            origin, destination = (as_place(row[end], f"demand, row {at}: {end}") for end in ("origin", "destination"))
            asked.setdefault(Question(origin, destination, presets[name]), []).append(at)
        request = replace(request, by="generalised")
        answers = answer_all(facts, list(asked), request, executor, progress, "assignment", marks)
        rows: list[Row] = [{}] * len(table)
        options: list[tuple[Option, ...]] = [()] * len(table)
        units: list[list[float]] = [[]] * len(table)
        for question, some in asked.items():
            found = answers[question]
            for at in some:
                row = table[at]
                rows[at] = {name: row[name] for name in ("origin", "destination")}
                rows[at] |= {"cargo": question.cargo.cargo_id, "note": found.note}
                options[at] = found.options
                units[at] = [_units(row, question.cargo, one.payload) for one in found.options]
        return cls(rows, options, units)

    def ways(self, *, mu: float | None, beta: float, nest: float, constants: Mapping[str, float] | None) -> list[_Way]:
        """Every route of every demand with its share; demands with the same routes share alike."""
        known: dict[int, list[float]] = {}
        found = []
        for at, (options, units) in enumerate(zip(self.options, self.units_year, strict=True)):
            if options and id(options) not in known:
                known[id(options)] = shares(options, mu=mu, beta=beta, nest=nest, constants=constants)
            for option, share, amount in zip(options, known.get(id(options), ()), units, strict=True):
                found.append(_Way(at, option, share, amount))
        return found


def _fill(ways: Sequence[_Way], capacity: Mapping[Passage, float], scale: float) -> list[float]:
    """Shares when no crossing takes more than its capacity.

    All come at once. Where a crossing cannot take all that would pass, each gets the same part of what it wants; the
    rest chooses again, by the same odds, among the routes that still have room. Every round fills a crossing.
    """
    room = {passage: capacity[passage] for way in ways for passage in way.option.passages if passage in capacity}
    taken, weight = [0.0] * len(ways), [max(way.share, 1e-12) for way in ways]  # a share may round to nothing
    while True:
        open_ = [
            i for i, way in enumerate(ways) if all(room.get(passage, inf) > 1e-9 for passage in way.option.passages)
        ]
        odds, left = defaultdict[int, float](float), defaultdict[int, float](lambda: 1.0)
        for i, way in enumerate(ways):
            left[way.demand] -= taken[i]
        for i in open_:
            odds[ways[i].demand] += weight[i]
        wish = {i: left[ways[i].demand] * weight[i] / odds[ways[i].demand] for i in open_}
        a_day = {i: wish[i] * scale * ways[i].units_year / DAYS for i in open_}
        if sum(a_day.values()) < 1e-9:
            return taken
        asked = defaultdict[Passage, float](float)
        for i in open_:
            for passage in set(ways[i].option.passages) & set(room):
                asked[passage] += a_day[i] * ways[i].option.vehicles(passage)
        part = {
            i: min([1.0, *(room[passage] / asked[passage] for passage in ways[i].option.passages if asked[passage])])
            for i in open_
        }
        for i in open_:
            taken[i] += part[i] * wish[i]
            for passage in set(ways[i].option.passages) & set(room):
                room[passage] -= part[i] * a_day[i] * ways[i].option.vehicles(passage)


def _shares(rows: Sequence[Row], ways: Sequence[_Way], parts: Sequence[float], crossings: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``Flows.routes``."""
    full = set(
        crossings.loc[crossings["use"] > 1 - 1e-6, ["element_id", "mode", "direction"]].itertuples(
            index=False, name=None
        )
    )
    names = dict(zip(crossings["element_id"], crossings["name"], strict=True))
    own: dict[int, list[tuple[_Way, float]]] = {}
    for way, share in zip(ways, parts, strict=True):
        own.setdefault(way.demand, []).append((way, share))
    found: list[tuple[object, ...]] = []
    for at, row in enumerate(rows):
        asked = row["origin"], row["destination"], row["cargo"]
        if at not in own:
            found.append((*asked, *[np.nan] * 7, row["note"]))
            continue
        for way, share in own[at]:
            if share >= NOTHING:
                one, units = way.option, share * way.units_year
                taken = share, units, units * one.payload, one.usd_per_t
                found.append((*asked, one.label, one.name, one.mode, *taken, row["note"]))
        left = 1.0 - sum(share for _, share in own[at])
        if left > NOTHING:
            first = own[at][0][0]
            stops = dict.fromkeys(names[p[0]] for way, _ in own[at] for p in way.option.passages if p in full)
            units = left * first.units_year
            taken = left, units, units * first.option.payload, np.nan
            found.append((*asked, "", LEFT_OVER, np.nan, *taken, f"full: {', '.join(stops)}"))
    return pd.DataFrame(found, columns=SHARES)


def marked(facts: Facts, what: str) -> str:
    """What a constant or total is for: a mode, country, named corridor or element, by id or name."""
    known = (*MODES, *facts.countries, *(name for name, _, _ in facts.corridor_parts))
    return what if what in known else facts.element_ids(what)[0]


def _constants(facts: Facts, constants: object) -> dict[str, float]:
    if constants is None:
        return {}
    if not isinstance(constants, Mapping) or not all(isinstance(name, str) for name in constants):
        raise BadRequest(f"constants={shown(constants)} must be a mapping of modes, countries or elements to numbers.")
    return {marked(facts, name): as_number(value, f"constants[{name!r}]") for name, value in constants.items()}


def check_demand(demand: object, mu: object, beta: object, nest: object) -> None:
    """Refuse demand and scales that are invalid."""
    if not isinstance(demand, pd.DataFrame):
        raise BadRequest(f"demand={shown(demand)} must be a DataFrame.")
    if twice := [str(name) for name in demand.columns[demand.columns.duplicated()]]:
        raise BadRequest(f"demand has the column {twice[0]} twice: rename or drop one of them.")
    missing = [name for name in ("origin", "destination") if name not in demand]
    given = [name for name in AMOUNTS if name in demand]
    if missing or len(given) != 1:
        raise BadRequest(
            f"demand needs the columns origin, destination and one of {', '.join(AMOUNTS)} (and cargo, if "
            f"it is not container40); it has {', '.join(map(str, demand.columns))}."
        )
    for at, value in enumerate(demand[given[0]]):
        as_number(value, f"demand, row {at}: {given[0]}", least=0.0, words="a number, 0 or more")
    for name, number in (("mu", 0.0 if mu is None else mu), ("beta", beta)):
        as_number(number, name, least=0.0, words="a number, 0 or more")
    as_number(nest, "nest", above=0.0, most=1.0)


def _check(value_range: object, spill: object) -> None:
    as_flag(spill, "spill")
    ends = [as_number(one, "value_range, each", above=0.0) for one in as_list(value_range, "value_range", "0.7, 1.3")]
    if len(ends) != 2 or not ends[0] <= 1 <= ends[1]:
        raise BadRequest(
            f"value_range={shown(value_range)}: give the lowest and the highest value of a load as multiples "
            "of its most likely one, for example (0.7, 1.3)."
        )


def _units(row: Row, cargo: Cargo, payload: float) -> float:
    if "units_year" in row:
        return float(row["units_year"]) * cargo.payload_t / payload
    if "tonnes_year" in row:
        return float(row["tonnes_year"]) / payload
    if not cargo.value_usd:
        raise BadRequest(
            f"usd_year needs cargo with a value; {cargo.cargo_id} has none. Give tonnes_year, or a "
            "corridors.Cargo with value_usd."
        )
    return float(row["usd_year"]) / cargo.value_usd * cargo.payload_t / payload


def _capacity(facts: Facts) -> dict[Passage, float]:
    """Units a day that are published for a crossing in one direction."""
    place = facts.place
    return {
        (
            row["element_id"],
            row["mode"],
            f"{place[row['from_place']]['country']}>{place[row['to_place']]['country']}",
        ): row["capacity_day"]
        for row in records(facts.tables["crossings"])
        if row["capacity_day"] > 0
    }


def _loads(
    facts: Facts,
    loads: Mapping[Passage, Sequence[float]],
    capacity: Mapping[Passage, float],
) -> pd.DataFrame:
    rows = []
    for passage, (low, units, high, tonnes) in loads.items():
        most = capacity.get(passage, np.nan)
        rows.append(
            {
                **dict(zip(("element_id", "mode", "direction"), passage, strict=True)),
                "name": facts.element_names[passage[0]],
                "units_day_low": low,
                "units_day": units,
                "units_day_high": high,
                "tonnes_day": tonnes,
                "capacity_day": most,
                "use": units / most,
            }
        )
    frame = pd.DataFrame(rows, columns=LOADS)
    return frame.sort_values(["units_day", "element_id"], ascending=[False, True], ignore_index=True)
