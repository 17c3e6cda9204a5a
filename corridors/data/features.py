"""Places, legs and crossings as features: rows with a shape, the form that other programs' formats can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from xml.parsers import expat

import pandas as pd

from corridors.data.geometry import line, point
from corridors.data.schema import Row, fields, listed
from corridors.errors import DataError

if TYPE_CHECKING:
    from corridors.data.dataset import Dataset

HELD = ("places", "legs", "crossings")
FOREIGN = ("fid", "ogc_fid", "id", "gid", "objectid", "layer", "path")
"""Columns, in lower case, that QGIS, GDAL and networkx add."""
MOVED_DEGREES = 1e-6
"""A point that differs by this much from the coordinates beside it was moved."""
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MARKUP = re.compile("[&<>]")

Frames = dict[str, pd.DataFrame]
Shapes = dict[str, Sequence[Any]]
"""Shapes of the rows of some tables."""


class Feature(NamedTuple):
    """A row of a table with its shape; cells that are empty are left out."""

    table: str
    values: Row
    shape: Any


def features(tables: Frames, shapes: Shapes) -> list[Feature]:
    """Rows of tables as features; numbers are plain, moments ISO text."""
    found = []
    for name, table in tables.items():
        keys = list(table.columns)
        columns = (list(map(plain, values)) for values in listed(table, *keys))
        for row, shape in zip(zip(*columns, strict=True), shapes[name], strict=True):
            values = {key: value for key, value in zip(keys, row, strict=True) if value is not None}
            found.append(Feature(name, values, shape))
    return found


def of_network(dataset: Dataset) -> tuple[Frames, Shapes]:
    """Places, legs and crossings of a network, and their shapes."""
    import shapely

    tables = {name: dataset.tables[name] for name in HELD}
    places, gates = tables["places"], tables["crossings"]
    lon, lat, names, starts, ends = (
        *listed(places, "lon", "lat", "place_id"),
        *listed(gates, "from_place", "to_place"),
    )
    at = dict(zip(names, zip(lon, lat, strict=True), strict=True))
    return tables, {
        "places": shapely.points(lon, lat).tolist(),
        "legs": [dataset.lines[leg] for leg in next(listed(tables["legs"], "leg_id"))],
        "crossings": [shapely.LineString([at[a], at[b]]) for a, b in zip(starts, ends, strict=True)],
    }


def plain(value: Any) -> str | float | int | bool | None:
    """A cell as files hold it: numbers as short as can be, moments as ISO text, nothing if it is empty."""
    if type(value) is str:  # most are
        return value or None
    if isinstance(value, pd.Timestamp):
        return str(value.isoformat())
    if type(value) is float:
        return None if value != value else int(value) if value.is_integer() else value
    if value is None or value != value or value == "":
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(value)
    return value if isinstance(value, str | bool) else int(value)


def frames(found: Iterable[Feature], path: Path) -> Frames:
    """Tables of features for `corridors.data.user_network.tables_of`.

    Null values are left out. Where the point of a place and its coordinates differ, the point counts.
    """
    import geopandas

    rows: dict[str, list[Row]] = {name: [] for name in HELD}
    shapes = []
    for one in found:
        if one.table not in rows:
            raise DataError(
                f"{path} has a feature of the table {one.table!r}; expected {', '.join(HELD)}, as "
                "net.to_file writes them. For other files use Network.from_frames or from_osmnx."
            )
        values = {key: value for key, value in one.values.items() if value is not None}
        rows[one.table].append(values)
        try:
            if one.table == "legs":
                shapes.append(line(one.shape))
            elif one.table == "places" and (at := point(one.shape)) is not None:
                for key, degrees in (("lon", at.x), ("lat", at.y)):
                    if not _is_near(values.get(key), degrees):
                        values[key] = degrees
        except ValueError as error:
            key = next(iter(values.values()), "")
            raise DataError(f"{path}: {error}.", one.table, key, "geometry") from None
    tables = {}
    for name, part in rows.items():
        known = [field["name"] for field in fields(name)]
        unknown = sorted({key for row in part for key in row if key.lower() not in FOREIGN} - set(known))
        if unknown:
            raise DataError(
                f"{path} has a value in a column that the table does not have; expected {', '.join(sorted(known))}.",
                name,
                "",
                unknown[0],
            )
        tables[name] = pd.DataFrame(part, columns=known, dtype=object)
    return {**tables, "legs": geopandas.GeoDataFrame(tables["legs"], geometry=shapes, crs="EPSG:4326")}


def _is_near(told: Any, degrees: float) -> bool:
    try:
        return abs(float(told) - degrees) <= MOVED_DEGREES
    except (TypeError, ValueError):
        return False


def xml_text(value: str | float) -> str:
    """A value as text between tags, without characters that XML forbids."""
    if not isinstance(value, str):
        return str(value)
    if value.isascii() and value.isprintable() and not MARKUP.search(value):
        return value
    return escape(NOT_XML.sub("", value), quote=False).replace("\r", "&#13;")  # a reader makes a bare one a new line


def check_xml(path: Path) -> None:
    """Refuse XML that is truncated or declares a document type: entities in one can fill memory or read files."""

    def refuse(*_: object) -> NoReturn:
        raise DataError(
            f"{path} declares a document type (DOCTYPE), which could hide an entity bomb and which no such file "
            "needs. Nothing was read."
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except DataError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:  # the latter for encodings
        broken(path, "XML", error)


def broken(path: Path, kind: str, error: Exception) -> NoReturn:
    """Refuse a file that is not valid in its format."""
    words = " ".join(str(error).split())[:200]
    raise DataError(f"{path} is truncated or not {kind}: {words or type(error).__name__}.") from None
