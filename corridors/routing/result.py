"""One route worked out: its steps, rows, cost lines and simulated ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from math import inf, nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.data.geodesy import SEA
from corridors.data.schema import Row
from corridors.engine import arrays as engine
from corridors.model.access import Access
from corridors.model.calendars import Closure
from corridors.model.conditions import Condition
from corridors.model.costs import Part, Rate
from corridors.model.graph import Edge
from corridors.model.risk import recorded, researched, risk_of_path
from corridors.model.simulation import Draws, Samples, Simulator, Trip
from corridors.model.world import World
from corridors.routing import path as paths
from corridors.routing.cost_lines import LINES, Priced, insurance, war_surcharge
from corridors.routing.explain import named
from corridors.routing.leg_rows import describe, detention_row, rows
from corridors.routing.names import countries, name_of
from corridors.routing.path import Passage, Step
from corridors.routing.ranges import QUANTILES, at_shares, quantile, quantiles

if TYPE_CHECKING:
    from corridors.model.facts import Facts

CRITERIA = ("hours", "usd", "kgco2e", "risk")
"""What routes are weighed by."""
SAME = 1e-6
"""Relative difference below which two figures count as the same."""
SURE, HOPELESS = 0.9, 0.01
"""Chances to arrive saleable from which a route is taken to be sure, and below which it is no route."""
BAND = [f"cumulative_{what}_{q}" for q in ("p10", "p90") for what in ("hours", "usd")]
"""Columns of `legs` with the range of journeys up to the end of a row."""


def beats(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether the first figures are no worse in every criterion, and better in one."""
    better = False
    for a, b in zip(one, other, strict=True):
        if a > b * (1 + SAME):
            return False
        better = better or a < b * (1 - SAME)
    return better


class Choice(NamedTuple):
    """A path, the world in which it was found, and on what condition it holds."""

    world: World
    path: engine.Path
    condition: str = ""


