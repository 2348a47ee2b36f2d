"""Figures of the curve, of the losses and of the models."""

from __future__ import annotations

from .. import curve, wording
from ..facts import loss_id, slug
from ..findings import Losses
from ..measure import Measure
from ..study import Study
from .svg import Plot, escape, round_ticks, short
from .view import Drawn, Grid, View, absent

SHARE = 100.0


def said(measure: Measure, unit: str = "") -> str:
    return wording.with_interval(measure, unit)


def _workers_axis(plot: Plot, last: int, label: str = "workers") -> None:
    margin = 0.04 * max(1, last - 1)
    ticks: list[float] = [float(n) for n in range(1, last + 1)] if last <= 16 else [1.0, *(t for t in round_ticks(0, last, 8) if t > 1)]
    plot.x_axis(1 - margin, last + margin, label, ticks)


def speedup(view: View) -> Drawn:
    """Single trials, means with intervals, the model or prediction with its band, replay and emulation, the ideal line."""
    study, title = view.study, "Scaling curve"
    points = [p for p in curve.own_points(study) if p.speedup.value is not None]
    if not points:
        return absent("curve", title, "the study has no point of the scaling curve")
    last = max(curve.last_workers(study), max(p.workers for p in points))
    rows = [row for row in curve.line_points(study) if row[0] <= last]
    highest = max(float(last), curve.highest_shown(study, "speedup", 1.15 * last))
    plot = Plot(640, 420)
    plot.y_axis(0, 1.05 * highest, f"{study.facts.speedup} against one worker")
    _workers_axis(plot, last, curve.axis_label(study))
    if study.facts.cores is not None and study.facts.cores <= last:
        plot.vertical(study.facts.cores, "cores")
        plot.text(plot.x(study.facts.cores) - 5, plot.bottom - 8, wording.plural(study.facts.cores, study.facts.core), "tick end")
    knee = curve.knee_place(study)
    if knee is not None and knee <= last:
        plot.vertical(knee, "knee")
    plot.line([(1, 1), (last, last)], "ideal")
    plot.band([(n, low, min(high, 1.05 * highest)) for n, _, low, high in rows if low is not None and high is not None], "band")
    plot.line([(n, value) for n, value, *_ in rows if value is not None and value <= 1.05 * highest], "model")
    for q in points:
        for number, single in q.trial_speedups:
            plot.dot(q.workers, single, "single", f"trial {number}: {short(round(single, 3))} with {wording.plural(q.workers, 'worker')}")
    for prefix, other, look, shape in (("emulated", study.emulated, "emulated", "^"), ("replayed", study.replayed, "replayed", "s")):
        for p in curve.other_points(other):
            _point(plot, p.workers, view.measure(f"{prefix}.{p.workers}.speedup"), look, shape, f"{prefix}, {p.workers} workers")
    for s in curve.spread_points(study):
        name = f"{wording.plural(s.nodes, 'node')}, {wording.plural(s.workers, 'worker')}"
        _point(plot, s.workers, view.measure(f"nodes.{s.nodes}.{s.workers}.speedup"), "spread", "d", name)
    for q in points:
        _point(plot, q.workers, view.measure(f"curve.{q.workers}.speedup"), "measured", "o", f"measured, {wording.plural(q.workers, 'worker')}")
    words = [f"Measured speedup of 1 to {last} workers", curve.knee_label(study), curve.line_label(study)]
    note = "Points with bars: means with 95% intervals; faint: single trials; dashed: ideal. " + wording.capital(wording.sentence(curve.knee_label(study)))
    return Drawn("curve", title, note, plot.drawing("curve", title, ". ".join(w for w in words if w)) + _legend(study), _speedup_grid(view))


def _point(plot: Plot, workers: int, measure: Measure, look: str, shape: str, name: str) -> None:
    if measure.value is None:
        return
    if measure.low is not None and measure.high is not None and not measure.is_exact:
        plot.interval(workers, measure.low, measure.high, look)
    plot.dot(workers, measure.value, look, f"{name}: {said(measure)}", shape)


def _legend(study: Study) -> str:
    entries = [("measured", "measured"), ("ideal", "ideal")]
    entries += [("model", curve.line_label(study))] if curve.line_points(study) else []
    entries += [("replayed", "replayed")] if curve.other_points(study.replayed) else []
    entries += [("emulated", "emulated")] if curve.other_points(study.emulated) else []
    entries += [("spread", curve.SPREAD_LABEL)] if curve.spread_points(study) else []
    entries += [("knee", "knee")] if curve.knee_place(study) is not None else []
    return legend(entries)


def legend(entries: list[tuple[str, str]]) -> str:
    return '<ul class="legend">' + "".join(f'<li><i class="{look}"></i>{escape(name)}</li>' for look, name in entries) + "</ul>"


def _speedup_grid(view: View) -> Grid:
    """Of what the figure shows: the study, its replay, emulated cores."""
    ways = [("measured", "curve", [p.workers for p in view.study.curve])]
    others = (("replayed", view.study.replayed), ("emulated", view.study.emulated))
    ways += [(name, name, [p.workers for p in curve.other_points(other)]) for name, other in others]
    rows = [[str(n), name, view.number(f"{at}.{n}.speedup")] for name, at, workers in ways for n in workers]
    return Grid("Speedups; in brackets 95% intervals", ["workers", "how", view.study.facts.speedup], rows)


