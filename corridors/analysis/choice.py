"""How demand divides among routes: nested choice of mode and route on a fixed set of routes.

Within a mode the odds of routes that share nothing are their cost to the power of -`ROUTE`. Routes that share legs are
rivals on these legs first (link-nested logit: Vovsha and Bekhor, Transportation Research Record 1645, 1998). A mode is
worth as much as its routes together, and the odds of modes are this worth to the power of `nest`: a nested logit of the
logarithm of generalised cost. Odds depend on relative cost, because an extra day or US$ 100 matters less on a long
route; the own-cost elasticity of a mode is -`MODE` (1 - its share), whatever the distance. `ROUTE` and `MODE` are
assumptions that keep it within the range that most studies of freight find, -0.3 to -2 (de Jong and others, Price
sensitivity of European road freight transport, 2010; Beuthe and others, Transportation Research E 37, 2001).

The routes are those of the world without the scenario, both with closures without a known end taken to last and with
them taken to have ended: not only those that an answer would offer, but all that its search found, one for each chain
of borders and modes. A scenario closes, delays or reopens these routes and adds only those that it builds or opens. So
a change never takes load from a route merely because the search has turned up another one, and an opening never adds to
a route that does not use it: the choice is of a kind in which one more route adds to no other (McFadden, Modelling the
choice of residential location, 1978), and the routes of each opening stay when more is opened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

from corridors.analysis.workers import crew
from corridors.data.schema import Row
from corridors.engine.collector import at_rest
from corridors.errors import NoRoute
from corridors.model.cargo import Cargo
from corridors.model.scenario import Scenario
from corridors.routing import path as paths
from corridors.routing.figures import letter
from corridors.routing.request import Place, Request, resolve, world_of
from corridors.routing.result import Result
from corridors.routing.search import find_routes

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.model.world import World

ROUTE, MODE = 3.5, 2.5
"""Powers of the cost in the odds of routes of one mode, and of modes."""
NEST = MODE / ROUTE
PART = 5
"""Questions that go to a worker together."""
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
    """Mode, countries, elements and named corridors that a constant may name."""

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
) -> dict[Question, Answer]:
    """Answers to all questions, on any executor, with a bar of that name."""
    # one destination after another: what lies before one is worked out once, and need not be kept for all
    ordered = sorted(questions, key=lambda one: (one.cargo.cargo_id, str(one.destination)))
    parts = [ordered[i : i + PART] for i in range(0, len(ordered), PART)]
    with crew(facts, executor, progress, what, len(ordered)) as workers:
        answers = workers.all(partial(_part, request=request), parts, len)
    return dict(zip(ordered, chain.from_iterable(answers), strict=True))


@at_rest()
def _part(facts: Facts, questions: Sequence[Question], request: Request) -> list[Answer]:
    return [answer(facts, question, request) for question in questions]


def answer(facts: Facts, question: Question, request: Request) -> Answer:
    """Those routes of a pair that exist in the world of a request."""
    origin, destination, cargo = question
    asked = replace(request, origin=origin, destination=destination, cargo=cargo)
    try:
        results = _open(facts, asked)
    except NoRoute as error:
        return Answer((), str(error))
    return Answer(tuple(_option(one, letter(i)) for i, one in enumerate(results)), "")


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
    """All that a search finds, offered or not; over the same borders by the same modes only the one of least cost."""
    routes = find_routes(facts, asked)
    every = [*routes.results, *(one.candidate.result for one in routes.not_offered)]
    most = asked.max_stretch * min(map(_cost, every))
    best: dict[object, Result] = {}
    for one in every:
        kind = one.corridor if one.corridor[0] else one.path.edges
        if _cost(one) <= most and (kind not in best or _cost(one) < _cost(best[kind])):
            best[kind] = one
    return list(best.values())


def _found_if_any(facts: Facts, asked: Request) -> list[Result]:
    try:
        return _found(facts, asked)
    except NoRoute:
        return []


def _cost(result: Result) -> float:
    """Generalised cost: US$ a tonne."""
    return result.value("generalised") / result.payload


def _passes(world: World, result: Result) -> bool:
    """Whether a route that was found in another world is there in this one, without too long a wait."""
    return bool(world.existing[list(result.path.edges)].all()) and not paths.held_up(world, result.path)


def _option(result: Result, label: str) -> Option:
    km: dict[str, float] = {}
    for edge in result.edges:
        if edge.kind == "leg":
            km[edge.mode] = km.get(edge.mode, 0.0) + edge.km
    mode = max(km, key=km.__getitem__, default="road")
    elements = {element for edge in result.edges for element in edge.elements}
    countries = {country for edge in result.edges for country in edge.countries}
    return Option(
        label,
        result.name,
        mode,
        _cost(result),
        result.payload,
        result.world.question.cargo.trucks,
        tuple(
            (edge.element_id, edge.mode, ">".join(edge.countries)) for edge in result.edges if edge.kind == "crossing"
        ),
        paths.leg_km(result.world, result.path),
        frozenset({mode, *elements, *countries, *result.corridors}),
    )


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
    top = max(logs)
    # each route divides its weight among its legs; routes of a mode are rivals on a leg, the closer the larger beta
    parts = list[dict[tuple[str, str], float]]()
    most = defaultdict[tuple[str, str], float](float)
    for one, value in zip(options, logs, strict=True):
        km = sum(one.legs.values()) or 1.0
        legs = {leg: length / km for leg, length in one.legs.items() if length} or {one.name: 1.0}
        parts.append({(one.mode, leg): part * exp(value - top) for leg, part in legs.items()})
        for leg, part in parts[-1].items():
            most[leg] = max(most[leg], part)
    on_leg = defaultdict[tuple[str, str], float](float)  # shares of the largest part: no power makes all of them 0
    for own in parts:
        for leg, part in own.items():
            on_leg[leg] += (part / most[leg]) ** (1 + beta) if part else 0.0
    weights = [
        sum(
            part * (part / most[leg]) ** beta * on_leg[leg] ** (-beta / (1 + beta)) for leg, part in own.items() if part
        )
        for own in parts
    ]
    nests = dict[str, float]()
    for one, weight in zip(options, weights, strict=True):
        nests[one.mode] = nests.get(one.mode, 0.0) + weight
    worth = {mode: weight**nest for mode, weight in nests.items()}
    total = sum(worth.values())
    return [
        worth[one.mode] / total * weight / nests[one.mode] if nests[one.mode] else 0.0
        for one, weight in zip(options, weights, strict=True)
    ]


def as_row(option: Option) -> Row:
    """Columns of ``Flows.routes``."""
    return {"label": option.label, "name": option.name, "mode": option.mode, "generalised_usd_per_t": option.usd_per_t}
