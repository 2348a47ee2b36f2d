#!/bin/bash
# The keys of a rendition, checked with the vips command line: place, canvas, sharpening, formats, kept metadata,
# captions.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
export VIPS_WARNING=0
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

# 400x200: left half red, right half blue.
mkdir in
vips black red.v 200 200 --bands 3 && vips linear red.v red2.v "1 1 1" "250 10 10" && vips black blue.v 200 200 --bands 3 &&
    vips linear blue.v blue2.v "1 1 1" "10 10 250" && vips join red2.v blue2.v both.v horizontal && vips cast both.v in/a.png uchar ||
    exit 1

# knee_run RECIPE_TEXT: the recipe on the batch, into out.
knee_run() {
    rm -rf out
    printf '%s\n' "$1" >r.recipe
    "$KNEE" run --quiet --serial --recipe r.recipe in out 2>stderr
}
pixel() { # pixel FILE X Y: rounded to tens
    vips getpoint "$1" "$2" "$3" | awk '{ for (i = 1; i <= NF; i++) printf("%s%d", (i > 1 ? " " : ""), ($i + 5) / 10); print "" }'
}
size() { echo "$(vipsheader -f width "$1")x$(vipsheader -f height "$1")"; }

red="25 1 1" blue="1 1 25"
knee_run "[recipe]
background=#00c800
[rendition west]
fit=cover
gravity=west
width=100
height=100
format=png
[rendition north-east]
fit=cover
gravity=north-east
width=100
height=100
format=png
[rendition contain]
fit=contain
gravity=south
width=300
height=300
format=png
[rendition small]
fit=contain
width=500
height=220
format=png
[rendition enlarged]
fit=contain
enlarge=true
width=600
height=400
format=png"
is $? 0 "gravity and contain: the run is good"
is "$(size out/west/a.png.png) $(pixel out/west/a.png.png 2 50) $(pixel out/west/a.png.png 97 50)" "100x100 $red $red" "cover, west: the left end"
is "$(size out/north-east/a.png.png) $(pixel out/north-east/a.png.png 2 50)" "100x100 $blue" "cover, north-east: the right end"
is "$(size out/contain/a.png.png)" 300x300 "contain: exactly the box"
is "$(pixel out/contain/a.png.png 5 148)|$(pixel out/contain/a.png.png 5 152)|$(pixel out/contain/a.png.png 295 299)" \
    "0 20 0|$red|$blue" "... the background above, the picture at the bottom"
is "$(size out/small/a.png.png) $(pixel out/small/a.png.png 49 110) $(pixel out/small/a.png.png 51 110)" "500x220 0 20 0 $red" \
    "contain does not enlarge: the picture is in the middle"
is "$(pixel out/enlarged/a.png.png 3 200) $(pixel out/enlarged/a.png.png 3 49)" "$red 0 20 0" "... unless it is asked to"

# Sharpening: the step becomes steeper in the sharpened rendition, and only there.
knee_run "[rendition soft]
width=100
height=100
format=png
[rendition sharp]
width=100
height=100
format=png
sharpen=1.5
[rendition small]
width=50
height=50
format=png
[rendition canvas]
fit=contain
width=100
height=100
format=png
sharpen=1.5"
less=$(awk -v a="$(vips deviate out/soft/a.png.png)" -v b="$(vips deviate out/sharp/a.png.png)" 'BEGIN { print (b > a) }')
is "$less" 1 "sharpen raises the contrast at an edge"
vips extract_area out/canvas/a.png.png middle.png 0 25 100 50
cmp <(vips rawsave middle.png /dev/stdout) <(vips rawsave out/sharp/a.png.png /dev/stdout)
ok $? "a picture on a canvas is sharpened as without a canvas"
first=$(sha256sum <out/small/a.png.png)
knee_run "[rendition plain]
width=100
height=100
format=png
[rendition small]
width=50
height=50
format=png"
is "$(sha256sum <out/small/a.png.png)" "$first" "smaller renditions are not made from a sharpened one"

