#!/bin/bash
# coreutils: OMP_NUM_THREADS is the answer of nproc, and the number of threads of sort, which is 8 at most.
#
# Expected: nproc prints "the number of processing units available to the current process": the CPUs of its mask.
#   OMP_NUM_THREADS is for programs with OpenMP; nproc and sort have none. sort uses the CPUs that there are.
# Seen: both ask one function that takes OMP_NUM_THREADS first, then the mask, and keeps to OMP_THREAD_LIMIT. With
#   OMP_NUM_THREADS=64 nproc prints 64 on any machine, with 1 it prints 1; nproc --all does not look. sort has as many
#   threads, up to 8. --help and the manual pages of nproc and sort do not say so.
#     OMP_NUM_THREADS 1: nproc 1, threads of sort 1   3: 3, 3   8: 8, 8   64: 64, 8
# Why it matters: OMP_NUM_THREADS=1 is set for many processes next to each other, whose number is then $(nproc): 1, as
#   in make -j$(nproc) and xargs -P $(nproc). A sweep over OMP_NUM_THREADS changes the sorting of its results and every
#   count of workers taken from nproc, and sort on 64 cores stops at 8 without a word. `env -u OMP_NUM_THREADS nproc`
#   has the CPUs.
# Packages: Debian 12 coreutils 9.1-1.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root coreutils=9.1-1
dpkg -x ./*.deb root
unset OMP_THREAD_LIMIT
seq 600000 > lines
mkfifo pipe

# While the pipe is full sort cannot go on: its threads are there to be counted.
threads() # threads NUMBER: how many sort has with OMP_NUM_THREADS=NUMBER
{
    OMP_NUM_THREADS=$1 root/usr/bin/sort -S 200M lines > pipe &
    exec 9< pipe
    head -c 1 <&9 > first
    find /proc/$!/task -mindepth 1 -maxdepth 1 | wc -l
    cat <&9 > rest
    exec 9<&-
    wait $!
}
for number in 1 3 8 64; do
    echo "$number: $(OMP_NUM_THREADS=$number root/usr/bin/nproc) $(threads $number)"
done > found
echo "OMP_NUM_THREADS, nproc, threads of sort:"
cat found
cmp -s found - <<'END'
1: 1 1
3: 3 3
8: 8 8
64: 64 8
END
