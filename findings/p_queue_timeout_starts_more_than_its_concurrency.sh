#!/bin/bash
# p-queue: with a timeout more tasks run at a time than the concurrency allows.
#
# Expected: a queue with concurrency 1 has one task at work at any time, with a timeout as without one; the next task
#   begins when the one before has ended.
# Seen: the timeout ends the wait for a task, not the task. Its place is free from then on, and the next one is started
#   next to it: six tasks that take longer than the timeout are all at work together, and the queue says that it is idle
#   (pending 0, size 0) while they are.
#     concurrency 1: 6 at work at a time, pending 0, size 0   without timeout: 1 at work
# Why it matters: a timeout is for the overloaded moment, and that is when it doubles the load: decoders or child
#   processes pile up beyond the number that memory was planned for, each becomes slower, and so more of them time out.
#   A sweep over concurrency with a timeout measures other numbers than it says. A task must end itself, by an
#   AbortSignal that it looks at.
# Packages: npm p-queue 9.3.5, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" p-queue@9.3.5

cat > queue.mjs <<'JS'
import PQueue from 'p-queue';

// Six tasks, each of which is at work until RELEASED(): how many are at work when the caller has an answer of all.
async function timed() {
    const queue = new PQueue({ concurrency: 1, timeout: 20 });
    let atWork = 0, release;
    const released = new Promise((resolve) => { release = resolve; });
    const task = async () => {
        atWork++;
        await released;
        atWork--;
    };
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => queue.add(task)));
    const rejected = answers.filter(({ status }) => status === 'rejected').length;
    const found = `${atWork} at work, ${rejected} rejected, pending ${queue.pending}, size ${queue.size}`;
    release();
    return found;
}

// The most of six tasks of 20 ms at work at a time, without a timeout.
async function untimed() {
    const queue = new PQueue({ concurrency: 1 });
    let atWork = 0, most = 0;
    const task = async () => {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 20));
        atWork--;
    };
    await Promise.all(Array.from({ length: 6 }, () => queue.add(task)));
    return most;
}

const found = await timed();
const most = await untimed();
console.log(`timeout: ${found}; without: at most ${most} at work`);
process.exit(found === '6 at work, 6 rejected, pending 0, size 0' && most === 1 ? 0 : 1);
JS
node queue.mjs
