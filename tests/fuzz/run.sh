#!/bin/bash
# Runs every fuzz target for FUZZ_SECONDS (default 60), starting from its committed corpus, with AddressSanitizer and
# UndefinedBehaviorSanitizer; `make fuzz` builds and calls it. With FUZZ_INPUTS it tries that number of inputs instead,
# from the committed corpus alone and with a fixed seed: the same inputs each time, so that a failure is due to a
# change. Prints one line per target; an input that fails is kept in $BUILD/fuzz/ and named. New inputs of a timed run
# are kept in $BUILD/fuzz/corpus/ for the next one on this machine.
# usage: tests/fuzz/run.sh [NAME ...]
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build-fuzz}
seconds=${FUZZ_SECONDS:-60}
inputs=${FUZZ_INPUTS:-}
shared=/dev/shm
[ -w "$shared" ] || shared=${TMPDIR:-/tmp}
tmp=$(mktemp -d "$shared/knee-fuzz.XXXXXX") # in memory: a target writes its input to a file each time
trap 'rm -rf "$tmp"' EXIT
export TMPDIR=$tmp
export UBSAN_OPTIONS=print_stacktrace=1
# GLib and fontconfig keep some memory until the end.
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 G_SLICE=always-malloc
failed=0

if [ "$#" -gt 0 ]; then names=("$@"); else mapfile -t names < <(find "$build/fuzz" -maxdepth 1 -type f -executable -printf '%f\n' | sort); fi
[ "${#names[@]}" -gt 0 ] || { echo "fuzz: no target in $build/fuzz: run 'make fuzz'" >&2; exit 1; }
for name in "${names[@]}"; do
    log=$build/fuzz/$name.log
    found=$build/fuzz/corpus/$name
    limit=(-max_total_time="$seconds")
    [ -z "$inputs" ] || { found=$tmp/$name; limit=(-runs="$inputs" -seed=1); }
    mkdir -p "$found"
    begin=$SECONDS
    if "$build/fuzz/$name" "${limit[@]}" -timeout=60 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$build/fuzz/$name-" "$found" "tests/fuzz/corpus/$name" >"$log" 2>&1; then
        awk -v name="$name" -v seconds="$((SECONDS - begin))" '
            /cov: /{ for (i = 1; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "corp:") corpus = $(i + 1) } }
            /stat::number_of_executed_units/{ units = $2 }
            END { printf "fuzz: %-10s %9d inputs in %d s, coverage %d, corpus %s: nothing found\n", name, units, seconds, cov, corpus }' "$log"
    else
        failed=1
        echo "fuzz: $name FAILED: $(grep -m 1 -E 'SUMMARY|ERROR' "$log")"
        grep -E 'Test unit written|^ +#[0-9]+ .*knee|/(pipeline|harness|analysis)/' "$log" | head -n 8
    fi
done
exit "$failed"
