/* Models of scaling: exact data give exact parameters; bad, few and odd data give reasons; cores bound the fit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include <string.h>

#include "analysis/models/models.h"

enum { ROOM = 128 };
static struct observation observation[ROOM];

static void assert_near(const char *what, double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%s: found %.12g, wanted %.12g", what, found, wanted);
}

/* T(n) of USL (kappa 0: Amdahl), n 1 .. counts; block b's times are 1 + 0.01 (b + ripple of n and b) longer.
 */
static struct scaling_data sweep(unsigned counts, unsigned blocks, double sigma, double kappa, double ripple)
{
    size_t count = 0;

    for (unsigned b = 0; b < blocks; b++)
        for (unsigned n = 1; n <= counts; n++) {
            double dn = n, t = 100 * (1 + sigma * (dn - 1) + kappa * dn * (dn - 1)) / dn;
            double odd = ripple * (((n * 7 + b * 3) % 5) - 2.0);
            observation[count++] = (struct observation){n, b, t * exp(0.01 * b + odd)};
        }
    return (struct scaling_data){.observation = observation, .count = count, .paired = true};
}

static void exact_data_give_exact_parameters(void **state)
{
    static const double sigmas[] = {0, 0.01, 0.2, 0.9}, kappas[] = {0, 0.001, 0.02};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 3; k++) {
            struct scaling_data data = sweep(8, 1, sigmas[i], kappas[k], 0);
            struct model_fit fit;
            model_fit(MODEL_USL, &data, 0.95, &fit);
            assert_true(fit.fitted);
            assert_near("sigma", fit.theta[0], sigmas[i], 1e-8);
            assert_near("kappa", fit.theta[1], kappas[k], 1e-9);
            assert_near("T1", fit.t1.value, 100, 1e-6);
            assert_false(interval_has_bounds(&fit.shape[0]));
        }
}

static void overhead_and_usl_are_one_curve_in_two_readings(void **state)
{
    struct scaling_data data = sweep(8, 3, 0.05, 0.01, 0.002);
    struct model_fit usl, overhead;
    double c;

    (void)state;
    model_fit(MODEL_USL, &data, 0.95, &usl);
    model_fit(MODEL_AMDAHL_OVERHEAD, &data, 0.95, &overhead);
    assert_near("rss", overhead.rss_log, usl.rss_log, 1e-12);
    c = usl.theta[1] / (1 - usl.theta[1]);
    assert_near("c", overhead.theta[1], c, 1e-8);
    assert_near("s", overhead.theta[0], (usl.theta[0] - usl.theta[1]) * (1 + c), 1e-8);
    assert_near("S(32)", model_speedup(&overhead, 32), model_speedup(&usl, 32), 1e-7);
}

static void blocks_that_drift_do_not_move_the_serial_fraction(void **state)
{
    struct scaling_data data = sweep(6, 4, 0.08, 0, 0);
    struct model_fit fit;

    (void)state;
    for (size_t i = 0; i < data.count; i++)
        observation[i].seconds *= exp(0.5 * observation[i].block);
    model_fit(MODEL_AMDAHL, &data, 0.95, &fit);
    assert_near("s", fit.theta[0], 0.08, 1e-9);
}

static void a_missing_trial_changes_nothing_in_exact_data(void **state)
{
    struct scaling_data data = sweep(6, 4, 0.08, 0, 0);
    struct model_fit fit;

    (void)state;
    observation[8] = observation[data.count - 1];
    data.count--;
    model_fit(MODEL_AMDAHL, &data, 0.95, &fit);
    assert_near("s", fit.theta[0], 0.08, 1e-9);
    assert_int_equal(fit.lack_of_fit.df_error, 23 - 6 - 4 + 1);
}

static void more_workers_than_cores_never_enter_the_serial_fraction(void **state)
{
    struct scaling_data data = sweep(8, 3, 0.05, 0, 0.001);
    struct model_fit within;

    (void)state;
    data.cores = 4;
    for (size_t i = 0; i < data.count; i++)
        if (observation[i].workers > 4)
            observation[i].seconds = 1000;
    model_fit(MODEL_AMDAHL, &data, 0.95, &within);
    assert_near("s", within.theta[0], 0.05, 0.005);
    assert_int_equal(within.largest_workers, 4);
}

