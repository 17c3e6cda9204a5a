#!/usr/bin/env bash
# opening-hours-py 2.1.4 (the fault stands since 1.1.0 at least): intervals() of a rule with a fallback stays in one state
# for the rest of the period, where is_open() and state() follow the rule.
#
# Guess      where a fallback rule ("|| off") covers every day, the search for the next day on which anything changes
#            skips all days that the main rule would open.
# Behaviour  by the specification of opening_hours, "Mo-Fr 08:00-18:00 || off" has the hours of "Mo-Fr 08:00-18:00".
#            https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification (fallback rule separator)
# Matters    a border post with such a rule closes for years in any program that takes spans from intervals(); here
#            each side of "||" is read by itself and held against is_open() (corridors/data/opening_rules.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'opening-hours-py==2.1.4'
cd "$work" && "$work/env/bin/python" - <<'PY'
from datetime import datetime
from opening_hours import OpeningHours

start, end = datetime(2026, 1, 1), datetime(2026, 2, 1)
noons = [datetime(2026, 1, day, 12) for day in range(1, 32)]
seen = {}
for rule in ("Mo-Fr 08:00-18:00", "Mo-Fr 08:00-18:00 || off", "Mo-Fr 08:00-18:00 || unknown"):
    hours = OpeningHours(rule)
    spans = [(a, b) for a, b, state, _ in hours.intervals(start, end) if str(state).lower().endswith("open")]
    by_spans = sum(any(a <= noon < b for a, b in spans) for noon in noons)
    seen[rule] = sum(map(hours.is_open, noons)), by_spans
    print(f"{rule!r}: open at noon on {seen[rule][0]} days of January 2026 by is_open(), on {seen[rule][1]} by intervals()")
expected = {"Mo-Fr 08:00-18:00": (22, 22), "Mo-Fr 08:00-18:00 || off": (22, 1), "Mo-Fr 08:00-18:00 || unknown": (22, 1)}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
