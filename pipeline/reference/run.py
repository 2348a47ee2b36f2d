#!/usr/bin/python3
"""The image pipeline in Python, serial or by a pool of processes (README.md)."""
import time

BEGUN = time.monotonic()  # the imports are a part of the start-up of a Python program

import argparse  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from concurrent.futures.process import BrokenProcessPool  # noqa: E402

from PIL import Image, features  # noqa: E402

from knee_reference import pool  # noqa: E402
from knee_reference.items import Job, Result, list_items  # noqa: E402
from knee_reference.recipe import Refused, load  # noqa: E402

RECIPES = os.path.normpath(f"{os.path.dirname(os.path.realpath(__file__))}/../recipes")
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py", description="The image pipeline in Python.")
    parser.add_argument("-r", "--recipe", default="web", help="a file, or the name of a shipped recipe (web)")
    parser.add_argument("-j", "--workers", type=int, default=0, help="processes of the pool (as many as CPUs)")
    parser.add_argument("-c", "--chunk", type=int, default=1, help="items that a worker gets at once (1)")
    parser.add_argument("-s", "--serial", action="store_true", help="no pool: one item after another")
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    parser.add_argument("root", metavar="IN")
    parser.add_argument("out", metavar="OUT")
    given = parser.parse_args()
    if given.workers < 0 or given.chunk < 1:
        parser.error("--workers and --chunk: give a number from 1")
    if not os.path.isfile(given.recipe):
        given.recipe = f"{RECIPES}/{given.recipe}.recipe"
    return given


def write_lists(out: str, results: list[Result]) -> None:
    """MANIFEST.sha256, which sha256sum -c reads, and FAILED.tsv; each complete or absent."""
    lines = [f"# Pillow {Image.__version__}, libjpeg-turbo {features.version_feature('libjpeg_turbo')}, "
             f"libwebp {features.version_module('webp')}, freetype {features.version_module('freetype2')}"]
    for path, digest in sorted((pair for r in results for pair in r.digests), key=lambda pair: os.fsencode(pair[0])):
        name = path.translate(ESCAPES)  # the backslash before the digest says that the name has some
        lines.append(f"{digest}  {path}" if name == path else f"\\{digest}  {name}")
    failed = [f"{r.path.translate(ESCAPES)}\titem\t1\t{r.failed.translate(ESCAPES)}" for r in results if r.failed]
    for name, text in {"MANIFEST.sha256": lines, "FAILED.tsv": ["path\tstage\tattempt\treason", *failed]}.items():
        with open(f"{out}/{name}.new", "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(line + "\n" for line in text)
        os.replace(file.name, f"{out}/{name}")
    if not failed:
        os.remove(f"{out}/FAILED.tsv")


def run(given: argparse.Namespace) -> int:
    load(given.recipe)  # a mistake in it is found before any process is started
    items, job = list_items(given.root), Job(given.recipe, given.root, given.out)
    os.makedirs(given.out, exist_ok=True)
    workers = given.workers or len(os.sched_getaffinity(0))
    results = list(pool.serial(job, items, BEGUN) if given.serial else pool.parallel(job, items, workers, given.chunk))
    write_lists(given.out, results)
    failed, wall = sum(1 for r in results if r.failed), time.monotonic() - BEGUN
    if not given.quiet:
        print(f"{len(items) - failed} of {len(items)} items done in {wall:.2f} s: {len(items) / wall:.1f} per second")
    if failed:
        print(f"run.py: {failed} items failed: see {given.out}/FAILED.tsv", file=sys.stderr)
    return 1 if failed else 0


def main() -> int:
    try:
        return run(arguments())
    except (Refused, OSError, BrokenProcessPool) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2 if isinstance(error, Refused) else 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
