// A pool of worker threads: node_pool.mjs WORKERS. Each takes the next of 32 pieces of work.
import { createHash } from "node:crypto";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const PIECES = 32;
if (isMainThread) {
    const next = new SharedArrayBuffer(4);
    let done = 0;
    for (let i = 0; i < Number(process.argv[2]); i++)
        new Worker(new URL(import.meta.url), { workerData: next }).on("message", (count) => {
            done += count;
            if (done === PIECES) console.log(done);
        });
} else {
    const next = new Int32Array(workerData), block = Buffer.alloc(1 << 20, 1);
    let count = 0;
    for (; Atomics.add(next, 0, 1) < PIECES; count++)
        for (let i = 0; i < 30; i++) createHash("sha256").update(block).digest();
    parentPort.postMessage(count);
}
