/* run_details.h: knee run --verbose: each item when it has ended. */
#ifndef KNEE_RUN_DETAILS_H
#define KNEE_RUN_DETAILS_H

#include <stdbool.h>

#include "pipeline/images/input/batch.h"
#include "pipeline/pool/item_table.h"

/* Begins as {0}. */
struct run_details {
    bool *said; /* by item. Owned */
};

/* A message for each item that has ended since the last call; nothing without --verbose. */
void run_details_say(struct run_details *details, const struct item_table *table, const struct batch *batch);
void run_details_release(struct run_details *details);

#endif
