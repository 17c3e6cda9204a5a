#!/usr/bin/env bash
# path4gmns 0.10.0 (with requests, which it imports and does not ask for): a link that is not directed is taken for one-way.
#
# Guess      a link whose `directed` is false becomes an arc each way.
# Behaviour  it makes one. By GMNS 0.95 the column is required, and a link that is not directed is used both ways:
#            https://github.com/zephyr-data-specs/GMNS/blob/main/docs/spec/link.md
# Matters    a leg is usable both ways, so half of all ways would be gone for whoever assigns flows to our networks with it,
#            without a word. Here each leg is written as two directed links (corridors/data/gmns.py).
#
# Exits 0 while this stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q "path4gmns==0.10.0" requests
mkdir "$work/net"
printf 'node_id,x_coord,y_coord,zone_id\n1,69.6,42.3,1\n2,70.9,43.6,2\n' > "$work/net/node.csv"
printf 'link_id,from_node_id,to_node_id,directed,length,lanes,free_speed,capacity\n1,1,2,false,10,1,60,1000\n' \
    > "$work/net/link.csv"
cat > "$work/ask.py" <<'PY'
import sys

import path4gmns

net = path4gmns.read_network(input_dir=sys.argv[1], length_unit="km", speed_unit="kmh")
there, back = (net.find_shortest_path(a, b) for a, b in (("1", "2"), ("2", "1")))
print(f"there: {there}\nback: {back}")
print("should be: the same 10 minutes there and back, as the link is not directed")
sys.exit(0 if "infinity" in back and "infinity" not in there else f"changed: {there}, {back}")
PY
"$work/env/bin/python" -W ignore "$work/ask.py" "$work/net"
