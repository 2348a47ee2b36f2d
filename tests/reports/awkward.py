"""The pages of awkward studies (studies.py): four of A4, nothing overlapping or cut off, and like the pictures in pictures/.

    /usr/bin/python3 tests/reports/awkward.py KNEE FOLDER KIND... [--write]

KNEE fits the studies, FOLDER is for files. Prints TAP. --write replaces the pictures: look at them before they are committed.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, ".."), os.path.join(HERE, "..", "..", "reports")]

import numpy as np
import studies
import test_pages
from knee_report import costs, facts, load, pdf
from knee_report.web import page as web
from PIL import Image
from tap import Tap

pikepdf: Any = importlib.import_module("pikepdf")
RESOLUTION = 18  # dots per inch of the pictures: 149 x 210 pixels a page
BLOCK = 10  # pixels that are compared by their mean
MOST_BLOCK, MOST_MEAN = 70.0, 4.0  # of 255: of one block, and of all of them


def picture(path: str) -> Any:
    """The pages next to each other, in grey."""
    subprocess.run(["pdftoppm", "-r", str(RESOLUTION), "-gray", path, path.removesuffix(".pdf")], check=True)
    pages = sorted(name for name in os.listdir(os.path.dirname(path)) if name.endswith(".pgm"))
    return np.concatenate([np.asarray(Image.open(os.path.join(os.path.dirname(path), name))) for name in pages], axis=1)


def blocks(picture_: Any) -> Any:
    """Means of squares, so that the place of a line may be half a pixel off."""
    high, wide = (side // BLOCK * BLOCK for side in picture_.shape)
    return picture_[:high, :wide].astype(float).reshape(high // BLOCK, BLOCK, wide // BLOCK, BLOCK).mean(axis=(1, 3))


def unlike(got: Any, wanted: Any) -> str:
    """Why the pictures differ; "" when they do not."""
    if got.shape != wanted.shape:
        return f"sizes differ: {got.shape}, not {wanted.shape}"
    gaps = abs(blocks(got) - blocks(wanted))
    if gaps.max() > MOST_BLOCK or gaps.mean() > MOST_MEAN:
        row, column = np.unravel_index(gaps.argmax(), gaps.shape)
        return f"block {column}, {row} differs by {gaps.max():.0f} (most {MOST_BLOCK:.0f}), all by {gaps.mean():.1f} (most {MOST_MEAN:.0f})"
    return ""


def made(kind: str, knee: str, folder: str) -> tuple[str, Any, list[str]]:
    """The path of its report, the study, and what is wrong with the layout."""
    place = os.path.join(folder, kind)
    studies.write_study(studies.SHAPES[kind], place)
    if kind != "all-void":
        subprocess.run([knee, "fit", "--quiet", place], check=True)
    study = load.load_study(place)
    path = os.path.join(place, "report.pdf")
    pages = pdf.draw_pages(study, facts.report_facts(study, costs.Prices(0.04, "EUR", 9.0)))
    faults = test_pages.faults_of(pages)
    pdf.save_pages(pages, study, path)
    return path, study, faults


def main(arguments: list[str]) -> int:
    knee, folder = arguments[:2]
    tap = Tap()
    for kind in (word for word in arguments[2:] if word != "--write"):
        path, study, faults = made(kind, knee, folder)
        reference = os.path.join(HERE, "pictures", f"{kind}.png")
        drawn = picture(path)
        if "--write" in arguments:
            Image.fromarray(drawn).quantize(16).save(reference, optimize=True)
        with pikepdf.open(path) as file:
            sizes = [[round(float(x)) for x in page.MediaBox] for page in file.pages]
        text = web.page(study, facts.report_facts(study, costs.Prices()))
        checks = {
            "four pages of A4": "" if sizes == 4 * [[0, 0, 595, 842]] else str(sizes),
            "nothing overlaps or is cut off": "; ".join(faults),
            "the pages look as they should": unlike(drawn, np.asarray(Image.open(reference).convert("L"))),
            "the web page is under 1 MB": "" if len(text.encode()) < 1_000_000 else f"{len(text.encode())} bytes",
        }
        for name, problem in checks.items():
            tap.ok(not problem, f"{kind}: {name}", problem)
        if kind == "usual":
            check_comparison(tap)
    return tap.end()


def check_comparison(tap: Tap) -> None:
    """Does the comparison of pictures notice what is wrong with a page?"""
    wanted = np.asarray(Image.open(os.path.join(HERE, "pictures", "usual.png")).convert("L")).copy()
    wanted[60:90, 30:90] = 0
    moved = np.roll(np.asarray(Image.open(os.path.join(HERE, "pictures", "usual.png")).convert("L")), 12, axis=0)
    for name, other in (("a figure that is missing", wanted), ("a page that moved", moved)):
        found = unlike(other, np.asarray(Image.open(os.path.join(HERE, "pictures", "usual.png")).convert("L")))
        tap.ok(bool(found), f"{name} is noticed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
