"""Makes a study's folder for the tests of the report: invented numbers with known answers, never a measurement.

    /usr/bin/python3 tests/reports/fixture.py KIND FOLDER

full:         16 cores, 6 blocks, every model fitted, knee at 6 workers, void trials
minimal:      2 cores, 3 blocks, no model fitted, no knee, no counters, no size regression, no account
long:         full with names as long and as odd as users make them
predicted:    minimal, with what 16 workers would do
replayed:     a replay of that
empty:        a study whose fit could estimate nothing
slower-items, waiting, blocking: full, but most core time is lost by that cause
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

from schema import insert, make_tables

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "reports"))
from knee_report.record import Record

Json = dict[str, Any]
NO_RECORD = Record({}, (), (), "", "", None, (), None)  # of a study whose record holds nothing

DIGEST = "5d0f3c" + "ab12" * 14 + "77"
KINDS = (("jpeg", 850, 0.0), ("png", 70, 42.0), ("webp", 40, 18.5), ("tiff", 30, 7.25), ("video", 10, 260.0))
METHOD = "bootstrap over blocks (BCa, 2,000 resamples)"


def interval(value: float, spread: float = 0.02) -> Json:
    half = abs(value) * spread
    return {"value": value, "low": value - half, "high": value + half, "level": 0.95, "method": METHOD}


def null(reason: str) -> Json:
    return {"value": None, "reason": reason}


def wall(n: int, cores: int, serial: float = 0.012, seconds: float = 33.6) -> float:
    """Amdahl's law with a little overhead; more workers than cores cost a little more."""
    used = min(n, cores)
    return seconds * (serial + (1 - serial) / used + 0.0006 * (used - 1)) * (1 + 0.004 * max(0, n - cores))


# The ranking of losses at 16 workers as fit.json has it: kind, label, share of all core time; 24.5% in all.
LOSSES = (
    ("cause", "serial prefix and suffix", 0.12), ("cause", "tail: no work left", 0.08), ("cause", "worker initialisation", 0.02),
    ("cause", "slower items, by size", 0.02), ("cause", "starting processes", 0.01), ("cause", "slower items, per item", 0.005),
    ("cause", "blocked beyond that (locks)", -0.0105), ("smaller", "2 smaller causes", 0.0005),
)  # fmt: skip
SUMS = ("slower items, by size", "2 smaller causes")  # without an interval


def first(label: str, share: float) -> tuple[tuple[str, str, float], ...]:
    """The ranking with another cause on top."""
    return (("cause", label, share), *(row for row in LOSSES if row[1] != label))


def loss_rows(ranking: tuple[tuple[str, str, float], ...]) -> list[Json]:
    rows, left = [], 1.0
    for place, (kind, label, share) in enumerate(ranking):
        left -= share
        summed = label in SUMS
        rows.append({
            "kind": kind, "causes": [], "label": label, "left": left, "beyond_doubt": None if summed else True,
            "share": {"value": share, "low": None, "high": None, "reason": "a sum"} if summed else interval(share, 0.2),
            "speedup_without": null("a sum") if summed else interval(12.8), "headline": place < 3 and share > 0,
        })  # fmt: skip
    return rows


def losses(workers: list[int], ranking: tuple[tuple[str, str, float], ...]) -> Json:
    rows = loss_rows(ranking)
    return {
        "workers": 16, "reason": "", "efficiency": rows[-1]["left"], "named": 0.991, "size_share": 0.41, "speedup": interval(12.1),
        "causes": rows,
        "by_workers": [{"workers": n, "shares": [share * (n - 1) / 15 for _, _, share in ranking]} for n in workers if n > 1],
    }  # fmt: skip


def no_losses(reason: str) -> Json:
    return {"workers": None, "reason": reason, "efficiency": None, "named": None, "size_share": None, "speedup": None, "causes": [], "by_workers": []}


# Of the causes of an answer: label, share of all core time with 16 workers; their sum is what the efficiency lacks.
CAUSES = (("serial part (Amdahl)", 0.031), ("start of workers", 0.004), ("claims", 0.0), ("contention", 0.052), ("item sizes", 0.021), ("tail", 0.012))


