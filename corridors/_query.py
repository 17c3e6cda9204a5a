"""A question put to the engine: the world on that date, alternatives in it, and what blocks the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
    layers: tuple[str, str] = ("", "")
    """Layer on which cargo starts and ends; empty: any."""


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
        self.dated = calendars.dated | set(question.overlay.changed)

    def closures(self, edge: Edge) -> list[Closure]:
        """All closures that shut this edge, in its direction."""
        direction = ">".join(edge.countries)
        return [closure for element in edge.elements if element in self.dated
                for closure in self.question.overlay.apply(
                    element, self.calendars.closures(element, self.question.t0, self.question.knowledge))
                if closure.direction in ("", direction)]

    def spans(self, edge: Edge) -> engine.Spans | None:
        """Closed spans of an edge, or None if it never closes."""
        if not any(map(self.dated.__contains__, edge.elements)):
            return None
        dated = [element for element in edge.elements if element in self.dated]
        key = (edge.elements, edge.countries)
        if key not in self._spans:
            if len(dated) == 1 and dated[0] not in self.question.overlay.changed:
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
        return edge.amount.hours * self.scale("hours", edge) + self.delay(edge)

    def delay(self, edge: Edge) -> float:
        """Hours that the scenario adds to an edge; a section's delay is spread over its legs by length."""
        return sum(hours * self.share_of(element, edge) for element, hours in self.question.overlay.delays.items()
                   if element in edge.elements)

    def share_of(self, element: str, edge: Edge) -> float:
        """Share of an element's length that an edge of it has: 1 for a crossing or a leg of its own."""
        total = self.multimodal.length.get(element, 0.0)
        return edge.km / total if total else 1.0

    def scale(self, quantity: str, edge: Edge) -> float:
        """Factor of the scenario on a quantity of this edge."""
        factor = 1.0
        for change in self.question.overlay.scales:
            if change.what == quantity and edge.kind == "leg" and change.mode in ("", edge.mode) \
                    and change.country in ("", *edge.countries):
                factor *= change.number
        return factor

    def risks(self, edge: Edge) -> dict[str, float]:
        """Elements of an edge and the share of the days since 2023 on which events shut them in its direction."""
        until, way = midnight(self.question.knowledge.as_of), ">".join(edge.countries)
        return {e: self.calendars.closure_share(e, RISK_SINCE, until, way) for e in edge.elements if e in self.dated}

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
            return sum(-log(max(1.0 - share, 1e-9)) * self.share_of(element, edge)
                       for element, share in self.risks(edge).items())
        return edge.amount.usd * self.scale("usd", edge)

    @cached_property
    def closed(self) -> dict[int, engine.Spans]:
        """Closed spans of the edges that have any on this date; none in the open world."""
        if self.open:
            return {}
        dated = sorted({i for element in self.dated for i in self.multimodal.bans.get(element, ())})
        return {i: spans for i in dated if (spans := self.spans(self.edges[i])) is not None}

    @cached_property
    def graph(self) -> engine.Graph:
        """What exists and what it costs; kept with the network where nothing but objective and modes decides it."""
        q = self.question
        plain = not self._avoids and q.overlay == Overlay() and q.by != "risk"
        kept = self.multimodal.graphs.get((q.by, q.modes)) if plain else None
        if kept is None:
            out: list[list[engine.Arc]] = [[] for _ in self.multimodal.nodes]
            for i, edge in enumerate(self.edges):
                if self.exists(edge):
                    out[edge.tail].append(engine.Arc(i, edge.head, self.hours(edge), self.weight(edge), edge.factors))
            kept = engine.Graph(out)
            if plain:
                self.multimodal.graphs[q.by, q.modes] = kept
        stops = [set(self.multimodal.at(p, True)) | set(self.multimodal.at(p, False)) for p in self.question.via]
        return kept.staged(stops) if stops else kept

    @cached_property
    def _ends(self) -> tuple[list[int], frozenset[int]]:
        shift = len(self.question.via) * len(self.multimodal.nodes)
        first, last = self.question.layers
        return (self.multimodal.at(self.question.origin, leaving=True, layer=first),
                frozenset(n + shift for n in self.multimodal.at(self.question.destination, leaving=False, layer=last)))

    def serves(self, place_id: str, leaving: bool) -> bool:
        """Whether any edge that exists leaves (or reaches) a place."""
        nodes = set(self.multimodal.at(place_id, leaving))
        return any((edge.tail if leaving else edge.head) in nodes and self.exists(edge) and edge.kind != "transfer"
                   for edge in self.edges)

    @cached_property
    def _bounds(self) -> list[float]:
        return engine.bounds(self.graph, self.closed, self._ends[1], self.value_of_hour, self.question.t0)

    def best(self, bans: frozenset[str] = frozenset(), cutoff: float = inf) -> engine.Path | None:
        """Best path, of a value up to `cutoff`, that uses none of the banned elements and border clusters."""
        if (bans, cutoff) not in self._best:
            self._best[bans, cutoff] = self._search(bans, cutoff)
        return self._best[bans, cutoff]

    def _search(self, bans: frozenset[str], cutoff: float) -> engine.Path | None:
        banned = frozenset().union(*(self.multimodal.bans[token] for token in bans))
        sources, targets = self._ends
        return engine.search(self.graph, self.closed, sources, targets, self.question.t0, self.value_of_hour,
                             self._bounds, banned, cutoff)

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

    def km(self, path: engine.Path) -> float:
        """Length of a path."""
        return sum(self.edges[e].km for e in path.edges)

    def pairs(self, path: engine.Path) -> tuple[str, ...]:
        """Borders of a path as pairs of countries, in order."""
        return tuple(pair for e in path.edges for pair in self.edges[e].pairs)

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

    def alternatives(self, bans_of: Callable[[engine.Path], list[frozenset[str]]],
                     limit: Callable[[], float]) -> Iterator[engine.Path]:
        """Paths in order of their value, each the best without some of the elements of the ones before.

        After each path, one search per set of ``bans_of(path)`` looks for the best path without it (and
        without what its ancestors had banned); the cheapest of all open branches comes next, up to ``limit()``.
        """
        heap: list[tuple[float, int, engine.Path, frozenset[str]]] = []
        tried: set[frozenset[str]] = set()
        seen: set[tuple[int, ...]] = set()

        def branch(bans: frozenset[str]) -> None:
            if bans in tried or len(tried) >= SEARCHES:
                return
            tried.add(bans)
            path = self.best(bans, limit())
            if path is not None:
                heappush(heap, (path.value, len(tried), path, bans))

        branch(frozenset())
        while heap and heap[0][0] <= limit():
            _, _, path, bans = heappop(heap)
            if path.edges not in seen:
                seen.add(path.edges)
                yield path
            for more in bans_of(path):
                branch(bans | more)

    def stretch(self, best: float) -> float:
        """Largest value that an alternative to one of value `best` may have."""
        return self.question.max_stretch * best or inf

    @cached_property
    def _money(self) -> World:
        return World(self.multimodal, self.calendars, replace(self.question, by="usd"))

    def cheaper(self, path: engine.Path) -> engine.Path:
        """The same arrival for less money: where a path waits for an opening, the cheapest way to be there in time.

        The fastest way to a gate that is still shut is no use; among all ways that reach it before it opens, the
        one that costs least is taken.
        """
        steps = self.trace(path)
        waiting = [i for i, step in enumerate(steps) if step.wait > 0]
        if self.question.by != "hours" or self.question.via or not waiting:
            return path
        money = self._money
        at, start = path.edges[waiting[-1]], steps[waiting[-1]].start
        gate = frozenset([self.edges[at].tail])
        found = engine.search(money.graph, money.closed, self._ends[0], gate, self.question.t0, 0.0,
                              engine.bounds(money.graph, money.closed, gate, 0.0, self.question.t0), deadline=start)
        if found is None or set(found.edges) & set(path.edges[waiting[-1]:]):
            return path
        return engine.Path(found.edges + path.edges[waiting[-1]:], path.value)

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
    return (world.gate, lambda path: world.gate(path) + world.transit(path), world.borders,
            lambda path: world.borders(path) + world.longest_legs(path))


