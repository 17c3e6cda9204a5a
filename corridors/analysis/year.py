"""How every departure of a year fares on every corridor of a pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import inf
from typing import NamedTuple

import numpy as np

from corridors.analysis.workers import Crew
from corridors.arguments import as_date
from corridors.engine import arrays as engine
from corridors.errors import NoRoute
from corridors.model.facts import Facts
from corridors.model.scenario import MODES
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.answers import find_routes
from corridors.routing.blocked import KEEPS, closed_crossings, no_news_after
from corridors.routing.explain import closure_words
from corridors.routing.names import countries
from corridors.routing.request import Request, resolve, world_of
from corridors.routing.result import Choice, Result
from corridors.routing.search import SAMPLES

Edges = tuple[int, ...]


class Corridor(NamedTuple):
    """What is one corridor on all days: the borders that it crosses, and the modes of its legs, both in order."""

    borders: tuple[str, ...]
    modes: tuple[str, ...]

    @classmethod
    def of(cls, world: World, path: engine.Path) -> Corridor:
        """The corridor of a path."""
        return cls(tuple(paths.borders(world, path)), paths.modes(world, path))

    def others(self, world: World) -> frozenset[str]:
        """Borders and modes that are not its own, as bans."""
        return world.multimodal.borders.difference(self.borders).union(
            f"mode {mode}" for mode in MODES if mode not in self.modes
        )


class Passage(NamedTuple):
    """How one departure fares on one corridor."""

    way: Edges
    """Edges of the way that it takes, or of one that is closed."""
    days: float
    reasons: tuple[str, ...] = ()
    """Why it does not get through."""
    closed: tuple[str, ...] = ()
    """Elements that stop it."""
    p_open: float = 1.0
    """Chance that it gets through."""


class Departure(NamedTuple):
    """What one departure has to choose from."""

    offered: dict[Corridor, Passage]
    """How it fares on the corridors that it is offered, best first."""
    failing: dict[Corridor, engine.Path]
    """Those that fail or may, where they were asked for, each with its quickest path."""


def corridors_of(facts: Facts, asked: tuple[Request, bool]) -> Departure:
    """The corridors of one departure; with those that fail, if asked for."""
    request, failing = asked
    try:
        routes = find_routes(facts, request)
    except NoRoute:
        return Departure({}, {})
    world, offered, fail = routes.world, dict[Corridor, Passage](), dict[Corridor, engine.Path]()
    for result in routes.results:
        corridor = Corridor.of(world, result.path)
        if result.condition:
            fail.setdefault(corridor, result.path)
        elif corridor not in offered:
            offered[corridor] = _arrival(result)
    if failing:
        spoiling = [one for one in routes.aside if one.needs == KEEPS]
        hours = [result.value("hours") for result in routes.results]
        latest, passed = no_news_after(hours), [result.countries for result in routes.results]
        for one in (*spoiling, *closed_crossings(world, [result.path for result in routes.results])):
            far = latest < one.hours < inf and countries([world.edges[e] for e in one.path.edges]) not in passed
            if not far:  # a detour that takes longer than all that is offered is no news if it is closed
                fail.setdefault(Corridor.of(world, one.path), one.path)
    return Departure(offered, fail)


def passages_of(facts: Facts, asked: tuple[Request, Mapping[Corridor, Sequence[Edges]]]) -> dict[Corridor, Passage]:
    """How one departure fares on corridors that it is not offered, each with ways found on other days."""
    request, corridors = asked
    question, start, end = resolve(facts, request, both=True)
    world = world_of(facts, replace(question, least_payload=question.cargo.least_payload))
    draws, day = facts.draws(SAMPLES, request.seed), as_date(request.depart, "depart")

    def passage(corridor: Corridor, ways: Sequence[Edges]) -> Passage:
        """By the best way, else by the first known one that is open; if none is, what closes the most usual."""
        path = finding.best(world, corridor.others(world))
        if path is not None and Corridor.of(world, path) == corridor:
            return _arrival(Result(facts, Choice(world, path), start, end, draws))
        known = [engine.Path(way, inf) for way in ways]
        through = next((way for way in known if not paths.held_up(world, way)), None) if path else None
        if through is not None:
            return _arrival(Result(facts, Choice(world, through), start, end, draws))
        closed = [step.closure for step in paths.held_up(world, known[0]) if step.closure]
        endless = all(one.end == inf and not (one.rule or one.right or one.source_id == "scenario") for one in closed)
        return Passage(
            known[0].edges,
            np.nan,
            tuple(closure_words(facts, one) for one in closed),
            tuple(one.element_id for one in closed),
            facts.chance_ended(closed, question.knowledge.as_of, day) if closed and endless else 0.0,
        )

    return {corridor: passage(corridor, ways) for corridor, ways in corridors.items()}


def _arrival(result: Result) -> Passage:
    cargo, way = result.world.question.cargo, result.path.edges
    if result.spoils():  # without the p90 itself: one reason a month, not one a departure
        words = f"{cargo.cargo_id} keep {cargo.shelf_life_days:g} days, hardly any journey is as fast"
        return Passage(way, np.nan, (words,), p_open=0.0)
    return Passage(way, result.value("hours") / 24)


class Year(NamedTuple):
    """A pair over many departures."""

    days: Sequence[date]
    passages: dict[Corridor, list[Passage]]
    """How each departure fares on each corridor, the best first of those that fail."""
    usual: Corridor
    """Which is the best for most departures."""

    @classmethod
    def ask(cls, workers: Crew, request: Request, days: Sequence[date]) -> Year:
        """Ask for each departure, then follow what is found on any of them, or fails, through all others."""
        requests = [replace(request, depart=day) for day in days]
        first_of_month = [i == 0 or days[i - 1].month != day.month for i, day in enumerate(days)]
        found = workers.all(corridors_of, list(zip(requests, first_of_month, strict=True)))
        ways = _ways(found)
        if not ways:
            find_routes(workers.facts, requests[-1])  # says why
        missing = [
            (asked, {corridor: some for corridor, some in ways.items() if corridor not in one.offered})
            for asked, one in zip(requests, found, strict=True)
        ]
        others = workers.all(passages_of, missing, lambda _: 0)
        fates = [one.offered | more for one, more in zip(found, others, strict=True)]
        best = Counter(next(iter(one.offered)) for one in found if one.offered)
        usual = max(best, key=best.__getitem__, default=next(iter(ways)))
        return cls(days, {corridor: [fate[corridor] for fate in fates] for corridor in ways}, usual)


def _ways(found: Iterable[Departure]) -> dict[Corridor, list[Edges]]:
    """Ways of each corridor, those that most departures take first; then the corridors that only fail, by value."""
    taken = dict[Corridor, Counter[Edges]]()
    for one in found:
        for corridor, passage in one.offered.items():
            taken.setdefault(corridor, Counter())[passage.way] += 1
    failing = [pair for one in found for pair in one.failing.items()]
    for corridor, path in sorted(failing, key=lambda pair: pair[1].value):
        if corridor not in taken:
            taken[corridor] = Counter([path.edges])
    return {corridor: [way for way, _ in some.most_common()] for corridor, some in taken.items()}
