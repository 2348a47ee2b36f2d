#!/bin/bash
# The number of jobs that make starts is that of the CPUs, whatever a user has set for OpenMP programs.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cpus=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
jobs() { "$@" make -C "$root" --no-print-directory --silent --eval='print-jobs: ; @nproc' print-jobs; }
is "$(jobs env OMP_NUM_THREADS=$((cpus + 5)))" "$cpus" "OMP_NUM_THREADS does not decide how many jobs make starts"
is "$(jobs env OMP_THREAD_LIMIT=1)" "$cpus" "nor does OMP_THREAD_LIMIT"
done_testing
