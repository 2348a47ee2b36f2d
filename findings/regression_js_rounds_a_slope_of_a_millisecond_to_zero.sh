#!/bin/bash
# regression: coefficients are rounded to two digits after the point, and everything else is computed with these.
#
# Expected: a line through (1, 0.001), (2, 0.002), (3, 0.003) has the slope 0.001, R squared is 1, and its value at 2 is
#   0.002. Rounding is for the text.
# Seen: "precision", 2 unless it is given, is applied to the coefficients of the fit: the slope is 0. The points,
#   predict() and r2 follow from the rounded ones, so that the perfect line has an R squared of -6. A power law of
#   0.003 x^0.5 is 0 x^0.5. The same data in milliseconds are fitted exactly.
#     seconds: y = 0x, r2 -6, at 2: 0   milliseconds: y = 1x, r2 1, at 2: 2   power: y = 0x^0.5, r2 -4.42
# Why it matters: times are in seconds, and a cost per item or a slope per megapixel below 0.005 becomes 0, which reads
#   as "no cost"; 0.006 becomes 0.01. A serial fraction of 0.4% is none.
# Packages: npm regression 2.0.1, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" regression@2.0.1

cat > fit.mjs <<'JS'
import regression from 'regression';

const said = (name, fit) => `${name}: ${fit.string}, r2 ${fit.r2}, at 2: ${fit.predict(2)[1]}`;
const x = [1, 2, 3];
const lines = [
    said('seconds', regression.linear(x.map((x) => [x, 0.001 * x]))),
    said('milliseconds', regression.linear(x.map((x) => [x, x]))),
    said('power', regression.power([1, 2, 4, 8, 16].map((x) => [x, 0.003 * Math.sqrt(x)]))),
];
console.log(lines.join('\n'));
process.exit(lines[0] === 'seconds: y = 0x, r2 -6, at 2: 0' &&
             lines[1] === 'milliseconds: y = 1x, r2 1, at 2: 2' &&
             lines[2] === 'power: y = 0x^0.5, r2 -4.42, at 2: 0' ? 0 : 1);
JS
node fit.mjs
