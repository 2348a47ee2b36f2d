#!/bin/bash
# knee fit on tables of times, good and bad: output, exit codes, messages; knee gate's usage.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

printf 'workers,seconds\n1,100\n1,101\n1,99\n2,55\n2,56\n2,54.5\n4,33\n4,32.5\n4,33.2\n' >"$work/times.csv"
"$KNEE" fit --csv "$work/times.csv" >/dev/null 2>"$work/err"
is "$? $(cat "$work/err")" "0 " "a table is fitted in silence on stderr"
out=$("$KNEE" fit -v --csv "$work/times.csv" 2>"$work/err")
is "$(grep -cE '^knee fit: (knee [0-9].*shipped files as|exit code 0 after|CPU time [0-9.]+ s, memory at most)' "$work/err")/$(grep -c . "$work/err")" "3/3" \
    "... with --verbose, stderr has the build, the time and the memory"
like "$out" '^ +4 +3 +32\.90 .* 0\.760 \(' "... with a line for 4 workers"
like "$out" '^\* amdahl +serial fraction 0\.10' "... Amdahl's serial fraction"
like "$out" '^knee: +2 workers: efficiency at 2 workers is 0\.90' "... the knee"
like "$out" 'cores is not known' "... and says that the cores are not known"

# weak scaling: s 0.1, so that T(n) = 10 n / (n - 0.1 (n - 1)), 10.526 with 2 workers, 10.811 with 4; repeats 1% off
printf 'workers,seconds\n1,10\n2,10.526\n4,10.811\n1,10.1\n2,10.631\n4,10.919\n1,9.9\n2,10.421\n4,10.703\n' >"$work/weak.csv"
out=$("$KNEE" fit -v --weak --csv - --predict 64 <"$work/weak.csv")
like "$out" '^ +4 +3 +10\.81 .* 3\.7[0-9]* \(.* 0\.925 \(' "--weak: scaled speedup and efficiency"
like "$out" '^\* gustafson +serial fraction 0\.100 \(' "... Gustafson's serial fraction"
like "$out" '64 workers, a core each: speedup 57\.[67].*a trial 11\.(1|0[89])' "... and its prediction: 64 - 0.1 x 63, and the time of 64 times the work"
is "$(grep -cE 'amdahl|usl|not monotone' <<<"$out")" 0 "... and no model of constant work"
printf 'workers,throughput\n1,0.1\n2,0.19\n4,0.37\n' >"$work/rates.csv"
like "$("$KNEE" fit -v --weak --csv "$work/rates.csv")" 'gustafson +serial fraction 0\.1000' "... from throughputs, too"

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
    like "$(cat "$work/err")" "$pattern" "... that names the cause and the remedy"
}
printf 'workers,seconds\n1,x\n' >"$work/bad.csv"
mkdir "$work/empty"
refuses 1 "bad.csv:2: seconds 'x' is not a number" "a word for a number" fit --csv "$work/bad.csv"
refuses 1 'no-such.csv.*give a file' "a table that is not there" fit --csv "$work/no-such.csv"
refuses 1 'empty/study.db does not exist: give the folder' "a folder without a study" fit "$work/empty"
refuses 2 'operand missing' "fit without operand" fit
refuses 2 'together' "fit with study and table" fit --csv "$work/times.csv" "$work/empty"
refuses 2 'baseline or --require missing' "gate without baseline" gate "$work/empty"
refuses 2 'no-such.json.*--write-baseline' "gate with a baseline that is not there" gate --baseline "$work/no-such.json" "$work/empty"
refuses 2 '--weak: a study records' "--weak with a study" fit --weak "$work/empty"
refuses 2 "--predict 4,x: 'x'" "a word for a worker count" fit --csv "$work/times.csv" --predict 4,x

