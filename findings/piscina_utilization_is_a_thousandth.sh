#!/bin/bash
# Piscina: the utilization of a pool of threads is a thousandth of what it is.
#
# Expected: pool.utilization is, as its README says, a fraction between 0 and 1: the run time of the tasks that are done
#   over the pool's duration times its threads. A pool that never waits has nearly 1.
# Seen: 4 tasks of 300 ms on 2 threads have 0.001. The summary of run times has milliseconds, as the duration has; the
#   getter takes them for microseconds. The summary itself is right, so that its mean * count / (duration * threads)
#   gives the utilization.
#     utilization 0.00097; run time 1702 of 1765 ms: 0.965
# Why it matters: a service, or a sweep over maxThreads, that scales on this number never sees a pool with work: every
#   number of threads looks like too many. No value above 0.001 is possible.
# Packages: npm piscina 5.3.2, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" piscina@5.3.2

cat > task.mjs <<'JS'
export default async (milliseconds) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
};
JS
cat > pool.mjs <<'JS'
import { Piscina } from 'piscina';

const threads = 2;
const tasks = [300, 300, 300, 300];
const filename = new URL('./task.mjs', import.meta.url).href;
const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads });
await Promise.all(tasks.map((milliseconds) => pool.run(milliseconds)));
const printed = pool.utilization;
const mean = pool.histogram.runTime.mean; // ms
const capacity = pool.duration * threads;
const real = mean * tasks.length / capacity;
console.log(`utilization ${printed.toFixed(5)}; run time ${(mean * tasks.length).toFixed(0)} of ` +
            `${capacity.toFixed(0)} ms: ${real.toFixed(3)}`);
await pool.destroy();
// Times differ from run to run; their relation does not.
process.exit(mean >= 290 && Math.abs(printed * 1000 / real - 1) < 0.1 ? 0 : 1);
JS
node pool.mjs
