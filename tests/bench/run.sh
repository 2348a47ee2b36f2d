#!/bin/bash
# Performance of knee's own parts on this machine, as it is now; figures, not verdicts. `make bench` runs it.
# Goals: the pool hands out at least 1 million no-op items/s (2 workers, chunk 64); E(2) of the shipped recipe is at least 0.95
# on two quiet cores.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${BUILD:-build}

for setting in "1 1" "1 64" "2 1" "2 64"; do
    # shellcheck disable=SC2086 # two numbers
    "$build/tests/bench/pool_noop" $setting
done

"$build/tests/bench/sandbox_cost"

# E(2) by interleaved pairs: T(1) / (2 T(2)), each pinned, on the batch given.
batch=${1:-datasets/media60}
if [ -d "$batch" ] && [ "$(nproc)" -ge 2 ]; then
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
    seconds() { "$build/knee" run --restart "$@" | sed -n 's/.* done in \([0-9.]*\) s.*/\1/p'; }
    "$build/knee" run --quiet --workers 2 "$batch" "$out/warm" 2>/dev/null || true
    for pair in 1 2 3; do
        one=$(seconds --workers 1 --pin 0 "$batch" "$out/one" 2>/dev/null || true)
        two=$(seconds --workers 2 --pin 0,1 "$batch" "$out/two" 2>/dev/null || true)
        echo "shipped recipe, $batch, pair $pair: T(1) $one s, T(2) $two s, E(2) $(awk "BEGIN { printf \"%.3f\", $one / (2 * $two) }")"
    done
    # The price of confinement: pairs again, in turn; the sum over the pairs is compared.
    confined=0 free=0
    for pair in 1 2 3 4 5 6; do
        free=$(echo "$free $(seconds --workers 2 --sandbox=off "$batch" "$out/two" 2>/dev/null || true)" | awk '{ print $1 + $2 }')
        confined=$(echo "$confined $(seconds --workers 2 "$batch" "$out/two" 2>/dev/null || true)" | awk '{ print $1 + $2 }')
    done
    echo "sandbox, $batch, 6 pairs: off $free s, on $confined s, cost $(awk "BEGIN { printf \"%.2f\", 100 * ($confined / $free - 1) }")%"
fi
