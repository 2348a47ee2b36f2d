#!/bin/bash
# hdr-histogram-js: fractions are cut, 0.9 is counted as 0, although the maximum keeps them.
#
# Expected: a histogram of JavaScript, where all numbers are doubles, keeps 0.9 within its three significant digits; or
#   recordValue() refuses it, as record() of Node's own histogram does (ERR_OUT_OF_RANGE).
# Seen: the place of a value is found by shifts of bits, which cut the fraction: 0.2, 0.4, 0.6 and 0.8 are all counted
#   at 0, and 1.9 at 1. The maximum is kept as it came. So the median of the five is 0, the mean 0.2 (0.78 expected),
#   and the maximum 1.9, which says that fractions are known.
#     mean 0.2   median 0   maximum 1.9   Node's histogram: ERR_OUT_OF_RANGE
# Why it matters: performance.now() gives milliseconds with a fraction, and an item, a queue's wait or a request takes
#   less than one, or a few: half a millisecond is lost of each on average. A program that gets faster from 1.1 to 0.9
#   ms goes from a median of 1 to 0. Record whole microseconds or nanoseconds.
# Packages: npm hdr-histogram-js 3.0.1, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" hdr-histogram-js@3.0.1

cat > record.mjs <<'JS'
import hdr from 'hdr-histogram-js';
import { createHistogram } from 'node:perf_hooks';

const histogram = hdr.build();
for (const value of [0.2, 0.4, 0.6, 0.8, 1.9])
    histogram.recordValue(value);
const { mean, maxValue, totalCount } = histogram;
const median = histogram.getValueAtPercentile(50);
let node = 'accepted';
try {
    createHistogram().record(1.9);
} catch (error) {
    node = error.code;
}
console.log(`mean ${mean}, median ${median}, maximum ${maxValue}, Node: ${node}`);
process.exit(totalCount === 5 && mean === 0.2 && median === 0 && maxValue === 1.9 &&
             node === 'ERR_OUT_OF_RANGE' ? 0 : 1);
JS
node record.mjs
