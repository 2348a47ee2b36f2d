/* pool_internal.h: the parent's side of the pool, shared by the files that make it up.
 *
 *     pool.c        the run: set-up, the loop, signals, the outcome
 *     pool_rest.c   what is left when all workers have ended
 *     pool_slots.c  the slots' processes: start, refill after a pause, kill
 *     pool_time.c   limits of time and threads
 *     pool_reap.c   ends of processes: the consequences for the item, the slot and the run
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
    bool crowded;   /* killed for its number of threads */
};

/* What decides is the parent's own: a worker that a file has taken over may write anything into the item table, at any
 * time, and must neither keep the run from ending nor make an item be tried for ever. So attempts are counted here,
 * what cannot be blamed on an item is limited, and in the end items that are not final are done one at a time, by a
 * worker that the parent has given the item.
 *
 * While a pool runs. Descriptors are -1 when closed. */
struct pool {
    const struct workload *workload;
    const struct pool_options *options;
    struct item_table *table;
    struct control control;
    struct said said;
    uint8_t *tries; /* by item: processes that ended with it */
    struct pool_slot *slots;
    uint64_t *order;
    int ready_fd, signal_fd;
    sigset_t old_mask;
    uint32_t alive;        /* processes forked and not reaped */
    uint32_t refills;      /* slots that wait for another process */
    bool gate_open;        /* every slot has been READY once */
    uint32_t deaths;       /* since the last item done or given up */
    uint64_t strays;       /* deaths that no item was blamed for, in the whole run */
    uint32_t start_deaths; /* in a row, of processes that were not READY yet */
    uint32_t refusals;     /* of fork, in a row */
    uint64_t done_seen;    /* items done when deaths was last reset; never falls */
    uint64_t looked_ns;    /* when the time limit was last looked at */
    uint64_t threads_ns;   /* when threads were last counted */
    uint64_t watched_ns;   /* when options->watch was last called */
    uint64_t still_ns;     /* for how long no item has become final ... */
    uint64_t final_seen;   /* ... beyond these */
    bool alone;            /* one worker does the one item that it was given: this one */
    uint64_t alone_index;
    int signal_number;  /* 0, or the signal that asked us to stop */
    uint64_t signal_ns; /* when the first one came */
    bool killed;        /* all workers were killed: the items they held are not the cause */
    bool failed;        /* fault is set; workers are being ended */
    struct fault *fault;
};

/* Ends the run with one reason; later ones are dropped. */
void pool_fail(struct pool *pool, const char *what, const char *why);
void pool_fail_for(struct pool *pool, const char *what, const struct fault *why);

/* Is the item neither DONE nor FAILED? */
bool pool_is_pending(const struct pool *pool, uint64_t index);
uint64_t pool_count_pending(const struct pool *pool);

/* pool.c: until no process is left and none is due. */
void pool_watch(struct pool *pool);

/* pool_rest.c: does what is neither DONE nor FAILED when all workers have ended in good order. */
void pool_finish_rest(struct pool *pool);

/* pool_slots.c */
int pool_spawn(struct pool *pool, uint32_t slot);
/* Another process for the slot, after a pause that grows with the deaths in a row. */
void pool_refill_later(struct pool *pool, uint32_t slot);
/* Starts the processes whose pause is over. */
void pool_refill_due(struct pool *pool);
void pool_kill_all(struct pool *pool);

/* pool_time.c */
/* Kills workers that have been with one item for longer than the limit, all workers when none of them has finished
 * anything for more than twice as long, and those with too many threads. */
void pool_check_time(struct pool *pool);

/* pool_reap.c: handles every process that has ended. */
void pool_reap(struct pool *pool);
/* One more process has ended with the item, whatever the item table says; after POOL_MAX_ATTEMPTS it is given up. */
void pool_blame(struct pool *pool, uint64_t index, const char *why);

#endif
