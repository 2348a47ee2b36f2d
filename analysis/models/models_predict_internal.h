/* models_predict.h: variance of a fitted model; used by the models_*.c files only. */
#ifndef KNEE_MODELS_PREDICT_H
#define KNEE_MODELS_PREDICT_H

#include "analysis/models/models.h"

/* v' covariance v. */
double model_quadratic_form(const double covariance[MODEL_SHAPES][MODEL_SHAPES],
                            const double v[MODEL_SHAPES]);
/* Half of the interval of something whose variance has two parts, one of the level of the blocks, one of what is within
 * them: stats_half_width(). With one block both come from one estimate. *df gets degrees of freedom to be told. */
double model_half_width(const struct model_fit *fit, double level_part, double within_part, double *df);
/* Standard errors that the band of a model with two shape parameters is wide; NaN without a variance. */
double model_band_factor(const struct model_fit *fit);

#endif
