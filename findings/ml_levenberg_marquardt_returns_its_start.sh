#!/bin/bash
# ml-levenberg-marquardt: a fit whose parameters are small returns its initial values, after all iterations, in silence.
#
# Expected: exact points of a smooth law with two parameters, started within a factor of a few, give the parameters
#   back; a fit that cannot get on says so.
# Seen: derivatives are differences over a step of 0.1 that is *added to the parameter* (gradientDifference: 10e-2),
#   whatever its size. Contention and coherence of the universal scalability law are about 0.03 and 0.0005, and speedup
#   over such a step is not a line. The first step so is far too long, and since a step that made it worse is not taken
#   back, all later ones start from there: parameterValues is initialValues to the last digit, iterations is
#   maxIterations. No error, no flag. With differences over a thousandth of the start the truth is found in a few
#   iterations.
#     truth 0.03 0.0005, start 0.05 0.001: 0.05 0.001 after 1000 iterations; differences of a thousandth: 0.03 0.0005
# Why it matters: the start is a plausible guess, so that the "fit" is a plausible curve which is the same for every
#   program; a knee, or a maximum of the speedup, that is computed from it is the one that was guessed.
# Packages: npm ml-levenberg-marquardt 5.1.0, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" ml-levenberg-marquardt@5.1.0

cat > fit.mjs <<'JS'
import { levenbergMarquardt } from 'ml-levenberg-marquardt';

const law = ([contention, coherence]) => (n) => n / (1 + contention * (n - 1) + coherence * n * (n - 1));
const truth = [0.03, 0.0005];
const start = [0.05, 0.001];
const x = [1, 2, 4, 8, 12, 16, 24, 32];
const data = { x, y: x.map(law(truth)) };
const options = { initialValues: start, maxIterations: 1000, errorTolerance: 1e-12 };
const usual = levenbergMarquardt(data, law, options);
const small = levenbergMarquardt(data, law, { ...options, gradientDifference: start.map((value) => value / 1000) });
const show = ({ parameterValues, iterations }) =>
    `${parameterValues.map((value) => Number(value.toPrecision(6))).join(' ')} after ${iterations} iterations`;
console.log(`truth ${truth.join(' ')}, start ${start.join(' ')}`);
console.log(`differences over 0.1: ${show(usual)}`);
console.log(`differences over a thousandth of the start: ${show(small)}`);
const same = (values, others, part) => values.every((value, i) => Math.abs(value / others[i] - 1) <= part);
process.exit(same(usual.parameterValues, start, 0) && usual.iterations === 1000 &&
             same(small.parameterValues, truth, 0.001) && small.iterations < 100 ? 0 : 1);
JS
node fit.mjs
