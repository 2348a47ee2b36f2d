"""The regression of item times on what was processed again: robust least squares (Tukey's bisquare) by numpy alone.

docs/statistics.md, section 7, says what is fitted, and analysis/size/size_regression.h when a term is left out.
Columns are decomposed by numpy (QR, pseudo-inverse), and steps repeat until no coefficient moves in its last digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from recompute_base import Interval, Study, point, scaled, slug
from scipy import stats

TERMS = ("decoded", "bytes", "written", "converted")
SHOWN = {
    "decoded": "ms_per_decoded",
    "bytes": "ms_per_megabyte",
    "written": "ms_per_written",
    "converted": "ms_per_converted",
}
OWN = ("decoded", "bytes")  # of which kinds of 10 items or more have slopes of their own
TUNING, MAD = 4.685, 0.6745
NOT_KNOWN: Any = (None, None, None)
Column = tuple[
    str, str
]  # ("fixed", ""), ("kind", "png"), ("decoded", "") of all kinds without their own, ("decoded", "png")


@dataclass
class Item:
    number: int
    seconds: float
    kind: str
    amounts: dict[str, float]


@dataclass
class Regression:
    reference: str
    kinds: dict[str, int]
    items: list[Item] = field(default_factory=list)  # that took part
    own: set[str] = field(default_factory=set)  # kinds with slopes of their own
    columns: list[Column] = field(default_factory=list)
    values: dict[Column, tuple[float, float | None, float | None]] = field(default_factory=dict)
    r2: float | None = None

    def slope(self, term: str, kind: str) -> float:
        column = (term, kind) if kind in self.own and term in OWN else (term, "")
        return self.values[column][0] if column in self.values else 0.0

    def fixed(self, kind: str) -> float:
        return self.values["fixed", ""][0] + (self.values["kind", kind][0] if ("kind", kind) in self.values else 0.0)

    def seconds(self, item: Item) -> float:
        return self.fixed(item.kind) + sum(
            self.slope(term, item.kind) * (item.amounts[term] or 0) for term in TERMS if self.slope(term, item.kind)
        )


def entry(column: Column, item: Item, own: set[str]) -> float:
    name, kind = column
    if name == "fixed":
        return 1.0
    if name == "kind":
        return float(item.kind == kind)
    if kind:
        return item.amounts[name] if item.kind == kind else 0.0
    return 0.0 if item.kind in own and name in OWN else item.amounts[name]


def usable_columns(fit: Regression, dropped: set[Column]) -> list[Column]:
    """Of all columns those that vary beyond what the earlier ones explain: to three digits, of kinds to six."""
    known = [term for term in TERMS if any(np.isfinite(item.amounts[term]) for item in fit.items)]
    wanted: list[Column] = [("fixed", "")]
    wanted += [("kind", kind) for kind, count in fit.kinds.items() if kind != fit.reference and count >= 3]
    wanted += [(term, "") for term in known] + [
        (term, kind) for kind in fit.kinds if kind in fit.own for term in OWN if term in known
    ]
    kept: list[Column] = []
    basis = np.empty((len(fit.items), 0))
    for column in wanted:
        values = np.array([entry(column, item, fit.own) for item in fit.items])
        values = values / (np.max(np.abs(values)) or 1)
        rest = values - basis @ (basis.T @ values)
        rest = rest - basis @ (basis.T @ rest)
        about = np.sum((values - values.mean()) ** 2)
        least = 1e-6 if column[0] == "kind" else 1e-3
        if column in dropped or rest @ rest <= 1e-12 * len(values) or (kept and rest @ rest < least**2 * about):
            continue
        kept.append(column)
        basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    return kept


def deviation(residuals: Any, terms: int) -> float:
    """From the median absolute residual, the terms - 1 smallest aside."""
    return float(np.median(np.sort(np.abs(residuals))[terms - 1 :])) / MAD


def spread(residuals: Any, factor: Any, terms: int) -> tuple[float, float]:
    """Of the residuals: by their median, and robustly (Street, Carroll and Ruppert 1988)."""
    n, sigma = len(residuals), deviation(residuals, terms)
    u = residuals * factor / (sigma * TUNING) if sigma else np.full(n, 2.0)
    inside = np.abs(u) < 1
    slope = np.sum(((1 - u**2) * (1 - 5 * u**2))[inside]) / n
    psi = np.where(inside, u * (1 - u**2) ** 2, 0.0)
    square = np.sum((psi / factor) ** 2) / (n - terms)
    correction = 1 + terms / n * (1 - slope) / slope if slope else np.nan
    return sigma, float(correction * np.sqrt(square) * sigma * TUNING / slope) if slope else np.nan


def solve(x: Any, y: Any) -> tuple[Any, Any | None, float]:
    """Coefficients, their standard errors (None: no bounds), R squared."""
    n, terms = x.shape
    scale = np.abs(x).max(axis=0)
    x = x / scale
    plain = np.linalg.lstsq(x, y, rcond=None)[0]
    left, weights = y - x @ plain, np.ones(n)
    squares = float(left @ left)
    if n <= terms + 1 or np.sqrt(squares / n) <= 1e-10 * np.max(np.abs(y)):  # too few, or all on the line
        return plain / scale, None, np.nan
    q = np.linalg.qr(x)[0]
    factor = 1 / np.sqrt(1 - np.minimum(np.sum(q**2, axis=1), 0.9999))
    robust, residuals = plain, left
    for _ in range(2000):
        sigma = max(deviation(residuals * factor, terms), 1e-6 * float(np.std(y, ddof=1)))
        u = residuals * factor / (sigma * TUNING)
        weights = np.where(np.abs(u) < 1, (1 - u**2) ** 2, 0.0)
        before, root = robust, np.sqrt(weights)
        robust = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
        residuals = y - x @ robust
        if np.all(np.abs(robust - before) <= 1e-12 * np.maximum(np.abs(robust), np.abs(before))):
            break
    sigma, width = spread(residuals, factor, terms)
    if not (np.isfinite(width) and sigma > 1e-10 * np.max(np.abs(y))):  # most lie on the line exactly
        weights, width = np.ones(n), float(np.sqrt(squares / (n - terms)))
    errors = width * np.sqrt(np.diag(np.linalg.pinv(x.T @ x))) / scale
    mean = np.sum(weights * y) / np.sum(weights)
    about = float(np.sum(weights * (y - mean) ** 2))
    return robust / scale, errors, 1 - float(np.sum(weights * residuals**2)) / about if about else np.nan


def regression(items: list[Item], kinds: list[str], own_slopes: bool, positive: bool) -> Regression | None:
    """kinds: all that the study has, in their order. own_slopes: of kinds with 10 items or more; positive: a slope
    that comes out negative is left out."""
    known = [term for term in TERMS if any(np.isfinite(item.amounts[term]) for item in items)]
    items = [item for item in items if all(np.isfinite(item.amounts[term]) for term in known)]
    counts = {kind: sum(item.kind == kind for item in items) for kind in kinds}
    if not items:
        return None
    fit = Regression(max(kinds, key=lambda kind: counts[kind]), counts)
    fit.items = [item for item in items if item.kind == fit.reference or counts[item.kind] >= 3]
    fit.own = {kind for kind in kinds if own_slopes and kind != fit.reference and counts[kind] >= 10}
    y, dropped = np.array([item.seconds for item in fit.items]), set[Column]()
    while True:
        fit.columns = usable_columns(fit, dropped)
        if len(fit.items) < len(fit.columns):
            return None
        x = np.array([[entry(column, item, fit.own) for column in fit.columns] for item in fit.items])
        values, errors, fit.r2 = solve(x, y)
        half = stats.t.ppf(0.975, len(y) - len(fit.columns)) * errors if errors is not None else None
        fit.values = {
            c: (v, None, None) if half is None else (v, v - half[i], v + half[i])
            for i, (c, v) in enumerate(zip(fit.columns, values))
        }
        candidates = [
            (high / (high - low), column)
            for column, (value, low, high) in fit.values.items()
            if positive
            and column[0] in TERMS
            and value < 0
            and low is not None
            and high is not None
            and (high > 0 or column[1])
        ]
        if not candidates:
            return fit
        dropped.add(max(candidates)[1])


def item_times(study: Study, workers: int) -> list[Item]:
    """The median of each item over the trials of the curve."""
    kept = {t["id"] for t in study.good(role="scaling", workers=workers)}
    times: dict[int, list[float]] = {}
    for row in study.items:
        if row["trial"] in kept and row["state"] in ("done", "ok") and row["end_ns"] > row["start_ns"]:
            times.setdefault(row["id"], []).append((row["end_ns"] - row["start_ns"]) / 1e9)
    return [
        Item(number, float(np.median(times[number])), *study.about[number])
        for number in sorted(times)
        if number in study.about
    ]


def leverage(fit: Regression) -> tuple[float, Any]:
    x = np.array([[entry(column, item, fit.own) for column in fit.columns] for item in fit.items])
    x = x / np.abs(x).max(axis=0)
    return len(fit.columns) / len(fit.items), np.sum(np.linalg.qr(x)[0] ** 2, axis=1)


def sizes(study: Study) -> Iterator[tuple[str, Interval | None]]:
    for n in sorted({t["workers"] for t in study.good(role="scaling")}):
        items, at = item_times(study, n), f"size.{n}"
        fit = regression(items, study.kind_names, True, True) if items else None
        yield f"{at}.items", point(len(fit.items)) if fit else None
        if fit is None:
            continue

        values = fit.values

        def shown(column: Column, values: dict[Column, Any] = values) -> Interval:
            return scaled(values.get(column), 1e3) or NOT_KNOWN

        yield f"{at}.intercept_ms", shown(("fixed", ""))
        for term, name in SHOWN.items():
            yield f"{at}.{name}", shown((term, ""))
        yield f"{at}.r2", point(fit.r2 if fit.r2 is not None and np.isfinite(fit.r2) else None)
        yield from of_kinds(study, items, fit, at, shown)
        mean, each = leverage(fit)
        yield f"{at}.leverage.mean", point(mean)
        yield f"{at}.leverage.highest", point(max(each))
        decoded = [item.amounts["decoded"] for item in fit.items]
        largest = max(range(len(each)), key=lambda i: (decoded[i], -i))
        yield f"{at}.leverage.largest", point(each[largest])
        yield f"{at}.leverage.above", point(np.sum(each > 3 * mean))


def of_kinds(
    study: Study, items: list[Item], fit: Regression, at: str, shown: Any
) -> Iterator[tuple[str, Interval | None]]:
    for kind in study.kind_names:
        name = f"{at}.kind.{slug(kind)}"
        residuals = np.array([item.seconds - fit.seconds(item) for item in items if item.kind == kind])
        if not len(residuals):
            continue
        yield f"{name}.extra_ms", (0.0, 0.0, 0.0) if kind == fit.reference else shown(("kind", kind))
        yield f"{name}.residual_ms", point(np.median(residuals) * 1e3)
        yield f"{name}.residual_spread_ms", point(1.4826e3 * np.median(np.abs(residuals - np.median(residuals))))