static void too_few_worker_counts_are_said_and_not_guessed(void **state)
{
    struct scaling_data data = sweep(2, 3, 0.05, 0, 0.01);
    struct model_fit fits[MODEL_KINDS];
    char choice[256];

    (void)state;
    data.cores = 2;
    models_fit(&data, 0.95, fits, choice, sizeof choice);
    assert_true(fits[MODEL_AMDAHL].fitted);
    assert_true(fits[MODEL_AMDAHL].chosen);
    assert_false(fits[MODEL_USL].fitted);
    assert_false(fits[MODEL_AMDAHL_OVERHEAD].fitted);
    assert_string_equal(
        fits[MODEL_USL].reason,
        "T1, sigma and kappa cannot be determined: 3 parameters, and 2 worker counts within 2 cores");
    assert_true(isnan(fits[MODEL_AMDAHL].lack_of_fit.p));
    assert_non_null(strstr(choice, "cannot tell"));
    data.count = 1;
    models_fit(&data, 0.95, fits, choice, sizeof choice);
    assert_false(fits[MODEL_AMDAHL].fitted);
    assert_true(fits[MODEL_IDEAL].chosen);
}

/* Two worker counts: the interval of s is that of the paired ratio, turned into s = 2 T(2)/T(1) - 1. */
static void two_worker_counts_give_the_interval_of_the_paired_ratio(void **state)
{
    struct scaling_data data = sweep(2, 4, 0.05, 0, 0.003);
    struct scaling_point points[4];
    struct model_fit fit;

    (void)state;
    assert_int_equal(scaling_curve(&data, 0.95, points, 4), 2);
    model_fit(MODEL_AMDAHL, &data, 0.95, &fit);
    assert_near("s", fit.shape[0].value, 2 / points[1].speedup.value - 1, 1e-9);
    assert_near("low", fit.shape[0].low, 2 / points[1].speedup.high - 1, 1e-7);
    assert_near("high", fit.shape[0].high, 2 / points[1].speedup.low - 1, 1e-7);
    assert_near("e(2)", points[1].karp_flatt.value, fit.shape[0].value, 1e-9);
}

/* Two worker counts: the loss may be all sigma or all kappa. With kappa alone, 1 + 2 kappa = 2 T(2)/T(1). */
static void two_worker_counts_do_not_exclude_usl(void **state)
{
    struct scaling_data data = sweep(2, 4, 0.05, 0, 0.003);
    struct model_fit fits[MODEL_KINDS];
    char choice[256];
    struct interval speedup, seconds;
    double s, kappa, least;

    (void)state;
    models_fit(&data, 0.95, fits, choice, sizeof choice);
    assert_true(fits[MODEL_AMDAHL].chosen && fits[MODEL_AMDAHL].has_wide);
    s = fits[MODEL_AMDAHL].shape[0].high;
    kappa = s / 2;
    least = 8 / (1 + kappa * 8 * 7);
    speedup = model_speedup_interval(&fits[MODEL_AMDAHL], 8);
    assert_near("S(8) at least", speedup.low, least, 0.02 * least);
    assert_true(speedup.high > 8 / (1 + 0.05 * 7));
    seconds = model_seconds_prediction(&fits[MODEL_AMDAHL], 8);
    assert_true(seconds.high > fits[MODEL_AMDAHL].t1.value / least);
    speedup = model_speedup_interval(&fits[MODEL_AMDAHL], 2);
    assert_true(speedup.low > 0.9 * speedup.high); /* within the data nothing is added */
}

/* Some of these sweeps decide between amdahl and usl, and some do not. */
static void the_union_reaches_over_a_model_that_is_not_excluded(void **state)
{
    unsigned wider = 0, same = 0;

    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        struct scaling_data data = sweep(3 + i % 4, 3, 0.05, 0.0005 * i, 0.006);
        struct model_fit fits[MODEL_KINDS];
        char choice[256];
        models_fit(&data, 0.95, fits, choice, sizeof choice);
        for (int kind = 0; kind < MODEL_KINDS; kind++)
            for (unsigned n = 1; n <= 12 && fits[kind].chosen; n++) {
                struct interval own = model_speedup_interval(&fits[kind], n),
                                both = model_speedup_union(&fits[kind], n);
                assert_true(isnan(own.low) == isnan(both.low));
                assert_false(both.low > own.low + 1e-12 || both.high < own.high - 1e-12);
                if (!fits[kind].has_wide || n > fits[kind].largest_workers)
                    assert_false(both.low < own.low - 1e-12 || both.high > own.high + 1e-12);
                wider += both.low < own.low - 1e-9;
                same += !fits[kind].has_wide;
            }
    }
    assert_true(wider > 0);
    assert_true(same > 0);
}

