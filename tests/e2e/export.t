#!/bin/bash
# What `knee export` prints gives, read back by `knee fit --csv`, the fit of the study.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

# Sections that need rows of workers, items or counters, or describe the machine, are left out; of the account's knee, too.
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
sed '2s/^\([^,]*,[^,]*,[^,]*\),[^,]*/\1,x/' plain.csv >bad.csv
like "$("$KNEE" fit --csv bad.csv 2>&1)" "bad.csv:2: trial 'x' is not a number" "an entry that is no number is named with its line"
done_testing
