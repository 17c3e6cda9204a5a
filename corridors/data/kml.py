"""Features as KML, out and in."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely

from corridors.data.features import NOT_XML, Feature, broken, check_xml
from corridors.errors import DataError

KML = "http://www.opengis.net/kml/2.2"
OF_KML = (
    *("timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon"),
    *("Name", "description", "snippet"),
)
"""Columns that GDAL makes of what KML says of any placemark."""


def write_kml(found: Sequence[Feature], path: Path) -> None:
    """A folder a table; the values stand in ``ExtendedData``."""
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
        ET.SubElement(mark, f"{{{KML}}}name").text = NOT_XML.sub("", str(name))
        values = dict(one.values)
        if {"start", "end"} <= set(values):  # as columns GDAL would read one as text and the other as a moment
            span = ET.SubElement(mark, f"{{{KML}}}TimeSpan")
            for key, name in (("begin", "start"), ("end", "end")):
                ET.SubElement(span, f"{{{KML}}}{key}").text = str(values.pop(name))
        data = ET.SubElement(mark, f"{{{KML}}}ExtendedData")
        for key, value in values.items():
            cell = ET.SubElement(data, f"{{{KML}}}Data", name=key)
            ET.SubElement(cell, f"{{{KML}}}value").text = NOT_XML.sub("", str(value))
        shape = ET.SubElement(mark, f"{{{KML}}}{one.shape.geom_type}")
        ET.SubElement(shape, f"{{{KML}}}coordinates").text = " ".join(
            f"{x!r},{y!r}" for x, y in shapely.get_coordinates(one.shape).tolist()
        )
    ET.ElementTree(document).write(path, encoding="utf-8", xml_declaration=True)


def read_kml(path: Path) -> Iterator[Feature]:
    """Placemarks of a file that `write_kml` wrote, also if GDAL or QGIS saved it again.

    GDAL makes folders of our tables (its driver KML) or documents within the document (LIBKML).
    """
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
            except (ValueError, shapely.errors.ShapelyError) as error:
                broken(path, "KML", error)


def _shape(mark: ET.Element) -> Any:
    """Point or line of a placemark, or several of them; none if it has no coordinates."""
    if other := next((one.tag for one in mark.iter() if one.tag in ("Polygon", "Track", "MultiTrack", "Model")), ""):
        raise ValueError(f"a placemark is a {other}, which is neither point nor line")
    parts = [
        [tuple(map(float, point.split(",")[:2])) for point in re.sub(r"\s*,\s*", ",", text.text or "").split()]
        for text in mark.iter("coordinates")
    ]
    shapes = [shapely.Point(part[0]) if len(part) == 1 else shapely.LineString(part) for part in parts]
    return shapes[0] if len(shapes) == 1 else shapely.GeometryCollection(shapes) if shapes else None
