"""Page 2: the curve in numbers, the fitted models, the knee, and where core time is lost."""

from __future__ import annotations

from dataclasses import replace

from .. import style, wording
from ..figures import common, knee, losses, scaling
from ..layout import Column, Page, width_mm
from ..measure import Measure, evenly
from ..sentences import fit_words, knee_span
from ..study import Model, Study

MOST_ROWS = 16
CURVE_COLUMNS = (  # {item}, {speedup}: the study's words, see Facts
    Column("workers", 1.05, "right"),
    Column("trials", 0.75, "right"),
    Column("wall time, s", 2.15, "right"),
    Column("{item}s a second", 2.2, "right"),
    Column("{speedup}", 2.0, "right"),
    Column("efficiency, %", 1.95, "right"),
    Column("CPU ms an {item}", 2.2, "right"),
    Column("peak MiB", 1.0, "right"),
)
MODEL_COLUMNS = (
    Column("model", 1.75),
    Column("parameters", 5.9),
    Column("AICc", 0.8, "right"),
    Column("greatest speedup", 1.6, "right"),
)


def thinned(workers: list[int], cores: int | None, most: int) -> list[int]:
    """At most `most` worker counts for a table: the first, the last, the core count, and an even spread."""
    if len(workers) <= most:
        return workers
    keep = {workers[0], workers[-1]} | ({cores} if cores in workers else set())
    rest = [w for w in workers if w not in keep]
    wanted = most - len(keep)
    return sorted(keep | {rest[place] for place in evenly(len(rest), wanted)})


def named(columns: tuple[Column, ...], study: Study) -> list[Column]:
    """The columns with the study's word for an item in their titles."""
    words = {"an {item}": study.facts.article, "{item}": study.facts.item, "{speedup}": study.facts.speedup}

    def filled(title: str) -> str:
        for place, word in words.items():
            title = title.replace(place, word)
        return title

    return [replace(c, title=filled(c.title)) for c in columns]


def curve_rows(study: Study) -> list[list[str]]:
    shown = thinned([p.workers for p in study.curve], study.facts.cores, MOST_ROWS)
    return [
        [
            f"{p.workers}{'*' if p.oversubscribed else ''}",
            wording.whole(p.trials) if p.trials is not None else "\u2013",
            wording.cell(p.wall_s),
            wording.cell(p.images_per_s),
            wording.cell(p.speedup),
            wording.cell(wording.percent(p.efficiency)),
            wording.cell(p.cpu_s_per_item.scaled(1000)),
            "\u2013" if p.maxrss_mib.value is None else wording.whole(round(p.maxrss_mib.value)),
        ]
        for p in study.curve
        if p.workers in shown
    ]


def curve_notes(study: Study, most: int = MOST_ROWS) -> str:
    """Of a table with at most `most` rows: the meaning of the table's signs, and why values are missing."""
    notes = ["In brackets: 95% intervals."]
    if any(p.oversubscribed for p in study.curve):
        notes.append("* more workers than cores (oversubscribed).")
    if len(study.curve) > most:
        notes.append(f"{most} of {len(study.curve)} points; all are in fit.json.")
    gaps: dict[str, None] = {}
    fields = ("wall_s", "images_per_s", "speedup", "efficiency", "cpu_s_per_item", "maxrss_mib")
    for point in study.curve:
        for field in fields:
            measure = getattr(point, field)
            if measure.value is None:
                gaps[wording.why_missing(measure)] = None
            elif not measure.has_interval and measure.reason:
                gaps[f"no interval: {measure.reason}"] = None
    if gaps:
        notes.append("\u2013 " + "; ".join(list(gaps)[:3]) + ".")
    return " ".join(notes)


def parameter_lines(model: Model) -> list[str]:
    """The parameters with their intervals, as many on a line as fit."""
    if not model.fitted:
        return [f"not fitted: {model.reason or 'no reason was recorded'}"]
    words = [f"{p.name} = {wording.cell(p.measure)}{f' {p.unit}' if p.unit else ''}" for p in model.parameters]
    room = style.WIDTH * MODEL_COLUMNS[1].weight / sum(c.weight for c in MODEL_COLUMNS) - 3
    lines: list[str] = []
    for word in words:
        if lines and width_mm(f"{lines[-1]}   {word}", style.TABLE.bold()) <= room:
            lines[-1] += f"   {word}"
        else:
            lines.append(word)
    return lines or ["no parameters"]


def model_rows(study: Study) -> tuple[list[list[str]], list[int]]:
    """The table's rows, and which of them belong to the chosen model."""
    rows: list[list[str]] = []
    strong = []
    for model in study.models:
        name = wording.capital(model.title) + (" (chosen)" if model.chosen else "")
        aicc = wording.DASH if model.aicc is None else wording.fixed(model.aicc, 1)
        limit = wording.cell(model.limit_speedup) if model.fitted else wording.DASH
        for index, line in enumerate(parameter_lines(model)):
            strong += [len(rows)] if model.chosen else []
            rows.append([name, line, aicc, limit] if index == 0 else ["", line, "", ""])
    return rows, strong


