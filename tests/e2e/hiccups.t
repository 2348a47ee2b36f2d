#!/bin/bash
# Trials that are far too slow are named and kept out of curve, advice and account alike, unless --keep-hiccups is
# given; a model that the data reject predicts when --predict-rejected is given. Both are in fit.json.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1

field() { # field EXPRESSION: of the JSON on standard input, as f
    /usr/bin/python3 -c "import json, sys
f = json.load(sys.stdin)
print($1)"
}

{
    echo block,workers,seconds
    for b in 0 1 2 3 4; do for n in 4 1 8 2; do
        awk -v b=$b -v n=$n 'BEGIN { srand(b * 10 + n); t = 10 * (0.05 + 0.95 / n) * (1 + 0.01 * (rand() - 0.5))
            if (b == 2 && n == 4) t *= 10
            printf "%d,%d,%.5f\n", b, n, t }'
    done; done
} >times.csv
out=$("$KNEE" fit --csv times.csv)
like "$out" '^times\.csv: 19 trials count, 0 void, 0 failed, 1 far too slow' "a slow row of a table does not count"
like "$(tr '\n' ' ' <<<"$out" | tr -s ' ')" 'far too slow, kept out: 28\.[0-9]+ s at 4 workers of block 2: (9\.9|10)' "... and is named"
json=$("$KNEE" fit --csv times.csv --json)
is "$(field '[(h["block"], h["role"], h["workers"], h["kept"]) for h in f["hiccups"]], f["trials"]["ok"], f["trials"]["hiccups"], f["curve"][2]["trials"], f["options"]["keep_hiccups"]' <<<"$json")" \
    "[(2, 'scaling', 4, False)] 19 1 4 False" "... in fit.json too"
json=$("$KNEE" fit --csv times.csv --json --keep-hiccups)
is "$(field '[h["kept"] for h in f["hiccups"]], f["trials"]["ok"], f["trials"]["hiccups"], f["curve"][2]["trials"], f["options"]["keep_hiccups"]' <<<"$json")" \
    "[True] 20 0 5 True" "--keep-hiccups lets it take part"
like "$("$KNEE" fit --csv times.csv --keep-hiccups | tr '\n' ' ' | tr -s ' ')" 'far too slow, kept all the same: 28' "... and names it all the same"
is "$(field 'f["facts"]["in_order"], f["facts"]["blocks_connected"], f["facts"]["resolution_s"], f["facts"]["noise"]["df"] > 8, 0 < f["facts"]["noise"]["sd"] < 0.01' <<<"$("$KNEE" fit --csv times.csv --json)")" \
    "False True None True True" "what the times are like is in fit.json"
sed 's/workers,seconds/workers,ops/' times.csv | awk -F, 'NR > 1 { $3 = 1000 / $3 } { print $1 "," $2 "," $3 }' >rates.csv
like "$("$KNEE" fit --csv rates.csv | tr '\n' ' ' | tr -s ' ')" 'kept out: 34\.[0-9]+ ops at 4 workers of block 2: (9\.9|10)[0-9.]* times as slow' "a slow throughput keeps its unit"

rejected=$root/tests/tables/lof-not-said.csv
like "$("$KNEE" fit --csv "$rejected" | tr '\n' ' ')" 'not predicted for 32 workers: lack of fit' "a rejected model predicts nothing"
like "$("$KNEE" fit --csv "$rejected" --predict-rejected)" '^extrapolated: 32 workers, a core each: speedup [0-9]' "... but with --predict-rejected"
is "$(field 'f["options"]["predict_rejected"], f["predictions"][0]["speedup"]["value"] > 1' <<<"$("$KNEE" fit --csv "$rejected" --predict-rejected --json)")" \
    "True True" "... which fit.json says"

# A study, with times that do not depend on the load here; one trial of the curve and one of a chunk size are ten times
# as long.
"$KNEE" sweep --study study --workers 1,2 --chunks 1,4 --policies dynamic --blocks 5 --budget 5m --noise 100% \
    --synthetic 'items=16 cost=2ms kind=wait' >/dev/null 2>&1
is $? 0 "a study"
db() { sqlite3 -batch study/study.db "$1"; }
slow=$(db "SELECT t.id FROM trial t JOIN cell c ON c.id = t.cell WHERE c.role = 'scaling' AND c.workers = 2 AND t.status = 'ok' LIMIT 1")
chunk=$(db "SELECT t.id FROM trial t JOIN cell c ON c.id = t.cell WHERE c.role = 'chunk' AND c.chunk = 4 AND t.status = 'ok' LIMIT 1 OFFSET 3")
before=$("$KNEE" account --trials study | awk -F'\t' -v a="$slow" '$1 == a { print $5 }')
db "UPDATE trial SET wall_ns = 1000000000 / (SELECT workers FROM cell WHERE cell.id = cell) + 5000000 * (id % 3)"
db "UPDATE trial SET wall_ns = wall_ns * 10 WHERE id IN ($slow, ${chunk:-$slow})"
json=$("$KNEE" fit --json study)
is "$(field 'sorted((h["trial"], h["role"]) for h in f["hiccups"])' <<<"$json")" \
    "$(field 'sorted([(int(f[0]), "scaling"), (int(f[1]), "chunk")])' <<<"[$slow, ${chunk:-$slow}]")" "slow trials of curve and chunks are found"
is "$(field '[(c["role"], c["workers"], c["chunk"], c["trials"]) for c in f["account"]["cells"] if c["trials"] != 5]' <<<"$json" | tr -d ' ')" \
    "[('scaling',2,1,4),('chunk',2,4,4)]" "... and kept out of the account"
is "$(field '[v["trials"] for v in f["chunks"]]' <<<"$json")" "[4, 4]" "... and of the comparison of chunks"
is "$before $("$KNEE" account --trials study | awk -F'\t' -v a="$slow" '$1 == a { print $5 }')" "ok hiccup" "... knee account --trials says so"
is "$("$KNEE" account study | grep -c '^far too slow, kept out: ')" 2 "... and knee account names them"
is "$("$KNEE" account --keep-hiccups --trials study | awk -F'\t' -v a="$slow" '$1 == a { print $5 }')" "ok" "... and --keep-hiccups keeps them"
is "$("$KNEE" predict study 2>&1 >/dev/null | grep -c 'far too slow, kept out: ')" 2 "... and knee predict warns of them"
done_testing
