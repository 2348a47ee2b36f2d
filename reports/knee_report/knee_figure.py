"""Where the knee would be for each cause alone: one row a cause, workers across."""

from __future__ import annotations

import math
from typing import Any

from . import style, wording
from .figures import explain
from .study import KneeCause, Study


def notes(study: Study) -> str:
    return f"Where efficiency would fall below {100 * (1 - study.knee.delta):g}% with the first cause alone, then with one more at a time."


def furthest(study: Study) -> float:
    """How many workers the axis shows: four times the cores, or the furthest estimate if that is within eight times."""
    largest = max((p.workers for p in study.curve), default=1)
    cores = largest if study.facts.cores is None else study.facts.cores
    ends = [4.0, 4.0 * cores]
    for cause in study.knee.causes:
        value = cause.workers.value
        if value is not None and value <= 8 * cores:
            ends.append(1.5 * value)
    return max(ends)


def words(cause: KneeCause) -> str:
    """ "9 (6 to 15)", "9 (6 or more)", "never" where these causes do not bend the curve so far."""
    at = cause.workers
    if at.value is None:
        return "never" if "keep the efficiency above" in at.reason else "not known"
    span = ""
    if at.low is not None and at.high is not None and at.low < at.high:
        span = f" ({at.low:g}\u2013{at.high:g})"
    elif at.low is not None and at.high is None:
        span = f" (from {at.low:g})"
    return f"{at.value:.0f}{span}"


def draw(ax: Any, study: Study) -> None:
    causes = study.knee.causes
    reasons = [c.workers.reason for c in causes if c.workers.reason]
    if not any(c.workers.value is not None for c in causes) and reasons and "keep the efficiency above" not in reasons[0]:
        explain(ax, reasons[0])
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
    ax.set_xticks([2**k for k in range(0, int(math.log2(last)) + 1, 1 if last <= 64 else 2)])
    ax.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
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
