#!/bin/bash
# File names of every kind, and files that are not regular: each regular file is an item under its own name, others are
# ignored, and no output is written to the wrong place.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

vips gaussnoise n.v 200 150 --mean 128 --sigma 40 && vips copy n.v j.jpg && vips copy n.v p.png || exit 1
mkdir batch
depth=$(printf 'd/%.0s' {1..300})
longest=$(printf 'x%.0s' {1..251}).jpg  # 255 bytes: no extension can be added
fitting=$(printf 'y%.0s' {1..246}).jpg  # 250 bytes: ".webp" just fits
names=('with space.jpg' $'new\nline.jpg' $'tab\treturn\r.jpg' $'invalid\xff\xfe.jpg' '-rf.jpg' '--' 'back\slash.jpg'
    '{stem}%s%n.jpg' "'quo\"tes\$(id).jpg" '*' a a.jpg "$fitting")
for name in "${names[@]}"; do cp -- j.jpg "batch/$name"; done
cp p.png batch/a.png
mkdir -p "batch/$depth" && cp j.jpg "batch/${depth}deep.jpg"
cp j.jpg "batch/$longest"
printf x >$'batch/bad\nname\t\\.jpg'
: >batch/empty.jpg
sound=$((${#names[@]} + 2))
# Not items: links (out, up, in a circle, broken), a FIFO, a socket, a device, hidden files.
ln -s /etc/passwd batch/link.jpg && ln -s .. batch/up && ln -s . batch/round && ln -s nowhere batch/broken.jpg && ln -s ../j.jpg batch/inner.jpg
mkfifo batch/fifo.jpg
/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("batch/socket.jpg")'
mknod batch/device.jpg c 1 5 2>/dev/null
cp j.jpg batch/.hidden.jpg

timeout 60 "$KNEE" run --workers 2 batch out >messages 2>stderr
is $? 1 "a batch of strange names: failures are reported"
is "$(cat stderr)" "knee run: error: 3 of $((sound + 3)) items failed: see out/FAILED.tsv" "... in one line"
is "$(find out -mindepth 2 -type f ! -path 'out/.knee/*' -print0 | tr -cd '\0' | wc -c)" $((3 * sound)) "every other file has its three outputs"
missing=
for name in "${names[@]}" a.png "${depth}deep.jpg"; do
    [ -s "out/large/$name.jpg" ] && [ -s "out/thumb/$name.webp" ] || missing+=" $name"
done
is "$missing" "" "... under its own complete name: a, a.jpg and a.png do not collide"
(cd out && sha256sum --quiet -c MANIFEST.sha256)
ok $? "sha256sum reads the manifest, newlines and backslashes included"
"$KNEE" verify out >/dev/null
ok $? "... and so does knee verify"
is "$(wc -l <out/FAILED.tsv) $(awk -F '\t' 'NF != 4' out/FAILED.tsv | wc -l)" "4 0" "FAILED.tsv has one line of four fields for each"
like "$(cat out/FAILED.tsv)" '^bad\\nname\\t\\\\\.jpg	decode' "... with tabs, newlines and backslashes escaped"
like "$(cat out/FAILED.tsv)" '^x+\.jpg	store	1	File name too long: shorten the name' "a name too long for its outputs: the message has the remedy"
"$KNEE" run --quiet --serial batch serial 2>/dev/null
cmp serial/MANIFEST.sha256 out/MANIFEST.sha256
ok $? "the serial run is the same"
like "$("$KNEE" run batch out 2>/dev/null)" "^nothing to do: $((sound + 3)) items were finished before, $sound done, 3 failed:" "the journal knows all of them by name"

# An output in the place of a folder: which of the two fails would depend on timing.
mkdir -p meet/photo.jpg.webp && cp j.jpg meet/photo.jpg && cp j.jpg meet/photo.jpg.webp/other.jpg
"$KNEE" run --quiet meet met 2>stderr
is "$? $(grep -c '' stderr) $(ls -A met 2>/dev/null)" "1 1 " "an output that would have the name of a folder is refused before anything is written"
like "$(cat stderr)" 'photo.jpg .*photo.jpg.webp/other.jpg: rename one' "... and names both"

# The batch in the output folder.
mkdir -p home/large && cp j.jpg home/large/ && cp j.jpg home/large/j.jpg.jpg
before=$(cd home && find . -type f -exec sha256sum {} +)
"$KNEE" run --quiet home/large home 2>stderr
is "$? $(grep -c '' stderr)" "1 1" "outputs among the inputs are refused"
like "$(cat stderr)" "its rendition 'large' would be written among the inputs in home/large: give another" "... with the reason"
ln -s home/large alias
"$KNEE" run --quiet alias/. home 2>/dev/null
is "$? $(cd home && find . -type f -exec sha256sum {} +)" "1 $before" "... by any other name, and nothing is changed"
mkdir home/inbox && cp j.jpg home/inbox/
"$KNEE" run --quiet home/inbox home
is "$? $(find home/medium -type f)" "0 home/medium/j.jpg.jpg" "inputs elsewhere in the output folder are fine"
ln -s nowhere/at/all lost
"$KNEE" run --quiet home/inbox lost 2>stderr
is "$? $(cat stderr)" "1 knee run: error: output folder lost: it is a link to nowhere/at/all, which is not there: make that folder or remove the link" \
    "an output folder that is a link to nothing is called that"
# A reason is whole, however long the name in it, also when another run takes it over from the journal.
mkdir lengthy
long=$(printf 'n%.0s' {1..252})
cp "$(find . -name '*.jpg' -type f ! -size 0 | head -n 1)" "lengthy/$long"
for way in first again; do
    "$KNEE" run --quiet lengthy lengthy-out 2>/dev/null
    like "$(cut -f 4 lengthy-out/FAILED.tsv | tail -n 1)" "^File name too long: shorten the name of the input \\(writing lengthy-out/[a-z]+/$long\\.[a-z]+\\)\$" \
        "a reason of more than 250 bytes is whole ($way)"
done
done_testing