def answer(how: str, workers: list[int], knee: tuple[int | None, int | None, int | None] = (9, 8, 11), knee_how: str = "") -> Json:
    """Of 1,000 items; the efficiency falls by 0.8% with each worker."""
    points = []
    for n in workers:
        share = 1 - 0.008 * (n - 1)
        parts: Json = {"speedup_others": interval(n * share, 0.03), "speedup_contention": interval(n * share, 0.05)}
        none = null("measured as a whole")
        points.append({
            "workers": n, "wall_s": interval(106 / (n * share), 0.06), "speedup": interval(n * share, 0.0 if n == 1 else 0.058),
            "efficiency": interval(share, 0.0 if n == 1 else 0.058), **(dict.fromkeys(parts, none) if how == "measured" else parts),
        })  # fmt: skip
    return {
        "how": how, "reason": None, "workers": workers[-1], "measured_workers": None if how in ("measured", "replayed") else 2, "items": 1000,
        "contention_assumed": how not in ("measured", "replayed"), "threshold": 0.95, "points": points,
        "causes": [{"cause": label, "label": label, "share": share, "speedup_without": 15.1} for label, share in CAUSES],
        "knee": {"workers": knee[0], "low": knee[1], "high": knee[2], "how": knee_how or how}, "better": None,
        "advice": "8 cores keep an efficiency of 95% (14 s); 16 take 7.53 s. What costs most with 16 workers is contention, 5.2% of core time:"
        " memory channels and cache for each core help more than further cores; without it the speedup would be 15.1.",
    }  # fmt: skip


def findings(workers: list[int], ranking: tuple[tuple[str, str, float], ...] = LOSSES) -> Json:
    """Of full: 16 cores, all in use."""
    fitted = ("ideal", "amdahl", "amdahl-overhead")
    return {
        "full_workers": 16, "best_workers": 16, "efficiency_loss": "beyond doubt",
        "batch": {"wall_s": interval(1000 / (240 / wall(16, 16))), "sampled": True},
        "tests": [{"test": "lack of fit", "model": name, "chosen": name == "amdahl", "level": 0.01, "p": 0.231, "result": "not rejected",
                   "reason": ""} for name in fitted],
        "knee": {"state": "within the cores", "threshold": 0.95, "causes": knee_causes()},
        "equivalence": {"result": "identical", "reference": "serial run"},
        "sweep": {"stopped_by": "precision", "precision_reached": "0.84% at 6 workers (half-width of the efficiency; 1% asked for)"},
        "size_lines": {"decoded": [{"at": 1.2, "seconds": 0.042}, {"at": 18.1, "seconds": 0.167}],
                       "megabytes": [{"at": 0.5, "seconds": 0.087}, {"at": 6.0, "seconds": 0.141}]},
        "losses": losses(workers, ranking),
    }  # fmt: skip


def curve_row(n: int, cores: int, items: int) -> Json:
    seconds, one = wall(n, cores), wall(1, cores)
    speedup = one / seconds
    return {
        "workers": n,
        "trials": 6,
        "oversubscribed": n > cores,
        "wall_s": interval(seconds),
        "images_per_s": interval(items / seconds),
        "speedup": interval(speedup, 0.0 if n == 1 else 0.018),
        "efficiency": interval(speedup / n, 0.0 if n == 1 else 0.018),
        "karp_flatt": null("needs at least 2 workers") if n == 1 else interval((1 / speedup - 1 / n) / (1 - 1 / n), 0.12),
        "cpu_s_per_item": interval(0.1375 * (1 + 0.004 * n), 0.01),
        "maxrss_mib": interval(118.0 + 2 * n, 0.03),
        "trial_speedups": [{"trial": 100 * n + trial, "speedup": speedup * (1 + 0.004 * ((7 * trial + 3 * n) % 11 - 5))} for trial in range(6)],
    }


