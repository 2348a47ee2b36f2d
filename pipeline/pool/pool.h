/* pool.h: forked workers over a workload.
 *
 * Life of a worker:   FORKED -> INIT -> READY -> (gate) -> RUNNING -> TAIL -> EXITED
 *                        \________\________\_________________\________\----> DEAD
 *
 * The parent must be single-threaded. It blocks SIGCHLD, SIGINT and SIGTERM, forks all workers, waits until
 * each is READY, opens the gate for all at once, and reaps with wait4. A worker ties its life to the parent
 * (PR_SET_PDEATHSIG and a check of the parent's pid), ends in _exit and does not touch the parent's files.
 *
 * When a worker dies no other item is lost: a new process takes over its slot, retries the item on which it
 * died once, and does the rest of its chunk. An item whose second worker dies too is FAILED (workload->lost
 * gets the reason), and so is one whose worker was killed because of the item's time limit. A slot is
 * refilled after a pause that grows with the number of consecutive deaths. The run ends with one error after
 * 5 consecutive deaths before READY, after more than 20 + 2 * workers deaths without an item finished or given up, or
 * after more than 200 + items / 4 deaths for which there was no item to blame.
 *
 * The first SIGINT or SIGTERM lets workers finish their items, another one (0.3 s later or more) kills them.
 */
#ifndef KNEE_POOL_H
#define KNEE_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/pool/chunk.h"
#include "pipeline/pool/item_table.h"
#include "pipeline/pool/sandbox.h"
#include "pipeline/pool/workload.h"

#define POOL_MAX_WORKERS  1024
#define POOL_MAX_ATTEMPTS 2

/* Called in the worker process, except fork_begin and fork_end; all may be NULL. payload is the worker's
 * in the table (worker_payload_bytes). A hook that returns -1 with fault ends the worker and the run with
 * that reason. */
struct pool_hooks {
    void *context;
    /* In the parent: before the first fork, and when every worker has been forked once. -1 with fault ends the run. */
    int (*fork_begin)(void *context, struct fault *fault);
    int (*fork_end)(void *context, struct fault *fault);
    int (*worker_begin)(void *context, uint32_t slot, void *payload,
                        struct fault *fault); /* before init: pin */
    int (*worker_ready)(void *context, uint32_t slot, void *payload,
                        struct fault *fault); /* after init: open counters */
    void (*item_begin)(void *context, uint32_t slot, void *payload, uint64_t index);
    void (*item_end)(void *context, uint32_t slot, void *payload, uint64_t index);
    void (*worker_end)(void *context, uint32_t slot, void *payload); /* no more work: read counters */
};

struct pool_options {
    uint32_t workers; /* 1 .. POOL_MAX_WORKERS */
    uint64_t chunk;   /* at least 1 */
    enum chunk_policy policy;
    const struct pool_hooks *hooks; /* NULL: none */
    const uint32_t *fork_order;     /* every slot once, in the order they are forked first; NULL: by number */
    uint64_t item_timeout_ns;       /* a worker that holds an item for longer is killed; 0: no limit */
    const char *item_timeout_advice; /* how the user sets it, for the item's reason; NULL: not said */
    uint64_t memory_bytes;  /* of private, writable memory for each worker (RLIMIT_DATA); 0: no limit */
    bool memory_is_default; /* nobody asked for that limit: reasons do not suspect it */
    uint64_t file_bytes;    /* largest file that a worker may write (RLIMIT_FSIZE), 8 GiB at most; 0: that */
    /* Called by the process that makes an item final (its worker, or the parent for one given up): its
     * record is complete, and its state becomes `state` (ITEM_DONE or ITEM_FAILED) afterwards. -1 with
     * fault ends the run, and the item stays PENDING. NULL: none. */
    int (*on_item_final)(void *context, uint64_t index, enum item_state state, struct fault *fault);
    void *on_item_final_context;
    /* Confines every worker, between hooks->worker_begin and the workload's initializer; NULL: none. */
    const struct sandbox *sandbox;
    /* Called in the parent once a second, and at the end: -1 with fault kills all workers and ends the run. NULL:
     * none. */
    int (*watch)(void *context, const struct item_table *table, struct fault *fault);
    void *watch_context;
    /* Called in the parent about ten times a second while items are worked on; NULL: none. */
    void (*progress)(void *context, const struct item_table *table);
    void *progress_context;
};

enum pool_result {
    POOL_OK = 0,          /* every item is DONE or FAILED */
    POOL_ERROR = -1,      /* fault says why; finished items stay finished */
    POOL_INTERRUPTED = -2 /* SIGINT or SIGTERM: what is not finished is PENDING */
};

/* Runs the workload; items that are DONE or FAILED in the table already are skipped. table has been made
 * with at least workload->payload_bytes and options->workers. *signal_number is set when interrupted. */
enum pool_result pool_run(const struct workload *workload, const struct pool_options *options,
                          struct item_table *table, int *signal_number, struct fault *fault);

/* Runs the workload in one process at a time, in item order, without anything to share: the reference that the pool
 * must match. That process is a child, confined and limited as a worker is, so that the same items fail with the same
 * reasons. Only options->hooks (slot 0's), on_item_final, progress, sandbox and the limits count. Fills worker record
 * 0, the header and the items as pool_run does. */
enum pool_result pool_run_serial(const struct workload *workload, const struct pool_options *options,
                                 struct item_table *table, int *signal_number, struct fault *fault);

/* A wait status in words: "exited with code 3", "killed by signal 11 (SIGSEGV)". Returns text. */
const char *pool_wait_words(int wait_status, char *text, unsigned long text_bytes);

#endif
