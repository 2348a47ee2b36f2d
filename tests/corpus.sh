#!/bin/bash
# Runs every file of a folder through `knee run` under AddressSanitizer and UndefinedBehaviorSanitizer. Libraries are
# Debian's, not instrumented; AddressSanitizer still checks their heap. A build with sanitizers has no sandbox.
# usage: tests/corpus.sh [FOLDER ...]   default: the fuzz corpus, and the samples in $KNEE_SAMPLES or ../shared/samples
# Prints one line per folder. Exit 1 when a sanitizer reported an error or a worker died. `make corpus` builds and calls
# it.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
unset OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc would print these
knee=$(realpath "${BUILD:-build-san}/knee")
work=$(mktemp -d "${TMPDIR:-/tmp}/knee-corpus.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ "$#" -gt 0 ]; then
    folders=("$@")
else
    folders=(tests/fuzz/corpus/jpeg tests/fuzz/corpus/sniff)
    [ -d "${KNEE_SAMPLES:-../shared/samples}" ] && folders+=("${KNEE_SAMPLES:-../shared/samples}")
fi
# Reports go to files, because the standard error of a worker may be lost with it. Leaks are left to valgrind
# (tests/e2e/leaks.t): workers end with _exit.
export ASAN_OPTIONS=log_path=$work/report:detect_leaks=0:allocator_may_return_null=1:handle_abort=1
export UBSAN_OPTIONS=log_path=$work/report:print_stacktrace=1
failed=0
for folder in "${folders[@]}"; do
    out=$work/out
    rm -rf "$out"
    "$knee" run --quiet --workers "$(nproc)" "$folder" "$out" 2>"$work/messages"
    code=$?
    files=$(find "$folder" -type f ! -name '.*' | wc -l)
    refused=0
    [ -f "$out/FAILED.tsv" ] && refused=$(($(wc -l <"$out/FAILED.tsv") - 1))
    deaths=$(grep -c -E 'killed by signal|exited with code' "$out/FAILED.tsv" 2>/dev/null)
    reports=$(find "$work" -maxdepth 1 -name 'report.*' | wc -l)
    echo "corpus: $folder: $files files, $((files - refused)) done, $refused refused, ${deaths:-0} worker deaths, $reports reports"
    if [ "$code" -gt 1 ] || [ "${deaths:-0}" -gt 0 ] || [ "$reports" -gt 0 ] || [ ! -f "$out/MANIFEST.sha256" ]; then
        failed=1
        cat "$work/messages"
        grep -h -E 'killed by signal|exited with code' "$out/FAILED.tsv" 2>/dev/null
        for report in "$work"/report.*; do [ -f "$report" ] && head -n 40 "$report"; done
        rm -f "$work"/report.*
    fi
done
exit "$failed"
