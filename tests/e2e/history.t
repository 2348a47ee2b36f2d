#!/bin/bash
# knee history and knee diff: over copies of one study whose dates, versions and times are written by SQL.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1

"$KNEE" sweep --study base --workers 1,2 --chunks 1 --policies dynamic --blocks 3 --budget 10m --noise 100% \
    --synthetic 'items=8 cost=2ms kind=wait' >/dev/null 2>&1
is $? 0 "a study"
study() { # study NAME DATE VERSION EFFICIENCY CPU: E(2), and CPU time per item in ms, of a study of 8 items
    cp -r base "$1" && sqlite3 -batch "$1/study.db" "UPDATE study SET value = '$2' WHERE key = 'created_utc';
        UPDATE study SET value = '$3' WHERE key = 'knee_version'; UPDATE study SET value = '2' WHERE key = 'cores';
        UPDATE trial SET system_ns = 0, user_ns = $5 * 8000000 * (1 + 0.002 * block), wall_ns = 1e9 * (1 + 0.001 * block) /
            CASE (SELECT workers FROM cell WHERE cell.id = cell) WHEN 1 THEN 1 ELSE 2 * $4 * (1 + 0.0005 * (block % 2)) END"
}
for i in 1 2 3 4 5 6 7 8; do
    efficiency=0.9$((i % 3)) cpu=20.$((i * 7 % 5))
    [ "$i" -lt 5 ] || efficiency=0.80$((i % 3))
    study "s$i" "2024-01-0${i}T00:00:00Z" "0.2.0 (abc000$i)" "$efficiency" "$cpu"
done

# --- history
"$KNEE" history s8 s1 s2 s3 s4 s5 s6 s7 --plot trend.svg >out 2>err
is "$? $(wc -l <err)" "0 0" "history: exit 0"
is "$(sed -n '2,9s/ .*//p' out | tr '\n' ' ')" \
    "2024-01-01T00:00:00Z 2024-01-02T00:00:00Z 2024-01-03T00:00:00Z 2024-01-04T00:00:00Z 2024-01-05T00:00:00Z 2024-01-06T00:00:00Z 2024-01-07T00:00:00Z 2024-01-08T00:00:00Z " \
    "... in the order of the dates"
like "$(sed -n 2p out)" '0\.2\.0 \(abc0001\) +s1 +0\.91' "... with version, study and efficiency"
like "$(tr '\n' ' ' <out | tr -s ' ')" 'change: efficiency from 0\.91[0-9]* to 0\.80[0-9]* \(-1[0-9.]+%\) after s4 \(0\.2\.0 \(abc0004\)\), in s5 \(0\.2\.0 \(abc0005\)\); p = 0\.00' \
    "... the commit after which efficiency fell is named"
is "$(grep -c '^change: efficiency' out) $(grep -c '^change: CPU' out)" "1 0" "... and CPU time has not changed"
like "$(cat out)" '^error rate: in histories without a change one is found in at most 1%' "... with the error rate"
if command -v gnuplot >/dev/null; then
    is "$(head -c 5 trend.svg) $(grep -c 'CPU time per item' trend.svg) $(find . -name 'trend.svg.*')" "<?xml 1 " "--plot draws an SVG, and leaves nothing else"
fi
"$KNEE" history s1 s2 s3 s4 >out
like "$(cat out)" '^no figure changed beyond the noise of the 4 studies$' "without a change none is found"
"$KNEE" history s1 s2 >out
like "$(cat out)" '^a change of level is looked for from 4 studies on$' "two studies are too few, and it is said"
cp -r s3 other && sqlite3 other/study.db "UPDATE study SET value = 'another' WHERE key = 'machine_class'"
"$KNEE" history s1 s2 other >out 2>err
is "$? $(grep -c '' out)" "0 4" "a study of another machine is left out"
like "$(cat err)" "other is left out: it is not comparable with s1: machine class: s1 has .*, the study 'another'" "... with the reason"
cp -r s2 copy && cp -r s3 fails && cp -r s4 wider && sqlite3 fails/study.db "UPDATE trial SET status = 'failed', reason = 'worker 1 died' WHERE id = 2" &&
    sqlite3 wider/study.db "UPDATE cell SET workers = 3 WHERE workers = 2; UPDATE study SET value = '3' WHERE key = 'cores'"
"$KNEE" history s1 s2 copy fails wider >out 2>err
is "$? $(grep -c '' out)" "0 4" "studies that cannot be compared are left out"
like "$(cat err)" 'copy is left out: it is the same study as s2' "... one that is given twice"
like "$(cat err)" 'fails is left out: 1 of [0-9]+ trials failed, the last because worker 1 died' "... one of a program that failed"
like "$(cat err)" "wider is left out: .* numbers of workers: s1 has '1, 2', the study '1, 3'" "... one with other numbers of workers, whose mean is another figure"
"$KNEE" history s1 missing >out 2>err
is "$? $(grep -c missing err)" "1 1" "a missing study: exit 1, and named"

