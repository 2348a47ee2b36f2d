"""What a study says, as plain records. load.py makes them; the pages and figures only read them."""

from __future__ import annotations

from dataclasses import dataclass

from .measure import Measure


@dataclass(frozen=True)
class Facts:
    """Which batch was measured, on which machine. None or "": the study does not say."""

    name: str
    host: str
    cpu_model: str
    kernel: str
    cores: int | None
    weak: bool  # weak scaling: twice the workers, twice the work
    emulated: bool  # those cores are shares of fewer real ones
    item: str  # what one piece of the work is to be called: "image", of a command "item", or "run" where it tells of no items
    logical_cpus: int | None
    memory_bytes: int | None
    machine_class: str
    created_utc: str
    knee_version: str
    libraries: str
    batch_items: int | None
    batch_bytes: int | None
    batch_sha256: str
    items: int | None
    sample: str
    recipe_path: str
    recipe_sha256: str
    seed: int | None
    blocks: int | None

    @property
    def counts_items(self) -> bool:
        return self.item != "run"

    @property
    def speedup(self) -> str:
        """What the speedup is to be called."""
        return "scaled speedup" if self.weak else "speedup"

    @property
    def core(self) -> str:
        """What one of the cores is to be called."""
        return "emulated core" if self.emulated else "core"


@dataclass(frozen=True)
class Trials:
    ok: int | None
    void: int | None
    failed: int | None
    void_reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class CurvePoint:
    workers: int
    trials: int | None
    oversubscribed: bool
    wall_s: Measure
    images_per_s: Measure
    speedup: Measure
    efficiency: Measure
    karp_flatt: Measure
    cpu_s_per_item: Measure
    maxrss_mib: Measure


@dataclass(frozen=True)
class Parameter:
    name: str
    unit: str
    measure: Measure


@dataclass(frozen=True)
class Prediction:
    workers: int
    speedup: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Model:
    name: str
    fitted: bool
    chosen: bool
    reason: str
    parameters: tuple[Parameter, ...]
    aicc: float | None
    rss_log: float | None
    limit_speedup: Measure
    predicted: tuple[Prediction, ...]


@dataclass(frozen=True)
class LackOfFit:
    """p None: not tested, `reason` says why."""

    f: float | None
    df_lack: int | None
    df_error: int | None
    p: float | None
    reason: str


@dataclass(frozen=True)
class KneeCause:
    """Where the knee would be with this cause and those above it alone."""

    label: str
    workers: Measure


@dataclass(frozen=True)
class Knee:
    """workers None: no knee was seen, `reason` says why."""

    delta: float
    workers: int | None
    low: int | None
    high: int | None
    oversubscribed: bool  # the knee lies beyond the cores
    reason: str
    amdahl_alone: Measure  # where the serial fraction alone would put it
    causes: tuple[KneeCause, ...]  # each with those before it; empty where fit.json has none


@dataclass(frozen=True)
class Phases:
    """Durations of a trial's phases; tail and dispatch are summed over the workers (core-seconds)."""

    workers: int
    prefix_s: Measure
    spawn_s: Measure
    init_s: Measure
    work_s: Measure
    suffix_s: Measure
    tail_core_s: Measure
    dispatch_core_s: Measure


@dataclass(frozen=True)
class Chunk:
    workers: int
    chunk: int | None
    policy: str
    trials: int | None
    wall_s: Measure
    ratio: Measure


@dataclass(frozen=True)
class KindTerm:
    kind: str
    items: int | None
    extra_ms: Measure
    residual_ms: float | None  # median of what the fit leaves over
    residual_spread_ms: float | None


@dataclass(frozen=True)
class Leverage:
    """How far single items pull the size regression; None not known."""

    mean: float | None
    highest: float | None
    highest_item: str
    largest: float | None  # of the largest item
    largest_item: str
    above: int | None  # items beyond three means


@dataclass(frozen=True)
class SizeFit:
    workers: int
    items: int | None
    intercept_ms: Measure
    ms_per_megapixel: Measure
    ms_per_megabyte: Measure
    r2: Measure
    kinds: tuple[KindTerm, ...]
    leverage: Leverage


