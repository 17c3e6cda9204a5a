"""What would change an answer: the delay or price at which another route leads, and which part moves a figure most."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import inf, isfinite, log
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pandas as pd

from corridors.arguments import as_choice, as_names
from corridors.data.geodesy import SEA
from corridors.data.schema import Row
from corridors.errors import BadRequest, NoRoute
from corridors.model.factors import groups
from corridors.model.scenario import Scenario
from corridors.model.simulation import Samples
from corridors.routing import path as paths
from corridors.routing.figures import rounded, two
from corridors.routing.names import names as names_of
from corridors.routing.ranges import QUANTILES, quantile
from corridors.routing.result import Result

if TYPE_CHECKING:
    from corridors.model.graph import Edge
    from corridors.model.scenario import Overlay
    from corridors.model.world import Quantity, World
    from corridors.routing.routes import Routes

MOST_HOURS = 720.0
"""Longest delay that is tried."""
MOST_TIMES = 2.0
"""A price or pace is tried up to so many times what it is, and down to as small a part of it."""
EXACT_HOURS, EXACT_SHARE = 0.05, 0.0005
"""How close to the switch a delay, and a factor, is found."""
LOOKS = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
"""Shares of a lever's reach that are tried: opening hours may undo what a smaller change did."""
LEADS = {
    "hours": "the fastest",
    "usd": "the cheapest",
    "kgco2e": "the lowest in CO2e",
    "generalised": "the best by cost and time together",
}
SCALED = {"hours": ("hours",), "usd": ("usd",), "kgco2e": ("kgco2e",), "generalised": ("usd", "hours")}
MORE_AND_LESS = {"hours": ("slower", "quicker"), "usd": ("dearer", "cheaper"), "kgco2e": ("dirtier", "cleaner")}
SWITCHING = ["by", "leads", "kind", "what", "mode", "country", "now", "value", "change", "then", "then_label", "words"]

Ask = Callable[[float], "Result | None"]
"""What leads with a lever at some position."""


class Lever(NamedTuple):
    """Something that can be made worse or better: passage of a crossing, or what legs of a mode in a country take."""

    kind: str
    what: str
    mode: str = ""
    country: str = ""
    now: float = 1.0
    end: float = MOST_TIMES
    """How far it is moved: hours added, or a factor."""

    @property
    def start(self) -> float:
        """Where it stands when nothing is changed."""
        return 0.0 if self.kind == "delay" else 1.0

    @property
    def exact(self) -> float:
        """How close to the switch it is to be found."""
        return EXACT_HOURS if self.kind == "delay" else EXACT_SHARE

    def moved(self, scenario: Scenario | None, to: float) -> Scenario:
        """A scenario with the lever moved as well."""
        world = scenario or Scenario("as it is")
        if self.kind == "delay":
            return world.delay(self.what, hours=to)
        return world.scale(self.what, to, mode=self.mode, country=self.country)  # type: ignore[arg-type]

    def moves(self, edge: Edge) -> bool:
        """Whether it changes what an edge takes."""
        if self.kind == "delay":
            return self.what in edge.elements
        return (self.mode, self.country) in groups(edge.kind, edge.mode, edge.countries)

    @property
    def slows(self) -> bool:
        """Whether it is the hours that it changes."""
        return self.kind == "delay" or self.what == "hours"


def switching(routes: Routes, by: str | Sequence[str] = ("hours", "usd")) -> pd.DataFrame:
    """Rows of `Routes.switching`."""
    by = as_names([by] if isinstance(by, str) else by, "by", f"some of {', '.join(LEADS)}", "'hours', 'usd'")
    if unknown := [name for name in by if name not in LEADS]:
        raise BadRequest(f"by={unknown[0]!r}: switching values are found for {', '.join(LEADS)}.")
    found = [row for one in dict.fromkeys(by) for row in _rows(routes, one)]
    return pd.DataFrame(found, columns=SWITCHING)