# What gnuplot may have to write into: nobody else's files, no device.
echo mine >trend.svg.dat && echo mine >trend.svg.new && mkfifo pipe
"$KNEE" history s1 s2 --plot trend.svg >out
is "$? $(cat trend.svg.dat trend.svg.new | tr '\n' ' ')" "0 mine mine " "--plot leaves files with similar names alone"
"$KNEE" history s1 s2 --plot pipe >out 2>err
is "$? $(grep -c 'pipe cannot be written: it is not a regular file' err) $([ -p pipe ] && echo pipe)" "1 1 pipe" "... and a FIFO as it is"
mkdir fake && printf '#!/bin/sh\nexit 0\n' >fake/gnuplot && chmod +x fake/gnuplot && cp trend.svg before.svg
PATH=$work/fake:$PATH "$KNEE" history s1 s2 --plot trend.svg >out 2>err
is "$? $(grep -c 'gnuplot could not draw trend.svg' err) $(cmp trend.svg before.svg && echo same)" "1 1 same" "a picture that is not drawn is an error"

# --- as JSON
field() { /usr/bin/python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"; }
valid() { # valid NAME FILE SCHEMA
    /usr/bin/python3 -c 'import json, sys, jsonschema
described = json.load(open(sys.argv[2]))
jsonschema.Draft202012Validator.check_schema(described)
jsonschema.Draft202012Validator(described).validate(json.load(open(sys.argv[1])))' "$2" "$root/docs/schemas/$3.schema.json" 2>err
    is "$? $(tail -n 1 err)" "0 " "$1: as docs/schemas/$3.schema.json says"
}
"$KNEE" history s8 s1 s2 s3 s4 s5 s6 s7 other --json >history.json 2>err
is "$? $(field history.json '[s["study"] for s in j["studies"]], [l["study"] for l in j["left_out"]], [(c["figure"], c["last_before"], c["first_after"], round(c["change"], 2)) for c in j["changes"] if c["relative"]]')" \
    "0 (['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'], ['other'], [('efficiency', 3, 4, -0.12)])" "history --json: studies, those left out, changes"
"$KNEE" diff --json s1 s5 >diff.json
is "$? $(field diff.json '[round(f["more"]["value"], 2) for f in j["figures"] if f["figure"] == "efficiency" and f["differs"]], [f["fact"] for f in j["facts"]]')" \
    "1 ([-0.12], ['knee_version'])" "diff --json: what differs"
"$KNEE" diff --json s1 s1 >same.json
code=$?
is "$(field diff.json 'j["workers"]')" "{'first': [1, 2], 'second': [1, 2]}" "... and the numbers of workers"
is "$code $(field same.json 'j["facts"], j["differ"]')" "0 ([], 0)" "... and that nothing does"
if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
    valid "history --json" history.json history
    valid "diff --json" diff.json diff
else
    skip "python3-jsonschema is missing: make deps" "JSON of history and diff by their schemas"
fi

# --- a command whose items are not counted: its CPU time is that of a trial
for i in 1 2; do
    cp -r "s$i" "uncounted$i" && sqlite3 -batch "uncounted$i/study.db" "UPDATE trial SET items = NULL, user_ns = user_ns * $i; DELETE FROM item"
done
"$KNEE" history uncounted1 uncounted2 >out
like "$(cat out)" '^date .* CPU s/trial ' "history of a command without counted items"
is "$(awk 'NR > 1 && NR < 4 { print ($7 > 0.1) }' out | tr '\n' ' ')" "1 1 " "... has its CPU time"
"$KNEE" diff uncounted1 uncounted2 >out
like "$(tr '\n' ' ' <out)" '  CPU time per trial at 1 .* \*' "diff, too"

# --- diff
"$KNEE" diff s1 s1 >out
is $? 0 "diff: a study and itself: exit 0"
is "$(grep -c ': the same$' out)" 4 "... nothing differs"
sqlite3 s5/study.db "UPDATE study SET value = replace(value, 'vips ', 'vips 1.') WHERE key = 'libraries';
    UPDATE study SET value = 'another CPU' WHERE key = 'cpu_model'; UPDATE study SET value = 'scatter' WHERE key = 'option_placement'"
"$KNEE" diff s1 s5 >out
is $? 1 "two studies that differ: exit 1"
like "$(cat out)" '^  cpu_model: .* -> another CPU$' "... machine"
like "$(cat out)" '^  libraries: vips 8[0-9.]* -> vips 1\.8[0-9.]*$' "... the libraries that differ, and no others"
like "$(cat out)" '^  placement: compact -> scatter$' "... settings"
like "$(tr '\n' ' ' <out)" '  efficiency at 2 +0\.91[0-9]* \(.*\) +0\.80[0-9]* \(.*\) +-1[0-9.]+ \(-1[^)]*\)%  \* ' "... figures, with the interval of the change"
like "$(cat out)" '^work: the same$' "... what is alike is said in a word"
is "$(awk 'length > 100' out)" "" "... in lines of at most 100 columns"
"$KNEE" diff s2 fails >out 2>err
is "$? $(grep -c 'fails: 1 of [0-9]* trials failed, the last because worker 1 died: the figures are those of the others' err)" "1 1" \
    "trials that failed are named"
cp -r s1 narrow && sqlite3 narrow/study.db "UPDATE trial SET status = 'failed', reason = 'no' WHERE (SELECT workers FROM cell WHERE id = cell) = 2"
"$KNEE" diff s1 narrow >out 2>err
is "$? $(grep -c '^  numbers of workers: 1, 2 -> 1  \*$' out)" "1 1" "numbers of workers that only one has are a difference, and named"
"$KNEE" diff s1 missing >out 2>err
is "$? $(grep -c missing err)" "2 1" "a missing study: exit 2, and named"
done_testing
