#!/bin/bash
# Many items stay within their memory: at most 400 bytes of parent and shared memory each, paths and manifest included.
# A hundred thousand here; `make scale` takes a million. And the manifest is sorted whatever the names are.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
build=$(realpath "${BUILD:-$root/build}")
cd "$root" || exit 1
output=$("$build/tests/bench/scale" 100000)
is $? 0 "a hundred thousand items"
bytes=$(sed -n 's/^scale: \([0-9]*\) bytes of.*/\1/p' <<<"$output")
if nm "$build/knee" 2>/dev/null | grep -q __asan_init; then
    skip "a sanitizer needs memory of its own" "at most 400 bytes each"
else
    [ "$bytes" -gt 200 ] && [ "$bytes" -le 400 ]
    ok $? "at most 400 bytes each: $bytes"
fi

cd "$work" || exit 1
mkdir -p batch/a batch/sub "batch/a b"
vips black batch/a.png 8 8
for name in "a" "a b" "a.jpg" "a.webp" "a-b" "a~" "B" "b" "sub/a" "sub-a" "sub.a" "a/a" "a b/c" $'\xff'; do
    [ -e "batch/$name" ] || cp batch/a.png "batch/$name"
done
printf '[rendition %s]\nwidth=4\nheight=4\nformat=%s\n' "x" webp "x y" jpeg "x-y" png >three.recipe
"$KNEE" run --quiet --recipe three.recipe batch out
is $? 0 "names that sort differently with an ending"
is "$(grep -vc '^#' out/MANIFEST.sha256)" "$(($(find batch -type f | wc -l) * 3))" "every output has its line"
grep -v '^#' out/MANIFEST.sha256 | cut -c 67- | LC_ALL=C sort -c 2>&1
ok $? "and the lines are sorted"
done_testing
