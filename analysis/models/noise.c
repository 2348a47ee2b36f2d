#include "analysis/models/noise_internal.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/shrink.h"

/* Levels of the three tests of equal noise. A false alarm costs width, not coverage. The trend, which is common, may
 * have the larger share; where the evidence is weak both variances count. */
#define TREND_LEVEL        0.01
#define BARTLETT_LEVEL     0.002
#define LOUDEST_LEVEL      0.001
#define TREND_SUSPECTED    0.12
#define BARTLETT_SUSPECTED 0.03

void noise_of_cells(const struct design *d, double *variance, double *df)
{
    double repeats = 0;

    for (size_t c = 0; c < d->cells; c++) {
        variance[c] = 0;
        df[c] = fmax(d->cell_size[c] - 1, 0);
        repeats += df[c];
    }
    for (size_t i = 0; i < d->count; i++)
        variance[d->cell[i]] += d->residual[i] * d->residual[i];
    for (size_t c = 0; c < d->cells; c++) {
        df[c] *= repeats > 0 ? d->df / repeats : 0;
        variance[c] = df[c] > 0 ? variance[c] / df[c] : NAN;
    }
}

/* The loudest worker count against the others together: F, times as many as were looked at. */
static double loudest(const double *variance, const double *df, size_t cells)
{
    double sum = 0, total = 0, least = 1;
    size_t looks = 0;

    for (size_t c = 0; c < cells; c++)
        if (df[c] > 0) {
            sum += df[c] * variance[c];
            total += df[c];
            looks++;
        }
    for (size_t c = 0; c < cells; c++) {
        double rest = total - df[c], others = (sum - df[c] * variance[c]) / rest;
        if (df[c] > 0 && rest > 0 && others > 0)
            least = fmin(least, gsl_cdf_fdist_Q(variance[c] / others, df[c], rest) * (double)looks);
    }
    return least;
}

/* log variance against log n, weighted by what is known of each: the slope, and its standard error. */
static void fit_trend(const struct design *d, const double *variance, const double *df, double *slope,
                      double *error)
{
    double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;

    for (size_t c = 0; c < d->cells; c++) {
        double x = log(d->workers[c]), weight, y;
        if (!(df[c] > 0) || !(variance[c] > 0))
            continue;
        weight = 1 / gsl_sf_psi_1(df[c] / 2);
        y = log(variance[c]) - gsl_sf_psi(df[c] / 2) + log(df[c] / 2);
        w += weight;
        wx += weight * x;
        wy += weight * y;
        wxx += weight * x * x;
        wxy += weight * x * y;
    }
    wxx -= wx * wx / w;
    *slope = wxx > 0 ? (wxy - wx * wy / w) / wxx : 0;
    *error = wxx > 0 ? 1 / sqrt(wxx) : INFINITY;
}

/* Two-sided. */
static double trend(const struct design *d, const double *variance, const double *df)
{
    double slope, error;

    fit_trend(d, variance, df, &slope, &error);
    return 2 * gsl_cdf_ugaussian_Q(fabs(slope) / error);
}

/* The variance of each worker count and its degrees of freedom: its own with that of all as a prior, along their trend,
 * which is moved towards 0 by what chance alone would give (the positive part of James' and Stein's estimator, 1961).
 * Returns whether they are known. */
static bool along_trend(const struct design *d, double *variance, double *df)
{
    struct shrink_prior prior;
    double slope, error;
    bool known = true;

    if (d->df == 0 || !(d->pure > NO_NOISE * (double)d->count))
        return false;
    noise_of_cells(d, variance, df);
    fit_trend(d, variance, df, &slope, &error);
    slope = slope != 0 ? slope * fmax(1 - error * error / (slope * slope), 0) : 0;
    for (size_t c = 0; c < d->cells; c++)
        variance[c] *= exp(-slope * log(d->workers[c]));
    prior = shrink_prior(variance, df, d->cells);
    for (size_t c = 0; c < d->cells; c++) {
        variance[c] =
            shrink_variance(&prior, variance[c], df[c], d->df, &df[c]) * exp(slope * log(d->workers[c]));
        known = known && variance[c] > 0;
    }
    return known;
}

