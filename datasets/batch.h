/* batch.h: the building of a data set as a workload for the pool: one item of the plan each, kept when it is
 * whole already.
 *
 * Caller's sequence: batch_open(), pool_run() over batch_workload(), batch_finish(), batch_close().
 */
#ifndef KNEE_DATASETS_BATCH_H
#define KNEE_DATASETS_BATCH_H

#include <stdint.h>

#include "datasets/journal.h"
#include "datasets/plan.h"
#include "datasets/sources.h"
#include "pipeline/base/fault.h"
#include "pipeline/pool/workload.h"

struct batch {
    const struct plan *plan;
    const struct sources *sources;
    struct journal journal;
    char *out;       /* the folder, without a slash at its end */
    char *temporary; /* OUT.tmp: files that are not whole yet */
    uint64_t *order; /* item of the plan to make, for each workload index: only what is missing */
    uint64_t missing;
};

/* What the workload leaves behind in the item table. */
struct batch_payload {
    char text[256]; /* why it failed */
};

/* Makes the folders and finds out which items are missing. stamp is everything the bytes depend on. Returns
 * 0, or -1 with fault (another data set is there, not writable, another build at work). */
int batch_open(struct batch *batch, const char *out, const char *stamp, const struct plan *plan,
               const struct sources *sources, struct fault *fault);

/* items = batch->missing, context = batch. */
struct workload batch_workload(struct batch *batch);

/* When every item is whole: writes OUT.tsv and removes OUT.tmp; *bytes is their sum. Returns 0, or -1 with
 * fault. */
int batch_finish(struct batch *batch, uint64_t *bytes, struct fault *fault);
void batch_close(struct batch *batch);

#endif
