#!/bin/bash
# knee self-test: every set of NIST is there and has its digits; what it says is what it exits with.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

out=$("$KNEE" self-test 2>"$work/err")
is "$? $(cat "$work/err")" "0 " "the fits of this build are right to the digits they need"
is "$(awk 'NR > 1 { printf "%s ", $1 }' <<<"$out")" \
    "Norris Pontius Longley Filip Wampler1 Wampler2 Wampler3 Wampler4 Wampler5 Misra1d " "ten sets are fitted"
is "$(awk 'NR > 1 && !($3 >= $5 && $NF == "ok")' <<<"$out")" "" "each line has at least the digits needed"
"$KNEE" self-test here >"$work/out" 2>"$work/err"
is "$? $(wc -c <"$work/out")" "2 0" "it takes no operand"
"$KNEE" self-test >/dev/full 2>"$work/err"
is $? 1 "a full standard output is a failure"
done_testing
