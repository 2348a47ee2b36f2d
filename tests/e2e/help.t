#!/bin/bash
# The text of --help for the program and each command; exit codes of wrong commands and options.
# After an intended change: tests/e2e/help.t --write
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
golden=$root/tests/golden/help.txt

mapfile -t commands < <("$KNEE" --help | sed -n '/^commands:/,/^$/p' | awk '/^  / { print $1 }')
all_help() { # every help text, each below a line with its command
    "$KNEE" --help
    for command in "${commands[@]}"; do
        printf '\n======== knee %s --help\n' "$command"
        "$KNEE" "$command" --help
    done
}
if [ "${1:-}" = --write ]; then
    all_help >"$golden"
    exit
fi

all_help >"$work/help"
is "$(cat "$work/help")" "$(cat "$golden")" "every help text is as in tests/golden/help.txt"
is "$(find "$root/harness/cli" -name 'cmd_*.c' | wc -l)" "${#commands[@]}" "every command is listed once"
for command in "${commands[@]}"; do
    widest=$("$KNEE" "$command" --help | awk '{ if (length($0) > w) w = length($0) } END { print w }')
    ok "$((widest > 110))" "knee $command --help fits 110 columns ($widest)"
    message=$("$KNEE" "$command" --no-such-option 2>&1 >/dev/null)
    is "$? $(wc -l <<<"$message")" "2 1" "knee $command --no-such-option: exit 2 and one line"
    like "$message" "--no-such-option.*knee $command --help" "... that names the option and the remedy"
done

"$KNEE" >/dev/null 2>&1
is $? 2 "no command: exit 2"
"$KNEE" frobnicate 2>"$work/err"
is $? 2 "unknown command: exit 2"
like "$(cat "$work/err")" "unknown command 'frobnicate': 'knee --help'" "... and named"
like "$("$KNEE" --version)" '^knee [0-9]+\.[0-9]+\.[0-9]+ \([^ ]+\)$' "--version names version and commit"
is "$("$KNEE" --version | awk '{ print $2 }')" "$(sed -n 's/^## \[\([0-9.]*\)\].*/\1/p' "$root/CHANGELOG.md" | head -1)" "... the newest version of CHANGELOG.md"
"$KNEE" --help >/dev/full 2>"$work/err"
is $? 1 "a full standard output is a failure"
done_testing
