#!/bin/bash
# jxl=lossless-jpeg: sources as outputs, held against djxl, exiv2 and the sources themselves.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
for tool in vips:libvips-tools djxl:libjxl-tools exiv2:exiv2 cjpeg:libjpeg-turbo-progs convert:imagemagick; do
    command -v "${tool%:*}" >/dev/null || skip_all "${tool#*:} is missing: make deps"
done

mkdir -p in/sub more
vips gaussnoise grey.v 131 97 --mean 128 --sigma 30
vips bandjoin "grey.v grey.v grey.v" rgb.v
vips cast rgb.v a.ppm uchar
{
    cjpeg -quality 85 -sample 2x2 a.ppm >in/baseline.jpg
    jpegtran -progressive in/baseline.jpg >in/progressive.jpg
    jpegtran -restart 2 in/baseline.jpg >in/sub/restart.jpg
    cjpeg -grayscale a.ppm >in/grey.jpg
    jpegtran -arithmetic in/baseline.jpg >in/arithmetic.jpg
    convert a.ppm -colorspace CMYK in/cmyk.jpg
    cp in/baseline.jpg in/exif.jpg
    exiv2 -M "set Exif.Image.Orientation 6" -M "set Exif.Image.Artist Jo" -M "set Xmp.dc.title Noise" in/exif.jpg
    cat in/baseline.jpg - <<<"bytes after the end" >in/trailing.jpg
    head -c -2 in/baseline.jpg >in/no-end.jpg
    head -c 4000 in/baseline.jpg >in/cut.jpg
    vips copy a.ppm in/other.png
} || exit 1
cat >r.recipe <<'END'
[recipe]
jxl=lossless-jpeg
[rendition small]
width=64
format=jpeg
END
rebuilt() { # FOLDER: how many of its originals djxl makes into the source
    local same=0 path
    while IFS= read -r path; do
        djxl "$1/original/$path.jxl" back.jpg --quiet 2>/dev/null
        cmp -s back.jpg "in/$path" && same=$((same + 1))
    done < <(cd "$1/original" && find . -name '*.jxl' | sed 's/[.]jxl$//')
    echo "$same"
}

"$KNEE" run --quiet --workers 2 --recipe r.recipe in out 2>stderr
is "$(tail -n +2 out/FAILED.tsv | cut -f 1)" cut.jpg "a damaged file fails as without originals"
is "$(cd out/original && find . -type f | sort | tr '\n' ' ')" "./baseline.jpg.jxl ./exif.jpg.jxl ./grey.jpg.jxl ./progressive.jpg.jxl ./sub/restart.jpg.jxl ./trailing.jpg.jxl " \
    "JPEG files become JPEG XL"
is "$(rebuilt out)" 6 "djxl makes each of them again, byte for byte"
is "$(exiv2 -q -g Exif.Image.Artist -g Exif.Image.Orientation -g Xmp.dc.title -Pv out/original/exif.jpg.jxl | tr '\n' '|')" \
    '6|Jo|lang="x-default" Noise|' "exiv2 reads EXIF and XMP"
is "$(vipsheader -f width out/original/exif.jpg.jxl)" 97 "... and libvips turns the picture once"
is "$(cd out/kept && find . -type f | sort | tr '\n' ' ')" "./arithmetic.jpg ./cmyk.jpg ./no-end.jpg ./other.png " "all others are kept"
for name in arithmetic.jpg cmyk.jpg no-end.jpg other.png; do cmp "out/kept/$name" "in/$name" || break; done
ok $? "... as they are"
is "$(grep -c . out/NOTES.tsv) $(grep kept out/NOTES.tsv | cut -f 1,2 | tr '\t\n' ' |')" \
    "7 arithmetic.jpg kept-refused|cmyk.jpg kept-refused|no-end.jpg kept-refused|other.png kept-no-jpeg|" "... with a note"