def _rows(routes: Routes, by: str) -> list[Row]:
    """What makes another route lead by one figure, the smallest change first."""
    scenario = routes.request.scenario
    unknown = "persist" if routes.request.unknown == "both" else routes.request.unknown

    def ask(changed: Scenario | None) -> Result | None:
        try:
            return routes.again(by=by, k=1, unknown=unknown, scenario=changed).results[0]
        except NoRoute:
            return None

    first = ask(scenario)
    if first is None:
        return []
    others = (result for result in routes.results if result.path.edges != first.path.edges)
    known = [first, *(result for result in others if not result.condition)]
    usual: dict[int, float] = {}
    rows = []
    for lever in _levers(known, by):

        def overlay(x: float, lever: Lever = lever) -> Overlay:
            return routes.facts.overlay(lever.moved(scenario, x))

        def asked(x: float, lever: Lever = lever) -> Result | None:
            return ask(lever.moved(scenario, x))

        if flip := _flip(lever, known, by, _Race(known, by, lever, overlay, usual).best, asked):
            rows.append(_row(routes, by, lever, first, *flip))
    return sorted(rows, key=lambda row: abs(log(row["value"] / row["now"])) if row["now"] > 0 else row["value"])


def _levers(known: Sequence[Result], by: str) -> Iterator[Lever]:
    """What the leader depends on, to be made worse; then what the others depend on, to be made better."""
    first = known[0]
    for element, now in _passages(first).items():
        yield Lever("delay", element, now=now, end=MOST_HOURS)
    others = [result for result in known if not _same(first, result)]
    for quantity in SCALED[by]:
        for on, end in (([first], MOST_TIMES), (others, 1 / MOST_TIMES)):
            legs = [edge for result in on for edge in result.edges if edge.kind == "leg"]
            modes: dict[str, list[str]] = {}
            for edge in legs:
                modes.setdefault(edge.mode, []).append(edge.countries[0])
            for mode, countries in modes.items():
                for country in dict.fromkeys(countries):
                    yield Lever("scale", quantity, mode, country, end=end)
                if len(set(countries)) > 1:
                    yield Lever("scale", quantity, mode, end=end)


def _passages(result: Result) -> dict[str, float]:
    """Hours at each crossing of a route, without the wait for it to open."""
    return {
        edge.element_id: step.end - step.start
        for step, edge in zip(result.steps, result.edges, strict=True)
        if edge.kind == "crossing"
    }


def _same(a: Result, b: Result) -> bool:
    """Whether two routes are one to an analyst: over the same borders or, inside one country, by the same modes."""
    if a.path.edges == b.path.edges:
        return True
    over = [paths.borders(one.world, one.path) for one in (a, b)]
    return over[0] == over[1] and (bool(over[0]) or _modes(a) == _modes(b))


def _modes(result: Result) -> set[str]:
    return {edge.mode for edge in result.edges if edge.kind == "leg"}


def _flip(lever: Lever, known: list[Result], by: str, among: Ask, ask: Ask) -> tuple[float, Result | None] | None:
    """Where the lead changes, and what leads then; `known` grows by every route that leads somewhere, as it stands.

    The change is looked for among the known routes, which costs no search, until the network, asked on either side of
    it, agrees.
    """
    first = known[0]
    while True:
        span = _narrow(lever, among, first, by)
        found = [ask(x) for x in (span or (lever.end,))]
        if span is None and _leads(first, found[0]):
            return None
        if span is not None and _leads(first, found[0]) and not _leads(first, found[1]):
            return sum(span) / 2, found[1]
        new = [one for one in found if one and all(one.path.edges != other.path.edges for other in known)]
        if not new:
            break
        known += [one.at(one.world.other(overlay=first.world.question.overlay)) for one in new]
    span = _narrow(lever, ask, first, by, LOOKS[-1:])
    return None if span is None else (sum(span) / 2, ask(span[1]))


def _narrow(
    lever: Lever, ask: Ask, first: Result, by: str, looks: Sequence[float] = LOOKS
) -> tuple[float, float] | None:
    """Positions of a lever close to each other: at one the first route leads, at the other it does not."""
    low, before = lever.start, first
    for part in looks:
        high = lever.start + part * (lever.end - lever.start)
        after = ask(high)
        if not _leads(first, after):
            break
        low, before = high, after or first
    else:
        return None
    while abs(high - low) > lever.exact:
        wide, guess, step = abs(high - low), _crossing(low, high, before, after, by), 0.4 * lever.exact
        for x in (guess - step, guess + step, None):
            if x is None:
                if abs(high - low) < wide / 2:
                    break
                x = (low + high) / 2
            if min(low, high) < x < max(low, high):
                found = ask(x)
                if _leads(first, found):
                    low, before = x, found or before
                else:
                    high, after = x, found
    return low, high


