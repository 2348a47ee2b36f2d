"""Section `three_ways` of fit.json: simulation, replay and emulation of the same items, held against each other."""

from __future__ import annotations

from dataclasses import dataclass

from .measure import Json, Measure, count, parse_measure, rows, section, text


@dataclass(frozen=True)
class Difference:
    between: str  # "simulated and replayed"
    relative: Measure  # first over second, less 1
    differ: bool  # beyond both intervals


@dataclass(frozen=True)
class WaysRow:
    items: int | None
    workers: int | None
    chunk: int | None
    policy: str
    simulated: Measure
    replayed: Measure
    emulated: Measure
    differences: tuple[Difference, ...]

    @property
    def largest(self) -> Difference | None:
        ranked = sorted(self.differences, key=lambda d: abs(d.relative.value or 0.0))
        return ranked[-1] if ranked else None


@dataclass(frozen=True)
class Ways:
    purpose: str  # what emulated trials are for
    pool: str  # what the replayed pool cost on fewer cores than it has workers; "" not known
    emulated: str  # where emulated trials differ most from their simulation, and by which parts; "" not known
    rows: tuple[WaysRow, ...]
    compared: int | None
    differ: int | None
    warnings: tuple[str, ...]


def _row(raw: Json) -> WaysRow:
    simulated, replayed, emulated = (parse_measure(raw.get(f"{name}_s"), f"{name} time") for name in ("simulated", "replayed", "emulated"))
    return WaysRow(
        count(raw.get("items")),
        count(raw.get("workers")),
        count(raw.get("chunk")),
        text(raw.get("policy")),
        simulated,
        replayed,
        emulated,
        tuple(
            Difference(text(d.get("between")), parse_measure(d.get("relative"), "difference"), d.get("differ") is True)
            for d in rows(raw.get("differences"))
        ),
    )


def parse_ways(raw: object) -> Ways | None:
    """None: the fit was not asked for it. Without rows: the warnings say why nothing is compared."""
    fields = section(raw)
    if not fields:
        return None
    return Ways(
        text(fields.get("purpose")),
        text(section(fields.get("pool")).get("words")),
        text(fields.get("emulated")),
        tuple(map(_row, rows(fields.get("rows")))),
        count(fields.get("compared")),
        count(fields.get("differ")),
        tuple(text(w) for w in fields.get("warnings") or []),
    )
