#!/bin/bash
# AVIF and HEIC through their planes: the right size, way up, part and colours, held against the picture that the files
# were made of and against libheif's RGB, which knee uses where an output is no JPEG or WebP. Those with alpha become
# RGBA first, for any output.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
export VIPS_WARNING=0
for tool in vips:libvips-tools ffmpeg:ffmpeg avifenc:libavif-bin; do
    command -v "${tool%:*}" >/dev/null || skip_all "${tool#*:} is missing: make deps"
done
/usr/bin/python3 -c 'import PIL, numpy' 2>/dev/null || skip_all "Pillow or numpy is missing: make deps"
/usr/bin/python3 -B "$root/tests/e2e/heif_make.py" source.png alpha.png || exit 1
mkdir in

# avif NAME OPTION...: of the picture, nearly lossless.
from=source.png
avif() { avifenc --speed 8 --min 0 --max 4 "${@:2}" $from "in/$1.avif" >/dev/null 2>&1 || ok 1 "$1 can be made"; }
made() { ok $? "$1 can be made"; }
for yuv in 420 422 444 400; do
    avif "$yuv" --yuv $yuv
    avif "$yuv-narrow" --yuv $yuv --range limited
done
avif bt709 --yuv 420 --cicp 1/13/1
avif bt709-narrow --yuv 422 --cicp 1/13/1 --range limited
avif bt2020 --yuv 420 --cicp 1/13/9
avif bt2020-narrow --yuv 444 --cicp 1/13/9 --range limited
avif smpte240 --yuv 420 --cicp 1/13/7
for irot in 1 2 3; do
    avif "turned-$irot" --yuv 420 --irot $irot
    avif "turned-$irot-flipped" --yuv 420 --irot $irot --imir 0
    avif "turned-$irot-mirrored" --yuv 420 --irot $irot --imir 1
done
avif flipped --yuv 420 --imir 0
avif mirrored --yuv 444 --imir 1
avif cropped --yuv 420 --crop 100,60,132,120
avif cropped-edge --yuv 420 --crop 0,0,200,130
avif cropped-odd --yuv 444 --crop 101,61,133,121
avif cropped-turned --yuv 420 --crop 100,60,132,120 --irot 3
avif identity --yuv 444 --cicp 1/13/0
avif deep --yuv 420 --depth 10
vips icc_transform source.png p3.png p3 --input-profile srgb &&
    avifenc --speed 8 --min 0 --max 4 --yuv 420 p3.png in/icc.avif >/dev/null 2>&1
made icc
vips icc_transform source.png bare.png p3 --input-profile srgb && vips copy bare.png "p3-bare.png[strip]" &&
    avifenc --speed 8 --min 0 --max 4 --yuv 420 --cicp 12/13/6 p3-bare.png in/p3.avif >/dev/null 2>&1
made p3
vips extract_area source.png grid.png 0 0 256 192 && avifenc --speed 8 --min 0 --max 4 --yuv 420 --grid 2x2 grid.png \
    in/grid.avif >/dev/null 2>&1
made grid
# Chroma whose samples lie left of the middle, as in films, and a file that says so.
ffmpeg -nostdin -loglevel error -i source.png -vf "crop=300:200:0:0,scale=out_color_matrix=bt601:out_range=pc:flags=accurate_rnd+bicubic:\
out_h_chr_pos=0:out_v_chr_pos=128,format=yuv420p" -chroma_sample_location left -f yuv4mpegpipe -frames:v 1 left.y4m &&
    avifenc --speed 8 --min 0 --max 4 left.y4m in/left.avif >/dev/null 2>&1
made left
vips extract_area source.png even.png 0 0 300 200 || exit 1
if vips heifsave even.png try.heic --compression hevc 2>/dev/null; then
    for mode in on off; do # of an odd size libheif makes a grid of one tile
        vips heifsave source.png "in/hevc-odd-$mode.heic" --compression hevc --Q 98 --subsample-mode $mode
        made "hevc-odd-$mode"
        vips heifsave even.png "in/hevc-$mode.heic" --compression hevc --Q 98 --subsample-mode $mode
        made "hevc-$mode"
    done