def measured_answer(workers: list[int]) -> Json:
    """Of full: 16 cores, all measured."""
    made = answer("measured", [n for n in workers if n <= 16], (6, 5, 8))
    for point in made["points"]:
        point.update({key: curve_row(point["workers"], 16, 240)[key] for key in ("wall_s", "speedup", "efficiency")})
    return {**made, "items": 240, "advice": "5 cores keep an efficiency of 95% (7.1 s); 16 take 2.78 s."}


def phase_row(n: int, cores: int) -> Json:
    seconds = wall(n, cores)
    parts = {"prefix_s": 0.21, "spawn_s": 0.003 * n, "init_s": 0.045, "suffix_s": 0.07}
    row: Json = {"workers": n, **{k: interval(v, 0.1) for k, v in parts.items()}}
    row["work_s"] = interval(seconds - sum(parts.values()))
    row["tail_core_s"] = interval(0.11 * (n - 1), 0.2)
    row["dispatch_core_s"] = interval(0.0004 * n, 0.3)
    return row


def models(cores: int, workers: list[int]) -> list[Json]:
    def predicted(at: float) -> list[Json]:
        return [
            {"workers": n, "wall_s": wall(n, cores), "speedup": wall(1, cores) / wall(n, cores) * at,
             "low": wall(1, cores) / wall(n, cores) * at * 0.98, "high": wall(1, cores) / wall(n, cores) * at * 1.02}
            for n in workers
        ]  # fmt: skip

    t1 = {"name": "T1", "unit": "s", **interval(33.6, 0.01)}
    return [
        {"name": "ideal", "title": "ideal line", "fitted": True, "chosen": False, "reason": None, "parameters": [t1], "aicc": -120.4, "rss_log": 0.731,
         "limit_speedup": null("the ideal line has no limit"), "predicted": predicted(1.1)},
        {"name": "amdahl", "title": "Amdahl", "fitted": True, "chosen": True, "reason": None,
         "parameters": [t1, {"name": "s", "unit": "", **interval(0.0213, 0.15)}], "aicc": -310.2, "rss_log": 0.0412,
         "limit_speedup": interval(46.9, 0.14), "predicted": predicted(1.0)},
        {"name": "amdahl-overhead", "title": "Amdahl with overhead", "fitted": True, "chosen": False, "reason": None,
         "parameters": [t1, {"name": "s", "unit": "", **interval(0.0121, 0.3)}, {"name": "c", "unit": "s", **interval(0.0202, 0.4)}],
         "aicc": -308.9, "rss_log": 0.0401, "limit_speedup": interval(17.2, 0.1), "predicted": predicted(1.0)},
        {"name": "usl", "title": "USL", "fitted": False, "chosen": False, "reason": "did not converge in 100 iterations", "parameters": [],
         "aicc": None, "rss_log": None, "limit_speedup": null("not fitted"), "predicted": []},
    ]  # fmt: skip


