/* models_intervals.c: intervals of the shape parameters, and the region that functions of them are taken over. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/models/models_internal.h"
#include "analysis/statistics/root.h"
#include "analysis/statistics/stats.h"

/* The least sum of squares with parameter j at value; the other, when there is one, is found from *other on. */
static double profile(struct fitting *f, size_t j, double value, double *other)
{
    bool hold[MODEL_SHAPES] = {j == 0, j == 1}, settled;
    double theta[MODEL_SHAPES] = {0}, rss;

    theta[j] = value;
    if (f->fit->shapes == 1)
        return search_rss(&f->search, theta);
    theta[1 - j] = *other;
    rss = search_descend(&f->search, hold, !f->has_free, theta, &settled);
    *other = theta[1 - j];
    return rss;
}

/* One side of a profile: where its root, which is nearly a line, has risen to that of `rise`. */
struct side {
    struct fitting *f;
    size_t j;
    double base, other, least, rise;
};

static double above_rise(double step, void *side)
{
    struct side *s = side;
    double rss = profile(s->f, s->j, s->base + step, &s->other);

    return sqrt(fmax(rss - s->least, 0)) - sqrt(s->rise);
}

/* The parameter on one side of the estimate at which the profile has risen by `rise`; step has the side's sign. */
static double profile_bound(struct fitting *f, size_t j, const double *theta, double least, double step,
                            double rise)
{
    const struct model_parameter *p = &model_table[f->fit->kind].parameter[j];
    struct side side = {f, j, theta[j], theta[1 - j], least, rise};
    double near = 0, far = step, edge = step < 0 ? p->least : p->most, base = theta[j];

    for (int i = 0; i < 60 && above_rise(far, &side) <= 0; i++, near = far, far *= 2)
        if ((step < 0 && base + far < edge) || (step > 0 && base + far > edge))
            return edge; /* the interval is cut there in any case */
    return base + (step < 0 ? root_between(above_rise, &side, far, near, 1e-8)
                            : root_between(above_rise, &side, near, far, 1e-8));
}

static const char *variance_of(const struct fitting *f)
{
    const struct model_fit *fit = f->fit;

    if (fit->lack_of_fit.p < MODEL_MISFIT_LEVEL)
        return "lack of fit";
    if (fitting_rounding(f->design) > 0)
        return "rounding";
    if (fit->noise.kind == NOISE_POOLED)
        return "pure error";
    return fit->noise.by_blocks ? "blocks" : "each n";
}

/* Cut to the parameter's range, and never without the estimate. */
struct interval fitting_shape(struct fitting *f, size_t j)
{
    struct model_fit *fit = f->fit;
    const struct model_parameter *p = &model_table[fit->kind].parameter[j];
    const double *theta = f->has_free ? f->free_theta : fit->theta;
    double d[MODEL_SHAPES] = {j == 0, j == 1}, rise, error, stretch, value = fit->theta[j], low, high;

    if (isnan(fit->variance))
        return interval_point(value, "%s", "no repetitions, or all agree: no spread, no interval");
    stretch = region_stretch(&fit->region, d, fit->level);
    rise = stretch * stretch * fit->region.factor * fit->region.factor * fit->variance;
    error = sqrt(f->covariance[j][j] * rise);
    if (!(error > 0) || !isfinite(error))
        return interval_point(value, "the data do not determine it");
    low = profile_bound(f, j, theta, f->has_free ? f->free_least : f->least, -error, rise);
    high = profile_bound(f, j, theta, f->has_free ? f->free_least : f->least, error, rise);
    low = fmin(fmax(low, p->least), value);
    high = fmax(fmin(high, p->most), value);
    if (!(high > low)) /* held at its bound, the whole free interval beyond */
        return interval_point(value, "held at %g: %.3g by itself", value, theta[j]);
    return interval_bounded(value, low, high, fit->level, "profile of log T, t with %.0f df of %s",
                            fit->region.df, variance_of(f));
}

/* The covariance of estimates, and the region around them. */
void fitting_find_region(struct fitting *f, double *level)
{
    const struct design *d = f->design;
    struct model_fit *fit = f->fit;
    struct model_region *r = &fit->region;
    struct model_noise noise = fit->noise;
    size_t n = d->cells;
    double *q = calloc(MODEL_SHAPES * (n + 1), sizeof *q);
    struct noise_spread spread;

    *r = (struct model_region){.kind = fit->kind, .df = fit->variance_df};
    memcpy(r->center, fit->theta, sizeof r->center);
    memcpy(r->working, f->covariance, sizeof r->working);
    fit->log_t1 = r->center_log_t1 = region_log_t1(d, fit->kind, fit->theta, level);
    for (size_t i = 0; i < d->count; i++) {
        double gradient[MODEL_SHAPES];
        model_log_gradient(fit->kind, fit->theta, d->workers[d->cell[i]], gradient);
        for (size_t j = 0; j < fit->shapes; j++)
            r->mean_gradient[j] += gradient[j] / d->block_size[d->block[i]] / (double)d->blocks;
    }
    if (isnan(fit->variance) || !q) {
        free(q);
        return;
    }
    if (fit->lack_of_fit.p < MODEL_MISFIT_LEVEL || d->df == 0) {
        noise.kind = NOISE_POOLED;
        noise.variance = fit->variance;
    } else if (fitting_rounding(d) > 0) {
        noise.kind = NOISE_POOLED;
        noise.variance = 0; /* what rounding may hide is added below, once */
    }
    for (size_t j = 0; j < fit->shapes; j++) /* q = J C */
        for (size_t k = 0; k < fit->shapes; k++)
            for (size_t c = 0; c < n; c++)
                q[j * n + c] += f->search.jacobian[k * n + c] * f->covariance[k][j];
    spread = noise_spread(d, &noise, q, fit->shapes, level);
    for (size_t j = 0; j <= fit->shapes; j++) /* log T1 comes last, whatever the number of shapes */
        for (size_t k = 0; k <= fit->shapes; k++)
            r->covariance[j == fit->shapes ? MODEL_SHAPES : j][k == fit->shapes ? MODEL_SHAPES : k] =
                spread.covariance[j][k];
    if (noise.kind != NOISE_POOLED)
        r->df = spread.df;
    else
        r->df = fit->variance_df;
    free(q);
    fit->level_variance = spread.covariance[fit->shapes][fit->shapes] * (double)d->blocks;
    fit->level_df = d->blocks > 1 ? (double)d->blocks - 1 : r->df;
    if (fit->shapes > 0)
        region_trace(r, &f->search, fit->variance, stats_t(fit->level, r->df));
}

/* Variance over blocks of log T at the largest n: what one more trial there has, where noise is unequal. */
double fitting_trial_variance(const struct design *d)
{
    double *value = calloc(d->count + 1, sizeof *value), sd;
    size_t count = 0;

    for (size_t i = 0; i < d->count && value; i++)
        if (d->cell[i] == d->cells - 1)
            value[count++] = d->log_time[i];
    sd = stats_sd(value, count);
    free(value);
    return sd * sd;
}
