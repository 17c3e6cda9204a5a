#!/usr/bin/env bash
# DTALite 0.8.1: the link_id of its results is the place of the row, so trucks that go round are put on the closed road.
#
# Guess      a link of capacity 0 is left out or refused; link_performance.csv has volumes by the link_id of link.csv.
# Behaviour  it is left out, as a line among hundreds says, and the trucks go the other way. But links are numbered anew: 1, 2, 3 and
#            so on, in the order of the rows that were read. With one left out, all after it have the number of the link before
#            them, and the last row is link 0 from node 0 to node 0; where ids have gaps from the start, hardly one is right.
#            Only from_node_id and to_node_id are, and they do not tell parallel links apart. The key of a link is its link_id:
#            https://github.com/zephyr-data-specs/GMNS/blob/main/docs/spec/link.md, https://github.com/itsfangtang/DTALite_release
# Matters    ids of a part of our network have gaps (benchmarks/gmns_readers.py writes one), and a railway beside a road is a
#            parallel link: volumes joined to it by link_id lie on other roads, those round Torkham on Torkham itself. Number
#            the links from 1 without gaps, and leave closed ones out, before handing them over.
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'DTALite==0.8.1'
cd "$work" && "$work/env/bin/python" - <<'PY'
import csv
import subprocess
import sys
from pathlib import Path

ROADS = {  # Peshawar (1) - Torkham (2) - Kabul (4), Peshawar - Ghulam Khan (3) - Kabul, in metres
    "to Torkham": (1, 2, 60000),
    "beyond Torkham": (2, 4, 80000),
    "to Ghulam Khan": (1, 3, 170000),
    "beyond Ghulam Khan": (3, 4, 250000),
}


def volumes(name, numbers, closed=""):
    """Trucks an hour by the name of the road that has the link_id of the result."""
    folder = Path(name)
    folder.mkdir()
    links = [
        f"{number},{start},{end},{metres},1,60,{0 if road == closed else 100},1"
        for number, (road, (start, end, metres)) in zip(numbers, ROADS.items(), strict=True)
    ]
    head = "link_id,from_node_id,to_node_id,length,lanes,free_speed,capacity,link_type"
    (folder / "link.csv").write_text("\n".join([head, *links, ""]))
    (folder / "node.csv").write_text("node_id,zone_id,x_coord,y_coord\n1,1,71.5,34\n2,,71.1,34.1\n3,,70,33\n4,4,69.2,34.5\n")
    (folder / "demand.csv").write_text("o_zone_id,d_zone_id,volume\n1,4,80\n")
    (folder / "settings.csv").write_text("number_of_iterations,first_through_node_id,route_output\n20,1,1\n")
    program = [sys.executable, "-c", "import DTALite; DTALite.assignment()"]
    subprocess.run(program, cwd=folder, check=True, capture_output=True)
    roads = dict(zip(map(str, numbers), ROADS, strict=True))
    with open(folder / "link_performance.csv") as file:
        rows = list(csv.DictReader(file))
    return {roads.get(row["link_id"], "nothing"): float(row["volume"]) for row in rows if float(row["volume"])}


seen = {
    "open": volumes("open", (1, 2, 3, 4)),
    "beyond Torkham closed": volumes("closed", (1, 2, 3, 4), closed="beyond Torkham"),
    "open, ids 10, 25, 31, 47": volumes("gaps", (10, 25, 31, 47)),
}
for what, trucks in seen.items():
    print(f"{what}: {trucks}")
print("should be: to and beyond Torkham 80, to and beyond Ghulam Khan 80, to and beyond Torkham 80")
expected = {
    "open": {"to Torkham": 80.0, "beyond Torkham": 80.0},
    "beyond Torkham closed": {"beyond Torkham": 80.0, "to Ghulam Khan": 80.0},
    "open, ids 10, 25, 31, 47": {"nothing": 80.0},
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
