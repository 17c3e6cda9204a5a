"""How likely a journey is stopped on an edge: by closures as often as on record, and by conflict."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corridors.model.calendars import midnight

if TYPE_CHECKING:
    from corridors.model.graph import Edge
    from corridors.model.world import World

RISK_SINCE = "2023-01-01"


def risk_of_all(world: World) -> NDArray[np.float64]:
    """Risk of every edge of a world: none where nothing was ever closed and no conflict is entered."""
    graph = world.multimodal
    found = np.zeros(len(world.edges))
    entered = (graph.entered.get(country, ()) for country in world.conflict)
    for i in world.edges_of(world.calendars.dated).union(*entered):
        edge = world.edges[i]
        closures = sum(
            -log(max(1.0 - share, 1e-9)) * world.share_of(element, edge)
            for element, share in _shares_closed(world, edge).items()
        )
        found[i] = closures - log(1.0 - world.conflict.get(graph.enters(edge), 0.0))
    return found


def _shares_closed(world: World, edge: Edge) -> dict[str, float]:
    """Elements of an edge and the share of the days since 2023 on which events closed them in its direction."""
    dated = [element for element in edge.elements if element in world.dated]
    until, way = midnight(world.question.knowledge.as_of), ">".join(edge.countries)
    return {element: world.calendars.closure_share(element, RISK_SINCE, until, way) for element in dated}
