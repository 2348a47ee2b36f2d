/* linear_criterion.h: USL by least squares on throughput, for people who compare with programs that fit it so.
 *
 *   X(n) = gamma n / (1 + sigma (n-1) + kappa n (n-1)),  gamma > 0, 0 <= sigma <= 1, kappa >= 0
 *
 * This is what the R package usl fits (versions from 2.0; its alpha is sigma, its beta kappa): nonlinear least squares
 * of all measured throughputs, each with the same weight. models.h fits log T instead, in which every time counts by
 * its relative error and block effects are eliminated: on throughput the largest values decide, and noise that is
 * relative is not alike.
 *
 * Throughput is 1/T, or n/T where the work grows with n (weak scaling). Intervals: estimate and standard error from
 * s^2 (J'J)^-1, with Student's t of the degrees of freedom left; a parameter at its bound has a value without bounds,
 * and the others those of the model without it.
 */
#ifndef KNEE_LINEAR_CRITERION_H
#define KNEE_LINEAR_CRITERION_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/speedup/scaling.h"
#include "analysis/statistics/interval.h"

struct linear_fit {
    bool fitted;
    char reason[160]; /* why not fitted */
    struct interval gamma, sigma, kappa;
    double error[3];  /* standard errors of gamma, sigma, kappa; NaN not known */
    double rss;       /* sum of squares of throughput */
    double residual;  /* residual standard error, in the unit of the throughput; NaN not known */
    size_t df, count; /* observations that took part */
};

/* As in models_fit(): worker counts above data->cores do not take part. */
void linear_criterion_fit(const struct scaling_data *data, double level, struct linear_fit *fit);

#endif