# Odd tables on standard input: each has its message, and none gives a crash or an interval without data.
table() { # table NAME PATTERN LINES
    local said
    said=$(printf 'workers,seconds\n%b' "$3" | "$KNEE" fit -v --csv - 2>&1)
    local code=$?
    ok "$([ $code -le 1 ]; echo $?)" "$1: exit $code"
    # Lines as they are, and joined, since sentences are cut into lines.
    like "$said
$(tr '\n' ' ' <<<"$said" | tr -s ' ')" "$2" "... $4"
    is "$(grep -v 'shipped files as /' <<<"$said" | awk 'length > 100')" "" "... in at most 100 columns, apart from a path"
}
table "one repetition" 'knee: +none found: no efficiency above one worker has an interval: more repetitions' '1,10\n2,5.5\n4,3.2\n8,2.1\n' "no knee without repetitions"
table "identical times" 'serial fraction 0 \(no interval\)' '1,10\n1,10\n2,5\n2,5\n4,2.5\n4,2.5\n' "no noise, no interval"
table "fewer points than parameters" 'usl +not fitted: T1, sigma and kappa cannot be determined: 3 parameters, and 2 worker counts' '1,10\n2,5.2\n' "named"
table "one worker count" 'amdahl +not fitted: T1 and serial fraction cannot be determined: 2 parameters, and 1 worker count' '4,10\n4,11\n' "named"
table "no one-worker rows" '^ +4 +2 .* - +-' '2,10\n2,11\n4,5.5\n4,5.6\n' "no speedup without its baseline"
table "super-linear" 'super-linear; caches, frequency or a T.1. measured' '1,10\n1,10.1\n1,9.9\n2,4\n2,4.1\n2,3.9\n4,1.9\n4,1.95\n4,1.92\n' "named, not clipped"
table "retrograde" '8 workers are slower than 4: the curve is not monotone' '1,10\n1,10.1\n2,6\n2,6.1\n4,4\n4,4.1\n8,7\n8,7.2\n' "named"
table "one row" '1 +1 +10\.00 \(no interval\)' '1,10\n' "a value without an interval"
table "no rows" 'standard input: no row of numbers: give lines' '' "named"
table "NaN" "standard input:2: seconds 'nan' is not a number" '1,nan\n' "named"
table "infinite" "seconds 'inf' is not a number" '1,inf\n' "named"
table "negative" "seconds '-3': give a number above 0" '1,-3\n' "named"
table "zero" "seconds '0': give a number above 0" '1,0\n' "named"
like "$(printf 'workers;seconds\n1;10,5\n2;6,5\n' | "$KNEE" fit --csv - 2>&1)" '^warning: commas in numbers are read as decimal points' "decimal commas between semicolons are read, and said"
table "huge worker counts" '^1000000 ' '1,10\n1000000,1\n' "taken as they are"
ok "$(printf 'workers,seconds\n4,10\n4,11\n' | "$KNEE" fit --csv - | grep -c extrapolated)" "the ideal line is not extrapolated"
is "$(for n in $(seq 1 5000); do echo "$((n % 16 + 1)),$((16000 / (n % 16 + 1) + n % 7))"; done | { echo workers,seconds; cat; } | "$KNEE" fit --csv - | head -1)" \
    "standard input: 5000 trials count, 0 void, 0 failed; in brackets: 95% intervals" "a long table"

# The answer comes first, in at most 36 lines of at most 100 columns.
for name in extrapolation-undecided lof-not-said super-linear knee-hidden-by-noisy-n no-n1-wrong-remedy usl-large-n; do
    said=$("$KNEE" fit --csv "$root/tests/tables/$name.csv")
    is "$(wc -l <<<"$said" | awk '$1 > 36')$(awk 'length > 100' <<<"$said")" "" "$name: 36 lines, 100 columns"
    is "$(sed -n '2,20p' <<<"$said" | grep -oE '^(knee|model|run|sure):' | tr '\n' ' ')" "run: knee: model: sure: " "... that begin with the answer"
    is "$(grep -cE '(^|[^0-9.])-?0\.0+([^0-9]|$)' <<<"$said")" 0 "... and no number is 0.000"
    is "$("$KNEE" fit -v --csv "$root/tests/tables/$name.csv" | awk 'length > 100')" "" "... --verbose: 100 columns"
