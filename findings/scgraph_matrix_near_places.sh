#!/usr/bin/env bash
# scgraph 3.6.0: in its distance matrix, places that enter the network at the same place are 0 km apart.
#
# Guess      distance_matrix() gives what get_shortest_path() gives pair by pair, but faster.
# Behaviour  so it does, except where the nearest place of the network is the same for both: there it is 0.0, and the ways to the
#            network and from it are left out, which it counts in all other pairs. Talgar and Konayev, one at either side of Almaty,
#            are 0 km apart instead of 95; so is Almaty itself from both. The docstring calls it a "very efficient way" to the
#            distances that one would get "for each pair of nodes".
#            https://connor-makowski.github.io/scgraph/scgraph/geograph.html
# Matters    ports, yards and warehouses of one city share a place of the network; in a matrix from it set beside net.matrix() they
#            are one, and rounds and nearest depots go wrong just where distances are short. Here two points by one place are
#            joined through it, 92 km by road (corridors/model/access.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'scgraph==3.6.0'
cd "$work" && "$work/env/bin/python" - <<'PY'
from scgraph import GeoGraph

NETWORK = {"Almaty": [43.25, 76.95], "Khorgos": [44.22, 80.42], "Bishkek": [42.87, 74.6]}
KM = {("Almaty", "Khorgos"): 335, ("Almaty", "Bishkek"): 240}
PLACES = {"Almaty": (43.25, 76.95), "Talgar": (43.3, 77.24), "Konayev": (43.88, 77.07), "Khorgos": (44.22, 80.42)}
names = list(NETWORK)
roads = [{} for _ in names]
for (start, end), km in KM.items():
    a, b = names.index(start), names.index(end)
    roads[a][b] = roads[b][a] = km
network = GeoGraph(graph=roads, nodes=list(NETWORK.values()))
at = {name: {"latitude": lat, "longitude": lon} for name, (lat, lon) in PLACES.items()}
matrix = network.distance_matrix(list(at.values()))
seen = {}
for start, end in (("Almaty", "Talgar"), ("Talgar", "Konayev"), ("Konayev", "Khorgos"), ("Almaty", "Khorgos")):
    one = network.get_shortest_path(at[start], at[end])["length"]
    cell = matrix[list(PLACES).index(start)][list(PLACES).index(end)]
    seen[start, end] = round(cell), round(one)
    print(f"{start} - {end}: {cell:.1f} km in the matrix; should be, and is by get_shortest_path(): {one:.1f}")
expected = {
    ("Almaty", "Talgar"): (0, 24),
    ("Talgar", "Konayev"): (0, 95),
    ("Konayev", "Khorgos"): (406, 406),
    ("Almaty", "Khorgos"): (335, 335),
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
