"""Best routes of pairs with elements taken out, each asked for once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from corridors.arguments import as_choice
from corridors.data.geodesy import SEA, country_pair
from corridors.engine.arrays import use_compiled
from corridors.errors import NoRoute
from corridors.routing.request import Place, Request
from corridors.routing.result import Result
from corridors.routing.search import find_routes

if TYPE_CHECKING:
    from corridors.model.facts import Facts

KINDS = {"crossings": "crossing", "legs": "leg", "straits": "strait", "sections": "section"}
OVER = (*KINDS, "borders", "countries")
Over = Literal["crossings", "legs", "straits", "sections", "borders", "countries"]
Removed = frozenset[str]


class Best(NamedTuple):
    """The best way of a pair: what it takes, and what lies on it that could be taken out. Or why there is none."""

    hours: float
    usd: float
    name: str
    elements: tuple[str, ...]
    note: str


class Interdiction:
    """Best ways of pairs without some elements, each asked for once.

    A way that does not touch an element stays the best when that element goes. So only what lies on the best way can
    matter, and of two elements together, only what lies on the best way without the first.

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
    """

    def __init__(
        self,
        facts: Facts,
        pairs: Sequence[tuple[Place, Place]],
        over: str,
        request: Request,
        add: Callable[[int], object],
    ) -> None:
        as_choice(over, "over", OVER)
        use_compiled()
        self.facts, self.pairs, self._over, self._request, self._add = facts, pairs, over, request, add
        self.by_usd = request.by == "usd"
        self._known: dict[tuple[int, Removed], Best] = {}
        table = facts.tables["elements"]
        self._kind = dict(zip(table["element_id"], table["kind"], strict=True))

    def best(self, pair: int, removed: Removed = frozenset()) -> Best:
        """Best way of a pair without some elements."""
        if (pair, removed) not in self._known:
            self._known[pair, removed] = self._inherited(pair, removed) or self._search(pair, removed)
        return self._known[pair, removed]

    def _inherited(self, pair: int, removed: Removed) -> Best | None:
        for element in sorted(removed):
            without = self._known.get((pair, removed - {element}))
            if without and element not in without.elements:
                return without
        return None

    def _search(self, pair: int, removed: Removed) -> Best:
        self._add(1)
        origin, destination = self.pairs[pair]
        avoid = [
            *(self._request.avoid or ()),
            *(item for element in sorted(removed) for item in self._members(element)),
        ]
        try:
            request = replace(self._request, origin=origin, destination=destination, k=1, avoid=avoid)
            routes = find_routes(self.facts, request)
        except NoRoute as error:
            return Best(np.nan, np.nan, "", (), str(error))
        first = routes.results[0]
        hours, usd, *_ = first.figures
        return Best(hours, usd, routes.names[0], self._on(first), "")

    def _on(self, result: Result) -> tuple[str, ...]:
        """What lies on a way and may be taken out, in travel order."""
        if self._over in KINDS:
            found = [
                element
                for edge in result.edges
                for element in edge.elements
                if self._kind[element] == KINDS[self._over]
            ]
        elif self._over == "borders":
            found = [country_pair(*edge.countries) for edge in result.edges if edge.kind == "crossing" and edge.pairs]
        else:
            question, place = result.world.question, self.facts.place
            ends = {place[question.origin]["country"], place[question.destination]["country"], SEA}
            found = [country for edge in result.edges for country in edge.countries if country not in ends]
        return tuple(dict.fromkeys(found))

    def _members(self, element: str) -> Sequence[str]:
        """What `Network.routes` has to avoid."""
        return self.facts.border_crossings[element] if self._over == "borders" else (element,)

    def name(self, removed: Removed) -> str:
        """Names of elements: "Khunjerab and Torkham"."""
        return " and ".join(self.facts.element_names.get(element, element) for element in sorted(removed))

    def adds_nothing(self, removed: Removed, by: str) -> bool:
        """Whether a set of several elements takes every pair no longer (or no more US$) than one without a member."""

        def loss(pair: int, some: Removed) -> tuple[bool, float]:
            best = self.best(pair, some)
            return (True, 0.0) if best.note else (False, best.usd if by == "usd" else best.hours)

        return len(removed) > 1 and any(
            all(loss(pair, removed) == loss(pair, removed - {element}) for pair in range(len(self.pairs)))
            for element in sorted(removed)
        )

    def sets(self, most: int) -> Iterator[Removed]:
        """Every set of at most so many elements that no smaller one equals, smaller before larger.

        Each member lies on the best way of some pair without the members before it: a set in which one does not takes
        no longer than the set without that one.
        """
        layer: dict[Removed, None] = {frozenset(): None}
        for _ in range(most):
            layer = {
                removed | {element}: None
                for removed in layer
                for pair in range(len(self.pairs))
                for element in self.best(pair, removed).elements
            }
            yield from layer
