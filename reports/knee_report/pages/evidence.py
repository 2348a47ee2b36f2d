"""Page 4: evidence and limits: equivalence, machine, method, limits and warnings, trials that do not count."""

from __future__ import annotations

import re

from .. import style, wording
from ..layout import Column, Page, wrap
from ..measure import Measure, evenly
from ..record import BadTrial
from ..rules import FAIL, judge
from ..samples import compared
from ..sentences import stop_words
from ..study import Study
from ..ways import Difference, Ways

LINE = style.BODY.size * style.BODY.leading * 25.4 / 72


TERMS = (
    ("worker", "a process that processes {item}s one after another; usually one per core"),
    ("chunk, policy", "the number of {item}s that a worker takes at once, and the rule that sets it"),
    ("cell", "one combination of workers, chunk, policy, placement and start method"),
    ("block", "one pass over all cells; comparisons within a block exclude slow drift"),
    ("tail", "the time in which some workers have finished and others still work"),
    ("95% interval", "a range that contains the true value in 95 of 100 such studies"),
    ("void trial", "a trial that is not counted because a condition of the measurement did not hold"),
)


def equivalence_words(study: Study) -> list[str]:
    same, result = study.equivalence, study.findings.equivalence
    reason = wording.capital(wording.sentence(same.reason))
    if result == "not compared":
        words = [f"Not compared: {same.reason or 'no reason was recorded'}."]
    elif result == "identical" and study.findings.reference == "serial run":
        words = [f"In all {same.trials} of {same.trials} trials every output of every {study.facts.item} was identical to the serial run's, byte for byte."]
    elif result == "identical" and study.findings.reference == "real run":
        words = [f"In all {same.trials} of {same.trials} replayed trials every output was identical to that of a real run of the batch, byte for byte."]
    elif result == "identical":
        words = [f"In all {same.trials} of {same.trials} trials the outputs were identical, byte for byte. {reason}"]
    else:
        words = [f"In {same.identical} of {same.trials} trials all outputs were identical to those of the {study.findings.reference or 'reference'}. {reason}"]
    items, number = compared(study.record.samples.trials, study.trials.hiccups)
    if items and number:
        cells = wording.plural(number, "cell")
        words[0] += f" {wording.whole(items)} {study.facts.item}s in {cells}, trials with other outputs: {'not known' if same.differing is None else wording.whole(same.differing)}."
    words.append(f"SHA-256 of the manifest: {same.manifest_sha256 or 'not recorded'}")
    return words


def quantity_words(study: Study) -> list[str]:
    """Quantities computed from the counters, with one worker and at full cores; unknown ones with their reason."""
    full = study.full_point.workers if study.full_point else 1
    known: dict[str, list[str]] = {}
    unknown: dict[str, list[str]] = {}
    for q in study.quantities:
        if q.workers in (1, full) and q.mean.value is not None:
            name = q.name.removesuffix("-per-item").replace("-", " ")
            known.setdefault(f"{name}, {q.unit}", []).append(f"{wording.cell(q.mean)} with {wording.plural(q.workers, 'worker')}")
        elif q.workers == 1:
            unknown.setdefault(q.mean.reason or "no reason was recorded", []).append(q.name)
    words = [f"{name}: {', '.join(values)}" for name, values in known.items()]
    return words + [f"not known ({why}): {', '.join(names)}" for why, names in unknown.items()]


def counter_words(study: Study) -> str:
    if not study.counters:
        return "not measured: the study recorded none"
    if study.quantities:
        return "; ".join(quantity_words(study))
    good = [f"{c.name} {wording.with_interval(c.per_item)}" for c in study.counters if c.status == "ok"]
    bad: dict[str, list[str]] = {}
    for counter in study.counters:
        if counter.status != "ok":
            bad.setdefault(f"{counter.status or 'no status'}, {counter.reason or 'no reason was recorded'}", []).append(counter.name)
    words = [f"measured, per item: {', '.join(good)}"] if good else []
    words += [f"not measured ({why}): {', '.join(names)}" for why, names in bad.items()]
    return "; ".join(words)


