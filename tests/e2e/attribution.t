#!/bin/bash
# Causes put into simulated studies are found again (tests/bench/attribution.c says what counts); `make attribution` runs many more.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
program=$(dirname "$KNEE")/tests/bench/attribution
[ -x "$program" ] || skip_all "$program is missing: make test-programs"
"$program" 10 >"$work/out"
ok $? "seven causes, each recovered, named first and its removal foretold"
is "$(awk 'NR > 2' "$work/out" | wc -l)" 7 "a line for each cause"
sed 's/^/# /' "$work/out"
done_testing
