"""Reads study.db: facts, kinds of items, trials that do not count, pinning and steal."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass

from . import samples
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
    samples: samples.Samples = samples.NONE
    disturbed: int = 0  # trials of the curve that count only where the machine is noisy


def read_record(path: str, noisy: bool = False) -> Record:
    """noisy: disturbed trials count, as the fit has decided."""
    if not os.path.isfile(path):
        raise StudyError(f"{path} does not exist: give the folder of a study that 'knee sweep' made")
    try:
        with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")  # names of files need not be UTF-8
            check_format(db, path)
            if noisy:
                count_disturbed(db)
            return query_record(db)
    except sqlite3.Error as error:
        raise StudyError(f"{path} cannot be read as a study ({error}): give a study that 'knee sweep' made") from error


FORMAT = "knee-study 1"


def check_format(db: sqlite3.Connection, path: str) -> None:
    """fit.json may be newer than a record that was replaced."""
    if os.path.getsize(path) == 0:
        raise StudyError(f"{path} is empty: give a study that 'knee sweep' made")
    found = db.execute("SELECT value FROM study WHERE key = 'format'").fetchone()
    if not found or found[0] != FORMAT:
        other = f"has the format '{found[0]}', this program knows '{FORMAT}': use the knee that made it" if found else "is no study: give one that 'knee sweep' made"
        raise StudyError(f"{path} {other}")


def _trial_columns(db: sqlite3.Connection) -> list[str]:
    return [str(row[1]) for row in db.execute("PRAGMA main.table_info(trial)")]


def count_disturbed(db: sqlite3.Connection) -> None:
    """From here on every query of this connection sees disturbed trials as trials that count: the view hides the table."""
    status = "CASE WHEN status = 'void' AND disturbed = 1 THEN 'ok' ELSE status END AS status"
    columns = ", ".join(status if name == "status" else f'"{name}"' for name in _trial_columns(db))
    db.execute(f"CREATE TEMP VIEW trial AS SELECT {columns} FROM main.trial")


def _disturbed(db: sqlite3.Connection) -> int:
    """Studies of older versions have no such column."""
    if "disturbed" not in _trial_columns(db):
        return 0
    return int(db.execute("SELECT count(*) FROM trial t JOIN cell c ON c.id = t.cell WHERE c.role = 'scaling' AND t.disturbed = 1").fetchone()[0])


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
        samples=samples.read_samples(db),
        disturbed=_disturbed(db),
    )
