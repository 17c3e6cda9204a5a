"""What does not work on this date: gates that are closed, by their cause, and what cuts a pair off."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from corridors.engine import arrays as engine
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.path import Step

NEARLY = 0.98
"""A road closed inside a country is told of where the way over it would take less than this share of the best one."""
MOST_CAUSES = 8


class Rejected(NamedTuple):
    """A way that fails: the passages at which it does, or another reason in words."""

    path: engine.Path
    blocked: list[Step]
    reason: str = ""
    gates: tuple[str, ...] = ()
    """Elements that the same cause closes, the one with the quickest way first."""
    hours: float = inf
    """What the way would take if it were open."""


def element_of(step: Step) -> str:
    """Element that closes a step."""
    assert step.closure is not None
    return step.closure.element_id


class Through:
    """Ways through given edges in a world in which nothing is closed, by hours.

    Parameters
    ----------
    world : World
    edges : sequence of int
    limit : float
        Hours beyond which a way is of no interest.

    Attributes
    ----------
    hours : array
        What the quickest way through each edge takes, ``inf`` if there is none.
    arrive : array
        Hour at which it reaches the edge.
    """

    def __init__(self, world: World, edges: Sequence[int], limit: float = inf) -> None:
        self.real = world.valued("hours")
        self.open = self.real.other(open_=True)
        self.edges, graph, topology = np.asarray(edges, dtype=np.int64), self.open.graph, self.open.graph.topology
        tails, self._tails = np.unique(topology.tail[self.edges], return_inverse=True)
        self._rest, t0 = finding.bounds(self.open, self.open.ends[1]), self.open.question.t0
        self._tree = engine.spread(
            graph,
            self.open.closed,
            self.open.ends[0],
            [[tail] for tail in tails.tolist()],
            t0,
            1.0,
            bound=self._rest,
            cutoff=limit,
        )
        self.arrive = self._tree.arrivals[self._tails]
        self.hours = self.arrive - t0 + graph.hours[self.edges] + self._rest.values[topology.head[self.edges]]

    def path(self, number: int) -> engine.Path | None:
        """The quickest way through one of the edges."""
        world, edge, before = self.open, int(self.edges[number]), self._tree.path(int(self._tails[number]))
        if before is None:
            return None
        at, head = float(self.arrive[number] + world.graph.hours[edge]), int(world.graph.topology.head[edge])
        after = engine.search(world.graph, world.closed, [head], world.ends[1], at, 1.0, self._rest)
        if after is None:
            return None
        return engine.Path((*before.edges, edge, *after.edges), at + after.value - world.question.t0)


def closed_crossings(world: World, offered: Sequence[engine.Path]) -> list[Rejected]:
    """Causes that close crossings or roads through which a way would lead, the quickest way first.

    One cause is one row, however many gates it closes. A road closed inside a country, and a crossing beside one of the
    same border that is offered (unless it is the way into the end that has fewer neighbours), count only where they
    would save time.
    """
    real, most = world.valued("hours"), world.question.max_wait_hours
    best = min((sum_hours(real, path) for path in offered), default=inf)
    used = {pair for path in offered for pair in paths.pairs(real, path)}
    used -= {gate.removeprefix("pair ") for path in offered[:1] for gate in paths.gate(real, path)}
    edges = [i for i in sorted(real.closed.spans) if np.isfinite(real.graph.hours[i])]
    if not edges or world.question.via:
        return []
    limit = inf if best == inf else world.question.max_stretch * best
    through = Through(world, edges, limit)
    causes: dict[frozenset[str], Rejected] = {}
    passed: set[str] = set()
    for at in np.argsort(through.hours, kind="stable").tolist():
        i, takes, arrive = edges[at], float(through.hours[at]), float(through.arrive[at])
        edge = real.edges[i]
        if takes > limit or takes == inf:
            break
        if engine.ready(real.closed.spans[i], arrive) - arrive <= most:
            continue
        minor = edge.kind != "crossing" or bool(used.intersection(edge.pairs))
        if minor and takes > NEARLY * best:
            continue
        closed = max(real.closures(edge, arrive), key=lambda c: (c.end, -c.start), default=None)
        if closed is None or closed.element_id in passed:
            continue
        passed.add(closed.element_id)
        known = next((one for cause, one in causes.items() if closed.reason in cause), None)
        if known is not None:
            cause = next(cause for cause, one in causes.items() if one is known)
            causes[cause] = known._replace(gates=(*known.gates, closed.element_id))
            continue
        path = through.path(at)
        if path is None or paths.doubles(real, path) or (best < inf and paths.reenters(real, path)):
            continue
        steps = paths.too_long(real, paths.trace(real, path, push_through=True))
        reasons = frozenset(step.closure.reason for step in steps if step.closure)
        if steps and reasons not in causes:
            gates = tuple(dict.fromkeys((closed.element_id, *map(element_of, steps))))
            causes[reasons] = Rejected(path, steps, "", gates, path.value)
            passed.update(gates)
    return sorted(causes.values(), key=lambda one: one.hours)[:MOST_CAUSES]


def sum_hours(world: World, path: engine.Path) -> float:
    """Hours of a path on this date."""
    steps = paths.trace(world, path)
    return steps[-1].end - world.question.t0 if steps else 0.0


def cut(world: World) -> list[Rejected]:
    """What cuts origin from destination: the best corridor, the best without what blocks that one, and so on."""
    open_world = world.valued("hours").other(open_=True)
    bans: frozenset[str] = frozenset()
    found: list[Rejected] = []
    while (path := finding.best(open_world, bans)) is not None:
        blocked = paths.too_long(world, paths.trace(world, path, push_through=True))
        if not blocked:
            break
        found.append(Rejected(path, blocked, "", tuple(map(element_of, blocked)), path.value))
        bans |= {element_of(blocked[0])}
    return found
