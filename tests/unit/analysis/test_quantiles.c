/* Quantiles of t and F: every degree of freedom to 500 against the distribution function, and printed tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "analysis/statistics/quantiles.h"

static const double probabilities[] = {0.025, 0.5, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999};
enum { PROBABILITIES = sizeof probabilities / sizeof probabilities[0], MOST = 500 };

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%.12g is not %.12g", found, wanted);
}

static void t_is_right_for_every_degree_of_freedom(void **state)
{
    (void)state;
    for (int df = 1; df <= MOST; df++)
        for (int i = 0; i < PROBABILITIES; i++)
            assert_near(gsl_cdf_tdist_P(quantile_t(probabilities[i], df), df), probabilities[i], 1e-9);
    assert_near(quantile_t(0.975, 4), 2.7764451052, 1e-9);
    assert_near(quantile_t(0.975, 1), 12.7062047362, 1e-8);
    /* GSL's own inverse is NaN here */
    assert_near(gsl_cdf_tdist_P(quantile_t(0.5180003673, 0.5822772961), 0.5822772961), 0.5180003673, 1e-9);
}

static void f_is_right_for_every_degree_of_freedom(void **state)
{
    (void)state;
    for (int a = 1; a <= MOST; a++)
        for (int b = 1 + a % 3; b <= MOST; b += 3)
            assert_near(gsl_cdf_fdist_P(quantile_f(0.95, a, b), a, b), 0.95, 1e-9);
    for (int df = 1; df <= MOST; df++)
        for (int i = 0; i < PROBABILITIES; i++)
            assert_near(gsl_cdf_fdist_P(quantile_f(probabilities[i], 1, df), 1, df), probabilities[i], 1e-9);
    /* GSL's own inverse is NaN here; F(p; 1, df) is the square of t((1 + p) / 2; df). */
    assert_near(quantile_f(0.95, 1, 271), pow(quantile_t(0.975, 271), 2), 1e-6);
    assert_near(quantile_f(0.95, 2, 10), 4.1028210151, 1e-8);
}

static void impossible_arguments_have_no_quantile(void **state)
{
    (void)state;
    assert_true(isnan(quantile_t(0.95, 0)) && isnan(quantile_t(1, 3)) && isnan(quantile_t(NAN, 3)));
    assert_true(isnan(quantile_f(0.95, -1, 3)) && isnan(quantile_f(0, 1, 3)) &&
                isnan(quantile_f(0.9, 1, NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(t_is_right_for_every_degree_of_freedom),
        cmocka_unit_test(f_is_right_for_every_degree_of_freedom),
        cmocka_unit_test(impossible_arguments_have_no_quantile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
