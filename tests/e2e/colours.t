#!/bin/bash
# Colours of pictures as users have them: samples of all kinds, profiles that do not fit, colour told without a profile,
# thumbnails before the picture; held against ImageMagick, vips, ffmpeg and arithmetic. The table is in docs/formats.md.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
export VIPS_WARNING=0
for tool in vips:libvips-tools convert:imagemagick ffmpeg:ffmpeg avifenc:libavif-bin; do
    command -v "${tool%:*}" >/dev/null || skip_all "${tool#*:} is missing: make deps"
done
/usr/bin/python3 -c 'import PIL.ImageCms' 2>/dev/null || skip_all "Pillow is missing: make deps"

mkdir in
vips black black.v 64 48 --bands 3 && vips copy black.v srgb.v --interpretation srgb &&
    vips icc_transform srgb.v cmyk.tif cmyk --input-profile srgb &&
    vips icc_transform srgb.v p3.tif p3 --input-profile srgb &&
    /usr/bin/python3 "$root/tests/e2e/colours_make.py" in || exit 1

# The still and the clip of the same frames; PQ and HLG have 10 bits.
for kind in p3:smpte432:iec61966-2-1:bt709:yuv444p bt2020:bt2020:bt2020-10:bt2020nc:yuv444p10le \
    pq:bt2020:smpte2084:bt2020nc:yuv444p10le hlg:bt2020:arib-std-b67:bt2020nc:yuv444p10le; do
    IFS=: read -r name primaries curve matrix format <<<"$kind"
    tags=(-color_primaries "$primaries" -color_trc "$curve" -colorspace "$matrix" -color_range tv)
    ffmpeg -nostdin -loglevel error -i in/rgb.tif -vf "scale=out_color_matrix=${matrix/nc/}:out_range=tv:flags=accurate_rnd,\
format=$format" -frames:v 1 -c:v ffv1 "${tags[@]}" "in/$name.mkv" &&
        ffmpeg -nostdin -loglevel error -i "in/$name.mkv" -c:v libaom-av1 -still-picture 1 -crf 0 -cpu-used 8 \
            "${tags[@]}" "in/$name.avif" || exit 1
done

# Grey whose samples leave room at both ends, and colours that are multiplied by alpha.
exact=(--min 0 --max 0 --speed 8)
vips copy in/grey.tif grey.png || exit 1
for bits in 8 10; do
    avifenc "${exact[@]}" --yuv 400 --range limited --depth $bits grey.png "in/narrow$bits.avif" >/dev/null 2>&1 || exit 1
done
vips copy in/straight.tif straight.png && avifenc "${exact[@]}" --minalpha 0 --maxalpha 0 --premultiply --yuv 444 straight.png \
    in/premultiplied.avif >/dev/null 2>&1 || exit 1

# JPEG 2000 with chroma on coarser grids, of odd sizes too, with more bits, and with a palette.
full=scale=out_color_matrix=bt601:out_range=pc:flags=accurate_rnd
for format in yuv444p yuv422p yuv420p yuv410p pal8; do
    how="$full,format=$format"
    [ $format = pal8 ] && how="split[a][b],[a]palettegen=reserve_transparent=0[p],[b][p]paletteuse=dither=none"
    ffmpeg -nostdin -loglevel error -i in/rgb.tif -vf "$how" -frames:v 1 -c:v jpeg2000 -pred 1 "in/$format.jp2" || exit 1
done
ffmpeg -nostdin -loglevel error -i in/rgb.tif -vf "crop=61:45:0:0,$full,format=yuv420p" -frames:v 1 -c:v jpeg2000 -pred 1 in/odd.jp2 ||
    exit 1

# knee_run RECIPE: the recipe on the batch, into out.
knee_run() {
    rm -rf out
    "$KNEE" run --quiet --serial --recipe "$1" in out 2>stderr
}
printf '%s\n' "[recipe]" name=plain background=#ffffff "[rendition p]" fit=inside width=2048 height=2048 format=png >plain.recipe
printf '%s\n' "[recipe]" name=planes "[rendition p]" fit=inside width=2048 height=2048 format=jpeg quality=98 >planes.recipe

