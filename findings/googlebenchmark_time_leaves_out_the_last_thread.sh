#!/bin/bash
# Google Benchmark: the time of a multi-threaded benchmark leaves out the wait for the last thread.
#
# Expected: with UseRealTime() the real time of a benchmark with several threads is the wall time of the whole, from the
#   common start to the end of the last thread, over the iterations of all threads; items_per_second is the rate in it.
# Seen: real_time is the mean of the threads' own times, over the iterations of all. Four threads that wait 20, 40, 60
#   and 80 ms in each of 8 iterations need 640 ms for 32 iterations, that is 20 ms for each; printed are 12.6 ms, and 79
#   instead of 50 items per second. The same work in one thread is printed right. Threads that take a lock in turn end
#   one after the other and gain in the same way: a program that is serial from end to end seems to speed up, by up to
#   2n / (n + 1) where the lock is not fair.
# Why it matters: ThreadRange() is the usual way to make a scaling table of a library. Imbalance and locks, which are
#   what such a table is to show, are the losses that this mean hides: here 7.4 of 20 ms.
# Packages: Debian 12 libbenchmark-dev and libbenchmark1debian 1.7.1-1; g++.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libbenchmark-dev=1.7.1-1 libbenchmark1debian=1.7.1-1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > unequal.cc <<'C'
#include <benchmark/benchmark.h>
#include <chrono>
#include <thread>

using clock_type = std::chrono::steady_clock;

/* Thread i waits i + 1 units of 20 ms in each iteration. */
static void unequal(benchmark::State &state)
{
    for (auto _ : state)
        std::this_thread::sleep_for(std::chrono::milliseconds(20 * (state.thread_index() + 1)));
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(unequal)->UseRealTime()->Iterations(8)->Threads(1)->Unit(benchmark::kMillisecond);
BENCHMARK(unequal)->UseRealTime()->Iterations(8)->Threads(4)->Unit(benchmark::kMillisecond);

int main(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    auto begin = clock_type::now();
    benchmark::RunSpecifiedBenchmarks();
    std::chrono::duration<double, std::milli> wall = clock_type::now() - begin;
    fprintf(stderr, "%.1f\n", wall.count());
}
C
library=$(find "$work/root" -name 'libbenchmark.so.1*' -type f)
export LD_LIBRARY_PATH
LD_LIBRARY_PATH=$(dirname "$library")
g++ -I root/usr/include -o unequal unequal.cc "$library" -lpthread

# Of a number of threads: real_time in ms, items per second, and the wall time of the whole run over all iterations.
measure()
{
    ./unequal --benchmark_filter="threads:$1\$" --benchmark_format=csv 2> wall |
        awk -F, -v threads="$1" '/^"unequal/ { printf "%s %s ", $3, $7 }'
    awk -v threads="$1" 'END { print $1 / (8 * threads) }' wall
}
read -r one one_items one_wall < <(measure 1)
read -r four four_items four_wall < <(measure 4)
echo "threads 1: real_time $one ms, $one_items items/s; wall time over iterations $one_wall ms"
echo "threads 4: real_time $four ms, $four_items items/s; wall time over iterations $four_wall ms"
awk -v one="$one" -v one_wall="$one_wall" -v four="$four" -v four_wall="$four_wall" -v items="$four_items" 'BEGIN {
    exit !(one / one_wall > 0.8 && one / one_wall < 1.1 && four / four_wall > 0.55 && four / four_wall < 0.72 &&
           items * four_wall > 1350)
}'
