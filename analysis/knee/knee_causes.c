#include "analysis/knee/knee_causes.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/statistics/stats.h"

const char *knee_step_name(enum knee_step step)
{
    static const char *const names[KNEE_STEPS] = {"serial", "start", "size", "contention", "all"};

    return names[step];
}

const char *knee_step_label(enum knee_step step)
{
    static const char *const labels[KNEE_STEPS] = {"serial part alone", "and worker start", "and item size",
                                                   "and contention", "and all else"};

    return labels[step];
}

/* --- costs as a table of worker counts and blocks -------------------------------------------------- */

struct table {
    unsigned *workers, *block; /* distinct */
    size_t points, blocks;
    double *sum, *seen; /* [blocks][points][KNEE_STEPS]: cumulated core-seconds; [blocks][points]: trials */
    double *x;          /* [blocks][points]: loss of one step */
    double *a, *b, *at; /* [blocks]: the model of each block, and its value at one n */
};

static size_t find_or_add(unsigned *list, size_t *count, unsigned value)
{
    size_t i = 0;

    while (i < *count && list[i] != value)
        i++;
    if (i == *count)
        list[(*count)++] = value;
    return i;
}

static void *zeros(size_t count, size_t size)
{
    return calloc(count + 1, size);
}

static void release(struct table *t)
{
    free(t->workers);
    free(t->block);
    free(t->sum);
    free(t->seen);
    free(t->x);
    free(t->a);
    free(t->b);
    free(t->at);
}

static void add_cost(struct table *t, const struct knee_cost *cost)
{
    size_t p = find_or_add(t->workers, &t->points, cost->workers);
    size_t b = find_or_add(t->block, &t->blocks, cost->block), cell = b * t->points + p;
    double *sum = t->sum + cell * KNEE_STEPS, cumulated = 0;

    for (int s = 0; s < KNEE_ALL; s++) {
        cumulated += cost->core_s[s];
        sum[s] += cumulated;
    }
    sum[KNEE_ALL] += cost->total_s;
    t->seen[cell] += 1;
}

/* Moves the blocks that have every worker count to the front, and drops the others. */
static void keep_whole_blocks(struct table *t)
{
    size_t kept = 0;

    for (size_t b = 0; b < t->blocks; b++) {
        bool whole = true;
        for (size_t p = 0; p < t->points; p++)
            whole = whole && t->seen[b * t->points + p] > 0;
        if (!whole)
            continue;
        for (size_t p = 0; p < t->points; p++)
            for (int s = 0; s < KNEE_STEPS; s++)
                t->sum[(kept * t->points + p) * KNEE_STEPS + (size_t)s] =
                    t->sum[(b * t->points + p) * KNEE_STEPS + (size_t)s] / t->seen[b * t->points + p];
        kept++;
    }
    t->blocks = kept;
}

static int make_table(const struct knee_cost *costs, size_t count, struct table *t)
{
    t->workers = zeros(count, sizeof *t->workers);
    t->block = zeros(count, sizeof *t->block);
    if (!t->workers || !t->block)
        return -1;
    for (size_t i = 0; i < count; i++) {
        find_or_add(t->workers, &t->points, costs[i].workers);
        find_or_add(t->block, &t->blocks, costs[i].block);
    }
    t->sum = zeros(t->blocks * t->points * KNEE_STEPS, sizeof *t->sum);
    t->seen = zeros(t->blocks * t->points, sizeof *t->seen);
    t->x = zeros(t->blocks * t->points, sizeof *t->x);
    t->a = zeros(t->blocks, sizeof *t->a);
    t->b = zeros(t->blocks, sizeof *t->b);
    t->at = zeros(t->blocks, sizeof *t->at);
    if (!t->sum || !t->seen || !t->x || !t->a || !t->b || !t->at)
        return -1;
    for (size_t i = 0; i < count; i++)
        add_cost(t, &costs[i]);
    keep_whole_blocks(t);
    return 0;
}

/* --- the model of a step ------------------------------------------------------------------------- */

/* x(n) of each block; false when one is not known. */
static bool fill_losses(struct table *t, size_t base, int step)
{
    for (size_t b = 0; b < t->blocks; b++) {
        const double *row = t->sum + b * t->points * KNEE_STEPS, *one = row + base * KNEE_STEPS;
        for (size_t p = 0; p < t->points; p++) {
            double *x = t->x + b * t->points + p;
            *x = (row[p * KNEE_STEPS + (size_t)step] - one[step]) / one[KNEE_ALL];
            if (!isfinite(*x))
                return false;
        }
    }
    return true;
}

enum shape { WORKERS_ONLY = 1, PAIRS_ONLY, BOTH };

/* Least squares of a (n-1) + b n(n-1) for the losses x of one block. */
static void fit_block(const struct table *t, const double *x, enum shape shape, double *a, double *b)
{
    double uu = 0, uv = 0, vv = 0, ux = 0, vx = 0;

    for (size_t p = 0; p < t->points; p++) {
        double n = t->workers[p], u = n - 1, v = n * u;
        uu += u * u;
        uv += u * v;
        vv += v * v;
        ux += u * x[p];
        vx += v * x[p];
    }
    *a = shape == BOTH ? (ux * vv - vx * uv) / (uu * vv - uv * uv) : shape == WORKERS_ONLY ? ux / uu : 0;
    *b = shape == BOTH ? (vx * uu - ux * uv) / (uu * vv - uv * uv) : shape == PAIRS_ONLY ? vx / vv : 0;
}

