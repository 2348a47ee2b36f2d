"""The measured part of docs/programs.md."""
import textwrap
from dataclasses import dataclass
from typing import Any

from foreign.program import Program, Sweep

HEAD = ["| Program | T(1), s | S(2) | Serial | Knee | Threads | Warnings |", "| --- | --- | --- | --- | --- | --- | --- |"]
EMULATED = ["| Program | T(1), s | S(2) | S(4) | S(8) |", "| --- " * 5 + "|"]
COLUMNS = 120


@dataclass(frozen=True)
class Row:
    program: Program
    sweep: Sweep
    names: dict[str, Any]
    emulated: dict[str, Any]
    version: str
    own: str

    @property
    def title(self) -> str:
        return f"{self.program.title}, {self.sweep.name}"


def threads(names: dict[str, Any]) -> str:
    return ", ".join("-" if value is None else f"{value:.0f}" for value in names["threads"].values())


def speedup(fit: dict[str, Any], workers: int = 2) -> str:
    at = next((point["speedup"] for point in fit["curve"] if point["workers"] == workers), None)
    if not at:
        return "-"
    return f"{at['value']:.2f}" + (f" ({at['low']:.2f} to {at['high']:.2f})" if at["low"] is not None else "")


def serial(fit: dict[str, Any]) -> str:
    """The serial fraction of Amdahl's model."""
    model = next(model for model in fit["models"] if model["name"] == "amdahl")
    value = next((parameter["value"] for parameter in model["parameters"] if parameter["unit"] == ""), None)
    return "-" if value is None else f"{value:.2f}"


def cells(names: dict[str, Any]) -> list[str]:
    if "fit" not in names:
        return ["-", "-", "-", "-", "-", "no trial counts"]
    fit = names["fit"]
    knee = fit["knee"]["workers"]
    return [f"{names['T'][1]:.2f}", speedup(fit), serial(fit), str(knee) if knee else "none here", threads(names),
            ", ".join(names["findings"]) or "none"]


def line(row: Row) -> str:
    return f"| {row.title} | {' | '.join(cells(row.names))} |"


def emulated_line(row: Row) -> str:
    names, fit = row.emulated, row.emulated["fit"]
    found = [f"{names['T'][1]:.2f}", *(speedup(fit, workers) for workers in (2, 4, 8))]
    return f"| {row.title} | {' | '.join(found)} |"


def explained(row: Row) -> str:
    text = f"- **{row.title}**: `{row.sweep.command.strip()}`. {row.sweep.trap}"
    if row.own:
        text += f" By itself: {row.own}"
    return textwrap.fill(text, COLUMNS, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def markdown(rows: list[Row]) -> str:
    versions = {row.program.title: row.version for row in rows if row.version}
    shown = [emulated_line(row) for row in rows if "fit" in row.emulated]
    return "\n".join([*HEAD, *map(line, rows), "", *([*EMULATED, *shown, ""] if shown else []), "## Commands and traps", *map(explained, rows), "",
                      textwrap.fill(f"Versions: {', '.join(versions.values())}.", COLUMNS), ""])
