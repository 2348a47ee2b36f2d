"""The contents of a study as plain records. load.py makes them; the pages and figures only read them."""

from __future__ import annotations

import collections
from dataclasses import dataclass

from .answer import Answer
from .compared import Comparison
from .findings import Findings
from .measure import Measure, missing
from .record import Record
from .ways import Ways


@dataclass(frozen=True)
class Facts:
    """Which batch was measured, on which machine. None or "": not recorded."""

    name: str
    host: str
    cpu_model: str
    kernel: str
    cores: int | None
    weak: bool  # weak scaling: the work grows with the workers
    emulated: bool  # those cores are shares of fewer real ones
    replay_of: str  # the study whose times the items waited for; empty when they were computed
    item: str  # the word for an item: "image", for a command "item", or "run" when it reports no items
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
    def article(self) -> str:
        """An item with its article."""
        return f"{'an' if self.item[0] in 'aeiou' else 'a'} {self.item}"

    @property
    def speedup(self) -> str:
        """The word for the speedup."""
        return "scaled speedup" if self.weak else "speedup"

    @property
    def core(self) -> str:
        """The word for a core."""
        return "emulated core" if self.emulated else "replayed core" if self.replay_of else "core"


@dataclass(frozen=True)
class Trials:
    ok: int | None
    void: int | None
    failed: int | None
    void_reasons: tuple[tuple[str, int], ...]
    hiccups: tuple[int, ...] = ()  # trials kept out as far too slow
    noisy: bool = False  # disturbed trials count
    items_failed: int = 0  # of each trial


@dataclass(frozen=True)
class NodesPoint:
    """A cell of a study of several machines."""

    nodes: int
    workers: int  # of all nodes
    on_curve: bool
    trials: int | None
    wall_s: Measure
    speedup: Measure
    efficiency: Measure
    shares: dict[str, float]  # of all core time: "work", of which "useful", "scheduling", ...; empty: not known

    @property
    def losses(self) -> list[tuple[str, float]]:
        """All but work that is useful, the largest first."""
        slower = self.shares.get("work", 0.0) - self.shares.get("useful", 0.0)
        rest = {cause: share for cause, share in self.shares.items() if cause not in ("work", "useful")}
        return sorted({"slower work": slower, **rest}.items(), key=lambda loss: -loss[1]) if self.shares else []


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
    trial_speedups: tuple[tuple[int, float], ...] = ()  # number of a trial that takes part, T(1) over its time


@dataclass(frozen=True)
class Parameter:
    name: str
    unit: str
    measure: Measure


@dataclass(frozen=True)
class Prediction:
    workers: int
    speedup: float
    low: float | None  # of the model, and of a larger one while that is not excluded
    high: float | None
    undecided: bool = False  # the larger one makes the band wider


@dataclass(frozen=True)
class Model:
    name: str
    title: str  # in print: "USL"
    fitted: bool
    chosen: bool
    reason: str
    parameters: tuple[Parameter, ...]
    aicc: float | None
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
class Knee:
    """workers None: no knee was seen, `reason` says why."""

    workers: int | None
    low: int | None
    high: int | None
    reason: str
    amdahl_alone: Measure  # where the serial fraction alone would put it


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
    residual_ms: float | None  # median residual of the fit
    residual_spread_ms: float | None


@dataclass(frozen=True)
class Leverage:
    """How far single items determine the size regression; None not known."""

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
    ms_per_decoded: Measure  # of what the decoder delivers: Study.size_decoded
    ms_per_megabyte: Measure
    ms_per_written: Measure  # of a megapixel of the outputs
    ms_per_converted: Measure  # of a megapixel through a colour profile
    r2: Measure
    kinds: tuple[KindTerm, ...]
    leverage: Leverage


@dataclass(frozen=True)
class SizePoint:
    item: str
    kind: str
    size: dict[str, float]  # "decoded", "megabytes"
    seconds: dict[str, float]  # along each size, corrected to the medians of the others when there is a fit


@dataclass(frozen=True)
class Counter:
    name: str
    status: str
    reason: str
    per_item: Measure


