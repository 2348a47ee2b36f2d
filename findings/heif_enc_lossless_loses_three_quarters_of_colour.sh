#!/bin/bash
# heif-enc: -L, "lossless", keeps a quarter of the colour samples; with all options for lossless values differ by one.
#
# Expected: -L ("generate lossless output") gives back the pixels of a PNG, as `avifenc --lossless` does; at the latest
#   with the set of options that the end of the help names for it, -L -p chroma=444 --matrix_coefficients=0.
# Seen: -L sets the quantizer of the codec only. Before it the picture is converted to YCbCr with 4:2:0, one sample of
#   colour for four pixels, as without -L; status 0, and no word. With -p chroma=444 the conversion is rounded to 8
#   bits: a third of the values of a noisy picture differ by one. --matrix_coefficients=0, no conversion, is taken
#   and has no effect: the file is the same. HEIC and AVIF have the same errors. A grey picture is kept.
#     columns of red and blue, HEIC and AVIF: -L 153, -q 100 153   with chroma=444 1   and matrix 0 1   grey -L 0
# Why it matters: "lossless" is the reference of a study of formats, the size at PSNR inf, and what is kept as the
#   original of later renditions. Here the file is less than half as large as that of avifenc, since half of the samples
#   are gone. On photographs, whose colours change slowly, nothing is seen until pixels are compared.
# Packages: Debian 12 libheif-examples and libheif1 1.15.1-1+deb12u1, netpbm and libnetpbm11 2:11.01.00-2 (other
#   libraries of an installed heif-enc, among them x265, aom, and netpbm).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libheif-examples=1.15.1-1+deb12u1 libheif1=1.15.1-1+deb12u1 \
    netpbm=2:11.01.00-2 libnetpbm11=2:11.01.00-2
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu PATH=$work/root/usr/bin:$PATH

# Columns of red and blue in 32 shades, and a grey picture.
awk 'BEGIN {
    print "P3 64 64 255"
    for (y = 0; y < 64; y++)
        for (x = 0; x < 64; x++)
            print (x % 2 ? 255 - x : 0), y, (x % 2 ? 0 : 255 - x)
}' | pnmtopng -quiet -force > colour.png
awk 'BEGIN {
    print "P2 64 64 255"
    for (i = 0; i < 4096; i++)
        print i * 37 % 256
}' | pnmtopng -quiet > grey.png

samples() # samples FILE.png: its values, three a pixel
{
    pngtopam "$1" | ppmtoppm | pnmtoplainpnm | tail -n +4 | tr -s ' ' '\n' | grep .
}
error() # error PICTURE FORMAT OPTION...: the largest difference of a value after heif-enc -L
{
    heif-enc "${@:3}" "$1.png" -o "out.$2" > said 2>&1
    heif-convert "out.$2" out.png > said 2>&1
    paste <(samples "$1.png") <(samples out.png) |
        awk '{ d = $1 - $2; d = d < 0 ? -d : d; max = d > max ? d : max } END { print max + 0 }'
}
for format in heic avif; do
    plain=$(error colour $format -L)
    best=$(error colour $format -q 100)
    full=$(error colour $format -L -p chroma=444)
    mv out.$format full.$format
    matrix=$(error colour $format -L -p chroma=444 --matrix_coefficients=0)
    cmp out.$format full.$format
    grey=$(error grey $format -L)
    echo "$format: -L $plain, -q 100 $best, chroma=444 $full, matrix_coefficients=0 $matrix, grey $grey"
    [ "$plain" -ge 64 ] && [ "$best" -ge 64 ] && [ "$full" = 1 ] && [ "$matrix" = 1 ] && [ "$grey" = 0 ]
done
