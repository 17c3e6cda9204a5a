#!/usr/bin/env bash
# OR-Tools 9.15.6755: hours that are no whole numbers cost nothing, and the round is reported as optimal.
#
# Guess      a callback for the costs of arcs that returns 15.4 raises TypeError, as RegisterTransitMatrix() does with the same
#            table, since the solver computes with whole numbers only (its guide says so, and that one is to round).
# Behaviour  nothing is raised: each such arc costs 0, the objective is 0, status() is ROUTING_OPTIMAL, and a limit of 20 hours on
#            a round of 56 is kept. Whole numbers as floats (15.0) cost nothing either; numpy's integers are right.
#            https://developers.google.com/optimization/routing/tsp
# Matters    net.matrix() gives hours and US$ with decimals, and the callback of the guides is the usual way to hand a table on.
#            Multiply by 60 or 100 and round; or use RegisterTransitMatrix(), which refuses what it cannot take.
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'ortools==9.15.6755'
cd "$work" && "$work/env/bin/python" -W error - <<'PY'
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

OPTIMAL = routing_enums_pb2.RoutingSearchStatus.Value.Value("ROUTING_OPTIMAL")
PLACES = ["Almaty", "Osh", "Tashkent", "Dushanbe"]
HOURS = [[0, 9.6, 15.4, 26.9], [9.6, 0, 10.9, 21.4], [15.4, 10.9, 0, 9.7], [26.9, 21.4, 9.7, 0]]
MINUTES = [[round(60 * hours) for hours in row] for row in HOURS]


def round_trip(cost, limit):
    """Objective, whether it is called optimal, and the order of places; None where the limit cannot be kept."""
    manager = pywrapcp.RoutingIndexManager(len(PLACES), 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    arc = routing.RegisterTransitCallback(lambda a, b: cost(manager.IndexToNode(a), manager.IndexToNode(b)))
    routing.SetArcCostEvaluatorOfAllVehicles(arc)
    routing.AddDimension(arc, 0, limit, True, "time")
    answer = routing.Solve()
    if answer is None:
        return None
    at, order = routing.Start(0), []
    while not routing.IsEnd(at):
        order.append(PLACES[manager.IndexToNode(at)])
        at = answer.Value(routing.NextVar(at))
    return answer.ObjectiveValue(), routing.status() == OPTIMAL, order


def matrix():
    manager = pywrapcp.RoutingIndexManager(len(PLACES), 1, 0)
    try:
        pywrapcp.RoutingModel(manager).RegisterTransitMatrix(HOURS)
    except TypeError:
        return "refused"
    return "taken"


seen = {
    "hours, limit 20": round_trip(lambda a, b: HOURS[a][b], 20),
    "minutes as floats, limit 1,200": round_trip(lambda a, b: float(MINUTES[a][b]), 1200),
    "minutes, limit 1,200": round_trip(lambda a, b: MINUTES[a][b], 1200),
    "minutes, limit 6,000": round_trip(lambda a, b: MINUTES[a][b], 6000),
    "hours by RegisterTransitMatrix": matrix(),
}
for what, answer in seen.items():
    print(f"{what}: {answer}")
print("should be: no round within 20 hours, 3,366 minutes within 6,000; what is no whole number refused")
free = all(answer is not None and answer[:2] == (0, True) for answer in list(seen.values())[:2])
rest = [None, 3366, "refused"]
told = [answer[0] if isinstance(answer, tuple) else answer for answer in list(seen.values())[2:]]
raise SystemExit(0 if free and told == rest else f"changed: {seen}")
PY
