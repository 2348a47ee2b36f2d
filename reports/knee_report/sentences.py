"""Sentences made from the facts of a study: key findings, tiles, the summary for a terminal. They decide nothing."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from . import curve, wording
from .answer import Answer, AnswerPoint
from .facts import Facts
from .findings import Losses
from .measure import Measure
from .study import Study


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
    """What to run here gives, then what the batch does with the most workers, then its knee."""
    if study.all_fail:
        why = f"all {wording.plural(study.facts.items, study.facts.item)} fail"
        return [Tile(label, "not measured", why) for label in ("throughput here", study.facts.speedup, "efficiency", "knee")]
    best, full, answer = study.best_point, study.full_point, study.shown
    nothing = Tile("throughput here", "not measured", "the study has no point of the scaling curve")
    row = [nothing, Tile("speedup", "not measured", nothing.note), Tile("efficiency", "not measured", nothing.note)]
    if best:
        row[0] = Tile(f"wall time here, {wording.plural(best.workers, 'worker')}", _short(best.wall_s, "s"), _range(best.wall_s))
    if best and study.facts.counts_items:
        row[0] = Tile(f"throughput here, {wording.plural(best.workers, 'worker')}", _rate(best.images_per_s), _range(best.images_per_s))
    if best:
        row[1] = Tile(f"{study.facts.speedup}, {wording.plural(best.workers, 'worker')}", _times(best.speedup), _range(best.speedup))
    if full:
        share = wording.percent(full.efficiency)
        row[2] = Tile(f"efficiency, {wording.plural(full.workers, 'worker')}", _short(share, "%"), _range(share))
    if answer.known and answer.most:
        share = wording.percent(answer.most.efficiency)
        how = "" if answer.how == "measured" else f"{answer.how}, "
        row[1] = Tile(f"speedup, {wording.plural(answer.workers, 'worker')}", _times(answer.most.speedup), how + _range(answer.most.speedup))
        row[2] = Tile(f"efficiency, {wording.plural(answer.workers, 'worker')}", _short(share, "%"), how + _range(share))
    return [*row, _knee_tile(study)]


def _knee_tile(study: Study) -> Tile:
    answer, found = study.shown, study.knee
    if answer.known:
        if answer.knee_workers is None:
            return Tile("knee of the batch", "none", f"up to {wording.plural(answer.workers, 'core')}, {answer.how}")
        return Tile(
            "knee of the batch",
            wording.plural(answer.knee_workers, "worker"),
            curve.knee_span(answer.knee_low, answer.knee_high, answer.knee_how) or "no interval",
        )
    if study.findings.knee_state == "within the cores":
        return Tile("knee", wording.plural(found.workers, "worker"), knee_span(study) or "no interval")
    within = f"up to the {wording.plural(study.facts.cores, 'core')}" if study.findings.knee_state == "beyond the cores" else found.reason
    return Tile("knee", "none found", within)


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
        return Finding("Throughput was not measured.", wording.capital(wording.sentence(best.images_per_s.reason if best else "No trial counts")))
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
    return Finding(lead + times, "".join(detail))


def today(study: Study) -> str:
    """What the best cell gives against a run without a pool, and knee against other programs on the same pictures."""
    words = []
    if study.serial_times.value is not None:
        words.append(f"{_short(study.serial_times)} times the throughput of a run without a pool")
    compared, best = study.compared, study.findings.best_workers
    others = compared.times(best) if compared else {}
    if compared and others:
        listed = ", ".join(f"{wording.significant(times)} times that of {name}" for name, times in others.items())
        words.append(f"on {wording.plural(compared.images, 'image')} with {wording.plural(compared.workers(best), 'worker')} {listed} (medians)")
    return f"Against today: {'; '.join(words)}." if words else ""


def failing(study: Study) -> str:
    """Of items that fail in every trial; "" where none does."""
    failed, item = study.trials.items_failed, study.facts.item
    if not failed:
        return ""
    if study.all_fail:
        return f"All {wording.plural(failed, item)} fail: these are the times of failing, not those of a batch that works."
    return f"{wording.capital(wording.plural(failed, item))} of {wording.whole(study.facts.items)} fail in every trial."


def trial_items(study: Study, workers: int) -> int | None:
    """Items of a trial: where the work grows with the workers, the study has recorded those of its largest trials."""
    most = max((t.workers for t in study.record.samples.trials if t.role == "scaling"), default=workers)
    items = study.facts.items
    return items * workers // most if study.facts.weak and items else items


def here(study: Study, more: str = "") -> Finding:
    """What to run on this machine, and what it gives; more: what else is known of that, before the reasons. First of all
    whether items fail."""
    made, failed = _here(study, more), failing(study)
    return Finding(f"{failed} {made.lead}", made.detail) if failed else made


def _here(study: Study, more: str) -> Finding:
    advice, rate = study.recommendation, throughput(study)
    parts = [rate.detail, today(study), more]
    if advice.workers is None:
        nothing = f"Nothing to run here is recommended: {wording.sentence(advice.reason or 'no reason was recorded')}"
        return Finding(nothing, " ".join(part for part in (rate.lead, *parts) if part))
    unit = f"a trial of {wording.plural(trial_items(study, advice.workers), study.facts.item)}" if study.facts.counts_items else "a run"
    if advice.wall_s.value is None:
        parts.append(f"Wall time of a trial with it: {wording.why_missing(advice.wall_s)}.")
    else:
        parts.append(f"With it, {unit} takes {wording.with_interval(advice.wall_s, 's')}.")
    parts.append(wording.capital(wording.sentence(advice.reason)))
    lead = f"Run here: {wording.advised(advice.workers, advice.chunk, advice.policy)}. {rate.lead}"
    return Finding(lead, " ".join(part for part in parts if part))


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
    if nodes_words(study):
        return nodes_words(study)
    return f"Causes are not known: {wording.sentence(losses.reason)}" if losses.reason else ""


def nodes_words(study: Study) -> str:
    """Where the core time of the largest cell on several machines went."""
    most = max(study.nodes, key=lambda p: (p.workers, p.nodes), default=None)
    if most is None or not most.losses:
        return ""
    listed = [f"{cause} {wording.fixed(100 * share, 1)}%" for cause, share in most.losses if share >= 0.0005]
    return f"With {wording.plural(most.workers, 'worker')} on {wording.plural(most.nodes, 'node')}, of all core time are lost: {', '.join(listed)}."


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
    """Of a study that says nothing about the batch beyond its own points."""
    found, full, state = study.knee, study.full_point, study.findings.knee_state
    threshold = wording.threshold(study.findings.knee_threshold)
    why = f" {wording.capital(wording.sentence(study.shown.reason))}" if study.shown.reason else ""
    if state == "none":
        reach = f" up to {wording.plural(full.workers, 'worker')}" if full else ""
        detail = f"The knee is the smallest worker count whose efficiency is below {threshold} beyond doubt."
        return Finding(f"No knee was found{reach}.", f"{detail} {wording.capital(wording.sentence(found.reason))}".strip())
    if state == "beyond the cores":
        return Finding(
            f"No knee was found up to the {study.facts.cores} cores.",
            f"Up to the cores, efficiency is not below {threshold} beyond doubt. More workers than cores say nothing about more cores.{why}",
        )
    detail = f"It is the smallest worker count whose efficiency is below {threshold} beyond doubt"
    detail += f"; {knee_span(study)}." if knee_span(study) else f"; no interval{f' ({found.reason})' if found.reason else ''}."
    return Finding(f"The knee is at {wording.plural(found.workers, 'worker')}: each further core adds less.", detail + limit_words(study))


def limit_words(study: Study) -> str:
    model = study.chosen_model
    if not model or model.limit_speedup.value is None:
        return ""
    return f" The {model.title} model limits the speedup to {wording.with_interval(model.limit_speedup)} on any number of cores."


# --- the whole batch --------------------------------------------------------------------------------------------------


def how_words(study: Study) -> str:
    """How the answer is known, and what is assumed."""
    answer, here_ = study.shown, wording.plural(study.facts.cores, "core")
    if answer.how == "replayed":
        words = f"Replayed: the real pool on {here_}, whose items wait for their measured time."
    elif answer.how == "predicted":
        words = "Predicted: the pool, simulated with the measured costs of items, starts and serial parts."
    elif answer.how == "emulated":
        words = f"Emulated: a core is a CPU quota of one of {here_}; shared caches and memory are not included."
    else:
        return "Measured."
    # A replay made before it recorded this leaves it to its study.
    known = answer if answer.measured_workers else study.answer
    reach = known.measured_workers
    if answer.how == "emulated" or not reach or not answer.workers or reach >= answer.workers:
        return words
    beyond = "it is assumed to grow in proportion" if known.assumed else "it is that of trials next to antagonists"
    words += f" Contention was measured up to {wording.plural(reach, 'worker')}; beyond, {beyond}."
    return words


def interval_words(most: AnswerPoint) -> str:
    speedup = most.speedup
    if not speedup.has_interval:
        return f"No interval ({speedup.reason or 'none was computed'})."
    words = f"{wording.level(speedup)} interval of the speedup {wording.span(speedup)}"
    if most.others.has_interval and most.contention.has_interval:
        words += f": {wording.span(most.others)} from all but contention, {wording.span(most.contention)} from contention alone"
    return words + "."


def other_ways(study: Study) -> str:
    """The same batch in the ways that the answer does not show."""
    shown, words = study.shown, []
    replayed = study.replayed.answer if study.replayed else None
    for answer in (study.answer, replayed):
        if answer and answer.known and answer is not shown and answer.most and shown.most and answer.workers == shown.workers:
            words.append(f"{answer.how}: {_short(answer.most.speedup)}")
    return f" The speedup {'; '.join(words)}." if words else ""


def batch(study: Study) -> Finding:
    """What the whole batch does with the most workers that were asked for, a core for each."""
    answer, most = study.shown, study.shown.most
    assert most is not None
    work = f"{wording.plural(answer.items, study.facts.item)}" if answer.items and study.facts.counts_items else "the work"
    lead = f"On {wording.plural(answer.workers, 'core')}, {wording.plural(answer.workers, 'worker')} do {work} in {_short(most.wall_s, 's')}:"
    lead += f" speedup {_short(most.speedup)}, efficiency {_short(wording.percent(most.efficiency), '%')} ({answer.how})."
    return Finding(lead, f"{interval_words(most)} {how_words(study)}{other_ways(study)}")


def batch_losses(answer: Answer) -> str:
    """All causes, the largest first."""
    known = sorted((c for c in answer.causes if c.share is not None), key=lambda c: -(c.share or 0.0))
    listed = [f"{c.label} {wording.fixed(100 * (c.share or 0.0), 1)}%" for c in known if abs(c.share or 0.0) >= 0.0005]
    if not listed:
        return "" if not known else "No cause of a loss was found."
    return f"With {wording.plural(answer.workers, 'worker')}, of all core time are lost: {', '.join(listed)}."


def batch_knee(study: Study) -> Finding:
    """Where the efficiency of the batch leaves the threshold, and by which causes."""
    answer, threshold = study.shown, wording.threshold(study.shown.threshold)
    detail = batch_losses(answer) or nodes_words(study) or "The causes are not known."
    if answer.knee_workers is None:
        return Finding(f"Efficiency stays at {threshold} or above up to {wording.plural(answer.workers, 'core')} ({answer.how}).", detail)
    span = curve.knee_span(answer.knee_low, answer.knee_high, answer.knee_how)
    lead = f"The knee is at {wording.plural(answer.knee_workers, 'worker')}: efficiency falls below {threshold}{f' ({span})' if span else ''}."
    return Finding(lead, detail + (limit_words(study) if answer.knee_how == "measured" else ""))


def to_buy(study: Study) -> Finding:
    first, _, rest = study.shown.advice.partition(". ")
    return Finding(f"To buy or change: {wording.sentence(first)}", rest)


def costs(study: Study, facts: Facts) -> Finding | None:
    """Core-hours, money and energy of a million items with the best worker count; core-hours of the other ways. None: the
    command reports no items, or nothing was measured."""
    best = study.findings.best_workers
    hours = facts.get(f"curve.{best}.core_hours")
    if hours is None or hours.measure.value is None:
        return None
    lead = f"A million {study.facts.item}s cost {wording.value(hours.measure)} core-hours with {wording.plural(best, 'worker')}."
    words = [f"{wording.level(hours.measure)} interval {wording.span(hours.measure)}" if hours.measure.has_interval else "no interval"]
    for at, name in (("curve.1", "with 1 worker"), ("serial", "without a pool")):
        other = facts.get(f"{at}.core_hours")
        if other and other.measure.value is not None and other is not hours:
            words.append(f"{name} {wording.value(other.measure)}")
    for part, name in (("money", "price"), ("energy", "energy")):
        fact = facts[f"curve.{best}.{part}"]
        if fact.measure.value is not None:
            words.append(f"{name} {wording.with_interval(fact.measure, fact.unit)}")
    return Finding(lead, wording.capital("; ".join(words)) + ".")


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
        detail += f" {wording.capital(wording.plural(len(study.warnings), 'warning'))}: see 'Limits and warnings'."
    return Finding(outputs_lead(study), detail)


STOPPED_BY = {
    "precision": "The sweep ended because the wanted precision was reached",
    "budget": "The sweep ended because its time budget was spent",
    "plan": "The sweep ended with the last planned block",
    "void": "The sweep ended because no trial of its last block counts",
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


def of_failing(study: Study) -> list[Finding]:
    """In place of what a batch does and where its knee is: how items fail is all that was measured."""
    repair = "The FAILED.tsv of 'knee run' has the reasons: remove them, and sweep again."
    nothing = "Of a batch that works, no trial says how fast it is, how it scales, or what it costs."
    shown = "The curve and the other pages show how failing scales: a start, a look at each item, and an end."
    return [
        Finding(failing(study), repair),
        Finding(f"Nothing to run here is recommended: {wording.sentence(study.recommendation.reason or 'all items fail')}", nothing),
        Finding("No knee is stated.", shown),
    ]


def findings(study: Study) -> list[Finding]:
    """What to run here, what the batch does with the most workers, where its efficiency leaves the threshold, what to buy."""
    if study.all_fail:
        return [*of_failing(study), certainty(study)]
    if not study.shown.known:
        return [here(study), efficiency(study), knee(study), certainty(study)]
    own = efficiency(study)
    return [here(study, f"{own.lead} {own.detail}"), batch(study), batch_knee(study), to_buy(study), certainty(study)]


def summary_lines(study: Study, width: int = 100) -> list[str]:
    """Findings for a terminal: numbered leads, details indented below."""
    lines = [""]
    for number, finding in enumerate(findings(study), 1):
        lines += textwrap.wrap(f"{number} {finding.lead}", width, subsequent_indent="  ")
        lines += textwrap.wrap(finding.detail, width, initial_indent="  ", subsequent_indent="  ")
    return lines