/* Three worker counts without repetitions: usl has an estimate and no interval, and is not excluded. */
static void a_larger_model_without_bounds_leaves_none(void **state)
{
    struct scaling_data data = sweep(3, 1, 0.05, 0, 0.003);
    struct model_fit fits[MODEL_KINDS];
    char choice[256];
    struct interval speedup;

    (void)state;
    models_fit(&data, 0.95, fits, choice, sizeof choice);
    if (!fits[MODEL_AMDAHL].chosen)
        return;
    speedup = model_speedup_interval(&fits[MODEL_AMDAHL], 12);
    assert_true(interval_has_value(&speedup) && !interval_has_bounds(&speedup));
}

/* "May be 0" never appears next to an interval that excludes 0. */
static void coherency_may_be_zero_only_where_its_interval_says_so(void **state)
{
    unsigned said = 0;

    (void)state;
    for (int i = 0; i < 200; i++) {
        struct scaling_data data = sweep(6, 3, 0.05, 0.00002 * i, 0.004 + 0.0001 * i);
        struct model_fit fits[MODEL_KINDS];
        char choice[256];
        models_fit(&data, 0.95, fits, choice, sizeof choice);
        if (strstr(choice, "may be 0")) {
            said++;
            assert_false(fits[MODEL_USL].shape[1].low > 0);
        }
    }
    assert_true(said > 0);
}

static void super_linear_data_are_named_and_not_clipped(void **state)
{
    struct scaling_data data = sweep(4, 3, -0.1, 0, 0.001);
    struct model_fit fits[MODEL_KINDS];
    char choice[256];

    (void)state;
    models_fit(&data, 0.95, fits, choice, sizeof choice);
    assert_false(fits[MODEL_AMDAHL].fitted);
    assert_non_null(strstr(fits[MODEL_AMDAHL].reason, "super-linear"));
    assert_false(fits[MODEL_AMDAHL].chosen);
}

static void an_estimate_a_little_below_zero_is_held_and_said(void **state)
{
    struct scaling_data data = sweep(4, 3, -0.004, 0, 0.01);
    struct model_fit fit;

    (void)state;
    model_fit(MODEL_AMDAHL, &data, 0.95, &fit);
    assert_true(fit.fitted);
    assert_near("s", fit.theta[0], 0, 0);
    assert_near("low", fit.shape[0].low, 0, 0);
    assert_true(fit.shape[0].high > 0);
    assert_non_null(strstr(fit.note, "held at 0"));
}

static void bad_times_are_refused_with_a_reason(void **state)
{
    static const double bad[] = {NAN, 0, -1, INFINITY};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct scaling_data data = sweep(4, 2, 0.05, 0, 0.01);
        struct scaling_point points[4];
        struct model_fit fit;
        observation[5].seconds = bad[i];
        model_fit(MODEL_AMDAHL, &data, 0.95, &fit);
        assert_false(fit.fitted);
        assert_string_equal(fit.reason, "a time at 2 workers is not a finite number above 0");
        assert_int_equal(scaling_curve(&data, 0.95, points, 4), 4);
        assert_false(interval_has_value(&points[1].speedup));
        assert_true(interval_has_value(&points[2].speedup));
    }
}

