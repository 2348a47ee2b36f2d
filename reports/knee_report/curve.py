"""The scaling curve as a data file that gnuplot loads (curve.gp draws it). Standard library only."""

from __future__ import annotations

from collections.abc import Sequence

from . import wording
from .answer import AnswerPoint
from .measure import Measure
from .study import CurvePoint, NodesPoint, Study


def quoted(phrase: str) -> str:
    """A gnuplot string: between single quotes only the quote itself is special."""
    flat = "".join(c if c.isprintable() else "?" for c in phrase)
    return "'" + flat.replace("'", "''") + "'"


def read_words(data: str) -> dict[str, str]:
    """What the quoted names of curve.dat hold."""
    lines = [line.partition(" = '") for line in data.splitlines()]
    return {name: rest[:-1].replace("''", "'") for name, found, rest in lines if found and rest.endswith("'")}


def number(value: float | None) -> str:
    return "NaN" if value is None else f"{value:.6g}"


def title(study: Study) -> str:
    return f"Scaling of {wording.shorten(study.facts.name, 60)}"


def subtitle(study: Study, most: int = 126) -> str:
    """The batch and the machine in one line of at most `most` characters; 0: no limit."""
    facts = study.facts
    if facts.weak:
        work = f"weak scaling, up to {wording.plural(facts.items, facts.item)} in a trial"
    elif study.findings.sampled:
        whole = f"a batch of {wording.plural(facts.batch_items, facts.item)}, {wording.megabytes(facts.batch_bytes)}"
        work = f"{wording.plural(facts.items, facts.item)} in each trial, out of {whole}"
    else:
        work = f"{wording.plural(facts.items, facts.item)}, {wording.megabytes(facts.batch_bytes)}"
    if study.all_fail:
        work = f"all {wording.plural(facts.items, facts.item)} fail"
    if not facts.counts_items:
        work = f"runs of {wording.shorten(facts.recipe_path or 'a command', 60)}"
    host, machine = facts.host or "host not recorded", facts.cpu_model or "CPU not recorded"
    if most:
        host, machine = wording.shorten(host, 20), wording.shorten(machine, 40)
    line = f"{work}  \u00b7  {host}: {machine}, {wording.plural(facts.cores, facts.core)}"
    if study.trials.noisy:
        line += "  \u00b7  noisy machine"
    return wording.shorten(line, most) if most else line


def knee_place(study: Study) -> int | None:
    """Where the knee of the batch is drawn; None: it has none up to the most workers."""
    if study.shown.known:
        return study.shown.knee_workers
    return study.knee.workers if study.findings.knee_state == "within the cores" else None


def knee_span(low: int | None, high: int | None, how: str) -> str:
    """ "95% interval 6 to 8, replayed": in brackets behind a knee."""
    if low is None:
        words = ""
    elif high is None:
        words = f"95% interval: from {low} on"
    else:
        words = f"95% interval {low} to {high}" if low != high else f"95% interval: {low}"
    return ", ".join(word for word in (words, "" if how == "measured" else how) if word)


def knee_label(study: Study) -> str:
    answer, knee = study.shown, study.knee
    if not answer.known:
        full = study.full_point
        if knee.workers is None or study.findings.knee_state == "beyond the cores":
            return f"no knee found up to {wording.plural(full.workers, 'worker')}" if full else "no knee seen"
        span = knee_span(knee.low, knee.high, "measured")
    elif answer.knee_workers is None:
        return f"no knee up to {wording.plural(answer.workers, 'worker')} ({answer.how})"
    else:
        span = knee_span(answer.knee_low, answer.knee_high, answer.knee_how)
    return f"knee: {wording.plural(knee_place(study), 'worker')}{f' ({span})' if span else ''}"


def oversubscribed_scale(last: int, bound: int) -> float:
    """How long a worker beyond the cores (bound) is on the axis, in those within: so short that all have a third of it."""
    return min(1.0, max(bound - 1, 1) / 2 / (last - bound)) if last > bound else 1.0


