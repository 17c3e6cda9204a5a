"""Roads and railways of OpenStreetMap out of a file, an OSMnx graph or an answer of Overpass, all in one form."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import numpy.typing as npt

from corridors.errors import BadRequest, DataError, MissingExtra

Points = npt.NDArray[np.float64]
"""Longitude and latitude, shape (n, 2)."""
Box = tuple[float, float, float, float]
"""West, south, east, north."""

ROADS = {"motorway": 1.0, "trunk": 1.0, "primary": 1.1, "secondary": 1.25, "tertiary": 1.5, "unclassified": 2.0}
"""Classes of roads that lorries take, and by how much a kilometre of each counts in the search for the way."""
RAILS = {"main": 1.0, "branch": 1.2, "": 1.5}
"""The same for tracks by their usage, any other usage counting as none."""
SIDING = 3.0
TRACKS = ("rail", "narrow_gauge")
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
"""Tags that are kept with what stands behind a colon too, such as ``maxweight:hgv``."""
MOST_NODES = 2000
"""Nodes of one way: OpenStreetMap allows no more (wiki.openstreetmap.org/wiki/API_v0.6, waynodes)."""


class Way(NamedTuple):
    """A road or track, or an unbroken part of one."""

    osm_ids: tuple[int, ...]
    tags: dict[str, str]
    points: Points

    @property
    def mode(self) -> str:
        """``road`` or ``rail``."""
        return "road" if "highway" in self.tags else "rail"

    @property
    def weight(self) -> float:
        """By how much a kilometre counts in the search."""
        if self.mode == "road":
            return max(ROADS[name.removesuffix("_link")] for name in self.tags["highway"].split(";"))
        return SIDING if "service" in self.tags else RAILS.get(self.tags.get("usage", ""), RAILS[""])


class Extract(NamedTuple):
    """Ways read from one source, and what to say of it."""

    ways: list[Way]
    name: str
    state: str
    """Moment up to which it has OpenStreetMap's edits, ISO 8601 in UTC."""


def usable(tags: Mapping[str, str]) -> bool:
    """Whether lorries or trains may be led along a way of these tags."""
    if "highway" in tags:
        return all(name.removesuffix("_link") in ROADS for name in tags["highway"].split(";"))
    return all(name in TRACKS for name in tags.get("railway", "none").split(";"))


def read_file(path: Path, boxes: Sequence[Box], progress: bool) -> Extract:
    """Roads and railways with a node in one of the boxes, out of ``.osm.pbf``, ``.osm`` or what else libosmium reads.

    The file is streamed once. The places of all its nodes lie in a temporary file of 16 bytes a node (on disk, in
    ``tempfile.gettempdir()``); memory holds only the ways that are returned.

    Raises
    ------
    MissingExtra, BadRequest
        Without pyosmium; if there is no such file.
    DataError
        If the file is damaged, or holds what OpenStreetMap cannot.
    """
    if find_spec("osmium") is None:
        raise MissingExtra("OpenStreetMap files are read with pyosmium: pip install 'corridors[osm]'.")
    if not path.is_file():
        raise BadRequest(
            f"source={str(path)!r} is no file; give 'overpass', an OpenStreetMap file or a graph of OSMnx."
        )
    import osmium

    classes = [("highway", name + link) for name in ROADS for link in ("", "_link")]
    classes += [("railway", name) for name in TRACKS]
    found: list[Way] = []
    latest = ""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            processor = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY)
            state = processor.header.get("osmosis_replication_timestamp")
            # an index in memory would grow with the file, not with what is wanted of it
            processor = (
                processor.with_locations(f"sparse_file_array,{scratch}/nodes")
                .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
                .with_filter(osmium.filter.TagFilter(*classes))
            )
            for way in bar(processor, progress, path.name, "way"):
                tags = {tag.k: tag.v for tag in way.tags if _kept(tag.k)}
                if len(way.nodes) > MOST_NODES:
                    raise _too_long(way.id, len(way.nodes))
                if usable(tags):
                    parts = list(_parts(way, boxes))
                    found += [Way((way.id,), tags, part) for part in parts]
                    if parts and way.timestamp.timestamp() > 0:
                        latest = max(latest, way.timestamp.isoformat())
        except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError) as error:
            raise DataError(f"{path} cannot be read as OpenStreetMap data ({error}); fetch or make it again.") from None
    state = state or latest or datetime.fromtimestamp(int(path.stat().st_mtime), UTC).isoformat()
    return Extract(found, path.name, state)


def _parts(way: Any, boxes: Sequence[Box]) -> Iterator[Points]:
    """Stretches of a way of a file whose nodes are all in it, if any node lies in a box."""
    part: list[tuple[float, float]] = []
    parts = [part]
    for node in way.nodes:
        place = node.location
        if place.valid():
            part.append((place.lon, place.lat))
            continue
        if place.x != _NOWHERE or place.y != _NOWHERE:
            raise _misplaced(way.id)
        part = []  # extracts cut ways at their edge: the node is not in the file
        parts.append(part)
    if any(_inside(point, boxes) for part in parts for point in part):
        yield from (np.array(part) for part in parts if len(part) > 1)


