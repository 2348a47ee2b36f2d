#!/bin/bash
# Damage that decoders cover up: grey or smeared areas that no bytes describe are a failure, with the reason. The files
# are made here and then cut, or parts of them are overwritten by zeros.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v ffmpeg >/dev/null || skip_all "ffmpeg is missing: make deps"
mkdir whole bad
clip() { ffmpeg -nostdin -loglevel error -y "$@" 2>/dev/null; }
scene=(-f lavfi -i "testsrc2=size=640x360:rate=10:duration=1" -f lavfi -i "anullsrc" -shortest)

# zeros FILE FROM COUNT, in percent of the file: overwritten.
zeros() {
    local bytes
    bytes=$(stat -c %s "$1")
    dd if=/dev/zero of="$1" bs=1 seek=$((bytes * $2 / 100)) count=$((bytes * $3 / 100)) conv=notrunc status=none
}
made=
for kind in "h264.mp4 -c:v libx264 -pix_fmt yuv420p -movflags +faststart" "mpeg4.avi -c:v mpeg4 -q:v 2" \
    "vp8.webm -c:v libvpx -b:v 2M" "mjpeg.avi -c:v mjpeg -pix_fmt yuvj420p -q:v 2" "hevc.mp4 -c:v libx265 -movflags +faststart"; do
    name=${kind%% *}
    # shellcheck disable=SC2086
    clip "${scene[@]}" ${kind#* } -an "whole/$name" || { rm -f "whole/$name"; continue; }
    made+=" $name"
    # within the first frame: at a part of the position where the second one begins
    at=$(ffprobe -loglevel error -select_streams v -show_entries packet=pos,size -of csv=p=0 "whole/$name" | head -n 1)
    first=${at#*,} position=${at%%,*}
    [[ $first == *,* ]] && first=${first%%,*}
    [ "$position" -gt "$first" ] 2>/dev/null || { t=$position; position=$first; first=$t; }
    head -c "$((position + first / 2))" "whole/$name" >"bad/cut-$name"
done
is "$([ -n "$made" ] && echo made)" made "clips:$made"
vips gaussnoise n.v 640 480 --mean 128 --sigma 20 && vips cast n.v n8.v uchar && vips bandjoin "n8.v n8.v n8.v" rgb.v || exit 1
vips copy rgb.v whole/strips.jpg && vips tiffsave rgb.v whole/jpeg.tif --compression jpeg --Q 80 || exit 1
cp whole/strips.jpg bad/zeros.jpg && zeros bad/zeros.jpg 50 50
cp whole/jpeg.tif bad/zeros.tif && zeros bad/zeros.tif 30 40
vips pngsave rgb.v whole/interlaced.png --interlace && cp whole/interlaced.png bad && zeros bad/interlaced.png 50 10
vips pngsave rgb.v whole/plain.png && cp whole/plain.png bad && zeros bad/plain.png 50 10
vips tiffsave rgb.v whole/plain.tif && head -c "$(($(stat -c %s whole/plain.tif) / 2))" whole/plain.tif >bad/header-gone.tif
# Deflate data with a bit that is wrong: where they come to more than their strip holds, libtiff says nothing.
vips tiffsave n8.v whole/deflate.tif --compression deflate
vips tiffsave n8.v whole/tiles.tif --compression deflate --tile --predictor horizontal
bytes=$(stat -c %s whole/deflate.tif)
for name in deflate tiles; do
    for at in 10 17 24 31 38 45 52 59 66; do # in percent
        cp "whole/$name.tif" "bad/$name-$at.tif"
        printf 'xyz' | dd of="bad/$name-$at.tif" bs=1 seek=$((bytes * at / 100)) conv=notrunc status=none
    done
done
"$KNEE" run --quiet whole out-whole
is $? 0 "whole files are done"
for how in --serial "--workers 2"; do
    rm -rf out
    # shellcheck disable=SC2086
    "$KNEE" run --quiet $how bad out 2>/dev/null
    is "$? $(cut -f 1 out/FAILED.tsv | tail -n +2 | sort | tr '\n' ' ')" "1 $(cd bad && printf '%s\n' * | sort | tr '\n' ' ')" "damaged ones fail, all of them ($how)"
done
for f in bad/cut-*; do
    like "$(grep -F "${f#bad/}" out/FAILED.tsv)" 'cut or damaged|Invalid data|End of file' "... ${f#bad/}: with the reason"
done
like "$(grep -F zeros.tif out/FAILED.tsv)" 'JPEG' "... zeros.tif: with the decoder's words"
is "$(grep -E '^(deflate|tiles)-' out/FAILED.tsv | grep -vcE 'TIFF: (strip|tile) [0-9]+: (incorrect data check|invalid code|more data than a strip has|the data end early)')" 0 "... wrong bits in deflate data: with the reason"
like "$(grep -F header-gone.tif out/FAILED.tsv)" 'tiff: it is cut or damaged' "... a TIFF whose header lies in what was cut: with the reason"
like "$(grep -F plain.png out/FAILED.tsv)" 'PNG: CRC error in the image data' "... a plain PNG: with the reason"
like "$(grep -F interlaced.png out/FAILED.tsv)" 'CRC error|IDAT|zlib|inflate|decompress|filter' "... an interlaced PNG: with the decoder's words"
done_testing
