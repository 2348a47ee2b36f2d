#!/bin/bash
# The core-second account of a real study: the causes of every trial add up, all core-seconds have a cause, worker
# counts are compared, fit.json has the same; and predictions from the study.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
mkdir batch
for n in 1 2 3 4 5 6; do
    vips gaussnoise n.v $((200 + 60 * n)) $((150 + 40 * n)) --mean 128 --sigma 40 && vips copy n.v "batch/x$n.jpg"
done
rm n.v
"$KNEE" sweep --study one --workers 1,2,3 --chunks 1,2 --policies dynamic --blocks 2 --budget 5m --noise 100% batch >/dev/null 2>stderr
is $? 0 "a study to account for"

"$KNEE" account --trials one >trials
is $? 0 "knee account --trials: exit 0"
is "$(tail -n +2 trials | wc -l)" "$(sqlite3 one/study.db "SELECT count(*) FROM trial WHERE status <> 'failed'")" "... one line for each trial"
is "$(awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { gap = $at["gap_core_s"] / $at["total_core_s"]; if (gap > 0.001 || gap < -0.001) print $1 }' trials)" "" "... each closes within 0.1%"
is "$(awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { sum = 0; for (i = at["serial"]; i <= at["tail"]; i++) sum += $i
      off = sum / $at["total_core_s"] - 1; if (off > 0.001 || off < -0.001) print $1, off }' trials)" "" "... and its causes add up to workers times wall time"
is "$(awk -F'\t' 'NR > 1 && $(NF - 1) > 0.02 * $6 { print $1 }' trials)" "" "... at least 98% of the core-seconds are named"
is "$(awk -F'\t' 'NR > 1 { print $6 }' trials | paste -sd' ')" \
    "$(sqlite3 one/study.db "SELECT printf('%.9g', c.workers * t.wall_ns / 1e9) FROM trial t JOIN cell c ON c.id = t.cell WHERE t.status <> 'failed' ORDER BY t.id" | paste -sd' ')" \
    "... which are those of the study"

"$KNEE" account one >out
like "$(cat out)" '^workers +1 +2 +3$' "knee account: a column for each number of workers"
is "$(sed '/^efficiencies/,$d' out | grep -c '%')" 16 "... 14 causes, the attributed share and the gap"
is "$(sed -n '/^efficiencies/,$p' out | grep -cE '^ *(global|parallel|load-balance|transfer|serialisation|instructions|ipc|frequency) ')" 8 \
    "... and the efficiency tree"
"$KNEE" account --workers 2 one >out
like "$(cat out)" '^one: 2 workers against 1' "--workers 2: against one worker"
like "$(cat out)" '^largest loss: ' "... names the largest loss"
"$KNEE" account --workers 3 --against 2 one >out
is "$(awk '/^efficiency/ { exit } /^all / { print "all" } /^tail/ { print "tail" }' out | paste -sd' ')" "tail all tail all" "--against 2: the same tables"
is "$(awk '/^no loss/ { level = $3 + 0 } / [+-][0-9.]+% / { for (i = 1; i <= NF; i++) if ($i ~ /^[+-][0-9.]+%$/) { level += $i; break } }
    /^3 workers/ { off = level - $3; print (off < 0.06 && off > -0.06) ? "sums up" : "off by " off }' out | tail -n1)" "sums up" "... and a waterfall from no loss down to its efficiency"

"$KNEE" fit --quiet one
is "$(/usr/bin/python3 - <<'PYTHON'
import json
account = json.load(open("one/fit.json"))["account"]
for cell in account["cells"]:
    known = [cause for cause in cell["causes"] if cause["core_s"]["value"] is not None]
    total = sum(cause["core_s"]["value"] for cause in known)
    assert abs(total / cell["total_core_s"]["value"] - 1) < 0.001, (cell["workers"], total)
    assert cell["closure"] < 0.001 and cell["named"] > 0.98
    assert all(cause["core_s"]["reason"] for cause in cell["causes"] if cause not in known)
print(account["reference_items"], [c["workers"] for c in account["cells"] if c["role"] == "scaling"])
PYTHON
)" "6 [1, 2, 3]" "fit.json has the account of every cell, and its causes add up"

