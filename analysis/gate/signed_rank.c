#include "analysis/gate/signed_rank.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Ranks are doubled, so that those of ties are whole; weighted ones keep their first decimals. */
enum { WHOLE = 2, WEIGHTED = 32 };

struct distance {
    double size;
    size_t pair;
};

static int by_size(const void *a, const void *b)
{
    const struct distance *left = a, *right = b;

    return (left->size > right->size) - (left->size < right->size);
}

static bool usable(const struct signed_rank *sample)
{
    if (sample->count == 0 || sample->count > SIGNED_RANK_MOST)
        return false;
    for (size_t i = 0; i < sample->count; i++)
        if (!isfinite(sample->x[i]))
            return false;
    return true;
}

/* The share of each pair in the statistic, as a whole number; 0 at the value itself. Returns their sum. */
static size_t scores(const struct signed_rank *sample, double value, size_t score[SIGNED_RANK_MOST])
{
    struct distance distance[SIGNED_RANK_MOST];
    size_t sum = 0;

    for (size_t i = 0; i < sample->count; i++)
        distance[i] = (struct distance){fabs(sample->x[i] - value), i};
    qsort(distance, sample->count, sizeof *distance, by_size);
    for (size_t from = 0, to; from < sample->count; from = to) {
        double rank;
        for (to = from + 1; to < sample->count && distance[to].size <= distance[from].size;)
            to++;
        rank = (double)(from + 1 + to) / 2;
        for (size_t i = from; i < to; i++) {
            size_t pair = distance[i].pair;
            double weight = sample->weight ? sample->weight[pair] : 1;
            score[pair] = distance[i].size > 0
                              ? (size_t)lround(rank * weight * (sample->weight ? WEIGHTED : WHOLE))
                              : 0;
            sum += score[pair];
        }
    }
    return sum;
}

/* chance[s]: of the sum s, over all patterns of signs. */
static void spread(const size_t *score, size_t count, double *chance, size_t sum)
{
    size_t reached = 0;

    for (size_t s = 0; s <= sum; s++)
        chance[s] = 0;
    chance[0] = 1;
    for (size_t i = 0; i < count; i++) {
        if (score[i] == 0)
            continue;
        reached += score[i];
        for (size_t s = reached + 1; s-- > 0;)
            chance[s] = (chance[s] + (s >= score[i] ? chance[s - score[i]] : 0)) / 2;
    }
}

double signed_rank_p(const struct signed_rank *sample, double value, double level, double *attained)
{
    size_t score[SIGNED_RANK_MOST], sum, seen = 0;
    double p = 0, tail = 0, *chance;

    if (attained)
        *attained = 0;
    if (!usable(sample))
        return NAN;
    sum = scores(sample, value, score);
    chance = malloc((sum + 1) * sizeof *chance);
    if (!chance)
        return NAN;
    spread(score, sample->count, chance, sum);
    for (size_t i = 0; i < sample->count; i++)
        seen += sample->x[i] > value ? score[i] : 0;
    for (size_t s = sum + 1; s-- > 0;) {
        tail += chance[s];
        if (s >= seen)
            p = tail;
        if (attained && chance[s] > 0 && tail <= level * (1 + 1e-12))
            *attained = tail;
    }
    free(chance);
    return fmin(p, 1);
}

/* --- interval --------------------------------------------------------------------------------- */

struct mean {
    double value, weight;
};

static int by_value(const void *a, const void *b)
{
    const struct mean *left = a, *right = b;

    return (left->value > right->value) - (left->value < right->value);
}

/* All means of two pairs (of one with itself too), sorted; caller frees. */
static struct mean *means_of(const struct signed_rank *sample, double sign, size_t *count)
{
    struct mean *mean = malloc(sample->count * (sample->count + 1) / 2 * sizeof *mean);

    *count = 0;
    for (size_t i = 0; mean && i < sample->count; i++)
        for (size_t j = 0; j <= i; j++) {
            double weight = sample->weight ? sample->weight[i] * sample->weight[j] : 1;
            mean[(*count)++] = (struct mean){sign * (sample->x[i] + sample->x[j]) / 2, weight};
        }
    if (mean)
        qsort(mean, *count, sizeof *mean, by_value);
    return mean;
}

static double weighted_median(const struct mean *mean, size_t count)
{
    double total = 0, below = 0;

    for (size_t i = 0; i < count; i++)
        total += mean[i].weight;
    for (size_t i = 0; i < count; i++) {
        below += mean[i].weight;
        if (below > total / 2)
            return mean[i].value;
        if (below >= total / 2 && i + 1 < count)
            return (mean[i].value + mean[i + 1].value) / 2;
    }
    return NAN;
}

/* The largest mean below which every value is rejected as too small. The test changes at the means alone: it is done in
 * the middle between them. -INFINITY: not even a value below all is rejected. */
static double lower_bound(const struct signed_rank *sample, double sign, double level)
{
    double x[SIGNED_RANK_MOST], bound;
    const struct signed_rank turned = {x, sample->weight, sample->count};
    size_t count, low = 0, high;
    struct mean *mean = means_of(sample, sign, &count);

    if (!mean)
        return -INFINITY;
    for (size_t i = 0; i < sample->count; i++)
        x[i] = sign * sample->x[i];
    if (!(signed_rank_p(&turned, mean[0].value - 1 - fabs(mean[0].value), 0, NULL) <= level)) {
        free(mean);
        return -INFINITY;
    }
    high = count - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        double between = (mean[middle].value + mean[middle + 1].value) / 2;
        if (signed_rank_p(&turned, between, 0, NULL) <= level)
            low = middle + 1;
        else
            high = middle;
    }
    bound = mean[low].value;
    free(mean);
    return bound;
}

struct interval signed_rank_interval(const struct signed_rank *sample, double level)
{
    struct mean *mean;
    size_t count;
    double value, low, high;

    if (!usable(sample))
        return interval_unknown("no pairs");
    mean = means_of(sample, 1, &count);
    if (!mean)
        return interval_unknown("no memory");
    value = weighted_median(mean, count);
    free(mean);
    low = lower_bound(sample, 1, (1 - level) / 2);
    high = -lower_bound(sample, -1, (1 - level) / 2);
    if (!isfinite(low) || !isfinite(high))
        return interval_point(value, "%zu pairs are too few for an interval", sample->count);
    return interval_bounded(value, low, high, level, "signed ranks of %zu pairs", sample->count);
}
