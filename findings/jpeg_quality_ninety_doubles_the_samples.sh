#!/bin/bash
# libvips and ImageMagick: a JPEG of quality 90 has four times the colour samples of one of quality 89.
#
# Expected: quality is the table of quantization, and size grows smoothly with it, as that of cjpeg, whose scale both
#   take over; 4:2:0 or 4:4:4 is an option of its own.
# Seen: unless the option is given both write 4:2:0 below 90 and 4:4:4 from 90 on. cjpeg has 4:2:0 throughout.
#     noisy gradient, bytes with 89 and 90: vips 16374 and 31438, convert 14629 and 27100, cjpeg 16202 and 17765
# Why it matters: 90 lies inside every sweep over quality. The step in size is that of twice the samples in the file,
#   and a line through all points fits neither part; "90 costs twice as much as 89" is not of the quality. At 90 libvips
#   and a library that stays at 4:2:0 do not make the same picture.
# Packages: Debian 12 libvips-tools and libvips42 8.14.1-3+deb12u3; imagemagick-6.q16, libmagickcore-6.q16-6,
#   libmagickwand-6.q16-6 and imagemagick-6-common 8:6.9.11.60+dfsg-1.6+deb12u11; libjpeg-turbo-progs 1:2.1.5-2 (other
#   libraries of an installed libvips and ImageMagick).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
magick=8:6.9.11.60+dfsg-1.6+deb12u11
apt-get download -qq -o APT::Sandbox::User=root libvips-tools=8.14.1-3+deb12u3 libvips42=8.14.1-3+deb12u3 \
    imagemagick-6.q16=$magick libmagickcore-6.q16-6=$magick libmagickwand-6.q16-6=$magick \
    imagemagick-6-common=$magick libjpeg-turbo-progs=1:2.1.5-2
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu MAGICK_CONFIGURE_PATH=$work/root/etc/ImageMagick-6
export PATH=$work/root/usr/bin:$PATH

awk 'BEGIN {
    srand(1)
    print "P3 256 256 255"
    for (y = 0; y < 256; y++)
        for (x = 0; x < 256; x++)
            print int(x * 0.9 + 25 * rand()), int(y * 0.9 + 25 * rand()), int((x + y) * 0.45 + 25 * rand())
}' | convert-im6.q16 ppm:- in.ppm

for quality in 80 88 89 90 91; do
    vips jpegsave in.ppm vips.jpg --Q $quality
    convert-im6.q16 in.ppm -quality $quality convert.jpg
    cjpeg -quality $quality in.ppm > cjpeg.jpg
    for tool in vips convert cjpeg; do
        echo "$tool $quality $(identify-im6.q16 -format '%[jpeg:sampling-factor] %b' $tool.jpg)"
    done
done | sed 's/B$//' | sort -s -k 1,1 | tee table
awk '{ sampling[$1 $2] = $3; bytes[$1 $2] = $4 }
    function step(tool) { return bytes[tool 90] / bytes[tool 89] }
    function changes(tool) { return sampling[tool 89] ~ /^2x2/ && sampling[tool 90] ~ /^1x1/ }
    END { exit !(changes("vips") && changes("convert") && sampling["cjpeg" 91] ~ /^2x2/ && step("vips") > 1.5 &&
        step("convert") > 1.5 && step("cjpeg") < 1.2) }' table
