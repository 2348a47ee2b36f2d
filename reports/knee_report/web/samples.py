"""Figures of single samples: trials of every cell, items against their size, what workers did and when."""

from __future__ import annotations

from .. import wording
from ..measure import evenly
from ..samples import Timeline, Trial
from .figures import legend
from .svg import Plot, at, escape, short
from .view import Drawn, Grid, View, absent

MOST_ITEMS = 1500  # points of a scatter
MOST_LINES = 6  # timelines
SHOWN_CELLS = 24  # that are chosen at first
ROW = 22


# --- cells
# --------------------------------------------------------------------------------------------------------------


def cell_name(trial: Trial) -> str:
    if trial.role == "serial":
        return "no pool"
    if trial.nodes:
        return f"{wording.plural(trial.nodes, 'node')}, {wording.plural(trial.workers, 'worker')}"
    return f"{wording.plural(trial.workers, 'worker')}, {wording.chunk_policy(trial.chunk, trial.policy)}"


def cells(view: View) -> Drawn:
    """Wall times of the trials of each cell, a row each; the reader chooses the rows."""
    title = "Trials of every cell"
    trials = [t for t in view.study.record.samples.trials if t.wall_s is not None and t.status in ("ok", "void")]
    if not trials:
        return absent("cells", title, "the study has no trial with a time")
    groups: dict[str, list[Trial]] = {}
    for trial in sorted(trials, key=lambda t: (t.role != "serial", t.nodes or 0, t.workers, t.policy, t.chunk or 0)):
        groups.setdefault(cell_name(trial), []).append(trial)
    longest = max(t.wall_s or 0.0 for t in trials)
    plot = Plot(960, 52 + ROW * len(groups), left=230, right=20, top=6, bottom=44)
    plot.x_axis(0, 1.03 * longest, "wall time, s")
    rows, boxes = [], []
    for place, (name, members) in enumerate(groups.items()):
        y = plot.top + ROW * place
        shown = place < SHOWN_CELLS
        plot.parts.append(f'<g class="row" data-row="{place}" transform="translate(0 {at(y)})"{"" if shown else " hidden"}>')
        plot.text(plot.left - 8, 15, wording.shorten(name, 36), "tick end")
        plot.parts.append(f'<path class="grid" d="M{plot.left} 11H{plot.right}"/>')
        for t in members:
            look = "void" if t.status != "ok" or t.id in view.study.trials.hiccups else "measured"
            tip = f"{name}: {short(round(t.wall_s or 0.0, 4))} s, trial {t.id}, block {t.block}{'' if look == 'measured' else ', does not count'}"
            plot.parts.append(f'<circle class="{look}" cx="{at(plot.x(t.wall_s or 0.0))}" cy="11" r="4" data-tip="{escape(tip)}"/>')
        plot.parts.append("</g>")
        boxes.append(f'<label><input type="checkbox" data-cell="{place}"{" checked" if shown else ""}> {escape(name)}</label>')
        times = ", ".join(short(round(t.wall_s or 0.0, 4)) for t in members)
        rows.append([escape(name), str(len(members)), times])
    choose = (
        '<fieldset class="choose" data-choose="cells"><legend>Cells that are shown</legend>'
        f'<div class="boxes">{"".join(boxes)}</div><p><button type="button" data-all="1">all</button> <button type="button" data-all="">none</button></p></fieldset>'
    )
    note = "Each point is a trial; hollow ones do not count (void, or far too slow)."
    grid = Grid("Wall times of all trials, s", ["cell", "trials", "wall times, s"], rows)
    return Drawn("cells", title, note, plot.drawing("cells", title, note), grid, choose, wide=True)


# --- items
# --------------------------------------------------------------------------------------------------------------


def scatter(view: View, along: str) -> Drawn:
    study, name = view.study, f"items-{along}"
    title = f"{wording.capital(study.facts.item)} time against {'what was decoded' if along == 'decoded' else 'megabytes'}"
    if not study.size_points:
        return absent(name, title, "the study has no item times")
    points = [study.size_points[i] for i in evenly(len(study.size_points), MOST_ITEMS)]
    places = {kind: place for place, kinds in enumerate(study.kind_groups) for kind in kinds}
    line = study.findings.size_lines.get(along, ())
    plot = Plot(480, 320)
    plot.y_axis(0, 1050 * max([p.seconds[along] for p in points] + [seconds for _, seconds in line]), "item time, ms")
    plot.x_axis(0, 1.03 * max(p.size[along] for p in points), study.size_decoded if along == "decoded" else "megabytes")
    for p in points:
        place = places[p.kind]
        tip = f"{p.item} ({p.kind}): {short(round(1000 * p.seconds[along], 2))} ms, {short(round(p.size[along], 3))} {'decoded' if along == 'decoded' else 'MB'}"
        plot.dot(p.size[along], 1000 * p.seconds[along], f"item kind-{place}", tip, more=f' data-kind="{place}"')
    plot.line([(x, 1000 * seconds) for x, seconds in line], "fit")
    shown = f"{len(points)} of {len(study.size_points)} items" if len(points) < len(study.size_points) else wording.plural(len(points), study.facts.item)
    note = f"{shown}, medians with {wording.plural(study.size_points_workers, 'worker')}; the other terms at their medians. Line: the fit."
    return Drawn(name, title, note, plot.drawing(name, title, note), None)


