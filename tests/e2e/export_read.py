"""Reads what `knee export` wrote with parsers that know nothing of knee, and holds it against study.db.

    export_read.py CHECK FILE STUDY

Exit 0 and "ok" when the file is as it has to be; else a traceback says what differs.
"""

from __future__ import annotations

import csv
import json
import pathlib
import re
import sqlite3
import statistics
import sys
from collections.abc import Callable
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))
from tap import equal, near  # noqa: E402
TRIALS = """SELECT c.workers, t.wall_ns / 1e9, t.block, t.id, t.user_ns / 1e9, t.system_ns / 1e9, t.items
            FROM trial t JOIN cell c ON c.id = t.cell WHERE t.status = 'ok' AND c.role = 'scaling' ORDER BY t.id"""


def rows(study: str, query: str = TRIALS) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{study}/study.db?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()


def load(path: str) -> Any:
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


def validate(value: Any, schema: pathlib.Path) -> None:
    import jsonschema

    described = load(str(schema))
    jsonschema.Draft202012Validator.check_schema(described)
    jsonschema.Draft202012Validator(described).validate(value)


# --- formats --------------------------------------------------------------------------------------------------------

def check_csv(path: str, study: str) -> None:
    with open(path, encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream, strict=True))
    wanted = rows(study)
    equal([(int(r["workers"]), int(r["block"]), int(r["trial"])) for r in table], [(r[0], r[2], r[3]) for r in wanted])
    for got, row in zip(table, wanted):
        near(float(got["seconds"]), row[1], 1e-9)


def check_json(path: str, study: str) -> None:
    """Any table: the schema, and as many rows as the table has."""
    document = load(path)
    validate(document, ROOT / "docs" / "schemas" / "export.schema.json")
    equal(len(document["rows"]), rows(study, f"SELECT count(*) FROM {document['table'].rstrip('s')}")[0][0])
    equal([point["workers"] for point in document["scaling"]], sorted({r[0] for r in rows(study)}))


def scaling_cells(study: str) -> list[list[str]]:
    """Workers, trials and the wall time's value for each row of the table."""
    times: dict[int, list[float]] = {}
    for row in rows(study):
        times.setdefault(row[0], []).append(row[1])
    return [[str(n), str(len(t)), f"{statistics.geometric_mean(t):.6g}"] for n, t in sorted(times.items())]


def check_cells(table: list[list[str]], study: str) -> None:
    """A table of texts: its heading, and rows whose wall times round to those of the study."""
    equal([cell.strip() for cell in table[0]], ["workers", "trials", "wall time [s]", "speedup", "efficiency", "core-hours"])
    wanted = scaling_cells(study)
    equal(len(table) - 1, len(wanted))
    for got, row in zip(table[1:], wanted):
        equal([re.sub(r"\D", "", cell) for cell in got[:2]], row[:2])
        interval = re.fullmatch(r"\s*([\d.]+) \(([\d.]+) to ([\d.]+)\)\s*", got[2])
        assert interval, f"no interval in {got[2]!r}"
        value, low, high = (float(text) for text in interval.groups())
        digits = len(interval.group(1).partition(".")[2])
        assert abs(value - float(row[2])) <= 0.51 * 10**-digits, f"{value} is not {row[2]}"
        assert low <= value <= high


def check_markdown(path: str, study: str) -> None:
    """Through Python-Markdown's tables: HTML, which is XML here."""
    import importlib
    import xml.etree.ElementTree as xml

    markdown: Any = importlib.import_module("markdown")
    text = pathlib.Path(path).read_text(encoding="utf-8")
    page = xml.fromstring("<page>" + markdown.markdown(text, extensions=["tables"]) + "</page>")
    assert page.find("h3") is not None and len(page.findall("ul/li")) >= 5
    check_cells([["".join(cell.itertext()) for cell in line] for line in page.iter("tr")], study)


