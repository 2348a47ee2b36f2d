/* sweep_weak.h: weak scaling of the pipeline: which items a trial with n workers does, and what must come out.
 *
 * The items of the study are dealt into as many shares as the largest worker count, each as much work as any other; a
 * trial with n workers does shares 1 to n. How much work an item is the serial reference run has measured: by its CPU
 * time the items are put in order, and each round of the deal gives the costliest of the next ones to the share that
 * has least so far (largest processing time first, Graham 1969, SIAM J. Appl. Math. 17(2), held to rounds so that all
 * shares have as many items and their tails are alike).
 *
 * Caller's sequence: sweep_weak_learn() and sweep_weak_record() with the reference run, or sweep_weak_read() when a
 * study is resumed; sweep_weak_parts(); sweep_weak_part_of(); sweep_weak_release().
 */
#ifndef KNEE_SWEEP_WEAK_H
#define KNEE_SWEEP_WEAK_H

#include <limits.h>
#include <stdint.h>

#include "harness/sweep/sweep_setup.h"
#include "harness/trial/trial.h"

/* What a trial with so many workers does. */
struct sweep_weak_part {
    uint32_t workers;
    char list[PATH_MAX]; /* file with its items, for `knee run --list` */
    int64_t *ids;        /* owned */
    struct trial_part part;
    struct trial_expected expected;
};

struct sweep_weak {
    uint64_t items;      /* of the study */
    uint32_t *share;     /* of each, from 1; owned */
    uint8_t (*made)[32]; /* digest of what the serial run made of each, 0 when it failed; owned */
    double spread;       /* costliest share over cheapest, less 1, by the serial run */
    struct sweep_weak_part *parts;
    uint32_t part_count;
};

/* Deals count items of the given costs (>= 0) into shares: share[count] gets numbers from 1. count is a multiple of
 * shares. Returns how much the costliest share is above the cheapest, relative; -1 when memory is short. Pure. */
double sweep_weak_deal(const double *cost, uint64_t count, uint32_t shares, uint32_t *share);

/* From the table of the serial reference run over all items of the study. Returns 0, or -1 with fault. */
int sweep_weak_learn(struct sweep_weak *weak, const struct item_table *reference, uint32_t shares,
                     struct fault *fault);
/* The study's fact 'weak_shares', within the caller's transaction. Both return 0, or -1 with fault. */
int sweep_weak_record(const struct sweep_weak *weak, struct study *study, struct fault *fault);
int sweep_weak_read(struct sweep_weak *weak, struct study *study, struct fault *fault);

/* One part for each worker count of the plan; writes their lists into the folder. all: what is expected of a trial
 * that does all items; its limits and cores hold for the parts too. Returns 0, or -1 with fault. */
int sweep_weak_parts(struct sweep_weak *weak, const struct plan *plan, const struct sweep_items *items,
                     const struct sweep_inputs *inputs, const char *folder, const struct trial_expected *all,
                     struct fault *fault);

/* Of a cell; NULL for the serial one, which does all items. */
const struct sweep_weak_part *sweep_weak_part_of(const struct sweep_weak *weak, const struct plan_cell *cell);

/* Safe on a zeroed struct. */
void sweep_weak_release(struct sweep_weak *weak);

#endif
