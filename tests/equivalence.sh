#!/bin/bash
# Every output of every item has the same bytes in the serial run and in parallel runs. The hashes are those of
# coreutils' sha256sum, not knee's own.
#
#   tests/equivalence.sh                     16 small items made here, a dozen cells
#   tests/equivalence.sh --batch DIR         the same cells on your own batch
#   tests/equivalence.sh --grid [--batch DIR]  workers 1..16 x chunk 1, 7, 64 x every policy
#   tests/equivalence.sh --four --batch DIR  four cells only, for large batches
#   tests/equivalence.sh --reference ...     the pipeline in Python in place of knee run
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"
set -o pipefail

settings=quick
batch=
reference=
while [ $# -gt 0 ]; do
    case $1 in
    --batch)
        batch=$(realpath -- "${2:?--batch wants a folder}")
        shift
        ;;
    --grid) settings=grid ;;
    --four) settings=four ;;
    --reference) reference=$root/pipeline/reference/run.py ;;
    *)
        echo "usage: tests/equivalence.sh [--grid|--four] [--reference] [--batch DIR]" >&2
        exit 2
        ;;
    esac
    shift
done

# 16 small items of all kinds, smaller and larger than the renditions. (The data set has all orientations.)
make_batch() {
    local i width
    mkdir -p "$batch/deep/er"
    for i in 1 2 3 4 5 6 7 8 9; do
        width=$((200 * i))
        vips gaussnoise "$work/noise.v" "$width" $((width * 2 / 3)) --mean 128 --sigma 30 || return 1
        vips gaussblur "$work/noise.v" "$work/soft.v" 1.5 || return 1
        case $((i % 5)) in
        0) vips copy "$work/soft.v" "$batch/deep/er/item $i.png" ;;
        1 | 2) vips copy "$work/soft.v" "$batch/deep/item-$i.jpg[Q=90]" ;;
        3) vips copy "$work/soft.v" "$batch/item_$i.webp" ;;
        4) vips copy "$work/soft.v" "$batch/item_$i.tif[compression=deflate]" ;;
        esac || return 1
    done
    for i in 1 2 3; do
        vips xyz "$work/xyz.v" $((900 * i)) 700 && vips cast "$work/xyz.v" "$batch/ramp-$i.png" uchar || return 1
    done
    ffmpeg -v error -f lavfi -i testsrc=size=640x360:rate=10:duration=1 -pix_fmt yuv420p "$batch/clip.mp4" || return 1
    ffmpeg -v error -f lavfi -i testsrc2=size=320x240:rate=10:duration=1 "$batch/clip.webm" || return 1
    head -c 5000 "$batch/deep/item-1.jpg" >"$batch/cut.jpg" # fails in every run
    echo text >"$batch/notes.txt"
}

if [ -z "$batch" ]; then
    for tool in vips ffmpeg; do
        command -v "$tool" >/dev/null || skip_all "$tool is missing: make deps"
    done
    batch=$work/batch
    make_batch || {
        echo "Bail out! the items could not be made"
        exit 1
    }
fi

# run OPTION... IN OUT: the program under test; its exit code 1 says that items failed, which FAILED.tsv shows.
run() {
    if [ -n "$reference" ]; then
        "$reference" --quiet "$@" 2>/dev/null
    else
        "$KNEE" run --quiet "$@" 2>/dev/null
    fi
}

# hashes FOLDER: coreutils' digest of every output, sorted by name.
hashes() {
    (cd "$1" && find . -mindepth 2 -type f ! -path './.knee/*' -print0 | sort -z | xargs -0r sha256sum --zero | tr '\0' '\n')
}

# same OUT NAME: outputs and failures in OUT are those of the serial run.
same() {
    hashes "$1" >"$work/got" && cmp "$work/serial.sha256" "$work/got"
    ok $? "$2: every output as in the serial run"
    (cd "$1" && sha256sum --quiet -c MANIFEST.sha256) || ok 1 "$2: sha256sum -c agrees with the manifest"
    for file in RENDITIONS.json SUMMARY.json NOTES.tsv; do
        cmp -s "$work/serial/$file" "$1/$file" || [ ! -e "$work/serial/$file" ] || ok 1 "$2: $file as in the serial run"
    done
    if ! diff <(cut -f1-2 "$work/serial/FAILED.tsv" 2>/dev/null) <(cut -f1-2 "$1/FAILED.tsv" 2>/dev/null); then
        ok 1 "$2: the same items failed"
    fi
}

run --serial "$batch" "$work/serial"
hashes "$work/serial" >"$work/serial.sha256"
items=$(find "$batch" -type f -not -path '*/.*' | wc -l)
outputs=$(wc -l <"$work/serial.sha256")
bad=$(tail -n +2 "$work/serial/FAILED.tsv" 2>/dev/null | wc -l)
is "$outputs" $((3 * (items - bad))) "the serial run made three outputs of each of $items items, except $bad bad ones"
like "$outputs" '^[1-9]' "there is something to compare"

case $settings in
quick) list="1,1,dynamic 2,1,static 2,7,dynamic 3,1,guided 3,64,largest-first 4,1,largest-first 5,2,static 7,7,guided
    8,1,dynamic 11,3,static 16,1,guided 16,64,dynamic" ;;
four) list="2,1,dynamic 5,7,guided 8,64,static 16,1,largest-first" ;;
grid)
    list=
    for workers in {1..16}; do
        for chunk in 1 7 64; do
            for policy in static dynamic guided largest-first; do list+=" $workers,$chunk,$policy"; done
        done
    done
    ;;
esac
last=
for setting in $list; do
    IFS=, read -r workers chunk policy <<<"$setting"
    if [ -n "$reference" ]; then # its pool has one policy
        [ "$workers,$chunk" != "$last" ] || continue
        last=$workers,$chunk policy=
    fi
    run --workers "$workers" --chunk "$chunk" ${policy:+--policy "$policy"} "$batch" "$work/out"
    same "$work/out" "$workers workers, chunk $chunk${policy:+, $policy}"
    rm -rf "$work/out"
done

if [ -z "$reference" ]; then
    run --workers 3 --start zygote "$batch" "$work/out"
    same "$work/out" "3 workers from a zygote"
    rm -rf "$work/out"
fi

# A difference must be found.
cp -r "$work/serial" "$work/changed"
victim=$(cd "$work/changed" && find large -type f | sort | head -n 1)
printf x >>"$work/changed/$victim"
hashes "$work/changed" >"$work/got"
cmp -s "$work/serial.sha256" "$work/got"
is $? 1 "one more byte in one output is noticed by this script"
like "$("$KNEE" verify "$work/changed")" "changed +$victim" "... and named by knee verify"
"$KNEE" verify "$work/changed" >/dev/null
is $? 1 "... which exits 1"
sed -i "2s/^./f/;3s/^./e/" "$work/changed/MANIFEST.sha256"
"$KNEE" verify "$work/serial" "$work/changed" >"$work/verdict"
is "$? $(grep -c '^differs' "$work/verdict")" "1 2" "knee verify A B names the two that differ and exits 1"
like "$("$KNEE" verify "$work/serial" "$work/serial")" "^equal: $outputs outputs" "knee verify of a run with itself: equal"
done_testing
