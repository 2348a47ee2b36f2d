#!/bin/bash
# After a study on fewer cores than CORES: the whole batch replayed with 1 to CORES workers (knee sweep --replay).
# usage: replayed.sh KNEE STUDY CORES BUDGET
# The replayed study is STUDY-replayed. Where it is not needed, or has no trials that count, one line gives the reason,
# and the exit code is 0.
set -euo pipefail
knee=$1 study=$2 cores=$3 budget=$4
skip() {
    echo "replayed none: $*"
    exit 0
}
[ "$cores" -gt 0 ] || skip "not asked for (REPLAY=0)"
report=$("$knee" doctor)
usable=$(sed -n 's/^[-! ]*cores  *\([0-9][0-9]*\) of .*physical cores usable.*/\1/p' <<<"$report")
[ -n "$usable" ] || skip "how many cores may be used is not known (see 'knee doctor')"
[ "$usable" -lt "$cores" ] || skip "the study has $usable real cores, $cores were asked for"
rm -f "$study-replayed/fit.json"
status=0
"$knee" sweep --replay "$study" --study "$study-replayed" --workers "1..$cores" --budget "$budget" |
    grep -E '^(study|trials|replayed)' || status=${PIPESTATUS[0]}
[ "$status" -lt 128 ] || exit "$status"
# The report takes a replayed study that has a fit; without one it reports on the study alone.
"$knee" fit --quiet "$study-replayed" || skip "no trials that count: repeat 'make sweep' on a quieter machine"
