"""Alternatives in two plainer senses than corridors: the next best routes, and routes that share nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from typing import Literal

from corridors.engine import arrays as engine
from corridors.errors import BadRequest
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.blocked import KEEPS, Rejected, element_of
from corridors.routing.candidates import overlap
from corridors.routing.further import limits

Fails = Callable[[engine.Path], str]
Way = tuple[World, engine.Path]
MOST_FAILING = 100
"""Routes that fail though nothing is closed on them, after which no more are looked for."""


class Ways:
    """Alternatives that no rule of overlap picks.

    Parameters
    ----------
    worlds : sequence of (World, float, callable)
        The world of each load that the law may allow, what its values are divided by to compare them (tonnes, or 1),
        and what keeps a path in it from being an answer though nothing is closed.
    max_overlap : float
        Of the routes that fail, those are reported that share no more with one another.
    """

    def __init__(self, worlds: Sequence[tuple[World, float, Fails]], max_overlap: float) -> None:
        self._worlds, self._max_overlap = worlds, max_overlap
        self.aside: list[Rejected] = []
        self._closed: set[str] = set()  # elements at which a route had to wait too long
        self._failing = 0
        self._accepted: list[Way] = []
        self._values: list[engine.Path] = []  # the same, with values that can be compared

    def find(self, method: Literal["yen", "disjoint"], k: int) -> list[Way]:
        """At most `k` routes, best first."""
        self._look(method, k)
        if not self._accepted and self._failing >= MOST_FAILING:
            raise BadRequest(
                f"the {MOST_FAILING} best routes all fail ({self.aside[0].reason}), and method={method!r} "
                "stops there: try by='hours', or method='corridors'."
            )
        return self._accepted

    def _look(self, method: str, k: int) -> None:
        if method == "yen":
            seen: set[tuple[int, ...]] = set()
            for value, world, path in self._ranked(frozenset()):
                if path.edges not in seen:  # a lighter load may go wherever a heavier one does
                    seen.add(path.edges)
                    self._accept(value, world, path)
                if len(self._accepted) == k:
                    return
            return
        used: frozenset[str] = frozenset()
        while len(self._accepted) < k and (best := next(self._ranked(used), None)):
            _, world, path = best
            self._accept(*best)
            used |= {world.edges[e].element_id for e in path.edges if world.edges[e].kind in ("leg", "crossing")}

    def _accept(self, value: float, world: World, path: engine.Path) -> None:
        self._accepted.append((world, path))
        self._values.append(engine.Path(path.edges, value))

    def _ranked(self, bans: frozenset[str]) -> Iterator[tuple[float, World, engine.Path]]:
        """Routes of all loads without some elements, by comparable value."""
        return merge(*(self._good(*one, bans) for one in self._worlds), key=lambda way: way[0])

    def _good(
        self,
        world: World,
        unit: float,
        fails: Fails,
        bans: frozenset[str],
    ) -> Iterator[tuple[float, World, engine.Path]]:
        """Routes of one load; those that wait too long or fail are set aside."""

        def edges_of(elements: set[str] | frozenset[str]) -> frozenset[int]:
            return frozenset().union(*(world.multimodal.bans[element] for element in elements))

        def limit() -> float:
            return limits(world, self._values)[0] * unit

        banned = set(edges_of(bans | self._closed))
        for path in finding.ranked(world, banned, limit):
            if blocked := paths.too_long(world, paths.passages(world, path)):
                self.aside.append(Rejected(path, blocked))
                self._closed |= set(map(element_of, blocked))
                banned |= edges_of(self._closed)
            elif not (reason := fails(path)):
                yield path.value / unit, world, path
            else:
                self._failing += 1
                if self._failing >= MOST_FAILING:
                    more = f"; no more routes are looked for after {MOST_FAILING} that fail"
                    self.aside.append(Rejected(path, [], reason + more, needs=KEEPS))
                    return
                if all(overlap(world, path, one.path) <= self._max_overlap for one in self.aside if one.reason):
                    self.aside.append(Rejected(path, [], reason, needs=KEEPS))