def ticks(workers: Sequence[int], cores: int | None, scale: float = 1.0) -> list[int]:
    """Worker counts to write under the axis: the measured ones, fewer where labels would touch. scale: of workers beyond
    the cores."""
    last = max(workers, default=1)

    def place(n: int) -> float:
        return n if scale == 1.0 or cores is None or n <= cores else cores + scale * (n - cores)

    step = max(1.0, -(-last // 16)) if scale == 1.0 else place(last) / 16
    wanted = sorted(set(workers))
    chosen: list[int] = []
    for n in wanted:
        if not chosen or place(n) - place(chosen[-1]) >= step or n in (cores, last):
            while chosen and place(n) - place(chosen[-1]) < step and chosen[-1] != cores and len(chosen) > 1:
                chosen.pop()
            chosen.append(n)
    return chosen


def highest(measures: Sequence[Measure]) -> float:
    """The highest end of all intervals; 1 when nothing was measured."""
    return max((x for m in measures for x in (m.value, m.high) if x is not None), default=1.0)


def block(name: str, comment: str, lines: Sequence[str]) -> list[str]:
    return ["", f"# {comment}", f"${name} << END_OF_DATA", *(lines or ["NaN NaN NaN NaN NaN NaN NaN NaN"]), "END_OF_DATA"]


def spread_points(study: Study) -> tuple[NodesPoint, ...]:
    """Cells that have as many workers as a point of the curve, on more nodes."""
    return tuple(p for p in study.nodes if not p.on_curve and p.speedup.value is not None)


SPREAD_LABEL = "on more nodes"


def axis_label(study: Study) -> str:
    return "workers of all nodes" if study.nodes else "workers"


def measured_line(point: CurvePoint | AnswerPoint | NodesPoint, oversubscribed: bool = False) -> str:
    numbers = [number(x) for m in (point.speedup, point.efficiency) for x in (m.value, m.low, m.high)]
    return " ".join([str(point.workers), *numbers, "1" if oversubscribed else "0"])


def trial_lines(points: Sequence[CurvePoint]) -> list[str]:
    """A line for each trial of these points, of one worker too."""
    return [f"{p.workers} {number(x)} {number(x / p.workers)}" for p in points for _, x in p.trial_speedups]


def with_intervals(points: Sequence[CurvePoint | AnswerPoint]) -> int:
    """How many of the points have one."""
    return sum(p.speedup.low is not None for p in points)


def other_trials(other: Study | None) -> list[str]:
    """The trials of a replay or of emulated cores at the points that are shown."""
    shown = {p.workers for p in other_points(other)}
    return trial_lines([p for p in other.curve if p.workers in shown]) if other else []


def own_points(study: Study) -> tuple[CurvePoint, ...]:
    """The measured points that the curve shows: those with a core for each worker; all where there is no other answer."""
    return tuple(p for p in study.curve if not p.oversubscribed or not study.shown.known)


def other_points(other: Study | None) -> tuple[AnswerPoint, ...]:
    """Points of a replay or of emulated cores; not one worker, which is 1 by definition."""
    return tuple(p for p in other.answer.points if p.workers > 1) if other else ()


def predicted_points(study: Study) -> tuple[AnswerPoint, ...]:
    """The predicted curve and its band."""
    return study.answer.points if study.answer.how == "predicted" else ()


def others_label(other: Study | None) -> str:
    if other is None or all(p.speedup.value is None for p in other_points(other)):
        return ""
    return f"{'replayed' if other.facts.replay_of else 'emulated'}"


def last_workers(study: Study) -> int:
    """The most workers that the curve shows."""
    points: tuple[CurvePoint | AnswerPoint, ...]
    points = (*own_points(study), *other_points(study.replayed), *other_points(study.emulated), *predicted_points(study))
    return max((p.workers for p in points), default=1)


def highest_shown(study: Study, field: str, most: float) -> float:
    """The highest end of all intervals and trials of "speedup" or "efficiency"; those that were not measured count up to
    `most` only."""
    own = highest([getattr(p, field) for p in (*own_points(study), *spread_points(study))])
    singles = [x / (p.workers if field == "efficiency" else 1) for p in own_points(study) for _, x in p.trial_speedups]
    own = max(own, *singles) if singles else own
    others = (*other_points(study.replayed), *other_points(study.emulated), *predicted_points(study))
    return max(own, min(highest([getattr(p, field) for p in others]), most)) if others else own


def line_label(study: Study) -> str:
    """The line with a band: the prediction of the batch, else the fitted model."""
    if predicted_points(study):
        return "predicted, 95% band" if any(p.speedup.low is not None for p in predicted_points(study) if p.workers > 1) else "predicted"
    model = study.chosen_model
    if model is None:
        return ""
    return f"{model.title} fit, undecided" if any(p.undecided for p in model.predicted) else f"{model.title} fit"


def line_points(study: Study) -> list[tuple[int, float | None, float | None, float | None]]:
    """workers, speedup, low, high of that line."""
    if predicted_points(study):
        return [(p.workers, p.speedup.value, p.speedup.low, p.speedup.high) for p in predicted_points(study)]
    model, last = study.chosen_model, last_workers(study)
    return [(p.workers, p.speedup, p.low, p.high) for p in model.predicted if p.workers <= last] if model else []


def knee_bounds(study: Study) -> tuple[int | None, int | None]:
    """The interval of the knee that is drawn; None: no such bound, or no knee."""
    if knee_place(study) is None:
        return None, None
    if study.shown.known:
        return study.shown.knee_low, study.shown.knee_high
    return study.knee.low, study.knee.high


def description(study: Study) -> str:
    """The curve in words, for who does not see it."""
    points = [p for p in own_points(study) if p.speedup.value is not None]
    known = [f"{p.workers}: {p.speedup.value:.3g}" for p in points]
    parts = [f"{wording.capital(study.facts.speedup)} and efficiency against workers for {subtitle(study, 0)}."]
    if known:
        parts.append(f"Measured {study.facts.speedup} at workers {', '.join(known)}.")
    for other in (study.replayed, study.emulated):
        most = other_points(other)[-1] if other_points(other) else None
        if most and most.speedup.value is not None:
            parts.append(f"{wording.capital(others_label(other))} with {most.workers} workers: {most.speedup.value:.3g}.")
    parts.append(f"{wording.capital(knee_label(study))}.")
    return " ".join(parts)


def data_file(study: Study) -> str:
    """The whole text of curve.dat."""
    points, last, line = own_points(study), last_workers(study), line_points(study)
    replayed, emulated = other_points(study.replayed), other_points(study.emulated)
    cores = study.facts.cores
    shared = any(p.oversubscribed for p in points)
    fitted = [" ".join([str(n), *map(number, values)]) for n, *values in line]
    drawn: tuple[CurvePoint | AnswerPoint, ...] = (*points, *replayed, *emulated, *predicted_points(study))
    shown = {p.workers for p in drawn}
    bound = cores if shared and cores is not None else last
    scale = oversubscribed_scale(last, bound)
    marks = ", ".join(str(n) for n in ticks(sorted(shown), cores, scale))
    knee = knee_place(study)
    knee_low, knee_high = knee_bounds(study)
    header = "workers, speedup, low, high, efficiency, low, high (95% intervals)"
    return "\n".join(
        [
            "# The scaling curve's data, written by knee report; curve.gp draws it. NaN: not measured.",
            f"title = {quoted(title(study))}",
            f"subtitle = {quoted(subtitle(study))}",
            f"description = {quoted(description(study))}",
            f"cores = {'NaN' if cores is None else cores}",
            f"core_word = '{study.facts.core}'",
            f"speedup_word = '{study.facts.speedup}'",
            f"last = {last}",
            f"bound = {bound}",
            f"scale = {number(scale)}",
            f"highest = {number(highest_shown(study, 'speedup', 1.15 * last))}",
            f"highest_efficiency = {number(highest_shown(study, 'efficiency', 1.15))}",
            f"knee = {'NaN' if knee is None else knee}",
            f"knee_low = {'NaN' if knee_low is None else knee_low}",
            f"knee_high = {'NaN' if knee_high is None else knee_high}",
            f"knee_label = {quoted(knee_label(study))}",
            f"threshold = {number(study.findings.knee_threshold)}",
            f"model = {quoted(line_label(study))}",
            f"model_band = {int(any(low is not None for _, _, low, _ in line))}",
            f"ticks = {quoted(marks or '1')}",
            f"points = {sum(p.speedup.value is not None for p in points)}",
            f"bars = {with_intervals(points)}",
            f"replayed_bars = {with_intervals(replayed)}",
            f"emulated_bars = {with_intervals(emulated)}",
            f"singles = {len(trial_lines(points))}",
            f"replayed_singles = {len(other_trials(study.replayed))}",
            f"emulated_singles = {len(other_trials(study.emulated))}",
            f"replayed = {quoted(others_label(study.replayed))}",
            f"emulated = {quoted(others_label(study.emulated))}",
            f"spread = {quoted(SPREAD_LABEL if spread_points(study) else '')}",
            f"axis = {quoted(axis_label(study))}",
            *block("measured", f"{header}, oversubscribed", [measured_line(p, p.oversubscribed) for p in points]),
            *block("trials", "workers, speedup, efficiency of every trial", trial_lines(points)),
            *block("replayed_points", "the same of the replay", [measured_line(p) for p in replayed]),
            *block("replayed_trials", "workers, speedup, efficiency of every trial", other_trials(study.replayed)),
            *block("emulated_points", "the same on emulated cores", [measured_line(p) for p in emulated]),
            *block("emulated_trials", "workers, speedup, efficiency of every trial", other_trials(study.emulated)),
            *block("spread_points", "the same on more nodes than the curve", [measured_line(p) for p in spread_points(study)]),
            *block("fitted", "workers, speedup, low, high (95% band; while undecided, of all models that are not excluded)", fitted),
            "",
        ]
    )
