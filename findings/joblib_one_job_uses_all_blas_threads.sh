#!/bin/bash
# joblib: with one job the linear algebra of a task runs on all cores, with two jobs or more on cores / jobs each.
#
# Expected: Parallel(n_jobs=1) is the one-worker point of a scaling curve: a task runs in it as it does in one of
#   n workers, so that T(1) / T(n) compares like with like.
# Seen: joblib limits the threads of BLAS libraries in its worker processes only (to cores / n_jobs, at least 1).
#   With n_jobs=1 the tasks run in the calling process, which is not limited. On a machine with C cores a task
#   that multiplies matrices has C threads with 1 job, C / 2 with 2 jobs, and 1 with C jobs: the whole "sweep" uses
#   C cores at every point. On 2 cores:  jobs 1: 2 threads   jobs 2: 1 thread. No message says so.
# Why it matters: T(1) of such a program is a time on all cores. The speedup looks like 1 for a program that scales
#   well, E(n) = 1/n, and Karp-Flatt calls it serial. A thread's count also changes the order of summation, so the
#   numbers of the one-job run need not be those of the others. Set OPENBLAS_NUM_THREADS=1 for all points.
# Packages: Debian 12 python3-joblib 1.2.0-4+deb12u1, python3-threadpoolctl 3.1.0-1, python3-numpy
#   1:1.24.2-1+deb12u1, libopenblas0-pthread 0.3.21+ds-4, libgfortran5 12.2.0-14+deb12u1, with Debian's python3 (3.11).
# Exit: 0 as described, 1 changed, 77 fewer than two cores.
set -euo pipefail

[ "$(nproc)" -ge 2 ] || { echo "skipped: needs two cores"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root python3-joblib=1.2.0-4+deb12u1 python3-threadpoolctl=3.1.0-1 \
    python3-numpy=1:1.24.2-1+deb12u1 libopenblas0-pthread=0.3.21+ds-4 libgfortran5=12.2.0-14+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > threads.py <<'PYTHON'
import sys
import joblib
import numpy
import threadpoolctl


def threads(_: int) -> int:
    numpy.ones((2, 2)) @ numpy.ones((2, 2))
    return max(pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas")


jobs = int(sys.argv[1])
print(max(joblib.Parallel(n_jobs=jobs)(joblib.delayed(threads)(task) for task in range(2 * jobs))))
PYTHON

libraries=$work/root/usr/lib/x86_64-linux-gnu
run() { # run JOBS: the threads of a task's BLAS
    env -u OPENBLAS_NUM_THREADS -u OMP_NUM_THREADS PYTHONPATH="$work/root/usr/lib/python3/dist-packages" \
        LD_LIBRARY_PATH="$libraries/openblas-pthread:$libraries" /usr/bin/python3 threads.py "$1"
}

cores=$(env -u OMP_NUM_THREADS nproc)
one=$(run 1)
all=$(run "$cores")
echo "$cores cores: threads of a task with 1 job: $one, with $cores jobs: $all"
[ "$one" -eq "$cores" ] && [ "$all" -eq 1 ]
