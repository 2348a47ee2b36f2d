"""What the whole batch does, again: where the trials of a study measured, replayed or emulated it, and where it is
simulated from them (docs/statistics.md, section 12).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from recompute_base import Interval, Study, point, scaled, slug
from recompute_items import SLOWER, Spent, costs, equal_tail, spent
from recompute_pool import equal_tail as simulated_equal_tail
from recompute_prediction import Point, Prediction, around, half, supported

CAUSES: dict[str, tuple[str, ...]] = {
    "serial part (Amdahl)": ("serial-prefix-and-suffix",),
    "start of workers": ("starting-processes", "worker-initialisation"),
    "claims": ("dispatch-claims-gaps",),
    "contention": (
        *SLOWER,
        "waiting-for-a-core",
        "held-by-the-cpu-quota",
        "blocked-beyond-that-locks",
        "off-cpu-no-core-or-locks",
    ),
    "item sizes": ("by-size",),
    "tail": ("equal-tail",),
}
Curve = dict[str, Interval | None]


def how_known(study: Study) -> str:
    """On a core for each worker, the whole batch, real items on real cores: measured."""
    if "replay_of" in study.facts:
        return "replayed"
    if "emulated_cores" in study.facts:
        return "emulated"
    whole, items = int(study.facts.get("batch_items") or 0), int(study.facts.get("items") or 0)
    return "measured" if asked(study) <= int(study.facts["cores"]) and items >= whole else "predicted"


def asked(study: Study) -> int:
    """The most workers of the curve, whether their trials count or not."""
    return max((t["workers"] for t in study.trials if t["role"] == "scaling"), default=0)


# --- causes -----------------------------------------------------------------------------------------------------------


def mean(study: Study, workers: int) -> Spent | None:
    """Means over the trials with these workers."""
    known, made = costs(study), []
    for trial in study.good(role="scaling", workers=workers):
        causes = spent(study, trial, known)
        if causes is None:
            continue
        equal = min(equal_tail(study, trial), causes["tail-no-work-left"])
        made.append({**causes, "equal-tail": equal, "by-size": causes["tail-no-work-left"] - equal})
    return {name: float(np.mean([m[name] for m in made])) for name in made[0]} if made else None


def simulated(prediction: Prediction, n: int) -> Spent:
    run, pool = prediction.run(n), prediction.asked
    equal = min(simulated_equal_tail(pool, prediction.setting(n), prediction.cores), run.tail)
    return {
        "serial-prefix-and-suffix": n * (pool.prefix + pool.suffix + n * pool.suffix_each),
        "starting-processes": n * (run.gate - pool.prefix),
        "dispatch-claims-gaps": run.claims * pool.claim,
        SLOWER[0]: run.busy - float(np.sum(pool.cost)),
        "by-size": run.tail - equal,
        "equal-tail": equal,
        "total": n * run.wall,
    }


def causes(at: str, one: Spent | None, many: Spent | None, workers: int) -> Iterator[tuple[str, Interval | None]]:
    for label, names in CAUSES.items():
        if one and many and workers > 1:
            less, more = (sum(c.get(name, 0) for name in names) for c in (one, many))
            yield f"{at}.cause.{slug(label)}.share", point((more - less) / many["total"])
            yield f"{at}.cause.{slug(label)}.without", point(workers * (one["total"] - less) / (many["total"] - more))


# --- the knee ---------------------------------------------------------------------------------------------------------


def crossing(points: dict[int, Interval | None], which: int) -> float | None:
    """The first number of workers whose efficiency, or an end of its interval, is below 95%; 1 / E is straight
    between points."""
    before, at = 1.0, 1
    for n, efficiency in sorted(points.items()):
        here = efficiency[which] if efficiency else None
        if here is None:
            continue
        if here < 0.95:
            share = (1 / 0.95 - 1 / before) / (1 / here - 1 / before)
            return float(min(math.floor(at + share * (n - at)) + 1, n))
        before, at = here, n
    return None


def knee(measured: Interval | None, cores: int, points: dict[int, Interval | None]) -> Interval | None:
    """That of the study within its cores, else that of the points."""
    if measured and measured[0] is not None and measured[0] <= cores:
        return measured
    made = crossing(points, 0), crossing(points, 1), crossing(points, 2)
    return made if made[0] is not None else None  # without a value a fact has no bounds


# --- all --------------------------------------------------------------------------------------------------------------


def of_source(study: Study) -> dict[int, list[float]]:
    """Of a replay: what the study that it replays knows, by workers: ends over value of the speedup (all but
    contention, and contention alone) and of the time, which knee sweep wrote down."""
    rows = [row.split() for row in (study.facts.get("replay_parts") or "").split(";") if row]
    return {
        int(row[0]): [half((1.0, float(low), float(high))) or 0.0 for low, high in zip(row[1::2], row[2::2])]
        for row in rows
    }


def replayed(study: Study, n: int, wall: Interval, speedup: Interval) -> Point:
    """Repeats of a replay show the spread of the pool only: the rest of the intervals is that of the study."""
    source = of_source(study).get(n)
    if source is None:
        return Point(*((m[0], None, None) for m in (wall, speedup, speedup, speedup)))
    of_others, of_contention, of_wall = source
    others = math.hypot(of_others, half(speedup) or 0.0)
    return Point(
        around(wall[0], math.hypot(of_wall, half(wall) or 0.0)), around(speedup[0], math.hypot(others, of_contention)),
        around(speedup[0], others), around(speedup[0], of_contention),
    )  # fmt: skip


def measured_points(study: Study, curve: Curve, how: str) -> dict[int, tuple[Interval | None, ...]]:
    made: dict[int, tuple[Interval | None, ...]] = {}
    for n in sorted({t["workers"] for t in study.good(role="scaling")}):
        wall, speedup = curve[f"curve.{n}.wall"], curve[f"curve.{n}.speedup"]
        if n > int(study.facts["cores"]) or wall is None or speedup is None:
            continue
        made[n] = (wall, speedup, None, None)
        if how == "replayed" and n > 1:
            at = replayed(study, n, wall, speedup)
            made[n] = (at.wall, at.speedup, at.others, at.contention)
    return made


def candidates(most: int) -> list[int]:
    """Every number of workers to 16, then coarser."""
    made, n = [], 1
    while n < most:
        made.append(n)
        n += 1 if n < 16 else 4 if n < 64 else 16 if n < 256 else 64
    return [*made, most]


def answer(study: Study, curve: Curve, at: str = "answer") -> Iterator[tuple[str, Interval | None]]:
    """curve: the numbers of the study's curve, which are those of an answer that its trials give."""
    how, most = how_known(study), asked(study)
    if study.weak or not most or study.all_fail:
        return
    if how == "predicted":
        if not supported(study):
            return
        prediction = Prediction(study, most, int(study.facts.get("batch_items") or 0) or None)
        reach = prediction.most_workers
        found = {n: prediction.point(n) for n in candidates(reach) if n <= most}
        points: dict[int, tuple[Interval | None, ...]] = {
            n: (p.wall, p.speedup, p.others, p.contention) for n, p in found.items()
        }
        items, contention = point(prediction.items), point(prediction.measured_workers)
        one: Spent | None = simulated(prediction, 1)
        many: Spent | None = simulated(prediction, most)
    else:
        points = measured_points(study, curve, how)
        most = max(points, default=0)
        items, contention = point(int(study.facts.get("items") or 0) or None), study.number("replay_contention_to")
        one, many = mean(study, 1), mean(study, most)
    if len(points) < 2:
        return
    yield f"{at}.workers", point(most)
    yield f"{at}.items", items
    yield f"{at}.measured_workers", contention
    yield f"{at}.threshold", point(0.95)
    efficiency: dict[int, Interval | None] = {}
    for n, (wall, speedup, others, of_contention) in points.items():
        efficiency[n] = scaled(speedup, 1 / n)
        yield f"{at}.{n}.wall", wall
        yield f"{at}.{n}.speedup", speedup
        yield f"{at}.{n}.efficiency", efficiency[n]
        yield f"{at}.{n}.speedup_others", others
        yield f"{at}.{n}.speedup_contention", of_contention
    own = None if how == "replayed" else curve["knee.workers"]
    yield f"{at}.knee", knee(own, int(study.facts["cores"]), efficiency)
    yield from causes(at, one, many, most)