static void one_repetition_has_values_and_only_residual_intervals(void **state)
{
    struct scaling_data data = sweep(2, 1, 0.05, 0, 0.01);
    struct scaling_point points[4];
    struct model_fit fit;

    (void)state;
    assert_int_equal(scaling_curve(&data, 0.95, points, 4), 2);
    assert_true(interval_has_value(&points[1].efficiency));
    assert_false(interval_has_bounds(&points[1].efficiency));
    model_fit(MODEL_AMDAHL, &data, 0.95, &fit);
    assert_true(fit.fitted);
    assert_false(interval_has_bounds(&fit.shape[0]));
    data = sweep(8, 1, 0.05, 0, 0.01);
    model_fit(MODEL_AMDAHL, &data, 0.95, &fit);
    assert_true(interval_has_bounds(&fit.shape[0]));
    assert_near("df", fit.variance_df, 6, 0);
}

static void limits_follow_from_the_parameters(void **state)
{
    struct scaling_data data = sweep(8, 3, 0.05, 0.01, 0.002);
    struct model_fit fits[MODEL_KINDS];
    char choice[256];

    (void)state;
    models_fit_with(&data, &(struct model_options){.level = 0.95, .predict_rejected = true}, fits, choice,
                    sizeof choice);
    assert_true(fits[MODEL_USL].chosen);
    assert_near("peak", fits[MODEL_USL].peak_workers.value,
                sqrt((1 - fits[MODEL_USL].theta[0]) / fits[MODEL_USL].theta[1]), 1e-9);
    assert_true(fits[MODEL_USL].limit_speedup.low < fits[MODEL_USL].limit_speedup.value);
    assert_near("limit", fits[MODEL_AMDAHL].limit_speedup.value, 1 / fits[MODEL_AMDAHL].theta[0], 1e-9);
    /* Unless it is asked to, a model that the data reject predicts nothing beyond them. */
    models_fit(&data, 0.95, fits, choice, sizeof choice);
    assert_true(fits[MODEL_AMDAHL].rejected);
    assert_false(interval_has_value(&fits[MODEL_AMDAHL].limit_speedup));
    assert_near("Gustafson", scaling_gustafson(0.1, 10), 9.1, 1e-12);
    assert_near("Karp-Flatt", scaling_karp_flatt(4 / 1.3, 4), 0.1, 1e-12);
}

/* Draper and Smith's test by hand: USL data, Amdahl fitted, error of two repetitions. */
static void lack_of_fit_rejects_the_wrong_model_and_not_the_right_one(void **state)
{
    struct scaling_data data = sweep(8, 3, 0.05, 0.01, 0.002);
    struct model_fit wrong, right;

    (void)state;
    model_fit(MODEL_AMDAHL, &data, 0.95, &wrong);
    model_fit(MODEL_USL, &data, 0.95, &right);
    assert_int_equal(wrong.lack_of_fit.df_lack, 6);
    assert_int_equal(wrong.lack_of_fit.df_error, 14);
    assert_true(wrong.lack_of_fit.p < 1e-6);
    assert_int_equal(right.lack_of_fit.df_lack, 5);
    assert_true(right.lack_of_fit.p > 0.01);
}

/* T(n) = T1 n / (n - s (n - 1)), handed in for the work of one worker. */
static struct scaling_data weak_sweep(unsigned counts, unsigned blocks, double s, double ripple)
{
    struct scaling_data data = sweep(counts, blocks, 0, 0, ripple);

    for (size_t i = 0; i < data.count; i++) {
        double n = observation[i].workers;
        observation[i].seconds *= n / (n - s * (n - 1));
    }
    data.weak = true;
    return data;
}

static void gustafson_is_fitted_to_weak_scaling_alone(void **state)
{
    static const double serial[] = {0, 0.01, 0.1, 0.5, 0.95};

    (void)state;
    for (size_t i = 0; i < sizeof serial / sizeof *serial; i++) {
        struct scaling_data data = weak_sweep(8, 1, serial[i], 0);
        struct model_fit fits[MODEL_KINDS];
        char choice[256];
        models_fit(&data, 0.95, fits, choice, sizeof choice);
        assert_near("s", fits[MODEL_GUSTAFSON].theta[0], serial[i], 1e-8);
        assert_near("T1", fits[MODEL_GUSTAFSON].t1.value, 100, 1e-6);
        assert_near("S(32)", model_speedup(&fits[MODEL_GUSTAFSON], 32), 32 - 31 * serial[i], 1e-6);
        /* the time of 32 times the work */
        assert_near("T(32)", model_seconds(&fits[MODEL_GUSTAFSON], 32), 100 * 32 / (32 - 31 * serial[i]),
                    1e-5);
        assert_true(fits[MODEL_GUSTAFSON].chosen);
        assert_false(fits[MODEL_AMDAHL].fitted);
        assert_non_null(strstr(fits[MODEL_AMDAHL].reason, "weak scaling"));
        assert_false(fits[MODEL_USL].fitted);
        assert_non_null(strstr(choice, "Gustafson's law"));
        assert_true(isnan(fits[MODEL_GUSTAFSON].limit_speedup.value));
        data.weak = false;
        model_fit(MODEL_GUSTAFSON, &data, 0.95, &fits[MODEL_GUSTAFSON]);
        assert_false(fits[MODEL_GUSTAFSON].fitted);
    }
}

