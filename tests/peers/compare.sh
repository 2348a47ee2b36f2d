#!/bin/bash
# knee and other programs that make the same renditions, per image (see compare.py). Called by `make peers`, with the
# Debian packages that the others need in $DEPS_PEERS; then knee and sharp for every kind of picture (see kinds.py),
# KIND_FILES of each. Usage: tests/peers/compare.sh [option ...] FOLDER
# A program that is missing is named, and its row of the table says so; the others are measured all the same.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(realpath "${BUILD:-$root/build}")
modules=$build/peers

if [ "$#" -lt 1 ] || [ ! -d "${!#}" ]; then
    echo "peers: ${!#} is no folder of photographs: 'make dataset' makes one, IN=folder names another" >&2
    exit 2
fi
missing=()
for package in ${DEPS_PEERS:-}; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] || echo "peers: missing Debian packages: ${missing[*]}: make deps-peers installs them" >&2
for module in PIL numpy; do
    /usr/bin/python3 -c "import $module" 2>/dev/null || {
        echo "peers: Debian's python3 has no $module: make deps-peers" >&2
        exit 1
    }
done

sharp_missing=$("$here/install_sharp.sh" "$modules")

export PYTHONPATH=$root/tests PYTHONDONTWRITEBYTECODE=1
common=(--programs "$build/tests/peers" --modules "$modules" --sharp-missing "$sharp_missing"
    --recipe "$root/pipeline/recipes/web.recipe")
/usr/bin/python3 -m peers.compare "${common[@]}" --csv "$root/results/peers.csv" "$@"
[ "${KIND_FILES:-12}" -gt 0 ] || exit 0
echo
exec /usr/bin/python3 -m peers.kinds "${common[@]}" --csv "$root/results/peers-kinds.csv" --files "${KIND_FILES:-12}" "${!#}"
