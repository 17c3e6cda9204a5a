"""Features as tables of the General Modeling Network Specification (GMNS), out and in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from corridors.data.features import Feature, broken
from corridors.data.geometry import as_wkt
from corridors.data.schema import Row, records
from corridors.data.writing import as_csv
from corridors.errors import DataError

ORIGINS = ("city", "seaport", "dry_port", "station", "airport")
"""Kinds of places that are zones."""
NODE = {"place_id": "node_id", "lon": "x_coord", "lat": "y_coord", "altitude_m": "z_coord", "kind": "node_type"}
LINK = {"from_place": "from_node_id", "to_place": "to_node_id", "km": "length", "mode": "facility_type"}
LINKS = {"legs": {**LINK, "leg_id": "link_id"}, "crossings": {**LINK, "crossing_id": "link_id"}}
BACK = "legs_back"
"""Marks the link of a leg in its other direction."""
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
    "id_type": "string",
}


def write_gmns(found: Sequence[Feature], path: Path) -> None:
    """A folder with ``node.csv, link.csv, zone.csv`` and the units in ``config.csv``; our other columns come last.

    A leg is two directed links, since path4gmns takes one that is not directed for one-way; it wants the columns of
    lanes, speed and capacity too, which stay empty. Zones, without which assignment programs find no trips, are the
    places where cargo starts and ends; if all places are junctions, each is a zone.
    """
    nodes: list[Row] = []
    links: list[Row] = []
    for one in found:
        if one.table == "places":
            nodes.append({NODE.get(key, key): value for key, value in one.values.items()})
        else:
            names = LINKS[one.table]
            values = {names.get(key, key): value for key, value in one.values.items()}
            values = {"length": 0, **values, "directed": "true", "allowed_uses": values["facility_type"]}
            links.append({**values, "table": one.table, "geometry": as_wkt([one.shape])[0]})
            if one.table == "legs":
                links.append(
                    {
                        **links[-1],
                        "link_id": f"{values['link_id']}:back",
                        "from_node_id": values["to_node_id"],
                        "to_node_id": values["from_node_id"],
                        "geometry": as_wkt([one.shape.reverse()])[0],
                        "table": BACK,
                    }
                )
    ends = [node for node in nodes if node.get("node_type") in ORIGINS] or nodes
    for number, node in enumerate(ends, 1):
        node["zone_id"] = number
    first = (
        ("node_id", "name", "x_coord", "y_coord", "z_coord", "node_type", "zone_id"),
        (
            "link_id",
            "name",
            "from_node_id",
            "to_node_id",
            "directed",
            "geometry",
            "length",
            "facility_type",
            "allowed_uses",
            *("lanes", "free_speed", "capacity"),
        ),
    )
    path.mkdir()
    for name, rows, columns in (("node", nodes, first[0]), ("link", links, first[1])):
        rest = dict.fromkeys(key for row in rows for key in row if key not in columns)
        as_csv(pd.DataFrame(rows, columns=[*columns, *rest], dtype=object), path / f"{name}.csv")
    zones = [{"zone_id": node["zone_id"], "name": node.get("name", "")} for node in ends]
    as_csv(pd.DataFrame(zones, columns=["zone_id", "name"]), path / "zone.csv")
    as_csv(pd.DataFrame([UNITS]), path / "config.csv")


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
    back = {new: old for old, new in NODE.items()}
    for row in records(told["node"]):
        yield Feature("places", {back.get(k, k): value for k, value in row.items() if k != "zone_id"}, None)
    for row in records(told["link"]):
        table = row.pop("table", "")
        if table == BACK:
            continue
        back = {new: old for old, new in LINKS.get(table, LINK).items()}
        values = {
            back.get(key, key): value
            for key, value in row.items()
            if value and key not in ("geometry", "directed", "allowed_uses")
        }
        if table == "crossings":
            values.pop("km", None)
        yield Feature(table, values, row.get("geometry"))
