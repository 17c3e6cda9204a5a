"""Where a route turns round at a stop of ``via``, and the ways that go through it instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from heapq import heappop, heappush
from math import inf

from corridors.data.schema import Row
from corridors.engine import arrays as engine
from corridors.model.facts import Facts
from corridors.model.question import Question
from corridors.model.world import World
from corridors.routing import finding

MOST_TURNS = 64
"""Most searches for a route that turns round at no gate or pass."""
MOST_BACK = 16
"""Most searches for a way through a stop where the best route goes there and back."""
SIMILAR = 1.02
"""Times the value of the way there and back up to which a way through the stop is preferred (assumed)."""
INTO_TOWN = 10.0
"""Km off its way up to which a route only drives into a town and out again (assumed)."""
BUSINESS = frozenset({"city", "seaport", "dry_port", "station", "airport"})
"""Kinds of places to which goods may be brought and taken back."""


class Turns:
    """What a question's stops mean for its routes.

    Goods may be brought to a town, port or station of ``via`` and taken back, if no way of about the same cost goes
    through it; a gate or pass is gone through, however far the way round.
    """

    def __init__(self, facts: Facts, question: Question) -> None:
        self.facts, self.question = facts, question

    def ways(self, world: World, path: engine.Path) -> Iterator[engine.Path]:
        """The best path, after those through its stops that cost about the same; each with what `_leading_on` finds."""
        if (through := self._through(world, path)) is not None:
            yield from self._leading_on(world, through)
        yield from self._leading_on(world, path)

    def at(self, world: World, path: engine.Path) -> str:
        """Where a path turns round at a gate or pass; empty if nowhere."""
        turn = self._turn(world, path)
        return " and ".join(stop["name"] for stop in self._stops(world, path, *turn)) if turn else ""

    def _through(self, world: World, path: engine.Path) -> engine.Path | None:
        """The best path that goes there and back nowhere, if it costs about the same as one that does."""
        if not there_and_back(world, path):
            return None

        def knot(path: engine.Path) -> list[frozenset[int]]:
            doubled = there_and_back(world, path)
            return [_alike(world, edge) for edge in next(iter(doubled.values()))] if doubled else []

        others = _next_best(world, path, knot, MOST_BACK, SIMILAR * path.value)
        return next((one for one in others if not there_and_back(world, one)), None)

    def _leading_on(self, world: World, path: engine.Path) -> Iterator[engine.Path]:
        """The best path and, while it turns round at a gate or pass, the next best without the way in or out."""

        def knot(path: engine.Path) -> list[frozenset[int]]:
            turn = self._turn(world, path)
            return self._in_and_out(world, *(path.edges[i] for i in turn)) if turn else []

        return _next_best(world, path, knot, MOST_TURNS)

    def _in_and_out(self, world: World, there: int, back: int) -> list[frozenset[int]]:
        """What must go so that a path turns round no more: its way there or back; at a post all roads in or all out."""
        edges, graph, ends = world.edges, world.multimodal, (world.edges[there], world.edges[back])
        post = ends[0].to_place
        if post in self._posts and post == ends[1].from_place and ends[0].kind == ends[1].kind == "leg":
            roads = [i for i in graph.touching[post] if edges[i].kind == "leg"]
            into, out = ([i for i in roads if getattr(edges[i], end) == post] for end in ("to_place", "from_place"))
        else:
            into, out = ([i for i in graph.bans[e.element_id] if edges[i].from_place == e.from_place] for e in ends)
        return [frozenset(into), frozenset(out)]

    def _turn(self, world: World, path: engine.Path) -> tuple[int, int] | None:
        """Positions at which a path first goes over a leg or crossing and back though nothing is done between them.

        Goods may be brought to a town, port or station of ``via`` and be taken back. A border post of ``via`` that is
        reached and left by roads of its own country is not passed either.
        """
        if not self.question.via:
            return None
        first, last = dict[str, int](), -1
        for i, edge in enumerate(world.edges[e] for e in path.edges):
            if edge.kind not in ("leg", "crossing"):
                continue
            before = first.setdefault(edge.element_id, i)
            if before < i and not any(stop["kind"] in BUSINESS for stop in self._stops(world, path, before, i)):
                return before, i
            kinds = (edge.kind, world.edges[path.edges[last]].kind) if last >= 0 else ()
            if kinds == ("leg", "leg") and edge.from_place in self._posts:
                return last, i
            last = i
        return None

    @cached_property
    def _posts(self) -> frozenset[str]:
        """Border posts of ``via``."""
        posts = self._named & set(self.facts.tables["crossings"]["from_place"])
        return frozenset(place for place in posts if self.facts.place[place]["kind"] == "border")

    def _stops(self, world: World, path: engine.Path, start: int, end: int) -> list[Row]:
        """Places of ``via`` between two positions of a path."""
        passed = dict.fromkeys(world.edges[e].to_place for e in path.edges[start:end])
        return [self.facts.place[place] for place in passed if place in self._named]

    @cached_property
    def _named(self) -> frozenset[str]:
        """All places of ``via``."""
        return frozenset().union(*self.question.via)


def _next_best(
    world: World,
    path: engine.Path,
    knot: Callable[[engine.Path], list[frozenset[int]]],
    most: int,
    limit: float = inf,
) -> Iterator[engine.Path]:
    """A path and the next best, each without one of the sets of edges that make the `knot` of one before it.

    Up to the first without a knot, or to what `most` searches find.
    """
    heap, tried = [(path.value, 0, path, frozenset[int]())], set[frozenset[int]]()
    while heap:
        _, _, path, banned = heappop(heap)
        yield path
        if not (parts := knot(path)):
            return
        for part in parts:
            bans = banned | part
            if bans in tried or len(tried) >= most:
                continue
            tried.add(bans)
            if (other := finding.without(world, bans, limit)) is not None:
                heappush(heap, (other.value, len(tried), other, bans))


def there_and_back(world: World, path: engine.Path) -> dict[str, tuple[int, int]]:
    """Stops of ``via`` from which a path comes back to where it was, with the edges by which it left there and is back.

    Back by another road, or by road where it came by rail, is back too. A few km into a town and out again are none.
    """
    found = dict[str, tuple[int, int]]()
    if not world.question.via:
        return found
    moves = [e for e in path.edges if world.edges[e].kind in ("leg", "crossing")]
    edges = [world.edges[e] for e in moves]
    stops, at = [0], 0
    for stop in world.question.via:
        at = next((i for i in range(at, len(edges)) if edges[i].from_place in stop), len(edges))
        stops.append(at)
    stops.append(len(edges))
    for before, at, after in zip(stops, stops[1:], stops[2:], strict=False):
        left = {edges[i].from_place: i for i in range(before, at)}
        loops = [(left[edges[i].to_place], i) for i in range(at, after) if edges[i].to_place in left]
        if not loops:
            continue
        whole = edges[loops[-1][0] : loops[-1][1] + 1]
        twice = Counter(edge.element_id for edge in whole if edge.kind == "crossing")
        if sum(edge.km for edge in whole) > 2 * INTO_TOWN or max(twice.values(), default=0) > 1:
            found[edges[at].from_place] = moves[loops[0][0]], moves[loops[0][1]]
    return found


def _alike(world: World, edge: int) -> frozenset[int]:
    """All that leads from place to place as an edge does, by whatever mode."""
    edges, one = world.edges, world.edges[edge]
    ends = one.from_place, one.to_place
    return frozenset(
        i for i in world.multimodal.touching[one.to_place] if (edges[i].from_place, edges[i].to_place) == ends
    )
