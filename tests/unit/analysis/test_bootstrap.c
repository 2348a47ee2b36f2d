/* Bootstrap: seeded, close to theory where theory is known, refused where it would be too narrow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include <string.h>

#include "analysis/models/scaling_bootstrap.h"
#include "analysis/statistics/random.h"
#include "analysis/statistics/resample.h"

enum { BLOCKS = 40 };

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

static void weighted_mean(void *context, const double *weights, double *statistic)
{
    const double *value = context;
    double sum = 0, total = 0;

    for (size_t b = 0; b < BLOCKS; b++) {
        sum += weights[b] * value[b];
        total += weights[b];
    }
    statistic[0] = sum / total;
    statistic[1] = NAN;
}

static void fill(double *value)
{
    struct random_stream random = {3};

    for (size_t b = 0; b < BLOCKS; b++)
        value[b] = 10 + random_normal(&random);
}

/* For a mean of many blocks BCa comes close to the normal interval. */
static void bca_of_a_mean_is_close_to_theory(void **state)
{
    double value[BLOCKS], mean = 0, sd = 0, half;
    struct resample_result result;
    struct interval interval;

    (void)state;
    fill(value);
    for (size_t b = 0; b < BLOCKS; b++)
        mean += value[b] / BLOCKS;
    for (size_t b = 0; b < BLOCKS; b++)
        sd += (value[b] - mean) * (value[b] - mean) / (BLOCKS - 1);
    half = 1.96 * sqrt(sd / BLOCKS);
    assert_int_equal(resample_run(weighted_mean, value, BLOCKS, 2, 5000, 1, &result), 0);
    interval = resample_bca(&result, 0, 0.95);
    assert_near(interval.value, mean, 1e-12);
    assert_near(interval.low, mean - half, 0.1 * half);
    assert_near(interval.high, mean + half, 0.1 * half);
    assert_string_equal(interval.method, "BCa bootstrap, 5000 resamples of 40 blocks");
    interval = resample_bca(&result, 1, 0.95);
    assert_false(interval_has_value(&interval));
    resample_release(&result);
}

static void the_seed_decides_the_draws(void **state)
{
    double value[BLOCKS];
    struct resample_result a, b, c;

    (void)state;
    fill(value);
    assert_int_equal(resample_run(weighted_mean, value, BLOCKS, 2, 100, 9, &a), 0);
    assert_int_equal(resample_run(weighted_mean, value, BLOCKS, 2, 100, 9, &b), 0);
    assert_int_equal(resample_run(weighted_mean, value, BLOCKS, 2, 100, 10, &c), 0);
    assert_memory_equal(a.drawn, b.drawn, 100 * sizeof(double));
    assert_memory_not_equal(a.drawn, c.drawn, 100 * sizeof(double));
    resample_release(&a);
    resample_release(&b);
    resample_release(&c);
}

enum { MANY = 4 * RESAMPLE_MOST_GROUPS };

static void mean_of_many(void *context, const double *weights, double *statistic)
{
    const double *value = context;
    double sum = 0, total = 0;

    for (size_t b = 0; b < MANY; b++) {
        sum += weights[b] * value[b];
        total += weights[b];
    }
    *statistic = sum / total;
}

/* The cube of a uniform number is skewed; left out by groups, its mean has the same acceleration and the same
 * interval. */
static void many_blocks_are_left_out_in_groups(void **state)
{
    static double value[MANY];
    struct random_stream random = {4};
    double acceleration[2] = {0};
    struct resample_result result;

    (void)state;
    for (int i = 0; i < MANY; i++)
        value[i] = pow(random_uniform(&random), 3);
    assert_int_equal(resample_run(mean_of_many, value, MANY, 1, 200, 1, &result), 0);
    assert_int_equal(result.groups, RESAMPLE_MOST_GROUPS);
    for (int by = 0; by < 2; by++) { /* by group as computed, by block from the values themselves */
        int count = by ? MANY : RESAMPLE_MOST_GROUPS;
        double mean = 0, squares = 0, cubes = 0;
        for (int i = 0; i < count; i++)
            mean += (by ? -value[i] : result.jackknife[i]) / count;
        for (int i = 0; i < count; i++) {
            double d = mean - (by ? -value[i] : result.jackknife[i]);
            squares += d * d;
            cubes += d * d * d;
        }
        acceleration[by] = cubes / (6 * pow(squares, 1.5));
    }
    assert_near(acceleration[0], acceleration[1], 0.5 * fabs(acceleration[1]));
    resample_release(&result);
}

