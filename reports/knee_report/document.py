"""report.json: all that the report shows, for programs. docs/schemas/report.schema.json describes it."""

from __future__ import annotations

import json
from typing import Any

from .costs import Prices
from .curve import line_label, line_points
from .facts import Fact, Facts
from .measure import Json
from .rules import judge
from .sentences import findings
from .study import Study
from .whole import write_whole

FORMAT = "knee-report 1"
Table = tuple[str, tuple[tuple[str, str], ...], list[list[Any]]]  # label, columns (name, unit), rows


def fact_json(fact: Fact) -> Json:
    m = fact.measure
    number: Json = {"id": fact.id, "label": fact.label, "unit": fact.unit, "value": m.value}
    if m.value is None:
        return {**number, "reason": m.reason or "no reason was recorded"}
    if m.low is None and m.high is None:
        return {**number, "reason": m.reason or "no interval was computed"}
    bounds = {**number, "low": m.low, "high": m.high, "level": m.level, "method": m.method}
    return bounds if m.low is not None and m.high is not None else {**bounds, "reason": m.reason or "no such bound"}


def _trials(study: Study) -> Table:
    columns = (("trial", ""), ("block", ""), ("role", ""), ("nodes", ""), ("workers", ""), ("chunk", "items"), ("policy", ""), ("status", ""),
               ("wall", "s"), ("speedup", ""))  # fmt: skip
    relative = study.trial_speedups
    rows = [
        [t.id, t.block, t.role, t.nodes, t.workers, t.chunk, t.policy, "hiccup" if t.id in study.trials.hiccups else t.status, t.wall_s, relative.get(t.id)]
        for t in study.record.samples.trials
    ]
    return "every trial", columns, rows


def _items(study: Study) -> Table:
    columns = (("item", ""), ("kind", ""), ("decoded", study.size_decoded), ("megabytes", "MB"), ("time_by_decoded", "s"), ("time_by_megabytes", "s"))
    rows = [[p.item, p.kind, p.size["decoded"], p.size["megabytes"], p.seconds["decoded"], p.seconds["megabytes"]] for p in study.size_points]
    return "median time of items, corrected to the medians of the other terms", columns, rows


def tables(study: Study) -> dict[str, Table]:
    """The data of figures: too many for an id each."""
    made: dict[str, Table] = {"trials": _trials(study)}
    points = (("workers", ""), ("speedup", ""), ("low", ""), ("high", ""))
    if line_points(study):
        made["line"] = (line_label(study), points, [list(row) for row in line_points(study)])
    if study.size_points:
        made["items"] = _items(study)
        for name, ends in study.findings.size_lines.items():
            if ends:
                made[f"line.{name}"] = ("the fit", ((name, ""), ("time", "s")), [list(end) for end in ends])
    columns = (("worker", ""), ("state", ""), ("begin", "s"), ("end", "s"), ("item", ""))
    for line in study.record.samples.timelines:
        rows = [[s.worker, s.state, round(s.begin_s, 6), round(s.end_s, 6), s.name] for s in line.spans]
        made[f"timeline.{line.workers}"] = (f"workers of trial {line.trial}, {line.wall_s:.6g} s", columns, rows)
    return made


def document(study: Study, prices: Prices, facts: Facts) -> Json:
    return {
        "format": FORMAT,
        "title": f"Scaling of {study.facts.name}",
        "language": "en",
        "created_utc": study.facts.created_utc,
        "knee_version": study.facts.knee_version,
        "prices": {"core_hour": prices.core_hour, "currency": prices.currency, "core_watts": prices.watts_per_core},
        "findings": [{"lead": f.lead, "detail": f.detail} for f in findings(study)],
        "facts": [fact_json(fact) for fact in facts.values()],
        "rules": [{"rule": r.number, "text": r.rule, "verdict": r.verdict, "evidence": r.evidence} for r in judge(study)],
        "tables": [
            {"id": name, "label": label, "columns": [{"name": n, "unit": u} for n, u in columns], "rows": rows}
            for name, (label, columns, rows) in tables(study).items()
        ],
    }


def one_line_each(values: list[Any]) -> str:
    return "[" + ",".join("\n  " + json.dumps(value, ensure_ascii=False, allow_nan=False) for value in values) + "]"


def write_document(made: Json, path: str) -> None:
    """One fact, rule or table on a line, so that two reports can be compared line by line."""
    parts = [
        f' "{key}": {one_line_each(value) if isinstance(value, list) else json.dumps(value, ensure_ascii=False, allow_nan=False)}'
        for key, value in made.items()
    ]
    write_whole(path, ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8", "replace"))
