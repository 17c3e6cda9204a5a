"""How demand divides among routes: nested choice of mode and route on a fixed set of routes.

Within a mode the odds of routes that share nothing are their cost to the power of -`ROUTE`. Routes that share legs are
rivals on these legs first (link-nested logit: Vovsha and Bekhor, Transportation Research Record 1645, 1998). A mode is
worth as much as its routes together, and the odds of modes are this worth to the power of `nest`: a nested logit of the
logarithm of generalised cost. Odds depend on relative cost, because an extra day or US$ 100 matters less on a long
route; the own-cost elasticity of a mode is -`MODE` (1 - its share), whatever the distance. `ROUTE` and `MODE` are
assumptions that keep it within the range that most studies of freight find, -0.3 to -2 (de Jong and others, Price
sensitivity of European road freight transport, 2010; Beuthe and others, Transportation Research E 37, 2001).

The routes are those of the world without the scenario, both with closures without a known end taken to last and with
them taken to have ended: for each border the best over it by generalised cost, one for each chain of borders and modes
(`corridors.routing.search.Search.choices`). A scenario closes, delays or reopens these routes and adds only those that
it builds or opens. So a change never takes load from a route merely because the search has turned up another one, and
an opening never adds to a route that does not use it: the choice is of a kind in which one more route adds to no other
(McFadden, Modelling the choice of residential location, 1978), and the routes of each opening stay when more is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from math import log
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corridors.analysis.workers import crew
from corridors.engine.collector import at_rest
from corridors.errors import NoRoute
from corridors.model.cargo import Cargo
from corridors.model.scenario import Scenario
from corridors.routing import path as paths
from corridors.routing.alternatives import LIKELY, surest
from corridors.routing.answers import choices
from corridors.routing.figures import letter
from corridors.routing.names import names
from corridors.routing.request import Place, Request, resolve, world_of
from corridors.routing.result import Result

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.model.world import World

ROUTE, MODE = 3.5, 2.5
"""Powers of the cost in the odds of routes of one mode, and of modes."""
NEST = MODE / ROUTE
PART, ALONE = 10, 200
"""Questions that go to a worker together, and at a time without any: garbage is collected between."""
Passage = tuple[str, str, str]
"""Crossing, mode and direction: what has a capacity."""


class Option(NamedTuple):
    """A route that a demand may take, as plain values."""

    label: str
    name: str
    mode: str
    """That of most of its km."""
    usd_per_t: float
    """Generalised cost: expected money and the value of the expected time, for a tonne."""
    payload: float
    trucks: float
    """That carry one unit by road: more than one for the load of a wagon."""
    passages: tuple[Passage, ...]
    legs: Mapping[str, float]
    """Kilometres by leg."""
    marks: frozenset[str]
    """Which of the modes, countries, elements and named corridors that are asked for it uses."""

    def vehicles(self, passage: Passage) -> float:
        """Trucks, wagons or boxes in which one unit passes a crossing."""
        return self.trucks if passage[1] == "road" else 1.0


class Question(NamedTuple):
    """A pair and what goes."""

    origin: Place
    destination: Place
    cargo: Cargo


class Answer(NamedTuple):
    """The open routes of a demand, or why there is none."""

    options: tuple[Option, ...]
    note: str


def answer_all(
    facts: Facts,
    questions: Sequence[Question],
    request: Request,
    executor: Executor | None,
    progress: bool,
    what: str,
    marks: frozenset[str],
) -> dict[Question, Answer]:
    """Answers to all questions, on any executor, with a bar of that name; options have those of some `marks`."""
    # one destination after another: what lies before one is worked out once, and need not be kept for all
    ordered = sorted(questions, key=lambda one: (one.cargo.cargo_id, str(one.destination)))
    size = ALONE if executor is None else PART
    parts = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    with crew(facts, executor, progress, what, len(ordered)) as workers:
        answers = workers.all(partial(_part, request=request, marks=marks), parts, len)
    return dict(zip(ordered, chain.from_iterable(answers), strict=True))


@at_rest()
def _part(facts: Facts, questions: Sequence[Question], request: Request, marks: frozenset[str]) -> list[Answer]:
    return [answer(facts, question, request, marks) for question in questions]


def answer(facts: Facts, question: Question, request: Request, marks: frozenset[str]) -> Answer:
    """Those routes of a pair that exist in the world of a request."""
    origin, destination, cargo = question
    asked = replace(request, origin=origin, destination=destination, cargo=cargo)
    try:
        results = _open(facts, asked)
    except NoRoute as error:
        return Answer((), str(error))
    called = names(facts, [one.edges for one in results])
    options = (_option(one, letter(i), name, marks) for i, (one, name) in enumerate(zip(results, called, strict=True)))
    return Answer(tuple(options), "")


def _open(facts: Facts, asked: Request) -> list[Result]:
    """The routes that a request has to choose from; see above."""
    if asked.scenario is None:
        return _found(facts, asked)
    plain = replace(asked, scenario=None)
    world, usual = (world_of(facts, resolve(facts, one).question) for one in (asked, plain))
    # what could be driven before is no new route, though a search has only now turned it up
    new = [
        one
        for opened in (replace(plain, unknown="lapse"), *_openings(asked))
        for one in _found_if_any(facts, opened)
        if not _passes(usual, one.at(usual))
    ]
    same_day = cache(partial(world_of, facts, like=world))  # those of lighter loads, where a road limits them
    found = {
        one.path.edges: one.at(paths.lawful(world, one.path, same_day))
        for one in (*_found_if_any(facts, plain), *new)
        if _passes(world, one.at(world))
    }
    return list(found.values()) or _found(facts, asked)


def _openings(asked: Request) -> list[Request]:
    """The request with each thing that its scenario opens alone, and with it and all those opened before."""
    changes = asked.scenario.changes if asked.scenario else ()
    opening = [at for at, change in enumerate(changes) if change.kind in ("build", "reopen")]
    worlds = dict.fromkeys(tuple(opening[start:end]) for end in range(1, len(opening) + 1) for start in (0, end - 1))
    return [
        replace(asked, scenario=Scenario(f"{len(some)} opened", kept))
        for some in worlds
        for kept in [tuple(one for at, one in enumerate(changes) if at in some or at not in opening)]
    ]


def _found(facts: Facts, asked: Request) -> list[Result]:
    """What a search finds to choose from; over the same borders by the same modes only the one of least cost.

    Perishables go where they rather last than not, and none far dearer than the cheapest way on which they do for sure.
    """
    found = sorted(choices(facts, asked), key=attrgetter("generalised_usd_per_t"))
    every = [one for one in found if one.saleable > LIKELY] or found
    most = asked.max_stretch * surest(every, lambda one: one)[0].generalised_usd_per_t
    best: dict[object, Result] = {}
    for one in every:
        kind = one.corridor if one.corridor[0] else one.path.edges
        if one.generalised_usd_per_t <= most:
            best.setdefault(kind, one)
    return list(best.values())


def _found_if_any(facts: Facts, asked: Request) -> list[Result]:
    try:
        return _found(facts, asked)
    except NoRoute:
        return []


def _passes(world: World, result: Result) -> bool:
    """Whether a route that was found in another world is there in this one, without too long a wait."""
    return bool(world.existing[list(result.path.edges)].all()) and not paths.held_up(world, result.path)


def _option(result: Result, label: str, name: str, marks: frozenset[str]) -> Option:
    mode = paths.main_mode(result.world, result.path)
    passages = (
        (edge.element_id, edge.mode, ">".join(edge.countries)) for edge in result.edges if edge.kind == "crossing"
    )
    return Option(
        label,
        name,
        mode,
        result.generalised_usd_per_t,
        result.payload,
        result.world.question.cargo.trucks,
        tuple(passages),
        paths.leg_km(result.world, result.path),
        marks.intersection(_marks(result, mode)) if marks else marks,
    )


def _marks(result: Result, mode: str) -> set[str]:
    elements = {element for edge in result.edges for element in edge.elements}
    countries = {country for edge in result.edges for country in edge.countries}
    return {mode, *elements, *countries, *result.corridors}


def shares(
    options: Sequence[Option],
    *,
    mu: float | None = None,
    beta: float = 1.0,
    nest: float = NEST,
    constants: Mapping[str, float] | None = None,
) -> list[float]:
    """Shares of the routes of one demand.

    Parameters
    ----------
    options : sequence of Option
    mu : float, optional
        How strongly cost decides between routes of one mode, per US$ a tonne; default: relative cost, power `ROUTE`.
    beta : float
        How much routes that share legs count as one: 0 not at all.
    nest : float
        How much less strongly it decides between modes, 0 to 1; 1 makes it a plain logit of all routes.
    constants : mapping of str to float, optional
        Added to the logarithm of the odds of routes that use a mode, country, element or named corridor.

    Returns
    -------
    list of float
        One share per option; they sum to 1.
    """
    least = min(one.usd_per_t for one in options)
    logs = [
        (-mu * (one.usd_per_t - least) if mu is not None else -ROUTE * log(max(one.usd_per_t, 1e-9) / max(least, 1e-9)))
        + sum(value for mark, value in (constants or {}).items() if mark in one.marks)
        for one in options
    ]
    # each route divides its weight among its legs; routes of a mode are rivals on a leg, the closer the larger beta
    number = dict[tuple[str, str], int]()
    of, leg, km = list[int](), list[int](), list[float]()
    for i, one in enumerate(options):
        legs = {leg: length for leg, length in one.legs.items() if length} or {one.name: 1.0}
        of += [i] * len(legs)
        leg += [number.setdefault((one.mode, name), len(number)) for name in legs]
        km += legs.values()
    route, rival, length = np.array(of), np.array(leg), np.array(km)
    part = length / np.bincount(route, length)[route] * np.exp(np.array(logs) - max(logs))[route]
    some = part > 0
    route, rival, part = route[some], rival[some], part[some]
    most = np.zeros(len(number))
    np.maximum.at(most, rival, part)
    relative = part / most[rival]  # no power makes all of them 0
    on_leg = np.bincount(rival, relative ** (1 + beta), len(number))
    taken = part * relative**beta * on_leg[rival] ** (-beta / (1 + beta))
    weights = np.bincount(route, taken, len(options)).tolist()
    nests = dict[str, float]()
    for one, weight in zip(options, weights, strict=True):
        nests[one.mode] = nests.get(one.mode, 0.0) + weight
    worth = {mode: weight**nest for mode, weight in nests.items()}
    total = sum(worth.values())
    return [
        worth[one.mode] / total * weight / nests[one.mode] if nests[one.mode] else 0.0
        for one, weight in zip(options, weights, strict=True)
    ]
