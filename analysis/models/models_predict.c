/* models_predict.c: a fitted model at any number of workers, with its intervals; see models.h. */
#include <math.h>

#include "analysis/models/models_internal.h"
#include "analysis/statistics/stats.h"

double model_quadratic_form(const double (*matrix)[MODEL_SHAPES], const double v[MODEL_SHAPES])
{
    double sum = 0;

    for (size_t j = 0; j < MODEL_SHAPES; j++)
        for (size_t k = 0; k < MODEL_SHAPES; k++)
            sum += v[j] * matrix[j][k] * v[k];
    return sum;
}

double model_seconds(const struct model_fit *fit, double workers)
{
    return exp(fit->log_t1 + model_log_time(fit->kind, fit->theta, workers)) * (fit->weak ? workers : 1);
}

double model_speedup(const struct model_fit *fit, double workers)
{
    return exp(model_log_time(fit->kind, fit->theta, 1) - model_log_time(fit->kind, fit->theta, workers));
}

static double log_speedup(enum model_kind kind, const double *theta, double log_t1, double workers)
{
    (void)log_t1;
    return model_log_time(kind, theta, 1) - model_log_time(kind, theta, workers);
}

static double log_seconds(enum model_kind kind, const double *theta, double log_t1, double workers)
{
    return log_t1 + model_log_time(kind, theta, workers);
}

/* Why there is no interval; NULL when there is one. */
static const char *no_interval(const struct model_fit *fit)
{
    if (isnan(fit->variance))
        return "no repetitions, or all agree: no spread, no interval";
    if (fit->shapes > 0 && fit->region.points == 0)
        return "the data do not determine the parameters";
    return NULL;
}

/* Beyond the largest measured n the interval reaches over that of another model that is not excluded. */
static bool reaches_wide(const struct model_fit *fit, double workers)
{
    return fit->has_wide && workers > fit->largest_workers;
}

static bool beyond(const struct model_fit *fit, double workers)
{
    return fit->rejected && !fit->predicts_rejected && workers > fit->largest_workers;
}

static bool is_open(const struct model_fit *fit, double workers)
{
    return fit->open && workers > fit->largest_workers;
}

static struct interval rejected(const struct model_fit *fit)
{
    return interval_unknown("lack of fit (p %.2g) rejects the model: it predicts nothing beyond %u workers",
                            fit->lack_of_fit.p, fit->largest_workers);
}

static void gradient_of(const struct model_region *r, double workers, const double base[MODEL_SHAPES],
                        double *gradient)
{
    model_log_gradient(r->kind, r->center, workers, gradient);
    for (size_t j = 0; j < MODEL_SHAPES; j++)
        gradient[j] = model_table[r->kind].shapes > j ? gradient[j] - base[j] : 0;
}

/* Bounds of log S where the region's function is stretched to its own width, times `wider`. */
static void speedup_over(const struct model_fit *fit, const struct model_region *r, double workers,
                         double wider, double *low, double *high)
{
    double one[MODEL_SHAPES], d[MODEL_SHAPES];

    model_log_gradient(r->kind, r->center, 1, one);
    gradient_of(r, workers, one, d);
    region_extremes(r, log_speedup, workers, wider * region_stretch(r, d, fit->level), low, high);
}

/* with_wide: over that of another model that is not excluded, too. */
static struct interval speedup_within(const struct model_fit *fit, double workers, double wider,
                                      bool with_wide, const char *method)
{
    double low, high, other_low, other_high, value = model_speedup(fit, workers);

    speedup_over(fit, &fit->region, workers, wider, &low, &high);
    if (isnan(low))
        return interval_point(value, "the data do not determine it");
    if (with_wide) {
        speedup_over(fit, &fit->wide, workers, wider, &other_low, &other_high);
        low = fmin(low, other_low);
        high = fmax(high, other_high);
    }
    return interval_bounded(value, fmin(exp(low), value), fmax(exp(high), value), fit->level, "%s%s", method,
                            with_wide ? ", and of a model that is not excluded" : "");
}

