#include "analysis/knee/knee.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

#include "analysis/statistics/stats.h"

#define MOST_WORKERS 1e6

static void say(struct knee *knee, const struct scaling_point *at, const struct scaling_point *last_within,
                unsigned cores)
{
    double limit = 1 - knee->delta;
    char within[128] = "";

    if (last_within)
        snprintf(within, sizeof within, "efficiency at %u workers is %.3f (%.3f to %.3f)",
                 last_within->workers, last_within->efficiency.value, last_within->efficiency.low,
                 last_within->efficiency.high);
    if (at && at->oversubscribed)
        snprintf(knee->reason, sizeof knee->reason,
                 "more workers than cores: %u workers share %u cores%s%s%s", at->workers, cores,
                 within[0] ? "; up to the core count nothing is beyond doubt, " : "", within, "");
    else if (at)
        snprintf(knee->reason, sizeof knee->reason,
                 "efficiency at %u workers is %.3f (%.3f to %.3f), below %.2f beyond doubt%s", at->workers,
                 at->efficiency.value, at->efficiency.low, at->efficiency.high, limit,
                 at->efficiency.high < limit ? "" : " by the noise of all worker counts together");
    else if (last_within)
        snprintf(knee->reason, sizeof knee->reason, "no efficiency is below %.2f beyond doubt; %s", limit,
                 within);
    else
        snprintf(knee->reason, sizeof knee->reason,
                 "no efficiency above one worker has an interval: more repetitions are needed");
}

/* Half-width of log E(n) by the noise of all n, one-sided for `looks` worker counts together. NaN where that
 * noise is not known, or where this n is noisier than it (F test at 5%): its own interval must do then. */
static double common_half_width(const struct scaling_point *base, const struct scaling_point *point,
                                const struct model_noise *noise, size_t looks)
{
    const struct interval *e = &point->efficiency;
    double own_df = (double)(point->trials < base->trials ? point->trials : base->trials) - 1, variance, own;

    if (!noise || !(noise->variance > 0) || point->oversubscribed || own_df < 1)
        return NAN;
    variance = noise->variance * (1 / (double)base->trials + 1 / (double)point->trials);
    own = pow(log(e->high / e->value) / stats_t(e->level, own_df), 2);
    if (gsl_cdf_fdist_Q(own / variance, own_df, noise->df) < 0.05)
        return NAN;
    return stats_t(1 - 2 * (1 - e->level) / (double)looks, noise->df) * sqrt(variance);
}

static bool below(const struct scaling_point *base, const struct scaling_point *point,
                  const struct model_noise *noise, size_t looks, double limit)
{
    double half = common_half_width(base, point, noise, looks);

    return (isnan(half) ? point->efficiency.high : point->efficiency.value * exp(half)) < limit;
}

struct knee knee_find(const struct scaling_point *points, size_t count, const struct model_noise *noise,
                      unsigned cores, double delta)
{
    struct knee knee = {.delta = delta};
    const struct scaling_point *at = NULL, *last_within = NULL;
    size_t looks = 0;

    for (size_t i = 0; i < count; i++)
        looks += points[i].workers > 1 && !points[i].oversubscribed;
    for (size_t i = 0; i < count && !at; i++) {
        const struct scaling_point *point = &points[i];
        if (point->workers < 2 || !interval_has_bounds(&point->efficiency))
            continue;
        if (below(points, point, noise, looks, 1 - delta))
            at = point;
        if (point->efficiency.low < 1 - delta && knee.low == 0)
            knee.low = point->workers;
        if (!point->oversubscribed)
            last_within = point;
    }
    if (at) {
        knee.workers = knee.high = at->workers;
        knee.oversubscribed = at->oversubscribed;
    }
    say(&knee, at, last_within, cores);
    return knee;
}

/* --- of a model --------------------------------------------------------------------------------- */

enum bound { BOUND_LOW, BOUND_VALUE, BOUND_HIGH };

static double efficiency_of(const struct model_fit *fit, double workers, enum bound bound)
{
    struct interval speedup = model_speedup_interval(fit, workers);

    return (bound == BOUND_LOW ? speedup.low : bound == BOUND_HIGH ? speedup.high : speedup.value) / workers;
}

/* The first n at which the bound is below the limit; NaN none up to MOST_WORKERS. */
static double crossing(const struct model_fit *fit, enum bound bound, double limit)
{
    double before = 1, after = 1;

    while (!(efficiency_of(fit, after, bound) < limit)) {
        if (after >= MOST_WORKERS)
            return NAN;
        before = after;
        after *= 1.05;
    }
    for (int i = 0; i < 50; i++) {
        double middle = (before + after) / 2;
        if (efficiency_of(fit, middle, bound) < limit)
            after = middle;
        else
            before = middle;
    }
    return after;
}

struct interval knee_of_model(const struct model_fit *fit, double delta)
{
    struct interval at_two = model_speedup_interval(fit, 2), result;
    double value, limit = 1 - delta;

    if (!fit->fitted)
        return interval_unknown("%s", fit->reason);
    value = crossing(fit, BOUND_VALUE, limit);
    if (isnan(value))
        return interval_unknown("the model never falls below %.2f of the ideal line", limit);
    if (!interval_has_bounds(&at_two))
        return interval_point(value, "%s", at_two.reason);
    result = interval_bounded(value, crossing(fit, BOUND_LOW, limit), crossing(fit, BOUND_HIGH, limit),
                              fit->level, "where the model's interval crosses %.3g", limit);
    if (isnan(result.high))
        snprintf(result.reason, sizeof result.reason, "no upper bound: the model may never fall below %.2f",
                 limit);
    return result;
}

static double amdahl_knee(double s, double delta)
{
    return fmax(floor(1 + delta / ((1 - delta) * s)) + 1, 2);
}

struct interval knee_amdahl(const struct interval *serial_fraction, double delta)
{
    struct interval result = *serial_fraction;

    if (!interval_has_value(serial_fraction))
        return result;
    if (!(serial_fraction->value > 0))
        return interval_unknown("the serial fraction is 0: Amdahl's term alone gives no knee");
    result.value = amdahl_knee(serial_fraction->value, delta);
    result.low = serial_fraction->high > 0 ? amdahl_knee(serial_fraction->high, delta) : NAN;
    result.high = serial_fraction->low > 0 ? amdahl_knee(serial_fraction->low, delta) : NAN;
    if (isfinite(result.low) && !isfinite(result.high))
        snprintf(result.reason, sizeof result.reason, "no upper bound: the serial fraction may be 0");
    return result;
}
