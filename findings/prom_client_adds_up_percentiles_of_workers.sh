#!/bin/bash
# prom-client: the percentiles that a cluster reports are the sum of those of its workers.
#
# Expected: of four workers whose items take 10 ms each, the cluster's summary has a median of 10 ms.
# Seen: AggregatorRegistry adds up the values of equal labels, "quantile" among the labels, unless the metric was made
#   with another aggregator: the median and the 99th percentile are 40 ms. Sum and count, next to them, are right. Of
#   a gauge that is a share, as the utilization of each worker, the sum is reported as well.
#     4 workers: p50 40 ms, p99 40 ms, sum / count 10 ms, utilization 3.6   1 worker: p50 10 ms, p99 10 ms, 10 ms, 0.9
# Why it matters: in a scaling sweep over the processes of a cluster the percentiles grow with the number of workers,
#   which reads as contention that grows linearly, while the mean stays. An alarm on the 99th percentile goes off after
#   workers are added. aggregator: 'average' hides the slow worker, 'max' is an upper bound; only a histogram can be
#   added up.
# Packages: npm prom-client 15.1.3, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" prom-client@15.1.3

cat > cluster.mjs <<'JS'
import prom from 'prom-client';

// The metrics of one worker after 100 items of 10 ms, as it sends them to the primary process.
async function worker() {
    const registers = [new prom.Registry()];
    const time = new prom.Summary({ name: 'item_ms', help: 'time of an item', percentiles: [0.5, 0.99], registers });
    const busy = new prom.Gauge({ name: 'utilization', help: 'share of time at work', registers });
    for (let i = 0; i < 100; i++)
        time.observe(10);
    busy.set(0.9);
    return registers[0].getMetricsAsJSON();
}

// What the cluster of WORKERS reports: p50, p99, mean, utilization.
async function reported(workers) {
    const metrics = await Promise.all(Array.from({ length: workers }, worker));
    const text = await prom.AggregatorRegistry.aggregate(metrics).metrics();
    const value = (name) => Number(text.split('\n').find((line) => line.startsWith(name + ' ')).split(' ')[1]);
    const figures = [value('item_ms{quantile="0.5"}'), value('item_ms{quantile="0.99"}'),
                     value('item_ms_sum') / value('item_ms_count'), value('utilization')];
    console.log(`${workers} workers: p50, p99, mean, utilization: ${figures.join(', ')}`);
    return figures.join();
}

process.exit(await reported(1) === '10,10,10,0.9' && await reported(4) === '40,40,10,3.6' ? 0 : 1);
JS
node cluster.mjs
