#!/bin/bash
# The account finds causes added to simulated studies (tests/bench/attribution.c has the criteria); `make attribution`
# runs many more.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
program=$(dirname "$KNEE")/tests/bench/attribution
[ -x "$program" ] || skip_all "$program is missing: make test-programs"
"$program" 10 >"$work/out"
ok $? "seven causes, each recovered, named first, and the effect of its removal predicted"
is "$(awk 'NR > 2' "$work/out" | wc -l)" 7 "a line for each cause"
sed 's/^/# /' "$work/out"
done_testing
