#include "analysis/statistics/resample.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/random.h"
#include "analysis/statistics/stats.h"

static int reserve(struct resample_result *result)
{
    size_t s = result->statistics;

    result->estimate = calloc(s, sizeof(double));
    result->jackknife = calloc(s * result->groups, sizeof(double));
    result->drawn = calloc(s * result->resamples, sizeof(double));
    return result->estimate && result->jackknife && result->drawn ? 0 : -1;
}

/* Without one group of neighbouring blocks each. */
static void jackknife(resample_statistic statistic, void *context, struct resample_result *result,
                      double *weights, double *row)
{
    for (size_t g = 0; g < result->groups; g++) {
        size_t from = g * result->blocks / result->groups, to = (g + 1) * result->blocks / result->groups;
        for (size_t b = from; b < to; b++)
            weights[b] = 0;
        statistic(context, weights, row);
        for (size_t b = from; b < to; b++)
            weights[b] = 1;
        for (size_t s = 0; s < result->statistics; s++)
            result->jackknife[s * result->groups + g] = row[s];
    }
}

static void draw(resample_statistic statistic, void *context, struct resample_result *result, uint64_t seed,
                 double *weights, double *row)
{
    struct random_stream random = {seed};

    for (size_t r = 0; r < result->resamples; r++) {
        memset(weights, 0, result->blocks * sizeof *weights);
        for (size_t b = 0; b < result->blocks; b++)
            weights[(size_t)(random_uniform(&random) * (double)result->blocks)] += 1;
        statistic(context, weights, row);
        for (size_t s = 0; s < result->statistics; s++)
            result->drawn[s * result->resamples + r] = row[s];
    }
}

int resample_run(resample_statistic statistic, void *context, size_t blocks, size_t statistics,
                 size_t resamples, uint64_t seed, struct resample_result *result)
{
    double *weights = calloc(blocks + 1, sizeof *weights);
    double *row = calloc(statistics + 1, sizeof *row);
    int status = -1;

    *result =
        (struct resample_result){.blocks = blocks,
                                 .groups = blocks < RESAMPLE_MOST_GROUPS ? blocks : RESAMPLE_MOST_GROUPS,
                                 .resamples = resamples,
                                 .statistics = statistics};
    if (weights && row && blocks && statistics && resamples && reserve(result) == 0) {
        for (size_t b = 0; b < blocks; b++)
            weights[b] = 1;
        statistic(context, weights, result->estimate);
        jackknife(statistic, context, result, weights, row);
        draw(statistic, context, result, seed, weights, row);
        status = 0;
    } else {
        resample_release(result);
    }
    free(weights);
    free(row);
    return status;
}

void resample_release(struct resample_result *result)
{
    free(result->estimate);
    free(result->jackknife);
    free(result->drawn);
    *result = (struct resample_result){0};
}

/* The draws of one statistic that gave a number, sorted; NULL when memory is short. */
static double *sorted_draws(const struct resample_result *result, size_t statistic, size_t *count)
{
    double *sorted = malloc(result->resamples * sizeof *sorted);

    *count = 0;
    if (!sorted)
        return NULL;
    for (size_t r = 0; r < result->resamples; r++) {
        double value = result->drawn[statistic * result->resamples + r];
        if (!isnan(value))
            sorted[(*count)++] = value;
    }
    stats_sort(sorted, *count);
    return sorted;
}

static double acceleration(const double *jackknifed, size_t groups)
{
    double mean = stats_mean(jackknifed, groups), squares = 0, cubes = 0;

    for (size_t g = 0; g < groups; g++) {
        double d = mean - jackknifed[g];
        squares += d * d;
        cubes += d * d * d;
    }
    return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
}

/* Where in the sorted draws a bound lies: the probability of BCa for the normal quantile z. */
static double adjusted(double bias, double a, double z)
{
    return gsl_cdf_ugaussian_P(bias + (bias + z) / (1 - a * (bias + z)));
}

static struct interval refused(const struct resample_result *result, double estimate)
{
    return interval_point(estimate, "a bootstrap over %zu blocks is too narrow: it needs at least %d",
                          result->blocks, (int)RESAMPLE_LEAST_BLOCKS);
}

double resample_coverage(size_t blocks, double level)
{
    double n = (double)blocks, z = gsl_cdf_ugaussian_Pinv(0.5 + level / 2) * sqrt((n - 1) / n);

    return blocks < 2 ? NAN : round(100 * (2 * gsl_cdf_tdist_P(z, n - 1) - 1)) / 100;
}

struct interval resample_bca(const struct resample_result *result, size_t statistic, double level)
{
    double estimate = result->estimate[statistic], below = 0, bias, a, z;
    struct interval interval;
    double *sorted;
    size_t count;

    if (!isfinite(estimate))
        return interval_unknown("not estimable from all blocks");
    if (result->blocks < RESAMPLE_LEAST_BLOCKS)
        return refused(result, estimate);
    sorted = sorted_draws(result, statistic, &count);
    if (!sorted)
        return interval_point(estimate, "out of memory");
    for (size_t i = 0; i < count; i++)
        below += sorted[i] < estimate ? 1 : sorted[i] == estimate ? 0.5 : 0;
    a = acceleration(result->jackknife + statistic * result->groups, result->groups);
    if ((double)count < 0.95 * (double)result->resamples || below <= 0 || below >= (double)count ||
        !isfinite(a)) {
        interval = interval_point(estimate, "the bootstrap draws do not surround the estimate");
    } else {
        bias = gsl_cdf_ugaussian_Pinv(below / (double)count);
        z = gsl_cdf_ugaussian_Pinv(0.5 + level / 2);
        interval =
            interval_bounded(estimate, stats_sorted_quantile(sorted, count, adjusted(bias, a, -z)),
                             stats_sorted_quantile(sorted, count, adjusted(bias, a, z)),
                             resample_coverage(result->blocks, level),
                             "BCa bootstrap, %zu resamples of %zu blocks", result->resamples, result->blocks);
    }
    free(sorted);
    return interval;
}

struct interval resample_percentile(const struct resample_result *result, size_t statistic, double level)
{
    double estimate = result->estimate[statistic];
    struct interval interval;
    double *sorted;
    size_t count;

    if (result->blocks < RESAMPLE_LEAST_BLOCKS)
        return refused(result, estimate);
    sorted = sorted_draws(result, statistic, &count);
    if (!sorted || count == 0) {
        interval = interval_point(estimate, "no bootstrap draw gave a number");
    } else {
        /* Order statistics themselves: interpolation would mix whole numbers, and infinities. */
        double last = (double)(count - 1);
        interval = interval_bounded(
            estimate, sorted[(size_t)floor((1 - level) / 2 * last)],
            sorted[(size_t)ceil((1 + level) / 2 * last)], resample_coverage(result->blocks, level),
            "percentile bootstrap, %zu resamples of %zu blocks", result->resamples, result->blocks);
    }
    free(sorted);
    return interval;
}
