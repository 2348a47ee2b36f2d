/* The knee: beyond doubt, its bounds, and the two causes kept apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include <string.h>

#include "analysis/knee/knee.h"
#include "analysis/sweep/sweep_analysis.h"
#include "tests/unit/analysis/table.h"

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("found %.12g, wanted %.12g", found, wanted);
}

/* E(n) = value +- half for n 1 .. 6. */
static void fill(struct scaling_point points[6], const double value[6], double half, unsigned cores)
{
    for (unsigned i = 0; i < 6; i++) {
        points[i] =
            (struct scaling_point){.workers = i + 1, .trials = 3, .oversubscribed = cores && i + 1 > cores};
        points[i].efficiency = i == 0
                                   ? interval_exact(1, 0.95, "definition")
                                   : interval_bounded(value[i], value[i] - half, value[i] + half, 0.95, "m");
    }
}

static void the_knee_is_where_doubt_ends(void **state)
{
    static const double falling[6] = {1, 0.99, 0.96, 0.94, 0.91, 0.85};
    struct scaling_point points[6];
    struct knee knee;

    (void)state;
    fill(points, falling, 0.02, 0);
    knee = knee_find(points, 6, 0, 0.05);
    assert_int_equal(knee.workers, 5); /* 0.93 is the first upper bound below 0.95 */
    assert_int_equal(knee.low, 3);     /* 0.94 is the first lower bound below */
    assert_int_equal(knee.high, 5);
    fill(points, falling, 0.001, 0);
    assert_int_equal(knee_find(points, 6, 0, 0.05).workers, 4);
    assert_int_equal(knee_find(points, 6, 0, 0.2).workers, 0);
}

/* Five blocks; E falls to 0.925 at three workers. Differences of log T to one worker vary by `sd`, at n = 3 by
 * own_sd. */
static struct knee find_with_noise(double sd, double own_sd)
{
    static const double falling[6] = {1, 1, 0.925, 0.91, 0.9, 0.9};
    struct scaling_point points[6];

    fill(points, falling, 0.03, 0);
    for (size_t i = 1; i < 6; i++)
        points[i].spread =
            (struct scaling_spread){.variance = pow((i == 2 ? own_sd : sd) * (1 + 0.01 * (double)i), 2),
                                    .df = 4,
                                    .count = 5,
                                    .paired = true};
    return knee_find(points, 6, 0, 0.05);
}

static void all_worker_counts_are_the_prior_of_each(void **state)
{
    (void)state;
    assert_int_equal(find_with_noise(0.015, 0.015).workers,
                     3); /* 4 df alone would need 5.1 standard errors */
    assert_non_null(
        strstr(find_with_noise(0.015, 0.015).reason, "with the noise of all worker counts as prior"));
    assert_int_equal(find_with_noise(0.06, 0.06).workers, 0);  /* the noise explains the fall */
    assert_int_equal(find_with_noise(0.005, 0.05).workers, 4); /* n = 3 is noisier and is judged by that */
    assert_int_equal(find_with_noise(0.05, 0.005).workers, 3); /* and quieter */
}

static struct knee analyse(const struct scaling_data *data)
{
    struct sweep_analysis analysis;
    struct knee knee;

    assert_int_equal(
        sweep_analyse(data, &(struct sweep_analysis_options){.level = 0.95, .delta = 0.05}, &analysis), 0);
    knee = analysis.knee;
    sweep_analysis_release(&analysis);
    return knee;
}

static void a_noisy_n_hides_no_knee(void **state)
{
    struct observation observation[TABLE_ROOM];
    struct scaling_data data = read_table("knee-hidden-by-noisy-n", observation);

    (void)state;
    assert_int_equal(analyse(&data).workers, 4);
}

static void the_interval_respects_gaps(void **state)
{
    struct observation observation[8];
    struct scaling_data data = {.observation = observation, .count = 8, .paired = true};
    struct knee knee;

    (void)state;
    for (unsigned b = 0; b < 4; b++) {
        observation[2 * b] = (struct observation){1, b, 100 + b};
        observation[2 * b + 1] = (struct observation){16, b, 9 + 0.1 * (b % 2)};
    }
    knee = analyse(&data);
    assert_int_equal(knee.workers, 16);
    assert_int_equal(knee.low, 2);
    assert_int_equal(knee.high, 16);
}

static void one_trial_ten_times_too_slow_hides_no_knee(void **state)
{
    struct observation observation[40];
    struct scaling_data data = {.observation = observation, .count = 40, .paired = true};
    struct sweep_analysis analysis;

    (void)state;
    for (unsigned hit = 0; hit < 40; hit++) {
        for (unsigned i = 0; i < 40; i++) {
            unsigned b = i / 8, n = i % 8 + 1;
            double ripple = 1 + 0.004 * ((n * 7 + b * 3) % 5 - 2.0);
            observation[i] =
                (struct observation){n, b, 100.0 / n * (n >= 5 ? 1.12 : 1) * ripple * (i == hit ? 10 : 1)};
        }
        assert_int_equal(
            sweep_analyse(&data, &(struct sweep_analysis_options){.level = 0.95, .delta = 0.05}, &analysis),
            0);
        assert_int_equal(analysis.hiccup_count, 1);
        assert_int_equal(analysis.hiccups[0].observation, hit);
        assert_true(analysis.hiccups[0].times > 9 && analysis.hiccups[0].times < 11);
        assert_int_equal(analysis.used_count, 39);
        assert_int_equal(analysis.knee.workers, 5);
        sweep_analysis_release(&analysis);
    }
}

