/* batch.h: the building of a data set as a workload for the pool: one workload item for each item of the plan
 * that is missing.
 *
 * Caller's sequence: dataset_batch_open(), pool_run() over dataset_batch_workload(), dataset_batch_finish(),
 * dataset_batch_close().
 */
#ifndef KNEE_DATASETS_BATCH_H
#define KNEE_DATASETS_BATCH_H

#include <stdint.h>

#include "datasets/journal.h"
#include "datasets/plan.h"
#include "datasets/sources.h"
#include "pipeline/base/fault.h"
#include "pipeline/pool/workload.h"

struct dataset_batch {
    const struct dataset_plan *plan;
    const struct sources *sources;
    struct journal journal;
    char *out;       /* the folder, without a slash at its end */
    char *temporary; /* OUT.tmp: files that are not complete yet */
    uint64_t *order; /* item of the plan to make, for each workload index: only what is missing */
    uint64_t missing;
};

/* Payload of an item's record. */
struct dataset_batch_payload {
    char text[256]; /* why it failed */
};

/* Makes the folders and finds out which items are missing. stamp is everything the bytes depend on. Returns
 * 0, or -1 with fault (another data set is there, not writable, another build at work). */
int dataset_batch_open(struct dataset_batch *batch, const char *out, const char *stamp,
                       const struct dataset_plan *plan, const struct sources *sources, struct fault *fault);

/* items = batch->missing, context = batch. */
struct workload dataset_batch_workload(struct dataset_batch *batch);

/* When every item is complete: writes OUT.tsv and removes OUT.tmp; *bytes is their sum. Returns 0, or -1
 * with fault. */
int dataset_batch_finish(struct dataset_batch *batch, uint64_t *bytes, struct fault *fault);
void dataset_batch_close(struct dataset_batch *batch);

#endif