def cost_columns(view: View) -> list[tuple[str, str]]:
    """The costs of a million items that are known: the last word of their ids, and their unit."""
    units = {"core_hours": "core-hours"}
    costs = [(name.rpartition(".")[2], fact) for name, fact in view.facts.items() if fact.measure.value is not None]
    known = {part: units.get(part, fact.unit) for part, fact in costs if part in ("core_hours", "money", "energy")}
    return list(known.items())


def curve_grid(view: View) -> Grid:
    study, costs = view.study, cost_columns(view)
    item = study.facts.item
    titles = ["workers", "trials", "wall time, s", f"{item}s a second", study.facts.speedup, "efficiency, %", f"CPU ms {study.facts.article}", "peak MiB",
              *(f"{unit} a million {item}s" for _, unit in costs)]  # fmt: skip
    rows = []
    for p in study.curve:
        at = f"curve.{p.workers}"
        cells = [f"{p.workers}{'*' if p.oversubscribed else ''}", view.number(f"{at}.trials"), view.number(f"{at}.wall"), view.number(f"{at}.rate"),
                 view.number(f"{at}.speedup"), view.number(f"{at}.efficiency", SHARE), view.number(f"{at}.cpu", 1000.0), view.number(f"{at}.memory"),
                 *(view.number(f"{at}.{part}") for part, _ in costs)]  # fmt: skip
        rows.append(cells)
    return Grid("The curve in numbers; in brackets 95% intervals; * more workers than cores", titles, rows)


def nodes_grid(view: View) -> Grid:
    """Every cell of a study of several machines, and where its core time went."""
    study = view.study
    causes = list(dict.fromkeys(cause for p in study.nodes for cause in p.shares))
    titles = ["nodes", "workers", "trials", "wall time, s", study.facts.speedup, "efficiency, %", *(f"{cause}, %" for cause in causes)]
    rows = []
    for p in study.nodes:
        at = f"nodes.{p.nodes}.{p.workers}"
        rows.append([str(p.nodes), str(p.workers), view.number(f"{at}.trials"), view.number(f"{at}.wall"), view.number(f"{at}.speedup"),
                     view.number(f"{at}.efficiency", SHARE), *(view.number(f"{at}.{slug(cause)}", SHARE) for cause in causes)])  # fmt: skip
    return Grid("Nodes and workers of all nodes; shares of core time (useful: of the work, what one worker on one node takes); in brackets 95% intervals", titles, rows)


def efficiency(view: View) -> Drawn:
    study, title = view.study, "Efficiency"
    points = [p for p in study.curve if p.efficiency.value is not None]
    if not points:
        return absent("efficiency", title, "the study has no point of the scaling curve")
    last = max(p.workers for p in points)
    shares = [view.measure(f"curve.{p.workers}.efficiency").scaled(SHARE) for p in points]
    plot = Plot(480, 300)
    top = max(105.0, 1.05 * max(s.value or 0.0 for s in shares), min(1.05 * curve.highest(shares), 160.0))
    plot.y_axis(0, top, "efficiency, %")
    _workers_axis(plot, last)
    if study.facts.cores is not None and study.facts.cores <= last:
        plot.vertical(study.facts.cores, "cores")
    bound = study.facts.cores or last
    plot.line([(n / 4, min(100.0, 100.0 * bound / (n / 4))) for n in range(4, 4 * last + 1)], "ideal")
    threshold = view.measure("knee.threshold").value
    if threshold is not None:
        plot.horizontal(100 * threshold, "knee")
    for p, share in zip(points, shares):
        clipped = share if share.high is None or share.high <= top else Measure(share.value, share.low, top, share.level, share.method)
        _point(plot, p.workers, clipped, "measured", "o", wording.plural(p.workers, "worker"))
    level = wording.threshold(threshold)
    note = f"Speedup over workers. Line: {level}, below which the knee is; dotted: the cores."
    rows = [[str(p.workers), view.number(f"curve.{p.workers}.efficiency", SHARE)] for p in study.curve]
    return Drawn("efficiency", title, note, plot.drawing("efficiency", title, note), Grid("Efficiency, %", ["workers", "efficiency, %"], rows))


def karp_flatt(view: View) -> Drawn:
    study, title = view.study, "Serial fraction of Karp and Flatt"
    points = [p for p in study.curve if p.karp_flatt.value is not None]
    if not points:
        reasons = [p.karp_flatt.reason for p in study.curve if p.karp_flatt.reason]
        return absent("serial", title, reasons[-1] if reasons else "the study has no point of the scaling curve")
    shares = [view.measure(f"curve.{p.workers}.karp_flatt").scaled(SHARE) for p in points]
    lows = [x for m in shares for x in (m.low, m.value) if x is not None]
    plot = Plot(480, 300)
    plot.y_axis(min(0.0, 1.1 * min(lows)), max(0.1, 1.1 * curve.highest(shares)), "serial fraction, %")
    _workers_axis(plot, max(p.workers for p in points))
    plot.horizontal(0, "axis")
    for p, share in zip(points, shares):
        _point(plot, p.workers, share, "measured", "o", wording.plural(p.workers, "worker"))
    note = "Level: a true serial part. Rising: overhead that grows with the workers."
    rows = [[str(p.workers), view.number(f"curve.{p.workers}.karp_flatt", SHARE)] for p in points]
    return Drawn("serial", title, note, plot.drawing("serial", title, note), Grid("Serial fraction, %", ["workers", "serial fraction, %"], rows))


