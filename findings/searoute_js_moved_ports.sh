#!/usr/bin/env bash
# searoute-js 0.1.0: Gwadar and Chabahar are one place, nearer to Karachi than they are, and to Baku one sails by Turkmenbashi.
#
# Guess      each line begins and ends at the point of the sea lanes that is nearest to its port, a few km off; kilometres are right,
#            and "nm" may be as wrong as in searoute for Python.
# Behaviour  it begins and ends at a bend of the nearest lane, however far along, and the way there is not counted: 80 km at Bandar
#            Abbas, 113 at Gwadar, 283 at Chabahar, 306 at Mundra. Gwadar and Chabahar are one place, 405 km from Karachi;
#            the straight lines are 469 and 643 km. From Aktau to Baku the line goes by Turkmenbashi, 718 km instead of some 380.
#            What is called "nm" is 1.324 times the nautical miles, as there, and here it is the default. README: "If points
#            are on land, the function will attempt to find the nearest point on the sea"; it is meant for pictures, not for
#            mariners. That the distance to that point be told was asked for: https://github.com/johnx25bd/searoute/issues/12
# Matters    these are the ports of the corridors to the Gulf and over the Caspian: by sea they are too near in km, or too far, and
#            a third too far in miles. Here a lane ends at its ports (geodata/build/hand/sea_basins.csv).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" 'searoute-js@0.1.0'
cd "$work" && node - <<'JS'
const searoute = require("searoute-js");
const PORTS = {
  Karachi: [66.97, 24.84],
  Gwadar: [62.33, 25.1],
  Chabahar: [60.6, 25.28],
  Mundra: [69.7, 22.74],
  "Bandar Abbas": [56.2, 27.1],
  Aktau: [51.2, 43.6],
  Baku: [49.87, 40.34],
};
const point = (coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } });
const { log } = console;

function route(start, end, ...units) {
  console.log = () => {}; // it tells of its search there
  const found = searoute(point(PORTS[start]), point(PORTS[end]), ...units);
  console.log = log;
  return { length: found.properties.length, line: found.geometry.coordinates };
}

function straight([west, south], [east, north]) {
  const [from, to, along] = [south, north, east - west].map((degrees) => (degrees * Math.PI) / 180);
  return 6371 * Math.acos(Math.sin(from) * Math.sin(to) + Math.cos(from) * Math.cos(to) * Math.cos(along));
}

const seen = {};
const ways = ["Karachi - Gwadar", "Karachi - Chabahar", "Mundra - Karachi", "Karachi - Bandar Abbas", "Aktau - Baku"];
for (const way of ways) {
  const [start, end] = way.split(" - ");
  const { length, line } = route(start, end, "kilometers");
  const ends = [straight(PORTS[start], line[0]), straight(PORTS[end], line[line.length - 1])];
  const [km, off, there, least] = [length, ...ends, straight(PORTS[start], PORTS[end])].map(Math.round);
  seen[way] = [km, off, there];
  log(`${way}: ${km} km, ends ${off} and ${there} km away; straight line ${least} km`);
}
seen.turkmenbashi = route("Aktau", "Baku", "kilometers").line.some(([lon]) => lon > 53);
const [miles, km] = [[], ["kilometers"]].map((units) => route("Karachi", "Bandar Abbas", ...units).length);
seen.miles = Math.round((1000 * 1.852 * miles) / km) / 1000;
log(`by Turkmenbashi: ${seen.turkmenbashi}; its nautical miles are ${seen.miles} times the true ones`);
const expected = {
  "Karachi - Gwadar": [405, 3, 113],
  "Karachi - Chabahar": [405, 3, 283],
  "Mundra - Karachi": [662, 306, 3],
  "Karachi - Bandar Abbas": [1159, 3, 80],
  "Aktau - Baku": [718, 54, 20],
  turkmenbashi: true,
  miles: 1.324,
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  log("changed:", JSON.stringify(seen));
  process.exit(1);
}
JS
