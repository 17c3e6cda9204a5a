#!/usr/bin/env bash
# khayyam-jalali 3.0.20: every day of the solar year 1404 (20 March 2025 to 20 March 2026) has the date of the day after it.
#
# Guess      of seven packages for this calendar at least one counts by the old cycle of 2,820 years, in which 1404 is a leap
#            year and not 1403; which one, and from what day to what day it is wrong, was not guessed.
# Behaviour  this one, released in the month after: Nowruz of 1404 falls on 20 March 2025, which was 30 Esfand 1403, and so on
#            until 20 March 2026 is called 30 Esfand 1404, a day that there was not. The year begins on the day of the equinox
#            if that is before noon in Tehran; in 2025 it came after. The same of khayyam 3.0.17:
#            https://github.com/pylover/khayyam/issues/43
# Matters    notices of Iranian and Afghan posts are dated by this calendar: turned into our dates, all closures of that year,
#            the border between Afghanistan and Pakistan in October 2025 among them, begin and end a day early. Here solar days
#            are turned by the calendar of holidays 0.109, which has 1403 right (geodata/build/public_holidays.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'khayyam-jalali==3.0.20' 'jdatetime==6.1.1' 'persiantools==6.2.0' 'convertdate==2.5.1'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
from datetime import date, timedelta

import jdatetime
import khayyam
from convertdate import persian
from persiantools.jdatetime import JalaliDate


def by_khayyam(day):
    found = khayyam.JalaliDate(day)
    return found.year, found.month, found.day


def by_others(day):
    a, b = jdatetime.date.fromgregorian(date=day), JalaliDate(day)
    (one,) = {(a.year, a.month, a.day), (b.year, b.month, b.day), persian.from_gregorian(day.year, day.month, day.day)}
    return one


for day in (date(2025, 3, 20), date(2025, 3, 21), date(2025, 10, 12), date(2026, 3, 20), date(2026, 3, 21)):
    said, kept = ("-".join(map(str, of(day))) for of in (by_khayyam, by_others))
    print(f"{day}: {said} by khayyam-jalali, {kept} by the three others")
days = [date(2010, 1, 1) + timedelta(days=at) for at in range(35 * 365)]
wrong = [day for day in days if by_khayyam(day) != by_others(day)]
print(f"2010 to 2044: {len(wrong)} days wrong, from {wrong[0]} to {wrong[-1]}")
print("should be: the same dates by all four")
expected = [date(2025, 3, 20) + timedelta(days=at) for at in range(366)]
raise SystemExit(0 if wrong == expected else f"changed: {len(wrong)} days, {wrong[:1]} to {wrong[-1:]}")
PY
