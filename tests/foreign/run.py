"""Sweeps of third-party programs: does knee show the known facts of each? Prints TAP; with --table, a row of
docs/programs.md for each sweep.

    python3 -m foreign.run --knee build/knee [--quick] [--modules FOLDER] [--table FILE] [NAME...]

A program that is not installed is skipped with the reason.
"""
import argparse
import glob
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from foreign import facts, table
from foreign.program import FOLDER, Program, Sweep, read_all
from tap import Tap


# The threads of a quick sweep live longer than what separates two looks of knee (harness/trial/command_watch.h), so
# that none are missed on a machine that is slow and busy: for so many seconds when all is done, or by so many times the
# input.
HOLD_S, TIMES = 2, 3
# What holds the output of a command back: two shells, and a child of one.
HOLDERS = 3


def shell(command: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)


def missing(program: Program, modules: Path | None) -> str:
    """Why it cannot be run here; empty when it can."""
    lacking = [need for need in program.needs if not (glob.glob(need) if "*" in need else shutil.which(need))]
    if lacking:
        return f"{', '.join(lacking)} missing: make deps-foreign"
    if program.module and not (modules and (modules / "node_modules" / program.module).is_dir()):
        return f"npm package {program.module} missing: make foreign fetches it"
    return ""


@contextmanager
def served(program: Program, folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """Its service runs meanwhile."""
    if not program.service:
        yield
        return
    with subprocess.Popen(["bash", "-c", program.service], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            ready = shell(program.ready, folder, environment)
            assert ready.returncode == 0, f"{program.service}: {ready.stderr}"
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def held(sweep: Sweep) -> str:
    """Options and command, with its standard output held back."""
    return f"--output - -- bash -o pipefail -c {shlex.quote(f'{sweep.held} | $HERE/hold.sh')}"


def study(given: argparse.Namespace, name: str, words: str, helpers: int, folder: Path,
          environment: dict[str, str]) -> dict[str, Any]:
    """The names of facts.py, exit (code) and messages of the sweep, and fit ({} when there is none)."""
    blocks = 1 if given.quick else given.blocks
    done = shell(f"{given.knee} sweep --study {name} --blocks {blocks} --budget 10m --noise 100% {words}", folder, environment)
    names: dict[str, Any] = {"exit": done.returncode, "messages": done.stderr, "findings": {}}
    if done.returncode == 0:
        subprocess.run([given.knee, "fit", "--quiet", name], cwd=folder, env=environment, check=True)
        names["fit"] = facts.read(folder / name)
        names.update(facts.names_of(names["fit"], helpers))
    return names


def measure(sweep: Sweep, given: argparse.Namespace, folder: Path,
            environment: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """On the cores of this machine, and with --emulate on emulated ones ({}: not asked for)."""
    is_held = bool(sweep.held) and given.quick
    words = held(sweep) if is_held else f"{' '.join(sweep.options)} -- {sweep.command}"
    made = shell(sweep.input, folder, environment)
    assert made.returncode == 0, f"{sweep.input}: {made.stderr}"
    names = study(given, "study", f"--workers {sweep.workers} {words}", HOLDERS if is_held else 0, folder, environment)
    if not (given.emulate and sweep.emulate):
        return names, {}
    emulated = f"--emulate {given.emulate} --workers {sweep.emulate} {words}"
    return names, study(given, "emulated", emulated, 0, folder, environment)


def check(tap: Tap, title: str, sweep: Sweep, names: dict[str, Any], quick: bool) -> None:
    seen = "\n".join(f"{name}: {value}" for name, value in names.items() if name != "fit")
    if not any("exit" in fact for fact in sweep.facts):
        tap.ok(names["exit"] == 0, f"{title}: {sweep.command}", seen)
    for fact in sweep.facts + (() if quick else sweep.quiet):
        try:
            tap.ok(facts.holds(fact, names), f"{title}: {fact}", seen)
        except (KeyError, NameError, TypeError) as error:
            tap.ok(False, f"{title}: {fact}", f"{error!r}\n{seen}")


def run_program(tap: Tap, program: Program, given: argparse.Namespace, rows: list[table.Row]) -> None:
    sweeps = [sweep for sweep in program.sweeps if sweep.quick or not given.quick]
    if not sweeps:
        return
    reason = missing(program, given.modules)
    if reason:
        tap.skip(program.title, reason)
        return
    environment = {**os.environ, "HERE": str(FOLDER), "ROOT": str(FOLDER.parents[2])}
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OMP_DYNAMIC", "GOMP_CPU_AFFINITY"):
        environment.pop(name, None)
    environment["TIMES"] = str(TIMES if given.quick else 1)
    if given.quick:
        environment["HOLD"] = str(HOLD_S)
    if given.modules:
        environment["MODULES"] = str(given.modules)
    with tempfile.TemporaryDirectory(prefix="knee-foreign.") as temporary:
        with served(program, Path(temporary), environment):
            for number, sweep in enumerate(sweeps):
                folder = Path(temporary) / str(number)
                folder.mkdir()
                title = f"{program.title}, {sweep.name}"
                names, emulated = measure(sweep, given, folder, environment)
                check(tap, title, sweep, names, given.quick)
                if emulated:
                    tap.ok(emulated["exit"] == 0, f"{title}: on {given.emulate} emulated cores", emulated["messages"])
                own = shell(sweep.own, folder, environment).stdout.strip() if sweep.own and not given.quick else ""
                version = shell(program.version, folder, environment).stdout.strip() if program.version else ""
                rows.append(table.Row(program, sweep, names, emulated, version, own))
                shutil.rmtree(folder)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="foreign", description=__doc__)
    parser.add_argument("names", nargs="*", help="files of tests/foreign/programs without .toml (all)")
    parser.add_argument("--knee", default="build/knee", type=lambda path: Path(path).resolve())
    parser.add_argument("--quick", action="store_true", help="one block of the quick sweeps, facts of any machine")
    parser.add_argument("--blocks", type=int, default=3, help="blocks of each sweep (3)")
    parser.add_argument("--emulate", type=int, default=0, help="cores for another sweep of those with the key emulate (none)")
    parser.add_argument("--modules", type=lambda path: Path(path).resolve(), help="folder that has node_modules")
    parser.add_argument("--table", type=Path, help="file for the rows of docs/programs.md")
    parser.add_argument("--packages", action="store_true", help="print the Debian packages of all, and exit")
    return parser.parse_args()


def main() -> int:
    given, tap, rows = arguments(), Tap(), list[table.Row]()
    programs = [program for program in read_all() if not given.names or program.name in given.names]
    if given.packages:
        print(*sorted({package for program in programs for package in program.packages}))
        return 0
    for program in programs:
        run_program(tap, program, given, rows)
    if given.table:
        given.table.write_text(table.markdown(rows), encoding="utf-8")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
