/* predict.h: the pool's costs as one structure, what it would do elsewhere, and which setting is best there.
 *
 * Costs come from a study (harness/fit/prediction.h). Everything else is the simulation of simulate.h:
 *   predict_seconds()      one setting
 *   predict_best()         chunk and policy for a number of workers, the fewest workers worth having
 *   predict_least_chunk()  the smallest chunk that keeps an efficiency
 *   predict_bounds()       what no schedule can beat
 * Pure; times are seconds.
 */
#ifndef KNEE_PREDICT_H
#define KNEE_PREDICT_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/prediction/simulate.h"

/* Caller owns the arrays. */
struct predict_pool {
    const double *cost_s;             /* of each item with one worker */
    const size_t *largest_first;      /* its order for that policy; NULL: that policy is not considered */
    const struct simulate_lock *lock; /* [items], as in simulate.h; NULL: none */
    size_t items;
    double share,
        contention;       /* as in simulate.h; contention may be negative, and then ends at half the cost */
    const double *excess; /* [excess_most + 1], as in simulate.h; beyond it the last counts. NULL: none */
    unsigned excess_most;
    double prefix_s, suffix_s, suffix_per_worker_s, fork_s, begin_s, init_s, init_share, claim_s;
};

struct predict_setting {
    unsigned workers;
    uint64_t chunk;
    enum simulate_policy policy;
};

struct predict_choice {
    struct predict_setting setting;
    double seconds;
};

struct predict_bounds {
    double workers;      /* speedup is at most this many */
    double longest_item; /* ... and at most all work over the longest item; infinite without items */
    double longest_s;    /* its time */
    double serial;       /* ... and at most T(1) over the serial parts and the start of a worker */
};

/* Share of the least time that counts as equally good. */
#define PREDICT_AS_GOOD 0.005
/* ... that a chunk or policy must save to be preferred to the one that was measured. */
#define PREDICT_BETTER 0.01

/* What simulate_run() gets for a setting. cores 0: as many as workers. Refers to the pool's arrays. */
void predict_settle(const struct predict_pool *pool, const struct predict_setting *setting, unsigned cores,
                    struct simulate_setting *made);

/* cores 0: as many as workers. NaN when memory is short. */
double predict_seconds(const struct predict_pool *pool, const struct predict_setting *setting,
                       unsigned cores);

/* workers: candidates in rising order. Taken are the fewest workers whose time with `base` chunk and policy
 * is within `slower` of the least; then, for these, the best chunk (powers of two) and policy, base unless
 * another is better by PREDICT_BETTER. seconds is NaN when memory is short. */
struct predict_choice predict_best(const struct predict_pool *pool, unsigned cores, const unsigned *workers,
                                   size_t count, const struct predict_setting *base, double slower);

/* The smallest power-of-two chunk with T(1) / (n T(n)) >= efficiency, or 0 when there is none; *best gets the
 * largest efficiency found, at chunk *best_chunk. */
uint64_t predict_least_chunk(const struct predict_pool *pool, unsigned cores, unsigned workers,
                             enum simulate_policy policy, double efficiency, double *best,
                             uint64_t *best_chunk);

void predict_bounds(const struct predict_pool *pool, unsigned workers, struct predict_bounds *bounds);

/* Slope c of ratio = 1 + c (n - 1), least squares through (1, 1); 0 without points beyond one worker. */
double predict_contention(const double *workers, const double *ratio, size_t count);

/* `items` picks out of `measured` items: each as often as any other, the remainder drawn without replacement,
 * all in random order; the identity when items == measured. */
void predict_pick(size_t measured, size_t items, uint64_t seed, size_t *pick);

#endif
