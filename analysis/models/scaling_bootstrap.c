#include "analysis/models/scaling_bootstrap.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "analysis/models/models.h"
#include "analysis/statistics/resample.h"

struct sweep {
    const struct scaling_data *data;
    const struct scaling_point *points;
    size_t count, blocks;
    double delta;
    unsigned *block_name;          /* [blocks] */
    size_t *block_of;              /* [data->count] */
    double *log_ratio;             /* [count][blocks] log T(1) - log T(n); NaN where a trial is missing */
    double *weight;                /* [blocks] work space: of the blocks that take part in the fit */
    bool *in_fit;                  /* [blocks] */
    struct model_weigher *weigher; /* NULL: the serial fraction cannot be fitted */
};

static size_t point_of(const struct sweep *sweep, unsigned workers)
{
    size_t i = 0;

    while (i < sweep->count && sweep->points[i].workers != workers)
        i++;
    return i;
}

static int by_number(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return (x > y) - (x < y);
}

static size_t block_at(const struct sweep *sweep, unsigned name)
{
    const unsigned *found = bsearch(&name, sweep->block_name, sweep->blocks, sizeof name, by_number);

    return found ? (size_t)(found - sweep->block_name) : 0;
}

/* Blocks in rising order of their numbers. */
static void index_blocks(struct sweep *sweep)
{
    const struct scaling_data *data = sweep->data;

    for (size_t i = 0; i < data->count; i++)
        sweep->block_name[i] = data->observation[i].block;
    qsort(sweep->block_name, data->count, sizeof *sweep->block_name, by_number);
    for (size_t i = 0; i < data->count; i++)
        if (i == 0 || sweep->block_name[i] != sweep->block_name[i - 1])
            sweep->block_name[sweep->blocks++] = sweep->block_name[i];
    for (size_t i = 0; i < data->count; i++) {
        sweep->block_of[i] = block_at(sweep, data->observation[i].block);
        if (data->cores == 0 || data->observation[i].workers <= data->cores)
            sweep->in_fit[sweep->block_of[i]] = true;
    }
}

/* Mean log T of each point in each block, then its distance from that of one worker. */
static int fill_ratios(struct sweep *sweep)
{
    size_t base = point_of(sweep, 1), cells = sweep->count * sweep->blocks;
    double *seen = calloc(cells + 1, sizeof *seen);

    sweep->log_ratio = calloc(cells + 1, sizeof *sweep->log_ratio);
    if (!seen || !sweep->log_ratio) {
        free(seen);
        return -1;
    }
    for (size_t i = 0; i < sweep->data->count; i++) {
        const struct observation *o = &sweep->data->observation[i];
        size_t p = point_of(sweep, o->workers);
        if (p == sweep->count)
            continue;
        sweep->log_ratio[p * sweep->blocks + sweep->block_of[i]] += log(o->seconds);
        seen[p * sweep->blocks + sweep->block_of[i]] += 1;
    }
    for (size_t i = 0; i < cells; i++)
        sweep->log_ratio[i] = seen[i] > 0 ? sweep->log_ratio[i] / seen[i] : NAN;
    for (size_t p = sweep->count; p-- > 0;)
        for (size_t b = 0; b < sweep->blocks && p != base; b++)
            sweep->log_ratio[p * sweep->blocks + b] =
                base < sweep->count
                    ? sweep->log_ratio[base * sweep->blocks + b] - sweep->log_ratio[p * sweep->blocks + b]
                    : NAN;
    for (size_t b = 0; b < sweep->blocks && base < sweep->count; b++)
        sweep->log_ratio[base * sweep->blocks + b] = 0;
    free(seen);
    return 0;
}

