/* cpu_speed.h: do the CPUs of a study take different times for the same items?
 *
 * Cores of one machine may differ: by their kind, their clock, or a neighbour that shares the physical core or the
 * cache with some of them. One worker then shows one CPU, and n workers show the mean of several, so that an efficiency
 * above or below the real one is seen.
 *
 * Model: log(time of item i in trial t on CPU c) = item(i) + trial(t) + cpu(c) + noise. The effects are found by least
 * squares, one kind after another until none moves (backfitting: Buja, Hastie and Tibshirani 1989, Annals of
 * Statistics 17). Items that were on one CPU only, and trials with one CPU, say nothing and are left out. The ratio of
 * the slowest to the fastest is that of items that both did. Its interval is Student's over trials, with the larger
 * of two variances: that of least squares, and one that allows for noise which the items of a trial share. Its level is
 * Bonferroni's for all pairs of CPUs, since the two are chosen from them.
 */
#ifndef KNEE_CPU_SPEED_H
#define KNEE_CPU_SPEED_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/statistics/interval.h"

/* The time of an item; all three numbers count from 0. */
struct cpu_time {
    unsigned trial, cpu, item;
    double seconds; /* CPU time, above 0 */
};

struct cpu_times {
    const struct cpu_time *time;
    size_t count;
    unsigned trials, cpus, items; /* one more than the largest number of each */
};

struct cpu_speed {
    unsigned slowest, fastest; /* CPUs, where ratio has a value */
    struct interval ratio; /* time on the slowest over that on the fastest, 95%; unknown: see its reason */
};

/* relative[cpus] gets the time on each CPU over their geometric mean; NaN for a CPU with fewer than 5 times that count.
 * Returns 0, or -1 when memory is short. */
int cpu_speed_find(const struct cpu_times *times, struct cpu_speed *speed, double *relative);

#endif
