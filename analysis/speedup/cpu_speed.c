#include "analysis/speedup/cpu_speed.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/statistics/stats.h"

enum { ROUNDS = 200, TRIALS_LEAST = 3, ITEMS_LEAST = 5 };
static const double still = 1e-7; /* no effect moves by more: a part of 10 million of a time */

/* Of a kind of effect: its values, and where a round sums up what the others leave. */
struct effect {
    double *value, *sum;
    unsigned *count; /* times that count */
};

/* What is fitted: y of each time by the effects of its item, its trial and its CPU. */
struct effects {
    const struct cpu_times *times;
    double *y;
    bool *counts;
    struct effect item, trial, cpu;
};

static int effect_init(struct effect *effect, unsigned count)
{
    effect->value = calloc(count + 1u, sizeof *effect->value);
    effect->sum = calloc(count + 1u, sizeof *effect->sum);
    effect->count = calloc(count + 1u, sizeof *effect->count);
    return effect->value && effect->sum && effect->count ? 0 : -1;
}

static void effect_release(struct effect *effect)
{
    free(effect->value);
    free(effect->sum);
    free(effect->count);
}

static int effects_init(struct effects *e, const struct cpu_times *times)
{
    int item = effect_init(&e->item, times->items), trial = effect_init(&e->trial, times->trials),
        cpu = effect_init(&e->cpu, times->cpus);

    e->times = times;
    e->y = calloc(times->count + 1, sizeof *e->y);
    e->counts = calloc(times->count + 1, sizeof *e->counts);
    return item || trial || cpu || !e->y || !e->counts ? -1 : 0;
}

static void effects_release(struct effects *e)
{
    effect_release(&e->item);
    effect_release(&e->trial);
    effect_release(&e->cpu);
    free(e->y);
    free(e->counts);
}

static unsigned group_of(const struct cpu_time *time, size_t offset)
{
    return *(const unsigned *)(const void *)((const char *)time + offset);
}

/* Leaves out the times of groups (items or trials: at `offset` of struct cpu_time) that have one CPU only. */
static int keep_several(struct effects *e, size_t offset, unsigned groups)
{
    unsigned *first = calloc(groups + 1u, sizeof *first); /* CPU and one more; 0: none yet */
    bool *several = calloc(groups + 1u, sizeof *several);
    int result = first && several ? 0 : -1;

    for (size_t i = 0; !result && i < e->times->count; i++) {
        unsigned cpu = e->times->time[i].cpu + 1, group = group_of(&e->times->time[i], offset);
        if (!e->counts[i])
            continue;
        several[group] = several[group] || (first[group] && first[group] != cpu);
        first[group] = cpu;
    }
    for (size_t i = 0; !result && i < e->times->count; i++)
        e->counts[i] = e->counts[i] && several[group_of(&e->times->time[i], offset)];
    free(first);
    free(several);
    return result;
}

static void count_group(const struct effects *e, struct effect *effect, size_t offset, unsigned groups)
{
    for (unsigned g = 0; g < groups; g++)
        effect->count[g] = 0;
    for (size_t i = 0; i < e->times->count; i++)
        effect->count[group_of(&e->times->time[i], offset)] += e->counts[i];
}

/* What is comparable of what counts so far. */
static int keep_comparable(struct effects *e)
{
    const struct cpu_times *times = e->times;

    if (keep_several(e, offsetof(struct cpu_time, trial), times->trials) ||
        keep_several(e, offsetof(struct cpu_time, item), times->items))
        return -1;
    count_group(e, &e->item, offsetof(struct cpu_time, item), times->items);
    count_group(e, &e->trial, offsetof(struct cpu_time, trial), times->trials);
    count_group(e, &e->cpu, offsetof(struct cpu_time, cpu), times->cpus);
    return 0;
}

/* Takes the mean of each group off y, and adds it to the group's effect. Returns the largest mean. */
static double move(struct effects *e, struct effect *effect, size_t offset, unsigned groups)
{
    double most = 0;

    for (unsigned g = 0; g < groups; g++)
        effect->sum[g] = 0;
    for (size_t i = 0; i < e->times->count; i++)
        if (e->counts[i])
            effect->sum[group_of(&e->times->time[i], offset)] += e->y[i];
    for (unsigned g = 0; g < groups; g++) {
        effect->sum[g] /= effect->count[g] ? effect->count[g] : 1;
        effect->value[g] += effect->sum[g];
        most = fmax(most, fabs(effect->sum[g]));
    }
    for (size_t i = 0; i < e->times->count; i++)
        if (e->counts[i])
            e->y[i] -= effect->sum[group_of(&e->times->time[i], offset)];
    return most;
}

/* Leaves in y what items, trials and, if asked for, CPUs do not explain. */
static void fit_effects(struct effects *e, bool with_cpus)
{
    for (int round = 0; round < ROUNDS; round++) {
        double item = move(e, &e->item, offsetof(struct cpu_time, item), e->times->items),
               trial = move(e, &e->trial, offsetof(struct cpu_time, trial), e->times->trials),
               cpu = with_cpus ? move(e, &e->cpu, offsetof(struct cpu_time, cpu), e->times->cpus) : 0;
        if (fmax(item, fmax(trial, cpu)) < still)
            return;
    }
}

