"""What recompute.py shares: the samples of a study, and means with their intervals. numpy and scipy compute."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
from scipy import stats

Interval = tuple[float, float | None, float | None]  # value, low, high
Rows = list[dict[str, Any]]
Groups = dict[int, Any]


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


def student(values: Any, logs: bool, signed: bool = False) -> Interval:
    """Mean with Student's 95% interval; of logarithms: the geometric mean. signed: it may reach below 0."""
    mean, count = float(np.mean(values)), len(values)

    def undo(x: float) -> float:
        return float(np.exp(x)) if logs else float(x)

    spread = float(np.std(values, ddof=1)) if count > 1 else 0.0
    if count < 2 or spread <= 1e-13:
        return undo(mean), None, None
    half = float(stats.t.ppf(0.975, count - 1)) * spread / np.sqrt(count)
    low = mean - half if logs or signed or mean < 0 else max(0.0, mean - half)
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
    return (
        (row["user_ns"] + row["system_ns"]) / 1e9 / row["items"]
        if row["items"] and row["user_ns"] is not None
        else None
    )


def memory(row: dict[str, Any]) -> float | None:
    return None if row["maxrss_bytes"] is None else row["maxrss_bytes"] / 2**20


def scaled(m: Interval | None, factor: float) -> Interval | None:
    if m is None:
        return None
    value, low, high = m
    return value * factor, None if low is None else low * factor, None if high is None else high * factor


def reversed_(m: Interval, change: Callable[[float], float]) -> Interval:
    """A falling function of an interval."""
    return change(m[0]), None if m[2] is None else change(m[2]), None if m[1] is None else change(m[1])


def point(value: float | None) -> Interval | None:
    return None if value is None else (float(value), None, None)


def grouped(rows: Rows) -> dict[int, Rows]:
    """By trial."""
    made: dict[int, Rows] = {}
    for row in rows:
        made.setdefault(row["trial"], []).append(row)
    return made


def kind_of(item: dict[str, Any]) -> str:
    return (item["kind"] or "unknown") + (" progressive" if item.get("progressive") == 1 else "")


def amounts(item: dict[str, Any], sampled: bool) -> dict[str, float]:
    """Of one item; pixels as stored where the study has no samples."""
    columns = {
        "decoded": "samples_decoded",
        "bytes": "bytes",
        "written": "pixels_written",
        "converted": "pixels_converted",
    }
    made = {name: np.nan if item.get(column) is None else item[column] / 1e6 for name, column in columns.items()}
    if not sampled and item["width"] and item["height"]:
        made["decoded"] = item["width"] * item["height"] / 1e6
    return made


class Study:
    def __init__(self, folder: str, kept_out: set[int], facts: Rows) -> None:
        """kept_out: trials that the report names as hiccups; facts: its numbers, of which choices are taken (best
        cell, advice)."""
        self.shown: dict[str, float | None] = {fact["id"]: fact["value"] for fact in facts}
        self.ends = {fact["id"]: (fact.get("low"), fact.get("high")) for fact in facts}  # of intervals
        with closing(sqlite3.connect(f"file:{os.path.abspath(folder)}/study.db?mode=ro", uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")
            self.facts = {row["key"]: row["value"] for row in query(db, "SELECT key, value FROM study")}
            self.trials = query(
                db,
                "SELECT t.*, c.role, c.workers, c.chunk, c.policy, c.nodes FROM trial t JOIN cell c ON c.id = t.cell"
                " WHERE c.role <> 'antagonist'",
            )
            self.workers = query(db, "SELECT w.* FROM worker w JOIN trial t ON t.id = w.trial WHERE t.status = 'ok'")
            self.antagonists = bool(query(db, "SELECT 1 FROM cell WHERE role = 'antagonist'"))
            self.items = query(db, "SELECT * FROM item")
            batch = query(db, "SELECT * FROM batch_item")
            has_shards = query(db, "SELECT 1 FROM sqlite_master WHERE name = 'shard'")
            self.shards = query(db, "SELECT * FROM shard") if has_shards else []
            self.kinds = query(db, "SELECT kind, count(*) AS items, sum(bytes) AS bytes FROM batch_item GROUP BY kind")
            self.counters = query(
                db, "SELECT trial, name, sum(value) AS value, min(status) AS status FROM counter GROUP BY trial, name"
            )
            pooled = query(
                db,
                "SELECT w.cpu_seen, w.cpu_wanted FROM worker w JOIN trial t ON t.id = w.trial JOIN cell c ON c.id = t.cell"
                " WHERE c.role <> 'serial'",
            )
        self.unpinned = sum(w["cpu_wanted"] is None or w["cpu_seen"] != w["cpu_wanted"] for w in pooled)
        sampled = any(row.get("samples_decoded") is not None for row in batch)
        self.about = {
            row["id"]: (kind_of(row), amounts(row, sampled)) for row in batch
        }  # kind, and millions of what was processed
        self.kind_names = list(dict.fromkeys(kind for kind, _ in self.about.values()))
        self._items, self._workers = grouped(self.items), grouped(self.workers)
        for trial in self.trials:
            trial["status"] = "hiccup" if trial["id"] in kept_out else trial["status"]
        ok = [t for t in self.trials if t["status"] == "ok"]
        self.all_fail = bool(ok) and all(t["items"] and (t["failed"] or 0) >= t["items"] for t in ok)
        self.weak = self.facts.get("scaling") == "weak"

    def items_of(self, trial: int) -> Rows:
        return self._items.get(trial, [])

    def workers_of(self, trial: int) -> Rows:
        return self._workers.get(trial, [])

    def good(self, **wanted: Any) -> Rows:
        return [t for t in self.trials if t["status"] == "ok" and all(t[key] == value for key, value in wanted.items())]

    def full_workers(self) -> Interval | None:
        """The most workers that have a core each."""
        used = [t["workers"] for t in self.good(role="scaling") if t["workers"] <= int(self.facts["cores"])]
        return point(max(used)) if used else None

    def chosen(self, name: str) -> int | None:
        """A choice of the report."""
        value = self.shown.get(name)
        return None if value is None else int(value)

    def number(self, fact: str) -> Interval | None:
        return point(float(self.facts[fact])) if self.facts.get(fact) else None


def slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "unnamed"
