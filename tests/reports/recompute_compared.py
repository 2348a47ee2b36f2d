"""The comparison with other programs again, from its trials: trials.csv and compare-plan.json of 'make compare'."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
from recompute_base import Interval, point, slug

OWN = "knee run"


def is_comparison(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "compare-plan.json"))


def read(folder: str) -> tuple[int, list[dict[str, Any]]]:
    """The number of images, and trials of the batch with chunk 1."""
    with open(os.path.join(folder, "compare-plan.json"), encoding="utf-8") as stream:
        images = len(json.load(stream)["batch"])
    with open(os.path.join(folder, "trials.csv"), encoding="utf-8", newline="") as stream:
        return images, [row for row in csv.DictReader(stream) if row["what"] == "batch" and row["chunk"] == "1"]


def compared(folder: str, best: int | None) -> Iterator[tuple[str, Interval | None]]:
    """best: with how many workers programs are compared where knee was measured with as many, else with the most."""
    images, rows = read(folder)
    yield "compared.images", point(images)
    rates: dict[str, dict[int, float]] = {}
    for name, n in sorted({(row["program"], int(row["workers"])) for row in rows}):
        here = [row for row in rows if row["program"] == name and int(row["workers"]) == n]
        seconds, cpu = (float(np.median([float(row[key]) for row in here])) for key in ("seconds", "cpu_s"))
        at = f"compared.{slug(name)}.{n}"
        rates.setdefault(name, {})[n] = images / seconds
        yield f"{at}.rate", point(images / seconds)
        yield f"{at}.cpu", point(1000 * cpu / images)
        yield f"{at}.core_hours", point(n * seconds / images * 1e6 / 3600)
    real = {int(row["workers"]) for row in rows if row["program"] == OWN and row["emulated"] == "0"}
    if not real:
        return
    workers = best if best in real else max(real)
    for name, curve in rates.items():
        other = next(iter(curve.values())) if len(curve) == 1 else curve.get(workers or 0)
        if name != OWN and other:
            yield f"compared.{slug(name)}.times", point(rates[OWN][workers or 0] / other)
