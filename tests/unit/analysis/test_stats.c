/* Location, spread and Student intervals against hand-checked numbers, with empty, single, tied and bad
 * samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include "analysis/statistics/random.h"
#include "analysis/statistics/root.h"
#include "analysis/statistics/stats.h"

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

static void location_and_spread_match_hand_checked_numbers(void **state)
{
    static const double four[] = {2, 4, 4, 10};

    (void)state;
    assert_near(stats_mean(four, 4), 5, 1e-15);
    assert_near(stats_sd(four, 4), sqrt(36.0 / 3), 1e-14);
    assert_near(stats_median(four, 4), 4, 0);
    assert_near(stats_median(four, 3), 4, 0);
    assert_near(stats_quantile(four, 4, 0.25), 3.5, 1e-15);
    assert_near(stats_quantile(four, 4, 1), 10, 0);
    assert_near(stats_quantile(four, 4, 0), 2, 0);
}

static void the_mean_of_large_numbers_keeps_its_digits(void **state)
{
    static const double large[] = {1e9 + 1, 1e9 + 2, 1e9 + 3};

    (void)state;
    assert_near(stats_mean(large, 3), 1e9 + 2, 0);
    assert_near(stats_sd(large, 3), 1, 0);
}

static void small_and_bad_samples_have_stated_answers(void **state)
{
    static const double bad[] = {1, NAN, 3}, infinite[] = {1, INFINITY}, one[] = {7};

    (void)state;
    assert_true(isnan(stats_mean(bad, 0)));
    assert_true(isnan(stats_median(bad, 0)));
    assert_true(isnan(stats_sd(one, 1)));
    assert_near(stats_median(one, 1), 7, 0);
    assert_true(isnan(stats_mean(bad, 3)));
    assert_true(isnan(stats_median(bad, 3)));
    assert_true(isnan(stats_median(infinite, 2)));
    assert_true(isnan(stats_quantile(one, 1, 1.5)));
}

static void student_quantiles_match_the_tables(void **state)
{
    (void)state;
    assert_near(stats_t(0.95, 1), 12.706, 5e-4);
    assert_near(stats_t(0.95, 4), 2.776, 5e-4);
    assert_near(stats_t(0.99, 10), 3.169, 5e-4);
    assert_true(isnan(stats_t(0.95, 0)));
    assert_true(isnan(stats_t(1, 5)));
}

static void intervals_match_hand_checked_numbers(void **state)
{
    static const double values[] = {9, 10, 11};
    double logs[] = {exp(1), exp(2), exp(3)};
    struct interval mean = stats_mean_interval(values, 3, 0.95),
                    geometric = stats_geometric_interval(logs, 3, 0.95);

    (void)state;
    assert_near(mean.value, 10, 0);
    assert_near(mean.high, 10 + 4.30265 / sqrt(3), 1e-4);
    assert_near(geometric.value, exp(2), 1e-12);
    assert_near(log(geometric.low), 2 - 4.30265 / sqrt(3), 1e-4);
    assert_string_equal(geometric.method, "t on logarithms, 2 df");
}

static void without_spread_there_is_a_value_and_a_reason_but_no_bounds(void **state)
{
    static const double same[] = {3, 3, 3}, negative[] = {1, -1}, zero[] = {0};
    struct interval interval = stats_mean_interval(same, 3, 0.95);

    (void)state;
    assert_near(interval.value, 3, 0);
    assert_false(interval_has_bounds(&interval));
    assert_string_equal(interval.reason, "all 3 values are equal: no spread, no interval");
    interval = stats_geometric_interval(same, 3, 0.95);
    assert_near(interval.value, 3, 0);
    assert_false(interval_has_bounds(&interval));
    interval = stats_geometric_interval(same, 1, 0.95);
    assert_near(interval.value, 3, 1e-15);
    assert_false(interval_has_bounds(&interval));
    interval = stats_geometric_interval(negative, 2, 0.95);
    assert_false(interval_has_value(&interval));
    interval = stats_geometric_interval(zero, 1, 0.95);
    assert_false(interval_has_value(&interval));
    interval = stats_mean_interval(zero, 0, 0.95);
    assert_false(interval_has_value(&interval));
}

static void intervals_are_turned_over_and_cut_correctly(void **state)
{
    struct interval s = interval_bounded(0.05, 0.02, 0.1, 0.95, "m"), limit = interval_reciprocal(&s, 1), cut;

    (void)state;
    assert_near(limit.value, 20, 1e-12);
    assert_near(limit.low, 10, 1e-12);
    assert_near(limit.high, 50, 1e-12);
    s.low = 0;
    limit = interval_reciprocal(&s, 1);
    assert_true(isnan(limit.high));
    assert_string_equal(limit.reason, "no upper bound: what divides it may be 0");
    s.low = -0.5;
    cut = interval_clipped(&s, 0, 0.07);
    assert_near(cut.low, 0, 0);
    assert_near(cut.high, 0.07, 0);
}

/* A chi-square variable over its degrees of freedom. */
static double estimated(struct random_stream *random, int df)
{
    double sum = 0;

    for (int i = 0; i < df; i++) {
        double z = random_normal(random);
        sum += z * z / df;
    }
    return sum;
}

