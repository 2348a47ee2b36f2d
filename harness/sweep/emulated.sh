#!/bin/bash
# Beside a study on fewer cores than CORES: the same batch on that many emulated ones, for the curve up to there.
# usage: emulated.sh KNEE STUDY CORES BUDGET ITEMS IN
# The emulated study is STUDY-emulatedCORES. Where it is not needed or not possible one line says so, and the exit code is 0.
set -euo pipefail
knee=$1 study=$2 cores=$3 budget=$4 items=$5 batch=$6
skip() {
    echo "emulated none: $*"
    exit 0
}
[ "$cores" -gt 0 ] || skip "not asked for (EMULATE=0)"
told=$("$knee" doctor)
usable=$(sed -n 's/^[-! ]*cores  *\([0-9][0-9]*\) of .*physical cores usable.*/\1/p' <<<"$told")
[ -n "$usable" ] || skip "how many cores may be used is not known ('knee doctor' tells)"
[ "$usable" -lt "$cores" ] || skip "the study has $usable real cores, $cores were asked for"
grep -q 'cores can be emulated' <<<"$told" || skip "cores cannot be emulated here ('knee doctor' tells what is missing)"

# Worker counts that double, and the last one; few settings, for one worker on a sixteenth of the machine takes its time.
counts=1
for ((n = 2; n < cores; n *= 2)); do counts=$counts,$n; done
# What other processes use is what the kernel's ticks see less what we know of ours, and the quota's periods beat with the ticks: up to 10% seems to
# be used by others on an idle machine. That every core got its share is checked by itself.
# Of its summary only what it is and how it went: the real study's comes next.
"$knee" sweep --study "$study-emulated$cores" --emulate "$cores" --workers "$counts,$cores" --chunks 1 --policies dynamic,largest-first \
    --items "$items" --noise 15% --budget "$budget" "$batch" | grep -E '^(study|trials)'
