"""Features as KML, out and in."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from corridors.data.features import Feature, broken, check_xml, xml_text
from corridors.errors import DataError

KML = "http://www.opengis.net/kml/2.2"
OF_KML = (
    *("timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"),
    *("Name", "description", "snippet"),
)
"""Columns that GDAL makes of the fields of any KML placemark."""


def write_kml(found: Sequence[Feature], path: Path, about: Mapping[str, object] | None = None) -> None:
    """One folder per table; the values are in ``ExtendedData``, what the file is `about` in that of the document."""
    tables: dict[str, list[Feature]] = {}
    for one in found:
        tables.setdefault(one.table, []).append(one)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"<?xml version='1.0' encoding='utf-8'?>\n<kml xmlns=\"{KML}\"><Document>{_about(about or {})}")
        for table, some in tables.items():
            file.write(f"<Folder><name>{table}</name>")
            file.writelines(map(_placemark, some))
            file.write("</Folder>")
        file.write("</Document></kml>")


def _about(about: Mapping[str, object]) -> str:
    rows = [
        f'<Data name="{xml_text(name)}"><value>{xml_text(value)}</value></Data>'
        for part, told in about.items()
        for name, value in (told.items() if isinstance(told, dict) else [(part, json.dumps(told, ensure_ascii=False))])
    ]
    return f"<ExtendedData>{''.join(rows)}</ExtendedData>" if rows else ""


def _placemark(one: Feature) -> str:
    import shapely

    values = {key: xml_text(value) for key, value in one.values.items()}
    name, span = values.get("name", next(iter(values.values()))), ""
    if {"start", "end"} <= set(values):  # as columns GDAL would read one as text and the other as a moment
        span = f"<TimeSpan><begin>{values.pop('start')}</begin><end>{values.pop('end')}</end></TimeSpan>"
    data = "".join(f'<Data name="{key}"><value>{value}</value></Data>' for key, value in values.items())
    at = " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(one.shape).tolist())
    kind = one.shape.geom_type
    return (
        f"<Placemark><name>{name}</name>{span}<ExtendedData>{data}</ExtendedData>"
        f"<{kind}><coordinates>{at}</coordinates></{kind}></Placemark>"
    )


def read_kml(path: Path) -> Iterator[Feature]:
    """Placemarks of a file that `write_kml` wrote, even if GDAL or QGIS has saved it since.

    GDAL makes folders of our tables (its driver KML) or documents within the document (LIBKML).
    """
    from shapely.errors import ShapelyError

    check_xml(path)
    root = ET.parse(path).getroot()
    for one in root.iter():  # older programs write other namespaces, or none
        one.tag = one.tag.rpartition("}")[2]
    holders = [one for one in root.iter() if one.tag in ("Folder", "Document") and one.find("Placemark") is not None]
    if root.tag != "kml" or not holders:
        raise DataError(f"{path} is not a KML with folders of placemarks, as net.to_file writes it.")
    for holder in holders:
        table = holder.findtext("name") or ""
        for mark in holder.findall("Placemark"):
            values = {cell.get("name", ""): cell.findtext("value") or "" for cell in mark.iter("Data")}
            values |= {
                name: cell.text or ""
                for cell in mark.iter("SimpleData")
                if (name := cell.get("name", "")) not in OF_KML
            }
            if table != "legs" and (title := mark.findtext("name")):
                values.setdefault("name", title)  # GDAL moves a column of this name there
            try:
                yield Feature(table, values, _shape(mark))
            except (ValueError, ShapelyError) as error:
                broken(path, "KML", error)


def _shape(mark: ET.Element) -> Any:
    """Point or line of a placemark, or several of them; none if it has no coordinates."""
    import shapely

    if other := next((one.tag for one in mark.iter() if one.tag in ("Polygon", "Track", "MultiTrack", "Model")), ""):
        raise ValueError(f"a placemark is a {other}, which is neither point nor line")
    parts = [
        [tuple(map(float, point.split(",")[:2])) for point in re.sub(r"\s*,\s*", ",", text.text or "").split()]
        for text in mark.iter("coordinates")
    ]
    shapes = [shapely.Point(part[0]) if len(part) == 1 else shapely.LineString(part) for part in parts]
    return shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(shapes) if shapes else None