# same A B TEXT [WITHIN]: the middles of the quarters of both differ by at most WITHIN (2) of 255. A colour or four of
# them (r,g,b r,g,b ...) may stand for a file.
cat >same.py <<'END'
import os
import sys
from PIL import Image

def four(what):
    if not os.path.exists(what) and "," in what:
        colours = [tuple(int(v) for v in c.split(",")) for c in what.split()]
        return colours if len(colours) == 4 else colours * 4
    image = Image.open(what).convert("RGB")
    return [image.getpixel((int(image.width * x), int(image.height * y)))
            for x, y in ((.25, .25), (.75, .25), (.25, .75), (.75, .75))]

for line in sys.stdin:
    one, other, within = line.rstrip("\n").split("\t")
    try:
        a, b = four(one), four(other)
        far = max(abs(x - y) for p, q in zip(a, b) for x, y in zip(p, q))
        print("same" if far <= int(within) else f"{a}, not {b}", flush=True)
    except OSError as error:
        print(error, flush=True)
END
coproc LOOK { /usr/bin/python3 same.py; }
compare() {
    printf '%s\t%s\t%s\n' "$1" "$2" "$3" >&"${LOOK[1]}"
    read -r answer <&"${LOOK[0]}"
}
same() {
    compare "$1" "$2" "${4:-2}"
    is "$answer" same "$3"
}
# notes PATH: the set in the journal.
notes() { awk -F '\t' -v path="$1" '$1 ~ /done$/ && $2 == path { print $11 }' out/.knee/journal; }

knee_run plain.recipe
is "$(cut -f1 out/FAILED.tsv | tail -n +2 | sort | tr '\n' ' ')" "complex.tif cut.jp2 lab.jp2 large.jp2 many.tif old-jpeg-damaged.tif raw.dng " "all are read but these"
like "$(grep many.tif out/FAILED.tsv)" "70 samples in each pixel" "many samples in a pixel are refused"

# --- samples of TIFF ------------------------------------------------------------------------------------------------
for name in rgb grey float float-grey signed8 signed16 grey16 white-is-zero16 rgb16 grey32 rgb32 straight premultiplied \
    premultiplied16 premultiplied-float grey-premultiplied-float grey-alpha16 alpha-and-more; do
    convert "in/$name.tif" -background white -flatten -colorspace sRGB -depth 8 -type TrueColor wanted.png 2>/dev/null
    same "out/p/$name.tif.png" wanted.png "TIFF, $name: as ImageMagick"
done
same out/p/negative16.tif.png 0,0,0 "TIFF, below zero: black"
for pair in unspecified:rgb unspecified2:rgb grey-unspecified:grey spot:cmyk spots:cmyk spot16:cmyk16; do
    same "out/p/${pair%:*}.tif.png" "out/p/${pair#*:}.tif.png" "TIFF, ${pair%:*}: as the same without the rest"
done
same out/p/cmyk16.tif.png out/p/cmyk.tif.png "TIFF, CMYK of 16 bits: as of 8, whose table is up to 14 off in single colours" 14
vips icc_transform in/cmyk.tif wanted.png srgb --input-profile cmyk --intent relative
same out/p/cmyk.tif.png wanted.png "TIFF, CMYK: as vips"
same out/p/next.tif.png in/rgb.tif "a thumbnail first: the next page"
same out/p/below.tif.png in/rgb.tif "a thumbnail first: the picture below it"
same out/p/untagged.tif.png in/rgb.tif "... also one that is not called reduced"
same out/p/called-full.tif.png 128,128,128 "a small first page that is called a full one is the picture"
same out/p/mask-first.tif.png in/rgb.tif "a transparency mask first: the picture"
for name in ycbcr11 ycbcr21 ycbcr22 ycbcr42 old-jpeg; do
    same "out/p/$name.tif.png" in/rgb.tif "TIFF, $name: as RGB" 4
