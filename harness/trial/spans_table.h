/* spans_table.h: spans of a program as an item table like that of `knee run`, so that trial.h and the account treat
 * both alike.
 *
 * A worker's "life" gives its fork, begin, go and the end of its loop. Where they are not given, fork and begin are the
 * start of its first span, `init` ends with the span of that phase and `go` is there, and the loop ends with its last
 * span; a worker without spans begins and ends with the earliest of the others, so that all its time is tail. The gate
 * opens (header->go_ns) with the first go, if every worker has one. The claim of an item that is not given is 0: it did
 * not happen. The run-queue delay goes to the worker's payload, which is a struct worker_payload.
 *
 * Sequence: spans_items_take() with the first run's spans, spans_table() for every run, spans_items_release().
 */
#ifndef KNEE_SPANS_TABLE_H
#define KNEE_SPANS_TABLE_H

#include <stdint.h>

#include "harness/trial/spans.h"
#include "pipeline/pool/item_table.h"

/* The items of a study, from the spans of the first run: sorted by name; an item's index is its number. */
struct spans_items {
    struct spans_item {
        char *name;
        char kind[SPANS_KIND_BYTES]; /* empty: not given */
        int64_t bytes;               /* -1: not given */
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
