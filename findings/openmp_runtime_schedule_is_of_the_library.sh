#!/bin/bash
# OpenMP: schedule(runtime) without OMP_SCHEDULE is dynamic, chunk 1, in GCC's library, and static in LLVM's.
#
# Expected: a loop that leaves its schedule to the environment has the default of loops, static, when the environment
#   says nothing, whichever library the program meets.
# Seen: one program, linked with -fopenmp: omp_get_schedule() answers dynamic with chunks of 1 in libgomp, and static in
#   libomp, which takes libgomp's place by its compatible names. The standard leaves it to the library.
#     libgomp: kind 2 (dynamic), chunk 1   libomp: kind 1 (static), chunk 0
# Why it matters: schedules and chunks are what a sweep varies, and the cell without OMP_SCHEDULE is its baseline. Items
#   of uneven size are balanced in it with one library and not with the other; loops of short items pay for a claim each
#   with one and not with the other. Name the schedule in every cell.
# Packages: Debian 12 libgomp1 12.2.0-14+deb12u1 and libomp5-14 1:14.0.6-12, with gcc of Debian 12.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libgomp1=12.2.0-14+deb12u1 libomp5-14=1:14.0.6-12
for package in *.deb; do
    dpkg -x "$package" root
done
mkdir llvm
ln -s "$work/root/usr/lib/llvm-14/lib/libomp.so.5" llvm/libgomp.so.1

cat > schedule.c <<'C'
#include <omp.h>
#include <stdio.h>

int main(void)
{
    omp_sched_t kind;
    int chunk;

    omp_get_schedule(&kind, &chunk);
    printf("kind %u, chunk %d\n", kind & ~omp_sched_monotonic, chunk);
    return 0;
}
C
gcc -fopenmp -o schedule schedule.c
unset OMP_SCHEDULE
gcc_said=$(LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu ./schedule)
llvm_said=$(LD_LIBRARY_PATH=llvm ./schedule)
echo "libgomp: $gcc_said; libomp: $llvm_said"
[ "$gcc_said" = "kind 2, chunk 1" ] && [ "$llvm_said" = "kind 1, chunk 0" ]
