#include "analysis/models/models.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/models/models_internal.h"
#include "analysis/statistics/stats.h"

/* Level at which data are called super-linear, one-sided; without repetitions this much better than ideal. */
#define SUPERLINEAR_LEVEL    0.01
#define SUPERLINEAR_UNTESTED 0.05
/* A free estimate of a fraction of the time beyond this is no estimate: T1 is nearly nothing there. */
#define FREE_MOST 3

static const bool all_free[MODEL_SHAPES] = {false, false};

static void refuse(struct model_fit *fit, const char *why)
{
    fit->fitted = false;
    snprintf(fit->reason, sizeof fit->reason, "%s", why);
    fit->t1 = interval_unknown("%s", why);
    for (size_t j = 0; j < MODEL_SHAPES; j++)
        fit->shape[j] = interval_unknown("%s", why);
    fit->limit_speedup = fit->peak_workers = interval_unknown("%s", why);
}

/* --- what the data allow -------------------------------------------------------------------------- */

static bool too_few(const struct design *d, const struct scaling_data *data, struct model_fit *fit)
{
    char why[192], within[64] = "", names[96] = "T1";

    if (d->cells >= fit->shapes + 1)
        return false;
    if (data->cores > 0)
        snprintf(within, sizeof within, " within %u cores", data->cores);
    for (size_t j = 0; j < fit->shapes; j++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", j + 1 < fit->shapes ? ", " : " and ",
                 model_parameter_name(fit->kind, j));
    }
    snprintf(why, sizeof why, "%s cannot be determined: %zu parameters, and %zu worker count%s%s", names,
             fit->shapes + 1, d->cells, d->cells == 1 ? "" : "s", within);
    fit->undetermined = true;
    refuse(fit, why);
    return true;
}

bool design_is_superlinear(const struct design *d, const struct model_noise *noise, char *reason,
                           size_t bytes)
{
    size_t last = d->cells - 1;
    double gain, error, p, *q;

    if (d->cells < 2)
        return false;
    /* log of efficiency at the most workers over that at the fewest */
    gain = d->effect[0] - d->effect[last] - log((double)d->workers[last] / d->workers[0]);
    if (gain <= 0)
        return false;
    q = calloc(d->cells + 1, sizeof *q);
    if (!q)
        return false;
    for (size_t c = 0; c < d->cells; c++)
        q[c] = d->inverse[c * d->cells] - d->inverse[c * d->cells + last];
    if (noise->variance > 0) {
        double *level = calloc(d->blocks + 1, sizeof *level);
        struct noise_spread spread =
            level ? noise_spread(d, noise, q, 1, level) : (struct noise_spread){.df = 0};
        error = sqrt(spread.covariance[0][0]);
        p = error > 0 && spread.df > 0 ? gsl_cdf_tdist_Q(gain / error, spread.df) : 1;
        free(level);
    } else {
        p = gain > SUPERLINEAR_UNTESTED ? 0 : 1;
    }
    free(q);
    if (p < SUPERLINEAR_LEVEL)
        snprintf(reason, bytes,
                 "the data are super-linear: %u workers are %.3g times as fast as %u, beyond the ideal %.3g; "
                 "no model "
                 "here describes that",
                 d->workers[last], exp(d->effect[0] - d->effect[last]), d->workers[0],
                 (double)d->workers[last] / d->workers[0]);
    return p < SUPERLINEAR_LEVEL;
}

static void find_t1(struct model_fit *fit)
{
    struct model_fit at_one = *fit;
    struct interval t1;

    fit->fitted = at_one.fitted = true;
    t1 = model_seconds_level(&at_one, 1);
    fit->t1 = t1;
}

/* --- one model ------------------------------------------------------------------------------------ */

static bool is_at_end(const struct model_fit *fit, size_t j)
{
    return fit->theta[j] <= model_table[fit->kind].parameter[j].least ||
           fit->theta[j] >= model_table[fit->kind].parameter[j].most;
}

/* At an end of its range though the free estimate is elsewhere, or there is none (a curve that is not above 0
 * everywhere). */
