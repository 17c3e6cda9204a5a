#!/usr/bin/env bash
# linref 1.0.0: a stretch given from its far end is valid, and closes nothing in integrate(), while overlay() refuses it.
#
# Guess      a stretch from km 260 to km 150 is turned round, or told of as invalid or by an error, wherever it is used.
# Behaviour  that depends on the call. sum() and overlay() raise "Input events must be monotonic", dissolve() and resegment() as well;
#            valid_events says True, and integrate(), constrain_to() and count() leave it out without a word, as if the road
#            were open there. set_monotonic() turns it round if one knows. The docstring of integrate() says nothing of it, that of
#            valid_events "have populated key columns and event measures". https://github.com/tariqshihadah/linref
# Matters    closures and works of a road come as "km 260 to 150" from whoever counts from the other town; cut against the legs they
#            vanish, and only they. Here a closure is of a whole leg or crossing (the column element_id of events).
#
# Exits 0 while this stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'linref==1.0.0' 'pandas==3.0.6' 'geopandas==1.2.0' 'shapely==2.2.0'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
import linref
import pandas as pd

SYSTEM = linref.LRS(key_col="road", beg_col="start", end_col="end")


def stretches(pairs, **columns):
    start, end = zip(*pairs, strict=True)
    table = pd.DataFrame({"road": "A380", "start": start, "end": end, **columns})
    return table.lr.set_lrs(SYSTEM)


legs = stretches([(0.0, 100.0), (100.0, 200.0), (200.0, 300.0)])


def closed_km(works):
    parts = linref.integrate([legs, works])
    closed = parts[parts["integrated_index_1"].notna()]
    return float((closed["end"] - closed["start"]).sum())


ahead, back = stretches([(150.0, 260.0)], days=[5]), stretches([(260.0, 150.0)], days=[5])
seen = {
    "valid": back.lr.valid_events.tolist(),
    "km closed, from 150 to 260": closed_km(ahead),
    "km closed, from 260 to 150": closed_km(back),
    "works a leg": legs.lr.relate(back).count().tolist(),
}
try:
    seen["sum of days"] = legs.lr.relate(back)["days"].sum()
except ValueError as error:
    seen["sum of days"] = str(error)
for what, answer in seen.items():
    print(f"{what}: {answer}")
print("should be: 110 km both times and works [0, 1, 1], or the error of the last line in all")
expected = {
    "valid": [True],
    "km closed, from 150 to 260": 110.0,
    "km closed, from 260 to 150": 0.0,
    "works a leg": [0, 0, 0],
    "sum of days": "Input events must be monotonic.",
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
