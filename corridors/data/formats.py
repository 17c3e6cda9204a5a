"""Places, legs and crossings as GeoJSON, KML, GraphML and GMNS tables, out and in."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from xml.parsers import expat

import pandas as pd

from corridors.data.geometry import as_wkt
from corridors.data.schema import fields, records
from corridors.errors import DataError

if TYPE_CHECKING:
    from corridors.data.dataset import Dataset

HELD = ("places", "legs", "crossings")
KML = "http://www.opengis.net/kml/2.2"
NODE = {"place_id": "node_id", "lon": "x_coord", "lat": "y_coord", "altitude_m": "z_coord", "kind": "node_type"}
LINK = {"from_place": "from_node_id", "to_place": "to_node_id", "km": "length", "mode": "facility_type"}
LINKS = {"legs": {**LINK, "leg_id": "link_id"}, "crossings": {**LINK, "crossing_id": "link_id"}}
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
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Frames = dict[str, pd.DataFrame]


class Feature(NamedTuple):
    """A row of a table with its shape; cells that are empty are left out."""

    table: str
    values: dict[str, Any]
    shape: Any


def features(tables: Mapping[str, pd.DataFrame], shapes: Mapping[str, Sequence[Any]]) -> list[Feature]:
    """Rows of tables as features; numbers are plain, moments ISO text."""
    return [
        Feature(name, {key: plain for key, value in row.items() if (plain := _plain(value)) is not None}, shape)
        for name, table in tables.items()
        for row, shape in zip(records(table), shapes[name], strict=True)
    ]


def of_network(dataset: Dataset) -> list[Feature]:
    """Places, legs and crossings of a network."""
    import shapely

    tables = {name: dataset.tables[name] for name in HELD}
    at = {place: (row["lon"], row["lat"]) for place, row in dataset.place.items()}
    gates = tables["crossings"]
    return features(
        tables,
        {
            "places": [shapely.Point(point) for point in at.values()],
            "legs": [dataset.lines[leg] for leg in tables["legs"]["leg_id"]],
            "crossings": [
                shapely.LineString([at[a], at[b]]) for a, b in zip(gates["from_place"], gates["to_place"], strict=True)
            ],
        },
    )


def _plain(value: Any) -> str | float | int | bool | None:
    if isinstance(value, pd.Timestamp):
        return str(value.isoformat())
    if value is None or value != value or value == "":
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(value)
    return value if isinstance(value, str | bool) else int(value)


def frames(found: Iterable[Feature], path: Path) -> Frames:
    """Tables of features for `Network.from_frames`."""
    import geopandas

    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in HELD}
    shapes = []
    for one in found:
        if one.table not in rows:
            raise DataError(
                f"{path} has a feature of the table {one.table!r}; expected {', '.join(HELD)}, as "
                "net.to_file writes them. For other files use Network.from_frames or from_osmnx."
            )
        rows[one.table].append(one.values)
        if one.table == "legs":
            shapes.append(one.shape)
    tables = {
        name: pd.DataFrame(part, columns=[field["name"] for field in fields(name)], dtype=object)
        for name, part in rows.items()
    }
    for name, part in rows.items():
        known = {field["name"] for field in fields(name)}
        if unknown := sorted({key for row in part for key in row} - known):
            raise DataError(
                f"{path} has a value that the table does not know; expected {', '.join(sorted(known))}.",
                name,
                "",
                unknown[0],
            )
    return {**tables, "legs": geopandas.GeoDataFrame(tables["legs"], geometry=shapes, crs="EPSG:4326")}


def write_geojson(found: Sequence[Feature], path: Path) -> None:
    """One feature collection; the member ``table`` of the properties tells the rows apart."""
    import shapely.geometry

    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {
                        "type": "Feature",
                        "properties": {"table": one.table, **one.values},
                        "geometry": shapely.geometry.mapping(one.shape),
                    }
                    for one in found
                ],
            },
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )


def read_geojson(path: Path) -> Iterator[Feature]:
    """Features of a file that `write_geojson` wrote."""
    import shapely.geometry
    from shapely.errors import ShapelyError

    try:
        for one in json.loads(path.read_text(encoding="utf-8"))["features"]:
            values = dict(one["properties"])
            yield Feature(values.pop("table", ""), values, shapely.geometry.shape(one["geometry"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ShapelyError) as error:
        _broken(path, "GeoJSON", error)


def write_kml(found: Sequence[Feature], path: Path) -> None:
    """A folder a table; the values stand in ``ExtendedData``."""
    import shapely

    ET.register_namespace("", KML)
    document = ET.Element(f"{{{KML}}}kml")
    root = ET.SubElement(document, f"{{{KML}}}Document")
    folders: dict[str, ET.Element] = {}
    for one in found:
        if one.table not in folders:
            folders[one.table] = ET.SubElement(root, f"{{{KML}}}Folder")
            ET.SubElement(folders[one.table], f"{{{KML}}}name").text = one.table
        mark = ET.SubElement(folders[one.table], f"{{{KML}}}Placemark")
        name = one.values.get("name", next(iter(one.values.values())))
        ET.SubElement(mark, f"{{{KML}}}name").text = _NOT_XML.sub("", str(name))
        data = ET.SubElement(mark, f"{{{KML}}}ExtendedData")
        for key, value in one.values.items():
            cell = ET.SubElement(data, f"{{{KML}}}Data", name=key)
            ET.SubElement(cell, f"{{{KML}}}value").text = _NOT_XML.sub("", str(value))
        shape = ET.SubElement(mark, f"{{{KML}}}{one.shape.geom_type}")
        ET.SubElement(shape, f"{{{KML}}}coordinates").text = " ".join(
            f"{x!r},{y!r}" for x, y in shapely.get_coordinates(one.shape).tolist()
        )
    ET.ElementTree(document).write(path, encoding="utf-8", xml_declaration=True)


def read_kml(path: Path) -> Iterator[Feature]:
    """Placemarks of a file that `write_kml` wrote."""
    import shapely

    check_xml(path)
    for folder in ET.parse(path).getroot().iter(f"{{{KML}}}Folder"):
        table = folder.findtext(f"{{{KML}}}name", "")
        for mark in folder.iter(f"{{{KML}}}Placemark"):
            values = {
                cell.get("name", ""): cell.findtext(f"{{{KML}}}value", "") for cell in mark.iter(f"{{{KML}}}Data")
            }
            text = next(mark.iter(f"{{{KML}}}coordinates"), mark).text or ""
            try:
                points = [tuple(map(float, point.split(",")[:2])) for point in text.split()]
                shape = shapely.Point(points[0]) if len(points) == 1 else shapely.LineString(points)
            except (ValueError, shapely.errors.ShapelyError) as error:
                _broken(path, "KML", error)
            yield Feature(table, values, shape)


def check_xml(path: Path) -> None:
    """Refuse XML that is torn or declares a document type: entities in one can blow up memory or read other files."""

    def refuse(*_: object) -> NoReturn:
        raise DataError(
            f"{path} declares a document type (DOCTYPE), which could hide an entity bomb; files of this "
            "kind need none. Nothing was read."
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except DataError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:  # the latter for encodings
        _broken(path, "XML", error)


def write_graphml(found: Sequence[Feature], path: Path) -> None:
    """A directed graph as OSMnx saves it, all values text: nodes are places, edges legs (both ways) and crossings."""
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(crs="EPSG:4326", created_with="corridors", held="places,legs")
    for one in found:
        values = {key: _NOT_XML.sub("", str(value)) for key, value in one.values.items()}
        if one.table == "places":
            graph.add_node(values["place_id"], x=repr(one.shape.x), y=repr(one.shape.y), **values)
            continue
        told = {
            "table": one.table,
            "osmid": next(iter(values.values())),
            "length": str(one.values.get("km", 0) * 1000),
            **values,
        }
        ends, forth, back = (values["from_place"], values["to_place"]), one.shape, one.shape.reverse()
        graph.add_edge(*ends, reversed="False", geometry=as_wkt([forth])[0], **told)
        if one.table == "legs":
            graph.add_edge(*ends[::-1], reversed="True", geometry=as_wkt([back])[0], **told)
    nx.write_graphml(graph, path)


def read_graphml(path: Path) -> Iterator[Feature]:
    """Nodes and edges of a file that `write_graphml` wrote."""
    import networkx as nx
    import shapely

    check_xml(path)
    try:
        graph = nx.read_graphml(path)
        if graph.graph.get("held") != "places,legs":
            raise DataError(
                f"{path} was not written by net.to_file; for a graph of OSMnx use "
                "Network.from_osmnx(osmnx.load_graphml(path), mode=...)."
            )
        for _, values in graph.nodes(data=True):
            yield Feature("places", {key: value for key, value in values.items() if key not in "xy"}, None)
        for _, _, values in graph.edges(data=True):
            if values["reversed"] == "False":
                told = {
                    key: value
                    for key, value in values.items()
                    if key not in ("table", "osmid", "length", "reversed", "geometry")
                }
                yield Feature(values["table"], told, shapely.from_wkt(values["geometry"]))
    except DataError:
        raise
    except (nx.NetworkXError, KeyError, ValueError, TypeError, shapely.errors.ShapelyError) as error:
        _broken(path, "GraphML", error)


def write_gmns(found: Sequence[Feature], path: Path) -> None:
    """A folder with ``node.csv, link.csv`` and the units in ``config.csv``; our other columns stand behind theirs."""
    nodes, links = [], []
    for one in found:
        if one.table == "places":
            nodes.append({NODE.get(key, key): value for key, value in one.values.items()})
        else:
            names = LINKS[one.table]
            values = {names.get(key, key): value for key, value in one.values.items()}
            links.append(
                {
                    "length": 0,
                    **values,
                    "directed": str(one.table == "crossings").lower(),
                    "table": one.table,
                    "geometry": as_wkt([one.shape])[0],
                    "allowed_uses": values["facility_type"],
                }
            )
    first = (
        ("node_id", "name", "x_coord", "y_coord", "z_coord", "node_type"),
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
        ),
    )
    path.mkdir()
    for name, rows, columns in (("node", nodes, first[0]), ("link", links, first[1])):
        rest = dict.fromkeys(key for row in rows for key in row if key not in columns)
        pd.DataFrame(rows, columns=[*columns, *rest], dtype=object).to_csv(path / f"{name}.csv", index=False)
    pd.DataFrame([UNITS]).to_csv(path / "config.csv", index=False)


def read_gmns(path: Path) -> Iterator[Feature]:
    """Rows of a folder that `write_gmns` wrote."""
    import shapely

    told = {}
    for name in ("config", "node", "link"):
        try:
            told[name] = pd.read_csv(path / f"{name}.csv", dtype=str, keep_default_na=False, encoding="utf-8")
        except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            _broken(path / f"{name}.csv", "a GMNS table", error)
    units = records(told["config"])[:1] or [{}]
    for key in ("long_length", "crs", "geometry_field_format"):
        if units[0].get(key) != UNITS[key]:
            raise DataError(f"{path / 'config.csv'} says {key} {units[0].get(key)!r}; expected {UNITS[key]!r}.")
    back = {new: old for old, new in NODE.items()}
    for row in records(told["node"]):
        yield Feature("places", {back.get(key, key): value for key, value in row.items()}, None)
    for row in records(told["link"]):
        table = row.pop("table", "")
        back = {new: old for old, new in LINKS.get(table, LINK).items()}
        values = {
            back.get(key, key): value
            for key, value in row.items()
            if value and key not in ("geometry", "directed", "allowed_uses")
        }
        if table == "crossings":
            values.pop("km", None)
        try:
            shape = shapely.from_wkt(row.get("geometry", ""))
        except shapely.errors.ShapelyError as error:
            _broken(path / "link.csv", "a GMNS table", error)
        yield Feature(table, values, shape)


def _broken(path: Path, kind: str, error: Exception) -> NoReturn:
    words = " ".join(str(error).split())[:200]
    raise DataError(f"{path} is torn or not {kind}: {words or type(error).__name__}.") from None
