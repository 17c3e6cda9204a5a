#!/usr/bin/env bash
# opening-hours-py 2.1.4: on a day on which a rule has any hours, its fallback does not hold in the others.
#
# Guess      "Mo-Fr 08:00-12:00 || Mo-Fr 14:00-18:00" is open in the afternoon: state() and is_open() follow a fallback, as they do
#            on days without hours of their own (opening_hours_fallback.sh), and only intervals() does not.
# Behaviour  it is closed from noon on; with "|| unknown" the afternoon is closed and the weekend unknown. The fallback is asked
#            by the day. It is for all that evaluates to closed, as the maintainer of opening_hours.js says, whose hours are
#            the right ones. https://github.com/opening-hours/opening_hours.js/issues/265
#            https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification#explain:fallback_rule_separator
# Matters    it read the hours of a user's border post, and shut it in the afternoon. Here each side of "||" is now read by itself
#            and taken hour by hour (corridors/data/opening_rules.py).
#
# Needs Node 18 or newer. Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'opening-hours-py==2.1.4'
npm install --silent --no-audit --no-fund --prefix "$work" opening_hours@3.15.0 > /dev/null
cat > "$work/ask.cjs" <<'JS'
const OpeningHours = require("opening_hours");
const [rules, moments] = JSON.parse(process.argv[2]);
const state = (hours, at) => (hours.getUnknown(at) ? "unknown" : hours.getState(at) ? "open" : "closed");
console.log(JSON.stringify(rules.map((rule) => moments.map((at) => state(new OpeningHours(rule), new Date(at))))));
JS
cd "$work" && "$work/env/bin/python" - <<'PY'
import json
import subprocess
from datetime import datetime

from opening_hours import OpeningHours

RULES = ["Mo-Fr 08:00-12:00 || Mo-Fr 14:00-18:00", "Mo-Fr 08:00-12:00 || unknown", "Mo-Fr 08:00-12:00,14:00-18:00"]
MOMENTS = ["2026-01-14T09:00", "2026-01-14T15:00", "2026-01-17T15:00"]  # Wednesday, Wednesday, Saturday
asked = json.dumps([RULES, MOMENTS])
by_js = json.loads(subprocess.run(["node", "ask.cjs", asked], check=True, capture_output=True, text=True).stdout)
seen = {}
for rule, right in zip(RULES, by_js, strict=True):
    hours = OpeningHours(rule)
    states = [str(hours.state(datetime.fromisoformat(at))[0]).rsplit(".", 1)[-1].lower() for at in MOMENTS]
    seen[rule] = states, right
    print(f"{rule}: {', '.join(states)} on Wednesday at 9 and 15 and on Saturday at 15")
    print(f"    should be, and is by opening_hours.js: {', '.join(right)}")
expected = {
    RULES[0]: (["open", "closed", "closed"], ["open", "open", "closed"]),
    RULES[1]: (["open", "closed", "unknown"], ["open", "unknown", "unknown"]),
    RULES[2]: (["open", "open", "closed"], ["open", "open", "closed"]),
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
