/* workload.h: the work that the pool runs. The pool does not depend on images, nor a workload on workers.
 *
 * Call order: in the parent only weight() and lost(). In each worker process: init() once, item() for each
 * item it claims, one after another, release() at the end. item() may be called again for an index whose
 * worker died.
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
    WORKLOAD_FAILED = -1, /* fault: this item failed; the worker is intact and continues */
    WORKLOAD_STOP =
        -2 /* fault: the cause is the machine (disk full, no descriptors): the run ends, and the item stays PENDING */
};

struct workload {
    const char *name;
    void *context; /* made before fork, read-only in workers */
    uint64_t items;
    uint32_t payload_bytes; /* needed behind each item record */
    bool measure_cpu; /* fill record->cpu_ns: two system calls an item, too slow for items of microseconds */

    /* Expected cost of an item, any unit, for the largest-first policy; NULL when unknown. */
    uint64_t (*weight)(const void *context, uint64_t index);

    /* In the worker, before READY. *state is the worker's own. Returns 0, or -1 with fault: the run ends. */
    int (*init)(void *context, void **state, struct fault *fault);

    /* Does item index, fills record (kind, engine, stage, stage_ns, sizes, coding, error) and
     * payload. Returns enum workload_result. The pool stores the state, and the fault's text as
     * the reason of a failed item (item_table_reason()). */
    int (*item)(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                struct fault *fault);

    void (*release)(void *context, void *state);

    /* In the parent, for an item given up because its workers died; why is the reason ("its worker killed
     * by signal 11 (SIGSEGV), at attempt 2 of 2"). May be NULL. */
    void (*lost)(void *context, uint64_t index, struct item_record *record, void *payload, const char *why);
};

#endif
