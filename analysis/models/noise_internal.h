/* noise_internal.h: the noise of log T about the effects of worker counts and blocks, and what it does to a fit.
 *
 * Two descriptions of it, and what lies between:
 *   pooled   the noise is alike for all worker counts, as far as tests see: each has its own variance with that of all
 *            as a prior along their trend (noise_at_cell()), with the degrees of freedom of all repetitions
 *   own      it is not. With blocks, each block gives an estimate of its own; their spread is Student's with one degree
 *            of freedom less than blocks, whatever the noise of each worker count and however noise within a block
 *            hangs together (cluster-robust variance with the correction of Bell and McCaffrey 2002, "Bias reduction in
 *            standard errors for linear regression with multi-stage samples", Survey Methodology 28(2)). Without, each
 *            worker count has the variance of its own repetitions, degrees of freedom by Satterthwaite.
 * Which one holds is decided by a trend of the variances with log n, by Bartlett's test and by an F test of the loudest
 * worker count. Strong evidence (1.3% together) takes the own one. Weak evidence takes the mean of both variances, with
 * twice the degrees of freedom of the own one: a test that sees nothing in few blocks is no proof that noise is alike.
 */
#ifndef KNEE_NOISE_INTERNAL_H
#define KNEE_NOISE_INTERNAL_H

#include "analysis/models/design_internal.h"
#include "analysis/models/models.h"

/* Times are known to twelve digits at best: a mean square below that is none. */
#define NO_NOISE 1e-24

/* Noise of each worker count, cell_variance[cells] and cell_df[cells] (NaN and 0: one observation). */
void noise_of_cells(const struct design *design, double *cell_variance, double *cell_df);

/* The variance of one worker count, and its degrees of freedom; NaN: not known. That of all, along their trend with log
 * n as far as that is more than chance, is its prior (shrink.h): the noise of one trial there, whether or not the tests
 * see that noise differs. */
void noise_at_cell(const struct design *design, size_t cell, double *variance, double *df);

/* The facts of struct model_noise. */
struct model_noise noise_describe(const struct design *design);

/* What q, estimates that are linear in log T, vary by: estimate j is the sum over observations of (q[j][cell] less its
 * mean in the block) times log T; estimate `count` is the mean over blocks of level[b], 1/B of each block. covariance
 * is [count + 1][count + 1] and holds the level last; its row and column are 0 without blocks to compare. */
struct noise_spread {
    double covariance[MODEL_SHAPES + 1][MODEL_SHAPES + 1];
    double df;
};
struct noise_spread noise_spread(const struct design *design, const struct model_noise *noise,
                                 const double *q, size_t count, const double *level);

#endif
