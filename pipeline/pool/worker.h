/* worker.h: the child's side of the pool (pool.h). */
#ifndef KNEE_WORKER_H
#define KNEE_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "pipeline/pool/control.h"
#include "pipeline/pool/pool.h"
#include "pipeline/pool/said.h"

/* How a worker ends; anything else is a death. */
enum worker_exit {
    WORKER_EXIT_GOOD = 0,
    WORKER_EXIT_FAULT = 81,  /* the run has to end: control.faults[slot] has the reason */
    WORKER_EXIT_ORPHAN = 82, /* the parent was gone before the worker could tie itself to it */
    WORKER_EXIT_MEMORY = 83  /* the item has left no memory for a thread within the worker's limit */
};

struct worker_task {
    const struct workload *workload;
    const struct pool_options *options;
    struct item_table *table;
    const uint64_t *order;
    const struct control *control;
    const struct said *said; /* what its standard error becomes when it is confined */
    uint32_t slot;
    pid_t parent;
    int ready_fd;   /* eventfd: one per worker that reports READY */
    bool gate_open; /* it is a successor: there is no gate to wait at */
    bool alone;     /* it does what its record says it has claimed, and claims no more */
};

/* The whole life of a worker process, from its first instant to _exit. Signals are blocked by the parent
 * before fork. */
void worker_main(const struct worker_task *task) __attribute__((noreturn));

/* Adds the resource usage of a process of the slot to its record. */
void worker_add_usage(struct worker_record *worker, const struct rusage *usage);

#endif
