"""The account as a waterfall: from an efficiency of 1 down to E(n), one cause a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import style, wording
from .figures import explain
from .study import AccountCause, AccountCell, Study

MOST_STEPS = 8
LEAST = 0.0005  # of all core-seconds: smaller steps share one
# The two sizes go together (large files have many pixels): what the regression gives one, it may take from the other.
BY_SIZE = ("inflation-megapixels", "inflation-megabytes")


@dataclass(frozen=True)
class Step:
    """lost: share of n x T, below 0 a gain; low and high: its 95% interval, None unknown. without: speedup were the cause gone."""

    label: str
    lost: float
    low: float | None = None
    high: float | None = None
    without: float | None = None


def told_cell(study: Study) -> AccountCell | None:
    """The account that the report shows: with the most workers that all have a core, else with the most workers."""
    cells = [c for c in study.account if c.workers > 1]
    fitting = [c for c in cells if study.facts.cores is None or c.workers <= study.facts.cores]
    ranked = sorted(fitting or cells, key=lambda c: c.workers)
    return ranked[-1] if ranked else None


def _step(cause: AccountCause) -> Step:
    return Step(cause.label, cause.lost or 0.0, cause.low, cause.high, cause.speedup_without.value)


def steps(cell: AccountCell) -> list[Step]:
    """The largest loss first, gains last; small ones, and those beyond the most that have room, as one."""
    sized = [c for c in cell.causes if c.name in BY_SIZE and c.lost is not None]
    found = [_step(c) for c in cell.causes if c.lost is not None and c.name not in (*BY_SIZE, "useful")]
    if len(sized) == 1:
        found.append(_step(sized[0]))
    elif sized:
        found.append(Step("slower items, by size", sum(c.lost or 0.0 for c in sized)))
    ranked = sorted(found, key=lambda step: -abs(step.lost))
    kept = [s for s in ranked if abs(s.lost) >= LEAST]
    kept = kept if len(kept) <= MOST_STEPS else kept[: MOST_STEPS - 1]
    rest = [s for s in ranked if s not in kept and s.lost != 0]
    kept.sort(key=lambda step: -step.lost)
    if rest:
        label = rest[0].label if len(rest) == 1 else f"{len(rest)} smaller causes"
        kept.append(Step(label, sum(s.lost for s in rest)))
    return kept


def notes(study: Study, cell: AccountCell) -> str:
    """What the figure's signs mean, and how far the account is to be trusted."""
    words = f"Orange: share of all core time lost, green: won; lines: 95% intervals. Right: loss; speedup without it ({wording.TIMES})."
    if cell.named is not None:
        words += f" Named: at least {wording.fixed(100 * cell.named, 1)}%."
    return words


def _bar(ax: Any, place: int, left: float, right: float, colour: str) -> None:
    ax.barh(place, right - left, 0.66, left=left, color=colour, linewidth=0, zorder=2)


def _low_end(levels: list[float]) -> float:
    """Where the axis begins: at 0 when half of it is lost, else a fifth of the fall below the lowest level."""
    low, high = min(levels), max(levels)
    return 0.0 if high - low > 0.5 and low >= 0 else min(low - 0.25 * (high - low) - 0.002, low)


def draw(ax: Any, study: Study) -> None:
    cell = told_cell(study)
    if cell is None:
        explain(ax, study.account_reason or "the study has no account of more than one worker")
        return
    level, places, levels = 1.0, steps(cell), [1.0]
    for step in places:
        levels.append(levels[-1] - step.lost)
    low = _low_end(levels)
    _bar(ax, 0, low, 1.0, style.MEASURED)
    names = ["no loss"]
    for place, step in enumerate(places, 1):
        after = level - step.lost
        _bar(ax, place, min(level, after), max(level, after), style.MODEL if step.lost > 0 else style.GOOD)
        ax.plot([level, level], [place - 1, place + 0.33], color=style.SOFT, linewidth=0.5, zorder=1)
        if step.low is not None and step.high is not None:
            ax.plot([level - step.high, level - step.low], [place, place], color=style.INK, linewidth=0.8, zorder=3)
        without = "" if step.without is None else f"; {wording.fixed(step.without, 2)}"
        ax.text(1.02, place, f"{wording.fixed(100 * step.lost, 1)}%{without}", transform=ax.get_yaxis_transform(), size=6.2, va="center", color=style.INK)
        names.append(step.label)
        level = after
    last = len(places) + 1
    _bar(ax, last, low, level, style.MEASURED)
    ax.plot([level, level], [last - 1, last + 0.33], color=style.SOFT, linewidth=0.5, zorder=1)
    here = "" if cell.speedup.value is None else f"; {wording.fixed(cell.speedup.value, 2)}"
    ax.text(1.02, last, f"{wording.fixed(100 * (1 - level), 1)}%{here}", transform=ax.get_yaxis_transform(), size=6.2, va="center", weight="bold")
    names.append(f"{wording.plural(cell.workers, 'worker')}")
    ax.set_yticks(range(last + 1), names)
    ax.set_ylim(last + 0.6, -0.6)
    ax.set_xlim(low, max(levels) + 0.02 * (max(levels) - low))
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.xaxis.set_major_formatter(lambda x, _: f"{100 * x:g}")
    ax.xaxis.get_major_locator().set_params(nbins=5)
    ax.set_xlabel(f"efficiency against one worker, %{'' if low == 0 else '; the axis does not begin at 0'}")
