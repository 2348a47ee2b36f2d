#!/bin/bash
# knee gate: verdicts with their reasons, and for each undecided one what would decide; account, gate and predict print
# lines of at most 100 columns, and no number that is not 0 as 0.000.
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
"$KNEE" gate --write-baseline other.json --json verdict.json study 2>err
is "$? $(cat err)" "2 knee gate: error: --json has no effect with --write-baseline: leave it out" "an option that does nothing is refused"
"$KNEE" gate --baseline base.json --workers 2 study 2>err
is "$? $(grep -c -- '--workers has no effect with --baseline' err)" "2 1" "... of any task"
"$KNEE" gate --baseline base.json study >out
is $? 0 "the study passes its own baseline"
like "$(cat out)" '^verdict: pass \(scaling: pass, cost: pass; ' "... and says so"
like "$(cat out)" '^  worse by 0 \(-[0-9.e-]+ to [0-9.e-]+\)%; may be 14\.9%$' "... and how much worse it may be"
like "$(cat out)" '^the baseline has one session: as much is allowed as sessions' "... one session: said"

edit() { # edit PYTHON: changes the baseline b
    /usr/bin/python3 -c "import json
b = json.load(open('base.json'))
$1
json.dump(b, open('other.json', 'w'))"
    "$KNEE" gate --baseline other.json study >out
    echo $?
}
is "$(edit 'b["sessions"][0]["entries"][0]["workers"] = 7')" 3 "a cell that the study lacks: undecided"
like "$(cat out)" '^to decide: the study has no value at these numbers of workers: 7; sweep them' "... and the remedy is to measure it"
is "$(grep -c 'more blocks' out)" 0 "... not more blocks"
is "$(edit 'b["sessions"][0]["entries"][0].update(low=0.2, high=4.0)')" 3 "an interval that is too wide: undecided"
like "$(cat out)" '^to decide: the intervals are too wide: more blocks would decide$' "... and more blocks would decide"
is "$(edit 'b["sessions"][0]["entries"][0].update(n_blocks=1)')" 3 "a baseline of one block: undecided"
like "$(cat out)" '^to decide: without an interval nothing can be judged: sweep at least 3 blocks' "... for want of an interval"
is "$(edit 'b["sessions"][0]["entries"][0].update(value=1.2, low=1.19, high=1.21)')" 1 "a study that is worse: exit 1"

like "$(cat out)" '^repeat: .*gate --baseline other.json study$' "... with the command that repeats it"
is "$(edit 'b["sessions"][0]["entries"][0].update(value=1.2, low=1.19, high=1.21); b["sessions"][0]["account"] = {"workers": 2, "tail": 0, "init": 0.3}')" 1 \
    "a baseline with an account"
like "$(tr '\n' ' ' <out | tr -s ' ')" 'cause: (the )?tail.* \+[0-9.]+ \([0-9. to-]+\) points of the core time with 2 workers, from 0[0-9.]*% to [0-9.]+%' \
    "... names the cause, from what to what, with its interval"
is "$(edit 'b["sessions"][0]["entries"][0].update(value=1.2, low=1.19, high=1.21); del b["sessions"][0]["account"]')" 1 "a baseline without one"
like "$(cat out)" '^cause: not known, baseline or study has no core-second account$' "... says so"
is "$(edit 'e = next(e for e in b["sessions"][0]["entries"] if e["quantity"] == "dispatch")
e.update(value=e["value"] - 0.9, low=e["value"] - 0.901, high=e["value"] - 0.899)')" 1 "a study in which more time goes into dispatch"
like "$(cat out)" '^dispatch at 2 .* regression$' "... is worse: it needs larger chunks"
is "$(edit 'b["policy"] = "static"')" 4 "a baseline of another policy: not comparable"
like "$(cat out)" "^policy: the baseline has 'static', the study 'dynamic'$" "... and the difference is named"
is "$(edit 'b["chunk"] = "64"')" 4 "... of another chunk"
like "$(cat out)" "^chunk: the baseline has '64', the study '1'$" "... by name"
is "$(edit 'b["placement"] = "scatter"')" 4 "... of another placement"
is "$(edit 'del b["chunk"], b["policy"], b["placement"], b["start_method"]')" 0 "... an older baseline, without them, is compared"
# What older programs wrote: one session, two quantities, no account; an efficiency might fall by 0.03 points.
old='s = b.pop("sessions")[0]; del s["account"]; b["tolerance"] = {"efficiency": 0.03, "cpu_s_per_item": 0.05}
b.update(s, format="knee-baseline 1", entries=[e for e in s["entries"] if e["quantity"] in b["tolerance"]])'
is "$(edit "$old")" 0 "a file of format 1 has one session"
"$KNEE" gate --baseline other.json --accept study >out 2>err
is "$? $(grep -c 'this study is session 1 of it already' err)" "2 1" "the same study is no second session"
cp -r study again && sqlite3 -batch again/study.db "UPDATE study SET value = '2001-01-01T00:00:00Z' WHERE key = 'created_utc'"
"$KNEE" gate --baseline other.json --accept again >out
is "$? $(/usr/bin/python3 -c 'import json; b = json.load(open("other.json")); print(b["format"], len(b["sessions"]), "entries" in b)')" \
    "0 knee-baseline 2 2 False" "--accept makes it one of format 2, with two sessions"
