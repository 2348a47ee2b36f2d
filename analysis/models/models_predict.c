/* models_predict.c: a fitted model at any number of workers, with its intervals; see models.h. */
#include "analysis/models/models_predict_internal.h"

#include <math.h>

#include "analysis/models/model_table.h"
#include "analysis/statistics/stats.h"

double model_quadratic_form(const double covariance[MODEL_SHAPES][MODEL_SHAPES], const double v[MODEL_SHAPES])
{
    double sum = 0;

    for (size_t j = 0; j < MODEL_SHAPES; j++)
        for (size_t k = 0; k < MODEL_SHAPES; k++)
            sum += v[j] * covariance[j][k] * v[k];
    return sum;
}

double model_half_width(const struct model_fit *fit, double level_part, double within_part, double *df)
{
    if (fit->blocks < 2 || !(within_part > 0)) {
        *df = fit->level_df;
        return stats_t(fit->level, *df) * sqrt(level_part + within_part);
    }
    return stats_half_width(fit->level, level_part, fit->level_df, within_part, fit->variance_df, df);
}

double model_seconds(const struct model_fit *fit, double workers)
{
    return exp(fit->log_t1 + model_log_time(fit->kind, fit->theta, workers)) * (fit->weak ? workers : 1);
}

double model_speedup(const struct model_fit *fit, double workers)
{
    return exp(model_log_time(fit->kind, fit->theta, 1) - model_log_time(fit->kind, fit->theta, workers));
}

/* Why there is no interval; NULL when there is one. */
static const char *no_interval(const struct model_fit *fit)
{
    for (size_t j = 0; j < fit->shapes; j++)
        if (!interval_has_bounds(&fit->shape[j]))
            return fit->shape[j].reason;
    return NULL;
}

/* Amdahl's and Gustafson's models fall with s: their bounds are those of s. */
static struct interval one_shape_interval(const struct model_fit *fit, double workers)
{
    double value = model_speedup(fit, workers);

    return interval_bounded(value, exp(-model_log_time(fit->kind, &fit->shape[0].high, workers)),
                            exp(-model_log_time(fit->kind, &fit->shape[0].low, workers)), fit->level,
                            "of the serial fraction");
}

static void gradient_from(const struct model_fit *fit, double workers, const double *base, double *gradient)
{
    model_log_gradient(fit->kind, fit->theta, workers, gradient);
    for (size_t j = 0; j < MODEL_SHAPES; j++)
        gradient[j] -= base[j];
}

/* Bounds of log S at `factor` standard errors. */
static struct interval speedup_within(const struct model_fit *fit, double workers, double factor,
                                      const char *method)
{
    double one[MODEL_SHAPES], gradient[MODEL_SHAPES], half, value = model_speedup(fit, workers);

    model_log_gradient(fit->kind, fit->theta, 1, one);
    gradient_from(fit, workers, one, gradient);
    half = factor * sqrt(model_quadratic_form(fit->covariance, gradient));
    return interval_bounded(value, value * exp(-half), fmin(value * exp(half), workers), fit->level, "%s",
                            method);
}

struct interval model_speedup_interval(const struct model_fit *fit, double workers)
{
    const char *why = no_interval(fit);

    if (!fit->fitted)
        return interval_unknown("%s", fit->reason);
    if (fit->shapes == 0 || workers <= 1)
        return interval_exact(model_speedup(fit, workers), fit->level, "definition");
    if (why)
        return interval_point(model_speedup(fit, workers), "%s", why);
    if (fit->shapes == 1)
        return one_shape_interval(fit, workers);
    return speedup_within(fit, workers, stats_t(fit->level, fit->variance_df), "delta method on log S");
}

/* --- band ------------------------------------------------------------------------------------- */

/* Distribution function of half the squared radius of a bivariate t, which is F's with 2 and df. */
static double radius_cdf(double half_square, double df)
{
    return 1 - pow(1 + 2 * half_square / df, -df / 2);
}

/* Chance that a random direction's projections on all directions within `angle` stay within c. */
static double chance_within(double c, double angle, double df)
{
    enum { STEPS = 64 };
    double rest = (M_PI - angle) / 2, sum = 0;

    for (int i = 0; i < STEPS; i++) {
        double cosine = cos(rest * (i + 0.5) / STEPS);
        sum += radius_cdf(c * c / 2 / (cosine * cosine), df);
    }
    return (angle * radius_cdf(c * c / 2, df) + 2 * rest * sum / STEPS) / M_PI;
}

/* The angle that (1, n) sweeps, n from 2 to `largest`, in the metric of the covariance. */
static double swept_angle(const struct model_fit *fit, double largest)
{
    double from[MODEL_SHAPES] = {1, 2}, to[MODEL_SHAPES] = {1, largest}, both = 0;

    for (size_t j = 0; j < MODEL_SHAPES; j++)
        for (size_t k = 0; k < MODEL_SHAPES; k++)
            both += from[j] * fit->covariance[j][k] * to[k];
    both /= sqrt(model_quadratic_form(fit->covariance, from) * model_quadratic_form(fit->covariance, to));
    return acos(fmin(fmax(both, -1), 1));
}

double model_band_factor(const struct model_fit *fit)
{
    double angle = swept_angle(fit, (double)BAND_REACH * fit->largest_workers);
    double low = stats_t(fit->level, fit->variance_df), high = 2 * low;

    if (isnan(angle) || isnan(low))
        return NAN;
    while (chance_within(high, angle, fit->variance_df) < fit->level)
        high *= 2;
    for (int i = 0; i < 30; i++) {
        double middle = (low + high) / 2;
        if (chance_within(middle, angle, fit->variance_df) < fit->level)
            low = middle;
        else
            high = middle;
    }
    return high;
}

struct interval model_speedup_band(const struct model_fit *fit, double workers)
{
    if (!fit->fitted || fit->shapes < 2 || workers <= 1 || no_interval(fit))
        return model_speedup_interval(fit, workers);
    if (fit->kind != MODEL_USL)
        return interval_point(model_speedup(fit, workers), "the band is given for usl: it is the same curve");
    return speedup_within(fit, workers, fit->band_factor, "simultaneous for all n (Wynn and Bloomfield)");
}

/* --- seconds ---------------------------------------------------------------------------------- */

/* blocks: 1 / blocks for the model, 1 + 1 / blocks for one more trial; noise: variances of one trial beyond its
 * block's. */
static struct interval seconds_within(const struct model_fit *fit, double workers, double blocks,
                                      double noise, const char *method)
{
    double gradient[MODEL_SHAPES], value, level_part, within, df, half;

    if (!fit->fitted)
        return interval_unknown("%s", fit->reason);
    value = model_seconds(fit, workers);
    if (no_interval(fit))
        return interval_point(value, "%s", no_interval(fit));
    gradient_from(fit, workers, fit->mean_gradient, gradient);
    level_part = fit->level_variance * blocks;
    within = (fit->shapes ? model_quadratic_form(fit->covariance, gradient) : 0) + noise * fit->variance;
    if (!(level_part + within > 1e-26))
        return interval_point(value, "no repetitions, or all agree: no spread, no interval");
    half = model_half_width(fit, level_part, within, &df);
    return interval_bounded(value, value * exp(-half), value * exp(half), fit->level, "%s, %.1f df", method,
                            df);
}

/* The level of one block varies by level_variance, which holds 1/per_block of a trial's own noise. */
struct interval model_seconds_prediction(const struct model_fit *fit, double workers)
{
    return seconds_within(fit, workers, 1 + 1 / (double)fit->blocks, 1 - 1 / fit->per_block,
                          "prediction of one trial, log T");
}
