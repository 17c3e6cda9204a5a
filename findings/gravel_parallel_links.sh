#!/usr/bin/env bash
# gravel-fragility 3.1.0: where a second link joins the same two nodes, closing the first is said to close both.
#
# Guess      the detour around a closed road of 55 km is the old road beside it, 300 km: parallel links count, as the docstring of
#            condense_parallel_edges() says that they do ("parallel edges are meaningful (redundancy) by default").
# Behaviour  they count for nothing: route_fragility(), edge_fragility(), hershberger_suri() and bernstein_approx() all give the
#            way of 1,710 km over Chaman, as if there were no second link, for a closure is a pair of nodes to them. Only
#            what is a bridge is judged by links. https://github.com/rhoekstr/gravel
# Matters    a railway beside a road, or a road and its bypass, are two links between the same places here, as in one in five of our
#            roads; set beside our criticality, its detours are too long where there is most to fall back on. Here each leg is
#            closed by its own id (corridors/analysis/criticality.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'gravel-fragility==3.1.0' 'numpy==2.4.6'
cd "$work" && "$work/env/bin/python" - <<'PY'
import gravel
import numpy as np

PESHAWAR, TORKHAM, JALALABAD, CHAMAN = range(4)
PLACES = [[34.01, 71.58], [34.12, 71.09], [34.43, 70.45], [30.92, 66.45]]
ROADS = [(PESHAWAR, TORKHAM, 55), (TORKHAM, JALALABAD, 75), (PESHAWAR, CHAMAN, 950), (CHAMAN, JALALABAD, 760)]
OLD_ROAD = (PESHAWAR, TORKHAM, 300)


def detours(roads):
    """Km from Peshawar to Jalalabad once the first road to Torkham is closed, by four calls."""
    both = roads + [(end, start, km) for start, end, km in roads]
    start, end, km = (np.array(column) for column in zip(*both, strict=True))
    net = gravel.Graph.from_coo(4, start.astype("uint32"), end.astype("uint32"), km.astype(float), np.array(PLACES))
    ways = gravel.build_ch(net)
    index = gravel.ShortcutIndex(ways)
    found = {
        "route_fragility": gravel.route_fragility(ways, index, net, PESHAWAR, JALALABAD),
        "hershberger_suri": gravel.hershberger_suri(net, PESHAWAR, JALALABAD),
        "bernstein_approx": gravel.bernstein_approx(net, PESHAWAR, JALALABAD),
    }
    told = {name: int(answer.edge_fragilities[0].replacement_distance) for name, answer in found.items()}
    first = int(gravel.edge_fragility(ways, index, net).replacement_distance[0])  # from one end of the road to the other
    return told | {"edge_fragility": first}


seen = {"one road": detours(ROADS), "two roads": detours([*ROADS, OLD_ROAD])}
for what, told in seen.items():
    print(f"{what} to Torkham, the first closed: {', '.join(f'{name} {km:,} km' for name, km in told.items())}")
print("should be, with two roads: 375 km by the old road in the first three, 300 km in the fourth")
expected = {"route_fragility": 1710, "hershberger_suri": 1710, "bernstein_approx": 1710, "edge_fragility": 1785}
raise SystemExit(0 if seen == {"one road": expected, "two roads": expected} else f"changed: {seen}")
PY
