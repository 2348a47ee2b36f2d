"""Where the knee would be with the causes up to each row only: one row a cause, workers across."""

from __future__ import annotations

import math
from typing import Any

from .. import style, wording
from ..findings import KneeCause
from ..study import Study
from .common import explain

ROOM = (21.0, 14.0)  # mm on both sides, for the names of causes and their numbers


def note(study: Study) -> str:
    threshold = wording.threshold(study.findings.knee_threshold)
    return f"Where efficiency would fall below {threshold} with the first cause alone, then with one more at a time."


def furthest(study: Study) -> float:
    """How many workers the axis shows: four times the cores, or the furthest estimate if that is within eight times."""
    largest = max((p.workers for p in study.curve), default=1)
    cores = largest if study.facts.cores is None else study.facts.cores
    ends = [4.0, 4.0 * cores]
    for cause in study.findings.knee_causes:
        value = cause.workers.value
        if value is not None and value <= 8 * cores:
            ends.append(1.5 * value)
    return max(ends)


def words(cause: KneeCause) -> str:
    """ "9 (6\u201315)", "9 (from 6)", "never" where these causes alone have no knee."""
    at = cause.workers
    if at.value is None:
        return cause.state
    if at.low is not None and at.high is not None and at.low < at.high:
        return f"{wording.whole(at.value)} ({wording.whole(at.low)}\u2013{wording.whole(at.high)})"
    if at.low is not None and at.high is None:
        return f"{wording.whole(at.value)} (from {wording.whole(at.low)})"
    return wording.whole(at.value)


def draw(ax: Any, study: Study) -> None:
    causes = study.findings.knee_causes
    if all(cause.state == "not known" for cause in causes):
        box, wide = ax.get_position(), 25.4 * ax.figure.get_figwidth()  # the words have the room of names and numbers, too
        ax.set_position((box.x0 - ROOM[0] / wide, box.y0, box.width + sum(ROOM) / wide, box.height))
        explain(ax, next((c.workers.reason for c in causes if c.workers.reason), "no account of the study"))
        return
    last = furthest(study)
    for place, cause in enumerate(causes):
        at = cause.workers
        ax.text(1.09, place, words(cause), transform=ax.get_yaxis_transform(), size=6.2, va="center", color=style.INK)
        if at.value is None:
            continue
        low, high = at.low, at.high if at.high is not None else last
        if low is not None:
            ax.plot([min(low, last), min(high, last)], [place, place], color=style.KNEE_INK, linewidth=1.0, zorder=3)
            if at.high is None or at.high > last:
                ax.plot([last], [place], ">", color=style.KNEE_INK, markersize=3, zorder=3, clip_on=False)
        if at.value <= last:
            ax.plot([at.value], [place], "o", color=style.KNEE_INK, zorder=4, markeredgecolor="white", markeredgewidth=0.4)
    ax.set_xscale("log", base=2)
    ax.set_xlim(1, last)
    ax.set_xticks([2**k for k in range(0, int(math.log2(last)) + 1, 1 if last <= 16 else 2 if last <= 256 else 3)])
    ax.xaxis.set_major_formatter(lambda x, _: wording.plain(x))
    ax.minorticks_off()
    cores = study.facts.cores
    if cores is not None and cores <= last:
        ax.axvline(cores, color=style.SOFT, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
    ax.set_yticks(range(len(causes)), [c.label for c in causes])
    ax.set_ylim(len(causes) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.set_xlabel(f"workers{'' if cores is None else f'; dotted: {wording.plural(cores, study.facts.core)}'}")
