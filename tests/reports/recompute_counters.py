"""Counters again: means for each item, and what the formulas of the counter group make of them."""

from __future__ import annotations

import configparser
import math
import re
from collections.abc import Iterator

from recompute_base import Interval, Study, slug, student

NAME = re.compile(r"[a-z][a-z0-9-]*")


def counters(study: Study) -> Iterator[tuple[str, Interval | None]]:
    fewest = min((t["workers"] for t in study.good(role="scaling")), default=None)
    ids = {t["id"]: t["items"] for t in study.good(role="scaling", workers=fewest) if t["items"]}
    for name in {c["name"] for c in study.counters}:
        values = [
            c["value"] / ids[c["trial"]]
            for c in study.counters
            if c["name"] == name and c["trial"] in ids and c["value"] is not None
        ]
        yield f"counter.{slug(name)}", student(values, False) if values else None
    text = study.facts.get("counter_group_text")
    for name, formula in formulas(text) if text else ():
        for n in sorted({t["workers"] for t in study.good(role="scaling")}):
            results = [
                evaluated(formula, inputs(study, t["id"], t["items"], t["wall_ns"]))
                for t in study.good(role="scaling", workers=n)
            ]
            known = [r for r in results if r is not None]
            yield f"quantity.{slug(name)}.{n}", student(known, False, signed=" -" in formula) if known else None


def formulas(text: str) -> Iterator[tuple[str, str]]:
    """Of sections [derived NAME]."""
    group = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    group.read_string(text)
    for section in group.sections():
        if section.startswith("derived "):
            yield section.removeprefix("derived "), group[section]["formula"]


def inputs(study: Study, trial: int, items: int | None, wall: int | None) -> dict[str, float | None]:
    made: dict[str, float | None] = {c["name"]: c["value"] for c in study.counters if c["trial"] == trial}
    return made | {"items": items, "wall-ns": wall}


def evaluated(formula: str, values: dict[str, float | None]) -> float | None:
    """Names hold hyphens: each becomes its value in brackets, and Python computes; None where one was not measured."""
    if any(values.get(name) is None for name in NAME.findall(formula)):
        return None
    try:
        value = float(eval(NAME.sub(lambda name: f"({values[name[0]]!r})", formula), {"__builtins__": {}}))
    except ZeroDivisionError:
        return None
    return value if math.isfinite(value) else None
