#!/bin/bash
# simple-statistics: no probability of the normal distribution is above 0.999 or below 0.001, however large z is.
#
# Expected: cumulativeStdNormalProbability(z) goes on towards 1: 0.99997 at z = 4, and 1 - 8e-24 at z = 10.
# Seen: it is a table of a textbook, four digits for z in steps of 0.01, which ends at 3.09; beyond, its last entry is
#   returned. A two-sided p-value, 2 (1 - P), is 0.002 or more, whether z is 3.1 or 100. The library's probit(), the
#   inverse, knows no such end: probit(0.999999) is 4.74, and back it is 0.999. errorFunction() has more digits.
#     P(2) 0.9772   P(3.09) 0.999   P(4) 0.999   P(10) 0.999   P(-10) 0.001   by errorFunction(): P(4) 0.999968
# Why it matters: a gate over many benchmarks divides its level by their number. From 26 benchmarks on, 0.05 / 26 is
#   below 0.002: nothing is significant any more, a slowdown of ten standard errors neither, and the gate is green. It
#   was tried with a few benchmarks, where it works.
# Packages: npm simple-statistics 7.12.1, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" simple-statistics@7.12.1

cat > normal.mjs <<'JS'
import { cumulativeStdNormalProbability as normal, errorFunction, probit } from 'simple-statistics';

const table = [2, 3.09, 4, 10, 100, -10].map((z) => `P(${z}) ${normal(z)}`).join('  ');
const exact = ((1 + errorFunction(4 / Math.SQRT2)) / 2).toFixed(6);
const z = probit(0.999999).toFixed(2);
const smallest = (2 * (1 - normal(10))).toFixed(4);
console.log(`${table}\nby errorFunction: P(4) ${exact}; probit(0.999999) ${z}; two-sided p of z = 10: ${smallest}`);
const described = 'P(2) 0.9772  P(3.09) 0.999  P(4) 0.999  P(10) 0.999  P(100) 0.999  P(-10) 0.001';
process.exit(table === described && exact === '0.999968' && z === '4.74' && smallest === '0.0020' ? 0 : 1);
JS
node normal.mjs
