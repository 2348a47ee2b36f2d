#include "analysis/gate/decision.h"

#include <math.h>

#include "analysis/statistics/stats.h"

size_t decision_least_pairs(void)
{
    return 24; /* 9 and 15: n pairs attain no level below 2^-n, and those of decision_add() are about 0.5% */
}

int decision_begin(struct decision *decision, const struct decision_metric *metric, size_t metrics,
                   size_t pairs)
{
    if (metrics == 0 || metrics > DECISION_METRICS_MOST || pairs < decision_least_pairs())
        return -1;
    if (pairs > SIGNED_RANK_MOST)
        pairs = SIGNED_RANK_MOST;
    *decision = (struct decision){.metrics = metrics, .pairs = {2 * pairs / 5, pairs - 2 * pairs / 5}};
    for (size_t m = 0; m < metrics; m++) {
        if (!(metric[m].weight > 0) || !(metric[m].screening > 0) || !(metric[m].screening < 1))
            return -1;
        decision->metric[m] = metric[m];
        decision->p[m] = NAN;
    }
    return 0;
}

double decision_confirmation_level(const struct decision *decision, size_t metric)
{
    double weights = 0;

    for (size_t m = 0; m < decision->metrics; m++)
        weights += decision->metric[m].weight;
    return DECISION_FALSE_ALARMS * decision->metric[metric].weight / weights /
           decision->metric[metric].screening;
}

static struct signed_rank sample_of(const struct decision *decision, enum decision_stage stage, size_t metric)
{
    const struct decision_sample *sample = &decision->sample[stage][metric];

    return (struct signed_rank){sample->x, decision->weighted ? sample->weight : NULL, sample->count};
}

/* Whether a metric's test rejects at what its pairs have earned and earlier looks have left. */
static bool rejects(struct decision *decision, size_t metric)
{
    enum decision_stage stage = decision->stage;
    const struct signed_rank sample = sample_of(decision, stage, metric);
    double level = stage == DECISION_SCREENING ? decision->metric[metric].screening
                                               : decision_confirmation_level(decision, metric);
    double done = (double)decision->done[stage] / (double)decision->pairs[stage], left, attained;

    left = level * done * done - decision->used[stage][metric];
    if (!(left > 0) || sample.count < DECISION_LEAST_PAIRS)
        return false;
    decision->p[metric] = signed_rank_p(&sample, 0, left, &attained);
    decision->used[stage][metric] += attained;
    return decision->p[metric] <= left;
}

/* All pairs of a metric, or those of the confirmation alone. */
static struct interval worse_at(const struct decision *decision, size_t metric, bool fresh, double level)
{
    double x[SIGNED_RANK_MOST], weight[SIGNED_RANK_MOST];
    struct signed_rank all = {x, decision->weighted ? weight : NULL, 0};

    for (int s = fresh ? DECISION_CONFIRMING : DECISION_SCREENING; s < DECISION_STAGES; s++) {
        const struct decision_sample *sample = &decision->sample[s][metric];
        for (size_t i = 0; i < sample->count && all.count < SIGNED_RANK_MOST; i++, all.count++) {
            x[all.count] = sample->x[i];
            weight[all.count] = sample->weight[i];
        }
    }
    return signed_rank_interval(&all, level);
}

static bool has_fresh(const struct decision *decision, size_t metric)
{
    return decision->suspect[metric] &&
           decision->sample[DECISION_CONFIRMING][metric].count >= DECISION_LEAST_PAIRS;
}

struct interval decision_worse(const struct decision *decision, size_t metric)
{
    return worse_at(decision, metric, has_fresh(decision, metric), DECISION_LEVEL);
}

/* Whether a loss of `times` tolerances is excluded for every metric with a limit and every suspect; 0: one of the
 * limit, for every metric with a limit. */