static void fit_blocks(struct table *t, enum shape shape, struct knee_cause *cause)
{
    for (size_t b = 0; b < t->blocks; b++)
        fit_block(t, t->x + b * t->points, shape, &t->a[b], &t->b[b]);
    cause->per_worker = stats_mean(t->a, t->blocks);
    cause->per_pair = stats_mean(t->b, t->blocks);
}

static void fit_model(struct table *t, int step, struct knee_cause *cause)
{
    if (step == KNEE_SERIAL || t->points < 3) {
        fit_blocks(t, WORKERS_ONLY, cause);
        return;
    }
    fit_blocks(t, BOTH, cause);
    if (cause->per_pair < 0)
        fit_blocks(t, WORKERS_ONLY, cause);
    else if (cause->per_worker < 0)
        fit_blocks(t, PAIRS_ONLY, cause);
}

/* --- its crossing --------------------------------------------------------------------------------- */

enum which { LOWER, MEAN, UPPER };

static double loss_at(struct table *t, double n, double level, enum which which)
{
    struct interval mean;

    for (size_t b = 0; b < t->blocks; b++)
        t->at[b] = (n - 1) * (t->a[b] + t->b[b] * n);
    if (which == MEAN)
        return stats_mean(t->at, t->blocks);
    mean = stats_mean_interval(t->at, t->blocks, level);
    return which == LOWER ? mean.low : mean.high;
}

/* Smallest whole n at which the loss is above `limit`; NaN: none up to KNEE_FARTHEST. */
static double crossing(struct table *t, double limit, double level, enum which which)
{
    double low = 1, high = 2;

    while (high < KNEE_FARTHEST && !(loss_at(t, high, level, which) > limit)) {
        low = high;
        high = fmin(ceil(high * 1.25), KNEE_FARTHEST);
    }
    if (!(loss_at(t, high, level, which) > limit))
        return NAN;
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (loss_at(t, middle, level, which) > limit)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static struct interval knee_interval(struct table *t, double delta, double level)
{
    double limit = delta / (1 - delta), value = crossing(t, limit, level, MEAN);
    struct interval spread, result;

    for (size_t b = 0; b < t->blocks; b++)
        t->at[b] = t->a[b] + 2 * t->b[b];
    spread = stats_mean_interval(t->at, t->blocks, level);
    if (isnan(value)) {
        double sooner = interval_has_bounds(&spread) ? crossing(t, limit, level, UPPER) : NAN;
        result = interval_unknown("these causes alone keep the efficiency above %g at any number of workers",
                                  1 - delta);
        if (!isnan(sooner))
            result =
                interval_unknown("these causes alone keep the efficiency above %g at any number of workers; "
                                 "within their doubt it may fall below from %.0f workers on",
                                 1 - delta, sooner);
        return result;
    }
    result = interval_point(value, "%s", spread.reason);
    if (!interval_has_bounds(&spread))
        return result;
    result = interval_bounded(value, crossing(t, limit, level, UPPER), crossing(t, limit, level, LOWER),
                              level, "Student's t over %zu blocks, inverted (Fieller)", t->blocks);
    if (isnan(result.high))
        snprintf(result.reason, sizeof result.reason,
                 "no upper bound: within their doubt these causes may never take the efficiency below %g",
                 1 - delta);
    return result;
}

static void refuse(struct knee_cause *cause, const char *why)
{
    *cause = (struct knee_cause){.workers = interval_unknown("%s", why), .per_worker = NAN, .per_pair = NAN};
}

static void judge(struct table *t, double delta, double level, struct knee_cause causes[KNEE_STEPS])
{
    unsigned largest = 0;
    size_t base = 0;

    for (size_t p = 0; p < t->points; p++)
        largest = t->workers[p] > largest ? t->workers[p] : largest;
    while (base < t->points && t->workers[base] != 1)
        base++;
    for (int s = 0; s < KNEE_STEPS; s++) {
        if (t->points < 2 || base == t->points) {
            refuse(&causes[s], "it takes trials with one worker and with more, up to the number of cores");
        } else if (t->blocks == 0) {
            refuse(&causes[s], "no block has a trial of every number of workers");
        } else if (!fill_losses(t, base, s)) {
            refuse(&causes[s], "core-seconds of a cause are not known in every trial");
        } else {
            fit_model(t, s, &causes[s]);
            causes[s].workers = knee_interval(t, delta, level);
            causes[s].extrapolated = causes[s].workers.value > largest;
        }
    }
}

void knee_causes(const struct knee_cost *costs, size_t count, double delta, double level,
                 struct knee_cause causes[KNEE_STEPS])
{
    struct table t = {.points = 0};

    if (make_table(costs, count, &t))
        for (int s = 0; s < KNEE_STEPS; s++)
            refuse(&causes[s], "memory is short");
    else
        judge(&t, delta, level, causes);
    release(&t);
}
