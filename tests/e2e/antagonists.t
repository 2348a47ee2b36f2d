#!/bin/bash
# knee sweep --antagonists: trials next to a process that presses on memory, in cells of their own; what is read from
# them; a sweep that was killed; what is refused.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
db() { /usr/bin/python3 -c 'import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row, sep="|")' "$@"; }
json() { /usr/bin/python3 -c 'import json, sys; f = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

cpus=$(nproc)
[ "$cpus" -ge 2 ] || skip_all "an antagonist needs a second CPU"
# shellcheck disable=SC2054 # lists of one option
options=(--synthetic 'items=12 cost=3ms kind=spin touch=2MB buffer=8MB' --workers 1,2 --chunks 1 --policies dynamic
    --blocks 2 --noise 100% --budget 5m)

"$KNEE" sweep --synthetic 'items=4 cost=1ms' --workers 1,2 --antagonists auto --dry-run >out 2>err
is "$? $(grep -c ' antagonist  ' out)" "0 7" "--dry-run shows seven cells with antagonists"
like "$(cat err)" '7 antagonists' "... and the plan counts them"

"$KNEE" sweep "${options[@]}" --antagonists 0GB/s,1GB/s --study one >out 2>err
is $? 0 "a sweep with antagonists"
is "$(db one/study.db "SELECT role, count(*) FROM cell GROUP BY 1 ORDER BY 1")" "antagonist|4
scaling|2" "... cells of their own: two steps and the two reporters"
is "$(db one/study.db "SELECT count(*) FROM trial t JOIN antagonist a ON a.trial = t.id JOIN cell c ON c.id = t.cell
    WHERE c.role = 'antagonist' AND t.status = 'ok' AND a.traffic_alone > 0 AND a.footprint_pressed > 0
    AND a.cpu <> a.worker_cpu")" 8 "... each trial with the speed of both reporters, on two CPUs"
is "$(db one/study.db "SELECT count(*) FROM item i JOIN trial t ON t.id = i.trial JOIN cell c ON c.id = t.cell
    WHERE (c.role = 'antagonist') <> (i.antagonist_bytes IS NOT NULL)")" 0 "... items next to one have what it moved, no others"
is "$(db one/study.db "SELECT sum(a.moved_bytes) FROM antagonist a JOIN trial t ON t.id = a.trial JOIN cell c ON c.id = t.cell
    WHERE c.antagonist_bytes_per_second = 0")" 0 "... step 0 GB/s moves nothing"

"$KNEE" fit --json one >fit.json
is "$(json 'len(f["curve"]), f["trials"]["ok"], f["contention"]["from"], f["contention"]["blocks"], len(f["chunks"])' <fit.json)" "(2, 4, 'antagonists', 2, 0)" \
    "fit: curve, trials and chunks are without them; contention is from them"
is "$(json '[c["program"] for c in f["contention"]["sensitivity"]], f["contention"]["traffic_from"]' <fit.json)" \
    "(['items', 'traffic reporter', 'footprint reporter'], 'reporters')" "... with the sensitivity of three programs"
"$KNEE" export one | cut -d, -f1 | sort | uniq -c | tr -s ' \n' ' ' >out
is "$(cat out)" " 2 1 2 2 1 workers " "export: trials of the curve only"
is "$("$KNEE" export --role antagonist one | wc -l)" 9 "... --role antagonist: the others"
"$KNEE" predict --cores 8 one >out
like "$(tr '\n' ' ' <out | tr -s ' ')" 'measured next to antagonists \(2 blocks\).*GB/s of traffic \(from reporters\)' "predict: contention is measured"
like "$(tr '\n' ' ' <out | tr -s ' ')" 'interval of E\(8\): (\+-|less than )[0-9.]+ points by contention \(antagonists\), (\+-|less than )[0-9.]+ points by all else' "... its share of the interval"
like "$(tr '\n' ' ' <out | tr -s ' ')" 'contention checked: with 2 workers items are .* slower by antagonists alone, measured .*; E\(2\)' "... and the check at two workers"
"$KNEE" predict --cores 8 --json one >predict.json
"$KNEE" predict --machine 'cores=16 sharing=8 channels=8 here-channels=2 l3=64MiB' one >out 2>err
is "$? $(grep -c '^ *16  ' out)" "0 1" "predict --machine: its cores"
like "$(tr '\n' ' ' <out | tr -s ' ')" 'machine: its memory carries 4 times the traffic, its cache holds .* as much; 8 cores share it' "... its memory and caches"
for bad in 'cores=0' 'l3=8' 'size=3' 'file=none.xml'; do
    "$KNEE" predict --machine "$bad" one >/dev/null 2>err
    is "$(wc -l <err)" 1 "--machine '$bad': one line"
done
is "$(json 'f["contention_check"]["workers"], f["points"][7]["excess"]["low"] >= 0, f["points"][7]["half_contention"] > 0' <predict.json)" "(2, True, True)" "--json has both"

sweep_mark="KNEE_TEST_MARK=$work"
env "$sweep_mark" "$KNEE" sweep "${options[@]}" --antagonists 0GB/s,1GB/s --study two >out 2>err &
sweeping=$!
for ((i = 0; i < 600; i++)); do
    [ -e two/study.db ] && [ "$(db two/study.db 'SELECT count(*) FROM antagonist' 2>/dev/null || echo 0)" -ge 2 ] && break
    sleep 0.1
done
kill -KILL $sweeping
wait $sweeping 2>/dev/null
for ((i = 0; i < 600; i++)); do
    grep -qzs "${sweep_mark}" /proc/[0-9]*/environ || break
    sleep 0.1
done
is "$(grep -lzs "${sweep_mark}" /proc/[0-9]*/environ | wc -l)" 0 "a sweep that is killed leaves no antagonist"
done_before=$(db two/study.db 'SELECT count(*) FROM trial')
"$KNEE" sweep "${options[@]}" --antagonists 0GB/s,1GB/s --study two >out 2>err
is "$? $(db two/study.db "SELECT count(*) FROM trial") $((done_before > 0 && done_before < 12))" "0 12 1" "... and the same command continues it"
"$KNEE" sweep "${options[@]}" --antagonists 0GB/s --study two >out 2>err
is "$? $(grep -c -- '--antagonists' err)" "1 1" "... other steps are refused"

"$KNEE" sweep "${options[@]}" --study plain >out 2>err
"$KNEE" predict --cores 8 plain >out
like "$(tr '\n' ' ' <out)" "contention beyond 2 workers: assumed .*knee sweep --antagonists.*by contention \(assumed\)" "without antagonists: assumed, and how to measure"
is "$("$KNEE" predict --cores 8 --json plain | json 'f["contention"]["from"], f["contention_check"]') $("$KNEE" fit --json plain | json 'f["contention"]["from"]')" \
    "('assumed', None) assumed" "... in both JSONs"

for bad in 'x' '1GB' '-1GB/s' ''; do
    "$KNEE" sweep --synthetic 'items=4' --antagonists "$bad" --dry-run >/dev/null 2>err
    is "$? $(wc -l <err)" "2 1" "--antagonists '$bad': exit 2 and one line"
done
"$KNEE" sweep --antagonists auto --emulate 4 . >/dev/null 2>err
is "$? $(wc -l <err)" "2 1" "with --emulate: exit 2"
taskset -c "$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')" "$KNEE" sweep --synthetic 'items=4' --antagonists auto --dry-run >/dev/null 2>err
is $? 1 "one CPU: exit 1"
like "$(cat err)" 'core of its own.*allow two' "... says why"
done_testing
