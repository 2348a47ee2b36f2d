#!/bin/bash
# Files of every kind through `knee run`: each sound file gives three renditions, each damaged one gives a reason of one
# line and no output. The samples are looked for in $KNEE_SAMPLES, then in ../shared/samples.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
samples=${KNEE_SAMPLES:-$root/../shared/samples}
cd "$work" || exit 1

# --- clips made here ---------------------------------------------------------------------------------------------
if command -v ffmpeg >/dev/null; then
    mkdir clips
    # Left half red, right half blue, in limited-range BT.601, which small pictures have.
    halves="color=red:size=320x360:rate=10:duration=1[l];color=blue:size=320x360:rate=10:duration=1[r];[l][r]hstack"
    ffmpeg -v error -y -filter_complex "$halves,format=yuv420p" -c:v libx264 -threads 1 clips/plain.mp4
    ffmpeg -v error -y -i clips/plain.mp4 -c copy -metadata:s:v:0 rotate=90 clips/turned.mp4
    head -c 900 clips/plain.mp4 >clips/cut.mp4
    "$KNEE" run --quiet --serial clips out >stdout 2>stderr
    is $? 1 "clips: exit 1, for one is cut"
    like "$(cat out/FAILED.tsv)" $'^cut.mp4\tdecode\t1\t.{8}' "the cut clip is listed with its reason"
    is "$(find out -name 'cut.mp4*')" "" "the cut clip left nothing"
    colours() { # colours FILE X Y: the pixel, rounded to 64s
        /usr/bin/python3 -c 'import sys; from PIL import Image
im = Image.open(sys.argv[1]).convert("RGB"); x, y = float(sys.argv[2]), float(sys.argv[3])
print(im.size, *[(v + 32) // 64 for v in im.getpixel((int(im.width * x), int(im.height * y)))])' "$@"
    }
    is "$(colours out/large/plain.mp4.jpg 0.25 0.5)" "(640, 360) 4 0 0" "the left of the poster is red"
    is "$(colours out/large/plain.mp4.jpg 0.75 0.5)" "(640, 360) 0 0 4" "the right of the poster is blue"
    want=$(ffmpeg -v error -y -i clips/turned.mp4 -frames:v 1 turned.png && colours turned.png 0.5 0.25)
    is "$(colours out/large/turned.mp4.jpg 0.5 0.25)" "$want" "a turned clip is as ffmpeg shows it"
    like "$want" '^\(360, 640\)' "... upright"
else
    skip "ffmpeg is missing: make deps" "clips"
fi

# --- the sample collection ----------------------------------------------------------------------------------------
if [ ! -d "$samples/valid" ] || [ ! -d "$samples/bad" ]; then
    skip "no folder $samples with valid/ and bad/; KNEE_SAMPLES names another" "samples"
    done_testing
fi

mapfile -t sound < <(cd "$samples/valid" && find . -type f | sed 's|^\./||' | sort)
"$KNEE" run --quiet --workers 2 "$samples/valid" valid >stdout 2>stderr
without=
for item in "${sound[@]}"; do
    for output in "large/$item.jpg" "medium/$item.jpg" "thumb/$item.webp"; do
        [ -s "valid/$output" ] || without+=" $output"
    done
done
is "$without" "" "${#sound[@]} sound items: three renditions each"
is "$(tail -n +2 valid/FAILED.tsv 2>/dev/null)" "" "no sound item failed"

# Flipped bits in the scan of a JPEG are not noticed; of the other file only the last byte of the end marker is missing.
unnoticed='photo-bit-flips.jpg\|upstream-Pillow-truncated_jpeg.jpg'
"$KNEE" run --quiet --workers 2 "$samples/bad" bad >stdout 2>stderr
is $? 1 "damaged items: exit 1"
mapfile -t damaged < <(cd "$samples/bad" && find . -type f | sed 's|^\./||' | grep -v "$unnoticed" | sort)
silent='' left=''
for item in "${damaged[@]}"; do
    awk -F '\t' -v item="$item" '$1 == item && $4 ~ /[a-z][a-z][a-z][a-z]/ { found = 1 } END { exit !found }' bad/FAILED.tsv ||
        silent+=" $item"
    left+=$(find bad -type f -name "$item.*")
done
is "$silent" "" "${#damaged[@]} damaged items: each has a reason"
is "$left" "" "damaged items leave nothing"
is "$(find valid bad -name '.knee-tmp*')" "" "no temporary file is left"

# The environment changes no byte.
# shellcheck disable=SC2016 # the inner shell expands it
env LANG=ja_JP.UTF-8 LANGUAGE=sr PANGO_LANGUAGE=ja TZ=Asia/Tokyo FONTCONFIG_FILE=/dev/null HOME=/nonexistent \
    bash -c 'umask 077; "$0" run --quiet --serial "$1" elsewhere' "$KNEE" "$samples/valid" >stdout 2>stderr
cmp valid/MANIFEST.sha256 elsewhere/MANIFEST.sha256 >stdout 2>&1
ok $? "locale, time zone, umask, fonts of the user and the order of work change no byte"
done_testing
