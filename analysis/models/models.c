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

/* One model being fitted. free: the estimates before ranges are looked at, where there are any. */
struct fitting {
    const struct design *design;
    struct search search;
    struct model_fit *fit;
    double least; /* sum of squares beyond the pure error, within the ranges */
    double covariance[MODEL_SHAPES][MODEL_SHAPES]; /* (J'BJ)^-1 at the estimate or the free estimate */
    bool has_free;
    double free_theta[MODEL_SHAPES], free_least;
};

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

/* --- lack of fit ---------------------------------------------------------------------------------- */

/* Degrees of freedom of a sum of squares under unequal noise (Box 1954, "Some theorems on quadratic forms", Ann. Math.
 * Stat. 25): those that give the mean and the variance of what the misfit would be by chance. W is the metric less
 * what the parameters take up. */
static void box(const struct fitting *f, double *mean, double *df_lack, double *df_error)
{
    const struct design *d = f->design;
    size_t n = d->cells, shapes = f->fit->shapes;
    double *variance = calloc(n + 1, sizeof *variance), *df = calloc(n + 1, sizeof *df), square = 0,
           parts = 0;

    *mean = 0;
    if (variance && df)
        noise_of_cells(d, variance, df);
    for (size_t a = 0; a < n && variance && df; a++)
        for (size_t b = 0; b < n; b++) {
            double w = d->metric[a * n + b];
            double va = (df[a] > 0 ? variance[a] : d->pure / d->df) / d->cell_size[a];
            double vb = (df[b] > 0 ? variance[b] : d->pure / d->df) / d->cell_size[b];
            for (size_t j = 0; j < shapes; j++)
                for (size_t k = 0; k < shapes; k++)
                    w -= f->search.image[j * n + a] * f->covariance[j][k] * f->search.image[k * n + b];
            square += w * w * va * vb;
            if (a == b) {
                *mean += w * va;
                parts += w * va * w * va / (df[a] > 0 ? df[a] : d->df);
            }
        }
    *df_lack = *mean * *mean / square;
    *df_error = *mean * *mean / parts;
    free(variance);
    free(df);
}

/* F test of what the model leaves against the pure error (Draper and Smith 1998, section 2.1). */
static void test_lack_of_fit(struct fitting *f, double beyond, size_t held)
{
    const struct design *d = f->design;
    struct model_fit *fit = f->fit;
    struct model_lack_of_fit *lack = &fit->lack_of_fit;
    size_t spent = 1 + fit->shapes - held;

    *lack = (struct model_lack_of_fit){.f = NAN, .p = NAN, .df_error = d->df};
    lack->df_lack = d->cells > spent ? (unsigned)(d->cells - spent) : 0;
    if (d->df == 0)
        snprintf(lack->reason, sizeof lack->reason, "the fit could not be tested: no repetitions");
    else if (lack->df_lack == 0)
        snprintf(lack->reason, sizeof lack->reason,
                 "%zu worker counts for %zu parameters: nothing is left to test the model with", d->cells,
                 fit->shapes + 1);
    else if (!(d->pure > NO_NOISE * (double)d->count))
        snprintf(lack->reason, sizeof lack->reason,
                 "the fit could not be tested: repetitions agree to the last digit");
    if (lack->reason[0])
        return;
    if (fit->noise.kind == NOISE_POOLED) {
        lack->f = beyond / lack->df_lack / (d->pure / d->df);
        lack->p = gsl_cdf_fdist_Q(lack->f, lack->df_lack, d->df);
    } else {
        double mean, df_lack, df_error;
        box(f, &mean, &df_lack, &df_error);
        lack->f = beyond / mean;
        if (mean > 0 && df_lack > 0 && df_error > 0 && isfinite(lack->f))
            lack->p = gsl_cdf_fdist_Q(lack->f, df_lack, fmin(df_error, 1e6));
        else
            snprintf(lack->reason, sizeof lack->reason,
                     "the fit could not be tested: the noise of one n is not known");
    }
}

