"""The best paths of a world, by its objective."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from math import inf

import numpy as np

from corridors.engine import arrays as engine
from corridors.engine import fronts, yen
from corridors.engine.along import along
from corridors.engine.fastest import fastest
from corridors.model.world import IN_LISTS, World
from corridors.routing import path as paths

TIE = {"risk": 1e-9}
"""Value of an hour that decides between paths of the same value, where many have it: most routes risk nothing."""
MOST_LABELS = 200_000
"""Labels after which a search by several criteria gives up; see `corridors.engine.fronts.pareto`.

Of 20 named pairs on the shipped backbone one reaches it with four criteria, whose median is 50,000.
"""
FRONT = 5
"""Searches that take about as long, in Python, as one front by hours and another objective."""
AGAIN = 12
"""Compiled searches without the same edges after which bounds of their own pay."""
FEW = 8
"""Places up to which a search for each is quicker than one for all."""


def value_of_hour(world: World) -> float:
    """What an hour counts in the objective, or to decide between equals."""
    return world.value_of_hour or TIE.get(world.question.by, 0.0)


def bounds(
    world: World, targets: frozenset[int], bans: frozenset[str] = frozenset(), shut: frozenset[int] = frozenset()
) -> engine.Bound:
    """Lower bounds to some nodes, without what is banned or shut: kept as they usually are, lowered where quicker."""
    t0, hour, banned = world.question.t0, value_of_hour(world), _banned(world, bans)
    if shut:
        banned = np.append(banned, sorted(shut))
    if world.question.via:
        return engine.bounds(world.graph, world.closed, targets, hour, t0, banned)
    found = world.kept.get(
        ("bounds", *world.usual_key, hour, targets, world.usually_gone, bans, shut),
        lambda: engine.bounds(world.usual, world.usually_closed, targets, hour, t0, banned, usual_cost(world)),
        lambda made: (1 if engine.kernel else IN_LISTS) * world.usual.topology.nodes,
    )
    if not len(world.quicker):
        return found
    return engine.lowered(found, world.graph, world.closed, world.quicker, hour, t0, banned)


def usual_cost(world: World) -> engine.Floats:
    """What each arc usually takes: the same for all destinations of a day."""
    hour = value_of_hour(world)
    return world.kept.get(
        ("cost", *world.usual_key, hour, world.usually_gone),
        lambda: engine.by_arc(world.usual, world.usually_closed, hour, world.question.t0),
        len,
    )


def to_destination(world: World) -> engine.Bound:
    """Lower bounds to the destination."""
    if world.bound is None:
        world.bound = bounds(world, world.ends[1])
    return world.bound


def tree(world: World, places: Sequence[str]) -> engine.Tree:
    """Best paths from the origin to each of some places: one search for many, or one with bounds for each of few."""
    targets = [frozenset(world.arriving(place)) for place in places]
    if 0 < len(places) <= FEW:
        return engine.joined([_one(world, ends) for ends in targets])
    question, hour = world.question, value_of_hour(world)
    return engine.spread(world.graph, world.closed, world.ends[0], targets, question.t0, hour, question.max_wait_hours)


def _one(world: World, targets: frozenset[int]) -> engine.Tree:
    """The best path to some nodes: along the bounds if it is open, else by a search without what shuts that one."""
    question, shut = world.question, frozenset[int]()
    ask = question.t0, value_of_hour(world), question.max_wait_hours
    while True:
        bound = bounds(world, targets, shut=shut)
        told = along(world.graph, world.closed, world.ends[0], targets, *ask, bound)
        if told.tree is not None:
            return told.tree
        if told.shut is None:
            return engine.spread(world.graph, world.closed, world.ends[0], [targets], *ask, bound=bound)
        shut |= {told.shut}


def best(world: World, bans: frozenset[str] = frozenset(), cutoff: float = inf) -> engine.Path | None:
    """Best path, of a value up to `cutoff`, that uses none of the banned elements and border clusters.

    No edge is entered after a wait of more than ``max_wait_hours``.
    """
    known = world.found.get(bans)
    if known is None or (known[0] is None and known[1] < cutoff):
        known = world.found[bans] = _inherited(world, bans, cutoff) or (_search(world, bans, cutoff), cutoff)
    path = known[0]
    return path if path is not None and path.value <= cutoff else None


def _inherited(world: World, bans: frozenset[str], cutoff: float) -> tuple[engine.Path | None, float] | None:
    """What is known with one ban less, if it holds with this one too: the path, and up to which value."""
    fewer = {ban: known for known in world.found if len(known) + 1 == len(bans) for ban in bans - known if known < bans}
    for ban in sorted(fewer):
        path, sought = world.found[fewer[ban]]
        if path is None and sought >= cutoff:
            return None, sought
        if path is not None and world.multimodal.bans[ban].isdisjoint(path.edges):
            return path, sought
    return None


def inherit(world: World, wider: World) -> None:
    """Take over the best path of a world in which more modes may be used, if it can be gone in this one too."""
    path, cutoff = wider.found.get(frozenset(), (None, -inf))
    if cutoff == inf if path is None else world.existing[list(path.edges)].all():
        world.found[frozenset()] = path, cutoff


def _search(world: World, bans: frozenset[str], cutoff: float) -> engine.Path | None:
    if not world.serves_both:
        return None  # told without bounds: most places have no railway
    return _found(world, _ahead(world, bans), _banned(world, bans), cutoff)


def without(world: World, edges: Collection[int], cutoff: float = inf) -> engine.Path | None:
    """Best path, of a value up to `cutoff`, that uses none of some edges, each one direction of a leg or crossing."""
    return _found(world, to_destination(world), sorted(edges), cutoff)


def _found(world: World, ahead: engine.Bound, banned: Sequence[int] | engine.Ints, cutoff: float) -> engine.Path | None:
    question, (sources, targets) = world.question, world.ends
    return engine.search(
        world.graph,
        world.closed,
        sources,
        targets,
        question.t0,
        value_of_hour(world),
        ahead,
        banned,
        cutoff,
        max_wait=question.max_wait_hours,
    )


def _ahead(world: World, bans: frozenset[str]) -> engine.Bound:
    """Lower bounds to the destination; without what is banned where that is asked for again, as on other days.

    Bounds of their own cost as much as a search or two, compiled as several, and leave the next ones little to search.
    """
    bound = to_destination(world)
    if not bans or bound.asked[bans] < (AGAIN if engine.kernel else 1):
        bound.asked[bans] += 1
        return bound
    return bounds(world, world.ends[1], bans)


def _banned(world: World, bans: frozenset[str]) -> engine.Ints:
    """Edges that belong to any of some bans."""
    return world.kept.get(("banned", bans), lambda: np.array(sorted(world.edges_of(bans)), dtype=np.int64), len)


def ranked(world: World, banned: Collection[int], limit: Callable[[], float]) -> Iterator[engine.Path]:
    """Paths in order of their value, that pass no node twice between two stops; see `corridors.engine.yen`."""
    sources, targets = world.ends
    if not sources:
        return iter(())
    return yen.ranked(
        world.graph,
        world.closed,
        sources[0],
        targets,
        world.question.t0,
        value_of_hour(world),
        to_destination(world),
        banned,
        limit,
    )


def front(world: World, by: Sequence[str]) -> engine.Found:
    """All paths that none beats in hours and the weights of some objectives; see `corridors.engine.fronts.pareto`."""
    q, (sources, targets) = world.question, world.ends
    worlds = [world.valued(name) for name in ("hours", *by)]
    # bounds of what weighs its hours, or has ties that they decide, are of both together
    plain = all(value_of_hour(one) == 0 for one in worlds[1:])
    ahead = [bounds(one, targets) for one in worlds] if plain else []
    search = fastest(None if len(by) > 1 else FRONT * len(world.multimodal.nodes))
    costs = [one.graph.costs for one in worlds[1:]]
    weights = [(one.lists if search is fronts.pareto else one.arrays)[0] for one in costs]
    return search(world.graph, world.closed, weights, sources, targets, q.t0, q.max_wait_hours, MOST_LABELS, ahead)


def quicker(world: World, within: float) -> Iterator[engine.Path]:
    """Paths of at most so many hours that none beats in both hours and what is minimised, best by the latter first."""
    found, hour = front(world, [world.question.by]).paths, value_of_hour(world)
    some = ((weight + hour * hours, path.edges) for path, hours, (weight,) in found if hours <= within)
    for value, edges in sorted(some):
        yield engine.Path(edges, value)


def cheaper(world: World, path: engine.Path) -> engine.Path:
    """The same arrival for less money: where a path waits for an opening, the cheapest route to be there in time.

    The fastest route to a crossing that is still closed is no use; among all routes that reach it before it opens, the
    one that costs least is taken.
    """
    if world.question.by != "hours" or world.question.via:
        return path
    times = paths.times(world, path)
    waiting = np.flatnonzero(times.start > times.arrive)
    if not len(waiting):
        return path
    money, last = world.valued("usd"), waiting.item(-1)
    at, start = path.edges[last], times.start.item(last)
    gate = frozenset([world.edges[at].tail])
    found = engine.search(
        money.graph,
        money.closed,
        world.ends[0],
        gate,
        world.question.t0,
        0.0,
        bounds(money, gate),
        deadline=start,
        max_wait=world.question.max_wait_hours,
    )
    if found is None:
        return path
    other = engine.Path(found.edges + path.edges[last:], path.value)
    return path if paths.doubles(world, other) else other
