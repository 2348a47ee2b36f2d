#!/bin/bash
# mawk, the awk of Debian 12: numbers above 2147483647 are printed with 6 digits, and different ones are one array key.
#
# Expected: awk's numbers are doubles; whole ones up to 2^53 are printed, and used as subscripts, with all their digits,
#   as gawk does and POSIX has it (an integer value is converted as by %d).
# Seen: what does not fit into an int is printed by OFMT, "%.6g", used as a subscript by CONVFMT, the same, and cut by
#   %d: 3000000001 is 3e+09, so that n[$1 + 0] counts 3000000001 and 3000000002 as one; a sum of milliseconds since
#   1970, or of bytes beyond 2 GiB, keeps six digits; printf "%d" says 2147483647. A field that is only copied stays
#   whole, which hides it: $1 is right and $1 + 0 is not. printf "%.0f" is right.
#     print $1 + 0: 3e+09   printf %d: 2147483647   subscripts: 3e+09 has 2   printf %.0f: 3000000001
# Why it matters: the glue of measurements (bytes of files, ns of clocks, counters) are awk one-liners that were written
#   where awk is gawk. On Debian they run without an error, and differences of printed times are 0 or multiples of
#   10,000 s.
# Packages: Debian 12 mawk 1.3.4.20200120-3.1.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root mawk=1.3.4.20200120-3.1
for package in *.deb; do
    dpkg -x "$package" root
done

printf '%s\n' 3000000001 3000000002 > bytes
sum=$(root/usr/bin/mawk 'NR == 1 { print $1 + 0 }' bytes)
whole=$(root/usr/bin/mawk 'NR == 1 { printf "%d\n", $1 }' bytes)
exact=$(root/usr/bin/mawk 'NR == 1 { printf "%.0f\n", $1 }' bytes)
keys=$(root/usr/bin/mawk '{ n[$1 + 0]++ } END { for (key in n) print key " has " n[key] }' bytes)
copied=$(root/usr/bin/mawk '{ n[$1]++ } END { for (key in n) print key }' bytes | sort | paste -sd ' ')
echo "print \$1 + 0: $sum; printf %d: $whole; printf %.0f: $exact; subscripts \$1 + 0: $keys; subscripts \$1: $copied"
[ "$sum" = 3e+09 ] && [ "$whole" = 2147483647 ] && [ "$exact" = 3000000001 ] && [ "$keys" = "3e+09 has 2" ] &&
    [ "$copied" = "3000000001 3000000002" ]