is "$(/usr/bin/python3 -c 'import json; b = json.load(open("other.json")); t = b["tolerance"]
print(len(t), round(t["efficiency"] * max(e["value"] for e in b["sessions"][0]["entries"] if e["quantity"] == "efficiency"), 6))')" \
    "$(/usr/bin/python3 -c 'import json; print(len(json.load(open("base.json"))["tolerance"]))') 0.03" \
    "... with the usual tolerance of what it did not know, and efficiencies that may fall as far as before"
"$KNEE" gate --baseline other.json again >out
is $? 0 "... which can be read"
like "$(cat out)" '^the baseline has 2 sessions: their spread is part of what is allowed$' "... whose spread counts"
is "$(/usr/bin/python3 -c "import json
b = json.load(open('other.json'))
b['sessions'].append(b['sessions'][0])
json.dump(b, open('twice.json', 'w'))"; "$KNEE" gate --baseline twice.json again 2>&1 >out)" \
    "knee gate: error: twice.json: sessions 1 and 3 are of one study: remove one" "a session that is in it twice is refused"
"$KNEE" gate --write-baseline twice.json --workers 2,2 study 2>err
is "$? $(grep -c -- '--workers 2,2: give whole numbers from 1, ascending' err)" "2 1" "... a number of workers, too"
cp other.json two.json
is "$(edit 'b["sessions"][0]["entries"].append(dict(b["sessions"][0]["entries"][0], value=2))' 2>err)" 2 "a figure twice in one session"
like "$(cat err)" 'has a figure that its session had before' "... is refused, and is no second session"
is "$(edit 'b["tolerance"]["tail"] = "much"' 2>err) $(grep -c 'the tolerance of tail is not a number' err)" "2 1" "a tolerance that is no number is refused"
is "$(edit 'e = b["sessions"][0]["entries"]
e.extend(dict(e[0], workers=n) for n in range(3, 62 - len(e) + 3))')" 3 "a baseline that is nearly full"
cp other.json full.json && cp -r study third && sqlite3 -batch third/study.db "UPDATE study SET value = '2002-01-01T00:00:00Z' WHERE key = 'created_utc';
    UPDATE study SET value = '64' WHERE key = 'cores'; INSERT INTO cell(id, role, workers, chunk, policy, placement, start_method)
        SELECT 1000 + n, role, n + workers - 2, chunk, policy, placement, start_method FROM cell,
            (WITH RECURSIVE more(n) AS (SELECT 62 UNION ALL SELECT n + 1 FROM more WHERE n < 64) SELECT n FROM more)
        WHERE role = 'scaling' AND workers = 2;
    INSERT INTO trial(cell, block, position, status, wall_ns, user_ns, system_ns, items, failed)
        SELECT cell.id, trial.block, 90, 'ok', wall_ns, user_ns, system_ns, trial.items, failed FROM trial, cell
        WHERE cell.id > 1000 AND trial.status = 'ok' AND (SELECT workers || role FROM cell AS other WHERE other.id = trial.cell) = '2scaling'"
"$KNEE" gate --baseline full.json --accept third >out 2>err
is "$? $(grep -c 'more than 64 figures: choose numbers of workers with --workers' err) $(cmp full.json other.json && echo same)" "2 1 same" \
    "a session that makes it too large is refused, and the file is as it was"
"$KNEE" gate --baseline full.json --accept --workers 2 third >out
is "$?" 0 "... with some of its numbers of workers it is accepted"
"$KNEE" gate --baseline base.json --json verdict.json --junit verdict.xml study >out
is "$? $(grep -c '"kind": "baseline"' verdict.json) $(grep -c '<testcase' verdict.xml)" "0 1 $(($(grep -c quantity base.json) + 1))" "a verdict on a baseline is written as JSON and JUnit XML"
"$KNEE" gate --require 'E(2)>=9' --require 'E(2)>=0.1' --junit verdict.xml --summary=verdict.md study >out
is "$? $(grep -cE '<failure message="failed: study [0-9.]+, bound 9[.0]*; [0-9.]+ \([0-9.]+ to [0-9.]+\)"/>' verdict.xml)" "1 1" "a bound that is broken, in JUnit XML"
is "$(grep -cE '^\| figure \| bound \| study \|' verdict.md) $(grep -cE '^\| E\(2\)>=.* \| (\*\*failed\*\*|met) \|$' verdict.md)" "1 2" "... and in the summary"
"$KNEE" gate --require 'E(2)>=0.99999' --require 'E(4)>=0.5' --json verdict.json study >out
is "$(/usr/bin/python3 -c "import json; g = json.load(open('verdict.json')); print(g['kind'], [l['state'] for l in g['lines']][1])")" "require skipped" "... on stated bounds too"

"$KNEE" gate --baseline base.json study >out # for the lines below
for arguments in account "account -j 2" predict "gate --baseline base.json" "gate --baseline two.json" "fit -v"; do
    # shellcheck disable=SC2086 # words
    "$KNEE" $arguments study 2>&1 | grep -v '^knee fit: ' >out # the time and memory of knee itself, by -v
    is "$(awk 'length > 100' out)" "" "knee $arguments: at most 100 columns"
    is "$(grep -E '(^|[^0-9.])-?0\.0+([^0-9]|$)' out)" "" "... and nothing is 0.000"
done
"$KNEE" account study >out
like "$(cat out)" '^- global: the items wait more than they compute' "items that wait have no efficiency of computing"
is "$(grep -cE '^ *(global|parallel|transfer) +- +-$' out)" 3 "... and none is printed"
done_testing
