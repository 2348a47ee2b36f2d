"""What a sweep of a program has shown, under the names that the facts of a program use."""
import json
from pathlib import Path
from typing import Any


def names_of(fit: dict[str, Any], helpers: int = 0) -> dict[str, Any]:
    """From fit.json, by number of workers: T (s), S, E, cpus, wanted, cpu_s, threads, processes, largest and all_mib,
    same_as_one and same_as_two (outputs; None: not compared). findings: the sentence of each rule that found something.
    helpers: processes of one thread that live all the time and are not the program's; they are not counted."""
    cells = {cell["workers"]: cell for cell in fit["knob"]["cells"]}
    curve = {point["workers"]: point for point in fit["curve"]}

    def of_cells(key: str) -> dict[int, Any]:
        return {workers: cell[key] for workers, cell in cells.items()}

    def without_helpers(key: str) -> dict[int, Any]:
        return {workers: None if most is None else most - helpers for workers, most in of_cells(key).items()}

    def of_curve(key: str) -> dict[int, float]:
        return {workers: point[key]["value"] for workers, point in curve.items()}

    return {
        "T": of_curve("wall_s"), "S": of_curve("speedup"), "E": of_curve("efficiency"),
        "cpus": of_cells("cpus_used"), "wanted": of_cells("cpus_wanted"), "cpu_s": of_cells("cpu_s"),
        "threads": without_helpers("threads_most"), "processes": without_helpers("processes_most"),
        "largest": of_cells("maxrss_mib"), "all_mib": of_cells("rss_sum_mib"),
        "same_as_one": of_cells("same_as_one"), "same_as_two": of_cells("same_as_two"),
        "findings": {finding["rule"]: finding["sentence"] for finding in fit["knob"]["findings"]},
    }  # fmt: skip


def read(study: Path) -> dict[str, Any]:
    fit = json.loads((study / "fit.json").read_text(encoding="utf-8"))
    assert isinstance(fit, dict)
    return fit


def holds(fact: str, names: dict[str, Any]) -> bool:
    """The expressions are those of tests/foreign/programs, which are code of this project."""
    return bool(eval(fact, {"any": any, "all": all, "max": max, "min": min, "len": len}, names))  # pylint: disable=eval-used
