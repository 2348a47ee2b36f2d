#!/bin/bash
# FFmpeg as a converter of a folder: all images get the size of the first, and a missing number ends the batch.
#
# Expected: ffmpeg -i in%d.png out%d.jpg, the documented way to convert numbered images, converts each image as it is,
#   and -vf scale=iw/2:-2 halves each. If a file is missing there is an error, or the others are done.
# Seen: an encoder keeps the size of the first frame, so a scaler is put in front of it, after the filters that were
#   asked for: images of 150x100, 200x100 and 80x120 all become 150x100, and with scale=iw/2:-2 all become 75x50, out
#   of proportion, without a warning. -pattern_type glob does the same. With in2.png missing one output is written and
#   the status is 0: a sequence ends at the first number that is not there.
# Why it matters: a folder of pictures of one size, the sample of every test, is right. In a real one each picture has
#   the shape of whatever sorts first, so that also a shard of the folder gives other pictures than the whole; and a
#   batch that lost a file reports success with the rest undone.
# Packages: Debian 12 ffmpeg, libavcodec59, libavfilter8, libavformat59, libavutil57 and libswscale6
#   7:5.1.9-0+deb12u1 (other libraries of an installed ffmpeg).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=7:5.1.9-0+deb12u1
apt-get download -qq -o APT::Sandbox::User=root ffmpeg=$version libavcodec59=$version libavfilter8=$version \
    libavformat59=$version libavutil57=$version libswscale6=$version
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
ffmpeg() { root/usr/bin/ffmpeg -v error -nostdin -y "$@"; }

sizes() # sizes NAME: of NAME1.png and so on, as far as there are files
{
    local file
    for file in "$1"?.png; do
        root/usr/bin/ffprobe -v error -show_entries stream=width,height -of csv=s=x:p=0 "$file"
    done | paste -sd ' '
}
number=0
for size in 150x100 200x100 80x120; do
    ffmpeg -f lavfi -i testsrc=size=$size -frames:v 1 -update 1 in$((++number)).png
done
ffmpeg -i in%d.png out%d.png
ffmpeg -pattern_type glob -i 'in*.png' glob%d.png
ffmpeg -i in%d.png -vf scale=iw/2:-2 half%d.png
rm in2.png
status=0
ffmpeg -i in%d.png gap%d.png 2> messages || status=$?
out=$(sizes out) globbed=$(sizes glob) half=$(sizes half) gap=$(sizes gap)
echo "sizes: $out; by glob $globbed; halved $half; with a gap $gap (status $status, $(wc -l < messages) messages)"
[ "$out" = "150x100 150x100 150x100" ] && [ "$globbed" = "$out" ] && [ "$half" = "75x50 75x50 75x50" ] &&
    [ "$gap" = 150x100 ] && [ $status = 0 ] && [ ! -s messages ]
