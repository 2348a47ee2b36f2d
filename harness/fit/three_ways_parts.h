/* three_ways_parts.h: what makes a trial differ from its prediction: its items took other times than was predicted, or
 * the pool around them is not as it is simulated.
 *
 * Each trial of a cell is simulated once more, with the times that its items really took. With `predicted` the time of
 * the cell without its own trials (prediction.h),
 *     predicted / measured = predicted / own * own / measured,
 * the first factor is the items' (contention, caches, the speed of the machine in that trial), the second the pool's
 * (claims, start, serial parts, order). The second is known trial by trial, whatever the machine did to the items.
 */
#ifndef KNEE_THREE_WAYS_PARTS_H
#define KNEE_THREE_WAYS_PARTS_H

#include "harness/fit/prediction.h"

/* The two factors, less 1; unknown where no trial has the times of its items. */
struct three_ways_parts {
    struct interval items, pool;
};

/* Of the cell of a check. Intervals: Student's t over the trials, of logarithms. */
struct three_ways_parts three_ways_parts_of(const struct prediction *prediction,
                                            const struct prediction_check *check);

#endif
