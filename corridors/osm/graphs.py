"""Exchange with networkx and OSMnx: a ``MultiDiGraph`` in OSMnx's conventions, out and in."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.arguments import as_choice
from corridors.data.geometry import Lines
from corridors.data.schema import data_folder, read_table
from corridors.data.tags import gauges
from corridors.engine.arrays import ready, traverse
from corridors.errors import BadRequest, DataError
from corridors.model.cargo import Cargo
from corridors.model.facts import facts_of
from corridors.osm.graph_parts import read_edges, read_nodes
from corridors.osm.reading import Points
from corridors.osm.usable import ACCESS, WEIGHT_KEYS, WEIGHTS, limit_t, no_trucks, why_not

if TYPE_CHECKING:
    from corridors.model.facts import HasFacts
    from corridors.model.scenario import Scenario

LONG_STRAIGHT_DEGREES = 0.05
"""About 5 km: half of how far a line must run abroad to count (`corridors.data.countries.STRAY_KM`)."""


def to_networkx(
    network: HasFacts,
    *,
    depart: str | date | datetime,
    as_of: str | date | None = None,
    scenario: Scenario | None = None,
    cargo: str | Cargo = "container40",
) -> nx.MultiDiGraph[str]:
    """The multimodal network as it stands at one moment.

    Parameters
    ----------
    network : Network
    depart : date or datetime
        Edges closed at this moment are left out (a date means 08:00 UTC) and hours are those of an edge entered at
        this moment; waiting is not modelled.
    as_of, scenario, cargo
        As in `Network.routes`.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes ``"place_id|layer"`` with ``x, y`` (degrees), ``place_id, layer, name, country``; edges with
        ``length`` (metres, as OSMnx has it), ``km, hours, usd, kgco2e, kind, mode, element_id`` and, on legs,
        ``geometry``; graph attribute ``crs``. Where loads change, a road or railway has a second node to leave by,
        ``"almaty|road>"``, to which an edge of kind ``through`` leads that takes nothing. OSMnx takes text ids in
        lists:
        ``ox.routing.shortest_path(graph, ["almaty|door>"], ["karachi|>door"], weight="hours")``; a trip inside one
        country or customs union ends at ``"astana|door at home"``, without customs.

    Raises
    ------
    BadRequest, BadScenario, UnknownPlace
        If an argument is invalid or names something that the network does not have.
    """
    facts = facts_of(network)
    from corridors.routing.request import world_on

    world = world_on(facts, depart, as_of, scenario, cargo, None)
    t = world.question.t0
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(crs="EPSG:4326", created_with="corridors", data_version=facts.version)
    label, layers = {}, {}
    for (place, layer), node in world.multimodal.nodes.items():
        row, layers[node] = facts.place[place], layer
        label[node] = f"{place}|{layer}"
        graph.add_node(
            label[node],
            x=row["lon"],
            y=row["lat"],
            place_id=place,
            layer=str(layer),
            name=row["name"],
            country=row["country"],
        )
    shut = {number for number, spans in world.closed.spans.items() if ready(spans, t) > t}
    taken = (world.taken(what).tolist() for what in ("hours", "usd", "kgco2e"))
    for edge, exists, hours, usd, kgco2e in zip(world.edges, world.existing.tolist(), *taken, strict=True):
        if not exists or edge.number in shut:
            continue
        shape = {}
        if edge.kind == "leg":
            line = facts.lines[edge.element_id]
            shape = {"geometry": line if edge.forward else line.reverse()}
        if edge.factors is not None:
            hours = traverse(t, hours, edge.factors) - t
        graph.add_edge(
            label[edge.tail],
            label[edge.head],
            length=edge.km * 1000,
            km=edge.km,
            hours=hours,
            usd=usd,
            kgco2e=kgco2e,
            kind="terminal" if edge.at_terminal else edge.kind,
            mode=edge.mode,
            element_id=edge.element_id,
            osmid=edge.element_id,
            oneway=True,
            **shape,
        )
    nothing = dict.fromkeys(("length", "km", "hours", "usd", "kgco2e"), 0.0)
    for arriving, leaving in world.multimodal.joins:
        name = f"through:{label[leaving].rstrip('>').replace('|', ':')}"
        mode = layers[leaving].mode
        graph.add_edge(
            label[arriving],
            label[leaving],
            **nothing,
            kind="through",
            mode=mode,
            element_id=name,
            osmid=name,
            oneway=True,
        )
    return graph


def frames(
    graph: nx.Graph[Any],
    mode: str,
    gauge_mm: int | None,
    simplify: bool,
) -> tuple[pd.DataFrame, pd.DataFrame, list[list[tuple[float, float]]]]:
    """Places and legs of a graph, for `corridors.data.user_network.tables_of`, and the stretches drawn straight.

    The two directions of an edge (same ends, same length) are one leg. A one-way edge is taken as usable both ways, as
    all legs are, and its note says so. Nodes without edges and names are left out, as are edges that are not an open
    road or railway (`corridors.osm.usable.why_not`) or on which no truck may drive.
    """
    as_choice(mode, "mode", ("road", "rail"))
    if not isinstance(graph, nx.Graph):
        raise BadRequest(f"{type(graph).__name__} is not a networkx graph.")
    if graph.graph.get("created_with") == "corridors":
        raise BadRequest("corridors made this graph from a network: keep the network, or load what net.to_file wrote.")
    if not graph.number_of_edges():
        raise DataError("the graph has no edges.")
    nodes = read_nodes(graph)
    edges = _both_ways(_edges(graph, nodes, mode), graph.is_directed())
    if mode == "rail":
        edges = _gauges(edges, gauge_mm)
    if simplify:
        edges = _simplified(edges, nodes)
    used = nodes["name"].ne("").to_numpy(copy=True)
    used[edges[["u", "v"]].to_numpy().ravel()] = True
    note = edges["oneway"].map({True: "one way in the source, taken as usable both ways", False: ""})
    if mode == "rail":
        unsaid = edges["gauge_assumed"].map({True: "the source does not state the gauge", False: ""})
        note = (note + "; " + unsaid).str.strip("; ")
    places = nodes[used].assign(place_id=nodes["id"], lon=nodes["x"], lat=nodes["y"])
    bare = np.array([shares == [(0.0, 1.0)] for shares in edges["straight"]])
    legs = edges.assign(
        from_place=nodes["id"].to_numpy()[edges["u"]],
        to_place=nodes["id"].to_numpy()[edges["v"]],
        mode=mode,
        km=edges["length"] / 1000,
        geometry=pd.Series(_lines(edges), index=edges.index, dtype=object).where(~bare, None),
        note=note,
        geometry_quality=np.where(
            [len(shares) > 0 for shares in edges["straight"]], "partly straight", "as in the graph"
        ),
        speed_class="plain" if mode == "road" else "",
    )
    columns = ["from_place", "to_place", "mode", "country", "km", "geometry", "geometry_quality", "speed_class", "note"]
    if mode == "rail":
        legs["quality"] = np.where(edges["gauge_assumed"], "assumed", "")
        columns += ["gauge_mm", "quality"]
    else:
        columns += WEIGHTS
    return places[["place_id", "name", "country", "lon", "lat"]], legs[columns], edges["straight"].to_list()


def _edges(graph: nx.Graph[Any], nodes: pd.DataFrame, mode: str) -> pd.DataFrame:
    """Open edges with ``u, v`` (positions of nodes), ``length, gauge, country`` and ``shape``: points from u to v.

    Roads have limits of weight too. One that no truck exceeds by law tells nothing and is left out.

    ``straight`` has the stretches of the shape, as shares of it, that are drawn straight.
    """
    found, left_out, unread = [], Counter[str](), Counter[str]()
    ends = list(nodes["node"])
    told = read_edges(graph, nodes, ("gauge", *ACCESS, *WEIGHT_KEYS))
    lengths = np.array([edge.metres for edge in told])
    if (bad := ~(lengths >= 0)).any():
        edge = told[int(bad.argmax())]
        raise DataError(
            f"the edge from {ends[edge.u]!r} to {ends[edge.v]!r} has the length {edge.data.get('length')!r}; it must "
            f"be a number of metres, not negative ({int(bad.sum())} edges). osmnx.distance.add_edge_lengths(graph) "
            "adds lengths."
        )
    for edge in told:
        if reason := why_not(edge.tags, mode) or (no_trucks(edge.tags) if mode == "road" else ""):
            left_out[reason] += 1
            continue
        country = edge.data.get("country")
        limits = dict.fromkeys(WEIGHTS, np.nan)
        for column in WEIGHTS if mode == "road" else ():
            try:
                limits[column] = limit_t(edge.tags, column)
            except ValueError as error:
                unread[str(error)] += 1
        found.append(
            {
                "u": edge.u,
                "v": edge.v,
                "length": edge.metres,
                "gauge": edge.tags.get("gauge", ""),
                "country": country if isinstance(country, str) else "",
                "shape": edge.points,
                "straight": [] if edge.drawn else [(0.0, 1.0)],
                **limits,
            }
        )
    if unread:
        words = f"{unread.total()} limits of weight cannot be read and are left out: {_counted(unread)}"
        warnings.warn(f"{words}.", UserWarning, stacklevel=4)
    if left_out:
        words = f"{left_out.total()} of {len(told)} edges are no open {mode} and are left out: {_counted(left_out)}"
        if not found:
            raise DataError(f"{words}. No edge is left.")
        warnings.warn(f"{words}.", UserWarning, stacklevel=4)
    edges = pd.DataFrame(found)
    return edges.assign(gross_limit_t=edges["gross_limit_t"].where(lambda limit: limit < _legal_t()))


def _counted(reasons: Counter[str]) -> str:
    return ", ".join(f"{number} {reason}" for reason, number in reasons.most_common(8))


def _legal_t() -> float:
    """Gross weight that trucks are taken to have at most where no limit is known."""
    rates = read_table(data_folder(), "rates")
    return float(rates.loc[rates["quantity"] == "gross_limit_t", "mode"].iloc[0])


def _both_ways(edges: pd.DataFrame, directed: bool) -> pd.DataFrame:
    """One row for both directions of an edge; ``oneway`` where the other is missing. Parallel edges stay."""
    if not directed:
        return edges.assign(oneway=False)
    low, high = edges[["u", "v"]].min(axis=1), edges[["u", "v"]].max(axis=1)
    same = [low, high, edges["length"].round(3), edges["gauge"]]
    loop, forth = edges["u"] == edges["v"], edges["u"] <= edges["v"]
    number = edges.groupby([*same, forth]).cumcount()
    number = number.where(~loop, number // 2)  # both directions of a loop look the same
    groups = edges.groupby([*same, number], sort=False)
    least = {column: groups[column].transform("min") for column in WEIGHTS}
    both = edges.assign(oneway=(groups["u"].transform("size") == 1) & ~loop, **least)
    return both[groups.cumcount() == 0].reset_index(drop=True)


def _gauges(edges: pd.DataFrame, gauge_mm: int | None) -> pd.DataFrame:
    """One row for each gauge of a track; ``gauge_assumed`` where the track does not state it."""
    silent = (edges["gauge"] == "").to_numpy()
    if silent.any() and gauge_mm is None:
        raise DataError(
            f"{int(silent.sum())} of {len(edges)} tracks have no gauge; give gauge_mm, for example "
            "1520, or set the attribute gauge of the edges.",
            "legs",
            "",
            "gauge_mm",
        )
    known: dict[str, list[int]] = {}
    for text in edges["gauge"].unique():
        try:
            known[text] = gauges(text or gauge_mm)
        except ValueError as error:
            raise DataError(f"{error}; several are written 1435;1520.", "legs", "", "gauge_mm") from None
    found = edges.assign(gauge_mm=edges["gauge"].map(known), gauge_assumed=silent)
    return found.explode("gauge_mm", ignore_index=True)


def _simplified(edges: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Edges between junctions, ends and named nodes: a run through other nodes becomes one edge, its lengths added.

    A node is passed through if two like edges lead to two different others. Rings without a junction stay as they are.
    """
    ends = edges[["u", "v"]].to_numpy()
    like = pd.factorize(
        pd.MultiIndex.from_frame(
            edges[[c for c in ("country", "oneway", "gauge_mm", "gauge_assumed") if c in edges.columns]]
        )
    )[0]
    flat = ends.ravel()
    order = np.argsort(flat, kind="stable")
    starts = np.searchsorted(flat[order], np.arange(len(nodes) + 1))
    two = np.flatnonzero(np.diff(starts) == 2)
    pair = np.stack([order[starts[two]], order[starts[two] + 1]], axis=1)
    other = flat[pair ^ 1]
    through = (
        (other[:, 0] != other[:, 1])
        & (other != two[:, None]).all(axis=1)
        & (like[pair[:, 0] // 2] == like[pair[:, 1] // 2])
        & nodes["name"].eq("").to_numpy()[two]
    )
    for side in (0, 1):
        through &= _same_country(nodes["country"].to_numpy()[two], nodes["country"].to_numpy()[other[:, side]])
    onward = {
        int(slot): int(pair[at, 1 - side]) for at in np.flatnonzero(through) for side, slot in enumerate(pair[at])
    }
    rows, done = [], np.zeros(len(edges), dtype=bool)
    for slot in range(len(flat)):
        if done[slot // 2] or slot in onward:
            continue
        chain = [slot]
        while (into := chain[-1] ^ 1) in onward:
            chain.append(onward[into])
        done[[one // 2 for one in chain]] = True
        rows.append(chain)
    rows += [[2 * int(edge)] for edge in np.flatnonzero(~done)]
    shapes, length = edges["shape"].to_list(), edges["length"].to_numpy()
    drawn = (edges["straight"].str.len() == 0).to_numpy()
    told = {column: edges[column].to_numpy() for column in WEIGHTS}
    least = {
        column: [np.fmin.reduce(limits[[slot // 2 for slot in chain]]) for chain in rows]
        for column, limits in told.items()
    }
    first = edges.iloc[[chain[0] // 2 for chain in rows]].reset_index(drop=True)
    return first.assign(
        u=[flat[chain[0]] for chain in rows],
        v=[flat[chain[-1] ^ 1] for chain in rows],
        length=[length[[slot // 2 for slot in chain]].sum() for chain in rows],
        **least,
        shape=pd.Series(
            [_joined([shapes[slot // 2][::-1] if slot % 2 else shapes[slot // 2] for slot in chain]) for chain in rows],
            dtype=object,
        ),
        straight=pd.Series(
            [_straight([(shapes[slot // 2], drawn[slot // 2]) for slot in chain]) for chain in rows], dtype=object
        ),
    )


def _same_country(a: npt.NDArray[np.object_], b: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    return np.asarray((a == b) | (a == "") | (b == ""), dtype=bool)


def _joined(shapes: Sequence[Points]) -> Points:
    return np.concatenate([shapes[0], *(shape[1:] for shape in shapes[1:])])


def _straight(parts: Sequence[tuple[Points, bool]]) -> list[tuple[float, float]]:
    """The straight stretches among the parts of a line that are long enough to matter, as shares of its length.

    The points of ways that OSMnx did not simplify lie near each other; what runs straight between them is the road.
    """
    if len(parts) == 1:
        return [] if parts[0][1] else [(0.0, 1.0)]
    degrees = [float(np.hypot(*np.diff(points, axis=0).T).sum()) for points, _ in parts]
    ends = np.cumsum([0.0, *degrees]) / (sum(degrees) or 1.0)
    return [
        (float(a), float(b))
        for (a, b), (_, drawn), length in zip(pairwise(ends), parts, degrees, strict=True)
        if not drawn and length > LONG_STRAIGHT_DEGREES
    ]


def _lines(edges: pd.DataFrame) -> Lines:
    """Lines of the edges."""
    import shapely

    shapes = edges["shape"].to_list()
    return shapely.linestrings(  # type: ignore[return-value]  # an array, for there are indices
        np.concatenate(shapes), indices=np.repeat(np.arange(len(shapes)), [len(shape) for shape in shapes])
    )


def components(network: HasFacts) -> pd.DataFrame:
    """Unconnected parts of a network; see `Network.components`."""
    facts = facts_of(network)
    legs, gates = (facts.tables[name].query("status == 'operating'") for name in ("legs", "crossings"))
    joined: nx.Graph[str] = nx.Graph()
    joined.add_nodes_from(facts.tables["places"]["place_id"])
    for table in (legs, gates):
        joined.add_edges_from(zip(table["from_place"], table["to_place"], strict=True))
    parts = list(nx.connected_components(joined))
    part = {place: number for number, places in enumerate(parts) for place in places}
    of_leg = legs.groupby(legs["from_place"].map(part))["km"].agg(["size", "sum"])
    rows = [
        {
            "places": len(places),
            "legs": of_leg["size"].get(number, 0),
            "km": of_leg["sum"].get(number, 0.0),
            "countries": ";".join(sorted({facts.place[place]["country"] for place in places})),
            "example": min(places),
        }
        for number, places in enumerate(parts)
    ]
    return pd.DataFrame(rows).sort_values(
        ["km", "places", "example"], ascending=[False, False, True], ignore_index=True
    )
