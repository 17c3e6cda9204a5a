"""From the arguments of ``Network.routes`` to an answer: checks them, resolves the names, asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from inspect import signature
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

from corridors.engine import arrays as engine
from corridors.errors import BadRequest, UnknownPlace, whole
from corridors.model.access import Access
from corridors.model.calendars import Knowledge, as_date, check_policies, departure, hour
from corridors.model.cargo import WAGON_MODES, Cargo, preset, with_value_of_time
from corridors.model.graph import SEA
from corridors.model.scenario import MODES
from corridors.model.world import Question, World
from corridors.routing.alternatives import Rejected, choose, overlap
from corridors.routing.plain_alternatives import Ways
from corridors.routing.result import Choice, Result
from corridors.routing.routes import Routes

if TYPE_CHECKING:
    from corridors.model.scenario import Scenario
    from corridors.network import Network

METHODS = ("corridors", "yen", "disjoint")
OBJECTIVES = ("hours", "km", "usd", "kgco2e", "risk", "generalised")
SAMPLES = 2_000
"""Samples behind the ranges of ``Routes.table`` and ``legs``."""
BY_TONNE = ("usd", "kgco2e", "generalised")
"""Objectives for which a lighter legal load counts: they are compared by the tonne."""


def find_routes(network: Network, request: Mapping[str, Any]) -> Routes:
    """The work behind `Network.routes`; `request` holds its arguments by name."""
    question, ends = read(network, request, both=True)
    search = Search(network, question, request, ends)
    choices, aside = search.answer()
    if request["unknown"] == "both":
        choices = choices + search.if_reopened(choices)
    routes = Routes(network, search.world(question), choices, aside, request, *ends, search.draws)
    if not choices:
        raise routes._no_route()
    return routes


def full_request(
    network: Network,
    origin: Any,
    destination: Any,
    depart: Any,
    ask: Mapping[str, Any],
) -> dict[str, Any]:
    """Arguments of `Network.routes` by name, defaults included."""
    given = {**ask, "origin": origin, "destination": destination, "depart": depart}
    return {name: given.get(name, one.default) for name, one in signature(network.routes).parameters.items()}


def read(
    network: Network, request: Mapping[str, Any], ends: Sequence[str] = ("origin", "destination"), both: bool = False
) -> tuple[Question, tuple[Access | None, Access | None]]:
    """Check the arguments of `Network.routes` and resolve their names; the access legs at both ends, if any.

    With the origin as the only end, the question has no destination. With ``unknown="both"``, refused unless the caller
    sees to `both`, it is that of the world in which closures persist.
    """
    _check(request)
    if request["unknown"] == "both" and not both:
        raise BadRequest("unknown='both': this call answers for one world; ask with 'persist' and with 'lapse'.")
    cargo = _cargo(network, request)
    allowed = frozenset(request["modes"]) if request["modes"] is not None else cargo.modes
    if cargo.unit == "wagon" and not allowed <= WAGON_MODES:
        raise BadRequest(f"modes={sorted(allowed)!r}: {cargo.cargo_id} is a wagon, which goes by rail and ferry only.")
    start, end = (
        ""
        if p not in ends
        else network.place_id(request[p])
        if isinstance(request[p], str)
        else Access(network, request[p], p == "origin", allowed, cargo)
        for p in ("origin", "destination")
    )
    first, last = (p.place if isinstance(p, Access) else p for p in (start, end))
    if first == last:
        raise BadRequest(
            f"origin and destination are both reached at {network._place[first]['name']} ({first}): "
            "there is nothing to route."
        )
    as_of = network.data_date if request["as_of"] is None else as_date(request["as_of"], "as_of")
    _check_as_of(network, as_of.isoformat())
    leave = departure(request["depart"], network._place[first]["timezone"])
    countries, places, elements = _avoided(network, request["avoid"] or ())
    for place in filter(None, (first, last)):
        if network._place[place]["country"] in countries or place in places:
            name = network._place[place]["name"]
            raise BadRequest(f"avoid={list(request['avoid'])!r} bars {name}, where the trip starts or ends.")
    question = Question(
        first,
        last,
        tuple(network.place_id(v) for v in request["via"] or ()),
        hour(leave) + (start.hours if isinstance(start, Access) else 0.0),
        Knowledge(as_of, "persist" if request["unknown"] == "both" else request["unknown"], request["regime"]),
        request["by"],
        cargo,
        allowed,
        countries,
        places,
        elements,
        network._overlay(request["scenario"]),
        float(request["max_wait_hours"]),
        float(request["max_stretch"]),
        ("road" if isinstance(start, Access) else "", "road" if isinstance(end, Access) else ""),
        _carrier(network, request["carrier"]),
        network._place[first]["country"],
    )
    return question, (start if isinstance(start, Access) else None, end if isinstance(end, Access) else None)


def world_on(
    network: Network,
    on: str | date,
    as_of: str | date | None,
    scenario: Scenario | None,
    cargo: str | Cargo,
    carrier: str | None,
) -> World:
    """The world at 08:00 UTC of a day, for questions without origin and destination."""
    load = read_cargo(network, cargo)
    known = network.data_date if as_of is None else as_date(as_of, "as_of")
    nothing: frozenset[str] = frozenset()
    question = Question(
        "",
        "",
        (),
        hour(departure(on, "UTC")),
        Knowledge(known),
        "hours",
        load,
        frozenset(MODES),
        nothing,
        nothing,
        nothing,
        network._overlay(scenario),
        168.0,
        1.0,
        carrier=_carrier(network, carrier),
    )
    return World(network._graph(load), network._calendars, network._rates, network._rights, question)


class Search:
    """Alternatives for one question, by legal payload where that decides."""

    def __init__(
        self,
        network: Network,
        question: Question,
        request: Mapping[str, Any],
        ends: tuple[Access | None, Access | None],
    ) -> None:
        self.network, self.question, self.request, self._ends = network, question, request, ends
        self._worlds: list[World] = []
        self.draws = network._draws(SAMPLES, request["seed"])

    def world(self, question: Question) -> World:
        """The world of a question, made once."""
        for world in self._worlds:
            if world.question == question:
                return world
        network = self.network
        self._worlds.append(
            World(network._graph(question.cargo), network._calendars, network._rates, network._rights, question)
        )
        return self._worlds[-1]

    def answer(self, question: Question | None = None) -> tuple[list[Choice], list[Rejected]]:
        """At most k choices and what was set aside."""
        question = question or self.question
        k, most = self.request["k"], self.request["max_overlap"]
        cargo = question.cargo
        classes = self._classes(question)
        if self.request["method"] != "corridors":
            return self._ways(question, classes)
        if len(classes) == 1 or question.by not in BY_TONNE:
            least = cargo.payload_t if cargo.unit == "vehicle" else 0.0
            world = self.world(replace(question, least_payload=least))
            paths, aside = choose(world, k, most, self._fails(world))
            return [self._lawful(world, path) for path in paths], aside
        found: list[tuple[float, Choice]] = []
        aside = []
        for payload in classes:
            lighter = replace(question, cargo=replace(cargo, payload_t=payload), least_payload=payload)
            world = self.world(lighter)
            paths, more = choose(world, k, most, self._fails(world))
            found += [(path.value / payload, Choice(world, path)) for path in paths]
            aside += more
        accepted: list[tuple[float, Choice]] = []
        for value, choice in sorted(found, key=lambda one: one[0]):
            if (
                len(accepted) < k
                and all(overlap(choice.world, choice.path, other.path) <= most for _, other in accepted)
                and (not accepted or value <= question.max_stretch * accepted[0][0])
            ):
                accepted.append((value, choice))
        return [choice for _, choice in accepted], aside

    def _ways(self, question: Question, classes: Sequence[float]) -> tuple[list[Choice], list[Rejected]]:
        """The same by another `method` of telling alternatives apart."""
        cargo = question.cargo
        by_tonne = len(classes) > 1 and question.by in BY_TONNE
        if by_tonne:
            worlds = [
                (self.world(replace(question, cargo=replace(cargo, payload_t=t), least_payload=t)), t) for t in classes
            ]
        else:
            least = cargo.payload_t if cargo.unit == "vehicle" else 0.0
            worlds = [(self.world(replace(question, least_payload=least)), 1.0)]
        ways = Ways([(world, unit, self._fails(world)) for world, unit in worlds], self.request["max_overlap"])
        found = ways.find(self.request["method"], self.request["k"])
        return [Choice(*way) if by_tonne else self._lawful(*way) for way in found], ways.aside

    def if_reopened(self, known: Sequence[Choice]) -> list[Choice]:
        """Choices that exist only if closures without a known end have ended."""
        question = replace(self.question, knowledge=self.question.knowledge._replace(unknown="lapse"))
        signatures = [one.world.borders(one.path) for one in known]
        others = [choice for choice in self.answer(question)[0] if choice.world.borders(choice.path) not in signatures]
        return [choice._replace(condition="holds only if closures without a known end have ended") for choice in others]

    def _classes(self, question: Question) -> list[float]:
        """Loads that some road on the way may limit one unit to, heaviest first."""
        cargo = question.cargo
        if cargo.unit == "vehicle" or "road" not in question.modes:
            return [cargo.payload_t]
        tare = self.network._rates.find("tare_t", "road", "", cargo.vehicle).mode
        limits = {limit - tare for limit in self.network._weight_limits if 0 < limit - tare < cargo.payload_t}
        return sorted({cargo.payload_t, *limits}, reverse=True)

    def _lawful(self, world: World, path: engine.Path) -> Choice:
        """The same path with the load that the law allows on it."""
        choice = Choice(world, path)
        payload = Result(self.network, choice, None, None, self.draws).payload
        if payload == world.question.cargo.payload_t:
            return choice
        return Choice(self.world(replace(world.question, cargo=replace(world.question.cargo, payload_t=payload))), path)

    def _fails(self, world: World) -> Any:
        """What keeps a path from being an answer though nothing is shut on it."""
        if not isfinite(world.question.cargo.shelf_life_days):
            return lambda _: ""
        return lambda path: Result(self.network, Choice(world, path), *self._ends, self.draws).spoils()


def _check(request: Mapping[str, Any]) -> None:
    if request["by"] not in OBJECTIVES:
        raise BadRequest(f"by={request['by']!r} is not one of {', '.join(OBJECTIVES)}.")
    if request["method"] not in METHODS:
        raise BadRequest(f"method={request['method']!r} is not one of {', '.join(METHODS)}.")
    whole(request["k"], "k", 1)
    whole(request["seed"], "seed", 0)
    for name in ("max_overlap", "max_stretch", "max_wait_hours"):
        if not isinstance(request[name], Real):
            raise BadRequest(f"{name}={request[name]!r} is not a number.")
    if not 0 < request["max_overlap"] <= 1:
        raise BadRequest(f"max_overlap={request['max_overlap']!r} is a share of the km: above 0, at most 1.")
    if not request["max_stretch"] >= 1:
        raise BadRequest(f"max_stretch={request['max_stretch']!r} is a multiple of the best route: 1 or more.")
    if not request["max_wait_hours"] >= 0:
        raise BadRequest(f"max_wait_hours={request['max_wait_hours']!r} must be a number of hours, 0 or more.")
    for name in ("via", "avoid", "modes"):
        if isinstance(request[name], str) or not isinstance(request[name], Collection | None):
            raise BadRequest(f"{name}={request[name]!r} must be a list, for example {name}=[{str(request[name])!r}].")
    check_policies(request["unknown"], request["regime"])
    modes = request["modes"]
    if modes is not None and (not modes or [m for m in modes if m not in MODES]):
        raise BadRequest(f"modes={list(modes)!r}: give some of {', '.join(MODES)}.")


def _check_as_of(network: Network, as_of: str) -> None:
    events = network.tables["events"]
    first = events["known_from"].where(events["known_from"] != "", events["start"]).min() if len(events) else ""
    if as_of < str(first):
        raise BadRequest(
            f"as_of={as_of} lies before the first event of the data, known from {first}: nothing is known "
            "of closures then."
        )


def read_cargo(network: Network, cargo: object) -> Cargo:
    """A load by the name of its preset, or as given."""
    if not isinstance(cargo, str | Cargo):
        raise BadRequest(f"cargo={cargo!r} is neither the name of a preset nor a corridors.Cargo.")
    return preset(network.tables["cargo"], cargo) if isinstance(cargo, str) else cargo


def _cargo(network: Network, request: Mapping[str, Any]) -> Cargo:
    found = read_cargo(network, request["cargo"])
    return found if request["value_of_time"] is None else with_value_of_time(found, request["value_of_time"])


def _carrier(network: Network, carrier: object) -> str:
    if carrier is None:
        return ""
    return carrier_code(network, carrier)


def carrier_code(network: Network, carrier: object) -> str:
    """ISO code of a flag; ``BadRequest`` if no country of the network has it."""
    if not isinstance(carrier, str) or carrier.upper() not in network._countries - {SEA}:
        raise BadRequest(f"carrier={carrier!r} is no country of the network; give an ISO code such as KZ.")
    return carrier.upper()


def _avoided(network: Network, avoid: Sequence[str]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    countries = network._countries
    found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for item in avoid:
        if not isinstance(item, str):
            raise BadRequest(f"avoid holds {item!r}: give ISO codes of countries (IR), places or crossings as text.")
        if item.upper() in countries and len(item) == 2:
            found[0].add(item.upper())
            continue
        try:
            found[2].update(network.element_ids(item))
        except LookupError:
            try:
                found[1].add(network.place_id(item))
            except UnknownPlace as error:
                raise UnknownPlace(f"avoid: {error} A country is given by its ISO code, such as IR.") from None
    return frozenset(found[0]), frozenset(found[1]), frozenset(found[2])
