#include "analysis/speedup/scaling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/stats.h"

/* Mean logarithm of each block of a group; unpaired: of each observation. */
struct block_logs {
    unsigned *block; /* rising, when paired */
    double *mean;
    size_t *size;
    size_t count;
    double bad; /* a value without a logarithm; NaN none */
    bool out_of_memory;
};

static void block_logs_release(struct block_logs *logs)
{
    free(logs->block);
    free(logs->mean);
    free(logs->size);
}

static int compare_blocks(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return (x > y) - (x < y);
}

/* The place of a block, count where it is missing. */
static size_t block_logs_find(const struct block_logs *logs, unsigned block)
{
    const unsigned *found = bsearch(&block, logs->block, logs->count, sizeof block, compare_blocks);

    return found ? (size_t)(found - logs->block) : logs->count;
}

/* Numbers of the blocks of a group, each once. */
static void list_blocks(struct block_logs *logs, const struct observation *group, size_t count)
{
    for (size_t i = 0; i < count; i++)
        logs->block[i] = group[i].block;
    qsort(logs->block, count, sizeof *logs->block, compare_blocks);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || logs->block[i] != logs->block[i - 1])
            logs->block[logs->count++] = logs->block[i];
}

static struct block_logs block_logs_make(const struct observation *group, size_t count, bool paired)
{
    struct block_logs logs = {.bad = NAN};

    logs.block = calloc(count + 1, sizeof *logs.block);
    logs.mean = calloc(count + 1, sizeof *logs.mean);
    logs.size = calloc(count + 1, sizeof *logs.size);
    if (!logs.block || !logs.mean || !logs.size) {
        logs.out_of_memory = true;
        return logs;
    }
    if (paired)
        list_blocks(&logs, group, count);
    else
        logs.count = count;
    for (size_t i = 0; i < count; i++) {
        size_t place = paired ? block_logs_find(&logs, group[i].block) : i;
        if (!(group[i].seconds > 0) || !isfinite(group[i].seconds)) {
            logs.bad = isnan(group[i].seconds) ? INFINITY : group[i].seconds;
            return logs;
        }
        logs.mean[place] += log(group[i].seconds);
        logs.size[place]++;
    }
    for (size_t i = 0; i < logs.count; i++)
        logs.mean[i] /= (double)logs.size[i];
    return logs;
}

static bool block_logs_refused(const struct block_logs *logs, struct interval *why)
{
    if (logs->out_of_memory)
        *why = interval_unknown("out of memory");
    else if (!isnan(logs->bad))
        *why = interval_unknown("a measured value is not a finite number above 0");
    else if (logs->count == 0)
        *why = interval_unknown("no trial that counts");
    else
        return false;
    return true;
}

/* exp of a mean of logarithms with its interval. */
static struct interval from_logs(const double *logs, size_t count, double level, const char *how,
                                 const char *unit)
{
    double mean = stats_mean(logs, count), sd = stats_sd(logs, count), half;

    if (count == 1)
        return interval_point(exp(mean), "one %s: no spread, no interval", unit);
    if (!(sd > 1e-13))
        return interval_point(exp(mean), "all %zu %ss agree to the last digit: no spread, no interval", count,
                              unit);
    half = stats_t(level, (double)(count - 1)) * sd / sqrt((double)count);
    return interval_bounded(exp(mean), exp(mean - half), exp(mean + half), level, "%s, %zu df, %zu %ss", how,
                            count - 1, count, unit);
}

struct interval scaling_level(const struct observation *group, size_t count, bool paired, double level)
{
    struct block_logs logs = block_logs_make(group, count, paired);
    struct interval result;

    if (!block_logs_refused(&logs, &result))
        result = from_logs(logs.mean, logs.count, level, "t on logarithms", paired ? "block" : "trial");
    block_logs_release(&logs);
    return result;
}

static struct interval paired_ratio(const struct block_logs *top, const struct block_logs *bottom,
                                    double level)
{
    double *difference = malloc(top->count * sizeof *difference);
    struct interval result;
    size_t count = 0;

    if (!difference)
        return interval_unknown("out of memory");
    for (size_t i = 0; i < top->count; i++) {
        size_t place = block_logs_find(bottom, top->block[i]);
        if (place < bottom->count)
            difference[count++] = top->mean[i] - bottom->mean[place];
    }
    result = count == 0 ? interval_unknown("no block has a trial of both")
                        : from_logs(difference, count, level, "t on log ratios paired by block", "block");
    free(difference);
    return result;
}

