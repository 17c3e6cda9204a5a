#!/usr/bin/env bash
# igraph 1.0.0: where every way is closed by an infinite weight, get_shortest_path() gives one all the same.
#
# Guess      an edge of infinite weight is not used: no distance, no path.
# Behaviour  distances() is infinite, as it should be, and the path is empty by Bellman and Ford and among the k shortest; but by
#            Dijkstra, who is asked if nothing else is said, there is a path over the closed edge, without a warning (so since
#            0.10.8 at least). It was asked for in an issue that is closed, and the changes of igraph's core say that functions
#            for shortest paths "consistently ignore edges with positive infinite weights".
#            https://github.com/igraph/igraph/issues/2222, https://github.com/igraph/igraph/blob/master/CHANGELOG.md
# Matters    closures as infinite hours are the natural way to hand our network to igraph; the day on which no way is left is
#            then answered with a route through a shut border. Here a closed edge is a mask beside the hours, and an answer
#            without a route says why (corridors/engine/arrays.py, corridors/routing/blocked.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'igraph==1.0.0'
cd "$work" && "$work/env/bin/python" - <<'PY'
import warnings
from math import inf

import igraph

warnings.simplefilter("error")  # a warning would be a word to the user too
PLACES = ["Peshawar", "Torkham", "Jalalabad"]
net = igraph.Graph(n=3, edges=[(0, 1), (1, 2)])
hours = [3, inf]  # the gate at Torkham is shut
seen = {
    "distance": net.distances(0, 2, weights=hours)[0][0],
    "path": net.get_shortest_path(0, 2, weights=hours),
    "path by bellman_ford": net.get_shortest_path(0, 2, weights=hours, algorithm="bellman_ford"),
    "k shortest paths": net.get_k_shortest_paths(0, 2, k=2, weights=hours),
}
for what, answer in seen.items():
    print(f"{what}: {[PLACES[at] for at in answer] if what.startswith('path') else answer}")
print("should be: inf, and no path in the other three")
expected = {"distance": inf, "path": [0, 1, 2], "path by bellman_ford": [], "k shortest paths": []}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
