/* pool_internal.h: the parent's side of the pool, shared by the files that make it up.
 *
 *     pool.c        the run: set-up, the loop, signals, the outcome
 *     pool_slots.c  the slots' processes: start, refill after a pause, time limit, kill
 * pool_reap.c   ends of processes: the consequences for the item, the slot and the run
 */
#ifndef KNEE_POOL_INTERNAL_H
#define KNEE_POOL_INTERNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "pipeline/pool/pool.h"
#include "pipeline/pool/worker.h"

/* What the parent alone knows of a slot. */
struct pool_slot {
    pid_t pid;   /* of its process; 0 none alive. never read back from shared memory, for it gets signals */
    bool refill; /* its process has ended, and another one will take over ... */
    uint64_t refill_ns; /* ... not before this instant */
    /* For the time limit: the item it was last seen with, and for how long. */
    uint64_t held_index;
    uint16_t held_attempt; /* 0: none */
    uint64_t held_ns;
    bool timed_out; /* killed for it */
};

/* While a pool runs. Descriptors are -1 when closed. */
struct pool {
    const struct workload *workload;
    const struct pool_options *options;
    struct item_table *table;
    struct pool_control *control;
    struct pool_slot *slots;
    uint64_t *order;
    int ready_fd, signal_fd;
    sigset_t old_mask;
    uint32_t alive;        /* processes forked and not reaped */
    uint32_t refills;      /* slots that wait for another process */
    bool gate_open;        /* every slot has been READY once */
    uint32_t deaths;       /* since the last item done */
    uint32_t start_deaths; /* in a row, of processes that were not READY yet */
    uint32_t refusals;     /* of fork, in a row */
    uint64_t done_seen;    /* items done when deaths was last reset */
    uint64_t looked_ns;    /* when the time limit was last looked at */
    int signal_number;     /* 0, or the signal that asked us to stop */
    uint64_t signal_ns;    /* when the first one came */
    bool killed;           /* all workers were killed: the items they held are not the cause */
    bool failed;           /* fault is set; workers are being ended */
    struct fault *fault;
};

/* Ends the run with one reason; later ones are dropped. */
void pool_fail(struct pool *pool, const char *what, const char *why);

/* pool_slots.c */
int pool_spawn(struct pool *pool, uint32_t slot);
/* Another process for the slot, after a pause that grows with the deaths in a row. */
void pool_refill_later(struct pool *pool, uint32_t slot);
/* Starts the processes whose pause is over. */
void pool_refill_due(struct pool *pool);
void pool_kill_all(struct pool *pool);
/* Kills workers that have been with one item for longer than the limit. */
void pool_check_time(struct pool *pool);

/* pool_reap.c: handles every process that has ended. */
void pool_reap(struct pool *pool);

#endif