def choose(world: World, k: int, max_overlap: float) -> tuple[list[engine.Path], list[Rejected]]:
    """At most `k` alternatives that share little, best first, and those set aside because they wait too long.

    Other ways into (or out of) the end that has fewer neighbours come first and fill all places but one; then other
    sets of transit countries (one that only adds or leaves out countries is a variant), then other borders, then
    other routes over the same borders. Without ``via``, an alternative never enters a country twice.
    """
    accepted: list[engine.Path] = []
    done: set[engine.Path] = set()          # the paths accepted, before `cheaper`
    aside: list[Rejected] = []

    def waits(path: engine.Path) -> list[Step]:
        return world.too_long(world.trace(path))

    def variant(path: engine.Path, other: engine.Path) -> bool:
        a, b = set(world.transit(path)), set(world.transit(other))
        return world.gate(path) == world.gate(other) and (a <= b or a >= b)

    def fits(path: engine.Path) -> bool:
        return (bool(world.question.via) or not world.reenters(path)) \
            and world.km(path) <= world.question.max_stretch * world.km(accepted[0]) \
            and all(overlap(world, path, other) <= max_overlap for other in accepted)

    def limit() -> float:
        return world.stretch(min(path.value for path in accepted)) if accepted else inf

    is_new: tuple[Callable[[engine.Path], bool], ...] = (
        lambda path: world.gate(path) not in map(world.gate, accepted),
        lambda path: not any(variant(path, other) for other in accepted), lambda path: True, lambda path: True)
    for tier, bans_of in enumerate(_tiers(world)):
        def bans(path: engine.Path, bans_of: Bans = bans_of) -> list[frozenset[str]]:
            if blocked := waits(path):
                return [frozenset(map(element_of, blocked))]
            return [frozenset({ban}) for ban in (bans_of(path) if path in done else world.borders(path))]

        for path in world.alternatives(bans, limit):
            if len(accepted) >= (max(1, k - 1) if tier == 0 else k):
                break
            if blocked := waits(path):
                aside.append(Rejected(path, blocked))
            elif not accepted or (fits(path) and is_new[tier](path)):
                cheaper = world.cheaper(path)
                accepted.append(cheaper if not accepted or fits(cheaper) else path)
                done.add(path)
    return sorted(accepted, key=lambda path: path.value), aside


