/* models.h: scaling models (model_table.h) fitted to times.
 *
 * Fit: least squares on log T (noise of times is relative). The effect of each block, and with it T1, is eliminated
 * exactly (design_internal.h); the shape parameters that are left are searched for from many starts
 * (search_internal.h). T1 is then the mean of the blocks. Unpaired data are one block; so are data whose blocks do not
 * connect the worker counts (each block has its own n): the block effect is then left out, and `note` says so. Worker
 * counts above the number of cores do not take part.
 *
 * Ranges: s, sigma in [0, 1]; c, kappa at least 0. An estimate outside is held at the bound, the others are fitted
 * again, and `note` says so; the interval is that of the free estimate, cut to the range and extended to the held
 * estimate. Parameters that the data do not determine are refused before any search, with the reason. Super-linear data
 * (efficiency at the most workers above that at the fewest, beyond doubt at 1%) are refused by every model: none here
 * describes them.
 *
 * Variance: pure error of the repetitions, that is what the effects of worker counts and blocks leave of log T; of each
 * worker count, shrunken towards that of all along their trend with n (shrink.h). Its degrees of freedom (for a full
 * study (N-1)(B-1)) give the t quantile. Where the noise of worker counts differs (struct model_noise) the intervals
 * are those of the blocks, or of the variances of each n. When the lack-of-fit test rejects the model at 1%, the mean
 * square of the lack of fit is used instead, `rejected` is set, and the model predicts nothing beyond the largest
 * measured n unless struct model_options asks for it. Without repetitions the residuals are used; the fit is then not
 * tested (`untested`). Where all repetitions agree and the times are rounded, it is what rounding may hide. With none
 * of these there is a value without bounds.
 *
 * Intervals: profiles of the sum of squares (Bates and Watts 1988). Those of functions of two parameters (S, T, limit,
 * peak) are the extremes over the region of parameters that the sum of squares does not exclude. Beyond the largest
 * measured n everything counts that the data do not exclude: while usl is not needed beyond doubt it is not excluded
 * either, and while kappa may be 0 at a level of 1% amdahl is not; limits and extrapolations of the chosen model then
 * reach over the region of the other one too (`wide`, models_wide.c). With two worker counts usl cannot be fitted, but
 * every split of the loss between sigma and kappa can. tests/coverage shows what they cover.
 *
 * AICc (Hurvich and Tsai 1989) on the centred data: with m = observations - blocks and k = shape parameters +
 * 1, m ln(rss/m) + 2k + 2k(k+1)/(m-k-1); unknown when m - k - 1 <= 0. Repetitions that all agree count once. Choice: a
 * model over the one that it needs (model_table.h) when its AICc is lower and the interval of its last parameter
 * excludes 0 (AICc alone takes the larger model too often); where one of the two is not known, the other decides. ideal
 * is chosen only when nothing else can be fitted: it is amdahl with s = 0, and to choose it would claim an exactness
 * that the interval of s does not have.
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

/* Noise of one log T within its block, whatever the model. Worker counts within the cores only. */
enum noise_kind { NOISE_POOLED, NOISE_MIXED, NOISE_OWN };
struct model_noise {
    double variance; /* of all repetitions together; NaN and df 0 where there are none */
    unsigned df;
    enum noise_kind
        kind;         /* whose variance the intervals use: of all, of blocks or each n, or the mean of both */
    bool by_blocks;   /* the own one is that of blocks; else of each worker count */
    double unequal_p; /* of the tests that noise is alike at all n; NaN: not tested */
    double quietest_sd, loudest_sd; /* relative standard deviations, and where; 0 workers: not known */
    unsigned quietest_workers, loudest_workers;
};

/* Parameters that the data do not exclude: points on the edge of the region, with the log T1 that goes with each. */
enum { REGION_POINTS = 68 };
struct model_region {
    enum model_kind kind;
    size_t points; /* 0: not known */
    double center[MODEL_SHAPES], center_log_t1;
    double theta[REGION_POINTS][MODEL_SHAPES], log_t1[REGION_POINTS];
    double reach
        [REGION_POINTS]; /* how many times as far the edge would be if a parameter's range did not end there */
    /* The edge is where the sum of squares is factor^2 variance above the least. */
    double factor, variance;
    /* For functions with gradient d by theta: working is (J'BJ)^-1; covariance of log T1 and theta, theta first. */
    double working[MODEL_SHAPES][MODEL_SHAPES], covariance[MODEL_SHAPES + 1][MODEL_SHAPES + 1], df;
    double mean_gradient[MODEL_SHAPES]; /* of the model over the data */
    bool split;  /* points that fit alike: their deviations are no chance, and add to it whole */
    bool larger; /* of a larger model than the chosen one: only its side of an interval counts */
};

