"""The comparison's runs: all programs side by side, item by item, so that whatever the machine does meets all alike."""
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image

from peers.tools import Sample, Tool, Unmeasured


@dataclass(eq=False)
class Row:
    """What was measured of one program: for each unit (an item, or a group of items) a sample of every round."""
    tool: Tool
    units: dict[tuple[str, ...], list[Sample]] = field(default_factory=dict)
    ssim: dict[str, list[float]] = field(default_factory=dict)  # by rendition
    ssim_trouble: str = ""

    def each(self, value: Callable[[Sample], float]) -> dict[tuple[str, ...], float]:
        """For each unit the median of the rounds."""
        return {unit: statistics.median(value(s) for s in samples) for unit, samples in self.units.items()}


def photographs(root: str, count: int) -> list[str]:
    """count colour JPEG files below root of a megapixel or more, spread evenly over their sizes; sorted by path."""
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                if file.read(3) != b"\xff\xd8\xff":
                    continue
            with Image.open(path) as image:
                if image.mode == "RGB" and image.width * image.height >= 1_000_000:
                    found.append((image.width * image.height, os.path.relpath(path, root)))
    found.sort()
    if len(found) > count:
        found = [found[(2 * i + 1) * len(found) // (2 * count)] for i in range(count)]
    return sorted(path for _, path in found)


def groups_of(paths: list[str], size: int) -> list[tuple[str, ...]]:
    return [tuple(paths[i:i + size]) for i in range(0, len(paths), size)]


def start(rows: list[Row], first: tuple[str, ...]) -> None:
    """Starts all and lets each do a group once, uncounted: memory, caches and compilers are warm from there on."""
    for row in rows:
        try:
            row.tool.start()
            for unit in units_for(row.tool, first):
                row.tool.run(list(unit))
        except Unmeasured as why:
            give_up(row, str(why))


def give_up(row: Row, why: str) -> None:
    row.tool.trouble = why
    row.tool.stop()
    print(f"peers: {row.tool.name} is not measured: {why}", file=sys.stderr)


def units_for(tool: Tool, group: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [group] if tool.call.whole else [(path,) for path in group]


def run_unit(row: Row, unit: tuple[str, ...]) -> None:
    try:
        row.units.setdefault(unit, []).append(row.tool.run(list(unit)))
    except Unmeasured as why:
        give_up(row, f"{unit[0]}: {why}")


def progress(text: str) -> None:
    """Overwritten by the next; only for people who watch."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def measure(rows: list[Row], groups: list[tuple[str, ...]], rounds: int) -> None:
    """Group by group: programs that take single items get them in turn, then those that take groups; who is first
    changes every time. The programs must have been started; they are stopped."""
    turn = 0
    try:
        for number in range(rounds):
            for place, group in enumerate(groups):
                progress(f"peers: round {number + 1} of {rounds}, group {place + 1} of {len(groups)}")
                single = [row for row in rows if not row.tool.call.whole]
                whole = [row for row in rows if row.tool.call.whole]
                for unit, kind in [((path,), single) for path in group] + [(group, whole)]:
                    first = turn % max(1, len(kind))
                    turn += 1
                    for row in kind[first:] + kind[:first]:
                        if not row.tool.trouble:
                            run_unit(row, unit)
    finally:
        progress("")
        for row in rows:
            row.tool.stop()
