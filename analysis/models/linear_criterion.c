#include "analysis/models/linear_criterion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics/minimise.h"
#include "analysis/statistics/stats.h"

enum { GAMMA, SIGMA, KAPPA, PARAMETERS };

/* The mean throughput at one worker count: least squares on means, weighted by their number, have the same optimum as
 * on all values. */
struct level {
    unsigned workers;
    double sum, mean, count;
};

/* Parameters are in units in which they are near 1: gamma of `rate`, sigma and kappa of what they add at the largest
 * n. */
struct problem {
    struct level *level;
    size_t levels;
    double rate, most;
    double held[PARAMETERS]; /* NaN: free */
};

static double unit_of(const struct problem *p, int parameter)
{
    return parameter == GAMMA   ? p->rate
           : parameter == SIGMA ? 1 / (p->most - 1)
                                : 1 / (p->most * (p->most - 1));
}

static void take_parameters(const struct problem *p, const gsl_vector *x, double theta[PARAMETERS])
{
    size_t at = 0;

    for (int j = 0; j < PARAMETERS; j++)
        theta[j] = isnan(p->held[j]) ? gsl_vector_get(x, at++) * unit_of(p, j) : p->held[j];
}

/* Throughput at n workers, and its derivatives. */
static double model(const double theta[PARAMETERS], double n, double gradient[PARAMETERS])
{
    double below = 1 + theta[SIGMA] * (n - 1) + theta[KAPPA] * n * (n - 1), value = theta[GAMMA] * n / below;

    gradient[GAMMA] = n / below;
    gradient[SIGMA] = -value * (n - 1) / below;
    gradient[KAPPA] = -value * n * (n - 1) / below;
    return value;
}

static int residuals(const gsl_vector *x, void *problem, gsl_vector *f)
{
    const struct problem *p = problem;
    double theta[PARAMETERS], gradient[PARAMETERS];

    take_parameters(p, x, theta);
    for (size_t i = 0; i < p->levels; i++)
        gsl_vector_set(f, i,
                       sqrt(p->level[i].count) *
                           (model(theta, p->level[i].workers, gradient) - p->level[i].mean) / p->rate);
    return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *x, void *problem, gsl_matrix *j)
{
    const struct problem *p = problem;
    double theta[PARAMETERS], gradient[PARAMETERS];

    take_parameters(p, x, theta);
    for (size_t i = 0; i < p->levels; i++) {
        size_t column = 0;
        model(theta, p->level[i].workers, gradient);
        for (int k = 0; k < PARAMETERS; k++)
            if (isnan(p->held[k]))
                gsl_matrix_set(j, i, column++,
                               sqrt(p->level[i].count) * gradient[k] * unit_of(p, k) / p->rate);
    }
    return GSL_SUCCESS;
}

static double sum_of_squares(const struct problem *p, const double theta[PARAMETERS])
{
    double gradient[PARAMETERS], sum = 0;

    for (size_t i = 0; i < p->levels; i++)
        sum += p->level[i].count * pow(p->level[i].mean - model(theta, p->level[i].workers, gradient), 2);
    return sum;
}

/* The gamma that goes with sigma and kappa: it is linear. */
static double best_gamma(const struct problem *p, double sigma, double kappa)
{
    double theta[PARAMETERS] = {1, sigma, kappa}, gradient[PARAMETERS], top = 0, bottom = 0;

    for (size_t i = 0; i < p->levels; i++) {
        double f = model(theta, p->level[i].workers, gradient);
        top += p->level[i].count * f * p->level[i].mean;
        bottom += p->level[i].count * f * f;
    }
    return top / bottom;
}

static size_t free_parameters(const struct problem *p)
{
    size_t count = 0;

    for (int j = 0; j < PARAMETERS; j++)
        count += isnan(p->held[j]) ? 1 : 0;
    return count;
}

