"""Roads and railways of OpenStreetMap from a file, whatever program wrote it and in whatever order."""

from __future__ import annotations

import bz2
import gzip
import json
import re
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

import numpy as np

from corridors.errors import BadRequest, DataError, MissingExtra
from corridors.osm.reading import (
    GATES,
    MOST_NODES,
    Extract,
    Gate,
    Points,
    Way,
    bar,
    gate,
    kept,
    misplaced,
    parted,
    read_answer,
    too_long,
)
from corridors.osm.usable import ROADS, TRACKS, modes

if TYPE_CHECKING:
    from osmium.osm import Location

Box = tuple[float, float, float, float]
"""West, south, east, north."""
Place = tuple[float, float] | None
"""Longitude and latitude, if known."""
CHANGES = (".osc", ".osh")
"""Suffixes of files with changes or the history of OpenStreetMap rather than its state."""
HEAD_BYTES, BLOCK_BYTES = 4096, 1 << 20
_UNPACKING = (OSError, EOFError, zlib.error)
"""What gzip and bz2 raise for files that are not what their names say, or that end early."""
_NOWHERE = 2**31 - 1  # what libosmium reports for a node whose position it does not know


class Line(NamedTuple):
    """A way as it is in the file: its nodes, and the positions of those known so far."""

    osm_id: int
    version: int
    moment: str
    tags: dict[str, str]
    refs: list[int]
    places: list[Place]


def read_file(path: Path, boxes: Sequence[Box], progress: bool) -> Extract:
    """Roads and railways with a node in one of the boxes, from what libosmium reads or a JSON answer of Overpass.

    The file is streamed once. The positions of all its nodes are kept in a temporary file, 16 bytes a node (on disk, in
    ``tempfile.gettempdir()``); memory holds only the ways that are returned. Ways whose nodes did not come before them
    (Overpass writes such files, JOSM gives its nodes negative ids, others write positions into the ways) are held until
    a second pass has found these.

    Raises
    ------
    MissingExtra, BadRequest
        Without pyosmium; if there is no such file.
    DataError
        If the file is damaged, holds what OpenStreetMap cannot contain, is a history or a file of changes, or lacks the
        positions of its nodes.
    """
    if find_spec("osmium") is None:
        raise MissingExtra("OpenStreetMap files are read with pyosmium: pip install 'corridors[osm]'.")
    if not path.is_file():
        raise BadRequest(
            f"source={str(path)!r} is not a file; give 'overpass', an OpenStreetMap file or a graph of OSMnx."
        )
    if any(suffix in CHANGES for suffix in map(str.lower, path.suffixes)):
        raise _not_a_state(path)
    if ".json" in map(str.lower, path.suffixes[-2:]):
        return _read_json(path)
    import osmium

    found: dict[int, Line] = {}
    held: dict[int, Line] = {}
    gates: list[Gate] = []
    try:
        state, seen = _state(path), 0
        for one in bar(_lines(path, gates), progress, path.name, "way"):
            seen += 1
            again = found.get(one.osm_id) or held.get(one.osm_id)
            if again is not None and again.version != one.version:
                raise _not_a_state(path)
            if None in one.places:
                held[one.osm_id] = one
            elif _near(one, boxes):
                found[one.osm_id] = one
        if held:
            _place(path, held)
            if not found and not any(_parts(one) for one in held.values()):
                raise DataError(
                    f"{path} has {len(held)} roads and railways, but not the positions of their nodes; fetch it again "
                    "with them (in Overpass: '(._;>;); out;', or 'out geom;')."
                )
            found |= {osm_id: one for osm_id, one in held.items() if _near(one, boxes)}
    except (RuntimeError, osmium.InvalidLocationError, UnicodeDecodeError, *_UNPACKING) as error:
        if "nested too deep" in str(error):  # <action><old>: a difference of Overpass
            raise _not_a_state(path) from None
        raise DataError(f"{path} cannot be read as OpenStreetMap data ({error}); fetch or make it again.") from None
    if not seen:
        raise _nothing(path)
    latest = max((one.moment for one in found.values()), default="")
    state = state or latest or datetime.fromtimestamp(int(path.stat().st_mtime), UTC).isoformat()
    ways = [Way((one.osm_id,), one.tags, part) for one in found.values() for part in _parts(one)]
    return Extract(ways, path.name, state, gates)


def _read_json(path: Path) -> Extract:
    try:
        with _opened(path) as file:
            answer = json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError, *_UNPACKING) as error:
        raise DataError(f"{path} cannot be read as OpenStreetMap data ({error}); fetch it again.") from None
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise DataError(f"{path} is not an answer of Overpass; export the raw data of OpenStreetMap.")
    if remark := str(answer.get("remark", "")):
        raise DataError(f"{path} is incomplete; Overpass says: {remark[:200]}. Fetch it again.")
    state = str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))
    state = state or datetime.fromtimestamp(int(path.stat().st_mtime), UTC).isoformat()
    ways, gates = read_answer(answer, str(path))
    if not ways:
        raise _nothing(path)
    return Extract(ways, path.name, state, gates)


def _opened(path: Path) -> BinaryIO:
    """The file, unpacked."""
    match path.suffix.lower():
        case ".gz":
            return cast(BinaryIO, gzip.open(path))
        case ".bz2":
            return cast(BinaryIO, bz2.open(path))
    return path.open("rb")


