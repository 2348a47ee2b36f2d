#!/bin/bash
# report.json of real studies: valid by docs/schemas/report.schema.json, and every number that follows from raw samples
# is the one that another program computes from study.db (tests/reports/recompute.py).
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
/usr/bin/python3 -c 'import matplotlib, scipy, jsonschema' 2>/dev/null || skip_all "python3-matplotlib, -scipy or -jsonschema is missing: make deps"
command -v gnuplot >/dev/null || skip_all "gnuplot is missing: make deps"
cd "$work" || exit 1
small=(--policies dynamic --blocks 2 --budget 5m --noise 100%)

mkdir batch
for name in plain exif profile; do
    for n in 1 2 3 4; do cp "$root/tests/fuzz/corpus/jpeg/$name.jpg" "batch/$name-$n.jpg"; done
done
"$KNEE" sweep --study images --workers 1,2 --chunks 4 "${small[@]}" batch >/dev/null 2>&1
is $? 0 "a study of images"
"$KNEE" sweep --study command --workers 1,2,3 --chunks 1 "${small[@]}" --synthetic 'items=24 cost=3ms kind=wait' \
    >/dev/null 2>&1
is $? 0 "a study of a command"

validate() {
    /usr/bin/python3 - "$root/docs/schemas/report.schema.json" "$1" <<'PYTHON'
import json, sys
import jsonschema
schema, report = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:])
jsonschema.Draft202012Validator.check_schema(schema)
for error in jsonschema.Draft202012Validator(schema).iter_errors(report):
    print(list(error.path), error.message[:200])
ids = [fact["id"] for fact in report["facts"]]
print(*{name for name in ids if ids.count(name) > 1})
sys.exit(len(ids) < 30)
PYTHON
}
recompute() { /usr/bin/python3 -B "$root/tests/reports/recompute.py" "$@"; }

for study in usual items-failed weak nodes; do # usual: with void trials and a hiccup
    /usr/bin/python3 -B "$root/tests/reports/studies.py" $study $study
done
for study in images command usual items-failed weak nodes; do
    "$KNEE" report --core-hour-price 0.04 --currency CHF --core-watts 9 "$study" >/dev/null 2>err
    is "$? $(cat err)" "0 " "$study: report"
    is "$(validate "$study/report.json")" "" "... report.json is valid, no id comes twice"
    recompute "$study" >out
    is "$? $(grep -v ' numbers agree' out)" "0 " "... its numbers are those computed again from the samples"
    like "$(cat out)" '^[1-9][0-9]{2,} numbers agree, 0 differ' "... a hundred of them or more"
done
cp images/report.json first.json
"$KNEE" report --core-hour-price 0.04 --currency CHF --core-watts 9 images >/dev/null && cmp -s first.json images/report.json
ok $? "the same study gives the same file"

# What the whole batch does with 16 workers, predicted, replayed and emulated, and other programs.
export PYTHONPATH=$root/tests
/usr/bin/python3 -B - compared "$KNEE" <<'PYTHON'
import csv, json, os, sys
from compare import journal, summary
folder, knee = sys.argv[1:]
rows = [{"what": what, "program": program, "workers": n, "chunk": chunk, "block": block, "seconds": seconds * (1 + block / 50) / n, "cpu_s": 0.9 * seconds,
         "emulated": int(n > 2)}
        for block in (1, 2, 3) for program, workers, seconds in (("Python serial", (1,), 4.0), ("sharp", (1, 2, 4), 2.1), ("knee run", (1, 2, 4), 1.3))
        for n in workers for what, chunk in (("batch", 1), ("batch", 4), ("start", 1))]
os.mkdir(folder)
with open(f"{folder}/trials.csv", "w", encoding="utf-8", newline="") as file:
    writer = csv.DictWriter(file, journal.FIELDS)
    writer.writeheader()
    writer.writerows(rows)
with open(f"{folder}/compare-plan.json", "w", encoding="utf-8") as file:
    json.dump({"batch": [f"{n}.jpg 1000" for n in range(7)]}, file)
made = summary.summarise(rows, {program: 50.0 for program in ("Python serial", "sharp", "knee run")}, 7, knee, 0.04, 16)
with open(f"{folder}/compare.json", "w", encoding="utf-8") as file:
    json.dump({**made, "host": "fixture"}, file)
PYTHON
for study in sampled replayed emulated; do /usr/bin/python3 -B "$root/tests/reports/studies.py" $study $study; done
for study in replayed emulated; do
    "$KNEE" report $study >/dev/null
    recompute $study >out
    is "$? $(grep -v ' numbers agree' out)" "0 " "$study: the numbers of its report are those computed again"
