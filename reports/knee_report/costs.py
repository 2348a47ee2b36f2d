"""Core-hours, money and energy of a million items. Prices are parameters of the report: none is assumed."""

from __future__ import annotations

from dataclasses import dataclass

from .measure import Measure, missing

MILLION = 1e6
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Prices:
    """None: not given."""

    core_hour: float | None = None
    currency: str = "EUR"
    watts_per_core: float | None = None


def inverse(measure: Measure, factor: float) -> Measure:
    """factor / measure: the ends of the interval change places."""
    if measure.value is None or measure.value <= 0:
        return measure if measure.value is None else missing("no throughput")
    ends = [factor / x if x is not None and x > 0 else None for x in (measure.high, measure.low)]
    return Measure(factor / measure.value, ends[0], ends[1], measure.level, measure.method, measure.reason)


def core_hours(rate: Measure, workers: int, cores: int | None) -> Measure:
    """Of a million items at this rate a second: each worker has a core, and there are no more than the machine's."""
    used = workers if cores is None else min(workers, cores)
    return inverse(rate, used * MILLION / SECONDS_PER_HOUR)


def money(hours: Measure, prices: Prices) -> Measure:
    if prices.core_hour is None:
        return missing("no price of a core-hour was given (--core-hour-price)")
    return hours.scaled(prices.core_hour)


def energy(hours: Measure, prices: Prices) -> Measure:
    """In kWh."""
    if prices.watts_per_core is None:
        return missing("no power of a core was given (--core-watts)")
    return hours.scaled(prices.watts_per_core / 1000)
