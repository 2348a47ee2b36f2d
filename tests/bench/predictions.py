#!/usr/bin/python3
"""Are the predictions and the account of measured studies true? Figures, not verdicts on the machine.

Usage: predictions.py [--run N] KNEE STUDY...

For every cell of each study: the time predicted without its own trials, and the measured time. For the advice of `knee predict`: the advised
setting's measured time over that of the best cell measured, block by block (which cell is the best is found in the other blocks). For the account:
the least named share and the largest gap of all its trials. Goals: 5% for cells (real studies: to as many workers as cores; emulated ones and those of `knee synthetic`: to 16),
2% for the advice, 98% named, 0.1% not closed.

--run N: an advised setting of `knee synthetic` that the study has no cell of is run N times, in turns with the best cell. In brackets: Student's
95% intervals of means of logarithms. Exit 0: all could be read; 1: not.
"""

import argparse
import json
import math
import os
import sqlite3
import statistics
import subprocess
import sys
import time

# Two-sided 95% quantiles of Student's t for 1, 2, ... degrees of freedom.
T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086]
CELL_GOAL, ADVICE_GOAL, NAMED_GOAL, CLOSED_GOAL = 0.05, 0.02, 0.98, 0.001
Setting = tuple[int, int, str]  # workers, chunk, policy


def mean_ratio(logs: list[float]) -> tuple[float, float]:
    """Geometric mean and the factor of its interval; infinite for one value."""
    half = math.inf
    if len(logs) > 1:
        half = T95[min(len(logs) - 1, len(T95)) - 1] * statistics.stdev(logs) / math.sqrt(len(logs))
    return math.exp(statistics.fmean(logs)), math.exp(min(half, 700))


