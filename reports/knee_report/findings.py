"""The key findings in plain language, made from the study's numbers. Pure functions, no drawing."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from . import wording
from .figures_data import causes
from .measure import Measure
from .study import Study


@dataclass(frozen=True)
class Finding:
    lead: str
    detail: str


@dataclass(frozen=True)
class Tile:
    """One number of the summary's top row."""

    label: str
    number: str
    note: str


def _short(measure: Measure, unit: str = "") -> str:
    return "not measured" if measure.value is None else wording.value(measure, unit)


def _range(measure: Measure) -> str:
    """What stands below a tile's number."""
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
        row[0] = Tile(f"a run, {wording.plural(best.workers, 'worker')}", _short(best.wall_s, "s"), _range(best.wall_s))
    if best and study.facts.counts_items:
        row[0] = Tile(f"throughput, {wording.plural(best.workers, 'worker')}", _rate(best.images_per_s), _range(best.images_per_s))
    if best:
        row[1] = Tile(f"{study.facts.speedup}, {wording.plural(best.workers, 'worker')}", _times(best.speedup), _range(best.speedup))
    if full:
        share = wording.percent(full.efficiency)
        row[2] = Tile(f"efficiency, {wording.plural(full.workers, 'worker')}", _short(share, "%"), _range(share))
    if knee.workers is None:
        row.append(Tile("knee", "none seen", knee.reason))
    else:
        note = "beyond the cores: workers share them" if knee.oversubscribed else knee_span(study) or "no interval"
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
    """Instead of the throughput, where a trial is a run and no items are known."""
    best = study.best_point
    if best is None or best.wall_s.value is None:
        return Finding("The time of a run was not measured.", "No trial counts.")
    lead = f"With {wording.plural(best.workers, 'worker')} a run takes {_short(best.wall_s, 's')}"
    if best.workers > 1 and best.speedup.value is not None:
        lead += f", {_short(best.speedup)} times as fast as with one"
    detail = f"{wording.level(best.wall_s)} interval of the time {wording.span(best.wall_s)} s" if best.wall_s.has_interval else "No interval of the time"
    if best.speedup.has_interval and best.workers > 1:
        detail += f", of the {study.facts.speedup} {wording.span(best.speedup)}"
    return Finding(lead + ".", f"{detail}. The command tells of no items: throughput and causes are not known.")


def throughput(study: Study) -> Finding:
    if not study.facts.counts_items:
        return run_time(study)
    best = study.best_point
    if best is None or best.images_per_s.value is None:
        return Finding("Throughput was not measured.", wording.sentence(best.images_per_s.reason if best else "No trial counts"))
    lead = f"{wording.capital(wording.plural(best.workers, 'worker'))} do {_short(best.images_per_s)} {study.facts.item}s a second"
    if best.workers == 1:
        lead = lead.replace(" do ", " does ")
    times = f", {_short(best.speedup)} times as many as one." if best.speedup.value is not None and best.workers > 1 else "."
    detail = [f"{wording.level(best.images_per_s)} interval of the throughput {wording.span(best.images_per_s)}" if best.images_per_s.has_interval
              else f"No interval of the throughput ({best.images_per_s.reason or 'none was computed'})"]  # fmt: skip
    if best.speedup.has_interval and best.workers > 1:
        detail.append(f", of the {study.facts.speedup} {wording.span(best.speedup)}")
    detail.append(".")
    items = study.facts.batch_items
    if items:
        whole = items / best.images_per_s.value
        detail.append(f" At this rate the whole batch of {wording.plural(items, study.facts.item)} takes about {wording.duration(whole)}")
        detail.append("." if study.facts.items == items else f" (computed from trials of {wording.whole(study.facts.items)} {study.facts.item}s).")
    if study.serial_wall_s.value is not None and best.wall_s.value:
        detail.append(
            f" Without any pool a trial takes {wording.value(study.serial_wall_s, 's')}, with these workers {wording.value(best.wall_s, 's')}."
        )
    return Finding(lead + times, "".join(detail))


def efficiency(study: Study) -> Finding:
    full = study.full_point
    if full is None or full.efficiency.value is None:
        return Finding("Efficiency was not measured.", wording.sentence(full.efficiency.reason if full else "No trial counts"))
    share = wording.percent(full.efficiency)
    cores = study.facts.cores
    if full.workers == 1:
        return Finding("One worker is the yardstick, so its efficiency is 100%.", "No trial with more workers on as many cores counts.")
    where = f"All {cores} cores busy" if full.workers == cores else f"With {full.workers} workers"
    lead = f"{where}, each worker does {_short(share, '%')} of what one worker alone does."
    detail = (
        f"{wording.level(share)} interval {wording.span(share)}%." if share.has_interval else f"{wording.capital(wording.span(share))}."
    )
    if share.high is not None and share.high >= 100:
        detail += " No loss can be told from noise."
    lost = [c for c in causes(study, full.workers) if c[1] >= 0.05][:3]
    if lost:
        listed = ", ".join(f"{name} {wording.significant(part, 2)}%" for name, part in lost)
        detail += f" The largest measured losses, in percent of all core time: {listed}."
    return Finding(lead, detail)


