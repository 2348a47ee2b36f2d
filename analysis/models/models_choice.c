/* models_choice.c: which model the data ask for, and what it says of the largest speedup. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include "analysis/models/models.h"
#include "analysis/models/model_table.h"
#include "analysis/statistics/random.h"
#include "analysis/statistics/stats.h"

enum { LIMIT_DRAWS = 2000 };

/* --- limits ----------------------------------------------------------------------------------- */

/* The limit and the peak of a model with two parameters have no handy form for bounds: they are taken from
 * draws of the parameters out of their normal distribution, widened to Student's t, with a fixed seed. */
static void draw_limits(const struct model_fit *fit, double *limit, double *peak)
{
    struct random_stream random = {20120901};
    double widen = stats_t(fit->level, fit->variance_df) / stats_t(fit->level, 1e9);
    double a = sqrt(fit->covariance[0][0]), b = fit->covariance[0][1] / a;
    double c = sqrt(fmax(fit->covariance[1][1] - b * b, 0));

    assert(fit->shapes <= MODEL_SHAPES);
    for (int i = 0; i < LIMIT_DRAWS; i++) {
        double x = widen * random_normal(&random), y = widen * random_normal(&random);
        double theta[MODEL_SHAPES] = {fit->theta[0] + a * x, fit->theta[1] + b * x + c * y};
        for (size_t j = 0; j < fit->shapes; j++)
            theta[j] = fmin(fmax(theta[j], model_table[fit->kind].parameter[j].least),
                            model_table[fit->kind].parameter[j].most);
        limit[i] = model_limit(fit->kind, theta);
        peak[i] = model_peak(fit->kind, theta);
    }
    stats_sort(limit, LIMIT_DRAWS);
    stats_sort(peak, LIMIT_DRAWS);
}

static struct interval from_draws(double value, const double *sorted, double level, const char *what)
{
    double low = sorted[(int)((1 - level) / 2 * LIMIT_DRAWS)],
           high = sorted[(int)((1 + level) / 2 * LIMIT_DRAWS) - 1];
    struct interval result;

    if (!isfinite(value))
        return interval_unknown("no %s: the speedup only ever rises", what);
    result = interval_bounded(value, fmin(low, value), high, level, "%d draws of the parameters",
                              (int)LIMIT_DRAWS);
    if (!isfinite(high)) {
        result.high = NAN;
        snprintf(result.reason, sizeof result.reason, "no upper bound: a model without a %s fits as well",
                 what);
    }
    return result;
}

static void find_limits(struct model_fit *fit)
{
    const struct model_description *model = &model_table[fit->kind];
    double limit[LIMIT_DRAWS], peak[LIMIT_DRAWS];

    if (!fit->fitted)
        return;
    if (!model->limit) {
        fit->limit_speedup = interval_unknown("%s", model->no_limit);
        fit->peak_workers = interval_unknown("no peak: the speedup only ever rises");
    } else if (!model->peak) {
        fit->limit_speedup = interval_reciprocal(&fit->shape[0], 1);
        fit->peak_workers = interval_unknown("no peak: the speedup only ever rises");
    } else if (isnan(fit->covariance[0][0]) || !(fit->covariance[0][0] > 0)) {
        fit->limit_speedup =
            isfinite(model_limit(fit->kind, fit->theta))
                ? interval_point(model_limit(fit->kind, fit->theta), "%s", fit->shape[0].reason)
                : interval_unknown("no limit: neither parameter is above 0");
        fit->peak_workers =
            isfinite(model_peak(fit->kind, fit->theta))
                ? interval_point(model_peak(fit->kind, fit->theta), "%s", fit->shape[0].reason)
                : interval_unknown("no peak: the speedup only ever rises");
    } else {
        draw_limits(fit, limit, peak);
        fit->limit_speedup = from_draws(model_limit(fit->kind, fit->theta), limit, fit->level, "limit");
        fit->peak_workers = from_draws(model_peak(fit->kind, fit->theta), peak, fit->level, "peak");
    }
}

/* --- choice ----------------------------------------------------------------------------------- */

/* Does the larger model earn its place over the smaller one, by its last parameter? */
static bool earns(const struct model_fit *larger, const struct model_fit *smaller)
{
    const struct interval *added = &larger->shape[larger->shapes - 1];
    bool criteria = !isnan(larger->aicc) && !isnan(smaller->aicc), bounded = isfinite(added->low);

    if (!larger->fitted || !smaller->fitted)
        return larger->fitted && !smaller->fitted;
    if (!criteria && !bounded)
        return false;
    return (!criteria || larger->aicc < smaller->aicc) && (!bounded || added->low > 0);
}

/* How much of the time at the largest n the coherency term may be, at the upper bound of kappa. */
static double largest_coherency(const struct model_fit *usl)
{
    double n = usl->largest_workers, term = usl->shape[1].high * n * (n - 1);

    return term / (1 + usl->theta[0] * (n - 1) + term);
}

