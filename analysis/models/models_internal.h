/* models_internal.h: what the models_*.c files share. */
#ifndef KNEE_MODELS_INTERNAL_H
#define KNEE_MODELS_INTERNAL_H

#include "analysis/models/design_internal.h"
#include "analysis/models/models.h"
#include "analysis/models/noise_internal.h"
#include "analysis/models/search_internal.h"

/* v' m v for the first two rows and columns. */
double model_quadratic_form(const double (*matrix)[MODEL_SHAPES], const double v[MODEL_SHAPES]);

/* Standard errors that the band of a model with two shape parameters is wide; NaN without a variance. */
double model_band_factor(const struct model_fit *fit);

/* Marks fits that the data refuse as a whole: super-linear data. Returns true when they are, with the sentence. */
bool design_is_superlinear(const struct design *design, const struct model_noise *noise, char *reason,
                           size_t reason_bytes);

/* --- one model being fitted (models.c) -------------------------------------------------------------- */

/* One model being fitted. free: the estimates before ranges are looked at, where there are any. */
struct fitting {
    const struct design *design;
    struct search search;
    struct model_fit *fit;
    double least; /* sum of squares beyond the pure error, within the ranges */
    double covariance[MODEL_SHAPES][MODEL_SHAPES]; /* (J'BJ)^-1 at the estimate or the free estimate */
    bool has_free;
    double free_theta[MODEL_SHAPES], free_least;
};

/* models_lack.c: the lack-of-fit test of what is left beyond the pure error, with `held` parameters at their bounds;
 * and the variance of the intervals, which follows from it. */
void fitting_test(struct fitting *fitting, double beyond, size_t held);
/* Where all repetitions agree and the times are rounded: the variance of one log T that gives the means what rounding
 * may hide. Else 0. */
#define NORMAL_DF 1e9
double fitting_rounding(const struct design *design);
void fitting_find_variance(struct fitting *fitting, double beyond);
/* models_intervals.c: the covariance of the estimates and the region around them, level[blocks] being filled; then the
 * interval of shape parameter j, cut to its range and never without the estimate. */
void fitting_find_region(struct fitting *fitting, double *level);
struct interval fitting_shape(struct fitting *fitting, size_t j);
/* Variance over blocks of log T at the largest n: what one more trial there has, where noise is unequal. */
double fitting_trial_variance(const struct design *design);

/* --- regions (models_region.c) ---------------------------------------------------------------------- */

/* Traces the edge factor^2 variance above the least sum of squares of the search, within the ranges. The center,
 * working, covariance and df must be filled; log T1 of a point is the mean over blocks of log T less the model. */
void region_trace(struct model_region *region, struct search *search, double variance, double factor);
/* log T1 for theta: mean over blocks. level, when not NULL, gets each block's. */
double region_log_t1(const struct design *design, enum model_kind kind, const double *theta, double *level);

/* A function of the model's parameters and log T1, of the number of workers n. */
typedef double (*region_function)(enum model_kind kind, const double *theta, double log_t1, double workers);
/* Its extremes over the region, deviations from the center times `stretch`; both NaN when the region is not known. */
void region_extremes(const struct model_region *region, region_function function, double workers,
                     double stretch, double *low, double *high);
/* The share of the way from the center to a point of the edge when deviations are taken times `stretch`: a point where
 * a parameter's range ends stands for one further out, so that it stays there while that one is beyond. */
double region_step(const struct model_region *region, size_t point, double stretch);
/* The stretch for a function with gradient d: its own half width over that of the traced region. NaN: not known. */
double region_stretch(const struct model_region *region, const double d[MODEL_SHAPES], double level);

/* models_wide.c: what the chosen model's limits and extrapolations have to allow for: `wide` or `open`. */
void models_widen(struct model_fit *fits, enum model_kind chosen);
extern const char *const model_open_reason;

/* --- fits and predictions --------------------------------------------------------------------------- */

/* models.c: every kind, without choice, limits and `wide`. */
void models_fit_all(const struct scaling_data *data, double level, struct model_fit fits[MODEL_KINDS]);
/* models_predict.c: T(n) of a fitted model, not of one more trial. */
struct interval model_seconds_level(const struct model_fit *fit, double workers);

#endif
