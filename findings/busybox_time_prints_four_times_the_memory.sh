#!/bin/bash
# BusyBox: the maximum resident set size of its time command is four times what it is.
#
# Expected: %M, and the line of -v, are ru_maxrss in KiB, as those of GNU time, whose options BusyBox copies.
# Seen: ru_maxrss, which Linux gives in KiB already, is multiplied by the page size in KiB: 64 MiB are printed as 256
#   MiB. GNU time did the same up to 1.7; 1.9 of Debian does not. Times and switches are right.
#     python3 with 64 MiB: BusyBox 292144, GNU time 72888, factor 4.01
# Why it matters: small images of containers have BusyBox's time only. "Memory per worker" is four times too large
#   there, so that a quarter of the workers are started that would fit, and a comparison of two images shows a saving of
#   75% where one of them has the other time. It looks plausible: no second number is near it. On machines with pages of
#   64 KiB the factor is 64.
# Packages: Debian 12 busybox 1:1.35.0-4+deb12u1+b1 and time 1.9-0.2; Python 3 as the program that is measured.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root busybox=1:1.35.0-4+deb12u1+b1 time=1.9-0.2
for package in *.deb; do
    dpkg -x "$package" root
done

# memory TIME...: what a program that fills 64 MiB takes, in KiB, by TIME
memory()
{
    "$@" -o memory -f %M /usr/bin/python3 -S -c 'block = b"x" * (64 << 20)' && cat memory
}
busybox=$(memory root/bin/busybox time)
gnu=$(memory root/usr/bin/time)
pages=$(($(getconf PAGESIZE) / 1024))
awk -v busybox="$busybox" -v gnu="$gnu" -v pages="$pages" 'BEGIN {
    factor = busybox / gnu
    printf "BusyBox %d, GNU time %d, factor %.2f, page size %d KiB\n", busybox, gnu, factor, pages
    exit !(gnu > 65536 && gnu < 2 * 65536 && factor > 0.97 * pages && factor < 1.03 * pages)
}'
