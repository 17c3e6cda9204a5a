"""The error for a question without an answer: what cuts all routes, or why there is none and what would give one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from corridors.data.geodesy import geod
from corridors.data.schema import records
from corridors.data.spelling import key
from corridors.engine.arrays import Path
from corridors.errors import NoRoute
from corridors.model.cargo import WAGON_MODES, Cargo
from corridors.model.question import Question
from corridors.model.scenario import MODES
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.blocked import KEEPS, cut, element_of, long_shut
from corridors.routing.explain import causes, rejected_table
from corridors.routing.path import Step
from corridors.routing.request import Place, Request, world_of

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.routing.routes import Routes

MOST_NAMES = 8
"""Places named under one cause."""
MOST_WORDS = 900
"""Characters of causes, after which the rest is only counted."""
LONGEST = 400
"""Characters of one cause."""
NEAR = 300.0
"""Km up to which another place is named instead of one that nothing serves."""
USUAL_LOAD = "container40"
"""What is tried if no load of a similar name gets through."""


def no_route(routes: Routes, *, briefly: bool = False) -> NoRoute:
    """The error for a question without an answer, in a few sentences; whatever blocks is in its attributes.

    Parameters
    ----------
    routes : Routes
        The answer without routes, in the world of a load of any weight.
    briefly : bool
        Say only what cuts the quickest way, as one of many questions wants it.
    """
    facts, world, request, access = routes.facts, routes.world, routes.request, routes.ends
    start, end = _asked(facts, request.origin, routes.origin), _asked(facts, request.destination, routes.destination)
    head = f"No route from {start} to {end} by {', '.join(m for m in MODES if m in world.question.modes)}"
    leave = f"leaving {routes.depart:%Y-%m-%d}, as known on {routes.as_of}"
    ends = ((world.question.origin, True), (world.question.destination, False))
    if missing := [_unserved(facts, world, *end) for end in ends if not world.serves(*end)]:
        return NoRoute(" ".join([f"{head}: {' and '.join(missing)}.", *_ways_out(facts, world, request)]))
    world = world.other(least_payload=world.question.cargo.least_payload)
    failed = cut(world, 1 if briefly else inf)
    spoilt = [one for one in routes.aside if one.reason]
    if spoilt and (not failed or any(one.needs == KEEPS for one in spoilt)):
        spoilt.sort(key=lambda one: one.needs != KEEPS)
        more = "; others are closed: see error.rejected" if failed else ""
        fails = rejected_table(facts, world, [*spoilt, *failed], access)
        return NoRoute(f"{head} ({leave}) will do: {spoilt[0].reason}{more}.", [], fails)
    failed = failed or list(routes.aside)
    steps = [one.blocked[0] for one in failed]
    blocking = list(dict.fromkeys(facts.element_names.get(element_of(s), element_of(s)) for s in steps))
    if not blocking:
        said = f"{head} exists in this network, open or closed ({leave})."
        return NoRoute(" ".join([said, *_ways_out(facts, world, request)]))
    return NoRoute(
        f"{head} ({leave}). All routes are cut{', the quickest' if briefly else ''} by {_causes(facts, steps)}.",
        blocking,
        rejected_table(facts, world, [*failed, *spoilt], access),
    )


def _asked(facts: Facts, asked: Place, name: str) -> str:
    """Name of an end, with the name by which it was asked for where that is another."""
    same = not isinstance(asked, str) or asked in facts.place or key(asked) == key(name)
    return name if same else f"{name} (asked for as {asked!r})"


def _listed(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Names, and how many there are beyond `most`."""
    more = len(names) - most
    return f"{', '.join(names[:most])} and {more} more" if more > 1 else ", ".join(names)


def _causes(facts: Facts, steps: Sequence[Step]) -> str:
    """What is closed and why, one part a cause, posts long shut last, and how many more there are."""
    said, left = list[str](), list[str]()
    for elements, words in causes(facts, sorted(steps, key=long_shut)):
        one = f"{_listed(elements)}: {words}"
        if len(one) > LONGEST:
            one = f"{one[:LONGEST]}..."
        if said and (left or len("; ".join([*said, one])) > MOST_WORDS):
            left += elements
        else:
            said.append(one)
    more = f"; and {len(left)} more ({_listed(left, 3)}): see error.blocking and error.rejected" if left else ""
    return "; ".join(said) + more


