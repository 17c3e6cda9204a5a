"""Public holidays of the countries that have a border post, from a pinned package: the table holidays.

The package is run, not only read: it works out the dates. It is unpacked first, because it reads its English names
from files.
"""

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

PROGRAM = """
import sys, warnings
sys.path.insert(0, sys.argv[1])
import holidays
warnings.simplefilter("ignore")  # that some years are beyond what is told of a country
for country in sys.argv[4:]:
    found = holidays.country_holidays(country, years=range(int(sys.argv[2]), int(sys.argv[3]) + 1), language="en_US")
    for day, name in sorted(found.items()):
        print(country, day.isoformat(), name, sep="\\t")
"""


def rows(wheels: Path, countries: Iterable[str]) -> list[dict[str, str]]:
    """A row a country and day.

    Days off in exchange for working days or for holidays at weekends ("Day off", "observed") are left out: they closed
    offices, not border posts; freight passed into Kazakhstan on 4 October 2023 and 7 October 2025. A date is assumed
    where the package estimates it (Islamic years), and in the years for which nothing is announced yet.
    """
    found = []
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(wheels / WHEEL).extractall(folder)
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, folder, str(FIRST), str(LAST), *sorted(countries)],
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
        found.append(
            {
                "country": country,
                "date": day,
                "name": name.replace(" (estimated)", "").replace(", estimated", ""),
                "source_id": SOURCE,
                "as_of": RELEASED,
                "quality": "published" if told else "assumed",
            }
        )
    return found
