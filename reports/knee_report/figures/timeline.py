"""What the workers of one trial did, and when: a row for each worker."""

from __future__ import annotations

from typing import Any

from .. import style, wording
from ..samples import Timeline
from ..study import Study
from .common import explain

LOOKS = {"start": "#D0D3D8", "init": "#009E73", "item": style.MEASURED, "tail": "#D55E00"}
WORDS = {"start": "starts, waits", "init": "initialises", "item": "works", "tail": "no more work"}


def chosen(study: Study) -> Timeline | None:
    """That with the most workers which have a core each; of several trials the one whose time is the median."""
    lines = study.record.samples.timelines
    within = [line for line in lines if study.facts.cores is None or line.workers <= study.facts.cores]
    return (within or list(lines))[-1] if lines else None


def note(line: Timeline | None) -> str:
    if line is None:
        return ""
    joined = f" Up to {line.joined} neighbouring items are one bar." if line.joined > 1 else ""
    return f"Trial {line.trial}, the median one. Gaps between bars: items.{joined}"


def draw(ax: Any, study: Study) -> None:
    line = chosen(study)
    if line is None:
        explain(ax, "no trial that counts has the instants of its items")
        return
    workers = max(span.worker for span in line.spans) + 1
    gap = 0.0006 * line.wall_s if len(line.spans) < 400 else 0.0
    for state, colour in LOOKS.items():
        for worker in range(workers):
            spans = [s for s in line.spans if s.state == state and s.worker == worker]
            bars = [(s.begin_s, max(s.end_s - s.begin_s - (gap if state == "item" else 0.0), 1e-9)) for s in spans]
            ax.broken_barh(bars, (worker - 0.38, 0.76), facecolors=colour, linewidth=0, label=WORDS[state] if worker == 0 and bars else None)
    ax.set_ylim(workers - 0.4, -0.6)
    step = max(1, -(-workers // 8))
    ax.set_yticks(range(0, workers, step), [str(worker) for worker in range(0, workers, step)])
    ax.set_xlim(0, line.wall_s)
    ax.grid(False, axis="y")
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("seconds since the start of the trial")
    ax.set_ylabel("worker")
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=4, borderaxespad=0.2, handlelength=1.0, columnspacing=1.2)


def title(line: Timeline | None) -> str:
    return "What each worker did" if line is None else f"What each of {wording.plural(line.workers, 'worker')} did"
