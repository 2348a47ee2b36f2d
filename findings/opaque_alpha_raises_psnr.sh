#!/bin/bash
# GraphicsMagick and FFmpeg: an alpha channel that is opaque everywhere raises the PSNR of two pictures by 1.25 dB.
#
# Expected: the same two pictures have the same PSNR as RGB and as RGBA with every pixel opaque.
# Seen: the squared error is averaged over all channels of the file, and alpha, which is equal, counts as a fourth one
#   without error: "Total" of gm compare and "average" of FFmpeg's psnr filter rise by 10 log10(4/3) = 1.25 dB, while
#   the lines of red, green and blue stay. FFmpeg's ssim filter leaves alpha out of "All", although it can see it.
#     RGB:  gm Total 27.63, FFmpeg average:27.628121, SSIM All:0.909464
#     RGBA: gm Total 28.88, FFmpeg average:28.877509, SSIM All:0.909464
# Why it matters: whether a renderer, screenshot tool or codec writes alpha is chance. Two encoders at equal quality
#   differ by as much as a codec's generation when one of them returns RGBA, and a threshold in CI ("at least 28 dB")
#   passes after a change that only adds a channel. Compare the channels, or drop alpha before.
# Packages: Debian 12 graphicsmagick and libgraphicsmagick-q16-3 1.4+really1.3.40-4+deb12u1; ffmpeg, libavcodec59,
#   libavfilter8, libavformat59, libavutil57 and libswscale6 7:5.1.9-0+deb12u1 (other libraries of an installed ffmpeg
#   and ImageMagick).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=7:5.1.9-0+deb12u1 gm=1.4+really1.3.40-4+deb12u1
apt-get download -qq -o APT::Sandbox::User=root graphicsmagick=$gm libgraphicsmagick-q16-3=$gm ffmpeg=$version \
    libavcodec59=$version libavfilter8=$version libavformat59=$version libavutil57=$version libswscale6=$version
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib:$work/root/usr/lib/x86_64-linux-gnu
ffmpeg() { root/usr/bin/ffmpeg -hide_banner -nostdin -y "$@"; }

# A picture and a smoothed copy of it, as RGB and as RGBA.
ffmpeg -v error -f lavfi -i testsrc2=size=320x240 -frames:v 1 -update 1 -pix_fmt rgb24 rgb.png
ffmpeg -v error -i rgb.png -vf gblur=sigma=1 -pix_fmt rgb24 rgb-soft.png
for name in rgb rgb-soft; do
    ffmpeg -v error -i $name.png -pix_fmt rgba $name-alpha.png
done

gm() # gm FIRST SECOND: the total of GraphicsMagick
{
    root/usr/bin/gm compare -metric PSNR "$1" "$2" | awk '/Total/ { print $2 }'
}
psnr() { ffmpeg -i "$1" -i "$2" -lavfi psnr -f null - 2>&1 | grep -o 'average:[0-9.]*' | sed 's/.*://'; }
ssim() { ffmpeg -i "$1" -i "$2" -lavfi ssim -f null - 2>&1 | grep -o 'All:[0-9.]*' | sed 's/.*://'; }
read -r gm3 gm4 < <(echo "$(gm rgb.png rgb-soft.png) $(gm rgb-alpha.png rgb-soft-alpha.png)")
read -r psnr3 psnr4 < <(echo "$(psnr rgb.png rgb-soft.png) $(psnr rgb-alpha.png rgb-soft-alpha.png)")
read -r ssim3 ssim4 < <(echo "$(ssim rgb.png rgb-soft.png) $(ssim rgb-alpha.png rgb-soft-alpha.png)")
echo "RGB:  gm Total $gm3, FFmpeg average:$psnr3, SSIM All:$ssim3"
echo "RGBA: gm Total $gm4, FFmpeg average:$psnr4, SSIM All:$ssim4"
awk -v gm="$gm3 $gm4" -v psnr="$psnr3 $psnr4" -v ssim="$ssim3 $ssim4" '
    function rise(pair, ab) { split(pair, ab, " "); return ab[2] - ab[1] }
    function is(value, expected) { return value - expected < 0.02 && expected - value < 0.02 }
    BEGIN { exit !(is(rise(gm), 1.25) && is(rise(psnr), 1.25) && is(rise(ssim), 0)) }'