/* Welch 1947: variances of the two means add; degrees of freedom by Satterthwaite. */
static struct interval unpaired_ratio(const struct block_logs *top, const struct block_logs *bottom,
                                      double level)
{
    double difference = stats_mean(top->mean, top->count) - stats_mean(bottom->mean, bottom->count);
    double top_df = (double)top->count - 1, bottom_df = (double)bottom->count - 1;
    double top_variance, bottom_variance, sum, df, half;

    if (top->count < 2 || bottom->count < 2)
        return interval_point(exp(difference), "one trial: no spread, no interval");
    top_variance = pow(stats_sd(top->mean, top->count), 2) / (double)top->count;
    bottom_variance = pow(stats_sd(bottom->mean, bottom->count), 2) / (double)bottom->count;
    sum = top_variance + bottom_variance;
    if (!(sum > 1e-26))
        return interval_point(exp(difference), "all repeats agree to the last digit: no spread, no interval");
    df = sum * sum / (top_variance * top_variance / top_df + bottom_variance * bottom_variance / bottom_df);
    half = stats_t(level, df) * sqrt(sum);
    return interval_bounded(exp(difference), exp(difference - half), exp(difference + half), level,
                            "Welch t on logarithms, %.1f df", df);
}

struct interval scaling_ratio(const struct observation *top, size_t top_count,
                              const struct observation *bottom, size_t bottom_count, bool paired,
                              double level)
{
    struct block_logs above = block_logs_make(top, top_count, paired);
    struct block_logs below = block_logs_make(bottom, bottom_count, paired);
    struct interval result;

    if (!block_logs_refused(&above, &result) && !block_logs_refused(&below, &result))
        result = paired ? paired_ratio(&above, &below, level) : unpaired_ratio(&above, &below, level);
    block_logs_release(&above);
    block_logs_release(&below);
    return result;
}

double scaling_karp_flatt(double speedup, double workers)
{
    return (1 / speedup - 1 / workers) / (1 - 1 / workers);
}

double scaling_gustafson(double serial_fraction, double workers)
{
    return workers - serial_fraction * (workers - 1);
}

/* e(n) falls as S rises: the bounds change places. */
static struct interval karp_flatt_interval(const struct scaling_point *point, bool weak)
{
    struct interval result = point->speedup;

    if (point->workers < 2)
        return interval_unknown("not defined for one worker");
    if (weak)
        return interval_unknown("weak scaling: the fraction is of work that does not grow");
    if (point->oversubscribed)
        return interval_unknown("more workers than cores: a serial fraction would be charged with it");
    result.value = scaling_karp_flatt(point->speedup.value, point->workers);
    result.low = scaling_karp_flatt(point->speedup.high, point->workers);
    result.high = scaling_karp_flatt(point->speedup.low, point->workers);
    return result;
}

void scaling_derive(struct scaling_point *point, bool weak)
{
    point->efficiency = interval_scaled(&point->speedup, 1.0 / point->workers);
    point->karp_flatt = karp_flatt_interval(point, weak);
}

static int compare(const void *a, const void *b)
{
    unsigned x = ((const struct observation *)a)->workers, y = ((const struct observation *)b)->workers;
    return (x > y) - (x < y);
}

static struct scaling_spread make_spread(const struct observation *group, size_t count,
                                         const struct observation *base, size_t base_count, bool paired)
{
    struct block_logs above = block_logs_make(group, count, paired),
                      below = block_logs_make(base, base_count, paired);
    struct scaling_spread spread = {.variance = NAN, .paired = paired};
    struct interval why;

    if (!block_logs_refused(&above, &why) && (!paired || !block_logs_refused(&below, &why))) {
        for (size_t i = 0; i < above.count; i++) {
            size_t place = paired ? block_logs_find(&below, above.block[i]) : 0;
            if (!paired || place < below.count)
                above.mean[spread.count++] = above.mean[i] - (paired ? below.mean[place] : 0);
        }
        if (spread.count > 1) {
            spread.df = (double)spread.count - 1;
            spread.variance = pow(stats_sd(above.mean, spread.count), 2);
        }
    }
    block_logs_release(&above);
    block_logs_release(&below);
    return spread;
}

/* The interval with the variance that rounding adds to the logarithm. */
static void widen(struct interval *interval, double variance, double level)
{
    double z2 = pow(stats_t(level, 1e9), 2) * variance, value = interval->value;

    if (!(variance > 0) || !interval_has_value(interval))
        return;
    if (interval_has_bounds(interval))
        *interval = interval_bounded(value, value * exp(-sqrt(pow(log(value / interval->low), 2) + z2)),
                                     value * exp(sqrt(pow(log(interval->high / value), 2) + z2)), level,
                                     "%.80s, and rounding", interval->method);
    else if (strstr(interval->reason, "agree")) /* all that is known to be uncertain is the rounding */
        *interval = interval_bounded(value, value * exp(-sqrt(z2)), value * exp(sqrt(z2)), level, "rounding");
}

static double rounding_of(const struct scaling_data *data, const struct observation *group, size_t count)
{
    struct block_logs logs = block_logs_make(group, count, false);
    struct interval why;
    double result = 0;

    if (data->resolution > 0 && !block_logs_refused(&logs, &why)) {
        double sd = stats_sd(logs.mean, logs.count);
        double seconds = exp(stats_mean(logs.mean, logs.count));
        result = scaling_rounding(data->resolution, scaling_recorded(data, group->workers, seconds), sd * sd);
    }
    block_logs_release(&logs);
    return result;
}

