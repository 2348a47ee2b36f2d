#!/bin/bash
# What `knee export` writes is read by parsers that know nothing of knee (export_read.py), and by knee where it reads
# such files. Bad studies and targets: one line, exit 1, no half-made file.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
reader=$root/tests/e2e/export_read.py

# reads NAME CHECK FILE STUDY
reads() {
    is "$(/usr/bin/python3 -B "$reader" "$2" "$3" "$4" 2>&1 | tail -n 1)" ok "$1"
}
# needs MODULE...: whether Python has them
needs() {
    local module
    for module in "$@"; do /usr/bin/python3 -c "import $module" 2>/dev/null || return 1; done
}
small=(--chunks 1 --policies dynamic --budget 5m --noise 100%)
"$KNEE" sweep --study study_1 --workers 1,2,3 --blocks 3 "${small[@]}" --synthetic 'items=12 cost=2ms kind=wait serial=10%' >/dev/null 2>&1
is $? 0 "a study"
# Known times, whatever the machine is doing: 0.2 + 0.8 / n seconds, up to 2.4% longer by block and workers.
/usr/bin/python3 - <<'PY'
import sqlite3
with sqlite3.connect("study_1/study.db") as database:
    database.execute("""UPDATE trial SET suffix_ns = suffix_ns - wall_ns, wall_ns = (SELECT
        CAST(1e9 * (0.2 + 0.8 / workers) * (1 + 0.004 * ((5 * block + 3 * workers) % 7)) AS INT) FROM cell WHERE cell.id = trial.cell)""")
    database.execute("UPDATE trial SET suffix_ns = suffix_ns + wall_ns")
    database.execute("UPDATE item SET decode_ns = (end_ns - start_ns) / 2, encode_ns = (end_ns - start_ns) / 4")
PY

# --- formats ---
for format in csv json markdown latex hyperfine benchmark openmetrics vega-lite trace; do
    "$KNEE" export --format "$format" --output "out.$format" study_1 && [ -s "out.$format" ]
    is $? 0 "$format is written into a file"
    "$KNEE" export -f "$format" study_1 | cmp - "out.$format"
    is $? 0 "... and printed, the same bytes"
done
reads "csv: Python's reader finds every trial" csv out.csv study_1
reads "hyperfine: times and their summary are those of the trials" hyperfine out.hyperfine study_1
is "$(grep '^|' out.markdown)" "$(cat "$root/tests/golden/scaling.md")" "markdown: the known times, as in tests/golden/scaling.md"
reads "latex: pylatexenc reads the table" latex out.latex study_1
reads "markdown: Python-Markdown reads the table" markdown out.markdown study_1
if needs jsonschema; then
    for table in trials workers items counters; do
        "$KNEE" export --json --all --what "$table" study_1 >"$table.json"
        reads "json: $table are as docs/schemas says" json "$table.json" study_1
    done
    reads "trace: a track for each worker, with items, stages and counters" trace out.trace study_1
    "$KNEE" export -f trace --trial 2 study_1 >two.trace
    reads "trace: --trial 2" trace two.trace study_1
    is "$(/usr/bin/python3 -c 'import json; print(json.load(open("two.trace"))["otherData"]["trial"])')" 2 "... is of trial 2"
else
    skip "python3-jsonschema is missing: make deps" "json and trace as docs/schemas says"
fi
engine=${BUILD:-$root/build}/formats/node_modules/@paulirish/trace_engine
if command -v node >/dev/null && [ -d "$engine" ]; then
    # Instants of an odd length: ends and beginnings of neighbours differ in the last digit of a sum.
    /usr/bin/python3 -B "$root/tests/reports/studies.py" usual many_tracks
    for study in study_1 many_tracks; do
        "$KNEE" export -f trace "$study" >engine.trace
        node "$root/tests/e2e/trace_engine.mjs" "$engine" engine.trace >engine.trace.drawn 2>err
        is "$? $(cat err)" "0 " "trace: the engine of Chrome's performance panel loads it, $study"
        reads "... and draws every slice in its place" trace_engine engine.trace.drawn "$study"
    done
else
    skip "node or Chrome's trace engine is missing: make deps-formats" "the engine of Chrome's performance panel"
fi
if needs prometheus_client; then
    reads "openmetrics: Prometheus' parser reads the curve and every trial" openmetrics out.openmetrics study_1
else
    skip "python3-prometheus-client is missing: make deps" "Prometheus' parser"
