#!/usr/bin/env bash
# searoute 1.6.0: once a country is named, only_terminals=False leaves the ports with a terminal out, and it is the default.
#
# Guess      country_pol and country_pod keep the ports of that country, and the nearest of them is taken; only_terminals=False
#            lets in the small ones beside the large ones.
# Behaviour  it lets in only those without a terminal. From Karachi to Poti with countries PK and GE the line begins at
#            Keti Bandar, a creek 100 km away, and ends at Sukhumi; without countries, or with terminals only, it runs from
#            port to port. The docstring says "only_terminals: boolean, default False", and no more.
#            https://github.com/genthalili/searoute-py
# Matters    whoever sets our sea legs beside searoute by country gets lines between ports that, by searoute itself, have
#            no terminal. Here a port is a place with its own position, and who may call there is in the table rights.
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install -q 'searoute==1.6.0'
cd "$work" && "$work/env/bin/python" - <<'PY'
import searoute

karachi, poti = [66.97, 24.84], [41.65, 42.15]
countries = {"country_pol": "PK", "country_pod": "GE"}
seen = {}
for what, params in {
    "no country": {},
    "countries": countries,
    "countries, terminals only": {**countries, "only_terminals": True},
}.items():
    line = searoute.searoute(karachi, poti, include_ports=True, port_params=params).properties
    seen[what] = line["port_origin"]["name"], line["port_dest"]["name"]
    print(f"{what}: from {seen[what][0]} to {seen[what][1]}, {line['length']:,.0f} km")
print("should be: from Karachi to Poti in all three, as both are the nearest ports of their countries")
ports = ("Karachi", "Poti")
expected = {"no country": ports, "countries": ("Keti Bandar", "Sukhumi"), "countries, terminals only": ports}
raise SystemExit(0 if seen == expected else f"changed: {seen}")
PY
