#!/bin/bash
# multitime: "Std.Dev." is that of a population, for three runs 18% too small.
#
# Expected: the standard deviation of some runs, which are a sample, is divided by n - 1, as by hyperfine, Google
#   Benchmark and ministat.
# Seen: it is divided by n. Two runs of 1.0 and 2.0 s have a deviation of 0.5 (0.707 expected), so that the factor is
#   0.71 with two runs, 0.82 with three and 0.89 with five. The manual does not say which one it is.
#     real: min 1.0, max 2.0, Std.Dev. 0.5
# Why it matters: multitime was made for comparisons with few runs. A standard error, and an interval by Student's t,
#   made from its table are too narrow by the same factor, and the numbers of two tools for the same runs do not agree.
# Packages: Debian 12 multitime 1.4-2.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root multitime=1.4-2
for package in *.deb; do
    dpkg -x "$package" root
done

# The first run takes longer than the second: their times are the maximum and the minimum of the table.
cat > twice <<'SH'
#!/bin/sh
[ -e first ] || { touch first; exec sleep 2; }
sleep 1
SH
chmod +x twice
root/usr/bin/multitime -n 2 ./twice 2> table
awk '$1 == "real" { deviation = $3; low = $4; high = $6 }
    END {
        population = (high - low) / 2
        sample = (high - low) / sqrt(2)
        printf "min %.3f, max %.3f, Std.Dev. %.3f: ", low, high, deviation
        printf "population %.3f, sample %.3f\n", population, sample
        exit !(sample - population > 0.05 && deviation > population - 0.003 && deviation < population + 0.003)
    }' table
