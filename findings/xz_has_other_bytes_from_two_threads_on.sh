#!/bin/bash
# xz: -T1 and -T2 write different files, even of one block; zstd has other bytes for --single-thread only.
#
# Expected: a compressor with a number of threads writes the same bytes for all of them, or at least for input that is
#   too short to be cut into blocks.
# Seen: from two threads on xz stores the sizes of each block in its header, with one it does not: 8 bytes more for
#   input of 5 kB, which is a single block. Numbers from 2 on have the same bytes, and -T0 has them on one core, too.
#     xz of 5 kB: -T1 differs from -T2, -T4, -T+1 and -T0, which are equal. zstd of 4 MB: -T1 is -T2 and -T4, while
#     --single-thread differs.
#   In xz one thread is the old mode, and -T+1 the new one with one thread; in zstd -T1 is the new mode.
# Why it matters: "any number of workers gives the bytes of one" is the check of a parallel program; with xz it fails
#   between 1 and 2 and holds from there. Files that machines make with -T0 can be compared with each other, and not
#   with those of the default, -T1; the one-worker point of a curve is that of another program.
# Packages: Debian 12 xz-utils and liblzma5 5.4.1-1+deb12u2, zstd 1.5.4+dfsg2-5+deb12u1.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root xz-utils=5.4.1-1+deb12u2 liblzma5=5.4.1-1+deb12u2 \
    zstd=1.5.4+dfsg2-5+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/lib/x86_64-linux-gnu:$work/root/usr/lib/x86_64-linux-gnu
unset XZ_OPT XZ_DEFAULTS ZSTD_CLEVEL ZSTD_NBTHREADS

seq 1200 > short
seq 600000 > long
file() # file INPUT COMMAND...: size and checksum of what COMMAND makes of INPUT
{
    "${@:2}" < "$1" > made
    echo "$(wc -c < made):$(md5sum < made | cut -c 1-8)"
}
first=$(taskset -pc $$ | sed 's/.*: //; s/[,-].*//')
for threads in 1 2 4 +1 0; do
    echo "xz -T$threads $(file short root/usr/bin/xz -c -T$threads)"
done > table
echo "xz one-core $(file short taskset -c "$first" root/usr/bin/xz -c -T0)" >> table
for option in -T1 -T2 -T4 --single-thread; do
    echo "zstd $option $(file long root/usr/bin/zstd -q -c $option)"
done >> table
cat table
awk '{ made[$1 $2] = $3 }
    END {
        split(made["xz-T1"], one, ":")
        split(made["xz-T2"], two, ":")
        xz = two[1] == one[1] + 8 && made["xz-T4"] == made["xz-T2"] && made["xz-T+1"] == made["xz-T2"] &&
            made["xz-T0"] == made["xz-T2"] && made["xzone-core"] == made["xz-T2"]
        zstd = made["zstd-T1"] == made["zstd-T2"] && made["zstd-T4"] == made["zstd-T2"] &&
            made["zstd--single-thread"] ~ /:/ && made["zstd--single-thread"] != made["zstd-T1"]
        exit !(NR == 10 && xz && zstd)
    }' table
