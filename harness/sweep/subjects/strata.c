#include "harness/sweep/subjects/strata.h"

#include <stdlib.h>

static int by_kind_and_value(const void *a, const void *b)
{
    const struct strata_item *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int by_number(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

void strata_sort(struct strata_item *items, size_t count)
{
    qsort(items, count, sizeof *items, by_kind_and_value);
}

void strata_draw(const struct strata_item *sorted, size_t count, size_t want, size_t alike,
                 struct random_stream *random, size_t *chosen)
{
    for (size_t i = 0; i < want; i++) {
        size_t begin = (size_t)((unsigned __int128)i * count / want);
        size_t end = (size_t)((unsigned __int128)(i + 1) * count / want);
        size_t first = begin + random_next(random) % (end - begin - alike + 1);
        for (size_t k = 0; k < alike; k++)
            chosen[i * alike + k] = sorted[first + k].index;
    }
}

void strata_order(size_t *chosen, size_t count)
{
    qsort(chosen, count, sizeof *chosen, by_number);
}
