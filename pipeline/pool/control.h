/* control.h: what parent and workers say to one another outside the item table.
 *
 * The parent's words (struct pool_control: the gate, the request to stop) are shared memory that only it can write:
 * workers have a mapping that the kernel never makes writable (a sealed memfd, Linux 5.1; before that a mapping that is
 * merely protected), so that none of them can stop or hold up the others. Workers write one thing: the reason why one
 * of them leaves, each in its own place, which the parent reads as a claim.
 *
 * Caller's sequence: control_open() before the first fork; control_open_gate(), control_stop() in the parent;
 * `shown` and `faults` in workers; control_close().
 */
#ifndef KNEE_CONTROL_H
#define KNEE_CONTROL_H

#include <stdatomic.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

struct pool_control {
    _Atomic uint32_t gate; /* futex word: 0 closed, 1 open */
    _Atomic uint32_t stop; /* 1: finish the current item, claim no more */
};

struct control {
    struct pool_control *own;         /* the parent's; not there in its children */
    const struct pool_control *shown; /* the same memory, as workers see it */
    struct fault *faults;             /* one for each slot, written by its worker alone, read after its end */
    uint32_t slots;
};

/* Returns 0, or -1 with fault and nothing to close. */
int control_open(struct control *control, uint32_t slots, struct fault *fault);
void control_close(struct control *control);

/* Opens the gate for all workers, also for those that come to it later. */
void control_open_gate(struct control *control);
/* Workers finish their items and claim no more. */
void control_stop(struct control *control);

/* In a worker: waits until the gate is open; looked() is called once a second meanwhile. */
void control_wait_at_gate(const struct pool_control *shown, void (*looked)(const void *context),
                          const void *context);

/* A copy of the reason that the worker of the slot has left, made fit to be printed whatever is there. */
struct fault control_fault(const struct control *control, uint32_t slot);

#endif
