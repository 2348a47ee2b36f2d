"""Computes the numbers of a report again, from the raw samples in study.db alone, and compares them with report.json.

    /usr/bin/python3 tests/reports/recompute.py STUDY [OTHER...]

OTHER: a replay or a study of emulated cores that its report shows, with a report of its own, which names its hiccups;
or what 'make compare' has measured.

Another program by design: nothing of reports/ or fit.json is used; numpy and scipy compute. Prints how many numbers
agree. Exit 1: one differs, or has no rule here and is not in LEFT_OUT, which says what is not computed again and why.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from recompute_account import account
from recompute_base import (
    Interval,
    Rows,
    Study,
    arithmetic,
    by_block,
    geometric,
    ns,
    cpu,
    memory,
    point,
    rate,
    ratio,
    reversed_,
    scaled,
    slug,
)
from recompute_answer import answer, how_known
from recompute_choices import choices
from recompute_compared import compared, is_comparison
from recompute_counters import counters
from recompute_knee import knee
from recompute_models import LEVEL, MODELS, models
from recompute_nodes import nodes
from recompute_size import sizes
from recompute_ways import ways
from scipy import stats

LEFT_OUT = (
    # pattern of ids, why. Of models (model.*) the ends of intervals are left out, too: their width depends on tests
    # of equal noise; tests/coverage counts how often such intervals hold the truth
    (
        r"answer\..*|ways\..*",
        "predictions with antagonists or locks: make contention, tests/unit/analysis/test_contention.c",
    ),
    (r"model\..*|knee\.serial", "models that a test refuses as super-linear"),
    (r"test\..*|fit\..*", "tests of models where the noise of worker counts differs"),
    (r"warnings", "the number of sentences"),
)
FACTS = {
    "machine.cores": "cores",
    "machine.logical_cpus": "logical_cpus",
    "machine.memory": "memory_bytes",
    "batch.items": "batch_items",
    "batch.bytes": "batch_bytes",
    "trials.items": "items",
    "trials.seed": "seed",
}
MERGED = ("counter.", "loss.")  # small causes are one number
TOLERANCE = 1e-6


def core_hours(per_second: Interval | None, used: int) -> Interval | None:
    return reversed_(per_second, lambda r: used * 1e6 / 3600 / r) if per_second else None


def costs(
    at: str, per_second: Interval | None, used: int, prices: dict[str, Any]
) -> Iterator[tuple[str, Interval | None]]:
    hours = core_hours(per_second, used)
    yield f"{at}.core_hours", hours
    yield f"{at}.money", scaled(hours, prices["core_hour"]) if prices["core_hour"] is not None else None
    yield f"{at}.energy", scaled(hours, prices["core_watts"] / 1000) if prices["core_watts"] is not None else None


def karp_flatt(speedup: Interval | None, n: int) -> Interval | None:
    return None if n == 1 or speedup is None else reversed_(speedup, lambda s: (1 / s - 1 / n) / (1 - 1 / n))


def curve(study: Study, prices: dict[str, Any]) -> Iterator[tuple[str, Interval | None]]:
    cores = int(study.facts["cores"])
    ones = by_block(study.good(role="scaling", workers=1), ns("wall_ns"))
    for n in sorted({t["workers"] for t in study.good(role="scaling")}):
        rows, at = study.good(role="scaling", workers=n), f"curve.{n}"
        wall = by_block(rows, ns("wall_ns"))
        yield f"{at}.trials", point(len(rows))
        yield f"{at}.wall", geometric(wall)
        yield f"{at}.rate", geometric(by_block(rows, rate))
        speedup = (1.0, 1.0, 1.0) if n == 1 else scaled(ratio(ones, wall), n if study.weak else 1)
        yield f"{at}.speedup", speedup
        yield f"{at}.efficiency", scaled(speedup, 1 / n)
        yield f"{at}.karp_flatt", None if n > cores or study.weak else karp_flatt(speedup, n)
        yield f"{at}.cpu", geometric(by_block(rows, cpu))
        yield f"{at}.memory", geometric(by_block(rows, memory))
        yield from costs(at, geometric(by_block(rows, rate)), min(n, cores), prices)
        yield from phases(study, rows, f"phase.{n}")


def phases(study: Study, rows: Rows, at: str) -> Iterator[tuple[str, Interval | None]]:
    for name in ("prefix", "spawn", "init", "work", "suffix"):
        yield f"{at}.{name}", arithmetic(by_block(rows, ns(f"{name}_ns")))

    def tail(row: dict[str, Any]) -> float | None:
        ends = [w["loop_end_ns"] for w in study.workers if w["trial"] == row["id"] and w["loop_end_ns"] is not None]
        return (max(ends) * len(ends) - sum(ends)) / 1e9 if ends else None

    def dispatch(row: dict[str, Any]) -> float | None:
        times = [w["dispatch_ns"] for w in study.workers if w["trial"] == row["id"] and w["dispatch_ns"] is not None]
        return sum(times) / 1e9 if times else None

    yield f"{at}.tail", arithmetic(by_block(rows, tail))
    yield f"{at}.dispatch", arithmetic(by_block(rows, dispatch))


def cells(study: Study) -> Iterator[tuple[str, Interval | None]]:
    """Chunk sizes and policies against the scaling cell of as many workers."""
    varied = sorted({(t["workers"], t["chunk"], t["policy"]) for t in study.trials if t["role"] in ("chunk", "policy")})
    for n in {workers for workers, _, _ in varied}:
        base = study.good(role="scaling", workers=n)
        both = [(base, base[0]["chunk"], base[0]["policy"])] if base else []
        both += [
            ([t for t in study.good(workers=n, chunk=c, policy=p) if t["role"] != "scaling"], c, p)
            for w, c, p in varied
            if w == n
        ]
        for rows, chunk, policy in both:
            at, wall = f"cell.{n}.{slug(policy or '')}.{chunk if chunk is not None else 'none'}", by_block(
                rows, ns("wall_ns")
            )
            yield f"{at}.trials", point(len(rows))
            yield f"{at}.wall", scaled(geometric(wall), 1)
            yield f"{at}.ratio", (1.0, 1.0, 1.0) if rows is base else ratio(wall, by_block(base, ns("wall_ns")))


def done(trial: dict[str, Any]) -> int | None:
    """Items with outputs."""
    return None if trial["items"] is None else int(trial["items"]) - int(trial["failed"] or 0)


def counts(study: Study, prices: dict[str, Any]) -> Iterator[tuple[str, Interval | None]]:
    facts, ok = study.facts, study.good()
    for name, fact in FACTS.items():
        yield name, study.number(fact)
    items, size = facts.get("batch_items"), facts.get("batch_bytes")
    yield "batch.mean_bytes", point(int(size) / int(items)) if items and size and int(items) and int(size) else None
    stolen = [t for t in study.trials if t["steal_ns"] is not None and t["wall_ns"]]
    yield "machine.stolen", point(
        sum(t["steal_ns"] for t in stolen) / sum(t["wall_ns"] for t in stolen)
    ) if stolen else None
    yield "machine.unpinned", point(study.unpinned) if study.workers else None
    for kind in study.kinds:
        yield f"batch.kind.{slug(kind['kind'] or '')}.items", point(kind["items"])
        yield f"batch.kind.{slug(kind['kind'] or '')}.bytes", point(kind["bytes"])
    for name, status in (("ok", "ok"), ("void", "void"), ("failed", "failed"), ("hiccups", "hiccup")):
        yield f"trials.{name}", point(sum(t["status"] == status for t in study.trials))
    yield "trials.blocks", point(len({t["block"] for t in ok}))
    serial = study.good(role="serial") if not study.weak else []
    yield "serial.wall", geometric(by_block(serial, ns("wall_ns")))
    best = study.good(role="scaling", workers=study.chosen("best.workers"))
    top, bottom = geometric(by_block(serial, ns("wall_ns"))), geometric(by_block(best, ns("wall_ns")))
    yield "serial.times", point(top[0] / bottom[0]) if top and bottom else None
    whole = geometric(by_block(best, rate)) if items and int(items) else None
    yield "batch.wall", reversed_(whole, lambda r: int(items or 0) / r) if whole else None
    yield "serial.rate", geometric(by_block(serial, rate))
    yield from costs("serial", geometric(by_block(serial, rate)), 1, prices)
    fewest = min((t["workers"] for t in study.good(role="scaling")), default=None)
    quiet = study.good(role="scaling", workers=fewest)

    def init(row: dict[str, Any]) -> float | None:
        ends = [(w["init_begin_ns"], w["init_end_ns"]) for w in study.workers if w["trial"] == row["id"]]
        times = [b - a for a, b in ends if a is not None and b is not None]
        return sum(times) / len(times) / 1e6 if times else None

    yield "worker.init", arithmetic(by_block(quiet, init))
    reference = facts.get("replay_manifest_sha256") or facts.get("serial_manifest_sha256")
    sums = [t for t in ok if t["manifest_sha256"] and done(t) != 0]
    first = {t["items"]: t["manifest_sha256"] for t in reversed(sums)} if study.weak else {}  # of as many items
    same = sum(t["manifest_sha256"] == first.get(t["items"], reference or sums[0]["manifest_sha256"]) for t in sums)
    yield "outputs.compared", point(len(sums))
    counted = [t for t in sums if done(t) is not None]
    yield "outputs.items", point(sum(done(t) or 0 for t in counted)) if counted else None
    yield "outputs.cells", point(len({t["cell"] for t in counted})) if counted else None
    yield "outputs.identical", point(same) if sums else None
    yield "outputs.differing", point(len(sums) - same) if sums else None


def rules(study: Study) -> Iterator[tuple[str, Interval | None]]:
    """What decides the verdicts on the rules of measuring."""
    ones = geometric(by_block(study.good(role="scaling", workers=1), ns("wall_ns")))
    means, slowest, ratios, widths, drawn = [], [], [], [], 0
    residuals: list[float] = []
    for n in {t["workers"] for t in study.good(role="scaling")}:
        rows = study.good(role="scaling", workers=n)
        times, wall = np.array([t["wall_ns"] / 1e9 for t in rows]), geometric(by_block(rows, ns("wall_ns")))
        drawn += len(times)
        logs = np.log(times)
        if len(times) > 2 and np.ptp(times) > 0:
            residuals += list((logs - np.mean(logs)) / np.std(logs, ddof=1) / np.sqrt(1 - 1 / len(logs)))
        means += [np.mean(times) / stats.gmean(times) - 1] if len(times) > 1 else []
        slowest += [np.max(times) / np.mean(times) - 1] if len(times) > 1 else []
        widths += [(wall[2] - wall[1]) / 2 / wall[0]] if wall and wall[1] is not None and wall[2] is not None else []
        speedup = ratio(by_block(study.good(role="scaling", workers=1), ns("wall_ns")), by_block(rows, ns("wall_ns")))
        ratios += [abs(speedup[0] / (ones[0] / wall[0]) - 1)] if n > 1 and ones and wall and speedup else []
    for name, values, pick in (
        ("3.difference", means, max),
        ("3.narrowest", widths, min),
        ("4.difference", ratios, max),
        ("8.slowest", slowest, max),
    ):
        yield f"rule.{name}", point(pick(values)) if values else None
    kept = {t["id"] for t in study.good()}
    workers = [w for w in study.workers if w["trial"] in kept]
    yield "rule.6.residuals", point(len(residuals))
    yield "rule.6.p", point(normality(np.array(residuals)))
    yield "rule.10.workers", point(len(workers)) if workers else None
    yield "rule.10.released", point(sum(w["go_ns"] is not None for w in workers)) if workers else None
    yield "rule.12.trials", point(drawn)


def normality(values: Any) -> float | None:
    """p of Shapiro and Francia's W', the squared correlation with normal scores, by Royston's approximation (1993)."""
    if len(values) < 5 or np.ptp(values) == 0:
        return None
    scores = stats.norm.ppf((stats.rankdata(values, "ordinal") - 0.375) / (len(values) + 0.25))
    log_n = np.log(len(values))
    mean, sd = 1.0521 * (np.log(log_n) - log_n) - 1.2725, 1.0308 - 0.26758 * (np.log(log_n) + 2 / log_n)
    return float(stats.norm.sf(np.log1p(-(stats.pearsonr(values, scores)[0] ** 2)), mean, sd))


