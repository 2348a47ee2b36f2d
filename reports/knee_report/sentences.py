"""Sentences made from the facts of a study: key findings, tiles, the summary for a terminal. They decide nothing."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from . import wording
from .findings import Losses
from .measure import Measure
from .pages import page_number
from .study import CurvePoint, Study


@dataclass(frozen=True)
class Finding:
    lead: str
    detail: str


@dataclass(frozen=True)
class Tile:
    """One number in the top row of page 1."""

    label: str
    number: str
    note: str


def _short(measure: Measure, unit: str = "") -> str:
    return "not measured" if measure.value is None else wording.value(measure, unit)


def _range(measure: Measure) -> str:
    """The note below a tile's number."""
    if measure.value is None:
        return measure.reason or "no reason was recorded"
    if measure.is_exact:
        return "by definition"
    return f"{wording.level(measure)} interval {wording.span(measure)}" if measure.has_interval else wording.span(measure)


def tiles(study: Study) -> list[Tile]:
    best, full, knee = study.best_point, study.full_point, study.knee
    nothing = Tile("throughput", "not measured", "the study has no point of the scaling curve")
    row = [nothing, Tile("speedup", "not measured", nothing.note), Tile("efficiency", "not measured", nothing.note)]
    if best:
        row[0] = Tile(f"wall time, {wording.plural(best.workers, 'worker')}", _short(best.wall_s, "s"), _range(best.wall_s))
    if best and study.facts.counts_items:
        row[0] = Tile(f"throughput, {wording.plural(best.workers, 'worker')}", _rate(best.images_per_s), _range(best.images_per_s))
    if best:
        row[1] = Tile(f"{study.facts.speedup}, {wording.plural(best.workers, 'worker')}", _times(best.speedup), _range(best.speedup))
    if full:
        share = wording.percent(full.efficiency)
        row[2] = Tile(f"efficiency, {wording.plural(full.workers, 'worker')}", _short(share, "%"), _range(share))
    if study.findings.knee_state == "none":
        row.append(Tile("knee", "none found", knee.reason))
    else:
        note = "beyond the cores: workers share cores" if study.findings.knee_state == "beyond the cores" else knee_span(study) or "no interval"
        row.append(Tile("knee", wording.plural(knee.workers, "worker"), note))
    return row


def _rate(measure: Measure) -> str:
    return "not measured" if measure.value is None else f"{wording.value(measure)} /s"


def _times(measure: Measure) -> str:
    return "not measured" if measure.value is None else f"{wording.value(measure)} {wording.TIMES}"


def knee_span(study: Study) -> str:
    knee = study.knee
    if knee.low is None and knee.high is None:
        return ""
    low = "below the measured range" if knee.low is None else str(knee.low)
    high = "beyond the measured range" if knee.high is None else str(knee.high)
    return f"95% interval {low} to {high}" if low != high else f"95% interval: {low}"


def run_time(study: Study) -> Finding:
    """In place of the throughput, for a command that reports no items."""
    best = study.best_point
    if best is None or best.wall_s.value is None:
        return Finding("The wall time was not measured.", "No trial counts.")
    lead = f"With {wording.plural(best.workers, 'worker')} a run takes {_short(best.wall_s, 's')}"
    if best.workers > 1 and best.speedup.value is not None:
        lead += f", {_short(best.speedup)} times as fast as with one"
    detail = "No interval of the wall time"
    if best.wall_s.has_interval:
        detail = f"{wording.level(best.wall_s)} interval of the wall time {wording.span(best.wall_s)} s"
    if best.speedup.has_interval and best.workers > 1:
        detail += f", of the {study.facts.speedup} {wording.span(best.speedup)}"
    return Finding(lead + ".", f"{detail}. The command reports no items: throughput is not known.")


def throughput(study: Study) -> Finding:
    if not study.facts.counts_items:
        return run_time(study)
    best = study.best_point
    if best is None or best.images_per_s.value is None:
        return Finding("Throughput was not measured.", wording.sentence(best.images_per_s.reason if best else "No trial counts"))
    lead = f"{wording.capital(wording.plural(best.workers, 'worker'))} {'processes' if best.workers == 1 else 'process'}"
    lead += f" {_short(best.images_per_s)} {study.facts.item}s a second"
    times = f", {_short(best.speedup)} times as many as one." if best.speedup.value is not None and best.workers > 1 else "."
    detail = [f"{wording.level(best.images_per_s)} interval of the throughput {wording.span(best.images_per_s)}" if best.images_per_s.has_interval
              else f"No interval of the throughput ({best.images_per_s.reason or 'none was computed'})"]  # fmt: skip
    if best.speedup.has_interval and best.workers > 1:
        detail.append(f", of the {study.facts.speedup} {wording.span(best.speedup)}")
    detail.append(".")
    whole = study.findings.batch_wall_s.value
    if whole is not None:
        batch = f"the whole batch of {wording.plural(study.facts.batch_items, study.facts.item)}"
        detail.append(f" At this rate {batch} takes about {wording.duration(whole)}")
        sample = f" (computed from trials of {wording.whole(study.facts.items)} {study.facts.item}s)"
        detail.append(f"{sample if study.findings.sampled else ''}.")
    if study.serial_wall_s.value is not None and best.wall_s.value:
        detail.append(
            f" A trial takes {wording.value(study.serial_wall_s, 's')} without a pool, {wording.value(best.wall_s, 's')} with these workers."
        )
    return Finding(lead + times, "".join(detail))


