# shellcheck shell=bash
# committed.sh: what example.sh and pictures.sh share, which write files for the repository. $work is a private folder,
# removed at the end.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$(basename "$0" .sh): error: $1" >&2
    exit 1
}

# smaller FILE...: pictures with a palette. Drawings have few colours: it makes the file three times smaller.
smaller() {
    /usr/bin/python3 - "$@" <<'PYTHON' || fail "python3-pil is missing: install it with apt-get, or run 'make deps'"
import sys

from PIL import Image

for path in sys.argv[1:]:
    Image.open(path).convert("RGB").quantize(96).save(path, optimize=True)
PYTHON
}

# check_size BYTES REMEDY NAME...: files of $work that are no larger.
check_size() {
    local most=$1 remedy=$2 name bytes
    shift 2
    for name in "$@"; do
        bytes=$(stat -c %s "$work/$name")
        [ "$bytes" -le "$most" ] || fail "$name has $bytes bytes, more than $most: $remedy"
    done
}
