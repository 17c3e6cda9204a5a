"""What is not possible on this date: closed crossings by cause, and what cuts a pair off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from corridors.engine import arrays as engine
from corridors.model.calendars import LONG_SHUT, Closure
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.names import countries
from corridors.routing.path import Step

NEARLY = 0.98
"""A road closed inside a country is reported if the route over it would take less than this share of the best one."""
SLOW = 1.5
"""Times the hours of the best route beyond which one that is slower than all offered is no news if it is closed."""
MOST_CAUSES = 8
KEEPS = "a faster route or goods that keep"
"""What a route needs on which perishables do not last."""


class Rejected(NamedTuple):
    """A route that fails: the passages at which it does, or another reason in words."""

    path: engine.Path
    blocked: list[Step]
    reason: str = ""
    gates: tuple[str, ...] = ()
    """Elements that the same cause closes, the one with the quickest route first."""
    hours: float = inf
    """What the route would take if it were open, without access legs."""
    needs: str = ""
    """What would have to change where nothing is closed."""
    also: tuple[Rejected, ...] = ()
    """Others of which the same is said in one: posts long shut."""

    @property
    def long_shut(self) -> bool:
        """Whether something on it has been shut for so long that nobody counts on it."""
        return any(map(long_shut, self.blocked))


def element_of(step: Step) -> str:
    """Element that closes a step."""
    assert step.closure is not None
    return step.closure.element_id


def long_shut(step: Step) -> bool:
    """Whether what closes a step has done so for long."""
    closure = step.closure
    return closure is not None and not closure.right and step.arrive - closure.start > LONG_SHUT


class Through:
    """Routes through given edges, by hours: in a world in which nothing is closed, or as things are.

    Parameters
    ----------
    world : World
    edges : sequence of int
    limit : float
        Hours beyond which a route is of no interest.
    opened : bool
        Whether everything is taken to be open.

    Attributes
    ----------
    hours : array
        What the quickest route through each edge takes at least, ``inf`` if there is none: without waiting, and without
        the season on the edge itself.
    arrive : array
        Hour at which it reaches the edge.
    """

    def __init__(self, world: World, edges: Sequence[int], limit: float = inf, *, opened: bool = True) -> None:
        self.real = world.valued("hours")
        self.world = self.real.other(open_=True) if opened else self.real
        self.edges, graph, topology = np.asarray(edges, dtype=np.int64), self.world.graph, self.world.graph.topology
        tails, self._tails = np.unique(topology.tail[self.edges], return_inverse=True)
        self._rest, t0 = finding.bounds(self.world, self.world.ends[1]), self.world.question.t0
        self._longest = self.world.question.max_wait_hours
        self._tree = engine.spread(
            graph,
            self.world.closed,
            self.world.ends[0],
            [[tail] for tail in tails.tolist()],
            t0,
            1.0,
            self._longest,
            bound=self._rest,
            cutoff=limit,
        )
        self.arrive = self._tree.arrivals[self._tails]
        self.hours = self.arrive - t0 + graph.hours[self.edges] + self._rest.values[topology.head[self.edges]]

    def path(self, number: int, banned: Sequence[int] = ()) -> engine.Path | None:
        """The quickest route through one of the edges, without those that are banned."""
        world, edge, t0 = self.world, int(self.edges[number]), self.world.question.t0
        graph, closed, wait = world.graph, world.closed, self._longest
        tail, head = (int(ends[edge]) for ends in (graph.topology.tail, graph.topology.head))
        if banned:
            before = engine.search(graph, closed, world.ends[0], [tail], t0, 1.0, self._rest, banned, max_wait=wait)
        else:
            before = self._tree.path(int(self._tails[number]))
        if before is None:
            return None
        arrive = t0 + before.value - float(self._rest.values[tail])
        start = engine.ready(closed.spans[edge], arrive) if edge in closed.spans else arrive
        if start - arrive > wait:
            return None
        factors, at = world.edges[edge].factors, start + float(graph.hours[edge])
        if factors is not None:
            at = engine.traverse(start, float(graph.hours[edge]), factors)
        after = engine.search(graph, closed, [head], world.ends[1], at, 1.0, self._rest, banned, max_wait=wait)
        if after is None:
            return None
        return engine.Path((*before.edges, edge, *after.edges), at + after.value - t0)

    def quickest(self, banned: Sequence[int] = ()) -> engine.Path | None:
        """The quickest route through any of the edges, without those that are banned, that goes back over no leg."""
        best: engine.Path | None = None
        for number in np.argsort(self.hours, kind="stable").tolist():
            if self.hours[number] >= (best.value if best else inf):
                break
            path = self.path(number, banned)
            if path is not None and (best is None or path.value < best.value) and not paths.doubles(self.real, path):
                best = path
        return best

    def least_closed(self) -> engine.Path | None:
        """The quickest route for which nothing but these edges would have to open; else one with the fewest causes."""
        real, own, banned = self.real, set(self.edges.tolist()), set[int]()
        fewest: tuple[int, engine.Path] | None = None
        while (path := self.quickest(sorted(banned))) is not None:
            blocked = paths.held_up(real, path)
            others = {element_of(step) for step in blocked if step.edge not in own}
            if fewest is None or len(_reasons(blocked)) < fewest[0]:
                fewest = len(_reasons(blocked)), path
            if not others:
                break
            banned |= set().union(*(real.multimodal.bans[element] for element in others)) - own
        return fewest and fewest[1]


def closed_crossings(world: World, offered: Sequence[engine.Path]) -> list[Rejected]:
    """Causes that close crossings or roads through which a route would lead, the quickest first, then the long shut.

    One cause is one row, however many crossings it closes, described by the quickest route for which nothing else would
    have to open; a route that needs several is a row only where none of them is one. A road closed inside a country,
    and a crossing beside one of the same border that is offered (unless it is the route into the end that has fewer
    neighbours), count only where they would save time; so does what has long been shut, or only a flight leads through.
    """
    real, most = world.valued("hours"), world.question.max_wait_hours
    best = min((paths.arrival(real, path) - real.question.t0 for path in offered), default=inf)
    used = {pair for path in offered for pair in paths.pairs(real, path)}
    used -= {gate.removeprefix("pair ") for path in offered[:1] for gate in paths.gate(real, path)}
    edges = [i for i in sorted(real.closed.spans) if np.isfinite(real.graph.hours[i])]
    if not edges or world.question.via:
        return []
    limit = inf if best == inf else world.question.max_stretch * best
    through = Through(world, edges, limit)
    closures: dict[int, Closure] = {}
    for at in np.argsort(through.hours, kind="stable").tolist():
        arrive, spans = float(through.arrive[at]), real.closed.spans[edges[at]]
        if through.hours[at] > limit or through.hours[at] == inf:
            break
        if engine.ready(spans, arrive) - arrive > most and (found := real.closures(real.edges[edges[at]], arrive)):
            closures[at] = max(found, key=lambda c: (c.end, -c.start))
    causes: dict[frozenset[str], Rejected] = {}
    passed: set[str] = set()

    for at, closed in closures.items():
        edge = real.edges[edges[at]]
        minor = edge.kind != "crossing" or bool(used.intersection(edge.pairs))
        if (minor and through.hours[at] > NEARLY * best) or closed.element_id in passed:
            continue
        passed.add(closed.element_id)
        cause = next((cause for cause in causes if closed.reason in cause), None)
        others = [edges[i] for i, one in closures.items() if one.reason != closed.reason]
        one = None if cause and len(cause) == 1 else _through(through, at, others, again=best == inf)
        if cause and not (one and one.blocked and _reasons(one.blocked) < cause):
            gates = tuple(dict.fromkeys((*causes[cause].gates, closed.element_id)))
            causes[cause] = causes[cause]._replace(gates=gates)
            continue
        if one is None or not one.blocked:
            continue
        if one.hours > NEARLY * best and (minor or one.long_shut or paths.flies(real, one.path)):
            continue
        reasons = _reasons(one.blocked)
        if not any(cause <= reasons for cause in causes):
            gates = tuple(dict.fromkeys((closed.element_id, *map(element_of, one.blocked))))
            causes = {cause: known for cause, known in causes.items() if not reasons < cause}
            causes[reasons] = one._replace(gates=gates)
            if len(reasons) == 1:  # else one of them may yet be found alone
                passed.update(gates)
    return sorted(causes.values(), key=lambda one: (one.long_shut, one.hours))[:MOST_CAUSES]


def told_once(
    world: World, found: Iterable[Rejected], offered: Sequence[engine.Path], *, by_cause: bool
) -> list[Rejected]:
    """What fails, without repetition: first what would lead through other countries than what is `offered`.

    What would be far slower than all that is offered is not told. Last, as one, comes what has been shut for years: it
    is no news, and nobody waits for it. What fails without a closure is told once a cause, or (for methods that tell
    apart all that share little) once a path.
    """
    latest = no_news_after([paths.arrival(world, path) - world.question.t0 for path in offered])
    passed = {tuple(countries([world.edges[e] for e in path.edges])) for path in offered}
    first: dict[object, Rejected] = {}
    for one in found:
        if latest < one.hours < inf:
            continue
        first.setdefault(frozenset(map(element_of, one.blocked)) or (one.needs if by_cause else one.path.edges), one)

    def elsewhere(one: Rejected) -> bool:
        return tuple(countries([world.edges[e] for e in one.path.edges])) not in passed

    rows = sorted(first.values(), key=elsewhere, reverse=True)
    recent, old = ([one for one in rows if one.long_shut == shut] for shut in (False, True))
    if old:
        gates = tuple(dict.fromkeys(gate for one in old for gate in one.gates))
        old = [old[0]._replace(gates=gates, also=tuple(old[1:]))]
    return recent + old


def no_news_after(hours: Sequence[float]) -> float:
    """Hours beyond which a closed way is no news: far more than the best of what is offered takes, and than all do."""
    return max([SLOW * min(hours), *hours]) if hours else inf


def _through(through: Through, at: int, others: Sequence[int], again: bool) -> Rejected | None:
    """The quickest route through a closed gate; without what else is closed (`others`), if there is such a route.

    One that enters a country `again` counts only if nothing else is offered.
    """
    real, found = through.real, None
    for banned in ((), others):
        path = through.path(at, banned)
        if path is None or paths.doubles(real, path) or (not again and paths.reenters(real, path)):
            continue
        steps = paths.held_up(real, path)
        found = Rejected(path, steps, "", (), path.value)
        if len(_reasons(steps)) < 2:
            break
    return found


def cut(world: World, most: float = inf) -> list[Rejected]:
    """What cuts origin from destination: the best corridor, the best without what blocks that one, and so on to `most`.

    A cause that another way avoids, which fails only for what else blocks this one, is not told.
    """
    open_world = world.valued("hours").other(open_=True)
    bans: frozenset[str] = frozenset()
    found: list[Rejected] = []
    while len(found) < most and (path := finding.best(open_world, bans)) is not None:
        blocked = paths.held_up(world, path)
        for element in dict.fromkeys(map(element_of, blocked)):
            other = finding.best(open_world, bans | {element})
            fewer = paths.held_up(world, other) if other else []
            if other and fewer and _reasons(fewer) < _reasons(blocked):
                path, blocked = other, fewer
        if not blocked:
            break
        found.append(Rejected(path, blocked, "", tuple(map(element_of, blocked)), path.value))
        bans |= {element_of(blocked[0])}
    return found


def _reasons(steps: Iterable[Step]) -> frozenset[str]:
    """What closes some steps."""
    return frozenset(step.closure.reason for step in steps if step.closure)
