/* fit_account.h: the core-second account of a study: every trial, every cell, and what a cause costs in
 * speedup.
 *
 * Sequence: study_read(), fit_account_make(); fit_account_cell_at(), fit_account_compare(), the fields;
 * fit_account_json() (section `account` of fit.json); fit_account_release(). The study must outlive it.
 *
 * Of a cell only trials that count take part. Intervals: Student's t over blocks, of plain means (a cause may
 * be 0 or negative); differences between two cells are paired by block; speedups as in analysis/speedup/scaling.h.
 */
#ifndef KNEE_FIT_ACCOUNT_H
#define KNEE_FIT_ACCOUNT_H

#include <jansson.h>

#include "analysis/account/account.h"
#include "analysis/account/pop.h"
#include "analysis/statistics/interval.h"
#include "harness/study/study_data.h"
#include "pipeline/base/fault.h"

struct fit_account_trial {
    unsigned trial; /* index in the study */
    struct account account;
    double equal_tail_s; /* tail of the same run with items of equal size, that is, not caused by size */
    double
        lock_wait_s; /* of all items: before they had the lock, beyond that with one worker; 0 without one */
    struct pop pop;
};

struct fit_account_cell {
    unsigned cell, workers; /* cell: index in the study */
    size_t trials;          /* that count and have an account */
    struct interval total_s;
    double closure;                         /* largest |gap| / (n T) of its trials */
    double named;                           /* smallest named share of n T */
    struct interval core_s[ACCOUNT_CAUSES]; /* core-seconds */
    enum account_cause top;                 /* largest mean, useful left out; ACCOUNT_CAUSES none */
    struct interval
        pop[POP_FACTORS];        /* geometric means: each is the product of those below it, as in one trial */
    struct interval size_core_s; /* by image size: inflation per megapixel and megabyte, uneven tail; less the
                                    same with one worker */
    double size_lost;            /* that, as a share of n T; NaN not known */
    double size_share; /* that, as a share of all that is lost against one worker; NaN when nothing is */
    struct interval speedup;
    struct interval speedup_without[ACCOUNT_CAUSES]; /* were the cause gone, here and with one worker */
};

struct fit_account {
    const struct study_data *study; /* not owned */
    char reason[160];               /* why there is no account; empty when there is one */
    struct account_cost *costs;     /* with one worker, by id */
    size_t cost_count, cost_trials;
    GArray *trials; /* struct fit_account_trial: all that are not failed and have workers, in their order */
    GArray *cells;  /* struct fit_account_cell, in the study's order */
};

/* The cost of n workers beyond that of m workers, over the blocks that have both: 1 - m T(m) / (n T(n)) is the
 * efficiency lost, and the sum of `lost`. */
struct fit_account_difference {
    struct interval core_s[ACCOUNT_CAUSES]; /* core-seconds of n less those of m */
    struct interval total_s;
    double all_s;                /* n T(n), the mean of these blocks; NaN when there is none */
    double lost[ACCOUNT_CAUSES]; /* share of all_s; NaN not known */
    double left[ACCOUNT_CAUSES]; /* efficiency against m workers after this cause and those before it */
    double lost_total;
};

/* Returns 0, or -1 with fault when memory is short. A study without workers or one-worker trials has no
 * account (reason). */
int fit_account_make(const struct study_data *study, struct fit_account *account, struct fault *fault);
void fit_account_release(struct fit_account *account);

/* The cell of the curve with a number of workers; NULL none. */
const struct fit_account_cell *fit_account_cell_at(const struct fit_account *account, unsigned workers);

void fit_account_compare(const struct fit_account *account, const struct fit_account_cell *cell,
                         const struct fit_account_cell *against, struct fit_account_difference *difference);

/* Adds the account of one of the study's cells, if it has trials that count (fit_account_make()'s own). */
void fit_account_add_cell(struct fit_account *account, unsigned cell);

json_t *fit_account_json(const struct fit_account *account);

#endif
