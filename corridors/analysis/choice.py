"""How demand divides among routes: nested choice of mode and route on a fixed set of routes.

Within a mode the odds of a route are its cost to the power of -`ROUTE` times its path size (Ben-Akiva and Bierlaire
1999). A mode is worth as much as its routes together, and the odds of modes are this worth to the power of `nest`: a
nested logit of the logarithm of generalised cost. Odds depend on relative cost, because an extra day or US$ 100 matters
less on a long route; the own-cost elasticity of a mode is -`MODE` (1 - its share), whatever the distance. `ROUTE` and
`MODE` are assumptions that keep it within the range that most studies of freight find, -0.3 to -2 (de Jong and others,
Price sensitivity of European road freight transport, 2010; Beuthe and others, Transportation Research E 37, 2001).

The routes are those of the world without the scenario, both with closures without a known end taken to last and with
them taken to have ended. A scenario closes, delays or reopens these routes and adds only those that it builds or opens.
So a change never takes load from a route merely because the search has turned up another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from itertools import chain
from math import exp, log
from typing import TYPE_CHECKING, NamedTuple

from corridors.analysis.workers import crew
from corridors.data.schema import Row
from corridors.engine.collector import at_rest
from corridors.errors import NoRoute
from corridors.model.cargo import Cargo
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
    passages: tuple[Passage, ...]
    legs: Mapping[str, float]
    """Kilometres by leg."""
    marks: frozenset[str]
    """Mode, countries, elements and named corridors that a constant may name."""


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
    scenario = asked.scenario
    if scenario is None:
        return list(find_routes(facts, asked).results)
    try:
        usual = list(find_routes(facts, replace(asked, scenario=None, unknown="both")).results)
    except NoRoute:
        usual = []
    world, plain = (world_of(facts, resolve(facts, one).question) for one in (asked, replace(asked, scenario=None)))
    # what needs a closure to have ended to be found, and does not need it to be driven, is no route of the usual world
    usual = [one for one in usual if not (one.choice.condition and _passes(plain, one.at(plain)))]
    found = [one for result in usual if _passes(world, one := result.at(world))]
    if not found or any(change.kind in ("build", "reopen") for change in scenario.changes):
        known = {tuple(one.path.edges) for one in found}
        found += [one for one in find_routes(facts, asked).results if tuple(one.path.edges) not in known]
    return found


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
        result.value("generalised") / result.payload,
        result.payload,
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
        Weight of the path size.
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
    used: dict[str, int] = {}
    for one in options:
        for leg in one.legs:
            used[leg] = used.get(leg, 0) + 1
    logs, nests = [], dict[str, float]()
    for one in options:
        size = sum(km / used[leg] for leg, km in one.legs.items()) / max(sum(one.legs.values()), 1e-9)
        dearer = one.usd_per_t - least
        cost = -mu * dearer if mu is not None else -ROUTE * log(max(one.usd_per_t, 1e-9) / max(least, 1e-9))
        extra = sum(value for mark, value in (constants or {}).items() if mark in one.marks)
        logs.append(cost + beta * log(max(size, 1e-9)) + extra)
    top = max(logs)
    weights = [exp(value - top) for value in logs]
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
    return {"label": option.label, "name": option.name, "mode": option.mode, "usd_per_t": option.usd_per_t}
