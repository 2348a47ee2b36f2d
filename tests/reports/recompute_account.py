"""The account of core-seconds again: what each cause loses against one worker, the speedup without it, and the knee
by cause (docs/statistics.md, sections 5 and 6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from recompute_base import Interval, Rows, Study, point, student
from recompute_items import SLOWER, Costs, Spent, costs, equal_tail, spent
from scipy import stats

LEAST, LINES = 0.0005, 8  # of all core time: smaller causes share a line; the most lines
ASIDE = ("useful", "total", "unnamed", "equal-tail")
LIMIT = 0.05 / 0.95  # of the loss at the knee
FARTHEST = 1_000_000
STEPS: tuple[tuple[str, ...], ...] = (
    ("serial-prefix-and-suffix",),
    ("starting-processes", "worker-initialisation"),
    (SLOWER[1], "tail-no-work-left"),
    (
        SLOWER[0],
        SLOWER[2],
        "waiting-for-a-core",
        "held-by-the-cpu-quota",
        "blocked-beyond-that-locks",
        "off-cpu-no-core-or-locks",
    ),
)

Blocks = dict[int, Spent]


def by_block(study: Study, rows: Rows, known: Costs) -> Blocks:
    """Means over the trials of a block, of each cause."""
    made: dict[int, list[Spent]] = {}
    for trial in rows:
        causes = spent(study, trial, known)
        if causes is not None:
            made.setdefault(trial["block"], []).append({**causes, "equal-tail": equal_tail(study, trial)})
    return {
        block: {name: float(np.mean([t[name] for t in trials])) for name in trials[0]} for block, trials in made.items()
    }


def lost(ones: Blocks, many: Blocks, cause: str) -> list[float]:
    return [
        many[b][cause] - ones[b][cause]
        for b in sorted(ones.keys() & many.keys())
        if cause in many[b] and cause in ones[b]
    ]


def total_of(ones: Blocks, many: Blocks) -> float:
    """The mean core-seconds of the blocks that have both."""
    return float(np.mean([many[b]["total"] for b in sorted(ones.keys() & many.keys())]))


def mean_lost(ones: Blocks, many: Blocks, cause: str) -> float | None:
    """None where the cause is not known."""
    values = lost(ones, many, cause)
    return float(np.mean(values)) if values else None


def without(ones: Blocks, many: Blocks, cause: str, n: int) -> Interval:
    """The speedup without a cause ("": with all)."""
    both = sorted(ones.keys() & many.keys())
    return student(
        [
            math.log(n * (ones[b]["total"] - ones[b].get(cause, 0)) / (many[b]["total"] - many[b].get(cause, 0)))
            for b in both
        ],
        True,
    )


def account(study: Study) -> Iterator[tuple[str, Interval | None]]:
    full, known = study.chosen("loss.workers"), costs(study)
    cells = {
        n: by_block(study, study.good(role="scaling", workers=n), known)
        for n in sorted({t["workers"] for t in study.good(role="scaling")})
    }
    cells = {n: cell for n, cell in cells.items() if cell}
    for name in ("workers", "efficiency", "named", "by_size", "speedup"):
        yield f"loss.{name}", None
    for step in range(len(STEPS) + 1):
        yield f"knee.cause.{step + 1}", None
    if 1 in cells:  # where the work grows: for the work of one worker
        each = {n: grown(cell, 1 / n) if study.weak else cell for n, cell in cells.items()}
        yield from () if study.all_fail else knees({n: cell for n, cell in each.items() if n <= int(study.facts["cores"])})
    if full is None:
        return
    yield "loss.workers", study.full_workers()
    pairs = {n: (grown(cells[1], n) if study.weak else cells[1], cell) for n, cell in cells.items()}
    ones, many = pairs[full]
    total = total_of(ones, many)
    shares = {
        cause: student(np.array(values) / total, False, signed=True)
        for cause in next(iter(many.values()))
        if cause not in ASIDE and (values := lost(ones, many, cause))
    }
    yield "loss.efficiency", point(1 - float(np.mean(lost(ones, many, "total"))) / total)
    yield "loss.speedup", without(ones, many, "", full)
    rows = [t for t in study.good(role="scaling", workers=full) if spent(study, t, known)]
    yield "loss.named", point(min(1 - c["unnamed"] / c["total"] for c in (spent(study, t, known) or {} for t in rows)))
    parts = [mean_lost(ones, many, name) for name in (SLOWER[1], "tail-no-work-left", "equal-tail")]
    size = None if parts[0] is None else sum(p or 0 for p in parts[:2]) - (parts[2] or 0)
    whole = float(np.mean(lost(ones, many, "total")))
    yield "loss.by_size", point(size / whole if size is not None and whole > 0 else None)
    yield from lines(shares, pairs, full)


def grown(blocks: Blocks, times: float) -> Blocks:
    """What `times` the work would cost as many workers."""
    return {block: {cause: times * seconds for cause, seconds in causes.items()} for block, causes in blocks.items()}


def lines(
    shares: dict[str, Interval], pairs: dict[int, tuple[Blocks, Blocks]], full: int
) -> Iterator[tuple[str, Interval | None]]:
    """A line for each cause, the largest loss first; the small ones together; useful work where items differ. pairs:
    one worker, and n of them."""
    totals = {n: total_of(*pair) for n, pair in pairs.items() if pair[0].keys() & pair[1].keys()}
    useful = student(np.array(lost(*pairs[full], "useful")) / totals[full], False, signed=True)
    of = {cause: round(share[0], 12) for cause, share in shares.items()}  # equal ones stay in the order of the account
    found = sorted((cause for cause in of if of[cause]), key=lambda cause: -float(abs(of[cause])))
    own = [c for c in found if abs(shares[c][0]) >= LEAST]
    own = own if len(own) <= LINES - (len(own) < len(found)) else own[: LINES - 1]
    rest = [c for c in found if c not in own]
    rows = [(c, [c], shares[c], c) for c in sorted(own, key=lambda cause: -float(of[cause]))]
    rows += [(c, [c], shares[c], c) for c in rest] if len(rest) == 1 else []
    rows += (
        [(f"{len(rest)}-smaller-causes", rest, (sum(shares[c][0] for c in rest), None, None), "")]
        if len(rest) > 1
        else []
    )
    rows += [("useful-work-other-items", ["useful"], useful, "")] if abs(useful[0]) >= LEAST else []
    left = 1.0
    for name, causes, share, alone in rows:
        left -= share[0]
        yield f"loss.{name}.share", share
        yield f"loss.{name}.left", point(left)
        yield f"loss.{name}.without", without(*pairs[full], alone, full) if alone else None
        for n in pairs.keys() - {1}:
            known = [m for m in (mean_lost(*pairs[n], cause) for cause in causes) if m is not None]
            yield f"loss.{name}.with.{n}", point(sum(known) / totals[n]) if known else None


def knees(cells: dict[int, Blocks]) -> Iterator[tuple[str, Interval | None]]:
    """Causes are added one after the other; each sum is a curve in n."""
    workers = sorted(cells)
    blocks = sorted(set.intersection(*(set(cell) for cell in cells.values())))
    if len(workers) < 2 or not blocks:
        return
    for step in range(len(STEPS) + 1):
        names = [name for group in STEPS[: step + 1] for name in group] if step < len(STEPS) else ["total"]

        def core(causes: Spent, names: list[str] = names) -> float:
            aside = causes["equal-tail"] if SLOWER[1] in names else 0.0
            return float(sum(causes.get(name, 0) for name in names) - aside)

        if (
            step < len(STEPS)
            and SLOWER[1] in names
            and any(SLOWER[1] not in cells[n][b] for n in workers for b in blocks)
        ):
            yield f"knee.cause.{step + 1}", None
            continue
        loss = np.array(
            [[(core(cells[n][b]) - core(cells[1][b])) / cells[1][b]["total"] for n in workers] for b in blocks]
        )
        yield f"knee.cause.{step + 1}", crossings(np.array(workers, float), loss, step == 0)


def crossings(n: Any, loss: Any, line: bool) -> Interval | None:
    """Where the curve a (n - 1) + b n (n - 1), and each end of its interval over blocks, crosses the limit."""

    def fitted(*columns: Any) -> Any:
        return np.linalg.lstsq(np.column_stack(columns), loss.T, rcond=None)[0].T

    none = np.zeros(len(loss))
    straight = np.column_stack([fitted(n - 1), none])
    both = fitted(n - 1, n * (n - 1)) if not line and len(n) > 2 else straight
    a_below, b_below = (both.mean(axis=0) < 0) & (np.array([not line and len(n) > 2] * 2))
    pairs = straight if b_below else np.column_stack([none, fitted(n * (n - 1))]) if a_below else both

    def first(at: Callable[[float], float]) -> float | None:
        low, high = 1, 2
        while high < FARTHEST and at(high) <= LIMIT:
            low, high = high, min(math.ceil(high * 1.25), FARTHEST)
        if at(high) <= LIMIT:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if at(middle) > LIMIT else (middle, high)
        return float(high)

    def mean(x: float) -> float:
        return (x - 1) * float(np.mean(pairs @ [1, x]))

    def half(x: float) -> float:
        count = len(pairs)
        return float((x - 1) * stats.t.ppf(0.975, count - 1) * np.std(pairs @ [1, x], ddof=1) / math.sqrt(count))

    value = first(mean)
    if value is None or len(pairs) < 2 or not np.std(pairs @ [1, 2], ddof=1) > 1e-13:
        return None if value is None else (value, None, None)
    return value, first(lambda x: mean(x) + half(x)), first(lambda x: mean(x) - half(x))
