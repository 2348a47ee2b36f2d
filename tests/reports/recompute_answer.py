"""What the whole batch does, again, where its trials measured it: docs/statistics.md, section 12."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from recompute_base import Interval, Study, point, slug
from recompute_items import SLOWER, Spent, costs, equal_tail, spent

CAUSES: dict[str, tuple[str, ...]] = {
    "serial part (Amdahl)": ("serial-prefix-and-suffix",),
    "start of workers": ("starting-processes", "worker-initialisation"),
    "claims": ("dispatch-claims-gaps",),
    "contention": (*SLOWER, "waiting-for-a-core", "held-by-the-cpu-quota", "blocked-beyond-that-locks", "off-cpu-no-core-or-locks"),
    "item sizes": ("by-size",),
    "tail": ("equal-tail",),
}


def is_measured(study: Study) -> bool:
    """On a core for each worker, the whole batch, real items on real cores."""
    most = max((t["workers"] for t in study.trials if t["role"] == "scaling"), default=0)
    done = {t["items"] for t in study.good(role="scaling")}
    whole = int(study.facts.get("batch_items") or 0)
    other = "replay_of" in study.facts or "emulated_cores" in study.facts
    return not other and most <= int(study.facts["cores"]) and not (whole and done and max(done - {None}, default=whole) < whole)


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


def crossing(points: dict[int, Interval | None], which: int) -> float | None:
    """The first number of workers whose efficiency, or an end of its interval, is below 95%; 1 / E is straight between points."""
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


def knee(measured: Interval | None, points: dict[int, Interval | None]) -> Interval | None:
    """That of the study within its cores, else that of the points."""
    if measured and measured[0] is not None and measured[0] in points:
        return measured
    made = crossing(points, 0), crossing(points, 1), crossing(points, 2)
    return made if any(x is not None for x in made) else None


def answer(study: Study, curve: dict[str, Interval | None]) -> Iterator[tuple[str, Interval | None]]:
    """curve: the numbers of the curve, which are those of the answer."""
    used = sorted({t["workers"] for t in study.good(role="scaling") if t["workers"] <= int(study.facts["cores"])})
    if not used or not is_measured(study):
        return
    yield "answer.workers", point(max(used))
    yield "answer.items", point(max((t["items"] or 0 for t in study.good(role="scaling")), default=0)) if study.good(role="scaling")[0]["items"] else None
    yield "answer.measured_workers", None
    yield "answer.threshold", point(0.95)
    for n in used:
        for name in ("wall", "speedup", "efficiency"):
            yield f"answer.{n}.{name}", curve[f"curve.{n}.{name}"]
        yield f"answer.{n}.speedup_others", None
        yield f"answer.{n}.speedup_contention", None
    yield "answer.knee", knee(curve["knee.workers"], {n: curve[f"curve.{n}.efficiency"] for n in used})
    one, many = mean(study, 1), mean(study, max(used))
    for label, names in CAUSES.items():
        at = f"answer.cause.{slug(label)}"
        if one and many and max(used) > 1:
            less, more = (sum(c.get(name, 0) for name in names) for c in (one, many))
            yield f"{at}.share", point((more - less) / many["total"])
            yield f"{at}.without", point(max(used) * (one["total"] - less) / (many["total"] - more))
