"""Computes the numbers of a report again, from the raw samples in study.db alone, and compares them with report.json.

    /usr/bin/python3 tests/reports/recompute.py STUDY

Another program by design: nothing of reports/ or fit.json is used; numpy and scipy compute. Prints how many numbers agree.
Exit 1: one differs, or has no rule here and is not in LEFT_OUT, which says what is not computed again and why.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
from scipy import optimize, stats

Interval = tuple[float, float | None, float | None]  # value, low, high
Rows = list[dict[str, Any]]
Groups = dict[int, Any]

LEFT_OUT = (
    # pattern of ids, why
    (r"answer\..*|replayed\..*|emulated\..*", "the batch on more cores: a simulation, or another study"),
    (r"ways\..*", "from three studies and a simulation"),
    (r"loss\..*|knee\.cause\..*", "the core-second account: tests/unit/analysis/test_account.c has its known answers"),
    (r"size\..*", "robust regression: tests/unit/analysis/test_size_regression.c has its known answers"),
    (r"knee\.(workers|serial)|model\.(ideal|gustafson)\..*|model\..*\.(limit|t1|aicc)", "intervals over regions of parameters"),
    (r"test\..*|fit\..*", "the test of the models that are not computed again"),
    (r"quantity\..*", "formulas of counter groups"),
    (r"compared\..*", "medians of another file"),
    (r"advice\..*|best\.workers|batch\.wall|warnings", "choices, and what follows from them"),
)
TOLERANCE = 1e-6


def query(db: sqlite3.Connection, sql: str) -> Rows:
    cursor = db.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor]


def by_block(rows: Rows, value: Callable[[dict[str, Any]], float | None]) -> Groups:
    """Values of trials in their blocks; those that were not measured are left out."""
    blocks: dict[int, list[float]] = {}
    for row in rows:
        amount = value(row)
        if amount is not None and np.isfinite(amount):
            blocks.setdefault(row["block"], []).append(amount)
    return blocks


def student(values: Any, logs: bool) -> Interval:
    """Mean with Student's 95% interval; of logarithms: the geometric mean."""
    mean, count = float(np.mean(values)), len(values)

    def undo(x: float) -> float:
        return float(np.exp(x)) if logs else float(x)

    spread = float(np.std(values, ddof=1)) if count > 1 else 0.0
    if count < 2 or spread <= 1e-13:
        return undo(mean), None, None
    half = float(stats.t.ppf(0.975, count - 1)) * spread / np.sqrt(count)
    low = mean - half if logs or mean < 0 else max(0.0, mean - half)
    return undo(mean), undo(low), undo(mean + half)


def geometric(blocks: Groups) -> Interval | None:
    return student([np.mean(np.log(v)) for v in blocks.values()], True) if blocks else None


def arithmetic(blocks: Groups) -> Interval | None:
    return student([np.mean(v) for v in blocks.values()], False) if blocks else None


def ratio(top: Groups, bottom: Groups) -> Interval | None:
    """Geometric mean of top / bottom, paired by block."""
    both = sorted(top.keys() & bottom.keys())
    return student([np.mean(np.log(top[b])) - np.mean(np.log(bottom[b])) for b in both], True) if both else None