def test_words(study: Study) -> str:
    test = study.lack_of_fit
    if not study.models:
        return fit_words(study)
    words = f"{wording.capital(wording.sentence(study.choice or 'chosen by the smallest AICc'))} {fit_words(study)}"
    if study.chosen_model is None and test.reason:
        words += f" Lack of fit not tested: {wording.sentence(test.reason)}"
    if test.f is not None and test.p is not None:
        words += f" Lack-of-fit test against the scatter of repetitions: F({test.df_lack}, {test.df_error}) = {wording.significant(test.f)}."
    return words + " Only points with at most one worker per core are used in the fits. In brackets: 95% intervals."


def alone_span(alone: Measure) -> str:
    """Workers are whole numbers: " (3 to 5)"."""
    low = "fewer" if alone.low is None else wording.whole(alone.low)
    high = "more" if alone.high is None else wording.whole(alone.high)
    return "" if alone.low is None and alone.high is None else f" ({low} to {high})"


def knee_words(study: Study) -> str:
    found, line = study.knee, f"Line: {wording.threshold(study.findings.knee_threshold)}."
    if study.findings.knee_state == "none":
        return f"No knee found: {found.reason or 'no reason was recorded'}. {line}"
    if study.findings.knee_state == "beyond the cores":
        return f"No knee up to the {wording.plural(study.facts.cores, 'core')}; beyond, workers share cores. {line}"
    alone = found.amdahl_alone
    words = f"Knee (pink): {wording.plural(found.workers, 'worker')}, {knee_span(study) or 'no interval'}. {line}"
    if alone.value is None:
        return words
    return f"{words} From the serial fraction alone: {wording.whole(alone.value)}{alone_span(alone)}."


def _losses(page: Page, study: Study, top: float) -> None:
    """Where core time is lost, cause by cause and at every worker count; the phases when there is no account."""
    height = style.BOTTOM - top - 15 - 8
    ranked = study.findings.losses
    if ranked.workers is None:
        page.caption(top, "Phases of a trial", "Wall time by phase; shaded: more workers than cores. \u2020: a part was not measured.", width=style.HALF)
        losses.phases_wall(page.axes(style.LEFT + 10, top + 15, style.HALF - 15, height), study)
        right = style.LEFT + style.HALF + style.GUTTER
        page.caption(top, "Where core time is lost", "By cause, from the account of core time.", x=right, width=style.HALF)
        losses.waterfall(page.axes(right + 10, top + 15, style.HALF - 10, height), study)
        return
    narrow = 60.0
    wide = style.WIDTH - narrow - style.GUTTER
    title = f"Where core time is lost with {wording.plural(ranked.workers, 'worker')}"
    page.caption(top, title, losses.waterfall_note(ranked), width=wide)
    losses.waterfall(page.axes(style.LEFT + 37, top + 15, wide - 37 - 15, height), study)
    right = style.LEFT + wide + style.GUTTER
    page.caption(top, "At each worker count", "The same causes in the same colours; below 0: gains against one worker.", x=right, width=narrow)
    losses.by_workers(page.axes(right + 10, top + 15, narrow - 10, height), study)


def _curves(page: Page, study: Study, top: float, at: float, height: float) -> None:
    """Efficiency, the serial fraction, and the knee by cause when the account gives it."""
    meaning = "Level: a true serial part. Rising: overhead that grows with n. Bars: 95% intervals."
    if not study.findings.knee_causes:
        right = style.LEFT + style.HALF + style.GUTTER
        page.caption(top, "Efficiency and the knee", knee_words(study), width=style.HALF)
        page.caption(top, "Karp-Flatt serial fraction at each n", meaning, x=right, width=style.HALF)
        scaling.efficiency(page.axes(style.LEFT + 10, at, style.HALF - 15, height), study)
        scaling.karp_flatt(page.axes(right + 10, at, style.HALF - 10, height), study)
        return
    third = (style.WIDTH - 2 * style.GUTTER) / 3
    middle, right = style.LEFT + third + style.GUTTER, style.LEFT + 2 * (third + style.GUTTER)
    page.caption(top, "Efficiency and the knee", knee_words(study), width=third)
    page.caption(top, "Karp-Flatt serial fraction", meaning, x=middle, width=third)
    page.caption(top, "The knee by cause", knee.note(study), x=right, width=third)
    narrow = page.axes(style.LEFT + 10, at, third - 13, height)
    scaling.efficiency(narrow, study)
    common.thin_ticks(narrow, 8)
    fraction = page.axes(middle + 10, at, third - 10, height)
    scaling.karp_flatt(fraction, study)
    common.thin_ticks(fraction, 8)
    knee.draw(page.axes(right + knee.ROOM[0], at, third - sum(knee.ROOM), height), study)


def draw(page: Page, study: Study) -> None:
    y = page.heading(22, "The curve in numbers")
    rows = curve_rows(study)
    y = page.table(y, named(CURVE_COLUMNS, study), rows, row_height=4.0 if len(rows) <= 12 else 3.7)
    y = page.paragraph(style.LEFT, y + 0.6, style.WIDTH, curve_notes(study), style.SMALL, most=2)

    y = page.heading(y + 3.5, "Models")
    lines, chosen = model_rows(study)
    y = page.table(y, MODEL_COLUMNS, lines[:8], row_height=4.0, strong=chosen)
    y = page.paragraph(style.LEFT, y + 0.6, style.WIDTH, test_words(study), style.SMALL, most=3)

    rest = style.BOTTOM - y
    height = min(58.0, (rest - 52.0) / 2)
    top = y + 4
    at = top + (18 if study.findings.knee_causes else 15)
    _curves(page, study, top, at, height)

    top = at + height + 12
    _losses(page, study, top)
