#!/bin/bash
# The data set builder on photographs made by this test: the same bytes for any number of jobs and after a kill, a
# description that agrees with the files, the mix of kinds, and errors of one line.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
dataset=${DATASET:-$(dirname "$KNEE")/knee-dataset}
[ -x "$dataset" ] || skip_all "no $dataset: run 'make'"
/usr/bin/python3 -c 'import PIL' 2>/dev/null || skip_all "python3-pil is not installed, and it makes the photographs"
command -v ffmpeg >/dev/null || skip_all "ffmpeg is not installed, and it makes the clips"

# Five pictures with slow and fast gradients and edges, as in photographs.
mkdir "$work/photos"
/usr/bin/python3 - "$work/photos" <<'END'
import sys
from PIL import Image, ImageDraw, ImageFilter
for n, (w, h) in enumerate([(900, 600), (640, 480), (600, 800), (700, 700), (512, 300)]):
    picture = Image.merge("RGB", [Image.linear_gradient("L").rotate(a + 40 * n).resize((w, h)) for a in (0, 60, 200)])
    draw = ImageDraw.Draw(picture)
    for k in range(60):
        x, y = (k * 7919 * (n + 3)) % w, (k * 104729) % h
        draw.ellipse((x, y, x + 5 + k, y + 9 + k // 2), fill=((k * 37) % 256, (k * 91) % 256, (k * 53) % 256))
    name = f"{sys.argv[1]}/p{n}.{'png' if n == 1 else 'webp' if n == 2 else 'jpg'}"
    picture.filter(ImageFilter.GaussianBlur(0.7)).save(name, quality=92)
END

build() { # OUT [options]
    "$dataset" --photos "$work/photos" --count 24 --mean-mb 0.1 --out "$work/$1" "${@:2}" 2>"$work/err" >"$work/said"
}
sums() {
    (cd "$work/$1" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
}

build one --jobs 1
is $? 0 "24 items, one job"
build three --jobs 3
is $? 0 "24 items, three jobs"
is "$(sums three)" "$(sums one)" "every file is the same for one and three jobs"
is "$(cat "$work/three.tsv")" "$(cat "$work/one.tsv")" "the descriptions are the same"
is "$(find "$work" -maxdepth 1 -name '*.tmp' -o -maxdepth 1 -name '*.new')" "" "nothing half-made is left"

is "$(tail -n +2 "$work/one.tsv" | cut -f1,5 | sort)" \
    "$(cd "$work/one" && find . -type f -printf '%P\t%s\n' | sort)" "the description lists every file with its size"
is "$(tail -n +2 "$work/one.tsv" | cut -f2 | sort -u | tr '\n' ' ')" "jpeg mp4 png tiff webp " "24 items hold every kind"
is "$(tail -n +2 "$work/one.tsv" | cut -f7 | sort -u)" "user's own" "photographs without SOURCES.tsv are the user's own"
mean=$(tail -n +2 "$work/one.tsv" | awk -F'\t' '{ s += $5 } END { printf "%d", s / NR }')
ok "$((mean < 85000 || mean > 115000))" "the mean is near 100,000 bytes ($mean)"
/usr/bin/python3 - "$work/one" "$work/one.tsv" 2>"$work/err" <<'END'
import csv, sys
from PIL import Image
for row in csv.DictReader(open(sys.argv[2]), delimiter="\t", quoting=csv.QUOTE_NONE):
    if row["kind"] in ("mp4", "webm"):
        continue
    with Image.open(f"{sys.argv[1]}/{row['file']}") as image:
        image.load()
        assert image.format.lower() == row["kind"], row["file"]
        assert image.size == (int(row["width"]), int(row["height"])), row["file"]
        assert image.getexif().get(0x0112, 1) == int(row["orientation"]) or row["kind"] == "tiff", row["file"]
        assert ("icc_profile" in image.info) == (row["profile"] != "-"), row["file"]
        assert bool(image.info.get("progressive")) == (row["coding"] == "progressive"), row["file"]
END
is "$? $(tail -n 1 "$work/err")" "0 " "another decoder finds kind, size, orientation, profile and coding as described"

# Killed after its third item, it continues and ends with the same bytes.
"$dataset" --photos "$work/photos" --count 24 --mean-mb 0.1 --out "$work/killed" --jobs 1 >/dev/null 2>&1 &
victim=$!
for _ in $(seq 2400); do
    whole=$(grep -c . "$work/killed.journal" 2>/dev/null)
    [ "${whole:-0}" -lt 4 ] || break
    sleep 0.05
done
kill -KILL "$victim"
wait "$victim" 2>/dev/null
is "$(find "$work/killed.tsv" 2>/dev/null)" "" "a killed build leaves no description"
printf 'torn' >>"$work/killed.journal"
for _ in $(seq 600); do # its workers end with it, and let go of the journal
    build killed --jobs 2 && break
    grep -q 'another run is writing' "$work/err" || break
    sleep 0.1
done
like "$(cat "$work/err")" "[0-9]+ of 24 items are there already" "the next build keeps finished items"
is "$(sums killed)" "$(sums one)" "... and ends with the same bytes"

rm "$work/one/$(sed -n 5p "$work/one.tsv" | cut -f1)"
build one
is "$? $(sums one)" "0 $(sums three)" "an item that was removed is made again"

is "$("$dataset" --help | grep -c '^  -')" 9 "the help lists the options"

# One-line errors that name the thing; 1 for failure, 2 for usage.
refused() { # STATUS PATTERN NAME options...
    "$dataset" "${@:4}" >/dev/null 2>"$work/err"
    is "$? $(wc -l <"$work/err")" "$1 1" "$3: exit $1 and one line"
    like "$(cat "$work/err")" "$2" "... that names it"
}
mkdir "$work/empty" "$work/taken"
echo mine >"$work/taken/file"
echo text >"$work/empty/a.txt"
refused 1 "one.journal is of another data set" "another seed in the same folder" --photos "$work/photos" --count 24 --mean-mb 0.1 --seed 2 --out "$work/one"
refused 1 "empty holds no photograph" "a folder without photographs" --photos "$work/empty" --out "$work/x"
refused 1 "nowhere: No such file" "no folder of photographs" --photos "$work/nowhere" --out "$work/x"
refused 1 "taken is not an empty folder" "a folder with other files" --photos "$work/photos" --out "$work/taken"
refused 2 "--out is missing" "no --out" --photos "$work/photos"
refused 2 "count" "no items" --photos "$work/photos" --count 0 --out "$work/x"
is "$(cat "$work/taken/file")" mine "other people's files stay"
done_testing
