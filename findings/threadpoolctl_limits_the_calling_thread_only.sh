#!/bin/bash
# threadpoolctl: a limit on OpenMP holds in the thread that sets it; threads of an executor keep all cores.
#
# Expected: inside `with threadpool_limits(1):` OpenMP runs with one thread in the whole process. The documentation of
#   this version says so: a global effect, without isolation of threads.
# Seen: the limit is set by omp_set_num_threads(), which is of the calling thread (its task, in OpenMP's words). A
#   Python thread that exists already, and one that is started inside the block, run their parallel regions with all
#   threads (OMP_NUM_THREADS); only the thread that opened the block has one. threadpool_info() does not show it: it
#   asks for the number of the thread in which it is called.
#     limit 1: main thread 1, thread from before 4, thread from inside 4
# Why it matters: an executor of n threads with the limit set around it is the usual way to divide cores between items
#   and a library. It runs n times as many threads as cores, S(n) falls off early, and the check by threadpool_info()
#   says 1. Set the limit inside each task, or by the environment.
# Packages: Debian 12 python3-threadpoolctl 3.1.0-1 and libgomp1 12.2.0-14+deb12u1, with GCC and Python 3 of Debian 12.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root python3-threadpoolctl=3.1.0-1 libgomp1=12.2.0-14+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > threads.c <<'C'
#include <omp.h>

int threads(void) // Number of threads of a parallel region.
{
    int count = 0;
#pragma omp parallel
#pragma omp single
    count = omp_get_num_threads();
    return count;
}
C
gcc -O1 -shared -fPIC -fopenmp -o libthreads.so threads.c

cat > limits.py <<'PY'
import ctypes
import sys
from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import threadpool_info, threadpool_limits

threads = ctypes.CDLL("./libthreads.so").threads
with ThreadPoolExecutor(1) as before:
    unlimited = before.submit(threads).result()
    with threadpool_limits(1), ThreadPoolExecutor(1) as inside:
        limited = threads(), before.submit(threads).result(), inside.submit(threads).result()
        found = {library["num_threads"] for library in threadpool_info() if library["user_api"] == "openmp"}
print(f"without limit {unlimited}; limit 1: main thread {limited[0]}, thread from before {limited[1]}, "
      f"thread from inside {limited[2]}; threadpool_info() says {found}")
sys.exit(0 if unlimited == 4 and limited == (1, 4, 4) and found == {1} else 1)
PY
OMP_NUM_THREADS=4 OMP_DYNAMIC=false LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu \
    PYTHONPATH=$work/root/usr/lib/python3/dist-packages /usr/bin/python3 limits.py
