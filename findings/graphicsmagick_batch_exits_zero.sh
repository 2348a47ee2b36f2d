#!/bin/bash
# GraphicsMagick: gm batch exits with 0 when items fail, and leaves out a last line without a line end.
#
# Expected: a batch of which one command fails ends with another status than 0, as make, xargs and GNU parallel do, or
#   at least with the one of its last command, as sh does. A last line without a line end is a line, as in sh.
# Seen: the status is 0 if one of three items fails, if the last one fails and if a command does not exist; errors are
#   printed on stderr only. -feedback on prints PASS or FAIL for each and ends with 0, too. Only -stop-on-error on gives
#   1, and does none of the items that follow. A last line without a line end is dropped without a word: its picture
#   is not made, and the status is 0. The same command outside a batch exits with 1.
#     second of three fails: 0   last fails: 0   no such command: 0   -stop-on-error on: 1   no line end: 0, not made
# Why it matters: gm batch saves the start of a process for each picture and so is what a pool of workers is given.
#   A harness, make and CI see success although renditions are missing, and lists of commands joined by line ends
#   lose the last picture of each batch without an error.
# Packages: Debian 12 graphicsmagick and libgraphicsmagick-q16-3 1.4+really1.3.40-4+deb12u1 (other libraries of an
#   installed GraphicsMagick).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=1.4+really1.3.40-4+deb12u1
apt-get download -qq -o APT::Sandbox::User=root graphicsmagick=$version libgraphicsmagick-q16-3=$version
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib:$work/root/usr/lib/x86_64-linux-gnu

root/usr/bin/gm convert -size 8x8 xc:red in.ppm
printf 'convert %s.ppm out1.ppm\nconvert %s.ppm out2.ppm\nconvert %s.ppm out3.ppm\n' in missing in > second
printf 'convert %s.ppm out1.ppm\nconvert %s.ppm out2.ppm\n' in missing > last
printf 'convret in.ppm out1.ppm\n' > unknown
printf 'convert in.ppm out1.ppm\nconvert in.ppm out2.ppm' > unended

batch() # batch OPTIONS... FILE: the status and the pictures that were made
{
    local status=0
    rm -f out*
    root/usr/bin/gm batch "$@" > said 2> errors < /dev/null || status=$?
    echo "$*: status $status, made: $(find . -name 'out*.ppm' -printf '%f\n' | sort | paste -sd ,)"
}

{
    batch second
    batch last
    batch unknown
    batch -feedback on second
    batch -stop-on-error on second
    batch unended
} | sed 's/ $//' | tee found
if root/usr/bin/gm convert missing.ppm out2.ppm 2> errors; then exit 1; fi
cmp -s found - <<'END'
second: status 0, made: out1.ppm,out3.ppm
last: status 0, made: out1.ppm
unknown: status 0, made:
-feedback on second: status 0, made: out1.ppm,out3.ppm
-stop-on-error on second: status 1, made: out1.ppm
unended: status 0, made: out1.ppm
END
