/* even_sample.h: which items of a batch the trials on emulated cores process. They are few, since a worker has a small
 * share of a core, and they are to show the pool: a plain sample of few items (sample.h) has its share of large ones,
 * for the last of which most workers wait, which the whole batch does not know.
 *
 * The tail is the share of core time in which workers have no work left when items are dealt one at a time, in the
 * order of the batch: 1 - work / (n makespan). The largest item alone makes it at least 1 - work / (n largest). The
 * sample has the mean cost of the batch and, as nearly as its number of items allows, the tail of the whole batch:
 * items are drawn from strata of kind and cost, first from all items, then from those ever nearer to the mean cost,
 * until the tail with the most workers is at most EVEN_SAMPLE_TAIL above that of the batch. Of many draws the one is
 * kept whose mean and tails are nearest to the batch's. Pure, and the same for equal seeds.
 */
#ifndef KNEE_EVEN_SAMPLE_H
#define KNEE_EVEN_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVEN_SAMPLE_TAIL 0.02

struct even_item {
    double cost;   /* in any unit, above 0 */
    uint32_t kind; /* any number: items of equal kind are alike */
    bool measured; /* cost is known: where there are enough of these, only they are chosen */
};

/* chosen[want] gets indices, ascending. workers: the most that deal them, at least 1. want is 1 to count. Returns 0, or
 * -1 with errno: EINVAL, ENOMEM. */
int even_sample_choose(const struct even_item *items, size_t count, size_t want, unsigned workers,
                       uint64_t seed, size_t *chosen);

/* The tail of count items in the order of `chosen`; NULL: of all in their own. NaN without items, or when memory is
 * short. */
double even_sample_tail(const struct even_item *items, const size_t *chosen, size_t count, unsigned workers);

#endif
