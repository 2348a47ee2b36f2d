"""Rows behind the figures, without drawing: where core time is lost."""

from __future__ import annotations

from .study import Phases, Study

# What a reader calls it, the field, its colour. Fields that end in _core_s are core-seconds; the others hold all n cores.
LOSSES = (
    ("prefix", "prefix_s", "#E69F00"),
    ("spawn", "spawn_s", "#56B4E9"),
    ("worker init", "init_s", "#009E73"),
    ("suffix", "suffix_s", "#D55E00"),
    ("dispatch", "dispatch_core_s", "#000000"),
    ("tail", "tail_core_s", "#CC79A7"),
)
PLAIN = {
    "prefix": "preparing the batch",
    "spawn": "starting processes",
    "worker init": "workers getting ready",
    "suffix": "writing the manifest",
    "dispatch": "handing out work",
    "tail": "waiting for the last worker",
}


def wall_of(study: Study) -> dict[int, float]:
    """Wall time by number of workers, where it was measured."""
    return {p.workers: p.wall_s.value for p in study.curve if p.wall_s.value}


def lost_percent(study: Study, row: Phases, field: str, value: float) -> float | None:
    """A part as percent of the core time n x T; None when T is not known."""
    wall = wall_of(study).get(row.workers)
    if wall is None:
        return None
    core_seconds = value if field.endswith("_core_s") else value * row.workers
    return 100 * core_seconds / (row.workers * wall)


def causes(study: Study, workers: int) -> list[tuple[str, float]]:
    """Measured losses at so many workers in percent of core time, the largest first, in plain words."""
    row = next((r for r in study.phases if r.workers == workers), None)
    if row is None:
        return []
    found = []
    for name, field, _ in LOSSES:
        value = getattr(row, field).value
        part = None if value is None else lost_percent(study, row, field, value)
        if part is not None:
            found.append((PLAIN[name], part))
    return sorted(found, key=lambda cause: -cause[1])
