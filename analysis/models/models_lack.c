/* models_lack.c: does a model leave more than the noise; and the variance its intervals use. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/models/models_internal.h"

/* W, the metric less what the parameters take up: beyond the pure error a model leaves e' W e, e the errors of the
 * means of worker counts. */
static double left_metric(const struct fitting *f, size_t a, size_t b)
{
    size_t n = f->design->cells, shapes = f->fit->shapes;
    double w = f->design->metric[a * n + b];

    for (size_t j = 0; j < shapes; j++)
        for (size_t k = 0; k < shapes; k++)
            w -= f->search.image[j * n + a] * f->covariance[j][k] * f->search.image[k * n + b];
    return w;
}

/* What rounding of the times leaves by chance. */
static double left_by_rounding(const struct fitting *f)
{
    double sum = 0;

    for (size_t c = 0; c < f->design->cells; c++)
        sum += f->design->rounding[c] > 0 ? left_metric(f, c, c) * f->design->rounding[c] : 0;
    return sum;
}

/* Degrees of freedom of that sum of squares under unequal noise (Box 1954, "Some theorems on quadratic forms", Ann.
 * Math. Stat. 25): those that give the mean and the variance of what the misfit would be by chance. */
static void box(const struct fitting *f, double *mean, double *df_lack, double *df_error)
{
    const struct design *d = f->design;
    size_t n = d->cells;
    double *variance = calloc(n + 1, sizeof *variance), *df = calloc(n + 1, sizeof *df), square = 0,
           parts = 0;

    *mean = 0;
    if (variance && df)
        noise_of_cells(d, variance, df);
    for (size_t a = 0; a < n && variance && df; a++)
        for (size_t b = 0; b < n; b++) {
            double w = left_metric(f, a, b);
            double va = (df[a] > 0 ? variance[a] : d->pure / d->df) / d->cell_size[a];
            double vb = (df[b] > 0 ? variance[b] : d->pure / d->df) / d->cell_size[b];
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
void fitting_test(struct fitting *f, double beyond, size_t held)
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
                 "%zu worker count%s for %zu parameter%s: nothing is left to test the model with", d->cells,
                 d->cells == 1 ? "" : "s", fit->shapes + 1, fit->shapes == 0 ? "" : "s");
    else if (!(d->pure > NO_NOISE * (double)d->count))
        snprintf(lack->reason, sizeof lack->reason,
                 "the fit could not be tested: repetitions agree to the last digit");
    if (lack->reason[0])
        return;
    if (fit->noise.kind != NOISE_OWN) {
        lack->f = beyond / (lack->df_lack * d->pure / d->df + left_by_rounding(f));
        lack->p = gsl_cdf_fdist_Q(lack->f, lack->df_lack, d->df);
    } else {
        double mean, df_lack, df_error;
        box(f, &mean, &df_lack, &df_error);
        lack->f = beyond / (mean + left_by_rounding(f));
        if (mean > 0 && df_lack > 0 && df_error > 0 && isfinite(lack->f))
            lack->p = gsl_cdf_fdist_Q(lack->f, df_lack, fmin(df_error, 1e6));
        else
            snprintf(lack->reason, sizeof lack->reason,
                     "the fit could not be tested: the noise of one n is not known");
    }
}

double fitting_rounding(const struct design *d)
{
    double sum = 0;

    if (d->df == 0 || d->pure > NO_NOISE * (double)d->count)
        return 0;
    for (size_t c = 0; c < d->cells; c++)
        sum += d->rounding[c] * d->cell_size[c] * d->cell_size[c];
    return sum / (double)d->count;
}

void fitting_find_variance(struct fitting *f, double beyond)
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
    } else if (d->df > 0 && fitting_rounding(d) > 0) {
        fit->variance = fitting_rounding(d);
        fit->variance_df = NORMAL_DF;
    } else if (d->df == 0 && d->count > spent && rss > tiny) {
        fit->variance_df = (double)(d->count - spent);
        fit->variance = rss / fit->variance_df;
    }
}