void noise_at_cell(const struct design *d, size_t cell, double *variance, double *df)
{
    double *all = calloc(d->cells + 1, sizeof *all), *all_df = calloc(d->cells + 1, sizeof *all_df);

    *variance = *df = NAN;
    if (all && all_df && along_trend(d, all, all_df)) {
        *variance = all[cell];
        *df = all_df[cell];
    }
    free(all);
    free(all_df);
}

/* Bartlett 1937, "Properties of sufficiency and statistical tests", Proc. R. Soc. A 160. */
static double bartlett(const double *variance, const double *df, size_t cells, double pooled)
{
    double statistic = 0, total = 0, inverse = 0, k = 0;

    for (size_t c = 0; c < cells; c++) {
        if (!(df[c] > 0) || !(variance[c] > 0))
            continue;
        statistic += df[c] * log(pooled / variance[c]);
        total += df[c];
        inverse += 1 / df[c];
        k++;
    }
    return k < 2 ? 1
                 : gsl_cdf_chisq_Q(fmax(statistic / (1 + (inverse - 1 / total) / (3 * (k - 1))), 0), k - 1);
}

struct model_noise noise_describe(const struct design *d)
{
    struct model_noise noise = {.variance = NAN, .unequal_p = NAN};
    double *variance = calloc(d->cells + 1, sizeof *variance), *df = calloc(d->cells + 1, sizeof *df);

    if (d->df == 0 || !(d->pure > NO_NOISE * (double)d->count) || !variance || !df)
        goto done;
    noise.df = d->df;
    noise.variance = d->pure / d->df;
    noise.quietest_sd = INFINITY;
    noise_of_cells(d, variance, df);
    for (size_t c = 0; c < d->cells; c++) {
        if (!(df[c] > 0))
            continue;
        if (sqrt(variance[c]) < noise.quietest_sd) {
            noise.quietest_sd = sqrt(variance[c]);
            noise.quietest_workers = d->workers[c];
        }
        if (sqrt(variance[c]) > noise.loudest_sd) {
            noise.loudest_sd = sqrt(variance[c]);
            noise.loudest_workers = d->workers[c];
        }
    }
    /* Two worker counts in blocks have one difference each: their noise cannot be distinguished. */
    if (d->cells > (d->paired ? 2 : 1)) {
        double any = bartlett(variance, df, d->cells, noise.variance), growing = trend(d, variance, df);
        double one = loudest(variance, df, d->cells);
        noise.unequal_p = fmin(3 * fmin(fmin(any, growing), one), 1);
        noise.by_blocks = d->paired && d->blocks > 1;
        if (growing < TREND_LEVEL || any < BARTLETT_LEVEL || one < LOUDEST_LEVEL)
            noise.kind = NOISE_OWN;
        else if (growing < TREND_SUSPECTED || any < BARTLETT_SUSPECTED)
            noise.kind = NOISE_MIXED;
    }
done:
    free(variance);
    free(df);
    return noise;
}

/* --- spread of estimates -------------------------------------------------------------------------- */

/* How far block b moves each estimate, and what the noise of equal variance would: own (h'h) and left (h'Mh). */
struct share {
    double moved[MODEL_SHAPES], own, left;
};

