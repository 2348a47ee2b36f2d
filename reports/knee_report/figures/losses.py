"""Figures of core time that did no useful work: one worker count cause by cause, and every worker count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import style, wording
from ..findings import Losses
from ..study import Phases, Study
from .common import explain

WALL_PARTS = (
    ("prefix", "prefix_s", "#E69F00"),
    ("spawn", "spawn_s", "#56B4E9"),
    ("worker init", "init_s", "#009E73"),
    ("work", "work_s", "#C9D9E6"),
    ("suffix", "suffix_s", "#D55E00"),
)


def colour_of(losses: Losses, place: int) -> str:
    """A cause has the same colour in both figures; what is no single cause is grey."""
    return style.NO_CAUSE.get(losses.causes[place].kind, style.CAUSES[place % len(style.CAUSES)])


# --- cause by cause ---------------------------------------------------------------------------------------------------


def waterfall_note(losses: Losses) -> str:
    words = f"Share of all core time; black: 95% intervals. Right: that share; speedup without the cause ({wording.TIMES})."
    if losses.named is not None:
        known = wording.fixed(100 * losses.named, 1)
        words += f" Causes are known for {'all' if known == '100.0' else f'{known}% or more'} of it."
    return words


def _bar(ax: Any, place: int, left: float, right: float, colour: str) -> None:
    ax.barh(place, right - left, 0.66, left=left, color=colour, linewidth=0, zorder=2)


def waterfall(ax: Any, study: Study) -> None:
    """From an efficiency of 1 down to E(n), one cause a step, in the order of the ranking."""
    losses = study.findings.losses
    if losses.workers is None or losses.efficiency is None:
        explain(ax, losses.reason)
        return
    level, (low, high) = 1.0, losses.axis
    _bar(ax, 0, low, 1.0, style.MEASURED)
    names = ["no loss"]
    look = {"transform": ax.get_yaxis_transform(), "size": 6.2, "va": "center"}
    for place, loss in enumerate(losses.causes, 1):
        after, share = loss.left if loss.left is not None else level, wording.percent(loss.share)
        _bar(ax, place, min(level, after), max(level, after), colour_of(losses, place - 1))
        ax.plot([level, level], [place - 1, place + 0.33], color=style.SOFT, linewidth=0.5, zorder=1)
        if loss.share.low is not None and loss.share.high is not None:
            ax.plot([level - loss.share.high, level - loss.share.low], [place, place], color=style.INK, linewidth=0.8, zorder=3)
        without = loss.speedup_without.value
        words = "" if share.value is None else f"{wording.fixed(share.value, 1)}%"
        ax.text(1.02, place, words + ("" if without is None else f"; {wording.fixed(without, 2)}"), color=style.INK, **look)
        names.append(loss.label)
        level = after
    last = len(losses.causes) + 1
    _bar(ax, last, low, losses.efficiency, style.MEASURED)
    ax.plot([level, level], [last - 1, last + 0.33], color=style.SOFT, linewidth=0.5, zorder=1)
    here = "" if losses.speedup.value is None else f"; {wording.fixed(losses.speedup.value, 2)}"
    ax.text(1.02, last, f"{wording.fixed(100 * losses.efficiency, 1)}%{here}", weight="bold", **look)
    names.append(f"E({losses.workers})")
    ax.set_yticks(range(last + 1), names)
    ax.set_ylim(last + 0.6, -0.6)
    ax.set_xlim(low, high + 0.02 * (high - low))
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.xaxis.set_major_formatter(lambda x, _: wording.plain(100 * x))
    ax.xaxis.get_major_locator().set_params(nbins=5)
    ax.set_xlabel(f"efficiency, %{'' if low == 0 else '; the axis does not begin at 0'}")


# --- every worker count -----------------------------------------------------------------------------------------------


def _bar_axis(ax: Any, workers: Sequence[int], cores: int | None) -> None:
    """Names bars by their worker count, as many as fit, and shades the oversubscribed ones."""
    room = ax.get_window_extent().width / ax.figure.dpi * 25.4
    step = max(1, -(-len(workers) // 16), math.ceil(4.0 * len(workers) / room))
    places = range(len(workers))
    ax.set_xticks(list(places)[::step], [str(n) for n in workers][::step])
    over = [place for place in places if cores is not None and workers[place] > cores]
    if over:
        ax.axvspan(over[0] - 0.5, over[-1] + 0.5, color=style.SHADE, zorder=0, linewidth=0)
    ax.set_xlabel("workers")


def by_workers(ax: Any, study: Study) -> None:
    """Losses upwards, gains downwards, one bar for each worker count; causes in the order of the ranking."""
    losses = study.findings.losses
    if not losses.by_workers:
        explain(ax, losses.reason)
        return
    up, down = [0.0] * len(losses.by_workers), [0.0] * len(losses.by_workers)
    for place in range(len(losses.causes)):
        for bar, row in enumerate(losses.by_workers):
            share = row.shares[place] if place < len(row.shares) else None
            if share is None:
                continue
            base = up if share > 0 else down
            ax.bar(bar, 100 * share, 0.72, bottom=base[bar], color=colour_of(losses, place), linewidth=0)
            base[bar] += 100 * share
    ax.axhline(0, color=style.SOFT, linewidth=0.6)
    ax.set_ylim(1.1 * min(down), 1.1 * max(max(up), 0.1))
    _bar_axis(ax, [row.workers for row in losses.by_workers], study.facts.cores)
    ax.set_ylabel("share of core time n \u00d7 T, %")


def phases_wall(ax: Any, study: Study) -> None:
    """One bar for each worker count; a cross above a bar marks a phase that was not measured."""
    rows: list[Phases] = [row for row in study.phases if row.work_s.value is not None]
    if not rows:
        explain(ax, study.phases[0].work_s.reason if study.phases else "the study recorded no phases")
        return
    tops = [0.0] * len(rows)
    for label, field, colour in WALL_PARTS:
        heights = [getattr(row, field).value or 0.0 for row in rows]
        ax.bar(range(len(rows)), heights, 0.72, bottom=tops, color=colour, label=label, linewidth=0)
        tops = [top + height for top, height in zip(tops, heights)]
    for place, row in enumerate(rows):
        if any(getattr(row, field).value is None for _, field, _ in WALL_PARTS):
            ax.text(place, tops[place] + 0.02 * max(tops), "\u2020", ha="center", va="bottom", size=7, color=style.INK)
    ax.set_ylim(0, 1.1 * (max(tops) or 1.0))
    _bar_axis(ax, [row.workers for row in rows], study.facts.cores)
    ax.set_ylabel("wall time, s")
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=5, borderaxespad=0.2, columnspacing=0.9, handlelength=1.0, handletextpad=0.4)