/* Statistics: E of each point, then the serial fraction, then the knee. */
static void statistics(void *context, const double *block_weights, double *out)
{
    struct sweep *sweep = context;
    double knee = INFINITY, theta[MODEL_SHAPES];
    size_t used = 0;

    for (size_t p = 0; p < sweep->count; p++) {
        double sum = 0, total = 0;
        for (size_t b = 0; b < sweep->blocks; b++) {
            double ratio = sweep->log_ratio[p * sweep->blocks + b];
            if (!isnan(ratio)) {
                sum += block_weights[b] * ratio;
                total += block_weights[b];
            }
        }
        out[p] = total > 0 ? exp(sum / total) / sweep->points[p].workers : NAN;
        if (out[p] < 1 - sweep->delta && !sweep->points[p].oversubscribed && !isfinite(knee))
            knee = sweep->points[p].workers;
    }
    for (size_t b = 0; b < sweep->blocks; b++)
        if (sweep->in_fit[b])
            sweep->weight[used++] = block_weights[b];
    out[sweep->count] =
        sweep->weigher && !model_weigher_fit(sweep->weigher, sweep->weight, theta) ? theta[0] : NAN;
    out[sweep->count + 1] = knee;
}

static void refuse(size_t count, struct interval *efficiency, struct scaling_bootstrap *result,
                   const char *why)
{
    for (size_t p = 0; p < count; p++)
        efficiency[p] = interval_unknown("%s", why);
    result->serial_fraction = result->knee = interval_unknown("%s", why);
}

static bool all_positive(const struct scaling_data *data)
{
    for (size_t i = 0; i < data->count; i++)
        if (!(data->observation[i].seconds > 0) || !isfinite(data->observation[i].seconds))
            return false;
    return true;
}

static int run(struct sweep *sweep, size_t resamples, uint64_t seed, double level,
               struct interval *efficiency, struct scaling_bootstrap *result)
{
    struct resample_result drawn;

    index_blocks(sweep);
    if (sweep->blocks < RESAMPLE_LEAST_BLOCKS) {
        struct interval too_few =
            interval_unknown("a bootstrap over %zu blocks is too narrow: it needs at least %d", sweep->blocks,
                             (int)RESAMPLE_LEAST_BLOCKS);
        refuse(sweep->count, efficiency, result, too_few.reason);
        return 0;
    }
    if (fill_ratios(sweep) ||
        resample_run(statistics, sweep, sweep->blocks, sweep->count + 2, resamples, seed, &drawn))
        return -1;
    for (size_t p = 0; p < sweep->count; p++)
        efficiency[p] =
            sweep->points[p].workers == 1 ? sweep->points[p].efficiency : resample_bca(&drawn, p, level);
    result->serial_fraction = resample_bca(&drawn, sweep->count, level);
    result->serial_fraction = interval_clipped(&result->serial_fraction, 0, 1);
    result->knee = resample_percentile(&drawn, sweep->count + 1, level);
    resample_release(&drawn);
    return 0;
}

int scaling_bootstrap(const struct scaling_data *data, const struct scaling_point *points, size_t count,
                      double delta, size_t resamples, uint64_t seed, double level,
                      struct interval *efficiency, struct scaling_bootstrap *result)
{
    struct sweep sweep = {.data = data, .points = points, .count = count, .delta = delta};
    int status = -1;

    if (!data->paired || !all_positive(data)) {
        refuse(count, efficiency, result,
               data->paired ? "a time is not a finite number above 0"
                            : "no blocks to draw from: the repeats are not paired");
        return 0;
    }
    sweep.block_name = calloc(data->count + 1, sizeof *sweep.block_name);
    sweep.block_of = calloc(data->count + 1, sizeof *sweep.block_of);
    sweep.weight = calloc(data->count + 1, sizeof *sweep.weight);
    sweep.in_fit = calloc(data->count + 1, sizeof *sweep.in_fit);
    sweep.weigher = model_weigher_open(data->weak ? MODEL_GUSTAFSON : MODEL_AMDAHL, data);
    if (sweep.block_name && sweep.block_of && sweep.weight && sweep.in_fit)
        status = run(&sweep, resamples, seed, level, efficiency, result);
    free(sweep.block_name);
    free(sweep.block_of);
    free(sweep.weight);
    free(sweep.in_fit);
    model_weigher_close(sweep.weigher);
    free(sweep.log_ratio);
    return status;
}
