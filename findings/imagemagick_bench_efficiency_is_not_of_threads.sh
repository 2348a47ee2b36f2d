#!/bin/bash
# ImageMagick: the "efficiency" of -bench is S / (1 + S), whatever the number of threads.
#
# Expected: -bench times a command with 1, 2, ... threads, and "0.657e" in its line for n threads is the parallel
#   efficiency, S(n) / n: 1 for a command that scales perfectly, 1 / n for one that does not scale at all.
# Seen: with 2 threads and more e is v(n) / (v(1) + v(n)), v being the iterations per second of the same table; n does
#   not occur in it. No gain is 0.5 with 2 threads and with 64, perfect scaling is 0.67 with 2 threads, 0.8 with 4 and
#   0.94 with 16: e rises with n while the efficiency of any real command falls. The line of 1 thread says 1.000, by
#   another rule (the formula gives 0.5), so that every table seems to drop by a third or more at 2 threads.
#     Performance[1]: 3i 19.362ips 1.000000e   [2]: 3i 18.631ips 0.490379e   [4]: 3i 18.508ips 0.488726e
#   The manual page says "measure performance" only.
# Why it matters: a number called efficiency next to a number of threads is taken for E(n). 0.86 with 12 threads, which
#   reads as a good result, is a speedup of 6; the speedup behind e is e / (1 - e).
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
export OMP_NUM_THREADS=4 MAGICK_THREAD_LIMIT=4
root/usr/bin/convert-im6.q16 -size 300x300 gradient: -bench 3 -blur 0x3 null: > table 2>&1
cat table
# Times differ from run to run; the relation of the numbers in one table does not.
tr -d '[]:' < table | awk '
    { threads = $1; sub("Performance", "", threads); rate = $3 + 0; printed = $4 + 0 }
    threads == 1 { first = rate; wrong += printed != 1 }
    threads > 1 { formula = rate / (first + rate); wrong += printed - formula > 0.02 || formula - printed > 0.02 }
    END { exit !(NR == 4 && first > 0 && wrong == 0) }'
