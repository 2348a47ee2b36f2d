#!/bin/bash
# For emulated.sh and replayed.sh, which source it: ends the script with one line and exit code 0 unless this machine
# has fewer usable cores than asked for. Needs: what ("emulated"), option ("EMULATE"), knee, cores. Leaves: skip(),
# report (of knee doctor).
# shellcheck shell=bash
skip() {
    echo "${what:?} none: $*"
    exit 0
}
[ "${cores:?}" -gt 0 ] || skip "not asked for (${option:?}=0)"
report=$("${knee:?}" doctor)
usable=$(sed -n 's/^[-! ]*cores  *\([0-9][0-9]*\) of .*physical cores usable.*/\1/p' <<<"$report")
[ -n "$usable" ] || skip "how many cores may be used is not known (see 'knee doctor')"
[ "$usable" -lt "$cores" ] || skip "the study has $usable real cores, $cores were asked for"
