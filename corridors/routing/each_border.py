"""For each border the best route over it: what demand chooses from.

A route over a border is the best from the origin to it with the best from there to the destination, as alternatives by
way of one node are in road networks (Abraham, Delling, Goldberg and Werneck, Alternative routes in road networks, ACM
Journal of Experimental Algorithmics 18, 2013). One search from each end finds all of them, if nothing had to wait.
Where some are held up too long, what holds them up is taken out, and others are sought beside those that get through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from math import inf
from typing import NamedTuple

import numpy as np

from corridors.engine import arrays as engine
from corridors.engine.arrays import Ahead, Floats, Ints
from corridors.model.world import World
from corridors.routing import finding
from corridors.routing import path as paths
from corridors.routing.fan import TIE

ROUNDS = 4
"""Most searches: after each, what holds a route up too long is taken out."""
LATE = 2
"""Times the hours of the best route for which what is closed at departure must be shut to be taken out at once."""
FAR = frozenset({"road", "rail", "sea"})
"""Modes by which a route may go mainly: ferries are short, and air is dear."""
ALIKE = 0.05
"""Share by which each further route through the same countries counts dearer when it is decided which are taken.

Crossings then have loads nearest to those with all routes over borders (0, 0.02, 0.05 and 0.1 tried, 370 demands)."""
TRIED = 24
"""Most routes examined for one that goes mainly by some mode."""


class _End(NamedTuple):
    """The best ways between an end and all borders: their values, the countries passed, and the ways themselves."""

    values: Floats
    passed: Ints
    ahead: Ahead


def over_borders(world: World, most: int, by_mode: int, fits: Callable[[engine.Path], bool]) -> list[engine.Path]:
    """Routes over borders, the best over each, in turn: so many that differ in borders or modes and `fit`.

    Up to `by_mode` follow by each mode by which none of these goes mainly, and for those that are held up too long the
    best without what holds them up. None takes more than ``max_stretch`` times the value of the best, waits too long or
    enters a country again.
    """
    best, t0 = finding.best(world), world.question.t0
    if best is None:
        return []
    late = t0 + LATE * (paths.arrival(world, best) - t0) + world.question.max_wait_hours
    shut = frozenset(world.closed.shut(t0, late).tolist())
    some = _Some(world, fits)
    for _ in range(ROUNDS):
        some.holding.clear()
        borders = _Borders(world, shut, world.question.max_stretch * best.value if best.value else inf)
        some.add(borders.in_turn(), most)
        mainly = {paths.main_mode(world, path) for path in some.found.values()}
        for mode in sorted(FAR & world.question.modes - mainly):
            few = islice(borders.in_turn(mode), TRIED)
            some.add((path for path in few if paths.main_mode(world, path) == mode), by_mode)
        if not some.holding:
            break
        shut |= some.holding
    return list(some.found.values())


class _Some:
    """Routes that differ in borders or modes, and what held others up."""

    def __init__(self, world: World, fits: Callable[[engine.Path], bool]) -> None:
        self._world, self._fits = world, fits
        self.found = dict[tuple[tuple[str, ...], frozenset[str]], engine.Path]()
        self.holding = set[int]()

    def add(self, ways: Iterable[engine.Path], most: int) -> None:
        """Take the first of some ways that will do, so many at most with those that are known."""
        world, met = self._world, set[object]()
        for path in ways:
            if (kind := paths.corridor(world, path)) in met:
                continue
            if kind not in self.found:
                held_up = paths.held_up(world, path)
                self.holding.update(step.edge for step in held_up)
                if held_up or paths.doubles(world, path) or not self._fits(path):
                    continue
                self.found[kind] = path
            met.add(kind)
            if len(met) == most:
                return


class _Borders:
    """The borders over which the best path, without what is shut, takes no more than so much if nothing has to wait."""

    def __init__(self, world: World, shut: frozenset[int], most: float) -> None:
        gates, graph = world.multimodal.at_borders, world.graph
        self._begin, self._end = (_to_end(world, gates, back, shut) for back in (True, False))
        usable = np.isfinite(graph.hours)
        usable[list(shut)] = False
        apart = ~(self._begin.passed & self._end.passed).any(axis=1)
        reached = np.isfinite(self._begin.values) & np.isfinite(self._end.values)
        some = np.flatnonzero(usable[gates] & apart & reached)
        own = graph.weight[gates[some]] + finding.value_of_hour(world) * graph.hours[gates[some]]
        values = self._begin.values[some] + own + self._end.values[some]
        order = np.argsort(values, kind="stable")[: int((values <= most).sum())]
        some, values = some[order], values[order]
        first = np.diff(values, prepend=-1.0) > TIE * values  # a path over several borders comes once for each
        self._values, self._near = values[first], some[first]
        self._path, self._every = np.cumsum(first) - 1, gates[some]  # by border, which of these paths leads over it
        self._gates, self._topology, self._mode = gates, graph.topology, world.multimodal.coded["mode"]

    def in_turn(self, mode: str = "") -> Iterator[engine.Path]:
        """Paths over them, or over those passed by a mode: the best first, but such as differ in countries or mode.

        Each further one through the same countries, over a border passed by the same mode, counts `ALIKE` dearer.
        """
        tails, heads = self._topology.tail, self._topology.head
        modes = np.array([mode in ("", one) for one in self._mode.values])
        wanted = set(self._path[modes[self._mode.numbers[self._every]]].tolist())
        for at, gate in self._order:
            if at in wanted:
                begin, end = self._begin.ahead.way(tails.item(gate)), self._end.ahead.way(heads.item(gate))
                yield engine.Path((*begin[::-1], gate, *end), self._values.item(at))

    @cached_property
    def _order(self) -> list[tuple[int, int]]:
        """Numbers of the values, with the edges of the borders, as they come in turn."""
        gates, passed = self._gates[self._near], (self._begin.passed | self._end.passed)[self._near]
        kinds = np.vstack([self._mode.numbers[gates], passed.T])
        by_kind, each = np.lexsort(kinds), np.arange(len(gates))
        new = np.diff(kinds[:, by_kind], prepend=-1).any(axis=0)
        before = np.empty_like(each)  # of the same kind
        before[by_kind] = each - np.maximum.accumulate(np.where(new, each, 0))
        order = np.argsort(self._values * (1 + ALIKE * before), kind="stable")
        return list(zip(order.tolist(), gates[order].tolist(), strict=True))


def _to_end(world: World, gates: Ints, back: bool, shut: frozenset[int]) -> _End:
    """The best ways to the destination from behind each border, or to the origin from before it (`back`)."""
    question, graph, ends = world.question, world.graph, world.ends[not back]
    over = graph.over(graph.topology.reversed) if back else graph

    def work_out() -> _End:
        ahead = engine.ahead(over, world.closed, ends, finding.value_of_hour(world), question.t0, sorted(shut))
        at = over.topology.head[gates]
        return _End(ahead.values[at], _countries(world, ahead)[at], ahead._replace(values=np.empty(0)))

    if not world.ordinary:
        return work_out()
    limits = finding.value_of_hour(world), question.least_payload, world.usually_gone
    key = ("over borders", *world.usual_key, *limits, tuple(ends), back, shut)
    return world.kept.get(key, work_out, lambda made: len(made.ahead.arcs) // 2 + 2 * len(gates))


def _countries(world: World, ahead: Ahead) -> Ints:
    """By node the countries on its way, as bits: those ahead of twice as many nodes each time."""
    passed, nodes = world.multimodal.inside.copy(), ahead.nodes
    while True:
        passed |= passed[nodes]
        farther = nodes[nodes]
        if (farther == nodes).all():
            return passed
        nodes = farther