_NOWHERE = 2**31 - 1  # what libosmium has for a node that it does not know


def _inside(point: tuple[float, float], boxes: Sequence[Box]) -> bool:
    lon, lat = point
    return any(west <= lon <= east and south <= lat <= north for west, south, east, north in boxes)


def read_graph(graph: nx.MultiDiGraph[Any]) -> Extract:
    """Roads and railways of a graph as OSMnx makes them, simplified or not.

    Raises
    ------
    BadRequest
        If it is no such graph, is projected, or has neither ``highway`` nor ``railway``.
    DataError
        If a coordinate or length is impossible.
    """
    if str(graph.graph.get("crs", "")).upper() != "EPSG:4326":
        raise BadRequest(
            "source: the graph must be in degrees, with graph['crs'] 'EPSG:4326', as OSMnx makes it; "
            "ox.project_graph(G, to_latlong=True) turns it back."
        )
    if not graph.graph.get("created_date"):
        raise BadRequest("source: graph['created_date'] is empty, so the lines would have no date; set it.")
    found: dict[tuple[Any, ...], Way] = {}
    for a, b, edge in graph.edges(data=True):
        tags = {key: _text(value) for key, value in edge.items() if isinstance(key, str) and _kept(key)}
        if not usable(tags):
            continue
        if "osmid" not in edge:
            raise BadRequest(f"source: the edge from {a} to {b} has no osmid, so its way cannot be named.")
        ids = tuple(map(int, edge["osmid"] if isinstance(edge["osmid"], list) else [edge["osmid"]]))
        length = edge.get("length", 0.0)
        if not (np.isfinite(length) and length >= 0):
            raise DataError(f"way {ids[0]} of the graph has the length {length}; make the graph again.")
        ends = [(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in (a, b)]
        points = _checked(ids[0], edge["geometry"].coords if "geometry" in edge else ends)
        shape = points.tobytes()
        # a road both ways is two edges
        found.setdefault((ids, min(shape, points[::-1].tobytes())), Way(ids, tags, points))
    if not found:
        raise BadRequest(
            "source: no edge of the graph is a road or railway; OSMnx keeps the tags in "
            "ox.settings.useful_tags_way, to which 'railway' must be added before the graph is made."
        )
    return Extract(list(found.values()), "graph of OSMnx", str(graph.graph["created_date"]))


def read_answer(answer: Mapping[str, Any], name: str) -> list[Way]:
    """Roads and railways of an answer of Overpass in JSON."""
    try:
        nodes = {one["id"]: (one["lon"], one["lat"]) for one in answer["elements"] if one["type"] == "node"}
        found = []
        for one in answer["elements"]:
            tags = {key: str(value) for key, value in one.get("tags", {}).items() if _kept(key)}
            if one["type"] == "way" and usable(tags):
                if len(one["nodes"]) > MOST_NODES:
                    raise _too_long(one["id"], len(one["nodes"]))
                points = _checked(one["id"], [nodes[node] for node in one["nodes"]])
                found.append(Way((int(one["id"]),), tags, points))
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{name} is no answer of Overpass: {type(error).__name__} {error}.") from None
    return found


def _kept(key: str) -> bool:
    return key in KEPT or key.endswith(":conditional") or key.partition(":")[0] in LIMITS


def _text(value: Any) -> str:
    return ";".join(map(str, value)) if isinstance(value, list | tuple | set) else str(value)


def _checked(osm_id: int, coordinates: Iterable[Sequence[float]]) -> Points:
    try:
        points = np.array(list(coordinates), dtype=float)[:, :2]
    except (ValueError, TypeError, IndexError):
        raise _misplaced(osm_id) from None
    if not (np.abs(points) <= (180, 90)).all():  # false for NaN too
        raise _misplaced(osm_id)
    return points


def _misplaced(osm_id: int) -> DataError:
    return DataError(f"way {osm_id} has a node that lies nowhere on earth. Fetch or make the OpenStreetMap data again.")


def _too_long(osm_id: int, nodes: int) -> DataError:
    return DataError(f"way {osm_id} has {nodes:,} nodes; OpenStreetMap allows {MOST_NODES:,}, so the data are damaged.")


def bar(items: Any, progress: bool, what: str, unit: str) -> Any:
    """The items, with a progress bar if asked for."""
    if not progress:
        return items
    if find_spec("tqdm") is None:
        raise MissingExtra("the progress bar needs tqdm: pip install 'corridors[osm]', or give progress=False.")
    from tqdm.auto import tqdm

    return tqdm(items, desc=what, unit=f" {unit}")
