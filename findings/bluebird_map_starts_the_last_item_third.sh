#!/bin/bash
# Bluebird: Promise.map with a limit starts the first items, and then all others from the last to the first.
#
# Expected: with { concurrency: 2 } items are started in the order of the array as places become free, as p-map and a
#   loop over an iterator do; the documentation only says that no order of *execution* is promised.
# Seen: what has to wait is put on a stack. Of eight items 0 and 1 are started, then 7, 6, 5, 4, 3, 2. Results are in
#   the order of the array. p-map has 0 to 7.
#     Bluebird: 0 1 7 6 5 4 3 2   p-map: 0 1 2 3 4 5 6 7
# Why it matters: a batch sorted by size, largest first, ends with workers that are all busy to the end; here the
#   largest ones that did not start at once are done last of all: with two at a time, items of 6, 5, 5, 1, 1, 1, 1 take
#   12 in place of 10. Nothing but the start times shows it, and "the first n items" of a batch that was stopped are not
#   the first ones.
# Packages: npm bluebird 3.7.2 and p-map 7.0.4, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" bluebird@3.7.2 p-map@7.0.4

cat > order.mjs <<'JS'
import bluebird from 'bluebird';
import pMap from 'p-map';

const items = [0, 1, 2, 3, 4, 5, 6, 7];

// The order in which MAP starts the items, when each of them ends a turn of the event loop later.
async function order(map) {
    const started = [];
    const results = await map(items, async (item) => {
        started.push(item);
        await new Promise((resolve) => setImmediate(resolve));
        return item;
    }, { concurrency: 2 });
    if (results.join() !== items.join())
        throw new Error('results are in another order');
    return started.join(' ');
}

const [stack, queue] = [await order(bluebird.map), await order(pMap)];
console.log(`Bluebird: ${stack}\np-map: ${queue}`);
process.exit(stack === '0 1 7 6 5 4 3 2' && queue === items.join(' ') ? 0 : 1);
JS
node order.mjs