else
    skip "libheif has no encoder of HEVC" "HEIC"
fi

from=alpha.png
for yuv in 420 422 444 400; do avif "$yuv-alpha" --yuv $yuv; done
avif 420-narrow-alpha --yuv 420 --range limited
avif premultiplied-alpha --yuv 420 --premultiply
avif turned-1-flipped-alpha --yuv 420 --irot 1 --imir 0
avif turned-3-alpha --yuv 444 --irot 3
avif cropped-alpha --yuv 420 --crop 100,60,132,120
avif identity-alpha --yuv 444 --cicp 1/13/0
vips extract_area alpha.png from.png 0 0 256 192 && from=from.png && avif grid-alpha --yuv 420 --grid 2x2
if [ -e in/hevc-odd-on.heic ]; then # as above
    vips heifsave alpha.png in/hevc-odd-alpha.heic --compression hevc --Q 98
    made hevc-odd-alpha
fi

printf '[recipe]\n[rendition p]\nwidth=2048\nheight=2048\nformat=jpeg\nquality=100\n' >planes.recipe
printf '[recipe]\n[rendition p]\nwidth=2048\nheight=2048\nformat=jpeg\nquality=100\n[rendition other]\nwidth=9\nheight=9\nformat=png\n' >rgb.recipe
for how in planes rgb; do
    "$KNEE" run --quiet --serial --recipe $how.recipe in out-$how
    is $? 0 "all are done ($how)"
done
"$KNEE" run --quiet --workers 2 --recipe planes.recipe in out-two
"$KNEE" verify out-planes out-two >/dev/null
is $? 0 "two workers make the same bytes"
/usr/bin/python3 -B "$root/tests/e2e/heif_judge.py" source.png alpha.png in out-planes/p out-rgb/p >verdicts
is $? 0 "each file is judged"
while IFS=$'\t' read -r verdict what; do
    is "$verdict" right "$what"
done <verdicts

# --- damage ---------------------------------------------------------------------------------------------------------
mkdir bad
for file in in/420.avif in/400.avif in/420-alpha.avif in/hevc-on.heic; do
    [ -e "$file" ] || continue
    bytes=$(stat -c %s "$file") name=${file#in/}
    for percent in 30 60 95; do head -c $((bytes * percent / 100)) "$file" >"bad/cut-$percent-$name"; done
    head -c $((bytes - 1)) "$file" >"bad/cut-last-$name"
done
cp in/420.avif bad/zeros.avif # the coded picture has no beginning
dd if=/dev/zero of=bad/zeros.avif bs=1 seek=$(($(grep -abo mdat in/420.avif | head -n 1 | cut -d : -f 1) + 4)) count=40 conv=notrunc status=none
cp in/420-alpha.avif bad/zeros-alpha.avif # alpha's data come first
dd if=/dev/zero of=bad/zeros-alpha.avif bs=1 seek=$(($(grep -abo mdat in/420-alpha.avif | head -n 1 | cut -d : -f 1) + 4)) count=40 conv=notrunc status=none
"$KNEE" run --quiet --serial --recipe planes.recipe bad out-bad 2>/dev/null
is "$(tail -n +2 out-bad/FAILED.tsv | cut -f 1 | grep -v zeros | sort | tr '\n' ' ')" \
    "$(cd bad && printf '%s\n' cut-* | sort | tr '\n' ' ')" "cut files are refused, all of them"
like "$(grep zeros.avif out-bad/FAILED.tsv)" 'AVIF: damaged picture' "a damaged picture: refused with the reason"
like "$(grep zeros-alpha.avif out-bad/FAILED.tsv)" 'AVIF: damaged picture' "a damaged alpha: the same"
done_testing
