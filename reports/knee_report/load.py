"""Reads a study's folder, fit.json and study.db (docs/formats.md), into the records of study.py.

A part that is missing or null becomes a Measure without a value, an empty tuple or None, never 0. What makes a study
unreadable as a whole raises StudyError with one line that names the file and the remedy.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

from .answer import parse_answer
from .findings import parse_findings
from .measure import Json, Measure, count, finite, missing, parse_measure, rows, section, text
from .nothing import fit_of_nothing
from .record import Record, StudyError, count_disturbed, counts_nothing, open_record, query_record
from .study import (
    Chunk,
    Counter,
    CurvePoint,
    NodesPoint,
    Equivalence,
    Facts,
    KindTerm,
    Knee,
    LackOfFit,
    Leverage,
    Model,
    Parameter,
    Phases,
    Prediction,
    Quantity,
    Recommendation,
    SizeFit,
    SizePoint,
    Study,
    Trials,
)
from .ways import parse_ways

FORMAT = "knee-fit 1"


def load_study(folder: str) -> Study:
    """The study in a folder that holds study.db and fit.json; without the latter where no trial counts."""
    path = os.path.join(folder, "fit.json")
    with open_record(os.path.join(folder, "study.db")) as db:
        if counts_nothing(db) and not (os.path.exists(path) and parse_trials(read_fit(path)).noisy):
            record = query_record(db)
            return parse_study(fit_of_nothing(record, os.path.basename(os.path.abspath(folder))), record)
        fit = read_fit(path)
        if parse_trials(fit).noisy:
            count_disturbed(db)
        return parse_study(fit, query_record(db, parse_trials(fit).hiccups))


def read_fit(path: str) -> Json:
    if os.path.exists(path) and not os.path.isfile(path):  # open() would wait for a FIFO
        raise StudyError(f"{path} is not a regular file: remove it, and run 'knee fit' on the study")
    try:
        with open(path, encoding="utf-8") as stream:
            fit = json.load(stream)
    except OSError as error:
        raise StudyError(f"{path} cannot be read ({error.strerror}): run 'knee fit' on the study") from error
    except ValueError as error:
        raise StudyError(f"{path} is not JSON ({error}): make it again with 'knee fit'") from error
    if not isinstance(fit, dict) or fit.get("format") != FORMAT:
        raise StudyError(f"{path} is not in the format '{FORMAT}': make it again with 'knee fit' of this version")
    if "findings" not in fit:
        raise StudyError(f"{path} was made by an older version: make it again with 'knee fit'")
    return fit


def measures(raw: Json, *names: str) -> dict[str, Measure]:
    return {name: parse_measure(raw.get(name), name) for name in names}


def parse_trials(fit: Json) -> Trials:
    raw = section(fit.get("trials"))
    return Trials(
        count(raw.get("ok")),
        count(raw.get("void")),
        count(raw.get("failed")),
        tuple((text(r.get("reason")), count(r.get("count")) or 0) for r in rows(raw.get("void_reasons"))),
        tuple(count(r.get("trial")) or 0 for r in rows(fit.get("hiccups")) if r.get("kept") is not True),
        raw.get("disturbed_count") is True,
        count(raw.get("items_failed")) or 0,
    )


def parse_facts(raw: Json) -> Facts:
    return Facts(
        name=text(raw.get("name")) or "unnamed study",
        host=text(raw.get("host")),
        cpu_model=text(raw.get("cpu_model")),
        kernel=text(raw.get("kernel")),
        machine_class=text(raw.get("machine_class")),
        created_utc=text(raw.get("created_utc")),
        knee_version=text(raw.get("knee_version")),
        libraries=text(raw.get("libraries")),
        batch_sha256=text(raw.get("batch_sha256")),
        sample=text(raw.get("sample")),
        recipe_path=text(raw.get("recipe_path")),
        recipe_sha256=text(raw.get("recipe_sha256")),
        cores=count(raw.get("cores")),
        weak=raw.get("scaling") == "weak",
        emulated=count(raw.get("emulated_cores")) is not None,
        replay_of=text(raw.get("replay_of")),
        item="image",
        logical_cpus=count(raw.get("logical_cpus")),
        memory_bytes=count(raw.get("memory_bytes")),
        batch_items=count(raw.get("batch_items")),
        batch_bytes=count(raw.get("batch_bytes")),
        items=count(raw.get("items")),
        seed=count(raw.get("seed")),
        blocks=count(raw.get("blocks")),
    )


def parse_single(raw: Json) -> tuple[int, float] | None:
    trial, speedup = count(raw.get("trial")), finite(raw.get("speedup"))
    return None if trial is None or speedup is None else (trial, speedup)


def parse_curve(raw: Json) -> CurvePoint | None:
    workers = count(raw.get("workers"))
    if workers is None:
        return None
    names = ("wall_s", "images_per_s", "speedup", "efficiency", "karp_flatt", "cpu_s_per_item", "maxrss_mib")
    return CurvePoint(
        workers=workers,
        trials=count(raw.get("trials")),
        oversubscribed=raw.get("oversubscribed") is True,
        trial_speedups=tuple(s for s in map(parse_single, rows(raw.get("trial_speedups"))) if s),
        **measures(raw, *names),
    )


def parse_nodes(raw: Json) -> NodesPoint | None:
    nodes, workers = count(raw.get("nodes")), count(raw.get("workers"))
    if nodes is None or workers is None:
        return None
    core_s = {cause: seconds for cause, seconds in ((name, finite(x)) for name, x in section(raw.get("core_s")).items()) if seconds is not None}
    total = core_s.pop("total", 0.0)
    return NodesPoint(
        nodes,
        workers,
        on_curve=raw.get("on_curve") is True,
        trials=count(raw.get("trials")),
        shares={cause: seconds / total for cause, seconds in core_s.items()} if total > 0 else {},
        **measures(raw, "wall_s", "speedup", "efficiency"),
    )


def parse_prediction(raw: Json) -> Prediction | None:
    workers, speedup = count(raw.get("workers")), finite(raw.get("speedup"))
    if workers is None or speedup is None:
        return None
    low, high = finite(raw.get("low")), finite(raw.get("high"))
    least, most = finite(raw.get("union_low")), finite(raw.get("union_high"))
    if least is None or most is None or low is None or high is None:
        return Prediction(workers, speedup, low, high)
    return Prediction(workers, speedup, least, most, undecided=least < 0.999 * low or most > 1.001 * high)


def parse_model(raw: Json) -> Model:
    return Model(
        name=text(raw.get("name")),
        title=text(raw.get("title")) or text(raw.get("name")),
        fitted=raw.get("fitted") is True,
        chosen=raw.get("chosen") is True,
        reason=text(raw.get("reason")),
        parameters=tuple(
            Parameter(text(p.get("name")), text(p.get("unit")), parse_measure(p, text(p.get("name")))) for p in rows(raw.get("parameters"))
        ),
        aicc=finite(raw.get("aicc")),
        limit_speedup=parse_measure(raw.get("limit_speedup"), "limit_speedup"),
        predicted=tuple(p for p in map(parse_prediction, rows(raw.get("predicted"))) if p is not None),
    )


def parse_lack_of_fit(raw: Any) -> LackOfFit:
    fields = section(raw)
    reason = text(fields.get("reason")) or ("" if fields else "fit.json has no lack of fit test")
    return LackOfFit(finite(fields.get("f")), count(fields.get("df_lack")), count(fields.get("df_error")), finite(fields.get("p")), reason)


def parse_knee(raw: Any) -> Knee:
    fields = section(raw)
    return Knee(
        workers=count(fields.get("workers")),
        low=count(fields.get("low")),
        high=count(fields.get("high")),
        amdahl_alone=parse_measure(fields.get("amdahl_alone"), "knee of the serial fraction alone"),
        reason=text(fields.get("reason")) or ("" if fields else "fit.json has no knee"),
    )


def parse_phases(raw: Json) -> Phases | None:
    workers = count(raw.get("workers"))
    if workers is None:
        return None
    names = ("prefix_s", "spawn_s", "init_s", "work_s", "suffix_s", "tail_core_s", "dispatch_core_s")
    return Phases(workers=workers, **measures(raw, *names))


def parse_chunk(raw: Json) -> Chunk | None:
    workers = count(raw.get("workers"))
    if workers is None:
        return None
    return Chunk(
        workers=workers,
        chunk=count(raw.get("chunk")),
        policy=text(raw.get("policy")),
        trials=count(raw.get("trials")),
        wall_s=parse_measure(raw.get("wall_s"), "wall_s"),
        ratio=parse_measure(raw.get("ratio_to_default"), "ratio_to_default"),
    )


def parse_leverage(raw: Json) -> Leverage:
    return Leverage(
        finite(raw.get("mean")),
        finite(raw.get("highest")),
        text(raw.get("highest_item")),
        finite(raw.get("largest")),
        text(raw.get("largest_item")),
        count(raw.get("items_above_3_means")),
    )


def parse_size(raw: Json) -> SizeFit | None:
    workers = count(raw.get("workers"))
    if workers is None:
        return None
    kinds = tuple(
        KindTerm(
            text(k.get("kind")),
            count(k.get("items")),
            parse_measure(k.get("extra_ms"), "extra_ms"),
            finite(k.get("residual_ms")),
            finite(k.get("residual_spread_ms")),
        )
        for k in rows(raw.get("kinds"))
    )
    return SizeFit(
        workers=workers,
        items=count(raw.get("items")),
        kinds=kinds,
        leverage=parse_leverage(section(raw.get("leverage"))),
        **measures(raw, "intercept_ms", "ms_per_decoded", "ms_per_megabyte", "ms_per_written", "ms_per_converted", "r2"),
    )


def parse_size_point(raw: Json) -> SizePoint | None:
    size, seconds = {}, {}
    for name in ("decoded", "megabytes"):
        at, took = finite(raw.get(name)), finite(raw.get(f"seconds_by_{name}"))
        if at is None or took is None:
            return None
        size[name], seconds[name] = at, took
    return SizePoint(text(raw.get("item")), text(raw.get("kind")), size, seconds)


def item_word(record: Record, facts: Facts) -> str:
    if record.study.get("subject") != "command":
        return "image"
    return "item" if record.kinds or facts.items else "run"


def parse_study(fit: Json, record: Record) -> Study:
    serial = section(fit.get("serial"))
    advice, same = section(fit.get("recommendation")), section(fit.get("equivalence"))
    facts = parse_facts(section(fit.get("study")))
    return Study(
        facts=replace(facts, item=item_word(record, facts)),
        trials=parse_trials(fit),
        serial_wall_s=parse_measure(serial.get("wall_s"), "serial run"),
        serial_images_per_s=parse_measure(serial.get("images_per_s"), "serial run"),
        curve=tuple(sorted((p for p in map(parse_curve, rows(fit.get("curve"))) if p), key=lambda p: p.workers)),
        models=tuple(map(parse_model, rows(fit.get("models")))),
        choice=text(fit.get("choice")),
        lack_of_fit=parse_lack_of_fit(fit.get("lack_of_fit")),
        knee=parse_knee(fit.get("knee")),
        phases=tuple(sorted((p for p in map(parse_phases, rows(fit.get("phases"))) if p), key=lambda p: p.workers)),
        nodes=tuple(p for p in map(parse_nodes, rows(fit.get("nodes"))) if p),
        chunks=tuple(c for c in map(parse_chunk, rows(fit.get("chunks"))) if c),
        size=tuple(sorted((s for s in map(parse_size, rows(fit.get("size"))) if s), key=lambda s: s.workers)),
        size_points=tuple(p for p in map(parse_size_point, rows(fit.get("size_points"))) if p),
        size_decoded=text(fit.get("size_decoded")) or "decoded",
        size_points_workers=count(fit.get("size_points_workers")) or 1,
        init_ms=parse_measure(fit.get("init_ms"), "init_ms"),
        counters=tuple(
            Counter(text(c.get("name")), text(c.get("status")), text(c.get("reason")), parse_measure(c.get("per_item"), "per_item"))
            for c in rows(fit.get("counters"))
        ),
        quantities=tuple(
            Quantity(text(q.get("name")), text(q.get("unit")), count(q.get("workers")) or 1, parse_measure(q.get("mean"), "mean"))
            for q in rows(section(fit.get("counter_formulas")).get("values"))
        ),
        recommendation=Recommendation(
            count(advice.get("workers")),
            count(advice.get("chunk")),
            text(advice.get("policy")),
            parse_measure(advice.get("wall_s"), "wall_s") if advice else missing("fit.json has no recommendation"),
            text(advice.get("reason")) or ("" if advice else "fit.json has no recommendation"),
        ),
        equivalence=Equivalence(
            count(same.get("trials")), count(same.get("identical")), text(same.get("manifest_sha256")), text(same.get("reason"))
        ),
        findings=parse_findings(section(fit.get("findings"))),
        answer=parse_answer(section(fit.get("answer"))),
        ways=parse_ways(fit.get("three_ways")),
        warnings=tuple(text(w) for w in fit.get("warnings") or []),
        record=record,
    )
