#!/usr/bin/env bash
# searoute 1.6.0: units="nm" gives a third more than nautical miles, and a voyage a third longer.
#
# Guess      "nm", as charts and tariffs write nautical miles, is either the same as the package's own "naut" or refused.
# Behaviour  it is taken, and the length comes back labelled "nm", but 1.324 times too great; duration_hours is worked out from
#            it at the speed in knots and grows with it. A name that means nothing ("league") is refused. The list of units in the
#            docstring has "naut" and not "nm". https://github.com/genthalili/searoute-py
# Matters    a sea leg that is set beside ours in miles, or in hours of the same call, seems a third longer than it is. Lengths
#            are in km here, as the names of the columns say.
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'searoute==1.6.0'
cd "$work" && "$work/env/bin/python" - <<'PY'
import searoute

karachi, jebel_ali = [66.97, 24.84], [55.03, 25.01]
KM = 1.852
seen = {}
for units in ("km", "naut", "nm", "league"):
    try:
        line = searoute.searoute(karachi, jebel_ali, units=units).properties
        seen[units] = round(line["length"]), round(line["duration_hours"], 1)
        print(f"{units}: {line['length']:,.0f} {line['units']} in {line['duration_hours']:.1f} hours")
    except KeyError as error:
        seen[units] = "refused"
        print(f"{units}: refused by KeyError {error}")
print(f"should be: {seen['km'][0] / KM:,.0f} nautical miles in {seen['km'][1]} hours, or a refusal")
same = seen["naut"] == (round(seen["km"][0] / KM), seen["km"][1])
longer = [round(wrong / right, 2) for wrong, right in zip(seen["nm"], seen["naut"], strict=True)]
raise SystemExit(0 if same and longer == [1.32, 1.32] and seen["league"] == "refused" else f"changed: {seen}")
PY
