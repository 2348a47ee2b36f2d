/* output_order.h: all outputs of a run, sorted bytewise by path: the order of the manifest and of the list of
 * renditions. Paths are made one at a time: those of a million items together need too much memory.
 *
 * Caller's sequence: output_order_begin(), output_order_next() until it returns false, output_order_release().
 */
#ifndef KNEE_OUTPUT_ORDER_H
#define KNEE_OUTPUT_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"
#include "pipeline/images/recipe/recipe.h"

enum { OUTPUT_PATH_BYTES = 4096 };

/* The outputs of one rendition, in their order. */
struct output_lane {
    uint32_t *items; /* of the batch; owned */
    uint64_t next;   /* place in items; that of path */
    char path[OUTPUT_PATH_BYTES];
};

struct output_order {
    const struct recipe *recipe;
    const struct batch *batch;
    struct output_lane *lanes; /* one for each rendition; owned */
    int last;                  /* the lane of the output returned last; -1 none */
};

/* Keeps both pointers. Returns 0, or -1 with fault: no memory. */
int output_order_begin(struct output_order *order, const struct recipe *recipe, const struct batch *batch,
                       struct fault *fault);

/* The next output, whether it was made or not: its path, which is valid until the next call, item and rendition.
 * Returns false at the end. */
bool output_order_next(struct output_order *order, const char **path, uint64_t *item, int *rendition);

/* May be called for a zeroed order. */
void output_order_release(struct output_order *order);

#endif
