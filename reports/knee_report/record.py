"""Reads study.db: facts, kinds of items, trials that do not count, pinning and steal."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass

from .measure import text


class StudyError(Exception):
    """One line: which file, what is wrong with it, what to do."""


@dataclass(frozen=True)
class BadTrial:
    """A trial that may not count, with the cell it belongs to."""

    role: str
    workers: int | None
    chunk: int | None
    policy: str
    block: int | None
    status: str
    reason: str


@dataclass(frozen=True)
class Record:
    """Facts that fit.json does not hold. Empty or None: not recorded."""

    study: dict[str, str]
    kinds: tuple[tuple[str, int, int], ...]  # kind, items, bytes
    bad_trials: tuple[BadTrial, ...]
    first_started_utc: str
    last_started_utc: str
    unpinned_workers: int | None
    pin_reasons: tuple[str, ...]
    steal_share: float | None  # stolen CPU time over wall time, of all trials that recorded it


def read_record(path: str) -> Record:
    if not os.path.isfile(path):
        raise StudyError(f"{path} does not exist: give the folder of a study that 'knee sweep' made")
    try:
        with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as db:
            return query_record(db)
    except sqlite3.Error as error:
        raise StudyError(f"{path} cannot be read as a study ({error}): give a study that 'knee sweep' made") from error


def _quoted(path: str) -> str:
    """A path as SQLite's file: URIs want it."""
    return "".join(f"%{ord(c):02x}" if c in "%?#" else c for c in os.path.abspath(path))


def query_record(db: sqlite3.Connection) -> Record:
    first, last = db.execute("SELECT min(started_utc), max(started_utc) FROM trial").fetchone()
    steal, wall = db.execute("SELECT sum(steal_ns), sum(wall_ns) FROM trial WHERE steal_ns IS NOT NULL AND wall_ns > 0").fetchone()
    workers = db.execute("SELECT count(*) FROM worker").fetchone()[0]
    pins = db.execute(
        "SELECT w.pin_reason, count(*) FROM worker w JOIN trial t ON t.id = w.trial JOIN cell c ON c.id = t.cell"
        " WHERE c.role <> 'serial' AND (w.cpu_wanted IS NULL OR w.cpu_seen IS NULL OR w.cpu_wanted <> w.cpu_seen) GROUP BY 1"
    ).fetchall()
    return Record(
        study={str(k): text(v) for k, v in db.execute("SELECT key, value FROM study")},
        kinds=tuple(
            (text(kind), int(items), int(size or 0))
            for kind, items, size in db.execute("SELECT kind, count(*), sum(bytes) FROM batch_item GROUP BY kind ORDER BY 2 DESC, 1")
        ),
        bad_trials=tuple(
            BadTrial(text(role), workers_, chunk, text(policy), block, text(status), text(reason) or "no reason was recorded")
            for role, workers_, chunk, policy, block, status, reason in db.execute(
                "SELECT c.role, c.workers, c.chunk, c.policy, t.block, t.status, t.reason FROM trial t LEFT JOIN cell c ON c.id = t.cell"
                " WHERE t.status <> 'ok' ORDER BY t.id"
            )
        ),
        first_started_utc=text(first),
        last_started_utc=text(last),
        unpinned_workers=sum(n for _, n in pins) if workers else None,
        pin_reasons=tuple(text(reason) for reason, _ in pins if reason),
        steal_share=None if steal is None else steal / wall,
    )
