#!/usr/bin/env bash
# harborly 1.1.4: its own name for Bab el-Mandeb closes nothing.
#
# Guess      PassageRestriction.BABAN, one of five passages that the package names, closes the strait at the mouth of the Red Sea.
# Behaviour  the router takes it and answers with the open way; the routing below, searoute, calls the strait "babalmandab" and
#            passes over names that it does not know. README: "Restricts passages like Suez, Panama, Kiel, Baban, and
#            Northwest via PassageRestriction". https://github.com/frogiraffe/harborly
# Matters    most container lines have gone round the Cape since December 2023. Karachi - Mersin with the Red Sea closed is answered
#            with the way through it, a third of the true length, and quality_flag says ok. Here a strait is found by any of its
#            names or refused (corridors/data/dataset.py), and ships go round the Cape by lanes of their own.
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'harborly==1.1.4' 'searoute==1.6.0'
cd "$work" && "$work/env/bin/python" - <<'PY'
import warnings

from harborly import PassageRestriction, PortRegistry, SeaRouter

warnings.simplefilter("error", UserWarning)  # a warning would be a word to the user too
ports = PortRegistry.bundled()
karachi, mersin = ports.resolve("PKKHI"), ports.resolve("TRMER")
seen = {}
for what, closed in {
    "nothing closed": (),
    "PassageRestriction.BABAN": (PassageRestriction.BABAN,),
    "babalmandab": ("babalmandab",),
    "PassageRestriction.SUEZ": (PassageRestriction.SUEZ,),
}.items():
    route = SeaRouter(restrictions=closed).route(karachi, mersin)
    seen[what] = round(route.distance_nmi)
    print(f"Karachi - Mersin, {what}: {seen[what]:,} nautical miles, {route.quality_flag}")
print("should be: by PassageRestriction.BABAN as far as by babalmandab")
through, baban, closed, _ = seen.values()
raise SystemExit(0 if baban == through and closed > 2.5 * through else f"changed: {seen}")
PY