def _crossing(low: float, high: float, before: Result, after: Result | None, by: str) -> float:
    """Where two routes are about as good as each other: exact where both change evenly in between."""
    if after is None:
        return (low + high) / 2
    gaps = [_worth(before.at(world), by) - _worth(after.at(world), by) for world in (before.world, after.world)]
    if not all(map(isfinite, gaps)) or gaps[0] == gaps[1]:
        return (low + high) / 2
    return low - gaps[0] * (high - low) / (gaps[1] - gaps[0])


def _leads(first: Result, found: Result | None) -> bool:
    return found is not None and _same(first, found)


class _Race:
    """The best of known routes with a lever at any position, following each route no more often than necessary.

    What the lever does not move is worth what it always is. Where a route is worth no less the further it is moved, it
    is worth at least what it was at positions before: it is not followed if another one is better than that.
    """

    def __init__(
        self,
        known: Sequence[Result],
        by: str,
        lever: Lever,
        overlay: Callable[[float], Overlay],
        usual: dict[int, float],
    ) -> None:
        self._known, self._by, self._lever, self._overlay, self._usual = known, by, lever, overlay, usual
        self._moved: dict[int, int] = {}
        self._rises: dict[int, float] = {}
        self._worth: dict[tuple[int, float], float] = {}
        # later at one gate may be earlier through the next: hours keep the order, days for which a box is hired do not
        self._ordered = by in ("hours", "kgco2e") or not lever.slows

    def best(self, x: float) -> Result | None:
        """The best with the lever at a position."""
        worlds: dict[int, World] = {}
        floors = sorted((self._floor(number, x), number) for number in range(len(self._known)))
        least, first = inf, len(floors)
        for floor, number in floors:
            if (floor, number) < (least, first):
                worth = self._at(number, x, worlds)
                if worth < inf and (worth, number) < (least, first):
                    least, first = worth, number
        return self._moved_to(x, self._known[first], worlds) if first < len(floors) else None

    def _at(self, number: int, x: float, worlds: dict[int, World]) -> float:
        """What a route is worth with the lever at a position; infinite where it waits too long."""
        if not self._moves(number):
            return self._unmoved(number)
        if not self._lever.slows:
            return self._unmoved(number) + (x - self._lever.start) * self._rise(number)
        result = self._known[number]
        there = self._moved_to(x, result, worlds)
        before = result.passages[: self._first(number)]
        there.passages = [*before, *paths.walk(there.world, there.path, before=before)]
        if paths.too_long(there.world, there.passages):
            return inf  # not kept: cargo that comes later may find open what makes this one wait too long
        worth = self._worth[number, x] = _worth(there, self._by)
        return worth

    def _moved_to(self, x: float, result: Result, worlds: dict[int, World]) -> Result:
        """A route with the lever at a position."""
        if id(result.world) not in worlds:
            worlds[id(result.world)] = result.world.other(overlay=self._overlay(x))
        return result.at(worlds[id(result.world)])

    def _unmoved(self, number: int) -> float:
        """What a route is worth with nothing changed; infinite where it waits too long."""
        if number not in self._usual:
            result = self._known[number]
            waits = paths.too_long(result.world, result.steps)
            self._usual[number] = inf if waits else _worth(result, self._by)
        return self._usual[number]

    def _rise(self, number: int) -> float:
        """How much more a route is worth for each unit by which a lever is moved that leaves its hours as they are."""
        result = self._known[number]
        if number not in self._rises:
            moved = [i for i, edge in zip(result.path.edges, result.edges, strict=True) if self._lever.moves(edge)]
            taken = result.world.taken(cast("Quantity", self._lever.what))[moved]
            self._rises[number] = float(taken.sum()) / result.payload
        return self._rises[number]

    def _first(self, number: int) -> int:
        """Where the lever first moves what a route takes: how many edges come before."""
        if number not in self._moved:
            edges = self._known[number].edges
            self._moved[number] = next((i for i, edge in enumerate(edges) if self._lever.moves(edge)), len(edges))
        return self._moved[number]

    def _moves(self, number: int) -> bool:
        return self._first(number) < len(self._known[number].edges)

    def _floor(self, number: int, x: float) -> float:
        """What a route is worth at least."""
        if not self._moves(number) or not self._lever.slows:
            return self._at(number, x, {})
        if not self._ordered:
            return -inf
        best_at = min(self._lever.start, self._lever.end)
        if (number, best_at) not in self._worth:
            self._worth[number, best_at] = -inf
            self._at(number, best_at, {})
        return max(worth for (one, at), worth in self._worth.items() if one == number and at <= x)