/* The CPUs with enough times, their number, and the two ends of them. */
static unsigned take_relative(const struct effects *e, struct cpu_speed *speed, double *relative)
{
    unsigned seen = 0;
    double mean = 0;

    for (unsigned c = 0; c < e->times->cpus; c++) {
        relative[c] = NAN;
        if (e->cpu.count[c] < ITEMS_LEAST)
            continue;
        if (!seen || e->cpu.value[c] > e->cpu.value[speed->slowest])
            speed->slowest = c;
        if (!seen || e->cpu.value[c] < e->cpu.value[speed->fastest])
            speed->fastest = c;
        mean += e->cpu.value[c];
        seen++;
    }
    for (unsigned c = 0; c < e->times->cpus; c++)
        if (e->cpu.count[c] >= ITEMS_LEAST)
            relative[c] = exp(e->cpu.value[c] - mean / seen);
    return seen;
}

/* Of the times of two CPUs: how many of the items and trials are in it. */
static unsigned groups_in(const struct effect *effect, unsigned groups)
{
    unsigned found = 0;

    for (unsigned g = 0; g < groups; g++)
        found += effect->count[g] > 0;
    return found;
}

/* Variance of the slope of y on x, both without what items and trials explain: by least squares, or with the noise of a
 * trial as one (CR1 of Cameron and Miller 2015, Journal of Human Resources 50), the larger of the two. */
static double variance_of(struct effects *x, const struct effects *y, double slope, double xx,
                          unsigned trials)
{
    double rest = 0, by_trial = 0,
           df = groups_in(&x->item, x->times->items) + groups_in(&x->trial, x->times->trials), count = 0;

    for (unsigned t = 0; t < x->times->trials; t++)
        x->trial.sum[t] = 0;
    for (size_t i = 0; i < x->times->count; i++) {
        double e = y->y[i] - slope * x->y[i];
        if (!x->counts[i])
            continue;
        count++;
        rest += e * e;
        x->trial.sum[x->times->time[i].trial] += e * x->y[i];
    }
    for (unsigned t = 0; t < x->times->trials; t++)
        by_trial += x->trial.sum[t] * x->trial.sum[t];
    return fmax(count > df ? rest / (count - df) / xx : 0, trials / (trials - 1.0) * by_trial / (xx * xx));
}

/* Slowest over fastest, from the times on these two. */
static struct interval ratio_of(struct effects *x, struct effects *y, const struct cpu_speed *speed,
                                unsigned cpus)
{
    double xx = 0, xy = 0, half, slope;
    unsigned trials = groups_in(&x->trial, x->times->trials), pairs = cpus * (cpus - 1) / 2;

    if (trials < TRIALS_LEAST)
        return interval_unknown("%u trials have both CPUs, %d are needed", trials, TRIALS_LEAST);
    for (size_t i = 0; i < x->times->count; i++) {
        x->y[i] = x->times->time[i].cpu == speed->slowest;
        y->y[i] = log(x->times->time[i].seconds);
    }
    fit_effects(x, false);
    fit_effects(y, false);
    for (size_t i = 0; i < x->times->count; i++) {
        xx += x->counts[i] ? x->y[i] * x->y[i] : 0;
        xy += x->counts[i] ? x->y[i] * y->y[i] : 0;
    }
    if (!(xx > 0.1)) /* rounding errors are left where each item was done by one CPU */
        return interval_unknown("items and CPUs cannot be told apart");
    slope = xy / xx;
    half = stats_t(1 - 0.05 / pairs, trials - 1.0) * sqrt(variance_of(x, y, slope, xx, trials));
    return interval_bounded(exp(slope), exp(slope - half), exp(slope + half), 0.95,
                            "Student's t over %u trials, Bonferroni for %u pair%s of CPUs", trials, pairs,
                            pairs == 1 ? "" : "s");
}

/* x and y are empty. */
static int find(struct effects *x, struct effects *y, struct cpu_speed *speed, double *relative)
{
    const struct cpu_times *times = x->times;
    unsigned cpus;

    for (size_t i = 0; i < times->count; i++) {
        y->counts[i] = true;
        y->y[i] = log(times->time[i].seconds);
    }
    if (keep_comparable(y))
        return -1;
    fit_effects(y, true);
    cpus = take_relative(y, speed, relative);
    if (cpus < 2) {
        speed->ratio = interval_unknown("no two CPUs did the same items in several trials");
        return 0;
    }
    for (size_t i = 0; i < times->count; i++)
        x->counts[i] = y->counts[i] =
            times->time[i].cpu == speed->slowest || times->time[i].cpu == speed->fastest;
    if (keep_comparable(x) || keep_comparable(y))
        return -1;
    speed->ratio = ratio_of(x, y, speed, cpus);
    return 0;
}

int cpu_speed_find(const struct cpu_times *times, struct cpu_speed *speed, double *relative)
{
    struct effects x = {0}, y = {0};
    int short_of_x = effects_init(&x, times), short_of_y = effects_init(&y, times),
        result = short_of_x || short_of_y ? -1 : 0;

    *speed = (struct cpu_speed){0};
    if (!result)
        result = find(&x, &y, speed, relative);
    effects_release(&x);
    effects_release(&y);
    return result;
}
