"""Names of routes: the countries in order, and the crossings that tell the route apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from corridors.data.geodesy import SEA
from corridors.model.graph import Edge

if TYPE_CHECKING:
    from corridors.model.facts import Facts

CROSSINGS = 2
"""Crossings in a name, unless more are needed to tell two routes apart."""
OFF_LAND = frozenset({"sea", "air"})
"""What stands among the countries of a route for the high seas, and for what is flown over."""
STRAIT = 1000
"""Rank of a strait: it is named where border crossings and ports are too few."""


class _Told:
    """A route as it is named: its edges, and what it may be named by."""

    def __init__(self, facts: Facts, edges: Sequence[Edge]) -> None:
        self.facts, self.edges = facts, edges

    @cached_property
    def points(self) -> list[tuple[int, int, str]]:
        """Rivals, position and name of each crossing, strait and haul by ship or air; few rivals tell most."""
        return points(self.facts, self.edges)

    def name(self, more: Collection[str] = ()) -> str:
        """Its name: "KZ-KG-CN-PK, by Torugart and Khunjerab"; `more` are added."""
        shown = {name for _, _, name in sorted(self.points)[:CROSSINGS]}.union(more)
        by = dict.fromkeys(name for _, _, name in self.points if name in shown)
        told = by or dict.fromkeys(edge.mode for edge in self.edges if edge.kind == "leg")
        return f"{'-'.join(countries(self.edges))}, by {_joined(list(told))}"


def name_of(facts: Facts, edges: Sequence[Edge]) -> str:
    """Name of one route, whatever else is in the answer."""
    return _Told(facts, edges).name()


def name_with(facts: Facts, edges: Sequence[Edge], elements: Collection[str]) -> str:
    """Name of one route with those of its crossings and straits that are among some elements."""
    told = _Told(facts, edges)
    return told.name([name for _, at, name in told.points if not set(elements).isdisjoint(edges[at].elements)])


def _joined(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def countries(edges: Sequence[Edge]) -> list[str]:
    """Countries in order; the high seas as "sea", and what is flown over as "air"."""
    found, before = list[str](), (tuple[str, ...](), "")
    for edge in edges:
        if edge.countries is before[0] and edge.mode == before[1]:
            continue
        before = edge.countries, edge.mode
        for country in edge.countries:
            shown = ("air" if edge.mode == "air" else "sea") if country == SEA else country
            if not found or found[-1] != shown:
                found.append(shown)
    return found


def names(facts: Facts, routes: Sequence[Sequence[Edge]], given: Sequence[str] = ()) -> list[str]:
    """Names of the routes of one answer, all different: longer ones where the short ones are the same.

    What is added tells a route apart: crossings that others of the same name do not pass, else its modes, else places.
    The first routes have the names `given`, but for those given none.
    """
    fixed = {i for i, name in enumerate(given) if name}
    told = [_Told(facts, edges) for edges in routes]
    found = [given[i] if i in fixed else one.name() for i, one in enumerate(told)]
    for longer in (_with_crossings, _with_modes, _with_places, _without_places):
        if not (alike := _twice(found)):
            break
        more = {
            i: longer(told[i], found[i], [told[j] for j in alike if found[j] == found[i]])
            for i in alike
            if i not in fixed
        }
        found = [more.get(i, name) for i, name in enumerate(found)]
    numbers = {i: found[: i + 1].count(found[i]) for i in _twice(found)}
    return [f"{name} ({numbers[i]})" if i in numbers else name for i, name in enumerate(found)]


def _twice(names: Sequence[str]) -> list[int]:
    counts = Counter(names)
    return [i for i, name in enumerate(names) if counts[name] > 1]


def _with_crossings(one: _Told, _: str, alike: Sequence[_Told]) -> str:
    """The name with crossings that not all that are called alike pass, of which few rivals tell most."""
    own = dict.fromkeys(name for _, _, name in sorted(one.points))
    others = [{name for _, _, name in other.points} for other in alike]
    return one.name(_telling(list(own), others, lambda found: found[0]))


def _with_modes(one: _Told, name: str, alike: Sequence[_Told]) -> str:
    """The name with the modes and the places where they change, if these are not the same of all."""
    words, *others = map(_modes, (one, *alike))
    return name if all(other == words for other in others) else name + words


def _modes(one: _Told) -> str:
    legs = [edge for edge in one.edges if edge.kind == "leg"]
    changes = [
        f"{b.mode} from {one.facts.place[b.from_place]['name']}"
        for a, b in pairwise(legs)
        if a.mode != b.mode and b.mode in ("road", "rail")  # ships are named by their ports
    ]
    alone = len({edge.mode for edge in legs}) == 1
    first = [f"{edge.mode} {'all the way' if alone else 'first'}" for edge in legs[:1]]
    return "".join(f", {words}" for words in (*first, *changes))


def _with_places(one: _Told, name: str, alike: Sequence[_Told]) -> str:
    """The name with places that not all pass."""
    return f"{name}, via {words}" if (words := _places(one, alike)) else name


def _without_places(one: _Told, name: str, alike: Sequence[_Told]) -> str:
    """The name with a place that those pass whose name is given, and the route does not."""
    words = next(filter(None, (_places(other, [one]) for other in alike)), "")
    return f"{name}, not via {words}" if words else name


def _places(one: _Told, others: Sequence[_Told]) -> str:
    """Cities that not all others pass, else other places that people know, from the middle of the route."""
    passed, *known = ([e.to_place for e in some.edges[:-1] if e.kind == "leg"] for some in (one, *others))
    place = one.facts.place
    kinds = [place[name]["kind"] for name in passed]
    for some in (["city"], set(kinds) - {"junction"}):
        own = dict.fromkeys(name for name, kind in zip(passed, kinds, strict=True) if kind in some)
        if telling := _telling(list(own), list(map(set, known)), lambda found: found[len(found) // 2]):
            return _joined([place[name]["name"] for name in own if name in telling])
    return ""


def _telling(own: Sequence[str], others: Sequence[set[str]], pick: Callable[[list[str]], str]) -> set[str]:
    """Some of a route's own points, each of which as many others as possible lack that lack none of those before."""
    told, left = set[str](), list(others)
    while left:
        lacking = {name: sum(name not in other for other in left) for name in own}
        most = max(lacking.values(), default=0)
        if not most:
            break
        told.add(one := pick([name for name, number in lacking.items() if number == most]))
        left = [other for other in left if one in other]
    return told


