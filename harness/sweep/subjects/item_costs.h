/* item_costs.h: what each item of a batch is expected to cost: its CPU time where it was measured; its bytes times the
 * time of a byte of its kind elsewhere (of all kinds, where none of that kind was measured; its bytes alone where
 * nothing was).
 *
 * Sequence: a zeroed struct, item_costs_note() for items that were measured or item_costs_read() of a study,
 * item_costs_finish(), the fields, item_costs_release().
 */
#ifndef KNEE_ITEM_COSTS_H
#define KNEE_ITEM_COSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/input/batch.h"

struct item_costs {
    double *cost; /* of each item of the batch, ns or bytes, 1 at least; NULL before the first call; owned */
    bool *measured; /* ... owned */
    size_t count, measured_count;
};

/* index: into the batch. cpu_ns 0: it was not measured. */
void item_costs_note(struct item_costs *costs, const struct batch *batch, size_t index, double cpu_ns);
/* The CPU times of the items of a study (folder or study.db) with one worker. Returns 0, or -1 with fault: it cannot be
 * read, is of another batch, or no item of its one-worker trials has a time. */
int item_costs_read(struct item_costs *costs, const struct batch *batch, const char *sha256,
                    const char *study, struct fault *fault);
/* Fills in the items that were not measured. kinds: of each item, below `most`. */
void item_costs_finish(struct item_costs *costs, const struct batch *batch, const uint32_t *kinds,
                       uint32_t most);
/* Safe on a zeroed struct. */
void item_costs_release(struct item_costs *costs);

#endif
