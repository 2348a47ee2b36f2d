"""The figures about scaling: each draws one thing of a study into given axes, or says why it cannot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.ticker import MaxNLocator

from . import curve, style, wording
from .figures_data import LOSSES, lost_percent, wall_of
from .layout import width_mm, wrap
from .measure import Measure
from .study import Phases, Study

WALL_PARTS = (
    ("prefix", "prefix_s", "#E69F00"),
    ("spawn", "spawn_s", "#56B4E9"),
    ("worker init", "init_s", "#009E73"),
    ("work", "work_s", "#C9D9E6"),
    ("suffix", "suffix_s", "#D55E00"),
)


def explain(ax: Any, why: str) -> None:
    """In place of a figure that cannot be drawn: the reason."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(style.RULE)
    box = ax.get_window_extent()
    lines = wrap(f"not measured: {why}", style.SMALL, box.width / ax.figure.dpi * 25.4 - 8, most=5)
    ax.text(0.5, 0.5, "\n".join(lines), transform=ax.transAxes, ha="center", va="center", size=style.SMALL.size, color=style.SOFT)


def intervals(ax: Any, xs: Sequence[float], measures: Sequence[Measure], colour: str, marker: str = "o", label: str = "") -> None:
    """Points with their intervals; what was not measured leaves a gap."""
    shown = [(x, m) for x, m in zip(xs, measures) if m.value is not None]
    for x, m in shown:
        if m.low is not None and m.high is not None:
            ax.plot([x, x], [m.low, m.high], color=colour, linewidth=1.0, solid_capstyle="butt", zorder=3)
    ax.plot(
        [x for x, _ in shown],
        [m.value for _, m in shown],
        marker,
        color=colour,
        label=label or None,
        zorder=4,
        markeredgecolor="white",
        markeredgewidth=0.4,
    )


