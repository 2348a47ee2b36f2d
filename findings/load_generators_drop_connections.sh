#!/bin/bash
# wrk and autocannon: of N connections over T threads as many are opened as T divides, and N is printed.
#
# Expected: -c 7 keeps 7 connections open, whatever the number of threads that serve them.
# Seen: each thread opens N / T, rounded down, and nobody the rest. With 4 threads 7 connections are 4, and 10 are 8;
#   wrk's heading says "4 threads and 7 connections", the "connections" of autocannon's result is 7. No warning. With
#   one thread both open 7.
#     wrk: threads 1: 7 connections, 4: 4 of 7, 8 of 10   autocannon: 7, 4 of 7, 8 of 10
# Why it matters: a sweep over -t with a fixed -c (to make sure that the generator is not the limit) changes the load:
#   64 connections are 64 with 1, 2, 4 and 8 threads, 60 with 5, 6, 10 and 12, 55 with 11, and look like 64. A sweep
#   over -c has steps. Make -c a multiple of -t.
# Packages: Debian 12 wrk 4.1.0-3+b2 and libluajit-5.1-2 2.1.0~beta3+git20220320+dfsg-4.1+deb12u1; npm autocannon
#   9.0.0, with Node 20. All traffic is on the loopback interface.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root wrk=4.1.0-3+b2 libluajit-5.1-2=2.1.0~beta3+git20220320+dfsg-4.1+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done
npm install --silent --no-audit --no-fund --prefix "$work" autocannon@9.0.0

cat > connections.mjs <<'JS'
import { spawn } from 'node:child_process';
import http from 'node:http';
import autocannon from 'autocannon';

// Connections open at the same time that have asked for something: wrk tries the address with one that has not.
let most = 0;
const open = new Set();
const server = http.createServer((request, response) => {
    if (!open.has(request.socket)) {
        open.add(request.socket);
        request.socket.on('close', () => open.delete(request.socket));
        most = Math.max(most, open.size);
    }
    response.end('ok');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;

async function wrk(threads, connections) {
    const child = spawn('root/usr/bin/wrk', ['-t', threads, '-c', connections, '-d', '2', url]);
    let text = '';
    child.stdout.on('data', (data) => { text += data; });
    await new Promise((resolve) => child.on('close', resolve));
    return Number(/(\d+) connections/.exec(text)[1]);
}

async function cannon(threads, connections) {
    const result = await autocannon({ url, connections, duration: 2, ...(threads > 1 ? { workers: threads } : {}) });
    return result.connections;
}

let wrong = 0;
for (const [name, run] of [['wrk', wrk], ['autocannon', cannon]]) {
    for (const [threads, connections, opened] of [[1, 7, 7], [4, 7, 4], [4, 10, 8]]) {
        while (open.size > 0)
            await new Promise((resolve) => setTimeout(resolve, 10));
        most = 0;
        const printed = await run(threads, connections);
        console.log(`${name}: ${threads} threads, says ${printed} connections, has ${most}`);
        wrong += printed !== connections || most !== opened;
    }
}
process.exit(wrong ? 1 : 0);
JS
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu node connections.mjs