def _unserved(facts: Facts, world: World, place: str, leaving: bool) -> str:
    """That a place cannot be left or reached, by what it can, and which one of its country near it can."""
    here, question = facts.place[place], world.question
    modes = ", ".join(mode for mode in MODES if mode in question.modes)
    others = [mode for mode in MODES if world.other(modes=frozenset({mode})).serves(place, leaving)]
    said = [f"only by {', '.join(others)}"] if others else []
    rows = [row for row in records(facts.tables["places"]) if row["country"] == here["country"]]
    lons, lats = [row["lon"] for row in rows], [row["lat"] for row in rows]
    metres = geod().inv([here["lon"]] * len(rows), [here["lat"]] * len(rows), lons, lats)[2]
    for km, row in sorted(zip(np.array(metres) / 1000, rows, strict=True), key=itemgetter(0)):
        if km > NEAR:
            break
        if world.serves(row["place_id"], leaving):
            said.append(f"the nearest place that can: {row['name']}, {km:.0f} km away")
            break
    words = f"{here['name']} cannot be {'left' if leaving else 'reached'} by {modes} in this network"
    return words + (f" ({'; '.join(said)})" if said else "")


def _ways_out(facts: Facts, world: World, request: Request) -> Iterator[str]:
    """Sentences: what the load goes by, and which single change of the question would give a route."""
    question = world.question
    cargo = question.cargo
    if cargo.unit == "wagon":
        yield f"{cargo.cargo_id} is the load of a wagon, which takes no ship but a train ferry."
    elif request.modes is None:
        yield f"{cargo.cargo_id} goes by {', '.join(m for m in MODES if m in cargo.modes)} unless modes says otherwise."
    would = list(_changes(facts, world, request))
    if would:
        yield f"If all were open, there would be one with {' or with '.join(would)}."
    else:
        yield "No single change of cargo, modes, via or avoid gives one: see net.legs, net.crossings and net.transfers."


def _changes(facts: Facts, world: World, request: Request) -> Iterator[str]:
    """Changes of the question with each of which a route would exist, as they are written in the call."""
    question, nothing = world.question, frozenset[str]()
    if question.via and _way(facts, replace(question, via=())):
        yield "no via"
    bare = replace(question, avoid_countries=nothing, avoid_places=nothing, avoid_elements=nothing)
    if bare != question and _way(facts, bare):
        yield "no avoid"
    if path := _way(facts, replace(question, least_payload=0.0)):
        yield f"a load of at most {paths.payload(world, path):g} t, which is what roads on the way allow"
    for mode in MODES:
        fits = mode in WAGON_MODES or question.cargo.unit != "wagon"
        modes = question.modes | {mode}
        if mode not in question.modes and fits and _way(facts, replace(question, modes=modes)):
            yield f"modes={[m for m in MODES if m in modes]}"
    for cargo in _similar(facts, question.cargo):
        modes = question.modes if request.modes is not None else cargo.modes
        if not (cargo.unit == "wagon" and modes - WAGON_MODES):
            other = replace(question, cargo=cargo, modes=modes, least_payload=cargo.least_payload, goods="")
            if path := _way(facts, other):
                used = {world.edges[i].mode for i in path.edges} & (modes - question.modes)
                yield f"cargo={cargo.cargo_id!r}" + (
                    f", which goes by {' and '.join(sorted(used))} too" if used else ""
                )
                return


def _way(facts: Facts, question: Question) -> Path | None:
    """The quickest path of a question if all were open."""
    return finding.best(world_of(facts, replace(question, by="hours")).other(open_=True))


def _similar(facts: Facts, cargo: Cargo) -> Iterator[Cargo]:
    """Presets to try instead of a load: first those whose name shares a word with it, then the usual container."""
    words = set(cargo.cargo_id.split("_"))
    names = [row["cargo_id"] for row in records(facts.tables["cargo"]) if not row["refused"]]
    alike = [name for name in names if words & set(name.split("_"))]
    for name in dict.fromkeys((*alike, *({USUAL_LOAD} & set(names)))):
        if name != cargo.cargo_id:
            yield facts.preset(name)