/* Two parts of a variance with 4 and 60 degrees of freedom: Satterthwaite's t alone covers 94.2% where the second is a
 * sixth of the first. */
static void two_variances_cover_as_they_say(void **state)
{
    static const double ratios[] = {0, 0.02, 0.15, 0.5, 1, 5};
    struct random_stream random = {77};
    double df;

    (void)state;
    assert_true(fabs(stats_half_width(0.95, 4, 4, 0, 60, &df) - 2 * 2.776445) < 1e-5);
    assert_true(fabs(df - 4) < 1e-12);
    assert_true(fabs(stats_half_width(0.95, 0, 4, 9, 60, &df) - 3 * 2.000298) < 1e-5);
    assert_true(isnan(stats_half_width(0.95, NAN, 4, 1, 60, &df)));
    for (size_t r = 0; r < sizeof ratios / sizeof *ratios; r++) {
        enum { TIMES = 40000 };
        int held = 0;
        double percent;
        for (int i = 0; i < TIMES; i++) {
            double error = sqrt(1 + ratios[r]) * random_normal(&random);
            double a = estimated(&random, 4), b = ratios[r] * estimated(&random, 60);
            held += fabs(error) <= stats_half_width(0.95, a, 4, b, 60, &df);
        }
        percent = 100.0 * held / TIMES;
        if (!(percent > 94.6 && percent < 95.4)) /* its own error: 0.11 */
            fail_msg("ratio %g: covers %.2f%%", ratios[r], percent);
    }
}

static double cube_less(double x, void *context)
{
    return x * x * x - *(double *)context;
}

static void a_root_is_found_between_its_ends_and_nowhere_else(void **state)
{
    double eight = 8;

    (void)state;
    assert_true(fabs(root_between(cube_less, &eight, 0, 100, 1e-10) - 2) < 1e-9);
    assert_true(fabs(root_between(cube_less, &eight, -1, 2, 1e-10) - 2) < 1e-9);
    assert_true(root_between(cube_less, &eight, 3, 5, 1e-10) == 3); /* no root: the nearer end */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_is_found_between_its_ends_and_nowhere_else),
        cmocka_unit_test(two_variances_cover_as_they_say),
        cmocka_unit_test(location_and_spread_match_hand_checked_numbers),
        cmocka_unit_test(the_mean_of_large_numbers_keeps_its_digits),
        cmocka_unit_test(small_and_bad_samples_have_stated_answers),
        cmocka_unit_test(student_quantiles_match_the_tables),
        cmocka_unit_test(intervals_match_hand_checked_numbers),
        cmocka_unit_test(without_spread_there_is_a_value_and_a_reason_but_no_bounds),
        cmocka_unit_test(intervals_are_turned_over_and_cut_correctly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