static void find_variance(struct fitting *f, double beyond)
{
    const struct design *d = f->design;
    struct model_fit *fit = f->fit;
    size_t spent = d->blocks + fit->shapes;
    double tiny = NO_NOISE * (double)d->count, rss = beyond + d->pure;

    fit->variance = fit->variance_df = NAN;
    if (fit->lack_of_fit.p < MODEL_MISFIT_LEVEL) {
        fit->variance = beyond / fit->lack_of_fit.df_lack;
        fit->variance_df = fit->lack_of_fit.df_lack;
    } else if (d->df > 0 && d->pure > tiny) {
        fit->variance = d->pure / d->df;
        fit->variance_df = d->df;
    } else if (d->df == 0 && d->count > spent && rss > tiny) {
        fit->variance_df = (double)(d->count - spent);
        fit->variance = rss / fit->variance_df;
    }
}

/* --- intervals ------------------------------------------------------------------------------------ */

/* The least sum of squares with parameter j at value; the other, when there is one, is found from *other on. */
static double profile(struct fitting *f, size_t j, double value, double *other)
{
    bool hold[MODEL_SHAPES] = {j == 0, j == 1}, settled;
    double theta[MODEL_SHAPES] = {0}, rss;

    theta[j] = value;
    if (f->fit->shapes == 1)
        return search_rss(&f->search, theta);
    theta[1 - j] = *other;
    rss = search_descend(&f->search, hold, !f->has_free, theta, &settled);
    *other = theta[1 - j];
    return rss;
}

/* The parameter on one side of the estimate at which the profile has risen by `rise`; step has the side's sign. */
static double profile_bound(struct fitting *f, size_t j, const double *theta, double least, double step,
                            double rise)
{
    const struct model_parameter *p = &model_table[f->fit->kind].parameter[j];
    double near = 0, far = step, other = theta[1 - j], base = theta[j];
    double edge = step < 0 ? p->least : p->most;

    for (int i = 0; i < 60; i++, near = far, far *= 2) {
        if (profile(f, j, base + far, &other) - least > rise)
            break;
        if ((step < 0 && base + far < edge) || (step > 0 && base + far > edge))
            return edge; /* the interval is cut there in any case */
    }
    for (int i = 0; i < 60 && fabs(far - near) > 1e-9 * fabs(far); i++) {
        double middle = (near + far) / 2;
        if (profile(f, j, base + middle, &other) - least > rise)
            far = middle;
        else
            near = middle;
    }
    return base + (near + far) / 2;
}

static const char *variance_of(const struct model_fit *fit)
{
    if (fit->lack_of_fit.p < MODEL_MISFIT_LEVEL)
        return "lack of fit";
    return fit->noise.kind == NOISE_BLOCKS  ? "blocks"
           : fit->noise.kind == NOISE_CELLS ? "each n"
                                            : "pure error";
}

/* Cut to the parameter's range, and never without the estimate. */
static struct interval shape_interval(struct fitting *f, size_t j)
{
    struct model_fit *fit = f->fit;
    const struct model_parameter *p = &model_table[fit->kind].parameter[j];
    const double *theta = f->has_free ? f->free_theta : fit->theta;
    double d[MODEL_SHAPES] = {j == 0, j == 1}, rise, error, stretch, value = fit->theta[j], low, high;

    if (isnan(fit->variance))
        return interval_point(value, "%s", "no repetitions, or all agree: no spread, no interval");
    stretch = region_stretch(&fit->region, d, fit->level);
    rise = stretch * stretch * fit->region.factor * fit->region.factor * fit->variance;
    error = sqrt(f->covariance[j][j] * rise);
    if (!(error > 0) || !isfinite(error))
        return interval_point(value, "the data do not determine it");
    low = profile_bound(f, j, theta, f->has_free ? f->free_least : f->least, -error, rise);
    high = profile_bound(f, j, theta, f->has_free ? f->free_least : f->least, error, rise);
    low = fmin(fmax(low, p->least), value);
    high = fmax(fmin(high, p->most), value);
    if (!(high > low)) /* held at its bound, the whole free interval beyond */
        return interval_point(value, "held at %g: %.3g by itself", value, theta[j]);
    return interval_bounded(value, low, high, fit->level, "profile of log T, t with %.0f df of %s",
                            fit->region.df, variance_of(fit));
}

