"""Best routes of pairs with elements taken out, each asked for once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from corridors.analysis.workers import Crew
from corridors.arguments import as_choice
from corridors.data.geodesy import SEA, country_pair
from corridors.errors import NoRoute
from corridors.model.cargo import with_value_of_time
from corridors.routing.answers import find_routes
from corridors.routing.request import By, Place, Request, read_cargo

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


class Passed(NamedTuple):
    """The best route of a pair by one objective: what it takes, and all that it passes, in travel order."""

    figures: Mapping[By, float]
    """By objective: hours, US$, and US$ with the value of time."""
    name: str
    elements: tuple[str, ...]
    borders: tuple[str, ...]
    countries: tuple[str, ...]
    """Those in which the pair neither begins nor ends."""


def best_way(facts: Facts, request: Request) -> Passed | str:
    """The best route for a request, or why there is none."""
    try:
        result = find_routes(facts, request).results[0]
    except NoRoute as error:
        return str(error)
    question, edges = result.world.question, result.edges
    ends = {facts.place[question.origin]["country"], facts.place[question.destination]["country"], SEA}
    return Passed(
        {objective: result.value(objective) for objective in OBJECTIVES},
        result.name,
        tuple(dict.fromkeys(element for edge in edges for element in edge.elements)),
        tuple(dict.fromkeys(country_pair(*e.countries) for e in edges if e.kind == "crossing" and e.pairs)),
        tuple(dict.fromkeys(country for edge in edges for country in edge.countries if country not in ends)),
    )


class Way(NamedTuple):
    """The best route of a pair by one objective: what it takes, and what lies on it that could be taken out."""

    figures: Mapping[By, float]
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
    workers : Crew
        Who searches.
    objectives : sequence of str
        By which the best routes are looked for.
    """

    def __init__(
        self,
        facts: Facts,
        pairs: Sequence[tuple[Place, Place]],
        over: str,
        request: Request,
        workers: Crew,
        objectives: Sequence[By] = OBJECTIVES,
    ) -> None:
        if over != CLOSABLE:
            as_choice(over, "over", OVER)
        self.facts, self.pairs, self._over, self._request, self._workers = facts, pairs, over, request, workers
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

    def ask(self, wanted: Iterable[tuple[int, Removed]], objectives: Sequence[By] | None = None) -> None:
        """Look for the best routes of pairs without some elements, all together; by some objectives, or all."""
        order, objectives = list(wanted), self.objectives if objectives is None else objectives
        for first, some in ((True, objectives[:1]), (False, objectives[1:])):
            keys = [(*one, by) for one in order if first or not self.note(*one) for by in some]
            missing = [key for key in dict.fromkeys(keys) if key not in self._known and not self._inherit(key)]
            for key, passed in zip(missing, self._workers.all(best_way, list(map(self._asked, missing))), strict=True):
                self._keep(key, passed if isinstance(passed, str) else self._way(passed))

    def _bests(self, pair: int, removed: Removed) -> list[Way]:
        ways = (self._found(pair, removed, by) for by in self.objectives)
        return [way for way in ways if isinstance(way, Way)]

    def _found(self, pair: int, removed: Removed, by: By) -> Way | str:
        key = pair, removed, by
        if key not in self._known:
            self.ask([(pair, removed)], [by])
        return self._known[key]

    def _keep(self, key: tuple[int, Removed, By], found: Way | str) -> None:
        self._known[key] = found
        if isinstance(found, Way):
            self._ways[key[0]].append(found)

    def _inherit(self, key: tuple[int, Removed, By]) -> bool:
        """Keep what is known with one element less taken out, if it holds with this one too."""
        pair, removed, by = key
        for element in sorted(removed):
            without = self._known.get((pair, removed - {element}, by))
            if isinstance(without, str) or (without and removed.isdisjoint(without.elements)):
                self._keep(key, without)
                return True
        return False

    def _asked(self, key: tuple[int, Removed, By]) -> Request:
        (origin, destination), removed, by = self.pairs[key[0]], *key[1:]
        avoid = [
            *(self._request.avoid or ()),
            *(item for element in sorted(removed) for item in self._members(element)),
        ]
        return replace(self._request, origin=origin, destination=destination, k=1, avoid=avoid, by=by)

    def _way(self, passed: Passed) -> Way:
        """The route, with what may be taken out of it, in travel order."""
        if self._over in KINDS:
            found = tuple(one for one in passed.elements if self._kind[one] == KINDS[self._over])
        elif self._over == CLOSABLE:
            found = tuple(one for one in passed.elements if one in self.facts.closure_groups)
        elif self._over == "causes":
            found = tuple(c for c, (_, elements) in self._causes.items() if not elements.isdisjoint(passed.elements))
        else:
            found = passed.borders if self._over == "borders" else passed.countries
        return Way(passed.figures, passed.name, found)

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
        pairs = range(len(self.pairs))
        for _ in range(most):
            self.ask((pair, removed) for removed in layer for pair in pairs)
            layer = {
                removed | {element}: None
                for removed in layer
                for pair in pairs
                for way in self._bests(pair, removed)
                for element in way.elements
            }
            self.ask((pair, removed) for removed in layer for pair in pairs if self.touched(pair, removed))
            yield from layer
