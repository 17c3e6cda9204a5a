"""Exchange with networkx and OSMnx: the network as a ``MultiDiGraph`` in OSMnx's conventions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import networkx as nx

from corridors._engine import traverse
from corridors.cargo import Cargo

if TYPE_CHECKING:
    from corridors.network import Network
    from corridors.scenario import Scenario


def to_networkx(network: Network, *, depart: str | date | datetime, as_of: str | date | None = None,
                scenario: Scenario | None = None, cargo: str | Cargo = "container40") -> nx.MultiDiGraph[str]:
    """The multimodal network as it stands at one moment.

    Parameters
    ----------
    network : Network
    depart : date or datetime
        Edges shut at this moment are left out (a date means 08:00 UTC) and hours are those of an edge entered at
        this moment; waiting is not modelled.
    as_of, scenario, cargo
        As in `Network.routes`.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes ``"place_id|layer"`` with ``x, y`` (degrees), ``place_id, layer, name, country``; edges with
        ``length`` (metres, as OSMnx has it), ``km, hours, usd, kgco2e, kind, mode, element_id`` and, on legs,
        ``geometry``; graph attribute ``crs``.
    """
    from corridors._request import world_on

    world = world_on(network, depart, as_of, scenario, cargo, None)
    t = world.question.t0
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(crs="EPSG:4326", created_with="corridors",
                                                  data_version=network.version)
    label = {}
    for (place, layer), node in world.multimodal.nodes.items():
        row = network._place[place]
        label[node] = f"{place}|{layer}"
        graph.add_node(label[node], x=row["lon"], y=row["lat"], place_id=place, layer=layer, name=row["name"],
                       country=row["country"])
    for edge in world.edges:
        if not world.exists(edge) or world.wait(edge) > 0:
            continue
        shape = {}
        if edge.kind == "leg":
            line = network._lines[edge.element_id]
            shape = {"geometry": line if edge.forward else line.reverse()}
        hours = world.hours(edge)
        if edge.factors is not None:
            hours = traverse(t, hours, edge.factors) - t
        graph.add_edge(label[edge.tail], label[edge.head], length=edge.km * 1000, km=edge.km, hours=hours,
                       usd=world.amount(edge).usd * world.scale("usd", edge),
                       kgco2e=world.amount(edge).kgco2e * world.scale("kgco2e", edge), kind=edge.kind, mode=edge.mode,
                       element_id=edge.element_id, osmid=edge.element_id, oneway=True, **shape)
    return graph
