#!/bin/bash
# JPEG XL, read and written, held against the tools of libjxl, exiv2 and ffprobe.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
for tool in vips:libvips-tools cjxl:libjxl-tools djxl:libjxl-tools exiv2:exiv2 ffprobe:ffmpeg compare:imagemagick; do
    command -v "${tool%:*}" >/dev/null || skip_all "${tool#*:} is missing: make deps"
done
/usr/bin/python3 -c 'import PIL' 2>/dev/null || skip_all "Pillow is missing: make deps"

# far A B: the largest difference of any sample, of 255.
far() { compare -metric PAE "$1" "$2" null: 2>&1 | /usr/bin/python3 -c 'import sys; print(round(255 * float(sys.stdin.read().split("(")[1][:-1])))'; }
# near A B WITHIN NAME
near() {
    local got
    got=$(far "$1" "$2")
    [ -n "$got" ] && [ "$got" -le "$3" ]
    ok $? "$4"
    [ -n "$got" ] && [ "$got" -le "$3" ] || echo "# $1 and $2 differ by ${got:-?} of 255, at most $3 expected"
}

mkdir in
/usr/bin/python3 - <<'PY' || exit 1
from PIL import Image, ImageDraw
width, height = 240, 160
picture = Image.new("RGB", (width, height))
picture.putdata([(x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)) for y in range(height) for x in range(width)])
ImageDraw.Draw(picture).rectangle((20, 20, 90, 60), fill=(255, 0, 0))
picture.save("a.png")
turn = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE}
for orientation, how in turn.items():
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "Jo Photographer"
    exif[0x8298] = "(c) 2026 Example"
    (picture.transpose(how) if how else picture).save(f"turned-{orientation}.jpg", quality=95, subsampling=0, exif=exif)
frames = [picture, Image.new("RGB", (width, height))]
frames[0].save("moving.gif", save_all=True, append_images=frames[1:], duration=100)
PY

# --- reading ---
exec 3>&2 2>tools.log # cjxl has much to say
cjxl a.png in/lossless.jxl -d 0 --quiet && cjxl a.png in/container.jxl -d 0 --container=1 --quiet &&
    cjxl a.png in/lossy.jxl -d 1 --quiet && cjxl moving.gif in/moving.jxl -d 0 --quiet || exit 1
for orientation in 1 3 6 7; do
    cjxl "turned-$orientation.jpg" "in/from-jpeg-$orientation.jxl" --quiet &&
        cjxl "turned-$orientation.jpg" "in/pixels-$orientation.jxl" -j 0 -d 0.3 --quiet || exit 1
done
exec 2>&3
head -c 900 in/lossy.jxl >in/cut.jxl
printf '%s\n' "[recipe]" name=plain "[rendition p]" width=2048 height=2048 format=png >plain.recipe
"$KNEE" run --quiet --workers 2 --recipe plain.recipe in out 2>stderr
is "$(cut -f 1,2,4 out/FAILED.tsv | tail -n +2)" "cut.jxl	decode	JPEG XL: the file is cut" "a file that ends early fails, all others are done"
for name in lossless container; do near "out/p/$name.jxl.png" a.png 0 "$name: as the picture"; done
djxl in/lossy.jxl lossy.png --bits_per_sample=8 --quiet
near out/p/lossy.jxl.png lossy.png 1 "lossy: as djxl decodes it"
djxl in/moving.jxl moving.apng --quiet && ffmpeg -nostdin -loglevel error -y -i moving.apng -frames:v 1 first.png
near out/p/moving.jxl.png first.png 0 "animation: the first frame"
for orientation in 1 3 6 7; do
    for name in "from-jpeg-$orientation" "pixels-$orientation"; do
        is "$(vipsheader -f width "out/p/$name.jxl.png")x$(vipsheader -f height "out/p/$name.jxl.png")" 240x160 "$name: upright"
        near "out/p/$name.jxl.png" a.png 60 "... and the picture"
    done
done
is "$(tail -n +2 out/NOTES.tsv | cut -f 1,2 | tr '\t\n' ' |')" "from-jpeg-3.jxl orientation|from-jpeg-6.jxl orientation|\
from-jpeg-7.jxl orientation|moving.jxl animation|pixels-3.jxl orientation|pixels-6.jxl orientation|pixels-7.jxl orientation|" "notes name what is not shown"
is "$(grep -c 'lib/jxl' stderr)" 0 "libjxl's own messages do not reach the terminal"

# --- writing ---
rm -rf in out
mkdir in
cp a.png turned-1.jpg in/
cjxl turned-6.jpg in/packed.jxl --quiet 2>/dev/null # its Exif box is compressed
cat >jxl.recipe <<'END'
[recipe]
keep=copyright, icc
[rendition high]
width=240
height=240
format=jxl
quality=95
[rendition low]
width=240
height=240
format=jxl
quality=40
effort=7
[rendition whole]
width=240
height=240
format=jxl
quality=100
effort=1
END
"$KNEE" run --quiet --workers 2 --recipe jxl.recipe in out 2>stderr
is $? 0 "format=jxl is written"
for name in high low whole; do
    djxl "out/$name/a.png.jxl" "$name.png" --quiet
    is "$(vipsheader -f width "$name.png")x$(vipsheader -f height "$name.png")" 240x160 "$name: djxl reads it"
done
near high.png a.png 60 "quality=95 is close to the picture"
near whole.png a.png 0 "quality=100 is the picture"
is "$(($(stat -c %s out/low/a.png.jxl) < $(stat -c %s out/high/a.png.jxl)))" 1 "less quality, a smaller file"
is "$(ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 out/high/a.png.jxl)" jpegxl,240,160 "ffprobe knows the format"
for name in turned-1.jpg packed.jxl; do
    is "$(exiv2 -q -g Exif.Image.Artist -g Exif.Image.Copyright -Pv "out/high/$name.jxl" | tr '\n' '|')" "Jo Photographer|(c) 2026 Example|" \
        "$name: exiv2 reads the kept artist and copyright"
done
is "$(exiv2 -q -g Exif.Image.Artist -Pv "out/high/a.png.jxl")" "" "a.png: has none to keep"
"$KNEE" run --quiet --serial --recipe jxl.recipe in serial 2>stderr
cmp out/MANIFEST.sha256 serial/MANIFEST.sha256
ok $? "the same bytes without a pool"
"$KNEE" run --quiet --sandbox=off --recipe jxl.recipe in free 2>stderr
cmp out/MANIFEST.sha256 free/MANIFEST.sha256
ok $? "... and without a sandbox"
like "$("$KNEE" doctor)" 'JPEG XL' "doctor lists the format"
done_testing