def overlap(world: World, a: engine.Path, b: engine.Path) -> float:
    """Share of the shorter path's km that both use."""
    edges = [[world.edges[e] for e in path.edges] for path in (a, b)]
    km = [{edge.element_id: edge.km for edge in path if edge.kind == "leg"} for path in edges]
    shorter = min(sum(lengths.values()) for lengths in km)
    shared = sum(length for leg, length in km[0].items() if leg in km[1])
    return shared / shorter if shorter else float(a.edges == b.edges)


def blocked_corridors(world: World, open_world: World, offered: list[engine.Path], most: int = 8) -> list[Rejected]:
    """Corridors that would work if nothing were shut, each with what shuts it; best first.

    A corridor is its border clusters. A road shut inside a country does not block it where another road leads over
    the same borders; nor does a shut crossing where another one between the same two countries is in a route
    offered, unless it is the gate into the end that has fewer neighbours.
    """
    found: dict[tuple[str, ...], Rejected] = {}
    passing = {tuple(world.borders(path)) for path in offered}
    corridors = {world.pairs(path) for path in offered}

    def blocked(path: engine.Path) -> list[Step]:
        return world.too_long(world.trace(path, push_through=True))

    best = offered[0] if offered else open_world.best()
    reach = world.stretch(best.value) if best else inf

    def limit() -> float:
        return reach

    for tier in _tiers(open_world)[:3]:
        def bans_of(path: engine.Path, tier: Bans = tier) -> list[frozenset[str]]:
            return [frozenset({ban}) for ban in list(map(element_of, blocked(path))) or tier(path)]

        for path in open_world.alternatives(bans_of, limit):
            signature = tuple(world.borders(path))
            if signature in passing or signature in found:
                continue
            detour = _around(world, open_world, path, blocked)
            if not (steps := blocked(detour)):
                passing.add(signature)
            elif not (world.pairs(path) in corridors and _only_variant(world, path, steps)):
                found[signature] = Rejected(detour, steps)
    fewest: dict[frozenset[str], Rejected] = {}
    for one in sorted(found.values(), key=lambda one: (len(one.blocked), one.path.value)):
        fewest.setdefault(frozenset(map(element_of, one.blocked)), one)
    return sorted(fewest.values(), key=lambda one: one.path.value)[:most]


def _around(world: World, open_world: World, path: engine.Path, blocked: Callable[[engine.Path], list[Step]],
            ) -> engine.Path:
    """The same borders by roads that are not shut, as far as there are such; else the path itself."""
    others = frozenset(ban for ban in world.multimodal.bans if ban.startswith("border ")) - set(world.borders(path))
    shut: frozenset[str] = frozenset()
    while local := {element_of(s) for s in blocked(path) if world.edges[s.edge].kind == "leg"} - shut:
        shut |= local
        detour = open_world.best(others | shut)
        if detour is None:
            break
        path = detour
    return path


def _only_variant(world: World, path: engine.Path, steps: list[Step]) -> bool:
    """Whether what is shut is no gate of the corridor: then another crossing of the same two countries serves."""
    gate = [ban.removeprefix("pair ") for ban in world.gate(path)]
    return not any(pair in gate for step in steps for pair in world.edges[step.edge].pairs)


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
