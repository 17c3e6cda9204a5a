#!/usr/bin/env bash
# opening_hours.js 3.15.0: after a year for which "24/7" is closed, it never opens again as far as spans are asked for.
#
# Guess      "24/7; 2026 off" opens on 1 January 2027 for all three: the state, the next change and the list of open spans.
# Behaviour  the state is open again from then on, but getNextChange() in 2026 is undefined and getOpenIntervals() ends with 2025.
#            With "2026 Jan 01-2026 Dec 31 off" or "2026-2027 off" all three agree. README: the next change is "undefined if
#            the facility is either always open or always closed". https://github.com/opening-hours/opening_hours.js
# Matters    it is what rules are checked with before they are tagged or entered; a post that was shut for one year seems shut for
#            good. The Python library that we use has no such fault, and each rule's spans are held against is_open()
#            (corridors/data/opening_rules.py).
#
# Exits 0 while the fault stands, 1 if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" 'opening_hours@3.15.0'
cd "$work" && TZ=UTC node - <<'JS'
const OpeningHours = require("opening_hours");
const at = (year, month) => new Date(year, month, 15, 12);
const seen = {};
for (const rule of ["24/7; 2026 off", "24/7; 2026 Jan 01-2026 Dec 31 off", "Mo-Su 00:00-24:00; 2026-2027 off"]) {
  const hours = new OpeningHours(rule);
  const spans = hours.getOpenIntervals(at(2025, 0), at(2029, 0));
  const change = hours.getNextChange(at(2026, 6));
  seen[rule] = [
    hours.getState(at(2026, 6)) ? "open" : "closed",
    hours.getState(at(2028, 6)) ? "open" : "closed",
    change ? change.toISOString().slice(0, 10) : "never",
    spans[spans.length - 1][1].toISOString().slice(0, 10),
  ];
  const [during, after, next, last] = seen[rule];
  console.log(`${rule}: ${during} in July 2026, ${after} in July 2028`);
  console.log(`    next change after July 2026: ${next}; last open span ends ${last}`);
}
console.log("should be: closed, open, 2027-01-01 (the third: 2028-01-01) and 2029-01-15 in all three");
const expected = [
  ["closed", "open", "never", "2026-01-01"],
  ["closed", "open", "2027-01-01", "2029-01-15"],
  ["closed", "open", "2028-01-01", "2029-01-15"],
];
if (JSON.stringify(Object.values(seen)) !== JSON.stringify(expected)) {
  console.log("changed:", JSON.stringify(seen));
  process.exit(1);
}
JS
