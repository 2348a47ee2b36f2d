#!/bin/bash
# The report of studies with much in them, as pages and pictures: tests/reports/awkward.py. After an intended change:
# --write.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v pdftoppm >/dev/null || skip_all "pdftoppm is missing: make deps"
/usr/bin/python3 -c 'import matplotlib, pikepdf, PIL' 2>/dev/null || skip_all "python3-matplotlib, -pikepdf or -pil is missing: make deps"
/usr/bin/python3 -B "$root/tests/reports/awkward.py" "$KNEE" "$work" cells-96 items-failed workers-128 long-names "$@"