struct interval model_speedup_interval(const struct model_fit *fit, double workers)
{
    if (!fit->fitted)
        return interval_unknown("%s", fit->reason);
    if (fit->shapes == 0 || workers <= 1)
        return interval_exact(model_speedup(fit, workers), fit->level, "definition");
    if (beyond(fit, workers))
        return rejected(fit);
    if (no_interval(fit))
        return interval_point(model_speedup(fit, workers), "%s", no_interval(fit));
    if (is_open(fit, workers))
        return interval_point(model_speedup(fit, workers), "%s", model_open_reason);
    return speedup_within(fit, workers, 1, reaches_wide(fit, workers), "profile of log T");
}

struct interval model_speedup_union(const struct model_fit *fit, double workers)
{
    struct interval own = model_speedup_interval(fit, workers);

    if (!fit->fitted || !fit->has_wide || workers <= 1 || !interval_has_bounds(&own))
        return own;
    return speedup_within(fit, workers, 1, true, "profile of log T");
}

/* --- band ----------------------------------------------------------------------------------------- */

/* Distribution function of half the squared radius of a bivariate t, which is F's with 2 and df; where the covariance
 * is estimated as a whole, by df blocks, that of Hotelling's T squared (1931, Ann. Math. Stat. 2). */
static double radius_cdf(double half_square, double df, bool by_blocks)
{
    return 1 - pow(1 + 2 * half_square / df, -(by_blocks ? df - 1 : df) / 2);
}

/* Chance that a random direction's projections on all directions within `angle` stay within c. */
static double chance_within(double c, double angle, double df, bool by_blocks)
{
    enum { STEPS = 64 };
    double rest = (M_PI - angle) / 2, sum = 0;

    for (int i = 0; i < STEPS; i++) {
        double cosine = cos(rest * (i + 0.5) / STEPS);
        sum += radius_cdf(c * c / 2 / (cosine * cosine), df, by_blocks);
    }
    return (angle * radius_cdf(c * c / 2, df, by_blocks) + 2 * rest * sum / STEPS) / M_PI;
}

static double form(const struct model_region *r, const double *from, const double *to)
{
    double sum = 0;

    for (size_t j = 0; j < MODEL_SHAPES; j++)
        for (size_t k = 0; k < MODEL_SHAPES; k++)
            sum += from[j] * r->covariance[j][k] * to[k];
    return sum;
}

/* The angle that (1, n) sweeps, n from 2 to `largest`, in the metric of the covariance. */
static double swept_angle(const struct model_region *r, double largest)
{
    double from[MODEL_SHAPES] = {1, 2}, to[MODEL_SHAPES] = {1, largest};

    return acos(fmin(fmax(form(r, from, to) / sqrt(form(r, from, from) * form(r, to, to)), -1), 1));
}

double model_band_factor(const struct model_fit *fit)
{
    double angle = swept_angle(&fit->region, (double)BAND_REACH * fit->largest_workers);
    double low = stats_t(fit->level, fit->region.df), high = 2 * low;
    bool by_blocks = fit->noise.kind == NOISE_OWN && fit->noise.by_blocks && !fit->rejected;

    if (isnan(angle) || isnan(low) || (by_blocks && fit->region.df < 3))
        return NAN;
    while (chance_within(high, angle, fit->region.df, by_blocks) < fit->level)
        high *= 2;
    for (int i = 0; i < 30; i++) {
        double middle = (low + high) / 2;
        if (chance_within(middle, angle, fit->region.df, by_blocks) < fit->level)
            low = middle;
        else
            high = middle;
    }
    return high;
}

struct interval model_speedup_band(const struct model_fit *fit, double workers)
{
    if (!fit->fitted || fit->shapes < 2 || workers <= 1 || no_interval(fit) || beyond(fit, workers) ||
        is_open(fit, workers))
        return model_speedup_interval(fit, workers);
    if (isnan(fit->band_factor))
        return interval_point(model_speedup(fit, workers),
                              "too few blocks for a band: the noise of worker counts differs");
    if (!model_table[fit->kind].may_be_chosen)
        return interval_point(model_speedup(fit, workers), "the band is given for usl: it is the same curve");
    return speedup_within(fit, workers, fit->band_factor / stats_t(fit->level, fit->region.df),
                          reaches_wide(fit, workers), "simultaneous for all n (Wynn and Bloomfield)");
}

