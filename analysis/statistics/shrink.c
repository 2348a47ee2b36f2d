#include "analysis/statistics/shrink.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <stdbool.h>

/* The x with trigamma(x) = y, by Newton's method on 1 / trigamma, which is nearly linear (Smyth 2004, appendix). */
static double inverse_trigamma(double y)
{
    double x;

    if (y > 1e7)
        return 1 / sqrt(y);
    if (y < 1e-6)
        return 1 / y;
    x = 0.5 + 1 / y;
    for (int i = 0; i < 50; i++) {
        double value = gsl_sf_psi_1(x), step = value * (1 - value / y) / gsl_sf_psi_n(2, x);
        x += step;
        if (fabs(step) < 1e-10 * x)
            break;
    }
    return x;
}

static bool has_variance(double variance, double df)
{
    return variance > 0 && df > 0;
}

/* The loudest of the groups up to `most`, if the others say that it is not like them; `groups` when none is. */
static size_t find_loud(const double *variance, const double *df, size_t groups, double most)
{
    double sum = 0, total = 0, used = 0;
    size_t loud = groups;

    for (size_t i = 0; i < groups; i++) {
        if (!has_variance(variance[i], df[i]) || !(variance[i] < most))
            continue;
        sum += df[i] * variance[i];
        total += df[i];
        used++;
        if (loud == groups || variance[i] > variance[loud])
            loud = i;
    }
    if (used < 3)
        return groups;
    total -= df[loud];
    sum -= df[loud] * variance[loud];
    return gsl_cdf_fdist_Q(variance[loud] / (sum / total), df[loud], total) * used < SHRINK_LOUD_LEVEL
               ? loud
               : groups;
}

static struct shrink_prior prior_below(const double *variance, const double *df, size_t groups, double most)
{
    struct shrink_prior prior = {NAN, 0};
    double used = 0, sum = 0, squares = 0, own = 0, pooled = 0, total = 0, spread;

    for (size_t i = 0; i < groups; i++) {
        double e;
        if (!has_variance(variance[i], df[i]) || !(variance[i] < most))
            continue;
        e = log(variance[i]) - gsl_sf_psi(df[i] / 2) + log(df[i] / 2);
        sum += e;
        squares += e * e;
        own += gsl_sf_psi_1(df[i] / 2);
        pooled += df[i] * variance[i];
        total += df[i];
        used++;
    }
    if (!(used > 0))
        return prior;
    prior.variance = pooled / total;
    if (used < 2)
        return prior;
    spread = (squares - sum * sum / used) / (used - 1) - own / used;
    if (!(spread > 0)) {
        prior.df = INFINITY;
        return prior;
    }
    prior.df = 2 * inverse_trigamma(spread);
    prior.variance = exp(sum / used + gsl_sf_psi(prior.df / 2) - log(prior.df / 2));
    return prior;
}

struct shrink_prior shrink_prior(const double *variance, const double *df, size_t groups)
{
    double most = INFINITY;

    for (size_t left_out = 0; left_out < groups / 4; left_out++) {
        size_t loud = find_loud(variance, df, groups, most);
        if (loud == groups)
            break;
        most = variance[loud];
    }
    return prior_below(variance, df, groups, most);
}

double shrink_variance(const struct shrink_prior *prior, double variance, double df, double df_of_all,
                       double *df_shrunk)
{
    bool has_own = df > 0 && variance > 0;
    double own = has_own ? df : 0;

    if (has_own && prior->df > 0 && variance > prior->variance &&
        gsl_cdf_fdist_Q(variance / prior->variance, df, fmin(prior->df, df_of_all)) < SHRINK_OWN_LEVEL) {
        *df_shrunk = df;
        return variance;
    }
    *df_shrunk = fmin(prior->df + own, df_of_all);
    if (!isfinite(prior->df))
        return prior->variance;
    if (prior->df + own <= 0)
        return NAN;
    return (prior->df * prior->variance + (has_own ? own * variance : 0)) / (prior->df + own);
}
