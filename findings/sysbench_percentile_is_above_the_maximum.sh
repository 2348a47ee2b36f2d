#!/bin/bash
# sysbench: percentiles are of a grid with steps of 1.8%; the 95th may be above the maximum, or below the minimum.
#
# Expected: the 95th percentile lies between minimum and maximum; of a single event all three are the same number.
# Seen: an event is put into the nearest of 1024 places between 0.001 and 100000 ms, equal in the logarithm, and the
#   percentile is the value of the place, with two digits after the point as though it were measured. Minimum, mean and
#   maximum are exact. So of one event of 107.99 ms the percentile is 108.68 ms, of one of 50.54 ms it is 50.11.
#     one event each: max 50.54, 95th 50.11   107.99, 108.68   154.23, 153.02   215.10, 215.44
# Why it matters: a percentile is compared between versions and numbers of threads. A change of less than 1.8% is none,
#   or a step of 1.8% by a change of next to nothing; "95th below max" as a check of an importer refuses good files; and
#   series of equal percentiles look as though a timer were at work.
# Packages: Debian 12 sysbench 1.0.20+ds-5 with libluajit-5.1-2 2.1.0~beta3+git20220320+dfsg-4.1+deb12u1, libaio1
#   0.3.113-4, libmariadb3 1:10.11.19-0+deb12u1 and libpq5 15.20-0+deb12u1.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root sysbench=1.0.20+ds-5 libaio1=0.3.113-4 \
    libluajit-5.1-2=2.1.0~beta3+git20220320+dfsg-4.1+deb12u1 libmariadb3=1:10.11.19-0+deb12u1 \
    libpq5=15.20-0+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > wait.lua <<'LUA'
local ffi = require('ffi')
ffi.cdef('int usleep(unsigned);')
sysbench.cmdline.options = { us = { 'length of an event', 0 } }
function event()
    ffi.C.usleep(sysbench.opt.us)
end
LUA
for us in 50400 70600 100500 120700 150900 180400 210800 240300; do
    LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu root/usr/bin/sysbench --threads=1 --events=1 --time=0 ./wait.lua \
        --us=$us run | awk '/max:/ { max = $2 } /95th percentile:/ { print max, $3 }'
done > table
awk '{
        place = log($2 / 0.001) * 1023 / log(1e8)
        off = place - int(place + 0.5)
        printf "one event: maximum %.2f, 95th percentile %.2f, place %.2f\n", $1, $2, place
        grid += off < 0.01 && off > -0.01
        differ += $1 != $2
    }
    END { exit !(NR == 8 && grid == 8 && differ >= 4) }' table