@dataclass(frozen=True)
class SizePoint:
    item: str
    kind: str
    megapixels: float
    megabytes: float
    seconds: float


@dataclass(frozen=True)
class Counter:
    name: str
    status: str
    reason: str
    per_item: Measure


@dataclass(frozen=True)
class Quantity:
    """What counters say together, by the formulas of their group, at one number of workers."""

    name: str
    unit: str
    workers: int
    mean: Measure


@dataclass(frozen=True)
class Recommendation:
    workers: int | None
    chunk: int | None
    policy: str
    wall_s: Measure
    reason: str


@dataclass(frozen=True)
class Equivalence:
    trials: int | None
    identical: int | None
    manifest_sha256: str
    reason: str


@dataclass(frozen=True)
class BadTrial:
    """A trial that may not count, with the cell it belongs to."""

    role: str
    workers: int | None
    chunk: int | None
    policy: str
    block: int | None
    status: str
    reason: str


@dataclass(frozen=True)
class Record:
    """What only study.db tells. Empty or None: it does not."""

    study: dict[str, str]
    kinds: tuple[tuple[str, int, int], ...]  # kind, items, bytes
    bad_trials: tuple[BadTrial, ...]
    first_started_utc: str
    last_started_utc: str
    unpinned_workers: int | None
    pin_reasons: tuple[str, ...]
    steal_share: float | None  # stolen CPU time over wall time, all trials that say


@dataclass(frozen=True)
class AccountCause:
    """lost: share of the cell's core time beyond one worker's, with its interval; None not known."""

    name: str
    label: str
    lost: float | None
    low: float | None
    high: float | None
    speedup_without: Measure


@dataclass(frozen=True)
class AccountCell:
    """Where the core time of a scaling cell went, against one worker."""

    workers: int
    named: float | None  # least share of a trial's core time that has a cause
    closure: float | None
    size_share: float | None  # of what is lost, by item size
    speedup: Measure
    causes: tuple[AccountCause, ...]


@dataclass(frozen=True)
class Study:
    facts: Facts
    trials: Trials
    serial_wall_s: Measure
    serial_images_per_s: Measure
    curve: tuple[CurvePoint, ...]
    models: tuple[Model, ...]
    choice: str  # why the chosen model was chosen
    lack_of_fit: LackOfFit
    knee: Knee
    phases: tuple[Phases, ...]
    chunks: tuple[Chunk, ...]
    size: tuple[SizeFit, ...]
    size_points: tuple[SizePoint, ...]
    size_points_workers: int  # how many workers ran when size_points were measured
    init_ms: Measure
    counters: tuple[Counter, ...]
    quantities: tuple[Quantity, ...]  # empty where the counters have no group
    recommendation: Recommendation
    equivalence: Equivalence
    warnings: tuple[str, ...]
    account: tuple[AccountCell, ...]
    account_reason: str  # why there is none
    record: Record
    emulated: Study | None = None  # of emulated cores, shown beside this one

    def point(self, workers: int | None) -> CurvePoint | None:
        """The curve's point with exactly so many workers."""
        return next((p for p in self.curve if p.workers == workers), None)

    @property
    def chosen_model(self) -> Model | None:
        return next((m for m in self.models if m.chosen and m.fitted), None)

    @property
    def full_point(self) -> CurvePoint | None:
        """The point with one worker on each core, or the nearest one below that was measured."""
        fitting = [p for p in self.curve if not p.oversubscribed]
        return max(fitting, key=lambda p: p.workers) if fitting else None

    @property
    def best_point(self) -> CurvePoint | None:
        """The recommended number of workers, or the fastest point when there is no recommendation."""
        recommended = self.point(self.recommendation.workers)
        if recommended is not None and recommended.wall_s.value is not None:
            return recommended
        timed = [p for p in self.curve if p.wall_s.value is not None]
        return min(timed, key=lambda p: (p.wall_s.value or 0.0) / (p.workers if self.facts.weak else 1)) if timed else None
