#!/usr/bin/env bash
# geojson-path-finder 2.1.0: of two roads between the same towns it knows one, and which depends on the order of the lines.
#
# Guess      the shorter road is found, in whatever order the lines are given; where it is one-way, the other leads back.
# Behaviour  bends are taken out first, and of the roads that are left between two junctions the first stays, however long: from
#            Attock to Kabul it is 309 km by Torkham, or 568 by a way far to the south if that line stands first. If the road
#            by Torkham is one-way, there is no way back at all. With one more turning on the southern road all is right.
#            README: "This means that, by default, shortest paths will be found"; of the bends it says nothing.
#            https://github.com/perliedman/geojson-path-finder
# Matters    networks written by net.to_file are lines of the kind that it reads in a browser, and a road beside the main one is
#            what a corridor falls back on: a closure seems harmless, or final. Here legs between the same places each have their
#            own id (corridors/engine/arrays.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" 'geojson-path-finder@2.1.0'
cat > "$work/ask.mjs" <<'JS'
import module from "geojson-path-finder";

const PathFinder = module.default ?? module;
const [attock, peshawar, torkham] = [[72.4, 33.8], [71.6, 34.0], [71.1, 34.1]];
const [jalalabad, kabul] = [[70.5, 34.4], [69.2, 34.5]];
const SOUTH = [71.0, 32.6];
const feature = (type, coordinates, properties) => ({ type: "Feature", properties, geometry: { type, coordinates } });
const line = (coordinates, properties = {}) => feature("LineString", coordinates, properties);
const point = (coordinates) => feature("Point", coordinates, {});
const ends = [line([attock, peshawar]), line([jalalabad, kabul])];

function asked(roads, start, end) {
  const weight = (from, to, { oneWay }) => (oneWay ? { forward: 1, backward: 0 } : 1);
  const counted = roads.some((road) => road.properties.oneWay) ? { weight } : {};
  const network = { type: "FeatureCollection", features: [...ends, ...roads] };
  const found = new PathFinder(network, counted).findPath(point(start), point(end));
  if (!found) return "no way";
  const by = found.path.some(([, lat]) => lat === SOUTH[1]) ? "the south" : "Torkham";
  return `by ${by}, ${Math.round(found.weight)}`;
}

const short = line([peshawar, torkham, jalalabad]);
const long = line([peshawar, SOUTH, jalalabad]);
const oneWay = line([peshawar, torkham, jalalabad], { oneWay: true });
const turning = line([SOUTH, [71.5, 32.0]]);
const seen = {
  "the short road first": asked([short, long], attock, kabul),
  "the long road first": asked([long, short], attock, kabul),
  "the long road first, with a turning": asked([long, short, turning], attock, kabul),
  "by Torkham one-way, there": asked([oneWay, long], attock, kabul),
  "by Torkham one-way, and back": asked([oneWay, long], kabul, attock),
  "with a turning, and back": asked([oneWay, long, turning], kabul, attock),
};
for (const [what, answer] of Object.entries(seen)) console.log(`${what}: ${answer}`);
console.log("should be: by Torkham in the first four, back by the south in the last two");
const expected = [
  "by Torkham, 309",
  "by the south, 568",
  "by Torkham, 309",
  "by Torkham, 4",
  "no way",
  "by the south, 4",
];
if (JSON.stringify(Object.values(seen)) !== JSON.stringify(expected)) {
  console.log("changed:", JSON.stringify(seen));
  process.exit(1);
}
JS
cd "$work" && node ask.mjs