static void uniform_numbers_stay_inside_and_normal_ones_have_their_moments(void **state)
{
    struct random_stream random = {0};
    double sum = 0, squares = 0;
    enum { DRAWS = 100000 };

    (void)state;
    for (int i = 0; i < DRAWS; i++) {
        double u = random_uniform(&random), z = random_normal(&random);
        assert_true(u > 0 && u < 1);
        sum += z;
        squares += z * z;
    }
    assert_near(sum / DRAWS, 0, 0.015);
    assert_near(squares / DRAWS, 1, 0.02);
}

/* 8 workers, `blocks` blocks, s 0.05, 1% noise. */
static struct scaling_data sweep(struct observation *observation, unsigned blocks)
{
    struct random_stream random = {21};
    size_t count = 0;

    for (unsigned b = 0; b < blocks; b++)
        for (unsigned n = 1; n <= 8; n++)
            observation[count++] =
                (struct observation){n, b, (0.05 + 0.95 / n) * exp(0.01 * random_normal(&random))};
    return (struct scaling_data){.observation = observation, .count = count, .paired = true, .cores = 6};
}

static void a_sweep_is_drawn_by_blocks(void **state)
{
    struct observation observation[160];
    struct scaling_data data = sweep(observation, 10);
    struct scaling_point points[8];
    struct interval efficiency[8];
    struct scaling_bootstrap result;

    (void)state;
    assert_int_equal(scaling_curve(&data, 0.95, points, 8), 8);
    assert_int_equal(scaling_bootstrap(&data, points, 8, 0.05, 2000, 1, 0.95, efficiency, &result), 0);
    for (int i = 1; i < 8; i++) {
        double t_width = points[i].efficiency.high - points[i].efficiency.low;
        double width = efficiency[i].high - efficiency[i].low;
        assert_near(efficiency[i].value, points[i].efficiency.value, 1e-12);
        if (!(width > 0.6 * t_width && width < 1.1 * t_width))
            fail_msg("n %d: bootstrap %g wide, t %g", i + 1, width, t_width);
    }
    assert_true(result.serial_fraction.low < 0.05 && 0.05 < result.serial_fraction.high);
    assert_true(result.knee.low >= 2 && result.knee.high <= 4);
}

static void few_blocks_and_unpaired_data_are_refused(void **state)
{
    struct observation observation[160];
    struct scaling_data data = sweep(observation, 4);
    struct scaling_point points[8];
    struct interval efficiency[8];
    struct scaling_bootstrap result;

    (void)state;
    assert_int_equal(scaling_curve(&data, 0.95, points, 8), 8);
    assert_int_equal(scaling_bootstrap(&data, points, 8, 0.05, 2000, 1, 0.95, efficiency, &result), 0);
    assert_false(interval_has_value(&result.serial_fraction));
    assert_non_null(strstr(result.serial_fraction.reason, "4 blocks is too narrow"));
    data.paired = false;
    assert_int_equal(scaling_bootstrap(&data, points, 8, 0.05, 2000, 1, 0.95, efficiency, &result), 0);
    assert_non_null(strstr(efficiency[3].reason, "not paired"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bca_of_a_mean_is_close_to_theory),
        cmocka_unit_test(the_seed_decides_the_draws),
        cmocka_unit_test(many_blocks_are_left_out_in_groups),
        cmocka_unit_test(uniform_numbers_stay_inside_and_normal_ones_have_their_moments),
        cmocka_unit_test(a_sweep_is_drawn_by_blocks),
        cmocka_unit_test(few_blocks_and_unpaired_data_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