static bool excluded(const struct decision *decision, double times, double level)
{
    for (size_t m = 0; m < decision->metrics; m++) {
        const struct decision_metric *metric = &decision->metric[m];
        struct interval worse;
        if (!isfinite(metric->limit) && !(times > 0 && decision->suspect[m]))
            continue;
        worse = worse_at(decision, m, has_fresh(decision, m), level);
        if (!(worse.high <= (times > 0 ? fmin(times * metric->tolerance, metric->limit) : metric->limit)))
            return false;
    }
    return true;
}

static enum decision_next end(struct decision *decision, enum gate_verdict verdict)
{
    decision->over = true;
    decision->verdict = verdict;
    return DECISION_OVER;
}

static enum decision_next look_at_screening(struct decision *decision, bool last)
{
    bool any = false;

    for (size_t m = 0; m < decision->metrics; m++) {
        decision->suspect[m] = rejects(decision, m);
        any = any || decision->suspect[m];
    }
    if (!any &&
        (excluded(decision, 2, DECISION_EARLY_LEVEL) || (last && excluded(decision, 0, DECISION_LEVEL))))
        return end(decision, GATE_PASS);
    if (!any && !last)
        return DECISION_MORE;
    /* Without a suspect the pairs that are left only narrow the intervals. */
    decision->stage = DECISION_CONFIRMING;
    return any ? DECISION_CONFIRM : DECISION_MORE;
}

static enum decision_next look_at_confirmation(struct decision *decision, bool last)
{
    bool any = false, suspects = false;

    for (size_t m = 0; m < decision->metrics; m++) {
        if (!decision->suspect[m])
            continue;
        suspects = true;
        decision->confirmed[m] =
            rejects(decision, m) && decision_worse(decision, m).value >= decision->metric[m].tolerance;
        any = any || decision->confirmed[m];
    }
    if (any)
        return end(decision, GATE_REGRESSION);
    if (excluded(decision, suspects ? 2 : 0, suspects ? DECISION_EARLY_LEVEL : DECISION_LEVEL))
        return end(decision, GATE_PASS);
    if (!last)
        return DECISION_MORE;
    return end(decision, excluded(decision, 0, DECISION_LEVEL) ? GATE_PASS : GATE_UNDECIDED);
}

enum decision_next decision_add(struct decision *decision, const double *worse, double weight)
{
    enum decision_stage stage = decision->stage;
    size_t done = ++decision->done[stage];
    bool last = done >= decision->pairs[stage];

    decision->weighted = decision->weighted || weight < 1;
    for (size_t m = 0; m < decision->metrics; m++) {
        struct decision_sample *sample = &decision->sample[stage][m];
        if (isfinite(worse[m]) && sample->count < SIGNED_RANK_MOST) {
            sample->weight[sample->count] = weight;
            sample->x[sample->count++] = worse[m];
        }
    }
    if (!last && (done < DECISION_LEAST_PAIRS || (done - DECISION_LEAST_PAIRS) % DECISION_EVERY_PAIRS != 0))
        return DECISION_MORE;
    return stage == DECISION_SCREENING ? look_at_screening(decision, last)
                                       : look_at_confirmation(decision, last);
}

enum gate_verdict decision_stop(struct decision *decision)
{
    bool suspects = false;

    for (size_t m = 0; m < decision->metrics; m++)
        suspects = suspects || decision->suspect[m];
    if (!decision->over)
        end(decision, !suspects && excluded(decision, 0, DECISION_LEVEL) ? GATE_PASS : GATE_UNDECIDED);
    return decision->verdict;
}

/* Both stages have to be passed: the harder of the two in 97.5% of gates. The ranks are worth 95.5% of the pairs
 * (Pitman efficiency). */
double decision_smallest(const struct decision *decision, size_t metric, double sd)
{
    double most = 0;

    for (int s = 0; s < DECISION_STAGES; s++) {
        double pairs = (double)decision->pairs[s];
        double level = s == DECISION_SCREENING ? decision->metric[metric].screening
                                               : decision_confirmation_level(decision, metric);
        double needed =
            (stats_t(1 - 2 * level, pairs - 1) + stats_t(0.95, pairs - 1)) * sd / sqrt(0.955 * pairs);
        most = fmax(most, needed);
    }
    return fmax(most, decision->metric[metric].tolerance);
}
