#!/bin/bash
# Every committed fuzz input goes through its target: seeds, and inputs that found a defect once. `make fuzz` looks
# for new ones.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
export TMPDIR=$work
programs=$(realpath "${BUILD:-$root/build}")/tests/fuzz
for folder in "$root"/tests/fuzz/corpus/*/; do
    name=$(basename "$folder")
    output=$(timeout 300 "$programs/$name" "$folder"* 2>&1)
    is "$?" 0 "$name takes or refuses each of $(find "$folder" -type f | wc -l) inputs"
    like "$output" "^[1-9][0-9]* inputs$" "$name has seen them"
done
is "$(find "$root"/tests/fuzz -name 'fuzz_*.c' | wc -l)" "$(find "$root"/tests/fuzz/corpus -mindepth 1 -maxdepth 1 -type d | wc -l)" \
    "every target has a corpus"
done_testing
