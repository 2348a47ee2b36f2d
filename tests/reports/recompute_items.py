"""Core-seconds of one trial again, all causes: docs/statistics.md, section 6. The instants of workers give those for
which all cores wait, the times of items those within them; how items slowed down is divided by recompute_size.py.
"""

from __future__ import annotations

import heapq
import math
from typing import Any

import numpy as np
from recompute_base import Rows, Study
from recompute_size import TERMS, Item, regression

Spent = dict[str, float]
Costs = dict[int, dict[str, float]]  # of each item with one worker: cpu, off
SLOWER = ("slower-items-per-item", "slower-items-by-size", "slower-items-rest")


def wall(item: dict[str, Any]) -> float:
    return float(item["end_ns"] - item["start_ns"]) / 1e9


def on_cpu(item: dict[str, Any]) -> float:
    return min(float(item["cpu_ns"]) / 1e9, wall(item))


def costs(study: Study) -> Costs:
    """Medians over the trials with one worker, and those without a pool where these do a share of the items; off: off
    the CPU and not waiting for it."""
    seen: dict[int, list[tuple[float, float]]] = {}
    for trial in [*study.good(role="scaling", workers=1), *(study.good(role="serial") if study.weak else [])]:
        items = study.items_of(trial["id"])
        delay = [w["runqueue_ns"] for w in study.workers_of(trial["id"])]
        off = sum(max(wall(i) - i["cpu_ns"] / 1e9, 0) for i in items)
        waited = min(sum(delay) / 1e9 / off, 1) if off and None not in delay else 0.0
        for item in items:
            seen.setdefault(item["id"], []).append(
                (on_cpu(item), max(wall(item) - item["cpu_ns"] / 1e9, 0) * (1 - waited))
            )
    return {number: dict(zip(("cpu", "off"), map(float, np.median(times, axis=0)))) for number, times in seen.items()}


def spent(study: Study, trial: dict[str, Any], known: Costs) -> Spent | None:
    """By cause, with all of it ("total") and what no cause is known of ("unnamed"); None where an instant is
    missing."""
    lives, items = study.workers_of(trial["id"]), study.items_of(trial["id"])
    needed = ("fork_ns", "begin_ns", "init_end_ns", "go_ns", "loop_end_ns")
    if (
        not lives
        or not items
        or any(w[name] is None for w in lives for name in needed)
        or any(i["cpu_ns"] is None for i in items)
    ):
        return None
    first, begun, last = (
        min(w["fork_ns"] for w in lives),
        max(w["begin_ns"] for w in lives),
        max(w["loop_end_ns"] for w in lives),
    )
    opened = trial["prefix_ns"] + trial["spawn_ns"] + trial["init_ns"]  # the gate; until "go" a worker wakes up
    gates = [min(opened, w["go_ns"]) for w in lives]
    waits = [max(0, min(begun, gate) - w["init_end_ns"]) for w, gate in zip(lives, gates)]  # for later forks
    starts = sum(w["begin_ns"] - first for w in lives) + sum(waits)
    inside = sum(w["loop_end_ns"] for w in lives) - sum(gates)
    made = {
        "serial-prefix-and-suffix": len(lives) * (trial["wall_ns"] - (last - first)) / 1e9,
        "starting-processes": starts / 1e9,
        "worker-initialisation": (sum(gates) - sum(w["begin_ns"] for w in lives) - sum(waits)) / 1e9,
        "dispatch-claims-gaps": inside / 1e9 - sum(map(wall, items)),
        "tail-no-work-left": sum(last - w["loop_end_ns"] for w in lives) / 1e9,
    }
    made |= within_items(study, trial, lives, items, known)
    total = len(lives) * trial["wall_ns"] / 1e9
    other = sum(on_cpu(i) for i in items if i["id"] not in known)
    return {**made, "total": total, "unnamed": abs(total - sum(made.values())) + other}


def within_items(study: Study, trial: dict[str, Any], lives: Rows, items: Rows, known: Costs) -> Spent:
    off = sum(wall(i) - on_cpu(i) for i in items)
    usual = sum(known[i["id"]]["off"] if i["id"] in known else wall(i) - on_cpu(i) for i in items)
    made = {
        "useful": sum(known[i["id"]]["cpu"] if i["id"] in known else on_cpu(i) for i in items),
        "blocked-as-with-one-worker": usual,
    }
    queued = all(w["runqueue_ns"] is not None for w in lives)
    waiting = 0.0
    for worker in lives if queued else ():
        own = [i for i in items if i["worker"] == worker["slot"]]
        waiting += min(worker["runqueue_ns"] / 1e9, max(sum(wall(i) - on_cpu(i) for i in own), 0))
    held = trial.get("held_ns")
    quota = 0.0 if held is None else min(held / 1e9, waiting if queued else max(off - usual, 0))
    made |= {} if held is None else {"held-by-the-cpu-quota": quota}
    made |= (
        {"waiting-for-a-core": waiting - quota, "blocked-beyond-that-locks": off - waiting - usual}
        if queued
        else {"off-cpu-no-core-or-locks": off - quota - usual}
    )
    return made | slower(study, items, known)


def slower(study: Study, items: Rows, known: Costs) -> Spent:
    """CPU time beyond that with one worker: per item, by size, and the rest."""
    nothing = (study.kind_names[0], dict.fromkeys(TERMS, math.nan))
    more = [
        Item(i["id"], on_cpu(i) - known[i["id"]]["cpu"], *study.about.get(i["id"], nothing))
        for i in sorted(items, key=lambda i: int(i["id"]))
        if i["id"] in known
    ]
    if not more:
        return {}
    fit, total = regression(more, study.kind_names, False, False), sum(item.seconds for item in more)
    if fit is None:
        return {SLOWER[2]: total}
    named = [item for item in fit.items if item.kind == fit.reference or ("kind", item.kind) in fit.values]
    per_item = sum(fit.fixed(item.kind) for item in named)
    by_size = sum(fit.seconds(item) - fit.fixed(item.kind) for item in named)
    sized = any(column[0] in TERMS for column in fit.values)
    return {SLOWER[0]: per_item, SLOWER[2]: total - per_item - by_size} | ({SLOWER[1]: by_size} if sized else {})


def equal_tail(study: Study, trial: dict[str, Any]) -> float:
    """Of the same run were all items of one size: whoever is free takes the next chunk."""
    items = study.items_of(trial["id"])
    mean, left = sum(map(wall, items)) / len(items), len(items)
    free = [0.0] * trial["workers"]
    while left:
        took = min(trial["chunk"] or 1, left)
        left -= took
        heapq.heapreplace(free, free[0] + took * mean)
    return sum(max(free) - end for end in free)