is "$(/usr/bin/python3 - <<'PYTHON'
import json
causes = json.load(open("one/fit.json"))["knee"]["causes"]
assert all(cause["workers"]["value"] or cause["workers"]["reason"] for cause in causes)
print(*[cause["step"] for cause in causes])
PYTHON
)" "serial start size contention all" "... and the knee of each step, or why there is none"

"$KNEE" predict --cores 16 --memory 32G --items 1000 one >out
is $? 0 "knee predict: exit 0"
is "$(grep -cE '^ +[0-9]+  [0-9.]+ ' out)" 16 "... a line for each number of workers"
like "$(tr -s ' \n' ' ' <out)" 'best: [0-9]+ workers?, chunk [0-9]+, [a-z-]+: [0-9.]+ .*, [0-9.]+ core-hours chunk: ' "... the best cell and its cost"
like "$(tr '\n' ' ' <out | tr -s ' ')" 'bounds: speedup is at most 16 \(workers\).*memory is enough for [0-9]+ workers' "... and bounds"
is "$(grep -c '^checked: ' out)" 3 "... and each measured cell, predicted without its own trials"
/usr/bin/python3 "$root/tests/bench/predictions.py" "$KNEE" one >out
is $? 0 "predictions.py: predicted against measured"
is "$(grep -c 'workers, chunk .* s .*%' out)" 3 "... every cell of more than one worker"
like "$(cat out)" '^goals: [0-9]+ of [0-9]+ cells within 5%;.* named at least 98% on 1 of 1, closed within 0.1% on 1 of 1$' "... and the goals"
is "$("$KNEE" predict --json one | /usr/bin/python3 -c 'import json, sys; p = json.load(sys.stdin); print(p["format"], p["measured_cores"] <= len(p["points"]) <= max(p["measured_cores"], 3), p["items"])')" \
    "knee-predict 1 True 6" "--json: for the study's own cores and items"
for bad in --memory=lots --memory=-3G --cores=0 --items=x; do
    "$KNEE" predict "$bad" one >/dev/null 2>err
    is "$? $(wc -l <err)" "2 1" "knee predict $bad: exit 2 and one line"
done
"$KNEE" predict none 2>err
is "$? $(wc -l <err)" "1 1" "no study: exit 1 and one line"

# --- causes added to real runs, from their spans
put_in() { # put_in WORDS: the largest loss at four workers
    "$KNEE" sweep --restart --study "$work/made" --workers 1,4 --blocks 1 --noise 100% --budget 10m -- \
        "$KNEE" synthetic -j '{workers}' "items=40 cost=10ms kind=wait $1" >/dev/null 2>&1
    "$KNEE" account --workers 4 made | sed -n 's/^largest loss: \(.*\) (.*/\1/p'
}
is "$(put_in 'serial=900ms')" "serial prefix and suffix" "a serial section added to a real program is named first"
is "$(put_in 'init=2s')" "worker initialisation" "... a slow initializer"
is "$(put_in 'last=1500ms')" "tail: no work left" "... a long last item"
is "$(put_in 'lock=25ms')" "blocked beyond that (locks)" "... a lock"
"$KNEE" fit --quiet made
is "$(/usr/bin/python3 -c 'import json
losses = json.load(open("made/fit.json"))["findings"]["losses"]
print(losses["workers"], losses["causes"][0]["headline"], losses["causes"][0]["label"])')" \
    "4 True blocked beyond that (locks)" "... fit.json ranks it first"
if command -v pdftotext >/dev/null && "$KNEE" report made >/dev/null 2>&1; then
    like "$(pdftotext -f 1 -l 1 made/report.pdf - | tr '\n' ' ')" 'Largest losses with 4 workers: blocked beyond that \(locks\)' \
        "... page 1 of the report names it first"
    is "$(pdftotext -layout -f 2 -l 2 made/report.pdf - | grep -oE 'blocked beyond that|serial prefix and suffix|tail: no work left' | head -n 1)" \
        "blocked beyond that" "... page 2 too"
else
    skip 2 "needs gnuplot, python3-matplotlib and poppler-utils"
fi

"$KNEE" account --workers 7 one 2>err
is "$? $(wc -l <err)" "1 1" "workers that were not measured: exit 1 and one line"
sqlite3 one/study.db "DELETE FROM worker"
"$KNEE" account one 2>err
is "$? $(wc -l <err)" "1 1" "a study without workers: exit 1 and one line"
like "$(cat err)" 'no account' "... with the reason"
done_testing
