#!/bin/bash
# knee gate --instructions: counts that do not depend on the load of the machine.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
loop() { # loop N: a program that counts to N
    # shellcheck disable=SC2016 # for awk
    printf 'awk "BEGIN { for (i = 0; i < %d; i++) s += i }" {workers}' "$1"
}
# shellcheck disable=SC2016 # $0 is sh's
gate() { # gate BASE NEW options...
    "$KNEE" gate --instructions --base "$(loop "$1")" "${@:3}" -- awk "BEGIN { for (i = 0; i < $2; i++) s += i }" '{workers}'
}
mkdir empty
PATH=$work/empty gate 1000 1000 >out 2>err
is "$? $(grep -c 'valgrind cannot be run.*install the Debian package valgrind' err)" "2 1" "without valgrind: exit 2, and the remedy"
if ! command -v valgrind >/dev/null; then
    skip "valgrind is missing: make deps" "counts of instructions"
    done_testing
fi
gate 20000 20000 >out
is "$? $(grep -c '^verdict: pass (instructions [+-]0.0' out)" "0 1" "equal programs: pass"
gate 20000 24000 --json verdict.json >out
is $? 1 "a fifth more work: exit 1"
like "$(cat out)" '^instructions +[0-9]+ +[0-9]+ +[0-9.]+% .* worse$' "... by count"
like "$(cat out)" '^repeat: .*gate --instructions' "... with the command that repeats it"
is "$(/usr/bin/python3 -c 'import json; g = json.load(open("verdict.json")); print(g["verdict"], [(l["figure"], l["group"]) for l in g["lines"]])')" \
    "regression [('instructions', 'cost')]" "... also as JSON"
gate 20000 24000 --tolerance 50% >out
is $? 0 "... within the tolerance: pass"
"$KNEE" gate --instructions --base 'false {workers}' -- true '{workers}' >out 2>err
is "$? $(grep -c 'false {workers} does not run under valgrind' err)" "2 1" "a base that fails: exit 2, and named"
gate 2000 2000 --prepare 'echo p >>hooks' --check 'echo c >>hooks; test ! -e bad' --cleanup 'echo e >>hooks' >out
is "$? $(tr -d '\n' <hooks)" "0 pcepcepce" "--prepare, --check and --cleanup run for each of three runs"
touch bad
gate 2000 2000 --check 'test ! -e bad' >out 2>err
is "$? $(grep -c -- '--check exit' err)" "2 1" "a check that fails: exit 2, no verdict"
for option in '--workers 1,2' '--budget 1m' '--limit 6%' '--noise-policy keep' '--seed 3' '--tolerance-cpu 5%' '--allow-failed 1'; do
    # shellcheck disable=SC2086 # words
    gate 2000 2000 $option >out 2>err
    is "$? $(grep -c -- "${option%% *} has no effect with --instructions" err)" "2 1" "$option does nothing here: refused"
done
done_testing
