#!/bin/bash
# Google Benchmark: the O() that it prints for real time is the one that fits the CPU time of the main thread.
#
# Expected: with UseManualTime() or UseRealTime() the class that Complexity() finds, which is printed in the column of
#   the time, is of that time.
# Seen: the class is chosen by CPU time, and real time is then fitted with the class that was chosen. Here the time of n
#   items is exactly 10 ns * n, by the program's own clock, and CPU time of the main thread, which computes nothing, is
#   the same for all n. The real times are 10, 100, 1000, 10000 ns, and BigO is "(1)": 2777.50 for all of them. The
#   class asked for by name, Complexity(oN), gives 10.00 N, which is exact. "rms" of the JSON is of CPU time, too: it
#   is smaller for the wrong law (4% to 14%) and not the exact one (84%).
#     automatic: 2777.50 (1), rms 14 %   by name: 10.00 N, rms 84 %
# Why it matters: in a program whose workers are threads or processes, or a device, the main thread waits, so that its
#   CPU time says nothing; each law comes out as O(1), or as whatever the noise of some microseconds looks like, in the
#   column of the time that was measured. Name the class. (Later versions choose by real time with UseManualTime()
#   only.)
# Packages: Debian 12 libbenchmark-dev and libbenchmark1debian 1.7.1-1, with GCC of Debian 12.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libbenchmark-dev=1.7.1-1 libbenchmark1debian=1.7.1-1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > law.cc <<'CC'
#include <benchmark/benchmark.h>

static void items(benchmark::State &state)
{
    for (auto _ : state) {
        state.SetIterationTime(static_cast<double>(state.range(0)) * 10e-9);
        for (volatile int spin = 0; spin < 20000; spin = spin + 1) // CPU time that does not depend on the items.
            ;
    }
    state.SetComplexityN(state.range(0));
}
BENCHMARK(items)->Name("automatic")->RangeMultiplier(10)->Range(1, 1000)->UseManualTime()->Iterations(200)
    ->Complexity();
BENCHMARK(items)->Name("named")->RangeMultiplier(10)->Range(1, 1000)->UseManualTime()->Iterations(200)
    ->Complexity(benchmark::oN);
BENCHMARK_MAIN();
CC
lib=root/usr/lib/x86_64-linux-gnu
g++ -O1 -Iroot/usr/include -o law law.cc -L$lib -lbenchmark -pthread
LD_LIBRARY_PATH=$lib ./law --benchmark_format=json --benchmark_out=law.json > /dev/null 2>&1

cat > read.py <<'PY'
import json
import sys

rows = json.load(open("law.json", encoding="utf-8"))["benchmarks"]
found = {}
for row in rows:
    name = row["run_name"].split("/")[0]
    if row.get("aggregate_name") == "BigO":
        found[name] = [row["big_o"], row["real_coefficient"]]
    elif row.get("aggregate_name") == "RMS":
        found[name].append(row["rms"])
    elif name == "automatic":
        print(f"{row['name']}: {row['real_time']:.0f} ns")
for name, (law, coefficient, rms) in found.items():
    print(f"{name}: {coefficient:.2f} {law}, rms {100 * rms:.0f} %")
automatic, named = found["automatic"], found["named"]
sys.exit(0 if automatic[0] == "(1)" and abs(automatic[1] - 2777.5) < 0.01 and named[0] == "N" and
         abs(named[1] - 10) < 0.01 and named[2] > automatic[2] else 1)
PY
/usr/bin/python3 read.py
