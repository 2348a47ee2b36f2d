#!/bin/bash
# The text of --help for the program and each command; exit codes of wrong commands and options.
# After an intended change: tests/e2e/help.t --write
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
golden=$root/tests/golden

commands=(doctor run verify recipe synthetic sweep fit account predict report gate export self-test)
if [ "${1:-}" = --write ]; then
    "$KNEE" --help >"$golden/help.txt"
    for command in "${commands[@]}"; do "$KNEE" "$command" --help >"$golden/help-$command.txt"; done
    exit
fi

is "$("$KNEE" --help)" "$(cat "$golden/help.txt")" "knee --help is as in tests/golden/help.txt"
for command in "${commands[@]}"; do
    is "$("$KNEE" "$command" --help)" "$(cat "$golden/help-$command.txt")" "knee $command --help is as recorded"
    widest=$("$KNEE" "$command" --help | awk '{ if (length($0) > w) w = length($0) } END { print w }')
    ok "$((widest > 110))" "knee $command --help fits 110 columns ($widest)"
    message=$("$KNEE" "$command" --no-such-option 2>&1 >/dev/null)
    is "$? $(wc -l <<<"$message")" "2 1" "knee $command --no-such-option: exit 2 and one line"
    like "$message" "--no-such-option.*knee $command --help" "... that names the option and the remedy"
done
is "$("$KNEE" --help | sed -n '/^commands:/,/^$/p' | grep -c '^  ')" "${#commands[@]}" "every command is listed once"

"$KNEE" >/dev/null 2>&1
is $? 2 "no command: exit 2"
"$KNEE" frobnicate 2>"$work/err"
is $? 2 "unknown command: exit 2"
like "$(cat "$work/err")" "unknown command 'frobnicate': 'knee --help'" "... and named"
like "$("$KNEE" --version)" '^knee [^ ]+$' "--version names the build"
"$KNEE" --help >/dev/full 2>"$work/err"
is $? 1 "a full standard output is a failure"
done_testing
