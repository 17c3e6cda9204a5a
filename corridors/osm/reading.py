"""Roads and railways of OpenStreetMap from an OSMnx graph or an answer of Overpass, in one common form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple, TypeVar

import networkx as nx
import numpy as np
import numpy.typing as npt

from corridors.data.schema import Row
from corridors.data.tags import cell, text, texts
from corridors.errors import BadRequest, DataError, MissingExtra
from corridors.osm.graph_parts import read_edges, read_nodes
from corridors.osm.usable import modes, road_weight, speaks_of_use

Points = npt.NDArray[np.float64]
"""Longitude and latitude, shape (n, 2)."""
P = TypeVar("P")
RAILS = {"main": 1.0, "branch": 1.2, "": 1.5}
"""Tracks by usage, with the weight of a kilometre in the search; any other usage counts as none."""
SIDING = 3.0
KEPT = (
    "name",
    "ref",
    "highway",
    "railway",
    "gauge",
    "electrified",
    "usage",
    "service",
    "access",
    "motor_vehicle",
    "hgv",
    "maxweight",
    "maxweightrating",
    "maxaxleload",
    "opening_hours",
    "seasonal",
    "winter_road",
    "ice_road",
    "barrier",
)
LIMITS = ("access", "hgv", "maxweight", "maxweightrating", "maxaxleload")
"""Tags that are also kept with a suffix after a colon, such as ``maxweight:hgv``."""
MOST_NODES = 2000
"""Most nodes of one way in OpenStreetMap (wiki.openstreetmap.org/wiki/API_v0.6, waynodes)."""


class Way(NamedTuple):
    """A road or track, or an unbroken part of one."""

    osm_ids: tuple[int, ...]
    tags: dict[str, str]
    points: Points

    @property
    def modes(self) -> frozenset[str]:
        """Modes that may use it: ``road``, ``rail`` or both."""
        return modes(self.tags)

    def weight(self, mode: str) -> float:
        """Weight of a kilometre in the search."""
        if mode == "road":
            return road_weight(self.tags)
        return SIDING if "service" in self.tags else RAILS.get(self.tags.get("usage", ""), RAILS[""])


GATES = (
    *("gate", "lift_gate", "swing_gate", "sliding_gate", "border_control", "checkpoint", "toll_booth", "chain"),
    *("block", "jersey_barrier", "bollard", "debris", "log", "height_restrictor", "sally_port", "spikes", "yes"),
)
"""Values of ``barrier`` of a node on a road that may stop a truck; kerbs and cattle grids do not."""


class Gate(NamedTuple):
    """A barrier that stands as a node on a road or track."""

    osm_id: int
    tags: dict[str, str]
    lon: float
    lat: float


class Extract(NamedTuple):
    """Ways read from one source, and its description."""

    ways: list[Way]
    name: str
    state: str
    """Moment of the last OpenStreetMap edits it includes, ISO 8601 in UTC."""
    gates: list[Gate]


def gate(osm_id: int, tags: Row, lon: float, lat: float) -> Gate | None:
    """The gate at a node, if there is one."""
    told = {key: text(value) for key, value in tags.items() if isinstance(key, str) and kept(key)}
    return Gate(osm_id, told, lon, lat) if told.get("barrier") in GATES else None


def read_graph(graph: nx.Graph[Any]) -> Extract:
    """Roads and railways of a graph as OSMnx makes them, simplified or not.

    Raises
    ------
    BadRequest
        If it has no date, or neither ``highway`` nor ``railway``.
    DataError
        If a coordinate, length or tag is impossible, or an edge has no ``osmid``.
    """
    if not cell(graph.graph.get("created_date")):
        raise BadRequest("source: graph['created_date'] is empty, so the lines would have no date; set it.")
    found: dict[tuple[object, ...], Way] = {}
    nodes = read_nodes(graph)
    names = nodes["node"].tolist()
    for edge in read_edges(graph, nodes, KEPT):
        if not modes(edge.tags):
            continue
        where = f"the edge from {names[edge.u]!r} to {names[edge.v]!r}"
        try:
            ids = tuple(int(one) for one in texts(edge.data.get("osmid")))
        except ValueError as error:
            raise DataError(f"source: {where} has an osmid that is not a number: {error}.") from None
        if not ids:
            raise DataError(f"source: {where} has no osmid, so its way cannot be named.")
        length = edge.data.get("length", 0.0)
        if length is not None and not edge.metres >= 0:
            raise DataError(f"way {ids[0]} of the graph has the length {length}; make the graph again.")
        points = _checked(ids[0], edge.points)
        shape = points.tobytes()
        # a two-way road is two edges
        found.setdefault((ids, min(shape, points[::-1].tobytes())), Way(ids, edge.tags, points))
    if not found:
        raise BadRequest(
            "source: no edge of the graph is a road or railway; OSMnx keeps the tags in "
            "ox.settings.useful_tags_way, to which 'railway' must be added before the graph is made."
        )
    gates = [
        one
        for (name, tags), lon, lat in zip(graph.nodes(data=True), nodes["x"], nodes["y"], strict=True)
        if (one := gate(int(name) if isinstance(name, int) else 0, tags, lon, lat))
    ]
    return Extract(list(found.values()), "graph of OSMnx", cell(graph.graph["created_date"]), gates)


def read_answer(answer: Row, name: str) -> tuple[list[Way], list[Gate]]:
    """Roads and railways, and the gates on them, of an answer of Overpass in JSON, ``out geom`` or not."""
    try:
        nodes = {one["id"]: (one["lon"], one["lat"]) for one in answer["elements"] if one["type"] == "node"}
        found = {}
        gates = [
            barrier
            for one in answer["elements"]
            if one["type"] == "node" and (barrier := gate(int(one["id"]), one.get("tags", {}), one["lon"], one["lat"]))
        ]
        for one in answer["elements"]:
            tags = {key: str(value) for key, value in one.get("tags", {}).items() if kept(key)}
            if one["type"] == "way" and modes(tags):
                found[int(one["id"])] = [
                    Way((int(one["id"]),), tags, _checked(one["id"], part)) for part in _stretches(one, nodes)
                ]
        if found and not any(found.values()):
            raise DataError(
                f"{name} has {len(found)} roads and railways, but not the positions of their nodes; ask again with "
                "them "
                "('(._;>;); out;', or 'out geom;')."
            )
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{name} is not an answer of Overpass: {type(error).__name__} {error}.") from None
    return [way for parts in found.values() for way in parts if len(way.points) > 1], gates


def _stretches(way: Row, nodes: Mapping[int, Sequence[float]]) -> list[list[Sequence[float]]]:
    """Stretches of a way of Overpass whose positions are in the answer.

    A point outside the requested area is null in the geometry, and its node is not in the answer.
    """
    refs, geometry = way.get("nodes", ()), way.get("geometry")
    if len(geometry or refs) > MOST_NODES:
        raise too_long(way["id"], len(geometry or refs))
    if geometry is None:
        places = [nodes.get(ref) for ref in refs]
    else:
        places = [None if one is None else (one["lon"], one["lat"]) for one in geometry]
    return parted(places)


def parted(places: Iterable[P | None]) -> list[list[P]]:
    """Stretches of a way between points of unknown position: extracts and answers cut ways at their edge."""
    parts: list[list[P]] = [[]]
    for place in places:
        if place is None:
            parts.append([])
        else:
            parts[-1].append(place)
    return [part for part in parts if part]


def kept(key: str) -> bool:
    """Whether tags with this key are read."""
    return key in KEPT or key.endswith(":conditional") or key.partition(":")[0] in LIMITS or speaks_of_use(key)


def _checked(osm_id: int, coordinates: Iterable[Sequence[float]]) -> Points:
    try:
        points = np.array(list(coordinates), dtype=float)[:, :2]
    except (ValueError, TypeError, IndexError):
        raise misplaced(osm_id) from None
    if not (np.abs(points) <= (180, 90)).all():  # false for NaN too
        raise misplaced(osm_id)
    return points


def misplaced(osm_id: int) -> DataError:
    """The error for a node with impossible coordinates."""
    return DataError(f"way {osm_id} has a node with impossible coordinates. Get the OpenStreetMap data again.")


def too_long(osm_id: int, nodes: int) -> DataError:
    """The error for a way with too many nodes."""
    return DataError(f"way {osm_id} has {nodes:,} nodes; OpenStreetMap allows {MOST_NODES:,}, so the data are damaged.")


def bar(items: Iterable[P], progress: bool, what: str, unit: str) -> Iterable[P]:
    """The items, with a progress bar if asked for."""
    if not progress:
        return items
    if find_spec("tqdm") is None:
        raise MissingExtra("the progress bar needs tqdm: pip install 'corridors[osm]', or give progress=False.")
    from tqdm.auto import tqdm

    shown: Iterable[P] = tqdm(items, desc=what, unit=f" {unit}")
    return shown