def machine_rows(study: Study) -> list[tuple[str, str]]:
    facts, record = study.facts, study.record
    pins = "not recorded"
    if record.unpinned_workers is not None:
        pins = "each worker was read back on its own core" if record.unpinned_workers == 0 else (
            f"{wording.plural(record.unpinned_workers, 'worker')} without a core of {'its' if record.unpinned_workers == 1 else 'their'} own: {'; '.join(record.pin_reasons) or 'no reason was recorded'}"
        )  # fmt: skip
    steal = "not recorded" if record.steal_share is None else f"{wording.significant(100 * record.steal_share, 2)}% of the wall time, summed over CPUs"
    return [
        ("host", facts.host or "not recorded"),
        ("processor", facts.cpu_model or "not recorded"),
        ("cores", f"{wording.whole(facts.cores)} physical, {wording.whole(facts.logical_cpus)} logical CPUs"),
        ("memory", wording.memory(facts.memory_bytes)),
        ("kernel", facts.kernel or "not recorded"),
        ("libraries", facts.libraries or "not recorded"),
        ("counters", counter_words(study)),
        ("pinning", pins),
        ("CPU time stolen", steal),
    ]


def batch_rows(study: Study) -> list[tuple[str, str]]:
    facts, record = study.facts, study.record
    kinds = ", ".join(f"{wording.whole(items)} {kind or 'of unknown kind'}" for kind, items, _ in record.kinds) or "not recorded"
    mean = facts.batch_bytes / facts.batch_items if facts.batch_bytes and facts.batch_items else None
    size = f"{wording.plural(facts.batch_items, facts.item)}, {wording.megabytes(facts.batch_bytes)}"
    made = "recipe" if facts.item == "image" else "command"
    digests = [(made, facts.recipe_path or "not recorded"), (f"{made} digest", facts.recipe_sha256 or "not recorded")]
    by = ("made by", f"knee {facts.knee_version or 'of unknown version'}")
    if not facts.counts_items:
        return [*digests, by]
    return [
        ("batch", f"{size}{f', {wording.megabytes(mean)} on average' if mean else ''}; {kinds}"),
        ("batch digest", facts.batch_sha256 or "not recorded"),
        ("in each trial", f"{wording.plural(facts.items, facts.item)}; sample: {facts.sample or 'not recorded'}"),
        *digests,
        by,
    ]


def interval_words(study: Study) -> str:
    """How the intervals of the curve were made. Degrees of freedom differ from point to point: they are in fit.json."""
    used: dict[str, list[str]] = {}
    for name, field in (("wall time", "wall_s"), ("throughput", "images_per_s"), ("speedup", "speedup"), ("efficiency", "efficiency")):
        for point in study.curve:
            measure = getattr(point, field)
            method = re.sub(r",? \d+ (df|blocks?|trials?)\b", "", measure.method)
            if method and not measure.is_exact and name not in used.setdefault(method, []):
                used[method].append(name)
    return "; ".join(f"{', '.join(names)}: {method}" for method, names in used.items()) or "method not recorded"


def cache_words(cache: str) -> str:
    if cache == "cold":
        return "Input files are dropped from the page cache before every trial as far as the kernel allows: reading them from disk is measured."
    if cache in ("", "warm"):
        return "Input files are in the page cache: reading from disk is not measured."
    return f"The page cache is {cache}."


