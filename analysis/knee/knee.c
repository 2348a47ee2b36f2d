#include "analysis/knee/knee.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/root.h"
#include "analysis/statistics/shrink.h"
#include "analysis/statistics/stats.h"

#define MOST_WORKERS 1e6
#define NORMAL_DF    1e9
/* One-sided, for all worker counts together. */
#define KNEE_LEVEL 0.075

/* Why no efficiency has an interval. */
static const char *no_interval(const struct scaling_point *points, size_t count)
{
    if (count == 0 || points[0].workers != 1)
        return "no trial with one worker that counts: efficiency needs T(1); measure one worker too";
    if (count == 1)
        return "one worker is all that was measured: efficiency needs more numbers of workers too";
    for (size_t i = 1; i < count; i++)
        if (strstr(points[i].efficiency.reason, "agree"))
            return "repetitions agree to the last digit: without any spread nothing is beyond doubt";
    for (size_t i = 1; i < count; i++)
        if (points[i].trials > 1 && points[0].trials == 1)
            return "one worker was measured once: no efficiency has an interval; measure one worker again";
    return "no efficiency above one worker has an interval: more repetitions are needed";
}

/* Three decimals, or two digits of what they hide. */
static const char *share_text(double value, char text[32])
{
    snprintf(text, 32, value > 0 && value < 0.01 ? "%.2g" : "%.3f", value);
    return text;
}

static void say(struct knee *knee, const struct scaling_point *points, size_t count,
                const struct scaling_point *at, const struct scaling_point *last_within, unsigned cores)
{
    const struct scaling_point *shown = at && !at->oversubscribed ? at : last_within;
    char efficiency[128] = "", limit[32], value[32], low[32], high[32];

    snprintf(limit, sizeof limit, "%.4g", 1 - knee->delta);
    if (shown)
        snprintf(efficiency, sizeof efficiency, "efficiency at %u workers is %s (%s to %s)", shown->workers,
                 share_text(shown->efficiency.value, value), share_text(shown->efficiency.low, low),
                 share_text(shown->efficiency.high, high));
    if (at && at->oversubscribed)
        snprintf(knee->reason, sizeof knee->reason, "more workers than cores: %u workers share %u cores%s%s",
                 at->workers, cores, shown ? "; up to the core count nothing is beyond doubt, " : "",
                 efficiency);
    else if (at)
        snprintf(knee->reason, sizeof knee->reason, "%s, below %s beyond doubt%s", efficiency, limit,
                 at->efficiency.high < 1 - knee->delta ? ""
                                                       : " with the noise of all worker counts as prior");
    else if (shown)
        snprintf(knee->reason, sizeof knee->reason, "no efficiency is below %s beyond doubt; %s", limit,
                 efficiency);
    else
        snprintf(knee->reason, sizeof knee->reason, "%s", no_interval(points, count));
}

/* What all worker counts within the cores have in common. */
struct doubt {
    struct shrink_prior prior;
    const struct scaling_point *base; /* one worker; NULL none */
    double df;                        /* of all spreads together */
    double level; /* of a two-sided interval whose upper bound has its share of KNEE_LEVEL */
};

static struct doubt measure_doubt(const struct scaling_point *points, size_t count)
{
    double *variance = calloc(count + 1, sizeof *variance), *df = calloc(count + 1, sizeof *df);
    struct doubt doubt = {.prior = {NAN, 0}};
    size_t looks = 0, groups = 0;

    for (size_t i = 0; i < count && variance && df; i++) {
        const struct scaling_point *point = &points[i];
        if (point->workers == 1)
            doubt.base = point;
        looks += point->workers > 1 && !point->oversubscribed;
        if (point->oversubscribed || (point->workers == 1 && point->spread.paired))
            continue;
        variance[groups] = point->spread.variance;
        df[groups++] = point->spread.df;
        doubt.df += point->spread.df;
    }
    if (variance && df)
        doubt.prior = shrink_prior(variance, df, groups);
    doubt.level = looks ? 1 - 2 * KNEE_LEVEL / (double)looks : NAN;
    free(variance);
    free(df);
    return doubt;
}

static double with_rounding(const struct doubt *doubt, double half, const struct scaling_spread *spread)
{
    return spread->rounding > 0 ? hypot(half, stats_t(doubt->level, NORMAL_DF) * sqrt(spread->rounding))
                                : half;
}

