#include "analysis/speedup/noisy.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/speedup/scaling.h"
#include "analysis/statistics/stats.h"

/* The trials of one worker count in one block. */
struct level {
    unsigned block;
    double log_s; /* mean log T */
    double weight, taken;
    size_t trials;
};

/* A mean of logarithms, weighted. */
struct mean {
    double value, variance, df; /* variance of the mean; NaN and 0: one block */
    double taken;               /* weighted as the logarithms are */
    size_t count;
};

/* --- what was measured ------------------------------------------------------------------------ */

static struct level *find(struct level *levels, size_t count, unsigned block)
{
    for (size_t i = 0; i < count; i++)
        if (levels[i].block == block)
            return &levels[i];
    return NULL;
}

static void weigh(const struct scaling_data *data, unsigned workers, struct level *levels, size_t count)
{
    for (size_t i = 0; i < count; i++)
        levels[i].weight = (double)levels[i].trials;
    for (size_t i = 0; i < data->noisy_count; i++) {
        const struct noisy_trial *trial = &data->noisy[i];
        struct level *level = trial->workers == workers ? find(levels, count, trial->block) : NULL;
        if (!level)
            continue;
        level->weight -= 1 - trial->weight;
        level->taken = fmax(level->taken, fmin(trial->taken, NOISY_TAKEN_MOST));
    }
}

/* The blocks of one worker count. Returns how many; 0 where a time has no logarithm. */
static size_t levels_of(const struct scaling_data *data, unsigned workers, struct level *levels)
{
    size_t count = 0;

    for (size_t i = 0; i < data->count; i++) {
        const struct observation *seen = &data->observation[i];
        struct level *level;
        if (seen->workers != workers)
            continue;
        level = find(levels, count, seen->block);
        if (!(seen->seconds > 0) || !isfinite(seen->seconds))
            return 0;
        if (!level) {
            level = &levels[count++];
            *level = (struct level){.block = seen->block};
        }
        level->log_s += log(seen->seconds);
        level->trials++;
    }
    for (size_t i = 0; i < count; i++)
        levels[i].log_s /= (double)levels[i].trials;
    weigh(data, workers, levels, count);
    return count;
}

/* --- means ------------------------------------------------------------------------------------ */

static struct mean mean_of(const struct level *levels, size_t count)
{
    struct mean mean = {.variance = NAN, .count = count};
    double sum = 0, squares = 0, right = 0, robust = 0;

    for (size_t i = 0; i < count; i++) {
        sum += levels[i].weight;
        squares += levels[i].weight * levels[i].weight;
        mean.value += levels[i].weight * levels[i].log_s;
        mean.taken += levels[i].weight * levels[i].taken;
    }
    mean.value /= sum;
    mean.taken /= sum;
    for (size_t i = 0; i < count; i++) {
        double share = levels[i].weight / sum, square = pow(levels[i].log_s - mean.value, 2);
        right += share * square / ((double)count - 1);
        robust += share * share * square / (1 - share);
    }
    if (count < 2 || !(right > 1e-26))
        return mean;
    mean.variance = fmax(right, robust);
    mean.df = fmax(sum * sum / squares - 1, 1);
    return mean;
}

/* Differences to one worker, of blocks that have both, into levels. Returns how many. taken is that of n. */
static size_t differences(struct level *levels, size_t count, struct level *base, size_t base_count)
{
    size_t made = 0;

    for (size_t i = 0; i < count; i++) {
        const struct level *one = find(base, base_count, levels[i].block);
        struct level both = levels[i];
        if (!one)
            continue;
        both.log_s = one->log_s - both.log_s;
        both.weight = 2 / (1 / one->weight + 1 / both.weight);
        levels[made++] = both;
    }
    return made;
}

static struct interval interval_of(const struct mean *mean, double below, double above, double level)
{
    double half = stats_t(level, mean->df) * sqrt(mean->variance), value = exp(mean->value);

    if (isnan(mean->variance))
        return interval_point(value, "one block, or blocks that agree to the last digit: no interval");
    return interval_bounded(value, value * exp(-half - below), value * exp(half + above), level,
                            "t on logarithms weighted by what others took, %.1f df, %zu blocks", mean->df,
                            mean->count);
}

/* --- points ----------------------------------------------------------------------------------- */

static void weigh_seconds(const struct scaling_data *data, double level, const struct mean *mean,
                          struct scaling_point *point)
{
    point->seconds = interval_of(mean, -log1p(-mean->taken), 0, level);
    if (data->weak)
        point->seconds = interval_scaled(&point->seconds, point->workers);
}

static void weigh_speedup(const struct scaling_data *data, double level, const struct mean *mean,
                          double base_taken, struct scaling_point *point)
{
    point->spread.lift = -log1p(-mean->taken);
    point->speedup = interval_of(mean, -log1p(-base_taken), point->spread.lift, level);
    point->spread.count = mean->count;
    point->spread.variance = mean->variance * (double)mean->count;
    point->spread.df = mean->df;
    scaling_derive(point, data->weak);
}

int noisy_curve(const struct scaling_data *data, double level, struct scaling_point *points, size_t count)
{
    struct level *levels, *base;
    size_t base_count;
    int status;

    if (!data->noisy_count || !data->paired || !count)
        return 0;
    levels = calloc(data->count + 1, sizeof *levels);
    base = calloc(data->count + 1, sizeof *base);
    base_count = levels && base ? levels_of(data, 1, base) : 0;
    for (size_t i = 0; i < count && levels && base; i++) {
        struct scaling_point *point = &points[i];
        size_t found = levels_of(data, point->workers, levels);
        struct mean mean;
        if (!found)
            continue;
        mean = mean_of(levels, found);
        weigh_seconds(data, level, &mean, point);
        found = point->workers > 1 && base_count ? differences(levels, found, base, base_count) : 0;
        if (!found)
            continue;
        mean = mean_of(levels, found);
        weigh_speedup(data, level, &mean, mean_of(base, base_count).taken, point);
    }
    status = levels && base ? 0 : -1;
    free(base);
    free(levels);
    return status;
}
