"""Every number that the report computes or takes from fit.json, by its id: the content of report.json. Others are within texts
that the study holds (reasons, advice, precision), or in tables of single trials, items and spans.

An id is a path of words: "curve.4.speedup" is the speedup with 4 workers. A number is a Measure: with its interval, or the
reason why there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from . import rules
from .answer import Answer
from .costs import Prices, core_hours, money, energy
from .measure import Measure, missing
from .samples import compared
from .findings import Loss
from .study import Chunk, Study


@dataclass(frozen=True)
class Fact:
    """unit "": a ratio or a share of 1."""

    id: str
    label: str
    unit: str
    measure: Measure


Facts = dict[str, Fact]
Row = tuple[str, str, str, Measure]  # id, label, unit, measure


def slug(words: str) -> str:
    """Words as a part of an id: "tail: no work left" is "tail-no-work-left"."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "unnamed"


def known(value: float | int | None, reason: str = "not recorded") -> Measure:
    """A number that has no interval: a count, a fact of the machine."""
    return missing(reason) if value is None else Measure(float(value), reason="a count or a fact: no interval")


def bounds(value: int | None, low: int | None, high: int | None, reason: str) -> Measure:
    """Worker counts with their interval."""
    if value is None:
        return missing(reason or "not recorded")
    return Measure(float(value), None if low is None else float(low), None if high is None else float(high), reason=reason)


def _study(study: Study) -> Iterator[Row]:
    facts, record, trials = study.facts, study.record, study.trials
    yield "machine.cores", "physical cores", "cores", known(facts.cores)
    yield "machine.logical_cpus", "logical CPUs", "CPUs", known(facts.logical_cpus)
    yield "machine.memory", "memory", "bytes", known(facts.memory_bytes)
    yield "machine.stolen", "CPU time stolen, of the wall time, summed over CPUs", "", known(record.steal_share)
    yield "machine.unpinned", "workers without a core of their own", "workers", known(record.unpinned_workers)
    yield "batch.items", f"{facts.item}s of the batch", "items", known(facts.batch_items)
    yield "batch.bytes", "size of the batch", "bytes", known(facts.batch_bytes)
    mean = facts.batch_bytes / facts.batch_items if facts.batch_bytes and facts.batch_items else None
    yield "batch.mean_bytes", f"mean size of {facts.article}", "bytes", known(mean)
    for kind, number, size in record.kinds:
        yield f"batch.kind.{slug(kind)}.items", f"{kind or 'of unknown kind'}: {facts.item}s", "items", known(number)
        yield f"batch.kind.{slug(kind)}.bytes", f"{kind or 'of unknown kind'}: size", "bytes", known(size)
    yield "batch.wall", "the whole batch at the throughput of the best cell", "s", study.findings.batch_wall_s
    yield "trials.ok", "trials that count", "trials", known(trials.ok)
    yield "trials.void", "void trials", "trials", known(trials.void)
    yield "trials.failed", "failed trials", "trials", known(trials.failed)
    yield "trials.hiccups", "trials kept out as far too slow", "trials", known(len(trials.hiccups))
    yield "trials.items", f"{facts.item}s in a trial", "items", known(facts.items)
    yield "trials.blocks", "blocks", "blocks", known(facts.blocks)
    yield "trials.seed", "seed of the order", "", known(facts.seed)
    yield "serial.wall", "wall time without a pool", "s", study.serial_wall_s
    yield "serial.rate", f"{facts.item}s a second without a pool", "1/s", study.serial_images_per_s
    yield "serial.times", "times as fast as without a pool, best cell", "", study.serial_times
    yield "worker.init", "initialising a worker", "ms", study.init_ms
    yield "outputs.compared", "trials whose outputs were compared", "trials", known(study.equivalence.trials)
    yield "outputs.identical", "trials with identical outputs", "trials", known(study.equivalence.identical)
    yield "outputs.differing", "trials with other outputs", "trials", known(study.equivalence.differing)
    items, cells = compared(record.samples.trials, trials.hiccups)
    yield "outputs.items", f"{facts.item}s whose outputs were compared", "items", known(items)
    yield "outputs.cells", "cells whose outputs were compared", "", known(cells)
    yield "warnings", "warnings", "", known(len(study.warnings))


