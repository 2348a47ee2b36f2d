#!/bin/bash
# After a study on fewer cores than CORES: the whole batch replayed with 1 to CORES workers (knee sweep --replay).
# usage: replayed.sh KNEE STUDY CORES BUDGET
# The replayed study is STUDY-replayed. Where it is not needed, or has no trials that count, one line gives the reason,
# and the exit code is 0.
set -euo pipefail
knee=$1 study=$2 cores=$3 budget=$4
what=replayed option=REPLAY
# shellcheck source=harness/sweep/fewer_cores.sh
. "$(dirname "$0")/fewer_cores.sh"
rm -f "$study-replayed/fit.json"
status=0
"$knee" sweep --replay "$study" --study "$study-replayed" --workers "1..$cores" --budget "$budget" |
    grep -E '^(study|trials|replayed)' || status=${PIPESTATUS[0]}
[ "$status" -lt 128 ] || exit "$status"
# The report takes a replayed study that has a fit; without one it reports on the study alone.
"$knee" fit --quiet "$study-replayed" || skip "no trials that count: repeat 'make sweep' on a quieter machine"