def _worth(result: Result, by: str) -> float:
    """What a route is judged by: money, time's worth and emissions by the tonne."""
    return result.value(by) / (1.0 if by == "hours" else result.payload)


def _row(routes: Routes, by: str, lever: Lever, first: Result, change: float, after: Result | None) -> Row:
    known, names = list(routes.labelled()), partial(names_of, routes.facts)

    def called(result: Result | None) -> tuple[str, str]:
        if result is None:
            return "", "no route at all"
        if same := next((row for row, other in known if _same(result, other)), None):
            return same["label"], same["name"]
        return "", names([*(other.edges for _, other in known), result.edges])[-1]

    (leads, name), (label, then) = called(first), called(after)
    value = lever.now + change if lever.kind == "delay" else change
    if lever.kind == "delay":
        cause = (
            f"passing {routes.facts.element_names[lever.what]} takes more than {rounded(value)} h "
            f"(expected: {rounded(lever.now)} h)"
        )
    else:
        where = f" in {lever.country}" if lever.country not in ("", SEA) else ""
        word = MORE_AND_LESS[lever.what][value < 1]
        cause = f"{lever.mode} transport{where} is more than {two(100 * abs(value - 1))} % {word} than expected"
    return {
        "by": by,
        "leads": leads or name,
        "kind": lever.kind,
        "what": lever.what,
        "mode": lever.mode,
        "country": lever.country,
        "now": lever.now,
        "value": value,
        "change": change,
        "then": then,
        "then_label": label,
        "words": f"{leads or name} stops being {LEADS[by]} if {cause}; then it is {label or then}.",
    }


def swings(routes: Routes, what: str = "usd", route: int = 0) -> pd.DataFrame:
    """Rows of `Routes.swings`."""
    as_choice(what, "what", ("usd", "days"))
    if isinstance(route, bool) or not isinstance(route, int) or not -len(routes) <= route < len(routes):
        raise BadRequest(f"route={route!r}: give the number of one of the {len(routes)} routes, from 0.")
    row, result = list(routes.labelled())[route]
    expected: dict[str, float] = {}
    samples: dict[str, Samples] = {}
    for name, value, sample in _parts(result, what):
        expected[name] = expected.get(name, 0.0) + value
        samples[name] = samples.get(name, 0.0) + sample
    hours, usd = result.figures[:2]
    base = usd if what == "usd" else hours / 24
    rows = []
    for name, value in expected.items():
        low, high = (quantile(samples[name], QUANTILES[q]) for q in ("p10", "p90"))
        if high > low:
            rows.append(
                {
                    "label": row["label"],
                    "part": name,
                    "expected": value,
                    "low": base - value + low,
                    "base": base,
                    "high": base - value + high,
                    "swing": high - low,
                }
            )
    columns = ["label", "part", "expected", "low", "base", "high", "swing"]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def _parts(result: Result, what: str) -> Iterator[tuple[str, float, Samples]]:
    """Parts of a route, with what each is expected to take and takes in every sample."""
    arrived = np.zeros(result.draws.n)
    for i, (step, edge) in enumerate(zip(result.steps, result.edges, strict=True)):
        if edge.kind == "leg":
            name = f"{edge.mode} in {edge.countries[0]}" if edge.mode in ("road", "rail") else f"by {edge.mode}"
        elif edge.kind == "crossing":
            name = result.facts.element_names[edge.element_id]
        else:
            place = result.facts.place[edge.from_place]["name"]
            name = f"{'terminal' if edge.kind == 'transfer' else edge.kind} at {place}"
        if what == "usd":
            money = result.world.amount(edge).usd * result.world.scale("usd", edge)
            yield name, money, np.zeros(result.draws.n) + result.paid[i]
        else:
            end = result.trip.end[i]
            with np.errstate(invalid="ignore"):
                sample = end - arrived
            yield name, (step.end - step.arrive) / 24, np.where(np.isfinite(end), sample, inf) / 24
            arrived = end
    if what == "usd" and result.detention[0] > 0:
        yield "detention", *result.detention
