"""The scaling curve as a data file that gnuplot loads (curve.gp draws it). Standard library only."""

from __future__ import annotations

from collections.abc import Sequence

from . import wording
from .measure import Measure
from .study import CurvePoint, Study


def quoted(phrase: str) -> str:
    """A gnuplot string: between single quotes only the quote itself is special."""
    flat = "".join(c if c.isprintable() else "?" for c in phrase)
    return "'" + flat.replace("'", "''") + "'"


def number(value: float | None) -> str:
    return "NaN" if value is None else f"{value:.6g}"


def shorten(phrase: str, most: int) -> str:
    """The phrase, without its middle when it is longer than `most` characters."""
    if len(phrase) <= most:
        return phrase
    head = (most - 1) * 2 // 3
    return phrase[:head] + "\u2026" + phrase[len(phrase) - (most - 1 - head) :]


def title(study: Study) -> str:
    return f"Scaling of {shorten(study.facts.name, 60)}"


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
    if not facts.counts_items:
        work = f"runs of {shorten(facts.recipe_path or 'a command', 60)}"
    host, machine = facts.host or "host not recorded", facts.cpu_model or "CPU not recorded"
    if most:
        host, machine = shorten(host, 20), shorten(machine, 40)
    line = f"{work}  \u00b7  {host}: {machine}, {wording.plural(facts.cores, facts.core)}"
    return shorten(line, most) if most else line


def knee_label(study: Study) -> str:
    knee = study.knee
    if knee.workers is None:
        full = study.full_point
        return f"no knee found up to {wording.plural(full.workers, 'worker')}" if full else "no knee seen"
    if study.findings.knee_state == "beyond the cores":
        return f"knee: {wording.plural(knee.workers, 'worker')}, beyond the cores"
    if knee.low is None or knee.high is None:
        return f"knee: {wording.plural(knee.workers, 'worker')}"
    return f"knee: {wording.plural(knee.workers, 'worker')} (95% interval {knee.low} to {knee.high})"


def ticks(workers: Sequence[int], cores: int | None) -> list[int]:
    """Worker counts to write under the axis: the measured ones, fewer where labels would touch."""
    last = max(workers, default=1)
    step = max(1, -(-last // 16))
    wanted = sorted(set(workers))
    chosen: list[int] = []
    for n in wanted:
        if not chosen or n - chosen[-1] >= step or n in (cores, last):
            while chosen and n - chosen[-1] < step and chosen[-1] != cores and len(chosen) > 1:
                chosen.pop()
            chosen.append(n)
    return chosen


def highest(measures: Sequence[Measure]) -> float:
    """The highest end of all intervals; 1 when nothing was measured."""
    return max((x for m in measures for x in (m.value, m.high) if x is not None), default=1.0)


def block(name: str, comment: str, lines: Sequence[str]) -> list[str]:
    return ["", f"# {comment}", f"${name} << END_OF_DATA", *(lines or ["NaN NaN NaN NaN NaN NaN NaN NaN"]), "END_OF_DATA"]


def measured_line(point: CurvePoint) -> str:
    numbers = [number(x) for m in (point.speedup, point.efficiency) for x in (m.value, m.low, m.high)]
    return " ".join([str(point.workers), *numbers, "1" if point.oversubscribed else "0"])


def emulated_points(study: Study) -> tuple[CurvePoint, ...]:
    """Points of the emulated study with a core for each worker; not one worker, which is 1 by definition."""
    return tuple(p for p in study.emulated.curve if p.workers > 1 and not p.oversubscribed) if study.emulated else ()


def emulated_label(study: Study) -> str:
    other = study.emulated
    return f"{'replayed' if other.facts.replay_of else 'emulated'}, {wording.plural(other.facts.cores, 'core')}" if other else ""


def highest_with_emulated(study: Study, measures: Sequence[Measure], emulated: Sequence[Measure], most: float) -> float:
    """The highest end of all intervals; those of emulated points count up to `most` only."""
    return max(highest(measures), min(highest(emulated), most)) if study.emulated else highest(measures)


def data_file(study: Study) -> str:
    """The whole text of curve.dat."""
    points, model, emulated = study.curve, study.chosen_model, emulated_points(study)
    last = max((p.workers for p in (*points, *emulated)), default=1)
    cores = study.facts.cores
    fitted = [f"{p.workers} {number(p.speedup)} {number(p.low)} {number(p.high)}" for p in model.predicted] if model else []
    marks = ", ".join(str(n) for n in ticks([p.workers for p in (*points, *emulated)], cores))
    return "\n".join(
        [
            "# The scaling curve's data, written by knee report; curve.gp draws it. NaN: not measured.",
            f"title = {quoted(title(study))}",
            f"subtitle = {quoted(subtitle(study))}",
            f"cores = {'NaN' if cores is None else cores}",
            f"core_word = '{study.facts.core}'",
            f"speedup_word = '{study.facts.speedup}'",
            f"last = {last}",
            f"highest = {number(highest_with_emulated(study, [p.speedup for p in points], [p.speedup for p in emulated], 1.15 * last))}",
            f"highest_efficiency = {number(highest_with_emulated(study, [p.efficiency for p in points], [p.efficiency for p in emulated], 1.15))}",
            f"knee = {'NaN' if study.knee.workers is None else study.knee.workers}",
            f"knee_label = {quoted(knee_label(study))}",
            f"threshold = {number(study.findings.knee_threshold)}",
            f"model = {quoted(model.title + ' fit' if model else '')}",
            f"model_band = {int(bool(model and any(p.low is not None for p in model.predicted)))}",
            f"ticks = {quoted(marks or '1')}",
            f"emulated = {quoted(emulated_label(study))}",
            *block("measured", "workers, speedup, low, high, efficiency, low, high (95% intervals), oversubscribed", [measured_line(p) for p in points]),
            *block("emulated_points", "the same on emulated cores", [measured_line(p) for p in emulated]),
            *block("fitted", "workers, speedup, low, high (95% band)", fitted),
            "",
        ]
    )
