/* The signed-rank test and its interval, by hand-checked values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "analysis/gate/signed_rank.h"

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

static double p_of(const double *x, const double *weight, size_t count, double value)
{
    struct signed_rank sample = {x, weight, count};
    return signed_rank_p(&sample, value, 0, NULL);
}

static void p_is_exact(void **state)
{
    /* Ranks 1 to 5; all above 0: one of 32 patterns. The smallest below: two of them. */
    const double all[] = {1, 2, 3, 4, 5}, one_below[] = {-1, 2, 3, 4, 5}, none[] = {-1, -2, -3, -4, -5};
    /* Ties: |x| = 1, 1, 2; ranks 1.5, 1.5, 3; sums of all 8 patterns: 0 1.5 1.5 3 3 4.5 4.5 6. */
    const double ties[] = {1, -1, 2};
    /* 0 keeps rank 1 and takes part in neither: 2 and 3 of 4 patterns. */
    const double zero[] = {0, 1, 2};

    (void)state;
    assert_near(p_of(all, NULL, 5, 0), 1.0 / 32, 1e-15);
    assert_near(p_of(one_below, NULL, 5, 0), 2.0 / 32, 1e-15);
    assert_near(p_of(none, NULL, 5, 0), 1, 1e-15);
    assert_near(p_of(ties, NULL, 3, 0), 3.0 / 8, 1e-15);
    assert_near(p_of(zero, NULL, 3, 0), 1.0 / 4, 1e-15);
    assert_near(p_of(all, NULL, 5, 3), 0.625, 1e-15); /* ranks 2.5 2.5 4.5 4.5; 7 or more in 10 of 16 */
}

static void weights_count(void **state)
{
    /* The largest is below 0: it weighs next to nothing when its pair was disturbed. */
    const double x[] = {1, 2, 3, 4, -50}, quiet[] = {1, 1, 1, 1, 1}, disturbed[] = {1, 1, 1, 1, 0.05};

    (void)state;
    assert_near(p_of(x, quiet, 5, 0), p_of(x, NULL, 5, 0), 1e-15);
    assert_true(p_of(x, disturbed, 5, 0) < 0.07);
    assert_true(p_of(x, quiet, 5, 0) > 0.2);
}

static void attained_levels_are_those_of_the_sample(void **state)
{
    const double x[] = {1, 2, 3, 4, 5};
    struct signed_rank sample = {x, NULL, 5};
    double attained;

    (void)state;
    signed_rank_p(&sample, 0, 0.05, &attained);
    assert_near(attained, 1.0 / 32, 1e-15);
    signed_rank_p(&sample, 0, 0.10, &attained);
    assert_near(attained, 3.0 / 32, 1e-15); /* 15, 14, 13 */
    signed_rank_p(&sample, 0, 0.03, &attained);
    assert_near(attained, 0, 0);
}

static void the_interval_is_that_of_the_textbook(void **state)
{
    /* Hollander and Wolfe's depression scores (differences of nine patients): estimate 0.46 of the fall, 96.1% interval
     * 0.010 to 0.786. */
    const double fall[] = {0.952, -0.147, 1.022, 0.430, 0.620, 0.590, 0.490, -0.080, 0.010};
    struct signed_rank sample = {fall, NULL, 9};
    struct interval found = signed_rank_interval(&sample, 0.96);

    (void)state;
    assert_near(found.value, 0.46, 0.001);
    assert_near(found.low, 0.010, 1e-9);
    assert_near(found.high, 0.786, 1e-9);
    assert_near(p_of(fall, NULL, 9, 0), 0.0195, 0.0001);
}

static void too_few_or_bad_pairs_have_no_answer(void **state)
{
    const double x[] = {1, 2, 3}, bad[] = {1, NAN, 3};
    struct signed_rank few = {x, NULL, 3}, none = {x, NULL, 0}, wrong = {bad, NULL, 3};
    struct interval found = signed_rank_interval(&few, 0.95);

    (void)state;
    assert_near(found.value, 2, 1e-15);
    assert_true(isnan(found.low) && isnan(found.high) && found.reason[0]);
    assert_true(isnan(signed_rank_interval(&none, 0.95).value));
    assert_true(isnan(signed_rank_p(&none, 0, 0, NULL)));
    assert_true(isnan(signed_rank_p(&wrong, 0, 0, NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_is_exact),
        cmocka_unit_test(weights_count),
        cmocka_unit_test(attained_levels_are_those_of_the_sample),
        cmocka_unit_test(the_interval_is_that_of_the_textbook),
        cmocka_unit_test(too_few_or_bad_pairs_have_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
