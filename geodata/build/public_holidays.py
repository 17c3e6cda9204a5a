"""Public holidays of the countries that have a border post, from a pinned package: the table holidays.

The package is run, not only read: it works out the dates. It is unpacked first, because it reads its English names
from files.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

WHEEL = "holidays-0.109-py3-none-any.whl"
SOURCE, RELEASED = "holidays_package", "2026-11"
FIRST, LAST = 2010, 2045
ANNOUNCED = 2026
"""Last year whose moved days and days off governments had announced when the package was released."""
COLUMNS = "country,date,name,source_id,as_of,quality"

SOLAR = {
    "Liberation Day": (-1, 11, 26, "qppstudio_2006_02_16"),
    "Mojahedin's Victory Day": (0, 2, 8, "qppstudio_2006_02_16"),
    "Afghanistan Independence Day": (0, 5, 28, "menafn_1108570022"),
    "American Withdrawal Day": (0, 6, 9, "kokchapress_2023_06_17"),
}
"""Afghan holidays that the package has on one day of the Gregorian year, although Afghans keep them by their solar
calendar: which new year before or in the Gregorian year to count from, month, day and who says so.
`findings/holidays_afghan_calendar.sh` shows the difference."""

PROGRAM = """
import json, sys, warnings
sys.path.insert(0, sys.argv[1])
import holidays
from holidays.calendars.persian import _Persian
warnings.simplefilter("ignore")  # that some years are beyond what is told of a country
solar = json.loads(sys.argv[4])
for country in sys.argv[5:]:
    found = holidays.country_holidays(country, years=range(int(sys.argv[2]), int(sys.argv[3]) + 1), language="en_US")
    days = {}
    for day, names in sorted(found.items()):
        for name in names.split("; ") if country == "AF" else [names]:
            at = day
            if country == "AF" and name in solar:
                begins, month, date, _ = solar[name]
                at = _Persian().persian_to_gregorian(day.year + begins, month, date)
            days.setdefault(at, []).append(name)
    for day, names in sorted(days.items()):
        print(country, day.isoformat(), "; ".join(names), sep="\\t")
"""


def rows(wheels: Path, countries: Iterable[str]) -> list[dict[str, str]]:
    """A row a country and day.

    Days off in exchange for working days or for holidays at weekends ("Day off", "observed") are left out: they closed
    offices, not border posts; freight passed into Kazakhstan on 4 October 2023 and 7 October 2025. A date is assumed
    where the package estimates it (Islamic years), and in the years for which nothing is announced yet; it is derived
    where it comes from a day of the Afghan solar year.
    """
    found = []
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheels / WHEEL).extractall(folder)
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, folder, str(FIRST), str(LAST), json.dumps(SOLAR), *sorted(countries)],
            check=True,
            capture_output=True,
            encoding="utf-8",
            env={"PYTHONIOENCODING": "utf-8"},
        )
    for line in ran.stdout.splitlines():
        country, day, name = line.split("\t")
        if name.startswith("Day off") or "(observed" in name:
            continue
        told = int(day[:4]) <= ANNOUNCED and "estimated)" not in name
        rules = sorted({SOLAR[one][-1] for one in name.split("; ") if country == "AF" and one in SOLAR})
        found.append(
            {
                "country": country,
                "date": day,
                "name": name.replace(" (estimated)", "").replace(", estimated", ""),
                "source_id": ";".join([SOURCE, *rules]),
                "as_of": RELEASED,
                "quality": "assumed" if not told else "derived" if rules else "published",
            }
        )
    return found
