#!/bin/bash
# usage: pictures.sh KNEE STUDY FOLDER [--replayed STUDY] [--emulated STUDY]
# Writes the pictures of the README from a real study: FOLDER/curve.png and FOLDER/report-page1.png, each at most
# 200 kB. KNEE is the program; the options are those of its report. Needs poppler-utils and python3-pil.
set -euo pipefail
[ $# -ge 3 ] || { sed -n 's/^# //; 2,4p' "$0" >&2; exit 2; }
knee=$1 study=$2 folder=$3
shift 3
resolution=120 # dots per inch: an A4 page of 992 x 1403 pixels
most=200000    # bytes of a picture in the repository

fail() {
    echo "pictures: error: $1" >&2
    exit 1
}
command -v pdftoppm >/dev/null || fail "pdftoppm is missing: install poppler-utils with apt-get, or run 'make deps'"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$knee" report "$@" --pdf "$work/report.pdf" "$study"
cp "$study/curve.png" "$work/curve.png"
pdftoppm -r "$resolution" -f 1 -l 1 -singlefile -png "$work/report.pdf" "$work/report-page1"
for name in curve report-page1; do
    # Drawings have few colours: a palette makes the file three times smaller.
    /usr/bin/python3 - "$work/$name.png" <<'PYTHON' || fail "python3-pil is missing: install it with apt-get, or run 'make deps'"
import sys
from PIL import Image
Image.open(sys.argv[1]).convert("RGB").quantize(96).save(sys.argv[1], optimize=True)
PYTHON
    bytes=$(stat -c %s "$work/$name.png")
    [ "$bytes" -le "$most" ] || fail "$name.png has $bytes bytes, more than $most: lower the resolution in $0"
done
mkdir -p "$folder"
mv "$work/curve.png" "$work/report-page1.png" "$folder"
ls -l "$folder/curve.png" "$folder/report-page1.png"
