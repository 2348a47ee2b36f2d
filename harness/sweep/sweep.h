/* sweep.h: the loop of a study: blocks of trials in random order, each appended to the study as soon as it
 * has ended, until the plan's stop rule is met or the budget is used up.
 *
 * Which trials are still to be done follows from the study alone: sweep_prepare() reads it, so that a sweep
 * that was killed continues with the trial in which it was killed. Per (cell, block):
 *
 *     to do --ok------------------> done
 *       |  \--failed--------------> done (bytes differ, or the run went wrong: kept, not repeated)
 *       |\---disturbed, and disturbed trials count (sweep_noise.h)--> done
 *       \----void--> to do again, at the end of the block, at most SWEEP_REPEATS times
 *
 * When these are used up without a trial that counts, disturbed ones may come to count, as they do for every reader of
 * the study. A block in which no trial counts even so is the last one: the others would be no better.
 * The time left counts such repeats, as often as they have been necessary so far. A block is begun only when the pace
 * so far says that it will end within the budget; repeats are left out when they would not. A block that turns out far
 * slower is broken off when the budget is exceeded by a whole predicted block.
 *
 * Sequence: fill the first part of the struct; sweep_prepare(); sweep_go(); sweep_finish() unless it was interrupted or
 * failed; sweep_release().
 */
#ifndef KNEE_SWEEP_H
#define KNEE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/study/study.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/subject.h"
#include "harness/sweep/sweep_antagonist.h"
#include "harness/sweep/sweep_noise.h"
#include "harness/sweep/sweep_precision.h"

enum { SWEEP_REPEATS = 2, SWEEP_FAILURES_MOST = 3 };

enum sweep_state {
    SWEEP_COMPLETE,    /* every block of the plan */
    SWEEP_SHORT,       /* the budget was used up before the last block */
    SWEEP_PRECISE,     /* PLAN_STOP_PRECISION: it is reached */
    SWEEP_ALL_VOID,    /* no trial of a whole block counts */
    SWEEP_INTERRUPTED, /* a signal: stopped_by */
    SWEEP_ERROR        /* fault */
};

struct sweep {
    /* Filled by the caller before sweep_prepare(). */
    struct study *study;
    struct subject *subject;
    struct plan plan; /* cells are numbered from 1 in the study */
    struct plan_costs costs;
    uint64_t seed;
    double budget_ns;
    double precision;        /* with PLAN_STOP_PRECISION: half-width of E(n) at which the sweep ends */
    double delta;            /* efficiency loss that defines the knee, for precision */
    const char *const *pins; /* one for each cell of the plan */
    enum noise_policy noise_policy;
    struct sweep_antagonist_place place; /* where antagonists run; only of a plan with some */
    /* After each block: what is known so far (sweep_interim.h); NULL none. */
    void (*interim)(void *context, uint32_t block, const char *text);
    /* After each trial: "block 2: 4 workers: 0.3450 s, ok"; NULL none. */
    void (*recorded)(void *context, const char *text);
    /* Called before each trial with the share of the trials that is done, by predicted time, the time left (at the pace
     * of the trials so far, and no more than the budget allows), and a text; NULL none. */
    void (*progress)(void *context, double share, double left_ns, const char *text);
    void *progress_context;

    /* Kept by the sweep. */
    struct sweep_slot {
        bool done;
        bool disturbed; /* a trial of it is; next to antagonists never */
        uint8_t voids;
    } * slots; /* [block * cell_count + cell] */
    struct sweep_noise noise;
    int64_t spent_ns;                      /* by the study so far, over all its sweeps */
    double trials_ns, trials_predicted_ns; /* measured and predicted time of its trials */
    double session_ns;                     /* predicted time of the trials done since sweep_prepare() */
    uint64_t trials, voids;                /* recorded so far, over all its sweeps; void ones among them */
    uint32_t failures_in_a_row;
    uint32_t blocks_run; /* blocks that have been begun */
    bool *visits;        /* by cell: this block visits it. Owned */
    struct sweep_precision reached;
    int stopped_by;
};

/* Reads which trials have been done. Returns 0, or -1 with fault: the study holds trials that are not of this plan. */
int sweep_prepare(struct sweep *sweep, struct fault *fault);
enum sweep_state sweep_go(struct sweep *sweep, struct fault *fault);
void sweep_release(struct sweep *sweep);

/* Records the cause of the end, the precision that was reached, and first-run effects, once the sweep has ended as
 * COMPLETE, SHORT, PRECISE or ALL_VOID. Returns 0, or -1 with fault. */
int sweep_finish(const struct sweep *sweep, enum sweep_state state, struct fault *fault);

/* "4 workers, chunk 16, dynamic", with chunk and policy where the subject has them; "serial". Returns text. */
const char *sweep_cell_text(const struct subject *subject, const struct plan_cell *cell, char *text,
                            size_t bytes);

/* Measured over predicted time of the trials so far; 1 before the first. */
double sweep_pace(const struct sweep *sweep);

#endif
