#!/bin/bash
# tinybench: the throughput of a task is the mean of the rates of its runs, not runs per second.
#
# Expected: "Throughput avg (ops/s)" of a benchmark with one task at a time is the number of runs over their total time,
#   which is 1 / latency: a mean latency of 50 ms goes with 20 ops/s.
# Seen: each run is turned into a rate, and the rates are averaged. A task that takes 1 ms and 99 ms in turn gets a mean
#   latency of 50 ms and a mean throughput of 505 ops/s in the same line, although 100 runs took 5 s. A second task that
#   takes 25 ms in each run, half of the time, is given as 12 times slower (40 ops/s). The "med" column does not help:
#   it is 505 for the first task, too.
#     mixed: total 5000 ms for 100 runs, latency 50.0 ms, throughput 505.1 ops/s   steady: 2500 ms, 25.0 ms, 40.0 ops/s
# Why it matters: work whose items differ (large and small pictures, cache hits, a collection of garbage now and then)
#   is the case for which a benchmark is needed; there the number follows the fastest items, and of two programs the
#   slower one wins. Use 1000 / latency.mean.
# Packages: npm tinybench 6.2.5, with Node 20. The clock is one of the script, so that no time of the machine counts.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" tinybench@6.2.5

cat > rates.mjs <<'JS'
import { Bench } from 'tinybench';

let clock = 0; // ms
let runs = 0;
const bench = new Bench({ now: () => clock, time: 0, iterations: 100, warmup: false });
bench.add('mixed', () => { clock += runs++ % 2 ? 99 : 1; });
bench.add('steady', () => { clock += 25; });
await bench.run();
const figures = bench.tasks.map(({ result }) => [result.totalTime, result.latency.mean, result.throughput.mean]);
bench.tasks.forEach((task, i) => {
    const [total, latency, throughput] = figures[i].map((figure) => figure.toFixed(1));
    console.log(`${task.name}: total ${total} ms for 100 runs, latency ${latency} ms, throughput ${throughput} ops/s`);
});
const near = (a, b) => Math.abs(a / b - 1) < 0.001;
const [mixed, steady] = figures;
process.exit(near(mixed[0], 5000) && near(mixed[1], 50) && near(mixed[2], (1000 + 1000 / 99) / 2) &&
             near(steady[0], 2500) && near(steady[2], 40) ? 0 : 1);
JS
node rates.mjs
