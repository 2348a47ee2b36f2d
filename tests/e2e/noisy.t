#!/bin/bash
# A study on a machine that did other work: whichever trials count is written into study.db by hand, since the load of
# the machine that runs this test is not known.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1

sweep() { # sweep STUDY [OPTIONS]
    "$KNEE" sweep --study "$1" --synthetic 'items=8 cost=5ms kind=wait' --workers 1,2 --chunks 1 --policies dynamic --blocks 3 \
        --noise 100% --budget 10m "${@:2}" >stdout 2>stderr
}
sweep quiet
is $? 0 "a synthetic study"
is "$(sqlite3 quiet/study.db "SELECT value FROM study WHERE key = 'noise_limit'")" 1 "... in which others may take any share of the CPU time"
field() { # field FILE EXPRESSION
    /usr/bin/python3 -c 'import json, sys; f = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$@"
}
made() { # made STUDY POLICY SQL: a copy with that policy, changed
    cp -r quiet "$1" && sqlite3 "$1/study.db" "UPDATE study SET value = '$2' WHERE key = 'option_noise-policy'; $3"
}
disturbed="UPDATE trial SET status = 'void', reason = 'other processes used 30.0% of the CPU time (limit 5%)', disturbed = 1,
    other_cpu_ns = wall_ns * 0.3 * (SELECT value FROM study WHERE key = 'logical_cpus'),
    taken_ns = 0.1 * wall_ns * (SELECT workers FROM cell WHERE cell.id = trial.cell)"
# Times are made up: they must not depend on the machine.
sqlite3 quiet/study.db "DELETE FROM worker; DELETE FROM item; UPDATE trial SET status = 'ok', disturbed = NULL,
    wall_ns = 1e9 * (1 + 0.01 * (block % 2)) / (SELECT workers FROM cell WHERE cell.id = trial.cell)"
sqlite3 quiet/study.db "UPDATE trial SET wall_ns = wall_ns * 1.01 WHERE block = 2 AND cell = 2"

"$KNEE" fit quiet >/dev/null && "$KNEE" fit quiet >stdout
is "$(grep -c 'noisy machine' stdout)" 0 "a quiet study is not marked"
is "$(field quiet/fit.json 'f["trials"]["disturbed"], f["trials"]["disturbed_count"], f["trials"]["noise_policy"]')" "(0, False, None)" "... nor in fit.json"

# --- all are disturbed
made noisy auto "$disturbed"
"$KNEE" fit noisy >stdout 2>stderr
is $? 0 "a study of disturbed trials has numbers"
like "$(head -n 1 stdout)" '^noisy: noisy machine; 6 trials count, 0 void' "... the first line says noisy machine"
like "$(tr '\n' ' ' <stdout | tr -s ' ')" 'warning: noisy machine: 6 of 6 trials were disturbed \(others took 30% of the CPU time\) and count by weight' \
    "... a warning says how much others took"
is "$(field noisy/fit.json 'f["trials"]["disturbed"], f["trials"]["disturbed_count"], f["trials"]["noise_policy"], round(f["trials"]["others_share"], 2)')" \
    "(6, True, 'weigh', 0.3)" "... so does fit.json"
width='(lambda e: e["high"] - e["low"])(f["curve"][1]["efficiency"])'
ok "$(awk -v a="$(field noisy/fit.json "$width")" -v b="$(field quiet/fit.json "$width")" 'BEGIN { print !(a > b + 0.18) }')" \
    "... the interval reaches to what a quiet machine may give"
"$KNEE" report noisy >stdout 2>stderr
is $? 0 "... and a report"
if command -v pdftotext >/dev/null; then
    like "$(pdftotext noisy/report.pdf - | tr '\n' ' ')" 'noisy machine' "... that says so"
fi
"$KNEE" gate --require 'E(2)>=0.01' noisy >stdout 2>stderr
is "$? $(grep -c '^noisy machine: 6 of 6' stdout)" "0 1" "the gate says so"
made without-one void "$disturbed; UPDATE trial SET disturbed = NULL, reason = 'the command took CPUs outside of its cell' WHERE cell IN (SELECT id FROM cell WHERE workers = 1)"
"$KNEE" report without-one >stdout 2>stderr
is "$? $(grep -q 'no trial of the scaling curve counts (6 trials, 6 void, 0 failed)' without-one/report.json && echo yes)$(cat stderr)" "0 yes" \
    "where disturbed trials do not count either, the report says that none does"
made kept keep "$disturbed"
"$KNEE" fit kept >stdout
ok "$(awk -v a="$(field kept/fit.json "$width")" -v b="$(field quiet/fit.json "$width")" 'BEGIN { print !(a < b + 1e-9 && a > b - 1e-9) }')" \
    "keep: the intervals are those of quiet trials"
like "$(cat stdout)" 'noisy machine' "... marked all the same"

# --- most are good
made good auto "$disturbed WHERE block = 2 AND cell IN (SELECT id FROM cell WHERE workers = 2)"
"$KNEE" fit good >stdout
is "$(field good/fit.json 'f["trials"]["ok"], f["trials"]["void"], f["trials"]["disturbed_count"]')" "(5, 1, False)" "where most are good, disturbed ones are void"

# --- what the sweep says
sqlite3 noisy/study.db "UPDATE study SET value = 'auto' WHERE key = 'option_noise-policy'"
sweep noisy
is $? 0 "the summary of a noisy sweep: exit 0"
like "$(cat stdout)" '^trials +0 ok, 6 disturbed that count, 0 void, 0 failed' "... with its trials"
like "$(cat stdout)" '^ +noisy machine: 6 of 6' "... marked"
like "$(cat stdout)" '^next +knee report noisy$' "... and a next step that works"
made outside auto "UPDATE trial SET status = 'void', reason = 'the command took CPUs outside of its cell'"
sweep outside
is $? 1 "trials that are void for another reason do not count: exit 1"
is "$(grep -c '^next' stdout)" 0 "... and no next step is printed that cannot work"
is "$(grep -c 'intervals' stdout)" 0 "... nor is anything said of a report's intervals"
like "$(cat stderr)" 'no trial with one worker counts \(the command took CPUs outside of its cell\)' "... the reason is"
sweep quiet --noise-policy keep
is "$? $(grep -c -- '--noise-policy: auto, not keep' stderr)" "1 1" "a study is not gone on with another policy"
done_testing
