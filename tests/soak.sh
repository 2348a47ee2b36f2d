#!/bin/bash
# A long run over many small pictures, one in a hundred of which cannot be decoded or kills its worker: the memory of
# the parent and of the largest worker does not grow. SOAK_ITEMS=20000 (make soak).
# The anonymous memory (RssAnon) of parent and workers is read twice a second. The medians of the second and of the last
# quarter of the run are compared; growth above SOAK_GROWTH_KIB (4096) in either is a failure.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
knee=$(realpath "${BUILD:-build}/knee")
items=${SOAK_ITEMS:-20000}
most_kib=${SOAK_GROWTH_KIB:-4096}
above=/dev/shm
[ -w "$above" ] || above=${TMPDIR:-/tmp}
work=$(mktemp -d "$above/knee-soak.XXXXXX")
trap 'rm -rf "$work"' EXIT

/usr/bin/python3 - "$work" "$items" <<'PY'
import os, sys
from PIL import Image
work, items = sys.argv[1], int(sys.argv[2])
os.makedirs(work + "/batch")
seeds = []
for n in range(40):
    path = f"{work}/seed{n}.jpg"
    Image.effect_noise((96 + n, 80), 60).convert("RGB").save(path, quality=80)
    seeds.append(path)
png = f"{work}/seed.png"
Image.effect_noise((90, 70), 60).convert("RGBA").save(png)
for n in range(items):
    os.link(png if n % 10 == 9 else seeds[n % 40], f"{work}/batch/{n:06}.jpg")
PY
cat >"$work/small.recipe" <<'R'
[rendition small]
width=64
height=64
[rendition tiny]
width=32
height=32
format=webp
R
# Every hundredth item cannot be decoded; fourteen others, spread over the run, kill every worker that processes them.
for n in $(seq 50 100 "$items"); do printf 'poison' >"$work/poison" && ln -f "$work/poison" "$work/batch/$(printf '%06d' "$n").jpg"; done

poison=
for n in $(seq 1 14); do poison=$poison${poison:+,}item@$((items * n / 15 / 100 * 100 + 7)):segv; done

anon_kib() { awk '/^RssAnon:/ { print $2 }' "/proc/$1/status" 2>/dev/null; }
KNEE_FAILPOINT=$poison "$knee" run --quiet --workers 2 --recipe "$work/small.recipe" "$work/batch" "$work/out" 2>"$work/messages" &
run=$!
: >"$work/parent"
: >"$work/workers"
while kill -0 "$run" 2>/dev/null; do
    anon_kib "$run" >>"$work/parent"
    read -ra children <"/proc/$run/task/$run/children" 2>/dev/null
    for child in ${children[@]+"${children[@]}"}; do anon_kib "$child"; done | sort -n | tail -n 1 >>"$work/workers"
    sleep 0.5
done
wait "$run"
code=$?

# median FILE FROM TO: of the lines between these shares of the file.
median() {
    local lines
    lines=$(wc -l <"$1")
    sed -n "$((lines * $2 / 100 + 1)),$((lines * $3 / 100))p" "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] + 0 }'
}
failed=0
for who in parent workers; do
    early=$(median "$work/$who" 25 50)
    late=$(median "$work/$who" 75 100)
    echo "soak: $who: $early KiB in the second quarter, $late KiB in the last, $(wc -l <"$work/$who") readings"
    [ "$((late - early))" -le "$most_kib" ] && [ "$early" -gt 0 ] || failed=1
done
refused=$(($(wc -l <"$work/out/FAILED.tsv") - 1))
outputs=$(grep -vc '^#' "$work/out/MANIFEST.sha256")
killers=$(grep -c 'killed by signal 11' "$work/out/FAILED.tsv")
echo "soak: $items items in $SECONDS s: $refused failed, $killers of them because they killed two workers; $outputs outputs, exit $code"
[ "$code" -eq 1 ] && [ "$outputs" -eq $(((items - refused) * 2)) ] && [ "$killers" -eq 14 ] &&
    [ "$refused" -eq $((items / 100 + 14)) ] || failed=1
exit "$failed"
