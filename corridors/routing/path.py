"""What is asked of a path: its borders, its length, and how it passes through what is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, wraps
from itertools import groupby
from math import inf
from typing import Any, NamedTuple, TypeVar

import numpy as np

from corridors.engine import arrays as engine
from corridors.model.calendars import Closure
from corridors.model.graph import Edge
from corridors.model.question import Question
from corridors.model.world import World
from corridors.routing.names import OFF_LAND, countries

T = TypeVar("T")
Said = dict[tuple[int, ...], dict[Any, Any]]


class Passage(NamedTuple):
    """Passage of one edge: arrival at it, entry and exit."""

    edge: int
    arrive: float
    start: float
    end: float

    @property
    def wait(self) -> float:
        """Hours between arrival and entry."""
        return self.start - self.arrive


class Step(Passage):
    """The same with what it waits for, which is looked up when asked for: most is never read."""

    world: World

    @classmethod
    def of(cls, world: World, passage: Passage) -> Step:
        """A passage in a world."""
        step = tuple.__new__(cls, passage)
        step.world = world
        return step

    @cached_property
    def closure(self) -> Closure | None:
        """The closure that ends last of those in force on arrival; none if there is no wait."""
        if self.start <= self.arrive:
            return None
        return max(self.world.closures(self.world.edges[self.edge], self.arrive), key=lambda c: (c.end, -c.start))


def _once(kept: Callable[[World], Said], about: Callable[[World, engine.Path], T]) -> Callable[[World, engine.Path], T]:
    @wraps(about)
    def known(world: World, path: engine.Path) -> T:
        said = kept(world).setdefault(path.edges, {})
        if about not in said:
            said[about] = about(world, path)
        found: T = said[about]
        return found

    return known


def per_path(about: Callable[[World, engine.Path], T]) -> Callable[[World, engine.Path], T]:
    """Work out what a world says about a path only once."""
    return _once(lambda world: world.known, about)


def per_way(about: Callable[[World, engine.Path], T]) -> Callable[[World, engine.Path], T]:
    """Work out what the edges of a path say by themselves only once for all worlds of a search."""
    return _once(lambda world: world.ways, about)


@per_way
def numbers(world: World, path: engine.Path) -> engine.Ints:
    """Numbers of the edges of a path, as an array."""
    return np.array(path.edges, dtype=np.int64)


@per_way
def edges(world: World, path: engine.Path) -> list[Edge]:
    """Edges of a path in travel order."""
    return world.multimodal.along(path.edges)


@per_way
def borders(world: World, path: engine.Path) -> list[str]:
    """Border clusters of a path, in order: its corridor signature, as bans."""
    return list(dict.fromkeys(f"border {edge.signature}" for edge in edges(world, path) if edge.signature))


@per_way
def corridor(world: World, path: engine.Path) -> tuple[tuple[str, ...], frozenset[str]]:
    """The corridor signature of a path, and the modes of its legs."""
    return tuple(borders(world, path)), frozenset({edge.mode for edge in edges(world, path) if edge.kind == "leg"})


@per_way
def modes(world: World, path: engine.Path) -> tuple[str, ...]:
    """Modes of the legs of a path, in order."""
    return tuple(mode for mode, _ in groupby(edge.mode for edge in edges(world, path) if edge.kind == "leg"))


@per_way
def main_mode(world: World, path: engine.Path) -> str:
    """Mode of most of its km; by road, if it has no legs."""
    graph, passed = world.multimodal, numbers(world, path)
    km = np.bincount(graph.coded["mode"].numbers[passed], graph.leg_km[passed])
    return graph.coded["mode"].values[int(km.argmax())] if km.any() else "road"


@per_way
def gate(world: World, path: engine.Path) -> list[str]:
    """The border (pair of countries) at the end of the path that has fewer neighbours, as a ban."""
    joined, count = pairs(world, path), world.multimodal.neighbours
    if not joined:
        return []
    first, last = ends(world, path)
    return [f"pair {joined[-1] if count[last] <= count[first] else joined[0]}"]


def ends(world: World, path: engine.Path) -> tuple[str, str]:
    """Countries in which a path begins and ends."""
    passed = edges(world, path)
    return passed[0].countries[0], passed[-1].countries[-1]


@per_way
def km(world: World, path: engine.Path) -> float:
    """Length of a path."""
    return sum(map(world.multimodal.kms.item, path.edges))


def total(world: World, path: engine.Path, by: str) -> float:
    """Sum of the weights of its edges by an objective."""
    return sum(world.weights(by)[numbers(world, path)].tolist(), start=0.0)


@per_path
def payload(world: World, path: engine.Path) -> float:
    """Tonnes in one unit: no more than the law allows on any road of a path."""
    return float(world.payloads[numbers(world, path)].min(initial=world.question.cargo.payload_t))


def lawful(world: World, path: engine.Path, world_of: Callable[[Question], World]) -> World:
    """The world of the load that the law allows on a path."""
    tonnes = payload(world, path)
    return world if tonnes == world.question.cargo.payload_t else world_of(world.question.loaded(tonnes))


@per_way
def leg_km(world: World, path: engine.Path) -> dict[str, float]:
    """Length of each leg of a path."""
    return {edge.element_id: edge.km for edge in edges(world, path) if edge.kind == "leg"}


@per_way
def land_km(world: World, path: engine.Path) -> dict[str, float]:
    """The same of legs by road, rail and ferry: two ways that begin on one ship are not alike for that."""
    return {
        edge.element_id: edge.km
        for edge in edges(world, path)
        if edge.kind == "leg" and edge.mode in ("road", "rail", "ferry")
    }


@per_way
def flies(world: World, path: engine.Path) -> bool:
    """Whether a path has an air leg."""
    return any(edge.mode == "air" for edge in edges(world, path))


@per_way
def pairs(world: World, path: engine.Path) -> tuple[str, ...]:
    """Borders of a path as pairs of countries, in order."""
    return tuple(pair for edge in edges(world, path) for pair in edge.pairs)


@per_way
def reenters(world: World, path: engine.Path) -> bool:
    """Whether the path comes back to a country that it has left."""
    moves = [edge for edge in edges(world, path) if edge.kind in ("leg", "crossing")]
    ashore = [country for country in countries(moves) if country not in OFF_LAND]
    return len(ashore) > len(set(ashore))


@per_way
def doubles(world: World, path: engine.Path) -> bool:
    """Whether the path uses a leg twice, as one that turns round at a place of ``via`` does."""
    legs = [edge.element_id for edge in edges(world, path) if edge.kind == "leg"]
    return len(legs) > len(set(legs))


@per_way
def transit(world: World, path: engine.Path) -> list[str]:
    """Countries and seas passed on the way, without those of origin and destination, as bans."""
    passed = dict.fromkeys(c for edge in edges(world, path) if edge.kind == "leg" for c in edge.countries)
    return [f"country {c}" for c in passed if c not in ends(world, path)]


def coarse(world: World, path: engine.Path) -> list[str]:
    """The crossing and the transit countries of a path, as bans: without one of them it is another corridor."""
    return [*gate(world, path), *transit(world, path)]


def fine(world: World, path: engine.Path) -> list[str]:
    """The border clusters of a path or, inside one country, its longest legs, as bans."""
    return borders(world, path) or longest_legs(world, path)


def longest_legs(world: World, path: engine.Path, n: int = 6) -> list[str]:
    """The longest legs of a path, as bans: what sets routes inside one country apart."""
    legs = [edge for edge in edges(world, path) if edge.kind == "leg"]
    return [edge.element_id for edge in sorted(legs, key=lambda edge: -edge.km)[:n]]


def walk(world: World, path: engine.Path, before: Sequence[Passage] = ()) -> list[Passage]:
    """Passages of a path through the real closures, after those `before`, from a world that differs farther on."""
    t0 = before[-1].end if before else world.question.t0
    return _listed(path.edges[len(before) :], _follow(world, path, inf, len(before), t0))


def _follow(world: World, path: engine.Path, most: float, first: int, t0: float) -> engine.Times:
    """Times from an edge on; one that opens after a wait of more hours than `most` is entered at once."""
    ahead = numbers(world, path)[first:]
    return engine.follow(world.multimodal.topology, world.closed, ahead, world.taken("hours")[ahead], t0, most)


def _listed(path: Iterable[int], times: engine.Times) -> list[Passage]:
    hours = (some.tolist() for some in times[:3])
    # without the call that a named tuple makes of it
    return [tuple.__new__(Passage, passed) for passed in zip(path, *hours, strict=True)]


@per_path
def times(world: World, path: engine.Path) -> engine.Times:
    """Times at which a path that waits wherever it must passes its edges."""
    pushed = _pushed(world, path)
    return _follow(world, path, inf, 0, world.question.t0) if pushed.held_up else pushed


@per_path
def passages(world: World, path: engine.Path) -> list[Passage]:
    """Passages of a path that waits wherever it must."""
    return _listed(path.edges, times(world, path))


def unheld(world: World, path: engine.Path) -> float:
    """Hour at which a path arrives that enters at once where it would have to wait too long."""
    return float(_pushed(world, path).end[-1])


@per_path
def _pushed(world: World, path: engine.Path) -> engine.Times:
    """Times of a path that enters at once where it would have to wait too long.

    So everything that blocks it is found, and each at about the date on which cargo would be there.
    """
    return _follow(world, path, world.question.max_wait_hours, 0, world.question.t0)


def waits(world: World, path: engine.Path) -> list[Step]:
    """Steps of a path that would have to wait longer than allowed."""
    return _waiting(world, passages(world, path)) if _pushed(world, path).held_up else []


def held_up(world: World, path: engine.Path) -> list[Step]:
    """Steps of a path that closures hold up too long, each found at about the date on which cargo would be there."""
    pushed = _pushed(world, path)
    return too_long(world, _listed(path.edges, pushed)) if pushed.held_up else []


def too_long(world: World, passages: Iterable[Passage]) -> list[Step]:
    """Passages that would have to wait longer than allowed for a closure."""
    return [step for step in _waiting(world, passages) if step.closure is not None]


def _waiting(world: World, passages: Iterable[Passage]) -> list[Step]:
    most = world.question.max_wait_hours
    return [Step.of(world, passage) for passage in passages if passage[2] - passage[1] > most]


def arrival(world: World, path: engine.Path) -> float:
    """Hour at which a path ends."""
    return times(world, path).end.item(-1)
