#!/bin/bash
# poolifier: tasks of a fixed pool wait behind a long one while other workers are idle.
#
# Expected: a pool of two workers gives each task to a worker that is free, as workerpool, Piscina and every executor
#   do: after one long and seven short tasks the short ones are done first, all of them by the other worker.
# Seen: tasks are dealt in turn when they are submitted (ROUND_ROBIN), and belong to their worker from then on: of a
#   task of 2 s and seven of 5 ms three short ones wait for the long one, while the other worker has nothing to do.
#   enableTasksQueue: true, which is off by default, moved one of the three to the idle worker here. workerpool ends all
#   short ones first.
#     poolifier: 1 3 5 7 0 2 4 6   workerpool: 1 2 3 4 5 6 7 0
# Why it matters: items of a batch differ, and one large picture holds up half of what comes after it. The pool scales
#   as a static division of the work does, so that the knee of its curve is that of the largest items and moves with
#   their order; it reads as a limit of the machine.
# Packages: npm poolifier 5.3.2 and workerpool 10.0.3, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" poolifier@5.3.2 workerpool@10.0.3

cat > block.mjs <<'JS'
// A task that takes its number of milliseconds, and blocks the worker as computation does.
const still = new Int32Array(new SharedArrayBuffer(4));
export const block = (ms) => Atomics.wait(still, 0, 0, ms);
JS
cat > poolifier.mjs <<'JS'
import { ThreadWorker } from 'poolifier';
import { block } from './block.mjs';

export default new ThreadWorker(block);
JS
cat > workerpool.mjs <<'JS'
import workerpool from 'workerpool';
import { block } from './block.mjs';

workerpool.worker({ block });
JS
cat > order.mjs <<'JS'
import { FixedThreadPool } from 'poolifier';
import workerpool from 'workerpool';

// The order in which a long task and seven short ones end that RUN starts, when both workers are there.
async function order(run) {
    await Promise.all([run(300), run(300)]);
    const ended = [];
    const times = [2000, 5, 5, 5, 5, 5, 5, 5];
    await Promise.all(times.map((ms, task) => run(ms).then(() => ended.push(task))));
    return ended;
}

const dealt = new FixedThreadPool(2, './poolifier.mjs');
const shared = workerpool.pool('./workerpool.mjs', { maxWorkers: 2, workerType: 'thread' });
const behind = await order((ms) => dealt.execute(ms));
const queue = await order((ms) => shared.exec('block', [ms]));
console.log(`poolifier: ${behind.join(' ')}\nworkerpool: ${queue.join(' ')}`);
process.exit([...behind].slice(-4).sort().join() === '0,2,4,6' && queue.at(-1) === 0 ? 0 : 1);
JS
node order.mjs
