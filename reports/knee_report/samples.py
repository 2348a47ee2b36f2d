"""Single trials and a trial's timeline, read from study.db: what figures show next to the results of fit.json."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from .measure import text

MOST_SPANS = 1500  # of one timeline; neighbouring items of a worker are joined where there would be more
NS = 1e-9


@dataclass(frozen=True)
class Trial:
    """wall_s None: not measured."""

    id: int
    block: int | None
    role: str
    workers: int
    chunk: int | None
    policy: str
    status: str
    wall_s: float | None
    compared_items: int | None = None  # that have outputs, with a digest together; None: no digest, or their number is not known
    nodes: int | None = None  # machines that share the workers; None: one, without a scheduler


@dataclass(frozen=True)
class Span:
    """What a worker did between two instants, in seconds since the start of the trial."""

    worker: int
    state: str  # "start", "init", "item", "tail"
    begin_s: float
    end_s: float
    name: str  # of the item; of several, their number
    gaps_s: float = 0.0  # between several items, in which the worker did none of them

    @property
    def length_s(self) -> float:
        return self.end_s - self.begin_s - self.gaps_s


@dataclass(frozen=True)
class Timeline:
    trial: int
    workers: int
    wall_s: float
    joined: int  # this number of neighbouring items are one span
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Samples:
    trials: tuple[Trial, ...]
    timelines: tuple[Timeline, ...]  # of one trial for each number of workers
    synchronised: int | None  # workers of trials that count with the instant at which they were released
    workers: int | None  # of all of those


NONE = Samples((), (), None, None)


def _seconds(ns: object) -> float | None:
    return ns * NS if isinstance(ns, (int, float)) and ns > 0 else None


def _trials(db: sqlite3.Connection) -> list[Trial]:
    older = "nodes" not in [str(row[1]) for row in db.execute("PRAGMA table_info(cell)")]
    rows = db.execute(
        "SELECT t.id, t.block, c.role, c.workers, c.chunk, c.policy, t.status, t.wall_ns, CASE WHEN t.manifest_sha256 <> '' THEN t.items - coalesce(t.failed, 0) END,"
        f" {'NULL' if older else 'c.nodes'} FROM trial t JOIN cell c ON c.id = t.cell WHERE c.role <> 'antagonist' ORDER BY t.id"
    )
    return [
        Trial(number, block, text(role), n or 0, chunk, text(policy), text(status), _seconds(wall), items, nodes)
        for number, block, role, n, chunk, policy, status, wall, items, nodes in rows
    ]


def compared(trials: Sequence[Trial], left_out: Sequence[int]) -> tuple[int | None, int | None]:
    """Items and cells of the trials that count, are not left out, and have a digest of their outputs."""
    good = [t for t in trials if t.status == "ok" and t.id not in left_out and t.compared_items]
    cells = {(t.role, t.nodes, t.workers, t.chunk, t.policy) for t in good}
    return (sum(t.compared_items or 0 for t in good), len(cells)) if good else (None, None)


def _typical(trials: Sequence[Trial], hiccups: Sequence[int]) -> list[Trial]:
    """Of each number of workers on the curve, the trial that counts whose time is the (lower) median."""
    groups: dict[int, list[Trial]] = {}
    for trial in trials:
        if trial.role == "scaling" and trial.status == "ok" and trial.wall_s is not None and trial.id not in hiccups:
            groups.setdefault(trial.workers, []).append(trial)
    return [sorted(group, key=lambda t: (t.wall_s or 0.0, t.id))[(len(group) - 1) // 2] for _, group in sorted(groups.items())]


def _joined(items: Sequence[Span], most: int) -> tuple[int, list[Span]]:
    """Neighbouring items of a worker as one span, until there are at most `most`; how many were joined at most."""
    step = max(1, -(-len(items) // most)) if most else 1
    if step == 1:
        return 1, list(items)
    spans: list[Span] = []
    by_worker: dict[int, list[Span]] = {}
    for span in items:
        by_worker.setdefault(span.worker, []).append(span)
    for worker, own in by_worker.items():
        for at in range(0, len(own), step):
            part = own[at : at + step]
            name = part[0].name if len(part) == 1 else f"{len(part)} items, from {part[0].name}"
            gaps_s = part[-1].end_s - part[0].begin_s - sum(span.length_s for span in part)
            spans.append(Span(worker, "item", part[0].begin_s, part[-1].end_s, name, gaps_s))
    return step, spans


def _timeline(db: sqlite3.Connection, trial: Trial) -> Timeline | None:
    assert trial.wall_s is not None
    spans: list[Span] = []
    lives = db.execute(
        "SELECT slot, fork_ns, init_begin_ns, init_end_ns, go_ns, loop_end_ns FROM worker WHERE trial = ? ORDER BY slot", (trial.id,)
    ).fetchall()
    last = max((life[5] for life in lives if life[5] is not None), default=None)  # the end of the last worker
    for slot, fork, begin, end, go, loop in lives:
        for state, first, until in (("start", fork, begin), ("init", begin, end), ("start", end, go), ("tail", loop, last)):
            if first is not None and until is not None and until > first:
                spans.append(Span(slot, state, first * NS, until * NS, ""))
    items = [
        Span(worker, "item", start * NS, end * NS, text(path) or f"item {number}")
        for number, worker, start, end, path in db.execute(
            "SELECT i.id, i.worker, i.start_ns, i.end_ns, b.path FROM item i LEFT JOIN batch_item b ON b.id = i.id"
            " WHERE i.trial = ? AND i.worker IS NOT NULL AND i.start_ns IS NOT NULL AND i.end_ns IS NOT NULL ORDER BY i.worker, i.start_ns",
            (trial.id,),
        )
    ]
    if not items:
        return None
    step, shown = _joined(items, MOST_SPANS)
    return Timeline(trial.id, trial.workers, trial.wall_s, step, tuple(sorted([*spans, *shown], key=lambda s: (s.worker, s.begin_s, s.end_s))))


def _released(db: sqlite3.Connection, hiccups: Sequence[int]) -> tuple[int | None, int | None]:
    """Workers of trials that count: those with the instant at which they were released, and all of them."""
    counts = [
        (released, workers)
        for trial, released, workers in db.execute(
            "SELECT t.id, count(w.go_ns), count(*) FROM worker w JOIN trial t ON t.id = w.trial WHERE t.status = 'ok' GROUP BY t.id"
        )
        if trial not in hiccups
    ]
    return (sum(r for r, _ in counts), sum(w for _, w in counts)) if counts else (None, None)


def read_samples(db: sqlite3.Connection, hiccups: Sequence[int]) -> Samples:
    """hiccups: numbers of trials that are kept out."""
    trials = _trials(db)
    lines = [line for line in (_timeline(db, trial) for trial in _typical(trials, hiccups)) if line]
    return Samples(tuple(trials), tuple(lines), *_released(db, hiccups))