def _curve(study: Study) -> Iterator[Row]:
    item = study.facts.item
    for p in study.curve:
        at, with_n = f"curve.{p.workers}", f"with {p.workers} worker{'' if p.workers == 1 else 's'}"
        yield f"{at}.trials", f"trials {with_n}", "trials", known(p.trials)
        yield f"{at}.wall", f"wall time {with_n}", "s", p.wall_s
        yield f"{at}.rate", f"{item}s a second {with_n}", "1/s", p.images_per_s
        yield f"{at}.speedup", f"{study.facts.speedup} {with_n}", "", p.speedup
        yield f"{at}.efficiency", f"efficiency {with_n}", "", p.efficiency
        yield f"{at}.karp_flatt", f"serial fraction of Karp and Flatt {with_n}", "", p.karp_flatt
        yield f"{at}.cpu", f"CPU time of {study.facts.article} {with_n}", "s", p.cpu_s_per_item
        yield f"{at}.memory", f"largest process {with_n}", "MiB", p.maxrss_mib
    for row in study.phases:
        at, with_n = f"phase.{row.workers}", f"with {row.workers} worker{'' if row.workers == 1 else 's'}"
        for name in ("prefix", "spawn", "init", "work", "suffix"):
            yield f"{at}.{name}", f"{name} {with_n}", "s", getattr(row, f"{name}_s")
        yield f"{at}.tail", f"tail {with_n}", "core-s", row.tail_core_s
        yield f"{at}.dispatch", f"dispatch {with_n}", "core-s", row.dispatch_core_s


def _nodes(study: Study) -> Iterator[Row]:
    """Of several machines."""
    for p in study.nodes:
        at = f"nodes.{p.nodes}.{p.workers}"
        words = f"{p.nodes} node{'' if p.nodes == 1 else 's'}, {p.workers} worker{'' if p.workers == 1 else 's'}"
        yield f"{at}.trials", f"{words}: trials", "trials", known(p.trials)
        yield f"{at}.wall", f"{words}: wall time", "s", p.wall_s
        yield f"{at}.speedup", f"{words}: {study.facts.speedup}", "", p.speedup
        yield f"{at}.efficiency", f"{words}: efficiency", "", p.efficiency
        for cause, share in p.shares.items():
            yield f"{at}.{slug(cause)}", f"{words}: {cause}, share of core time", "", known(share)


def _models(study: Study) -> Iterator[Row]:
    for model in study.models:
        at = f"model.{slug(model.name)}"
        for p in model.parameters:
            yield f"{at}.{slug(p.name)}", f"{model.title}: {p.name}", p.unit, p.measure
        why = model.reason or "not computed"
        yield f"{at}.aicc", f"{model.title}: AICc", "", known(model.aicc, why)
        yield f"{at}.limit", f"{model.title}: greatest speedup", "", model.limit_speedup
    lack = study.lack_of_fit
    yield "fit.f", "lack of fit: F", "", known(lack.f, lack.reason or "not tested")
    yield "fit.df_lack", "lack of fit: degrees of freedom", "", known(lack.df_lack, lack.reason or "not tested")
    yield "fit.df_error", "pure error: degrees of freedom", "", known(lack.df_error, lack.reason or "not tested")
    yield "fit.p", "lack of fit: p", "", known(lack.p, lack.reason or "not tested")
    for test in study.findings.tests:
        yield f"test.{slug(test.model)}.p", f"{test.test} of {test.model}: p", "", known(test.p, test.reason or "not tested")
        yield f"test.{slug(test.model)}.level", f"{test.test} of {test.model}: level", "", known(test.level, test.reason or "not tested")
    knee, state = study.knee, study.findings
    yield "knee.threshold", "efficiency at the knee", "", known(state.knee_threshold)
    yield "knee.workers", "knee as measured", "workers", bounds(knee.workers, knee.low, knee.high, knee.reason)
    yield "knee.serial", "knee by the serial fraction alone", "workers", knee.amdahl_alone
    for place, cause in enumerate(state.knee_causes, 1):
        yield f"knee.cause.{place}", f"knee by cause: {cause.label}", "workers", cause.workers
    yield "full.workers", "the most workers with a core each", "workers", known(state.full_workers)
    yield "best.workers", "workers of the best cell", "workers", known(state.best_workers)


def loss_id(loss: Loss) -> str:
    return f"loss.{slug(loss.label)}"


def cell_id(chunk: Chunk) -> str:
    return f"cell.{chunk.workers}.{slug(chunk.policy)}.{chunk.chunk if chunk.chunk is not None else 'none'}"


def _losses(study: Study) -> Iterator[Row]:
    losses = study.findings.losses
    why = losses.reason or "not recorded"
    yield "loss.workers", "workers of the account", "workers", known(losses.workers, why)
    yield "loss.efficiency", "efficiency of the account", "", known(losses.efficiency, why)
    yield "loss.named", "least share of core time whose cause is known", "", known(losses.named, why)
    yield "loss.by_size", "share of the loss by size", "", known(losses.size_share, why)
    yield "loss.speedup", "speedup of the account", "", losses.speedup
    for loss in losses.causes:
        at = loss_id(loss)
        yield f"{at}.share", f"{loss.label}: share of core time", "", loss.share
        yield f"{at}.left", f"{loss.label}: efficiency after it", "", known(loss.left)
        yield f"{at}.without", f"{loss.label}: speedup without it", "", loss.speedup_without
    for row in losses.by_workers:
        for loss, share in zip(losses.causes, row.shares):
            label = f"{loss.label} with {row.workers} workers: share of core time"
            yield f"{loss_id(loss)}.with.{row.workers}", label, "", known(share, "no account of this worker count")


