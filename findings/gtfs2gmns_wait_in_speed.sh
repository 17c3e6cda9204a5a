#!/usr/bin/env bash
# gtfs2gmns 0.8.0: the hours that a train stands in a station are driven on the link after it, which gets slower by as much.
#
# Guess      the speed of a link is its length by the hours from departure to arrival; what the train stands goes elsewhere or is
#            lost.
# Behaviour  it is counted from arrival to arrival. A train that needs 8 hours to the border, stands there for 20 to change bogies
#            and needs 17 hours beyond it runs at 37 km/h before the border and at 16 after it instead of 34; nor is there another
#            link or node with the 20 hours. The first link of each train is right, so a short test does not show it. README has
#            "Create service arcs" and nothing about their times. In GMNS free_speed is the speed of a link:
#            https://github.com/zephyr-data-specs/GMNS/blob/main/docs/spec/link.md, https://pypi.org/project/gtfs2gmns
# Matters    container trains stand for long at a change of gauge; of a timetable set beside our legs the 1435 mm beyond it
#            seems half as fast, and a terminal made quicker changes nothing there. Take the times of stop_times.txt instead. Here
#            hours at a terminal are the transfer's, not the leg's (corridors/model/costs.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'gtfs2gmns==0.8.0' 'numpy==2.4.6' 'pandas==2.3.3'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
import contextlib
import io
from pathlib import Path

import pandas as pd
from gtfs2gmns import gtfs2gmns

FEED = {
    "agency": ["agency_id,agency_name,agency_url,agency_timezone", "R,Trains,https://example.org,Asia/Almaty"],
    "stops": ["stop_id,stop_name,stop_lat,stop_lon", "A,Almaty,43.25,76.9", "B,Altynkol,44.2,80.3", "C,Urumqi,43.8,87.6"],
    "routes": ["route_id,agency_id,route_short_name,route_long_name,route_type", "F,R,F,Containers,2"],
    "calendar": [
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
        "MO,1,0,0,0,0,0,0,20260105,20260131",
    ],
    "trips": ["route_id,service_id,trip_id,direction_id", "F,MO,T,0"],
}


def speeds(stands):
    """Km/h of the two links of the timetable, and the hours in which a train drives them."""
    folder = Path(f"stands {stands}")
    (folder / "feed" / "trains").mkdir(parents=True)
    times = [("A", 6, 6), ("B", 14, 14 + stands), ("C", 31 + stands, 31 + stands)]
    rows = [f"T,{a:02}:00:00,{d:02}:00:00,{stop},{at}" for at, (stop, a, d) in enumerate(times, 1)]
    tables = {**FEED, "stop_times": ["trip_id,arrival_time,departure_time,stop_id,stop_sequence", *rows]}
    for name, lines in tables.items():
        (folder / "feed" / "trains" / f"{name}.txt").write_text("\n".join([*lines, ""]))
    with contextlib.redirect_stdout(io.StringIO()):
        gtfs2gmns(str(folder / "feed"), str(folder), time_period="0500_2300")
    links = pd.read_csv(folder / "link.csv").query("link_type_name == 'service_links'").sort_values("link_id")
    return links["free_speed"].round(1).tolist(), (links["length"] / 1000 / links["free_speed"]).round(1).tolist()


seen = {stands: speeds(stands) for stands in (0, 4, 20)}
for stands, (kmh, hours) in seen.items():
    print(f"{stands} hours at the border: {kmh} km/h, {hours} hours")
print("should be: 36.6 and 34.4 km/h, 8 and 17 hours, each time")
expected = {
    0: ([36.6, 34.4], [8.0, 17.0]),
    4: ([36.6, 27.9], [8.0, 21.0]),
    20: ([36.6, 15.8], [8.0, 37.0]),
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
