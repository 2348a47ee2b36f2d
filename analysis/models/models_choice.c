/* models_choice.c: which model the data ask for, and what it says of the largest speedup. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "analysis/models/models_internal.h"

/* A bound of a limit or a peak, over the most workers measured, beyond which the data say nothing. */
enum { BOUND_REACH = 1000 };

/* --- limits --------------------------------------------------------------------------------------- */

static double limit_of(enum model_kind kind, const double *theta, double log_t1, double workers)
{
    (void)log_t1;
    (void)workers;
    return model_limit(kind, theta);
}

static double peak_of(enum model_kind kind, const double *theta, double log_t1, double workers)
{
    (void)log_t1;
    (void)workers;
    return model_peak(kind, theta);
}

/* Extremes over one region; the width is that of log S where the band ends. */
static void extremes(const struct model_fit *fit, const struct model_region *r, region_function function,
                     double *low, double *high)
{
    double one[MODEL_SHAPES], d[MODEL_SHAPES];

    model_log_gradient(r->kind, r->center, 1, one);
    model_log_gradient(r->kind, r->center, (double)BAND_REACH * fit->largest_workers, d);
    for (size_t j = 0; j < MODEL_SHAPES; j++)
        d[j] = j < model_table[r->kind].shapes ? d[j] - one[j] : 0;
    region_extremes(r, function, 0, region_stretch(r, d, fit->level), low, high);
}

static struct interval over_regions(const struct model_fit *fit, region_function function, double value,
                                    const char *what)
{
    double low, high, other_low, other_high;
    struct interval result;

    extremes(fit, &fit->region, function, &low, &high);
    if (isnan(low))
        return isfinite(value) ? interval_point(value, "%s", fit->shape[0].reason)
                               : interval_unknown("no %s: the speedup only ever rises", what);
    if (fit->has_wide) {
        extremes(fit, &fit->wide, function, &other_low, &other_high);
        low = fmin(low, other_low);
        high = fmax(high, other_high);
    }
    if (!isfinite(value) && !isfinite(low))
        return interval_unknown("no %s: the speedup only ever rises", what);
    result = interval_bounded(isfinite(value) ? value : NAN, fmin(low, value), fmax(high, value), fit->level,
                              "profile%s", fit->has_wide ? ", and of a model that is not excluded" : "");
    /* So far out rounding decides whether the bound is there. */
    if (isfinite(result.high) && result.high > (double)BOUND_REACH * fit->largest_workers) {
        result.high = NAN;
        snprintf(result.reason, sizeof result.reason,
                 "no upper bound: none within %d times the workers that were measured", BOUND_REACH);
    } else if (!isfinite(result.high)) {
        result.high = NAN;
        snprintf(result.reason, sizeof result.reason, "no upper bound: a model without a %s fits as well",
                 what);
    }
    return result;
}

static void find_limits(struct model_fit *fit)
{
    const struct model_description *model = &model_table[fit->kind];

    if (!fit->fitted)
        return;
    if (fit->rejected && !fit->predicts_rejected) {
        fit->limit_speedup = fit->peak_workers = interval_unknown(
            "lack of fit (p %.2g) rejects the model: it has no limit to give", fit->lack_of_fit.p);
        return;
    }
    fit->peak_workers = interval_unknown("no peak: the speedup only ever rises");
    if (fit->open) {
        fit->limit_speedup = interval_point(model_limit(fit->kind, fit->theta), "%s", model_open_reason);
        return;
    }
    if (!model->limit)
        fit->limit_speedup = interval_unknown("%s", model->no_limit);
    else
        fit->limit_speedup = over_regions(fit, limit_of, model_limit(fit->kind, fit->theta), "limit");
    if (model->peak)
        fit->peak_workers = over_regions(fit, peak_of, model_peak(fit->kind, fit->theta), "peak");
    else if (fit->has_wide && model_table[fit->wide.kind].peak)
        fit->peak_workers = over_regions(fit, peak_of, model_peak(fit->wide.kind, fit->wide.center), "peak");
}

/* --- choice --------------------------------------------------------------------------------------- */

