#!/usr/bin/env bash
# snkit 1.9.0: tracks that are merged by gauge have no gauge afterwards, and the length of their first stretch.
#
# Guess      merge_edges(by=["gauge"]) makes one edge of each run of equal gauge, which keeps it; its km are the sum.
# Behaviour  the runs are right, but the column by which they were told apart is empty, every other figure is that of one stretch,
#            and stations that nothing ends at any more stay among the nodes. The docstring: "list of columns to use when
#            merging an edge path - will not merge if edges have different values". https://github.com/nismod/snkit
# Matters    Almaty - Jinghe comes out as two edges of 100 and 20 km with no gauge, and the break of gauge at Altynkol is gone.
#            Here a leg has the gauge of its track and its own length (geodata/build/legs.py, lengths.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'snkit==1.9.0' 'networkx==3.6.1'
cd "$work" && TQDM_DISABLE=1 "$work/env/bin/python" -W ignore - <<'PY'
import geopandas as gpd
import snkit.network as snkit
from shapely.geometry import LineString

LON = {"Almaty": 76.9, "Saryozek": 78.0, "Altynkol": 80.1, "Khorgos": 80.3, "Jinghe": 82.9}
TRACKS = {
    ("Almaty", "Saryozek"): (1520, 100.0),
    ("Saryozek", "Altynkol"): (1520, 200.0),
    ("Altynkol", "Khorgos"): (1435, 20.0),
    ("Khorgos", "Jinghe"): (1435, 250.0),
}
gauge, km = zip(*TRACKS.values(), strict=True)
lines = [LineString([(LON[start], 44), (LON[end], 44)]) for start, end in TRACKS]
tracks = gpd.GeoDataFrame({"gauge": gauge, "km": km}, geometry=lines, crs=4326)
network = snkit.add_topology(snkit.add_ids(snkit.add_endpoints(snkit.Network(edges=tracks))))
merged = snkit.merge_edges(network, by=["gauge"])
place = {lon: name for name, lon in LON.items()}
seen = {}
for row in merged.edges.sort_values("km").itertuples():
    start, end = (place[row.geometry.coords[at][0]] for at in (0, -1))
    seen[start, end] = None if row.gauge != row.gauge else row.gauge, row.km
    print(f"{start} - {end}: gauge {seen[start, end][0]}, {row.km:.0f} km")
stations = sorted(place[point.x] for point in merged.nodes.geometry)
print(f"nodes: {', '.join(stations)}")
print("should be: Almaty - Altynkol 1520, 300 km; Altynkol - Jinghe 1435, 270 km; nodes Almaty, Altynkol, Jinghe")
expected = {("Altynkol", "Jinghe"): (None, 20.0), ("Almaty", "Altynkol"): (None, 100.0)}
raise SystemExit(0 if seen == expected and stations == sorted(LON) else f"changed: {seen}, {stations}")
PY
