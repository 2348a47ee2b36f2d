#include "analysis/speedup/cpu_speed.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/statistics/stats.h"

enum { ROUNDS = 200, TRIALS_LEAST = 3, ITEMS_LEAST = 5 };
static const double still = 1e-7; /* no mean is larger: a ten millionth of a time */

/* Items, trials or CPUs, as groups of times. */
struct groups {
    size_t offset; /* of their number in struct cpu_time */
    unsigned groups, seen;
    unsigned *count; /* times that count */
    double *sum;
};

struct fitting {
    const struct cpu_times *times;
    bool *counts; /* of each time */
    struct groups item, trial, cpu;
    double *rest, *slow; /* of each time: what is left of its logarithm, and of "it ran on the slowest CPU" */
    double *effect;      /* of each CPU, on the logarithm */
};

static int groups_init(struct groups *groups, size_t offset, unsigned count)
{
    *groups = (struct groups){.offset = offset,
                              .groups = count,
                              .count = calloc(count + 1u, sizeof *groups->count),
                              .sum = calloc(count + 1u, sizeof *groups->sum)};
    return groups->count && groups->sum ? 0 : -1;
}

static void groups_release(struct groups *groups)
{
    free(groups->count);
    free(groups->sum);
}

static int fitting_init(struct fitting *f, const struct cpu_times *times)
{
    int item = groups_init(&f->item, offsetof(struct cpu_time, item), times->items),
        trial = groups_init(&f->trial, offsetof(struct cpu_time, trial), times->trials),
        cpu = groups_init(&f->cpu, offsetof(struct cpu_time, cpu), times->cpus);

    f->times = times;
    f->counts = calloc(times->count + 1, sizeof *f->counts);
    f->rest = calloc(times->count + 1, sizeof *f->rest);
    f->slow = calloc(times->count + 1, sizeof *f->slow);
    f->effect = calloc(times->cpus + 1u, sizeof *f->effect);
    return item || trial || cpu || !f->counts || !f->rest || !f->slow || !f->effect ? -1 : 0;
}

static void fitting_release(struct fitting *f)
{
    groups_release(&f->item);
    groups_release(&f->trial);
    groups_release(&f->cpu);
    free(f->counts);
    free(f->rest);
    free(f->slow);
    free(f->effect);
}

static unsigned group_of(const struct cpu_time *time, const struct groups *groups)
{
    return *(const unsigned *)(const void *)((const char *)time + groups->offset);
}

/* Leaves out the times of groups that have one CPU only. */
static int keep_several(struct fitting *f, const struct groups *groups)
{
    unsigned *first = calloc(groups->groups + 1u, sizeof *first); /* CPU and one more; 0: none yet */
    bool *several = calloc(groups->groups + 1u, sizeof *several);
    int result = first && several ? 0 : -1;

    for (size_t i = 0; !result && i < f->times->count; i++) {
        unsigned cpu = f->times->time[i].cpu + 1, group = group_of(&f->times->time[i], groups);
        if (!f->counts[i])
            continue;
        several[group] = several[group] || (first[group] && first[group] != cpu);
        first[group] = cpu;
    }
    for (size_t i = 0; !result && i < f->times->count; i++)
        f->counts[i] = f->counts[i] && several[group_of(&f->times->time[i], groups)];
    free(first);
    free(several);
    return result;
}

static void count_groups(const struct fitting *f, struct groups *groups)
{
    groups->seen = 0;
    for (unsigned g = 0; g < groups->groups; g++)
        groups->count[g] = 0;
    for (size_t i = 0; i < f->times->count; i++)
        if (f->counts[i] && groups->count[group_of(&f->times->time[i], groups)]++ == 0)
            groups->seen++;
}

/* What is comparable of what counts so far. */
static int keep_comparable(struct fitting *f)
{
    if (keep_several(f, &f->trial) || keep_several(f, &f->item))
        return -1;
    count_groups(f, &f->item);
    count_groups(f, &f->trial);
    count_groups(f, &f->cpu);
    return 0;
}

/* Takes the mean of each group off y, and leaves it in groups->sum. Returns the largest mean. */
static double centre(const struct fitting *f, struct groups *groups, double *y)
{
    double most = 0;

    for (unsigned g = 0; g < groups->groups; g++)
        groups->sum[g] = 0;
    for (size_t i = 0; i < f->times->count; i++)
        if (f->counts[i])
            groups->sum[group_of(&f->times->time[i], groups)] += y[i];
    for (unsigned g = 0; g < groups->groups; g++) {
        groups->sum[g] /= groups->count[g] ? groups->count[g] : 1;
        most = fmax(most, fabs(groups->sum[g]));
    }
    for (size_t i = 0; i < f->times->count; i++)
        if (f->counts[i])
            y[i] -= groups->sum[group_of(&f->times->time[i], groups)];
    return most;
}

