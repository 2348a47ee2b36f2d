"""Reads study.db: facts, kinds of items, trials that do not count, pinning and steal."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from . import samples
from .measure import text


class StudyError(Exception):
    """One line: which file, what is wrong with it, what to do."""


@dataclass(frozen=True)
class BadTrial:
    """A trial that is not ok, with the cell it belongs to. status: "void", "failed"; "disturbed" where it counts all the same."""

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


@contextmanager
def open_record(path: str) -> Iterator[sqlite3.Connection]:
    """study.db to read from; what is wrong with it, also within, is a StudyError."""
    if not os.path.isfile(path):
        raise StudyError(f"{path} does not exist: give the folder of a study that 'knee sweep' made")
    try:
        with closing(sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")  # names of files need not be UTF-8
            check_format(db, path)
            yield db
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


def counts_nothing(db: sqlite3.Connection) -> bool:
    """Are there trials, and none of the curve is ok? Disturbed ones may count all the same: that the fit decides."""
    trials, counting = db.execute("SELECT count(*), sum(c.role = 'scaling' AND t.status = 'ok') FROM trial t LEFT JOIN cell c ON c.id = t.cell").fetchone()
    return bool(trials) and not counting


def _trial_columns(db: sqlite3.Connection) -> list[str]:
    """Studies of older versions have fewer."""
    return [str(row[1]) for row in db.execute("PRAGMA main.table_info(trial)")]


def count_disturbed(db: sqlite3.Connection) -> None:
    """From here on queries of this connection see disturbed trials as trials that count: the view hides the table."""
    names = _trial_columns(db)
    status = "CASE WHEN status = 'void' AND disturbed = 1 THEN 'ok' ELSE status END AS status"
    columns = ", ".join(status if name == "status" else f'"{name}"' for name in names)
    if "disturbed" in names:
        db.execute(f"CREATE TEMP VIEW trial AS SELECT {columns} FROM main.trial")


def _bad_trials(db: sqlite3.Connection) -> tuple[BadTrial, ...]:
    """Of the table, not of the view."""
    rows = db.execute(
        "SELECT c.role, c.workers, c.chunk, c.policy, t.block, CASE WHEN seen.status = 'ok' THEN 'disturbed' ELSE t.status END, t.reason"
        " FROM main.trial t JOIN trial seen ON seen.id = t.id LEFT JOIN cell c ON c.id = t.cell WHERE t.status <> 'ok' ORDER BY t.id"
    )
    return tuple(
        BadTrial(text(role), workers, chunk, text(policy), block, text(status), text(reason) or "no reason was recorded")
        for role, workers, chunk, policy, block, status, reason in rows
    )


def _quoted(path: str) -> str:
    """A path as SQLite's file: URIs want it."""
    return "".join(f"%{ord(c):02x}" if c in "%?#" else c for c in os.path.abspath(path))


def query_record(db: sqlite3.Connection, hiccups: Sequence[int] = ()) -> Record:
    """hiccups: numbers of trials that the fit keeps out as far too slow."""
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
        bad_trials=_bad_trials(db),
        first_started_utc=text(first),
        last_started_utc=text(last),
        unpinned_workers=sum(n for _, n in pins) if workers else None,
        pin_reasons=tuple(text(reason) for reason, _ in pins if reason),
        steal_share=None if steal is None else steal / wall,
        samples=samples.read_samples(db, hiccups),
    )
