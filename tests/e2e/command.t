#!/bin/bash
# A study of a command: cells, cores, spans, check, prepare and cleanup, failures, resuming, and what
# fit, account, export and report make of it.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
small=(--workers "1,2" --blocks 2 --budget 5m --noise 100%)

# --- the examples that are shipped
cc -O2 "$root/docs/examples/spans.c" -lpthread -o spans || exit 1
"$KNEE" sweep --study c "${small[@]}" -- ./spans "{workers}" >stdout 2>stderr
is $? 0 "the C example: exit 0"
like "$(cat stdout)" '24 items, from the command' "... and the summary names its spans"
is "$(q c "SELECT count(*) FROM trial WHERE status = 'ok'")" 4 "two blocks of two worker counts, no serial cell, no chunks"
is "$(q c "SELECT group_concat(DISTINCT role) FROM cell") $(q c 'SELECT count(*) FROM cell WHERE chunk IS NULL AND policy IS NULL')" "scaling 2" \
    "chunk and policy are NULL where the command does not have them"
is "$(q c 'SELECT count(*) FROM item') $(q c 'SELECT count(*) FROM worker') $(q c 'SELECT count(*) FROM batch_item')" "96 6 24" "items and workers of every trial"
is "$(q c 'SELECT count(*) FROM item WHERE start_ns < 0 OR end_ns <= start_ns OR cpu_ns IS NULL OR bytes_out IS NOT NULL')" 0 "... with instants and CPU time; what the spans do not give is NULL"
is "$(q c "SELECT value FROM study WHERE key = 'subject'")" command "the study names its subject"
"$KNEE" sweep --study p "${small[@]}" -- "$root/docs/examples/spans.py" "{workers}" >stdout 2>stderr
is "$? $(q p 'SELECT count(DISTINCT id) FROM item')" "0 24" "the Python example does it too"
"$KNEE" fit c >stdout 2>stderr
is $? 0 "fit: exit 0"
"$KNEE" account c >stdout 2>stderr
is $? 0 "account: exit 0"
like "$(cat stdout)" '^useful, as with one worker +[0-9]' "... with the items of the spans"
is "$(grep -cE '^(waiting for a core|blocked beyond that .locks.) .* -$' stdout) $(grep -cE '^off CPU: no core, or locks +[0-9-]' stdout)" "2 1" \
    "... where spans have no run-queue delay, waiting and locks are one cause"
"$KNEE" gate --write-baseline c.json c >/dev/null 2>stderr && "$KNEE" gate --baseline c.json c >stdout 2>stderr
ok $(($? != 0 && $? != 3)) "gate: a study of a command against its own baseline is no regression"
"$KNEE" gate --baseline c.json p >stdout 2>stderr
is $? 4 "... and another command is not comparable"
is "$("$KNEE" export --what items c | wc -l)" 97 "export: every item and a head"
"$KNEE" report c >stdout 2>stderr
is "$? $(find c -name report.pdf | wc -l)" "0 1" "report: exit 0"

# --- the process: cores, environment, places, hooks in order
cat >prog <<'EOF'
#!/bin/bash
echo "run $1 $2 $3 cpus=$(grep -c . <(taskset -cp $$ | sed 's/.*: //' | tr , '\n')) padding=${#KNEE_PADDING} workers=$KNEE_WORKERS" >>log
echo "$4" >"$5"
EOF
chmod +x prog
# shellcheck disable=SC2016 # for the command's shell
"$KNEE" sweep --study h --workers 1,2 --blocks 1 --chunks 1,8 --policies dynamic,guided --noise 100% --units 50 \
    --prepare 'echo prepare {trial} >>log' --check 'echo check >>log; test "$(cat {out})" = {trial}' --cleanup 'echo cleanup >>log' \
    -- ./prog "{workers}" "{chunk}" "{policy}" "{trial}" "{out}" >stdout 2>stderr
is $? 0 "places and hooks: exit 0"
is "$(q h "SELECT group_concat(role || ' ' || workers || ' ' || chunk || ' ' || policy, ', ') FROM cell")" \
    "scaling 1 1 dynamic, scaling 2 1 dynamic, chunk 2 8 dynamic, policy 2 1 guided" "a cell for each chunk and policy that the command takes"
