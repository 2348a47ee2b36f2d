"""Page 3: the cost of an item's size, what the workers of a trial did, and the effect of chunk sizes and policies."""

from __future__ import annotations

from .. import style, wording
from ..figures import sizes as size_figures
from ..figures import timeline
from ..layout import Column, Page
from ..measure import evenly
from ..study import Chunk, Study
from .scaling import named, thinned

MOST_SIZE_ROWS = 5
MOST_CHUNKS = 14
LEAST_ROW, LEAST_ROOM = 3.6, 24.0  # mm: of a row of chunk sizes, and of all else in their section
SIZE_COLUMNS = (
    Column("workers", 0.7, "right"),
    Column("items", 0.6, "right"),
    Column("fixed, ms an {item}", 1.7, "right"),
    Column("ms a unit decoded", 1.7, "right"),
    Column("ms a megabyte", 1.7, "right"),
    Column("ms a Mpx written", 1.7, "right"),
    Column("ms a Mpx converted", 1.7, "right"),
    Column("R\u00b2", 0.7, "right"),
)
CHUNK_COLUMNS = (Column("trials", 0.6, "right"), Column("wall time, s", 1.6, "right"), Column("against default", 1.8, "right"))


def size_rows(study: Study) -> list[list[str]]:
    shown = thinned([s.workers for s in study.size], study.facts.cores, MOST_SIZE_ROWS)
    cores = study.facts.cores
    return [
        [
            f"{s.workers}{'*' if cores is not None and s.workers > cores else ''}",
            wording.whole(s.items) if s.items is not None else "\u2013",
            wording.cell(s.intercept_ms),
            wording.cell(s.ms_per_decoded),
            wording.cell(s.ms_per_megabyte),
            wording.cell(s.ms_per_written),
            wording.cell(s.ms_per_converted),
            "\u2013" if s.r2.value is None else wording.fixed(s.r2.value, 3),
        ]
        for s in study.size
        if s.workers in shown
    ]


def kind_words(study: Study) -> str:
    """The extra time of each kind, as a sentence."""
    fit = size_figures.points_fit(study)
    if fit is None or all(size_figures.is_reference(k) for k in fit.kinds):
        return ""
    terms = []
    kinds = [k for k in fit.kinds if not size_figures.is_reference(k)]
    for kind in kinds[:6]:
        if kind.extra_ms.value is None:
            terms.append(f"{kind.kind} {wording.why_missing(kind.extra_ms)}")
            continue
        sign = "+" if kind.extra_ms.value >= 0 else ""
        terms.append(f"{kind.kind} {sign}{wording.cell(kind.extra_ms)} ms")
    more = f", and {len(kinds) - 6} more kinds" if len(kinds) > 6 else ""
    base = size_figures.plain_kind(fit, study.kinds)
    against = f" against {base}" if base else ""
    return f"Extra time of a kind{against}, {wording.plural(fit.workers, 'worker')}: {'; '.join(terms)}{more}."


def size_notes(study: Study, most: int = MOST_SIZE_ROWS) -> str:
    notes = [
        f"Item time = fixed + what it costs to decode ({study.size_decoded}), by input bytes, to write and to convert colours (Mpx: megapixels) "
        "+ term of its kind; robust regression. Kinds of 10 items or more have their own slopes of the first two. In brackets: 95% intervals."
    ]
    if not study.size:
        notes = ["The study has no size regression."]
    elif study.facts.cores is not None and any(s.workers > study.facts.cores for s in study.size):
        notes.append("* more workers than cores (oversubscribed).")
    if len(study.size) > most:
        notes.append(f"{most} of {len(study.size)} regressions; all are in fit.json.")
    gaps: dict[str, None] = {}
    shown = thinned([s.workers for s in study.size], study.facts.cores, most)
    for row in (r for r in study.size if r.workers in shown):
        for measure in (row.intercept_ms, row.ms_per_decoded, row.ms_per_megabyte, row.ms_per_written, row.ms_per_converted, row.r2):
            if measure.value is None:
                gaps[wording.why_missing(measure)] = None
    if gaps:
        notes.append("\u2013 " + "; ".join(list(gaps)[:2]) + ".")
    return " ".join([*notes, kind_words(study)]).strip()


