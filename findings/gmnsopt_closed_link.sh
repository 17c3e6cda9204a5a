#!/usr/bin/env bash
# gmnsopt 0.2.0: a link of capacity 0 has a capacity of 1,000, and a storm over the whole network changes nothing.
#
# Guess      a closed road, capacity 0 in link.csv, carries next to nothing, as one of capacity 1 does, or is refused; weather or
#            a drop of capacity, generated for all links, makes journeys longer.
# Behaviour  with capacity 1 on the road by Torkham 78 of 80 trucks an hour go by Ghulam Khan; with 0 all go by Torkham again, for 0
#            is read as if the field were empty, and then the default holds. validate_gmns() says ok; its warning of a
#            "non-positive capacity" can never come. Scenarios that generate_scenarios() writes without links are marked as
#            global, and resilience_scenario(), which takes them, passes over all but single links: delay 0.0, n_dropped_links 0,
#            feasible. README: "deterministic normal / capacity_drop / demand_surge / work_zone / weather".
#            https://github.com/asu-trans-ai-lab/gmnsopt
# Matters    a border that is shut becomes the widest road of the network, and what a closure costs is nothing. Leave the link out.
#            Here what is not in operation has a use of its own, which no group of uses in operation has (corridors/data/gmns.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'gmnsopt==0.2.0' 'networkx==3.6.1' 'numpy==2.4.6' 'scipy==1.17.1'
cd "$work" && "$work/env/bin/python" - <<'PY'
from pathlib import Path

from gmns_opt import read_gmns, traffic_assignment, validate_gmns
from gmns_opt.models.resilience import resilience_scenario
from gmns_opt.scenarios.generator import generate_scenarios

ROADS = {"Torkham": [(1, 2, 60), (2, 4, 80)], "Ghulam Khan": [(1, 3, 170), (3, 4, 250)]}


def case(name, capacity):
    """Peshawar (1) to Kabul (4) over either border, 80 trucks an hour; capacity of the road beyond Torkham."""
    folder = Path(name)
    folder.mkdir()
    (folder / "node.csv").write_text("node_id,zone_id,x_coord,y_coord\n1,1,0,0\n2,,0,0\n3,,0,0\n4,4,0,0\n")
    links = [(*link, 40, 100) for roads in ROADS.values() for link in roads]
    links[1] = (*ROADS["Torkham"][1], 40, capacity)
    rows = [f"{number},{','.join(map(str, link))}" for number, link in enumerate(links, 1)]
    (folder / "link.csv").write_text("link_id,from_node_id,to_node_id,length,free_speed,capacity\n" + "\n".join(rows))
    (folder / "demand.csv").write_text("o_zone_id,d_zone_id,volume\n1,4,80\n")
    return str(folder)


seen = {}
for capacity in (100, 1, 0):
    network = read_gmns(case(f"capacity_{capacity}", capacity))
    flows = {link["link_id"]: round(link["flow"]) for link in traffic_assignment(network)["solution"]}
    checked = validate_gmns(network)
    seen[capacity] = flows[2], flows[4], checked["ok"], checked["warnings"]
    print(f"capacity {capacity} beyond Torkham: {flows[2]} trucks, by Ghulam Khan {flows[4]}; checked: {checked['warnings']}")
for kind in ("weather", "capacity_drop"):
    folder = case(kind, 100)
    generate_scenarios(folder, kind)
    result = resilience_scenario(read_gmns(folder), case_dir=folder)["meta"]
    seen[kind] = result["delay_increase_min"], result["n_dropped_links"]
    print(f"{kind} on all links: delay {seen[kind][0]} minutes, {seen[kind][1]} links changed")
print("should be: with capacity 0 no more trucks by Torkham than with 1, or an error; delays above 0, 4 links changed")
expected = {
    100: (80, 0, True, []),
    1: (2, 78, True, []),
    0: (80, 0, True, []),
    "weather": (0.0, 0),
    "capacity_drop": (0.0, 0),
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
