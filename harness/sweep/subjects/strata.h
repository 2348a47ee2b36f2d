/* strata.h: a random draw of items that stand for all: one from each of equal strata of kind and size or cost. Pure. */
#ifndef KNEE_STRATA_H
#define KNEE_STRATA_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/statistics/random.h"

/* A sample is the best of that many draws: more improve it by less than its random error. */
enum { STRATA_DRAWS = 200 };

struct strata_item {
    uint32_t kind; /* any number: items of equal kind are alike */
    double value;  /* size or cost */
    size_t index;  /* the caller's */
};

/* By kind, then value, then index. */
void strata_sort(struct strata_item *items, size_t count);

/* Cuts sorted items into `want` strata and draws `alike` neighbours from each; want * alike is at most count, and both
 * at least 1. chosen[want * alike] gets their indices. */
void strata_draw(const struct strata_item *sorted, size_t count, size_t want, size_t alike,
                 struct random_stream *random, size_t *chosen);

/* Ascending: the order in which a trial has them. */
void strata_order(size_t *chosen, size_t count);

#endif
