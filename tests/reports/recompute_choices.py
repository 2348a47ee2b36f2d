"""Choices again by their stated rules: the cell that is advised (docs/statistics.md, section 8), and the best of the
curve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from recompute_base import Groups, Interval, Rows, Study, by_block, geometric, point, ratio, scaled

SLOWER = 1.03  # than the fastest, at most


def candidates(study: Study) -> list[tuple[int, bool, Any, Rows]]:
    """Workers, whether it is a cell of the curve, chunk, trials."""
    cells = sorted(
        {
            (t["cell"], t["role"], t["workers"], t["chunk"] or 0)
            for t in study.trials
            if t["role"] in ("scaling", "chunk", "policy")
        }
    )
    return [(n, role == "scaling", chunk, study.good(cell=cell)) for cell, role, n, chunk in cells]


def of_work(study: Study, rows: Rows) -> Groups:
    """Times; where the work grows with the workers, for that of one."""
    return by_block(rows, lambda t: t["wall_ns"] / 1e9 / (t["workers"] if study.weak else 1) if t["wall_ns"] else None)


def advised(study: Study) -> tuple[int, bool, Any, Interval] | None:
    """Of the cells whose time is not beyond doubt above that of the fastest, and at most 3%: the one with the fewest
    workers; of these the one of the curve, else the fastest."""
    timed = [(n, curve, chunk, of_work(study, rows)) for n, curve, chunk, rows in candidates(study)]
    known = [
        (n, curve, chunk, times, wall) for n, curve, chunk, times in timed if (wall := geometric(times)) is not None
    ]
    if not known:
        return None
    best = min(known, key=lambda cell: float(cell[4][0]))

    def stands(cell: Any) -> bool:
        against = ratio(cell[3], best[3])
        return cell is best or bool(against and against[1] is not None and against[1] <= 1 and against[0] <= SLOWER)

    n, curve, chunk, _, wall = min(filter(stands, known), key=lambda cell: (cell[0], not cell[1], cell[4][0]))
    wall = scaled(wall, n if study.weak else 1) or wall
    return n, curve, chunk, wall


def choices(study: Study) -> Iterator[tuple[str, Interval | None]]:
    chosen = None if study.all_fail else advised(study)
    yield "advice.workers", point(chosen[0]) if chosen else None
    yield "advice.chunk", point(chosen[2]) if chosen and chosen[2] else None
    yield "advice.wall", chosen[3] if chosen else None
    curve = {
        n: geometric(of_work(study, study.good(role="scaling", workers=n)))
        for n in {t["workers"] for t in study.good(role="scaling")}
    }
    times = {n: wall[0] for n, wall in curve.items() if wall}
    best = chosen[0] if chosen and chosen[0] in times else min(times, key=lambda n: float(times[n])) if times else None
    yield "best.workers", point(best)
