"""The world as a question sees it: what exists on that date, what it costs, what is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from math import inf
from typing import Any, Literal

import numpy as np

from corridors.engine import arrays as engine
from corridors.model.amounts import Amounts
from corridors.model.calendars import Calendars, Closure, Traffic, moment
from corridors.model.coded import Bools
from corridors.model.conditions import Conditions, Unions, circulate
from corridors.model.costs import Amount, Rates
from corridors.model.factors import Factors
from corridors.model.flag import under_flag
from corridors.model.graph import Edge
from corridors.model.hire import HIRED, QUARTERS, meant
from corridors.model.kept import Kept
from corridors.model.question import Question
from corridors.model.rights import LawOf, Rights, Verdict
from corridors.model.risk import exposure, risk_of_all
from corridors.model.scenario import Overlay

OF_NO_DAY = frozenset({"by", "modes", "least_payload", "cargo"})
"""Parts of a question that do not decide what follows."""
OF_THE_DAY = ("today", "unions", "barred", "dated", "_when_closed", "conflict")
"""What worlds have in common in which all else is the same."""
FIXED = frozenset({"hours", "km", "risk"})
"""Objectives whose weights no scenario changes; what a carrier changes of them is in their key."""
IN_LISTS = 5
"""Room that a number takes in an array and in a list, as many times as in the array alone."""
Quantity = Literal["hours", "usd", "kgco2e"]


class World:
    """The graph as one question sees it: what exists, what it costs, what is closed.

    Parameters
    ----------
    open_ : bool
        True to ignore every closure: the world in which blocked corridors are looked for.
    like : World, optional
        One of the same day, knowledge, flag, goods and changes: what follows from these is taken from it.
    """

    def __init__(
        self,
        amounts: Amounts,
        calendars: Calendars,
        rates: Rates,
        rights: Rights,
        conditions: Conditions,
        kept: Kept,
        question: Question,
        open_: bool = False,
        like: World | None = None,
    ) -> None:
        self.multimodal, self.calendars, self.question, self.open = amounts.graph, calendars, question, open_
        self.rates, self.rights, self.conditions, self.kept = rates, rights, conditions, kept
        self.edges = self.multimodal.edges
        if like is not None:
            told = OF_THE_DAY if open_ or like.open else (*OF_THE_DAY, "closed", "usually_closed", "usually_gone")
            self.__dict__ |= {name: getattr(like, name) for name in told}
        self._of_load, self.amounts = amounts, amounts.within(self.unions)
        self.tare = rates.find("tare_t", "road", "", question.cargo.vehicle).mode
        self._amounts: dict[int, Amount] = {}
        self._avoids = question.avoid_countries or question.avoid_places or question.avoid_elements
        self._spans: dict[tuple[tuple[str, ...], tuple[str, ...], str], engine.Spans | None] = {}
        self.known: dict[tuple[int, ...], dict[Any, Any]] = {}
        self.ways: dict[tuple[int, ...], dict[Any, Any]] = {} if like is None else like.ways
        self.bound: engine.Bound | None = None
        self._valued: dict[str, World] = {}
        self._taken: dict[Quantity, engine.Floats] = {}
        self._weights: dict[str, engine.Floats] = {}
        self.found: dict[frozenset[str], tuple[engine.Path | None, float]] = {}
        worth = question.cargo.value_of_time
        self.value_of_hour = {"hours": 1.0, "generalised": worth}.get(meant(question.by), 0.0)

    @cached_property
    def unions(self) -> Unions:
        """Members of customs unions on the day of departure."""
        return self.conditions.unions(self.question.t0, self.question.knowledge.as_of.isoformat())

    @cached_property
    def barred(self) -> frozenset[str]:
        """Elements closed by law to who goes, and to the goods."""
        asked = self.question.carrier, self.rights.concerns(self.question.trade), self.rights.in_force(self.law)
        return self.kept.get(("barred", *asked), self._find_barred, len)

    @cached_property
    def dated(self) -> frozenset[str]:
        """Elements that may be closed at some time."""
        return self.calendars.dated | set(self.question.overlay.changed) | self.barred

    def _find_barred(self) -> frozenset[str]:
        """Elements closed by law: crossings, named ferries, sea or air into countries that admit none of the goods."""
        barred = {edge.elements[0] for edge in self.multimodal.crossings if self.verdict(edge).effect == "forbid"}
        barred |= {name for name in self.rights.elements if self.rights.bar(name, self.question.trade, self.law)}
        into = [self.edges[i] for country in self.refused for i in self.multimodal.entered.get(country, ())]
        return frozenset(barred | {edge.elements[0] for edge in into if edge.kind == "leg"})

    @cached_property
    def refused(self) -> dict[str, Verdict]:
        """Countries that bar goods of this trade at every crossing, and so at their ports too, with the rule."""
        verdicts = dict[str, list[Verdict | None]]()
        if not any(self.rights.concerns(self.question.trade)):
            return {}
        for edge in self.multimodal.crossings:
            if edge.operates and edge.mode in ("road", "rail"):
                bar = self.rights.bar(edge.elements[0], self.question.trade, self.law)
                verdicts.setdefault(edge.countries[1], []).append(bar)
        return {country: bars[0] for country, bars in verdicts.items() if all(bars) and bars[0]}

    def law_of_leg(self, edge: Edge) -> Verdict | None:
        """The rule that bars the goods on a leg: its own, or that of the country that it enters."""
        own = self.rights.bar(edge.elements[0], self.question.trade, self.law)
        return own or self.refused.get(self.multimodal.enters(edge))

    def other(self, *, open_: bool = False, **changes: object) -> World:
        """The same world, open or with another question."""
        of = self._of_load, self.calendars, self.rates, self.rights, self.conditions, self.kept
        return World(*of, self.question.but(**changes), open_, self if changes.keys() <= OF_NO_DAY else None)

    def valued(self, by: str) -> World:
        """The same world by another objective, made once."""
        if by == self.question.by:
            return self
        if by not in self._valued:
            self._valued[by] = self.other(by=by, open_=self.open)
        return self._valued[by]

    def verdict(self, edge: Edge) -> Verdict:
        """What the carrier of the question may do at a crossing."""
        q = self.question
        if bar := self.rights.bar(edge.elements[0], q.trade, self.law):
            return bar
        if edge.mode != "road" or edge.elements[0] not in self.rights.elements or not (q.carrier or q.trade.origin):
            unknown = bool(q.carrier) and edge.mode == "road" and q.carrier not in edge.countries
            return Verdict("not known" if unknown else "allow", "", "", "")
        return self.rights.verdict(edge.elements[0], edge.countries, q.carrier, q.trade, self.law)

    @cached_property
    def law(self) -> LawOf:
        """The day of departure, and the day whose law is applied to it."""
        return self.rights.on(self.today, self.question.knowledge.as_of)

    @cached_property
    def today(self) -> str:
        """Day of departure."""
        return moment(self.question.t0).date().isoformat()

    def amount(self, edge: Edge) -> Amount:
        """Hours, money and emissions of an edge, with what the carrier pays for its flag."""
        q = self.question
        if not q.carrier or edge.kind != "crossing":
            return self.amounts.of(edge)
        if edge.number not in self._amounts:
            usual = self.amounts.of(edge)
            self._amounts[edge.number] = under_flag(usual, self.rates, edge, q.carrier, self.verdict(edge))
        return self._amounts[edge.number]

    def traffic(self, edge: Edge) -> Traffic:
        """What wants to pass an edge."""
        return Traffic(">".join(edge.countries), edge.mode, self.question.carrier, self.question.goods)

    def closures(self, edge: Edge, at: float | None = None) -> list[Closure]:
        """Closures of this edge in its direction, for this cargo and carrier; those in force at one hour if given."""
        traffic, q = self.traffic(edge), self.question
        found = [
            closure
            for element in edge.elements
            if element in self.dated
            for closure in q.overlay.apply(element, self.calendars.closures(element, q.t0, q.knowledge, traffic.goods))
            if (at is None or closure.start <= at < closure.end) and closure.hits(traffic)
        ]
        if edge.elements and edge.elements[0] in self.barred:
            verdict = self.law_of_leg(edge) if edge.kind == "leg" else self.verdict(edge)
            if verdict and verdict.effect == "forbid":
                who = f"{q.carrier} trucks" if q.carrier else self.rights.concerns(q.trade).words
                reason = f"not open to {who}: {verdict.note or verdict.treaty}"
                found.append(Closure(edge.elements[0], -inf, inf, reason, verdict.source_id, right=True))
        return found

    def lasting(self, edge: Edge) -> list[Closure]:
        """Closures of an edge without a known end, but for those of a scenario, taken to last or not."""
        if not any(map(self.dated.__contains__, edge.elements)):
            return []
        q, traffic = self.question, self.traffic(edge)
        persist = q.knowledge._replace(unknown="persist")
        return [
            closure
            for element in edge.elements
            if element in self.dated
            for closure in q.overlay.apply(element, self.calendars.events(element, persist, traffic.goods))
            if closure.end == inf and closure.source_id != "scenario" and closure.hits(traffic)
        ]

    def settled(self, edge: Edge) -> engine.Spans:
        """Closed spans of an edge without those of `lasting`."""
        lasting = {(closure.element_id, closure.start) for closure in self.lasting(edge)}
        found = [c for c in self.closures(edge) if c.right or (c.element_id, c.start) not in lasting]
        return engine.merge_spans((c.start, c.end) for c in found)

    def spans(self, edge: Edge) -> engine.Spans | None:
        """Closed spans of an edge, or None if it never closes."""
        dated = [element for element in edge.elements if element in self.dated]
        if not dated:
            return None
        key = (edge.elements, edge.countries, self.multimodal.enters(edge))
        if key not in self._spans:
            q = self.question
            if len(dated) == 1 and dated[0] not in q.overlay.changed and dated[0] not in self.barred:
                spans = self.calendars.spans(dated[0], q.t0, q.knowledge, self.traffic(edge))
            else:
                changes = tuple(tuple(q.overlay.changed.get(element, ())) for element in dated)
                *when, barred = self._when_closed
                by_law = barred if edge.elements[0] in self.barred else None
                spans = self.kept.get(
                    ("spans", key, edge.mode, changes, *when, by_law),
                    lambda: engine.merge_spans((c.start, c.end) for c in self.closures(edge)),
                    lambda made: len(made.arrays[0]),
                )
            self._spans[key] = spans if spans else None
        return self._spans[key]

    def wait(self, edge: Edge) -> float:
        """Hours from departure until an edge can be entered; endless if it never can."""
        spans = self.spans(edge)
        return 0.0 if spans is None else engine.ready(spans, self.question.t0) - self.question.t0

    def taken(self, what: Quantity) -> engine.Floats:
        """Expected hours, US$ or kg CO2e of every edge, with what carrier and scenario change."""
        q, overlay = self.question, self.question.overlay
        usual: engine.Floats = getattr(self.amounts, what)
        if not q.carrier and not overlay.scales and not (overlay.delays and what == "hours"):
            return usual
        if what not in self._taken:
            found = usual.copy()
            for i in self.multimodal.passages if q.carrier else ():
                found[i] = getattr(self.amount(self.edges[i]), what)
            found *= self.factors.on_all(what)
            if what == "hours":
                for i in self.edges_of(overlay.delays):
                    found[i] += self.delay(self.edges[i])
            self._taken[what] = found
        return self._taken[what]

    def hours(self, edge: Edge) -> float:
        """Expected hours of an edge, with the scenario's delays and factors."""
        return self.taken("hours").item(edge.number)

    @cached_property
    def factors(self) -> Factors:
        """Factors of the scenario on all legs."""
        return Factors(self.multimodal, self.question.overlay.scales)

    def delay(self, edge: Edge) -> float:
        """Hours that the scenario adds to an edge; a section's delay is spread over its legs by length."""
        km, delays = self.multimodal.length, self.question.overlay.delays
        own = [element for element in edge.elements if element in delays]
        return sum(delays[element] * (edge.km / km[element] if km.get(element) else 1.0) for element in own)

    def scale(self, quantity: str, edge: Edge) -> float:
        """Factor of the scenario on a quantity of this edge."""
        return self.factors.on(quantity, edge) if self.question.overlay.scales else 1.0

    @cached_property
    def conflict(self) -> dict[str, float]:
        """Chance that conflict stops a journey through each country, on the day of departure."""
        day, as_of = self.today, self.question.knowledge.as_of.isoformat()
        return self.kept.get(("conflict", day, as_of), lambda: self.conditions.risk(day, as_of), len)

    @cached_property
    def exposed(self) -> dict[int, dict[str, float]]:
        """What may stop a journey on each edge, and how likely; see `corridors.model.risk.exposure`."""
        return self.kept.get(("exposed", *self._day("risk", self.question.carrier)), lambda: exposure(self), len)

    @cached_property
    def existing(self) -> Bools:
        """Which edges operate (or are built in the scenario) and may be used by the request."""
        q = self.question
        if self._avoids or q.overlay.projects:
            return self._find_existing()
        return self.kept.get(("existing", self.amounts.key, q.modes, q.least_payload), self._find_existing, len)

    def _find_existing(self) -> Bools:
        q, graph = self.question, self.multimodal
        found = graph.operating.copy()
        for project in q.overlay.projects:
            found[list(graph.built.get(project, ()))] = True
        # a limit below the empty weight of the truck is a road to go round
        found &= (
            self.amounts.handled & graph.carried(q.modes) & (self.payloads > 0) & (self.payloads >= q.least_payload)
        )
        found[list(self.edges_of(q.avoid_elements))] = False
        for name in q.avoid_countries | q.avoid_places:
            found[list(graph.touching.get(name, ()))] = False
        return found

    @cached_property
    def payloads(self) -> engine.Floats:
        """Tonnes that the law lets a truck carry, by edge: by an assumed limit if none is known; inf off the road.

        The load of a wagon goes in as many trucks as the law asks, where any may pass.
        """
        wagon = self.question.cargo.unit == "wagon"

        def work_out() -> engine.Floats:
            left = self.multimodal.limits - self.tare
            return np.where(left > 0, inf, left) if wagon else left

        return self.kept.get(("payloads", self.tare, wagon), work_out, len)

    def weights(self, by: str) -> engine.Floats:
        """The additive part of an objective by edge; time comes on top by ``value_of_hour``."""
        if by not in self._weights:
            self._weights[by] = self._weigh(by)
        return self._weights[by]

    def _weigh(self, by: str) -> engine.Floats:
        if by == "hours":
            return np.zeros(len(self.edges))
        if by == "km":
            return self.multimodal.kms
        if by == "kgco2e":
            return self.taken("kgco2e")
        if by == "risk":
            return self.kept.get(("risk", *self._day(by, self.question.carrier)), lambda: risk_of_all(self), len)
        return self.taken("usd") + HIRED[by][1] / QUARTERS * self._hire if by in HIRED else self.taken("usd")

    @property
    def _hire(self) -> engine.Floats:
        """US$ of a line's box for the hours of an edge, there and back, were no day free; nothing at sea or in port."""
        if not self.question.cargo.hired:
            return np.zeros(len(self.edges))
        price = self.rates.expected(self.rates.find("detention_usd_day"), "departures")
        return 2 / 24 * price * self.taken("hours") * self.multimodal.inland

    def _day(self, by: str, carrier: str) -> tuple[object, ...]:
        """What decides a weight besides edge and objective: of risks the day of knowledge, traffic and conflicts."""
        q = self.question
        return (q.knowledge.as_of, carrier, q.goods, *sorted(self.conflict.items())) if by == "risk" else ()

    @cached_property
    def closed(self) -> engine.Closed:
        """Closed spans of the edges that have any on this date; none in the open world."""
        if self.open:
            return engine.Closed(len(self.edges), {})
        changed = self.question.overlay.changed
        return self._kept_closed(changed) if changed else self.usually_closed

    @cached_property
    def usually_closed(self) -> engine.Closed:
        """What is closed without the scenario; kept with the network, for many questions share it."""
        q = self.question
        if self.open:
            return self.closed
        return self.other(overlay=Overlay()).usually_closed if q.overlay.changed else self._kept_closed({})

    def _kept_closed(self, changed: Mapping[str, Sequence[Closure | float]]) -> engine.Closed:
        """What is closed with the changes of the scenario; kept too, for it is asked on many days."""

        def work_out() -> engine.Closed:
            spans = dict(self.usually_closed.spans) if changed else {}
            for i in sorted(self.edges_of(changed or self.dated)):
                spans.pop(i, None)
                if (found := self.spans(self.edges[i])) is not None:
                    spans[i] = found
            return engine.Closed(len(self.edges), spans)

        scenario = tuple((element, tuple(changes)) for element, changes in sorted(changed.items()))
        key = "closed", *self._when_closed, scenario
        return self.kept.get(key, work_out, lambda made: (1 + IN_LISTS) * sum(map(len, made.flat.arrays)))

    @cached_property
    def _when_closed(self) -> tuple[object, ...]:
        """What decides closed spans besides the edge and a scenario."""
        q = self.question
        return moment(q.t0).year, q.knowledge, q.carrier, q.goods, self.barred

    def edges_of(self, elements: Iterable[str]) -> frozenset[int]:
        """Edges that belong to any of some elements."""
        return frozenset().union(*(self.multimodal.bans.get(element, ()) for element in elements))

    @cached_property
    def graph(self) -> engine.Graph:
        """What exists and what it takes."""
        topology = self.multimodal.topology
        stops = [set[int]().union(*map(self.multimodal.passing, stop)) for stop in self.question.via]
        return engine.Graph(topology.staged(stops) if stops else topology, self._hours, self._costs)

    @cached_property
    def usual(self) -> engine.Graph:
        """The same where nothing but load, objective, modes and (for risks) the day decides it."""
        hours = self._listed(self._hours_key(0.0), lambda: self._plain._hours.arrays[0])
        costs = self._listed(self._costs_key(""), lambda: self._plain._costs.arrays[0])
        return engine.Graph(self.multimodal.topology, hours, costs)

    @property
    def ordinary(self) -> bool:
        """Whether nothing but load, objective, modes and the day decides it: no wish, no carrier, no scenario."""
        q = self.question
        return not (self._avoids or q.carrier or q.via or self.open) and q.overlay == Overlay()

    @cached_property
    def _plain(self) -> World:
        """The world without what only this question wishes, changes or may not."""
        avoided: dict[str, Any] = dict.fromkeys(("avoid_countries", "avoid_places", "avoid_elements"), frozenset[str]())
        return self.other(overlay=Overlay(), carrier="", least_payload=0.0, **avoided)

    @cached_property
    def usually_gone(self) -> frozenset[int]:
        """Edges that are usually closed from departure on for good."""
        return self.usually_closed.gone(self.question.t0)

    @cached_property
    def quicker(self) -> engine.Ints:
        """Edges that take less here than they usually do, or are closed for good only there."""
        q, overlay, closed = self.question, self.question.overlay, self.closed
        changed = q.carrier or overlay.scales or overlay.delays or overlay.projects  # what is avoided only goes
        if not changed and closed is self.usually_closed:
            return np.empty(0, dtype=np.int64)
        graph, usual, opened = self.graph, self.usual, self.usually_gone.difference(closed.for_good(q.t0))
        found = np.zeros(len(graph.hours), dtype=bool)
        if changed:
            found = (graph.hours < usual.hours) | ((graph.weight < usual.weight) & np.isfinite(graph.hours))
        found[list(opened)] = True
        return np.flatnonzero(found)

    @property
    def usual_key(self) -> tuple[object, ...]:
        """What tells `usual` from those of other questions to the same network."""
        return self.amounts.key, self.question.by, self.question.modes, self._day(self.question.by, "")

    def _listed(self, key: tuple[object, ...], values: Callable[[], engine.Floats]) -> engine.Forms:
        """Figures of every edge as a search wants them, kept for all questions to which the key is common."""
        return self.kept.get(
            key,
            lambda: engine.Forms(engine.frozen(values(), np.float64)),
            lambda made: IN_LISTS * len(made.arrays[0]),
        )

    @cached_property
    def _hours(self) -> engine.Forms:
        """Hours of every edge; infinite if it does not exist for this question."""
        q, overlay = self.question, self.question.overlay
        own = self._avoids or q.carrier or overlay.delays or overlay.scales or overlay.projects
        if own:
            hours = np.where(self.existing, self.taken("hours"), inf)
            return engine.Forms(engine.frozen(hours, np.float64), like=self._plain._hours)
        return self._listed(self._hours_key(q.least_payload), lambda: np.where(self.existing, self.taken("hours"), inf))

    @cached_property
    def _costs(self) -> engine.Forms:
        """Weight of every edge."""
        q = self.question
        own = q.carrier or q.overlay.scales or (q.overlay.delays and q.by in HIRED)
        if own and q.by not in FIXED:
            return engine.Forms(engine.frozen(self.weights(q.by), np.float64), like=self._plain._costs)
        return self._listed(self._costs_key(q.carrier), lambda: self.weights(q.by))

    def _hours_key(self, least_payload: float) -> tuple[object, ...]:
        return "hours", self.amounts.key, self.question.modes, least_payload

    def _costs_key(self, carrier: str) -> tuple[object, ...]:
        return "costs", self.amounts.key, self.question.by, self._day(self.question.by, carrier)

    @cached_property
    def ends(self) -> tuple[list[int], frozenset[int]]:
        """Nodes at which cargo starts, and those at which it may end."""
        shift = len(self.question.via) * len(self.multimodal.nodes)
        first, last = self.question.layers
        return (
            self.multimodal.at(self.question.origin, leaving=True, layer=first),
            frozenset(n + shift for n in self.arriving(self.question.destination, last)),
        )

    def arriving(self, place_id: str, layer: str = "") -> list[int]:
        """Door behind which the load ends at a place, or its node of one layer if given."""
        return self.multimodal.at(place_id, False, layer, home=self.free_in(self.multimodal.lands.get(place_id, "")))

    def free_in(self, country: str) -> bool:
        """Whether the load is in free circulation there, and unloaded without customs."""
        return circulate(self.unions, self.question.goods, self.multimodal.lands.get(self.question.origin, ""), country)

    @cached_property
    def serves_both(self) -> bool:
        """Whether cargo can leave its origin and reach its destination at all."""
        return self.serves(self.question.origin, leaving=True) and self.serves(self.question.destination, leaving=False)

    def serves(self, place_id: str, leaving: bool) -> bool:
        """Whether any edge that exists leaves (or reaches) a place."""
        return bool(self.existing[self.multimodal.gates(place_id, leaving)].any())
