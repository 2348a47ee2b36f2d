#!/usr/bin/python3
"""Does the gate of two builds raise false alarms on this machine, and does it find losses? Real gates, one after another.

Usage: gates.py KNEE BATCH RECORD [--gates 100] [--losses 20] [--budget 60s] [--loss-budget 2m] [--only idle,loaded,lock,...]
                [--load 'while :; do :; done']

idle, loaded: KNEE against itself on BATCH; loaded: while another process (--load, by sh) computes on one core. lock, serial,
init, chunk: `knee synthetic` against itself with a loss of this kind, well above the smallest effect that such gates find. Every
gate is a line of RECORD (JSON); it can be stopped, and goes on where it was: gates of another budget in RECORD do not count.
Goals: no alarm; undecided (or a budget that is too small) at most 5% idle, 30% loaded; 95% of the losses found, and their cause named. Exit 0: goals reached;
1: not.
"""
import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ALIKE = {"idle": 0.05, "loaded": 0.30}  # the largest share of undecided gates
# The words (and options) of the old and of the new build, and the cause that the account has to name.
LOSSES = {
    "lock": ("items=96 cost=8ms", "items=96 lock=5ms cost=3ms", "", "blocked-more"),
    "serial": ("items=96 cost=5ms kind=spin", "items=96 cost=5ms kind=spin serial=80ms", "", "serial"),
    "init": ("items=96 cost=5ms kind=spin", "items=96 cost=5ms kind=spin init=80ms", "", "init"),
    "chunk": ("items=96 cost=5ms kind=spin", "items=96 cost=5ms kind=spin", "-c 64", "tail"),
}
Gate = dict[str, object]


@contextlib.contextmanager
def load(command_line: str) -> Iterator[None]:
    if not command_line:
        yield
        return
    with subprocess.Popen(["sh", "-c", command_line], start_new_session=True) as busy:
        try:
            yield
        finally:
            os.killpg(busy.pid, signal.SIGKILL)


def command(case: str, given: argparse.Namespace) -> list[str]:
    if case in ALIKE:
        return ["--budget", budget(case, given), "--against", given.knee, given.batch]
    base, head, options, _ = LOSSES[case]
    program = f"{given.knee} synthetic -j {{workers}}"
    return ["--budget", budget(case, given), "--workers", "1,2", "--base", f"{program} '{base}'",
            "--", *f"{program} {options}".split(), head]  # fmt: skip


def budget(case: str, given: argparse.Namespace) -> str:
    return str(given.budget if case in ALIKE else given.loss_budget)


def gate(case: str, given: argparse.Namespace) -> Gate:
    """One gate: its verdict and the cause that rose most."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="knee-gates.") as folder, load(given.load if case == "loaded" else ""):
        result = Path(folder) / "gate.json"
        done = subprocess.run([given.knee, "gate", "--json", result, *command(case, given)],
                              check=False, capture_output=True, text=True)  # fmt: skip
        if result.exists():
            found = json.loads(result.read_text(encoding="utf-8"))
        elif "--budget is too small" in done.stderr:  # the machine is too busy for the smallest gate
            found = {"verdict": "undecided", "pairs": 0}
        else:
            sys.exit(f"gates.py: {case}: exit {done.returncode}: {done.stderr.strip()}")
    causes = found.get("causes") or [{}]
    return {"case": case, "budget": budget(case, given), "verdict": found["verdict"], "pairs": found["pairs"], "cause": causes[0].get("cause"),
            "wall_s": round(time.monotonic() - start, 1)}  # fmt: skip


def all_gates(given: argparse.Namespace) -> list[Gate]:
    record = Path(given.record)
    gates: list[Gate] = [json.loads(line) for line in record.read_text().splitlines()] if record.exists() else []
    gates = [g for g in gates if g["case"] in given.only and g["budget"] == budget(str(g["case"]), given)]
    wanted = {case: given.gates if case in ALIKE else given.losses for case in given.only}
    left = {case: number - sum(g["case"] == case for g in gates) for case, number in wanted.items()}
    for turn in range(max(wanted.values())):  # case after case, so that a change of the machine meets all
        for case in [case for case in given.only if turn < left[case]]:
            gates.append(gate(case, given))
            with record.open("a", encoding="utf-8") as out:
                print(json.dumps(gates[-1]), file=out)
            print(f"gates: {len(gates)} of {sum(wanted.values())}: {gates[-1]}", file=sys.stderr)
    return gates


def row(case: str, gates: list[Gate]) -> bool:
    """Prints it. Returns whether the goal is reached."""
    verdicts = [g["verdict"] for g in gates]
    alarms, undecided = verdicts.count("regression"), verdicts.count("undecided")
    named = sum(g["verdict"] == "regression" and g["cause"] == LOSSES.get(case, "----")[3] for g in gates)
    print(f"{case:8} {len(gates):6} {alarms:8} {undecided:10} {named if case in LOSSES else '-':>12} "
          f"{sum(float(str(g['wall_s'])) for g in gates) / len(gates):8.1f} s")  # fmt: skip
    if case in ALIKE:
        return alarms == 0 and undecided <= ALIKE[case] * len(gates)
    return named >= 0.95 * len(gates)


def main() -> int:
    parser = argparse.ArgumentParser(prog="gates", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("knee", type=lambda path: str(Path(path).resolve()))
    parser.add_argument("batch")
    parser.add_argument("record")
    parser.add_argument("--gates", type=int, default=100)
    parser.add_argument("--losses", type=int, default=20)
    parser.add_argument("--budget", default="60s")
    parser.add_argument("--loss-budget", default="2m")
    parser.add_argument("--load", default="while :; do :; done")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[*ALIKE, *LOSSES])
    given = parser.parse_args()
    unknown = set(given.only) - {*ALIKE, *LOSSES}
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    gates = all_gates(given)
    print("case      gates   alarms  undecided  cause named   a gate")
    reached = [row(case, [g for g in gates if g["case"] == case]) for case in given.only]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