static struct share share_of(const struct design *d, const double *q, size_t count, size_t from, size_t to,
                             double *k)
{
    struct share share = {.own = 0};
    size_t n = d->cells;

    for (size_t j = 0; j < count; j++) {
        double mean = 0, form = 0, own = 0;
        for (size_t i = from; i < to; i++)
            mean += q[j * n + d->cell[i]] / (double)(to - from);
        memset(k, 0, n * sizeof *k);
        for (size_t i = from; i < to; i++) {
            double h = q[j * n + d->cell[i]] - mean;
            k[d->cell[i]] += h;
            share.moved[j] += h * d->residual[i];
            own += h * h;
        }
        for (size_t a = 0; a < n; a++)
            for (size_t b = 0; b < n && k[a] != 0; b++)
                form += k[a] * d->inverse[a * n + b] * k[b];
        share.own += own;
        share.left += fmax(own - form, 0);
    }
    return share;
}

static struct noise_spread by_blocks(const struct design *d, const double *q, size_t count,
                                     const double *level)
{
    struct noise_spread spread = {.df = 0};
    double *k = calloc(d->cells + 1, sizeof *k), mean = 0, blocks = (double)d->blocks, sum = 0, squares = 0;

    for (size_t b = 0; b < d->blocks; b++)
        mean += level[b] / blocks;
    for (size_t from = 0, to; from < d->count && k; from = to) {
        size_t b = d->block[from];
        struct share share;
        double moved[MODEL_SHAPES + 1] = {0}, widen;
        for (to = from; to < d->count && d->block[to] == b;)
            to++;
        share = share_of(d, q, count, from, to, k);
        widen = share.left > 1e-3 * share.own ? sqrt(share.own / share.left) : 1;
        for (size_t j = 0; j < count; j++)
            moved[j] = widen * share.moved[j];
        moved[count] = (level[b] - mean) / blocks * sqrt(blocks / (blocks - 1));
        for (size_t i = 0; i <= count; i++)
            for (size_t j = 0; j <= count; j++)
                spread.covariance[i][j] += moved[i] * moved[j];
        sum += share.own;
        squares += share.own * share.own;
    }
    spread.df = squares > 0 ? fmax(sum * sum / squares - 1, 1) : blocks - 1;
    free(k);
    return spread;
}

/* One block: the level is the mean of all observations, so h is q less its mean plus 1 / count. */
static struct noise_spread by_cells(const struct design *d, const double *q, size_t count)
{
    struct noise_spread spread = {.df = INFINITY};
    double *variance = calloc(d->cells + 1, sizeof *variance), *df = calloc(d->cells + 1, sizeof *df);
    size_t n = d->cells;

    if (variance && df)
        noise_of_cells(d, variance, df);
    for (size_t j = 0; j <= count && variance && df; j++)
        for (size_t k = 0; k <= count; k++) {
            double means[2] = {0}, parts = 0;
            const size_t which[2] = {j, k};
            for (int w = 0; w < 2; w++)
                for (size_t c = 0; c < n && which[w] < count; c++)
                    means[w] += d->cell_size[c] * q[which[w] * n + c] / (double)d->count;
            for (size_t c = 0; c < n; c++) {
                double one = j < count ? q[j * n + c] - means[0] : 1 / (double)d->count;
                double two = k < count ? q[k * n + c] - means[1] : 1 / (double)d->count;
                double v = df[c] > 0 ? variance[c] : d->pure / d->df, own = df[c] > 0 ? df[c] : d->df;
                double part = d->cell_size[c] * one * two * v;
                spread.covariance[j][k] += part;
                parts += part * part / own;
            }
            if (j == k && parts > 0)
                spread.df = fmin(spread.df, spread.covariance[j][j] * spread.covariance[j][j] / parts);
        }
    free(variance);
    free(df);
    return spread;
}

