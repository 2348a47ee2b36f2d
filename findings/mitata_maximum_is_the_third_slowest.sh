#!/bin/bash
# mitata: the two slowest and the two fastest runs are dropped, without a word, before all statistics.
#
# Expected: "min … max" of a benchmark are the fastest and the slowest run, avg is the mean of all, and ticks their
#   number.
# Seen: with more than 12 runs the sorted times lose two at either end; what is left is called samples. Of 100 runs of 1
#   ms and two of 500 ms avg and max are 1 ms, p99 and p999 as well, and ticks is 98. With a third run of 500 ms the
#   maximum is 500. Nothing in the output, or in the documentation, says so; the number is the same for 13 runs, of
#   which it is a third, and for a million.
#     2 slow runs of 102: avg 1.00, max 1.00, ticks 98; mean of all 10.78   3 of 103: avg 6.04, max 500; 15.53
# Why it matters: rare pauses (a collection of garbage, a timeout, a page that was not there) are what a maximum is
#   looked at for. A program that stops for half a second once in fifty runs shows no sign of it, and total time is not
#   avg times runs.
# Packages: npm mitata 1.0.34, with Node 20. The clock is one of the script, so that no time of the machine counts.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" mitata@1.0.34

cat > slow.mjs <<'JS'
import { measure } from 'mitata';

// Statistics in ms of 100 runs that take 1 ms and SLOW runs that take 500 ms. One run before them is not counted.
async function statistics(slow) {
    let clock = 0; // ns
    let run = 0;
    const body = () => {
        clock += (run % 10 === 5 && run < 10 * slow ? 500 : 1) * 1e6;
        run++;
    };
    const count = 100 + slow;
    const { avg, max, p999, ticks } = await measure(body, { now: () => clock, min_samples: count, max_samples: count,
                                                            min_cpu_time: 0, warmup_samples: 0 });
    const all = (clock / 1e6 - 1) / count;
    const shown = [avg / 1e6, max / 1e6, p999 / 1e6].map((time) => time.toFixed(2)).join(' ');
    console.log(`${slow} slow runs of ${count}: mean of all ${all.toFixed(2)}; avg, max, p999 ${shown}, ticks ${ticks}`);
    return `${shown} ${ticks}`;
}

const two = await statistics(2);
const three = await statistics(3);
process.exit(two === '1.00 1.00 1.00 98' && three === '6.04 500.00 1.00 99' ? 0 : 1);
JS
node slow.mjs
