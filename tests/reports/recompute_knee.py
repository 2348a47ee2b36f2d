"""The knee again, with its interval: docs/statistics.md, section 5. numpy and scipy compute."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from recompute_base import Interval, Study, by_block, ns, ratio, scaled
from scipy import optimize, special, stats

LEVEL = 0.075  # one-sided, for all worker counts together
OWN, LOUD = 0.10, 0.01  # levels of the F tests by which a spread stands for itself, or takes no part in the prior
DELTA = 0.05

Spreads = list[tuple[float, float]]  # variance, degrees of freedom


def without_loud(spreads: Spreads) -> Spreads:
    """At most a quarter is left out: those that are loud among the others, beyond chance for all of them together."""
    kept = sorted(spread for spread in spreads if spread[0] > 0 and spread[1] > 0)
    for _ in range(len(spreads) // 4):
        if len(kept) < 3:
            break
        variance, df = kept[-1]
        rest = sum(d for _, d in kept[:-1])
        others = sum(v * d for v, d in kept[:-1]) / rest
        if stats.f.sf(variance / others, df, rest) * len(kept) >= LOUD:
            break
        kept.pop()
    return kept


def prior(spreads: Spreads) -> tuple[float, float]:
    """Smyth 2004: what the variances have in common, and how many degrees of freedom that is worth."""
    kept = without_loud(spreads)
    if not kept:
        return math.nan, 0.0
    variance, df = (np.array(column) for column in zip(*kept))
    pooled = float(np.sum(variance * df) / np.sum(df))
    if len(kept) < 2:
        return pooled, 0.0
    e = np.log(variance) - special.digamma(df / 2) + np.log(df / 2)
    excess = float(np.var(e, ddof=1) - np.mean(special.polygamma(1, df / 2)))
    if excess <= 0:
        return pooled, math.inf
    half = optimize.brentq(
        lambda log_x: math.log(special.polygamma(1, math.exp(log_x))) - math.log(excess), -20, 20, xtol=1e-14
    )
    worth = 2 * math.exp(half)
    return float(np.exp(np.mean(e) + special.digamma(worth / 2) - math.log(worth / 2))), worth


def judged(common: tuple[float, float], variance: float, df: float, most: float) -> tuple[float, float]:
    """The variance of one worker count with the prior, and its degrees of freedom."""
    shared, worth = common
    has_own = df > 0 and variance > 0
    if has_own and worth > 0 and variance > shared and stats.f.sf(variance / shared, df, min(worth, most)) < OWN:
        return variance, df
    own = df if has_own else 0.0
    if math.isinf(worth):
        return shared, most
    return (
        ((worth * shared + own * variance if has_own else worth * shared) / (worth + own), min(worth + own, most))
        if worth + own
        else (math.nan, 0)
    )


def knee(study: Study) -> Iterator[tuple[str, Interval | None]]:
    cores = int(study.facts["cores"])
    times = {
        n: by_block(study.good(role="scaling", workers=n), ns("wall_ns"))
        for n in sorted({t["workers"] for t in study.good(role="scaling")})
    }
    yield "knee.workers", found(times, cores, study.weak) if 1 in times and not study.all_fail else None


def found(times: dict[int, Any], cores: int, weak: bool) -> Interval | None:
    gaps = {}  # log E(n) of each block
    for n in times.keys() - {1}:
        both = times[1].keys() & times[n].keys()
        gaps[n] = np.array(
            [
                np.mean(np.log(times[1][b])) - np.mean(np.log(times[n][b])) - (0 if weak else math.log(n))
                for b in sorted(both)
            ]
        )
    within = [gaps[n] for n in gaps if n <= cores]
    spreads = [(float(np.var(g, ddof=1)), len(g) - 1.0) for g in within if len(g) > 1 and np.std(g) > 1e-13]
    common, most = prior(spreads), sum(df for _, df in spreads)
    low, before = None, 1
    for n in sorted(gaps):
        own = scaled(ratio(times[1], times[n]), 1 if weak else 1 / n)
        if own is None or own[1] is None or own[2] is None:
            continue
        high = own[2]
        if n <= cores:
            variance, df = judged(common, float(np.var(gaps[n], ddof=1)), len(gaps[n]) - 1.0, most)
            high = own[0] * math.exp(stats.t.ppf(1 - LEVEL / len(within), df) * math.sqrt(variance / len(gaps[n])))
        if own[1] < 1 - DELTA and low is None:
            low = before + 1.0
        if high < 1 - DELTA:
            return float(n), low, float(n)
        before = n
    return None