/* The shapes' part of the covariance by the variance of each worker count; as it was where that is not known. */
static void by_trend(const struct design *d, const double *q, size_t count, struct noise_spread *spread)
{
    double *variance = calloc(d->cells + 1, sizeof *variance), *df = calloc(d->cells + 1, sizeof *df);
    double sum[MODEL_SHAPES][MODEL_SHAPES] = {{0}};
    size_t n = d->cells;
    bool known = variance && df && along_trend(d, variance, df);

    for (size_t from = 0, to; from < d->count && known; from = to) {
        double mean[MODEL_SHAPES] = {0};
        for (to = from; to < d->count && d->block[to] == d->block[from];)
            to++;
        for (size_t j = 0; j < count; j++)
            for (size_t i = from; i < to; i++)
                mean[j] += q[j * n + d->cell[i]] / (double)(to - from);
        for (size_t i = from; i < to; i++)
            for (size_t j = 0; j < count; j++)
                for (size_t k = 0; k < count; k++)
                    sum[j][k] += (q[j * n + d->cell[i]] - mean[j]) * (q[k * n + d->cell[i]] - mean[k]) *
                                 variance[d->cell[i]];
    }
    for (size_t j = 0; j < count && known; j++)
        for (size_t k = 0; k < count; k++)
            spread->covariance[j][k] = sum[j][k];
    free(variance);
    free(df);
}

static struct noise_spread pooled(const struct design *d, const struct model_noise *noise, const double *q,
                                  size_t count, const double *level)
{
    struct noise_spread spread = {.df = noise->df};
    double mean = 0, squares = 0, blocks = (double)d->blocks;
    size_t n = d->cells;

    for (size_t j = 0; j < count; j++)
        for (size_t k = 0; k < count; k++)
            for (size_t a = 0; a < n; a++)
                for (size_t b = 0; b < n; b++)
                    spread.covariance[j][k] +=
                        noise->variance * q[j * n + a] * d->metric[a * n + b] * q[k * n + b];
    for (size_t b = 0; b < d->blocks; b++)
        mean += level[b] / blocks;
    for (size_t b = 0; b < d->blocks; b++)
        squares += (level[b] - mean) * (level[b] - mean);
    if (fabs(noise->variance - d->pure / d->df) < 1e-12 * noise->variance)
        by_trend(d, q, count, &spread);
    spread.covariance[count][count] =
        d->blocks > 1 ? squares / (blocks - 1) / blocks : noise->variance / (double)d->count;
    return spread;
}

/* What rounding moves the estimates by: alike in all blocks, so that no repetition shows it. */
static void add_rounding(const struct design *d, const double *q, size_t count, struct noise_spread *spread)
{
    size_t n = d->cells;

    for (size_t c = 0; c < n; c++) {
        double weight[MODEL_SHAPES + 1] = {0};
        if (!(d->rounding[c] > 0))
            continue;
        for (size_t j = 0; j < count; j++)
            for (size_t b = 0; b < n; b++)
                weight[j] += d->metric[c * n + b] * q[j * n + b];
        weight[count] = d->cell_size[c] / (double)d->count;
        for (size_t j = 0; j <= count; j++)
            for (size_t k = 0; k <= count; k++)
                spread->covariance[j][k] += weight[j] * weight[k] * d->rounding[c];
    }
}

static struct noise_spread without_rounding(const struct design *d, const struct model_noise *noise,
                                            const double *q, size_t count, const double *level)
{
    struct noise_spread own, alike;

    if (noise->kind == NOISE_POOLED)
        return pooled(d, noise, q, count, level);
    own = noise->by_blocks ? by_blocks(d, q, count, level) : by_cells(d, q, count);
    if (noise->kind == NOISE_OWN)
        return own;
    alike = pooled(d, noise, q, count, level);
    own.df = fmin(2 * own.df, alike.df);
    for (size_t j = 0; j <= count; j++)
        for (size_t k = 0; k <= count; k++)
            own.covariance[j][k] = (own.covariance[j][k] + alike.covariance[j][k]) / 2;
    return own;
}

struct noise_spread noise_spread(const struct design *d, const struct model_noise *noise, const double *q,
                                 size_t count, const double *level)
{
    struct noise_spread spread = without_rounding(d, noise, q, count, level);

    add_rounding(d, q, count, &spread);
    return spread;
}
