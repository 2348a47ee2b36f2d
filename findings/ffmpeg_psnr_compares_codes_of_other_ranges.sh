#!/bin/bash
# FFmpeg: psnr and ssim of the same picture in full and in limited range are those of a bad copy.
#
# Expected: the filters bring both inputs to one format before they compare, as they do for another pixel format; both
#   files say in which range their samples are, and every player shows the same colours.
# Seen: only the pixel format is made equal. Range is no part of it in FFmpeg 5.1, so that black 16 is compared with
#   black 0: 27.7 dB, and an SSIM of 0.90, for two lossless files of one picture that are converted to the same RGB. No
#   warning. Of each of them against the PNG that they were made of one has "inf" and the other 27.7 dB: the PNG is
#   converted to limited range for both.
#     limited and full: 27.73 dB   PNG and limited: inf   PNG and full: 27.73 dB   as RGB, both: 50.1 dB
# Why it matters: JPEG, phones and screen recorders are full range, most encoders limited. A table of codecs by PSNR
#   puts those that keep the range of the source 10 to 20 dB below those that do not, or the reverse, by the range that
#   the reference happens to have. Convert both to RGB, or set the range of both by the scale filter.
# Packages: Debian 12 ffmpeg, libavcodec59, libavfilter8, libavformat59, libavutil57 and libswscale6 7:5.1.9-0+deb12u1
#   (other libraries of an installed ffmpeg).
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
ffmpeg() { root/usr/bin/ffmpeg -hide_banner -nostdin -y "$@"; }

ffmpeg -v error -f lavfi -i testsrc2=size=320x240 -frames:v 1 -update 1 -pix_fmt rgb24 picture.png
for range in tv pc; do
    ffmpeg -v error -i picture.png -vf scale=out_range=$range,format=yuv444p -c:v ffv1 -color_range $range $range.mkv
    ffmpeg -v error -i $range.mkv -pix_fmt rgb24 -sws_flags accurate_rnd -update 1 $range.png
done

compare() # compare FILTER KEY FIRST SECOND
{
    ffmpeg -i "$3" -i "$4" -lavfi "$1" -f null - 2>&1 | grep -o "$2:[0-9a-z.]*" | sed 's/.*://'
}
both=$(compare psnr average tv.mkv pc.mkv)
limited=$(compare psnr average picture.png tv.mkv)
full=$(compare psnr average picture.png pc.mkv)
shown=$(compare psnr average tv.png pc.png)
ssim=$(compare ssim All tv.mkv pc.mkv)
echo "limited and full: $both dB, SSIM $ssim; PNG and limited: $limited; PNG and full: $full; as RGB, both: $shown"
awk -v both="$both" -v limited="$limited" -v full="$full" -v shown="$shown" -v ssim="$ssim" 'BEGIN {
    exit !(both > 27 && both < 28.5 && limited == "inf" && full == both && ssim < 0.99 &&
           (shown == "inf" || shown > 40))
}'
