/* sample.h: which items of a batch every trial of a study processes, when the batch is too large to be
 * processed whole in each of them.
 *
 * The sample stands for the batch in two things that the curve depends on: the mean size (the amount of work) and
 * the spread of sizes (how long the longest items keep the others waiting). The batch is ordered by kind and
 * size and cut into as many equal strata as items are wanted; one item is drawn from each. Of many such draws
 * the one is kept whose mean and mean square of the size are nearest to the batch's. Pure, and the same for
 * equal seeds.
 */
#ifndef KNEE_SAMPLE_H
#define KNEE_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

struct sample_item {
    uint64_t bytes;
    uint32_t kind; /* any number: items of equal kind are alike */
};

/* Chooses want of count items, or, with alike above 1, want groups of `alike` similar items (neighbours in the order
 * of the strata), for work that can be dealt evenly; chosen[want * alike] gets their indices, ascending. want * alike
 * is at most count, and all are at least 1. Returns 0, or -1 with errno: EINVAL, ENOMEM. */
int sample_choose(const struct sample_item *items, size_t count, size_t want, size_t alike, uint64_t seed,
                  size_t *chosen);

/* How far a sample is from its batch. */
struct sample_quality {
    double batch_mean_bytes, sample_mean_bytes;
    double mean_error;        /* relative: sample over batch, less 1 */
    double mean_square_error; /* the same of the mean square, which the largest items rule */
};

struct sample_quality sample_judge(const struct sample_item *items, size_t count, const size_t *chosen,
                                   size_t chosen_count);

#endif
