"""The twelve rules of Hoefler and Belli (2015, "Scientific benchmarking of parallel computing systems", SC'15), each judged
by what the study holds: pass, fail or not applicable, with the numbers that decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from . import wording
from .measure import Measure
from .samples import Trial
from .study import Study

PASS, FAIL, NONE = "pass", "fail", "not applicable"
LEVEL = 0.01  # of the test of normality
LEAST = 5  # residuals that the test needs
Verdict = tuple[str, str]  # verdict, evidence


@dataclass(frozen=True)
class Rule:
    number: int
    rule: str
    verdict: str
    evidence: str


# --- numbers that decide ----------------------------------------------------------------------------------------------


def counted(study: Study) -> dict[int, list[Trial]]:
    """Trials of the curve that count and have a time, by worker count."""
    groups: dict[int, list[Trial]] = {}
    for trial in study.record.samples.trials:
        if trial.role == "scaling" and trial.status == "ok" and trial.wall_s and trial.id not in study.trials.hiccups:
            groups.setdefault(trial.workers, []).append(trial)
    return dict(sorted(groups.items()))


def mean_difference(study: Study) -> float | None:
    """By how much the arithmetic mean of T(n) exceeds the geometric one at most, as a share; None without repetitions."""
    shares = []
    for trials in counted(study).values():
        times = [t.wall_s for t in trials if t.wall_s]
        if len(times) > 1:
            geometric = math.exp(sum(map(math.log, times)) / len(times))
            shares.append(sum(times) / len(times) / geometric - 1)
    return max(shares, default=None)


def half_width(measure: Measure) -> float | None:
    """Half of an interval, as a share of the value."""
    if not measure.has_interval or not measure.value:
        return None
    assert measure.low is not None and measure.high is not None
    return (measure.high - measure.low) / 2 / abs(measure.value)


def least_half_width(study: Study) -> float | None:
    """The narrowest interval of the wall times."""
    return min((h for h in (half_width(p.wall_s) for p in study.curve) if h is not None), default=None)


def ratio_difference(study: Study) -> float | None:
    """By how much the speedups differ from the ratio of the times at most, as a share."""
    one = study.point(1)
    if one is None or not one.wall_s.value:
        return None
    factor = {p.workers: (p.workers if study.facts.weak else 1) for p in study.curve}
    shares = [
        abs(p.speedup.value / (factor[p.workers] * one.wall_s.value / p.wall_s.value) - 1)
        for p in study.curve
        if p.workers > 1 and p.speedup.value and p.wall_s.value
    ]
    return max(shares, default=None)


def residuals(study: Study) -> list[float]:
    """Of log T, within each worker count, over its standard deviation; scaled for its degrees of freedom."""
    found = []
    for trials in counted(study).values():
        logs = [math.log(t.wall_s) for t in trials if t.wall_s]
        if len(logs) < 3:
            continue
        mean = sum(logs) / len(logs)
        spread = math.sqrt(sum((x - mean) ** 2 for x in logs) / (len(logs) - 1))
        if spread > 0:
            found += [(x - mean) / spread / math.sqrt(1 - 1 / len(logs)) for x in logs]
    return found


def shapiro_francia(values: list[float]) -> float | None:
    """p of the test of normality of Shapiro and Francia (1972), approximated by Royston (1993, Statistics and Computing 3);
    None with fewer than 5 values or without spread."""
    count = len(values)
    if count < LEAST:
        return None
    scores = [NormalDist().inv_cdf((i - 0.375) / (count + 0.25)) for i in range(1, count + 1)]
    ordered, mean = sorted(values), sum(values) / count
    spread = sum((x - mean) ** 2 for x in ordered)
    if spread <= 0:
        return None
    w = sum(m * (x - mean) for m, x in zip(scores, ordered)) ** 2 / (sum(m * m for m in scores) * spread)
    if w >= 1:
        return 1.0
    u, v = math.log(count), math.log(math.log(count))
    mu, sigma = -1.2725 + 1.0521 * (v - u), 1.0308 - 0.26758 * (v + 2 / u)
    return 1 - NormalDist().cdf((math.log(1 - w) - mu) / sigma)


def slowest(study: Study) -> float | None:
    """The slowest trial of the curve over the mean of its worker count, less 1."""
    shares = []
    for trials in counted(study).values():
        times = [t.wall_s for t in trials if t.wall_s]
        if len(times) > 1:
            shares.append(max(times) / (sum(times) / len(times)) - 1)
    return max(shares, default=None)


# --- rules
# --------------------------------------------------------------------------------------------------------------


def _share(value: float) -> str:
    return f"{wording.significant(100 * value, 2)}%" if value >= 0.0001 or value == 0 else "less than 0.01%"


def _base(study: Study) -> Verdict:
    one = study.point(1)
    if one is None or one.wall_s.value is None:
        return FAIL, "no trial with one worker counts: there is no base case"
    serial = study.serial_wall_s
    alone = f"without a pool {wording.value(serial, 's')}" if serial.value is not None else "no run without a pool"
    return PASS, f"one worker, {wording.with_interval(one.wall_s, 's')}; {alone}"


def _subset(study: Study) -> Verdict:
    facts, full = study.facts, study.findings.full_workers
    cores = f"up to {wording.whole(full)} of {wording.plural(facts.cores, facts.core)} used"
    if full is None or facts.cores is None:
        return FAIL, "how many cores were used is not known"
    if full < facts.cores:
        return FAIL, f"{cores}; no reason is recorded"
    if study.findings.sampled:
        how = facts.sample or "how it was drawn is not recorded"
        sample = f"{cores}; {wording.whole(facts.items)} of {wording.plural(facts.batch_items, facts.item)}: {how}"
        return (PASS if facts.sample else FAIL), sample
    return PASS, f"{cores}; all of the work"


def _means(study: Study) -> Verdict:
    difference, width = mean_difference(study), least_half_width(study)
    if difference is None:
        return NONE, "no worker count has more than one trial"
    words = f"T(n) is a geometric mean; arithmetic ones: {_share(difference)} higher"
    if width is None:
        return FAIL, f"{words}; no interval"
    return (PASS if difference < width else FAIL), f"{words}; narrowest interval \u00b1{_share(width)}"


def _ratios(study: Study) -> Verdict:
    difference, width = ratio_difference(study), least_half_width(study)
    if difference is None:
        return NONE, "the study has no ratio of times"
    words = f"T(n) is shown too; largest difference of S(n), by block, and T(1)/T(n): {_share(difference)}"
    return (PASS if width is not None and difference <= width else FAIL), words


def _intervals(study: Study) -> Verdict:
    points, known = len(study.curve), sum(p.wall_s.has_interval for p in study.curve)
    if not points:
        return FAIL, "no trial counts"
    return (PASS if known == points else FAIL), f"{known} of {wording.plural(points, 'worker count')} have a 95% interval"


def _normal(study: Study) -> Verdict:
    left = residuals(study)
    p = shapiro_francia(left)
    if p is None:
        return FAIL, f"not checked: {len(left)} residuals of worker counts with 3 trials or more"
    words = f"Shapiro-Francia, {len(left)} residuals of log T: p = {wording.significant(p, 2)}, level {wording.plain(100 * LEVEL)}%"
    return (FAIL if p < LEVEL else PASS), words


def _compared(study: Study) -> Verdict:
    pairs = [m for m in (*(p.speedup for p in study.curve if p.workers > 1), *(c.ratio for c in study.chunks)) if not m.is_exact]
    sound = sum(m.has_interval for m in pairs)
    if not pairs:
        return NONE, "nothing is compared"
    return (PASS if sound == len(pairs) else FAIL), f"{sound} of {len(pairs)} comparisons have an interval of paired ratios"


def _centre(study: Study) -> Verdict:
    most = slowest(study)
    if most is None:
        return NONE, "no worker count has more than one trial"
    return PASS, f"T(n) ends with the last item, so no average of items hides one; slowest trial {_share(most)} above its mean"


def _factors(study: Study) -> Verdict:
    facts = study.facts
    needed = (
        ("host", facts.host), ("processor", facts.cpu_model), ("kernel", facts.kernel), ("libraries", facts.libraries), ("cores", facts.cores),
        ("memory", facts.memory_bytes), ("version of knee", facts.knee_version), ("seed", facts.seed), ("recipe or command", facts.recipe_sha256),
    )  # fmt: skip
    lacking = [name for name, value in needed if value in (None, "")]
    trials = study.record.samples.trials
    levels = {field: len({getattr(t, field) for t in trials} - {None, ""}) for field in ("workers", "chunk", "policy")}
    names = (("workers", "worker count", ""), ("chunk", "chunk size", ""), ("policy", "policy", "policies"))
    words = ", ".join(wording.plural(levels[field], one, many) for field, one, many in names if levels[field]) or "no trial"
    if lacking:
        return FAIL, f"{words}; not recorded: {', '.join(lacking)}"
    return PASS, f"{words}; machine, software and recipe below"


def _technique(study: Study) -> Verdict:
    seen, workers = study.record.samples.synchronised, study.record.samples.workers
    if not study.curve:
        return FAIL, "no trial counts"
    clock = "monotonic clock, start of the run to its last output"
    if not workers:
        return (PASS if study.facts.item != "image" else FAIL), f"{clock}; workers of a command are its own" if study.facts.item != "image" else "no worker is recorded"
    words = f"{clock}; {wording.whole(seen)} of {wording.plural(workers, 'worker')} released together"
    return (PASS if seen == workers else FAIL), words


def _bounds(study: Study) -> Verdict:
    model = study.chosen_model
    if study.point(1) is None:
        return FAIL, "without one worker there is no ideal line"
    if model and model.limit_speedup.value is not None:
        return PASS, f"the ideal line, and the limit of the {model.title} model: {wording.with_interval(model.limit_speedup)}"
    return PASS, "the ideal line"


def _plots(study: Study) -> Verdict:
    drawn, test = sum(len(t) for t in counted(study).values()), study.findings.chosen_test
    if not drawn:
        return FAIL, "there is no trial to draw"
    words = f"{wording.plural(drawn, 'trial')} drawn, with intervals; lines are models"
    if test and test.result == "rejected":
        return FAIL, f"{words}; the {study.chosen_model.title if study.chosen_model else test.model} model does not fit"
    return PASS, words


RULES: tuple[tuple[str, Callable[[Study], Verdict]], ...] = (
    ("base case of speedups", _base),
    ("subsets and unused resources", _subset),
    ("arithmetic means, of costs", _means),
    ("costs summarised, not ratios", _ratios),
    ("intervals where results vary", _intervals),
    ("normality checked", _normal),
    ("sound comparisons", _compared),
    ("is the mean what matters?", _centre),
    ("factors and setup documented", _factors),
    ("how it was measured", _technique),
    ("upper bounds shown", _bounds),
    ("plots without misleading lines", _plots),
)


def judge(study: Study) -> list[Rule]:
    return [Rule(number, words, *check(study)) for number, (words, check) in enumerate(RULES, 1)]
