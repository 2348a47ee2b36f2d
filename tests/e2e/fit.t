#!/bin/bash
# knee fit on tables of times and on what is none: output, exit codes, messages; knee gate's usage.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

printf 'workers,seconds\n1,100\n1,101\n1,99\n2,55\n2,56\n2,54.5\n4,33\n4,32.5\n4,33.2\n' >"$work/times.csv"
out=$("$KNEE" fit --csv "$work/times.csv" 2>"$work/err")
is "$? $(cat "$work/err")" "0 " "a table is fitted in silence on stderr"
like "$out" '^ +4 +3 +32\.90 .* 0\.760 \(' "... with a line for 4 workers"
like "$out" '^\* amdahl +serial fraction 0\.10' "... Amdahl's serial fraction"
like "$out" '^knee: 2 workers: efficiency at 2 workers is 0\.90' "... the knee"
like "$out" 'cores is not known' "... and says that the cores are not known"

json=$("$KNEE" fit --csv "$work/times.csv" --cores 2 --json)
is "$(/usr/bin/python3 -c 'import json, sys; f = json.load(sys.stdin)
print(f["format"], [p["workers"] for p in f["curve"] if p["oversubscribed"]], f["models"][3]["fitted"])' <<<"$json")" \
    "knee-fit 1 [4] False" "--json is JSON; 4 workers on 2 cores are oversubscribed and give no USL"
is "$("$KNEE" fit --csv "$work/times.csv" --json)" "$("$KNEE" fit --csv "$work/times.csv" --json)" "the same again"

refuses() { # refuses CODE PATTERN NAME ARGUMENT...
    local code=$1 pattern=$2 name=$3
    shift 3
    "$KNEE" "$@" >"$work/out" 2>"$work/err"
    is "$? $(wc -l <"$work/err") $(wc -c <"$work/out")" "$code 1 0" "$name: exit $code and one line"
    like "$(cat "$work/err")" "$pattern" "... that names the thing and the remedy"
}
printf 'workers,seconds\n1,x\n' >"$work/bad.csv"
mkdir "$work/empty"
refuses 1 "bad.csv:2: seconds 'x' is not a number" "a word for a number" fit --csv "$work/bad.csv"
refuses 1 'no-such.csv.*give a file' "a table that is not there" fit --csv "$work/no-such.csv"
refuses 1 'empty/study.db does not exist: give the folder' "a folder without a study" fit "$work/empty"
refuses 2 'operand missing' "fit without operand" fit
refuses 2 'together' "fit with study and table" fit --csv "$work/times.csv" "$work/empty"
refuses 2 'baseline missing' "gate without baseline" gate "$work/empty"
refuses 2 'no-such.json.*--write-baseline' "gate with a baseline that is not there" gate --baseline "$work/no-such.json" "$work/empty"
done_testing
