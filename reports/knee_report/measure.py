"""A measured or estimated quantity: a value with its interval, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Measure:
    """value None: not measured, see `reason`. A value with low or high None: no such bound, see `reason`. low, high and
    value equal: known by definition."""

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    method: str = ""
    reason: str = ""

    @property
    def has_interval(self) -> bool:
        return self.value is not None and self.low is not None and self.high is not None

    @property
    def is_exact(self) -> bool:
        return self.value is not None and self.low == self.value == self.high

    def scaled(self, factor: float) -> Measure:
        """The same quantity in another unit; the factor is positive."""

        def times(x: float | None) -> float | None:
            return None if x is None else x * factor

        return Measure(times(self.value), times(self.low), times(self.high), self.level, self.method, self.reason)


def finite(raw: Any) -> float | None:
    """A number that can be drawn and printed; anything else is None."""
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not math.isfinite(raw):
        return None
    return float(raw)


def count(raw: Any) -> int | None:
    value = finite(raw)
    return None if value is None else int(value)


def text(raw: Any) -> str:
    return "" if raw is None else str(raw)


def rows(raw: Any) -> list[Json]:
    """The objects of an array; anything else is none."""
    return [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []


def section(raw: Any) -> Json:
    return raw if isinstance(raw, dict) else {}


def evenly(length: int, most: int) -> list[int]:
    """At most `most` places of `length`, evenly from the first to the last."""
    return sorted({round(i * (length - 1) / max(1, most - 1)) for i in range(most)}) if length > most else list(range(length))


def missing(reason: str) -> Measure:
    return Measure(None, reason=reason)


def parse_measure(raw: Any, name: str) -> Measure:
    """An interval as fit.json writes it; a bare number is a value without an interval."""
    if raw is None:
        return missing(f"fit.json has no {name}")
    if not isinstance(raw, dict):
        value = finite(raw)
        return missing(f"{name} in fit.json is not a number") if value is None else Measure(value, reason="no interval was computed")
    value = finite(raw.get("value"))
    reason = str(raw.get("reason") or "")
    if value is None:
        return missing(reason or "fit.json gives no reason")
    level = finite(raw.get("level"))
    return Measure(
        value,
        finite(raw.get("low")),
        finite(raw.get("high")),
        0.95 if level is None else level,
        str(raw.get("method") or ""),
        reason,
    )
