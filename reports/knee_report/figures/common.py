"""Parts that several figures share: points with intervals, the axis of workers, a reason in place of a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import curve, style, wording
from ..layout import width_mm, wrap
from ..measure import Measure
from ..study import Study


def explain(ax: Any, why: str) -> None:
    """Writes the reason in place of a figure that cannot be drawn."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(style.RULE)
    width = ax.get_window_extent().width / ax.figure.dpi * 25.4
    lines = wrap(f"not measured: {why}", style.SMALL, width - min(8.0, 0.1 * width), most=8)
    ax.text(0.5, 0.5, "\n".join(lines), transform=ax.transAxes, ha="center", va="center", size=style.SMALL.size, color=style.SOFT)


def intervals(ax: Any, xs: Sequence[float], measures: Sequence[Measure], colour: str, marker: str = "o", label: str = "") -> None:
    """Points with their intervals; a value that was not measured leaves a gap."""
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


def batch_axis(ax: Any, study: Study, workers: Sequence[int]) -> None:
    """The axis of workers, each with a core of its own; the machine's cores and the knee of the batch are marked."""
    last, cores, knee = max(workers, default=1), study.facts.cores, curve.knee_place(study)
    margin = 0.04 * max(1, last - 1)
    ax.set_xlim(1 - margin, last + margin)
    ax.set_xticks(curve.ticks(workers, cores))
    ax.set_xlabel(f"{curve.axis_label(study)}, a core each")
    if cores is not None and cores < last:
        ax.axvline(cores, color=style.SOFT, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
        at = cores + 0.012 * (last - 1)
        ax.text(at, 0.05, f"{wording.plural(cores, study.facts.core)} here", transform=ax.get_xaxis_transform(), size=6.4, color=style.SOFT, va="center")
    if knee is not None and knee <= last:
        ax.axvline(knee, color=style.KNEE, linewidth=2.2, zorder=1)


def worker_axis(ax: Any, study: Study, workers: Sequence[int], knee: bool = True) -> None:
    """The axis of workers; core count, oversubscribed region and knee are marked in the same way in every figure."""
    last = max(workers, default=1)
    margin = 0.04 * max(1, last - 1)
    ax.set_xlim(1 - margin, last + margin)
    ax.set_xticks(curve.ticks(workers, study.facts.cores))
    ax.set_xlabel(curve.axis_label(study))
    cores = study.facts.cores
    if cores is not None and cores < last:
        ax.axvspan(cores, last + margin, color=style.SHADE, zorder=0, linewidth=0)
    if cores is not None and cores <= last:
        ax.axvline(cores, color=style.SOFT, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
    if knee and study.knee.workers is not None and study.findings.knee_state == "within the cores":
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
        knee = study.knee.workers if study.findings.knee_state == "within the cores" else None
        start = knee if knee is not None and 0 < knee - cores < 0.16 * last else cores
        name = wording.plural(cores, study.facts.core)
        ax.text(start + gap, height, name if start == cores else f"dotted: {name}", ha="left", **look)
        left, right = ax.get_xlim()
        frame = ax.get_window_extent().width / ax.figure.dpi * 25.4
        room = frame * (last - start - gap) / (right - left) - width_mm(f"dotted: {cores} cores  ", style.SMALL)
        for words in ("oversubscribed: more workers than cores", "oversubscribed"):
            if width_mm(words, style.SMALL) < room:
                ax.text(last, height, words, ha="right", **look)
                break
