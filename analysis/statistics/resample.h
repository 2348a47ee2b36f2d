/* resample.h: bootstrap over blocks, seeded, with BCa intervals.
 *
 * Blocks, not trials, are drawn with replacement, since the trials of a block share the machine's state. A
 * draw is handed over as weights (how often each block was drawn), so that a statistic is computed from sums
 * and no data are copied; several statistics share one draw. Equal seed and input give equal output, on every
 * machine.
 *
 * BCa: Efron 1987, "Better bootstrap confidence intervals", JASA 82(397), acceleration from the jackknife. Many blocks
 * are left out in groups, which estimates the same acceleration: a statistic costs time in proportion to the blocks,
 * and the jackknife would cost time with their square.
 *
 * Few blocks: a bootstrap knows no more of the spread than the blocks show, and does not correct for their
 * small number: asked for 95%, it covers 84% on 5 blocks and 90% on 10. The level of its intervals is therefore the one
 * that they have, resample_coverage(), not the one that was asked for. Intervals by Student's t (scaling.h, models.h)
 * are the main ones; a bootstrap is a second opinion, and is refused below RESAMPLE_LEAST_BLOCKS.
 */
#ifndef KNEE_RESAMPLE_H
#define KNEE_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/statistics/interval.h"

enum { RESAMPLE_LEAST_BLOCKS = 5, RESAMPLE_MOST_GROUPS = 400, RESAMPLE_DEFAULT = 2000 };

/* Computes `statistics` numbers for the given block weights; NaN for one that cannot be computed. */
typedef void (*resample_statistic)(void *context, const double *block_weights, double *statistics);

struct resample_result {
    size_t blocks, groups, resamples,
        statistics;    /* groups of the jackknife: as many as blocks, up to the most */
    double *estimate;  /* [statistics] with every weight 1 */
    double *jackknife; /* [statistics][groups] without one group each */
    double *drawn;     /* [statistics][resamples] */
};

/* Returns 0, or -1 when memory is short or an argument is 0. Caller releases. */
int resample_run(resample_statistic statistic, void *context, size_t blocks, size_t statistics,
                 size_t resamples, uint64_t seed, struct resample_result *result);
void resample_release(struct resample_result *result);

/* How often an interval of nominal level over so few blocks holds the truth, to two digits: the spread of a mean in a
 * bootstrap is that of Student's t less its correction, P(|t| < z sqrt((n-1)/n)) with n - 1 degrees of freedom. NaN
 * below two blocks. */
double resample_coverage(size_t blocks, double level);

/* BCa interval of one statistic, at the level that it has: resample_coverage(). No bounds (value stays) below
 * RESAMPLE_LEAST_BLOCKS blocks, or when more than one draw in twenty gave no number. */
struct interval resample_bca(const struct resample_result *result, size_t statistic, double level);
/* Percentile interval, for statistics that are whole numbers; an infinite draw counts as beyond all others.
 */
struct interval resample_percentile(const struct resample_result *result, size_t statistic, double level);

#endif