def ns(column: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda row: None if row[column] is None else row[column] / 1e9


def rate(row: dict[str, Any]) -> float | None:
    good = None if row["items"] is None else row["items"] - (row["failed"] or 0)
    return good / row["wall_ns"] * 1e9 if good and row["wall_ns"] else None


def cpu(row: dict[str, Any]) -> float | None:
    return (row["user_ns"] + row["system_ns"]) / 1e9 / row["items"] if row["items"] and row["user_ns"] is not None else None


def memory(row: dict[str, Any]) -> float | None:
    return None if row["maxrss_bytes"] is None else row["maxrss_bytes"] / 2**20


def scaled(m: Interval | None, factor: float) -> Interval | None:
    return None if m is None else (m[0] * factor, *(None if x is None else x * factor for x in m[1:]))  # type: ignore[return-value]


def reversed_(m: Interval, change: Callable[[float], float]) -> Interval:
    """A falling function of an interval."""
    return change(m[0]), None if m[2] is None else change(m[2]), None if m[1] is None else change(m[1])


def point(value: float | None) -> Interval | None:
    return None if value is None else (float(value), None, None)


class Study:
    def __init__(self, folder: str, kept_out: set[int], best: int | None) -> None:
        """kept_out: trials that the report names as hiccups; best: workers of its best cell."""
        self.best = best
        with closing(sqlite3.connect(f"file:{os.path.abspath(folder)}/study.db?mode=ro", uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")
            self.facts = {row["key"]: row["value"] for row in query(db, "SELECT key, value FROM study")}
            self.trials = query(
                db, "SELECT t.*, c.role, c.workers, c.chunk, c.policy, c.nodes FROM trial t JOIN cell c ON c.id = t.cell WHERE c.role <> 'antagonist'"
            )
            self.workers = query(db, "SELECT w.* FROM worker w JOIN trial t ON t.id = w.trial WHERE t.status = 'ok'")
            self.shards = query(db, "SELECT * FROM shard") if query(db, "SELECT 1 FROM sqlite_master WHERE name = 'shard'") else []
            self.kinds = query(db, "SELECT kind, count(*) AS items, sum(bytes) AS bytes FROM batch_item GROUP BY kind")
            self.counters = query(db, "SELECT trial, name, sum(value) AS value, min(status) AS status FROM counter GROUP BY trial, name")
            self.unpinned = query(
                db, "SELECT count(*) AS n FROM worker w JOIN trial t ON t.id = w.trial JOIN cell c ON c.id = t.cell"
                " WHERE c.role <> 'serial' AND w.cpu_seen IS NOT w.cpu_wanted OR c.role <> 'serial' AND w.cpu_wanted IS NULL")[0]["n"]  # fmt: skip
        for trial in self.trials:
            trial["status"] = "hiccup" if trial["id"] in kept_out else trial["status"]
        self.weak = self.facts.get("scaling") == "weak"

    def good(self, **wanted: Any) -> Rows:
        return [t for t in self.trials if t["status"] == "ok" and all(t[key] == value for key, value in wanted.items())]

    def number(self, fact: str) -> Interval | None:
        return point(float(self.facts[fact])) if self.facts.get(fact) else None


def core_hours(per_second: Interval | None, used: int) -> Interval | None:
    return reversed_(per_second, lambda r: used * 1e6 / 3600 / r) if per_second else None


def costs(at: str, per_second: Interval | None, used: int, prices: dict[str, Any]) -> Iterator[tuple[str, Interval | None]]:
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


def nodes(study: Study) -> Iterator[tuple[str, Interval | None]]:
    """Cells of several machines; the base is one worker on one of them. Shards of one node do not overlap here."""
    cells = sorted({(t["nodes"], t["workers"]) for t in study.good() if t["nodes"]})
    for n, workers in cells:
        rows, base = study.good(nodes=n, workers=workers), study.good(nodes=cells[0][0], workers=cells[0][1])
        at, wall = f"nodes.{n}.{workers}", by_block(rows, ns("wall_ns"))
        speedup = (1.0, 1.0, 1.0) if (n, workers) == cells[0] else ratio(by_block(base, ns("wall_ns")), wall)
        speedup = scaled(speedup, workers if study.weak and (n, workers) != cells[0] else 1)
        yield f"{at}.trials", point(len(rows))
        yield f"{at}.wall", geometric(wall)
        yield f"{at}.speedup", speedup
        yield f"{at}.efficiency", scaled(speedup, 1 / workers)
        spent, total = core_seconds(study, rows), sum(t["wall_ns"] / 1e9 * workers for t in rows)
        work = core_seconds(study, base)["work"] / len(base) * len(rows) * (workers if study.weak else 1)
        for cause, seconds in {**spent, "useful": work}.items():
            yield f"{at}.{cause}", point(seconds / total)


def core_seconds(study: Study, rows: Rows) -> dict[str, float]:
    spent = dict.fromkeys(("work", "staging", "scheduling", "imbalance", "merge"), 0.0)
    for trial in rows:
        shards = [{k: v if k == "node" else v / 1e9 for k, v in s.items() if k not in ("trial", "shard", "items")} for s in study.shards if s["trial"] == trial["id"]]
        each, last = trial["workers"] / trial["nodes"], max(s["end_ns"] for s in shards)
        for node in {s["node"] for s in shards}:
            own = [s for s in shards if s["node"] == node]
            end, inside = max(s["end_ns"] for s in own), sum(s["end_ns"] - s["start_ns"] for s in own)
            busy = sum(s["idle_ns"] - s["work_ns"] for s in own)
            times = {"work": busy, "staging": inside - busy, "scheduling": end - inside, "imbalance": last - end, "merge": trial["wall_ns"] / 1e9 - last}
            for cause, seconds in times.items():
                spent[cause] += each * seconds
    return spent


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


def slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "unnamed"


def cells(study: Study) -> Iterator[tuple[str, Interval | None]]:
    """Chunk sizes and policies against the scaling cell of as many workers."""
    varied = sorted({(t["workers"], t["chunk"], t["policy"]) for t in study.trials if t["role"] in ("chunk", "policy")})
    for n in {workers for workers, _, _ in varied}:
        base = study.good(role="scaling", workers=n)
        both = [(base, base[0]["chunk"], base[0]["policy"])] if base else []
        both += [([t for t in study.good(workers=n, chunk=c, policy=p) if t["role"] != "scaling"], c, p) for w, c, p in varied if w == n]
        for rows, chunk, policy in both:
            at, wall = f"cell.{n}.{slug(policy or '')}.{chunk if chunk is not None else 'none'}", by_block(rows, ns("wall_ns"))
            yield f"{at}.trials", point(len(rows))
            yield f"{at}.wall", scaled(geometric(wall), 1)
            yield f"{at}.ratio", (1.0, 1.0, 1.0) if rows is base else ratio(wall, by_block(base, ns("wall_ns")))


def counts(study: Study, prices: dict[str, Any]) -> Iterator[tuple[str, Interval | None]]:
    facts, ok = study.facts, study.good()
    for name, fact in (("machine.cores", "cores"), ("machine.logical_cpus", "logical_cpus"), ("machine.memory", "memory_bytes"),
                       ("batch.items", "batch_items"), ("batch.bytes", "batch_bytes"), ("trials.items", "items"), ("trials.seed", "seed")):  # fmt: skip
        yield name, study.number(fact)
    items, size = facts.get("batch_items"), facts.get("batch_bytes")
    yield "batch.mean_bytes", point(int(size) / int(items)) if items and size and int(items) and int(size) else None
    stolen = [t for t in study.trials if t["steal_ns"] is not None and t["wall_ns"]]
    yield "machine.stolen", point(sum(t["steal_ns"] for t in stolen) / sum(t["wall_ns"] for t in stolen)) if stolen else None
    yield "machine.unpinned", point(study.unpinned) if study.workers else None
    for kind in study.kinds:
        yield f"batch.kind.{slug(kind['kind'] or '')}.items", point(kind["items"])
        yield f"batch.kind.{slug(kind['kind'] or '')}.bytes", point(kind["bytes"])
    for name, status in (("ok", "ok"), ("void", "void"), ("failed", "failed"), ("hiccups", "hiccup")):
        yield f"trials.{name}", point(sum(t["status"] == status for t in study.trials))
    yield "trials.blocks", point(len({t["block"] for t in ok}))
    serial = study.good(role="serial") if not study.weak else []
    yield "serial.wall", geometric(by_block(serial, ns("wall_ns")))
    top, bottom = geometric(by_block(serial, ns("wall_ns"))), geometric(by_block(study.good(role="scaling", workers=study.best), ns("wall_ns")))
    yield "serial.times", point(top[0] / bottom[0]) if top and bottom else None
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
    compared = [t["manifest_sha256"] for t in ok if t["manifest_sha256"]]
    same = sum(m == (reference or compared[0]) for m in compared)
    yield "outputs.compared", point(len(compared))
    sums = [t for t in ok if t["manifest_sha256"]]
    yield "outputs.items", point(sum(t["items"] or 0 for t in sums)) if any(t["items"] is not None for t in sums) else None
    yield "outputs.cells", point(len({t["cell"] for t in sums if t["items"] is not None})) if any(t["items"] is not None for t in sums) else None
    yield "outputs.identical", point(same) if compared else None
    yield "outputs.differing", point(len(compared) - same) if compared else None
    for name in {c["name"] for c in study.counters}:
        ids = {t["id"]: t["items"] for t in quiet if t["items"]}
        values = [c["value"] / ids[c["trial"]] for c in study.counters if c["name"] == name and c["trial"] in ids and c["value"] is not None]
        yield f"counter.{slug(name)}", student(values, False) if values else None


# n T(n) / T1 of each model, with the bounds of its parameters and the names they have in a report.
MODELS: dict[str, tuple[Callable[[Any, Any], Any], tuple[tuple[str, float], ...]]] = {
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

    for name, (shape, parameters) in MODELS.items():

        def left(p: Any, shape: Any = shape) -> Any:
            gap = log_t - np.log(shape(p, n) / n)
            return gap - inside @ gap

        starts = [np.full(len(parameters), x) for x in (1e-6, 1e-3, 0.03, 0.3)]
        tries = [optimize.least_squares(left, x, bounds=(0, [most for _, most in parameters]), xtol=1e-15, ftol=1e-15, gtol=1e-15) for x in starts]
        best = min(tries, key=lambda t: float(t.cost))
        for (parameter, _), value in zip(parameters, best.x):
            yield f"model.{name}.{parameter}", point(value)


def expected(study: Study, prices: dict[str, Any]) -> dict[str, Interval | None]:
    made = {}
    for part in (counts(study, prices), curve(study, prices), cells(study), models(study), nodes(study)):
        made.update(dict(part))
    used = [n for n in (t["workers"] for t in study.good(role="scaling")) if n <= int(study.facts["cores"])]
    made["full.workers"] = point(max(used)) if used else None
    made["knee.threshold"] = (0.95, None, None)
    return made


def close(name: str, shown: float | None, mine: float | None) -> bool:
    if shown is None or mine is None:
        return shown is mine
    loose, zero = (1e-4, 1e-6) if name.startswith("model.") else (TOLERANCE, 1e-12)  # of a search
    return abs(shown - mine) <= loose * max(abs(shown), abs(mine)) + zero


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
        if name.startswith("model.") and fact["value"] is None:  # refused: the reason says what the data do not determine
            left += 1
            continue
        ends = (fact.get("low"), fact.get("high")) if not name.startswith("model.") else value[1:]
        if all(close(name, a, b) for a, b in zip((fact["value"], *ends), value)):
            agree += 1
        else:
            wrong.append(f"{name}: {fact['value']} [{fact.get('low')}, {fact.get('high')}], computed again {value}")
    return wrong, agree, left


def wrong_singles(study: Study, shown: Rows) -> Iterator[str]:
    """Speedups of single trials that are not T(1) over the trial's time, or are there for a trial that takes no part."""
    one = geometric(by_block(study.good(role="scaling", workers=1), ns("wall_ns")))
    for row in shown:
        trial = next(t for t in study.trials if t["id"] == row["trial"])
        takes_part = one and trial["status"] == "ok" and trial["role"] == "scaling"
        mine = one[0] / (trial["wall_ns"] / 1e9) * (trial["workers"] if study.weak else 1) if one and takes_part else None
        if not close("speedup", row["speedup"], mine):
            yield f"trial {row['trial']}: speedup {row['speedup']}, computed again {mine}"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    with open(os.path.join(arguments[0], "report.json"), encoding="utf-8") as stream:
        report = json.load(stream)
    table = next(table for table in report["tables"] if table["id"] == "trials")
    trials = [dict(zip((column["name"] for column in table["columns"]), row)) for row in table["rows"]]
    best = next(fact["value"] for fact in report["facts"] if fact["id"] == "best.workers")
    study = Study(arguments[0], {row["trial"] for row in trials if row["status"] == "hiccup"}, best)
    mine = expected(study, report["prices"])
    wrong, agree, left = differences(report["facts"], mine)
    wrong += wrong_singles(study, trials)
    ids = {fact["id"] for fact in report["facts"]}
    wrong += [f"{name}: {value}, not in report.json" for name, value in mine.items() if name not in ids and value is not None and not name.startswith("counter.")]
    for line in wrong:
        print(line)
    print(f"{agree} numbers agree, {len(wrong)} differ, {left} are not computed again: {'; '.join(sorted({why for _, why in LEFT_OUT}))}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
