"""A question put to the engine: the world on that date, alternatives in it, and what blocks the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import groupby
from math import inf, log
from typing import NamedTuple

from corridors import _engine as engine
from corridors._graph import SEA, Edge, MultimodalGraph
from corridors.calendars import Calendars, Closure, Knowledge, midnight
from corridors.costs import Cargo
from corridors.scenario import Overlay

SEARCHES = 24
"""Most searches spent on one kind of alternatives."""
RISK_SINCE = "2023-01-01"


@dataclass(frozen=True)
class Question:
    """A checked and resolved request."""

    origin: str
    destination: str
    via: tuple[str, ...]
    t0: float
    knowledge: Knowledge
    by: str
    cargo: Cargo
    modes: frozenset[str]
    avoid_countries: frozenset[str]
    avoid_places: frozenset[str]
    avoid_elements: frozenset[str]
    overlay: Overlay
    max_wait_hours: float
    max_stretch: float


class Step(NamedTuple):
    """Passage of one edge: arrival at it, entry, exit, and what it waited for."""

    edge: int
    arrive: float
    start: float
    end: float
    closure: Closure | None

    @property
    def wait(self) -> float:
        """Hours between arrival and entry."""
        return self.start - self.arrive


class World:
    """The graph as one question sees it: what exists, what it costs, what is shut.

    Parameters
    ----------
    open_ : bool
        True to ignore every closure: the world in which blocked corridors are looked for.
    """

    def __init__(self, multimodal: MultimodalGraph, calendars: Calendars, question: Question,
                 open_: bool = False) -> None:
        self.multimodal, self.calendars, self.question, self.open = multimodal, calendars, question, open_
        self.edges = multimodal.edges
        self._avoids = question.avoid_countries or question.avoid_places or question.avoid_elements
        self._spans: dict[tuple[tuple[str, ...], tuple[str, ...]], engine.Spans | None] = {}
        self._best: dict[tuple[frozenset[str], float], engine.Path | None] = {}
        self.value_of_hour = {"hours": 1.0, "generalised": question.cargo.value_of_time}.get(question.by, 0.0)
        self.dated = calendars.dated | set(question.overlay.closures)

    def closures(self, edge: Edge) -> list[Closure]:
        """All closures that shut this edge, in its direction."""
        direction = ">".join(edge.countries)
        return [closure for element in edge.elements if element in self.dated
                for closure in self.question.overlay.apply(
                    element, self.calendars.closures(element, self.question.t0, self.question.knowledge))
                if closure.direction in ("", direction)]

    def spans(self, edge: Edge) -> engine.Spans | None:
        """Closed spans of an edge, or None if it never closes."""
        if self.dated.isdisjoint(edge.elements):
            return None
        dated = [element for element in edge.elements if element in self.dated]
        key = (edge.elements, edge.countries)
        if key not in self._spans:
            if len(dated) == 1 and not self.question.overlay.touches(dated[0]):
                spans = self.calendars.spans(dated[0], self.question.t0, self.question.knowledge,
                                             ">".join(edge.countries))
            else:
                spans = engine.merge_spans((c.start, c.end) for c in self.closures(edge))
            self._spans[key] = spans if spans[0] else None
        return self._spans[key]

    def hours(self, edge: Edge) -> float:
        """Most likely hours of an edge, with the scenario's delays and factors."""
        overlay = self.question.overlay
        if not (overlay.scales or overlay.delays):
            return edge.amount.hours
        return edge.amount.hours * self.scale("hours", edge) + sum(overlay.delays.get(e, 0.0) for e in edge.elements)

    def scale(self, quantity: str, edge: Edge) -> float:
        """Factor of the scenario on a quantity of this edge."""
        factor = 1.0
        for change in self.question.overlay.scales:
            if change.what == quantity and edge.kind == "leg" and change.mode in ("", edge.mode) \
                    and change.country in ("", *edge.countries):
                factor *= change.number
        return factor

    def risk(self, edge: Edge) -> float:
        """Share of the days since 2023 on which dated events shut the edge (derived from ``events``)."""
        until = midnight(self.question.knowledge.as_of)
        return max((self.calendars.closure_share(e, RISK_SINCE, until) for e in edge.elements if e in self.dated),
                   default=0.0)

    def exists(self, edge: Edge) -> bool:
        """Whether the edge operates (or is built in the scenario) and the request lets it be used."""
        q = self.question
        if edge.project and edge.project not in q.overlay.projects:
            return False
        if edge.kind != "transfer" and edge.mode not in q.modes and not (edge.kind == "crossing" and edge.mode == "sea"
                                                                        and "ferry" in q.modes):
            return False
        return not self._avoids or not (
            q.avoid_countries.intersection(edge.countries) or q.avoid_elements.intersection(edge.elements)
            or edge.from_place in q.avoid_places or edge.to_place in q.avoid_places)

    def weight(self, edge: Edge) -> float:
        """The additive part of the objective; time comes on top by ``value_of_hour``."""
        by = self.question.by
        if by == "hours":
            return 0.0
        if by == "km":
            return edge.km
        if by == "kgco2e":
            return edge.amount.kgco2e * self.scale("kgco2e", edge)
        if by == "risk":
            return -log(max(1.0 - self.risk(edge), 1e-9))
        return edge.amount.usd * self.scale("usd", edge)

    @cached_property
    def graph(self) -> engine.Graph:
        out: list[list[engine.Arc]] = [[] for _ in self.multimodal.nodes]
        for i, edge in enumerate(self.edges):
            if self.exists(edge):
                out[edge.tail].append(engine.Arc(i, edge.head, self.hours(edge), self.weight(edge),
                                                 None if self.open else self.spans(edge), edge.factors))
        graph = engine.Graph(out)
        stops = [set(self.multimodal.at(p, True)) | set(self.multimodal.at(p, False)) for p in self.question.via]
        return graph.staged(stops) if stops else graph

    @cached_property
    def _ends(self) -> tuple[list[int], frozenset[int]]:
        shift = len(self.question.via) * len(self.multimodal.nodes)
        return (self.multimodal.at(self.question.origin, leaving=True),
                frozenset(n + shift for n in self.multimodal.at(self.question.destination, leaving=False)))

    @cached_property
    def _bounds(self) -> list[float]:
        return engine.bounds(self.graph, self._ends[1], self.value_of_hour, self.question.t0)

    def best(self, bans: frozenset[str] = frozenset(), cutoff: float = inf) -> engine.Path | None:
        """Best path, of a value up to `cutoff`, that uses none of the banned elements and border clusters."""
        if (bans, cutoff) not in self._best:
            self._best[bans, cutoff] = self._search(bans, cutoff)
        return self._best[bans, cutoff]

    def _search(self, bans: frozenset[str], cutoff: float) -> engine.Path | None:
        banned = frozenset().union(*(self.multimodal.bans[token] for token in bans))
        sources, targets = self._ends
        return engine.search(self.graph, sources, targets, self.question.t0, self.value_of_hour, self._bounds, banned,
                             cutoff)

    def borders(self, path: engine.Path) -> list[str]:
        """Border clusters of a path, in order: its corridor signature, as bans."""
        return list(dict.fromkeys(f"border {self.edges[e].signature}" for e in path.edges if self.edges[e].signature))

    def gate(self, path: engine.Path) -> list[str]:
        """The border (pair of countries) at the end of the path that has fewer neighbours, as a ban."""
        edges = [self.edges[e] for e in path.edges if self.edges[e].pairs]
        if not edges:
            return []
        count = self.multimodal.neighbours
        first, last = self.edges[path.edges[0]].countries[0], self.edges[path.edges[-1]].countries[-1]
        return [f"pair {edges[-1].pairs[-1]}" if count[last] <= count[first] else f"pair {edges[0].pairs[0]}"]

    def reenters(self, path: engine.Path) -> bool:
        """Whether the path comes back to a country that it has left."""
        passed = [c for c, _ in groupby(self.edges[e].countries[0] for e in path.edges if self.edges[e].kind == "leg")
                  if c != SEA]
        return len(passed) > len(set(passed))

    def transit(self, path: engine.Path) -> list[str]:
        """Countries and seas passed on the way, without those of origin and destination, as bans."""
        ends = {self.edges[path.edges[0]].countries[0], self.edges[path.edges[-1]].countries[-1]}
        return [f"country {c}" for c in dict.fromkeys(
            c for e in path.edges if self.edges[e].kind == "leg" for c in self.edges[e].countries) if c not in ends]

    def longest_legs(self, path: engine.Path, n: int = 6) -> list[str]:
        """The longest legs of a path, as bans: what sets routes inside one country apart."""
        legs = [self.edges[e] for e in path.edges if self.edges[e].kind == "leg"]
        return [edge.element_id for edge in sorted(legs, key=lambda edge: -edge.km)[:n]]

    def alternatives(self, bans_of: Callable[[engine.Path], list[str]]) -> Iterator[engine.Path]:
        """Paths in order of their value, each the best without some of the elements of the ones before.

        After each path, one search per element of ``bans_of(path)`` looks for the best path without it (and
        without what its ancestors had banned); the cheapest of all open branches comes next.
        """
        heap: list[tuple[float, int, engine.Path, frozenset[str]]] = []
        tried: set[frozenset[str]] = set()
        seen: set[tuple[int, ...]] = set()

        def branch(bans: frozenset[str], cutoff: float = inf) -> None:
            if bans in tried or len(tried) >= SEARCHES:
                return
            tried.add(bans)
            path = self.best(bans, cutoff)
            if path is not None:
                heappush(heap, (path.value, len(tried), path, bans))

        branch(frozenset())
        limit = self.question.max_stretch * heap[0][0] if heap else 0.0
        while heap:
            _, _, path, bans = heappop(heap)
            if path.edges not in seen:
                seen.add(path.edges)
                yield path
            for token in bans_of(path):
                branch(bans | {token}, limit)

    def trace(self, path: engine.Path, push_through: bool = False) -> list[Step]:
        """Walk a path through the real closures.

        Parameters
        ----------
        push_through : bool
            Enter an edge at once where it would have to wait longer than allowed, so that everything that
            blocks the path is found and each at about the date on which cargo would be there.
        """
        t = self.question.t0
        steps = []
        for i in path.edges:
            edge = self.edges[i]
            spans = self.spans(edge)
            start = t if spans is None else engine.ready(spans, t)
            closure = None
            if start > t:
                closure = max((c for c in self.closures(edge) if c.start <= t < c.end), key=lambda c: (c.end, -c.start))
            begin = t if push_through and start - t > self.question.max_wait_hours else start
            end = begin + self.hours(edge) if edge.factors is None else \
                engine.traverse(begin, self.hours(edge), edge.factors)
            steps.append(Step(i, t, start, end, closure))
            t = end
        return steps

    def too_long(self, steps: list[Step]) -> list[Step]:
        """Steps that would have to wait longer than allowed."""
        return [s for s in steps if s.closure is not None and s.wait > self.question.max_wait_hours]


