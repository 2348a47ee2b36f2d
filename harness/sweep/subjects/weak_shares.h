/* weak_shares.h: weak scaling of the batch: the items of a trial with n workers, and the bytes that it must produce.
 *
 * The items of the study are dealt into as many shares as the largest worker count, all of nearly equal cost; a
 * trial with n workers does shares 1 to n. The cost of an item is its CPU time in the serial reference run: in order
 * of cost, each round of the deal gives the costliest of the next items to the share with the lowest sum so far
 * (largest processing time first, Graham 1969, SIAM J. Appl. Math. 17(2), by rounds so that all shares have as many
 * items and similar tails).
 *
 * Sequence: weak_shares_learn() and weak_shares_record() with the reference run, or weak_shares_read() from an
 * existing study; weak_shares_make_parts(); weak_shares_part(); weak_shares_release().
 */
#ifndef KNEE_WEAK_SHARES_H
#define KNEE_WEAK_SHARES_H

#include <limits.h>
#include <stdint.h>

#include "harness/sweep/plan.h"
#include "harness/sweep/subjects/item_choice.h"
#include "harness/trial/trial.h"

/* The work of a trial with a number of workers. */
struct weak_part {
    uint32_t workers;
    char list[PATH_MAX]; /* file with its items, for `knee run --list` */
    int64_t *ids;        /* owned */
    struct trial_part part;
    struct trial_expected expected;
};

struct weak_shares {
    uint64_t items;      /* of the study */
    uint32_t *share;     /* of each item, from 1; owned */
    uint8_t (*made)[32]; /* digest of the serial run's renditions of each item, 0 when it failed; owned */
    double spread;       /* costliest share over cheapest, less 1, by the serial run */
    struct weak_part *parts;
    uint32_t part_count;
};

/* Deals count items of the given costs (>= 0) into shares: share[count] gets numbers from 1. count is a multiple of
 * shares. Returns how much the costliest share is above the cheapest, relative; -1 when memory is short. Pure. */
double weak_shares_deal(const double *cost, uint64_t count, uint32_t shares, uint32_t *share);

/* From the table of the serial reference run over all items of the study. Returns 0, or -1 with fault. */
int weak_shares_learn(struct weak_shares *weak, const struct item_table *reference, uint32_t shares,
                      struct fault *fault);
/* The study's fact 'weak_shares', within the caller's transaction. Both return 0, or -1 with fault. */
int weak_shares_record(const struct weak_shares *weak, struct study *study, struct fault *fault);
int weak_shares_read(struct weak_shares *weak, struct study *study, struct fault *fault);

/* One part for each worker count of the plan; writes their lists into the folder. all: the expectation of a trial
 * that does all items; its limits and cores hold for the parts too. Returns 0, or -1 with fault. */
int weak_shares_make_parts(struct weak_shares *weak, const struct plan *plan, const struct item_choice *items,
                           const struct batch *batch, const char *folder, const struct trial_expected *all,
                           struct fault *fault);

/* Of a trial with a pool; NULL: there is none. The serial run does all items. */
const struct weak_part *weak_shares_part(const struct weak_shares *weak, uint32_t workers);

/* Safe on a zeroed struct. */
void weak_shares_release(struct weak_shares *weak);

#endif
