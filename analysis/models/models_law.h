/* models_law.h: the laws themselves, as log T(n) relative to T1, with their gradients. Used by models.c only.
 *
 * law_shape() is log(u/n) or log(u) for the u of each law; where u is not positive (parameters far outside
 * their range) it is LAW_OUTSIDE, a height that no step of a fit will accept.
 */
#ifndef KNEE_MODELS_LAW_H
#define KNEE_MODELS_LAW_H

#include "analysis/models/models.h"

#define LAW_OUTSIDE 1e3

size_t law_shapes(enum model_kind kind);
double law_shape(enum model_kind kind, const double *theta, double workers);
/* Derivatives of law_shape() by theta; valid where u is positive. */
void law_gradient(enum model_kind kind, const double *theta, double workers, double gradient[MODEL_SHAPES]);
/* Where a fit begins, and the range of each parameter. */
double law_start(enum model_kind kind, size_t i);
double law_least(enum model_kind kind, size_t i);
double law_most(enum model_kind kind, size_t i);
/* The n of the largest speedup; INFINITY for a law that only rises. */
double law_peak(enum model_kind kind, const double *theta);
/* Largest speedup with any n; INFINITY when there is no limit. */
double law_limit(enum model_kind kind, const double *theta);

#endif
