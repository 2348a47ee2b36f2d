/* models_predict.h: variance of a fitted law; used by the models_*.c files only. */
#ifndef KNEE_MODELS_PREDICT_H
#define KNEE_MODELS_PREDICT_H

#include "models.h"

/* v' covariance v. */
double model_quadratic_form(const struct model_fit *fit, const double v[MODEL_SHAPES]);
/* Degrees of freedom of a sum of two variances, one of the level of the blocks, one of what is within them
 * (Satterthwaite 1946). With one block both come from one estimate. */
double model_pooled_df(const struct model_fit *fit, double level_part, double within_part);
/* Standard errors that the band of a law with two shape parameters is wide; NaN without a variance. */
double model_band_factor(const struct model_fit *fit);

#endif