def expected(study: Study, prices: dict[str, Any], others: dict[str, Study]) -> dict[str, Interval | None]:
    """others: studies shown with it, by "replayed" and "emulated"."""
    made = {}
    for part in (
        counts(study, prices),
        curve(study, prices),
        cells(study),
        models(study),
        nodes(study),
        account(study),
        knee(study),
        sizes(study),
        rules(study),
        choices(study),
        counters(study),
    ):
        made.update(dict(part))
    made.update(answer(study, made))
    for way, other in others.items():
        own = dict([*curve(other, prices), *knee(other)])
        made.update(answer(other, own, way))
    if others:
        made.update(ways(others.get("replayed"), others.get("emulated")))
    made["full.workers"] = study.full_workers()
    made["knee.threshold"] = (0.95, None, None)
    made |= {f"test.{name}.level": (LEVEL, None, None) for name in MODELS if f"test.{name}.level" in study.shown}
    return made


def close(name: str, shown: float | None, mine: float | None) -> bool:
    if shown is None or mine is None:
        return shown is mine
    loose, zero = (1e-4, 1e-6) if name.startswith("model.") else (TOLERANCE, 1e-12)  # of a search
    zero = (
        1e-10 if name.startswith(("rule.", "loss.")) else 1e-6 if ".residual_" in name else zero
    )  # differences of numbers of 12 digits, of a regression, of a search
    return abs(shown - mine) <= loose * max(abs(shown), abs(mine)) + zero