/* The covariance of estimates, and the region around them. */
static void find_region(struct fitting *f, double *level)
{
    const struct design *d = f->design;
    struct model_fit *fit = f->fit;
    struct model_region *r = &fit->region;
    struct model_noise noise = fit->noise;
    size_t n = d->cells;
    double *q = calloc(MODEL_SHAPES * (n + 1), sizeof *q);
    struct noise_spread spread;

    *r = (struct model_region){.kind = fit->kind, .df = fit->variance_df};
    memcpy(r->center, fit->theta, sizeof r->center);
    memcpy(r->working, f->covariance, sizeof r->working);
    fit->log_t1 = r->center_log_t1 = region_log_t1(d, fit->kind, fit->theta, level);
    for (size_t i = 0; i < d->count; i++) {
        double gradient[MODEL_SHAPES];
        model_log_gradient(fit->kind, fit->theta, d->workers[d->cell[i]], gradient);
        for (size_t j = 0; j < fit->shapes; j++)
            r->mean_gradient[j] += gradient[j] / d->block_size[d->block[i]] / (double)d->blocks;
    }
    if (isnan(fit->variance) || !q) {
        free(q);
        return;
    }
    if (fit->lack_of_fit.p < MODEL_MISFIT_LEVEL || d->df == 0) {
        noise.kind = NOISE_POOLED;
        noise.variance = fit->variance;
    }
    for (size_t j = 0; j < fit->shapes; j++) /* q = J C */
        for (size_t k = 0; k < fit->shapes; k++)
            for (size_t c = 0; c < n; c++)
                q[j * n + c] += f->search.jacobian[k * n + c] * f->covariance[k][j];
    spread = noise_spread(d, &noise, q, fit->shapes, level);
    for (size_t j = 0; j <= fit->shapes; j++) /* log T1 comes last, whatever the number of shapes */
        for (size_t k = 0; k <= fit->shapes; k++)
            r->covariance[j == fit->shapes ? MODEL_SHAPES : j][k == fit->shapes ? MODEL_SHAPES : k] =
                spread.covariance[j][k];
    if (noise.kind != NOISE_POOLED)
        r->df = spread.df;
    else
        r->df = fit->variance_df;
    free(q);
    fit->level_variance = spread.covariance[fit->shapes][fit->shapes] * (double)d->blocks;
    fit->level_df = d->blocks > 1 ? (double)d->blocks - 1 : r->df;
    if (fit->shapes > 0)
        region_trace(r, &f->search, fit->variance, stats_t(fit->level, r->df));
}

