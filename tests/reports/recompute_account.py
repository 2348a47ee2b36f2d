"""The account of core-seconds again, as far as it follows from instants: what all cores waited for, and not how items slowed
down. The causes that are left are held by the sum: all of them together are the loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from recompute_base import Interval, Rows, Study, point, student

Spent = dict[str, float]


def spent(study: Study, trial: dict[str, Any]) -> Spent | None:
    """Core-seconds by cause; None where an instant is missing."""
    lives = [w for w in study.workers if w["trial"] == trial["id"]]
    needed = ("fork_ns", "begin_ns", "init_end_ns", "go_ns", "loop_end_ns")
    if not lives or trial["id"] not in study.item_ns or any(w[name] is None for w in lives for name in needed):
        return None
    first, begun, last = min(w["fork_ns"] for w in lives), max(w["begin_ns"] for w in lives), max(w["loop_end_ns"] for w in lives)
    opened = trial["prefix_ns"] + trial["spawn_ns"] + trial["init_ns"]  # the gate; until "go" a worker wakes up
    gates = [min(opened, w["go_ns"]) for w in lives]
    waits = [max(0, min(begun, gate) - w["init_end_ns"]) for w, gate in zip(lives, gates)]  # for later forks
    starts = sum(w["begin_ns"] - first for w in lives) + sum(waits)
    inside = sum(w["loop_end_ns"] for w in lives) - sum(gates)
    return {
        "serial-prefix-and-suffix": len(lives) * (trial["wall_ns"] - (last - first)) / 1e9,
        "starting-processes": starts / 1e9,
        "worker-initialisation": (sum(gates) - sum(w["begin_ns"] for w in lives) - sum(waits)) / 1e9,
        "dispatch-claims-gaps": (inside - study.item_ns[trial["id"]]) / 1e9,
        "tail-no-work-left": sum(last - w["loop_end_ns"] for w in lives) / 1e9,
    }


def by_block(study: Study, rows: Rows) -> dict[int, dict[str, float]]:
    """Means over the trials of a block, of all causes and of the time."""
    made: dict[int, list[dict[str, float]]] = {}
    for trial in rows:
        causes = spent(study, trial)
        if causes is not None:
            made.setdefault(trial["block"], []).append({**causes, "time": trial["wall_ns"] / 1e9})
    return {block: {name: float(np.mean([t[name] for t in trials])) for name in trials[0]} for block, trials in made.items()}


def without(ones: dict[str, float], many: dict[str, float], cause: str, n: int) -> float:
    """Log of the speedup without the cause, in one block."""
    return float(np.log(n * (ones["time"] - ones[cause]) / (n * many["time"] - many[cause])))


def account(study: Study) -> Iterator[tuple[str, Interval | None]]:
    full = study.chosen("loss.workers")
    ones = by_block(study, study.good(role="scaling", workers=1))
    if full is None or study.weak:
        return
    yield "loss.workers", study.full_workers()
    for n in sorted({t["workers"] for t in study.good(role="scaling")} - {1}):
        many = by_block(study, study.good(role="scaling", workers=n))
        both = sorted(ones.keys() & many.keys())
        if not both:
            continue
        total = n * np.mean([many[b]["time"] for b in both])
        for cause in next(iter(many.values())).keys() - {"time"}:
            lost = [many[b][cause] - ones[b][cause] for b in both]
            if n == full:
                yield f"loss.{cause}.share", student(np.array(lost) / total, False, signed=True)
                yield f"loss.{cause}.without", student([without(ones[b], many[b], cause, n) for b in both], True)
            yield f"loss.{cause}.with.{n}", point(np.mean(lost) / total)
        if n == full:
            yield "loss.efficiency", point(np.mean([ones[b]["time"] for b in both]) / total)