def is_around(value: float | None, low: float | None, high: float | None) -> bool:
    return value is None or (low is None or low <= value) and (high is None or high >= value)


def differences(facts: Rows, mine: dict[str, Interval | None]) -> tuple[list[str], int, int]:
    """What differs or has no rule, how many agree, how many are left out."""
    wrong, agree, left = [], 0, 0
    for fact in facts:
        name = fact["id"]
        if name not in mine:
            if any(re.fullmatch(pattern, name) for pattern, _ in LEFT_OUT):
                left += 1
            else:
                wrong.append(f"{name}: no rule to compute it")
            continue
        value = mine[name] or (None, None, None)
        ends = (fact.get("low"), fact.get("high"))
        if name.startswith("model.") and is_around(fact["value"], *ends):  # intervals are left out: see LEFT_OUT
            ends = value[1:]
        if all(close(name, a, b) for a, b in zip((fact["value"], *ends), value)):
            agree += 1
        else:
            wrong.append(f"{name}: {fact['value']} [{fact.get('low')}, {fact.get('high')}], computed again {value}")
    return wrong, agree, left


def wrong_singles(study: Study, shown: Rows) -> Iterator[str]:
    """Speedups of single trials that are not T(1) over the trial's time, or are there for a trial that takes no
    part."""
    one = geometric(by_block(study.good(role="scaling", workers=1), ns("wall_ns")))
    for row in shown:
        trial = next(t for t in study.trials if t["id"] == row["trial"])
        takes_part = one and trial["status"] == "ok" and trial["role"] == "scaling"
        mine = (
            one[0] / (trial["wall_ns"] / 1e9) * (trial["workers"] if study.weak else 1) if one and takes_part else None
        )
        if not close("speedup", row["speedup"], mine):
            yield f"trial {row['trial']}: speedup {row['speedup']}, computed again {mine}"


