#!/usr/bin/env bash
# UXsim 1.15.1: capacity_out holds back only who drives on; whoever ends there arrives at once, through a closed gate as well.
#
# Guess      a link that lets out 36 trucks an hour has a queue of all that come to its end, and with 0 nobody arrives.
# Behaviour  those that go on to another link queue, 0.7 hours on average, or never get through. Those whose destination is the
#            node at the end of the link do not: 60 of 60 arrive in 5 minutes, with capacity_out 36 an hour and with 0. As
#            capacity_in, 36 an hour hold back both. The docstring: "The capacity out of the link"; "Capacity for outflow from the
#            link". https://toruseo.jp/UXsim/docs, https://github.com/toruseo/UXsim
# Matters    a border post is the end of a road, and cargo that changes trucks, is cleared or is loaded there ends there: its
#            queue is the figure that one asks for, and it is nil. End the demand one link beyond the gate. Here hours at a
#            crossing are those of the crossing, for whoever passes it (corridors/model/costs.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q --no-compile 'uxsim==1.15.1' 'numpy==2.4.6' 'pandas==2.3.3' 'scipy==1.17.1' 'networkx==3.6.1'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
from uxsim import World

SECONDS = 10_000


def arrived(destination, **gate):
    """Trucks that set out from Peshawar within 20 minutes and arrive, and their mean hours."""
    world = World(name="", deltan=1, tmax=SECONDS, print_mode=0, save_mode=0, show_mode=0, random_seed=1)
    for at, place in enumerate(("Peshawar", "Torkham", "Kabul")):
        world.addNode(place, at, 0)
    world.addLink("to the gate", "Peshawar", "Torkham", 6000, free_flow_speed=20, **gate)
    world.addLink("beyond it", "Torkham", "Kabul", 8000, free_flow_speed=20)
    world.adddemand("Peshawar", destination, 0, 1200, 0.05)
    world.exec_simulation()
    world.analyzer.basic_analysis()
    mean = float(world.analyzer.average_travel_time)
    return int(world.analyzer.trip_completed), round(mean / 3600, 1) if mean > 0 else None


gates = {
    "open": {},
    "out of it 36 an hour": {"capacity_out": 0.01},
    "out of it 0": {"capacity_out": 0},
    "into it 36 an hour": {"capacity_in": 0.01},
}
seen = {}
for destination in ("Kabul", "Torkham"):
    for what, gate in gates.items():
        seen[destination, what] = trucks, hours = arrived(destination, **gate)
        print(f"to {destination}, {what}: {trucks} of 60 trucks arrive, in {hours} hours")
print("should be: as slow to Torkham as to Kabul, and nobody where the gate lets out 0")
expected = {
    ("Kabul", "open"): (60, 0.2),
    ("Kabul", "out of it 36 an hour"): (60, 0.8),
    ("Kabul", "out of it 0"): (0, None),
    ("Kabul", "into it 36 an hour"): (60, 0.9),
    ("Torkham", "open"): (60, 0.1),
    ("Torkham", "out of it 36 an hour"): (60, 0.1),
    ("Torkham", "out of it 0"): (60, 0.1),
    ("Torkham", "into it 36 an hour"): (60, 0.8),
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
