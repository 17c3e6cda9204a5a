#!/usr/bin/env bash
# workalendar 17.0.0: Kazakhstan's holidays are those of before the law of 2022, with two days off too many and one missing.
#
# Guess      Kazakhstan lacks Kurban Ait, which goes by the moon; the fixed days are those of the law as it is.
# Behaviour  the other way round. Kurban Ait is there, a day late in 2025; but 1 December (First President) and 17 December (second
#            day of Independence) are still days off, and 25 October (Republic Day), which has been one since 2022, is a
#            working day; so in all years from 2023 on. Reported by Kazinform on the day of the law in the Senate:
#            https://www.inform.kz/en/kazakhstan-to-declare-october-25-national-republic-day_a3981927
#            https://github.com/workalendar/workalendar
# Matters    days off for customs, and for posts with PH off, are wrong on three days of each year, two of them before the new
#            year's break. Here they are rows of the table holidays, from holidays 0.109, which has them as the law has
#            (geodata/build/public_holidays.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'workalendar==17.0.0' 'holidays==0.109'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
from datetime import date

import holidays
from workalendar.asia import Kazakhstan

YEARS = range(2023, 2027)
DAYS = {"First President": (12, 1), "Independence, second day": (12, 17), "Republic Day": (10, 25)}
kept = holidays.country_holidays("KZ", years=YEARS)
calendar = Kazakhstan()
seen = {}
for name, (month, day) in DAYS.items():
    days = [date(year, month, day) for year in YEARS]
    said = {one in dict(calendar.holidays(one.year)) for one in days}
    law = {one in kept for one in days}
    seen[name] = said, law
    print(f"{name}, {day}.{month}. of {YEARS[0]} to {YEARS[-1]}: day off {said} by workalendar, {law} by holidays")
(eid,) = (day for day, name in calendar.holidays(2025) if "Adha" in name)
print(f"Kurban Ait 2025: {eid:%d %B} by workalendar, 06 June as kept")
print("should be: day off False, False, True; 06 June")
expected = {
    "First President": ({True}, {False}),
    "Independence, second day": ({True}, {False}),
    "Republic Day": ({False}, {True}),
}
raise SystemExit(0 if seen == expected and eid == date(2025, 6, 7) else f"changed: {seen}, {eid}")
PY
