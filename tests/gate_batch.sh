#!/bin/bash
# Makes the folder FOLDER of 24 pictures that gates measure where no other is given; keeps it when it is there.
# usage: tests/gate_batch.sh FOLDER
set -u
folder=$1
[ ! -e "$folder" ] || exit 0
command -v vips >/dev/null || { echo "no images: give a folder, or install the vips command line: make deps" >&2 && exit 1; }
rm -rf "$folder.new"
mkdir -p "$folder.new" || exit 1
for i in {1..24}; do
    if ! vips gaussnoise "$folder.new/noise.v" $((400 + 20 * i)) $((300 + 15 * i)) --mean 128 --sigma 40 ||
        ! vips copy "$folder.new/noise.v" "$folder.new/photo-$i.jpg[Q=85]"; then
        echo "vips cannot make images in $folder.new" >&2
        exit 1
    fi
done
rm -f "$folder.new/noise.v"
mv "$folder.new" "$folder"
