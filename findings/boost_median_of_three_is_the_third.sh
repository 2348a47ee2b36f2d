#!/bin/bash
# Boost.Accumulators: the median of fewer than five values is the third one, in the order of their arrival, or 0.
#
# Expected: median() of an accumulator that holds 30, 10 and 20 is 20; of one value it is that value. An estimate that
#   keeps no values (P-square) may be off for many, but five and fewer are kept all the same.
# Seen: stats<tag::median> is the P-square estimate. It stores the first four values as they come, sorts them when the
#   fifth arrives, and answers with the third of its five places at any time: 0 for one value and for two, the third
#   value for three and four, whatever the others are. Nothing says that there are too few; with five it is right.
#     of 7: 0   of 7 9: 0   of 10 20 30: 30   of 30 10 20: 20   of 20 30 10: 10   of 1 2 3 4: 3   of 5 4 1 2 3: 3
# Why it matters: three repetitions are the usual number of a benchmark. Their median, chosen because it leaves out a
#   disturbed run, is just the last run here, disturbed or not; with two it is 0, and a speedup made of it infinite.
# Packages: Debian 12 libboost1.74-dev 1.74.0+ds1-21 (headers), with g++ of Debian 12.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libboost1.74-dev=1.74.0+ds1-21
dpkg -x ./*.deb root

cat > median.cc <<'CC'
#include <boost/accumulators/accumulators.hpp>
#include <boost/accumulators/statistics.hpp>
#include <cstdlib>
#include <iostream>

using namespace boost::accumulators;

int main(int count, char **values)
{
    accumulator_set<double, stats<tag::median>> set;

    for (int i = 1; i < count; i++)
        set(std::atof(values[i]));
    std::cout << median(set) << '\n';
}
CC
g++ -isystem root/usr/include -o median median.cc
said=
while read -r values; do
    read -ra list <<< "$values"
    median=$(./median "${list[@]}")
    echo "of $values: $median"
    said+=" $median"
done <<'END'
7
7 9
10 20 30
30 10 20
20 30 10
1 2 3 4
5 4 1 2 3
END
[ "$said" = " 0 0 30 20 10 3 3" ]
