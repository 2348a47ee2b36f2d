/* models_wide.c: the model that is neither needed nor excluded, for which limits and extrapolations have to allow. */
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "analysis/models/models_internal.h"

/* One-sided level below which the last parameter of a model is not 0 for certain, so that the smaller one is
 * excluded. */
#define EXCLUDED 0.005

const char *const model_open_reason =
    "USL is not excluded, and these data do not bound it: more worker counts or repetitions are needed";

/* Is the smaller model excluded by the last parameter of the larger one? */
static bool excludes(const struct model_fit *larger)
{
    return larger->kappa_free > 0 && larger->kappa_error > 0 &&
           gsl_cdf_tdist_Q(larger->kappa_free / larger->kappa_error, larger->region.df) < EXCLUDED;
}

/* kappa of the USL with sigma 0 that has amdahl's ratio of times at two worker counts; NaN: none has. */
static double all_coherency(double s, double few, double many)
{
    double ratio = (1 + s * (many - 1)) / (1 + s * (few - 1));
    double rest = many * (many - 1) - ratio * few * (few - 1);

    return rest > 0 ? (ratio - 1) / rest : NAN;
}

/* With two worker counts every USL between amdahl and the one with sigma 0 fits alike. Beyond the data the extremes are
 * those two: the second, at the ends of the interval of amdahl's s. Returns false where they do not exist. */
static bool widen_by_split(struct model_fit *amdahl)
{
    const struct model_region *r = &amdahl->region;
    double d[MODEL_SHAPES] = {1, 0}, stretch = region_stretch(r, d, amdahl->level);
    double few = amdahl->smallest_workers, many = amdahl->largest_workers;
    struct model_region *wide = &amdahl->wide;

    *wide = (struct model_region){.kind = MODEL_USL,
                                  .split = true,
                                  .center = {r->center[0], 0},
                                  .center_log_t1 = r->center_log_t1,
                                  .df = r->df};
    wide->covariance[MODEL_SHAPES][MODEL_SHAPES] = r->covariance[MODEL_SHAPES][MODEL_SHAPES];
    for (size_t i = 0; i < r->points; i++) {
        double step = region_step(r, i, stretch);
        double s = fmin(fmax(r->center[0] + step * (r->theta[i][0] - r->center[0]), 0), 1);
        double theta[MODEL_SHAPES] = {0, all_coherency(s, few, many)}, one[MODEL_SHAPES] = {s, 0};
        if (isnan(theta[1]))
            return false;
        memcpy(wide->theta[wide->points], theta, sizeof theta);
        wide->log_t1[wide->points++] = r->center_log_t1 + step * (r->log_t1[i] - r->center_log_t1) +
                                       model_log_time(MODEL_AMDAHL, one, few) -
                                       model_log_time(MODEL_USL, theta, few);
    }
    return true;
}

static void allow_for_larger(struct model_fit *chosen, const struct model_fit *larger)
{
    if (larger->fitted && larger->region.points > 0) {
        chosen->has_wide = true;
        chosen->wide = larger->region;
        chosen->wide.larger = true;
    } else if (larger->undetermined && larger->kind == MODEL_USL && chosen->kind == MODEL_AMDAHL) {
        chosen->has_wide = widen_by_split(chosen);
        chosen->open = !chosen->has_wide;
    } else if (larger->fitted) {
        chosen->open = true;
    }
}

void models_widen(struct model_fit *fits, enum model_kind chosen)
{
    const struct model_fit *smaller = &fits[model_table[chosen].needs];

    if (fits[chosen].region.points == 0)
        return;
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (kind != (int)chosen && model_table[kind].may_be_chosen && model_table[kind].needs == chosen)
            allow_for_larger(&fits[chosen], &fits[kind]);
    if (!fits[chosen].has_wide && smaller->fitted && smaller->shapes > 0 && smaller->region.points > 0 &&
        !smaller->rejected && !excludes(&fits[chosen])) {
        fits[chosen].has_wide = true;
        fits[chosen].wide = smaller->region;
    }
}
