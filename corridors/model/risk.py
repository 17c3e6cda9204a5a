"""How likely a journey is stopped on an edge: by closures as often as on record, and by conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import exp, inf, log
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from corridors.model.calendars import midnight

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.model.graph import Edge
    from corridors.model.world import World

RISK_YEARS = 3
"""Calendar years before that of knowledge whose closures count."""


def exposure(world: World) -> dict[int, dict[str, float]]:
    """What may stop a journey on each edge: elements on record as closed, and conflict in the country entered.

    Each with its hazard, minus the logarithm of the chance to get by: hazards of what is independent add up.
    """
    graph, found = world.multimodal, dict[int, dict[str, float]]()
    entered = (graph.entered.get(country, ()) for country in world.conflict)
    for i in world.edges_of(world.calendars.dated).union(*entered):
        edge, country = world.edges[i], graph.enters(world.edges[i])
        shares = shares_closed(world, edge) | {f"conflict {country}": world.conflict.get(country, 0.0)}
        if hazards := {name: -log(max(1.0 - share, 1e-9)) for name, share in shares.items() if share}:
            found[i] = hazards
    return found


def risk_of_all(world: World) -> NDArray[np.float64]:
    """Hazard of every edge as a search adds it up; that of a section is spread over its longest way through by km.

    A path over a part of a section weighs less in the search than `risk_of_path` says.
    """
    found = np.zeros(len(world.edges))
    for i, hazards in world.exposed.items():
        edge = world.edges[i]
        for name, hazard in hazards.items():
            found[i] += hazard * (edge.km / _through_km(world, name) if name in edge.elements[1:] else 1.0)
    return found


def risk_of_path(world: World, edges: Iterable[int]) -> float:
    """Chance that something on a path is shut: a section that closes is shut on each of its legs, and counts once."""
    hazards: dict[str, float] = {}
    for i in edges:
        for name, hazard in world.exposed.get(i, {}).items():
            hazards[name] = max(hazard, hazards.get(name, 0.0))
    return 1.0 - exp(-sum(hazards.values()))


def _through_km(world: World, section: str) -> float:
    """Kilometres of the shortest way between those two places of a section that lie farthest apart along it."""

    def measured() -> float:
        legs: nx.Graph[str] = nx.Graph()
        for i in sorted(world.edges_of([section])):
            edge = world.edges[i]
            known = legs.get_edge_data(edge.from_place, edge.to_place, {"km": inf})["km"]
            legs.add_edge(edge.from_place, edge.to_place, km=min(edge.km, known))
        return max(max(ways.values()) for _, ways in nx.all_pairs_dijkstra_path_length(legs, weight="km"))

    return world.kept.get(("through", section), measured, lambda _: 1)


def risk_since(world: World) -> str:
    """First day whose closures count."""
    return date(max(world.question.knowledge.as_of.year - RISK_YEARS, 1), 1, 1).isoformat()


def shares_closed(world: World, edge: Edge) -> dict[str, float]:
    """Elements of an edge and the share of the days since `risk_since` on which they were shut to this traffic.

    What was shut for two years or more was no surprise and does not count.
    """
    dated = [element for element in edge.elements if element in world.dated]
    if not dated:
        return {}
    since, until, traffic = risk_since(world), midnight(world.question.knowledge.as_of), world.traffic(edge)
    return {element: world.calendars.closure_share(element, since, until, traffic) for element in dated}


def recorded(facts: Facts, world: World, edges: Sequence[int]) -> bool:
    """Whether the risk of a path is on record: a closure of what it passes counts in it, or all was `researched`."""
    closed = any(name in world.edges[i].elements for i in edges for name in world.exposed.get(i, ()))
    return closed or researched(facts, world, edges)


def researched(facts: Facts, world: World, edges: Iterable[int]) -> bool:
    """Whether somebody looked for closures of every gate, strait and section that a path passes.

    Roads, railways and sea lanes between these were never looked through as such: a route over none of them has no
    record of its own.
    """
    names, unlooked = facts.closable_names, not_researched(facts, world)
    passed = (world.edges[i].elements for i in edges)
    gates = [named for elements in passed if (named := [one for one in elements if one in names])]
    return bool(gates) and not any(unlooked.issuperset(named) for named in gates)


def not_researched(facts: Facts, world: World) -> frozenset[str]:
    """Gates, straits and sections at which nobody looked for closures in the years that count."""
    since, until = risk_since(world), world.question.knowledge.as_of

    def work_out() -> frozenset[str]:
        looked = facts.coverage.looked
        return frozenset(element for element in facts.closable_names if not looked(element, since, until))

    return facts.kept.get(("not researched", since, until), work_out, len)