/* The point of a grid, even in logarithms, with the least sum of squares, the held parameters staying. */
static void best_of_grid(const struct problem *p, double best[PARAMETERS])
{
    enum { STEPS = 25 };
    double least = INFINITY;

    for (int j = 0; j < PARAMETERS; j++)
        best[j] = 0;
    for (int s = 0; s < (isnan(p->held[SIGMA]) ? STEPS : 1); s++)
        for (int k = 0; k < (isnan(p->held[KAPPA]) ? STEPS : 1); k++) {
            double theta[PARAMETERS] = {0, p->held[SIGMA], p->held[KAPPA]}, rss;
            /* From a thousandth of what shows at the largest n to a thousand times that. */
            if (isnan(theta[SIGMA]))
                theta[SIGMA] = fmin(pow(10, s / 4.0 - 3) * unit_of(p, SIGMA), 1);
            if (isnan(theta[KAPPA]))
                theta[KAPPA] = pow(10, k / 4.0 - 3) * unit_of(p, KAPPA);
            theta[GAMMA] = best_gamma(p, theta[SIGMA], theta[KAPPA]);
            rss = sum_of_squares(p, theta);
            if (rss < least) {
                least = rss;
                memcpy(best, theta, sizeof theta);
            }
        }
}

/* The optimum with the held parameters where they are; covariance (NULL: not wanted) of the free ones, in their units.
 * Returns its sum of squares; infinite when the search fails or leaves the ranges. */
static double descend(struct problem *p, double theta[PARAMETERS], gsl_matrix *covariance)
{
    gsl_multifit_nlinear_fdf system = {.f = residuals, .df = jacobian, .n = p->levels, .params = p};
    gsl_vector *x = gsl_vector_alloc(free_parameters(p));
    double rss = INFINITY;
    size_t at = 0;

    if (!x)
        return rss;
    best_of_grid(p, theta);
    for (int j = 0; j < PARAMETERS; j++)
        if (isnan(p->held[j]))
            gsl_vector_set(x, at++, theta[j] / unit_of(p, j));
    if (minimise(&system, x, covariance) == 0) {
        take_parameters(p, x, theta);
        if (theta[GAMMA] > 0 && theta[SIGMA] >= 0 && theta[SIGMA] <= 1 && theta[KAPPA] >= 0)
            rss = sum_of_squares(p, theta);
    }
    gsl_vector_free(x);
    return rss;
}

/* Of all combinations of parameters at their bounds the one with the least sum of squares; p->held gets it. */
static double search(struct problem *p, double theta[PARAMETERS])
{
    static const double bounds[][PARAMETERS] = {{NAN, NAN, NAN}, {NAN, NAN, 0}, {NAN, 0, NAN},
                                                {NAN, 0, 0},     {NAN, 1, NAN}, {NAN, 1, 0}};
    double least = INFINITY;
    size_t best = 0;

    for (size_t b = 0; b < sizeof bounds / sizeof bounds[0]; b++) {
        double here[PARAMETERS], rss;
        memcpy(p->held, bounds[b], sizeof p->held);
        rss = descend(p, here, NULL);
        if (rss < least * (1 - 1e-12)) {
            least = rss;
            best = b;
            memcpy(theta, here, sizeof here);
        }
    }
    memcpy(p->held, bounds[best], sizeof p->held);
    return least;
}

static int by_workers(const void *a, const void *b)
{
    unsigned x = ((const struct level *)a)->workers, y = ((const struct level *)b)->workers;

    return (x > y) - (x < y);
}

