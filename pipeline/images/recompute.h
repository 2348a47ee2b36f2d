/* recompute.h: does items of a finished run again and compares the bytes, as a workload for the pool (workload.h).
 *
 * A worker of `knee run` that a file has taken over can change the outputs of other items and what is said of them
 * (docs/robustness.md). So here each item has a process of its own, confined as a worker is, with a folder of its own
 * to write to: what a file can take over is the process that does this one file, and the outputs that it can change are
 * its own. The pool's workers start these processes, read what they have written, compare it with the output folder
 * and the manifest, and parse no image; so the pool that runs this workload needs no sandbox.
 *
 * Caller's sequence, in the parent: image_workload_init() for the whole batch, a table of `drawn_count`
 * items with sizeof(struct recompute_result) as payload, recompute_fill(), pool_run() without a sandbox, then
 * item_table_item_payload() of each item.
 */
#ifndef KNEE_RECOMPUTE_H
#define KNEE_RECOMPUTE_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/image_workload.h"
#include "pipeline/images/output/failed_list.h"
#include "pipeline/images/output/manifest.h"
#include "pipeline/pool/pool.h"
#include "pipeline/pool/sandbox.h"

enum recompute_verdict {
    RECOMPUTE_NONE,     /* not done: the run was interrupted */
    RECOMPUTE_SAME,     /* every output has the same bytes, or the item fails as before */
    RECOMPUTE_DIFFERENT /* text says how */
};

/* Item payload. */
struct recompute_result {
    uint32_t verdict; /* enum recompute_verdict */
    char text[600];   /* NUL-terminated; of a difference */
};

struct recompute {
    const struct image_workload
        *images;                      /* of the whole batch; positions is set; its output_root is not used */
    const char *out;                  /* the output folder of the run that is looked at */
    const struct manifest *manifest;  /* of out */
    const struct failed_list *failed; /* of out */
    const uint32_t *drawn;            /* items of the batch */
    uint64_t drawn_count;
    const char *scratch;               /* a folder for temporary files */
    const struct sandbox *sandbox;     /* what an item's process may read; recompute adds what it may write */
    const struct pool_options *limits; /* of an item: item_timeout_*, memory_bytes */
    const struct item_table *own_table; /* the pool's: kept away from the items' processes */
};

/* Fills workload; recompute and all that it points to must stay where they are. */
void recompute_fill(struct recompute *recompute, struct workload *workload);

#endif