/* One group of equal workers; base is the group of one worker. */
static struct scaling_point make_point(const struct scaling_data *data, const struct observation *group,
                                       size_t count, const struct observation *base, size_t base_count,
                                       double level)
{
    struct scaling_point point = {.workers = group->workers, .trials = count};

    point.oversubscribed = data->cores > 0 && point.workers > data->cores;
    point.seconds = scaling_level(group, count, data->paired, level);
    if (point.workers == 1 && interval_has_value(&point.seconds))
        point.speedup = interval_exact(1, level, "definition");
    else if (base_count == 0)
        point.speedup = interval_unknown("no trial with one worker that counts: speedup needs T(1)");
    else
        point.speedup = scaling_ratio(base, base_count, group, count, data->paired, level);
    if (data->resolution > 0) {
        double own = rounding_of(data, group, count);
        widen(&point.seconds, own, level);
        if (point.workers > 1 && base_count > 0)
            widen(&point.speedup, own + rounding_of(data, base, base_count), level);
    }
    point.spread = make_spread(group, count, base, base_count, data->paired);
    if (data->resolution > 0 && point.workers > 1 && base_count > 0)
        point.spread.rounding = rounding_of(data, group, count) + rounding_of(data, base, base_count);
    scaling_derive(&point, data->weak);
    if (data->weak)
        point.seconds = interval_scaled(&point.seconds, point.workers);
    return point;
}

int scaling_curve(const struct scaling_data *data, double level, struct scaling_point *points, size_t room)
{
    struct observation *sorted = malloc((data->count + 1) * sizeof *sorted);
    size_t base_count = 0, made = 0;

    if (!sorted)
        return -1;
    if (data->count > 0)
        memcpy(sorted, data->observation, data->count * sizeof *sorted);
    qsort(sorted, data->count, sizeof *sorted, compare);
    while (base_count < data->count && sorted[base_count].workers <= 1)
        base_count++;
    for (size_t begin = 0, end; begin < data->count; begin = end) {
        for (end = begin; end < data->count && sorted[end].workers == sorted[begin].workers;)
            end++;
        if (made == room) {
            free(sorted);
            return -1;
        }
        points[made++] = make_point(data, sorted + begin, end - begin, sorted, base_count, level);
    }
    free(sorted);
    return noisy_curve(data, level, points, made) ? -1 : (int)made;
}

/* --- rounding ------------------------------------------------------------------------------------- */

double scaling_recorded(const struct scaling_data *data, unsigned workers, double seconds)
{
    return data->rates ? 1 / seconds : seconds * (data->weak ? workers : 1);
}

static double recorded_at(const struct scaling_data *data, size_t i)
{
    return scaling_recorded(data, data->observation[i].workers, data->observation[i].seconds);
}

static bool all_multiples(const struct scaling_data *data, double step)
{
    for (size_t i = 0; i < data->count; i++) {
        double steps = recorded_at(data, i) / step;
        if (!(fabs(steps - round(steps)) < 1e-9 * fmax(fabs(steps), 1)))
            return false;
    }
    return true;
}

/* Few values are multiples of anything by chance. */
static bool has_values(const struct scaling_data *data, size_t least)
{
    double seen[8];
    size_t count = 0;

    for (size_t i = 0; i < data->count && count < least; i++) {
        size_t k = 0;
        while (k < count && seen[k] != data->observation[i].seconds)
            k++;
        if (k == count)
            seen[count++] = data->observation[i].seconds;
    }
    return count >= least;
}

double scaling_resolution(const struct scaling_data *data)
{
    static const double digits[] = {5, 2, 1};
    double smallest = INFINITY;

    for (size_t i = 0; i < data->count; i++)
        smallest = fmin(smallest, recorded_at(data, i));
    if (!has_values(data, 5) || !(smallest > 0) || !isfinite(smallest))
        return 0;
    for (int power = (int)floor(log10(smallest)); power > floor(log10(smallest)) - 4; power--)
        for (int d = 0; d < 3; d++) {
            double step = power < 0 ? digits[d] / pow(10, -power) : digits[d] * pow(10, power);
            if (step < smallest / 1000)
                return 0;
            if (step < smallest && all_multiples(data, step))
                return step;
        }
    return 0;
}

double scaling_rounding(double resolution, double recorded, double variance)
{
    double step = resolution / recorded, sum = 0, noise = variance > 0 ? variance : 0;

    if (!(step > 0) || !isfinite(step))
        return 0;
    for (int k = 1; k <= 50; k++)
        sum += exp(-4 * M_PI * M_PI * k * k * noise / (step * step)) / (k * k);
    return step * step / (2 * M_PI * M_PI) * sum;
}