/* Two worker counts, two blocks, by hand: log T(2) less log T(1) is log 1.1 and log 1.2, mean d = log sqrt 1.32;
 * T(2)/T(1) = 2 / (2 - s), so s = 2 (1 - exp(-d)). */
static void gustafson_is_as_by_hand(void **state)
{
    struct observation o[] = {{1, 1, 100}, {2, 1, 110 / 2.0}, {1, 2, 90}, {2, 2, 108 / 2.0}};
    struct scaling_data data = {.observation = o, .count = 4, .paired = true, .weak = true};
    struct scaling_point points[2];
    struct model_fit fit;

    (void)state;
    model_fit(MODEL_GUSTAFSON, &data, 0.95, &fit);
    assert_near("s", fit.theta[0], 2 * (1 - 1 / sqrt(1.32)), 1e-9);
    assert_int_equal(scaling_curve(&data, 0.95, points, 2), 2);
    assert_near("E(2)", points[1].efficiency.value, 1 / sqrt(1.32), 1e-12);
    assert_near("T(2)", points[1].seconds.value, sqrt(110 * 108), 1e-9);
    assert_true(isnan(points[1].karp_flatt.value));
}

static void better_than_ideal_weak_scaling_is_named(void **state)
{
    struct scaling_data data = weak_sweep(6, 5, 0, 0.001);
    struct model_fit fits[MODEL_KINDS];
    char choice[256];

    (void)state;
    for (size_t i = 0; i < data.count; i++)
        observation[i].seconds *= exp(-0.03 * (observation[i].workers - 1));
    models_fit(&data, 0.95, fits, choice, sizeof choice);
    assert_false(fits[MODEL_GUSTAFSON].fitted);
    assert_non_null(strstr(fits[MODEL_GUSTAFSON].reason, "super-linear"));
    assert_non_null(strstr(choice, "super-linear"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gustafson_is_fitted_to_weak_scaling_alone),
        cmocka_unit_test(gustafson_is_as_by_hand),
        cmocka_unit_test(better_than_ideal_weak_scaling_is_named),
        cmocka_unit_test(exact_data_give_exact_parameters),
        cmocka_unit_test(overhead_and_usl_are_one_curve_in_two_readings),
        cmocka_unit_test(blocks_that_drift_do_not_move_the_serial_fraction),
        cmocka_unit_test(a_missing_trial_changes_nothing_in_exact_data),
        cmocka_unit_test(more_workers_than_cores_never_enter_the_serial_fraction),
        cmocka_unit_test(too_few_worker_counts_are_said_and_not_guessed),
        cmocka_unit_test(two_worker_counts_give_the_interval_of_the_paired_ratio),
        cmocka_unit_test(two_worker_counts_do_not_exclude_usl),
        cmocka_unit_test(the_union_reaches_over_a_model_that_is_not_excluded),
        cmocka_unit_test(a_larger_model_without_bounds_leaves_none),
        cmocka_unit_test(coherency_may_be_zero_only_where_its_interval_says_so),
        cmocka_unit_test(super_linear_data_are_named_and_not_clipped),
        cmocka_unit_test(an_estimate_a_little_below_zero_is_held_and_said),
        cmocka_unit_test(bad_times_are_refused_with_a_reason),
        cmocka_unit_test(one_repetition_has_values_and_only_residual_intervals),
        cmocka_unit_test(limits_follow_from_the_parameters),
        cmocka_unit_test(lack_of_fit_rejects_the_wrong_model_and_not_the_right_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
