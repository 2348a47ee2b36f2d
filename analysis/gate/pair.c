#include "analysis/gate/pair.h"

#include <math.h>

/* Weights: half of the false alarms to scaling as a whole, a quarter to CPU time, the rest to what explains them. */
static const struct {
    const char *name;
    bool scaling, ratio, limited;
    double weight, screening;
    double tolerances; /* of the gate's */
} kinds[PAIR_METRICS] = {
    [PAIR_EFFICIENCY] = {"efficiency", true, true, true, 8, 0.08, 1},
    [PAIR_EFFICIENCY_AT] = {"efficiency_at", true, true, false, 2, 0.01, 1},
    [PAIR_SERIAL] = {"serial", true, false, false, 0.5, 0.005, 1},
    [PAIR_TAIL] = {"tail", true, false, false, 0.5, 0.005, 1},
    [PAIR_START] = {"start", true, false, false, 0.5, 0.005, 1},
    [PAIR_CPU] = {"cpu", false, true, true, 4, 0.02, 1},
    [PAIR_MEMORY] = {"memory", false, true, false, 0.5, 0.005, 5},
};

const char *pair_metric_name(enum pair_metric metric)
{
    return kinds[metric].name;
}

bool pair_metric_is_scaling(enum pair_metric metric)
{
    return kinds[metric].scaling;
}

bool pair_metric_is_ratio(enum pair_metric metric)
{
    return kinds[metric].ratio;
}

static void add(struct pair_metrics *metrics, enum pair_metric kind, size_t at, double weight,
                const struct pair_limits *limits)
{
    size_t m = metrics->metrics;

    if (m == DECISION_METRICS_MOST)
        return;
    metrics->kind[m] = kind;
    metrics->at[m] = at;
    metrics->decision[m] = (struct decision_metric){.weight = weight,
                                                    .screening = kinds[kind].screening,
                                                    .tolerance = limits->tolerance * kinds[kind].tolerances,
                                                    .limit = kinds[kind].limited ? limits->limit : INFINITY};
    metrics->metrics++;
}

int pair_metrics_begin(struct pair_metrics *metrics, const unsigned *workers, size_t counts, bool shares,
                       const struct pair_limits *limits)
{
    *metrics = (struct pair_metrics){.counts = counts};
    if (counts < 2 || counts > PAIR_WORKERS_MOST || workers[0] != 1)
        return -1;
    for (size_t i = 0; i < counts; i++) {
        if (i > 0 && workers[i] <= workers[i - 1])
            return -1;
        metrics->workers[i] = workers[i];
    }
    add(metrics, PAIR_EFFICIENCY, 0, kinds[PAIR_EFFICIENCY].weight, limits);
    add(metrics, PAIR_CPU, 0, kinds[PAIR_CPU].weight, limits);
    add(metrics, PAIR_MEMORY, 0, kinds[PAIR_MEMORY].weight, limits);
    if (shares) {
        add(metrics, PAIR_TAIL, 0, kinds[PAIR_TAIL].weight, limits);
        add(metrics, PAIR_START, 0, kinds[PAIR_START].weight, limits);
    }
    if (counts < 3)
        return 0;
    add(metrics, PAIR_SERIAL, 0, kinds[PAIR_SERIAL].weight, limits);
    for (size_t i = 1; i < counts; i++)
        add(metrics, PAIR_EFFICIENCY_AT, i, kinds[PAIR_EFFICIENCY_AT].weight / (double)(counts - 1), limits);
    return 0;
}

/* The mean over the numbers of workers from `first` of what `of` gives for each. */
static double mean_over(const struct pair_metrics *metrics, size_t first, const struct pair_side *side,
                        double (*of)(const struct pair_metrics *, const struct pair_side *, size_t))
{
    double sum = 0;

    for (size_t i = first; i < metrics->counts; i++)
        sum += of(metrics, side, i);
    return sum / (double)(metrics->counts - first);
}

static double log_efficiency(const struct pair_metrics *metrics, const struct pair_side *side, size_t i)
{
    return log(side->wall_s[0]) - log(side->wall_s[i]) - log((double)metrics->workers[i]);
}

static double serial_fraction(const struct pair_metrics *metrics, const struct pair_side *side, size_t i)
{
    double n = (double)metrics->workers[i];

    return (n * side->wall_s[i] / side->wall_s[0] - 1) / (n - 1);
}

static double log_cpu(const struct pair_metrics *metrics, const struct pair_side *side, size_t i)
{
    (void)metrics;
    return log(side->cpu_s[i]);
}

static double log_memory(const struct pair_metrics *metrics, const struct pair_side *side, size_t i)
{
    (void)metrics;
    return log(side->memory_bytes[i]);
}

/* As a logarithm where the metric is a ratio. */
static double figure_of(const struct pair_metrics *metrics, size_t m, const struct pair_side *side)
{
    switch (metrics->kind[m]) {
    case PAIR_EFFICIENCY:
        return mean_over(metrics, 1, side, log_efficiency);
    case PAIR_EFFICIENCY_AT:
        return log_efficiency(metrics, side, metrics->at[m]);
    case PAIR_SERIAL:
        return mean_over(metrics, 1, side, serial_fraction);
    case PAIR_TAIL:
        return side->tail_share;
    case PAIR_START:
        return side->start_share;
    case PAIR_CPU:
        return mean_over(metrics, 0, side, log_cpu);
    default:
        return mean_over(metrics, 0, side, log_memory);
    }
}

void pair_worse(const struct pair_metrics *metrics, const struct pair_side *base,
                const struct pair_side *head, double *worse)
{
    for (size_t m = 0; m < metrics->metrics; m++) {
        bool falls = metrics->kind[m] == PAIR_EFFICIENCY || metrics->kind[m] == PAIR_EFFICIENCY_AT;
        double rise = figure_of(metrics, m, head) - figure_of(metrics, m, base);
        worse[m] = falls ? -rise : rise;
    }
}

double pair_value(const struct pair_metrics *metrics, size_t m, const struct pair_side *side)
{
    double figure = figure_of(metrics, m, side);

    return kinds[metrics->kind[m]].ratio ? exp(figure) : figure;
}
