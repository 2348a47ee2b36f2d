"""Figures of the scaling curve: speedup, efficiency, serial fraction."""

from __future__ import annotations

from typing import Any

from matplotlib.ticker import MaxNLocator

from .. import curve, style, wording
from ..study import Study
from .common import batch_axis, explain, intervals, mark_words, worker_axis


def speedup(ax: Any, study: Study) -> None:
    """The curve of page 1: measured points with a core for each worker, the batch as predicted, replayed or emulated."""
    points = [p for p in curve.own_points(study) if p.speedup.value is not None and not p.oversubscribed]
    if not points:
        explain(ax, "the study has no point of the scaling curve")
        return
    last = max(p.workers for p in points) if not study.shown.known else curve.last_workers(study)
    ax.plot([1, last], [1, last], color=style.SOFT, linestyle=(0, (5, 3)), linewidth=1.0, label="ideal")
    line = [row for row in curve.line_points(study) if row[0] <= last]
    if line:
        banded = [(n, low, high) for n, _, low, high in line if low is not None and high is not None]
        ax.fill_between([n for n, _, _ in banded], [low for _, low, _ in banded], [high for _, _, high in banded], color=style.MODEL, alpha=0.16, linewidth=0)
        ax.plot([n for n, *_ in line], [value for _, value, *_ in line], color=style.MODEL, linewidth=1.4, label=curve.line_label(study))
    workers = [p.workers for p in points]
    for other, colour, mark in ((study.emulated, style.EMULATED, "^"), (study.replayed, style.REPLAYED, "s")):
        extra = curve.other_points(other)
        intervals(ax, [p.workers for p in extra], [p.speedup for p in extra], colour, mark, curve.others_label(other))
        workers += [p.workers for p in extra]
    spread = curve.spread_points(study)
    intervals(ax, [p.workers for p in spread], [p.speedup for p in spread], style.SPREAD, "D", curve.SPREAD_LABEL if spread else "")
    intervals(ax, [p.workers for p in points], [p.speedup for p in points], style.MEASURED, label="measured, 95% interval")
    shown = [*(p.speedup for p in points), *(p.speedup for p in spread)]
    top = max(curve.highest_shown(study, "speedup", 1.15 * last) if study.shown.known else curve.highest(shown), last)
    ax.set_ylim(0, 1.12 * top)
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=top > 4))
    ax.set_ylabel(f"{study.facts.speedup} against one worker")
    batch_axis(ax, study, sorted({*workers, *(n for n, *_ in line), last}))
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=5, borderaxespad=0.2, columnspacing=1.6)


def efficiency(ax: Any, study: Study) -> None:
    workers = [p.workers for p in study.curve]
    values = [wording.percent(p.efficiency) for p in study.curve]
    if all(v.value is None for v in values):
        explain(ax, "the study has no point of the scaling curve")
        return
    cores, last = study.facts.cores, max(workers)
    ideal = [1 + i * (last - 1) / 200 for i in range(201)]
    bound = [100 * min(1, (cores or last) / n) for n in ideal]
    ax.plot(ideal, bound, color=style.SOFT, linewidth=0.9, linestyle=(0, (5, 3)))
    intervals(ax, workers, values, style.MEASURED)
    ax.set_ylim(0, max(112.0, 1.05 * curve.highest(values)))
    worker_axis(ax, study, workers)
    ax.set_ylabel("efficiency, %")
    if study.findings.knee_threshold is not None:
        threshold = 100 * study.findings.knee_threshold
        ax.axhline(threshold, color=style.KNEE, linewidth=0.9)
        ax.annotate(
            wording.plain(threshold), (1, threshold), xycoords=("axes fraction", "data"), xytext=(2, 0),
            textcoords="offset points", size=6.4, color=style.KNEE_INK, va="center",
        )  # fmt: skip
    mark_words(ax, study, workers, 0.07)


def karp_flatt(ax: Any, study: Study) -> None:
    points = [p for p in study.curve if p.karp_flatt.value is not None and not p.oversubscribed]
    if not points:
        reasons = [p.karp_flatt.reason for p in study.curve if p.karp_flatt.reason and not p.oversubscribed]
        explain(ax, reasons[-1] if reasons else "the study has no point of the scaling curve")
        return
    values = [wording.percent(p.karp_flatt) for p in points]
    intervals(ax, [p.workers for p in points], values, style.MEASURED)
    worker_axis(ax, study, [p.workers for p in study.curve if not p.oversubscribed])
    low = min(m.low if m.low is not None else m.value or 0.0 for m in values)
    high = max(curve.highest([m]) for m in values)
    ax.axhline(0, color=style.SOFT, linewidth=0.6)
    ax.set_ylim(min(0.0, 1.15 * low), max(1.15 * high, 0.1))
    ax.set_ylabel("serial fraction e(n), %")