class Rejected(NamedTuple):
    """A corridor that fails, and the passages at which it does."""

    path: engine.Path
    blocked: list[Step]


def element_of(step: Step) -> str:
    """Element that shuts a step."""
    assert step.closure is not None
    return step.closure.element_id


Bans = Callable[[engine.Path], list[str]]


def _tiers(world: World) -> tuple[Bans, ...]:
    """What to do without to find another corridor, from the widest sense of "another" to the narrowest."""
    return world.gate, world.transit, world.borders, lambda path: world.borders(path) + world.longest_legs(path)


def choose(world: World, k: int, max_overlap: float) -> tuple[list[engine.Path], list[Rejected]]:
    """At most `k` alternatives that share little, best first, and those set aside because they wait too long.

    Different ways into (or out of) the end that has fewer neighbours come first, then routes through other
    countries (one that passes all the transit countries of another is a variant of it), then over other borders,
    then other routes over the same borders. An alternative never enters a country twice.
    """
    accepted: list[engine.Path] = []
    aside: list[Rejected] = []

    def waits(path: engine.Path) -> list[Step]:
        return world.too_long(world.trace(path))

    def new_gate(path: engine.Path) -> bool:
        return world.gate(path) not in map(world.gate, accepted)

    def new_transit(path: engine.Path) -> bool:
        return not any(set(world.transit(path)) >= set(world.transit(other)) for other in accepted)

    def anything(path: engine.Path) -> bool:
        return True

    is_new = (new_gate, new_transit, anything, anything)
    for bans_of, new in zip(_tiers(world), is_new, strict=True):
        def bans(path: engine.Path, bans_of: Bans = bans_of) -> list[str]:
            return list(map(element_of, waits(path))) or (bans_of(path) if path in accepted else world.borders(path))

        for path in world.alternatives(bans):
            if len(accepted) == k:
                break
            if blocked := waits(path):
                aside.append(Rejected(path, blocked))
            elif not accepted or (new(path) and not world.reenters(path)
                                  and all(overlap(world, path, other) <= max_overlap for other in accepted)):
                accepted.append(path)
    return sorted(accepted, key=lambda path: path.value), aside