done
"$KNEE" report --replayed replayed --emulated emulated --compared compared/compare.json sampled >/dev/null 2>err
is "$? $(cat err) $(validate sampled/report.json)" "0  " "a report with a replay, emulated cores and other programs"
recompute sampled replayed emulated compared >out
is "$? $(grep -v ' numbers agree' out)" "0 " "... its numbers are those of a simulation of its own, and of the samples of all studies"
like "$(cat out)" '^[0-9]+ numbers agree, 0 differ, [0-6] are not' "... all but warnings, and tests of unequal noise"
for name in answer.16.speedup answer.knee answer.cause.contention.share replayed.16.speedup_others emulated.16.wall ways.3.difference \
    compared.knee-run.2.core_hours compared.sharp.times model.usl.limit rule.6.p; do
    grep -q "\"id\": \"$name\".*\"value\": [0-9-]" sampled/report.json || echo "$name"
done >out
is "$(cat out)" "model.usl.limit" "... of every kind (two worker counts have no USL)"
is "$(/usr/bin/python3 -B "$root/tests/reports/altered.py" sampled replayed emulated compared)" "$(
    /usr/bin/python3 -B "$root/tests/reports/altered.py" sampled replayed emulated compared | sed 's/ noticed.*/ noticed/')" \
    "each value, and each end of an interval, is noticed when it is altered"

# The comparison finds a wrong number, and one that nothing computes.
sed -i '/"id": "curve.2.speedup"/s/"value": [0-9]/"value": 7/' images/report.json
recompute images >out
is "$? $(grep -c '^curve.2.speedup: 7' out)" "1 1" "a wrong number is found"
sed -i 's/"id": "curve.2.speedup"/"id": "curve.2.invented"/' command/report.json
recompute command >out
is "$? $(grep -c '^curve.2.invented: no rule\|^curve.2.speedup: .*not in report.json' out)" "1 2" "... and one without a rule, and one that is missing"

for page in 1 2 3 4; do
    like "$(pdftotext -f $page -l $page items-failed/report.pdf - | tr '\n' ' ')" 'All images fail' "all items fail: page $page says so"
done
is "$(pdftotext items-failed/report.pdf - | grep -cE 'Run here|knee is at|To buy|was identical')" 0 "... and no page states what a batch would do"
like "$(cat items-failed/report.html)" 'class=alarm>All 60 images fail' "... nor the web page"

"$KNEE" report images >/dev/null
number() { grep "\"id\": \"$1\"" images/report.json; }
like "$(number curve.2.money)" '"value": null, "reason": "no price of a core-hour was given' "without prices: no money, with the reason"
like "$(number curve.2.core_hours)" '"value": [0-9.]+' "... but core-hours"

/usr/bin/python3 -B "$root/tests/reports/studies.py" all-void void
"$KNEE" report void >out 2>err
is "$? $(cat err) $(find void -type f | wc -l) $(find void -name fit.json)" "0  8 " "no trial counts: a report all the same"
is "$(validate void/report.json)" "" "... with a valid report.json"
like "$(grep '"id": "advice.workers"' void/report.json)" '"value": null, "reason": "no trial of the scaling curve counts \(52 trials, 52 void, 0 failed\)"' \
    "... that says why"

# Targets that must not be replaced.
mkfifo fifo
"$KNEE" report --json fifo images >/dev/null 2>err
is "$? $(wc -l <err) $(test -p fifo && echo kept)" "1 1 kept" "a FIFO is not replaced by the report"
"$KNEE" report --pdf /dev/null images >/dev/null 2>err
is "$? $(wc -l <err) $(test -c /dev/null && echo kept)" "1 1 kept" "... nor a device"
"$KNEE" report --json batch images >/dev/null 2>err
like "$? $(cat err)" '^1 knee report: error: batch cannot be written: it is not a regular file' "... nor a folder"
"$KNEE" report --json none/report.json images >/dev/null 2>err
like "$? $(cat err)" '^1 knee report: error: none/report.json cannot be written' "a folder that does not exist: one line"
"$KNEE" report --pdf none/report.pdf images >/dev/null 2>err
like "$? $(cat err)" '^1 knee report: error: none/report.pdf cannot be written' "... also for the last of the files"
"$KNEE" report --core-hour-price -1 images >/dev/null 2>err
is "$? $(wc -l <err)" "2 1" "a negative price is a usage error"
done_testing
