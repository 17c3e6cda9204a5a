#!/usr/bin/env bash
# netconvert of SUMO 1.28.0: trucks drive where hgv=no, cars where motor_vehicle=no, and nobody where trucks alone may.
#
# Guess      hgv=no bars trucks, motor_vehicle=no bars cars and trucks; access=no bars all, and hgv=yes beside it lets trucks in.
# Behaviour  access=no is the one that is read. The edges of roads with hgv=no, motor_vehicle=no or vehicle=no are open to cars and
#            trucks as if nothing were said, and with access=no and hgv=yes they are open to neither. Nobody is told, as one is of
#            a maxspeed without a number. That motor_vehicle=no is not read is told in an open issue; of hgv nothing was found.
#            By OpenStreetMap the more exact tag prevails: https://wiki.openstreetmap.org/wiki/Key:access
#            https://github.com/eclipse-sumo/sumo/issues/15307
# Matters    roads at a border are barred by these tags, to trucks first of all, and a queue that is simulated on such a network
#            has a way round it that there is not. Here the most exact tag that is there counts (corridors/osm/usable.py).
#
# Exits 0 while this stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'eclipse-sumo==1.28.0' 'sumolib==1.28.0'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
import subprocess
from pathlib import Path

import sumo
import sumolib

ROADS = {
    "no tag": {},
    "hgv=no": {"hgv": "no"},
    "vehicle=no": {"vehicle": "no"},
    "motor_vehicle=no": {"motor_vehicle": "no"},
    "access=no": {"access": "no"},
    "access=no and hgv=yes": {"access": "no", "hgv": "yes"},
    "access=no and motor_vehicle=yes": {"access": "no", "motor_vehicle": "yes"},
}
nodes, ways = [], []
for at, (name, tags) in enumerate(ROADS.items()):
    start, end, lat = 2 * at + 1, 2 * at + 2, 43 + at / 50
    nodes += [f'<node id="{start}" lat="{lat}" lon="76.5"/>', f'<node id="{end}" lat="{lat}" lon="76.6"/>']
    text = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in {"highway": "primary", "name": name, **tags}.items())
    ways.append(f'<way id="{at + 1}"><nd ref="{start}"/><nd ref="{end}"/>{text}</way>')
Path("roads.osm").write_text("\n".join(['<osm version="0.6">', *nodes, *ways, "</osm>"]))
command = [f"{sumo.SUMO_HOME}/bin/netconvert", "--osm-files", "roads.osm", "-o", "roads.net.xml", "--output.street-names"]
subprocess.run(command, check=True, capture_output=True)
seen = {}
for edge in sumolib.net.readNet("roads.net.xml").getEdges():
    seen[edge.getName()] = [kind for kind in ("passenger", "truck") if edge.allows(kind)]
for name in ROADS:
    print(f"{name}: {', '.join(seen[name]) or 'nobody'}")
print("should be: both; passenger; nobody three times; truck; both")
both = ["passenger", "truck"]
expected = {name: [] if name.startswith("access") else both for name in ROADS}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