def _cells(study: Study) -> Iterator[Row]:
    for chunk in study.chunks:
        at = cell_id(chunk)
        name = f"{chunk.workers} workers, chunk {chunk.chunk}, {chunk.policy}"
        yield f"{at}.trials", f"{name}: trials", "trials", known(chunk.trials)
        yield f"{at}.wall", f"{name}: wall time", "s", chunk.wall_s
        yield f"{at}.ratio", f"{name}: wall time against the default", "", chunk.ratio
    advice = study.recommendation
    yield "advice.workers", "recommended workers", "workers", known(advice.workers, advice.reason)
    yield "advice.chunk", "recommended chunk", "items", known(advice.chunk, advice.reason)
    yield "advice.wall", "wall time of the recommended cell", "s", advice.wall_s


def _sizes(study: Study) -> Iterator[Row]:
    terms = (
        ("intercept_ms", "fixed", "ms"), ("ms_per_decoded", "a unit decoded", "ms"), ("ms_per_megabyte", "a megabyte", "ms"),
        ("ms_per_written", "a megapixel written", "ms"), ("ms_per_converted", "a megapixel converted", "ms"), ("r2", "R\u00b2", ""),
    )  # fmt: skip
    for fit in study.size:
        at, with_n = f"size.{fit.workers}", f"with {fit.workers} worker{'' if fit.workers == 1 else 's'}"
        yield f"{at}.items", f"items of the size regression {with_n}", "items", known(fit.items)
        for field, label, unit in terms:
            yield f"{at}.{field}", f"item time, {label}, {with_n}", unit, getattr(fit, field)
        for kind in fit.kinds:
            name = f"{at}.kind.{slug(kind.kind)}"
            yield f"{name}.extra_ms", f"item time, extra of {kind.kind} {with_n}", "ms", kind.extra_ms
            yield f"{name}.residual_ms", f"median residual of {kind.kind} {with_n}", "ms", known(kind.residual_ms)
            yield f"{name}.residual_spread_ms", f"spread of the residuals of {kind.kind} {with_n}", "ms", known(kind.residual_spread_ms)
        pull = fit.leverage
        for field in ("mean", "highest", "largest"):
            yield f"{at}.leverage.{field}", f"leverage {with_n}: {field}", "", known(getattr(pull, field))
        yield f"{at}.leverage.above", f"items above three mean leverages {with_n}", "items", known(pull.above)


def _rules(study: Study) -> Iterator[Row]:
    """What decides the verdicts on the rules of measuring."""
    left, samples = rules.residuals(study), study.record.samples
    none = "no worker count has more than one trial"
    yield "rule.3.difference", "arithmetic over geometric mean of T(n), at most, less 1", "", known(rules.mean_difference(study), none)
    yield "rule.3.narrowest", "half of the narrowest interval of T(n), over T(n)", "", known(rules.least_half_width(study), "no interval")
    yield "rule.4.difference", "S(n) against T(1)/T(n), at most", "", known(rules.ratio_difference(study), "no ratio of times")
    yield "rule.6.residuals", "residuals of log T that are tested", "", known(len(left))
    yield "rule.6.p", "normality of residuals (Shapiro-Francia): p", "", known(rules.shapiro_francia(left), "fewer than 5 residuals, or no spread")
    yield "rule.8.slowest", "slowest trial over the mean of its worker count, less 1", "", known(rules.slowest(study), none)
    yield "rule.10.workers", "workers of trials that count", "workers", known(samples.workers)
    yield "rule.10.released", "of them with the instant of their release", "workers", known(samples.synchronised)
    yield "rule.12.trials", "trials of the curve that are drawn", "trials", known(sum(map(len, rules.counted(study).values())))


def _counters(study: Study) -> Iterator[Row]:
    for counter in study.counters:
        yield f"counter.{slug(counter.name)}", f"{counter.name}, per item", "", counter.per_item
    for q in study.quantities:
        label = f"{q.name} with {q.workers} worker{'' if q.workers == 1 else 's'}"
        yield f"quantity.{slug(q.name)}.{q.workers}", label, q.unit, q.mean


