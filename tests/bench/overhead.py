#!/usr/bin/python3
"""What measuring costs on a batch of one's own: the same work with and without the harness, for every number of workers, in wall time and in
CPU time. Wall time of computing work differs by percents from run to run; how little measuring really adds is shown by tests/bench/harness_cost.

Usage: overhead.py KNEE BATCH [--workers 1,2] [--pairs 10]

Three ways of doing the same run, in random order within each round: bare (no pin, no table for the sweep, no counters), measured (pinned, its item table
in a memfd, as every trial of a sweep) and counted (with counters too). The cost, in each kind of time, is the mean over rounds of log(way / bare), with Student's
one-sided 95% upper bound. The pin is put on the bare run as well, by taskset, when there is one worker: else a pin would count as a cost or
a gain of measuring.
"""
import argparse
import math
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time

# One-sided 95% quantiles of Student's t for 1, 2, ... degrees of freedom.
T95 = [6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746, 1.740, 1.734, 1.729]


def once(knee: str, batch: str, out: str, workers: int, way: str) -> tuple[float, float]:
    """Wall and CPU seconds of the run and all its workers."""
    cpus = ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))
    command = [knee, "run", "--quiet", "--workers", str(workers)]
    table = os.memfd_create("table")
    if way == "bare" and workers == 1:
        command = ["taskset", "-c", cpus.split(",")[0], *command]
    if way != "bare":
        command += [f"--table-fd={table}", "--pin", ",".join((cpus.split(",") * workers)[:workers])]
    if way == "counted":
        command.append("--counters")
    start = time.monotonic()
    child = subprocess.Popen([*command, batch, out], pass_fds=[table], stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"overhead: {' '.join(command)} ended with {child.returncode}")
    os.close(table)
    shutil.rmtree(out)
    return took, usage.ru_utime + usage.ru_stime


def bound(ratios: list[float]) -> tuple[float, float]:
    mean = statistics.mean(ratios)
    t = T95[min(len(ratios) - 1, len(T95)) - 1]
    return 100 * math.expm1(mean), 100 * math.expm1(mean + t * statistics.stdev(ratios) / math.sqrt(len(ratios)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("knee")
    parser.add_argument("batch")
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--pairs", type=int, default=10, help="rounds, at least 2")
    options = parser.parse_args()
    choice = random.Random(1)
    print("workers  rounds  of    bare s   measured: mean, upper 95%   counted: mean, upper 95%")
    with tempfile.TemporaryDirectory() as folder:
        for workers in map(int, options.workers.split(",")):
            times: dict[str, list[tuple[float, float]]] = {"bare": [], "measured": [], "counted": []}
            once(options.knee, options.batch, folder + "/out", workers, "bare")  # the first run warms up
            for _ in range(options.pairs):
                for way in choice.sample(list(times), 3):
                    times[way].append(once(options.knee, options.batch, folder + "/out", workers, way))
            for kind, name in enumerate(("wall", "CPU")):
                costs = [bound([math.log(a[kind] / b[kind]) for a, b in zip(times[way], times["bare"])]) for way in ("measured", "counted")]
                row = "   ".join(f"{mean:+8.2f}% {upper:+8.2f}%      " for mean, upper in costs)
                print(f"{workers:7}  {options.pairs:6}  {name:4}  {statistics.median(t[kind] for t in times['bare']):6.3f}   {row}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