/* --- seconds -------------------------------------------------------------------------------------- */

/* Half width on one side: `side` is how far the region's function goes there, d its gradient. */
static double half_width(const struct model_fit *fit, const struct model_region *r,
                         const double d[MODEL_SHAPES], double side, bool trial, double *df)
{
    double t = stats_t(fit->level, r->df), own, total, level, noise = trial ? 1 - 1 / fit->per_block : 0,
           within, within_df;

    if (fit->noise.kind != NOISE_POOLED && !fit->rejected) {
        own = total = 0;
        for (size_t j = 0; j < MODEL_SHAPES + 1; j++)
            for (size_t k = 0; k < MODEL_SHAPES + 1; k++) {
                double part =
                    (j < MODEL_SHAPES ? d[j] : 1) * (k < MODEL_SHAPES ? d[k] : 1) * r->covariance[j][k];
                total += part;
                own += j < MODEL_SHAPES && k < MODEL_SHAPES ? part : 0;
            }
        total += trial ? fit->trial_variance : 0;
        *df = r->df;
        return sqrt(fmax(t * t * (total - own) + side * side, t * t * total / 4));
    }
    level = fit->level_variance * ((trial ? 1 : 0) + 1 / (double)fit->blocks);
    noise *= fit->trial_noise;
    within = (isfinite(t) && t > 0 ? side * side / (t * t) : 0);
    within_df = fit->variance_df;
    if (noise > 0) {
        within_df = 1 / (pow(within / (within + noise), 2) / fit->variance_df +
                         pow(noise / (within + noise), 2) / fit->trial_noise_df);
        within += noise;
    }
    if (fit->blocks < 2 || !(within > 0)) {
        *df = fit->level_df;
        return stats_t(fit->level, *df) * sqrt(level + within);
    }
    return stats_half_width(fit->level, level, fit->level_df, within, within_df, df);
}

/* Bounds of log T over one region. */
static void seconds_over(const struct model_fit *fit, const struct model_region *r, double workers,
                         bool trial, double *low, double *high, double *df)
{
    double d[MODEL_SHAPES], at = log_seconds(r->kind, r->center, r->center_log_t1, workers);

    gradient_of(r, workers, r->mean_gradient, d);
    *low = *high = at;
    if (model_table[r->kind].shapes > 0)
        region_extremes(r, log_seconds, workers, region_stretch(r, d, fit->level), low, high);
    if (r->split) {
        double chance = half_width(fit, r, d, 0, trial, df);
        *low -= chance;
        *high += chance;
        return;
    }
    *low = at - half_width(fit, r, d, at - *low, trial, df);
    *high = at + half_width(fit, r, d, *high - at, trial, df);
}

static struct interval seconds_within(const struct model_fit *fit, double workers, bool trial,
                                      const char *method)
{
    double value = model_seconds(fit, workers), low, high, other_low, other_high, df,
           times = fit->weak ? workers : 1;

    if (no_interval(fit))
        return interval_point(value, "%s", no_interval(fit));
    seconds_over(fit, &fit->region, workers, trial, &low, &high, &df);
    if (reaches_wide(fit, workers)) {
        seconds_over(fit, &fit->wide, workers, trial, &other_low, &other_high, &df);
        low = fmin(low, other_low);
        high = fmax(high, other_high);
    }
    if (!(high - low > 1e-13))
        return interval_point(value, "no repetitions, or all agree: no spread, no interval");
    return interval_bounded(value, fmin(times * exp(low), value), fmax(times * exp(high), value), fit->level,
                            "%s, %.1f df", method, df);
}

struct interval model_seconds_level(const struct model_fit *fit, double workers)
{
    return seconds_within(fit, workers, false, "t on logarithms");
}

struct interval model_seconds_prediction(const struct model_fit *fit, double workers)
{
    if (!fit->fitted)
        return interval_unknown("%s", fit->reason);
    if (beyond(fit, workers))
        return rejected(fit);
    if (is_open(fit, workers))
        return interval_point(model_seconds(fit, workers), "%s", model_open_reason);
    return seconds_within(fit, workers, true, "prediction of one trial, log T");
}
