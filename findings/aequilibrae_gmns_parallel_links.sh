#!/usr/bin/env bash
# AequilibraE 1.7.2: where a railway and a road join the same two nodes of a GMNS network, only one of them is imported.
#
# Guess      each link of link.csv becomes a link of the project, with the modes of its allowed_uses.
# Behaviour  of links between the same nodes only that with the least link_id is kept; its modes stay as they were, so the
#            other mode has no way there, and nothing is said. GMNS has no such rule: the key of the table is link_id alone.
#            https://github.com/zephyr-data-specs/GMNS/blob/main/docs/spec/link.md
#            https://github.com/AequilibraE/aequilibrae/issues/205
# Matters    one in five of our roads has a railway beside it: 610 of 2,750 would be gone, or the railway. One mode is to be
#            imported at a time (docs/your_data.md; benchmarks/gmns_readers.py does). Here each leg is an edge of its own.
#
# Needs SpatiaLite (on Debian libsqlite3-mod-spatialite, which it installs where it is missing).
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compgen -G '/usr/lib/*/mod_spatialite.so' > /dev/null ||
    { apt-get update -qq && apt-get install -qq libsqlite3-mod-spatialite; } > /dev/null ||
    { echo "SpatiaLite is missing: install libsqlite3-mod-spatialite as root"; exit 2; }
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'aequilibrae==1.7.2' 'pysqlite3-binary==0.5.4.post2'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
import sys

import pysqlite3

sys.modules["sqlite3"] = pysqlite3  # not every Python's own may load SpatiaLite

from aequilibrae import Project

LINKS = {
    1: (1, 2, "RAIL", "69.24 41.30, 67.28 37.22"),
    2: (1, 2, "ROAD", "69.24 41.30, 67.28 37.22"),
    3: (2, 3, "ROAD", "67.28 37.22, 68.78 38.56"),
}
with open("node.csv", "w") as file:
    file.write("node_id,x_coord,y_coord\n1,69.24,41.30\n2,67.28,37.22\n3,68.78,38.56\n")
with open("link.csv", "w") as file:
    file.write("link_id,from_node_id,to_node_id,directed,facility_type,allowed_uses,lanes,geometry\n")
    for number, (start, end, use, line) in LINKS.items():
        file.write(f'{number},{start},{end},false,{use.lower()},{use},1,"LINESTRING ({line})"\n')
with open("use_group.csv", "w") as file:
    file.write('use_group,uses\nFREIGHT,"RAIL,ROAD"\n')

project = Project()
project.new("project")
project.network.create_from_gmns("link.csv", "node.csv", "use_group.csv")
names = {mode: row.mode_name for mode, row in project.network.modes.all_modes().items()}
seen = {row.link_id: "".join(names[mode] for mode in row.modes) for row in project.network.links.data.itertuples()}
project.close()
for number, (start, end, use, _) in LINKS.items():
    print(f"link {number}, {start} - {end}, {use}: {'imported for ' + seen[number] if number in seen else 'not imported'}")
print("should be: all three imported, each for its own use")
raise SystemExit(0 if seen == {1: "RAIL", 3: "ROAD"} else f"changed: {seen}")
PY