def method_words(study: Study) -> list[str]:
    facts, record = study.facts, study.record
    planned = record.study.get("blocks_planned", "")
    blocks = wording.plural(facts.blocks, "block")
    # A sweep that ends by its precision plans more blocks than it will need.
    if planned and planned != str(facts.blocks) and not study.findings.precision_reached:
        blocks += f" of {planned} planned"
    how = interval_words(study)
    seed = "seed not recorded" if facts.seed is None else f"seed {facts.seed}"
    prepares = " (watermark, font)" if facts.item == "image" else ""
    init = f"Initialising a worker{prepares} takes {wording.with_interval(study.init_ms, 'ms')}." if study.init_ms.value is not None else (
        f"Time to initialise a worker: {wording.why_missing(study.init_ms)}.")  # fmt: skip
    ended = stop_words(study) if study.findings.stopped_by else "Why the sweep ended was not recorded."
    return [
        "T(n): wall time with n workers, from the start of the serial prefix until the last output is stored and the manifest is written. "
        "Speedup S(n) = T(1) / T(n), with T(1) of the same block; efficiency E(n) = S(n) / n. "
        f"Knee: the smallest n whose efficiency is below {wording.threshold(study.findings.knee_threshold)} beyond doubt.",
        f"Each trial is a fresh process; every cell runs once in each block, in random order ({seed}); {blocks}. "
        f"First trial {wording.instant(record.first_started_utc)}, last {wording.instant(record.last_started_utc)}. "
        f"{ended} {cache_words(record.study.get('cache', ''))}",
        f"Intervals: {how}. {init}",
    ]


def limit_words(study: Study) -> list[str]:
    limits = [*(study.ways.warnings if study.ways else ()), *study.warnings]
    if study.findings.sampled:
        limits.append(
            f"each trial processed a sample, {wording.whole(study.facts.items)} of {wording.plural(study.facts.batch_items, study.facts.item)};"
            " times of the whole batch are computed"
        )
    if any(p.oversubscribed for p in study.curve):
        limits.append(
            f"with more than {wording.plural(study.facts.cores, 'worker')}, workers share cores: these points show the effect of too many workers, not of more cores"
        )
    if study.replayed:
        limits.append(
            f"replayed trials run the real pool with up to {wording.plural(study.replayed.facts.cores, 'worker')} on {wording.whole(study.facts.cores)} cores, and items wait for"
            " their measured time: start, dispatch, serial parts, tail and outputs are real; contention is as far as it was measured"
        )
    if study.emulated:
        limits.append(
            f"the {wording.plural(study.emulated.facts.cores, 'emulated core')} are CPU quotas of {wording.whole(study.facts.cores)} real ones: worker start, "
            "dispatch, serial parts and the tail are as on real cores; caches, memory and disks are not"
        )
    scope = "machine, batch and recipe" if study.facts.item == "image" else "machine and command"
    limits.append(f"the results hold for this {scope}; another machine needs its own study")
    return [wording.capital(wording.sentence(w.replace("+-", "\u00b1"))) for w in limits]


FIRST_SHARE = re.compile(r"^(.*? )(\d+(?:\.\d+)?)(%.*)$")


def joined_reason(reasons: list[str]) -> str:
    """Reasons that differ only in their first percentage, as one: "... used 7.5 to 29.3% of the CPU time"."""
    found = [match for match in map(FIRST_SHARE.match, reasons) if match]
    if len(found) < len(reasons) or len(set(reasons)) < 2:
        return reasons[0]
    shares = sorted((match.group(2) for match in found), key=float)
    return f"{found[0].group(1)}{shares[0]} to {shares[-1]}{found[0].group(3)}"


def bad_rows(study: Study) -> list[list[str]]:
    """Void and failed trials; those with the same status and reason together, whatever its percentage."""
    bad = [(trial.status, trial.reason, _place(trial)) for trial in study.record.bad_trials]
    if not bad:
        bad = [("void", reason, "") for reason, count in study.trials.void_reasons for _ in range(count)]
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for status, reason, where in bad:
        groups.setdefault((status, FIRST_SHARE.sub(r"\1\3", reason)), []).append((reason, where))
    return [
        [status, str(len(cells)), joined_reason([reason for reason, _ in cells]), cells[0][1] + (", ..." if len(cells) > 1 else "")]
        for (status, _), cells in groups.items()
    ]


def _place(trial: BadTrial) -> str:
    workers = "workers not recorded" if trial.workers is None else wording.plural(trial.workers, "worker")
    return f"{workers}, block {'?' if trial.block is None else trial.block}"


