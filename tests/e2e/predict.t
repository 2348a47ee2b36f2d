#!/bin/bash
# knee predict: a command without spans is predicted from its model; with other items the part of the serial time that
# grows is learned, stated or left open, and the intervals hold the truth of a synthetic workload.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

# field EXPRESSION: of the JSON p on standard input
field() { /usr/bin/python3 -c "import json, sys; p = json.load(sys.stdin); print($1)"; }

# --- a command without items
"$KNEE" sweep --study plain --workers 1,2,4 --blocks 2 --noise 100% --budget 1m -- \
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

# --- other numbers of items: a tenth of the work is serial, so S(16) is 6.4 for any number of items
for items in 40 160; do
    "$KNEE" sweep --study "s$items" --workers 1,4 --blocks 2 --noise 100% --budget 1m \
        --synthetic "items=$items cost=20ms kind=wait serial=10%" >/dev/null 2>&1
done
predicted() { # predicted OPTION...: with 12800 items on 16 cores; what its serial growth is from, S(16) and its interval
    "$KNEE" predict --json --cores 16 --items 12800 "$@" s40 |
        field 'p["serial_growth"]["from"], *(round(p["points"][-1]["speedup"][k], 2) for k in ("low", "value", "high"))'
}
holds() { awk '{ exit !($2 <= 6.4 && 6.4 <= $4) }' <<<"$1"; }
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
for bad in --serial-grows=never "--serial-grows=items --serial-from=s160"; do
    # shellcheck disable=SC2086
    "$KNEE" predict $bad s40 >/dev/null 2>err
    is "$? $(wc -l <err)" "2 1" "knee predict $bad: exit 2 and one line"
done
"$KNEE" predict --items 100 --serial-from s40 s40 >/dev/null 2>err
is "$? $(wc -l <err)" "1 1" "--serial-from with as many items: nothing to learn, exit 1"
done_testing
