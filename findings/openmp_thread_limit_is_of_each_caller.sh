#!/bin/bash
# OpenMP: OMP_THREAD_LIMIT=2 lets a program have six threads at work, when three of its own threads call OpenMP.
#
# Expected: the limit is one on the threads of the program ("for the whole program", say manuals of compilers), and so
#   the sure means against too many of them.
# Seen: it holds for each "contention group", and every thread that a program makes by itself and that meets a parallel
#   region is the root of one. Three POSIX threads that enter a region at a time have 3 x 2 = 6 threads at work in it,
#   and omp_get_thread_limit() says 2 in all of them. GCC's library and LLVM's agree. With one thread the limit holds.
#     OMP_NUM_THREADS=8, limit 2: 1 caller 2 at work, 3 callers 6   limit 4: 1 caller 4, 3 callers 12
# Why it matters: servers and pools of image workers are threads that call a library with OpenMP in it. A sweep over the
#   pool with the limit set to the cores has pool x limit threads, and the limit of a job on a shared machine does not
#   hold. The product has to be divided by hand: OMP_NUM_THREADS = cores / pool.
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

# Threads wait for each other in the region, so that all that there are have been counted whatever the machine does.
cat > callers.c <<'C'
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_barrier_t entered;
static atomic_int at_work, most;

static void *caller(void *unused)
{
#pragma omp parallel
    {
        int now = ++at_work;
        int seen = most;

        while (seen < now && !atomic_compare_exchange_weak(&most, &seen, now))
            ;
#pragma omp barrier
#pragma omp master
        pthread_barrier_wait(&entered);
#pragma omp barrier
        --at_work;
    }
    return unused;
}

int main(int argc, char **argv)
{
    int callers = atoi(argv[argc - 1]);
    pthread_t threads[8];

    pthread_barrier_init(&entered, NULL, (unsigned)callers);
    for (int i = 0; i < callers; i++)
        pthread_create(&threads[i], NULL, caller, NULL);
    for (int i = 0; i < callers; i++)
        pthread_join(threads[i], NULL);
    printf("limit %d, callers %d, at work %d\n", omp_get_thread_limit(), callers, most);
    return 0;
}
C
gcc -fopenmp -o callers callers.c
unset OMP_DYNAMIC OMP_PROC_BIND OMP_PLACES
export OMP_NUM_THREADS=8
for library in root/usr/lib/x86_64-linux-gnu llvm; do
    for limit in 2 4; do
        for callers in 1 3; do
            # LLVM's library warns that a team is smaller than asked for.
            LD_LIBRARY_PATH=$library OMP_THREAD_LIMIT=$limit ./callers $callers 2> warnings
        done
    done
done | tee found
for library in gcc llvm; do
    printf 'limit %d, callers %d, at work %d\n' 2 1 2 2 3 6 4 1 4 4 3 12
done | cmp -s - found