done
is "$("$KNEE" fit --help | awk 'length > 100')" "" "the help has 100 columns"
said=$("$KNEE" fit --csv "$root/tests/tables/lof-not-said.csv")
like "$said" '^6 more numbers of workers: --verbose$' "points that are left out are counted"
is "$("$KNEE" fit -v --csv "$root/tests/tables/lof-not-said.csv" | grep -cE '^ +[0-9]+ +5 ')" 16 "... and shown by --verbose"
like "$said" 'geom\. mean' "times are labelled as geometric means"
said=$("$KNEE" fit --csv "$root/tests/tables/no-n1-wrong-remedy.csv")
like "$said" '^knee: +none found: .*T\(1\)' "without one worker T(1) is what is missing"
is "$(grep -c 'more repetitions' <<<"$said")" 0 "... and repetitions are no remedy"
said=$(printf 'workers,seconds\n1,10\n1,10\n2,6\n2,6\n4,4\n4,4\n' | "$KNEE" fit -v --csv -)
like "$said" '^knee: +none found: repetitions agree to the last digit' "identical repetitions are named"
is "$(grep -c 'more repetitions' <<<"$said")" 0 "... and more of them are no remedy"
said=$(printf 'workers,ops/s\n1,1000\n1,1010\n2,1900\n2,1920\n4,3300\n4,3350\n' | "$KNEE" fit -v --csv -)
like "$said" '^ +2 +2 +1910 \(' "a throughput is printed as it is"
like "$said" '^workers trials  ops/s, geom\. mean' "... under the name of its column"
like "$said" '^run: +4 workers: 33[0-9]+ .* ops/s:' "... in the advice, too"
is "$(grep -cwE 'seconds|T1' <<<"$said")" 0 "... and nothing of it is in seconds"
said=$(printf 'workers,throughput\n1,1000\n1,1010\n2,1900\n2,1920\n4,3300\n4,3350\n' | "$KNEE" fit --csv -)
like "$said" '^run: +4 workers: throughput 3320 \(' "a throughput without a unit is called throughput"
is "$(grep -c 'throughput:' <<<"$said")" 0 "... and its name is no unit"
said=$(printf 'workers,items_per_second\n1,10\n1,10.1\n2,19\n2,19.2\n4,33\n4,33.5\n' | "$KNEE" fit --csv -)
like "$said" '^run: +4 workers: 33.* items/s: fastest' "items_per_second are items/s"
said=$(printf 'name,n,s\nA,1,10\nA,1,10.1\nA,2,5.5\nB,4,3\nB,8,1.8\n' | "$KNEE" fit --csv -)
like "$(tr '\n' ' ' <<<"$said" | tr -s ' ')" "warning: the rows of some worker counts .* in column 'name' \(A at 1, 2; B at 4, 8\)" "a column that changes with the workers is named"

# The benchmark SPEC SDM91, as in the vignette of the R package usl: alpha 0.0277, beta 0.000104, gamma 90.0.
printf 'load,throughput\n1,64.9\n18,995.9\n36,1652.4\n72,1853.2\n108,1828.9\n144,1775.0\n216,1702.2\n' >"$work/sdm91.csv"
said=$("$KNEE" fit --csv "$work/sdm91.csv" --workers-column load --criterion linear)
like "$said" '^linear: usl, sigma 0\.028 \(.*kappa 0\.000104 \(.*gamma 90 \(' "--criterion linear: least squares on throughput"
like "$(tr '\n' ' ' <<<"$said" | tr -s ' ')" 'least squares on throughput, as the R package usl.*all else here is by least squares on log T' "... and how it differs"
is "$("$KNEE" fit --csv "$work/sdm91.csv" --workers-column load --criterion linear --json | /usr/bin/python3 -c 'import json, sys
c = json.load(sys.stdin)["criteria"]
print(c["models"], [(p["name"], float("%.4g" % p["value"])) for p in c["linear_fit"]["parameters"]], c["linear_fit"]["df"])')" \
    "log [('gamma', 90.0), ('sigma', 0.02773), ('kappa', 0.0001044)] 4" "... in fit.json, too"
like "$("$KNEE" fit --csv "$work/times.csv" --json)" '"linear_fit": null' "... null unless it is asked for"
like "$("$KNEE" fit -v --csv "$work/times.csv")" 'by least squares on log T; on throughput: --criterion linear' "the criterion is named"
is "$(awk 'length > 100' <<<"$said")" "" "... in 100 columns"

# Amdahl's law with s = 0.1: S(16) = 6.4, S(64) = 8.767, the curve crosses 95% at 1 + 0.05 / (0.95 * 0.1) = 1.526.
printf 'workers,seconds\n' >"$work/law.csv"
for n in 1 2 4 8; do for noise in 0.999 1.001 1.0; do awk "BEGIN { printf \"%d,%.6f\\n\", $n, $noise * 100 * (0.1 + 0.9 / $n) }"; done; done >>"$work/law.csv"
json=$("$KNEE" fit --csv "$work/law.csv" --predict 16,64 --json)
is "$(/usr/bin/python3 -c 'import json, sys; f = json.load(sys.stdin)
p, c = f["predictions"], f["coherency"]
inside = all(x["speedup"]["low"] < t < x["speedup"]["high"] for x, t in zip(p, (6.4, 8.767)))
wider = all(x["band_speedup"]["high"] - x["band_speedup"]["low"] >= x["speedup"]["high"] - x["speedup"]["low"] - 1e-12 for x in p if x["band_speedup"]["value"])
print([x["workers"] for x in p], inside, wider, c["verdict"], c["reason"] is not None or c["p_one_sided"] > 0.05, round(f["knee"]["chosen_model"]["value"], 1))' <<<"$json")" \
    "[16, 64] True True Amdahl is enough True 1.5" "predictions, band, coherency and the model's knee, computed by hand"
done_testing
