/* noisy.h: the curve of a machine that does other work meanwhile: trials count by what others took.
 *
 * Weights. The difference log T(1,b) - log T(n,b) of block b has the weight 2 / (1/w(1,b) + 1/w(n,b)), as if the
 * variance of a trial were in inverse proportion to its weight w. The mean's variance is the larger of two estimates:
 * the one that is right where the weights are, and the one that holds whatever the weights are worth (White 1980,
 * Econometrica 48, with the residuals corrected as HC2 of MacKinnon and White 1985, J. Econometrics 29). Student's t
 * has the degrees of freedom of the effective number of blocks (Kish 1965, "Survey sampling"), at least 1. In
 * simulations with right, useless and too flat weights 95% intervals cover 94 to 99%.
 *
 * Bias. Others make trials slower, never faster, and no repetition shows by how much where all trials are alike. With
 * the share t of its workers' time taken, a trial would have taken from (1 - t) T to T on a quiet machine: T(n) reaches
 * down, and S(n) = T(1) / T(n) up by the share of n and down by that of 1. Both bounds are those of the quiet machine.
 * What others slow down otherwise (caches, memory, frequency) is not in it.
 */
#ifndef KNEE_NOISY_H
#define KNEE_NOISY_H

#include <stddef.h>

struct scaling_data;
struct scaling_point;

/* The trials with one worker count in one block. */
struct noisy_trial {
    unsigned workers, block;
    double weight; /* above 0, at most 1 */
    double taken;  /* share of the workers' time that others had, 0 to 1 */
};

/* Share of the time that is taken at most: more than that leaves no bound worth a number. */
#define NOISY_TAKEN_MOST 0.95

/* For scaling_curve(): times, speedups, efficiencies and spreads of all points by data->noisy. Where a block has
 * several trials of one worker count, their weights are added and the largest share counts. Data without blocks are
 * left as they are. Returns 0, or -1 when memory is short. */
int noisy_curve(const struct scaling_data *data, double level, struct scaling_point *points, size_t count);

#endif