is "$(sed 's/ .*//' log | tr '\n' ' ' | sed 's/prepare run check cleanup //g')" "" "prepare, the command, check, cleanup, in this order, for every run"
is "$(q h 'SELECT min(items), max(items) FROM trial')" "50|50" "--units gives the work for throughput"
ok "$(($(sed -n 's/.*padding=\([0-9]*\) .*/\1/p' log | sort -u | wc -l) < 3))" "the length of the environment differs from trial to trial"
like "$(cat stdout)" 'wrote no spans' "that there are no spans is said"
is "$(find h -type f)" "h/study.db" "outputs are removed"
"$KNEE" fit h >/dev/null 2>stderr
is $? 0 "fit without spans: exit 0"
"$KNEE" sweep --study u --workers 1,2 --blocks 3 --noise 100% -- sh -c 'sleep 0.1; : {workers}' >stdout 2>stderr
ok $(($(cat stdout stderr | grep -cE 'chunk [0-9]|dynamic|its own policy') > 0)) "no chunk and policy of a command without them"
"$KNEE" gate --write-baseline u.json u >stdout 2>stderr
is "$? $(grep -c cpu_s_per_trial u.json)" "0 2" "a baseline of a command without --units: CPU time of a trial"
"$KNEE" gate --baseline u.json u >stdout 2>stderr
ok $(($? != 0 && $? != 3)) "... which a later gate reads"
"$KNEE" account h >stdout 2>stderr
is $? 1 "account without spans: exit 1"
like "$(cat stderr)" 'the command wrote no spans' "... and it is said that there are no causes"

# --- precision: ends when it is reached, or with the budget; weak scaling
"$KNEE" sweep --study w --workers 1,2 --precision 50% --budget 2m --noise 100% --weak --units 10 -- sh -c 'sleep 0.8; test {units} = {workers}0' >stdout 2>stderr
is $? 0 "precision and weak scaling: exit 0"
like "$(cat stdout)" 'stopped by the precision; precision [0-9.]+% at 2 workers' "the summary says that the precision ended it, and the precision reached"
is "$(q w "SELECT value FROM study WHERE key = 'stopped_by'") $(q w 'SELECT count(DISTINCT block) FROM trial')" "precision 3" "... after the blocks that are always done"
is "$(q w 'SELECT count(*) FROM trial t JOIN cell c ON c.id = t.cell WHERE items <> 10 * workers')" 0 "--weak: work in proportion to the workers"
like "$("$KNEE" fit w)" '^ +2 +3 .* [12]\.[0-9]+ \(' "... and fit prints scaled speedups"
like "$("$KNEE" fit -v w)" '^[* ] gustafson +' "... and Gustafson's law"
"$KNEE" sweep --study b --workers 1,2 --precision 0.05% --budget 4s --noise 100% -- sh -c 'sleep 0.0{workers}' >stdout 2>stderr
is $? 0 "a precision that cannot be reached: exit 0"
like "$(cat stdout)" 'stopped by the budget; precision' "... and the summary says that the budget ended it"

# --- failures: one line, kept, with the reason
"$KNEE" sweep --study f1 "${small[@]}" -- sh -c 'echo "went {workers}" >&2; exit 3' >stdout 2>stderr
is "$? $(tail -n 1 stderr | grep -c 'exited with 3: went 1\|exit.* 3.*went 1')" "1 1" "a command that fails is reported with its exit code and last line"
"$KNEE" sweep --study f2 "${small[@]}" --check 'test {workers} != 2' -- sh -c 'sleep 0.0{workers}' >stdout 2>stderr
is "$? $(grep -c -- '--check' stderr)" "1 1" "a wrong output is a failure"
# shellcheck disable=SC2016 # for the command's shell
"$KNEE" sweep --study f3 "${small[@]}" -- sh -c 'echo "{{\"worker\":{workers}" >"$KNEE_SPANS"' >stdout 2>stderr
is "$? $(grep -c 'spans: line 1: no JSON' stderr)" "1 1" "bad spans are reported with their line"
"$KNEE" sweep --study f4 "${small[@]}" -- no-such-program "{workers}" >stdout 2>stderr
is "$? $(grep -c 'no-such-program cannot be run' stderr)" "1 1" "a command that is not there"
failed() { # PATTERN NAME options...
    "$KNEE" sweep --study x "${small[@]}" "${@:3}" >stdout 2>stderr
    is "$? $(tail -n 1 stderr | grep -Ec "$1")" "1 1" "$2" || cat stderr
}
failed "FOO=1 cannot be run .*: env sets variables: env NAME=VALUE PROGRAM" "a variable in front of the program" -- FOO=1 prog "{workers}"
printf '#!/no/such/shell\r\n' >script && chmod +x script
failed './script cannot be run \(No such file.*: the file is there, the interpreter that its first line names is not' "an interpreter that is not there" -- ./script "{workers}"
failed "'' cannot be run" "an empty word for the program" -- '' "{workers}"
failed 'exited with code 5: fatal: no memory' "a reason after binary output" -- sh -c 'printf "\1\0\2\0fatal: no memory\n" >&2; exit 5; : {workers}'
# shellcheck disable=SC2016 # for the command's shell
"$KNEE" sweep --study q1 "${small[@]}" --check 'test -e "{out}/a b"' -- sh -c 'mkdir "$1"; touch "$1/a b"; : {workers}' - '{out}' >stdout 2>stderr
is $? 0 "a place within quotes of a check" || cat stderr
refused() { # PATTERN NAME options...
    "$KNEE" sweep --study x "${@:3}" >stdout 2>stderr
    is "$? $(grep -c '' stderr)" "2 1" "$2: exit 2 and one line"
    like "$(cat stderr)" "$1" "... that names it"
}
refused '\{threads\}' "an unknown place" -- ./prog "{threads}"
refused 'no \{workers\}' "no place for the workers" -- ./prog
refused 'missing after' "nothing behind --" --
refused '--units' "units that are not known" -- ./prog "{workers}" "{units}"
refused 'belong to a command' "a check without a command" --check true batch
refused 'give one of them' "a batch and a command" batch -- ./prog "{workers}"
refused 'did you mean: knee sweep -- ./prog {workers}' "a command in one word without --" './prog {workers}'
refused 'did you mean: knee sweep -- sleep 0.1' "... also without {workers}" 'sleep 0.1'
refused "is one word, and no program: .*sh -c 'sleep 0.\{workers\}'" "a command in one word behind --" -- 'sleep 0.{workers}'
refused "a command come after '--'" "options of a command without --" ./prog -j '{workers}'
refused 'did you mean: knee sweep -- ./prog {workers}' "a command in several words without --" ./prog '{workers}'
refused "unexpected 'b': one folder" "two folders" a b

