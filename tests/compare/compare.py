"""What moving from Python to C gives: the pipeline in Python (serial, and a pool), knee run and sharp on the same photographs.

One study: in each block, every program runs once with every number of workers and chunk, in random order. Up to the cores of
this machine, a trial is bound to as many cores as it has workers; beyond them they are emulated. Writes trials.csv,
compare.json, compare.md and compare.pdf into a folder. The same command continues an interrupted one.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass
from typing import Any

from PIL import Image

from compare import cores, page, summary
from compare.journal import Journal, Row
from compare.programs import Program, programs
from compare.trial import Failed, cores_here, run
from peers.measure import photographs


@dataclass(frozen=True)
class Cell:
    program: Program
    workers: int
    chunk: int
    what: str  # "batch", or "start": one small picture


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="compare", description=__doc__)
    parser.add_argument("root", help="folder of photographs")
    parser.add_argument("--knee", required=True, help="the program")
    parser.add_argument("--modules", required=True, help="folder that has node_modules/sharp")
    parser.add_argument("--sharp-missing", default="", help="why it has not")
    parser.add_argument("--out", required=True, help="folder of the results")
    parser.add_argument("--images", type=int, default=24, help="photographs, evenly over their sizes (24)")
    parser.add_argument("--blocks", type=int, default=5, help="times each cell is run (5)")
    parser.add_argument("--workers", default="1,2,4,8,16")
    parser.add_argument("--chunks", default="1,4", help="chunk sizes, compared with all cores of this machine")
    parser.add_argument("--cores", type=int, default=16, help="of the emulated machine (16)")
    parser.add_argument("--restart", action="store_true", help="repeat trials that are known from before")
    parser.add_argument("--price", type=float, default=0.04, help="money for a core-hour (0.04)")
    return parser.parse_args()


def cells(found: list[Program], given: argparse.Namespace) -> list[Cell]:
    most = cores_here()
    wanted = sorted({1, *(int(word) for word in given.workers.split(","))})
    if not cores.can_emulate() and wanted[-1] > most:
        print(f"compare: only up to {most} workers: no cores can be emulated here (knee doctor)", file=sys.stderr)
        wanted = [workers for workers in wanted if workers <= most]
    made = []
    for program in found:
        made.append(Cell(program, 1, 1, "start"))
        for workers in wanted if program.parallel else [1]:
            chunks = [int(word) for word in given.chunks.split(",")] if program.chunks and workers == most else [1]
            made += [Cell(program, workers, chunk, "batch") for chunk in sorted({1, *chunks})]
    return made


def make_batch(root: str, count: int, folder: str) -> list[str]:
    """Copies of photographs, and one small picture in a folder of its own. Returns where they are from."""
    paths = photographs(root, count)
    os.makedirs(f"{folder}/batch")
    os.makedirs(f"{folder}/start")
    for number, path in enumerate(paths):
        shutil.copy(os.path.join(root, path), f"{folder}/batch/{number:03}.jpg")
    Image.new("RGB", (64, 48), "gray").save(f"{folder}/start/small.jpg")
    return [f"{path} {os.path.getsize(os.path.join(root, path))}" for path in paths]


def plan_of(given: argparse.Namespace, batch: list[str], found: list[Cell]) -> dict[str, Any]:
    """What the trials of one comparison have in common. knee is its file's digest: a new build is another; the other
    programs are taken to be the same."""
    with open(given.knee, "rb") as file:
        knee = hashlib.file_digest(file, "sha256").hexdigest()
    return {"batch": batch, "knee_sha256": knee, "cores": cores_here(), "emulated_cores": given.cores,
            "cells": [[cell.what, cell.program.name, cell.workers, cell.chunk] for cell in found]}


def measured(cell: Cell, folder: str, block: int, given: argparse.Namespace) -> Row:
    got = run(cell.program, f"{folder}/{cell.what}", cell.workers, cell.chunk, given.cores)
    return {"what": cell.what, "program": cell.program.name, "workers": cell.workers, "chunk": cell.chunk, "block": block,
            "seconds": round(got.wall_s, 6), "cpu_s": round(got.cpu_s, 6), "emulated": int(got.emulated)}


def memory_of(found: list[Cell], folder: str, given: argparse.Namespace) -> tuple[dict[str, float], dict[str, float]]:
    """Of each program with as many workers as there are cores here, in MiB, and its CPU time: trials of their own."""
    most = {cell.program.name: cell for cell in found if cell.what == "batch" and cell.workers <= cores_here()}
    peaks: dict[str, float] = {}
    cpu_s: dict[str, float] = {}
    for name, cell in most.items():
        sums: list[float] = []
        cpu_s[name] = run(cell.program, f"{folder}/batch", cell.workers, 1, given.cores, sums).cpu_s
        peaks[name] = max(sums)
    return peaks, cpu_s


def seconds_of(cell: Cell, cpu_s: dict[str, float], cores_emulated: int) -> float:
    """Expected real time of a trial: its CPU time divided among its workers, each of which has an emulated core's share."""
    if cell.what == "start":
        return 0.3
    share = 1.0 if cell.workers <= cores_here() else cores.share(cores_emulated)
    return 0.3 + cpu_s[cell.program.name] / cell.workers / share


def duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"


def all_trials(found: list[Cell], folder: str, given: argparse.Namespace, journal: Journal) -> dict[str, float]:
    """Memory first, and caches are warm from then on; each trial is written at once. Returns the memory of each program."""
    peaks, cpu_s = memory_of(found, folder, given)
    wanted = [(block, cell) for block in range(1, given.blocks + 1)
              for cell in random.Random(block).sample(found, len(found))]
    left = [(block, cell) for block, cell in wanted
            if not journal.has((cell.what, cell.program.name, cell.workers, cell.chunk, block))]
    expected = sum(seconds_of(cell, cpu_s, given.cores) for _, cell in left)
    known = f", {len(wanted) - len(left)} of them known ({given.out}; --restart repeats them)" if len(left) < len(wanted) else ""
    print(f"compare: {len(wanted)} trials in {given.blocks} blocks{known}: about {duration(expected)}", file=sys.stderr)
    last = 0
    for done, (block, cell) in enumerate(left):
        if block != last:
            rest = sum(seconds_of(other, cpu_s, given.cores) for _, other in left[done:])
            print(f"compare: block {block} of {given.blocks}; about {duration(rest)} left", file=sys.stderr)
            last = block
        journal.add(measured(cell, folder, block, given))
    return peaks


def write(given: argparse.Namespace, rows: list[Row], peaks: dict[str, float], count: int) -> None:
    made = summary.summarise(rows, peaks, count, given.knee, given.price, given.cores)
    with open(f"{given.out}/compare.json", "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)
    with open(f"{given.out}/compare.md", "w", encoding="utf-8") as file:
        file.write(summary.markdown(made))
    page.draw(made, f"{given.out}/compare.pdf")
    print(summary.markdown(made) + f"\n{given.out} has trials.csv, compare.json, compare.md and compare.pdf")


def main() -> int:
    given = arguments()
    os.makedirs(given.out, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # scratch files and control groups go
    with tempfile.TemporaryDirectory(prefix="knee-compare-") as folder:
        batch = make_batch(os.path.realpath(given.root), given.images, folder)
        if not batch:
            print(f"compare: no colour JPEG photograph of a megapixel or more below {given.root}", file=sys.stderr)
            return 1
        found = cells(programs(given.knee, given.modules, given.sharp_missing), given)
        journal = Journal(given.out, plan_of(given, batch, found), given.restart)
        try:
            peaks = all_trials(found, folder, given, journal)
        except Failed as why:
            print(f"compare: {why}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("compare: interrupted; the same command continues it", file=sys.stderr)
            return 130
    write(given, [row for row in journal.rows if int(row["block"]) <= given.blocks], peaks, len(batch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
