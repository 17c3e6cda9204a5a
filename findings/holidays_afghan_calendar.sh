#!/usr/bin/env bash
# holidays 0.109: four Afghan holidays fall a day late wherever a leap day has shifted the solar calendar that Afghans keep.
#
# Guess      all of them follow that calendar, as Nowruz and Islamic Emirate Victory Day (24 Asad) do in the same class.
# Behaviour  Liberation, Mojahedin's Victory, Independence and American Withdrawal Day have one Gregorian day for ever. The
#            ministry declared 18 August 2024 (28 Asad) Independence Day and 27 April 2016 (8 Saur) Victory Day; the package says
#            19 August and 28 April. That they go by the solar calendar was decided in 2006:
#            https://www.qppstudio.net/public-holidays-news/2006/afghanistan-to-add-soviet-evacuation-public-holiday-005061.htm
#            https://menafn.com/1108570022, https://avapress.com/fa/news/125490/print/
# Matters    hours of a post with PH off and Afghan holidays have it open on the holiday and shut on the day after, in 2024 three
#            times. Here the four are worked out from their day of the solar year (geodata/build/public_holidays.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'holidays==0.109' 'jdatetime==6.1.1'
cd "$work" && "$work/env/bin/python" -W ignore - <<'PY'
import holidays
import jdatetime

SOLAR = {  # month and day of the solar year, and by how much its number is below that of the Gregorian year
    "Mojahedin's Victory Day": (621, 2, 8),
    "Islamic Emirate Victory Day": (621, 5, 24),
    "Afghanistan Independence Day": (621, 5, 28),
    "American Withdrawal Day": (621, 6, 9),
    "Liberation Day": (622, 11, 26),
}
YEARS = range(2022, 2031)
told = holidays.country_holidays("AF", years=YEARS, language="en_US")
wrong = []
for name, (before, month, day) in SOLAR.items():
    for year in YEARS:
        kept = jdatetime.date(year - before, month, day).togregorian()
        (said,) = (one for one, names in told.items() if one.year == year and name in names.split("; "))
        if said != kept:
            wrong.append((name, year))
            print(f"{name} {year}: {said:%d %B} by the package, {kept:%d %B} by the solar calendar")
print("should be: no line above")
by_name = {name: [year for one, year in wrong if one == name] for name in SOLAR}
leap = [2024, 2028, 2029]
expected = {name: leap for name in SOLAR} | {"Islamic Emirate Victory Day": [], "Liberation Day": [2025, 2029, 2030]}
raise SystemExit(0 if by_name == expected else f"changed: {by_name}")
PY
