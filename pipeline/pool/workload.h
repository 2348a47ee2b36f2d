/* workload.h: what the pool runs. The pool knows nothing of images; a workload knows nothing of workers.
 *
 * Call order: in the parent nothing but weight(). In each worker process: init() once, item() for each item
 * it claims, one after another, release() at the end. item() may be called again for an index whose worker
 * died.
 */
#ifndef KNEE_WORKLOAD_H
#define KNEE_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/pool/item_table.h"

/* What item() returns. */
enum workload_result {
    WORKLOAD_DONE = 0,
    WORKLOAD_FAILED = -1, /* fault: this item failed, the worker is sound and goes on */
    WORKLOAD_STOP = -2    /* fault: the machine is at fault (disk full, no descriptors): the run ends, and the
                             item is still to be done */
};

struct workload {
    const char *name;
    void *context; /* made before fork, read-only in workers */
    uint64_t items;
    uint32_t payload_bytes; /* wanted behind each item record */
    bool measure_cpu; /* fill record->cpu_ns: two system calls an item, too dear for items of microseconds */

    /* Expected cost of an item, any unit, for the largest-first policy; NULL when unknown. */
    uint64_t (*weight)(const void *context, uint64_t index);

    /* In the worker, before READY. *state is the worker's own. Returns 0, or -1 with fault: the run ends. */
    int (*init)(void *context, void **state, struct fault *fault);

    /* Does item index, fills record (kind, engine, stage, stage_ns, bytes_*, width, height, error) and
     * payload. Returns enum workload_result. The text of a failed item's fault is the workload's to keep
     * (payload); the pool stores the state only. */
    int (*item)(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                struct fault *fault);

    void (*release)(void *context, void *state);

    /* In the parent, for an item given up because its workers died: tells the workload why ("killed by signal
     * 11 (SIGSEGV) in its worker, twice"). May be NULL. */
    void (*lost)(void *context, uint64_t index, struct item_record *record, void *payload, const char *why);
};

#endif
