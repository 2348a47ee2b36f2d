/* decision.h: one verdict on a build from pairs of measurements, with a stated rate of false alarms.
 *
 * A pair gives, for each metric, by how much the new build is worse than the old one (worse > 0; a logarithm of a
 * ratio, or a share). The order within every pair is random, which is what the test needs (signed_rank.h).
 *
 *   screening     after LEAST pairs, then after every EVERY: a metric becomes suspect when its test rejects "not worse"
 *                 at the part of its screening level that its share of the pairs has earned: level (k / K)^2 so far
 *                 (Lan and DeMets 1983, Biometrika 70), less what earlier looks have used. Without a suspect it ends
 *                 early once a loss of 2 tolerances is excluded for every metric that has a limit, at EARLY_LEVEL.
 *   confirmation  in fresh pairs, which alone decide: a suspect that its test rejects there in the same way, at its
 *                 confirmation level, and whose estimate reaches its tolerance, is a regression.
 *
 * False alarms of a commit that is not worse: for a metric at most screening level times confirmation level, as the two
 * stages have different pairs; confirmation levels are such that these products add up to DECISION_FALSE_ALARMS over
 * all metrics, in the proportion of their weights. It holds for any noise, because the test does.
 *
 * pass         no suspect was confirmed, and for every metric with a limit a loss of that size is excluded (97.5%)
 * undecided    no suspect was confirmed, and for some metric it is not excluded
 *
 * Sequence: decision_begin(); decision_add() until it returns something else than DECISION_MORE; verdict and fields.
 */
#ifndef KNEE_DECISION_H
#define KNEE_DECISION_H

#include <stdbool.h>
#include <stddef.h>

#include "analysis/gate/gate.h"
#include "analysis/gate/signed_rank.h"

#define DECISION_FALSE_ALARMS 0.0008
#define DECISION_LEVEL        0.95  /* two-sided, of intervals; a pass uses the upper bound alone */
#define DECISION_EARLY_LEVEL  0.992 /* two-sided, of the interval that ends the screening early */

enum { DECISION_METRICS_MOST = 24, DECISION_LEAST_PAIRS = 8, DECISION_EVERY_PAIRS = 2 };

enum decision_stage { DECISION_SCREENING, DECISION_CONFIRMING, DECISION_STAGES };

struct decision_metric {
    double weight;    /* share of the false alarms, in proportion to the other metrics */
    double screening; /* level at which it becomes suspect */
    double tolerance; /* a smaller loss is no regression */
    double limit;     /* that a pass excludes; INFINITY: a pass does not depend on this metric */
};

struct decision_sample {
    double x[SIGNED_RANK_MOST], weight[SIGNED_RANK_MOST];
    size_t count;
};

struct decision {
    struct decision_metric metric[DECISION_METRICS_MOST];
    size_t metrics;
    size_t pairs[DECISION_STAGES]; /* most, of each stage */
    size_t done[DECISION_STAGES];
    bool weighted; /* some pair has a weight other than 1 */
    enum decision_stage stage;
    bool suspect[DECISION_METRICS_MOST], confirmed[DECISION_METRICS_MOST];
    double p[DECISION_METRICS_MOST]; /* of the last look; NaN before */
    double used[DECISION_STAGES][DECISION_METRICS_MOST];
    struct decision_sample sample[DECISION_STAGES][DECISION_METRICS_MOST];
    bool over;
    enum gate_verdict verdict; /* once it is over */
};

/* pairs: that the budget has room for, both stages together; two fifths of them go to the screening. Returns 0, or -1:
 * fewer than decision_least_pairs(), too many metrics, or a weight or level that is not above 0. */
int decision_begin(struct decision *decision, const struct decision_metric *metric, size_t metrics,
                   size_t pairs);
size_t decision_least_pairs(void);

enum decision_next {
    DECISION_MORE,    /* another pair */
    DECISION_CONFIRM, /* the same, and the pairs from here on are fresh ones of the confirmation */
    DECISION_OVER
};

/* worse: of each metric in this pair; NaN: not measured. weight: above 0, at most 1; 1 for an undisturbed pair. */
enum decision_next decision_add(struct decision *decision, const double *worse, double weight);

/* The verdict of the pairs that there are, when no more can be had: pass, or undecided. */
enum gate_verdict decision_stop(struct decision *decision);

/* By how much a metric is worse: a suspect by its fresh pairs alone (free of the luck that made it suspect), once there
 * are LEAST of them; else by all pairs. */
struct interval decision_worse(const struct decision *decision, size_t metric);

/* The smallest loss that is found in 95% of gates, for normal noise of standard deviation `sd` of a pair. */
double decision_smallest(const struct decision *decision, size_t metric, double sd);

/* The level of a metric's confirmation. */
double decision_confirmation_level(const struct decision *decision, size_t metric);

#endif
