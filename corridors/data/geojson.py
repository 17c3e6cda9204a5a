"""Features as GeoJSON, out and in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from corridors.data.features import Feature, Frames, Shapes, broken, plain
from corridors.data.geometry import DEGREES, in_degrees
from corridors.data.schema import objects


def write_geojson(tables: Frames, shapes: Shapes, path: Path, about: Mapping[str, object] | None = None) -> None:
    """One feature collection; the member ``table`` of the properties tells the rows apart, `about` are more members."""
    import shapely

    with path.open("w", encoding="utf-8", newline="\n") as file:
        more = "".join(f"{_tell(name)}: {_tell(value)}, " for name, value in (about or {}).items())
        file.write(f'{{"type": "FeatureCollection", {more}"features": [')
        between = ""
        for name, table in tables.items():
            members = (_members(key, objects(table[key])) for key in table.columns)
            begin = f'{{"type": "Feature", "properties": {{"table": {_tell(name)}'
            drawn = shapely.to_geojson(np.asarray(shapes[name], dtype=object))
            for row, shape in zip(map("".join, zip(*members, strict=True)), drawn, strict=True):
                file.write(f'{between}{begin}{row}}}, "geometry": {shape}}}')
                between = ", "
        file.write("]}")


_tell = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _members(key: str, values: list[Any]) -> list[str]:
    """A column as members of the rows' properties; nothing where a cell is empty. Equal cells are put in words once."""
    begin = f", {_tell(key)}: "

    def member(value: Any) -> str:
        told = plain(value)
        if told is None:
            return ""
        return begin + (repr(told) if type(told) is int or (type(told) is float and isfinite(told)) else _tell(told))

    if len(set(map(type, values))) > 1:  # True, 1 and 1.0 would be taken for one
        return list(map(member, values))
    known = {value: member(value) for value in {value for value in values if value == value}}
    return [known.get(value, "") for value in values]


def read_geojson(path: Path) -> Iterator[Feature]:
    """Features of a file that `write_geojson` wrote, even if another program has saved it since.

    A reference system that the file names (the member ``crs`` of older programs) is followed.
    """
    import shapely.geometry
    from shapely.errors import ShapelyError

    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_not_a_number)
        if not isinstance(told, dict) or not isinstance(told.get("features"), list):
            raise ValueError("it is not a FeatureCollection")
        crs = _crs(told.get("crs"))
        for number, one in enumerate(told["features"], 1):
            if not isinstance(one, dict) or not isinstance(one.get("properties"), dict) or "geometry" not in one:
                raise ValueError(f"feature {number} has no properties or no geometry")
            values = dict(one["properties"])
            if nested := [key for key, value in values.items() if isinstance(value, dict | list)]:
                raise ValueError(f"feature {number} has several values in {nested[0]}, where one is expected")
            with np.errstate(invalid="ignore"):  # "NaN" is reported below
                shape = None if one["geometry"] is None else shapely.geometry.shape(one["geometry"])
            yield Feature(values.pop("table", ""), values, in_degrees([shape], crs)[0])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ShapelyError) as error:
        broken(path, "GeoJSON", error)


def _not_a_number(word: str) -> float:
    """What Python writes as NaN is no value; of the two infinities nothing can be made."""
    if word != "NaN":
        raise ValueError(f"{word} is no number that JSON knows")
    return float(word)


def _crs(told: object) -> str:
    """The reference system in the member ``crs`` of older programs; degrees if there is none."""
    if told is None:
        return DEGREES
    properties = told.get("properties") if isinstance(told, dict) else None
    if not isinstance(properties, dict) or not isinstance(properties.get("name"), str):
        raise ValueError("its member crs does not name a reference system; save it in degrees (EPSG:4326)")
    return str(properties["name"])
