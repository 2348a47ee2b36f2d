"""Figures of the scaling curve: speedup, efficiency, serial fraction."""

from __future__ import annotations

from typing import Any

from matplotlib.ticker import MaxNLocator

from .. import curve, style, wording
from ..study import Study
from .common import explain, intervals, mark_words, worker_axis


def speedup(ax: Any, study: Study) -> None:
    points = [p for p in study.curve if p.speedup.value is not None]
    if not points:
        explain(ax, "the study has no point of the scaling curve")
        return
    workers = [p.workers for p in study.curve]
    emulated = curve.emulated_points(study)
    last = max([*workers, *(p.workers for p in emulated)])
    bound = study.facts.cores or last
    ends = [1.0, float(min(bound, last))] + ([float(last)] if bound < last else [])
    ax.plot(ends, [min(n, bound) for n in ends], color=style.SOFT, linestyle=(0, (5, 3)), linewidth=1.0, label="ideal, up to the cores")
    model = study.chosen_model
    if model and model.predicted:
        at = [p.workers for p in model.predicted]
        banded = [p for p in model.predicted if p.low is not None and p.high is not None]
        ax.fill_between(
            [p.workers for p in banded], [p.low for p in banded], [p.high for p in banded], color=style.MODEL, alpha=0.16, linewidth=0
        )
        ax.plot(at, [p.speedup for p in model.predicted], color=style.MODEL, linewidth=1.4, label=f"{model.title} fit")
    intervals(ax, workers, [p.speedup for p in study.curve], style.MEASURED, label="measured, 95% interval")
    if emulated:
        at = [p.workers for p in emulated]
        ax.plot([1, max(at)], [1, max(at)], color=style.EMULATED, linestyle=(0, (1, 2)), linewidth=0.9)
        intervals(ax, at, [p.speedup for p in emulated], style.EMULATED, "^", curve.emulated_label(study))
        workers += at
    highest = curve.highest_with_emulated(study, [p.speedup for p in points], [p.speedup for p in emulated], 1.15 * max(workers))
    ax.set_ylim(0, 1.12 * max(highest, min(bound, last)))
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=highest > 4))
    ax.set_ylabel(f"{study.facts.speedup} against one worker")
    worker_axis(ax, study, workers)
    mark_words(ax, study, workers, 0.06)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=4, borderaxespad=0.2, columnspacing=1.6)


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