# --- losses
# -------------------------------------------------------------------------------------------------------------


def colour(losses: Losses, place: int) -> str:
    kind = losses.causes[place].kind
    return f"cause-{kind}" if kind != "cause" else f"cause-{place % 8}"


def waterfall(view: View) -> Drawn:
    losses = view.study.findings.losses
    title = "Where core time is lost"
    if losses.workers is None or losses.efficiency is None:
        return absent("waterfall", title, losses.reason)
    row, left = 24, 190
    plot = Plot(560, 60 + row * (len(losses.causes) + 2), left=left, right=64, top=8, bottom=40)
    low, high = losses.axis
    plot.x_axis(100 * low, 100 * high, "efficiency, %" + ("" if low == 0 else "; the axis does not begin at 0"))

    def step(place: int, name: str, begin: float, end: float, look: str, words: str, tip: str) -> None:
        top = plot.top + row * place + 3
        plot.text(left - 8, top + 13, wording.shorten(name, 30), "tick end")
        plot.box(plot.x(100 * min(begin, end)), top, plot.x(100 * max(begin, end)) - plot.x(100 * min(begin, end)), row - 6, look, tip)
        plot.text(plot.right + 6, top + 13, words, "tick")

    step(0, "no loss", low, 1.0, "measured", "100%", "no loss: 100%")
    level, rows = 1.0, []
    for place, loss in enumerate(losses.causes):
        after = level if loss.left is None else loss.left
        share = view.measure(f"{loss_id(loss)}.share").scaled(SHARE)
        words = "" if share.value is None else f"{wording.fixed(share.value, 1)}%"
        step(place + 1, loss.label, level, after, colour(losses, place), words, f"{loss.label}: {said(share, '%')} of core time")
        rows.append([escape(loss.label), view.number(f"{loss_id(loss)}.share", SHARE), view.number(f"{loss_id(loss)}.without")])
        level = after
    step(len(losses.causes) + 1, f"E({losses.workers})", low, losses.efficiency, "measured", f"{wording.fixed(100 * losses.efficiency, 1)}%",
         f"efficiency with {losses.workers} workers: {wording.fixed(100 * losses.efficiency, 1)}%")  # fmt: skip
    note = f"From no loss down to the efficiency with {wording.plural(losses.workers, 'worker')}, cause by cause, as shares of all core time."
    grid = Grid("Causes, the largest loss first", ["cause", "share of core time, %", "speedup without it"], rows)
    return Drawn("waterfall", title, note, plot.drawing("waterfall", title, note), grid)


def account(view: View) -> Drawn:
    """Losses upwards, gains downwards, a bar for each worker count."""
    losses, title = view.study.findings.losses, "Causes at each worker count"
    if not losses.by_workers:
        return absent("account", title, losses.reason)
    shares = [[s or 0.0 for s in row.shares] for row in losses.by_workers]
    top = max(sum(s for s in row if s > 0) for row in shares)
    down = min(sum(s for s in row if s < 0) for row in shares)
    plot = Plot(480, 320)
    plot.y_axis(110 * down, max(0.1, 110 * top), "share of core time, %")
    count = len(losses.by_workers)
    step = max(1, -(-count // 14))
    plot.x_axis(-0.5, count - 0.5, "workers", list(range(0, count, step)), lambda place: str(losses.by_workers[int(place)].workers))
    width = 0.72 * (plot.right - plot.left) / count
    rows = []
    for bar, row in enumerate(losses.by_workers):
        ends = {True: 0.0, False: 0.0}
        for place, loss in enumerate(losses.causes):
            share = row.shares[place] if place < len(row.shares) else None
            if share is None:
                continue
            begin = ends[share > 0]
            ends[share > 0] = begin + share
            high, low = plot.y(100 * max(begin, begin + share)), plot.y(100 * min(begin, begin + share))
            tip = f"{loss.label}, {row.workers} workers: {wording.fixed(100 * share, 2)}% of core time"
            plot.box(plot.x(bar) - width / 2, high, width, low - high, colour(losses, place), tip)
        rows.append([str(row.workers), *(view.number(f"{loss_id(loss)}.with.{row.workers}", SHARE) for loss in losses.causes)])
    plot.horizontal(0, "axis")
    note = "Above 0: lost against one worker; below: gained."
    grid = Grid("Shares of core time, %", ["workers", *(loss.label for loss in losses.causes)], rows)
    key = legend([(colour(losses, place), loss.label) for place, loss in enumerate(losses.causes)])
    return Drawn("account", title, note, plot.drawing("account", title, note) + key, grid)