def check_latex(path: str, study: str) -> None:
    """Through pylatexenc, without tolerance: environments and braces match."""
    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

    text = pathlib.Path(path).read_text(encoding="utf-8")
    nodes = LatexWalker(text, tolerant_parsing=False).get_latex_nodes()[0]
    outer = next(n for n in nodes if isinstance(n, LatexEnvironmentNode))
    inner = next(n for n in outer.nodelist if isinstance(n, LatexEnvironmentNode))
    equal([outer.environmentname, inner.environmentname], ["table", "tabular"])
    body = re.search(r"\\begin\{tabular\}\{r*\}(.*)\\end\{tabular\}", text, re.DOTALL)
    assert body
    lines = [line for line in body.group(1).replace("\\hline", "").split("\\\\") if line.strip()]
    check_cells([[LatexNodes2Text().latex_to_text(cell) for cell in re.split(r"(?<!\\)&", line)] for line in lines], study)


def check_hyperfine(path: str, study: str) -> None:
    results = load(path)["results"]
    wanted: dict[int, list[tuple[Any, ...]]] = {}
    for row in rows(study):
        wanted.setdefault(row[0], []).append(row)
    equal([int(r["parameters"]["workers"]) for r in results], sorted(wanted))
    for result in results:
        trials = wanted[int(result["parameters"]["workers"])]
        times = [row[1] for row in trials]
        for name, value in (("mean", statistics.mean(times)), ("median", statistics.median(times)), ("min", min(times)),
                            ("max", max(times)), ("stddev", statistics.stdev(times)),
                            ("user", statistics.mean(row[4] for row in trials)),
                            ("system", statistics.mean(row[5] for row in trials))):
            near(result[name], value, 1e-9)
        for got, time in zip(result["times"], times, strict=True):
            near(got, time, 1e-9)
        equal(result["exit_codes"], [0] * len(times))
        equal(result["blocks"], [row[2] for row in trials])


def check_keys_of_hyperfine(path: str, other: str) -> None:
    """A file of hyperfine's own (other): every key of it is there, with a value of the same type."""
    def types(result: dict[str, Any]) -> dict[str, str]:
        return {key: type(value).__name__ for key, value in result.items()}

    ours, theirs = types(load(path)["results"][0]), types(load(other)["results"][0])
    equal({key: ours.get(key) for key in theirs}, theirs)
    equal(set(ours) - set(theirs), {"blocks"})


def check_benchmark(path: str, study: str) -> None:
    """Through the tools of Google Benchmark. An iteration is an item: wall time over items."""
    sys.path.insert(0, "/usr/share/benchmark")
    from gbench import util

    document = util.load_benchmark_results(path)
    equal(document["context"]["iteration"], "an item")
    for entry, row in zip(document["benchmarks"], rows(study), strict=True):
        equal((entry["threads"], entry["block"], entry["iterations"], entry["run_type"]), (row[0], row[2], row[6], "iteration"))
        near(entry["real_time"], 1000 * row[1] / row[6], 1e-7)
        near(entry["cpu_time"], 1000 * (row[4] + row[5]) / row[6], 1e-7)
    ordered = util.sort_benchmark_results(document)["benchmarks"]
    equal(len({(e["run_name"], e["repetition_index"]) for e in ordered}), len(ordered))