class Result:
    """A choice with all that is known of it.

    Parameters
    ----------
    facts : Facts
    choice : Choice
    start, end : Access, optional
    draws : Draws
        Samples behind the ranges; the same for all routes of an answer.
    """

    def __init__(self, facts: Facts, choice: Choice, start: Access | None, end: Access | None, draws: Draws) -> None:
        self.facts, self.world, self.path, self.condition = facts, choice.world, choice.path, choice.condition
        self.choice = choice
        self._start, self._end, self.draws = start, end, draws

    @cached_property
    def passages(self) -> Sequence[Passage]:
        """Passages by the expected times."""
        return paths.passages(self.world, self.path)

    @cached_property
    def steps(self) -> list[Step]:
        """The same with what is waited for."""
        return [Step.of(self.world, passage) for passage in self.passages]

    @cached_property
    def edges(self) -> list[Edge]:
        """Edges in travel order."""
        return paths.edges(self.world, self.path)

    @cached_property
    def countries(self) -> list[str]:
        """Countries that it passes, in order."""
        return countries(self.edges)

    @cached_property
    def corridor(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """Its corridor signature, and the modes of its legs."""
        return paths.corridor(self.world, self.path)

    @cached_property
    def figures(self) -> tuple[float, float, float, float]:
        """Hours from door to door, US$ with detention, kg CO2e and risk."""
        return self._door_to_door, self._usd, self._kgco2e, risk_of_path(self.world, self.path.edges)

    @cached_property
    def risk(self) -> float:
        """The risk on record; NaN where no closure is and the route is not `researched`, whatever conflict adds."""
        return self.figures[3] if recorded(self.facts, self.world, self.path.edges) else nan

    @cached_property
    def researched(self) -> bool:
        """Whether somebody looked for closures of every gate, strait and section that the route passes."""
        return researched(self.facts, self.world, self.path.edges)

    @cached_property
    def _ends(self) -> list[Access]:
        return [access for access in (self._start, self._end) if access]

    @cached_property
    def _door_to_door(self) -> float:
        hours = paths.arrival(self.world, self.path) - self.world.question.t0
        return hours + sum(access.hours for access in self._ends)

    @cached_property
    def _usd(self) -> float:
        return paths.total(self.world, self.path, "usd") + (sum(access.usd for access in self._ends) + self.hire)

    @cached_property
    def _kgco2e(self) -> float:
        return paths.total(self.world, self.path, "kgco2e") + sum(access.kgco2e for access in self._ends)

    @cached_property
    def generalised_usd_per_t(self) -> float:
        """Generalised cost: US$ a tonne, with the value of time."""
        return self.value("generalised") / self.payload

    def value(self, by: str) -> float:
        """What one unit takes by an objective; what others take is not worked out."""
        if by == "hours":
            return self._door_to_door
        if by == "usd":
            return self._usd
        if by == "kgco2e":
            return self._kgco2e
        if by == "generalised":
            return self._usd + self.world.question.cargo.value_of_time * self._door_to_door
        return self.km if by == "km" else self.figures[CRITERIA.index(by)]

    @cached_property
    def name(self) -> str:
        """Name by countries and crossings."""
        return name_of(self.facts, self.edges)

    @property
    def payload(self) -> float:
        """Tonnes in one unit: no more than the law allows on any road of the route."""
        return paths.payload(self.world, self.path)

    def at(self, world: World) -> Result:
        """The same path in another world."""
        return Result(self.facts, Choice(world, self.path), self._start, self._end, self.draws)

    def moving(self, edge: Edge) -> float:
        """Hours in motion on an edge, at the scenario's pace."""
        return self.world.amount(edge).moving * self.world.scale("hours", edge)

    def simulate(self, draws: Draws | None = None) -> Trip:
        """The route in every sample, from departure at the origin."""
        draws = draws or self.draws
        trip = self._simulator(draws).run(self.edges, self._access_hours(self._start, draws))
        late = self._start.hours if self._start else 0.0
        return Trip([t + late for t in trip.start], [t + late for t in trip.end])

    def _simulator(self, draws: Draws, lasting: bool = False) -> Simulator:
        """Of the question's world; if `lasting`, closures without a known end last as long as such closures do."""
        as_of = self.world.question.knowledge.as_of
        opens = (lambda closure: self.facts.opens(closure, as_of, draws)) if lasting else None
        return Simulator(self.world, draws, self.facts.open_probability, self.facts.hazard(as_of), opens)

    def _access_hours(self, access: Access | None, draws: Draws) -> Samples | float:
        """Hours of an access leg beyond its expected ones."""
        return draws.amount(access.amount.time) - access.hours if access else 0.0

    def hours(self, draws: Draws | None = None) -> Samples:
        """Door-to-door hours in every sample: by the question's word on closures without a known end, or, in `draws`
        of one's own, as long as such closures last."""
        if draws is None:
            last = self.trip.end[-1]
        else:
            last = self._simulator(draws, lasting=True).arrival(self.edges, self._access_hours(self._start, draws)) + (
                self._start.hours if self._start else 0.0
            )
        return last + (draws or self.draws).amount(self._end.amount.time if self._end else ())

    @cached_property
    def trip(self) -> Trip:
        """The route under the draws of the answer."""
        return self.simulate()

    @cached_property
    def paid(self) -> list[Samples | float]:
        """US$ of each step in every sample."""
        world = self.world
        return [self.draws.amount(world.amount(edge).money) * world.scale("usd", edge) for edge in self.edges]

    @cached_property
    def usd(self) -> Samples:
        """US$ in every sample, detention in it, empty return not."""
        access = sum((self.draws.amount(access.amount.money) for access in self._ends), start=0.0)
        total: Samples = np.zeros(self.draws.n) + sum(self.paid) + access + self.detention[1]
        return total

    def kgco2e(self, draws: Draws | None = None) -> Samples:
        """Kg CO2e in every sample."""
        draws = draws or self.draws
        parts = [part for access in self._ends for part in access.amount.carbon]
        for edge in self.edges:
            scale = self.world.scale("kgco2e", edge)
            parts += (part.times(scale) for part in self.world.amount(edge).carbon)
        total: Samples = np.zeros(draws.n) + draws.amount(parts)
        return total

    @cached_property
    def priced(self) -> list[Priced]:
        """What the passages cost, part by part, with the mode whose prices hold for it."""
        found = [
            Priced(edge.mode, part.times(self.world.scale("usd", edge)), self.world.amount(edge).source_id)
            for edge in self.edges
            for part in self.world.amount(edge).money
        ]
        for access in self._ends:
            found += [Priced("road", part._replace(line="haulage"), access.source_id) for part in access.amount.money]
        return found

    @cached_property
    def lines(self) -> dict[str, tuple[float, Samples]]:
        """US$ by line: expected value, and samples."""
        parts: dict[str, list[Part]] = {}
        for one in self.priced:
            parts.setdefault(one.part.line, []).append(one.part)
        zero = np.zeros(self.draws.n)
        found = {line: (sum(p.expected for p in some), zero + self.draws.amount(some)) for line, some in parts.items()}
        found["detention"], found["empty return"] = self.detention, self.empty_return
        found["insurance"] = insurance(self)
        if surcharge := war_surcharge(self):
            found["war surcharge"] = surcharge
        return {line: found[line] for line in LINES if line in found}

    @cached_property
    def empty_return(self) -> tuple[float, Samples]:
        """Haulage of the way back, as far as trucks and wagons go empty."""
        rates, way_back = self.world.rates, list[Part]()
        factor = rates.find("empty_cost_factor")
        for edge in self.edges:
            if edge.kind != "leg" or edge.mode not in ("road", "rail"):
                continue
            share = rates.find("empty_return_share", edge.mode)
            drivers = share.driver("prices") + factor.driver("prices")
            scale = self.world.scale("usd", edge) * share.mode * factor.mode
            way_back += (rates.scaled(part, scale, drivers) for part in self.world.amount(edge).money)
        return sum(part.expected for part in way_back), np.zeros(self.draws.n) + self.draws.amount(way_back)

    @cached_property
    def _hire(self) -> tuple[Rate, Rate]:
        """Days for which the line's box is free, and what each further one costs."""
        return self.world.rates.find("detention_free_days"), self.world.rates.find("detention_usd_day")

    @cached_property
    def _inland(self) -> list[int]:
        """Steps at which a line's box is hired: those on land, if a ship carries it at all."""
        graph, passed = self.world.multimodal, paths.numbers(self.world, self.path)
        if not (self.world.question.cargo.hired and graph.afloat[passed].any()):
            return []
        found: list[int] = np.flatnonzero(graph.inland[passed]).tolist()
        return found

    @cached_property
    def hire(self) -> float:
        """Expected detention of the line's box in US$, for days inland, there and back, beyond the free ones."""
        return float(self.world.rates.detention.due(self._kept)) if self._kept else 0.0

    @property
    def further(self) -> int:
        """What a further day of the line's box inland costs, in quarters of its price."""
        return int(self.world.rates.detention.further(self._kept)) if self.hire else 0

    @cached_property
    def _kept(self) -> float:
        """Expected days of a line's box inland, there and back."""
        times = paths.times(self.world, self.path)
        begins, ends = times.arrive.tolist(), times.end.tolist()
        days: float = 2 * sum(ends[i] - begins[i] for i in self._inland) / 24
        return days

    @cached_property
    def detention(self) -> tuple[float, Samples]:
        """The hire in expected US$, and in every sample."""
        zero, inland = np.zeros(self.draws.n), self._inland
        if not inland:
            return 0.0, zero
        free, price = self._hire
        trip = self.trip
        arrive = [zero, *trip.end]
        with np.errstate(invalid="ignore"):
            sampled = sum((trip.end[i] - arrive[i] for i in inland), start=zero)
        sampled = np.where(np.isfinite(trip.end[-1]), sampled, inf)  # a box that never arrives is never returned
        free_days, a_day = (
            self.draws.amount([self.world.rates.part("", rate.mode, rate.driver("departures"))])
            for rate in (free, price)
        )
        return self.hire, np.maximum(0.0, 2 * sampled / 24 - free_days) * a_day

    @cached_property
    def rows(self) -> list[Row]:
        """Rows of ``Routes.legs`` without labels, with the simulated band of the cumulative columns."""
        found = rows(self.facts, self.world, self.steps, self._start, self._end)
        self._band(found)
        usd = self.hire
        if usd > 0:
            free, price = self._hire
            last = found[-1]
            found.append(
                {
                    **last,
                    **detention_row(
                        last,
                        usd,
                        f"days inland, there and back, beyond {free.mode:g} free ones at US$ {price.mode:.0f} a day",
                        ";".join(dict.fromkeys((free.source_id, price.source_id))),
                    ),
                }
            )
            for q in ("p10", "p90"):
                found[-1][f"cumulative_usd_{q}"] = quantile(self.usd, QUANTILES[q])
        return found

    def _band(self, found: list[Row]) -> None:
        trip, i = self.trip, 0
        spent: Samples = np.zeros(self.draws.n)
        clock: Samples = spent
        if self._start:
            spent, clock = spent + self.draws.amount(self._start.amount.money), spent + trip.start[0]
        clocks, bills = [], []
        for row in found:
            if row["kind"] == "access":
                if i:
                    clock, spent = self.hours(), spent + self.draws.amount(self._end.amount.money if self._end else ())
            elif row["kind"] == "wait":
                clock = trip.start[i]
            else:
                clock, spent = trip.end[i], spent + self.paid[i]
                i += 1
            clocks.append(clock)
            bills.append(spent)
        band = np.stack(at_shares([clocks, bills], (0.1, 0.9)))  # by quantile, what, row
        for row, figures in zip(found, band.reshape(len(BAND), -1).T.tolist(), strict=True):
            row.update(zip(BAND, figures, strict=True))

    def ranges(self, *whats: str) -> dict[str, float]:
        """Columns of ``Routes.table`` and ``details`` that need the simulation: of days, US$ or kg CO2e."""
        samples: dict[str, Callable[[], Samples]] = {
            "days": lambda: self.hours() / 24,
            "usd": lambda: self.usd,
            "kgco2e": self.kgco2e,
        }
        return {name: value for what in whats for name, value in quantiles(samples[what](), what).items()}

    @property
    def access_km(self) -> float:
        """Kilometres off the network, at both ends."""
        return sum((float(access.km) for access in self._ends), start=0.0)

    @property
    def km_by_mode(self) -> dict[str, float]:
        """Kilometres by road, rail, sea (ferries too) and air; what lies off the network is driven."""
        by_mode: dict[str, float] = dict.fromkeys(("road", "rail", "sea", "air"), 0.0)
        for edge in self.edges:
            if edge.kind == "leg":
                by_mode["sea" if edge.mode == "ferry" else edge.mode] += edge.km
        by_mode["road"] += self.access_km
        return by_mode

    @cached_property
    def main_mode(self) -> str:
        """Mode of most kilometres."""
        km = self.km_by_mode
        return max(km, key=lambda mode: km[mode])

    @property
    def km(self) -> float:
        """Kilometres from door to door."""
        return sum(self.km_by_mode.values())

    @property
    def crossings(self) -> list[str]:
        """Names of the border crossings, in order."""
        return [describe(self.facts, edge)[0] for edge in self.edges if edge.kind == "crossing"]

    @cached_property
    def saleable(self) -> float:
        """Chance that perishable goods last to the end of this way; 1 for what keeps."""
        if not self.world.question.cargo.perishable:
            return 1.0
        return float((self.hours() <= 24 * self.world.question.cargo.shelf_life_days).mean())

    @property
    def sure(self) -> bool:
        """Whether perishables last to the end of this way in nine of ten journeys, as all does that keeps."""
        return self.saleable >= SURE

    def spoils(self) -> str:
        """Why perishable goods do not last to the end of this way in any journey to speak of; empty if they do."""
        if self.saleable >= HOPELESS:
            return ""
        cargo, p10 = self.world.question.cargo, quantile(self.hours(), 0.1) / 24
        return f"{cargo.cargo_id} keep {cargo.shelf_life_days:g} days, p10 of this way is {p10:.3g}"

    @cached_property
    def corridors(self) -> list[str]:
        """Named corridors that it follows."""
        return named(self.facts, {element for edge in self.edges for element in edge.elements})

    def sanctions(self) -> list[str]:
        """Sanctions regimes that touch the route: "UN sanctions: Sarakhs"."""
        found: dict[str, list[str]] = {}
        day = self.world.law.known
        for edge in self.edges:
            for element in edge.elements:
                for treaty in self.facts.sanctioned(element, day):
                    found.setdefault(treaty, []).append(self.facts.element_names.get(element, element))
        words = [f"{treaty}: {', '.join(dict.fromkeys(places))}" for treaty, places in found.items()]
        return [*words, "measures of the US and EU are not in the data"] if words else []

    @cached_property
    def conditions(self) -> list[Condition]:
        """Conflict and sanctions in the countries on the way, on the day of departure and as known then."""
        passed = {country for edge in self.edges if edge.kind != "transfer" for country in edge.countries}
        as_of = self.world.question.knowledge.as_of.isoformat()
        found = [one for one in self.facts.conditions.in_force(self.world.today, as_of) if one.country in passed]
        # what two countries hold against each other is nothing to a route that touches one of them
        return [one for one in found if one.level != "bilateral" or sum(other.name == one.name for other in found) > 1]

    def sanctioned_countries(self) -> list[str]:
        """Countries at which sanctions are aimed that the route touches: those of most of the elements they name."""
        touched = [
            edge.countries
            for edge in self.edges
            if any(self.facts.sanctioned(element, self.world.law.known) for element in edge.elements)
        ]
        found: list[str] = []
        while touched:
            counts = Counter(country for some in touched for country in dict.fromkeys(some))
            most = max(counts, key=lambda country: (counts[country], self.facts.sanctioned_at[country]))
            found.append(most)
            touched = [some for some in touched if most not in some]
        return [country for country in found if country != SEA or len(found) == 1]

    @cached_property
    def lapsed(self) -> list[Closure]:
        """Closures with no known end that are taken to have ended."""
        return [
            closure
            for step, edge in zip(self.steps, self.edges, strict=True)
            for element in edge.elements
            for closure in self._lapsed(element, edge, step)
        ]

    def _lapsed(self, element: str, edge: Edge, step: Step) -> Sequence[Closure]:
        """Closures with no known end that are open here only because the policy lets them lapse."""
        if self.world.question.knowledge.unknown == "persist":
            return []
        return [c for c in self.world.lasting(edge) if c.element_id == element and c.start <= step.start]