def overlap(world: World, a: engine.Path, b: engine.Path) -> float:
    """Share of the shorter path's km that both use."""
    edges = [[world.edges[e] for e in path.edges] for path in (a, b)]
    km = [{edge.element_id: edge.km for edge in path if edge.kind == "leg"} for path in edges]
    shorter = min(sum(lengths.values()) for lengths in km)
    shared = sum(length for leg, length in km[0].items() if leg in km[1])
    return shared / shorter if shorter else float(a.edges == b.edges)


def blocked_corridors(world: World, open_world: World, offered: list[engine.Path], limit: int = 8) -> list[Rejected]:
    """Corridors that would work if nothing were shut, each with what shuts it; best first.

    A corridor is its border clusters: one that is offered with another stretch of road inside a country is not
    blocked, and of two ways over the same borders the one with fewer closures is shown.
    """
    signatures = {tuple(world.borders(path)) for path in offered}
    found: dict[tuple[str, ...], Rejected] = {}

    def blocked(path: engine.Path) -> list[Step]:
        return world.too_long(world.trace(path, push_through=True))

    for tier in _tiers(open_world)[:3]:
        def bans_of(path: engine.Path, tier: Bans = tier) -> list[str]:
            return list(map(element_of, blocked(path))) or tier(path)

        for path in open_world.alternatives(bans_of):
            steps, signature = blocked(path), tuple(world.borders(path))
            if not steps:
                signatures.add(signature)
            elif signature not in found or len(steps) < len(found[signature].blocked):
                found[signature] = Rejected(path, steps)
    fewest: dict[frozenset[str], Rejected] = {}
    for signature, one in found.items():
        if signature not in signatures:
            fewest.setdefault(frozenset(map(element_of, one.blocked)), one)
    return sorted(fewest.values(), key=lambda one: one.path.value)[:limit]


def cut(world: World, open_world: World) -> list[Rejected]:
    """What cuts origin from destination: the best corridor, the best without what blocks that one, and so on."""
    bans: frozenset[str] = frozenset()
    found: list[Rejected] = []
    while (path := open_world.best(bans)) is not None:
        blocked = world.too_long(world.trace(path, push_through=True))
        if not blocked:
            break
        found.append(Rejected(path, blocked))
        bans |= {element_of(blocked[0])}
    return found
