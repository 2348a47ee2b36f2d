#!/bin/bash
# Performance of knee's own parts on this machine, as it is now; figures, not verdicts. `make bench` runs it.
# Goals: the pool hands out at least 1 million no-op items/s (2 workers, chunk 64); E(2) of the shipped recipe is at
# least 0.95 on two quiet cores; 2,000 bootstrap draws of a study of 960 trials take at most 2 s on one core.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${BUILD:-build}

for setting in "1 1" "1 64" "2 1" "2 64"; do
    # shellcheck disable=SC2086 # two numbers
    "$build/tests/bench/pool_noop" $setting
done

"$build/tests/bench/sandbox_cost"

"$build/tests/bench/worker_start" pipeline/recipes/web.recipe

"$build/tests/bench/bootstrap"

batch=${1:-datasets/media60}
if [ -d "$batch" ]; then
    /usr/bin/python3 tests/bench/pairs.py "$build/knee" "$batch"
fi
