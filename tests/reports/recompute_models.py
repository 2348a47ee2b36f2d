"""Scaling models again: least squares by scipy, lack of fit, AICc, the greatest speedup, and the knee of the serial
fraction (docs/statistics.md, section 4).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from recompute_base import Interval, Study, point
from scipy import optimize, stats

LEVEL = 0.01  # of the tests of lack of fit: below it a model has no limit
Shape = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Model:
    shape: Shape  # n T(n) / T1
    parameters: tuple[tuple[str, float], ...] = ()  # name in a report, upper bound; all are at least 0
    weak: tuple[bool, ...] = (False,)  # for which scaling
    limit: Callable[[Any, Shape], float] | None = None  # greatest speedup


def amdahl_limit(p: Any, _: Shape) -> float:
    return 1 / float(p[0]) if p[0] else math.inf


def at_peak(p: Any, shape: Shape) -> float:
    """dT/dn = 0 where n^2 = (1 - p0) / p1."""
    if not p[1]:
        return amdahl_limit(p, shape)
    peak = max(math.sqrt(max(1 - p[0], 0) / p[1]), 1.0)
    return float(shape(p, 1) * peak / shape(p, peak))


MODELS = {
    "ideal": Model(lambda p, n: np.ones_like(n), weak=(False, True)),
    "amdahl": Model(lambda p, n: 1 + p[0] * (n - 1), (("serial-fraction", 1.0),), limit=amdahl_limit),
    "amdahl-overhead": Model(
        lambda p, n: 1 + p[0] * (n - 1) + p[1] * n * n,
        (("serial-fraction", 1.0), ("overhead-per-worker", np.inf)),
        limit=at_peak,
    ),
    "usl": Model(
        lambda p, n: 1 + p[0] * (n - 1) + p[1] * n * (n - 1), (("sigma", 1.0), ("kappa", np.inf)), limit=at_peak
    ),
    "gustafson": Model(lambda p, n: n / (n - p[0] * (n - 1)), (("serial-fraction", 1.0),), (True,)),
}


@dataclass(frozen=True)
class Pure:
    """What is left when each block and each worker count has a mean of its own."""

    squares: float
    df: int
    between: int  # degrees of freedom between worker counts


@dataclass(frozen=True)
class Times:
    """Logarithms within the cores, of one item's work where the work grows with the workers."""

    log: Any
    blocks: Any
    n: Any

    def centred(self, values: Any) -> Any:
        """Less the mean of each block."""
        return values - np.array([np.mean(values[self.blocks == b]) for b in self.blocks])


def models(study: Study) -> Iterator[tuple[str, Interval | None]]:
    """The values; their intervals are regions that depend on tests of equal noise."""
    rows = [t for t in study.good(role="scaling") if t["workers"] <= int(study.facts["cores"]) and t["wall_ns"]]
    n = np.array([t["workers"] for t in rows], float)
    log_t = np.log([t["wall_ns"] / 1e9 / (t["workers"] if study.weak else 1) for t in rows])
    times, counts = Times(log_t, np.array([t["block"] for t in rows]), n), len(set(n))
    made: dict[str, Interval | None] = {}
    pure = pure_error(times) if rows else None
    for name, model in MODELS.items():
        at = f"model.{name}"
        names = [*(parameter for parameter, _ in model.parameters), "t1", "aicc", "limit"]
        if pure is None or study.weak not in model.weak or counts < len(model.parameters) + 1:
            made |= {f"{at}.{part}": None for part in names} | {f"test.{name}.p": None}
            continue
        if study.shown[f"{at}.t1"] is None and is_steeper_than_ideal(times):
            continue  # refused by a test that allows for unequal noise
        made |= fitted(study, name, model, times, pure)
    yield from made.items()
    serial = made.get("model.amdahl.serial-fraction", None)
    low, high = study.ends.get("model.amdahl.serial-fraction", (None, None))
    first = knee_of(serial[0]) if serial and not study.all_fail else None
    yield "knee.serial", (first, knee_of(high), knee_of(low)) if first else None


def knee_of(serial: float | None) -> float | None:
    """The first n with an efficiency below 95% by Amdahl's law."""
    return max(math.floor(1 + 0.05 / 0.95 / serial) + 1.0, 2.0) if serial else None


def is_steeper_than_ideal(times: Times) -> bool:
    few, many = (
        float(np.mean((times.log + np.log(times.n))[times.n == edge])) for edge in (min(times.n), max(times.n))
    )
    return many < few