done
same out/p/white-is-zero-float.tif.png out/p/grey.tif.png "TIFF, floats whose zero is white"
for name in rgb:half rgb:rgb4 rgb:rgb10 rgb:rgb12 rgb:rgb14 rgb:planes-in-tiles rgb:{little,big}{24,32,40,48,56,64} grey:double grey:float24 grey:whole64 \
    premultiplied:premultiplied32; do
    same "out/p/${name#*:}.tif.png" "out/p/${name%:*}.tif.png" "TIFF, ${name#*:}: as ${name%:*} of 8 bits" "$([[ $name = *rgb4 ]] && echo 9 || echo 2)"
done
for name in premultiplied-signed16 white-is-zero-signed16; do
    convert "in/$name.tif" -background white -flatten -colorspace sRGB -depth 8 -type TrueColor wanted.png 2>/dev/null
    same "out/p/$name.tif.png" wanted.png "TIFF, $name: as ImageMagick"
done
like "$(grep lab.jp2 out/FAILED.tsv)" "CIELab|Lab" "JPEG 2000 in CIELab: refused by name"
like "$(grep complex.tif out/FAILED.tsv)" "TIFF: complex numbers are not read: convert it" "TIFF, complex numbers: refused by name"
like "$(grep raw.dng out/FAILED.tsv)" "raw file.*develop it" "a sensor's pixels are refused"

# --- colour told by PNG ---------------------------------------------------------------------------------------------
plain="200,40,40 40,200,40 40,40,200 200,200,40"
same out/p/plain.png.png "$plain" "PNG that says nothing"
same out/p/turned.png.png "200,200,40 40,40,200 40,200,40 200,40,40" "PNG, orientation behind the pixels"
same out/p/icc-cut.png.png "$plain" "PNG, a damaged profile is passed over"
is "$(notes icc-cut.png)" 2 "... with a note"
same out/p/cicp-p3.png.png "218,0,25 0,202,0 40,39,207 202,201,0" "PNG, cICP: Display P3" 3
same out/p/cicp-narrow.png.png "214,28,28 28,214,28 28,28,214 214,214,28" "PNG, cICP: narrow range"
same out/p/icc-p3.png.png out/p/cicp-p3.png.png "PNG, ICC profile"
same out/p/cicp-over-icc.png.png "$plain" "PNG, cICP before the profile"
same out/p/icc-over-rest.png.png out/p/icc-p3.png.png "PNG, the profile before gAMA and cHRM"
same out/p/srgb-over-gamma.png.png "$plain" "PNG, sRGB before gAMA and cHRM"
same out/p/gamma-1.png.png "229,110,110 110,229,110 110,110,229 229,229,110" "PNG, gAMA of linear light"
same out/p/gamma-usual.png.png "$plain" "PNG, the usual gAMA is sRGB's curve"
same out/p/chrm-adobe.png.png out/p/adobe-rgb.jpg.png "PNG, cHRM and gAMA of Adobe RGB" 4

# --- colour told by others ------------------------------------------------------------------------------------------
same out/p/adobe-rgb.jpg.png "233,35,35 0,201,0 35,35,205 201,201,0" "JPEG, Adobe RGB by EXIF" 4
same out/p/uncalibrated.jpg.png "$plain" "JPEG, uncalibrated by EXIF and not Adobe's" 4
same out/p/p3.avif.png out/p/cicp-p3.png.png "AVIF, nclx: Display P3" 4
for bits in 8 10; do
    same "out/p/narrow$bits.avif.png" out/p/grey.tif.png "AVIF, grey of $bits bits and narrow range"
done
same out/p/premultiplied.avif.png out/p/straight.tif.png "AVIF, colours multiplied by alpha" 3
for name in p3 bt2020 pq hlg; do
    same "out/p/$name.avif.png" "out/p/$name.mkv.png" "$name: still and clip agree"
done
compare out/p/bt2020.avif.png "$plain" 12
like "$answer" "not" "BT.2020 is converted"
compare out/p/pq.avif.png out/p/hlg.avif.png 12
like "$answer" "not" "PQ has a curve of its own"

# --- canvas, BMP, JPEG 2000 -----------------------------------------------------------------------------------------
for width in 800:600 700:500; do
    is "$(vipsheader -f width "out/p/canvas-${width%:*}.gif.png")x$(vipsheader -f height "out/p/canvas-${width%:*}.gif.png")" \
        "${width/:/x}" "GIF: the file's canvas, ${width/:/x}"
    same "out/p/canvas-${width%:*}.gif.png" "200,40,40 255,255,255 255,255,255 255,255,255" "GIF: the background beyond its frame"
