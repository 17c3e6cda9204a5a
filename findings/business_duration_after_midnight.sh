#!/usr/bin/env bash
# business-duration 0.68: of hours that go on through the night, those after midnight count for nobody who comes after midnight.
#
# Guess      hours from 20:00 to 04:00 are refused; if they are taken, a wait from one to three in the morning is two hours of
#            work.
# Behaviour  they are taken, and from 21:00 to 03:00 there are six; but from 01:00 to 03:00 there are none, from midnight to
#            midnight four instead of eight, and six hours cut at midnight are three and nothing. Open from 00:00 to 00:00 is
#            never. Where start is before end all is right. The documentation shows hours of the day alone and says nothing of the
#            night; the summary: "by excluding weekends, public holidays and non-business hours".
#            https://github.com/gnaneshwar441/Business_Duration
# Matters    trucks come at any hour, and of a post that works into the morning every wait that begins after midnight vanishes.
#            Shift all times by the hours after midnight first. Here hours belong to the day on which they begin, and go on past
#            midnight (corridors/model/calendars.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'business_duration==0.68' 'pandas==2.3.3' 'numpy==2.4.6'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
from datetime import datetime, time, timedelta

from business_duration import businessDuration

MONDAY = datetime(2026, 5, 11)


def counted(start, end, opens, closes):
    first, last = MONDAY + timedelta(hours=start), MONDAY + timedelta(hours=end)
    return float(businessDuration(first, last, time(opens), time(closes), weekendlist=[], unit="hour"))


def right(start, end, opens, closes):
    """Hours of the span that are open, one by one."""
    length = (closes - opens) % 24 or 24
    return float(sum((hour - opens) % 24 < length for hour in range(start, end)))


SPANS = {"21 to 3": (21, 27), "21 to 24": (21, 24), "0 to 3": (24, 27), "1 to 3": (25, 27), "a day": (0, 24), "7 to 20": (7, 20)}
seen = {}
for opens, closes in ((20, 4), (8, 18), (0, 0)):
    answers = [counted(*span, opens, closes) for span in SPANS.values()]
    true = [right(*span, opens, closes) for span in SPANS.values()]
    seen[opens, closes] = answers, true
    print(f"open from {opens} to {closes}")
    for what, answer, hours in zip(SPANS, answers, true, strict=True):
        print(f"  {what}: {answer} hours; should be {hours}")
expected = {
    (20, 4): ([6.0, 3.0, 0.0, 0.0, 4.0, 0.0], [6.0, 3.0, 3.0, 2.0, 8.0, 0.0]),
    (8, 18): ([0.0, 0.0, 0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 0.0, 0.0, 10.0, 10.0]),
    (0, 0): ([0.0, 0.0, 0.0, 0.0, 0.0, 0.0], [6.0, 3.0, 3.0, 2.0, 24.0, 13.0]),
}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