/* Does the data's scatter leave anything but the model? */
static void say_weak(const struct model_fit *fits, enum model_kind chosen, char *choice, size_t bytes)
{
    const struct interval *s = &fits[MODEL_GUSTAFSON].shape[0];

    if (chosen != MODEL_GUSTAFSON)
        snprintf(choice, bytes, "weak scaling: Gustafson's law is not fitted: %s",
                 fits[MODEL_GUSTAFSON].reason);
    else if (fits[chosen].lack_of_fit.p < MODEL_MISFIT_LEVEL)
        snprintf(choice, bytes, "weak scaling: Gustafson's law is not all: the lack-of-fit test rejects it");
    else if (!interval_has_bounds(s))
        snprintf(choice, bytes, "weak scaling: Gustafson's law; its serial fraction has no interval");
    else if (s->low > 0)
        snprintf(choice, bytes, "weak scaling: Gustafson's law; its serial fraction is above 0 beyond doubt");
    else
        snprintf(choice, bytes, "weak scaling: Gustafson's law; its serial fraction may be 0");
}

static void say(const struct model_fit *fits, enum model_kind chosen, char *choice, size_t bytes)
{
    const struct model_fit *usl = &fits[MODEL_USL];
    double share = usl->fitted && isfinite(usl->shape[1].high) ? largest_coherency(usl) : NAN;

    if (chosen == MODEL_USL)
        snprintf(choice, bytes, "USL is needed: kappa is above 0 beyond doubt and AICc falls");
    else if (!usl->fitted)
        snprintf(choice, bytes, "cannot tell whether USL is needed: %s", usl->reason);
    else if (isnan(share))
        snprintf(choice, bytes, "cannot tell whether USL is needed: kappa has no interval");
    else if (share <= 0.05)
        snprintf(choice, bytes, "%s is enough: coherency is at most %.1f%% of the time at %u workers",
                 chosen == MODEL_IDEAL ? "the ideal line" : "Amdahl", 100 * share, usl->largest_workers);
    else
        snprintf(choice, bytes,
                 "cannot tell whether USL is needed: coherency may be 0 and may be %.0f%% of the time at %u "
                 "workers",
                 100 * share, usl->largest_workers);
}

const char *model_need_name(enum model_need verdict)
{
    static const char *const names[] = {"Amdahl is enough", "USL is needed", "cannot tell"};

    return names[verdict];
}

struct model_coherency model_coherency(const struct model_fit fits[MODEL_KINDS])
{
    const struct model_fit *usl = &fits[MODEL_USL];
    struct model_coherency test = {
        .verdict = NEED_UNDECIDED, .t = NAN, .p = NAN, .df = usl->fitted ? usl->variance_df : NAN};
    double se = usl->fitted ? sqrt(usl->covariance[1][1]) : NAN;

    if (!usl->fitted) {
        snprintf(test.reason, sizeof test.reason, "%s", usl->reason);
        return test;
    }
    if (usl->chosen)
        test.verdict = NEED_USL;
    else if (isfinite(usl->shape[1].high) && largest_coherency(usl) <= 0.05)
        test.verdict = NEED_NONE;
    if (!(usl->theta[1] > 0)) {
        snprintf(test.reason, sizeof test.reason, "kappa is held at 0: p is at least 0.5");
    } else if (!(se > 0) || !(test.df > 0)) {
        snprintf(test.reason, sizeof test.reason, "%s",
                 usl->shape[1].reason[0] ? usl->shape[1].reason : "no noise is known");
    } else {
        test.t = usl->theta[1] / se;
        test.p = gsl_cdf_tdist_Q(test.t, test.df);
    }
    return test;
}

void models_fit(const struct scaling_data *data, double level, struct model_fit fits[MODEL_KINDS],
                char *choice, size_t choice_bytes)
{
    enum model_kind chosen = MODEL_IDEAL;

    for (int kind = 0; kind < MODEL_KINDS; kind++) {
        model_fit((enum model_kind)kind, data, level, &fits[kind]);
        find_limits(&fits[kind]);
    }
    if (fits[MODEL_AMDAHL].fitted)
        chosen = MODEL_AMDAHL;
    if (fits[MODEL_GUSTAFSON].fitted)
        chosen = MODEL_GUSTAFSON;
    if (earns(&fits[MODEL_USL], &fits[chosen]))
        chosen = MODEL_USL;
    fits[chosen].chosen = fits[chosen].fitted;
    if (data->weak)
        say_weak(fits, chosen, choice, choice_bytes);
    else
        say(fits, chosen, choice, choice_bytes);
    if (fits[MODEL_AMDAHL_OVERHEAD].fitted && fits[MODEL_USL].fitted && !fits[MODEL_AMDAHL_OVERHEAD].note[0])
        snprintf(fits[MODEL_AMDAHL_OVERHEAD].note, sizeof fits->note,
                 "the same curve as usl, read as serial part and cost of each worker");
}
