#!/usr/bin/env bash
# harborly 1.1.4: where no way by sea is left, the answer is the straight line between the ports, and its quality is "ok".
#
# Guess      with Hormuz closed a ship from the Gulf to Karachi has no route: RoutingError, as for a port and itself.
# Behaviour  it has the great circle over Iran or the Emirates as its distance, shorter than with the strait open, and quality_flag
#            and the check of plausibility pass it. Only a UserWarning of searoute below says that no path was found; harborly
#            has asked it to put both ports at the ends of a line without points. The docstring of RoutingError: "Routing or its
#            persistent cache failed to produce a usable route". https://github.com/frogiraffe/harborly
# Matters    a closure that cuts a port off looks like a gain of 80 to 110 miles in a matrix of ports that is set beside ours. Here an
#            answer without a route names what blocks it (corridors/routing/blocked.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'harborly==1.1.4' 'searoute==1.6.0'
cd "$work" && "$work/env/bin/python" -W ignore::UserWarning - <<'PY'
from harborly import PortRegistry, SeaRouter
from harborly.exceptions import RoutingError

ports = PortRegistry.bundled()
karachi = ports.resolve("PKKHI")
seen = {}
for place, (lat, lon) in {"Bandar Abbas": (27.14, 56.20), "Jebel Ali": (25.02, 55.04)}.items():
    gulf = ports.nearest(lat, lon)[0]
    gulf = getattr(gulf, "port", gulf)
    for closed in ((), ("ormuz",)):
        try:
            route = SeaRouter(restrictions=closed).route(gulf, karachi)
            answer = round(route.distance_nmi), round(route.great_circle_nmi), str(route.quality_flag)
        except RoutingError as error:
            answer = str(error)
        seen[place, closed] = answer
        print(f"{place} ({gulf.name}) - Karachi, {'Hormuz closed' if closed else 'open'}: {answer}")
print("should be: no route with Hormuz closed")
shut = [answer for (_, closed), answer in seen.items() if closed]
fault = all(len(answer) == 3 and answer[0] == answer[1] and answer[2] == "ok" for answer in shut)
raise SystemExit(0 if fault else f"changed: {seen}")
PY
