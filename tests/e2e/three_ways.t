#!/bin/bash
# knee fit --replayed --emulated: simulation, replay and emulation of the same items, in the terminal and in fit.json;
# what is refused.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
mkdir batch other
for n in 1 2 3 4 5 6 7 8; do
    vips gaussnoise n.v $((200 + 60 * n)) $((150 + 40 * n)) --mean 128 --sigma 40 && vips copy n.v "batch/x$n.jpg"
done
cp batch/x1.jpg batch/x2.jpg batch/x3.jpg batch/x4.jpg other
quiet=(--noise 100% --budget 5m)
counts=0
few=(--chunks 1 --policies dynamic --blocks 2)
json() { /usr/bin/python3 -c 'import json, sys; f = json.load(open(sys.argv[2])); t = f["three_ways"]; print(eval(sys.argv[1]))' "$1" "$2"; }

"$KNEE" sweep --study real --workers 1,2 "${few[@]}" --items 8 "${quiet[@]}" batch >/dev/null 2>err || { cat err; exit 1; }
"$KNEE" sweep --replay real --workers 1,2,8 --chunks 1,2 --policies dynamic,largest-first --blocks 2 "${quiet[@]}" >/dev/null 2>err ||
    { cat err; exit 1; }
"$KNEE" fit real >out
is "$(json 't' real/fit.json)" "None" "without a replay: null"
"$KNEE" fit --replayed real-replayed real >out
is $? 0 "with a replay: exit 0"
is "$(json 'sorted((r["workers"], r["chunk"], r["policy"], r["of"], r["items"]) for r in t["rows"])' real/fit.json)" \
    "[(2, 1, 'dynamic', 'replayed', 8), (8, 1, 'dynamic', 'replayed', 8), (8, 1, 'largest-first', 'replayed', 8), (8, 2, 'dynamic', 'replayed', 8)]" \
    "... a row for each number of workers, chunk and policy"
is "$(json 'all(r["simulated_s"]["value"] > 0 and r["replayed_s"]["value"] > 0 and r["emulated_s"]["value"] is None and r["emulated_s"]["reason"]
    for r in t["rows"]), [d["between"] for r in t["rows"] for d in r["differences"]] == ["simulated and replayed"] * 4' real/fit.json)" \
    "(True, True)" "... simulated and replayed, and the reason why there is nothing emulated"
is "$(json '[all(d["differ"] == (d["relative"]["low"] > 0 or d["relative"]["high"] < 0) for r in t["rows"] for d in r["differences"]
    if d["relative"].get("low") is not None), t["differ"] == sum(d["differ"] for r in t["rows"] for d in r["differences"]),
    bool(t["warnings"]) == (t["differ"] > 0)]' real/fit.json)" "[True, True, True]" "... ways differ when the interval of their ratio does not hold 1; then there is a warning"
# Of simulated over replayed one factor is that of the items' times, the other that of the pool around them.
is "$(json '[abs((1 + q["items"]["value"]) * (1 + q["pool"]["value"]) / (1 + r["differences"][0]["relative"]["value"]) - 1) < 1e-6
    for r in t["rows"] for q in r["parts"]], {q["of"] for r in t["rows"] for q in r["parts"]}' real/fit.json)" \
    "([True, True, True, True], {'replayed'})" "... and two parts of each difference: the times of items, and the pool"
cp real/fit.json before.json
cp -r real-replayed longer
sqlite3 longer/study.db "UPDATE item SET end_ns = start_ns + 30 * (end_ns - start_ns) WHERE trial IN
    (SELECT t.id FROM trial t JOIN cell c ON c.id = t.cell WHERE c.workers = 8 AND c.policy = 'largest-first')"
"$KNEE" fit --replayed longer real >/dev/null
is "$(json '[(r["policy"], (1 + q["items"]["value"]) / (1 + o["items"]["value"]) < 0.5, (1 + q["pool"]["value"]) / (1 + o["pool"]["value"]) > 2)
    for r, b in zip(t["rows"], json.load(open("before.json"))["three_ways"]["rows"]) for q, o in zip(r["parts"], b["parts"]) if r["policy"] == "largest-first"]' \
    real/fit.json)" "[('largest-first', True, True)]" "... items that took thirty times as long, in as much time: the pool has not waited for them"
"$KNEE" fit --replayed real-replayed real >out
like "$(cat out)" '^three ways: seconds of the same items' "the terminal has the table"
like "$(cat out)" '^8 items, those of replayed' "... with the items"
like "$(cat out)" '^      8     2 dynamic ' "... and its rows"
like "$(tr '\n' ' ' <out)" 'emulated trials compute real items on shares of real cores: they test the pool' "... and what emulated trials are for"
like "$(tr '\n' ' ' <out | tr -s ' ')" 'the replayed pool: with 8 workers on [0-9]+ real cores, [0-9.e-]+% of their time was waiting for a real core' \
    "... and what the replayed pool cost"
is "$(json 't["pool"]["workers"], 0 <= t["pool"]["share"] < 1' real/fit.json)" "(8, True)" "... in fit.json, too"
is "$(sed -n '/^three ways/,$p' out | awk 'length > 100' | wc -l)" 0 "... within 100 columns"