def loss_words(losses: Losses) -> str:
    """The first causes of the ranking: "serial prefix and suffix 12%; tail: no work left 8% of all core time"."""
    listed = [
        f"{loss.label} {wording.significant(wording.percent(loss.share).value or 0, 2)}%{' (within noise)' if loss.beyond_doubt is False else ''}"
        for loss in losses.headlines
    ]
    return f"{'; '.join(listed)} of all core time" if listed else ""


def cause_words(study: Study) -> str:
    """Where core time is lost, or why that is not known."""
    losses, full = study.findings.losses, study.findings.full_workers
    named = loss_words(losses)
    if named:
        at = "" if losses.workers == full else f" with {wording.plural(losses.workers, 'worker')}"
        return f"Largest losses{at}: {named}."
    if losses.workers is not None:
        return "No cause of a loss was found."
    return f"Causes are not known: {wording.sentence(losses.reason)}" if losses.reason else ""


def efficiency(study: Study) -> Finding:
    full, verdict, causes = study.full_point, study.findings.efficiency_loss, cause_words(study)
    if full is None or full.efficiency.value is None:
        return Finding("Efficiency was not measured.", wording.sentence(full.efficiency.reason if full else "No trial counts"))
    if verdict == "by definition":
        none = "No trial with more workers, each with a core of its own, counts."
        return Finding("The efficiency of one worker is 100% by definition.", f"{none} {causes}".strip())
    share = wording.percent(full.efficiency)
    where = f"With all {full.workers} cores in use" if full.workers == study.facts.cores else f"With {full.workers} workers"
    detail = f"{wording.level(share)} interval {wording.span(share)}%." if share.has_interval else f"{wording.capital(wording.span(share))}."
    if verdict == "within noise":
        detail += " The loss is not distinguishable from noise."
    return Finding(f"{where}, efficiency is {_short(share, '%')}.", f"{detail} {causes}".strip())


def knee(study: Study) -> Finding:
    found, full, state = study.knee, study.full_point, study.findings.knee_state
    threshold = wording.threshold(study.findings.knee_threshold)
    if state == "none":
        reach = f" up to {wording.plural(full.workers, 'worker')}" if full else ""
        detail = f"The knee is the smallest worker count whose efficiency is below {threshold} beyond doubt."
        return Finding(f"No knee was found{reach}.", f"{detail} {wording.capital(wording.sentence(found.reason))}".strip())
    if state == "beyond the cores":
        within = f"up to the cores, efficiency is not below {threshold} beyond doubt"
        detail = wording.capital(wording.sentence(found.reason or within))
        return Finding(
            f"No knee was found up to the {study.facts.cores} cores.",
            f"{detail} With more workers than cores, workers share cores: that says nothing about more cores.",
        )
    detail = f"It is the smallest worker count whose efficiency is below {threshold} beyond doubt"
    detail += f"; {knee_span(study)}." if knee_span(study) else f"; no interval{f' ({found.reason})' if found.reason else ''}."
    model = study.chosen_model
    if model and model.limit_speedup.value is not None:
        name = model.title
        detail += f" The {name} model limits the speedup to {wording.with_interval(model.limit_speedup)} on any number of cores."
    return Finding(f"The knee is at {wording.plural(found.workers, 'worker')}: each further core adds less.", detail)


def replay(study: Study, other: Study, full: CurvePoint) -> Finding:
    """What the whole batch does on more cores: from trials in which the real pool ran and the items waited."""
    lead = f"On {wording.plural(other.facts.cores, 'core')}, {wording.plural(full.workers, 'worker')} do the whole batch"
    lead += f" in {wording.value(full.wall_s, 's')}: speedup {_short(full.speedup)}, efficiency {_short(wording.percent(full.efficiency), '%')} (replayed)."
    threshold = other.findings.knee_threshold
    below = [p.workers for p in other.curve if threshold is not None and p.efficiency.value is not None and p.efficiency.value < threshold]
    reach = f"is below {wording.threshold(threshold)} from {wording.plural(min(below), 'worker')}" if below else f"stays above {wording.threshold(threshold)}"
    detail = f"No interval ({full.speedup.reason})."
    if full.speedup.has_interval:
        detail = f"{wording.level(full.speedup)} interval of the speedup {wording.span(full.speedup)}, of repeated replays only."
    named = loss_words(other.findings.losses)
    detail += f" Efficiency {reach}.{f' Largest losses: {named}.' if named else ''}"
    return Finding(
        lead,
        f"{detail} Replayed: the real pool on {wording.whole(study.facts.cores)} cores, whose items wait for their measured time;"
        " contention between more workers than were measured is assumed to grow in proportion.",
    )


