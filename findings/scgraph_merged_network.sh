#!/usr/bin/env bash
# scgraph 3.6.0: a network that took in another by merge_with_other_geograph() does not find the other's places.
#
# Guess      after a railway has taken in a sea lane, joined to it at the port, the way to a port overseas goes along both.
# Behaviour  the edges are all there, but the index of places is that of the railway as it was: a port overseas is reached by
#            a straight line from the railway's nearest place, across land or water, and nobody is told. The same network,
#            saved and loaded again, answers rightly. The docstring says that it is "useful for combining multiple geographs".
#            https://connor-makowski.github.io/scgraph/scgraph/geograph.html
# Matters    this is how scgraph joins modes, so a length over rail and sea that is set beside ours may have no sea lane in it;
#            it is the shorter, so it looks plausible. Here an end is joined to places of all modes (corridors/model/access.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'scgraph==3.6.0'
cd "$work" && "$work/env/bin/python" - <<'PY'
from scgraph import GeoGraph

LAHORE, KARACHI, OFF_KARACHI, BANDAR_ABBAS = [31.55, 74.35], [24.84, 66.97], [24.80, 66.95], [27.14, 56.20]


def one_leg(start, end, km):
    return GeoGraph(graph=[{1: km}, {0: km}], nodes=[start, end])


def asked(net):
    start, end = ({"latitude": lat, "longitude": lon} for lat, lon in (LAHORE, BANDAR_ABBAS))
    found = net.get_shortest_path(start, end)
    return OFF_KARACHI in found["coordinate_path"], round(found["length"])


merged = one_leg(LAHORE, KARACHI, 1200)
merged.merge_with_other_geograph(one_leg(OFF_KARACHI, BANDAR_ABBAS, 1240), connection_nodes=[[24.82, 66.96]])
merged.save_as_graphjson("merged.graphjson")
seen = asked(merged), asked(GeoGraph.load_from_graphjson("merged.graphjson"))
for what, (by_sea, km) in zip(("merged", "merged, saved and loaded"), seen, strict=True):
    print(f"Lahore - Bandar Abbas, {what}: {km:,} km, {'along' if by_sea else 'without'} the sea lane")
print("should be: 2,446 km in both, 1,200 by rail, 1,240 by sea and 6 in the port")
raise SystemExit(0 if seen == ((False, 2306), (True, 2446)) else f"changed: {seen}")
PY
