#!/usr/bin/env bash
# gtfs-lite 0.2.1: a line with one train a day has a headway of 0 minutes, and hours of service leave out whoever is under way.
#
# Guess      average_headway of trains at 6 and 18 o'clock is 720 minutes, that of one train is empty; the hours of service within a
#            day, asked for with start_time and end_time, are those that trains are out between the two.
# Behaviour  the time from first to last is divided by the trains and not by the gaps between them: 360 minutes for two trains, 0
#            for one, the shortest wait of all. Of a train the hours count from its first stop within the day to its last, so
#            that one which leaves at 6 and next stops after midnight has none, and the two days of a journey add up to less than
#            the whole. The docstrings: "Average time in minutes between trips on the route", "partial trips are included in
#            the total service hours during the specified time slice". https://github.com/wklumpen/gtfs-lite
# Matters    trains that run once a day, over borders and nights, are what a rail corridor has: lines are ranked upside down by the
#            wait for them, and rolling stock is counted short. Here a service has its headway_hours, and one waits for half
#            of them on average (corridors/model/costs.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'gtfs-lite==0.2.1' 'pandas==2.3.3' 'numpy==2.4.6'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
import zipfile
from datetime import date

from gtfslite import GTFS

TRAINS = {  # hours after midnight, of arrival and departure
    ("altynkol", "one"): [("almaty", 6, 6), ("altynkol", 14, 20), ("urumqi", 43, 43)],
    ("altynkol", "two"): [("almaty", 18, 18), ("altynkol", 26, 32), ("urumqi", 55, 55)],
    ("dostyk", "three"): [("almaty", 6, 6), ("dostyk", 27, 33), ("urumqi", 57, 57)],
}
TABLES = {
    "agency": ["agency_id,agency_name,agency_url,agency_timezone", "R,Trains,https://example.org,Asia/Almaty"],
    "stops": [
        "stop_id,stop_name,stop_lat,stop_lon",
        *("almaty,Almaty,43.25,76.9", "altynkol,Altynkol,44.2,80.3", "dostyk,Dostyk,45.25,82.48", "urumqi,Urumqi,43.8,87.6"),
    ],
    "routes": ["route_id,agency_id,route_short_name,route_type", "altynkol,R,A,2", "dostyk,R,D,2"],
    "calendar": [
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
        "S,1,1,1,1,1,1,1,20260105,20260131",
    ],
    "trips": ["route_id,service_id,trip_id", *(f"{line},S,{train}" for line, train in TRAINS)],
    "stop_times": [
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence",
        *(
            f"{train},{arrives:02}:00:00,{leaves:02}:00:00,{stop},{at}"
            for (_, train), stops in TRAINS.items()
            for at, (stop, arrives, leaves) in enumerate(stops)
        ),
    ],
}
with zipfile.ZipFile("feed.zip", "w") as archive:
    for name, rows in TABLES.items():
        archive.writestr(f"{name}.txt", "\n".join([*rows, ""]))
feed, day = GTFS.load_zip("feed.zip"), date(2026, 1, 7)
spans = {"first day": ("00:00:00", "24:00:00"), "second": ("24:00:00", "48:00:00"), "third": ("48:00:00", "72:00:00")}


def under_way(start, end):
    """Hours of the span that the trains are out, from their first stop to their last."""
    ways = [(stops[0][1], stops[-1][1]) for stops in TRAINS.values()]
    return float(sum(max(0, min(end, last) - max(start, first)) for first, last in ways))


wait = {line: float(feed.route_summary(day, line)["average_headway"]) for line in ("altynkol", "dostyk")}
hours = {what: float(feed.service_hours(day, *span)) for what, span in spans.items()} | {"all": float(feed.service_hours(day))}
true = {what: under_way(24 * at, 24 * at + 24) for at, what in enumerate(spans)} | {"all": under_way(0, 72)}
print(f"minutes between trains: {wait}; should be 720 by Altynkol, and none by Dostyk")
print(f"hours of service: {hours}; should be {true}")
expected = {"altynkol": 360.0, "dostyk": 0.0}, {"first day": 8.0, "second": 0.0, "third": 0.0, "all": 125.0}
raise SystemExit(0 if (wait, hours) == expected else f"changed: {wait}, {hours}")
PY
