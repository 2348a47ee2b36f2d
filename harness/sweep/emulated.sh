#!/bin/bash
# After a study on fewer cores than CORES: a study of the same batch on CORES emulated cores, for the curve up to CORES.
# usage: emulated.sh KNEE STUDY CORES BUDGET ITEMS IN
# The emulated study is STUDY-emulatedCORES. Where it is not needed or not possible, or has no trials that count, one
# line gives the reason, and the exit code is 0.
set -euo pipefail
knee=$1 study=$2 cores=$3 budget=$4 items=$5 batch=$6
what=emulated option=EMULATE
# shellcheck source=harness/sweep/fewer_cores.sh
. "$(dirname "$0")/fewer_cores.sh"
grep -q 'cores can be emulated' <<<"$report" ||
    skip "cores cannot be emulated here ('knee doctor' lists what is missing)"

# Worker counts that double, and the last one; few cells, because one worker on a sixteenth of the machine is slow.
counts=1
for ((n = 2; n < cores; n *= 2)); do counts=$counts,$n; done
# The CPU time of other processes is that of the kernel's ticks less that of the trial, and the periods of the quota
# beat with the ticks: on an idle machine up to 10% seems to be used by others. 'knee run --emulate' checks by itself
# that each core got its share. Only these lines of the summary are printed: the summary of the real study follows.
rm -f "$study-emulated$cores/fit.json"
status=0
"$knee" sweep --study "$study-emulated$cores" --emulate "$cores" --times "$study" --workers "$counts,$cores" \
    --chunks 1 --policies dynamic,largest-first --items "$items" --noise 15% --budget "$budget" "$batch" |
    grep -E '^(study|trials|emulated)' || status=${PIPESTATUS[0]}
[ "$status" -lt 128 ] || exit "$status"
"$knee" fit --quiet "$study-emulated$cores" || skip "no trials that count: repeat 'make sweep' on a quieter machine"
