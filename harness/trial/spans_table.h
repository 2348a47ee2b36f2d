/* spans_table.h: spans of a program as the item table that the pipeline's own runs leave behind, so that all
 * that follows (trial.h, the account) treats both alike.
 *
 * A worker's "life" tells its fork, begin, go and the end of its loop, as far as it says. What is not told: fork and
 * begin are its first span's start, `init` ends with the span of that phase, `go` is there, the loop ends with
 * its last span; a worker without spans begins and ends with the earliest of the others, so that all its time
 * is tail. The gate is opened (header->go_ns) with the
 * first worker's go, where all have told theirs. An item's claim that is not told
 * "did not happen". The run-queue delay goes to the worker's payload, which is a struct worker_payload.
 */
#ifndef KNEE_SPANS_TABLE_H
#define KNEE_SPANS_TABLE_H

#include <stdint.h>

#include "harness/trial/spans.h"
#include "pipeline/pool/item_table.h"

/* The items of a study, as the first run told them: sorted by name, their place is their number. */
struct spans_items {
    struct spans_item {
        char *name;
        char kind[SPANS_KIND_BYTES]; /* empty: not told */
        int64_t bytes;               /* -1: not told */
    } * item;                        /* owned */
    size_t count;
};

/* From the first run's spans. Returns 0, or -1 with fault. */
int spans_items_take(struct spans_items *items, const struct spans *spans, struct fault *fault);
void spans_items_release(struct spans_items *items);

/* A new table of `workers` workers over [begin_ns, end_ns]; spans as spans_check() left them. The items must
 * be exactly those of `items`. Returns 0, or -1 with fault: items differ, or no memory. */
int spans_table(struct item_table *table, const struct spans *spans, const struct spans_items *items,
                uint32_t workers, uint64_t begin_ns, uint64_t end_ns, struct fault *fault);

#endif
