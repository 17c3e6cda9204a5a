"""Names of routes: the countries in order, and the crossings that tell the route apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from corridors.data.geodesy import SEA
from corridors.model.graph import Edge

if TYPE_CHECKING:
    from corridors.model.facts import Facts

CROSSINGS = 2
"""Crossings in a name, unless more are needed to tell two routes apart."""
MOST = 8
STRAIT = 1000
"""Rank of a strait: it is named where border crossings and ports are too few."""


def name_of(facts: Facts, edges: Sequence[Edge], crossings: int = CROSSINGS) -> str:
    """Name of one route, whatever else is in the answer: "KZ-KG-CN-PK, by Torugart and Khunjerab"."""
    points = sorted(sorted(_points(facts, edges))[:crossings], key=lambda point: point[1])
    by = dict.fromkeys(name for _, _, name in points)
    modes = dict.fromkeys(edge.mode for edge in edges if edge.kind == "leg")
    return f"{'-'.join(countries(edges))}, by {' and '.join(by) if by else ' and '.join(modes)}"


def countries(edges: Sequence[Edge]) -> list[str]:
    """Countries in order; the high seas as "sea", and what is flown over as "air"."""
    found: list[str] = []
    for edge in edges:
        for country in edge.countries:
            shown = ("air" if edge.mode == "air" else "sea") if country == SEA else country
            if not found or found[-1] != shown:
                found.append(shown)
    return found


def names(facts: Facts, routes: Sequence[Sequence[Edge]]) -> list[str]:
    """Names of the routes of one answer, all different: longer ones where the short ones are the same."""
    found = [name_of(facts, edges) for edges in routes]
    for crossings in range(CROSSINGS + 1, MOST + 1):
        for i in _twice(found):
            found[i] = name_of(facts, routes[i], crossings)
    for tell in (_by_modes, _by_town):
        alike = _twice(found)
        more = {i: tell(facts, routes[i], [routes[j] for j in alike if j != i and found[j] == found[i]]) for i in alike}
        found = [f"{name}{more.get(i, '')}" for i, name in enumerate(found)]
    numbers = {i: found[: i + 1].count(found[i]) for i in _twice(found)}
    return [f"{name} ({numbers[i]})" if i in numbers else name for i, name in enumerate(found)]


def _twice(names: Sequence[str]) -> list[int]:
    counts = Counter(names)
    return [i for i, name in enumerate(names) if counts[name] > 1]


def _by_modes(facts: Facts, edges: Sequence[Edge], _: Sequence[Sequence[Edge]]) -> str:
    """Modes, with the places where they change."""
    legs = [edge for edge in edges if edge.kind == "leg"]
    changes = [f"{b.mode} from {facts.place[b.from_place]['name']}" for a, b in pairwise(legs) if a.mode != b.mode]
    first = [f"{legs[0].mode} first"] if changes else []
    return "".join(f", {one}" for one in first + changes)


def _by_town(facts: Facts, edges: Sequence[Edge], rivals: Sequence[Sequence[Edge]]) -> str:
    """A town that the route passes and its rivals do not, in the middle of all such."""
    passed, *others = ([e.to_place for e in some[:-1] if e.kind == "leg"] for some in (edges, *rivals))
    own = [place for place in dict.fromkeys(passed) if not any(place in places for places in others)]
    towns = [place for place in own if facts.place[place]["kind"] == "city"] or own
    return f", via {facts.place[towns[len(towns) // 2]]['name']}" if towns else ""


def _points(facts: Facts, edges: Sequence[Edge]) -> list[tuple[int, int, str]]:
    """What a route may be named by (rivals, position, name); few rivals tell most about the route."""
    found = ((position, point_of(facts, edge)) for position, edge in enumerate(edges))
    return [(point[0], position, point[1]) for position, point in found if point]


def point_of(facts: Facts, edge: Edge) -> tuple[int, str] | None:
    """Border crossing, strait or port of loading that an edge is, after the number of its rivals; None if neither."""
    if edge.kind == "crossing":
        rivals = facts.crossings_between[frozenset(edge.countries)] if edge.pairs else STRAIT
        return rivals, facts.element_names[edge.element_id].split(" (")[0]
    if not edge.pairs:
        return None
    start = facts.place[edge.from_place]
    return (2, f"{start['name']} by {edge.mode}") if edge.kind == "leg" and start["kind"] != "strait" else None
