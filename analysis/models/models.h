/* models.h: scaling models (model_table.h) fitted to times.
 *
 * Fit: least squares on log T (noise of times is relative), by gsl_multifit_nlinear with analytic Jacobian.
 * Log T is centred within each block, which removes T1 and whatever a block had of its own (drift) exactly,
 * by the theorem of Frisch, Waugh and Lovell; what is left to fit are the one or two shape parameters. T1 is
 * then the mean of the blocks. Unpaired data are one block. Cells with more workers than cores do not take
 * part.
 *
 * Ranges: s, sigma in [0, 1]; c, kappa at least 0. An estimate outside is held at the bound, the others are
 * fitted again, and `note` says so. When the whole interval lies below 0 the speedup is better than ideal
 * (super-linear): the model is then not fitted, with that reason, rather than clipped.
 *
 * Variance: pure error of the repetitions, that is what is left of log T after a mean for each n and each
 * block. Its degrees of freedom (for a full study (N-1)(B-1)) give the t quantile. When the lack-of-fit test
 * rejects the model at 1%, the mean square of the lack of fit is used instead: wider, since no model's own
 * interval means much then. Without repetitions the residuals are used. With neither there is a value without
 * bounds. Intervals: one shape parameter by the profile of the sum of squares (Bates and Watts 1988), two by
 * the covariance. tests/unit/analysis/test_coverage.c shows that they cover nominally at 5 to 16 worker counts.
 *
 * AICc (Hurvich and Tsai 1989) on the centred data: with m = observations - blocks and k = shape parameters +
 * 1, m ln(rss/m) + 2k + 2k(k+1)/(m-k-1); unknown when m - k - 1 <= 0. Choice: usl over amdahl when its AICc
 * is lower and the interval of kappa excludes 0 (AICc alone takes the larger model too often); where one of
 * the two is not known, the other decides. ideal is chosen only when amdahl cannot be fitted: it is amdahl
 * with s = 0, and to choose it would claim an exactness that the interval of s does not have.
 */
#ifndef KNEE_MODELS_H
#define KNEE_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/models/model_table.h"
#include "analysis/speedup/scaling.h"
#include "analysis/statistics/interval.h"

/* Level of the lack-of-fit test: a model is rejected when p is below it. At 5% one sound sweep in twenty would have
 * intervals that are far too wide, and the coverage of all of them together would be 95.5%. */
#define MODEL_MISFIT_LEVEL 0.01

struct model_lack_of_fit {
    double f, p; /* NaN: not known, see reason */
    unsigned df_lack, df_error;
    char reason[192];
};

struct model_fit {
    enum model_kind kind;
    bool fitted;
    char reason[192]; /* why not fitted */
    char note[192];   /* what to know of a fitted one; empty when nothing */
    bool chosen;
    bool weak;     /* of weak scaling: model_seconds() is T(n), of n times the work */
    size_t shapes; /* shape parameters: 0, 1 or 2 */
    struct interval t1;
    struct interval shape[MODEL_SHAPES];           /* in the order of model_parameter_name(), from 0 */
    double theta[MODEL_SHAPES];                    /* the estimates, within their ranges */
    double covariance[MODEL_SHAPES][MODEL_SHAPES]; /* of the free estimates; NaN without a variance */
    double log_t1;
    double variance, variance_df;       /* of one log T within its block; NaN when not known */
    double level_variance, level_df;    /* of a block's mean of log T less the model; NaN when not known */
    double mean_gradient[MODEL_SHAPES]; /* of the model over the data */
    double per_block;                   /* observations */
    size_t blocks;
    double band_factor; /* of usl: standard errors on each side of the simultaneous band; NaN not known */
    double level;
    unsigned largest_workers; /* of the data that took part */
    double rss_log, aicc;     /* of the centred log T; aicc NaN when not known */
    struct model_lack_of_fit lack_of_fit;
    struct interval limit_speedup; /* largest speedup with any number of workers */
    struct interval peak_workers;  /* where it is reached; unknown for a model that only ever rises */
};

/* Fits one model, without limit_speedup and peak_workers. A time that is not finite and positive makes it
 * unfitted, with that reason. */
void model_fit(enum model_kind kind, const struct scaling_data *data, double level, struct model_fit *fit);

/* Fits all and chooses. fits[MODEL_KINDS] in the order of enum model_kind. choice gets a sentence. */
void models_fit(const struct scaling_data *data, double level, struct model_fit fits[MODEL_KINDS],
                char *choice, size_t choice_bytes);

/* Is the coherency term of usl above 0? One-sided: t = kappa / standard error, p by Student's t with the fit's
 * degrees of freedom; the verdict is that of models_fit()'s sentence. p is NaN with a reason when it cannot be known;
 * where kappa is held at 0 all that is known is that p is at least 0.5. */
enum model_need { NEED_NONE, NEED_USL, NEED_UNDECIDED };
struct model_coherency {
    enum model_need verdict;
    double t, p, df;
    char reason[192];
};
struct model_coherency model_coherency(const struct model_fit fits[MODEL_KINDS]);
/* "Amdahl is enough", "USL is needed", "cannot tell". */
const char *model_need_name(enum model_need verdict);

/* --- the fitted model at any n >= 1, not cut at the number of cores (models_predict.c) ------------------------
 *
 * Three intervals for three questions, each on logarithms, at the fit's level:
 *   where is the model at this n             model_speedup_interval(): pointwise
 *   where is the model, for all n at once    model_speedup_band(): from 2 up to BAND_REACH times the largest n
 *                                          measured. For amdahl, which has one shape parameter, it is the
 *                                          pointwise one; for two (usl) the factor is that of Wynn and
 *                                          Bloomfield 1971, "Simultaneous confidence bands in regression
 *                                          analysis", JRSS B 33(2): the model is linear in its parameters as
 *                                          seen from S, and directions (1, n) fill a known angle.
 *   where would one more trial be          model_seconds_prediction(): a trial in a block of its own, so
 *                                          noise, drift between blocks and the doubt of the model add up;
 *                                          degrees of freedom by Satterthwaite
 */
enum { BAND_REACH = 4 };
double model_seconds(const struct model_fit *fit, double workers);
double model_speedup(const struct model_fit *fit, double workers);
struct interval model_speedup_interval(const struct model_fit *fit, double workers);
struct interval model_speedup_band(const struct model_fit *fit, double workers);
struct interval model_seconds_prediction(const struct model_fit *fit, double workers);

/* Noise of one log T within its block, whatever the model: what a mean for each n and each block leaves. Cells
 * within the cores only. NaN and 0 where it cannot be known. */
struct model_noise {
    double variance;
    unsigned df;
};
struct model_noise models_noise(const struct scaling_data *data);

/* The shape parameters only, for a bootstrap: weights has one factor for each observation. Returns 0, or -1
 * when they cannot be fitted. */
int model_fit_weighted(enum model_kind kind, const struct scaling_data *data, const double *weights,
                       double *theta);

#endif
