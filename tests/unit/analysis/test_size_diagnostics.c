/* Leverage and residuals of a size regression: a hand-checked line, the item that holds it, the kind off it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/size/size_regression.h"
#include "analysis/statistics/random.h"

static void assert_near(const char *what, double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%s: found %.12g, wanted %.12g", what, found, wanted);
}

static struct size_diagnostics diagnose(const struct size_item *items, size_t count)
{
    struct size_regression regression;
    struct size_diagnostics result;

    assert_int_equal(size_regression_fit(items, count, false, false, 0.95, &regression), 0);
    assert_int_equal(size_diagnose(items, count, &regression, &result), 0);
    return result;
}

/* Simple regression: h = 1/n + (x - mean)^2 / sum of squares. x = 1, 2, 3, 4, 15: mean 5, sum 130. */
static void leverage_of_a_line_is_as_in_the_books(void **state)
{
    struct size_item items[5] = {
        {1, {1, 7}, 0}, {2, {2, 7}, 0}, {3.5, {3, 7}, 0}, {4, {4, 7}, 0}, {15, {15, 7}, 0}};
    struct size_diagnostics d = diagnose(items, 5);

    (void)state;
    assert_int_equal(d.items, 5);
    assert_int_equal(d.terms, 2); /* megabytes do not vary */
    assert_near("mean", d.mean_leverage, 0.4, 1e-12);
    assert_near("highest", d.highest_leverage, 0.2 + 100.0 / 130, 1e-12);
    assert_int_equal(d.highest_item, 4);
    assert_int_equal(d.largest_item, 4);
    assert_near("largest", d.largest_leverage, d.highest_leverage, 0);
    assert_int_equal(d.high, 0); /* 0.969 is below 3 x 0.4 */
}

static void one_giant_among_many_is_found(void **state)
{
    struct size_item items[100];
    struct random_stream random = {4};
    struct size_diagnostics d;

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        double mp = i == 42 ? 200 : 5 + random_uniform(&random), mb = 1 + random_uniform(&random);
        items[i] = (struct size_item){0.01 + 0.005 * mp + 0.002 * mb + 0.001 * random_normal(&random),
                                      {mp, mb, NAN, NAN},
                                      i % 10 == 9 ? 3u : 1u};
    }
    d = diagnose(items, 100);
    assert_int_equal(d.terms, 4);
    assert_near("mean", d.mean_leverage, 0.04, 1e-12);
    assert_int_equal(d.highest_item, 42);
    assert_true(d.highest_leverage > 0.99);
    assert_int_equal(d.high, 1);
    assert_true(fabs(d.residual_median_s[1]) < 0.001 && fabs(d.residual_median_s[3]) < 0.002);
    assert_near("spread", d.residual_spread_s[1], 0.001, 0.0004);
    assert_true(isnan(d.residual_median_s[0]));
}

static void without_a_regression_nothing_is_said(void **state)
{
    struct size_item item = {NAN, {1, 1}, 0};
    struct size_diagnostics d = diagnose(&item, 1);

    (void)state;
    assert_int_equal(d.items, 0);
    assert_true(isnan(d.mean_leverage) && isnan(d.highest_leverage) && isnan(d.residual_median_s[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leverage_of_a_line_is_as_in_the_books),
        cmocka_unit_test(one_giant_among_many_is_found),
        cmocka_unit_test(without_a_regression_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
