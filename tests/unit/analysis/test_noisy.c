/* Trials weighted by what others took: known answers, what is left as it was, and cover of the quiet machine's
 * curve. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/knee/knee.h"
#include "analysis/speedup/scaling.h"
#include "analysis/statistics/random.h"
#include "analysis/statistics/stats.h"

#define assert_near(a, b, most) assert_true(fabs((a) - (b)) < (most))

enum { ROOM = 100 };
static struct observation observation[ROOM];
static struct noisy_trial noisy[ROOM];
static struct scaling_point point[8];

static void quiet_data_are_left_as_they_were(void **state)
{
    struct scaling_data data = {.observation = observation, .paired = true, .noisy = noisy};
    struct scaling_point before[2];

    (void)state;
    for (unsigned b = 0; b < 3; b++) {
        observation[data.count++] = (struct observation){1, b, 10 + 0.1 * b};
        observation[data.count++] = (struct observation){2, b, 5 + 0.2 * (b % 2)};
    }
    assert_int_equal(scaling_curve(&data, 0.95, before, 2), 2);
    noisy[0] = (struct noisy_trial){2, 7, 0.1, 0.5}; /* of a block that is not there */
    data.noisy_count = 1;
    assert_int_equal(scaling_curve(&data, 0.95, point, 2), 2);
    for (int i = 0; i < 2; i++) {
        assert_near(point[i].seconds.value, before[i].seconds.value, 1e-12);
        assert_near(point[i].speedup.value, before[i].speedup.value, 1e-12);
        assert_near(point[i].speedup.low, before[i].speedup.low, 1e-9);
        assert_near(point[i].speedup.high, before[i].speedup.high, 1e-9);
    }
}

/* Three blocks; with two workers the third weighs 1/3, so that its difference weighs 2 / (1 + 3) = 1/2, and a tenth of
 * its workers' time was taken. log S: 0, 0.1, 0.3 with weights 1, 1, 1/2 of 2.5. */
static void weights_and_the_time_taken_give_the_known_interval(void **state)
{
    static const double log_s[] = {0, 0.1, 0.3};
    struct scaling_data data = {.observation = observation, .paired = true, .noisy = noisy, .noisy_count = 1};
    double mean = 0.25 / 2.5, share[] = {0.4, 0.4, 0.2}, right = 0, robust = 0, half, taken = 0.2 * 0.1;

    (void)state;
    for (unsigned b = 0; b < 3; b++) {
        observation[data.count++] = (struct observation){1, b, 8};
        observation[data.count++] = (struct observation){2, b, 8 / exp(log_s[b])};
        right += share[b] * pow(log_s[b] - mean, 2) / 2;
        robust += share[b] * share[b] * pow(log_s[b] - mean, 2) / (1 - share[b]);
    }
    noisy[0] = (struct noisy_trial){2, 2, 1.0 / 3, 0.1};
    half = stats_t(0.95, 2.5 * 2.5 / 2.25 - 1) * sqrt(fmax(right, robust));
    assert_int_equal(scaling_curve(&data, 0.95, point, 2), 2);
    assert_near(point[1].speedup.value, exp(mean), 1e-12);
    assert_near(point[1].speedup.low, exp(mean - half), 1e-12);
    assert_near(point[1].speedup.high, exp(mean + half) / (1 - taken), 1e-12);
    assert_near(point[1].efficiency.value, exp(mean) / 2, 1e-12);
    assert_near(point[1].spread.lift, -log(1 - taken), 1e-12);
    assert_near(point[0].seconds.value, 8, 1e-12);
}

static void one_block_has_a_value_and_no_interval(void **state)
{
    struct scaling_data data = {
        .observation = observation, .count = 2, .paired = true, .noisy = noisy, .noisy_count = 1};

    (void)state;
    observation[0] = (struct observation){1, 0, 8};
    observation[1] = (struct observation){2, 0, 5};
    noisy[0] = (struct noisy_trial){2, 0, 0.2, 2}; /* more than all of the time: cut */
    assert_int_equal(scaling_curve(&data, 0.95, point, 2), 2);
    assert_near(point[1].speedup.value, 1.6, 1e-12);
    assert_true(isnan(point[1].speedup.low));
    observation[1].seconds = 0;
    assert_int_equal(scaling_curve(&data, 0.95, point, 2), 2);
    assert_true(isnan(point[1].speedup.value));
}

/* Perfect speedup to 2 workers, 1% noise; others take a share of both workers' time in some trials, and less of one's.
 * The intervals cover E(2) = 1 of the quiet machine, and no knee is seen; without that many say E(2) < 1. */
static void the_quiet_machine_is_covered(void **state)
{
    enum { SWEEPS = 500, SWEEP_BLOCKS = 4 };
    struct random_stream random = {5};
    int covered = 0, knees = 0, alarms = 0;

    (void)state;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        struct scaling_data data = {.observation = observation, .paired = true, .cores = 2, .noisy = noisy};
        for (unsigned b = 0; b < SWEEP_BLOCKS; b++)
            for (unsigned n = 1; n <= 2; n++) {
                double taken = random_uniform(&random) * (n == 1 ? 0.1 : 0.4);
                observation[data.count++] =
                    (struct observation){n, b, 10.0 / n / (1 - taken) * exp(0.01 * random_normal(&random))};
                noisy[data.noisy_count++] = (struct noisy_trial){n, b, 1 / (1 + taken / 0.05), taken};
            }
        assert_int_equal(scaling_curve(&data, 0.95, point, 2), 2);
        covered += point[1].efficiency.low <= 1 && point[1].efficiency.high >= 1;
        knees += knee_find(point, 2, 2, 0.05).workers != 0;
        data.noisy_count = 0;
        assert_int_equal(scaling_curve(&data, 0.95, point, 2), 2);
        alarms += point[1].efficiency.high < 1;
    }
    assert_true(covered >= SWEEPS * 95 / 100);
    assert_true(knees <= SWEEPS * 5 / 100);
    assert_true(alarms > SWEEPS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_data_are_left_as_they_were),
        cmocka_unit_test(weights_and_the_time_taken_give_the_known_interval),
        cmocka_unit_test(one_block_has_a_value_and_no_interval),
        cmocka_unit_test(the_quiet_machine_is_covered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
