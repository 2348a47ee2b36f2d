"""Section `answer` of fit.json: what the whole batch does with the most workers, a core for each, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass

from .measure import Json, Measure, count, finite, parse_measure, rows, section, text


@dataclass(frozen=True)
class AnswerPoint:
    workers: int
    wall_s: Measure
    speedup: Measure
    efficiency: Measure
    others: Measure  # the speedup with the uncertainty of all but contention
    contention: Measure  # ... of contention alone


@dataclass(frozen=True)
class AnswerCause:
    label: str
    share: float | None  # of all core time with the most workers
    without: float | None  # the speedup were the cause gone


@dataclass(frozen=True)
class Answer:
    """how: "measured", "replayed", "emulated", "predicted"; "" nothing is known, `reason` says why."""

    how: str
    reason: str
    workers: int | None
    measured_workers: int | None  # contention was measured up to here
    assumed: bool  # ... and beyond is assumed to grow in proportion
    items: int | None
    threshold: float | None  # of the efficiency
    points: tuple[AnswerPoint, ...]
    causes: tuple[AnswerCause, ...]
    knee_workers: int | None  # None: not below the threshold up to the most workers
    knee_low: int | None
    knee_high: int | None
    knee_how: str
    advice: str  # what to buy or to change

    @property
    def known(self) -> bool:
        return bool(self.how) and bool(self.points)

    @property
    def most(self) -> AnswerPoint | None:
        return self.points[-1] if self.points else None


def _point(raw: Json) -> AnswerPoint | None:
    workers = count(raw.get("workers"))
    if workers is None:
        return None
    names = ("wall_s", "speedup", "efficiency", "speedup_others", "speedup_contention")
    return AnswerPoint(workers, *(parse_measure(raw.get(name), name) for name in names))


def parse_answer(raw: Json) -> Answer:
    knee = section(raw.get("knee"))
    return Answer(
        how=text(raw.get("how")),
        reason=text(raw.get("reason")) or ("" if raw else "fit.json has no answer"),
        workers=count(raw.get("workers")),
        measured_workers=count(raw.get("measured_workers")),
        assumed=raw.get("contention_assumed") is True,
        items=count(raw.get("items")),
        threshold=finite(raw.get("threshold")),
        points=tuple(p for p in map(_point, rows(raw.get("points"))) if p is not None),
        causes=tuple(
            AnswerCause(text(c.get("label")), finite(c.get("share")), finite(c.get("speedup_without"))) for c in rows(raw.get("causes"))
        ),
        knee_workers=count(knee.get("workers")),
        knee_low=count(knee.get("low")),
        knee_high=count(knee.get("high")),
        knee_how=text(knee.get("how")),
        advice=text(raw.get("advice")),
    )
