/* simulate.h: the pool, simulated: how long a batch takes with n workers that nobody has tried.
 *
 * A run is: serial prefix; forks one after another; each worker's initializer; the gate, opened when the last
 * is ready; workers that claim chunks and work; serial suffix. Chunks are claimed by the pool's own rules
 * (static, dynamic, guided, largest-first: the pool's chunk.h; tests/unit/analysis/test_simulate.c compares the two).
 *
 * Items progress in work time. One second of work takes 1 / rate seconds of wall time,
 *     rate(a) = r(a) / (1 + contention (a r(a) - 1) + excess(a r(a))),  r(a) = min(1, cores / (a share))
 * with a workers at work and `share` the part of an item's time that needs a core: processor sharing when
 * there are more workers than cores, and items that slow each other down linearly (USL's first term), as many
 * as go on at a time: who waits for a core slows nobody down; excess is any other function of that number
 * (contention.h). As a is the same for all workers at a time, the order of events is that of work time, and one heap
 * of workers is enough: a run costs O(items log workers).
 *
 * What it leaves out: whose core it is (no affinity, no NUMA), memory limits, and how a blocked worker frees
 * its core item by item (only the share does).
 *
 * Pure: equal settings give equal results. Times are seconds; costs must be finite and not negative.
 */
#ifndef KNEE_SIMULATE_H
#define KNEE_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum simulate_policy {
    SIMULATE_STATIC,
    SIMULATE_DYNAMIC,
    SIMULATE_GUIDED,
    SIMULATE_LARGEST_FIRST,
    SIMULATE_POLICIES
};

/* A part of an item that one worker at a time can do. */
struct simulate_lock {
    double at_s;   /* after the item's start, of its time with one worker */
    double held_s; /* at most the rest of it; 0: none */
};

struct simulate_setting {
    unsigned workers; /* at least 1 */
    unsigned cores;   /* 0: as many as workers */
    uint64_t chunk;   /* at least 1 */
    enum simulate_policy policy;
    const double *cost_s; /* of each item with one worker */
    const size_t *order;  /* items in the order they are handed out; NULL: by index. For largest-first the
                             caller sorts (simulate_largest_first()) */
    size_t items;
    double share;      /* of an item's time that needs a core; 0: taken as 1 */
    double contention; /* slowdown of items by each further one that goes on */
    /* [excess_most + 1]: further slowdown with that many going on, linear in between; beyond it the last. NULL: none */
    const double *excess;
    unsigned excess_most;
    double prefix_s, suffix_s, suffix_per_worker_s;
    double fork_s;     /* from one fork to the next */
    double begin_s;    /* from a fork to the worker's first instant */
    double init_s;     /* of a worker, with a core of its own */
    double init_share; /* the part of it that needs a core; 0: taken as 1 */
    double claim_s;    /* of each claim */
    double gap_s;      /* of each item, before it starts */
    /* [items], in cost_s; NULL: none. Who comes first has it first; who waits is at work as far as others are slowed
     * down. */
    const struct simulate_lock *lock;
};

struct simulate_span {
    unsigned worker;
    double claim_s, start_s, end_s, cpu_s; /* instants since the start; CPU time */
};

struct simulate_worker {
    double fork_s, begin_s, ready_s, go_s, loop_end_s; /* instants since the start */
    double waiting_s;                                  /* at work without a core */
};

struct simulate_result {
    double wall_s;
    double go_s, work_end_s; /* instants: gate opened, last worker found no more work */
    double busy_core_s;      /* within items, all workers */
    double tail_core_s;      /* after the last item of each worker, until work_end_s */
    uint64_t claims;
};

/* span: one for each item; worker: one for each worker; NULL when not wanted. Returns 0, or -1 when memory is
 * short. */
int simulate_run(const struct simulate_setting *setting, struct simulate_result *result,
                 struct simulate_span *span, struct simulate_worker *worker);

/* By the pool's name of a policy; dynamic for one that is not known, or NULL. */
enum simulate_policy simulate_policy_of(const char *name);

/* order gets the items by falling weight; equal weights keep their order. Returns 0, or -1 when memory is
 * short. */
int simulate_largest_first(const double *weight, size_t items, size_t *order);

/* --- the rule of claims ----------------------------------------------------------------------- */

struct simulate_queue {
    enum simulate_policy policy;
    uint64_t chunk, items, next;
    unsigned workers;
    uint64_t *own_next; /* static: where each worker's own share goes on; owned by the caller, zeroed */
};

/* [*begin, *end) for worker slot; false: nothing left for it. */
bool simulate_claim(struct simulate_queue *queue, unsigned slot, uint64_t *begin, uint64_t *end);

#endif
