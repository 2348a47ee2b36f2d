#!/bin/bash
# Names of outputs by a recipe's pattern, and ladders of widths: what is written, resumed, replaced, cleaned and
# refused.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

mkdir -p in/2024 in/b && vips gaussnoise n.v 500 300 --mean 128 --sigma 40 || exit 1
for name in in/a.jpg in/2024/a.jpg in/b/x.y.jpg; do vips copy n.v "$name" || exit 1; done
files() { (cd out && find . -type f ! -path './.knee/*' ! -name '*.json' ! -name MANIFEST.sha256 -printf '%P\n' | sort | tr '\n' ' '); }

cat >flat.recipe <<'R'
[rendition web]
widths=160,320,640
name={folder}/{stem}-{width}
format=webp
[rendition card]
widths=100,200
aspect=4:3
fit=cover
name=card/{path}.{width}x{height}
R
"$KNEE" run --workers 2 --recipe flat.recipe in out >messages 2>stderr
is "$? $(cat stderr)" "0 " "names by a pattern: the run is good"
cards="card/2024/a.jpg.100x75.jpg card/2024/a.jpg.200x150.jpg card/a.jpg.100x75.jpg card/a.jpg.200x150.jpg"
cards+=" card/b/x.y.jpg.100x75.jpg card/b/x.y.jpg.200x150.jpg"
is "$(files)" "2024/a-160.webp 2024/a-320.webp 2024/a-640.webp a-160.webp a-320.webp a-640.webp b/x.y-160.webp b/x.y-320.webp b/x.y-640.webp $cards " \
    "... with the files that it says, in the folders of the items and in one of their own"
is "$(vipsheader -f width out/a-320.webp)x$(vipsheader -f height out/a-320.webp) $(vipsheader -f width out/a-640.webp)x$(vipsheader -f height out/a-640.webp)" \
    "320x192 500x300" "a ladder: the width asked for, and the picture's own where it has no more"
is "$(vipsheader -f width out/card/a.jpg.200x150.jpg)x$(vipsheader -f height out/card/a.jpg.200x150.jpg)" "200x150" "... with aspect: a box of each width"
"$KNEE" verify out >/dev/null && (cd out && sha256sum --quiet -c MANIFEST.sha256)
ok $? "knee verify and sha256sum find all of them"
is "$(grep -v '^#' out/MANIFEST.sha256 | cut -c67- | LC_ALL=C sort -c 2>&1)" "" "the manifest is sorted by path"
/usr/bin/python3 - <<'E'
import json, hashlib
rows = json.load(open("out/RENDITIONS.json"))["renditions"]
good = len(rows) == 15 and [r["path"] for r in rows] == sorted(r["path"] for r in rows)
for r in rows:
    good = good and hashlib.sha256(open("out/" + r["path"], "rb").read()).hexdigest() == r["sha256"]
by = {r["path"]: r for r in rows}
row = by["2024/a-640.webp"]
good = good and (row["width"], row["height"], row["rendition"], row["source"]) == (500, 300, "web-640", "2024/a.jpg")
raise SystemExit(not good)
E
ok $? "RENDITIONS.json has the true width of each, its rendition's name and its source"
"$KNEE" run --quiet --serial --recipe flat.recipe in serial && cmp serial/MANIFEST.sha256 out/MANIFEST.sha256
ok $? "the serial run is the same"