struct model_fit {
    enum model_kind kind;
    bool fitted;
    char reason[192]; /* why not fitted */
    char note[192];   /* what to know of a fitted one; empty when nothing */
    bool chosen;
    bool
        rejected; /* the lack-of-fit test rejects it: beyond the largest n it predicts nothing unless asked */
    bool untested;     /* fitted, but the data do not allow a lack-of-fit test; lack_of_fit.reason says why */
    bool superlinear;  /* refused because the data are super-linear */
    bool undetermined; /* refused because the data do not determine its parameters */
    bool unpaired;     /* the block effect was left out: blocks do not connect the worker counts */
    bool weak;         /* of weak scaling: model_seconds() is T(n), of n times the work */
    size_t shapes;     /* shape parameters: 0, 1 or 2 */
    struct interval t1;
    struct interval shape[MODEL_SHAPES]; /* in the order of model_parameter_name(), from 0 */
    double theta[MODEL_SHAPES];          /* the estimates, within their ranges */
    double log_t1;
    double variance, variance_df;    /* of one log T within its block; NaN when not known */
    double level_variance, level_df; /* of a block's mean of log T less the model; NaN when not known */
    double
        trial_variance; /* of one trial at the largest n in a block of its own; NaN: as level and variance say */
    double trial_noise, trial_noise_df; /* within its block; NaN: that of all repetitions */
    double per_block;                   /* observations */
    size_t blocks;
    struct model_noise noise;
    double kappa_error; /* standard error of the last shape parameter, free of its range; NaN not known */
    double kappa_free;  /* its estimate free of its range; NaN not known */
    double
        band_factor; /* of two shapes: standard errors on each side of the simultaneous band; NaN not known */
    double level;
    unsigned smallest_workers, largest_workers; /* of the data that took part */
    double rss_log, aicc;                       /* of the centred log T; aicc NaN when not known */
    struct model_lack_of_fit lack_of_fit;
    struct model_region region; /* of this model */
    bool open; /* a larger model is not excluded, and nothing bounds it: no interval beyond the largest n */
    bool has_wide; /* limits and extrapolations come from `wide`: a larger model is not excluded */
    struct model_region wide;
    bool predicts_rejected;        /* options.predict_rejected */
    struct interval limit_speedup; /* largest speedup with any number of workers */
    struct interval peak_workers;  /* where it is reached; unknown for a model that only ever rises */
};

struct model_options {
    double level;          /* of the intervals, 0.95 */
    bool predict_rejected; /* let rejected models predict beyond the largest measured n */
};

/* Fits one model, without limit_speedup, peak_workers and wide. A time that is not finite and positive makes it
 * unfitted, with that reason. */
void model_fit(enum model_kind kind, const struct scaling_data *data, double level, struct model_fit *fit);

/* Fits all and chooses. fits[MODEL_KINDS] in the order of enum model_kind. choice gets a sentence. */
void models_fit(const struct scaling_data *data, double level, struct model_fit fits[MODEL_KINDS],
                char *choice, size_t choice_bytes);
void models_fit_with(const struct scaling_data *data, const struct model_options *options,
                     struct model_fit fits[MODEL_KINDS], char *choice, size_t choice_bytes);

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
/* Where the curve may be while the data do not decide between this model and a larger one: over the intervals of both,
 * at measured n too; that of model_speedup_interval() once they decide. */
struct interval model_speedup_union(const struct model_fit *fit, double workers);
struct interval model_speedup_band(const struct model_fit *fit, double workers);
struct interval model_seconds_prediction(const struct model_fit *fit, double workers);

struct model_noise models_noise(const struct scaling_data *data);

/* Do blocks connect the worker counts (those within the cores), so that block effects can be eliminated? */
bool scaling_is_connected(const struct scaling_data *data);

/* The shape parameters only, for a bootstrap over blocks. Sequence: model_weigher_open(), model_weigher_fit() at will,
 * model_weigher_close(). block_weights are in the order of the blocks' numbers. Both return 0, or -1 when the
 * parameters cannot be fitted. */
struct model_weigher;
struct model_weigher *model_weigher_open(enum model_kind kind, const struct scaling_data *data);
int model_weigher_fit(struct model_weigher *weigher, const double *block_weights, double *theta);
void model_weigher_close(struct model_weigher *weigher);

#endif
