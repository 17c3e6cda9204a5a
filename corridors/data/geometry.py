"""One reader of geometry from elsewhere: shapes, WKT or WKB in any reference system, as points and lines in degrees.

What is missing (None, NaN, an empty cell) is None; what cannot be a point or a line is a ``ValueError`` in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from corridors.data.tags import NOTHING
from corridors.errors import DataError

if TYPE_CHECKING:
    from pyproj import Transformer
    from shapely import LineString, Point
    from shapely.geometry.base import BaseGeometry

Lines = npt.NDArray[np.object_]
"""Array of `shapely.LineString`."""
DEGREES = "EPSG:4326"
G = TypeVar("G", bound="BaseGeometry | None")
SAME_DEGREES = 0.01
"""About a kilometre: two statements of a position may differ by this much, from datums and rounding."""


def shape(value: object) -> BaseGeometry | None:
    """The geometry in a cell, without heights; None if the cell is empty."""
    import shapely
    from shapely.geometry.base import BaseGeometry

    if isinstance(value, str):
        if value.strip().lower() in NOTHING:
            return None
        plain = value.split(";", 1)[1] if value.upper().startswith("SRID=4326;") else value
        try:
            with np.errstate(invalid="ignore"):  # "nan" is reported below
                found = shapely.from_wkb(plain) if plain[:2] in ("00", "01") else shapely.from_wkt(plain)
        except shapely.errors.ShapelyError:
            raise ValueError(
                f"{value[:40]!r} is not a well-known text, such as LINESTRING (69.6 42.3, 70.9 43.6)"
            ) from None
    elif isinstance(value, bytes | bytearray):
        try:
            found = shapely.from_wkb(bytes(value))
        except shapely.errors.ShapelyError:
            raise ValueError("the bytes are not well-known binary") from None
    elif value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    elif isinstance(value, BaseGeometry):
        found = value
    else:
        raise ValueError(f"a {type(value).__name__} is not a geometry")
    flat = shapely.force_2d(found)
    if flat.is_empty:
        raise ValueError("the geometry is empty")
    if not np.isfinite(shapely.get_coordinates(flat)).all():
        raise ValueError("the geometry has a coordinate that is not a number")
    return flat


def line(value: object) -> LineString | None:
    """The line in a cell; one of several parts is accepted if they join into one."""
    import shapely

    found = shape(value)
    if found is not None and found.geom_type in ("MultiLineString", "GeometryCollection"):
        parts = shapely.get_parts(found)
        found = parts[0] if len(parts) == 1 else shapely.line_merge(shapely.union_all(parts))
        if len(parts) > 1 and found.geom_type == "MultiLineString":
            raise ValueError(f"the geometry is {len(parts)} lines that do not join into one")
    if found is not None and found.geom_type != "LineString":
        raise ValueError(f"the geometry is not a LineString but a {found.geom_type}")
    return cast("LineString | None", found)


def point(value: object) -> Point | None:
    """The point in a cell; a multipoint is accepted if it has a single point."""
    import shapely

    found = shape(value)
    if found is not None and found.geom_type in ("MultiPoint", "GeometryCollection"):
        parts = shapely.get_parts(found)
        found = parts[0] if len(parts) == 1 else found
    if found is not None and found.geom_type != "Point":
        raise ValueError(f"the geometry is not a Point but a {found.geom_type}")
    return cast("Point | None", found)


def transformer(crs: object) -> Transformer | None:
    """Transformer from a reference system into degrees; None where it is in them already.

    Raises
    ------
    ValueError
        If the reference system is not known.
    """
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    try:
        known = CRS.from_user_input(crs)
    except CRSError as error:
        raise ValueError(f"the reference system {crs!r} is not known: {error}") from None
    if known.is_geographic and known.to_2d().equals(CRS(DEGREES), ignore_axis_order=True):
        return None
    return Transformer.from_crs(known, DEGREES, always_xy=True)


def in_degrees(shapes: Iterable[G], crs: object) -> list[G]:
    """Shapes (or None) in degrees of WGS 84.

    Raises
    ------
    ValueError
        If the reference system is not known, or one of the shapes lies outside it.
    """
    import shapely

    told = list(shapes)
    if any(one is not None and one.is_empty for one in told):
        raise ValueError("a geometry is empty")
    change, found = transformer(crs), told
    if change is not None:
        found = [
            one
            if one is None
            else shapely.transform(one, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
            for one in told
        ]
    lost = ~(np.abs(shapely.bounds(np.array(found, dtype=object))) <= (180, 90, 180, 90)).all(axis=1)
    for at in np.flatnonzero(lost).tolist():
        if found[at] is not None:
            x, y = shapely.get_coordinates(told[at])[0]
            raise ValueError(f"a shape at ({x:g}, {y:g}) lies nowhere on earth by its reference system, {crs}")
    return found


def flat(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """A table whose column ``geometry``, if there is one, holds shapes in degrees; places take lon and lat from theirs.

    A geometry column of a plain DataFrame is taken to be in degrees.

    Raises
    ------
    DataError
        If it has no reference system, or a shape that does not fit the table.
    """
    import geopandas

    crs: object = DEGREES
    if isinstance(frame, geopandas.GeoDataFrame) and frame.active_geometry_name is not None:
        crs = frame.crs
        if crs is None:
            raise DataError(
                "the geometry has no coordinate reference system; set it, for example frame.set_crs('EPSG:4326').",
                name,
                "",
                "geometry",
            )
        if frame.active_geometry_name != "geometry":
            frame = frame.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    table = pd.DataFrame(frame)
    if "geometry" not in table.columns:
        return table
    read = point if name == "places" else line
    key = "place_id" if name == "places" else "leg_id"
    shapes = []
    for at, value in enumerate(table["geometry"].tolist()):
        try:
            shapes.append(read(value))
        except ValueError as error:
            row = table[key].iloc[at] if key in table.columns else ""
            raise DataError(f"{error}.", name, row or at + 2, "geometry") from None
    try:
        shapes = in_degrees(shapes, crs)
    except ValueError as error:
        raise DataError(f"{error}.", name, "", "geometry") from None
    table = table.assign(geometry=pd.Series(shapes, index=table.index, dtype=object))
    return _at_their_points(table, shapes) if name == "places" else table


def _at_their_points(places: pd.DataFrame, points: Sequence[Any]) -> pd.DataFrame:
    """Places with the lon and lat of their points; both may be given only if they agree."""
    row = places["place_id"] if "place_id" in places.columns else pd.Series(range(2, len(places) + 2))
    if "lon" not in places.columns or "lat" not in places.columns:
        for at, one in enumerate(points):
            if one is None:
                raise DataError("the place has no geometry.", "places", row.iloc[at])
        return places.assign(lon=[one.x for one in points], lat=[one.y for one in points])
    lon, lat = (pd.to_numeric(places[column], errors="coerce").to_numpy(dtype=float) for column in ("lon", "lat"))
    for at, one in enumerate(points):
        if one is not None and max(abs(one.x - lon[at]), abs(one.y - lat[at])) > SAME_DEGREES:
            raise DataError(
                f"the place lies at ({one.x:g}, {one.y:g}) by its geometry and at ({lon[at]:g}, {lat[at]:g}) by its "
                "lon and lat; leave out what is wrong.",
                "places",
                row.iloc[at],
                "geometry",
            )
    return places


def points_of(line: LineString) -> list[str]:
    """Points of a line as well-known text has them, every digit kept (what shapely writes is rounded to 16)."""
    import shapely

    found = shapely.get_coordinates(line).tolist()
    return [f"{x!r} {y!r}".replace(".0 ", " ").removesuffix(".0") for x, y in found]


def as_wkt(lines: Iterable[LineString]) -> list[str]:
    """Lines as well-known text."""
    return [f"LINESTRING ({', '.join(points_of(one))})" for one in lines]