# --- the default study: commands with one name have one each, and each is continued
for i in 1 2 1; do
    "$KNEE" sweep --workers 1 --blocks 1 --budget 10m --noise 100% -- sh -c "sleep 0.0$i; : {workers}" >"stdout$i" 2>stderr
done
is "$(ls results)" $'sh\nsh-2' "two commands of one name: two studies"
like "$(cat stderr)" 'nothing is left to do' "... and the first is found again"
is "$(q results/sh-2 "SELECT value FROM study WHERE key = 'recipe_path'")" "sh -c 'sleep 0.02; : {workers}'" "the command line keeps its quotes"

# --- killed, resumed; another command; nothing runs on
"$KNEE" sweep --study r "${small[@]}" --blocks 6 -- sh -c 'sleep 0.1; sleep 77.{workers}'$$' & sleep 0.1' >/dev/null 2>stderr &
victim=$!
for _ in $(seq 2400); do
    [ "$(q r 'SELECT count(*) FROM trial' | grep -E '^[0-9]+$' || echo 0)" -lt 2 ] || break
    sleep 0.05
done
"$KNEE" sweep --study r "${small[@]}" --blocks 6 --resume -- sh -c 'sleep 0.1; sleep 77.{workers}'$$' & sleep 0.1' >/dev/null 2>second
is "$? $(grep -c 'another knee sweep writes this study' second)" "1 1" "a second sweep of the same study is refused"
kill -INT "$victim"
wait "$victim"
is "$? $(pgrep -fc "sleep 77[.][12]$$")" "130 0" "SIGINT: exit 130, and the background processes of the command are ended"
before=$(q r 'SELECT group_concat(id || ":" || wall_ns) FROM trial')
count=$(q r 'SELECT count(*) FROM trial')
"$KNEE" sweep --study r "${small[@]}" --blocks 6 --resume -- sh -c 'true {workers}' >/dev/null 2>stderr
is "$? $(grep -c 'another command' stderr)" "1 1" "resuming with another command: refused"
"$KNEE" sweep --study r "${small[@]}" --blocks 6 --resume -- sh -c 'sleep 0.1; sleep 77.{workers}'$$' & sleep 0.1' >/dev/null 2>stderr
is "$? $(q r "SELECT count(*) FROM trial WHERE status = 'ok'")" "0 12" "--resume does the rest"
is "$(q r "SELECT group_concat(id || ':' || wall_ns) FROM (SELECT * FROM trial ORDER BY id LIMIT $count)")" "$before" "... and keeps the trials done before"
"$KNEE" sweep --study none --resume "${small[@]}" -- ./prog "{workers}" >/dev/null 2>stderr
is "$? $(grep -c 'holds no study' stderr)" "1 1" "--resume without a study is refused"
done_testing
