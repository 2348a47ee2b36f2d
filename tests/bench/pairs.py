#!/usr/bin/python3
"""Two figures that only pairs of interleaved runs can tell on a machine whose speed drifts.

Usage: pairs.py KNEE BATCH [--rounds 10] [--only efficiency|sandbox]

efficiency  E(2) = T(1) / (2 T(2)): a run with one worker and one with two in turn, each pinned.
sandbox     what confining workers costs: a confined run and one that is not in turn, by CPU time of all processes (which noise of the clock does not
            reach) and by wall time.

The order within each round is random. Of the logarithms of the rounds' ratios the mean is printed, with Student's two-sided 95% interval.
"""
import argparse
import math
import os
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

# Two-sided 95% quantiles of Student's t for 1, 2, ... degrees of freedom.
T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086]


def run(knee: str, batch: str, out: str, *options: str) -> tuple[float, float]:
    """Wall and CPU seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    # Items that no run can do are in every batch (poison) and no matter here: exit code 1.
    code = subprocess.run([knee, "run", "--quiet", *options, batch, out], check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1) or not os.path.exists(out + "/MANIFEST.sha256"):
        raise SystemExit(f"pairs.py: {knee} run {batch} ended with {code}: try it by hand")
    shutil.rmtree(out)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def interval(logs: list[float]) -> tuple[float, float, float]:
    mean = statistics.mean(logs)
    half = T95[min(len(logs) - 1, len(T95)) - 1] * statistics.stdev(logs) / math.sqrt(len(logs))
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)


def pairs(rounds: int, choice: random.Random, ways: dict[str, list[str]], knee: str, batch: str, folder: str) -> dict[str, list[tuple[float, float]]]:
    seen: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way in choice.sample(list(ways), len(ways)):
            seen[way].append(run(knee, batch, folder + "/out", *ways[way]))
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("knee")
    parser.add_argument("batch")
    parser.add_argument("--rounds", type=int, default=10, help="at least 2")
    parser.add_argument("--only", choices=["efficiency", "sandbox"])
    options = parser.parse_args()
    choice = random.Random(1)
    cpus = [str(cpu) for cpu in sorted(os.sched_getaffinity(0))]
    with tempfile.TemporaryDirectory() as folder:
        run(options.knee, options.batch, folder + "/out")  # the first run warms up
        if options.only != "sandbox" and len(cpus) >= 2:
            seen = pairs(options.rounds, choice, {"one": ["--workers=1", f"--pin={cpus[0]}"], "two": ["--workers=2", f"--pin={cpus[0]},{cpus[1]}"]},
                         options.knee, options.batch, folder)
            value, low, high = interval([math.log(one[0] / (2 * two[0])) for one, two in zip(seen["one"], seen["two"])])
            cpu, cpu_low, cpu_high = interval([math.log(two[1] / one[1]) for one, two in zip(seen["one"], seen["two"])])
            print(f"shipped recipe, {options.rounds} pairs: E(2) {value:.3f} ({low:.3f} to {high:.3f}), CPU time with two workers"
                  f" {cpu:.3f} ({cpu_low:.3f} to {cpu_high:.3f}) times that with one", flush=True)
        if options.only != "efficiency":
            seen = pairs(options.rounds, choice, {"off": ["--workers=1", f"--pin={cpus[0]}", "--sandbox=off"], "on": ["--workers=1", f"--pin={cpus[0]}"]},
                         options.knee, options.batch, folder)
            for number, what in ((1, "CPU"), (0, "wall")):
                value, low, high = interval([math.log(on[number] / off[number]) for on, off in zip(seen["on"], seen["off"])])
                print(f"sandbox, {options.rounds} pairs, {what} time: {100 * (value - 1):+.2f}% ({100 * (low - 1):+.2f} to {100 * (high - 1):+.2f}%)")


if __name__ == "__main__":
    main()