def emulation(study: Study) -> Finding | None:
    """The result on emulated cores; None without such a study."""
    other = study.emulated
    full = other.full_point if other else None
    if other is None or full is None or full.workers == 1 or full.speedup.value is None:
        return None
    if other.facts.replay_of:
        return replay(study, other, full)
    share = wording.percent(full.efficiency)
    lead = f"On {wording.plural(other.facts.cores, 'emulated core')}, {wording.plural(full.workers, 'worker')} reach"
    lead += f" a speedup of {_short(full.speedup)}: efficiency {_short(share, '%')}."
    detail = f"No interval ({full.speedup.reason})."
    if full.speedup.has_interval:
        detail = f"{wording.level(full.speedup)} interval of the speedup {wording.span(full.speedup)}."
    named = loss_words(other.findings.losses)
    if named:
        detail += f" Largest losses: {named}."
    detail += f" Trials of {wording.plural(other.facts.items, other.facts.item)}. An emulated core is a CPU quota of a real one:"
    return Finding(lead, detail + " the effects of shared caches and memory are not included.")


def outputs_lead(study: Study) -> str:
    same, result = study.equivalence, study.findings.equivalence
    if result == "identical" and study.findings.reference == "serial run":
        return "Outputs of every counted trial are identical to the serial run's."
    if result == "identical" and study.findings.reference == "real run":
        return "Outputs of every replayed trial are identical to those of a real run of the batch."
    if result == "identical":
        return "Outputs of all counted trials are identical."
    if result == "different":
        return f"Only {same.identical} of {same.trials} trials made the same bytes as the {study.findings.reference or 'reference'}."
    return "The outputs were not compared with a serial run."


def certainty(study: Study) -> Finding:
    ok, void, failed = study.trials.ok, study.trials.void, study.trials.failed
    detail = f"{wording.capital(wording.plural(ok, 'trial'))} in {wording.plural(study.facts.blocks, 'random block')} count"
    detail += f", {wording.whole(void)} void" if void is not None else ""
    detail += f", {wording.whole(failed)} failed." if failed is not None else "."
    detail += f" {fit_words(study)}"
    if study.findings.stopped_by:
        detail += f" {stop_words(study)}"
    if study.equivalence.reason:
        detail += f" {wording.capital(wording.sentence(study.equivalence.reason))}"
    if study.warnings:
        detail += f" {wording.capital(wording.plural(len(study.warnings), 'warning'))}: see page {page_number('evidence')}."
    return Finding(outputs_lead(study), detail)


STOPPED_BY = {
    "precision": "The sweep ended because the wanted precision was reached",
    "budget": "The sweep ended because its time budget was spent",
    "plan": "The sweep ended with the last planned block",
}


def stop_words(study: Study) -> str:
    """Why the sweep ended, and the precision that it reached."""
    why, reached = study.findings.stopped_by, study.findings.precision_reached
    words = STOPPED_BY.get(why, f"The sweep was ended by: {why}")
    return f"{words}; precision: {wording.sentence(reached)}" if reached else f"{words}."


def fit_words(study: Study) -> str:
    """Does the chosen model describe the measured points?"""
    model, test = study.chosen_model, study.findings.chosen_test
    if model is None:
        reasons = [m.reason for m in study.models if m.reason]
        return f"No model was fitted{f': {reasons[0]}' if reasons else ''}."
    name = model.title
    if test is None or test.p is None or test.level is None:
        return f"The fit of the {name} model was not tested: {(test and test.reason) or 'no reason was recorded'}."
    numbers = f"p = {wording.significant(test.p, 2)}, level {wording.plain(100 * test.level)}%"
    if test.result == "rejected":
        return f"The {name} model is rejected: it misses the measured points by more than noise ({numbers})."
    return f"The {name} model is not rejected ({numbers})."


def findings(study: Study) -> list[Finding]:
    other = emulation(study)
    if other and study.emulated and study.emulated.facts.replay_of:
        return [throughput(study), other, efficiency(study), knee(study), certainty(study)]
    return [throughput(study), efficiency(study), knee(study), *([other] if other else []), certainty(study)]


def summary_lines(study: Study, width: int = 100) -> list[str]:
    """Findings and recommendation for a terminal: numbered leads, details indented below."""
    lines = [""]
    for number, finding in enumerate(findings(study), 1):
        lines.append(f"{number} {finding.lead}")
        lines += textwrap.wrap(finding.detail, width, initial_indent="  ", subsequent_indent="  ")
    advice = study.recommendation
    if advice.workers is None:
        lines += ["", f"Recommended: nothing ({advice.reason})"]
    else:
        lead = f"Recommended: {wording.advised(advice.workers, advice.chunk, advice.policy)}. "
        lines += ["", *textwrap.wrap(lead + wording.capital(wording.sentence(advice.reason)), width, subsequent_indent="  ")]
    return lines
