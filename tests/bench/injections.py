#!/usr/bin/python3
"""Causes put into real runs, and what the core-second account says of them; then the cause is taken out, and
the speedup predicted for that is held against what is measured.

Usage: injections.py KNEE [--blocks 10] [--only serial,lock,...] [--noise 5%] [--tolerance 10] [--no-speedup]

For each cause two studies are made of `knee synthetic`, whose truth is known: with it and without it, each with one worker and with n. Each
n-worker trial with the cause is a run. Injected are the core-seconds that the model's words put into it by hand calculation; recovered is what
the account gives to the cause, less the mean of the same in the studies without it (starting a program is a serial part as well).
Exit 1 when the mean of the recovered is off by more than 2% of all core-seconds and more than TOLERANCE percent of the cause, when the
cause is not named first (the most beyond what one worker spends; of I/O, the most) in 95% of the runs, or when the predicted speedup is off by more than 5%; exit 77 when a cause could not be measured, because others used the machine.
"""
import argparse
import math
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Callable

from account import Trial, trials_of

Truth = Callable[[sqlite3.Connection, int, int], float]


@dataclass
class Injection:
    cause: str  # of the account
    workers: int  # 0: twice the cores
    words: str  # of both models
    put_in: str
    instead: str  # what stands there when the cause is gone
    truth: Truth  # core-seconds, of the study, its workers and its cores


def lock_waits(items: int, workers: int, lock_s: float, cost_s: float) -> float:
    """Of a lock that is always held: in the first round one worker waits behind another, later each for all others."""
    return lock_s * workers * (workers - 1) / 2 + (items - workers) * (workers * lock_s - lock_s - cost_s)


def megabytes(study: sqlite3.Connection) -> float:
    return float(study.execute("SELECT sum(bytes) / 1e6 FROM batch_item").fetchone()[0])


# The numbers in truth are those of the words next to it.
INJECTIONS = {
    "serial": Injection("serial", 4, "items=64 cost=20ms", "serial=200ms", "", lambda study, n, cores: n * 0.2),
    # The work under the lock stays, as a wait of its own.
    "lock": Injection("blocked-more", 4, "items=160 cost=5ms", "lock=5ms", "io=5ms", lambda study, n, cores: lock_waits(160, n, 0.005, 0.005)),
    # The long item is cut into twenty like the others.
    "tail": Injection("tail", 4, "cost=20ms", "items=41 last=400ms", "items=60", lambda study, n, cores: (n - 1) * 0.4),
    "size": Injection("inflation-size", 3, "items=64 cost=20ms size=uniform(1MB,9MB)", "slow=400us", "",
                      lambda study, n, cores: megabytes(study) * 0.0004 * (n - 1)),
    # Items that wait need no core: as if each worker had its own.
    "oversubscription": Injection("waiting", 0, "items=64 cost=12ms", "kind=spin", "kind=wait", lambda study, n, cores: 64 * 0.012 * (n / cores - 1)),
    "io": Injection("blocked", 2, "items=64 cost=8ms kind=spin", "io=16ms", "", lambda study, n, cores: 64 * 0.016),
    "init": Injection("init", 4, "items=64 cost=20ms", "init=200ms", "", lambda study, n, cores: n * 0.2),
}


