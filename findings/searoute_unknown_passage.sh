#!/usr/bin/env bash
# searoute 1.6.0: a passage under a name that it does not know is not closed, and nobody is told.
#
# Guess      a name in `restrictions` that is none of the package's passages raises an error, or warns.
# Behaviour  it is passed over in silence: the line, its km and its hours are those of the open passage. The names are the
#            package's own and in small letters ("ormuz", "suez"); "hormuz" and "Suez", as charts write them, close nothing.
#            https://github.com/genthalili/searoute-py lists the names, and does not say what others do.
# Matters    whoever weighs our sea legs against searoute with Hormuz or Suez closed gets the open way as the closed one, 14,800 km
#            too short from Karachi to Poti. Here a strait is found by any of its names, or refused with the nearest ones
#            (corridors/data/dataset.py, element_ids).
#
# Exits 0 while this stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'searoute==1.6.0'
cd "$work" && "$work/env/bin/python" - <<'PY'
import warnings

import searoute

warnings.simplefilter("error")  # a warning would be a word to the user too
karachi, poti, bandar_abbas = [66.97, 24.84], [41.65, 42.15], [56.2, 27.1]


def km(start, end, *closed):
    return round(searoute.searoute(start, end, restrictions=list(closed)).properties["length"])


seen = {
    "Karachi - Poti, suez closed": km(karachi, poti, "suez"),
    "Karachi - Poti, Suez closed": km(karachi, poti, "Suez"),
    "Karachi - Poti, nothing closed": km(karachi, poti),
    "Bandar Abbas - Karachi, hormuz closed": km(bandar_abbas, karachi, "hormuz"),
    "Bandar Abbas - Karachi, nothing closed": km(bandar_abbas, karachi),
}
for what, length in seen.items():
    print(f"{what}: {length:,} km")
suez, capital, open_, hormuz, through = seen.values()
raise SystemExit(0 if suez > 2 * capital and capital == open_ and hormuz == through else f"changed: {seen}")
PY