done
same out/p/canvas-small.gif.png "$plain" "GIF: a canvas that is too small grows"
printf '%s\n' "[recipe]" name=clip animated_gif=clip "[rendition p]" fit=inside width=2048 height=2048 format=png >clip.recipe
mkdir gif && mv in/canvas-*.gif gif && "$KNEE" run --quiet --serial --recipe clip.recipe gif gifs 2>stderr
for width in 800 700; do
    same "gifs/p/canvas-$width.gif.png" "200,40,40 255,255,255 255,255,255 255,255,255" "GIF as a clip: the same, $width wide"
done
same gifs/p/canvas-small.gif.png "$plain" "... also as a clip"
for name in rgb.bmp rgb.jp2 stream.j2k; do
    same "out/p/$name.png" "in/$name" "$name: as Pillow"
done
for name in yuv444p yuv422p yuv420p yuv410p odd pal8 box-behind; do
    same "out/p/$name.jp2.png" "$plain" "JPEG 2000, $name" 4
done
is "$(vipsheader -f width out/p/odd.jp2.png)x$(vipsheader -f height out/p/odd.jp2.png)" 61x45 "JPEG 2000 of odd size: every column"
same out/p/grey.jp2.png "30,30,30 90,90,90 150,150,150 220,220,220" "JPEG 2000, grey"
same out/p/alpha.jp2.png out/p/straight.tif.png "JPEG 2000, alpha over the background"
like "$(grep '^cut.jp2' out/FAILED.tsv)" "JPEG 2000: .*length" "JPEG 2000 that is cut fails"
like "$(grep '^large.jp2' out/FAILED.tsv)" "more than the recipe's limit of 100 megapixels" "a large one is refused by its header"
mkdir large && mv in/large.jp2 large && printf '%s\n' "[limits]" megapixels=1000 "[rendition p]" width=64 >large.recipe
(ulimit -v 2500000; "$KNEE" run --quiet --serial --recipe large.recipe large many 2>stderr)
like "$(cat many/FAILED.tsv)" "17000x17000 with 3 components needs more than 4096 MiB" "... and for its memory where the recipe allows more pixels"

# --- profiles that do not fit, in every recipe ----------------------------------------------------------------------
unfit=(rgb-with-grey rgb-with-cmyk rgb-with-cut grey-with-rgb grey-with-cmyk grey-with-cut cmyk-with-rgb cmyk-with-grey
    cmyk-with-cut)
for item in "${unfit[@]}"; do
    same "out/p/$item.jpg.png" "out/p/${item%%-*}-none.jpg.png" "JPEG, $item: passed over" 1
    want=1
    [[ $item == *cut ]] && want=2
    is "$(notes "$item.jpg")" $want "... with a note"
done
same out/p/grey-with-rgb.png.png "30,30,30 90,90,90 150,150,150 220,220,220" "PNG, grey with an RGB profile: passed over"
same out/p/grey-with-grey.jpg.png "96,96,96 159,159,159 201,201,201 239,239,239" "a grey profile that fits is applied" 4
is "$(notes rgb-none.jpg) $(notes grey-with-grey.jpg)" "0 32" "no such note where nothing was passed over"
find in -type f ! -name '*-with-*' ! -name '*-none.jpg' ! -name adobe-rgb.jpg -delete
knee_run planes.recipe
for item in "${unfit[@]}"; do
    same "out/p/$item.jpg.jpg" "out/p/${item%%-*}-none.jpg.jpg" "$item, JPEG to JPEG" 1
    is "$(($(notes "$item.jpg") & 3 ? 1 : 0))" 1 "... with a note"
done
same out/p/adobe-rgb.jpg.jpg "233,35,35 0,201,0 35,35,205 201,201,0" "Adobe RGB by EXIF, JPEG to JPEG" 4
for recipe in web archive catalogue; do
    knee_run "$root/pipeline/recipes/$recipe.recipe"
    is $? 0 "profiles that do not fit: none fails with the $recipe recipe"
done

done_testing
