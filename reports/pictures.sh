#!/bin/bash
# usage: pictures.sh KNEE STUDY FOLDER [--replayed STUDY] [--emulated STUDY]
# Writes the pictures of the README from a real study: FOLDER/curve.png and FOLDER/report-page1.png, each at most
# 200 kB. KNEE is the program; the options are those of its report. Needs poppler-utils and python3-pil.
set -euo pipefail
[ $# -ge 3 ] || { sed -n 's/^# //; 2,4p' "$0" >&2; exit 2; }
knee=$1 study=$2 folder=$3
shift 3
resolution=120 # dots per inch: an A4 page of 992 x 1403 pixels

# shellcheck source=reports/committed.sh
. "$(dirname "$0")/committed.sh"
command -v pdftoppm >/dev/null || fail "pdftoppm is missing: install poppler-utils with apt-get, or run 'make deps'"

"$knee" report "$@" --pdf "$work/report.pdf" "$study"
cp "$study/curve.png" "$work/curve.png"
pdftoppm -r "$resolution" -f 1 -l 1 -singlefile -png "$work/report.pdf" "$work/report-page1"
smaller "$work/curve.png" "$work/report-page1.png"
check_size 200000 "lower the resolution in $0" curve.png report-page1.png
mkdir -p "$folder"
mv "$work/curve.png" "$work/report-page1.png" "$folder"
ls -l "$folder/curve.png" "$folder/report-page1.png"