def fitted(study: Study, name: str, model: Model, times: Times, pure: Pure) -> dict[str, Interval | None]:
    def left(p: Any) -> Any:
        return times.centred(times.log - np.log(model.shape(p, times.n) / times.n))

    best, squares, free = np.empty(0), float(np.sum(left([]) ** 2)) if not model.parameters else math.nan, 0
    if model.parameters:
        starts = [np.full(len(model.parameters), x) for x in (1e-6, 1e-3, 0.03, 0.3)]
        bounds = (0, [most for _, most in model.parameters])
        tries = [optimize.least_squares(left, x, bounds=bounds, xtol=1e-15, ftol=1e-15, gtol=1e-15) for x in starts]
        found = min(tries, key=lambda t: float(t.cost))
        best, squares, free = found.x, 2 * float(found.cost), len(found.x)
        for j, (_, most) in enumerate(model.parameters):  # less those that may as well be at a bound
            edges = [np.where(np.arange(len(best)) == j, edge, best) for edge in (0.0, most) if np.isfinite(edge)]
            ends = [edge[j] for edge in edges if np.sum(left(edge) ** 2) <= squares * (1 + 1e-9)]
            free -= bool(ends)
            best[j] = next((end for end in ends if abs(end - best[j]) < 1e-6), best[j])  # which a search only nears
    at = f"model.{name}"
    made = {f"{at}.{parameter}": point(value) for (parameter, _), value in zip(model.parameters, best)}
    gaps = times.log - np.log(model.shape(best, times.n) / times.n)
    level = math.exp(np.mean([np.mean(gaps[times.blocks == b]) for b in set(times.blocks)]))
    made[f"{at}.t1"] = point(level * float(np.max(model.shape(best, np.ones(1)))))
    made[f"{at}.aicc"] = point(aicc(squares, times, pure, len(best) + 1))
    p = study.shown[f"test.{name}.p"]
    known = model.limit is not None and not (p is not None and p < LEVEL)
    limit = model.limit(best, model.shape) if model.limit and known else math.inf
    made[f"{at}.limit"] = point(limit) if math.isfinite(limit) else None
    return made | dict(lack_of_fit(study, name, squares, free, pure))


def aicc(squares: float, times: Times, pure: Pure, k: int) -> float | None:
    """Hurvich and Tsai 1989, of centred times; repetitions that all agree count once."""
    agree = pure.df > 0 and pure.squares <= 1e-24 * len(times.log)
    m = len(set(times.n)) - 1 if agree else len(times.log) - len(set(times.blocks))
    squares = max(squares, m * 1e-24)
    return m * math.log(squares / m) + 2 * k + 2 * k * (k + 1) / (m - k - 1) if m - k - 1 > 0 else None


def pure_error(times: Times) -> Pure:
    rows = [
        [*(b == block for block in np.unique(times.blocks)), *(n == count for count in np.unique(times.n))]
        for b, n in zip(times.blocks, times.n)
    ]
    design = np.array(rows, float)
    residuals = times.log - design @ np.linalg.lstsq(design, times.log, rcond=None)[0]
    rank = int(np.linalg.matrix_rank(design))
    return Pure(float(np.sum(residuals**2)), len(times.log) - rank, rank - len(np.unique(times.blocks)))


def lack_of_fit(
    study: Study, name: str, squares: float, parameters: int, pure: Pure
) -> Iterator[tuple[str, Interval | None]]:
    """The F test for repetitions of equal noise. Where the noise is unequal, p is that of other degrees of freedom,
    and nothing is compared."""
    df_lack = pure.between - parameters
    if df_lack < 1 or pure.df < 1:
        yield f"test.{name}.p", None
        return
    parts = [x for x in (study.shown[f"fit.{part}"] for part in ("f", "df_lack", "df_error", "p")) if x is not None]
    if len(parts) < 4 or abs(stats.f.sf(*parts[:3]) - parts[3]) > 1e-9 * parts[3]:
        return
    f = (squares - pure.squares) / df_lack / (pure.squares / pure.df)
    p = float(stats.f.sf(f, df_lack, pure.df))
    yield f"test.{name}.p", point(p)
    if study.shown[f"test.{name}.p"] == study.shown["fit.p"]:  # the chosen one
        for part, value in (("f", f), ("p", p), ("df_lack", df_lack), ("df_error", pure.df)):
            yield f"fit.{part}", point(value)
