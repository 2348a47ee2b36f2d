/* pair.h: what one pair of builds is compared by, and with which tolerances. The list is the same in every gate, so
 * that its rate of false alarms is that of the simulation (`make gate-power`).
 *
 *   efficiency        mean over all n > 1 of the loss of log E(n), E(n) = T(1) / (n T(n)): the one decision on scaling
 *   efficiency at n   the same of one n, where there are several
 *   serial            rise of the serial fraction, mean over n of (n T(n) / T(1) - 1) / (n - 1) (Karp and Flatt 1990,
 *                     Communications of the ACM 33), where there are several n
 *   tail, start       rise of the share of core time that workers wait for the last item, and that their initializers
 *                     take, with the most workers
 *   cpu               rise of log CPU time of the whole work, mean over all n
 *   memory            rise of log peak memory of the largest process, mean over all n
 *
 * T(1) and T(n) of one build are divided, so that a build that is slower alike at every n has the same E(n): it costs
 * more, and scales as well.
 */
#ifndef KNEE_GATE_PAIR_H
#define KNEE_GATE_PAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/gate/decision.h"

enum { PAIR_WORKERS_MOST = 16 };

enum pair_metric {
    PAIR_EFFICIENCY,
    PAIR_EFFICIENCY_AT,
    PAIR_SERIAL,
    PAIR_TAIL,
    PAIR_START,
    PAIR_CPU,
    PAIR_MEMORY,
    PAIR_METRICS
};

/* One build in one pair, by number of workers as in struct pair_metrics; NaN: not measured. */
struct pair_side {
    double wall_s[PAIR_WORKERS_MOST], cpu_s[PAIR_WORKERS_MOST], memory_bytes[PAIR_WORKERS_MOST];
    double tail_share, start_share; /* of the core time with the most workers */
};

struct pair_limits {
    double tolerance; /* of efficiency and CPU time: 0.01 is 1%; of shares, in points */
    double limit;     /* that a pass excludes, of efficiency and CPU time */
};

struct pair_metrics {
    unsigned workers[PAIR_WORKERS_MOST]; /* ascending; the first is 1 */
    size_t counts;
    size_t metrics;
    enum pair_metric kind[DECISION_METRICS_MOST];
    size_t at[DECISION_METRICS_MOST]; /* of PAIR_EFFICIENCY_AT: index in workers */
    struct decision_metric decision[DECISION_METRICS_MOST];
};

/* workers: from 1, ascending, two or more. shares: tail and start are measured. Returns 0, or -1. */
int pair_metrics_begin(struct pair_metrics *metrics, const unsigned *workers, size_t counts, bool shares,
                       const struct pair_limits *limits);

/* worse[metrics->metrics], for decision_add(). */
void pair_worse(const struct pair_metrics *metrics, const struct pair_side *base,
                const struct pair_side *head, double *worse);

/* A metric of one build: E as a number, the shares as shares, CPU seconds and bytes as geometric means over n. */
double pair_value(const struct pair_metrics *metrics, size_t metric, const struct pair_side *side);

/* "efficiency", "efficiency_at", "serial", "tail", "start", "cpu", "memory" */
const char *pair_metric_name(enum pair_metric metric);
/* Whether the metric belongs to scaling; otherwise to cost. */
bool pair_metric_is_scaling(enum pair_metric metric);
/* Whether its loss is a logarithm of a ratio (printed in percent), otherwise a difference of shares (in points). */
bool pair_metric_is_ratio(enum pair_metric metric);

#endif
