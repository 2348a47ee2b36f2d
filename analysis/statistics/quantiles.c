#include "analysis/statistics/quantiles.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdbool.h>

static const double TOLERANCE = 1e-9; /* of the probability */

/* A distribution with up to two parameters. */
struct distribution {
    double (*below)(const struct distribution *d, double x);
    double a, b;
};

static double t_below(const struct distribution *d, double x)
{
    return gsl_cdf_tdist_P(x, d->a);
}

static double f_below(const struct distribution *d, double x)
{
    return gsl_cdf_fdist_P(x, d->a, d->b);
}

/* Where the distribution function reaches the probability, above 0. Doubling finds an upper end. */
static double bisect(const struct distribution *d, double probability)
{
    double low = 0, high = 1;

    while (isfinite(high) && d->below(d, high) < probability) {
        low = high;
        high *= 2;
    }
    for (int i = 0; i < 200 && low < high; i++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (d->below(d, middle) < probability)
            low = middle;
        else
            high = middle;
    }
    return isfinite(high) && fabs(d->below(d, high) - probability) <= TOLERANCE ? high : NAN;
}

static double checked(const struct distribution *d, double probability, double inverse)
{
    /* A function that has no value there (infinite degrees of freedom) says nothing against the inverse. */
    if (isfinite(inverse) && !(fabs(d->below(d, inverse) - probability) > TOLERANCE))
        return inverse;
    return bisect(d, probability);
}

/* GSL would stop the program, by its own handler, where the inverse does not converge. */
static bool is_possible(double probability, double a, double b)
{
    gsl_set_error_handler_off();
    return probability > 0 && probability < 1 && a > 0 && b > 0;
}

double quantile_t(double probability, double df)
{
    const struct distribution t = {t_below, df, 0};

    if (!is_possible(probability, df, 1))
        return NAN;
    if (probability < 0.5)
        return -quantile_t(1 - probability, df);
    return checked(&t, probability, gsl_cdf_tdist_Pinv(probability, df));
}

double quantile_f(double probability, double df_numerator, double df_denominator)
{
    const struct distribution f = {f_below, df_numerator, df_denominator};

    if (!is_possible(probability, df_numerator, df_denominator))
        return NAN;
    return checked(&f, probability, gsl_cdf_fdist_Pinv(probability, df_numerator, df_denominator));
}
