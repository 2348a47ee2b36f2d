"""Puts the web page together: the sections of the four pages, their tables and figures."""

from __future__ import annotations

import os

from .. import curve, wording
from ..facts import Facts, cell_id, slug
from ..pages import evidence, scaling, sizes
from ..record import StudyError
from ..rules import judge
from ..sentences import failing, findings, tiles
from ..study import Study
from ..whole import write_whole
from . import figures, samples
from .svg import escape
from .view import Grid, View

HERE = os.path.dirname(os.path.abspath(__file__))
SECTIONS = (("answer", "Answer"), ("curve-section", "Curve and knee"), ("time", "Where core time goes"), ("samples", "Trials and items"), ("evidence", "Why to believe it"))


def _part(name: str) -> str:
    path = os.path.join(HERE, name)
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except OSError as error:
        raise StudyError(f"{path} cannot be read ({error.strerror}): install knee again") from error


def _paragraph(words: str, look: str = "") -> str:
    return f"<p{f' class={look}' if look else ''}>{escape(words)}</p>" if words.strip() else ""


def _answer(view: View) -> str:
    study = view.study
    boxes = "".join(
        f'<div class="tile"><span>{escape(t.label)}</span><strong>{escape(t.number)}</strong><span>{escape(t.note)}</span></div>' for t in tiles(study)
    )
    listed = "".join(f"<li><strong>{escape(f.lead)}</strong> {escape(f.detail)}</li>" for f in findings(study))
    return f'<div class="tiles">{boxes}</div><ol class="findings">{listed}</ol>{_costs(view)}{_compared(view)}{figures.speedup(view).html()}'


def _costs(view: View) -> str:
    """Of a million items: with the best cell's worker count, with one worker, and without a pool."""
    study = view.study
    best, columns = study.findings.best_workers, figures.cost_columns(view)
    rows: list[list[str]] = []
    for at, name in (("serial", "without a pool"), ("curve.1", "1 worker"), (f"curve.{best}", wording.plural(best, "worker"))):
        if f"{at}.core_hours" in view.facts and [name] not in [row[:1] for row in rows]:
            rows.append([name, *(view.number(f"{at}.{part}") for part, _ in columns)])
    if not rows or not columns:
        return ""
    titles = ["run", *(unit for _, unit in columns)]
    return Grid(f"What a million {study.facts.item}s cost; in brackets 95% intervals", titles, rows).html()


def _compared(view: View) -> str:
    """Other programs on pictures of the same batch."""
    compared = view.study.compared
    if compared is None:
        return ""
    rows = []
    for program in compared.programs:
        for p in program.points:
            at = f"compared.{slug(program.name)}.{p.workers}"
            name = f"{program.name}, {wording.plural(p.workers, 'worker')}{' (emulated cores)' if p.emulated else ''}"
            rows.append([escape(name), view.number(f"{at}.rate"), view.number(f"{at}.cpu"), view.number(f"{at}.core_hours")])
    title = f"Other programs on {wording.plural(compared.images, 'image')} of the batch, medians over {wording.plural(compared.blocks, 'block')}"
    return Grid(title, ["program", "images a second", "CPU ms an image", "core-hours a million images"], rows).html()


def _models(view: View) -> str:
    study, rows = view.study, []
    for model in study.models:
        name = escape(wording.capital(model.title)) + (" (chosen)" if model.chosen else "")
        at = f"model.{slug(model.name)}"
        parameters = "".join(
            f"<div>{escape(p.name)} = {view.number(f'{at}.{slug(p.name)}')} {escape(p.unit)}</div>" for p in model.parameters if model.fitted
        )
        rows.append([name, parameters or escape(f"not fitted: {model.reason or 'no reason was recorded'}"), view.number(f"{at}.aicc"), view.number(f"{at}.limit")])
    return Grid("Models", ["model", "parameters", "AICc", "greatest speedup"], rows).html() + _paragraph(scaling.test_words(study), "note")


def _knee_causes(view: View) -> str:
    rows = [
        [escape(cause.label), escape(cause.state), view.number(f"knee.cause.{place}")] for place, cause in enumerate(view.study.findings.knee_causes, 1)
    ]
    return Grid("The knee by cause: each row adds a cause to those above", ["causes", "knee", "workers"], rows).html() if rows else ""


def _curve(view: View) -> str:
    drawn = figures.efficiency(view).html() + figures.karp_flatt(view).html()
    grid = figures.curve_grid(view).html() if view.study.curve else ""
    grid += figures.nodes_grid(view).html() if view.study.nodes else ""
    return f"{grid}{_paragraph(scaling.curve_notes(view.study, len(view.study.curve)), 'note')}{_models(view)}{drawn}{_knee_causes(view)}"