def wrong_sum(facts: Rows, mine: dict[str, Interval | None]) -> Iterator[str]:
    """Causes of losses that do not add up to the loss: this holds those that are not computed again."""
    efficiency, left = mine.get("loss.efficiency"), 1.0
    shown = {fact["id"]: fact["value"] for fact in facts}
    for name in [name for name in shown if re.fullmatch(r"loss\..*\.left", name)] if efficiency else ():
        left -= shown[name.replace(".left", ".share")]
        if not close(name, shown[name], left):
            yield f"{name}: {shown[name]}, the causes up to it leave {left}"
    if efficiency and not close("loss.efficiency", efficiency[0], left):
        yield f"loss.efficiency: {efficiency[0]}, all causes leave {left}"


def read_study(folder: str) -> tuple[Study, dict[str, Any], Rows]:
    """With its report.json and the trials in it."""
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as stream:
        report = json.load(stream)
    table = next(table for table in report["tables"] if table["id"] == "trials")
    trials = [dict(zip((column["name"] for column in table["columns"]), row)) for row in table["rows"]]
    return Study(folder, {row["trial"] for row in trials if row["status"] == "hiccup"}, report["facts"]), report, trials


def of_all(study: Study, report: dict[str, Any], folders: list[str]) -> dict[str, Interval | None]:
    """All numbers; folders: of other studies and of a comparison."""
    others = [read_study(folder)[0] for folder in folders if not is_comparison(folder)]
    made = expected(study, report["prices"], {how_known(other): other for other in others})
    for folder in filter(is_comparison, folders):
        made.update(compared(folder, study.chosen("best.workers")))
    return made


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    study, report, trials = read_study(arguments[0])
    mine = of_all(study, report, arguments[1:])
    wrong, agree, left = differences(report["facts"], mine)
    wrong += [*wrong_singles(study, trials), *wrong_sum(report["facts"], mine)]
    ids = {fact["id"] for fact in report["facts"]}
    wrong += [
        f"{name}: {value}, not in report.json"
        for name, value in mine.items()
        if name not in ids and value is not None and not name.startswith(MERGED)
    ]
    for line in wrong:
        print(line)
    reasons = "; ".join(sorted({why for _, why in LEFT_OUT}))
    print(f"{agree} numbers agree, {len(wrong)} differ, {left} are not computed again: {reasons}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