def check_openmetrics(path: str, study: str) -> None:
    """Through the parser of Prometheus' client, which knows types, units and labels."""
    import importlib

    parser: Any = importlib.import_module("prometheus_client.openmetrics.parser")
    with open(path, encoding="utf-8") as stream:
        families = {family.name: family for family in parser.text_string_to_metric_families(stream.read())}
    equal(sorted(families), ["knee_efficiency_ratio", "knee_knee_workers", "knee_speedup_ratio", "knee_study",
                            "knee_trial_seconds", "knee_wall_seconds"])
    equal({name: family.unit for name, family in families.items() if family.unit},
         {"knee_efficiency_ratio": "ratio", "knee_knee_workers": "workers", "knee_speedup_ratio": "ratio",
          "knee_trial_seconds": "seconds", "knee_wall_seconds": "seconds"})
    trials = {(s.labels["workers"], s.labels["trial"]): s.value for s in families["knee_trial_seconds"].samples}
    equal(set(trials), {(str(row[0]), str(row[3])) for row in rows(study)})
    for row in rows(study):
        near(trials[str(row[0]), str(row[3])], row[1], 1e-9)
    walls = {(s.labels["workers"], s.labels["bound"]): s.value for s in families["knee_wall_seconds"].samples}
    for workers, _, wall in scaling_cells(study):
        assert abs(walls[workers, "estimate"] / float(wall) - 1) < 1e-5
        assert walls[workers, "low"] < walls[workers, "estimate"] < walls[workers, "high"]
    equal({s.labels["study"] for family in families.values() for s in family.samples}, {pathlib.Path(study).name})


VEGA_LITE = "/usr/lib/python3/dist-packages/altair/vegalite/v4/schema/vega-lite-schema.json"


def check_vega_lite(path: str, study: str) -> None:
    """The schema of Vega-Lite (that of version 4, which the specification keeps to as well), and the data of the layers."""
    import jsonschema

    document = load(path)
    jsonschema.Draft7Validator(load(VEGA_LITE)).validate(document)
    wanted = rows(study)
    one = statistics.geometric_mean(row[1] for row in wanted if row[0] == 1)
    for panel, name in zip(document["vconcat"], ("speedup", "efficiency"), strict=True):
        layers = {layer["mark"]["type"]: layer for layer in panel["layer"] if layer["encoding"].get("y", {}).get("field") == name}
        data = {mark: document["datasets"][layer["data"]["name"]] for mark, layer in layers.items()}
        dots = {row["trial"]: row for row in data["circle"]}
        equal(set(dots), {row[3] for row in wanted})
        for row in wanted:
            assert abs(dots[row[3]][name] - one / row[1] / (row[0] if name == "efficiency" else 1)) < 1e-9
        equal([row["workers"] for row in data["point"]], sorted({row[0] for row in wanted}))
        equal(data["line"][-1]["workers"], max(row[0] for row in wanted))


def microseconds(ns: int) -> float:
    """Of an instant in a trace, where the trial begins at 1."""
    return 1 + ns / 1e3


def check_trace(path: str, study: str) -> None:
    """The schema; every worker's track and item; slices of a track lie in each other or apart; counters add up."""
    document = load(path)
    validate(document, ROOT / "docs" / "schemas" / "trace.schema.json")
    trial, events = document["otherData"]["trial"], document["traceEvents"]
    tracks = {e["tid"]: e["args"]["name"] for e in events if e["name"] == "thread_name"}
    equal([re.sub(" on CPU.*", "", tracks[tid]) for tid in sorted(tracks)],
         ["run", *(f"worker {row[0]}" for row in rows(study, f"SELECT slot FROM worker WHERE trial = {trial} ORDER BY slot"))])
    for tid in tracks:
        open_ends: list[float] = []
        for event in sorted((e for e in events if e["ph"] == "X" and e["tid"] == tid), key=lambda e: (e["ts"], -e["dur"])):
            while open_ends and open_ends[-1] <= event["ts"]:
                open_ends.pop()
            assert not open_ends or event["ts"] + event["dur"] <= open_ends[-1], f"{event} crosses another slice"
            open_ends.append(event["ts"] + event["dur"])
    items = {e["args"]["item"]: e for e in events if e["ph"] == "X" and "item" in e.get("args", {})}
    wanted = rows(study, f"SELECT id, worker, start_ns, end_ns, decode_ns, encode_ns FROM item WHERE trial = {trial}")
    equal(set(items), {row[0] for row in wanted})
    for item, worker, start, end, decode, encode in wanted:
        equal(items[item]["tid"], worker + 1)
        near(items[item]["ts"], microseconds(start))
        near(items[item]["dur"], (end - start) / 1e3, 2e-3)
        stages = {e["name"]: e["dur"] for e in events if e["ph"] == "X" and e["tid"] == worker + 1 and "place" in e.get("args", {})
                  and microseconds(start) - 1e-3 <= e["ts"] < microseconds(end)}
        near(stages["decode"], decode / 1e3, 2e-3)
        near(stages["encode"], encode / 1e3, 2e-3)
    done = [e["args"]["items"] for e in events if e["name"] == "items done"]
    progress = [e["args"]["items"] for e in events if e["name"] == "items in progress"]
    equal((max(done), done == sorted(done)), (len(wanted), True))
    equal((min(progress), progress[-1], max(progress) <= len(tracks) - 1), (0, 0, True))