def size_points() -> list[Json]:
    points = []
    for i in range(120):
        kind, _, extra = KINDS[0 if i % 7 else 1 + (i // 7) % 4]
        megapixels = 1.2 + 17.0 * ((i * 37) % 120) / 120
        megabytes = 0.2 + 0.22 * megapixels * (0.4 + 1.2 * ((i * 53) % 97) / 97)
        noise = 1 + 0.08 * (((i * 29) % 41) / 20 - 1)
        seconds = (11.3 + 7.42 * megapixels + 9.81 * megabytes + extra) / 1000 * noise
        points.append({"item": f"photo{i:03}.{kind}", "kind": kind, "decoded": megapixels, "megabytes": megabytes, "seconds": seconds,
                       "seconds_by_decoded": seconds - 0.00981 * (megabytes - 2.2), "seconds_by_megabytes": seconds - 0.00742 * (megapixels - 9.6)})
    return points


def size_row(n: int) -> Json:
    return {
        "workers": n,
        "items": 120,
        "intercept_ms": interval(11.3 * (1 + 0.01 * n), 0.2),
        "ms_per_decoded": interval(7.42 * (1 + 0.006 * (n - 1)), 0.03),
        "ms_per_megabyte": interval(9.81 * (1 + 0.003 * (n - 1)), 0.06),
        "ms_per_written": interval(3.1, 0.3),
        "ms_per_converted": null("does not vary, or goes with earlier terms or the kind"),
        "r2": {"value": 0.962, "low": None, "high": None, "reason": "no interval for r2"},
        "kinds": [{"kind": kind, "items": items, "extra_ms": interval(extra, 0.2), "residual_ms": extra / 50, "residual_spread_ms": 11.5}
                  for kind, items, extra in KINDS[1:]]
        + [{"kind": "jpeg", "items": 850, "extra_ms": {**interval(0.0, 0.0), "method": "definition"}}],
        "leverage": {"mean": 0.006, "highest": 0.31, "highest_item": "2019/panorama-of-a-very-wide-valley.jpg", "largest": 0.22,
                     "largest_item": "2019/scan.tiff", "items_above_3_means": 12},
    }


def knee_causes() -> list[Json]:
    """One beyond what was measured, one without an upper bound, one with both, one by which there is none."""
    never = null("these causes alone keep the efficiency above 0.95 at any number of workers")
    at = (never, {**interval(90, 0), "low": 20, "high": None}, {**interval(11, 0), "low": 8, "high": 17}, {**interval(6, 0), "low": 5, "high": 8})
    labels = ("serial part alone", "and worker start", "and item size", "and contention")
    states = ("never", "found", "found", "found")
    return [{"label": label, "state": state, "workers": workers} for label, state, workers in zip(labels, states, at)]


def full_fit(cores: int = 16) -> Json:
    workers = [1, 2, 3, 4, 6, 8, 9, 10, 12, 14, 16]
    chunks = [(1, "dynamic", 1.0), (2, "dynamic", 1.004), (4, "dynamic", 1.019), (16, "dynamic", 1.121), (64, "dynamic", 1.92),
              (1, "static", 1.083), (1, "guided", 1.012), (1, "largest-first", 0.981)]  # fmt: skip
    return {
        "format": "knee-fit 1",
        "study": study_facts(cores, 240),
        "trials": {"ok": 131, "void": 2, "failed": 1, "void_reasons": [{"reason": "worker 3 wanted core 3 and ran on core 7", "count": 2}]},
        "serial": {"wall_s": interval(33.1, 0.01), "images_per_s": interval(240 / 33.1, 0.01)},
        "curve": [curve_row(n, cores, 240) for n in workers],
        "models": models(cores, workers),
        "choice": "amdahl has the smallest AICc; amdahl-overhead is 1.3 behind",
        "lack_of_fit": {"f": 1.37, "df_lack": 8, "df_error": 55, "p": 0.231},
        "knee": {"workers": 6, "low": 5, "high": 8, "reason": "", "amdahl_alone": interval(4, 0.25)},
        "phases": [phase_row(n, cores) for n in workers],
        "chunks": [{"workers": cores, "chunk": c, "policy": p, "trials": 6, "wall_s": interval(wall(cores, cores) * r),
                    "ratio_to_default": interval(r, 0.012)} for c, p, r in chunks],
        "size": [size_row(n) for n in (1, 4, 8, 16)],
        "size_points": size_points(),
        "size_decoded": "million samples decoded",
        "size_points_workers": 1,
        "init_ms": interval(44.7, 0.05),
        "counters": [
            {"name": "perf::TASK-CLOCK", "status": "ok", "reason": None, "per_item": interval(137.5e6, 0.01)},
            {"name": "perf::PAGE-FAULTS", "status": "ok", "reason": None, "per_item": interval(2210, 0.02)},
            {"name": "PAPI_TOT_CYC", "status": "unsupported", "reason": "the machine has no hardware counters", "per_item":
             null("the machine has no hardware counters")},
            {"name": "PAPI_L3_TCM", "status": "denied", "reason": "perf_event_paranoid is 3", "per_item": null("perf_event_paranoid is 3")},
        ],
        "recommendation": {"workers": 16, "chunk": 1, "policy": "largest-first", "wall_s": interval(2.94, 0.02),
                           "reason": "it is the fastest setting measured; 14 workers are slower beyond doubt"},
        "equivalence": {"trials": 131, "identical": 131, "manifest_sha256": DIGEST, "reason": None},
        "warnings": ["the clock governor was 'powersave'", "other programs used 1.3% of the machine during the study"],
        "findings": findings(workers),
        "answer": measured_answer(workers),
    }  # fmt: skip


def study_facts(cores: int, items: int) -> Json:
    return {
        "name": "media", "host": "fixture-host", "cpu_model": "Fixture Processor 9000 @ 2.50GHz", "kernel": "6.1.0-18-amd64",
        "cores": cores, "logical_cpus": 2 * cores, "memory_bytes": 2 * cores * 2**30, "machine_class": f"Fixture Processor 9000/{cores}/6",
        "created_utc": "2025-03-04T05:06:07Z", "knee_version": "v0.1-fixture",
        "libraries": "libvips 8.14.1, libavcodec 59.37.100, libjpeg-turbo 2.1.5, OpenSSL 3.0.15",
        "batch_items": 1000, "batch_bytes": 3012345678, "batch_sha256": "c0ffee" + "0" * 58, "items": items,
        "sample": "every 4th item of the batch sorted by size", "recipe_path": "pipeline/recipes/web.recipe",
        "recipe_sha256": "beef" * 16, "seed": 7, "blocks": 6,
    }  # fmt: skip


def minimal_fit() -> Json:
    workers = [1, 2, 4]
    why = "3 blocks at 2 numbers of workers are too few"
    fit: Json = {
        "format": "knee-fit 1",
        "study": {**study_facts(2, 24), "blocks": 3},
        "trials": {"ok": 12, "void": 0, "failed": 0, "void_reasons": []},
        "serial": {"wall_s": null("no serial trial counts"), "images_per_s": null("no serial trial counts")},
        "curve": [curve_row(n, 2, 24) for n in workers],
        "models": [{"name": m, "fitted": False, "chosen": False, "reason": why, "parameters": [], "aicc": None, "rss_log": None,
                    "limit_speedup": null(why), "predicted": []} for m in ("ideal", "amdahl", "amdahl-overhead", "usl")],
        "lack_of_fit": null("no model was fitted"),
        "choice": "",
        "knee": {"workers": None, "low": None, "high": None, "reason": "efficiency at 2 workers is not below 0.95 beyond doubt"},
        "phases": [phase_row(n, 2) for n in workers],
        "chunks": [],
        "size": [],
        "size_points": [],
        "init_ms": null("no worker reported its start"),
        "counters": [],
        "recommendation": {"workers": 2, "chunk": 1, "policy": "dynamic", "wall_s": null("no interval from 3 blocks"),
                           "reason": "it has a worker on each core"},
        "equivalence": {"trials": 12, "identical": 11, "manifest_sha256": DIGEST, "reason": "trial 7 (4 workers) differs in 1 output"},
        "warnings": [],
        "findings": {
            "full_workers": 2, "best_workers": 2, "efficiency_loss": "within noise",
            "batch": {"wall_s": interval(1000 / (24 / wall(2, 2))), "sampled": True}, "tests": [],
            "knee": {"state": "none", "threshold": 0.95, "causes": []},
            "equivalence": {"result": "different", "reference": "serial run"},
            "sweep": {"stopped_by": "budget", "precision_reached": None},
            "losses": no_losses("no trial that counts has the instants of its workers"),
        },
    }  # fmt: skip
    for row in fit["curve"]:
        row["trials"] = 3
        row["maxrss_mib"] = null("the kernel did not report it")
        row["wall_s"].update(low=None, high=None, reason="3 blocks give no interval")
    fit["phases"][2]["tail_core_s"] = null("no item table of this trial")
    return fit


def long_fit() -> Json:
    fit = full_fit()
    word = "incredibly-long-production-name_with^odd~characters&$signs%"
    fit["study"].update(
        name=f"{word}-{word}-2025-Q1 <final> 'quoted' \"double\"",
        host="render-node-0123456789.eu-central-1.internal.media-platform.example.com",
        cpu_model="Fixture(R) Processor(TM) Platinum 9999XYZ-with-a-very-long-suffix CPU @ 2.50GHz (stepping 7, family 6, model 143)",
        libraries="; ".join(f"library{i} {i}.{i + 1}.{i + 2}-debian12u{i}" for i in range(24)),
        recipe_path="/srv/" + "recipes/" * 20 + "web.recipe",
        sample="stratified by kind and size: " + "every 4th item, " * 12 + "sorted",
    )
    fit["warnings"] = [f"warning {i}: " + "something that takes a whole line and then some more to say, " * 3 for i in range(14)]
    fit["trials"]["void_reasons"] = [{"reason": f"reason {i}: " + "pin did not hold " * 9, "count": i + 1} for i in range(12)]
    fit["recommendation"]["reason"] = "because " + "of a reason that nobody can tell in few words, " * 9 + "really"
    fit["knee"]["reason"] = "a long reason, " * 12
    fit["curve"] = [curve_row(n, 16, 240) for n in range(1, 33)]
    fit["findings"] = findings(list(range(1, 33)))
    fit["phases"] = [phase_row(n, 16) for n in range(1, 33)]
    fit["counters"] = [{"name": f"perf_raw::EVENT_NUMBER_{i}:u=0:k=1", "status": "multiplexed", "reason": "more events than registers",
                        "per_item": null("multiplexed for 90% of the time")} for i in range(24)]  # fmt: skip
    for i, point in enumerate(fit["size_points"]):
        point["kind"] = f"kind-{i % 9}-with-a-long-name"
    fit["size"] = [size_row(n) for n in range(1, 17)]
    for row in fit["size"]:
        row["kinds"] = [{"kind": f"kind-{i}-with-a-long-name", "items": 9, "extra_ms": interval(-3.5 * i, 0.3)} for i in range(1, 9)]
    fit["chunks"] = [{"workers": n, "chunk": c, "policy": p, "trials": 6, "wall_s": interval(wall(n, 16)), "ratio_to_default":
                      interval(1 + 0.01 * c, 0.01)} for n in (8, 16) for p in ("dynamic", "static", "guided", "largest-first")
                     for c in (1, 2, 4, 8, 16)]  # fmt: skip
    return fit


def empty_fit() -> Json:
    return {
        "format": "knee-fit 1", "study": {"name": "nothing"}, "trials": {"ok": 0, "void": None, "failed": None}, "serial": {}, "curve": [],
        "models": [], "lack_of_fit": null("no trial counts"), "knee": {"workers": None, "reason": "no trial counts"},
        "phases": [], "chunks": [], "size": [], "size_points": [], "init_ms": null("no trial counts"), "counters": [],
        "recommendation": {"workers": None, "chunk": None, "policy": None, "wall_s": null("no trial counts"), "reason": "no trial counts"},
        "equivalence": {"trials": 0, "identical": 0, "manifest_sha256": None, "reason": "no serial run to compare with"}, "warnings": [],
        "findings": {
            "full_workers": None, "best_workers": None, "efficiency_loss": "not measured",
            "batch": {"wall_s": null("no trial counts"), "sampled": None}, "tests": [],
            "knee": {"state": "none", "threshold": 0.95, "causes": []}, "equivalence": {"result": "not compared", "reference": "first trial"},
            "sweep": {"stopped_by": None, "precision_reached": None}, "losses": no_losses("no trial counts"),
        },
    }  # fmt: skip


def dominated_fit(label: str) -> Json:
    """full with another first cause."""
    fit = full_fit()
    workers = [row["workers"] for row in fit["curve"]]
    fit["findings"] = findings(workers, first(label, 0.21))
    return fit


def write_record(path: str, fit: Json) -> None:
    """study.db with the study's facts, its batch, void and failed trials; the report reads no data of single items."""
    with closing(sqlite3.connect(path)) as db:
        make_tables(db)
        facts = {k: str(v) for k, v in fit["study"].items()}
        facts |= {"format": "knee-study 1", "blocks_planned": facts.get("blocks", "3"), "budget_ns": "600000000000", "plan": "{}"}
        db.executemany("INSERT INTO study VALUES (?, ?)", sorted(facts.items()))
        for kind, items, _ in KINDS:
            db.executemany(
                "INSERT INTO batch_item(path, kind, bytes, width, height) VALUES (?, ?, 3012345, 4000, 3000)",
                [(f"{kind}/{i}", kind) for i in range(items)],
            )
        insert(db, "cell", [{"id": 1, "role": "scaling", "workers": 8, "chunk": 1, "policy": "dynamic", "placement": "core", "start_method": "fork"}])
        bad = [(r["reason"], "void") for r in fit["trials"].get("void_reasons") or [] for _ in range(r["count"])]
        if fit["trials"]["failed"]:
            bad.append(("exit code 1: disk full", "failed"))
        trials = [(1, b, "ok", None, "2025-03-04T05:06:07Z") for b in range(1, 4)]
        trials += [(1, 2 + i, status, reason, "2025-03-04T05:16:47Z") for i, (reason, status) in enumerate(bad)]
        db.executemany(
            "INSERT INTO trial(cell, block, status, reason, started_utc, wall_ns, steal_ns) VALUES (?, ?, ?, ?, ?, 4300000000, 21500000)", trials
        )
        db.executemany("INSERT INTO worker(trial, slot, cpu_wanted, cpu_seen) VALUES (1, ?, ?, ?)", [(i, i, i) for i in range(8)])
        db.commit()


def predicted_fit() -> Json:
    """minimal, of which more is predicted."""
    fit = minimal_fit()
    fit["answer"] = answer("predicted", list(range(1, 17)))
    fit["three_ways"] = ways()
    return fit


def ways() -> Json:
    """Of eight cells, the last of which differs."""
    cells = [(1, 1, "dynamic"), (2, 1, "dynamic"), (4, 1, "dynamic"), (8, 1, "dynamic"), (16, 1, "dynamic"), (16, 4, "dynamic"),
             (16, 1, "static"), (16, 1, "largest-first")]  # fmt: skip
    return {
        "pool": {"workers": 16, "real_cores": 2, "share": 0.0021,
                 "words": "with 16 workers on 2 real cores, 0.21% of their time was waiting for a real core"},
        "emulated": "simulated over emulated differs most with 16 workers, largest-first: +9.4%, of which +8.9% because items took other times",
        "purpose": "emulated trials are for the tail and the serial part, not for contention",
        "rows": [{"of": "emulated", "items": 96, "workers": n, "chunk": c, "policy": p, "simulated_s": interval(9.6 / n), "replayed_s": interval(9.5 / n),
                  "emulated_s": interval(10.4 / n, 0.01), "differences": [
                      {"between": "simulated and replayed", "relative": interval(0.0105), "differ": False},
                      {"between": "replayed and emulated", "relative": interval(-0.0864), "differ": p == "largest-first"}]} for n, c, p in cells],
        "compared": 16, "differ": 1, "warnings": ["simulation, replay and emulation differ by more than their intervals in 1 of 16 comparisons"],
    }  # fmt: skip


def replay_fit() -> Json:
    """The replay of minimal: a block of its own, no intervals but those of the study."""
    fit = full_fit()
    fit["study"] = {**study_facts(16, 1000), "name": "media-replayed", "replay_of": "media", "replayed_cores": 16, "blocks": 1}
    fit["answer"] = answer("replayed", [1, 4, 6, 8, 10, 12, 14, 16])
    return fit


FITS: dict[str, Callable[[], Json]] = {
    "full": full_fit, "minimal": minimal_fit, "long": long_fit, "empty": empty_fit,
    "predicted": predicted_fit, "replayed": replay_fit,
    "slower-items": partial(dominated_fit, "slower items, per item"),
    "waiting": partial(dominated_fit, "waiting for a core"),
    "blocking": partial(dominated_fit, "blocked beyond that (locks)"),
}  # fmt: skip


def make(kind: str, folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    fit = FITS[kind]()
    write_record(os.path.join(folder, "study.db"), fit)
    with open(os.path.join(folder, "fit.json"), "w", encoding="utf-8") as stream:
        json.dump(fit, stream, indent=1)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in FITS:
        sys.exit(__doc__)
    make(sys.argv[1], sys.argv[2])