(cd out && sha256sum --quiet -c MANIFEST.sha256) && "$KNEE" verify out >/dev/null
ok $? "the manifest has them"
is "$(jq -r '.renditions[] | select(.rendition != "small") | .type' out/RENDITIONS.json | sort | uniq -c | tr -s ' \n' ' ')" \
    " 4 application/octet-stream 6 image/jxl " "RENDITIONS.json has their types"
is "$(jq -c '.renditions[] | select(.path == "original/exif.jpg.jxl") | [.width, .height, .source]' out/RENDITIONS.json)" '[97,131,"exif.jpg"]' \
    "... sizes and sources"
is "$(jq -c '[.renditions[].files], .outputs.files' out/SUMMARY.json | tr '\n' ' ')" "[10,6,4] 20 " "SUMMARY.json counts them"

"$KNEE" run --quiet --serial --recipe r.recipe in serial 2>stderr
"$KNEE" run --quiet --sandbox=off --workers 1 --recipe r.recipe in free 2>stderr
cmp out/MANIFEST.sha256 serial/MANIFEST.sha256 && cmp out/MANIFEST.sha256 free/MANIFEST.sha256
ok $? "the same bytes without a pool, and without a sandbox"
for shard in 1/2 2/2; do "$KNEE" run --quiet --shard "$shard" --recipe r.recipe in parts 2>stderr; done
"$KNEE" merge parts >stdout 2>stderr
for file in MANIFEST.sha256 RENDITIONS.json SUMMARY.json NOTES.tsv; do cmp "out/$file" "parts/$file" || break; done
ok $? "the same from shards"
"$KNEE" verify --recompute 100% --recipe r.recipe in out >stdout 2>stderr
ok $? "verify --recompute finds the same"
cp out/kept/other.png out/kept/exif.jpg
"$KNEE" verify --recompute 100% --recipe r.recipe in out >stdout 2>stderr
is $? 1 "... and a file of no item"
rm out/kept/exif.jpg

# --- continued, with other sources ---
cp -a out/original/grey.jpg.jxl before.jxl
rm out/original/baseline.jpg.jxl
cp in/arithmetic.jpg in/progressive.jpg
cp in/grey.jpg in/arithmetic.jpg
"$KNEE" run --quiet --workers 2 --recipe r.recipe in out 2>stderr
like "$(cat stderr)" 'another batch' "other sizes are another batch"
"$KNEE" run --quiet --restart --workers 2 --recipe r.recipe in out 2>stderr
is "$(cd out && find kept original -type f | sort | tr '\n' ' ')" "kept/cmyk.jpg kept/no-end.jpg kept/other.png kept/progressive.jpg original/arithmetic.jpg.jxl original/baseline.jpg.jxl original/exif.jpg.jxl original/grey.jpg.jxl original/sub/restart.jpg.jxl original/trailing.jpg.jxl " \
    "--restart removes what is no output any more"
rm out/original/baseline.jpg.jxl
"$KNEE" run --quiet --workers 2 --recipe r.recipe in out 2>stderr
cmp out/original/grey.jpg.jxl before.jxl && [ -f out/original/baseline.jpg.jxl ] && "$KNEE" verify out >/dev/null
ok $? "an original that is missing is made again"

# --- recipes ---
printf '%s\n' '[recipe]' jxl=all '[rendition a]' width=9 >wrong.recipe
like "$("$KNEE" recipe check wrong.recipe 2>&1)" 'wrong.recipe:2: .recipe. jxl.*none, lossless-jpeg' "another word is refused"
printf '%s\n' '[recipe]' jxl=lossless-jpeg '[rendition kept]' width=9 >wrong.recipe
like "$("$KNEE" recipe check wrong.recipe 2>&1)" "two renditions are called 'kept'" "a rendition cannot have the name of the originals"
like "$("$KNEE" recipe check r.recipe)" 'original/a.jpg.jxl: .*kept/a.jpg: ' "recipe check names the outputs"
done_testing
