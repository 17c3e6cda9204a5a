"""Short names that set routes apart: "via Khunjerab"."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from corridors.model.graph import Edge

if TYPE_CHECKING:
    from corridors.model.facts import Facts


def names(facts: Facts, routes: list[list[Edge]]) -> list[str]:
    """Short names that set routes apart: the border that fewest others could replace, more where they share it."""
    ranked = [_distinct_points(facts, edges) for edges in routes]
    used = Counter(name for points in ranked for name in {name for _, name in points})
    found: list[str] = []
    for i, points in enumerate(ranked):
        if not points:
            modes = dict.fromkeys(e.mode for e in routes[i] if e.kind == "leg")
            towns = _towns(facts, [e.from_place for e in routes[i] if e.kind == "leg"])
            found.append(f"by {' and '.join(modes)} via {facts.place[towns[len(towns) // 2]]['name']}")
            continue
        chosen = points[:1]
        if used[points[0][1]] > 1:
            chosen += sorted(points[1:], key=lambda point: used[point[1]])[:1]
        found.append("via " + " and ".join(name for _, name in sorted(chosen)))
    for name in [name for name, count in Counter(found).items() if count > 1]:
        same = [i for i, other in enumerate(found) if other == name]
        passed = {i: list(dict.fromkeys(e.to_place for e in routes[i][:-1] if e.kind == "leg")) for i in same}
        for i in same:
            others = {place for j in same if j != i for place in passed[j]}
            own = _towns(facts, [place for place in passed[i] if place not in others])
            if own:
                found[i] = f"{name} and {facts.place[own[len(own) // 2]]['name']}"
    return _apart(_apart(found, [f"{sum(edge.km for edge in edges):,.0f} km" for edges in routes]))


def _apart(found: list[str], more: list[str] | None = None) -> list[str]:
    """The names, with `more` or a number behind those that several share."""
    shared = {name for name, count in Counter(found).items() if count > 1}
    seen: Counter[str] = Counter()
    told = []
    for i, name in enumerate(found):
        seen[name] += 1
        words = more[i] if more else f"way {seen[name]}"
        told.append(f"{name}, {words}" if name in shared else name)
    return told


def _towns(facts: Facts, places: list[str]) -> list[str]:
    """Those of the places that are no mere junctions; all of them if none is."""
    return [place for place in places if facts.place[place]["kind"] != "junction"] or places


def _distinct_points(facts: Facts, edges: list[Edge]) -> list[tuple[int, str]]:
    """Border crossings and ports of loading (position, name), those with fewest neighbours of the same pair first."""
    points = []
    for position, edge in enumerate(edges):
        if edge.kind == "leg" and edge.pairs and facts.place[edge.from_place]["kind"] != "strait":
            points.append((2, position, f"{facts.place[edge.from_place]['name']} by {edge.mode}"))
        elif edge.kind == "crossing" and edge.pairs:
            rivals = facts.crossings_between[frozenset(edge.countries)]
            points.append((rivals, position, facts.element_names[edge.element_id].split(" (")[0]))
    return [(position, name) for _, position, name in sorted(points)]
