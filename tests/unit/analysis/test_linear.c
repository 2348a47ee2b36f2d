/* Linear least squares and NIST's reference sets: every set has its digits, and a wrong one is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/reference/strd.h"
#include "analysis/statistics/linear.h"

static void a_line_through_three_points(void **state)
{
    const long double design[] = {1, 1, 1, 2, 1, 3}, y[] = {1, 2, 4};
    struct linear_fit fit;

    (void)state;
    assert_int_equal(linear_fit(design, y, 3, 2, &fit), 0);
    assert_true(fabs(fit.coefficient[0] - (-2.0 / 3)) <= 1e-15);
    assert_true(fabs(fit.coefficient[1] - 1.5) <= 1e-15);
    assert_true(fabs(fit.residual_sd - sqrt(1.0 / 6)) <= 1e-15);
    assert_true(fabs(fit.standard_error[1] - sqrt(1.0 / 12)) <= 1e-15);
    assert_true(fabs(fit.standard_error[0] - sqrt(1.0 / 6 * 14 / 6)) <= 1e-15);
    assert_int_equal(fit.df, 1);
}

static void what_cannot_be_fitted_is_refused(void **state)
{
    const long double twice[] = {1, 2, 2, 4, 3, 6, 4, 8}, zero[] = {1, 0, 1, 0}, y[] = {1, 2, 4, 8};
    const long double line[] = {1, 1, 1, 2}, bad[] = {1, NAN};
    struct linear_fit fit;

    (void)state;
    assert_int_equal(linear_fit(twice, y, 4, 2, &fit), -1);
    assert_int_equal(linear_fit(zero, y, 2, 2, &fit), -1);
    assert_int_equal(linear_fit(line, y, 1, 2, &fit), -1);
    assert_int_equal(linear_fit(line, bad, 2, 2, &fit), -1);
    assert_int_equal(linear_fit(line, y, 2, 2, &fit), 0);
    assert_true(isnan(fit.residual_sd) && isnan(fit.standard_error[0]));
}

static void every_reference_set_has_its_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < strd_count; i++) {
        struct strd_result result = strd_run(&strd_sets[i]);
        print_message("# %-9s %.1f digits, residual %.1f\n", strd_sets[i].name, result.digits,
                      result.residual_sd_digits);
        assert_true(result.digits >= strd_sets[i].digits);
        if (strd_sets[i].residual_sd > 0)
            assert_true(result.residual_sd_digits >= strd_sets[i].digits);
    }
}

/* A change of one part in 10^8 in one value of the data is seen in every set. */
static void a_wrong_value_costs_digits(void **state)
{
    (void)state;
    for (size_t i = 0; i < strd_count; i++) {
        struct strd_set set = strd_sets[i];
        long double y[128];
        memcpy(y, set.y, set.rows * sizeof *y);
        y[3] *= 1 + 1e-8L;
        set.y = y;
        if (strd_run(&set).digits >= set.digits)
            fail_msg("%s: %.1f digits with a wrong value", set.name, strd_run(&set).digits);
    }
}

static void digits_are_those_of_the_relative_error(void **state)
{
    (void)state;
    assert_true(fabs(strd_digits(100.1, 100) - 3) <= 1e-9);
    assert_true(fabs(strd_digits(5, 5) - 15) <= 0);
    assert_true(fabs(strd_digits(-5, 5) - 0) <= 0);
    assert_true(fabs(strd_digits(1e-4, 0) - 4) <= 1e-9);
    assert_true(fabs(strd_digits(NAN, 1) - 0) <= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_through_three_points),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
        cmocka_unit_test(every_reference_set_has_its_digits),
        cmocka_unit_test(a_wrong_value_costs_digits),
        cmocka_unit_test(digits_are_those_of_the_relative_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
