"""Features as GeoJSON, out and in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from corridors.data.features import Feature, broken
from corridors.data.geometry import DEGREES, in_degrees


def write_geojson(found: Sequence[Feature], path: Path) -> None:
    """One feature collection; the member ``table`` of the properties tells the rows apart."""
    import shapely

    tell = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    shapes = [one.shape for one in found]
    points = [f"[{x!r}, {y!r}]" for x, y in shapely.get_coordinates(shapes).tolist()]
    last = np.cumsum(shapely.get_num_coordinates(shapes)).tolist()
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for i, one in enumerate(found):
            properties, kind = {"table": one.table, **one.values}, one.shape.geom_type
            at = ", ".join(points[last[i - 1] if i else 0 : last[i]])
            file.write(
                f'{", " if i else ""}{{"type": "Feature", "properties": {tell(properties)}, '
                f'"geometry": {{"type": "{kind}", "coordinates": {at if kind == "Point" else f"[{at}]"}}}}}'
            )
        file.write("]}")


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
