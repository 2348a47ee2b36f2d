#!/bin/bash
# knee gate: verdicts with their reasons, and for each undecided one what would decide; account, gate and predict print lines of
# at most 100 columns, and no number that is not 0 as 0.000.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1

"$KNEE" sweep --study study --workers 1,2 --chunks 1 --policies dynamic --blocks 4 --budget 5m --noise 100% \
    --synthetic 'items=16 cost=2ms kind=wait' >/dev/null 2>&1
is $? 0 "a study"
# Times and CPU time that do not depend on the load here.
sqlite3 -batch study/study.db "UPDATE trial SET wall_ns = 1000000000 / (SELECT workers FROM cell WHERE cell.id = cell) + 2000000 * (id % 3),
    user_ns = 500000000 + 1000000 * (id % 3), system_ns = 0; UPDATE study SET value = '2' WHERE key = 'cores'"
"$KNEE" gate --write-baseline base.json study >/dev/null
is $? 0 "a baseline"
"$KNEE" gate --baseline base.json study >out
is $? 0 "the study passes its own baseline"
like "$(cat out)" '^verdict: pass \(2 of 2 entries pass, 0 worse, 0 undecided\)$' "... and says so"
like "$(cat out)" '^  worse by 0 \(-[0-9.e-]+ to [0-9.e-]+\); may be 0\.03$' "... and how much worse it may be"

edit() { # edit PYTHON: changes the baseline b
    /usr/bin/python3 -c "import json
b = json.load(open('base.json'))
$1
json.dump(b, open('other.json', 'w'))"
    "$KNEE" gate --baseline other.json study >out
    echo $?
}
is "$(edit 'b["entries"][1]["workers"] = 7')" 3 "a cell that the study lacks: undecided"
like "$(cat out)" '^to decide: the study has no value at these numbers of workers: 7; sweep them' "... and the remedy is to measure it"
is "$(grep -c 'more blocks' out)" 0 "... not more blocks"
is "$(edit 'b["entries"][1].update(low=0.2, high=4.0)')" 3 "an interval that is too wide: undecided"
like "$(cat out)" '^to decide: the intervals are too wide: more blocks would decide$' "... and more blocks would decide"
is "$(edit 'b["entries"][1].update(n_blocks=1)')" 3 "a baseline of one block: undecided"
like "$(cat out)" '^to decide: without an interval nothing can be judged: sweep at least 3 blocks' "... for want of an interval"
is "$(edit 'b["entries"][1].update(value=1.2, low=1.19, high=1.21)')" 1 "a study that is worse: exit 1"

for arguments in account "account -j 2" predict "gate --baseline base.json" "gate --baseline other.json" "fit -v"; do
    # shellcheck disable=SC2086 # words
    "$KNEE" $arguments study >out 2>&1
    is "$(awk 'length > 100' out)" "" "knee $arguments: at most 100 columns"
    is "$(grep -E '(^|[^0-9.])-?0\.0+([^0-9]|$)' out)" "" "... and nothing is 0.000"
done
"$KNEE" account study >out
like "$(cat out)" '^- global: the items wait more than they compute' "items that wait have no efficiency of computing"
is "$(grep -cE '^ *(global|parallel|transfer) +- +-$' out)" 3 "... and none is printed"
done_testing