def _nothing(path: Path) -> DataError:
    return DataError(
        f"{path} has no open road or railway; fetch the ways with highway=* or railway=*, and their nodes."
    )


def _not_a_state(path: Path) -> DataError:
    return DataError(
        f"{path} is a history or a file of changes, not OpenStreetMap as it stands on a day; "
        "'osmium time-filter' or 'osmium apply-changes' turns it into that."
    )


def _state(path: Path) -> str:
    """The moment of the data, as stated in the head of the file."""
    import osmium

    with osmium.io.Reader(str(path), osmium.osm.NOTHING) as reader:
        header = reader.header()
    if header.has_multiple_object_versions:
        raise _not_a_state(path)
    told: str = header.get("osmosis_replication_timestamp")
    if path.suffix.lower() == ".pbf":
        return told
    with _opened(path) as file:
        head = file.read(HEAD_BYTES)
        base = re.search(rb"""osm_base=["']([^"']+)["']""", head)
        _refuse_unfinished(path, head, file)
    return told or (base[1].decode() if base else "")


def _refuse_unfinished(path: Path, head: bytes, file: BinaryIO) -> None:
    """Refuse a file that Overpass broke off or that has objects deleted in JOSM: neither shows in the objects read."""
    before = b""
    for block in chain([head], iter(lambda: file.read(BLOCK_BYTES), b"")):
        text = before + block
        if remark := re.search(rb"<remark>\s*([^<]*error[^<]*)", text):
            words = " ".join(remark[1].decode(errors="replace").split())
            raise DataError(f"{path} is incomplete; Overpass says: {words[:200]}. Fetch it again.")
        if re.search(rb"""\saction\s*=\s*["']delete["']""", text):
            raise DataError(
                f"{path} holds objects that were deleted in JOSM and not uploaded; upload the changes and fetch it "
                "again, or purge these objects there."
            )
        before = text[-HEAD_BYTES:]


def _lines(path: Path, gates: list[Gate]) -> Iterator[Line]:
    """Roads and railways with the positions of nodes that come before them, or are in them; adds to `gates`."""
    import osmium

    classes = [("highway", name + link) for name in ROADS for link in ("", "_link")]
    classes += [("railway", name) for name in TRACKS]
    classes += [("barrier", name) for name in GATES]
    with tempfile.TemporaryDirectory() as scratch:
        if _places_in_ways(path):
            processor = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY)
        else:
            # an index in memory would grow with the file, not with what is taken from it
            processor = osmium.FileProcessor(path, osmium.osm.NODE | osmium.osm.WAY).with_locations(
                f"sparse_file_array,{scratch}/nodes"
            )
        way: Any
        for way in processor.with_filter(osmium.filter.TagFilter(*classes)):
            tags = {tag.k: tag.v for tag in way.tags if kept(tag.k)}
            if way.is_node():
                barrier = gate(way.id, tags, way.lon, way.lat) if way.location.valid() else None
                gates += [barrier] if barrier else []
                continue
            if len(way.nodes) > MOST_NODES:
                raise too_long(way.id, len(way.nodes))
            if modes(tags) and not way.deleted:
                yield Line(
                    way.id,
                    way.version,
                    way.timestamp.isoformat() if way.timestamp.timestamp() > 0 else "",
                    tags,
                    [node.ref for node in way.nodes],
                    [_place_of(way.id, node.location) for node in way.nodes],
                )


def _places_in_ways(path: Path) -> bool:
    """Whether the first way of the file holds the positions of its nodes."""
    import osmium

    way: Any
    for way in osmium.FileProcessor(path, osmium.osm.WAY):  # an object lives only until the next one
        return any(node.location.valid() for node in way.nodes)
    return False


def _place_of(osm_id: int, location: Location) -> Place:
    if location.valid():
        return location.lon, location.lat
    if location.x != _NOWHERE or location.y != _NOWHERE:
        raise misplaced(osm_id)
    return None


def _place(path: Path, held: dict[int, Line]) -> None:
    """Look for the positions of nodes that did not come before their ways: elsewhere in the file, or in the ways."""
    import osmium

    wanted = {ref for one in held.values() for ref, place in zip(one.refs, one.places, strict=True) if place is None}
    where: dict[int, Place] = {}
    nodes = osmium.FileProcessor(path, osmium.osm.NODE)
    node: Any
    way: Any
    if min(wanted) >= 0:  # the filter is fast, but does not take negative ids
        nodes = nodes.with_filter(osmium.filter.IdFilter(wanted))
    for node in nodes:
        if node.id in wanted and not node.deleted and (place := _place_of(node.id, node.location)):
            where[node.id] = place
    if len(where) < len(wanted):
        for way in osmium.FileProcessor(path, osmium.osm.WAY):
            if way.id in held:
                for node in way.nodes:
                    if node.ref not in where and (place := _place_of(way.id, node.location)):
                        where[node.ref] = place
    for one in held.values():
        one.places[:] = [place or where.get(ref) for ref, place in zip(one.refs, one.places, strict=True)]


def _near(one: Line, boxes: Sequence[Box]) -> bool:
    return any(
        west <= place[0] <= east and south <= place[1] <= north
        for place in one.places
        if place
        for west, south, east, north in boxes
    )


def _parts(one: Line) -> list[Points]:
    """Stretches of a way whose nodes are in the file."""
    return [np.array(part) for part in parted(one.places) if len(part) > 1]