/* Leaves in y what items, trials and, unless effect is NULL, CPUs do not explain; effect gets that of the CPUs. */
static void explain(struct fitting *f, double *y, double *effect)
{
    for (int round = 0; round < ROUNDS; round++) {
        double most = fmax(centre(f, &f->item, y), centre(f, &f->trial, y));
        if (effect) {
            most = fmax(most, centre(f, &f->cpu, y));
            for (unsigned c = 0; c < f->times->cpus; c++)
                effect[c] += f->cpu.sum[c];
        }
        if (most < still)
            return;
    }
}

/* The CPUs with enough times, their number, and the two ends of them. */
static unsigned take_relative(const struct fitting *f, struct cpu_speed *speed, double *relative)
{
    unsigned seen = 0;
    double mean = 0;

    for (unsigned c = 0; c < f->times->cpus; c++) {
        relative[c] = NAN;
        if (f->cpu.count[c] < ITEMS_LEAST)
            continue;
        if (!seen || f->effect[c] > f->effect[speed->slowest])
            speed->slowest = c;
        if (!seen || f->effect[c] < f->effect[speed->fastest])
            speed->fastest = c;
        mean += f->effect[c];
        seen++;
    }
    for (unsigned c = 0; c < f->times->cpus; c++)
        if (f->cpu.count[c] >= ITEMS_LEAST)
            relative[c] = exp(f->effect[c] - mean / seen);
    return seen;
}

/* Variance of the slope of rest on slow: by least squares, or with the noise of a trial as one (CR1 of Cameron and
 * Miller 2015, Journal of Human Resources 50), the larger of the two. */
static double variance_of(const struct fitting *f, double slope, double xx)
{
    double squares = 0, by_trial = 0, df = -1.0 * f->item.seen - f->trial.seen, trials = f->trial.seen;

    for (unsigned t = 0; t < f->times->trials; t++)
        f->trial.sum[t] = 0;
    for (size_t i = 0; i < f->times->count; i++) {
        double e = f->rest[i] - slope * f->slow[i];
        if (!f->counts[i])
            continue;
        df++;
        squares += e * e;
        f->trial.sum[f->times->time[i].trial] += e * f->slow[i];
    }
    for (unsigned t = 0; t < f->times->trials; t++)
        by_trial += f->trial.sum[t] * f->trial.sum[t];
    return fmax(df > 0 ? squares / df / xx : 0, trials / (trials - 1) * by_trial / (xx * xx));
}

/* Slowest over fastest, once only the times on these two count. */
static struct interval ratio_of(struct fitting *f, unsigned slowest, unsigned cpus)
{
    double xx = 0, xy = 0, half, slope;
    unsigned pairs = cpus * (cpus - 1) / 2;

    if (f->trial.seen < TRIALS_LEAST)
        return interval_unknown("%u trials have both CPUs, %d are needed", f->trial.seen, TRIALS_LEAST);
    for (size_t i = 0; i < f->times->count; i++) {
        f->slow[i] = f->times->time[i].cpu == slowest;
        f->rest[i] = log(f->times->time[i].seconds);
    }
    explain(f, f->slow, NULL);
    explain(f, f->rest, NULL);
    for (size_t i = 0; i < f->times->count; i++) {
        xx += f->counts[i] ? f->slow[i] * f->slow[i] : 0;
        xy += f->counts[i] ? f->slow[i] * f->rest[i] : 0;
    }
    if (!(xx > 0.1)) /* rounding errors are left where each item was done by one CPU */
        return interval_unknown("items and CPUs cannot be separated");
    slope = xy / xx;
    half = stats_t(1 - 0.05 / pairs, f->trial.seen - 1.0) * sqrt(variance_of(f, slope, xx));
    return interval_bounded(exp(slope), exp(slope - half), exp(slope + half), 0.95,
                            "Student's t over %u trials, Bonferroni for %u pair%s of CPUs", f->trial.seen,
                            pairs, pairs == 1 ? "" : "s");
}

static int find(struct fitting *f, struct cpu_speed *speed, double *relative)
{
    const struct cpu_times *times = f->times;
    unsigned cpus;

    for (size_t i = 0; i < times->count; i++) {
        f->counts[i] = true;
        f->rest[i] = log(times->time[i].seconds);
    }
    if (keep_comparable(f))
        return -1;
    explain(f, f->rest, f->effect);
    cpus = take_relative(f, speed, relative);
    if (cpus < 2) {
        speed->ratio = interval_unknown("no two CPUs did the same items in several trials");
        return 0;
    }
    for (size_t i = 0; i < times->count; i++)
        f->counts[i] = times->time[i].cpu == speed->slowest || times->time[i].cpu == speed->fastest;
    if (keep_comparable(f))
        return -1;
    speed->ratio = ratio_of(f, speed->slowest, cpus);
    return 0;
}

int cpu_speed_find(const struct cpu_times *times, struct cpu_speed *speed, double *relative)
{
    struct fitting f = {0};
    int result = fitting_init(&f, times);

    *speed = (struct cpu_speed){0};
    if (!result)
        result = find(&f, speed, relative);
    fitting_release(&f);
    return result;
}
