"""Features as GeoJSON, out and in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from corridors.data.features import Feature, broken
from corridors.data.geometry import DEGREES, in_degrees


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
    """Features of a file that `write_geojson` wrote, also if another program saved it again.

    A reference system that the file names (the member ``crs`` of older programs) is followed.
    """
    import shapely.geometry
    from shapely.errors import ShapelyError

    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
        crs = ((told.get("crs") or {}).get("properties") or {}).get("name") or DEGREES
        for one in told["features"]:
            values = dict(one["properties"])
            shape = None if one["geometry"] is None else shapely.geometry.shape(one["geometry"])
            yield Feature(values.pop("table", ""), values, in_degrees([shape], crs)[0])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ShapelyError) as error:
        broken(path, "GeoJSON", error)
