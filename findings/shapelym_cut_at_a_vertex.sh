#!/usr/bin/env bash
# shapelyM 0.0.6.dev7: cut at a kilometre that a vertex has, a road forgets its kilometres, and a stretch runs on to its end.
#
# Guess      parts keep the measures of the whole wherever one cuts; from km 160 to 200 is 40 km long.
# Behaviour  so it is between vertices. At one, both parts are measured anew from 0 in the units of the coordinates: cut at 160, the
#            road from 100 to 240 is one part from 0 to 1 and another from 0 to 1, degrees. cut_profile(160, 200) then looks
#            for 200 on the second and gives all of it, to km 240, with status Valid; from 120 to 160 is measured 0 to 0.67. README
#            speaks of "given m values" and of pinning the version, and says nothing of vertices.
#            https://github.com/Hazedd/shapelyM
# Matters    towns, junctions and posts are where a road has its vertices, and where works and closures begin and end. Such a
#            stretch covers legs that are open. Here a closure is of a whole leg or crossing (the column element_id of events).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'shapelyM==0.0.6.dev7' 'shapely==2.2.0' 'numpy==2.4.6'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
from shapelyM import MeasureLineString

ROAD = MeasureLineString([[70.0, 41.0, 0.0, 100.0], [71.0, 41.0, 0.0, 160.0], [72.0, 41.0, 0.0, 240.0]], m_given=True)


def measures(part):
    return None if part is None else [round(point.m, 2) for point in part.line_measure_points]


seen = {f"cut at {km}": (measures(ROAD.cut(km).result), measures(ROAD.cut(km).post_cut)) for km in (159, 160, 161)}
for start, end in ((130, 200), (160, 200), (120, 160), (120, 161)):
    found = ROAD.cut_profile(start, end)
    ends = [found.result.line_measure_points[at].x for at in (0, -1)]
    seen[f"from {start} to {end}"] = found.status.value, measures(found.result), round(ends[0], 2), round(ends[1], 2)
for what, answer in seen.items():
    print(f"{what}: {answer}")
print("should be: 100 to 160 and 160 to 240; from 160 to 200, longitude 71 to 71.5; from 120 to 160, 70.33 to 71")
expected = {
    "cut at 159": ([100.0, 159], [159, 160.0, 240.0]),
    "cut at 160": ([0, 1.0], [0, 1.0]),
    "cut at 161": ([100.0, 160.0, 161], [161, 240.0]),
    "from 130 to 200": ("Valid", [130, 160.0, 200], 70.5, 71.5),
    "from 160 to 200": ("Valid", [0, 1.0], 71.0, 72.0),
    "from 120 to 160": ("Valid", [0, 0.67], 70.33, 71.0),
    "from 120 to 161": ("Valid", [120, 160.0, 161], 70.33, 71.01),
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
