"""The facts: the tables of a network with what the model makes of them, each worked out once and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from math import inf, nan, prod
from types import MethodType
from typing import Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from corridors import settings
from corridors.arguments import shown
from corridors.data.dataset import Dataset
from corridors.data.schema import Row, listed, mapped, records
from corridors.errors import BadRequest
from corridors.model.amounts import Amounts, Clearance, PerBasis, decisive
from corridors.model.backlog import Flow, flows
from corridors.model.calendars import Calendars, Closure, midnight, moment
from corridors.model.cargo import Cargo, preset
from corridors.model.closures import (
    LONGEST,
    Closures,
    Floats,
    Lasting,
    closed_from,
    periods_looked,
)
from corridors.model.conditions import Conditions
from corridors.model.costs import Rates
from corridors.model.coverage import Coverage
from corridors.model.events import event_rows, known_since
from corridors.model.graph import Edge, MultimodalGraph
from corridors.model.kept import Kept
from corridors.model.kept_graph import graph_of, per_basis_of
from corridors.model.layout import lay_out
from corridors.model.rights import Rights
from corridors.model.scenario import Overlay, Scenario
from corridors.model.simulation import Draws, Hazard, Samples, What, open_probabilities
from corridors.model.spells import Record, spell_records
from corridors.model.tariffs import Services

NUMBERS_MB = 125_000
"""Numbers of eight bytes in a megabyte."""
KEPT_DAYS = 32
KEPT_PRESETS = 64
KEPT_DRAWS, MOST_KEPT = 3, 20_000
"""Sets of samples that are kept, and the largest: some hundred factors each."""

MOST_MEMBERS = 60
"""A section of more legs is not a place."""


@dataclass(frozen=True, eq=False)
class Facts(Dataset):
    """Frozen tables with their look-ups: what every package below the door takes in place of a network."""

    @cached_property
    def calendars(self) -> Calendars:
        """When elements are closed."""
        return Calendars(self.tables, self.still_closed, lambda: self.graph.beside, self.data_date)

    @cached_property
    def first_known(self) -> str:
        """First day on which anything was known of an event; empty where there is none."""
        return min(map(known_since, event_rows(self.tables["events"])), default="")

    @cached_property
    def special_goods(self) -> list[str]:
        """Goods that events name in ``scope_cargo``."""
        return sorted(set(self.tables["events"]["scope_cargo"]) - {""})

    @cached_property
    def _presets(self) -> Callable[[str], Cargo]:
        return lru_cache(KEPT_PRESETS)(lambda name: preset(self.tables["cargo"], name))

    def preset(self, cargo_id: str) -> Cargo:
        """A load of the table ``cargo``."""
        return self._presets(cargo_id)

    @cached_property
    def rates(self) -> Rates:
        """Speeds, costs, emissions and other figures of the model."""
        return Rates(self.tables["rates"])

    @cached_property
    def services(self) -> Services:
        """Which service runs on which leg."""
        return Services(self.tables, self.place)

    @cached_property
    def conditions(self) -> Conditions:
        """Conflict, sanctions and customs unions by country."""
        posts: dict[str, Counter[str]] = {}
        for row in map(self.place.__getitem__, self.tables["crossings"]["from_place"]):
            posts.setdefault(row["country"], Counter())[row["timezone"] or "UTC"] += 1
        zones = {country: ZoneInfo(found.most_common(1)[0][0]) for country, found in posts.items()}
        return Conditions(self.tables["conditions"], zones)

    @cached_property
    def rights(self) -> Rights:
        """Who may carry what through where."""
        return Rights(self.tables["rights"], self.data_date)

    @cached_property
    def coverage(self) -> Coverage:
        """How well closures were researched, by element and day."""
        pairs = {
            element: border
            for border, crossings in self.border_crossings.items()
            for element in crossings
            if border[:2] != border[3:]  # both sides of a strait
            and element not in self.unknown_posts  # nobody looked for closures there
        }
        return Coverage(self.tables["coverage"], pairs)

    @cached_property
    def closable_names(self) -> dict[str, str]:
        """Names of crossings, straits and sections; not of legs, nor of sections that are the roads of a country."""
        table = self.tables["elements"]
        local = (table["kind"] != "leg") & (table["members"].str.count(";") < MOST_MEMBERS)
        return mapped(table[local], "element_id", "name")

    @cached_property
    def closure_groups(self) -> dict[str, str]:
        """What can close, crossings in operation by their border, all else by mode and kind: what shares its shocks."""
        table = self.tables["crossings"]
        planned = set(table.loc[table["status"] == "planned", "element_id"])
        kinds = mapped(self.tables["elements"], "element_id", "kind")
        borders = {element: border for border, some in self.border_crossings.items() for element in some}
        named = {element for element in self.tables["coverage"]["element_id"] if element in kinds}
        found = {**{one: kinds[one] for one in (*self.closable_names, *sorted(named))}, **borders}
        modes = self.closable_modes
        alike = {one: f"{modes.get(one, '')} {kind}s".strip() for one, kind in kinds.items() if kind != "crossing"}
        return {one: alike.get(one, group) for one, group in found.items() if one not in planned}

    @cached_property
    def closable_modes(self) -> dict[str, str]:
        """Mode of each crossing, leg and section: that of the first of several."""
        found: dict[str, str] = {}
        for table, name in (("crossings", "element_id"), ("legs", "leg_id")):
            for element, mode in zip(*listed(self.tables[table], name, "mode"), strict=True):
                found.setdefault(element, mode)
        for section, members in mapped(self.tables["elements"], "element_id", "members").items():
            if members:
                found.setdefault(section, found.get(members.split(";")[0], ""))
        return found

    @cached_property
    def closures_tested(self) -> dict[date, pd.DataFrame]:
        """Scores of forecasts by the day up to which they were tested, kept for `corridors.analysis.walk_forward`."""
        return {}

    @cached_property
    def closure_record(self) -> list[Record]:
        """Spells of closure with what was known of them when."""
        return spell_records(self.tables, self.closure_groups)

    @cached_property
    def _closures(self) -> Callable[[date], Closures]:
        looked = periods_looked(self.coverage, self.closure_groups)
        return lru_cache(2 * KEPT_DAYS)(lambda as_of: Closures(self.closure_record, looked, as_of))

    def closures(self, as_of: date) -> Closures:
        """How long closures last and how often they begin, from what was known on a day."""
        return self._closures(as_of)

    def lasting(self, closure: Closure, as_of: date) -> Lasting:
        """A closure of which no end was known on a day, with its class of cause and when it was seen last."""
        first = moment(closure.start).astimezone(self.calendars.zone(closure.element_id)).toordinal()
        seen = date.fromisoformat(closure.last_confirmed) if closure.last_confirmed else as_of
        last = max(first, min(seen.toordinal(), as_of.toordinal()))
        kind = self.closures(as_of).classes.get((closure.element_id, first), "")
        return Lasting(closure.element_id, kind, first, last)

    def still_closed(self, closure: Closure, as_of: date, days: int) -> Floats:
        """Chance that a closure without a known end is still there 0, 1, 2 ... days after it was last seen."""
        known = self.lasting(closure, as_of)
        survival = self.closures(as_of).survival(known.element_id, known.cause_class, lasting=True)
        found: Floats = closed_from(survival.closed[None, :], known.age, days)[0]
        return found

    @cached_property
    def _flows(self) -> Callable[[date], dict[str, Flow]]:
        return lru_cache(KEPT_DAYS)(lambda as_of: flows(self.tables, as_of))

    def flows(self, as_of: date) -> dict[str, Flow]:
        """Crossings whose traffic was published by a day."""
        return self._flows(as_of)

    def chance_ended(self, closures: Iterable[Closure], as_of: date, on: date) -> float:
        """Chance that closures without a known end are all over on a day, those of one day and class together.

        Not known (NaN) where nobody looked for closures on the day `as_of`.
        """
        chances: dict[tuple[int, str], float] = {}
        for closure in closures:
            if self.coverage.research(closure.element_id, as_of).searched == "not":
                return nan
            known = self.lasting(closure, as_of)
            days = max(on.toordinal() - known.seen, 0)
            key = known.first, known.cause_class
            chances[key] = min(1.0 - float(self.still_closed(closure, as_of, days)[-1]), chances.get(key, 1.0))
        return prod(chances.values())

    def opens(self, closure: Closure, as_of: date, draws: Draws) -> Samples:
        """Hours at which a closure without a known end is over, in every sample; those of one day and class together.

        Endless where closures are not followed so long.
        """
        known = self.lasting(closure, as_of)
        closed = self.still_closed(closure, as_of, LONGEST)
        days = np.searchsorted(-closed, -draws.uniform(f"ends {known.first} {known.cause_class}"), side="left")
        seen = midnight(date.fromordinal(known.seen), zone=self.calendars.zone(closure.element_id))
        return np.where(days < len(closed), seen + 24.0 * days, inf)

    def overlay(self, scenario: Scenario | None) -> Overlay:
        """A scenario in terms of these tables."""
        if scenario is None:
            return Overlay()
        if not isinstance(scenario, Scenario):
            raise BadRequest(f"scenario={scenario!r} is not a Scenario; make one with corridors.Scenario(name).")
        return scenario.overlay(self.element_ids, self.projects, self.countries, self.calendars.zone)

    @cached_property
    def graph(self) -> MultimodalGraph:
        """Nodes and edges for all loads."""
        return graph_of(
            self.tables, self.rates, self.services, lambda: lay_out(self.tables, self.place, self.rates, self.services)
        )

    @cached_property
    def kept(self) -> Kept:
        """What loads and questions asked last may be asked for again."""
        return Kept(lambda: NUMBERS_MB * settings.kept_mb)

    def amounts(self, cargo: Cargo) -> Amounts:
        """What edges take with a load; what its time is worth decides nothing there."""
        return self.kept.get(
            ("amounts", decisive(cargo)),
            lambda: Amounts(self.graph, cargo, self._per_basis(cargo)),
            lambda made: 5 * len(made.hours),
        )

    def _per_basis(self, cargo: Cargo) -> PerBasis:
        """What a load takes by basis; of presets kept beside the tables."""
        presets = self.tables["cargo"]["cargo_id"].tolist()
        if cargo.cargo_id in presets and decisive(self.preset(cargo.cargo_id)) == decisive(cargo):
            return per_basis_of(self.tables, f"load-{presets.index(cargo.cargo_id)}", self.graph, cargo)
        return PerBasis.of(self.graph, cargo)

    @cached_property
    def open_probability(self) -> dict[str, list[float]]:
        """Chance that an element is open, by month."""
        return open_probabilities(self.tables["seasons"])

    @cached_property
    def border_cluster(self) -> dict[str, str]:
        """Crossings so close to each other that they are one choice, by the first of them."""
        return self.graph.clusters

    @cached_property
    def weight_limits(self) -> frozenset[float]:
        """Gross weights to which operating roads limit trucks, in tonnes."""
        legs = self.tables["legs"]
        legs = legs[(legs["mode"] == "road") & (legs["status"] == "operating")]
        return frozenset(legs["gross_limit_t"].fillna(self.rates.find("gross_limit_t", "road").mode))

    def measured_otherwise(self, edge: Edge) -> str:
        """Words where CPMM measured far more at one side of a crossing than the model has for both."""
        side = edge.countries[0]
        year, hours = self._measured.get((edge.element_id, side), (0, 0.0))
        here = edge.basis.one.hours if isinstance(edge.basis, Clearance) else inf
        if not year or hours < 3 * here:
            return ""
        return (
            f"contested: {self.element_names[edge.element_id]} out of {side}, {here:g} h here, "
            f"{hours:g} h measured in {year}"
        )

    @cached_property
    def _measured(self) -> dict[tuple[str, str], tuple[int, float]]:
        """Latest year in which CPMM measured the way out of a country at a crossing, and the hours."""
        table = self.tables["indicators"]
        table = table[(table["indicator"] == "TFI1") & (table["direction"] == "out")].sort_values("year")
        return {(row["element_id"], row["country"]): (row["year"], row["value"]) for row in records(table)}

    def oldest_hours(self, crossings: Iterable[Edge]) -> list[str]:
        """Words for the oldest of the published hours that some crossings are the sum of."""
        ages = [
            (self._hours_of[edge.element_id, edge.countries[0]], self.element_names[edge.element_id])
            for edge in crossings
            if (edge.element_id, edge.countries[0]) in self._hours_of
        ]
        if not ages:
            return []
        oldest = min(ages)[0]
        return [
            f"oldest border hours are of {oldest}: {', '.join(dict.fromkeys(n for age, n in ages if age == oldest))}"
        ]

    @cached_property
    def _hours_of(self) -> dict[tuple[str, str], str]:
        """Year of the oldest published part of the hours of a crossing, by element and country left."""
        rows = self.tables["provenance"]
        of_hours = (rows["table"] == "crossings") & (rows["column"] == "hours_mean")
        rows = rows[of_hours & (rows["quality"] == "published")]
        year = dict[str, str]()
        for crossing, as_of in zip(rows["row_id"], rows["as_of"].str[:4], strict=True):
            year[crossing] = min(as_of, year.get(crossing, as_of))
        return {
            (row["element_id"], self.place[row["from_place"]]["country"]): year[row["crossing_id"]]
            for row in records(self.tables["crossings"])
            if row["crossing_id"] in year
        }

    @cached_property
    def rate_rows(self) -> dict[str, Row]:
        """Rates that are data, not choices of ours, by id."""
        return {row["rate_id"]: row for row in records(self.tables["rates"]) if row["quality"] != "assumed"}

    @cached_property
    def _hazard(self) -> Callable[[date], Hazard]:
        return lru_cache(KEPT_DAYS)(self._find_hazard)

    def _find_hazard(self, as_of: date) -> Hazard:
        model, table = self.closures(as_of), self.tables["crossings"]
        often = {one: model.frequency(one) for one in set(table.loc[table["mode"] != "sea", "element_id"])}

        def hours(element: str, longer: Samples) -> Samples:
            days = np.searchsorted(-model.survival(element).closed, -longer, side="left")
            return np.asarray(24.0 * days, dtype=np.float64)

        yearly = {one: shape / rate if rate else 0.0 for one, (shape, rate) in often.items()}
        return Hazard(yearly, hours, lambda element: model.season(element).tolist())

    def hazard(self, as_of: date) -> Hazard:
        """Chance of new closures, from what was known on a day."""
        return self._hazard(as_of)

    @cached_property
    def _kept_draws(self) -> dict[tuple[int, int, What], Draws]:
        return {}

    def draws(self, n: int, seed: int, what: What = "journeys") -> Draws:
        """Samples of a seed, kept for the questions that follow."""
        if n > MOST_KEPT:
            return Draws(n, seed, self.rates.correlation, what)
        key = n, seed, what
        if key not in self._kept_draws:
            if len(self._kept_draws) >= KEPT_DRAWS:
                self._kept_draws.clear()
            self._kept_draws[key] = Draws(n, seed, self.rates.correlation, what)
        return self._kept_draws[key]


class HasFacts(Protocol):
    """Anything that has facts: a network."""

    @property
    def facts(self) -> Facts:
        """The tables with their look-ups."""
        ...


def facts_of(network: object) -> Facts:
    """The facts of a network that a user hands to a function.

    Raises
    ------
    BadRequest
        If it is not a network.
    """
    found = getattr(network, "facts", None)
    if not isinstance(found, Facts):
        raise BadRequest(f"network={shown(network)} is not a Network; corridors.load() gives one.")
    return found


P = ParamSpec("P")
R = TypeVar("R")


class bound(Generic[P, R]):
    """A function of facts as a method of a network: signature and docstring are those of the function.

    Parameters
    ----------
    find : callable
        Gives the function when the method is first asked for.
    """

    def __init__(self, find: Callable[[], Callable[Concatenate[Facts, P], R]]) -> None:
        self._find = find

    @cached_property
    def function(self) -> Callable[Concatenate[Facts, P], R]:
        """The function."""
        return self._find()

    @overload
    def __get__(self, network: None, owner: type) -> Callable[Concatenate[Facts, P], R]: ...
    @overload
    def __get__(self, network: HasFacts, owner: type) -> Callable[P, R]: ...
    def __get__(self, network: HasFacts | None, owner: type) -> Callable[P, R] | Callable[Concatenate[Facts, P], R]:
        if network is None:
            return self.function
        method: Callable[P, R] = MethodType(self.function, network.facts)
        return method
