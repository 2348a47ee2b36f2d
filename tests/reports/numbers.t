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

/usr/bin/python3 -B "$root/tests/reports/studies.py" usual usual # void trials and a hiccup
/usr/bin/python3 -B "$root/tests/reports/studies.py" nodes nodes
for study in images command usual nodes; do
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

# The comparison finds a wrong number, and one that nothing computes.
sed -i '/"id": "curve.2.speedup"/s/"value": [0-9]/"value": 7/' images/report.json
recompute images >out
is "$? $(grep -c '^curve.2.speedup: 7' out)" "1 1" "a wrong number is found"
sed -i 's/"id": "curve.2.speedup"/"id": "curve.2.invented"/' command/report.json
recompute command >out
is "$? $(grep -c '^curve.2.invented: no rule\|^curve.2.speedup: .*not in report.json' out)" "1 2" "... and one without a rule, and one that is missing"

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