# Resumed, replaced.
like "$("$KNEE" run --recipe flat.recipe in out 2>&1)" "^nothing to do: 3 items" "the same recipe again: nothing to do"
rm out/b/x.y-320.webp && printf x >>out/card/a.jpg.100x75.jpg
"$KNEE" run --quiet --recipe flat.recipe in out && cmp serial/MANIFEST.sha256 out/MANIFEST.sha256 && "$KNEE" verify out >/dev/null
ok $? "missing and changed outputs are made again"
sed 's/{stem}-/{stem}_/' flat.recipe >other.recipe
before=$(files)
"$KNEE" run --quiet --recipe other.recipe in out 2>stderr
is "$? $(files)" "1 $before" "another pattern: refused, nothing changed"
like "$(cat stderr)" "holds the outputs of another recipe" "... with the reason"
touch out/mine.webp
"$KNEE" run --quiet --restart --recipe other.recipe in out && "$KNEE" verify out >/dev/null
ok $? "... and made with --restart"
is "$(files)" "${before//-/_}mine.webp " "... which removes all outputs of the pattern before, and nothing else"
"$KNEE" run --quiet --restart --recipe web in out
is "$(find out -mindepth 1 -maxdepth 1 -type d -printf '%P\n' | sort | tr '\n' ' ')" ".knee large medium thumb " "... and the folders that only they were in"

# Half-written files of killed processes lie in the output folder itself and in card.
"$KNEE" run --quiet --restart --recipe flat.recipe in out
touch out/.knee-tmp-0123456789abcdef out/card/.knee-tmp-0123456789abcdef
"$KNEE" run --quiet --recipe flat.recipe in out
is "$? $(find out -name '.knee-tmp-*')" "0 " "half-written files are removed from the output folder and the top folders"
KNEE_FAILPOINT=rename:2:kill "$KNEE" run --quiet --restart --workers 2 --recipe flat.recipe in out 2>/dev/null
is "$(find out -name '.knee-tmp-*')" "" "... also those of a worker that is killed between writing and naming"
"$KNEE" run --quiet --recipe flat.recipe in out && "$KNEE" verify out >/dev/null && cmp serial/MANIFEST.sha256 out/MANIFEST.sha256
ok $? "... and the run is whole after it"

# Refused before anything is written.
refused() { # refused PATTERN MESSAGE
    printf '[rendition r]\nwidth=50\nname=%s\n' "$1" >r.recipe
    "$KNEE" run --quiet --recipe r.recipe in none 2>stderr
    is "$? $(grep -c '' stderr) $([ -e none ] && echo made)" "1 1 " "name=$1 is refused before anything is written"
    like "$(cat stderr)" "$2" "... with: $2"
}
refused '{stem}' '2024/a.jpg and a.jpg would both have the output a.jpg: use \{path\}, \{folder\}'
refused '../{path}' 'r.recipe:3: \[rendition r\] name: has an empty name or one of \. and \.\.'
refused '/tmp/{path}' 'is absolute'
refused 'x\t{path}' 'control character'
refused '{file}' "'\{file\}' is not one of: \{path\}, \{folder\}, \{stem\}"
refused 'all' 'every item would have the same name'
mkdir clash && cp in/a.jpg clash/a.jpg && cp in/a.jpg clash/a-50.jpg
printf '[rendition r]\nwidth=50\nname={stem}-{width}\n[rendition s]\nwidth=60\nname={stem}\n' >r.recipe
"$KNEE" run --quiet --recipe r.recipe clash none 2>stderr
is "$? $([ -e none ] && echo made)" "1 " "two renditions of two items with one name are refused too"
like "$(cat stderr)" 'a-50.jpg and a.jpg would both have the output a-50.jpg' "... and both items named"
mkdir -p home/in && cp in/a.jpg home/in/
"$KNEE" run --quiet --recipe flat.recipe home/in home 2>stderr
is "$? $(find home -type f | tr '\n' ' ')" "1 home/in/a.jpg " "inputs below an output folder that workers write as a whole are refused"

# A link in the place of an item's folder is not followed.
mkdir -p linked elsewhere && ln -s ../elsewhere linked/2024
"$KNEE" run --quiet --recipe flat.recipe in linked 2>/dev/null
is "$? $(find elsewhere -type f) $(cut -f 1,2 linked/FAILED.tsv | tail -n 1)" "1  2024/a.jpg	store" "a link in the place of an item's folder: the item fails, nothing is written behind it"
done_testing