def knee(study: Study) -> Finding:
    found, full = study.knee, study.full_point
    threshold = f"{100 * (1 - found.delta):g}%"
    if found.workers is None:
        reach = f" up to {wording.plural(full.workers, 'worker')}" if full else ""
        detail = f"The knee is the smallest number of workers whose efficiency is below {threshold} beyond doubt."
        return Finding(f"No knee was seen{reach}.", f"{detail} {wording.capital(wording.sentence(found.reason))}".strip())
    if found.oversubscribed:
        within = f"up to the cores, efficiency is not below {threshold} beyond doubt"
        detail = wording.capital(wording.sentence(found.reason or within))
        return Finding(f"The knee is at {wording.plural(found.workers, 'worker')}, beyond the {study.facts.cores} cores: workers share cores there.", detail)
    limit = study.chosen_model.limit_speedup if study.chosen_model else None
    detail = f"It is the smallest number whose efficiency is below {threshold} beyond doubt"
    detail += f"; {knee_span(study)}." if knee_span(study) else f"; no interval{f' ({found.reason})' if found.reason else ''}."
    if limit and limit.value is not None and study.chosen_model:
        name = wording.model_name(study.chosen_model.name)
        detail += f" By the {name} model no number of cores brings more than {wording.with_interval(limit)} times one worker's speed."
    return Finding(f"The knee is at {wording.plural(found.workers, 'worker')}: from there on, cores pay back less.", detail)


def emulation(study: Study) -> Finding | None:
    """What the emulated cores beside it show; None when there are none."""
    beside = study.emulated
    full = beside.full_point if beside else None
    if beside is None or full is None or full.workers == 1 or full.speedup.value is None:
        return None
    share = wording.percent(full.efficiency)
    lead = f"On {wording.plural(beside.facts.cores, 'emulated core')} {wording.plural(full.workers, 'worker')} are {_short(full.speedup)} times as fast as one: {_short(share, '%')} each."
    detail = f"95% interval of the speedup {wording.span(full.speedup)}." if full.speedup.has_interval else f"No interval ({full.speedup.reason})."
    lost = [c for c in causes(beside, full.workers) if c[1] >= 0.5][:2]
    if lost:
        detail += f" Lost core time: {', '.join(f'{name} {wording.significant(part, 2)}%' for name, part in lost)}."
    detail += f" Trials of {wording.plural(beside.facts.items, 'image')}; each core is a share of a real one, so shared caches and memory are not in it."
    return Finding(lead, detail)


def certainty(study: Study) -> Finding:
    ok, void, failed = study.trials.ok, study.trials.void, study.trials.failed
    same = study.equivalence
    if same.trials and same.identical == same.trials and same.reason:
        lead = "Every counted trial made the same bytes as the others."
    elif same.trials and same.identical == same.trials:
        lead = "Every counted trial made the same bytes as the serial run."
    elif same.trials and same.identical is not None:
        lead = f"Only {same.identical} of {same.trials} trials made the same bytes as the serial run."
    else:
        lead = "The outputs were not compared with a serial run."
    detail = f"{wording.capital(wording.plural(ok, 'trial'))} in {wording.plural(study.facts.blocks, 'random block')} count"
    detail += f", {void} void" if void is not None else ""
    detail += f", {failed} failed." if failed is not None else "."
    detail += " " + fit_words(study)
    if same.reason:
        detail += f" {wording.capital(wording.sentence(same.reason))}"
    if study.warnings:
        detail += f" {wording.capital(wording.plural(len(study.warnings), 'warning'))}: see page 4."
    return Finding(lead, detail)


def fit_words(study: Study) -> str:
    """Does the chosen model describe the measurement?"""
    model, test = study.chosen_model, study.lack_of_fit
    if model is None:
        reasons = [m.reason for m in study.models if m.reason]
        return f"No model was fitted{f': {reasons[0]}' if reasons else ''}."
    name = wording.model_name(model.name)
    if test.p is None:
        return f"Whether the {name} model fits was not tested: {test.reason or 'no reason was recorded'}."
    if test.p < 0.05:
        return f"The {name} model misses the measured points by more than noise (p = {wording.significant(test.p, 2)})."
    return f"No misfit of the {name} model was detected (p = {wording.significant(test.p, 2)})."


def findings(study: Study) -> list[Finding]:
    beside = emulation(study)
    return [throughput(study), efficiency(study), knee(study), *([beside] if beside else []), certainty(study)]


def summary_lines(study: Study, width: int = 100) -> list[str]:
    """The findings and the advice for a terminal: numbered leads with their details indented below."""
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