def item_controls(view: View) -> str:
    """Shared by both scatters: kinds that are shown, and a search for a name."""
    groups = view.study.kind_groups
    if not groups:
        return ""
    boxes = "".join(
        f'<label><input type="checkbox" data-kind="{place}" checked> <i class="kind-{place}"></i>{escape("other kinds" if len(kinds) > 1 else kinds[0] or "not recorded")}</label>'
        for place, kinds in enumerate(groups)
    )
    return (
        f'<fieldset class="choose" data-choose="kinds"><legend>Kinds that are shown</legend><div class="boxes">{boxes}</div></fieldset>'
        '<p class="find"><label>Find an item by its name <input type="search" data-find="items"></label> <output></output></p>'
    )


def item_grid(view: View) -> Grid:
    study = view.study
    points = [study.size_points[i] for i in evenly(len(study.size_points), MOST_ITEMS)]
    rows = [
        [escape(p.item), escape(p.kind), short(round(p.size["decoded"], 3)), short(round(p.size["megabytes"], 3)),
         short(round(1000 * p.seconds["decoded"], 2)), short(round(1000 * p.seconds["megabytes"], 2))] for p in points
    ]  # fmt: skip
    titles = ["item", "kind", study.size_decoded, "megabytes", "ms, by what was decoded", "ms, by megabytes"]
    return Grid("Items: sizes and times", titles, rows)


# --- timeline
# -----------------------------------------------------------------------------------------------------------

STATES = {"start": "starts or waits for the others", "init": "initialises", "item": "works", "tail": "has no more work"}


def _lane(line: Timeline) -> str:
    """Seconds across and one unit down for each worker: the nested drawing is stretched, and zoomed by its viewBox. page.js
    makes the values of a span from its place, its width and the name in data-span, which keeps the page small."""
    lanes: dict[int, list[str]] = {}
    for span in line.spans:
        name = span.name or STATES[span.state]
        at_ = f'x="{span.begin_s:.5g}" y=".12" width="{max(span.end_s - span.begin_s, 1e-6):.4g}" height=".76"'
        lanes.setdefault(span.worker, []).append(f'<rect class="{span.state}" {at_} data-span="{escape(name)}"/>')
    return "".join(f'<g transform="translate(0 {worker})" data-worker="{worker}">{"".join(spans)}</g>' for worker, spans in sorted(lanes.items()))


def timelines(view: View) -> Drawn:
    title = "What each worker did, and when"
    lines = view.study.record.samples.timelines
    if not lines:
        return absent("timeline", title, "no trial that counts has the instants of its items")
    chosen = [lines[i] for i in evenly(len(lines), MOST_LINES)]
    drawings, options, rows = [], [], []
    for place, line in enumerate(chosen):
        last = place == len(chosen) - 1
        workers = max(span.worker for span in line.spans) + 1
        height = max(80, min(18 * workers, 460))
        plot = Plot(960, height + 52, left=70, right=20, top=6, bottom=46)
        plot.x_axis(0, line.wall_s, f"seconds since the start of trial {line.trial}")
        named = max(1, -(-workers // max(1, height // 16)))
        for worker in range(0, workers, named):
            plot.text(plot.left - 8, plot.top + height * (worker + 0.5) / workers + 4, str(worker), "tick end")
        plot.parts.append(
            f'<svg class="lane" x="{plot.left}" y="{plot.top}" width="{plot.right - plot.left}" height="{height}" preserveAspectRatio="none"'
            f' viewBox="0 0 {line.wall_s:.6g} {workers}" data-whole="{line.wall_s:.6g}">{_lane(line)}</svg>'
        )
        name = wording.plural(line.workers, "worker")
        words = f"Timeline of {name}, trial {line.trial}"
        drawing = plot.drawing(f"timeline-{place}", words, f"{words}, {short(round(line.wall_s, 3))} s: start, initialiser, items and waiting of each worker", "line")
        drawings.append(f'<div data-line="{place}"{"" if last else " hidden"}>{drawing}</div>')
        options.append(f'<option value="{place}"{" selected" if last else ""}>{name}</option>')
        rows += _busy(line)
    joined = max(line.joined for line in chosen)
    note = "One row for each worker: pale, start; green, initialiser; blue, items; orange, no more work." + (
        f" Up to {joined} neighbouring items are drawn as one." if joined > 1 else "")  # fmt: skip
    controls = (
        f'<p class="zoom" data-zoom="timeline"><label>Trial with <select>{"".join(options)}</select></label> <button type="button" data-do="in">zoom in</button>'
        ' <button type="button" data-do="out">zoom out</button> <button type="button" data-do="left">earlier</button>'
        ' <button type="button" data-do="right">later</button> <button type="button" data-do="whole">whole trial</button> <output></output></p>'
    )
    key = legend([("start", "starts, waits"), ("init", "initialises"), ("item", "works"), ("tail", "no more work")])
    grid = Grid("Time of each worker, s", ["workers", "worker", "items", "start", "initialiser", "items, s", "no more work"], rows)
    return Drawn("timeline", title, note, "".join(drawings) + key, grid, controls, wide=True)


def _busy(line: Timeline) -> list[list[str]]:
    """Sums over the spans of each worker, in seconds."""
    rows = []
    for worker in sorted({span.worker for span in line.spans}):
        own = [span for span in line.spans if span.worker == worker]
        sums = {state: sum(s.length_s for s in own if s.state == state) for state in STATES}
        items = sum(s.state == "item" for s in own) if line.joined == 1 else "\u2013"
        rows.append([str(line.workers), str(worker), str(items), *(short(round(sums[state], 4)) for state in ("start", "init", "item", "tail"))])
    return rows