def _sizes(view: View) -> str:
    study = view.study
    fields = ("items", "intercept_ms", "ms_per_decoded", "ms_per_megabyte", "ms_per_written", "ms_per_converted")
    rows = [[str(s.workers), *(view.number(f"size.{s.workers}.{field}") for field in fields), view.number(f"size.{s.workers}.r2", 1.0, 3)] for s in study.size]
    titles = ["workers", "items", f"fixed, ms {study.facts.article}", "ms a unit decoded", "ms a megabyte", "ms a Mpx written", "ms a Mpx converted", "R\u00b2"]
    grid = Grid(f"What {study.facts.article}'s size costs", titles, rows).html() if rows else ""
    return grid + _paragraph(sizes.size_notes(study, len(study.size)), "note") + _paragraph(f"{sizes.loss_words(study)} {sizes.trust_words(study)}", "note")


def _chunks(view: View) -> str:
    rows = []
    for c in view.study.chunks:
        at = cell_id(c)
        name = f"{wording.plural(c.workers, 'worker')}, {wording.chunk_policy(c.chunk, c.policy)}"
        rows.append([escape(name), view.number(f"{at}.trials"), view.number(f"{at}.wall"), view.number(f"{at}.ratio")])
    if not rows:
        return _paragraph(sizes.no_chunks(view.study), "note")
    return Grid("Chunk sizes and policies", ["cell", "trials", "wall time, s", "against the default"], rows).html()


def _time(view: View) -> str:
    return figures.waterfall(view).html() + figures.account(view).html() + samples.timelines(view).html() + _chunks(view)


def _samples(view: View) -> str:
    grid = f"<details><summary>Values: every item</summary>{samples.item_grid(view).html()}</details>" if view.study.size_points else ""
    items = samples.item_controls(view) + samples.scatter(view, "decoded").html() + samples.scatter(view, "megabytes").html() + grid
    return samples.cells(view).html() + items + _sizes(view)


def _pairs(rows: list[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(words)}</dd></div>" for name, words in rows) + "</dl>"


def _evidence(view: View) -> str:
    study = view.study
    same = "".join(_paragraph(words) for words in evidence.equivalence_words(study))
    rules = Grid(
        "The twelve rules of Hoefler and Belli (SC'15)", ["rule", "", "verdict", "evidence"],
        [[str(r.number), escape(r.rule), f'<b class="{slug(r.verdict)}">{r.verdict}</b>', escape(r.evidence)] for r in judge(study)],
    )  # fmt: skip
    bad = [[escape(cell) for cell in row] for row in evidence.bad_rows(study)]
    heading = evidence.bad_heading(study)
    trials = Grid(heading, ["status", "trials", "reason", "first trial"], bad).html() if bad else "".join(map(_paragraph, evidence.count_words(study)))
    limits = "".join(f"<li>{escape(words)}</li>" for words in evidence.limit_words(study))
    method = "".join(_paragraph(words) for words in evidence.method_words(study))
    terms = _pairs([(name, words.replace("{item}", study.facts.item)) for name, words in evidence.TERMS])
    made = "Batch and recipe" if study.facts.item == "image" else "Command"
    return (
        f"<h3>Equal outputs</h3>{same}{rules.html()}<h3>Machine</h3>{_pairs(evidence.machine_rows(study))}<h3>{made}</h3>{_pairs(evidence.batch_rows(study))}"
        f"<h3>Method</h3>{method}<h3>{escape(heading)}</h3>{trials}<h3>Limits and warnings</h3><ul>{limits}</ul><h3>Terms</h3>{terms}"
    )


def page(study: Study, facts: Facts) -> str:
    view = View(study, facts)
    made = (_answer(view), _curve(view), _time(view), _samples(view), _evidence(view))
    sections = "".join(
        f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{title}</h2>{body}</section>' for (name, title), body in zip(SECTIONS, made)
    )
    links = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in SECTIONS)
    title = escape(f"Scaling of {study.facts.name}")
    safe = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    version = escape(study.facts.knee_version or "(version not recorded)")
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{safe}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>\n{_part('page.css')}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">To the content</a>\n<header><h1>{title}</h1>{_paragraph(curve.subtitle(study, 0))}'
        f'{_paragraph(failing(study) if study.all_fail else "", "alarm")}<nav aria-label="Sections"><ul>{links}</ul></nav></header>\n<main id="main" tabindex="-1">\n{sections}\n</main>\n'
        f"<footer><p>knee {version} \u00b7 {escape(wording.day(study.facts.created_utc))} \u00b7 made from study.db and fit.json; all numbers with their ids are in"
        f" report.json</p></footer>\n<script>\n{_part('page.js')}</script>\n</body>\n</html>\n"
    )


def write_page(study: Study, facts: Facts, path: str) -> None:
    """Writes the page to path, complete or not at all."""
    write_whole(path, page(study, facts).encode("utf-8", "replace"))