def sweep(folder: str, workers: int, words: str, options: argparse.Namespace) -> str:
    """Why there is no study; empty when there is one."""
    done = subprocess.run([options.knee, "sweep", "--restart", "--study", folder, "--workers", f"1,{workers}", "--blocks", str(options.blocks), "--noise", options.noise, "--budget", "20m",
                    "--", options.knee, "model", "-j", "{workers}", words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or [f"knee sweep: exit {done.returncode}"])[-1]


def mean_of(trials: list[Trial], workers: int, cause: str) -> float:
    return statistics.mean(trial.core_s.get(cause, 0) for trial in trials if trial.workers == workers)


def predicted_speedup(trials: list[Trial], control: list[Trial], workers: int, cause: str) -> float:
    """knee account's formula for a cause that is gone (docs/statistics.md, section 6), for as much of it as was put in."""
    left = {n: mean_of(control, n, cause) for n in (1, workers)}
    remaining = {(trial.workers, trial.block): trial.total_s - trial.core_s.get(cause, 0) + left[trial.workers] for trial in trials}
    return math.exp(statistics.mean(math.log(workers * remaining[1, block] / rest) for (n, block), rest in remaining.items()
                                    if n == workers and (1, block) in remaining))


def speedup(trials: list[Trial], workers: int) -> float:
    """Geometric mean over blocks."""
    one = {trial.block: trial.total_s for trial in trials if trial.workers == 1}
    return math.exp(statistics.mean(math.log(one[trial.block] / (trial.total_s / workers)) for trial in trials if trial.workers == workers and trial.block in one))


def check(name: str, options: argparse.Namespace, work: str) -> bool | None:
    """None: others disturbed it too much to measure."""
    injection = INJECTIONS[name]
    cores = len(os.sched_getaffinity(0))
    workers = injection.workers or 2 * cores
    made, gone = os.path.join(work, name), os.path.join(work, name + "-gone")
    failed = sweep(made, workers, f"{injection.words} {injection.put_in}", options) or \
        sweep(gone, workers, f"{injection.words} {injection.instead}", options)
    if failed:
        print(f"{name:<17} not measured: {failed}", flush=True)
        return None
    all_trials, control = trials_of(options.knee, made), trials_of(options.knee, gone)
    runs = [trial for trial in all_trials if trial.workers == workers]
    least = min(sum(trial.workers == n for trial in trials) for trials in (all_trials, control) for n in (1, workers))
    if 2 * least < options.blocks:
        print(f"{name:<17} not measured: of {options.blocks} trials only {least} were undisturbed by others (--noise {options.noise})", flush=True)
        return None
    anyway_s = mean_of(control, workers, injection.cause)
    # What one worker spends as well is no loss, but for I/O that is the question.
    one = {} if injection.cause == "blocked" else {cause: mean_of(all_trials, 1, cause) for cause in runs[0].core_s}
    study = sqlite3.connect(os.path.join(made, "study.db"))
    injected_s = injection.truth(study, workers, cores)
    study.close()
    recovered = [trial.core_s.get(injection.cause, 0) - anyway_s for trial in runs]
    total_s = statistics.mean(trial.total_s for trial in runs)
    off_s = abs(statistics.mean(recovered) - injected_s)
    near = off_s <= max(0.02 * total_s, options.tolerance / 100 * injected_s)
    named = sum(trial.top(one) == injection.cause for trial in runs)
    line = f"{name:<17} {workers:>7} {injection.cause:<20} {injected_s:>9.3f} {statistics.mean(recovered):>9.3f} {100 * off_s / total_s:>6.2f}% " \
           f"{100 * off_s / injected_s:>6.1f}%  {named:>3} of {len(runs):<3}"
    good = near and named >= 0.95 * len(runs)
    if not options.no_speedup:
        predicted, measured = predicted_speedup(all_trials, control, workers, injection.cause), speedup(control, workers)
        good = good and abs(predicted / measured - 1) <= 0.05
        line += f" {speedup(all_trials, workers):>8.3f} {predicted:>8.3f} {measured:>8.3f} {100 * (predicted / measured - 1):>+6.1f}%"
    print(line + ("" if good else "  NOT GOOD"), flush=True)
    return good


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("knee")
    parser.add_argument("--blocks", type=int, default=10)
    parser.add_argument("--noise", default="5%", help="share of the machine that others may take in a trial that counts")
    parser.add_argument("--only", default=",".join(INJECTIONS))
    parser.add_argument("--tolerance", type=float, default=10)
    parser.add_argument("--no-speedup", action="store_true")
    options = parser.parse_args()
    options.knee = os.path.abspath(options.knee)
    head = f"{'injected cause':<17} {'workers':>7} {'of the account':<20} {'injected':>9} {'recovered':>9} {'of all':>7} {'of it':>7}  {'named first':<10}"
    print(head + ("" if options.no_speedup else f" {'speedup':>8} {'predicted':>8} {'without':>8} {'off':>7}"))
    with tempfile.TemporaryDirectory(prefix="knee-injections.") as work:
        results = [check(name, options, work) for name in options.only.split(",")]
    return 1 if False in results else 77 if None in results else 0


sys.exit(main())
