#!/bin/bash
# better-queue: of waiting tasks with the same "id" one is run, and all of them are called done.
#
# Expected: every task that is pushed is run, and its callback gets its own result. A field "id" in a task is the
#   application's.
# Seen: the field "id", where a task has one, is its key in the queue: a task replaces one of the same key that waits.
#   Of three sizes of picture 7 only the last is made, and the callbacks of all three say success with the result of
#   the last. Tasks that come while a worker is free are not lost, so that a small trial shows nothing. With another
#   field as the key ({ id: 'key' } in the options, and no such field in the tasks) all are run.
#     run: 7/800 8/200   called done: 200=800 400=800 800=800 200=200
# Why it matters: a batch of several renditions for each image has just such tasks. Some renditions are not made, no
#   error says so, the count of finished tasks is right, and the time per task falls. How many are lost depends on how
#   many wait, and so on the number of workers: a sweep compares runs of different amounts of work.
# Packages: npm better-queue 3.8.12, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" better-queue@3.8.12

cat > batch.mjs <<'JS'
import Queue from 'better-queue';

const run = [], called = [];
const queue = new Queue((task, done) => {
    run.push(`${task.id}/${task.width}`);
    setTimeout(() => done(null, task.width), 5);
});

for (const task of [{ id: 7, width: 200 }, { id: 7, width: 400 }, { id: 7, width: 800 }, { id: 8, width: 200 }])
    queue.push(task, (error, result) => called.push(`${task.width}=${error ?? result}`));
await new Promise((resolve) => queue.on('drain', resolve));
await new Promise((resolve) => setTimeout(resolve, 100));
console.log(`run: ${run.join(' ')}   called done: ${called.join(' ')}`);
process.exit(run.join() === '7/800,8/200' && called.join() === '200=800,400=800,800=800,200=200' ? 0 : 1);
JS
node batch.mjs
