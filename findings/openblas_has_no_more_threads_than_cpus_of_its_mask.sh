#!/bin/bash
# OpenBLAS: OPENBLAS_NUM_THREADS above the number of CPUs in the mask is cut to it, in silence.
#
# Expected: OPENBLAS_NUM_THREADS=8 makes 8 threads, as OMP_NUM_THREADS=8 does for OpenMP, whatever the CPUs are.
# Seen: when the library is loaded the number is cut to the CPUs of the process's mask: 8 is 1 under a mask of one CPU,
#   and the same for OMP_NUM_THREADS and GOTO_NUM_THREADS, which it reads too. The same number set by
#   openblas_set_num_threads() in the same process is kept: 8 on one CPU. GCC's OpenMP has 8 in both cases.
#     mask of one CPU: OpenBLAS by environment 1, by function 8; OpenMP by environment 8
# Why it matters: a sweep to 16 workers on 4 cores (to see what more threads than cores cost, or under quotas that
#   emulate more cores) measures the same program from 4 on: the curve is flat at just the knee that was to be found.
#   Programs with OpenMP get worse there, so that the two look different in kind.
# Packages: Debian 12 libopenblas0-pthread 0.3.21+ds-4, with GCC, libgfortran5 and libgomp1 of Debian 12.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libopenblas0-pthread=0.3.21+ds-4
for package in *.deb; do
    dpkg -x "$package" root
done

cat > threads.c <<'C'
#include <omp.h>
#include <stdio.h>

int openblas_get_num_threads(void);
void openblas_set_num_threads(int);

int main(void)
{
    int loaded = openblas_get_num_threads();
    int openmp = 0;
    openblas_set_num_threads(8);
#pragma omp parallel
#pragma omp single
    openmp = omp_get_num_threads();
    printf("%d %d %d\n", loaded, openblas_get_num_threads(), openmp);
    return 0;
}
C
lib=$work/root/usr/lib/x86_64-linux-gnu/openblas-pthread
gcc -O1 -fopenmp -o threads threads.c "$lib"/libopenblasp-r0.3.21.so
cpu=$(awk '/^Cpus_allowed_list/ { sub(/[-,].*/, "", $2); print $2 }' /proc/self/status)
read -r loaded called openmp < <(LD_LIBRARY_PATH=$lib OPENBLAS_NUM_THREADS=8 OMP_NUM_THREADS=8 OMP_DYNAMIC=false \
    taskset -c "$cpu" ./threads)
echo "mask of CPU $cpu: OpenBLAS by environment $loaded, by function $called; OpenMP by environment $openmp"
[ "$loaded $called $openmp" = "1 8 8" ]
