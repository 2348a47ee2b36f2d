#!/bin/bash
# ImageMagick: compare takes pictures of different sizes, and repeats the last column and row of the smaller one.
#
# Expected: compare -metric PSNR, or AE, which counts the pixels that differ, refuses pictures of different sizes, as
#   FFmpeg's psnr filter and most libraries do, or counts what only one of them has as different.
# Seen: both are taken as though they had the larger width and height; what the smaller one lacks is its last column
#   and row, again and again. A picture that has lost half of its white margin has no pixel that differs, and a PSNR of
#   inf; of one that is cut in the middle of its content the PSNR is that of the smear. No message, and the exit status
#   is that of equal pictures (AE) in the first case.
#     without a part of its margin: AE 0, PSNR inf, status 0   without 50 of 200 columns of noise: AE 5000, PSNR 13.9
# Why it matters: a thumbnail that is a pixel smaller than its reference, by another rounding or a crop, passes a
#   comparison of renditions wherever the picture ends in one colour, as scans, charts, logos and catalogue pictures
#   do. Compare the sizes first.
# Packages: Debian 12 imagemagick-6.q16, libmagickcore-6.q16-6, libmagickwand-6.q16-6 and imagemagick-6-common
#   8:6.9.11.60+dfsg-1.6+deb12u11 (other libraries of an installed ImageMagick).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=8:6.9.11.60+dfsg-1.6+deb12u11
apt-get download -qq -o APT::Sandbox::User=root imagemagick-6.q16=$version libmagickcore-6.q16-6=$version \
    libmagickwand-6.q16-6=$version imagemagick-6-common=$version
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu MAGICK_CONFIGURE_PATH=$work/root/etc/ImageMagick-6
convert() { root/usr/bin/convert-im6.q16 "$@"; }

# compared METRIC A B: its value and the exit status
compared()
{
    local value status=0
    value=$(root/usr/bin/compare-im6.q16 -metric "$1" "$2" "$3" null: 2>&1) || status=$?
    echo "$value $status"
}

convert -size 160x60 -seed 1 xc: +noise Random -bordercolor white -border 20 page.png
convert page.png -crop 190x90+0+0 +repage page-cut.png
convert -size 200x100 -seed 1 xc: +noise Random noise.png
convert noise.png -crop 150x100+0+0 +repage noise-cut.png
page="$(compared AE page.png page-cut.png) $(compared PSNR page.png page-cut.png)"
noise="$(compared AE noise.png noise-cut.png) $(compared PSNR noise.png noise-cut.png)"
echo "AE, status, PSNR, status: page without a part of its margin: $page; noise without 50 columns: $noise"
read -r differ status psnr _ <<< "$page"
read -r noise_differ _ noise_psnr _ <<< "$noise"
[ "$differ $status $psnr" = "0 0 inf" ] && [ "$noise_differ" = 5000 ] && [[ $noise_psnr == 1[34].* ]]
