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
is "$("$KNEE" help)" "$("$KNEE" --help)" "knee help is knee --help"
for command in "${commands[@]}"; do
    widest=$("$KNEE" "$command" --help | awk '{ if (length($0) > w) w = length($0) } END { print w }')
    ok "$((widest > 110))" "knee $command --help fits 110 columns ($widest)"
    message=$("$KNEE" "$command" --no-such-option 2>&1 >/dev/null)
    is "$? $(wc -l <<<"$message")" "2 1" "knee $command --no-such-option: exit 2 and one line"
    like "$message" "--no-such-option.*knee $command --help" "... that names the option and the remedy"
    is "$("$KNEE" help "$command")" "$("$KNEE" "$command" --help)" "knee help $command is knee $command --help"
done

"$KNEE" >/dev/null 2>&1
is $? 2 "no command: exit 2"
"$KNEE" frobnicate 2>"$work/err"
is $? 2 "unknown command: exit 2"
like "$(cat "$work/err")" "unknown command 'frobnicate': 'knee --help'" "... and named"
"$KNEE" swep 2>"$work/err"
is "$? $(cat "$work/err")" "2 knee: error: unknown command 'swep': did you mean 'sweep'? 'knee --help' lists the commands" "... with the one that was meant"
"$KNEE" help acount 2>"$work/err"
like "$? $(cat "$work/err")" "^2 .*did you mean 'account'" "... for help too"
"$KNEE" ver 2>"$work/err"
like "$? $(cat "$work/err")" "^2 .*did you mean 'verify'" "... and for the beginning of one"
"$KNEE" sweep --bugdet 5m 2>"$work/err"
like "$? $(cat "$work/err")" "^2 .*--bugdet: did you mean --budget[?]" "a mistyped option: the one that was meant"
"$KNEE" sweep --zzzzzzz 2>"$work/err"
like "$(cat "$work/err")" "option --zzzzzzz: 'knee sweep --help'" "... and none when none is near"
"$KNEE" sweep --budget 2>"$work/err"
is "$? $(cat "$work/err")" "2 knee sweep: error: a value is missing after --budget: 'knee sweep --help' lists the options" "a known option without its value"
is "$("$KNEE" -V)" "$("$KNEE" --version)" "-V is --version"

# --- --quiet, of every command: results and errors only
for command in "${commands[@]}"; do
    is "$("$KNEE" "$command" --help | grep -c -- '-q, --quiet')" 1 "knee $command has --quiet, once"
    is "$("$KNEE" "$command" --help | grep -c -- '-v, --verbose')" 1 "... and --verbose"
done
(cd "$work" && "$KNEE" sweep -q --study quiet --workers 1 --blocks 1 --noise 100% -- true '{workers}' >out 2>err)
is "$? $(cat "$work/err")" "0 " "a quiet sweep writes no notes"
like "$(cat "$work/out")" '^study ' "... but its results"
(cd "$work" && "$KNEE" sweep --study noted --workers 1 --blocks 1 --noise 100% -- true '{workers}' >out 2>err)
like "$(cat "$work/err")" 'knee sweep: plan: ' "... which one without --quiet does"
(cd "$work" && "$KNEE" sweep -v --json --study noted --restart --workers 1 --blocks 1 --noise 100% -- true '{workers}' >out 2>err)
like "$(cat "$work/err")" '^knee sweep: block 1: 1 worker: [0-9.]+ s, ok$' "a verbose sweep tells each trial"
like "$(tail -n 1 "$work/err")" '^knee sweep: CPU time [0-9.]+ s, memory at most ' "... and what it took"
is "$(jq -c '[.format, .trials.ok, .blocks, .blocks_planned]' "$work/out")" '["knee-sweep 1",1,1,1]' "... and --json prints its summary"
"$KNEE" account --quiet "$work/none" 2>"$work/err"
is "$? $(grep -c 'knee account: error: ' "$work/err")" "1 1" "... and errors are written"

# --- manual pages and completion
if command -v groff >/dev/null; then
    for page in "" "${commands[@]}"; do
        "$KNEE" help --man ${page:+"$page"} | groff -man -ww -Tutf8 -P-c 2>&1 >"$work/page" | head -n 3 >"$work/err"
        is "$(cat "$work/err")" "" "the manual page of knee $page has no warning of groff"
    done
    "$KNEE" help --man sweep | groff -man -Tutf8 -P-cbou >"$work/page"
    like "$(cat "$work/page")" "--budget TIME" "... and holds the options"
    like "$("$KNEE" help --man sweep | head -n 1)" '^\.TH KNEE-SWEEP 1 "([0-9]{4}-[0-9]{2}-[0-9]{2})?" "knee [0-9.]+" "knee"$' "... the date and the version"
else
    skip "groff is missing: make deps" "manual pages"
fi
complete_bash() { # complete_bash WORD...: what bash offers for the last word
    bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _knee; echo "${COMPREPLY[*]}"' - "$work/bash" "$@"
}
"$KNEE" help --completion bash >"$work/bash"
is "$(complete_bash knee swe)" "sweep" "bash: a command"
is "$(complete_bash knee help acc)" "account" "bash: a command behind help"
is "$(complete_bash knee sweep --budg)" "--budget" "bash: an option"
is "$(complete_bash knee sweep --cache "")" "warm cold" "bash: the choices of an option"
is "$(complete_bash knee sweep --cache = c)" "cold" "... also as --option=choice"
is "$(complete_bash knee help --m)" "--man" "bash: the options of help"
is "$(complete_bash knee sweep src)" "" "bash: files are left to the shell"
is "$(complete_bash knee sweep -- xz --out)" "" "bash: the options of a command behind -- are not knee's"
shellcheck -s bash "$work/bash" >"$work/err" 2>&1 || [ "$(command -v shellcheck)" = "" ]
ok $? "bash: the script is clean"
if command -v zsh >/dev/null; then
    "$KNEE" help --completion zsh >"$work/zsh"
    zsh -n "$work/zsh"
    ok $? "zsh: the script can be read"
    for command in "${commands[@]}"; do
        like "$(cat "$work/zsh")" "^    ${command}[)]" "zsh: knee $command"
    done
else
    skip "zsh is missing: make deps" "completion for zsh"
fi

# --- installed, and removed
make -s -o all -C "$root" BUILD="$(dirname "$KNEE")" DESTDIR="$work/root" PREFIX=/usr install >/dev/null 2>"$work/err"
is "$? $(find "$work/root" -name 'knee*.1' | wc -l)" "0 $((${#commands[@]} + 1))" "make install: a manual page for each command"
is "$("$work/root/usr/bin/knee" recipe list | wc -l)" "$("$KNEE" recipe list | wc -l)" "... and the recipes are found relative to the program"
make -s -o all -C "$root" BUILD="$(dirname "$KNEE")" DESTDIR="$work/root" PREFIX=/usr uninstall >/dev/null 2>"$work/err"
is "$? $(find "$work/root" -type f)" "0 " "make uninstall leaves no file"
like "$("$KNEE" --version | head -n 1)" '^knee [0-9]+\.[0-9]+\.[0-9]+ \([^ ]+\)$' "--version names version and commit"
like "$("$KNEE" --version)" '^libraries: .* [0-9.]+' "... and the libraries"
is "$("$KNEE" --version | awk 'NR == 1 { print $2 }')" "$(sed -n 's/^## \[\([0-9.]*\)\].*/\1/p' "$root/CHANGELOG.md" | head -1)" "... the newest version of CHANGELOG.md"
"$KNEE" --help >/dev/full 2>"$work/err"
is $? 1 "a full standard output is a failure"
done_testing
