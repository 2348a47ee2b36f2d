#!/bin/bash
# knee predict: a command without spans is predicted from its model; with other items the part of the serial time that
# grows is learned, stated or left open, and the intervals hold the truth of a synthetic workload.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

# field EXPRESSION: of the JSON p on standard input
field() { /usr/bin/python3 -c "import json, sys; p = json.load(sys.stdin); print($1)"; }

# --- a command without items
"$KNEE" sweep --study plain --workers 1,2,4 --blocks 5 --noise 100% --budget 10m -- \
    sh -c 'case {workers} in 1) sleep 0.45 ;; 2) sleep 0.25 ;; *) sleep 0.15 ;; esac' >/dev/null 2>&1
"$KNEE" predict --cores 8 plain >out
is $? 0 "a command without spans: exit 0"
like "$(tr '\n' ' ' <out)" 'from the fitted model \(.*no items were simulated' "... says that the model predicts, and why"
is "$(grep -c -E '^ +[1-8]  ' out)" 8 "... a line for each number of workers"
like "$(cat out)" '^ +8 .* extrapolated$' "... which says what lies beyond the measured ones"
"$KNEE" predict --cores 8 --memory 1000G --json plain >out
is "$(field 'p["from"], len(p["points"]), p["points"][0]["speedup"]["value"], p["memory_workers"] > 8' <out)" "model 8 1.0 True" "... the same as JSON"
"$KNEE" predict --memory 1 --json plain >out
is "$(field 'p["best"], p["memory_workers"]' <out)" "None 0" "--memory: no number of workers fits into a byte"
"$KNEE" predict --items 100 plain >/dev/null 2>err
is "$? $(grep -c 'other items need the times of single items' err)" "1 1" "--items without items is refused with the reason"

# --- weak scaling: n workers do n times the work, in 0.2 s and 0.01 s for each
"$KNEE" sweep --study weak --weak --units 10 --workers 1,2,4 --blocks 5 --noise 100% --budget 10m -- \
    sh -c 'case {units} in {workers}0) sleep 0.2{workers} ;; *) exit 1 ;; esac' >/dev/null 2>&1
"$KNEE" predict --cores 8 weak >out
is $? 0 "weak scaling: exit 0"
like "$(tr '\n' ' ' <out | tr -s ' ')" 'from the fitted model \(gustafson\).*for n times the work of one worker.*scaled speedup' "... from Gustafson's model, and says so"
like "$(cat out)" '^best: 8 workers, by time for the same work$' "... the best number is by time for the same work"
is "$(grep -c ' $' out)" 0 "... no blank ends a line"
"$KNEE" predict --cores 8 --items 100 weak >/dev/null 2>err
is "$? $(grep -c 'other items mean other workers' err)" "1 1" "--items with weak scaling is refused with the reason"

# --- other numbers of items: a tenth of the work is serial, so S(16) is 6.4 for any number of items
for items in 40 160; do
    "$KNEE" sweep --study "s$items" --workers 1,4 --blocks 2 --noise 100% --budget 10m \
        --synthetic "items=$items cost=20ms kind=wait serial=10%" >/dev/null 2>&1
done
predicted() { # predicted OPTION...: with 12800 items on 16 cores; what its serial growth is from, S(16) and its interval
    "$KNEE" predict --json --cores 16 --items 12800 "$@" s40 |
        field 'p["serial_growth"]["from"], *(round(p["points"][-1]["speedup"][k], 2) for k in ("low", "value", "high"))'
}
# Other work on this machine makes the real S(16) another one by some percent; a wrong growth gives 4 or 15.
holds() { awk '{ exit !($2 * 0.9 <= 6.4 && 6.4 <= $4 * 1.1) }' <<<"$1"; }
open=$(predicted)
like "$open" '^assumed ' "nothing stated: assumed"
holds "$open"
ok $? "... and the interval holds the truth, 6.4: $open"
like "$("$KNEE" predict --cores 16 --items 12800 s40 | tr '\n' ' ')" 'serial parts: assumed to grow .*intervals hold both.*--serial-from STUDY' "... says what it assumed, and what would tell"
learned=$(predicted --serial-from s160)
like "$learned" '^learned ' "--serial-from: learned"
holds "$learned"
ok $? "... and the interval holds the truth, 6.4: $learned"
read -r _ low _ high <<<"$open"
read -r _ low_learned _ high_learned <<<"$learned"
ok "$(awk "BEGIN { print !($high_learned - $low_learned < $high - $low) }")" "... and is narrower than without"
fixed=$(predicted --serial-grows fixed) grown=$(predicted --serial-grows items)
like "$fixed $grown" '^stated .* stated ' "--serial-grows: stated"
ok "$(awk -v f="$fixed" -v g="$grown" 'BEGIN { split(f, a, " "); split(g, b, " "); print !(a[3] > b[3]) }')" \
    "... fixed parts weigh less with more items: $fixed, $grown"

# --- several machines: shards as knee submit makes them
"$KNEE" predict --nodes 100 --items 10000000 --cores 8 --serial-grows items --json s40 >nodes.json
is $? 0 "--nodes 100 with 10,000,000 items"
is "$(field 'p["nodes"], p["items"], p["shards"] == p["tasks"] * p["per_task"] or p["shards"] % p["per_task"], p["shards"] <= 10000' <nodes.json)" \
    "100 10000000 True True" "... its shards"
is "$(field 'abs(sum(p["node_s"].values()) / (100 * p["wall_s"]["value"]) - 1) < 1e-9, p["node_s"]["scheduling"] < 0.03 * 100 * p["wall_s"]["value"]' <nodes.json)" \
    "True True" "... parts add up to all nodes' time, scheduling is below 3%"
is "$(field 'p["wall_s"]["low"] < p["wall_s"]["value"] < p["wall_s"]["high"]' <nodes.json)" True "... its time has an interval"
one=$("$KNEE" predict --items 12800 --cores 8 --serial-grows items --json s40 | field 'p["best"]["wall_s"]["value"]')
is "$("$KNEE" predict --nodes 1 --items 12800 --cores 8 --serial-grows items --json s40 | field "abs(p['node_s']['work'] / $one - 1) < 0.05")" True \
    "... one node does what it does without shards"
like "$("$KNEE" predict --nodes 3 --items 12800 s40)" '^cost +[0-9.]+ node-hours, [0-9.]+ core-hours' "... and as text"
"$KNEE" predict --nodes 3 plain >/dev/null 2>err
is "$? $(grep -c 'needs the times of single items' err)" "1 1" "--nodes without items is refused with the reason"
for bad in --serial-grows=never "--serial-grows=items --serial-from=s160"; do
    # shellcheck disable=SC2086
    "$KNEE" predict $bad s40 >/dev/null 2>err
    is "$? $(wc -l <err)" "2 1" "knee predict $bad: exit 2 and one line"
done
"$KNEE" predict --items 100 --serial-from s40 s40 >/dev/null 2>err
is "$? $(wc -l <err)" "1 1" "--serial-from with as many items: nothing to learn, exit 1"
done_testing