/* Means of worker counts. *pure gets the sum of squares within them. Returns 0, or -1 with a reason. */
static int make_levels(const struct scaling_data *data, struct problem *p, struct linear_fit *fit,
                       double *pure)
{
    struct level *all = calloc(data->count + 1, sizeof *all);
    double largest = 0;
    size_t used = 0;

    *pure = 0;
    p->level = all;
    if (!all)
        return snprintf(fit->reason, sizeof fit->reason, "out of memory"), -1;
    for (size_t i = 0; i < data->count; i++) {
        const struct observation *o = &data->observation[i];
        if (data->cores && o->workers > data->cores)
            continue;
        if (!(o->seconds > 0) || !isfinite(o->seconds))
            return snprintf(fit->reason, sizeof fit->reason,
                            "a measured value is not a finite number above 0"),
                   -1;
        /* The seconds of weak scaling are those for the work of one worker. */
        all[used++] = (struct level){o->workers, 1 / o->seconds, 1 / o->seconds, 1};
    }
    fit->count = used;
    qsort(all, used, sizeof *all, by_workers);
    for (size_t i = 0; i < used; i++) {
        struct level *to = &all[p->levels ? p->levels - 1 : 0];
        double value = all[i].mean, off;
        largest = fmax(largest, value);
        if (!p->levels || to->workers != all[i].workers) {
            all[p->levels++] = all[i];
            continue;
        }
        /* Welford 1962, "Note on a method for calculating corrected sums of squares and products". */
        off = value - to->mean;
        to->count++;
        to->mean += off / to->count;
        *pure += off * (value - to->mean);
    }
    if (p->levels < PARAMETERS)
        return snprintf(fit->reason, sizeof fit->reason,
                        "sigma, kappa and gamma cannot be determined: 3 parameters, and %zu worker count%s",
                        p->levels, p->levels == 1 ? "" : "s"),
               -1;
    p->rate = largest;
    p->most = all[p->levels - 1].workers;
    return 0;
}

static void report(struct problem *p, const double theta[PARAMETERS], double level, struct linear_fit *fit)
{
    struct interval *into[PARAMETERS] = {&fit->gamma, &fit->sigma, &fit->kappa};
    size_t free = free_parameters(p), at = 0;
    gsl_matrix *covariance = gsl_matrix_alloc(free, free);
    double ignored[PARAMETERS], t;
    bool known = covariance && isfinite(descend(p, ignored, covariance)) && fit->count > free;

    fit->df = fit->count > free ? fit->count - free : 0;
    fit->residual = fit->df ? sqrt(fit->rss / (double)fit->df) : NAN;
    t = fit->df ? stats_t(level, (double)fit->df) : NAN;
    for (int j = 0; j < PARAMETERS; j++) {
        double error = NAN;
        if (isnan(p->held[j]) && known)
            error = sqrt(gsl_matrix_get(covariance, at, at)) * unit_of(p, j) * fit->residual / p->rate;
        at += isnan(p->held[j]) ? 1 : 0;
        fit->error[j] = error;
        if (!isnan(p->held[j]))
            *into[j] = interval_point(theta[j], "at the bound of its range");
        else if (!(error > 0) || !isfinite(error))
            *into[j] = interval_point(theta[j], "no more throughputs than parameters, or no spread");
        else
            *into[j] = interval_bounded(theta[j], theta[j] - t * error, theta[j] + t * error, level,
                                        "least squares on throughput, t, %zu df", fit->df);
    }
    gsl_matrix_free(covariance);
}

void linear_criterion_fit(const struct scaling_data *data, double level, struct linear_fit *fit)
{
    struct problem problem = {.levels = 0};
    double theta[PARAMETERS] = {0}, pure, least;

    *fit = (struct linear_fit){.rss = NAN, .residual = NAN, .error = {NAN, NAN, NAN}};
    if (make_levels(data, &problem, fit, &pure) == 0) {
        least = search(&problem, theta);
        if (isfinite(least)) {
            fit->fitted = true;
            fit->rss = least + pure;
            report(&problem, theta, level, fit);
        } else {
            snprintf(fit->reason, sizeof fit->reason, "the search found no optimum");
        }
    }
    if (!fit->fitted)
        fit->gamma = fit->sigma = fit->kappa = interval_unknown("%s", fit->reason);
    free(problem.level);
}