def loss_words(study: Study) -> str:
    """The part of the loss that depends on item size."""
    losses = study.findings.losses
    if losses.size_share is None or study.all_fail:
        return ""
    words = f"{wording.capital(study.facts.item)} size explains {wording.fixed(100 * losses.size_share, 0)}% of the loss with {wording.plural(losses.workers, 'worker')}"
    return words + " (slower large ones, and the tail that equal sizes would not have)."


def trust_words(study: Study) -> str:
    """How much single items determine the fit, and its residuals by kind."""
    fit = size_figures.points_fit(study)
    if fit is None:
        return ""
    pull, words = fit.leverage, ""
    if pull.mean is not None and pull.highest is not None:
        words = f"Leverage, from 0 to 1: mean {wording.fixed(pull.mean, 2)}, highest {wording.fixed(pull.highest, 2)} ({wording.shorten(pull.highest_item, 28)})"
        words += f", largest {study.facts.item} {wording.fixed(pull.largest, 2)}" if pull.largest is not None else ""
        words += f"; {wording.plural(pull.above, study.facts.item)} above three means." if pull.above is not None else "."
    left = [
        f"{k.kind} {wording.fixed(k.residual_ms, 1)} (spread {wording.fixed(k.residual_spread_ms, 1)})"
        for k in fit.kinds
        if k.residual_ms is not None and k.residual_spread_ms is not None
    ]
    if left:
        words += f" Residuals by kind, median in ms: {'; '.join(left)}."
    return words.strip()


def legend_rows(study: Study) -> int:
    return 1 if len(study.kind_groups) < 7 else 2


def _sizes(page: Page, study: Study) -> float:
    right = style.LEFT + style.HALF + style.GUTTER
    y = page.heading(22, f"{wording.capital(study.facts.item)} size: what pixels and bytes cost")
    count = len(study.size_points)
    note = f"Median time of {wording.plural(count, 'item')} with {wording.plural(study.size_points_workers, 'worker')}"
    fitted = bool(study.findings.size_lines.get("decoded"))
    note += ", corrected by the fit to the medians of the other terms. Line: the fit." if fitted else ", as measured."
    y = page.caption(y, "Item time against size, by kind", note if count else "") + (7 if legend_rows(study) < 2 else 9.5)
    size_figures.size_scatter(page.axes(style.LEFT + 10, y, style.HALF - 10, 40), study, "decoded", legend=True)
    size_figures.size_scatter(page.axes(right + 10, y, style.HALF - 10, 40), study, "megabytes", legend=False)
    y += 51.5
    y = page.table(y, named(SIZE_COLUMNS, study), size_rows(study)) if study.size else y
    y = page.paragraph(style.LEFT, y + 0.6, style.WIDTH, size_notes(study), style.SMALL, most=4)
    y = page.paragraph(style.LEFT, y, style.WIDTH, f"{loss_words(study)} {trust_words(study)}".strip(), style.SMALL, most=4) + 2.5
    note = f"Rising: {study.facts.item}s in parallel slow each other. Bars: 95% intervals."
    page.caption(y, "Cost of a unit decoded at each n", note, width=style.HALF)
    page.caption(y, "Cost of a megabyte at each n", note, x=right, width=style.HALF)
    y += 11
    size_figures.slopes(page.axes(style.LEFT + 10, y, style.HALF - 10, 21), study, "ms_per_decoded", "ms a unit")
    size_figures.slopes(page.axes(right + 10, y, style.HALF - 10, 21), study, "ms_per_megabyte", "ms a MB")
    return y + 31


def no_chunks(study: Study) -> str:
    """Why no chunk sizes and policies are compared."""
    trials = [t for t in study.record.samples.trials if t.role in ("chunk", "policy")]
    if not trials:
        return "The study has no cells with other chunk sizes or policies: not measured."
    return f"No trial with another chunk size or policy counts ({wording.plural(len(trials), 'trial')}): not measured."


