"""The models of a study again: least squares on log T by scipy, and their tests for lack of fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from recompute_base import Interval, Study, point
from scipy import optimize, stats

# n T(n) / T1 of each model, with the bounds of its parameters and the names they have in a report.
MODELS: dict[str, tuple[Callable[[Any, Any], Any], tuple[tuple[str, float], ...]]] = {
    "ideal": (lambda p, n: np.ones_like(n), ()),
    "amdahl": (lambda p, n: 1 + p[0] * (n - 1), (("serial-fraction", 1.0),)),
    "amdahl-overhead": (lambda p, n: 1 + p[0] * (n - 1) + p[1] * n * n, (("serial-fraction", 1.0), ("overhead-per-worker", np.inf))),
    "usl": (lambda p, n: 1 + p[0] * (n - 1) + p[1] * n * (n - 1), (("sigma", 1.0), ("kappa", np.inf))),
}


def models(study: Study) -> Iterator[tuple[str, Interval | None]]:
    """Least squares on log T within the cores, the effect of each block eliminated: the values; intervals are profiles."""
    rows = [t for t in study.good(role="scaling") if t["workers"] <= int(study.facts["cores"]) and t["wall_ns"]]
    blocks, n = np.array([t["block"] for t in rows]), np.array([t["workers"] for t in rows], float)
    if study.weak or len(set(n)) < 2:
        return
    log_t = np.log([t["wall_ns"] / 1e9 for t in rows])
    inside = np.array([[1.0 / np.sum(blocks == b) if b == c else 0.0 for c in blocks] for b in blocks])  # means of blocks
    pure = pure_error(log_t, blocks, n)

    for name, (shape, parameters) in MODELS.items():

        def left(p: Any, shape: Any = shape) -> Any:
            gap = log_t - np.log(shape(p, n) / n)
            return gap - inside @ gap

        if not parameters:
            yield from lack_of_fit(study, name, float(np.sum(left([]) ** 2)), 0, pure)
            continue
        starts = [np.full(len(parameters), x) for x in (1e-6, 1e-3, 0.03, 0.3)]
        tries = [optimize.least_squares(left, x, bounds=(0, [most for _, most in parameters]), xtol=1e-15, ftol=1e-15, gtol=1e-15) for x in starts]
        best = min(tries, key=lambda t: float(t.cost))
        for (parameter, _), value in zip(parameters, best.x):
            yield f"model.{name}.{parameter}", point(value)
        free = len(best.x)  # less those that may as well be at a bound
        for j, (_, most) in enumerate(parameters):
            edges = [np.where(np.arange(len(best.x)) == j, edge, best.x) for edge in (0.0, most) if np.isfinite(edge)]
            free -= any(np.sum(left(edge) ** 2) <= 2 * float(best.cost) * (1 + 1e-9) for edge in edges)
        yield from lack_of_fit(study, name, 2 * float(best.cost), free, pure)


Pure = tuple[float, int, int]  # sum of squares, its degrees of freedom, those between worker counts


def pure_error(log_t: Any, blocks: Any, n: Any) -> Pure:
    """What is left when each block and each worker count has a mean of its own."""
    design = np.array([[*(block == b for b in np.unique(blocks)), *(count == c for c in np.unique(n))] for block, count in zip(blocks, n)], float)
    fitted = design @ np.linalg.lstsq(design, log_t, rcond=None)[0]
    rank = int(np.linalg.matrix_rank(design))
    return float(np.sum((log_t - fitted) ** 2)), len(log_t) - rank, rank - len(np.unique(blocks))


def lack_of_fit(study: Study, name: str, squares: float, parameters: int, pure: Pure) -> Iterator[tuple[str, Interval | None]]:
    """The F test for repetitions of equal noise. Where the noise is unequal, p is that of other degrees of freedom, and nothing
    is compared."""
    error, df_error, between = pure
    df_lack = between - parameters
    parts = [x for x in (study.shown[f"fit.{part}"] for part in ("f", "df_lack", "df_error", "p")) if x is not None]
    if len(parts) < 4 or df_lack < 1 or abs(stats.f.sf(*parts[:3]) - parts[3]) > 1e-9 * parts[3]:
        return
    f = (squares - error) / df_lack / (error / df_error)
    p = float(stats.f.sf(f, df_lack, df_error))
    yield f"test.{name}.p", point(p)
    if study.shown[f"test.{name}.p"] == study.shown["fit.p"]:  # the chosen one
        for part, value in (("f", f), ("p", p), ("df_lack", df_lack), ("df_error", df_error)):
            yield f"fit.{part}", point(value)
