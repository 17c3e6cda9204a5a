#!/usr/bin/env bash
# osm2gmns 1.0.1: trains run one way only, and a road with oneway=-1 is driven the wrong way.
#
# Guess      a railway without further tags becomes a link each way, as a road does; oneway=-1 turns the link round.
# Behaviour  a railway is one link, in the direction in which somebody drew it, even with oneway=no; oneway=-1 is read as
#            oneway=yes. By OpenStreetMap -1 means against the direction of the way, and a track is used both ways unless
#            railway:preferred_direction or the like says otherwise.
#            https://wiki.openstreetmap.org/wiki/Key:oneway
#            https://wiki.openstreetmap.org/wiki/Tag:railway%3Drail
# Matters    a network of railways that is made with it for an assignment beside ours has about half of its ways, which half by
#            chance; on a divided highway both carriageways may lead the same way. Here both ways of a track may be used, and
#            a road of which one direction is missing is noted as such (corridors/osm/graphs.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'osm2gmns==1.0.1'
cd "$work" && "$work/env/bin/python" 2>/dev/null - <<'PY'
import csv

import osm2gmns

WAYS = {
    "road without more": ({"highway": "trunk"}, "there, back"),
    "road, oneway=yes": ({"highway": "trunk", "oneway": "yes"}, "there"),
    "road, oneway=-1": ({"highway": "trunk", "oneway": "-1"}, "back"),
    "railway without more": ({"railway": "rail"}, "there, back"),
    "railway, oneway=no": ({"railway": "rail", "oneway": "no"}, "there, back"),
}
nodes, ways = [], []
for at, (tags, _) in enumerate(WAYS.values(), 1):
    nodes += [f'<node id="{at}{end}" lat="{40 + at / 100}" lon="{70 + end / 10}"/>' for end in (0, 1)]
    told = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
    ways.append(f'<way id="{at}"><nd ref="{at}0"/><nd ref="{at}1"/>{told}</way>')
bounds = '<bounds minlat="39" minlon="69" maxlat="41" maxlon="71"/>'
with open("net.osm", "w") as file:
    file.write(f'<osm version="0.6">{bounds}{"".join(nodes)}{"".join(ways)}</osm>')

osm2gmns.outputNetToCSV(osm2gmns.getNetFromFile("net.osm", mode_types=["auto", "railway"]))
with open("node.csv") as file:
    end = {row["node_id"]: row["osm_node_id"][-1] for row in csv.DictReader(file)}
with open("link.csv") as file:
    links = list(csv.DictReader(file))
seen = {}
for at, (name, (_, right)) in enumerate(WAYS.items(), 1):
    found = (end[link["from_node_id"]] for link in links if link["osm_way_id"] == str(at))
    seen[name] = ", ".join("there" if start == "0" else "back" for start in found)
    print(f"{name}: {seen[name]}; should be {right}")
both = "there, back"
expected = dict(zip(WAYS, (both, "there", "there", "there", "there"), strict=True))
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