def worker_axis(ax: Any, study: Study, workers: Sequence[int], knee: bool = True) -> None:
    """The axis of workers, with the core count, the oversubscribed region and the knee marked the same way everywhere."""
    last = max(workers, default=1)
    margin = 0.04 * max(1, last - 1)
    ax.set_xlim(1 - margin, last + margin)
    ax.set_xticks(curve.ticks(workers, study.facts.cores))
    ax.set_xlabel("workers")
    cores = study.facts.cores
    if cores is not None and cores < last:
        ax.axvspan(cores, last + margin, color=style.SHADE, zorder=0, linewidth=0)
    if cores is not None and cores <= last:
        ax.axvline(cores, color=style.SOFT, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
    if knee and study.knee.workers is not None:
        ax.axvline(study.knee.workers, color=style.KNEE, linewidth=2.2, zorder=1)


def thin_ticks(ax: Any, most: int) -> None:
    """Fewer numbers under the axis of a narrow figure: the first, and every k-th."""
    ticks = list(ax.get_xticks())
    ax.set_xticks(ticks[:: max(1, -(-len(ticks) // most))])


def mark_words(ax: Any, study: Study, workers: Sequence[int], height: float) -> None:
    """Names the core line and the shaded region; height is in axes units."""
    cores, last = study.facts.cores, max(workers, default=1)
    if cores is None or cores > last:
        return
    across = ax.get_xaxis_transform()
    gap = 0.012 * max(1, last - 1)
    look = {"transform": across, "size": 6.4, "color": style.SOFT, "va": "center"}
    if cores > 0.7 * last:
        ax.text(cores - gap, height, wording.plural(cores, study.facts.core), ha="right", **look)
    else:
        knee = study.knee.workers
        beside = knee if knee is not None and 0 < knee - cores < 0.16 * last else cores
        name = wording.plural(cores, study.facts.core)
        ax.text(beside + gap, height, name if beside == cores else f"dotted: {name}", ha="left", **look)
        left, right = ax.get_xlim()
        frame = ax.get_window_extent().width / ax.figure.dpi * 25.4
        room = frame * (last - beside - gap) / (right - left) - width_mm(f"dotted: {cores} cores  ", style.SMALL)
        for words in ("oversubscribed: more workers than cores", "oversubscribed"):
            if width_mm(words, style.SMALL) < room:
                ax.text(last, height, words, ha="right", **look)
                break


def speedup(ax: Any, study: Study) -> None:
    points = [p for p in study.curve if p.speedup.value is not None]
    if not points:
        explain(ax, "the study has no point of the scaling curve")
        return
    workers = [p.workers for p in study.curve]
    last = max(workers)
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
        ax.plot(at, [p.speedup for p in model.predicted], color=style.MODEL, linewidth=1.4, label=f"{wording.model_name(model.name)} fit")
    intervals(ax, workers, [p.speedup for p in study.curve], style.MEASURED, label="measured, 95% interval")
    beside = curve.emulated_points(study)
    if beside:
        at = [p.workers for p in beside]
        ax.plot([1, max(at)], [1, max(at)], color=style.EMULATED, linestyle=(0, (1, 2)), linewidth=0.9)
        intervals(ax, at, [p.speedup for p in beside], style.EMULATED, "^", curve.emulated_label(study))
        workers += at
    highest = curve.highest_beside(study, [p.speedup for p in points], [p.speedup for p in beside], 1.15 * max(workers))
    ax.set_ylim(0, 1.12 * max(highest, min(bound, last)))
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=highest > 4))
    ax.set_ylabel(f"{study.facts.speedup} against one worker")
    worker_axis(ax, study, workers)
    mark_words(ax, study, workers, 0.94 if beside else 0.06)
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=4, borderaxespad=0.2, columnspacing=1.6)


def efficiency(ax: Any, study: Study) -> None:
    workers = [p.workers for p in study.curve]
    values = [wording.percent(p.efficiency) for p in study.curve]
    if all(v.value is None for v in values):
        explain(ax, "the study has no point of the scaling curve")
        return
    threshold = 100 * (1 - study.knee.delta)
    ax.axhline(threshold, color=style.KNEE, linewidth=0.9)
    cores, last = study.facts.cores, max(workers)
    ideal = [1 + i * (last - 1) / 200 for i in range(201)]
    bound = [100 * min(1, (cores or last) / n) for n in ideal]
    ax.plot(ideal, bound, color=style.SOFT, linewidth=0.9, linestyle=(0, (5, 3)))
    intervals(ax, workers, values, style.MEASURED)
    ax.set_ylim(0, max(112.0, 1.05 * curve.highest(values)))
    worker_axis(ax, study, workers)
    ax.set_ylabel("efficiency, %")
    ax.annotate(
        f"{threshold:g}", (1, threshold), xycoords=("axes fraction", "data"), xytext=(2, 0), textcoords="offset points",
        size=6.4, color=style.KNEE_INK, va="center",
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


def bar_places(rows: Sequence[Phases]) -> tuple[list[int], list[str]]:
    return list(range(len(rows))), [str(r.workers) for r in rows]


def stacked(
    ax: Any,
    rows: Sequence[Phases],
    parts: Sequence[tuple[str, str, str]],
    share: Callable[[Phases, str, float], float],
    cores: int | None,
) -> None:
    """One bar per number of workers; a part that was not measured is left out and marked by a cross above the bar."""
    places, names = bar_places(rows)
    base = [0.0] * len(rows)
    absent = [False] * len(rows)
    for label, field, colour in parts:
        heights = []
        for index, row in enumerate(rows):
            measure: Measure = getattr(row, field)
            absent[index] = absent[index] or measure.value is None
            heights.append(share(row, field, measure.value) if measure.value is not None else 0.0)
        ax.bar(places, heights, 0.72, bottom=base, color=colour, label=label, linewidth=0)
        base = [b + h for b, h in zip(base, heights)]
    top = max(base, default=1.0) or 1.0
    for place, height, hole in zip(places, base, absent):
        if hole:
            ax.text(place, height + 0.02 * top, "\u2020", ha="center", va="bottom", size=7, color=style.INK)
    ax.set_ylim(0, 1.1 * top)
    room = ax.get_window_extent().width / ax.figure.dpi * 25.4
    step = max(1, -(-len(names) // 16), math.ceil(4.0 * len(names) / room))
    ax.set_xticks(places[::step], names[::step])
    if cores is not None:
        over = [p for p, r in zip(places, rows) if r.workers > cores]
        if over:
            ax.axvspan(over[0] - 0.5, over[-1] + 0.5, color=style.SHADE, zorder=0, linewidth=0)
    ax.set_xlabel("workers")


def phases_wall(ax: Any, study: Study) -> None:
    rows = [r for r in study.phases if r.work_s.value is not None]
    if not rows:
        explain(ax, study.phases[0].work_s.reason if study.phases else "the study recorded no phases")
        return
    stacked(ax, rows, WALL_PARTS, lambda row, field, value: value, study.facts.cores)
    ax.set_ylabel("wall time, s")
    ax.legend(loc="upper right", ncol=1, borderaxespad=0.2, labelspacing=0.25, handlelength=1.0)


def phases_lost(ax: Any, study: Study) -> None:
    rows = [r for r in study.phases if wall_of(study).get(r.workers) is not None]
    if not rows:
        explain(ax, "the study recorded no phases")
        return
    stacked(ax, rows, LOSSES, lambda row, field, value: lost_percent(study, row, field, value) or 0.0, study.facts.cores)
    ax.set_ylabel("share of core time n \u00d7 T, %")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncol=6, borderaxespad=0.1, handlelength=0.9, columnspacing=0.65, handletextpad=0.3, fontsize=6.2)