# Formats and their options.
knee_run "[rendition half]
width=200
height=200
[rendition whole]
width=200
height=200
subsampling=444
[rendition auto]
width=200
height=200
quality=92
subsampling=auto
[rendition fast]
width=200
height=200
format=png
compression=0"
if [ -x /usr/bin/python3 ]; then
    sampling() { /usr/bin/python3 -c 'import sys; from PIL import Image, JpegImagePlugin
print(JpegImagePlugin.get_sampling(Image.open(sys.argv[1])))' "$1"; }
    is "$(sampling out/half/a.png.jpg) $(sampling out/whole/a.png.jpg) $(sampling out/auto/a.png.jpg)" "2 0 0" "subsampling: 420, 444, auto"
fi
is "$(($(stat -c %s out/fast/a.png.png) > 200 * 100 * 3))" 1 "compression=0 stores as it is"

printf '[rendition a]\nwidth=200\nheight=200\nformat=avif\nquality=70\n' >r.recipe
rm -rf out
if "$KNEE" run --quiet --serial --recipe r.recipe in out 2>stderr; then
    is "$(vipsheader -f heif-compression out/a/a.png.avif) $(size out/a/a.png.avif)" "av1 200x100" "format=avif"
    is "$(pixel out/a/a.png.avif 50 50)|$(pixel out/a/a.png.avif 150 50)" "$red|$blue" "... with the right colours"
else
    like "$(cat stderr)" 'rendition a\] format: this build cannot write AVIF' "format=avif: refused before any work, with the reason"
fi

# Kept metadata.
vips copy in/a.png in/b.jpg && rm in/a.png
/usr/bin/python3 - <<'PY' || exit 1
import struct
from PIL import Image
def entry(tag, text, at): return struct.pack("<HHII", tag, 2, len(text), at), text
def folder(at, texts, last=b""):
    data = at + 2 + 12 * (len(texts) + (len(last) > 0)) + 4
    entries, values = b"", b""
    for tag, text in texts:
        head, text = entry(tag, text.encode() + b"\0", data + len(values))
        entries, values = entries + head, values + text
    return struct.pack("<H", len(texts) + (len(last) > 0)) + entries + last + bytes(4) + values
first = [(0x010F, "The Maker"), (0x013B, "Jo Photographer"), (0x8298, "(c) 2026 Example")]
where = 8 + len(folder(8, first, bytes(12)))
block = b"Exif\0\0II*\0\x08\0\0\0" + folder(8, first, struct.pack("<HHII", 0x8769, 4, 1, where))
block += folder(where, [(0x9003, "2021:02:03 04:05:06")])
Image.open("in/b.jpg").save("in/b.jpg", quality=95, exif=block)
PY
formats="[rendition j]
width=300
height=300
[rendition w]
width=300
height=300
format=webp
[rendition p]
width=300
height=300
format=png"
outputs=(out/j/b.jpg.jpg out/w/b.jpg.webp out/p/b.jpg.png)
knee_run "$formats"
for output in "${outputs[@]}"; do
    is "$(vipsheader -a "$output" | grep -Ec '^(exif-|icc-|xmp)')" 0 "${output##*.}: nothing is kept by default"
done
knee_run "[recipe]
keep=copyright, icc
$formats"
for output in "${outputs[@]}"; do
    is "$(vipsheader -f exif-ifd0-Copyright "$output" | cut -d'(' -f1-2) $(vipsheader -f exif-ifd0-Artist "$output" | cut -d'(' -f1)" \
        "(c) 2026 Example  Jo Photographer " "${output##*.}: keep=copyright keeps artist and copyright"
    is "$(vipsheader -a "$output" | grep -Ec 'Make|DateTimeOriginal|^icc-profile-data')" 1 "... and the profile, and no more"
done
knee_run "[recipe]
keep=icc
$formats"
is "$(vipsheader -a out/j/b.jpg.jpg | grep -Ec '^(icc-profile-data|exif-ifd0-Artist)')" 1 "keep=icc keeps no more than that"

# Captions: the place in the batch does not depend on the choice of items; the date is the picture's.
caption() { printf '[caption]\nfont=DejaVuSans.ttf\nsize=8%%\ntext=%s\n[rendition a]\nwidth=300\nheight=300\nformat=png\ncaption=true\n' "$1"; }
cp in/b.jpg in/c.jpg
knee_run "$(caption '{index}')"
all=$(sha256sum <out/a/c.jpg.png)
echo c.jpg >list
rm -rf out && "$KNEE" run --quiet --serial --recipe r.recipe --list list in out
is "$(sha256sum <out/a/c.jpg.png)" "$all" "{index} is the place in the whole batch, whatever items are done"
knee_run "$(caption 2)"
is "$(sha256sum <out/a/c.jpg.png)" "$all" "... from 1"
knee_run "$(caption '{taken:%d %B %Y}')"
dated=$(sha256sum <out/a/c.jpg.png)
knee_run "$(caption '03 February 2021')"
is "$(sha256sum <out/a/c.jpg.png)" "$dated" "{taken} is EXIF's date"
vips copy 'in/b.jpg' 'in/c.jpg[strip]'
knee_run "$(caption '{taken}')"
undated=$(sha256sum <out/a/c.jpg.png)
knee_run "${formats//format=webp/format=png}"
is "$(sha256sum <out/p/c.jpg.png)" "$undated" "... and nothing where there is none"

# Shaped text: joined Arabic letters are not the letters one by one. The font has no CJK: a box, not a failure.
knee_run "$(caption 'سلام')"
joined=$(sha256sum <out/a/c.jpg.png)
knee_run "$(caption 'س‌ل‌ا‌م')" # zero-width non-joiners
[ "$(sha256sum <out/a/c.jpg.png)" != "$joined" ]
ok $? "Arabic letters are joined"
knee_run "$(caption 日本)"
is "$?$([ "$(sha256sum <out/a/c.jpg.png)" != "$undated" ] && echo drawn)" 0drawn "a character that the font lacks is drawn as a box"
long=$(printf 'long%.0s' {1..60})
knee_run "$(caption "$long")"
is "$? $(size out/a/c.jpg.png)" "0 300x150" "a caption that is too long is clipped"
vips extract_area out/a/c.jpg.png edge.png 295 0 5 150
knee_run "${formats//format=webp/format=png}"
vips extract_area out/p/c.jpg.png plain.png 295 0 5 150
cmp <(vips rawsave edge.png /dev/stdout) <(vips rawsave plain.png /dev/stdout)
ok $? "... within the margin"
done_testing
