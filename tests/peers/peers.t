#!/bin/bash
# The comparison with other programs, end to end on one small photograph, with those that tests may count on; sharp is
# always absent here, and the table has to say so.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"

for module in numpy PIL; do
    /usr/bin/python3 -c "import $module" 2>/dev/null || skip_all "Debian's python3 has no $module: make deps"
done
build=$(dirname "$(realpath "$KNEE")")
[ -x "$build/tests/peers/knee_one" ] || skip_all "knee_one is not built: make test builds it"
export PYTHONPATH=$root/tests PYTHONDONTWRITEBYTECODE=1
recipe=$root/pipeline/recipes/web.recipe
mkdir -p "$work/in/sub" "$work/empty" "$work/knee"
/usr/bin/python3 - "$work/in/sub/a.jpg" <<'PYTHON'
import sys
from PIL import Image
Image.effect_noise((125, 100), 60).resize((1250, 1000)).convert("RGB").save(sys.argv[1], quality=90)
PYTHON

# Every served program: reports that it is ready, does an item, reports a bad one, and continues.
serves() { # serves NAME OUT COMMAND...
    local name=$1 out=$2
    shift 2
    printf 'sub/a.jpg\nsub/none.jpg\nsub/a.jpg\tsub/a.jpg\n' | "$@" >"$work/answers"
    is "$(sed 's/[{:].*//; s/ok [0-9]*/ok/' "$work/answers" | tr '\n' ' ')" "ready  ok failed ok " "$name: answers"
    [ -z "$out" ] || is "$(cd "$out" && find . -type f | sort | tr '\n' ' ')" \
        "./large/sub/a.jpg.jpg ./medium/sub/a.jpg.jpg ./thumb/sub/a.jpg.webp " "$name: outputs"
}
serves knee_one "$work/knee" "$build/tests/peers/knee_one" "$recipe" "$work/in" "$work/knee"
serves floor "" "$build/tests/peers/floor" "$work/in" large:inside:2048:2048:jpeg:85 \
    thumb:cover:320:320:webp:80
mkdir "$work/pillow" "$work/pool"
pillow=(/usr/bin/python3 -m peers.pillow --recipe "$recipe" --root "$work/in" --draft)
serves Pillow "$work/pillow" "${pillow[@]}" --out "$work/pillow"
serves "Pillow's pool" "$work/pool" "${pillow[@]}" --out "$work/pool" --workers 2
(cd "$work/pillow" && find . -type f -exec sha256sum {} +) >"$work/sums"
(cd "$work/pool" && sha256sum --quiet -c "$work/sums")
ok $? "Pillow's pool makes the same bytes as Pillow alone"

"$build/tests/peers/floor" "$work/in" large:inside:2048 >/dev/null 2>&1
is $? 2 "floor: a bad rendition is refused"

compare=(/usr/bin/python3 -m peers.compare --programs "$build/tests/peers" --modules "$work/empty" --recipe "$recipe"
    --sharp-missing "not here" --csv "$work/results/peers.csv" --rounds 1)
"${compare[@]}" "$work/empty" >"$work/table" 2>&1
is $? 1 "a folder without photographs: status"
like "$(cat "$work/table")" '^compare: no colour JPEG photograph of a megapixel or more below ' "and its message"
"${compare[@]}" "$work/in" >"$work/table" 2>"$work/errors"
is $? 0 "the comparison runs"
like "$(grep '^knee  ' "$work/table" | head -n 1)" 'watermark, caption .* 1\.00 .* 0\.[0-9]{4}$' "knee is 1.00 and has SSIM"
like "$(grep '^Pillow, draft ' "$work/table")" ' [0-9]+\.[0-9]{2} .* 0\.[0-9]{4}$' "Pillow has a ratio and SSIM"
like "$(grep '^sharp, concurrency 1 ' "$work/table")" 'not measured: (not here|node is missing)' "sharp's row says why"
like "$(grep '^floor' "$work/table")" ' none .* -$' "the floor has no SSIM"
like "$(grep '^ProcessPoolExecutor, spawn ' "$work/table")" ' 1 +[0-9.]+ +[0-9.]+ +[0-9.]+$' "worker start"
like "$(grep '^knee, zygote ' "$work/table")" ' 1 +[0-9.]+ +[0-9.]+ +[0-9.]+$' "knee's start"
is "$(head -n 1 "$work/results/peers.csv" | cut -d, -f1-4)" "program,version,jobs,overlays" "CSV's header"
like "$(grep '^knee,' "$work/results/peers.csv")" ',1,1,[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+,[0-9.]+,1\.0000,,,0\.[0-9]{5},' "CSV's row of knee"
is "$(grep -c '^knee,1,1,' "$work/results/peers-samples.csv")" 1 "every sample"
like "$(grep '^"sharp, concurrency 2"' "$work/results/peers.csv")" ',(not here|node is missing.*)$' "CSV says why"

# Every kind, made from the one photograph; tests may not count on vips' command line.
if command -v vips >/dev/null; then
    /usr/bin/python3 -m peers.kinds --programs "$build/tests/peers" --modules "$work/empty" --recipe "$recipe" \
        --sharp-missing "not here" --csv "$work/results/kinds.csv" --rounds 1 --files 1 --quality-files 1 --kinds "PNG RGB" \
        "$work/in" >"$work/kinds" 2>"$work/errors"
    is $? 0 "the comparison by kinds runs"
    like "$(grep '^PNG RGB  ' "$work/kinds")" ' 1 +[0-9.]+ +- +- +[0-9]+ +0\.[0-9]{4} +- +0\.[0-9]{4}$' "a kind, without sharp"
    like "$(grep '^PNG RGBA  ' "$work/kinds")" ' 1 +[0-9.]+ +- +- +[0-9]+ +- +- +-$' "a kind that has no SSIM"
    like "$(sed -n 2p "$work/results/kinds.csv")" '^PNG RGB,1,[0-9.]+,,,[0-9]+,0\.[0-9]{4},,0\.[0-9]{4}$' "CSV's row"
fi
done_testing
