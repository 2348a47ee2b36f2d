/* design_internal.h: the observations of a fit, reduced to what a model can be fitted to.
 *
 * log T = effect of the worker count + effect of the block + noise. The block effects (and with them T1) are
 * eliminated by the theorem of Frisch, Waugh and Lovell; what is left is one effect for each worker count, known but
 * for a constant, and the metric B in which sums of squares are measured: for a model whose log T at the worker counts
 * is g, the sum of squares that it leaves is pure + (effect - g)' B (effect - g). A search then costs the same for 10
 * rows and for 10,000. Where all blocks visit the worker counts in the same proportions (a complete sweep; data without
 * blocks), B is diagonal but for a product of one vector, and everything takes time in proportion to the worker counts.
 *
 * Sequence: design_make(), the fields, design_weigh() at will (a bootstrap), design_release().
 */
#ifndef KNEE_DESIGN_INTERNAL_H
#define KNEE_DESIGN_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/speedup/scaling.h"

enum { DESIGN_MOST_CELLS = 2000 };

struct design {
    size_t count, cells, blocks; /* observations that take part, worker counts, blocks (1 when unpaired) */
    unsigned *workers;           /* [cells] rising */
    size_t *cell, *block;        /* [count] of each observation; observations are sorted by block */
    double *log_time;            /* [count] */
    double *centred;             /* [count] log_time less its mean over the block */
    size_t *pattern;             /* [blocks] equal where blocks have the same worker counts; from 0 */
    size_t patterns;
    double *pattern_weight; /* [patterns] work */
    bool proportional;      /* B = diag(cell_size) - cell_size cell_size' / their sum */
    double *residual;       /* [count] what the effects of worker counts and blocks leave */
    double *cell_size;      /* [cells] observations, weighted */
    double *block_size;     /* [blocks] the same */
    double *block_mean;     /* [blocks] of log_time */
    double *metric;         /* [cells][cells] B */
    double *inverse;        /* [cells][cells] G with k' G k = k' B^-1 k for k of sum 0 */
    double *effect;         /* [cells] mean 0 */
    double *rounding;       /* [cells] variance of the mean by rounding of the times, scaling_rounding() */
    double *work;           /* [cells] */
    double *image;          /* [cells] work of design_distance() */
    double pure;            /* sum of squares of the residuals */
    unsigned df;            /* its degrees of freedom */
    bool paired;            /* block effects were eliminated */
};

/* Worker counts above data->cores do not take part. Unpaired data are one block. Returns 0, or -1 with reason: a time
 * without a logarithm, blocks that do not connect the worker counts, too many worker counts, no memory. */
int design_make(struct design *design, const struct scaling_data *data, char *reason, size_t reason_bytes);
void design_release(struct design *design);

/* Effects and metric again, each block counted block_weight times; residual and pure stay those of equal weights.
 * Returns 0, or -1 when the blocks with a weight do not connect the worker counts. */
int design_weigh(struct design *design, const double *block_weight);

/* image = B v; both [cells]. */
void design_apply(const struct design *design, const double *v, double *image);

/* The observation after the last of the block that begins at `from`. */
size_t design_block_end(const struct design *design, size_t from);

/* (effect - g)' B (effect - g); g is [cells] and is changed. */
double design_distance(const struct design *design, double *g);

/* How many groups of worker counts no block connects; 1 for a sound design, 0 without observations. */
size_t design_parts(const struct scaling_data *data);

#endif