def _facts(page: Page, y: float, rows: list[tuple[str, str]], most: int, x: float = style.LEFT, width: float = style.WIDTH, label: float = 27.0) -> float:
    for name, words in rows:
        page.text(x, y, name, style.BODY.coloured(style.SOFT))
        y = page.paragraph(x + label, y, width - label, words, style.BODY, most=most)
    return y


WIDE = {"libraries": 2, "counters": 3}  # rows of the machine that need the whole width, and their lines at most


def _setup(page: Page, study: Study, y: float) -> float:
    """Machine and batch in two columns, and what needs the whole width below them. Digests are in report.html in full."""
    right = style.LEFT + style.HALF + style.GUTTER
    machine = machine_rows(study)
    batch = [(name, words[:16] + "\u2026" if name.endswith("digest") and len(words) == 64 else words) for name, words in batch_rows(study)]
    page.heading(y, "Batch and recipe" if study.facts.item == "image" else "Command", x=right, width=style.HALF)
    y = page.heading(y, "Machine", width=style.HALF)
    left_end = _facts(page, y, [row for row in machine if row[0] not in WIDE], 2, width=style.HALF)
    right_end = _facts(page, y, batch, 2, right, style.HALF, 24.0)
    y = max(left_end, right_end) + 0.8
    for row in machine:
        y = _facts(page, y, [row], WIDE[row[0]]) if row[0] in WIDE else y
    return y


RULE_COLUMNS = (Column("rule", 2.9), Column("verdict", 1.15), Column("evidence", 7.2))


def _rules(page: Page, study: Study, y: float) -> float:
    y = page.heading(y, "The twelve rules of Hoefler and Belli (SC'15)")
    judged = judge(study)
    failed = [place for place, rule in enumerate(judged) if rule.verdict == FAIL]
    return page.table(y, RULE_COLUMNS, [[f"{r.number} {r.rule}", r.verdict, r.evidence] for r in judged], row_height=3.55, strong=failed)


def _bullets(page: Page, y: float, words: list[str], floor: float) -> float:
    """One bullet for each text; those that do not fit above floor are counted."""
    for index, text in enumerate(words):
        lines = wrap(text, style.BODY, style.WIDTH - 4, most=2)
        left = len(words) - index
        if y + (len(lines) + (1 if left > 1 else 0)) * LINE > floor:
            return page.paragraph(style.LEFT + 4, y, style.WIDTH - 4, f"and {wording.whole(left)} more: see fit.json", style.BODY)
        page.text(style.LEFT, y, "\u2022", style.BODY)
        for line in lines:
            y = page.text(style.LEFT + 4, y, line, style.BODY)
    return y


def _terms(page: Page, study: Study, y: float) -> None:
    """The meaning of the report's words, when the page has room for it."""
    if y + 8 + LINE * len(TERMS) > style.BOTTOM:
        return
    _facts(page, page.heading(y, "Terms"), [(name, words.replace("{item}", study.facts.item)) for name, words in TERMS], most=1)


def bad_heading(study: Study) -> str:
    return "Disturbed trials, which count on a noisy machine, and trials that do not count" if study.trials.noisy else "Trials that do not count"


def count_words(study: Study) -> list[str]:
    """Where no trial has a reason to be listed: whether all count."""
    counts = [f"{n} {word}" for n, word in ((study.trials.void, "void"), (study.trials.failed, "failed")) if n is not None]
    if bad_rows(study):
        return []
    if counts and not study.trials.void and not study.trials.failed:
        return ["Every trial counts."]
    return [f"Trials that do not count: {', '.join(counts) or 'their number was not recorded'}; no reasons were recorded."]


