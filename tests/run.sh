#!/bin/bash
# Runs tests with prove, all by default; the last line is the result. Tests that were skipped are shown with the reason.
# Usage: tests/run.sh [test ...]
set -euo pipefail
cd "$(dirname "$0")/.."
unset OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc would print these
export BUILD=${BUILD:-build}
KNEE=$(realpath "$BUILD/knee")
export KNEE
export CMOCKA_MESSAGE_OUTPUT=TAP
export LC_ALL=C.UTF-8
unset KNEE_DATA KNEE_SPANS

if [ "$#" -gt 0 ]; then
    tests=("$@")
else
    mapfile -t unit < <(find "$BUILD/tests/unit" -name 'test_*' -type f -executable | sort)
    mapfile -t scripts < <({ find tests -name '*.t'; echo tests/equivalence.sh; } | sort)
    tests=("${unit[@]}" "${scripts[@]}")
fi
# cmocka's summary comments repeat prove's.
prove --comments --timer --jobs "$(nproc)" --exec tests/run_one.sh "${tests[@]}" | grep --line-buffered -v '^# \(not \)\?ok - '
