#!/usr/bin/env bash
# gtfs2nx 0.2.1: no train reaches its last station, and a line that runs once a day is not in the graph.
#
# Guess      each stop of each line is a node; of a train that runs once a day headway is 24 hours or empty, frequency 1/24.
# Behaviour  the last leg of every train is left out: from Almaty by Altynkol to Urumqi there are two nodes and one edge, and with
#            trains in both directions one may leave either city and arrive in neither. Where a line departs once on the busiest
#            day, the mean time to the next train is empty, and the stop is thrown out: of the train by Dostyk nothing is left, and
#            a timetable of daily trains alone fails with a KeyError. Otherwise nothing is said. The docstring: "Nodes correspond
#            to transit stops and edges to transit connections between stops"; README has "Remove trips with unrealistic travel
#            times and speeds" and no more of what is taken out. https://pypi.org/project/gtfs2nx
# Matters    container trains run once a day or less: what is left of such a timetable is the commuters, and the terminal at the end
#            is out of reach. Here a service has its headway_hours, however long, and legs to its last station
#            (geodata/services.csv, corridors/model/departures.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'gtfs2nx==0.2.1' 'partridge==1.1.2' 'geopandas==0.13.2' 'pandas==2.2.3' 'numpy==1.26.4' \
  'networkx==3.3' 'scikit-learn==1.5.2' 'shapely==2.0.6'
cat > "$work/ask.py" <<'PY'
import sys
import warnings
import zipfile

warnings.simplefilter("ignore")
import gtfs2nx

LINES = {  # hours after midnight
    "altynkol": [("almaty", 6), ("altynkol", 14), ("urumqi", 37)],
    "altynkol second": [("almaty", 18), ("altynkol", 26), ("urumqi", 49)],
    "back": [("urumqi", 5), ("altynkol", 28), ("almaty", 36)],
    "back second": [("urumqi", 20), ("altynkol", 43), ("almaty", 51)],
    "dostyk": [("almaty", 9), ("dostyk", 30), ("urumqi", 54)],
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
}


def graph(*trains):
    """Nodes by line and edges of the timetable of these trains."""
    trips = [f"{'dostyk' if train == 'dostyk' else 'altynkol'},S,{train}" for train in trains]
    times = [
        f"{train},{hour:02}:00:00,{hour:02}:00:00,{stop},{at}"
        for train in trains
        for at, (stop, hour) in enumerate(LINES[train])
    ]
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
    tables = {**TABLES, "trips": ["route_id,service_id,trip_id", *trips], "stop_times": [header, *times]}
    with zipfile.ZipFile("feed.zip", "w") as feed:
        for name, rows in tables.items():
            feed.writestr(f"{name}.txt", "\n".join([*rows, ""]))
    try:
        made = gtfs2nx.transit_graph("feed.zip")
    except KeyError:
        return "KeyError"
    by_train = [ends for *ends, mode in made.edges(data="mode") if mode == "transit"]
    edges = [" - ".join(end.split("@@")[0] for end in ends) for ends in by_train]
    return sorted(node.replace("@@", " of line ") for node in made), sorted(edges)


seen = {
    "once a day": graph("altynkol"),
    "twice a day": graph("altynkol", "altynkol second"),
    "and by Dostyk": graph("altynkol", "altynkol second", "dostyk"),
    "both ways": graph("altynkol", "altynkol second", "back", "back second"),
}
for what, answer in seen.items():
    print(f"{what}: {answer}", file=sys.stderr)
print("should be: three nodes and two edges, twice a day as well; six and four with Dostyk; three and four", file=sys.stderr)
stations = [f"{place} of line altynkol" for place in ("almaty", "altynkol", "urumqi")]
first = stations[:2], ["almaty - altynkol"]
both = stations, ["almaty - altynkol", "urumqi - altynkol"]
expected = {"once a day": "KeyError", "twice a day": first, "and by Dostyk": first, "both ways": both}
sys.exit(0 if seen == expected else f"changed: {seen}")
PY
cd "$work" && "$work/env/bin/python" ask.py > chatter.txt