def _bad_trials(page: Page, study: Study, y: float, room: int) -> float:
    rows = bad_rows(study)
    if not rows:
        return y
    y = page.heading(y, bad_heading(study))
    columns = (Column("status", 0.7), Column("trials", 0.6, "right"), Column("reason", 6.2), Column("first trial", 2.4))
    shown = rows[: room if len(rows) <= room else room - 1]
    y = page.table(y, columns, shown)
    if len(shown) < len(rows):
        y = page.text(style.LEFT, y, f"and {len(rows) - len(shown)} more reasons: see study.db", style.SMALL)
    return y


WAYS_COLUMNS = (
    Column("items", 0.6, "right"),
    Column("workers", 0.8, "right"),
    Column("chunk, policy", 1.9),
    Column("simulated, s", 1.7, "right"),
    Column("replayed, s", 1.7, "right"),
    Column("emulated, s", 1.7, "right"),
    Column("largest difference", 3.0),
)
MOST_WAYS = 4


def difference_words(difference: Difference | None) -> str:
    if difference is None or difference.relative.value is None:
        return wording.DASH
    share = wording.fixed(100 * difference.relative.value, 1)
    sign = "+" if difference.relative.value > 0 else ""
    return f"{sign}{share}%, {difference.between}{' (differ)' if difference.differ else ''}"


def ways_seconds(measure: Measure) -> str:
    """ "1.37 ±0.4%": a simulation of a replay has hardly any interval, which would take all digits."""
    if measure.value is None or measure.low is None or measure.high is None:
        return wording.cell(measure)
    half = (measure.high - measure.low) / 2 / measure.value
    return f"{wording.significant(measure.value)} ±{wording.fixed(100 * half, 1)}%"


def ways_rows(ways: Ways, most: int = MOST_WAYS) -> list[list[str]]:
    """At most `most` rows, evenly from the first to the last."""
    return [
        [
            wording.whole(row.items),
            wording.whole(row.workers),
            wording.chunk_policy(row.chunk, row.policy),
            ways_seconds(row.simulated),
            ways_seconds(row.replayed),
            ways_seconds(row.emulated),
            difference_words(row.largest),
        ]
        for row in (ways.rows[i] for i in evenly(len(ways.rows), most))
    ]


def ways_words(ways: Ways, shown: int) -> str:
    words = f"Differ by more than their intervals: {wording.whole(ways.differ)} of {wording.whole(ways.compared)} comparisons."
    if ways.purpose:
        words += f" {wording.capital(wording.sentence(ways.purpose))}"
    if ways.emulated:
        words += f" {wording.capital(wording.sentence(ways.emulated))}"
    if ways.pool:
        words += f" The replayed pool: {wording.sentence(ways.pool)}"
    return words + (f" {shown} of {len(ways.rows)} rows; all are in fit.json." if shown < len(ways.rows) else "")


def _ways(page: Page, study: Study, y: float) -> float:
    if study.ways is None or not study.ways.rows:
        return y
    y = page.heading(y + 3.2, "Simulation, replay and emulation of the same items")
    rows = ways_rows(study.ways)
    y = page.table(y, WAYS_COLUMNS, rows, row_height=4.0)
    return page.paragraph(style.LEFT, y + 0.4, style.WIDTH, ways_words(study.ways, len(rows)), style.SMALL, most=3)


def draw(page: Page, study: Study) -> None:
    y = page.heading(22, "Equivalence: outputs at every worker count")
    for words in equivalence_words(study):
        y = page.paragraph(style.LEFT, y, style.WIDTH, words, most=2)
    y = _rules(page, study, y + 2.4)
    y = _setup(page, study, y + 2.4)
    y = page.heading(y + 2.4, "Method")
    for words in method_words(study):
        y = page.paragraph(style.LEFT, y, style.WIDTH, words, most=4) + 0.6
    y = _ways(page, study, y)

    groups = len(bad_rows(study))
    room = min(groups, 4)
    reserved = 17.0 + 4.3 * room if groups else 0.0
    y = page.heading(y + 2.4, "Limits and warnings")
    y = _bullets(page, y, count_words(study) + limit_words(study), style.BOTTOM - reserved)
    _terms(page, study, _bad_trials(page, study, y + 3, room) + 4)