def knee(program: str, *arguments: str) -> str:
    done = subprocess.run([program, *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"predictions.py: knee {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


class Study:
    def __init__(self, program: str, folder: str) -> None:
        self.program, self.folder = program, folder
        self.name = os.path.basename(folder.rstrip("/"))
        self.prediction = json.loads(knee(program, "predict", "--json", folder))
        db = sqlite3.connect(f"file:{os.path.join(folder, 'study.db')}?mode=ro", uri=True)
        self.facts = dict(db.execute("SELECT key, value FROM study").fetchall())
        self.trials: dict[Setting, dict[int, float]] = {}
        for workers, chunk, policy, block, wall in db.execute(
            "SELECT c.workers, c.chunk, c.policy, t.block, avg(t.wall_ns) FROM trial t JOIN cell c ON c.id = t.cell"
            " WHERE t.status = 'ok' AND c.role <> 'serial' GROUP BY 1, 2, 3, 4"
        ):
            self.trials.setdefault((workers, chunk, policy), {})[block] = wall / 1e9
        db.close()
        command = self.facts.get("command", "").partition(" -- ")[2].split(" ")
        self.model = command if len(command) > 1 and command[1] == "model" else []
        self.cores = int(self.facts.get("cores", 0))

    def most_judged(self) -> int:
        return 16 if self.model or "emulated_cores" in self.facts else self.cores

    def run(self, setting: Setting) -> float:
        """Seconds of one run of the model; its words are one operand again."""
        filled = [w.replace("{workers}", str(setting[0])).replace("{chunk}", str(setting[1])).replace("{policy}", setting[2]) for w in self.model]
        first = next(i for i, word in enumerate(filled) if "=" in word)
        start = time.monotonic()
        subprocess.run([self.program, *filled[1:first], " ".join(filled[first:])], check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - start


def named(setting: Setting) -> str:
    return f"{setting[0]} workers, chunk {setting[1]}, {setting[2]}"


def tell_cells(study: Study) -> tuple[int, int, float]:
    """How many are judged, how many of them lie within the goal, and the largest error."""
    judged = good = 0
    worst = 0.0
    for check in study.prediction["checks"]:
        setting = (check["workers"], check["chunk"], check["policy"])
        off = check["predicted_s"] / check["measured_s"] - 1
        logs = [math.log(wall) for wall in study.trials.get(setting, {}).values()]
        noise = f"+-{100 * (mean_ratio(logs)[1] - 1):.1f}%" if len(logs) > 1 else "-"
        note = "not judged: more workers than cores"
        if setting[0] <= study.most_judged():
            note = "" if abs(off) <= CELL_GOAL else "off"
            judged, good, worst = judged + 1, good + (abs(off) <= CELL_GOAL), max(worst, abs(off))
        print(f"  {named(setting):36} {check['measured_s']:9.4f} s {noise:>8} {check['predicted_s']:9.4f} s {100 * off:+6.1f}%  {note}")
    return judged, good, worst


def fair_ratios(trials: dict[Setting, dict[int, float]], advised: Setting) -> list[float]:
    """Logarithms of the advised setting's time over the best cell's, block by block. Which cell is the best is found in the other blocks: the
    least of many noisy means is too small, and nobody could have advised it."""
    logs = []
    for block, wall in trials[advised].items():
        elsewhere = {s: [w for b, w in walls.items() if b != block] for s, walls in trials.items() if block in walls}
        means = {s: statistics.fmean(walls) for s, walls in elsewhere.items() if walls}
        if means:
            logs.append(math.log(wall / trials[min(means, key=lambda s: means[s])][block]))
    return logs


def tell_advice(study: Study, runs: int) -> float | None:
    """The advised setting's time over the best cell's; None when it was never run."""
    best = study.prediction["best"]
    advised = (best["workers"], best["chunk"], best["policy"])
    means = {s: statistics.fmean(walls.values()) for s, walls in study.trials.items()}
    fastest = min(means, key=lambda s: means[s])
    if advised in study.trials:
        logs = fair_ratios(study.trials, advised)
        how = f"{len(logs)} blocks"
    elif study.model and runs:
        logs = [math.log(study.run(advised) / study.run(fastest)) for _ in range(runs)]
        how = f"{runs} more pairs of runs"
    else:
        print(f"  advice: {named(advised)}: the study has no such cell; best measured: {named(fastest)}")
        return None
    if not logs:
        print(f"  advice: {named(advised)}: one block cannot tell which cell is the best")
        return None
    ratio, factor = mean_ratio(logs)
    print(
        f"  advice: {named(advised)}: {100 * (ratio - 1):+.1f}% ({100 * (ratio / factor - 1):+.1f} to {100 * (ratio * factor - 1):+.1f}%, {how})"
        f" against the best cell, {named(fastest)}"
    )
    return ratio - 1


def tell_account(study: Study) -> tuple[float, float]:
    lines = [line.split("\t") for line in knee(study.program, "account", "--trials", study.folder).splitlines()]
    rows = [dict(zip(lines[0], fields)) for fields in lines[1:]]
    least = min(1 - float(r["unnamed_core_s"]) / float(r["total_core_s"]) for r in rows)
    gap = max(abs(float(r["gap_core_s"])) / float(r["total_core_s"]) for r in rows)
    print(f"  account: {len(rows)} trials, at least {100 * least:.2f}% named, at most {100 * gap:.4f}% not closed")
    return least, gap


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=int, default=0)
    parser.add_argument("knee")
    parser.add_argument("studies", nargs="+")
    options = parser.parse_args()
    table = []
    for folder in options.studies:
        study = Study(options.knee, folder)
        print(f"{study.name}: setting, measured, its 95% interval, predicted without it")
        table.append((study.name, *tell_cells(study), tell_advice(study, options.run), *tell_account(study)))
    print(f"\n{'study':12} {'cells':>6} {'within 5%':>10} {'largest':>8} {'advice':>8} {'named':>9} {'gap':>9}")
    for name, judged, good, worst, advice, least, gap in table:
        advice_text = "-" if advice is None else f"{100 * advice:+.1f}%"
        print(f"{name:12} {judged:6} {good:10} {100 * worst:7.1f}% {advice_text:>8} {100 * least:8.2f}% {100 * gap:8.4f}%")
    known = [row[4] for row in table if row[4] is not None]
    print(
        f"goals: {sum(row[2] for row in table)} of {sum(row[1] for row in table)} cells within {100 * CELL_GOAL:g}%;"
        f" advice within {100 * ADVICE_GOAL:g}% on {sum(a <= ADVICE_GOAL for a in known)} of {len(known)} studies;"
        f" named at least {100 * NAMED_GOAL:g}% on {sum(row[5] >= NAMED_GOAL for row in table)} of {len(table)},"
        f" closed within {100 * CLOSED_GOAL:g}% on {sum(row[6] <= CLOSED_GOAL for row in table)} of {len(table)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
