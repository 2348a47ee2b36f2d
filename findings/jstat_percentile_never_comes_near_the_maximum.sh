#!/bin/bash
# jStat: every percentile between the two largest values is the smaller of them.
#
# Expected: jStat.percentile(times, p) interpolates between neighbours, as spreadsheets do: the 95th percentile of 1 to
#   10 is 9.55, and the 99.9th of 1, 2, 3 and 1000 is near 1000.
# Seen: it interpolates everywhere but in the last gap. There the lower neighbour is returned, whatever p is, and at
#   p = 1 the maximum. So all percentiles of n values from (n - 2) / (n - 1) on are the second largest of them: of 20
#   times the 95th and the 99th, of 100 the 99th and the 99.9th.
#     1 to 10: p 0.85 8.65   0.9 9   0.95 9   0.999 9   1 10     1, 2, 3, 1000: p 0.95 3   0.999 3   1 1000
# Why it matters: tail percentiles are looked at to see the slow items of a batch, or the late requests of a service.
#   One slow item of 20 is in none of them, and a limit on p99 passes with the outlier that it was made for.
# Packages: npm jstat 1.9.6, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" jstat@1.9.6

cat > tail.mjs <<'JS'
import jstat from 'jstat';

const { percentile } = jstat.jStat;
const row = (values, places) => places.map((p) => `${p} ${Number(percentile(values, p).toFixed(2))}`).join('  ');
const ten = row([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0.85, 0.9, 0.95, 0.999, 1]);
const four = row([1, 2, 3, 1000], [0.95, 0.999, 1]);
console.log(`1 to 10: ${ten}\n1, 2, 3, 1000: ${four}`);
process.exit(ten === '0.85 8.65  0.9 9  0.95 9  0.999 9  1 10' && four === '0.95 3  0.999 3  1 1000' ? 0 : 1);
JS
node tail.mjs
