/* account.h: where the core-seconds of one trial went (docs/statistics.md, section 6).
 *
 * n workers during T seconds cost n T core-seconds. Each worker's time from the trial's start to its end is
 * cut into spans that follow one another, so that the causes below add up to n T; what is left over (`gap_s`)
 * is not 0 only where instants contradict each other, and shows that the record is not to be trusted.
 *
 *   serial      before the first fork and after the last worker's last item: all n wait for one
 *   spawn       from the first fork to the worker's first instant, and its wait at the gate for later forks
 *   init        from there until it is ready, and the rest of its wait at the gate
 *   dispatch    wake-up, claims, gaps between items
 *   useful      CPU time of its items, as much as they cost with one worker
 *   inflation   CPU time beyond that: fixed per item and kind, by size (robust regression over the trial's items on all
 *               amounts of size_regression.h that the study has), and the rest. May be negative: faster than with one
 *               worker. The slopes of the sizes are one cause: large files have many pixels, and the regression may
 *               give one slope what it takes from another, but not their sum
 *   waiting     within items, ready to run and without a core: the worker's run-queue delay, at most the time its items
 * were off the CPU (threads of one process that wait for each other are in the delay, but not off the CPU)
 *   held        a part of that: the CPU quota of the cgroup held the trial's processes (its throttled time, at most
 *               what was waiting; where the run-queue delay is not known, at most what was off the CPU beyond one
 *               worker's)
 *   blocked     within items, off the CPU and not waiting: as much as with one worker (I/O)
 *   blocked-more  beyond that (locks, shared devices). May be negative
 *   off-cpu     that and waiting together, where the run-queue delay of a worker is not recorded: no core, or blocked
 *   tail        found no more work while others still worked
 *
 * "With one worker" is the reference: account_costs_median() over the one-worker trials of the study. Where the
 * run-queue delay is not recorded, waiting and blocked-more are unknown, and off-cpu is their sum. An item
 * without a reference counts as useful at what it cost, and as not named. Where the CPU time of items is not
 * recorded, wall time takes its place: blocked time is then a part of useful and inflation, and unknown.
 *
 * Times are seconds, instants seconds since the trial's start; NaN is "not measured".
 */
#ifndef KNEE_ACCOUNT_H
#define KNEE_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/size/size_regression.h"

enum account_cause {
    CAUSE_SERIAL,
    CAUSE_SPAWN,
    CAUSE_INIT,
    CAUSE_DISPATCH,
    CAUSE_USEFUL,
    CAUSE_INFLATION_FIXED,
    CAUSE_INFLATION_SIZE,
    CAUSE_INFLATION_REST,
    CAUSE_WAITING,
    CAUSE_HELD,
    CAUSE_BLOCKED,
    CAUSE_BLOCKED_MORE,
    CAUSE_OFF_CPU,
    CAUSE_TAIL,
    ACCOUNT_CAUSES
};

/* What an item costs with one worker. */
struct account_cost {
    int64_t id;
    double cpu_s, blocked_s, wall_s;
    double lock_at_s; /* from its start until it takes the lock of all workers; NaN none, or not known */
    double locked_s;  /* for how long it holds that lock; NaN the same */
};

struct account_item {
    unsigned worker; /* slot */
    double claim_s, start_s, end_s, cpu_s;
    double amount[SIZE_TERMS]; /* of size_regression.h, as the kind is */
    unsigned kind;
    const struct account_cost *cost; /* with one worker; NULL: not known. Not owned */
};

struct account_worker {
    double fork_s, begin_s, ready_s, go_s, loop_end_s;
    double runqueue_s; /* delay from ready to end */
};

struct account_trial {
    double wall_s;
    double gate_s; /* the gate was opened; NaN: not known */
    double held_s; /* by the CPU quota, sum over CPUs; NaN: not known */
    const struct account_worker *worker;
    size_t workers;
    const struct account_item *item;
    size_t items;
};

struct account {
    double total_s;                     /* n T; NaN: no account, see reason[CAUSE_USEFUL] */
    double core_s[ACCOUNT_CAUSES];      /* NaN: not known, see reason */
    const char *reason[ACCOUNT_CAUSES]; /* NULL when known */
    double gap_s;                       /* total less the sum of all spans; closure is |gap| / total */
    double unnamed_s;                   /* at least 0: the gap, and items without reference */
    double hidden_cpu_s; /* CPU time of items beyond one core's (threads of theirs on other cores): in no
                            cause */
    double busiest_cpu_s, mean_cpu_s; /* CPU time in items of a worker: largest and mean */
    double busiest_transfer_s;        /* dispatch and blocked time of the busiest worker; NaN: not known */
};

/* "serial", "inflation-size", ...: names for files. */
const char *account_cause_name(enum account_cause cause);
/* The same for people. */
const char *account_cause_label(enum account_cause cause);

/* Returns 0, or -1 when memory is short. A trial without workers or with instants missing has no account. */
int account_make(const struct account_trial *trial, struct account *account);

/* The largest cause among all but useful; causes that are not known do not take part. ACCOUNT_CAUSES when none is above
 * 0.
 */
enum account_cause account_top(const double core_s[ACCOUNT_CAUSES]);

/* Sorts costs by id and leaves one for each id, the median of each quantity. Returns how many are left. */
size_t account_costs_median(struct account_cost *costs, size_t count);
/* Of costs sorted by id; NULL when it is not there. */
const struct account_cost *account_cost_of(const struct account_cost *costs, size_t count, int64_t id);

#endif
