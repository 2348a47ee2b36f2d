/* models_region.c: the region of parameters that the data do not exclude, as points on its edge. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/models/models_internal.h"
#include "analysis/statistics/stats.h"

enum { RAYS = 64, ROUNDS = 40 };

double region_log_t1(const struct design *d, enum model_kind kind, const double *theta, double *level)
{
    double total = 0;

    for (size_t c = 0; c < d->cells; c++)
        d->work[c] = model_log_time(kind, theta, d->workers[c]);
    for (size_t from = 0, to; from < d->count; from = to) {
        double model = 0, mean;
        for (to = from; to < d->count && d->block[to] == d->block[from]; to++)
            model += d->work[d->cell[to]];
        mean = d->block_mean[d->block[from]] - model / (double)(to - from);
        if (level)
            level[d->block[from]] = mean;
        total += mean;
    }
    return total / (double)d->blocks;
}

/* Largest step along a direction that stays within the ranges. */
static double room(const struct model_region *r, const double direction[MODEL_SHAPES])
{
    const struct model_description *model = &model_table[r->kind];
    double most = 1e9;

    for (size_t j = 0; j < model->shapes && j < MODEL_SHAPES; j++) {
        const struct model_parameter *p = &model->parameter[j];
        if (direction[j] < 0)
            most = fmin(most, (p->least - r->center[j]) / direction[j]);
        else if (direction[j] > 0 && isfinite(p->most))
            most = fmin(most, (p->most - r->center[j]) / direction[j]);
    }
    return fmax(most, 0);
}

static void along(const struct model_region *r, const double direction[MODEL_SHAPES], double step,
                  double *theta)
{
    const struct model_description *model = &model_table[r->kind];

    theta[0] = theta[1] = 0;
    for (size_t j = 0; j < model->shapes && j < MODEL_SHAPES; j++)
        theta[j] = fmin(fmax(r->center[j] + step * direction[j], model->parameter[j].least),
                        model->parameter[j].most);
}

/* The step at which the root of the sum of squares above `ref` reaches `rise`: nearly linear in the step. */
static void add_point(struct model_region *r, struct search *s, const double direction[MODEL_SHAPES],
                      double ref, double rise)
{
    double most = room(r, direction), low = 0, high = fmin(1, most), at_low = -rise, at_high,
           theta[MODEL_SHAPES];

    if (r->points == REGION_POINTS)
        return;
    for (;;) {
        along(r, direction, high, theta);
        at_high = sqrt(fmax(search_rss(s, theta) - ref, 0)) - rise;
        if (at_high >= 0 || high >= most)
            break;
        low = high;
        at_low = at_high;
        high = fmin(2 * high, most);
    }
    for (int i = 0; i < ROUNDS && at_high > 0 && high - low > 1e-9 * high; i++) {
        double middle = low - at_low * (high - low) / (at_high - at_low), at;
        if (i % 4 == 3 || !(middle > low && middle < high))
            middle = (low + high) / 2;
        along(r, direction, middle, theta);
        at = sqrt(fmax(search_rss(s, theta) - ref, 0)) - rise;
        if (fabs(at) < 1e-7 * rise) {
            low = high = middle;
        } else if (at > 0) {
            high = middle;
            at_high = at;
        } else {
            low = middle;
            at_low = at;
        }
    }
    along(r, direction, (low + high) / 2, theta);
    r->reach[r->points] = 1;
    if (at_high <= 0) {
        along(r, direction, high, theta);
        r->reach[r->points] = rise / fmax(at_high + rise, 1e-9 * rise);
    }
    memcpy(r->theta[r->points], theta, sizeof theta);
    r->log_t1[r->points++] = region_log_t1(s->design, r->kind, theta, NULL);
}

void region_trace(struct model_region *r, struct search *s, double variance, double factor)
{
    double ref = search_rss(s, r->center), rise = factor * sqrt(variance), a = sqrt(r->working[0][0]), b, c;

    r->points = 0;
    r->factor = factor;
    r->variance = variance;
    r->center_log_t1 = region_log_t1(s->design, r->kind, r->center, NULL);
    if (!(rise > 0) || !isfinite(rise) || !(a > 0) || !isfinite(a))
        return;
    if (model_table[r->kind].shapes == 1) {
        add_point(r, s, (double[MODEL_SHAPES]){-a * rise, 0}, ref, rise);
        add_point(r, s, (double[MODEL_SHAPES]){a * rise, 0}, ref, rise);
        return;
    }
    b = r->working[0][1] / a;
    c = sqrt(fmax(r->working[1][1] - b * b, 0));
    for (int i = 0; i < RAYS; i++) {
        double angle = 2 * M_PI * i / RAYS, x = rise * cos(angle), y = rise * sin(angle);
        add_point(r, s, (double[MODEL_SHAPES]){a * x, b * x + c * y}, ref, rise);
    }
    for (int sign = -1; sign <= 1; sign += 2) {
        add_point(r, s, (double[MODEL_SHAPES]){sign * a * rise, 0}, ref, rise);
        add_point(r, s, (double[MODEL_SHAPES]){0, sign * sqrt(r->working[1][1]) * rise}, ref, rise);
    }
}

double region_step(const struct model_region *r, size_t point, double stretch)
{
    return stretch < 1 ? fmin(stretch * r->reach[point], 1) : stretch;
}

void region_extremes(const struct model_region *r, region_function function, double workers, double stretch,
                     double *low, double *high)
{
    *low = *high = NAN;
    if (r->points == 0 || !(stretch >= 0))
        return;
    *low = *high = function(r->kind, r->center, r->center_log_t1, workers);
    for (size_t i = 0; i < r->points; i++) {
        double direction[MODEL_SHAPES], theta[MODEL_SHAPES], value, step = region_step(r, i, stretch);
        for (size_t j = 0; j < MODEL_SHAPES; j++)
            direction[j] = r->theta[i][j] - r->center[j];
        along(r, direction, step, theta);
        value =
            function(r->kind, theta, r->center_log_t1 + step * (r->log_t1[i] - r->center_log_t1), workers);
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

/* How much of what may be missed on both sides a larger model may miss on its own. The other side is bounded by the
 * smaller model, which then hardly misses anything. */
#define LARGER_SHARE 0.6

double region_stretch(const struct model_region *r, const double d[MODEL_SHAPES], double level)
{
    double own = 0, working = model_quadratic_form(r->working, d), t;

    for (size_t j = 0; j < MODEL_SHAPES; j++)
        for (size_t k = 0; k < MODEL_SHAPES; k++)
            own += d[j] * r->covariance[j][k] * d[k];
    if (!(working > 0))
        return isnan(working) ? NAN : 1;
    t = stats_t(r->larger ? 1 - 2 * LARGER_SHARE * (1 - level) : level, r->df);
    return t * sqrt(own / (working * r->variance)) / r->factor;
}
