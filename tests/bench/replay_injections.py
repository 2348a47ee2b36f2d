#!/usr/bin/python3
"""Causes put into a program that is measured with 1 and 2 workers, and what the core-second account of its replay with more workers says of them.

Usage: replay_injections.py KNEE [--workers 16] [--blocks 3] [--only serial,tail,...] [--limit 2] [--noise 5%]

For each cause two studies are made of `knee synthetic`, whose truth is known, with it and without it, on as many workers as a small machine has cores;
both are replayed (`knee sweep --replay`). Injected are the core-seconds with the most workers by hand calculation. Recovered is what the account of
the replay gives to the cause, less the same without it. Items wait, so that the studies need no cores of their own.
Exit 1 when a cause is off by more than LIMIT percent of all core-seconds of the replay. Two workers seldom wait for a lock where sixteen queue: it is
known by the spans of items, which say from when to when each held it.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Callable

from account import trials_of

# One worker does all items in that time; the numbers in truth are those of the words next to it.
ITEMS, COST_S = 320, 0.02


@dataclass
class Injection:
    causes: tuple[str, ...]  # of the account
    put_in: str
    instead: str  # what stands there when the cause is gone
    truth: Callable[[int], float]  # core-seconds with that many workers


def lock_waits(workers: int, lock_s: float) -> float:
    """Of a lock that is always held: in the first round one worker waits behind another, later each for all others."""
    return lock_s * workers * (workers - 1) / 2 + (ITEMS - workers) * (workers * lock_s - lock_s - COST_S)


LONGER = ("inflation-fixed", "inflation-size", "inflation-rest", "blocked-more")
INJECTIONS = {
    "serial": Injection(("serial",), "serial=200ms", "", lambda n: n * 0.2),
    "tail": Injection(("tail",), "last=800ms", "last=20ms", lambda n: (n - 1) * (0.8 - COST_S)),  # all begin their last item at once
    "init": Injection(("init",), "init=200ms", "", lambda n: n * 0.2),
    # The work under the lock stays, as a wait of its own.
    "lock": Injection(("blocked-more",), "lock=8ms", "io=8ms", lambda n: lock_waits(n, 0.008)),
    "contention": Injection(LONGER, "contention=1%", "", lambda n: ITEMS * COST_S * 0.01 * (n - 1)),
}


def run(knee: str, *arguments: str) -> str:
    """Standard output; ends the bench where it fails."""
    done = subprocess.run([knee, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        print((done.stderr.strip().splitlines() or ["no reason was given"])[-1], file=sys.stderr)
        sys.exit(77)
    return done.stdout


def core_seconds(knee: str, folder: str, workers: int) -> tuple[dict[str, float], float]:
    """By cause, and in all: means over the trials on the curve."""
    trials = [trial for trial in trials_of(knee, folder) if trial.workers == workers]
    if not trials:
        print(f"{folder}: no trial with {workers} workers counts: repeat it on a quieter machine", file=sys.stderr)
        sys.exit(77)
    causes = {name for trial in trials for name in trial.core_s}
    return {name: statistics.mean(trial.core_s.get(name, 0) for trial in trials) for name in causes}, statistics.mean(trial.total_s for trial in trials)


def plan(options: argparse.Namespace) -> list[str]:
    return ["--chunks", "1", "--policies", "dynamic", "--blocks", str(options.blocks), "--noise", options.noise, "--budget", "20m"]


def replay(words: str, folder: str, options: argparse.Namespace) -> tuple[dict[str, float], float]:
    run(options.knee, "sweep", "--study", folder, "--workers", "1,2", *plan(options), "--", options.knee, "synthetic", "-j", "{workers}", words)
    run(options.knee, "sweep", "--replay", folder, "--workers", f"1,{options.workers}", *plan(options))
    return core_seconds(options.knee, f"{folder}-replayed", options.workers)


def check(name: str, options: argparse.Namespace, work: str) -> bool:
    injection = INJECTIONS[name]
    words = f"items={ITEMS} cost={1000 * COST_S:.0f}ms"
    made, total_s = replay(f"{words} {injection.put_in}", os.path.join(work, name), options)
    gone, _ = replay(f"{words} {injection.instead}", os.path.join(work, name + "-gone"), options)
    injected_s = injection.truth(options.workers)
    recovered_s = sum(made.get(cause, 0) - gone.get(cause, 0) for cause in injection.causes)
    off = 100 * (recovered_s - injected_s) / total_s
    good: bool = abs(off) <= options.limit
    print(f"{name:<12} {injected_s:>9.3f} {recovered_s:>9.3f} {total_s:>9.3f} {off:>+6.2f}%" + ("" if good else "  NOT GOOD"), flush=True)
    return good


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("knee")
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--blocks", type=int, default=3)
    parser.add_argument("--only", default=",".join(INJECTIONS))
    parser.add_argument("--limit", type=float, default=2)
    parser.add_argument("--noise", default="5%", help="share of the machine that others may take in a trial that counts")
    options = parser.parse_args()
    options.knee = os.path.abspath(options.knee)
    print(f"core-seconds of a replay with {options.workers} workers of a program measured with 1 and 2")
    print(f"{'injected':<12} {'put in':>9} {'recovered':>9} {'in all':>9} {'off':>7}")
    with tempfile.TemporaryDirectory(prefix="knee-replay-injections.") as work:
        results = [check(name, options, work) for name in options.only.split(",")]
    return 0 if all(results) else 1


sys.exit(main())
