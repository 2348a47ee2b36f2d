"""Section `findings` of fit.json: rankings, verdicts and facts. Sentences and figures make no decision of their own."""

from __future__ import annotations

from dataclasses import dataclass

from .measure import Json, Measure, count, finite, parse_measure, rows, section, text


@dataclass(frozen=True)
class Loss:
    """One line of the ranking. share: of all core time, negative: a gain; left: the efficiency after this line."""

    kind: str  # "cause"; "smaller": the sum of small ones; "work": other items; "unnamed": no cause known
    label: str
    share: Measure
    left: float | None
    beyond_doubt: bool | None  # None: no interval
    speedup_without: Measure
    headline: bool  # to be named in a summary


@dataclass(frozen=True)
class LossesAt:
    """The shares of the ranking's lines at one worker count."""

    workers: int
    shares: tuple[float | None, ...]


@dataclass(frozen=True)
class Losses:
    """Causes, the largest loss first. workers None: no account, `reason` says why."""

    workers: int | None
    reason: str
    efficiency: float | None
    named: float | None  # least share of a trial's core time whose cause is known
    size_share: float | None  # of the loss, by item size
    speedup: Measure
    causes: tuple[Loss, ...]
    by_workers: tuple[LossesAt, ...]

    @property
    def axis(self) -> tuple[float, float]:
        """Ends of the axis of the efficiency after each line: from 0 when half of it is lost, else from below the lowest
        by a quarter of the fall."""
        levels = [1.0, *(loss.left for loss in self.causes if loss.left is not None)]
        low, high = min(levels), max(levels)
        return 0.0 if high - low > 0.5 and low >= 0 else min(low - 0.25 * (high - low) - 0.002, low), high

    @property
    def headlines(self) -> tuple[Loss, ...]:
        return tuple(loss for loss in self.causes if loss.headline)


@dataclass(frozen=True)
class Test:
    """A statistical test of the fit; result: "rejected", "not rejected" or "not tested"."""

    test: str
    model: str
    chosen: bool
    level: float | None
    p: float | None
    result: str
    reason: str


@dataclass(frozen=True)
class KneeCause:
    """The knee of this cause and those above it; state: "found", "never" (they have none) or "not known"."""

    label: str
    state: str
    workers: Measure


@dataclass(frozen=True)
class Findings:
    full_workers: int | None  # the most workers that have a core each
    best_workers: int | None  # recommended, or the fastest
    efficiency_loss: str  # at full_workers: "beyond doubt", "within noise", "no interval", "by definition", "not measured"
    batch_wall_s: Measure  # of the whole batch at the throughput of best_workers
    sampled: bool | None  # trials do fewer items than the batch has
    tests: tuple[Test, ...]
    knee_state: str  # "none", "within the cores" or "beyond the cores"
    knee_threshold: float | None  # of the efficiency
    knee_causes: tuple[KneeCause, ...]
    equivalence: str  # "identical", "different" or "not compared"
    reference: str  # of the equivalence: "serial run", "real run" or "first trial"
    stopped_by: str  # "precision", "budget", "plan"; "" not recorded
    precision_reached: str
    size_lines: dict[str, tuple[tuple[float, float], ...]]  # size: ends of the fitted line (size, seconds); none without a fit
    losses: Losses

    @property
    def chosen_test(self) -> Test | None:
        return next((test for test in self.tests if test.chosen), None)


def _verdict(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _loss(raw: Json) -> Loss:
    return Loss(
        text(raw.get("kind")),
        text(raw.get("label")),
        parse_measure(raw.get("share"), "share"),
        finite(raw.get("left")),
        _verdict(raw.get("beyond_doubt")),
        parse_measure(raw.get("speedup_without"), "speedup_without"),
        raw.get("headline") is True,
    )


def _losses(raw: Json) -> Losses:
    by_workers = []
    for row in rows(raw.get("by_workers")):
        workers, shares = count(row.get("workers")), row.get("shares")
        if workers is not None and isinstance(shares, list):
            by_workers.append(LossesAt(workers, tuple(map(finite, shares))))
    return Losses(
        count(raw.get("workers")),
        text(raw.get("reason")) or ("" if raw else "fit.json has no ranking of losses"),
        finite(raw.get("efficiency")),
        finite(raw.get("named")),
        finite(raw.get("size_share")),
        parse_measure(raw.get("speedup"), "speedup"),
        tuple(map(_loss, rows(raw.get("causes")))),
        tuple(by_workers),
    )


def _test(raw: Json) -> Test:
    return Test(
        text(raw.get("test")),
        text(raw.get("model")),
        raw.get("chosen") is True,
        finite(raw.get("level")),
        finite(raw.get("p")),
        text(raw.get("result")) or "not tested",
        text(raw.get("reason")),
    )


def _knee_cause(raw: Json) -> KneeCause:
    return KneeCause(text(raw.get("label")), text(raw.get("state")), parse_measure(raw.get("workers"), "knee of this cause"))


def _line(raw: object) -> tuple[tuple[float, float], ...]:
    ends = [(finite(row.get("at")), finite(row.get("seconds"))) for row in rows(raw)]
    return tuple((at, seconds) for at, seconds in ends if at is not None and seconds is not None)


def parse_findings(raw: Json) -> Findings:
    knee, batch, same, sweep = (section(raw.get(key)) for key in ("knee", "batch", "equivalence", "sweep"))
    return Findings(
        full_workers=count(raw.get("full_workers")),
        best_workers=count(raw.get("best_workers")),
        efficiency_loss=text(raw.get("efficiency_loss")) or "not measured",
        batch_wall_s=parse_measure(batch.get("wall_s"), "time of the whole batch"),
        sampled=_verdict(batch.get("sampled")),
        tests=tuple(map(_test, rows(raw.get("tests")))),
        knee_state=text(knee.get("state")) or "none",
        knee_threshold=finite(knee.get("threshold")),
        knee_causes=tuple(map(_knee_cause, rows(knee.get("causes")))),
        equivalence=text(same.get("result")) or "not compared",
        reference=text(same.get("reference")),
        stopped_by=text(sweep.get("stopped_by")),
        precision_reached=text(sweep.get("precision_reached")),
        size_lines={name: _line(raw_line) for name, raw_line in section(raw.get("size_lines")).items()},
        losses=_losses(section(raw.get("losses"))),
    )