def check_trace_engine(path: str, study: str) -> None:
    """What Chrome's engine draws (trace_engine.mjs): every slice of the trace, stages in their items, all of the trial."""
    drawn, trace = load(path), load(path.removesuffix(".drawn"))
    trial = trace["otherData"]["trial"]
    equal(drawn["processes"], [f"{pathlib.Path(study).name}, trial {trial}"])
    near(drawn["bounds_us"][1] - drawn["bounds_us"][0], rows(study, f"SELECT wall_ns FROM trial WHERE id = {trial}")[0][0] / 1e3, 2e-3)
    tracks = {track["tid"]: track for track in drawn["tracks"]}
    equal({tid: track["name"] for tid, track in tracks.items()},
         {e["tid"]: e["args"]["name"] for e in trace["traceEvents"] if e["name"] == "thread_name"})
    equal(sorted((tid, s["name"], s["ts"]) for tid, track in tracks.items() for s in track["slices"]),
         sorted((e["tid"], e["name"], e["ts"]) for e in trace["traceEvents"] if e["ph"] == "X"))
    for path_, worker, start in rows(study, f"SELECT b.path, i.worker, i.start_ns FROM item i JOIN batch_item b ON b.id = i.id WHERE trial = {trial}"):
        slices = tracks[worker + 1]["slices"]
        place = next(i for i, s in enumerate(slices) if s["name"] == path_ and abs(s["ts"] - microseconds(start)) < 1e-3)
        equal([(s["name"], s["depth"]) for s in slices[place : place + 3]], [(path_, 0), ("decode", 1), ("encode", 1)])


def check_same_fit(path: str, study: str) -> None:
    """Two outputs of `knee fit --json`: the same curve, models and knee, but for bootstraps, the unit of time and the
    numbers of trials."""
    table, original = load(path), load(study)
    left_out = ("bootstrap", "wall_s", "images_per_s", "cpu_s_per_item", "cpu_s_per_trial", "maxrss_mib", "predicted", "causes", "trial")

    def close(a: Any, b: Any, at: str) -> None:
        if isinstance(a, dict) and isinstance(b, dict):
            for key in a.keys() | b.keys():
                if key not in left_out:
                    close(a.get(key), b.get(key), f"{at}.{key}")
        elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
            for index, (x, y) in enumerate(zip(a, b)):
                if not (isinstance(x, dict) and x.get("name") == "T1"):
                    close(x, y, f"{at}[{index}]")
        elif isinstance(a, float) and isinstance(b, float):
            assert abs(a - b) <= 1e-6 * max(1e-3, abs(b)), f"{at}: {a} and {b}"
        else:
            assert a == b, f"{at}: {a!r} and {b!r}"

    for section in ("curve", "models", "choice", "coherency", "lack_of_fit", "knee"):
        close(table[section], original[section], section)
    ratios = [a["wall_s"]["value"] / b["wall_s"]["value"] for a, b in zip(table["curve"], original["curve"])]
    near(max(ratios) / min(ratios), 1, 1e-9)


CHECKS: dict[str, Callable[[str, str], None]] = {name[len("check_"):]: check for name, check in globals().copy().items()
                                                 if name.startswith("check_")}

if __name__ == "__main__":
    CHECKS[sys.argv[1]](sys.argv[2], sys.argv[3])
    print("ok")
