"""Features as tables of the General Modeling Network Specification (GMNS), out and in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from corridors.data.features import Feature, broken
from corridors.data.geometry import as_wkt
from corridors.data.schema import Row, records
from corridors.data.writing import as_csv
from corridors.errors import DataError

OPERATING = "operating"
ORIGINS = ("city", "seaport", "dry_port", "station", "airport")
"""Kinds of places that are zones."""
NODE = {"lon": "x_coord", "lat": "y_coord", "altitude_m": "z_coord", "kind": "node_type"}
LINK = {"from_place": "from_node_id", "to_place": "to_node_id", "km": "length", "mode": "facility_type"}
KEYS = {"legs": "leg_id", "crossings": "crossing_id"}
BACK = "legs_back"
"""Marks the link of a leg in its other direction."""
OPEN, NOT_OPEN = "FREIGHT", "NOT_OPERATING"
"""Groups of the uses of links: those in operation; what is planned, under construction or suspended."""
OTHERS = (
    "Of other programs read node.csv and link.csv with pandas, name their columns place_id, lon, lat and from_place, "
    "to_place, mode, km, and give them to Network.from_frames."
)
UNITS = {
    "dataset_name": "corridors",
    "short_length": "meter",
    "long_length": "kilometer",
    "speed": "km/h",
    "crs": "EPSG:4326",
    "geometry_field_format": "WKT",
    "currency": "USD",
    "version_number": "0.95",
    "id_type": "integer",
}


def write_gmns(found: Sequence[Feature], path: Path) -> None:
    """A folder with ``node.csv, link.csv``, tables of zones and uses, and the units in ``config.csv``.

    Made so that path4gmns, DTALite and AequilibraE open it as it is, while it stays GMNS:

    - A leg is two directed links; path4gmns takes one that is not directed for one-way. It wants the columns of lanes,
      speed and capacity too, which stay empty.
    - Nodes are numbered, zones first and by the numbers of their nodes, and links stand in the order of the nodes where
      they begin: DTALite takes all words for node 0 and finds no way over links in another order. Our own ids stand in
      ``place_id``, ``leg_id`` and ``crossing_id``.
    - Uses are in capitals and in a group: AequilibraE knows no others. A link that is not in operation has a use of
      its own, such as ``RAIL_PLANNED``, which is not freight.

    Zones, without which assignment programs find no trips, are the places where cargo starts and ends; if all places
    are junctions, each is a zone.
    """
    places = sorted(
        (one.values for one in found if one.table == "places"), key=lambda place: place.get("kind") not in ORIGINS
    )
    zones = sum(place.get("kind") in ORIGINS for place in places) or len(places)
    number = {place["place_id"]: at for at, place in enumerate(places, 1)}
    nodes: list[Row] = [
        {NODE.get(key, key): value for key, value in place.items()}
        | {"node_id": at, "zone_id": at if at <= zones else None}
        for at, place in enumerate(places, 1)
    ]
    links: list[Row] = []
    uses: dict[str, str] = {}
    for one in found:
        if one.table not in KEYS:
            continue
        values = {LINK.get(key, key): value for key, value in one.values.items()}
        start, end = (number[values[key]] for key in ("from_node_id", "to_node_id"))
        use, status = str(values["facility_type"]), str(values.get("status") or OPERATING)
        if status != OPERATING:
            use += f"_{status}"
        uses[use.upper()] = status
        values = {"length": 0, **values, "directed": "true", "allowed_uses": use.upper()}
        ways = [(start, end, one.shape, one.table)]
        if one.table == "legs":
            ways.append((end, start, one.shape.reverse(), BACK))
        for from_node, to_node, shape, table in ways:
            way = {"from_node_id": from_node, "to_node_id": to_node, "table": table}
            links.append({**values, **way, "geometry": as_wkt([shape])[0]})
    links.sort(key=lambda link: (link["from_node_id"], link["to_node_id"]))
    for at, link in enumerate(links, 1):
        link["link_id"] = at
    groups = {
        group: ",".join(sorted(use for use, status in uses.items() if (status == OPERATING) == is_open))
        for group, is_open in ((OPEN, True), (NOT_OPEN, False))
    }
    tables: dict[str, tuple[list[Row], tuple[str, ...]]] = {
        "node": (nodes, ("node_id", "name", "x_coord", "y_coord", "z_coord", "node_type", "zone_id", "place_id")),
        "link": (
            links,
            (
                *("link_id", "name", "from_node_id", "to_node_id", "directed", "geometry", "length"),
                *("facility_type", "allowed_uses", "lanes", "free_speed", "capacity", "table", *KEYS.values()),
            ),
        ),
        "zone": (
            [{"zone_id": node["zone_id"], "name": node.get("name", "")} for node in nodes[:zones]],
            ("zone_id", "name"),
        ),
        "use_definition": (
            [
                {"use": use, "persons_per_vehicle": 0, "pce": 1, "description": f"cargo, {uses[use]}"}
                for use in sorted(uses)
            ],
            ("use", "persons_per_vehicle", "pce", "description"),
        ),
        "use_group": (
            [{"use_group": group, "uses": members} for group, members in groups.items() if members],
            ("use_group", "uses"),
        ),
        "config": ([UNITS], tuple(UNITS)),
    }
    path.mkdir()
    for name, (rows, first) in tables.items():
        rest = dict.fromkeys(key for row in rows for key in row if key not in first)
        as_csv(pd.DataFrame(rows, columns=[*first, *rest], dtype=object), path / f"{name}.csv")


def read_gmns(path: Path) -> Iterator[Feature]:
    """Rows of a folder that `write_gmns` wrote."""
    told = {}
    for name in ("config", "node", "link"):
        try:
            told[name] = pd.read_csv(path / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except FileNotFoundError:
            raise DataError(
                f"{path / name}.csv is missing; a GMNS folder of net.to_file has config.csv, node.csv, link.csv. "
                f"{OTHERS}"
            ) from None
        except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            broken(path / f"{name}.csv", "a GMNS table", error)
    units = records(told["config"])[:1] or [{}]
    for key in ("long_length", "crs", "geometry_field_format"):
        if units[0].get(key) != UNITS[key]:
            raise DataError(
                f"{path / 'config.csv'} says {key} {units[0].get(key)!r}; expected {UNITS[key]!r}. {OTHERS}"
            )
    back = {new: old for old, new in {**NODE, **LINK}.items()}
    ids: dict[Any, Any] = {row["node_id"]: row.get("place_id") or row["node_id"] for row in records(told["node"])}
    for row in records(told["node"]):
        values = {back.get(key, key): value for key, value in row.items() if key not in ("node_id", "zone_id")}
        yield Feature("places", {**values, "place_id": ids[row["node_id"]]}, None)
    for row in records(told["link"]):
        table = row.pop("table", "")
        if table == BACK:
            continue
        values = {
            back.get(key, key): value
            for key, value in row.items()
            if value and key not in ("geometry", "directed", "allowed_uses", "link_id")
        }
        for end in ("from_place", "to_place"):
            if node := values.get(end):
                values[end] = ids.get(node, node)
        if own_id := KEYS.get(table):
            values.setdefault(own_id, row.get("link_id"))
        if table == "crossings":
            values.pop("km", None)
        yield Feature(table, values, row.get("geometry"))
