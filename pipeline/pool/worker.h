/* worker.h: the child's side of the pool (pool.h), shared with the run that has no pool.
 *
 * The control block is shared memory between the parent and its workers: the gate, the request to stop, and
 * for each slot the reason that its worker may leave. It is mapped before the first fork and never resized.
 */
#ifndef KNEE_WORKER_H
#define KNEE_WORKER_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "pipeline/pool/pool.h"

/* How a worker ends; anything else is a death. */
enum worker_exit {
    WORKER_EXIT_GOOD = 0,
    WORKER_EXIT_FAULT = 81,  /* the run has to end: control->faults[slot] has the reason */
    WORKER_EXIT_ORPHAN = 82, /* the parent was gone before the worker could tie itself to it */
};

struct pool_control {
    _Atomic uint32_t gate; /* futex word: 0 closed, 1 open */
    _Atomic uint32_t stop; /* 1: finish the current item, claim no more */
    struct fault faults[]; /* one for each slot, written by its worker alone, read after its end */
};

struct worker_task {
    const struct workload *workload;
    const struct pool_options *options;
    struct item_table *table;
    const uint64_t *order;
    struct pool_control *control;
    uint32_t slot;
    pid_t parent;
    int ready_fd; /* eventfd: one per worker that reports READY */
};

/* The whole life of a worker process, from its first instant to _exit. Signals are blocked by the parent
 * before fork. */
void worker_main(const struct worker_task *task) __attribute__((noreturn));

/* Does the item at one position of the order: hooks, times, state. Also the body of the serial run. Returns
 * 0, or -1 with fault when the run has to end and the item stays PENDING. */
int worker_do_item(const struct worker_task *task, void *state, uint64_t index, uint64_t claim_ns,
                   struct fault *fault);

/* Opens the gate for all workers, also for those that come to it later. */
void worker_open_gate(struct pool_control *control);

/* Adds the resource usage of a process of the slot to its record. */
void worker_add_usage(struct worker_record *worker, const struct rusage *usage);

/* Hooks that may be missing. */
int worker_hook_begin(const struct worker_task *task, struct fault *fault);
int worker_hook_ready(const struct worker_task *task, struct fault *fault);
void worker_hook_end(const struct worker_task *task);

#endif
