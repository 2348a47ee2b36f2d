"""Simulation, replay and emulation of the same items again, each from the trials of its study (docs/statistics.md,
section 9)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from recompute_base import Interval, Study, point
from recompute_items import wall
from recompute_pool import none, simulate
from recompute_prediction import Check, Prediction, around, half, spread

PAIRS = (("simulated", "replayed"), ("simulated", "emulated"), ("replayed", "emulated"))


@dataclass
class Row:
    cell: tuple[Any, ...]  # workers, chunk, policy as the study has them
    seconds: dict[str, Interval] = field(default_factory=dict)  # by way
    predicted: dict[str, Interval] = field(default_factory=dict)  # of the study of that way
    pool: dict[str, Interval] = field(default_factory=dict)  # simulated over measured, with the times that items took


def with_own_times(prediction: Prediction, check: Check) -> Interval | None:
    """What the pool is simulated to do with the times that items took in each trial, over what it did."""
    ratios = []
    for trial in prediction.study.good(cell=check.cell):
        times = [wall(i) for i in sorted(prediction.study.items_of(trial["id"]), key=lambda i: int(i["id"]))]
        if len(times) == prediction.items:
            pool = replace(prediction.asked, cost=times, slower=none)  # it is in the times
            ratios.append(simulate(pool, check.setting).wall / (trial["wall_ns"] / 1e9))
    return spread(ratios) if ratios else None


def rows(replayed: Study | None, emulated: Study | None) -> list[Row]:
    made: list[Row] = []
    same = (
        replayed
        and emulated
        and all(replayed.facts.get(f) == emulated.facts.get(f) for f in ("batch_sha256", "items", "sample"))
    )
    for way, study in (("replayed", replayed), ("emulated", emulated)):
        prediction = Prediction(study, int(study.facts["cores"])) if study else None
        for check in prediction.checks if prediction else ():
            cell = (
                next((t["workers"], t["chunk"] or 0, t["policy"]) for t in study.trials if t["cell"] == check.cell)
                if study
                else ()
            )
            row = next((r for r in made if same and r.cell == cell), None)
            if row is None:
                row = Row(cell, {"simulated": check.predicted})
                made.append(row)
            row.seconds[way], row.predicted[way] = check.measured, check.predicted
            pool = with_own_times(prediction, check) if prediction else None
            if pool:
                row.pool[way] = pool
    return made


def differences(row: Row) -> Iterator[Interval]:
    for first, second in PAIRS:
        top = row.predicted.get(second) if first == "simulated" else row.pool.get(second)
        bottom = row.seconds.get(second) if first == "simulated" else row.pool.get(first)
        if top and bottom:
            halves = half(top), half(bottom)
            by = None if halves[0] is None or halves[1] is None else math.hypot(halves[0], halves[1])
            yield tuple(None if x is None else x - 1 for x in around(top[0] / bottom[0], by))


def ways(replayed: Study | None, emulated: Study | None) -> Iterator[tuple[str, Interval | None]]:
    compared = differ = 0
    for place, row in enumerate(rows(replayed, emulated), 1):
        for way in ("simulated", "replayed", "emulated"):
            yield f"ways.{place}.{way}", row.seconds.get(way)
        found = list(differences(row))
        bounded = [(low, high) for _, low, high in found if low is not None and high is not None]
        compared += len(bounded)
        differ += sum(low > 0 or high < 0 for low, high in bounded)
        if found:
            yield f"ways.{place}.difference", max(found, key=lambda d: float(abs(d[0])))
    yield "ways.compared", point(compared)
    yield "ways.differ", point(differ)
