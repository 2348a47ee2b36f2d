#!/bin/bash
# A million items: bytes of memory per item and the pool's rate, with invented paths and with a folder of that many real
# files (links to a few, in memory where there is /dev/shm). usage: tests/bench/scale.sh [ITEMS]; `make scale` calls it.
set -euo pipefail
cd "$(dirname "$0")/../.."
items=${1:-1000000}
scale=${BUILD:-build}/tests/bench/scale
"$scale" "$items"
above=/dev/shm
[ -w "$above" ] || above=${TMPDIR:-/tmp}
work=$(mktemp -d "$above/knee-scale.XXXXXX")
trap 'rm -rf "$work"' EXIT
/usr/bin/python3 - "$work" "$items" <<'PY'
import os, sys
folder, items = sys.argv[1], int(sys.argv[2])
for n in range(items):
    if n % 1000 == 0:
        inside = f"{folder}/{n // 1000:04}"
        os.mkdir(inside)
        first = f"{inside}/photo-000000.jpg"
        open(first, "w").write("x")
    else:
        os.link(first, f"{inside}/photo-{n % 1000:06}.jpg")
PY
echo "scale: the same from a folder of $items files"
"$scale" "$items" 2 "$work"
