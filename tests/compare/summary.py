"""The table of a comparison: curve and knee by knee fit, and what a million images need."""
import csv
import json
import os
import platform
import statistics
import subprocess
import tempfile
from typing import Any

from compare.trial import cores_here

Rows = list[dict[str, Any]]
MILLION = 1_000_000


def fit(rows: Rows, knee: str, cores: int) -> dict[str, Any]:
    """knee fit of one program's rows with chunk 1."""
    with tempfile.TemporaryDirectory(prefix="knee-compare-") as folder:
        with open(f"{folder}/times.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["workers", "seconds", "block"], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        done = subprocess.run([knee, "fit", "--json", "--cores", str(cores), "--csv", file.name], capture_output=True,
                              text=True, check=True)
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def middle(rows: Rows, key: str) -> float | None:
    return statistics.median(row[key] for row in rows) if rows else None


def curve(rows: Rows, fitted: dict[str, Any] | None, count: int, price: float) -> list[dict[str, Any]]:
    points = []
    for workers in sorted({row["workers"] for row in rows}):
        here = [row for row in rows if row["workers"] == workers and row["chunk"] == 1]
        wall = statistics.median(row["seconds"] for row in here)
        found = next((p for p in fitted["curve"] if p["workers"] == workers), None) if fitted else None
        core_hours = workers * wall / count * MILLION / 3600
        points.append({"workers": workers, "emulated": bool(here[0]["emulated"]), "images_per_s": count / wall,
                       "efficiency": found["efficiency"] if found else {"value": 1.0, "low": 1.0, "high": 1.0},
                       "cpu_ms_per_image": 1000 * statistics.median(row["cpu_s"] for row in here) / count,
                       "core_hours_per_million": core_hours, "money_per_million": core_hours * price})
    return points


def chunks(rows: Rows, count: int) -> list[dict[str, Any]]:
    most = max((row["workers"] for row in rows if not row["emulated"]), default=1)
    sizes = sorted({row["chunk"] for row in rows})
    return [{"chunk": size, "workers": most, "images_per_s": count / wall} for size in sizes
            if (wall := middle([r for r in rows if r["chunk"] == size and r["workers"] == most], "seconds"))]


def summarise(rows: Rows, peaks: dict[str, float], count: int, knee: str, price: float, cores: int) -> dict[str, Any]:
    found = []
    for name in sorted({str(row["program"]) for row in rows}):
        batch = [row for row in rows if row["program"] == name and row["what"] == "batch"]
        plain = [row for row in batch if row["chunk"] == 1]
        parallel = len({row["workers"] for row in plain}) > 1
        fitted = fit(plain, knee, cores) if parallel else None
        start = middle([row for row in rows if row["program"] == name and row["what"] == "start"], "seconds")
        found.append({"program": name, "start_s": start, "memory_mib": peaks[name],
                      "memory_workers": max(r["workers"] for r in plain if not r["emulated"]),
                      "knee": {key: fitted["knee"][key] for key in ("workers", "low", "high", "reason")} if fitted else
                      {"workers": None, "low": None, "high": None, "reason": "a serial program has E(n) = 1/n"},
                      "curve": curve(plain, fitted, count, price), "chunks": chunks(batch, count)})
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown")
    return {"format": "knee-compare 1", "host": platform.node(), "images": count, "blocks": max(row["block"] for row in rows), "cores": cores_here(),
            "emulated_cores": cores, "processor": model, "load_1m": os.getloadavg()[0], "price_per_core_hour": price,
            "programs": found}


def knee_text(knee: dict[str, Any]) -> str:
    if knee["workers"] is None:
        return "-" if "serial" in knee["reason"] else "none found"
    return f"{knee['workers']} ({knee['low']} to {knee['high'] if knee['high'] is not None else 'more'})"


def table(made: dict[str, Any]) -> list[list[str]]:
    """Rows of the table, the head first: each program with each number of workers."""
    base = next(p["curve"][0]["images_per_s"] for p in made["programs"] if p["program"] == "Python serial")
    rows = [["program", "workers", "images/s", "against serial Python", "E(n)", "CPU ms/image", "core-hours / million",
             "money / million", "knee", "start-up", "memory"]]
    for program in made["programs"]:
        for number, point in enumerate(program["curve"]):
            efficiency = point["efficiency"]
            interval = f" ({efficiency['low']:.2f} to {efficiency['high']:.2f})" if efficiency["low"] is not None and \
                efficiency["low"] < efficiency["high"] else ""
            first = number == 0
            rows.append([program["program"] if first else "", f"{point['workers']}{' *' if point['emulated'] else ''}",
                         f"{point['images_per_s']:.2f}", f"{point['images_per_s'] / base:.1f}x",
                         f"{efficiency['value']:.2f}{interval}", f"{point['cpu_ms_per_image']:.0f}",
                         f"{point['core_hours_per_million']:.0f}", f"{point['money_per_million']:.2f}",
                         knee_text(program["knee"]) if first else "", f"{1000 * program['start_s']:.0f} ms" if first else "",
                         f"{program['memory_mib']:.0f} MiB" if first else ""])
    return rows


def notes(made: dict[str, Any]) -> list[str]:
    chunked = [f"{p['program']}: " + ", ".join(f"{c['images_per_s']:.2f} with chunk {c['chunk']}" for c in p["chunks"])
               for p in made["programs"] if len(p["chunks"]) > 1]
    return [f"{made['images']} photographs, {made['blocks']} blocks of all programs, recipe web; {made['cores']} cores of "
            f"{made['processor']}, load {made['load_1m']:.1f} at the end.",
            f"*: cores of a machine with {made['emulated_cores']}, emulated by CPU quotas: without its memory and caches.",
            "E(n): speedup over one worker of the same program, divided by n; 95% intervals and knee by knee fit.",
            f"Money: {made['price_per_core_hour']:g} for a core-hour. Start-up: one picture of 64 x 48 pixels.",
            f"Memory: processes together, shared pages once, with {made['cores']} workers (serial: 1). sharp draws no caption.",
            *([f"Images/s with {made['cores']} workers: {'; '.join(chunked)}."] if chunked else [])]


def markdown(made: dict[str, Any]) -> str:
    rows = table(made)
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines) + "\n\n" + "\n".join(f"- {note}" for note in notes(made)) + "\n"
