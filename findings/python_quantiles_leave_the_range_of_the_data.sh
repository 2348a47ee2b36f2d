#!/bin/bash
# Python: statistics.quantiles() of a few times has a 99th percentile above the slowest, and a first below zero.
#
# Expected: a percentile of some numbers lies between the least and the largest of them, as by NumPy, R, d3 and
#   spreadsheets.
# Seen: the default method, "exclusive", continues beyond the data in a straight line wherever the percentile asked for
#   lies outside 1 / (n + 1) to n / (n + 1): for the 99th that is every sample of fewer than 99. Two runs of 1 and 9 s
#   have a 99th percentile of 16.76 s and a first of -6.76 s, and quartiles (the default of n) of -1, 5 and 11 s. A
#   sample of ten whose largest two are 1.4 and 2.0 s has 2.53 s. method="inclusive" stays within the data.
#     [1, 9]: p1 -6.76, p99 16.76, quartiles -1.0 5.0 11.0; inclusive: 1.08, 8.92, 3.0 5.0 7.0
# Why it matters: trials of a setting are few. A p99 that no run had is compared with a limit, and is the larger the
#   fewer runs there are, so that a quicker benchmark has the worse tail. A box whose ends are quartiles is larger than
#   its whiskers, and on a logarithmic axis the negative one disappears.
# Packages: Debian 12 libpython3.11-stdlib 3.11.2-6+deb12u9, run by an installed Python 3.11.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libpython3.11-stdlib=3.11.2-6+deb12u9
for package in *.deb; do
    dpkg -x "$package" root
done

cat > percentiles.py <<'PY'
import sys
from statistics import quantiles

TWO = [1.0, 9.0]
TEN = [1.1, 1.0, 1.2, 1.1, 1.3, 1.0, 1.2, 1.4, 1.1, 2.0]
found = []
for name, data, method in (("two", TWO, "exclusive"), ("two", TWO, "inclusive"), ("ten", TEN, "exclusive")):
    hundred = quantiles(data, n=100, method=method)
    row = [round(value, 2) for value in (hundred[0], hundred[98], *quantiles(data, method=method))]
    print(f"{name}, {method}: p1 {row[0]}, p99 {row[1]}, quartiles {row[2:]}, data {min(data)} to {max(data)}")
    found.append(row)
default = [round(value, 2) for value in quantiles(TWO)]
sys.exit(0 if found[0] == [-6.76, 16.76, -1.0, 5.0, 11.0] and found[1] == [1.08, 8.92, 3.0, 5.0, 7.0]
         and found[2][1] == 2.53 and default == [-1.0, 5.0, 11.0] else 1)
PY
PYTHONPATH=$work/root/usr/lib/python3.11 /usr/bin/python3 percentiles.py