static void the_reason_names_the_right_remedy(void **state)
{
    struct observation observation[TABLE_ROOM];
    struct scaling_data data = read_table("no-n1-wrong-remedy", observation);

    (void)state;
    assert_non_null(strstr(analyse(&data).reason, "measure one worker too"));
    for (unsigned i = 0; i < 8; i++)
        observation[i] = (struct observation){1 + i % 2, i / 2, i % 2 ? 5.5 : 10};
    data = (struct scaling_data){.observation = observation, .count = 8, .paired = true};
    assert_non_null(strstr(analyse(&data).reason, "agree to the last digit"));
    for (unsigned i = 0; i < 8; i++)
        observation[i] = (struct observation){1, i, 10 + 0.1 * i};
    data.paired = false;
    assert_non_null(strstr(analyse(&data).reason, "efficiency needs more numbers of workers"));
    for (unsigned i = 1; i < 8; i++)
        observation[i] = (struct observation){2, i, 5.5 + 0.01 * i};
    assert_non_null(strstr(analyse(&data).reason, "one worker was measured once"));
}

static void assert_model_crosses(enum model_kind kind, double sigma, double kappa, double wanted)
{
    struct observation observation[8];
    struct scaling_data data = {.observation = observation, .count = 8};
    struct model_fit fit;
    struct interval knee;

    for (unsigned n = 1; n <= 8; n++)
        observation[n - 1] = (struct observation){n, 0, (1 + sigma * (n - 1) + kappa * n * (n - 1)) / n};
    model_fit(kind, &data, 0.95, &fit);
    knee = knee_of_model(&fit, 0.05);
    if (isnan(wanted))
        assert_true(isnan(knee.value) && knee.reason[0]);
    else
        assert_near(knee.value, wanted, 1e-6);
    assert_true(isnan(knee.low)); /* no noise, no interval */
}

static void a_model_crosses_where_its_formula_says(void **state)
{
    (void)state;
    assert_model_crosses(MODEL_AMDAHL, 0.01, 0, 1 + 0.05 / 0.95 / 0.01);
    /* 0.01 (n-1) + 0.001 n (n-1) = 0.05/0.95 */
    assert_model_crosses(MODEL_USL, 0.01, 0.001,
                         (-0.009 + sqrt(0.009 * 0.009 + 0.004 * (0.01 + 0.05 / 0.95))) / 0.002);
    assert_model_crosses(MODEL_IDEAL, 0, 0, NAN);
}

static void ideal_scaling_has_no_knee_and_says_so(void **state)
{
    static const double ideal[6] = {1, 1.01, 0.99, 1, 0.98, 1};
    struct scaling_point points[6];
    struct knee knee;

    (void)state;
    fill(points, ideal, 0.01, 0);
    knee = knee_find(points, 6, 0, 0.05);
    assert_int_equal(knee.workers, 0);
    assert_int_equal(knee.low, 0);
    assert_int_equal(knee.high, 0);
    assert_non_null(strstr(knee.reason, "no efficiency is below 0.95 beyond doubt"));
}

static void more_workers_than_cores_is_a_reason_of_its_own(void **state)
{
    static const double shared[6] = {1, 0.98, 0.66, 0.5, 0.4, 0.33};
    struct scaling_point points[6];
    struct knee knee;

    (void)state;
    fill(points, shared, 0.01, 2);
    knee = knee_find(points, 6, 2, 0.05);
    assert_int_equal(knee.workers, 3);
    assert_true(knee.oversubscribed);
    assert_non_null(strstr(knee.reason, "more workers than cores: 3 workers share 2 cores"));
    assert_non_null(strstr(knee.reason, "efficiency at 2 workers is 0.980"));
}

static void without_intervals_there_is_no_knee(void **state)
{
    struct scaling_point point = {.workers = 2, .trials = 1, .efficiency = interval_point(0.5, "one block")};
    struct scaling_point both[2] = {{.workers = 1, .trials = 1, .efficiency = interval_exact(1, 0.95, "d")},
                                    point};
    struct knee knee = knee_find(both, 2, 0, 0.05);

    (void)state;
    assert_int_equal(knee.workers, 0);
    assert_non_null(strstr(knee.reason, "more repetitions"));
    assert_int_equal(knee_find(NULL, 0, 0, 0.05).workers, 0);
}

/* 1/(1 + 0.05 (n-1)) is 0.952 at n = 2 and 0.909 at n = 3. */
static void amdahls_knee_is_where_his_term_alone_puts_it(void **state)
{
    struct interval s = interval_bounded(0.05, 0.01, 0.1, 0.95, "m"), knee = knee_amdahl(&s, 0.05);

    (void)state;
    assert_near(knee.value, 3, 0);
    assert_near(knee.low, 2, 0);
    assert_near(knee.high, 7, 0); /* 1/(1.06) is 0.943, 1/1.05 is 0.952 */
    s.low = 0;
    knee = knee_amdahl(&s, 0.05);
    assert_true(isnan(knee.high));
    s.value = 0;
    knee = knee_amdahl(&s, 0.05);
    assert_false(interval_has_value(&knee));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_knee_is_where_doubt_ends),
        cmocka_unit_test(all_worker_counts_are_the_prior_of_each),
        cmocka_unit_test(a_noisy_n_hides_no_knee),
        cmocka_unit_test(the_interval_respects_gaps),
        cmocka_unit_test(one_trial_ten_times_too_slow_hides_no_knee),
        cmocka_unit_test(the_reason_names_the_right_remedy),
        cmocka_unit_test(a_model_crosses_where_its_formula_says),
        cmocka_unit_test(ideal_scaling_has_no_knee_and_says_so),
        cmocka_unit_test(more_workers_than_cores_is_a_reason_of_its_own),
        cmocka_unit_test(without_intervals_there_is_no_knee),
        cmocka_unit_test(amdahls_knee_is_where_his_term_alone_puts_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