def chunk_notes(study: Study, shown: int) -> str:
    chunks = study.chunks
    many = sorted({c.workers for c in chunks})
    words = f"All with {wording.plural(many[0], 'worker')}. " if len(many) == 1 else ""
    words += "Bars and brackets: 95% intervals; an interval that includes 1 shows no difference beyond doubt."
    cores = study.facts.cores
    if cores is not None and any(n > cores for n in many):
        words += f" More than {wording.plural(cores, 'worker')}: oversubscribed."
    if shown < len(chunks):
        words += f" {shown} of {len(chunks)} cells: default, recommended, fastest, slowest, and those of each policy; all are in fit.json."
    return words


def chosen_chunks(study: Study, most: int) -> list[Chunk]:
    """The cells to show where not all fit, the most wanted ones: the default and what is recommended, the fastest and the slowest,
    the fastest of each policy, the smallest and the largest chunk of each; then some of the others, evenly spaced."""
    chunks, advice = size_figures.chunk_order(study.chunks), study.recommendation
    if len(chunks) <= most:
        return chunks
    timed = sorted((c for c in chunks if c.ratio.value is not None), key=lambda c: c.ratio.value or 0.0)
    policies = [[c for c in timed if c.policy == policy] for policy in dict.fromkeys(c.policy for c in chunks)]
    sizes = [sorted(group, key=lambda c: c.chunk or 0) for group in policies if group]
    wanted = [c for c in chunks if c.ratio.is_exact] + [c for c in chunks if (c.workers, c.chunk, c.policy) == (advice.workers, advice.chunk, advice.policy)]
    wanted += [*timed[:1], *timed[-1:], *(group[0] for group in policies if group)]
    wanted += [group[-1] for group in sizes] + [group[0] for group in sizes]
    first = list(dict.fromkeys(wanted))
    rest = [c for c in chunks if c not in first]
    return first[:most] + ([rest[i] for i in evenly(len(rest), most - len(first))] if most > len(first) else [])


def _chunks(page: Page, study: Study, y: float) -> None:
    y = page.heading(y, "Chunk sizes and policies")
    if not study.chunks:
        page.paragraph(style.LEFT, y, style.WIDTH, no_chunks(study))
        return
    room = int((style.BOTTOM - y - LEAST_ROOM) / LEAST_ROW)
    chunks = size_figures.chunk_order(chosen_chunks(study, max(1, min(MOST_CHUNKS, room))))
    several = len({c.workers for c in study.chunks}) > 1
    notes = chunk_notes(study, len(chunks))
    y = page.paragraph(style.LEFT, y, style.WIDTH, notes, style.SMALL, most=2) + 1
    labels, table = (56.0 if several else 34.0), 70.0
    plot = style.WIDTH - labels - table - 4
    row = min(5.6, max(LEAST_ROW, (style.BOTTOM - y - 5.3 - 9) / len(chunks)))
    words = f"Chunk sizes and policies, as in the table next to it. {notes}"
    ax = page.axes(style.LEFT + labels, y + 5.3 + 1.25 - row / 2, plot, row * len(chunks), words)
    size_figures.chunk_comparison(ax, chunks, several)
    cells = [[wording.whole(c.trials) if c.trials is not None else "\u2013", wording.cell(c.wall_s), wording.cell(c.ratio)] for c in chunks]
    page.table(y, CHUNK_COLUMNS, cells, x=style.RIGHT - table, width=table, row_height=row)


def _timeline(page: Page, study: Study, y: float) -> float:
    line = timeline.chosen(study)
    y = page.caption(y, timeline.title(line), timeline.note(line)) + (1.5 if line else 0)
    timeline.draw(page.axes(style.LEFT + 10, y, style.WIDTH - 10, 22), study)
    return y + 32.5


def draw(page: Page, study: Study) -> None:
    _chunks(page, study, _timeline(page, study, _sizes(page, study)))
