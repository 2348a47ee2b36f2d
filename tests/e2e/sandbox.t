#!/bin/bash
# knee run with confined workers: the same bytes as without, files of other users, contradicting options, nothing
# written anywhere else. What a confined worker cannot do is tested in tests/unit/pool/test_sandbox.c.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

like "$(readelf -dlW "$KNEE" | tr "\n" " ")" "GNU_RELRO.*BIND_NOW" "the addresses of libraries' functions are found at the start, and read-only then"

mkdir batch
vips gaussnoise n.v 900 700 --mean 128 --sigma 40 && vips cast n.v n8.v uchar || exit 1
vips bandjoin "n8.v n8.v n8.v" rgb.v || exit 1
for name in a.jpg b.webp c.png d.tif "e.png[interlace]" f.gif; do vips copy rgb.v "batch/$name" || exit 1; done
vips heifsave rgb.v batch/g.avif --compression av1 >/dev/null 2>&1 || rm -f batch/g.avif
ffmpeg -loglevel error -f lavfi -i testsrc=size=320x240:duration=2 batch/h.mp4 </dev/null || rm -f batch/h.mp4
printf 'not a picture' >batch/bad.jpg

"$KNEE" run --quiet --workers 2 --sandbox=off batch free 2>/dev/null
wanted=$(sha256sum <free/MANIFEST.sha256)
# Orc would put its code into files there; a confined worker must do without.
mkdir home
HOME=$work/home TMPDIR=$work/home "$KNEE" run --workers 2 --counters --pin "$(taskset -cp $$ | sed 's/.*[:,-] *//')" \
    batch confined >messages 2>&1
is "$(sha256sum <confined/MANIFEST.sha256)" "$wanted" "confined workers make the same bytes"
is "$(cut -f 1 confined/FAILED.tsv)" "$(cut -f 1 free/FAILED.tsv)" "and refuse the same items"
is "$(grep -vc '^#' free/MANIFEST.sha256)" "$(($(find batch -type f | wc -l) * 3 - 3))" "all but the bad item are done"

if "$KNEE" run --quiet --sandbox=require batch required 2>messages; [ $? -eq 1 ] && grep -q -- '--sandbox=require' messages; then
    skip "$(cat messages)" "all is in force"
    like "$(cat messages)" '--sandbox=auto' "the message has the remedy"
else
    is "$(sha256sum <required/MANIFEST.sha256)" "$wanted" "all is in force"
    is "$(find home -mindepth 1)" "" "nothing is written outside the output folder"
    like "$("$KNEE" doctor | grep -A 1 ' sandbox ')" 'Landlock ABI [0-9]+, seccomp' "doctor lists the parts of the sandbox"
fi
"$KNEE" run --quiet --serial batch serial 2>messages
is "$(sha256sum <serial/MANIFEST.sha256)" "$wanted" "--serial is confined in the same way, and makes the same bytes"
cmp serial/FAILED.tsv confined/FAILED.tsv
ok $? "... and the same items fail with the same reasons"
"$KNEE" run --sandbox=maybe batch serial 2>/dev/null
is $? 2 "an unknown mode is a usage error"

if [ "$(id -u)" -eq 0 ] && chmod go+rx "$work" && chown 65534 batch batch/* && chmod 700 batch && chmod 600 batch/*; then
    mkdir others
    chown 65534 others
    "$KNEE" run --quiet --workers 2 batch others 2>/dev/null
    is "$(sha256sum <others/MANIFEST.sha256)" "$wanted" "root processes files of other users, into a folder of another user"
else
    skip "needs root" "root processes files of other users, into a folder of another user"
fi
done_testing
