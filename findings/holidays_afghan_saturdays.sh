#!/usr/bin/env bash
# holidays 0.109: Saturday is no working day in Afghanistan, where offices and customs work on it and are off on Friday only.
#
# Guess      the weekend of Afghanistan is left at the usual Saturday and Sunday, so that Friday is a working day.
# Behaviour  somebody thought of it: it is Friday and Saturday, after a table of an encyclopedia (pull request 2223 of January 2025).
#            The cabinet in Kabul set the hours of offices from Saturday to Wednesday, and a short Thursday; a Saturday off has
#            to be declared, as on 1 July 2023; customs had a week of six days when Kabul's offices still had five. Thursday,
#            which is short, counts as a whole day. So 50 working days of 2026 are missing.
#            https://aop.gov.af/dr/news_details/1017, http://mrrd.gov.af/fa/news/337132,
#            https://pajhwok.com/ps/2023/06/30/the-government-also-announced-a-holiday-tomorrow-saturday
#            https://github.com/vacanza/holidays/pull/2223
# Matters    a paper that customs promise in five working days is expected a day late, and a truck that reaches Hairatan on a
#            Saturday seems to meet a shut office. Here only the dates are taken from the package, not its weekends
#            (geodata/build/public_holidays.py); hours of a post say which days of the week it works (the table calendars).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'holidays==0.109'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
from datetime import date, timedelta

import holidays

FRIDAY = 4
afghan = holidays.country_holidays("AF", years=2026)
week = [date(2026, 5, 10) + timedelta(days=day) for day in range(7)]
works = {f"{day:%a}": afghan.is_working_day(day) for day in week}
print("works:", ", ".join(f"{day} {yes}" for day, yes in works.items()))
print("should: Fri False, all others True")
year = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]
kept = sum(day.weekday() != FRIDAY and day not in afghan for day in year)
counted = afghan.get_working_days_count(year[0], year[-1])
print(f"working days of 2026: {counted}; should be: {kept}")
fifth = afghan.get_nth_working_day(date(2026, 5, 12), 5)
print(f"five working days after Tuesday 12 May 2026: {fifth:%a %d %B}; should be: Mon 18 May")
off = [day for day, yes in works.items() if not yes]
seen = off, counted, kept, fifth
expected = ["Fri", "Sat"], 251, 301, date(2026, 5, 19)
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