/* Half-width of log E(n); NaN where no spread is known. */
static double half_width(const struct doubt *doubt, const struct scaling_point *point)
{
    const struct scaling_spread *own = &point->spread, *base = doubt->base ? &doubt->base->spread : NULL;
    double df, variance, base_df, base_variance, sum;

    variance = shrink_variance(&doubt->prior, own->variance, own->df, doubt->df, &df) / (double)own->count;
    if (own->count == 0 || !(df > 0))
        return NAN;
    if (own->paired)
        return with_rounding(doubt, stats_t(doubt->level, df) * sqrt(variance), own);
    if (!base || base->count == 0)
        return NAN;
    base_variance =
        shrink_variance(&doubt->prior, base->variance, base->df, doubt->df, &base_df) / (double)base->count;
    sum = variance + base_variance;
    df = fmin(sum * sum / (variance * variance / df + base_variance * base_variance / base_df), doubt->df);
    return with_rounding(doubt, stats_t(doubt->level, df) * sqrt(sum), own);
}

/* On a noisy machine each n has its own disturbance: its own interval decides. */
static bool below(const struct doubt *doubt, const struct scaling_point *point, double limit)
{
    bool alone = point->oversubscribed || point->spread.lift > 0;
    double half = alone ? NAN : half_width(doubt, point);

    return (isnan(half) ? point->efficiency.high : point->efficiency.value * exp(half)) < limit;
}

struct knee knee_find(const struct scaling_point *points, size_t count, unsigned cores, double delta)
{
    struct knee knee = {.delta = delta};
    const struct scaling_point *at = NULL, *last_within = NULL;
    struct doubt doubt = measure_doubt(points, count);
    unsigned before = 1;

    for (size_t i = 0; i < count && !at; i++) {
        const struct scaling_point *point = &points[i];
        if (point->workers < 2 || !interval_has_bounds(&point->efficiency))
            continue;
        if (below(&doubt, point, 1 - delta))
            at = point;
        if (point->efficiency.low < 1 - delta && knee.low == 0)
            knee.low = before + 1;
        before = point->workers;
        if (!point->oversubscribed)
            last_within = point;
    }
    if (at) {
        knee.workers = knee.high = at->workers;
        knee.oversubscribed = at->oversubscribed;
    }
    say(&knee, points, count, at, last_within, cores);
    return knee;
}

/* --- of a model --------------------------------------------------------------------------------- */

enum bound { BOUND_LOW, BOUND_VALUE, BOUND_HIGH };

struct crossing {
    const struct model_fit *fit;
    enum bound bound;
    double limit;
};

/* log E(n) above the limit, nearly a line in log n. */
static double above_limit(double log_workers, void *crossing)
{
    const struct crossing *c = crossing;
    double workers = exp(log_workers);
    struct interval speedup = model_speedup_interval(c->fit, workers);

    return log((c->bound == BOUND_LOW    ? speedup.low
                : c->bound == BOUND_HIGH ? speedup.high
                                         : speedup.value) /
               workers / c->limit);
}

/* The first n at which the bound is below the limit; NaN none up to MOST_WORKERS. */
static double crossing(const struct model_fit *fit, enum bound bound, double limit)
{
    struct crossing at = {fit, bound, limit};
    double before = 0, after = 0;

    while (!(above_limit(after, &at) < 0)) {
        if (after >= log(MOST_WORKERS))
            return NAN;
        before = after;
        after += log(1.2);
    }
    return after > 0 ? exp(root_between(above_limit, &at, before, after, 1e-10)) : 1;
}

struct interval knee_of_model(const struct model_fit *fit, double delta)
{
    struct interval at_two = model_speedup_interval(fit, 2), result;
    double value, limit = 1 - delta;

    if (!fit->fitted)
        return interval_unknown("%s", fit->reason);
    value = crossing(fit, BOUND_VALUE, limit);
    if (isnan(value))
        return interval_unknown("the model never falls below %.4g of the ideal line", limit);
    if (!interval_has_bounds(&at_two))
        return interval_point(value, "%s", at_two.reason);
    result = interval_bounded(value, crossing(fit, BOUND_LOW, limit), crossing(fit, BOUND_HIGH, limit),
                              fit->level, "where the model's interval crosses %.4g", limit);
    if (isnan(result.high))
        snprintf(result.reason, sizeof result.reason, "no upper bound: the model may never fall below %.4g",
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
