#include "analysis/models/models.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/models/models_predict_internal.h"
#include "analysis/models/models_problem_internal.h"
#include "analysis/statistics/stats.h"

/* Times are known to twelve digits at best: a mean square below that is none. */
#define NO_NOISE 1e-24

static const bool all_free[MODEL_SHAPES] = {false, false};

/* Estimates before ranges are looked at; the intervals are theirs. */
struct free_fit {
    double theta[MODEL_SHAPES];
    double covariance[MODEL_SHAPES][MODEL_SHAPES]; /* (J'J)^-1 */
    double rss;
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

static bool too_few(const struct problem *p, const struct scaling_data *data, struct model_fit *fit)
{
    char why[192], within[64] = "";

    if (p->cells >= fit->shapes + 1)
        return false;
    if (data->cores > 0)
        snprintf(within, sizeof within, " within %u cores", data->cores);
    snprintf(why, sizeof why, "%zu parameters cannot be had from %zu worker count%s%s", fit->shapes + 1,
             p->cells, p->cells == 1 ? "" : "s", within);
    refuse(fit, why);
    return true;
}

/* Holds each parameter that left its range at the bound, and fits the others again; covariance is then theirs. */
static int hold_in_range(struct problem *p, struct model_fit *fit,
                         double covariance[MODEL_SHAPES][MODEL_SHAPES], size_t *held)
{
    bool fixed[MODEL_SHAPES] = {false, false};
    bool again = true;
    size_t shapes = fit->shapes;

    assert(shapes <= MODEL_SHAPES);
    *held = 0;
    while (again) {
        again = false;
        for (size_t j = 0; j < shapes; j++) {
            double least = model_table[fit->kind].parameter[j].least,
                   most = model_table[fit->kind].parameter[j].most;
            if (fixed[j] || (fit->theta[j] >= least && fit->theta[j] <= most))
                continue;
            if (fabs(fit->theta[j] - (fit->theta[j] < least ? least : most)) >
                1e-12) /* not a matter of rounding */
                snprintf(fit->note, sizeof fit->note, "%s by itself would be %.3g: held at %g",
                         model_parameter_name(fit->kind, j), fit->theta[j],
                         fit->theta[j] < least ? least : most);
            fit->theta[j] = fit->theta[j] < least ? least : most;
            fixed[j] = again = true;
            ++*held;
        }
        if (again && *held == shapes)
            memset(covariance, 0, sizeof(double[MODEL_SHAPES][MODEL_SHAPES]));
        else if (again && problem_minimise(p, fixed, fit->theta, covariance))
            return -1;
    }
    return 0;
}

/* F test of what the model leaves against the pure error (Draper and Smith 1998, section 2.1). */
static void test_lack_of_fit(struct model_fit *fit, const struct problem *p, double pure, unsigned df_pure,
                             size_t held)
{
    struct model_lack_of_fit *lack = &fit->lack_of_fit;
    size_t spent = p->blocks + fit->shapes - held + df_pure;
    double left = fmax(fit->rss_log - pure, 0);

    *lack = (struct model_lack_of_fit){.f = NAN, .p = NAN, .df_error = df_pure};
    lack->df_lack = p->count > spent ? (unsigned)(p->count - spent) : 0;
    if (df_pure == 0)
        snprintf(lack->reason, sizeof lack->reason, "no repetitions: no pure error to test against");
    else if (lack->df_lack == 0)
        snprintf(lack->reason, sizeof lack->reason,
                 "%zu worker counts for %zu parameters: nothing is left to test the model with", p->cells,
                 fit->shapes + 1);
    else if (!(pure > NO_NOISE * (double)p->count))
        snprintf(lack->reason, sizeof lack->reason, "repetitions agree to the last digit: no pure error");
    if (lack->reason[0])
        return;
    lack->f = left / lack->df_lack / (pure / df_pure);
    lack->p = gsl_cdf_fdist_Q(lack->f, lack->df_lack, df_pure);
}

static void find_variance(struct model_fit *fit, const struct problem *p, double pure, unsigned df_pure)
{
    const struct model_lack_of_fit *lack = &fit->lack_of_fit;
    size_t spent = p->blocks + fit->shapes;
    double tiny = NO_NOISE * (double)p->count;

    fit->variance = fit->variance_df = NAN;
    if (lack->p < MODEL_MISFIT_LEVEL) {
        fit->variance = (fit->rss_log - pure) / lack->df_lack;
        fit->variance_df = lack->df_lack;
    } else if (df_pure > 0 && pure > tiny) {
        fit->variance = pure / df_pure;
        fit->variance_df = df_pure;
    } else if (df_pure == 0 && p->count > spent && fit->rss_log > tiny) {
        fit->variance_df = (double)(p->count - spent);
        fit->variance = fit->rss_log / fit->variance_df;
    }
}

/* --- intervals -------------------------------------------------------------------------------- */

/* The parameter on one side of the estimate at which the sum of squares has risen by `rise`. */
static double profile_bound(struct problem *p, const struct free_fit *free_fit, double step, double rise)
{
    double near = 0, far = step;

    for (int i = 0; i < 80; i++, near = far, far *= 2) {
        double theta[MODEL_SHAPES] = {free_fit->theta[0] + far};
        if (problem_rss(p, theta) - free_fit->rss > rise)
            break;
    }
    for (int i = 0; i < 60; i++) {
        double middle = (near + far) / 2, theta[MODEL_SHAPES] = {free_fit->theta[0] + middle};
        if (problem_rss(p, theta) - free_fit->rss > rise)
            far = middle;
        else
            near = middle;
    }
    return free_fit->theta[0] + (near + far) / 2;
}

/* Not yet cut to the parameter's range. */
static struct interval shape_interval(struct problem *p, const struct model_fit *fit,
                                      const struct free_fit *free_fit, size_t j)
{
    double t, error, value = free_fit->theta[j];

    if (isnan(fit->variance))
        return interval_point(value, "%s", "no repetitions, or all agree: no spread, no interval");
    t = stats_t(fit->level, fit->variance_df);
    error = sqrt(free_fit->covariance[j][j] * fit->variance);
    if (!(error > 0) || !isfinite(error))
        return interval_point(value, "the data do not determine it");
    if (fit->shapes == 1) {
        double rise = t * t * fit->variance;
        return interval_bounded(value, profile_bound(p, free_fit, -error, rise),
                                profile_bound(p, free_fit, error, rise), fit->level,
                                "profile of log T, t with %.0f df of %s", fit->variance_df,
                                fit->lack_of_fit.p < MODEL_MISFIT_LEVEL ? "lack of fit" : "pure error");
    }
    return interval_bounded(value, value - t * error, value + t * error, fit->level,
                            "covariance of log T, t with %.0f df of %s", fit->variance_df,
                            fit->lack_of_fit.p < MODEL_MISFIT_LEVEL ? "lack of fit" : "pure error");
}

/* T1 is the mean over blocks of log T less the model. Its variance has two parts: that of the blocks among each
 * other (drift and noise), and that of the model's parameters. covariance is theirs over the noise's variance, 0 for a parameter
 * that is held at its bound: its doubt is not in T1, which would else cover 96.5% where that happens often. */
static void find_t1(struct model_fit *fit, struct problem *p, double covariance[MODEL_SHAPES][MODEL_SHAPES],
                    double pure, unsigned df_pure)
{
    double sum = 0, squares = 0, blocks = (double)p->blocks, model, level_part, df, half;

    problem_block_model(p, fit->theta, fit->mean_gradient);
    for (size_t b = 0; b < p->blocks; b++)
        sum += p->block_mean[b] - p->at_block[b];
    fit->log_t1 = sum / blocks;
    for (size_t b = 0; b < p->blocks; b++)
        squares += pow(p->block_mean[b] - p->at_block[b] - fit->log_t1, 2);
    fit->blocks = p->blocks;
    fit->per_block = (double)p->count / blocks;
    if (p->blocks > 1) {
        fit->level_variance = squares / (blocks - 1);
        fit->level_df = blocks - 1;
    } else {
        fit->level_variance =
            (isnan(fit->variance) && df_pure ? pure / df_pure : fit->variance) / fit->per_block;
        fit->level_df = fit->variance_df;
    }
    model = fit->shapes ? model_quadratic_form(covariance, fit->mean_gradient) * fit->variance : 0;
    level_part = fit->level_variance / blocks;
    if (isnan(model) || !(level_part + model > 1e-26)) {
        fit->t1 = interval_point(exp(fit->log_t1), "no repetitions, or all agree: no spread, no interval");
        return;
    }
    half = model_half_width(fit, level_part, model, &df);
    fit->t1 = interval_bounded(exp(fit->log_t1), exp(fit->log_t1 - half), exp(fit->log_t1 + half), fit->level,
                               "t on logarithms, %.1f df", df);
}

static bool superlinear(struct model_fit *fit)
{
    for (size_t j = 0; j < fit->shapes; j++)
        if (fit->shape[j].high < 0) {
            char why[192];
            snprintf(why, sizeof why,
                     "%s lies below 0 beyond doubt (%.3g to %.3g): speedup is better than this model allows "
                     "(super-linear)",
                     model_parameter_name(fit->kind, j), fit->shape[j].low, fit->shape[j].high);
            refuse(fit, why);
            return true;
        }
    return false;
}

static void find_aicc(struct model_fit *fit, const struct problem *p)
{
    double m = (double)p->count - (double)p->blocks, k = (double)fit->shapes + 1;
    double rss = fmax(fit->rss_log, m * NO_NOISE); /* below, all sums of squares are equal */

    fit->aicc = m - k - 1 > 0 ? m * log(rss / m) + 2 * k + 2 * k * (k + 1) / (m - k - 1) : NAN;
}

/* Variance and intervals are those of the free estimates: a parameter held at its bound would show as lack of
 * fit. */
static bool find_intervals(struct problem *p, struct model_fit *fit, const struct free_fit *free_fit,
                           double pure, unsigned df_pure)
{
    fit->rss_log = free_fit->rss;
    test_lack_of_fit(fit, p, pure, df_pure, 0);
    find_variance(fit, p, pure, df_pure);
    for (size_t j = 0; j < MODEL_SHAPES; j++)
        for (size_t k = 0; k < MODEL_SHAPES; k++)
            fit->covariance[j][k] = free_fit->covariance[j][k] * fit->variance;
    for (size_t j = 0; j < fit->shapes; j++)
        fit->shape[j] = shape_interval(p, fit, free_fit, j);
    return !superlinear(fit);
}

static void complete(struct problem *p, struct model_fit *fit, const struct free_fit *free_fit)
{
    size_t held = 0;
    unsigned df_pure;
    double pure = problem_pure_error(p, &df_pure), held_covariance[MODEL_SHAPES][MODEL_SHAPES];

    memcpy(fit->theta, free_fit->theta, sizeof fit->theta);
    if (!find_intervals(p, fit, free_fit, pure, df_pure))
        return;
    memcpy(held_covariance, free_fit->covariance, sizeof held_covariance);
    if (hold_in_range(p, fit, held_covariance, &held)) {
        refuse(fit, "the search did not converge with a parameter held at its bound");
        return;
    }
    fit->rss_log = problem_rss(p, fit->theta);
    find_aicc(fit, p);
    test_lack_of_fit(fit, p, pure, df_pure, held);
    for (size_t j = 0; j < fit->shapes; j++) {
        fit->shape[j] = interval_clipped(&fit->shape[j], model_table[fit->kind].parameter[j].least,
                                         model_table[fit->kind].parameter[j].most);
        fit->shape[j].value = fit->theta[j];
    }
    find_t1(fit, p, held_covariance, pure, df_pure);
    if (fit->kind == MODEL_USL)
        fit->band_factor = model_band_factor(fit);
    fit->fitted = true;
}

static const double first_guess[MODEL_SHAPES] = {0.05, 0.001};

static void start_at(enum model_kind kind, double theta[MODEL_SHAPES])
{
    for (size_t j = 0; j < MODEL_SHAPES; j++)
        theta[j] = j < model_table[kind].shapes ? first_guess[j] : 0;
}

void model_fit(enum model_kind kind, const struct scaling_data *data, double level, struct model_fit *fit)
{
    struct problem p;
    struct free_fit free_fit = {0};
    char why[192];

    *fit = (struct model_fit){
        .kind = kind, .shapes = model_table[kind].shapes, .level = level, .aicc = NAN, .rss_log = NAN};
    fit->variance = fit->variance_df = fit->band_factor = NAN;
    fit->lack_of_fit = (struct model_lack_of_fit){.f = NAN, .p = NAN, .reason = "the model is not fitted"};
    fit->weak = data->weak;
    if (!model_is_for(kind, data->weak)) {
        refuse(fit, data->weak ? "weak scaling: the model is of work that does not grow with the workers"
                               : "the model is of weak scaling, where the work grows with the workers");
        return;
    }
    if (problem_make(&p, kind, data, NULL, why, sizeof why)) {
        refuse(fit, why);
        return;
    }
    fit->largest_workers = 0;
    for (size_t c = 0; c < p.cells; c++)
        fit->largest_workers = p.workers[c] > fit->largest_workers ? p.workers[c] : fit->largest_workers;
    if (!too_few(&p, data, fit)) {
        start_at(kind, free_fit.theta);
        if (problem_minimise(&p, all_free, free_fit.theta, free_fit.covariance)) {
            refuse(fit, "the search did not converge");
        } else {
            free_fit.rss = problem_rss(&p, free_fit.theta);
            complete(&p, fit, &free_fit);
        }
    }
    problem_release(&p);
}

int model_fit_weighted(enum model_kind kind, const struct scaling_data *data, const double *weights,
                       double *theta)
{
    struct problem p;
    char reason[192];
    double found[MODEL_SHAPES];
    int status;

    if (problem_make(&p, kind, data, weights, reason, sizeof reason))
        return -1;
    start_at(kind, found);
    status = p.cells > model_table[kind].shapes ? problem_minimise(&p, all_free, found, NULL) : -1;
    for (size_t j = 0; j < model_table[kind].shapes && status == 0; j++)
        theta[j] = found[j];
    problem_release(&p);
    return status;
}

struct model_noise models_noise(const struct scaling_data *data)
{
    struct model_noise noise = {.variance = NAN};
    struct problem p;
    char reason[192];
    double sum;

    if (problem_make(&p, MODEL_IDEAL, data, NULL, reason, sizeof reason))
        return noise;
    sum = problem_pure_error(&p, &noise.df);
    if (noise.df > 0 && sum > NO_NOISE * (double)p.count)
        noise.variance = sum / noise.df;
    problem_release(&p);
    return noise;
}