def _answer(answer: Answer, at: str) -> Iterator[Row]:
    if not answer.known:
        return
    how = f"the whole batch, {answer.how}"
    yield f"{at}.workers", f"{how}: the most workers", "workers", known(answer.workers)
    yield f"{at}.items", f"{how}: items", "items", known(answer.items)
    yield f"{at}.measured_workers", f"{how}: contention was measured up to", "workers", known(answer.measured_workers)
    yield f"{at}.threshold", f"{how}: efficiency at the knee", "", known(answer.threshold)
    knee = bounds(answer.knee_workers, answer.knee_low, answer.knee_high, "none up to the most workers")
    yield f"{at}.knee", f"{how}: knee ({answer.knee_how})", "workers", knee
    for p in answer.points:
        words = f"{how}, {p.workers} worker{'' if p.workers == 1 else 's'}"
        for name, unit, measure in (
            ("wall", "s", p.wall_s), ("speedup", "", p.speedup), ("efficiency", "", p.efficiency),
            ("speedup_others", "", p.others), ("speedup_contention", "", p.contention),
        ):  # fmt: skip
            yield f"{at}.{p.workers}.{name}", f"{words}: {name.replace('_', ', uncertain by ')}", unit, measure
    for cause in answer.causes:
        yield f"{at}.cause.{slug(cause.label)}.share", f"{how}: {cause.label}, share of core time", "", known(cause.share)
        yield f"{at}.cause.{slug(cause.label)}.without", f"{how}: speedup without {cause.label}", "", known(cause.without)


def _compared(study: Study) -> Iterator[Row]:
    """Other programs on pictures of the same batch: medians."""
    if study.compared is None:
        return
    yield "compared.images", "images of the comparison with other programs", "items", known(study.compared.images)
    for program in study.compared.programs:
        for p in program.points:
            at, words = f"compared.{slug(program.name)}.{p.workers}", f"{program.name}, {p.workers} worker{'' if p.workers == 1 else 's'}"
            yield f"{at}.rate", f"{words}: images a second", "1/s", known(p.images_per_s)
            yield f"{at}.cpu", f"{words}: CPU time of an image", "ms", known(p.cpu_ms)
            yield f"{at}.core_hours", f"{words}: core-hours of a million images", "core-h", known(p.core_hours)
    for name, times in study.compared.times(study.findings.best_workers).items():
        yield f"compared.{slug(name)}.times", f"times as many images a second as {name}", "", known(times)


def _ways(study: Study) -> Iterator[Row]:
    if study.ways is None:
        return
    yield "ways.compared", "comparisons of simulation, replay and emulation", "", known(study.ways.compared)
    yield "ways.differ", "of which differ by more than their intervals", "", known(study.ways.differ)
    for place, row in enumerate(study.ways.rows, 1):
        name = f"{row.items} items, {row.workers} workers, chunk {row.chunk}, {row.policy}"
        for way, measure in (("simulated", row.simulated), ("replayed", row.replayed), ("emulated", row.emulated)):
            yield f"ways.{place}.{way}", f"{name}: {way}", "s", measure
        if row.largest:
            yield f"ways.{place}.difference", f"{name}: {row.largest.between}", "", row.largest.relative


def _costs(study: Study, prices: Prices) -> Iterator[Row]:
    """Of a million items: with each worker count, and without a pool."""
    if not study.facts.counts_items:
        return
    rows = [(f"curve.{p.workers}", f"with {p.workers} worker{'' if p.workers == 1 else 's'}", p.workers, p.images_per_s) for p in study.curve]
    million = f"a million {study.facts.item}s"
    for at, words, workers, rate in [*rows, ("serial", "without a pool", 1, study.serial_images_per_s)]:
        hours = core_hours(rate, workers, study.facts.cores)
        yield f"{at}.core_hours", f"core-hours of {million} {words}", "core-h", hours
        yield f"{at}.money", f"price of {million} {words}", prices.currency, money(hours, prices)
        yield f"{at}.energy", f"energy of {million} {words}", "kWh", energy(hours, prices)


def report_facts(study: Study, prices: Prices) -> Facts:
    """All of them, in the order of the pages. Of two with one id (kinds with similar names) the later one gets a number."""
    answers = [("answer", study.answer)]
    answers += [("replayed", study.replayed.answer)] if study.replayed else []
    answers += [("emulated", study.emulated.answer)] if study.emulated else []
    parts: Iterable[Iterator[Row]] = (
        _study(study), *(_answer(answer, at) for at, answer in answers), _curve(study), _nodes(study), _costs(study, prices), _models(study),
        _losses(study), _cells(study), _sizes(study), _counters(study), _rules(study), _ways(study), _compared(study),
    )  # fmt: skip
    facts: Facts = {}
    for part in parts:
        for name, label, unit, measure in part:
            unique, number = name, 2
            while unique in facts:
                unique, number = f"{name}-{number}", number + 1
            facts[unique] = Fact(unique, label, unit, measure)
    return facts
