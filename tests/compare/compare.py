"""What moving from Python to C gives: the pipeline in Python (serial, and a pool), knee run and sharp on the same photographs.

One study: in each block, every program runs once with every number of workers and chunk, in random order. Up to the cores of
this machine, a trial is bound to as many cores as it has workers; beyond them they are emulated. Writes trials.csv,
compare.json, compare.md and compare.pdf into a folder.
"""
import argparse
import csv
import json
import os
import random
import shutil
import sys
import tempfile
from dataclasses import dataclass

from PIL import Image

from compare import cores, page, summary
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


def make_batch(root: str, count: int, folder: str) -> int:
    """Copies of photographs, and one small picture in a folder of its own. Returns their number."""
    paths = photographs(root, count)
    os.makedirs(f"{folder}/batch")
    os.makedirs(f"{folder}/start")
    for number, path in enumerate(paths):
        shutil.copy(os.path.join(root, path), f"{folder}/batch/{number:03}.jpg")
    Image.new("RGB", (64, 48), "gray").save(f"{folder}/start/small.jpg")
    return len(paths)


def measured(cell: Cell, folder: str, block: int, given: argparse.Namespace) -> dict[str, str | int | float]:
    got = run(cell.program, f"{folder}/{cell.what}", cell.workers, cell.chunk, given.cores)
    return {"what": cell.what, "program": cell.program.name, "workers": cell.workers, "chunk": cell.chunk, "block": block,
            "seconds": round(got.wall_s, 6), "cpu_s": round(got.cpu_s, 6), "emulated": int(got.emulated)}


def memory_of(found: list[Cell], folder: str, given: argparse.Namespace) -> dict[str, float]:
    """Of each program with as many workers as there are cores here, in MiB: trials of their own."""
    most = {cell.program.name: cell for cell in found if cell.what == "batch" and cell.workers <= cores_here()}
    peaks: dict[str, float] = {}
    for name, cell in most.items():
        sums: list[float] = []
        run(cell.program, f"{folder}/batch", cell.workers, 1, given.cores, sums)
        peaks[name] = max(sums)
    return peaks


def main() -> int:
    given = arguments()
    os.makedirs(given.out, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="knee-compare-") as folder:
        count = make_batch(os.path.realpath(given.root), given.images, folder)
        if not count:
            print(f"compare: no colour JPEG photograph of a megapixel or more below {given.root}", file=sys.stderr)
            return 1
        found = cells(programs(given.knee, given.modules, given.sharp_missing), given)
        rows = []
        try:
            peaks = memory_of(found, folder, given)  # and caches are warm from here on
            for block in range(1, given.blocks + 1):
                print(f"compare: block {block} of {given.blocks}: {len(found)} trials", file=sys.stderr)
                rows += [measured(cell, folder, block, given) for cell in random.Random(block).sample(found, len(found))]
        except Failed as why:
            print(f"compare: {why}", file=sys.stderr)
            return 1
    with open(f"{given.out}/trials.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    made = summary.summarise(rows, peaks, count, given.knee, given.price, given.cores)
    with open(f"{given.out}/compare.json", "w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)
    with open(f"{given.out}/compare.md", "w", encoding="utf-8") as file:
        file.write(summary.markdown(made))
    page.draw(made, f"{given.out}/compare.pdf")
    print(summary.markdown(made) + f"\n{given.out} has trials.csv, compare.json, compare.md and compare.pdf")
    return 0


if __name__ == "__main__":
    sys.exit(main())
