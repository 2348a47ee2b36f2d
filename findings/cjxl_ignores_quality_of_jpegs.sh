#!/bin/bash
# cjxl: -q and -d change nothing for JPEG input; a quality of 10 and one of 90 give the same file.
#
# Expected: a quality that is given is the quality of the output, whatever the format of the input. That a JPEG is
#   transcoded without loss is the default ("100: default for already-lossy input"), which an option overrides.
# Seen: with JPEG input the bits of the JPEG are kept in the JPEG XL file, whatever -q or -d say, without a warning and
#   with status 0. Only --lossless_jpeg=0 makes the option count. The same picture as PPM follows -q.
#     JPEG -q 90, -q 10, -d 3, none: the same bytes   JPEG -q 90 and -q 10 with --lossless_jpeg=0: others, smaller
# Why it matters: a sweep over quality on photographs, which are JPEGs, is a flat line of bytes, with the same PSNR at
#   each quality, and its time is that of the transcoder, not of the encoder; on the PNGs of a test set the same recipe
#   works. A batch for the web at -q 50 is as large as at 90.
# Packages: Debian 12 libjxl-tools and libjxl0.7 0.7.0-10+deb12u1 (other libraries of an installed libjxl-tools).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=0.7.0-10+deb12u1
apt-get download -qq -o APT::Sandbox::User=root libjxl-tools=$version libjxl0.7=$version
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
cjxl() { root/usr/bin/cjxl --num_threads=0 "$@" 2> errors; }

# A picture with some detail, and a JPEG of it.
/usr/bin/python3 - > picture.ppm <<'PY'
import sys

pixels = [((x * 5 + y * 3) % 256, (x * y) % 256, x // 8 % 2 * 128 + y) for y in range(64) for x in range(96)]
sys.stdout.buffer.write(b"P6 96 64 255\n" + bytes(sample for pixel in pixels for sample in pixel))
PY
cjxl -d 0 picture.ppm exact.jxl
root/usr/bin/djxl -q 95 exact.jxl photo.jpg 2> errors

same() { if cmp -s "$1" "$2"; then echo same; else echo other; fi; }

cjxl photo.jpg none.jxl
for option in "-q 90" "-q 10" "-d 3"; do
    read -ra words <<< "$option"
    cjxl "${words[@]}" photo.jpg kept.jxl
    echo "JPEG $option: $(same kept.jxl none.jxl) bytes, warnings $(grep -ci 'ignor\|warn' errors || true)"
done | tee found
cjxl -q 10 photo.jpg kept.jxl
root/usr/bin/djxl kept.jxl back.jpg 2> errors
echo "JPEG -q 10, back to JPEG: $(same back.jpg photo.jpg) bytes" | tee -a found
cjxl -q 90 --lossless_jpeg=0 photo.jpg pixels.jxl
cjxl -q 10 --lossless_jpeg=0 photo.jpg coarse.jxl
echo "JPEG -q 10 and 90 with --lossless_jpeg=0: $(same coarse.jxl pixels.jxl) bytes" | tee -a found
cjxl -q 90 picture.ppm fine.jxl
cjxl -q 10 picture.ppm coarse-ppm.jxl
echo "PPM -q 10 and 90: $(same coarse-ppm.jxl fine.jxl) bytes" | tee -a found
stat -c '%n %s bytes' photo.jpg none.jxl pixels.jxl coarse.jxl fine.jxl coarse-ppm.jxl
cmp -s found - <<'END'
JPEG -q 90: same bytes, warnings 0
JPEG -q 10: same bytes, warnings 0
JPEG -d 3: same bytes, warnings 0
JPEG -q 10, back to JPEG: same bytes
JPEG -q 10 and 90 with --lossless_jpeg=0: other bytes
PPM -q 10 and 90: other bytes
END
