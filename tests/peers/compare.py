#!/usr/bin/python3
"""knee's image part against Pillow, per core: the same photographs, the same three renditions, one after the other.

All programs live side by side on one CPU, bound to it; image by image each of them gets its turn, the first one
changing every time, so that whatever else the machine does meets all of them alike. Counted is the CPU time that a
program's own process used for the image (start-up and warm-up left out). The outputs are compared afterwards: as many
files, sizes within a pixel, and how far the pixels are apart.
"""
import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from typing import Optional

from PIL import Image, ImageChops, ImageStat


@dataclass
class Program:
    name: str
    command: list[str]
    out: str
    process: Optional["subprocess.Popen[str]"] = None
    times_ms: dict[str, list[float]] = field(default_factory=dict)

    def start(self, core: int) -> None:
        os.makedirs(self.out, exist_ok=True)
        self.process = subprocess.Popen(["taskset", "-c", str(core), *self.command], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def run(self, path: str) -> float:
        assert self.process and self.process.stdin and self.process.stdout
        self.process.stdin.write(path + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        try:
            return float(answer)
        except ValueError:
            sys.exit(f"compare: {self.name}: {path}: {answer or 'the program ended'}")

    def stop(self) -> None:
        if self.process and self.process.stdin:
            self.process.stdin.close()
            self.process.wait()

    def medians(self) -> list[float]:
        return [statistics.median(times) for times in self.times_ms.values()]


def photographs(root: str, count: int) -> list[str]:
    """count JPEG files below root, spread evenly over the sorted list."""
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                if file.read(3) != b"\xff\xd8\xff":
                    continue
            with Image.open(path) as image:
                if image.mode in ("RGB", "L") and image.width * image.height >= 1_000_000:
                    found.append(os.path.relpath(path, root))
    found.sort()
    if len(found) <= count:
        return found
    return [found[i * len(found) // count] for i in range(count)]


def measure(programs: list[Program], paths: list[str], rounds: int, core: int) -> None:
    for program in programs:
        program.start(core)
    try:
        for program in programs:
            program.run(paths[0])
        for turn in range(rounds):
            for i, path in enumerate(paths):
                first = (turn + i) % len(programs)
                for program in programs[first:] + programs[:first]:
                    program.times_ms.setdefault(path, []).append(program.run(path))
    finally:
        for program in programs:
            program.stop()


def outputs(folder: str) -> dict[str, str]:
    return {os.path.relpath(os.path.join(f, n), folder): os.path.join(f, n)
            for f, _, names in os.walk(folder) for n in names if not n.startswith(".")}


def compare_outputs(ours: str, theirs: str) -> str:
    """One line: how alike the outputs are; leaves with an error when they are not the same work."""
    mine, other = outputs(ours), outputs(theirs)
    if mine.keys() != other.keys():
        sys.exit(f"compare: not the same outputs: {sorted(mine.keys() ^ other.keys())[:3]}")
    differences = []
    for name in mine:
        with Image.open(mine[name]) as one, Image.open(other[name]) as two:
            if max(abs(one.width - two.width), abs(one.height - two.height)) > 1:
                sys.exit(f"compare: {name}: {one.size} against {two.size}")
            size = min(one.width, two.width), min(one.height, two.height)
            first, second = one.convert("RGB").crop((0, 0, *size)), two.convert("RGB").crop((0, 0, *size))
            differences.append(statistics.mean(ImageStat.Stat(ImageChops.difference(first, second)).mean))
    return (f"outputs: {len(mine)} each, sizes alike; mean difference of the pixels {statistics.mean(differences):.2f} "
            f"of 255 (largest of a file {max(differences):.2f})")


def interval(ours: list[float], theirs: list[float]) -> tuple[float, float]:
    """95% of the ratio of the sums, resampling images."""
    chance = random.Random(1)
    ratios = []
    for _ in range(2000):
        chosen = [chance.randrange(len(ours)) for _ in ours]
        ratios.append(sum(theirs[i] for i in chosen) / sum(ours[i] for i in chosen))
    ratios.sort()
    return ratios[50], ratios[1949]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", help="folder of photographs")
    parser.add_argument("--knee-one", required=True, help="the program knee_one")
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--count", type=int, default=24, help="photographs taken (default 24)")
    parser.add_argument("--rounds", type=int, default=3, help="times each is done (default 3)")
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)))
    parser.add_argument("--at-least", type=float, default=0, help="exit 1 when the ratio to plain Pillow is lower")
    arguments = parser.parse_args()
    paths = photographs(arguments.root, arguments.count)
    if not paths:
        sys.exit(f"compare: no JPEG photograph of a megapixel or more below {arguments.root}")
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory(prefix="knee-peers-") as work:
        pillow = ["/usr/bin/python3", os.path.join(here, "pillow.py"), "--serve", "--recipe", arguments.recipe, "--root",
                  arguments.root]
        programs = [
            Program("knee", [arguments.knee_one, arguments.recipe, arguments.root, f"{work}/knee"], f"{work}/knee"),
            Program("Pillow", [*pillow, "--out", f"{work}/pillow"], f"{work}/pillow"),
            Program("Pillow, draft", [*pillow, "--draft", "--out", f"{work}/draft"], f"{work}/draft")]
        measure(programs, paths, arguments.rounds, arguments.core)
        alike = compare_outputs(f"{work}/knee", f"{work}/pillow")
    print(f"{len(paths)} photographs, {arguments.rounds} rounds, CPU {arguments.core}; CPU milliseconds per image")
    print(f"{'':14} {'median':>8} {'mean':>8}   times knee's CPU (95% over images)")
    ours = programs[0].medians()
    for program in programs:
        theirs = program.medians()
        low, high = interval(ours, theirs)
        text = "" if program is programs[0] else f"   {sum(theirs) / sum(ours):.2f} ({low:.2f} to {high:.2f})"
        print(f"{program.name:14} {statistics.median(theirs):8.1f} {statistics.mean(theirs):8.1f}{text}")
    print(alike)
    return 1 if sum(programs[1].medians()) / sum(ours) < arguments.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