/* Variance over blocks of log T at the largest n: what one more trial there has, where noise is unequal. */
static double variance_of_trial(const struct design *d)
{
    double *value = calloc(d->count + 1, sizeof *value), sd;
    size_t count = 0;

    for (size_t i = 0; i < d->count && value; i++)
        if (d->cell[i] == d->cells - 1)
            value[count++] = d->log_time[i];
    sd = stats_sd(value, count);
    free(value);
    return sd * sd;
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

static void note_held(struct fitting *f)
{
    struct model_fit *fit = f->fit;

    for (size_t j = 0; j < fit->shapes && f->has_free; j++)
        if (fabs(f->free_theta[j] - fit->theta[j]) > 1e-12 &&
            (fit->theta[j] <= model_table[fit->kind].parameter[j].least ||
             fit->theta[j] >= model_table[fit->kind].parameter[j].most))
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
    double m = (double)d->count - (double)d->blocks, k = (double)f->fit->shapes + 1;
    double rss = fmax(f->fit->rss_log, m * NO_NOISE); /* below, all sums of squares are equal */

    f->fit->aicc = m - k - 1 > 0 ? m * log(rss / m) + 2 * k + 2 * k * (k + 1) / (m - k - 1) : NAN;
}

static size_t count_held(const struct fitting *f)
{
    size_t held = 0;

    for (size_t j = 0; j < f->fit->shapes; j++)
        held += f->has_free && fabs(f->free_theta[j] - f->fit->theta[j]) > 1e-12;
    return held > 0; /* of two, one is fitted again */
}

/* Variance and intervals are those of the free estimates: a parameter held at its bound would show as lack of
 * fit. */
static void complete(struct fitting *f, double *level)
{
    struct model_fit *fit = f->fit;
    const struct design *d = f->design;

    find_free(f);
    search_covariance(&f->search, all_free, f->has_free ? f->free_theta : fit->theta, f->covariance);
    test_lack_of_fit(f, f->has_free ? f->free_least : f->least, 0);
    find_variance(f, f->has_free ? f->free_least : f->least);
    fit->rss_log = f->least + d->pure;
    find_aicc(f);
    find_region(f, level);
    for (size_t j = 0; j < fit->shapes; j++)
        fit->shape[j] = shape_interval(f, j);
    if (fit->shapes > 0) {
        fit->kappa_free = f->has_free ? f->free_theta[fit->shapes - 1] : NAN;
        fit->kappa_error = sqrt(fit->region.covariance[fit->shapes - 1][fit->shapes - 1]);
    }
    note_held(f);
    search_covariance(&f->search, all_free, fit->theta, f->covariance);
    test_lack_of_fit(f, f->least, count_held(f));
    fit->rejected = fit->lack_of_fit.p < MODEL_MISFIT_LEVEL;
    fit->untested = isnan(fit->lack_of_fit.p);
    fit->blocks = d->blocks;
    fit->per_block = (double)d->count / (double)d->blocks;
    if (fit->noise.kind != NOISE_POOLED)
        fit->trial_variance = variance_of_trial(d);
    find_t1(fit);
    if (fit->shapes == 2)
        fit->band_factor = model_band_factor(fit);
}

static void fit_kind(const struct design *d, const struct scaling_data *data, struct model_fit *fit)
{
    struct fitting f = {.design = d, .fit = fit};
    double nothing[MODEL_SHAPES] = {NAN, NAN}, *level = calloc(d->blocks + 1, sizeof *level);

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
    fit->trial_variance = fit->kappa_error = fit->kappa_free = NAN;
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

    used.paired = data->paired && design_parts(data) == 1;
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

struct model_noise models_noise(const struct scaling_data *data)
{
    struct model_noise noise = {.variance = NAN, .unequal_p = NAN};
    struct scaling_data used = *data;
    struct design d;
    char reason[192];

    used.paired = data->paired && design_parts(data) == 1;
    if (design_make(&d, &used, reason, sizeof reason))
        return noise;
    noise = noise_describe(&d);
    design_release(&d);
    return noise;
}

/* --- for a bootstrap ------------------------------------------------------------------------------ */

struct model_weigher {
    struct design design;
    struct search search;
    double first[MODEL_SHAPES]; /* the estimate with equal weights: where every search begins */
};

struct model_weigher *model_weigher_open(enum model_kind kind, const struct scaling_data *data)
{
    struct model_weigher *w = calloc(1, sizeof *w);
    double nothing[MODEL_SHAPES] = {NAN, NAN};
    char reason[192];

    if (!w || design_make(&w->design, data, reason, sizeof reason)) {
        free(w);
        return NULL;
    }
    if (w->design.cells <= model_table[kind].shapes || search_open(&w->search, &w->design, kind)) {
        design_release(&w->design);
        free(w);
        return NULL;
    }
    search_least(&w->search, nothing, w->first);
    return w;
}

int model_weigher_fit(struct model_weigher *w, const double *block_weights, double *theta)
{
    bool settled;

    if (design_weigh(&w->design, block_weights))
        return -1;
    memcpy(theta, w->first, sizeof w->first);
    search_descend(&w->search, all_free, false, theta, &settled);
    return settled ? 0 : -1;
}

void model_weigher_close(struct model_weigher *w)
{
    if (!w)
        return;
    search_close(&w->search);
    design_release(&w->design);
    free(w);
}