def points(facts: Facts, edges: Sequence[Edge]) -> list[tuple[int, int, str]]:
    """What a route may be named by (rivals, position, name); few rivals tell most about the route."""
    found = []
    for position, edge in enumerate(edges):
        if (edge.pairs or edge.kind == "crossing") and (point := point_of(facts, edge)):
            found.append((point[0], position, point[1] or _haul(facts, edges[position:])))
    return found


def _haul(facts: Facts, edges: Sequence[Edge]) -> str:
    """Name of a haul by sea or air that begins with the first edge: where it loads and where it lands, by what."""
    mode, legs = edges[0].mode, list[Edge]()
    for edge in edges:
        if edge.mode != mode or edge.kind not in ("leg", "crossing"):
            break
        legs += [edge] if edge.kind == "leg" else []
    start, end = (facts.place[place]["name"] for place in (legs[0].from_place, legs[-1].to_place))
    return f"{start}-{end} by {mode}"


def point_of(facts: Facts, edge: Edge) -> tuple[int, str] | None:
    """Rivals and name of the border crossing or strait that an edge is; no name where a haul from a port begins."""
    if edge.kind == "crossing":
        rivals = facts.crossings_between[frozenset(edge.countries)] if edge.pairs else STRAIT
        return rivals, facts.element_names[edge.element_id].split(" (")[0]
    hauls = edge.pairs and edge.kind == "leg" and facts.place[edge.from_place]["kind"] != "strait"
    return (2, "") if hauls else None