fi
if needs jsonschema && [ -e /usr/lib/python3/dist-packages/altair ]; then
    reads "vega-lite: the schema of Vega-Lite, and the data of every layer" vega_lite out.vega-lite study_1
    cp -r study_1 many_1
    /usr/bin/python3 -c 'import sqlite3
with sqlite3.connect("many_1/study.db") as database: database.execute("UPDATE cell SET workers = 1000 WHERE workers = 3")'
    "$KNEE" export -f vega-lite many_1 >many.vega-lite
    reads "... lines reach to the most workers" vega_lite many.vega-lite many_1
else
    skip "python3-altair is missing: make deps" "the schema of Vega-Lite"
fi
if [ -e /usr/share/benchmark/gbench ]; then
    reads "benchmark: the tools of Google Benchmark read it; times are those of an item" benchmark out.benchmark study_1
else
    skip "libbenchmark-tools is missing: make deps" "the tools of Google Benchmark"
fi
if command -v hyperfine >/dev/null; then
    hyperfine -N --runs 2 -L workers 1 'true {workers}' --export-json own.json >/dev/null 2>&1
    reads "hyperfine: every key that hyperfine itself writes is there" keys_of_hyperfine out.hyperfine own.json
else
    skip "hyperfine is missing: make deps" "the keys of hyperfine"
fi
if command -v pdflatex >/dev/null; then
    printf '%s\n' '\documentclass{article}\begin{document}\input{out.latex}\end{document}' >paper.tex
    pdflatex -interaction=nonstopmode -halt-on-error paper.tex >/dev/null
    is $? 0 "latex: TeX sets the table"
else
    skip "pdflatex is missing: make deps-formats" "latex: TeX sets the table"
fi

# --- what knee reads back ---
cores=$(/usr/bin/python3 -c 'import json; print(json.load(open("trials.json"))["facts"]["cores"])')
"$KNEE" fit --json study_1 >study.json
for format in hyperfine benchmark csv; do
    "$KNEE" fit --json --cores "$cores" --csv "out.$format" >table.json
    reads "$format: knee fit gives the curve, models and knee of the study" same_fit table.json study.json
done
"$KNEE" sweep --study weak --workers 1,2 --units 3 --weak --blocks 3 "${small[@]}" -- sh -c 'sleep 0.0{units}; test {workers} -gt 0' >/dev/null 2>&1
"$KNEE" fit --json weak >study.json
cores=$(/usr/bin/python3 -c 'import json; print(json.load(open("study.json"))["study"]["cores"])')
for format in hyperfine benchmark; do
    "$KNEE" export -f "$format" weak >weak.out
    "$KNEE" fit --json --weak --cores "$cores" --csv weak.out >table.json
    reads "$format: weak scaling, too" same_fit table.json study.json
done

# --- trials that count are those of the fit ---
cat >curve.py <<'PY'
"""The worker counts of an export with the number of their trials."""
import collections, json, re, sys
text = sys.stdin.read()
if sys.argv[1] == "hyperfine":
    counts = {int(r["parameters"]["workers"]): len(r["times"]) for r in json.loads(text)["results"]}
elif sys.argv[1] == "benchmark":
    counts = collections.Counter(b["threads"] for b in json.loads(text)["benchmarks"])
elif sys.argv[1] == "vega-lite":
    counts = collections.Counter(d["workers"] for d in json.loads(text)["datasets"]["trials"])
else:
    counts = collections.Counter(int(n) for n in re.findall(r"^knee_trial_seconds\{.*workers=.(\d+).,", text, re.MULTILINE))
print(dict(sorted(counts.items())))
PY
cp -r study_1 noisy_1
cp -r study_1 slow_1
/usr/bin/python3 - <<'PY'
import sqlite3
with sqlite3.connect("noisy_1/study.db") as database:
    database.execute("UPDATE trial SET status = 'void', reason = 'made so', disturbed = 1, other_cpu_ns = wall_ns / 2")
with sqlite3.connect("slow_1/study.db") as database: # one trial far too long, and a second cell with two workers
    database.execute("UPDATE trial SET wall_ns = wall_ns * 9 WHERE block = 1 AND cell = (SELECT id FROM cell WHERE workers = 3)")
    database.execute("INSERT INTO cell(id, role, workers) SELECT 99, 'scaling', 2")
    database.execute("INSERT INTO trial(cell, block, status, wall_ns) VALUES (99, 0, 'ok', 5000000000)")
