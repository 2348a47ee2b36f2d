"""The figures about item sizes and about chunk sizes and policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import style, wording
from ..measure import Measure
from ..study import Chunk, KindTerm, SizeFit, Study
from .common import explain, intervals, worker_axis

LONGEST = 18  # letters of a kind's name in the legend


def points_fit(study: Study) -> SizeFit | None:
    """The regression at the number of workers that the points come from."""
    return next((s for s in study.size if s.workers == study.size_points_workers), None)


def is_reference(term: KindTerm) -> bool:
    return term.extra_ms.is_exact and term.extra_ms.value == 0


def plain_kind(fit: SizeFit, kinds: Sequence[str]) -> str | None:
    """The kind without an extra term, or with 0 by definition: the intercept is its fixed time."""
    termed = {k.kind for k in fit.kinds if not is_reference(k)}
    return next((kind for kind in kinds if kind not in termed), None)


def size_scatter(ax: Any, study: Study, along: str, legend: bool) -> None:
    points = study.size_points
    if not points:
        explain(ax, "the study has no item times")
        return
    line, fit, groups = study.findings.size_lines.get(along), points_fit(study), study.kind_groups
    for index, kinds in enumerate(groups):
        members = [p for p in points if p.kind in kinds]
        ax.plot(
            [p.size[along] for p in members],
            [1000 * p.seconds[along] for p in members],
            style.MARKERS[index % len(style.MARKERS)],
            color=style.CATEGORIES[index % len(style.CATEGORIES)],
            markersize=3.0,
            alpha=0.75,
            markeredgewidth=0,
            label="other" if len(kinds) > 1 else wording.shorten(kinds[0], LONGEST) or "kind not recorded",
        )
    if line and fit:
        kind = plain_kind(fit, study.kinds)
        label = f"fit ({wording.shorten(kind, LONGEST)})" if kind else "fit"
        ax.plot([at for at, _ in line], [1000 * seconds for _, seconds in line], color=style.INK, linewidth=1.3, label=label)
    ax.set_xlim(left=0)
    ax.set_ylim(bottom=0)
    ax.set_xlabel(study.size_decoded if along == "decoded" else along)
    ax.set_ylabel("item time, ms")
    if legend:
        columns = 9 if len(groups) < 7 else 5
        ax.legend(loc="lower left", bbox_to_anchor=(-0.1, 1.01), ncol=columns, borderaxespad=0.1, handletextpad=0.3, columnspacing=0.8)


def slopes(ax: Any, study: Study, field: str, label: str) -> None:
    measures: list[Measure] = [getattr(s, field) for s in study.size]
    if all(m.value is None for m in measures):
        reasons = [m.reason for m in measures if m.reason]
        explain(ax, reasons[0] if reasons else "the study has no size regression")
        return
    workers = [s.workers for s in study.size]
    intervals(ax, workers, measures, style.MEASURED)
    worker_axis(ax, study, workers, knee=False)
    ends = [x for m in measures for x in (m.value, m.low, m.high) if x is not None]
    ax.set_ylim(min(0.0, 1.1 * min(ends)), 1.15 * max(max(ends), 1e-9))
    ax.set_ylabel(label)


def chunk_order(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Workers, then policy in the order of appearance, then chunk size."""
    policies = list(dict.fromkeys(c.policy for c in chunks))
    return sorted(chunks, key=lambda c: (c.workers, policies.index(c.policy), c.chunk or 0))


def chunk_name(chunk: Chunk, several: bool) -> str:
    name = wording.chunk_policy(chunk.chunk, chunk.policy)
    return f"{chunk.workers} workers: {name}" if several else name


def chunk_comparison(ax: Any, chunks: Sequence[Chunk], several: bool) -> None:
    """Wall time of each cell relative to the default's, one row a cell, the first on top."""
    for place, chunk in enumerate(chunks):
        ratio = chunk.ratio
        if ratio.value is None:
            ax.text(1, place, f" {wording.why_missing(ratio)[:70]}", size=6.4, color=style.SOFT, va="center")
            continue
        if ratio.low is not None and ratio.high is not None:
            ax.plot([ratio.low, ratio.high], [place, place], color=style.MEASURED, linewidth=1.2, marker="|", markersize=4.5)
        ax.plot([ratio.value], [place], "o", color=style.MEASURED, markeredgecolor="white", markeredgewidth=0.4)
    ax.axvline(1, color=style.SOFT, linewidth=0.9, linestyle=(0, (5, 3)), zorder=1)
    ax.set_ylim(len(chunks) - 0.5, -0.5)
    ax.set_yticks(range(len(chunks)), [chunk_name(c, several)[:40] for c in chunks])
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.set_xlabel("wall time relative to the default (left of 1: faster)")
