"""In place of fit.json, of a study in which no trial of the scaling curve counts: the facts, the trials, and why nothing
could be estimated. 'knee fit' refuses such a study; a report of it still shows what was tried and what went wrong."""

from __future__ import annotations

from collections import Counter

from .measure import Json
from .record import Record

NUMBERS = ("cores", "logical_cpus", "memory_bytes", "batch_items", "batch_bytes", "items", "seed", "emulated_cores", "replayed_cores")
WORDS = ("scaling", "host", "cpu_model", "kernel", "machine_class", "created_utc", "knee_version", "libraries", "batch_sha256", "sample", "recipe_path",
         "recipe_sha256", "replay_of")  # fmt: skip


def _number(words: str | None) -> int | None:
    return int(words) if words and words.lstrip("-").isdigit() else None


def fit_of_nothing(record: Record, name: str) -> Json:
    facts, trials = record.study, record.samples.trials
    status = Counter(t.status for t in trials)
    why = f"no trial of the scaling curve counts ({len(trials)} trials, {status['void']} void, {status['failed']} failed)"
    null: Json = {"value": None, "reason": why}
    reasons = Counter(t.reason for t in record.bad_trials if t.status == "void")
    return {
        "format": "knee-fit 1",
        "study": {"name": name, **{key: facts.get(key) for key in WORDS}, **{key: _number(facts.get(key)) for key in NUMBERS}, "blocks": 0},
        "trials": {"ok": status["ok"], "void": status["void"], "failed": status["failed"],
                   "void_reasons": [{"reason": reason, "count": count} for reason, count in reasons.most_common()]},
        "serial": {"wall_s": null, "images_per_s": null}, "curve": [], "models": [], "choice": "", "lack_of_fit": null,
        "knee": {"workers": None, "reason": why}, "phases": [], "chunks": [], "size": [], "size_points": [], "init_ms": null, "counters": [],
        "recommendation": {"workers": None, "chunk": None, "policy": None, "wall_s": null, "reason": why},
        "equivalence": {"trials": None, "identical": None, "manifest_sha256": None, "reason": why},
        "warnings": [f"{why}: sweep again, and remove what made them void: a quieter machine, or --noise with a larger share"] if status["void"] else [why],
        "findings": {
            "full_workers": None, "best_workers": None, "efficiency_loss": "not measured", "batch": {"wall_s": null, "sampled": None}, "tests": [],
            "knee": {"state": "none", "threshold": None, "causes": []}, "equivalence": {"result": "not compared", "reference": ""},
            "sweep": {"stopped_by": facts.get("stopped_by"), "precision_reached": facts.get("precision_reached")},
            "losses": {"workers": None, "reason": why, "causes": [], "by_workers": []},
        },
    }  # fmt: skip