static bool is_held(const struct fitting *f, size_t j)
{
    return is_at_end(f->fit, j) && (!f->has_free || fabs(f->free_theta[j] - f->fit->theta[j]) > 1e-12);
}

static void note_held(struct fitting *f)
{
    struct model_fit *fit = f->fit;

    for (size_t j = 0; j < fit->shapes && f->has_free; j++)
        if (is_held(f, j))
            snprintf(fit->note, sizeof fit->note, "%s by itself would be %.3g: held at %g",
                     model_parameter_name(fit->kind, j), f->free_theta[j], fit->theta[j]);
}

/* Without ranges, from the estimate within them. */
static void find_free(struct fitting *f)
{
    bool settled;

    memcpy(f->free_theta, f->fit->theta, sizeof f->free_theta);
    f->free_least = search_descend(&f->search, all_free, false, f->free_theta, &settled);
    f->has_free = settled && f->free_least <= f->least;
    for (size_t j = 0; j < f->fit->shapes; j++)
        f->has_free = f->has_free && fabs(f->free_theta[j]) < FREE_MOST;
    if (f->has_free)
        f->has_free = search_rss(&f->search, f->free_theta) < MODEL_OUTSIDE;
}

static void find_aicc(struct fitting *f)
{
    const struct design *d = f->design;
    bool copies = d->df > 0 && !(d->pure > NO_NOISE * (double)d->count);
    /* Repetitions that all agree say nothing new. */
    double m = copies ? (double)d->cells - 1 : (double)d->count - (double)d->blocks,
           k = (double)f->fit->shapes + 1;
    double rss = fmax(f->fit->rss_log, m * NO_NOISE); /* below, all sums of squares are equal */

    f->fit->aicc = m - k - 1 > 0 ? m * log(rss / m) + 2 * k + 2 * k * (k + 1) / (m - k - 1) : NAN;
}

static size_t count_held(const struct fitting *f)
{
    size_t held = 0;

    for (size_t j = 0; j < f->fit->shapes; j++)
        held += is_held(f, j);
    return held;
}

/* Variance and intervals are those of the free estimates: a parameter held at its bound would show as lack of
 * fit. */
static void complete(struct fitting *f, double *level)
{
    struct model_fit *fit = f->fit;
    const struct design *d = f->design;

    find_free(f);
    search_covariance(&f->search, all_free, f->has_free ? f->free_theta : fit->theta, f->covariance);
    fitting_test(f, f->has_free ? f->free_least : f->least, 0);
    fitting_find_variance(f, f->has_free ? f->free_least : f->least);
    fit->rss_log = f->least + d->pure;
    find_aicc(f);
    fitting_find_region(f, level);
    for (size_t j = 0; j < fit->shapes; j++)
        fit->shape[j] = fitting_shape(f, j);
    if (fit->shapes > 0) {
        fit->kappa_free = f->has_free ? f->free_theta[fit->shapes - 1] : NAN;
        fit->kappa_error = sqrt(fit->region.covariance[fit->shapes - 1][fit->shapes - 1]);
    }
    note_held(f);
    search_covariance(&f->search, all_free, fit->theta, f->covariance);
    fitting_test(f, f->least, count_held(f));
    fit->rejected = fit->lack_of_fit.p < MODEL_MISFIT_LEVEL;
    fit->untested = isnan(fit->lack_of_fit.p);
    fit->blocks = d->blocks;
    fit->per_block = (double)d->count / (double)d->blocks;
    fit->trial_noise = fit->variance;
    fit->trial_noise_df = fit->variance_df;
    if (fit->variance_df == d->df) /* the pure error, not a lack of fit */
        noise_at_cell(d, d->cells - 1, &fit->trial_noise, &fit->trial_noise_df);
    if (fit->noise.kind != NOISE_POOLED)
        fit->trial_variance = fitting_trial_variance(d);
    if (fit->noise.kind == NOISE_MIXED)
        fit->trial_variance =
            (fit->trial_variance + fit->level_variance + (1 - 1 / fit->per_block) * fit->trial_noise) / 2;
    find_t1(fit);
    if (fit->shapes == 2)
        fit->band_factor = model_band_factor(fit);
}

