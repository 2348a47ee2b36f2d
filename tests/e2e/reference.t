#!/bin/bash
# The pipeline in Python (pipeline/reference): outputs by workers and chunk, names and sizes as knee run gives them,
# spans, failures.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
export PYTHONDONTWRITEBYTECODE=1
reference=$root/pipeline/reference/run.py
/usr/bin/python3 -c 'import PIL' 2>/dev/null || skip_all "python3-pil is missing: make deps"
for tool in vips vipsheader ffmpeg; do
    command -v "$tool" >/dev/null || skip_all "$tool is missing: make deps"
done
cd "$work" || exit 1

ok "$(("$(cat "$root"/pipeline/reference/*.py "$root"/pipeline/reference/*/*.py | wc -l)" > 600))" "at most 600 lines"

# --- a batch of each kind
mkdir -p in/deep
vips gaussnoise noise.v 900 600 --mean 128 --sigma 30
vips gaussblur noise.v soft.v 2
vips bandjoin "soft.v soft.v soft.v" floats.v
vips copy floats.v grey.v --interpretation srgb && vips cast grey.v floats.v uchar && vips copy floats.v grey.v
vips copy grey.v "in/deep/a b.jpg[Q=90]"
vips copy grey.v "in/c.webp"
vips bandjoin_const grey.v alpha.v 128
vips copy alpha.v in/d.png
vips rot grey.v turned.v d90
vips copy turned.v "in/e.tif[compression=deflate]"
ffmpeg -v error -f lavfi -i color=black:size=320x240:rate=5:duration=1 -f lavfi -i testsrc=size=320x240:rate=5:duration=1 \
    -filter_complex '[0:v][1:v]concat' -pix_fmt yuv420p in/f.mp4
head -c 2000 "in/deep/a b.jpg" >in/cut.jpg
echo text >in/notes.txt

"$reference" --quiet --serial in serial 2>stderr
is $? 1 "a run with items that fail: exit 1"
like "$(cat stderr)" '2 items failed: see serial/FAILED.tsv' "... and says where they are named"
is "$(tail -n +2 serial/FAILED.tsv | cut -f1 | tr '\n' ' ')" "cut.jpg notes.txt " "a cut picture and a text are the failures"
"$reference" --quiet --workers 3 --chunk 2 in pool 2>/dev/null
diff -r serial pool
ok $? "a pool: every file as in the serial run"
"$KNEE" verify serial pool >stdout
is $? 0 "knee verify compares the two runs"
(cd pool && sha256sum --quiet -c MANIFEST.sha256)
ok $? "sha256sum -c agrees with the manifest"

# --- as knee run names, sizes and places
"$KNEE" run --quiet in knee 2>/dev/null
is "$(cd serial && find . -mindepth 2 -type f | sort)" "$(cd knee && find . -mindepth 2 -type f ! -path './.knee/*' | sort)" "names as of knee run"
for file in "large/deep/a b.jpg.jpg" medium/e.tif.jpg thumb/d.png.webp large/f.mp4.jpg; do
    is "$(vipsheader -f width "serial/$file") $(vipsheader -f height "serial/$file")" \
        "$(vipsheader -f width "knee/$file") $(vipsheader -f height "knee/$file")" "$file has the size that knee run gives it"
    vips subtract "serial/$file" "knee/$file" difference.v && vips abs difference.v absolute.v
    ok "$(awk -v mean="$(vips avg absolute.v)" 'BEGIN {print (mean > 6)}')" "... and nearly its pixels ($(vips avg absolute.v) of 255 off on average)"
done

# --- another recipe
cat >ladder.recipe <<'EOF'
[recipe]
keep=icc, copyright
[caption]
font=DejaVuSans.ttf
text={index} {stem} {taken:%Y}
[rendition w]
widths=100,200
fit=cover
aspect=2:1
gravity=north
format=png
caption=true
name={folder}/{stem}-{width}
[rendition canvas]
fit=contain
gravity=south-east
width=300
height=300
sharpen=0.5
EOF
mkdir one && cp "in/deep/a b.jpg" one/
"$reference" -q --recipe ladder.recipe one ladder && "$KNEE" run -q --recipe ladder.recipe one knee-ladder
is "$? $(cd ladder && find . -mindepth 1 -type f | sort | tr '\n' ' ')" \
    "0 ./MANIFEST.sha256 ./a b-100.png ./a b-200.png ./canvas/a b.jpg.jpg " "a ladder with names of its own, and a canvas"
is "$(cd ladder && for f in *.png canvas/*; do vipsheader -f width "$f" && vipsheader -f height "$f"; done | tr '\n' ' ')" \
    "100 50 200 100 300 300 " "... of the sizes that the recipe says"
sleep 1
"$reference" -q --recipe ladder.recipe one again && diff -r ladder again
ok $? "... and the same bytes a second later"
for line in 'format=avif' 'fit=round' 'colour=red' 'name=../{stem}' 'widths=0,5'; do
    sed "s|^format=png|$line|" ladder.recipe >bad.recipe
    "$reference" -q --recipe bad.recipe one bad 2>stderr
    is "$? $(wc -l <stderr) $(find . -maxdepth 1 -name bad)" "2 1 " "$line is refused before any work"
done

# --- spans
"$KNEE" sweep --study s --workers 1,2 --blocks 2 --noise 100% -- "$reference" -q -j "{workers}" one "{out}" >/dev/null 2>stderr
is "$? $(grep -c error stderr)" "0 0" "knee sweep measures it"
"$KNEE" account s >stdout 2>stderr
is "$?" 0 "... with an account"
like "$(cat stdout)" '^attributed to causes, at least +100' "... that explains all of the core time"
like "$(cat stdout)" '^worker initialisation +[0-9.]+%' "... its workers' start among it"
done_testing