/* Does the larger model earn its place over the smaller one, by its last parameter? */
static bool earns(const struct model_fit *larger, const struct model_fit *smaller)
{
    const struct interval *added = &larger->shape[larger->shapes - 1];
    bool criteria = !isnan(larger->aicc) && !isnan(smaller->aicc), bounded = isfinite(added->low);

    if (!larger->fitted || !smaller->fitted)
        return larger->fitted && !smaller->fitted;
    if (smaller->shapes == 0) /* the ideal line is any model with its parameter at 0: not a claim to make */
        return true;
    /* Where neither fits, no parameter has a meaning: the closer one is shown. */
    if (criteria && larger->lack_of_fit.p < MODEL_MISFIT_LEVEL && smaller->lack_of_fit.p < MODEL_MISFIT_LEVEL)
        return larger->aicc < smaller->aicc;
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

static void say_strong(const struct model_fit *fits, enum model_kind chosen, char *choice, size_t bytes)
{
    const struct model_fit *usl = &fits[MODEL_USL];
    double share = usl->fitted && isfinite(usl->shape[1].high) ? largest_coherency(usl) : NAN;

    if (chosen == MODEL_USL && !isfinite(usl->shape[1].low))
        snprintf(choice, bytes, "USL by AICc alone: kappa has no interval");
    else if (chosen == MODEL_USL)
        snprintf(choice, bytes, "USL is needed: kappa is above 0 beyond doubt and AICc falls");
    else if (!usl->fitted)
        snprintf(choice, bytes, "cannot tell whether USL is needed: %s", usl->reason);
    else if (isnan(share))
        snprintf(choice, bytes, "cannot tell whether USL is needed: kappa has no interval");
    else if (share <= 0.05)
        snprintf(choice, bytes, "%s is enough: coherency is at most %.1f%% of the time at %u workers",
                 model_table[chosen].title, 100 * share, usl->largest_workers);
    else if (usl->shape[1].low > 0)
        snprintf(choice, bytes,
                 "cannot tell whether USL is needed: the interval of kappa is above 0, but AICc does not "
                 "fall; coherency "
                 "may be %.0f%% of the time at %u workers",
                 100 * share, usl->largest_workers);
    else
        snprintf(choice, bytes,
                 "cannot tell whether USL is needed: coherency may be 0 and may be %.0f%% of the time at %u "
                 "workers",
                 100 * share, usl->largest_workers);
}

static void say(const struct model_fit *fits, enum model_kind chosen, bool weak, char *choice, size_t bytes)
{
    const struct model_fit *fit = &fits[chosen];
    size_t used;

    if (fits[MODEL_IDEAL].superlinear)
        snprintf(choice, bytes, "no model is fitted: %s", fits[MODEL_IDEAL].reason);
    else if (fit->rejected)
        snprintf(choice, bytes, "no model fits: the lack-of-fit test rejects %s, the closest (p %.2g)",
                 model_table[chosen].title, fit->lack_of_fit.p);
    else if (weak)
        say_weak(fits, chosen, choice, bytes);
    else
        say_strong(fits, chosen, choice, bytes);
    used = strlen(choice);
    if (fit->fitted && fit->untested && fit->lack_of_fit.df_error == 0)
        snprintf(choice + used, bytes - used, "; the fit could not be tested: no repetitions");
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
        .verdict = NEED_UNDECIDED, .t = NAN, .p = NAN, .df = usl->fitted ? usl->region.df : NAN};
    bool rejected = usl->rejected && (usl->chosen || fits[MODEL_AMDAHL].rejected);

    if (!usl->fitted) {
        snprintf(test.reason, sizeof test.reason, "%s", usl->reason);
        return test;
    }
    if (rejected)
        test.verdict = NEED_UNDECIDED;
    else if (usl->chosen)
        test.verdict = isfinite(usl->shape[1].low) ? NEED_USL : NEED_UNDECIDED;
    else if (isfinite(usl->shape[1].high) && largest_coherency(usl) <= 0.05)
        test.verdict = NEED_NONE;
    if (rejected) {
        snprintf(test.reason, sizeof test.reason,
                 "lack of fit (p %.2g) rejects usl and amdahl: kappa has no meaning", usl->lack_of_fit.p);
    } else if (!(usl->theta[1] > 0)) {
        snprintf(test.reason, sizeof test.reason, "kappa is held at 0: p is at least 0.5");
    } else if (!(usl->kappa_error > 0) || !(test.df > 0)) {
        snprintf(test.reason, sizeof test.reason, "%s",
                 usl->shape[1].reason[0] ? usl->shape[1].reason : "no noise is known");
    } else {
        test.t = usl->theta[1] / usl->kappa_error;
        test.p = gsl_cdf_tdist_Q(test.t, test.df);
    }
    return test;
}

void models_fit_with(const struct scaling_data *data, const struct model_options *options,
                     struct model_fit fits[MODEL_KINDS], char *choice, size_t choice_bytes)
{
    enum model_kind chosen = MODEL_IDEAL;

    models_fit_all(data, options->level, fits);
    for (int kind = 0; kind < MODEL_KINDS; kind++)
        if (model_table[kind].may_be_chosen && kind != (int)chosen && model_table[kind].needs == chosen &&
            earns(&fits[kind], &fits[chosen]))
            chosen = (enum model_kind)kind;
    fits[chosen].chosen = fits[chosen].fitted;
    if (fits[chosen].shapes > 0)
        models_widen(fits, chosen);
    for (int kind = 0; kind < MODEL_KINDS; kind++) {
        fits[kind].predicts_rejected = options->predict_rejected;
        find_limits(&fits[kind]);
    }
    say(fits, chosen, data->weak, choice, choice_bytes);
    if (fits[MODEL_AMDAHL_OVERHEAD].fitted && fits[MODEL_USL].fitted && !fits[MODEL_AMDAHL_OVERHEAD].note[0])
        snprintf(fits[MODEL_AMDAHL_OVERHEAD].note, sizeof fits->note,
                 "the same curve as usl, read as serial part and cost of each worker");
}

void models_fit(const struct scaling_data *data, double level, struct model_fit fits[MODEL_KINDS],
                char *choice, size_t choice_bytes)
{
    models_fit_with(data, &(struct model_options){.level = level}, fits, choice, choice_bytes);
}
