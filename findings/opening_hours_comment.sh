#!/usr/bin/env bash
# opening-hours-py 2.1.4 (since 1.1.0 at least): a rule whose only modifier is a comment is taken for open.
#
# Guess      the state of a rule defaults to open, and a comment in quotes is read as text beside it, not as a modifier.
# Behaviour  by the specification of opening_hours a comment alone is a modifier and means "unknown"; the maintainer of
#            opening_hours.js says so too.
#            https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification#section:rule_modifier
#            https://github.com/opening-hours/opening_hours.js/issues/43
# Matters    'Apr-Oct 08:00-18:00 || "call"' opens a mountain post round the clock all winter; here the word unknown is
#            written before such a comment (corridors/data/opening_rules.py).
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

winter = datetime(2026, 12, 16, 12)
right = {'"call"': "unknown", 'unknown "call"': "unknown", 'Apr-Oct 08:00-18:00 || "call"': "unknown"}
seen = {rule: str(OpeningHours(rule).state(winter)[0]).rsplit(".", 1)[-1].lower() for rule in right}
for rule, state in seen.items():
    print(f"{rule}: {state} at noon on 16 December 2026; by the specification {right[rule]}")
expected = {'"call"': "open", 'unknown "call"': "unknown", 'Apr-Oct 08:00-18:00 || "call"': "open"}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