PY
for format in hyperfine benchmark openmetrics vega-lite; do
    is "$("$KNEE" export -f "$format" noisy_1 | /usr/bin/python3 curve.py "$format")" "{1: 3, 2: 3, 3: 3}" "$format: disturbed trials that count are there"
    is "$("$KNEE" export -f "$format" slow_1 | /usr/bin/python3 curve.py "$format")" "{1: 3, 2: 3, 3: 2}" \
        "... a trial that took far too long, and a second cell of as many workers, are not"
done
is "$("$KNEE" export -f trace noisy_1 | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["otherData"]["workers"])')" 3 \
    "trace: of a noisy study, too"

# A key that is no UTF-8, as a disk error leaves it.
cp -r study_1 damaged_1
/usr/bin/python3 - <<'PY'
import sqlite3
with sqlite3.connect("damaged_1/study.db") as database:
    database.execute("INSERT INTO study VALUES (CAST(x'61ff62' AS TEXT), CAST(x'63fe' AS TEXT))")
PY
is "$("$KNEE" export --json damaged_1 | /usr/bin/python3 -c 'import json, sys; print([(k, v) for k, v in json.load(sys.stdin)["facts"].items() if k[0] == "a" and k[-1] == "b"] == [("a\ufffdb", "c\ufffd")])')" \
    True "json: bytes that are no UTF-8 are replaced, in keys too"

# --- what cannot be exported ---
# refused WORDS NAME ARGUMENT...: exit 1, one line with the words, nothing on standard output, and no file
refused() {
    local words=$1 name=$2
    shift 2
    "$KNEE" export "$@" >stdout 2>stderr
    is "$? $(wc -l <stderr) $(grep -c -- "$words" stderr) $(wc -c <stdout) $(find . -name 'target*')" "1 1 1 0 " "$name"
}
mkdir empty torn tables newer other void
: >empty/study.db
head -c 9000 study_1/study.db >torn/study.db
echo 'not a database, but longer than the head of one: it has at least a hundred bytes, so that all of it is read.......' >other/study.db
cp study_1/study.db newer/study.db
cp study_1/study.db void/study.db
cp study_1/study.db tables/study.db
/usr/bin/python3 - <<'PY'
import sqlite3
for study, change in (("newer", "UPDATE study SET value = 'knee-study 2' WHERE key = 'format'"),
                      ("void", "UPDATE trial SET status = 'void', reason = 'made so'"), ("tables", "DROP TABLE trial")):
    with sqlite3.connect(f"{study}/study.db") as database:
        database.execute(change)
PY
for format in csv json markdown hyperfine trace; do
    refused 'empty/study.db is no study' "$format: an empty file" -f "$format" -o target empty
    refused 'torn/study.db' "... a torn study" -f "$format" -o target torn
    refused 'tables/study.db' "... a table is missing" -f "$format" -o target tables
    refused 'newer/study.db: format is' "... a study of a newer knee" -f "$format" -o target newer
    refused 'other/study.db' "... another file" -f "$format" -o target other
    refused 'absent does not exist' "... no study" -f "$format" -o target absent
    refused 'no-folder/target cannot be written: No such file' "... a folder that is not there" -f "$format" -o no-folder/target study_1
    refused '/dev/null cannot be written: it is not a regular file' "... a device as the target" -f "$format" -o /dev/null study_1
    "$KNEE" export -f "$format" study_1 2>stderr >/dev/full
    is "$? $(wc -l <stderr) $(grep -c 'standard output could not be written' stderr)" "1 1 1" "... a full disk behind standard output"
done
refused "no trial" "markdown: no trial counts" -f markdown -o target void
refused "no trial" "benchmark: no trial counts" -f benchmark -o target void
"$KNEE" export --json void >void.json
is "$? $(/usr/bin/python3 -c 'import json; d = json.load(open("void.json")); print(d["rows"], d["scaling"], "no trial" in d["scaling_reason"])')" \
    "0 [] [] True" "json: no trial counts: no rows, and the reason"
refused "no trial" "trace: no trial counts" -f trace -o target void
refused "trial 99 is not there: its trials are 1 to 9" "trace: a trial that is not there" -f trace --trial 99 -o target study_1
echo kept >target-file
"$KNEE" export -f latex -o target-file void 2>/dev/null
is "$? $(cat target-file)" "1 kept" "a file that is there stays as it was when the export fails"
rm target-file
"$KNEE" export --what items -f latex study_1 2>stderr
is "$? $(grep -c 'only csv and json have tables' stderr)" "2 1" "a table of rows of a format that has none: usage"
done_testing