# Later fits and reports keep the comparison, and make it of what the studies hold then.
cp real/fit.json before.json
"$KNEE" fit real >out
is "$? $(json 't' real/fit.json)" "0 $(json 't' before.json)" "knee fit without options keeps the comparison"
is "$(json 't["replayed_study"], t["emulated_study"]' real/fit.json)" "('../real-replayed', None)" "... with the study that fit.json names"
like "$(cat out)" '^three ways: ' "... and prints it"
sqlite3 real-replayed/study.db "UPDATE trial SET wall_ns = 2 * wall_ns"
"$KNEE" report --curve real >/dev/null
is "$? $(json '[round(r["replayed_s"]["value"] / b["replayed_s"]["value"], 3) for r, b in zip(t["rows"], json.load(open("before.json"))["three_ways"]["rows"])]' \
    real/fit.json)" "0 [2.0, 2.0, 2.0, 2.0]" "a replay that has changed since is compared again before a report"
"$KNEE" fit --quiet --replayed real-replayed/study.db real
is "$? $(json 't["replayed_study"]' real/fit.json)" "0 ../real-replayed" "a replay given as its study.db is named by its folder"
sqlite3 real-replayed/study.db "UPDATE trial SET wall_ns = 2 * wall_ns"
"$KNEE" report --curve real >/dev/null
is "$? $(json '[round(r["replayed_s"]["value"] / b["replayed_s"]["value"], 3) for r, b in zip(t["rows"], json.load(open("before.json"))["three_ways"]["rows"])]' \
    real/fit.json)" "0 [4.0, 4.0, 4.0, 4.0]" "... and compared again when it has changed"
cp -r real-replayed second
"$KNEE" report --curve --replayed second real >/dev/null
is "$? $(json 't["replayed_study"]' real/fit.json)" "0 ../second" "a report with another replay compares with that one"
mv second gone
"$KNEE" fit real >out
is "$? $(json 't["rows"], t["replayed_study"]' real/fit.json)" "0 ([], '../second')" "a replay that is not there: no rows"
like "$(tr -s '\n ' ' ' <out)" 'replayed trials are not compared: .*second does not exist' "... and the reason"
mv gone second
"$KNEE" fit --quiet real
is "$(json 'len(t["rows"])' real/fit.json)" 4 "... when it is back it is compared again"
sqlite3 second/study.db "UPDATE trial SET status = 'void' WHERE cell IN (SELECT id FROM cell WHERE workers = 1)"
"$KNEE" fit --replayed second real >out
is "$? $(json 't["rows"], t["warnings"]' real/fit.json)" \
    "0 ([], ['replayed trials are not compared: second: no trial with one worker counts: sweep with --workers 1,...'])" \
    "a replay without one-worker trials: the fit is made, and says so"
"$KNEE" fit --alone real >out
is "$? $(json 't' real/fit.json) $(grep -c 'three ways' out)" "0 None 0" "--alone: compared with neither"

if "$KNEE" doctor 2>/dev/null | grep -q 'cores can be emulated'; then
    "$KNEE" sweep --study emulated --emulate 4 --workers 1,4 "${few[@]}" --items 8 "${quiet[@]}" batch >/dev/null 2>err || cat err
    [ "$("$KNEE" export emulated 2>/dev/null | cut -d, -f1 | sort -u | grep -c '[14]')" = 2 ] && counts=1
fi
if [ $counts = 1 ]; then
    "$KNEE" sweep --replay real --study again --workers 1,4 "${few[@]}" "${quiet[@]}" >/dev/null 2>err || cat err
    "$KNEE" fit --replayed again --emulated emulated real >out
    is "$? $(json '[(r["of"], r["workers"], len(r["differences"])) for r in t["rows"]]' real/fit.json)" "0 [('both', 4, 3)]" \
        "replayed and emulated studies of the same items share their rows: three ways, three differences"
    "$KNEE" fit --emulated emulated real >out
    is "$? $(json '[(r["of"], r["replayed_s"]["value"]) for r in t["rows"]]' real/fit.json)" "0 [('emulated', None)]" "an emulated study alone"
    like "$(tr -s '\n ' ' ' <out)" 'simulated over emulated differs most with 4 workers, dynamic: [-+0-9.]+%, of which [-+0-9.]+% because items took other times' \
        "... says by which part"
    rm real/fit.json
    "$KNEE" report --curve --replayed again --emulated emulated real >out 2>err
    is "$? $(json 't["replayed_study"] is None or t["emulated_study"] is None' real/fit.json)" "0 False" "a report with both makes the fit with both"
else
    skip "cores cannot be emulated here, or the machine is too busy for it" "an emulated study: three ways, three differences"
fi

refused() { # refused CODE PATTERN NAME ARGUMENTS...
    local code=$1 pattern=$2 name=$3
    shift 3
    "$KNEE" fit "$@" >/dev/null 2>err
    is "$? $(wc -l <err)" "$code 1" "$name: exit $code, one line"
    like "$(cat err)" "$pattern" "... which says why"
}
refused 1 "real is not of a replayed batch: give a study that 'knee sweep --replay' made" "a real study as replay" --replayed real real
refused 1 "real-replayed is not of emulated cores" "a replay as emulation" --emulated real-replayed real
"$KNEE" sweep --study small --workers 1,2 "${few[@]}" "${quiet[@]}" other >/dev/null 2>&1
refused 1 'real-replayed is of another batch than small' "another batch" --replayed real-replayed small
"$KNEE" sweep --study plain --workers 1,2 --blocks 2 "${quiet[@]}" -- sh -c 'sleep 0.05; : {workers}' >/dev/null 2>&1
refused 1 'another batch|not of a replayed' "a command without spans" --replayed plain real
refused 1 'none does not exist' "a study that is not there" --replayed none real
refused 2 'leave it out' "--alone and a replay" --alone --replayed real-replayed real
refused 2 'a table has no items' "a table" --replayed real-replayed --csv -
done_testing
