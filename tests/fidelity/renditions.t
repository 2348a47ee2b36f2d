#!/bin/bash
# Renditions of photographs against those of independent tools. Photographs are looked for in $KNEE_PHOTOS, then in
# datasets/photos; without any, pictures with a photograph's spectrum are made here. The table is in the comments.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
for module in numpy PIL; do
    /usr/bin/python3 -c "import $module" 2>/dev/null || skip_all "Debian's python3 has no $module: make deps"
done
for tool in vipsthumbnail /usr/bin/convert; do
    command -v "$tool" >/dev/null || skip_all "$tool is missing: make deps"
done
photos=${KNEE_PHOTOS:-$root/datasets/photos}
# A few of moderate size, spread over the folder: each costs a second.
mapfile -t all < <(find "$photos" -name '*.jpg' -size -5M 2>/dev/null | sort)
chosen=()
for ((i = 0; i < 3 && i < ${#all[@]}; i++)); do chosen+=("${all[i * ${#all[@]} / 3]}"); done
PYTHONPATH=$root/tests /usr/bin/python3 -B "$(dirname "$0")/test_renditions.py" "$KNEE" "$work" "${chosen[@]}"
