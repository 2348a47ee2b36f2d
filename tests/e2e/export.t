#!/bin/bash
# What `knee export` prints gives, read back by `knee fit --csv`, the fit of the study.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

# Sections that need rows of workers, items or counters, or describe the machine, are left out; of the account's knee,
# too.
cat >compare.py <<'PY'
import json, sys
study, table = (json.load(open(name)) for name in sys.argv[1:])
sections = ["trials", "serial", "curve", "models", "choice", "coherency", "predictions", "lack_of_fit", "knee", "chunks",
            "recommendation", "equivalence", "hiccups", "facts", "options", "warnings"]
for fit in (study, table):
    fit["knee"].pop("causes")
    for row in fit["phases"]:
        row.pop("tail_core_s"), row.pop("dispatch_core_s")
print([s for s in sections + ["phases"] if study[s] != table[s]],
      [k for k in ("scaling", "cores", "emulated_cores", "blocks", "seed") if study["study"][k] != table["study"][k]])
PY
round_trip() { # round_trip NAME STUDY ARGUMENT...: export with the arguments
    local name=$1 study=$2
    shift 2
    "$KNEE" export "$@" "$study" >"$study.csv"
    "$KNEE" fit --json "$study" >study.json
    "$KNEE" fit --json --csv "$study.csv" >table.json
    is "$(/usr/bin/python3 compare.py study.json table.json)" "[] []" "$name"
}
small=(--budget 5m --noise 100%)

"$KNEE" sweep --study plain --workers 1,2,3 --chunks 1,4 --policies dynamic,static --blocks 4 --delta 8% --seed 7 "${small[@]}" \
    --synthetic 'items=16 cost=2ms kind=wait serial=10%' >/dev/null 2>&1
is $? 0 "a study with chunks and policies"
round_trip "its table gives the same fit: curve, models, knee, phases, chunks, advice" plain --all
is "$(/usr/bin/python3 -c 'import json; f = json.load(open("study.json")); print(f["knee"]["delta"], f["study"]["seed"], f["study"]["cores"] is not None, len(f["chunks"]) > 2)')" \
    "0.08 7 True True" "... with the study's delta, seed and cores"

cut -d, -f1-28 plain.csv >old.csv
like "$("$KNEE" fit --csv old.csv | head -1)" '^old\.csv: [0-9]+ trials count' "a table of an older version, without cells and facts, is read"

mkdir batch
for name in plain exif profile; do for n in 1 2 3; do cp "$root/tests/fuzz/corpus/jpeg/$name.jpg" "batch/$name-$n.jpg"; done; done
"$KNEE" sweep --study images --workers 1,2 --chunks 1 --policies dynamic --blocks 3 "${small[@]}" batch >/dev/null 2>&1
is $? 0 "a study of images, with serial runs"
round_trip "serial runs are not runs with one worker" images --all
"$KNEE" sweep --study weak --workers 1,2 --units 3 --weak --blocks 3 "${small[@]}" -- sh -c 'sleep 0.0{units}; test {workers} -gt 0' >/dev/null 2>&1
is $? 0 "a study of a command, with weak scaling"
round_trip "weak scaling stays weak" weak --all

if command -v sqlite3 >/dev/null; then
    sqlite3 -batch plain/study.db "UPDATE trial SET status = 'void', reason = 'made \"void\", here' WHERE id = 3;
        UPDATE trial SET status = 'failed', wall_ns = NULL WHERE id = 5; UPDATE trial SET wall_ns = wall_ns * 20 WHERE id = 8"
    round_trip "void, failed and slow trials, too" plain --all
    is "$(/usr/bin/python3 -c 'import json; f = json.load(open("table.json")); print(f["trials"]["void_reasons"])')" \
        "[{'reason': 'made \"void\", here', 'count': 1}]" "... with their reasons"
else
    skip "the sqlite3 command line is missing: make deps" "void, failed and slow trials"
fi

# --- a noisy machine: times and disturbances are written by hand
if command -v sqlite3 >/dev/null; then
    sqlite3 -batch weak/study.db "DELETE FROM worker; UPDATE study SET value = 8 WHERE key = 'logical_cpus';
        UPDATE trial SET disturbed = NULL, status = 'ok', reason = NULL, steal_ns = 0, other_cpu_ns = 0,
            wall_ns = 1e9 * (1 + 0.02 * block + 0.05 * (SELECT workers FROM cell WHERE cell.id = trial.cell))"
    disturbed="UPDATE trial SET status = 'void', reason = 'other processes used 30.0% of the CPU time (limit 5%)', disturbed = 1,
        other_cpu_ns = wall_ns * 0.3 * 8, taken_ns = 0.1 * wall_ns * (SELECT workers FROM cell WHERE cell.id = trial.cell)"
    cp -r weak noisy && sqlite3 -batch noisy/study.db "$disturbed"
    round_trip "disturbed trials that count do so in the table, with their weights" noisy
    is "$(/usr/bin/python3 -c 'import json; f = json.load(open("table.json"))["trials"]; print(f["ok"], f["disturbed"], f["noise_policy"], round(f["others_share"], 6))')" \
        "6 6 weigh 0.3" "... by the policy in force"
    cp -r weak mixed && sqlite3 -batch mixed/study.db "$disturbed WHERE block = 1"
    round_trip "those that do not count are left out with the others" mixed --all
    is "$("$KNEE" export mixed | tail -n +2 | wc -l) $("$KNEE" export --all mixed | tail -n +2 | wc -l)" "4 6" "... without --all from the table"
    # Fewer are disturbed on the curve than count; of all trials they are more.
    sqlite3 -batch plain/study.db "UPDATE trial SET status = 'ok', disturbed = NULL, steal_ns = 0, other_cpu_ns = 0, held_ns = 0,
        wall_ns = 1e9 * (1 + 0.02 * block + 0.05 * (SELECT workers FROM cell WHERE cell.id = trial.cell));
        $disturbed WHERE cell IN (SELECT id FROM cell WHERE role != 'scaling') OR block = 2"
    "$KNEE" fit --json plain >study.json
    "$KNEE" export --role scaling plain >scaling.csv
    "$KNEE" fit --json --csv scaling.csv >table.json
    is "$(/usr/bin/python3 -c 'import json; a, b = (json.load(open(n)) for n in ("study.json", "table.json")); print(a["trials"]["noise_policy"], b["trials"]["noise_policy"], a["curve"] == b["curve"])')" \
        "weigh weigh True" "the rows of one role count as in the study"
    is "$(head -n 1 plain.csv | tr , '\n' | sed 's/_s$/_ns/; s/^seconds$/wall_ns/; s/^trial$/id/' | sort -u >columns
        sqlite3 -batch plain/study.db "SELECT name FROM pragma_table_info('trial') UNION SELECT name FROM pragma_table_info('cell')" | sort -u | comm -23 - columns)" \
        "" "every column of a trial and its cell is in the table"
else
    skip "the sqlite3 command line is missing: make deps" "disturbed trials"
fi
like "$("$KNEE" fit --csv plain.csv --time-column work_s 2>&1)" "the columns of what 'knee export' prints are fixed" "its columns are not chosen"
sed '2s/^\([^,]*,[^,]*,[^,]*\),[^,]*/\1,x/' plain.csv >bad.csv
like "$("$KNEE" fit --csv bad.csv 2>&1)" "bad.csv:2: trial 'x' is not a number" "an entry that is no number is named with its line"
done_testing
