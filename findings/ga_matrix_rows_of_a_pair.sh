#!/usr/bin/env bash
# ga-matrix 0.1.2: of several rows of demand between the same two places only the last is in the matrix.
#
# Guess      rows of one pair add up, as a table of trips or shipments is meant; a place that is not in the matrix raises an error.
# Behaviour  such a place does (KeyError), but a second row takes the place of the first, and nothing is said: three consignments
#            of 400, 300 and 20 t from Almaty to Karachi are 20 t. read_csv() does the same, and MatrixODT within a day, so that
#            its sum over the days depends on how the list was cut. The docstring: "Create a matrix from a long-form DataFrame",
#            "A matrix populated from df"; of rows of one pair it says nothing. https://github.com/andreagemma/matrix
# Matters    a list of shipments has a row for each; the matrix made of it for a model of flows is short of most of the tonnes on
#            just those lanes that have the most rows. Group by both ends and sum first. Here rows of one pair are asked once and
#            each is sent (corridors/analysis/assignment.py).
#
# Exits 0 while this stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'ga-matrix==0.1.2' 'numpy==2.4.6' 'pandas==3.0.6'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
import pandas as pd
from matrix import MatrixOD, MatrixODT

PLACES = ["Almaty", "Karachi", "Tashkent"]
shipments = pd.DataFrame(
    [
        ("Almaty", "Karachi", 1, 400.0),
        ("Almaty", "Karachi", 1, 300.0),
        ("Tashkent", "Karachi", 1, 150.0),
        ("Almaty", "Karachi", 2, 20.0),
    ],
    columns=["o", "d", "timestamp", "value"],
)
shipments.to_csv("shipments.csv", index=False)
made = {
    "read_df": MatrixOD.read_df(PLACES, PLACES, shipments),
    "read_csv": MatrixOD.read_csv(PLACES, PLACES, "shipments.csv"),
    "by day, summed": MatrixODT.read_df(PLACES, PLACES, df=shipments).sum(axis=2),
}
seen = {how: (float(table["Almaty", "Karachi"]), float(table.sum())) for how, table in made.items()}
for how, (lane, total) in seen.items():
    print(f"{how}: Almaty - Karachi {lane} t, in all {total} t")
pairs = shipments.groupby(["o", "d"])["value"].sum()
print(f"should be: Almaty - Karachi {pairs['Almaty', 'Karachi']} t, in all {pairs.sum()} t")
try:
    MatrixOD.read_df(PLACES[:2], PLACES, shipments)
    seen["a place that is missing"] = "passed over"
except KeyError:
    seen["a place that is missing"] = "KeyError"
expected = {
    "read_df": (20.0, 170.0),
    "read_csv": (20.0, 170.0),
    "by day, summed": (320.0, 470.0),
    "a place that is missing": "KeyError",
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
