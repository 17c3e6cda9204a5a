#!/usr/bin/env bash
# opening-hours-py 2.1.4 (since 1.1.0 at least): with auto_timezone=False, coordinates that are given together with a time
# zone are forgotten, and the sun rises at 07:00 and sets at 19:00 all year.
#
# Guess      auto_timezone=False drops the coordinates before the calendar of the sun is made from them.
# Behaviour  the docstring: "coords ... When this is specified together with a timezone sun events will be accurate";
#            auto_timezone only says whether the time zone is "automatically inferred from coordinates".
# Matters    who knows the time zone and says so gets hours that are wrong, by two hours and a half on a January evening
#            in Almaty; here auto_timezone is left as it is (corridors/data/opening_rules.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'opening-hours-py==2.1.4' tzdata
cd "$work" && "$work/env/bin/python" - <<'PY'
from datetime import datetime
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours

almaty = {"timezone": ZoneInfo("Asia/Almaty"), "coords": (43.2, 76.9)}
seen = {}
for options in ({}, {"auto_timezone": False}):
    hours = OpeningHours("sunrise-sunset", **almaty, **options)
    spans = [span for span in hours.intervals(datetime(2026, 1, 3), datetime(2026, 1, 4))]
    seen[str(options)] = [f"{a:%H:%M}-{b:%H:%M}" for a, b, state, _ in spans if str(state).lower().endswith("open")]
    print(f"Almaty, 3 January 2026, {options}: open {seen[str(options)]}")
expected = {"{}": ["07:24-16:28"], "{'auto_timezone': False}": ["07:00-19:00"]}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
