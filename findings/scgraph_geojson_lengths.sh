#!/usr/bin/env bash
# scgraph 3.6.0: lines read from GeoJSON get the lengths that they would have with longitude and latitude changed round.
#
# Guess      GeoGraph.load_from_geojson() measures each line on the globe, as get_shortest_path() measures the ways to it.
# Behaviour  it does not: points are placed rightly, but their distance is worked out with the longitude for the latitude.
#            Almaty - Khorgos, a straight line of 285 km, becomes 368 km, and Bishkek - Osh, 300 km, becomes 212 km: in these
#            longitudes a way east is too long, one north too short. The docstring of haversine() asks for latitude first.
#            https://connor-makowski.github.io/scgraph/scgraph/geograph.html
# Matters    our networks are written as GeoJSON (net.to_file); whoever loads one into scgraph gets corridors ranked by
#            how far they lead east. Its lengths are to be set on each edge from the column km.
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'scgraph==3.6.0'
cd "$work" && "$work/env/bin/python" - <<'PY'
import json

from scgraph import GeoGraph
from scgraph.utils import haversine

LINES = {
    "Almaty - Khorgos": ([76.95, 43.25], [80.25, 44.2]),
    "Bishkek - Osh": ([74.59, 42.87], [72.8, 40.53]),
    "Karachi - Gwadar": ([66.97, 24.84], [62.32, 25.12]),
}
seen = {}
for name, line in LINES.items():
    shape = {"type": "LineString", "coordinates": line}
    with open("legs.geojson", "w") as file:
        json.dump({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": shape}]}, file)
    net = GeoGraph.load_from_geojson("legs.geojson", silent=True)
    start, end = ({"latitude": lat, "longitude": lon} for lon, lat in line)
    right = haversine(*([lat, lon] for lon, lat in line))
    seen[name] = round(net.get_shortest_path(start, end)["length"]), round(right)
    print(f"{name}: {seen[name][0]} km by the network that was read, {seen[name][1]} km by scgraph's own haversine")
expected = {"Almaty - Khorgos": (368, 285), "Bishkek - Osh": (212, 300), "Karachi - Gwadar": (517, 470)}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
