#!/bin/bash
# Every file of a folder through `knee run` under AddressSanitizer and UndefinedBehaviourSanitizer: whatever a file is, our
# code reads and writes nothing that it must not. Libraries are Debian's, not instrumented; ASan still sees their heap.
# The sanitizers forbid the sandbox, so this is decoding as such.
# usage: tests/corpus.sh [FOLDER ...]   default: ../shared/samples, and the files that the fuzz corpus holds
# Prints one line per folder; exit 1 when a sanitizer said anything or a worker died. `make corpus` builds and calls it.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
knee=$(realpath "${BUILD:-build-san}/knee")
work=$(mktemp -d "${TMPDIR:-/tmp}/knee-corpus.XXXXXX")
trap 'rm -rf "$work"' EXIT
if [ "$#" -gt 0 ]; then
    folders=("$@")
else
    folders=(tests/fuzz/corpus/jpeg tests/fuzz/corpus/sniff)
    [ -d "${KNEE_SAMPLES:-../shared/samples}" ] && folders+=("${KNEE_SAMPLES:-../shared/samples}")
fi
# A report goes to a file of its own, for a worker's standard error may be lost with it. Leaks are looked for by valgrind:
# workers leave by _exit.
export ASAN_OPTIONS=log_path=$work/report:detect_leaks=0:allocator_may_return_null=1:handle_abort=1
export UBSAN_OPTIONS=log_path=$work/report:print_stacktrace=1
failed=0
for folder in "${folders[@]}"; do
    out=$work/out
    rm -rf "$out"
    "$knee" run --quiet --workers "$(nproc)" "$folder" "$out" 2>"$work/told"
    code=$?
    files=$(find "$folder" -type f ! -name '.*' | wc -l)
    refused=0
    [ -f "$out/FAILED.tsv" ] && refused=$(($(wc -l <"$out/FAILED.tsv") - 1))
    deaths=$(grep -c -E 'killed by signal|exited with code' "$out/FAILED.tsv" 2>/dev/null)
    reports=$(find "$work" -maxdepth 1 -name 'report.*' | wc -l)
    echo "corpus: $folder: $files files, $((files - refused)) done, $refused refused, ${deaths:-0} worker deaths, $reports reports"
    if [ "$code" -gt 1 ] || [ "${deaths:-0}" -gt 0 ] || [ "$reports" -gt 0 ] || [ ! -f "$out/MANIFEST.sha256" ]; then
        failed=1
        cat "$work/told"
        grep -h -E 'killed by signal|exited with code' "$out/FAILED.tsv" 2>/dev/null
        for report in "$work"/report.*; do [ -f "$report" ] && head -n 40 "$report"; done
        rm -f "$work"/report.*
    fi
done
exit "$failed"
