"""Best routes of pairs with elements taken out, each asked for once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from corridors.arguments import as_choice
from corridors.data.geodesy import SEA, country_pair
from corridors.engine.arrays import use_compiled
from corridors.errors import NoRoute
from corridors.model.cargo import with_value_of_time
from corridors.routing.request import By, Place, Request, read_cargo
from corridors.routing.result import Result
from corridors.routing.search import find_routes

if TYPE_CHECKING:
    from corridors.model.facts import Facts

KINDS = {"crossings": "crossing", "legs": "leg", "straits": "strait", "sections": "section"}
OVER = (*KINDS, "borders", "countries", "causes")
CLOSABLE = "closable"
"""Whatever has a record of closures; for `Network.expected_loss`."""
Over = Literal["crossings", "legs", "straits", "sections", "borders", "countries", "causes"]
Removed = frozenset[str]
OBJECTIVES: tuple[By, ...] = ("hours", "usd", "generalised")
"""By which the best route is looked for: what is lost is the change in the fastest, the cheapest, and both together."""


class Way(NamedTuple):
    """The best route of a pair by one objective: what it takes, and what lies on it that could be taken out."""

    figures: Mapping[By, float]
    """By objective: hours, US$, and US$ with the value of time."""
    name: str
    elements: tuple[str, ...]


class Interdiction:
    """Best routes of pairs without some elements, each asked for once.

    A route that does not touch an element stays the best when that element goes. So only what lies on a best route can
    matter, and of two elements together, only what lies on a best route without the first.

    Parameters
    ----------
    facts : Facts
    pairs : sequence of (origin, destination)
    over : str
        What is taken out, see `Network.criticality`.
    request : Request
        What the questions have in common.
    add : callable
        Told of every search.
    objectives : sequence of str
        By which the best routes are looked for.
    """

    def __init__(
        self,
        facts: Facts,
        pairs: Sequence[tuple[Place, Place]],
        over: str,
        request: Request,
        add: Callable[[int], object],
        objectives: Sequence[By] = OBJECTIVES,
    ) -> None:
        if over != CLOSABLE:
            as_choice(over, "over", OVER)
        use_compiled()
        self.facts, self.pairs, self._over, self._request, self._add = facts, pairs, over, request, add
        self.objectives = objectives
        cargo, worth = read_cargo(facts, request.cargo), request.value_of_time
        self.usd_hour = (cargo if worth is None else with_value_of_time(cargo, worth)).value_of_time
        self._known: dict[tuple[int, Removed, By], Way | str] = {}
        self._ways: list[list[Way]] = [[] for _ in pairs]
        table = facts.tables["elements"]
        self._kind = dict(zip(table["element_id"], table["kind"], strict=True))

    def note(self, pair: int, removed: Removed = frozenset()) -> str:
        """Why a pair has no route without some elements; empty if it has one."""
        found = self._found(pair, removed, self.objectives[0])
        return found if isinstance(found, str) else ""

    def best(self, pair: int, removed: Removed, by: By) -> Way:
        """Best of all routes found for a pair that keep clear of some elements, which must leave one."""
        self._found(pair, removed, by)
        return min(
            (way for way in self._ways[pair] if removed.isdisjoint(way.elements)), key=lambda way: way.figures[by]
        )

    def touched(self, pair: int, removed: Removed) -> bool:
        """Whether any of the best routes of a pair goes by some elements."""
        return any(not removed.isdisjoint(way.elements) for way in self._bests(pair, frozenset()))

    def on_best_ways(self, pair: int) -> list[str]:
        """What lies on the best routes of a pair and may be taken out."""
        return list(dict.fromkeys(one for way in self._bests(pair, frozenset()) for one in way.elements))

    def _bests(self, pair: int, removed: Removed) -> list[Way]:
        ways = (self._found(pair, removed, by) for by in self.objectives)
        return [way for way in ways if isinstance(way, Way)]

    def _found(self, pair: int, removed: Removed, by: By) -> Way | str:
        key = pair, removed, by
        if key not in self._known:
            found = self._known[key] = self._inherited(pair, removed, by) or self._search(pair, removed, by)
            if isinstance(found, Way):
                self._ways[pair].append(found)
        return self._known[key]

    def _inherited(self, pair: int, removed: Removed, by: By) -> Way | str | None:
        for element in sorted(removed):
            without = self._known.get((pair, removed - {element}, by))
            if isinstance(without, str) or (without and removed.isdisjoint(without.elements)):
                return without
        return None

    def _search(self, pair: int, removed: Removed, by: By) -> Way | str:
        self._add(1)
        origin, destination = self.pairs[pair]
        avoid = [
            *(self._request.avoid or ()),
            *(item for element in sorted(removed) for item in self._members(element)),
        ]
        try:
            request = replace(self._request, origin=origin, destination=destination, k=1, avoid=avoid, by=by)
            result = find_routes(self.facts, request).results[0]
        except NoRoute as error:
            return str(error)
        figures = {objective: result.value(objective) for objective in OBJECTIVES}
        return Way(figures, result.name, self._on(result))

    def _on(self, result: Result) -> tuple[str, ...]:
        """What lies on a route and may be taken out, in travel order."""
        if self._over in KINDS:
            found = [
                element
                for edge in result.edges
                for element in edge.elements
                if self._kind[element] == KINDS[self._over]
            ]
        elif self._over == CLOSABLE:
            found = [one for edge in result.edges for one in edge.elements if one in self.facts.closure_groups]
        elif self._over == "borders":
            found = [country_pair(*edge.countries) for edge in result.edges if edge.kind == "crossing" and edge.pairs]
        elif self._over == "causes":
            passed = {element for edge in result.edges for element in edge.elements}
            found = [cause for cause, (_, elements) in self._causes.items() if not passed.isdisjoint(elements)]
        else:
            question, place = result.world.question, self.facts.place
            ends = {place[question.origin]["country"], place[question.destination]["country"], SEA}
            found = [country for edge in result.edges for country in edge.countries if country not in ends]
        return tuple(dict.fromkeys(found))

    @cached_property
    def _causes(self) -> dict[str, tuple[str, Removed]]:
        """Title and elements of each cause that closed several elements to freight; of equal sets the latest cause."""
        episodes = self.facts.tables["episodes"]
        closed = episodes[~episodes["scope"].isin(("exceptions", "passengers only")) & (episodes["common_cause"] != "")]
        found: dict[Removed, tuple[str, str]] = {}
        for cause, rows in sorted(closed.groupby("common_cause"), key=lambda one: min(one[1]["start"])):
            elements = frozenset(rows["element_id"]).intersection(self._kind)
            if len(elements) > 1:
                first = rows.sort_values("start").iloc[0]
                example = self.facts.element_names[min(elements)]
                title = f"{first['cause']} ({first['start'][:4]}): {example} and {len(elements) - 1} more"
                found[elements] = str(cause), title
        return {cause: (title, elements) for elements, (cause, title) in found.items()}

    def _members(self, element: str) -> Sequence[str]:
        """What `Network.routes` has to avoid."""
        if self._over == "causes":
            return sorted(self._causes[element][1])
        return self.facts.border_crossings[element] if self._over == "borders" else (element,)

    def name(self, removed: Removed) -> str:
        """Names of elements: "Khunjerab and Torkham"."""
        causes = self._causes if self._over == "causes" else {}
        return " and ".join(
            causes[element][0] if element in causes else self.facts.element_names.get(element, element)
            for element in sorted(removed)
        )

    def adds_nothing(self, removed: Removed) -> bool:
        """Whether a set of several elements costs every pair no more by any objective than one without a member."""
        return len(removed) > 1 and any(
            all(
                self._figure(pair, removed, by) == self._figure(pair, removed - {element}, by)
                for pair in range(len(self.pairs))
                for by in self.objectives
            )
            for element in sorted(removed)
        )

    def _figure(self, pair: int, removed: Removed, by: By) -> float | None:
        return None if self.note(pair, removed) else self.best(pair, removed, by).figures[by]

    def sets(self, most: int) -> Iterator[Removed]:
        """Every set of at most so many elements that no smaller one equals, smaller before larger.

        Each member lies on a best route of some pair without the members before it: a set in which one does not takes
        no longer than the set without that one.
        """
        layer: dict[Removed, None] = {frozenset(): None}
        for _ in range(most):
            layer = {
                removed | {element}: None
                for removed in layer
                for pair in range(len(self.pairs))
                for way in self._bests(pair, removed)
                for element in way.elements
            }
            yield from layer
