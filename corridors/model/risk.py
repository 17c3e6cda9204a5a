"""How likely a journey is stopped on an edge: by closures as often as on record, and by conflict."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corridors.model.calendars import midnight

if TYPE_CHECKING:
    from corridors.model.facts import Facts
    from corridors.model.graph import Edge
    from corridors.model.world import World

RISK_YEARS = 3
"""Calendar years before that of knowledge whose closures count."""


def risk_of_all(world: World) -> NDArray[np.float64]:
    """Risk of every edge of a world: none where nothing was ever closed and no conflict is entered."""
    graph = world.multimodal
    found = np.zeros(len(world.edges))
    entered = (graph.entered.get(country, ()) for country in world.conflict)
    for i in world.edges_of(world.calendars.dated).union(*entered):
        edge = world.edges[i]
        closures = sum(
            -log(max(1.0 - share, 1e-9)) * world.share_of(element, edge)
            for element, share in shares_closed(world, edge).items()
        )
        found[i] = closures - log(1.0 - world.conflict.get(graph.enters(edge), 0.0))
    return found


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


def researched(facts: Facts, world: World, edges: Iterable[Edge]) -> bool:
    """Whether somebody looked for closures of every gate, strait and section that some edges pass.

    Roads, railways and sea lanes between these were never looked through as such: a route over none of them has no
    record of its own.
    """
    names, unlooked = facts.closable_names, not_researched(facts, world)
    gates = [named for edge in edges if (named := [one for one in edge.elements if one in names])]
    return bool(gates) and not any(unlooked.issuperset(named) for named in gates)


def not_researched(facts: Facts, world: World) -> frozenset[str]:
    """Gates, straits and sections at which nobody looked for closures in the years that count."""
    since, until = risk_since(world), world.question.knowledge.as_of

    def work_out() -> frozenset[str]:
        looked = facts.coverage.looked
        return frozenset(element for element in facts.closable_names if not looked(element, since, until))

    return facts.kept.get(("not researched", since, until), work_out, len)
