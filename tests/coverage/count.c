/* count.c: one synthetic sweep, analysed as `knee fit` does it and compared with its truth. */
#include <math.h>
#include <stdlib.h>

#include "tests/coverage/tally.h"

/* No value or no bound: refused with a reason, and not counted. */
static void count(struct tally *tally, enum quantity quantity, const struct interval *interval, double truth)
{
    if (isnan(interval->value) || (isnan(interval->low) && isnan(interval->high)))
        return;
    tally->asked[quantity]++;
    tally->held[quantity] += !(interval->low > truth) && !(interval->high < truth);
}

static unsigned true_knee(const struct sweep_truth *truth, unsigned points, double delta)
{
    for (unsigned n = 2; n <= points; n++)
        if (sweep_seconds(truth, 1) / sweep_seconds(truth, n) / n < 1 - delta)
            return n;
    return 0;
}

/* The real number at which the truth crosses. */
static double true_crossing(const struct sweep_truth *truth, double delta)
{
    double low = 1, high = 1e6;

    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (sweep_seconds(truth, 1) / sweep_seconds(truth, middle) / middle < 1 - delta)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static void count_band(struct tally *tally, const struct model_fit *fit, const struct sweep_truth *truth,
                       unsigned points)
{
    bool all = fit->fitted;

    if (!fit->fitted || fit->rejected)
        return;
    for (unsigned n = 2; n <= BAND_REACH * points && all; n++) {
        struct interval band = model_speedup_band(fit, n);
        double speedup = SWEEP_T1 / sweep_seconds(truth, n);
        if (!interval_has_bounds(&band))
            return;
        all = band.low <= speedup && speedup <= band.high;
    }
    tally->asked[BAND]++;
    tally->held[BAND] += all;
}

/* By the true model, as if it were known. */
static void count_model(struct tally *tally, const struct sweep_truth *truth, const struct model_fit *fit,
                        unsigned largest, double extra)
{
    unsigned beyond = BAND_REACH * largest;
    struct interval at;

    if (fit->kind == MODEL_USL) {
        count(tally, SIGMA, &fit->shape[0], truth->sigma);
        count(tally, KAPPA, &fit->shape[1], truth->kappa);
    } else {
        count(tally, SERIAL, &fit->shape[0], truth->sigma);
    }
    count(tally, FIRST_TIME, &fit->t1, SWEEP_T1);
    at = model_speedup_interval(fit, largest);
    count(tally, MODEL, &at, SWEEP_T1 / sweep_seconds(truth, largest));
    at = knee_of_model(fit, DELTA_PERCENT / 100.0);
    if (interval_has_value(&at)) /* else it says that the model never crosses, and gives no interval */
        count(tally, KNEE_MODEL, &at, true_crossing(truth, DELTA_PERCENT / 100.0));
    count_band(tally, fit, truth, largest);
    at = model_seconds_prediction(fit, beyond);
    count(tally, TRIAL, &at, extra * (truth->weak ? beyond : 1));
    tally->error[tally->sweeps] =
        fit->fitted
            ? fabs(model_seconds(fit, beyond) / sweep_seconds(truth, beyond) / (truth->weak ? beyond : 1) - 1)
            : INFINITY;
}

/* NaN without bounds. */
static double log_width(const struct interval *interval)
{
    return log(interval->high / interval->low);
}

/* By the model that a user's run chooses. */
static void count_chosen(struct tally *tally, const struct sweep_truth *truth, const struct model_fit *chosen,
                         const struct model_fit *true_fit, unsigned beyond, double extra)
{
    struct interval speedup = interval_unknown("no model"), seconds = speedup, known = speedup;

    if (chosen) {
        speedup = model_speedup_interval(chosen, beyond);
        seconds = model_seconds_prediction(chosen, beyond);
        known = model_speedup_interval(true_fit, beyond);
    }
    count(tally, SPEEDUP_4N, &speedup, SWEEP_T1 / sweep_seconds(truth, beyond));
    count(tally, TRIAL_4N, &seconds, extra * (truth->weak ? beyond : 1));
    tally->width[tally->sweeps] = log_width(&speedup);
    tally->true_width[tally->sweeps] = log_width(&known);
}

static void count_points(struct tally *tally, const struct sweep_truth *truth,
                         const struct sweep_analysis *analysis, unsigned largest, double delta)
{
    unsigned knee_there = true_knee(truth, largest, delta);
    const struct knee *knee = &analysis->knee;
    const struct scaling_point *last = &analysis->points[analysis->point_count - 1];

    count(tally, EFFICIENCY, &last->efficiency,
          sweep_seconds(truth, 1) / sweep_seconds(truth, last->workers) / last->workers);
    tally->knees += knee->workers > 0;
    if (knee_there == 0)
        return;
    tally->knees_near += knee->workers > 0 && abs((int)knee->workers - (int)knee_there) <= 1;
    tally->asked[KNEE]++;
    tally->held[KNEE] +=
        knee->low > 0 && knee->low <= knee_there && (knee->high == 0 || knee_there <= knee->high);
}

void tally_count(const struct setting *set, uint64_t seed, struct tally *tally)
{
    struct observation observation[SWEEP_ROOM];
    unsigned beyond = BAND_REACH * set->design.points;
    enum model_kind kind = set->truth.weak        ? MODEL_GUSTAFSON
                           : set->truth.kappa > 0 ? MODEL_USL
                                                  : MODEL_AMDAHL;
    double extra;
    struct scaling_data data = sweep_make(&set->truth, &set->design, seed, observation, beyond, &extra);
    struct sweep_analysis analysis;
    struct model_fit true_fit;

    if (sweep_analyse(&data, &(struct sweep_analysis_options){.level = 0.95, .delta = set->delta}, &analysis))
        exit(1);
    true_fit = analysis.models[kind];
    true_fit.has_wide = false;
    count_model(tally, &set->truth, &true_fit, set->design.points, extra);
    count_chosen(tally, &set->truth, sweep_analysis_chosen(&analysis), &true_fit, beyond, extra);
    count_points(tally, &set->truth, &analysis, set->design.points, set->delta);
    tally->usl += analysis.models[MODEL_USL].chosen;
    tally->is_clear[tally->sweeps] = analysis.models[MODEL_USL].shape[1].low > 0;
    tally->clear += tally->is_clear[tally->sweeps];
    tally->sweeps++;
    sweep_analysis_release(&analysis);
}