@dataclass(frozen=True)
class Quantity:
    """A quantity computed from counters by a formula of their group, at one worker count."""

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

    @property
    def differing(self) -> int | None:
        return None if self.trials is None or self.identical is None else self.trials - self.identical


MOST_KINDS = 8  # of items, that figures tell apart


@dataclass(frozen=True)
class Study:
    facts: Facts
    trials: Trials
    serial_wall_s: Measure
    serial_images_per_s: Measure
    curve: tuple[CurvePoint, ...]
    nodes: tuple[NodesPoint, ...]  # empty: one machine
    models: tuple[Model, ...]
    choice: str  # why the chosen model was chosen
    lack_of_fit: LackOfFit
    knee: Knee
    phases: tuple[Phases, ...]
    chunks: tuple[Chunk, ...]
    size: tuple[SizeFit, ...]
    size_points: tuple[SizePoint, ...]
    size_decoded: str  # what an amount of 1 decoded is
    size_points_workers: int  # how many workers ran when size_points were measured
    init_ms: Measure
    counters: tuple[Counter, ...]
    quantities: tuple[Quantity, ...]  # empty where the counters have no group
    recommendation: Recommendation
    equivalence: Equivalence
    warnings: tuple[str, ...]
    findings: Findings
    answer: Answer
    ways: Ways | None  # simulation, replay and emulation compared; None: they were not
    record: Record
    replayed: Study | None = None  # a replay of this study, shown in the same figures
    emulated: Study | None = None  # a study of emulated cores, too
    compared: Comparison | None = None  # other programs on pictures of the same batch

    @property
    def all_fail(self) -> bool:
        """Every item fails in every trial: the study has times of failing only."""
        return bool(self.trials.items_failed) and self.trials.items_failed == self.facts.items

    @property
    def serial_times(self) -> Measure:
        """How many times as fast as the run without a pool the best cell is, on the same items."""
        best, serial = self.best_point, self.serial_wall_s.value
        if best is None or not best.wall_s.value or serial is None:
            return missing(self.serial_wall_s.reason or "no point of the scaling curve")
        return Measure(serial / best.wall_s.value, reason="a ratio of two means: no interval")

    @property
    def shown(self) -> Answer:
        """Of what is known about the whole batch, that with the most workers; of several, the most direct."""
        order = ("measured", "replayed", "predicted", "emulated")
        others = [other.answer for other in (self.replayed, self.emulated) if other]
        known = [answer for answer in (self.answer, *others) if answer.known and answer.how in order]
        return min(known, key=lambda a: (-(a.workers or 0), order.index(a.how)), default=self.answer)

    @property
    def kinds(self) -> list[str]:
        """Kinds of the items whose times are shown, the most frequent first."""
        counts = collections.Counter(point.kind for point in self.size_points)
        return sorted(counts, key=lambda kind: (-counts[kind], kind))

    @property
    def kind_groups(self) -> list[tuple[str, ...]]:
        """At most MOST_KINDS groups of them: the last one has all that are left."""
        kinds = self.kinds
        return [(kind,) for kind in kinds] if len(kinds) <= MOST_KINDS else [*((kind,) for kind in kinds[: MOST_KINDS - 1]), tuple(kinds[MOST_KINDS - 1 :])]

    @property
    def trial_speedups(self) -> dict[int, float]:
        """By the number of the trial, of all points of the curve."""
        return {number: speedup for point in self.curve for number, speedup in point.trial_speedups}

    def point(self, workers: int | None) -> CurvePoint | None:
        """The curve's point with this worker count; None when there is none."""
        return next((p for p in self.curve if p.workers == workers), None)

    @property
    def chosen_model(self) -> Model | None:
        return next((m for m in self.models if m.chosen and m.fitted), None)

    @property
    def full_point(self) -> CurvePoint | None:
        """The point with the most workers that have a core each."""
        return self.point(self.findings.full_workers)

    @property
    def best_point(self) -> CurvePoint | None:
        """The point of the recommended worker count, or of the fastest one when nothing is recommended."""
        return self.point(self.findings.best_workers)
