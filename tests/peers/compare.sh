#!/bin/bash
# Image part against Pillow, per core (see compare.py). Usage: tests/peers/compare.sh FOLDER [option ...]; wants
# $BUILD/tests/peers/knee_one (make peers builds it).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ "$#" -lt 1 ] || [ ! -d "$1" ]; then
    echo "compare: give a folder of photographs; 'make dataset' makes one" >&2
    exit 2
fi
/usr/bin/python3 -c 'import PIL' 2>/dev/null || { echo "compare: Debian's python3-pil is missing: make deps" >&2; exit 1; }
exec /usr/bin/python3 "$here/compare.py" --knee-one "$(realpath "${BUILD:-$root/build}/tests/peers/knee_one")" \
    --recipe "$root/pipeline/recipes/web.recipe" "$@"
