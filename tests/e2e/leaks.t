#!/bin/bash
# Lost memory does not grow with the number of items: valgrind's memcheck on the workers of a run of 4 items and of one
# of 12. No invalid access. (Workers end with _exit; valgrind checks for leaks nevertheless.)
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v valgrind >/dev/null || skip_all "valgrind is missing: make deps"
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
if nm "$KNEE" 2>/dev/null | grep -q -E '__asan_init|__ubsan'; then skip_all "valgrind does not work with a sanitizer"; fi
(valgrind --quiet "$KNEE" --version) >/dev/null 2>&1
[ $? -ne 132 ] || skip_all "valgrind does not have an instruction that a library uses on this CPU"

vips gaussnoise n.v 160 120 --mean 128 --sigma 40 && vips cast n.v n8.v uchar && vips bandjoin "n8.v n8.v n8.v" rgb.v || exit 1
mkdir few many
for i in 1 2 3; do
    for folder in few many; do
        [ "$folder" = few ] && [ "$i" -gt 1 ] && continue
        vips copy rgb.v "$folder/$i.jpg" && vips copy rgb.v "$folder/$i.png" && vips copy rgb.v "$folder/$i.webp" || exit 1
        printf 'not a picture' >"$folder/$i.gif"
    done
done
cat >small.recipe <<'R'
[rendition small]
width=80
height=80
watermark=true
caption=true
[rendition tiny]
width=40
height=40
format=webp
[watermark]
file=mark.png
[caption]
font=DejaVuSans.ttf
R
vips copy "$root/pipeline/recipes/watermark.png" mark.png

# lost FOLDER: bytes definitely lost in the worker that did the items, and errors in all processes.
lost() {
    # valgrind does not support libvips' generated vector code, nor the sandbox.
    VIPS_NOVECTOR=1 ORC_CODE=backup G_SLICE=always-malloc timeout 300 valgrind --quiet --trace-children=no --child-silent-after-fork=no \
        --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=none --log-file="$1.%p.log" \
        "$KNEE" run --quiet --sandbox=off --workers 1 --recipe small.recipe "$1" "$1-out" >/dev/null 2>&1
    [ -f "$1-out/MANIFEST.sha256" ] || return 1
    for log in "$1".*.log; do
        sed -n 's/.*==  *definitely lost: \([0-9,]*\) bytes.*/\1/p; s/^==[0-9]*== \([0-9,]*\) bytes.* are definitely lost.*/\1/p; s/^==[0-9]*== \([0-9,]*\) (.*) bytes.* are definitely lost.*/\1/p' "$log" | tr -d ,
    done | awk '{ sum += $1 } END { print sum + 0 }'
}
few=$(lost few)
is $? 0 "4 items under valgrind: $few bytes lost for good"
many=$(lost many)
is $? 0 "12 items under valgrind: $many bytes"
is "$(grep -vc "^#" many-out/MANIFEST.sha256)" 18 "... and all of them done"
[ "$((many - few))" -le 64 ]
ok $? "lost memory does not grow with the items"
errors=$(grep -h -c -E 'Invalid (read|write|free)|uninitialised|Mismatched free' few.*.log many.*.log | awk '{ sum += $1 } END { print sum + 0 }')
is "$errors" 0 "no invalid access"
[ "$errors" -eq 0 ] || grep -h -A 12 -E 'Invalid (read|write|free)|uninitialised|Mismatched free' many.*.log | head -n 40 | sed 's/^/# /'
done_testing