static void fit_kind(const struct design *d, const struct scaling_data *data, struct model_fit *fit)
{
    struct fitting f = {.design = d, .fit = fit};
    double nothing[MODEL_SHAPES] = {NAN, NAN}, *level = calloc(d->blocks + 1, sizeof *level);

    fit->smallest_workers = d->cells ? d->workers[0] : 0;
    fit->largest_workers = d->cells ? d->workers[d->cells - 1] : 0;
    if (level && !search_open(&f.search, d, fit->kind)) {
        if (!too_few(d, data, fit)) {
            f.least = search_least(&f.search, nothing, fit->theta);
            complete(&f, level);
        }
        search_close(&f.search);
    } else {
        refuse(fit, "out of memory");
    }
    free(level);
}

static void clear(enum model_kind kind, const struct scaling_data *data, double level, struct model_fit *fit)
{
    *fit = (struct model_fit){
        .kind = kind, .shapes = model_table[kind].shapes, .level = level, .aicc = NAN, .rss_log = NAN};
    fit->variance = fit->variance_df = fit->band_factor = fit->level_variance = fit->level_df = NAN;
    fit->trial_variance = fit->trial_noise = fit->trial_noise_df = fit->kappa_error = fit->kappa_free = NAN;
    fit->noise = (struct model_noise){.variance = NAN, .unequal_p = NAN};
    fit->lack_of_fit = (struct model_lack_of_fit){.f = NAN, .p = NAN, .reason = "the model is not fitted"};
    fit->weak = data->weak;
}

/* Fits the kinds from `first` to `last`. */
static void fit_kinds(const struct scaling_data *data, double level, struct model_fit *fits, int first,
                      int last)
{
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    struct scaling_data used = *data;
    struct design d;
    struct model_noise noise;
    char why[192];
    bool usable, superlinear = false;

    used.paired = data->paired && scaling_is_connected(data);
    usable = design_make(&d, &used, why, sizeof why) == 0;
    if (usable) {
        noise = noise_describe(&d);
        superlinear = design_is_superlinear(&d, &noise, why, sizeof why);
    }
    for (int kind = first; kind <= last; kind++) {
        struct model_fit *fit = &fits[kind - first];
        clear((enum model_kind)kind, data, level, fit);
        if (!model_is_for(fit->kind, data->weak)) {
            refuse(fit, data->weak ? "weak scaling: the model is of work that does not grow with the workers"
                                   : "the model is of weak scaling, where the work grows with the workers");
        } else if (!usable || superlinear) {
            refuse(fit, why);
            fit->superlinear = superlinear;
        } else {
            fit->noise = noise;
            fit_kind(&d, data, fit);
            fit->unpaired = data->paired && !used.paired;
        }
        if (fit->unpaired && fit->fitted && !fit->note[0])
            snprintf(fit->note, sizeof fit->note,
                     "blocks share no worker counts: the block effect is left out");
    }
    if (usable)
        design_release(&d);
    gsl_set_error_handler(handler);
}

void model_fit(enum model_kind kind, const struct scaling_data *data, double level, struct model_fit *fit)
{
    fit_kinds(data, level, fit, (int)kind, (int)kind);
}

void models_fit_all(const struct scaling_data *data, double level, struct model_fit fits[MODEL_KINDS])
{
    fit_kinds(data, level, fits, 0, MODEL_KINDS - 1);
}

bool scaling_is_connected(const struct scaling_data *data)
{
    return design_parts(data) <= 1;
}

struct model_noise models_noise(const struct scaling_data *data)
{
    struct model_noise noise = {.variance = NAN, .unequal_p = NAN};
    struct scaling_data used = *data;
    struct design d;
    char reason[192];

    used.paired = data->paired && scaling_is_connected(data);
    if (design_make(&d, &used, reason, sizeof reason))
        return noise;
    noise = noise_describe(&d);
    design_release(&d);
    return noise;
}
