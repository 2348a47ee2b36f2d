/* Nominal 95% intervals hold the truth in 93 to 97% of synthetic sweeps (seeded, 2,000 sweeps in each row),
 * with the number of blocks that real studies have, block drift, and normal and log-normal noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include "analysis/models/models.h"
#include "analysis/speedup/scaling.h"
#include "analysis/statistics/random.h"
#include "analysis/statistics/resample.h"

enum { SWEEPS = 2000, ROOM = 256, BLOCKS_MOST = 10 };

struct setting {
    unsigned worker_counts, blocks;
    double noise, drift;
    bool log_normal;
    double sigma, kappa;
    bool weak; /* Gustafson's law, sigma its serial fraction */
};

static struct observation observation[ROOM];
static struct random_stream generator;

/* Workers 1 .. worker_counts, `blocks` blocks, T(n) of USL (Amdahl when kappa is 0). */
static struct scaling_data make_sweep(const struct setting *set)
{
    size_t count = 0;

    for (unsigned b = 0; b < set->blocks; b++) {
        double block = set->drift * random_normal(&generator);
        for (unsigned n = 1; n <= set->worker_counts; n++) {
            double noise = set->noise * random_normal(&generator), dn = n;
            double truth = set->weak ? 100 / (dn - set->sigma * (dn - 1))
                                     : 100 * (1 + set->sigma * (dn - 1) + set->kappa * dn * (dn - 1)) / dn;
            observation[count++] =
                (struct observation){n, b, truth * exp(block) * (set->log_normal ? exp(noise) : 1 + noise)};
        }
    }
    return (struct scaling_data){
        .observation = observation, .count = count, .paired = true, .weak = set->weak};
}

static unsigned hits(const struct interval *interval, double truth)
{
    return interval_has_bounds(interval) && interval->low <= truth && truth <= interval->high;
}

static void assert_nominal(const char *what, const struct setting *set, unsigned covered)
{
    double percent = 100.0 * covered / SWEEPS;

    print_message("# %-16s n 1..%-2u blocks %u noise %.1f%% %s: covered %.1f%%\n", what, set->worker_counts,
                  set->blocks, 100 * set->noise, set->log_normal ? "log-normal" : "normal    ", percent);
    if (!(percent >= 93 && percent <= 97))
        fail_msg("%s covers %.2f%%, not 93 to 97%%", what, percent);
}

static const struct setting amdahl_settings[] = {
    {2, 3, 0.01, 0.02, true, .sigma = 0.03},  {2, 5, 0.01, 0.02, false, .sigma = 0.03},
    {5, 3, 0.02, 0.02, true, .sigma = 0.05},  {8, 5, 0.005, 0.02, false, .sigma = 0.03},
    {16, 3, 0.02, 0.02, true, .sigma = 0.02}, {16, 5, 0.05, 0.02, true, .sigma = 0.05},
};

static void times_and_efficiencies_are_covered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof amdahl_settings / sizeof *amdahl_settings; i++) {
        const struct setting *set = &amdahl_settings[i];
        unsigned times = 0, efficiencies = 0, n = set->worker_counts;
        generator.state = 1000 + i;
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            struct scaling_data data = make_sweep(set);
            struct scaling_point points[ROOM];
            double relative = (1 + set->sigma * (n - 1)) / n;
            assert_int_equal(scaling_curve(&data, 0.95, points, ROOM), (int)n);
            times += hits(&points[n - 1].seconds, 100 * relative);
            efficiencies += hits(&points[n - 1].efficiency, 1 / relative / n);
        }
        assert_nominal("T(n)", set, times);
        assert_nominal("E(n)", set, efficiencies);
    }
}

static void serial_fraction_and_t1_are_covered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof amdahl_settings / sizeof *amdahl_settings; i++) {
        const struct setting *set = &amdahl_settings[i];
        unsigned serial = 0, t1 = 0;
        generator.state = 2000 + i;
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            struct scaling_data data = make_sweep(set);
            struct model_fit fit;
            model_fit(MODEL_AMDAHL, &data, 0.95, &fit);
            serial += hits(&fit.shape[0], set->sigma);
            t1 += hits(&fit.t1, 100);
        }
        assert_nominal("serial fraction", set, serial);
        assert_nominal("T1", set, t1);
    }
}

static void gustafson_is_covered(void **state)
{
    static const struct setting settings[] = {
        {5, 3, 0.01, 0.02, true, .sigma = 0.1, .weak = true},
        {8, 5, 0.05, 0.02, false, .sigma = 0.2, .weak = true},
        {16, 5, 0.02, 0.02, true, .sigma = 0.1, .weak = true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        unsigned serial = 0, efficiency = 0, n = settings[i].worker_counts;
        generator.state = 7000 + i;
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            struct scaling_data data = make_sweep(&settings[i]);
            struct scaling_point points[ROOM];
            struct model_fit fit;
            model_fit(MODEL_GUSTAFSON, &data, 0.95, &fit);
            serial += hits(&fit.shape[0], settings[i].sigma);
            assert_int_equal(scaling_curve(&data, 0.95, points, ROOM), (int)n);
            efficiency += hits(&points[n - 1].efficiency, 1 - settings[i].sigma * (n - 1) / n);
        }
        assert_nominal("gustafson's s", &settings[i], serial);
        assert_nominal("scaled E(n)", &settings[i], efficiency);
    }
}

static void sigma_and_kappa_are_covered(void **state)
{
    static const struct setting settings[] = {
        {5, 3, 0.01, 0.02, true, .sigma = 0.05, .kappa = 0.01},
        {8, 5, 0.02, 0.02, false, .sigma = 0.05, .kappa = 0.005},
        {16, 5, 0.05, 0.02, true, .sigma = 0.05, .kappa = 0.002},
    };
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        unsigned sigma = 0, kappa = 0;
        generator.state = 3000 + i;
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            struct scaling_data data = make_sweep(&settings[i]);
            struct model_fit fit;
            model_fit(MODEL_USL, &data, 0.95, &fit);
            sigma += hits(&fit.shape[0], settings[i].sigma);
            kappa += hits(&fit.shape[1], settings[i].kappa);
        }
        assert_nominal("sigma", &settings[i], sigma);
        assert_nominal("kappa", &settings[i], kappa);
    }
}

/* One more trial at four times the largest n, in a block of its own; the model at all n up to there at once. */
static void predictions_and_bands_are_covered(void **state)
{
    static const struct setting settings[] = {
        {8, 5, 0.02, 0.02, true, .sigma = 0.05},
        {8, 5, 0.01, 0.02, false, .sigma = 0.05, .kappa = 0.005},
    };
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct setting *set = &settings[i];
        unsigned trials = 0, bands = 0, most = BAND_REACH * set->worker_counts;
        generator.state = 6000 + i;
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            struct scaling_data data = make_sweep(set);
            double truth = 100 * (1 + set->sigma * (most - 1) + set->kappa * most * (most - 1)) / most;
            double trial =
                truth * exp(set->drift * random_normal(&generator) + set->noise * random_normal(&generator));
            struct model_fit fit;
            struct interval at;
            unsigned within = 0;
            model_fit(set->kappa > 0 ? MODEL_USL : MODEL_AMDAHL, &data, 0.95, &fit);
            at = model_seconds_prediction(&fit, most);
            trials += hits(&at, trial);
            for (unsigned n = 2; n <= most; n++) {
                at = model_speedup_band(&fit, n);
                within += hits(&at, n / (1 + set->sigma * (n - 1) + set->kappa * n * (n - 1)));
            }
            bands += within == most - 1;
        }
        assert_nominal("trial at 4 N", set, trials);
        assert_nominal("model at all n", set, bands);
    }
}

/* USL on Amdahl truth in at most 5%; on USL truth whose coherency is 5% of the time at 16 workers in at least
 * 99%. */
static void the_larger_model_is_chosen_when_it_is_true_and_only_then(void **state)
{
    struct setting truth = {16, 5, 0.01, 0.02, true, .sigma = 0.05};
    unsigned falsely = 0, rightly = 0;
    enum { TRIES = 400 };

    (void)state;
    generator.state = 4000;
    for (int sweep = 0; sweep < 2 * TRIES; sweep++) {
        struct model_fit fits[MODEL_KINDS];
        struct scaling_data data;
        char choice[256];
        truth.kappa = sweep < TRIES ? 0 : 0.05 / 0.95 * (1 + truth.sigma * 15) / (16 * 15);
        data = make_sweep(&truth);
        models_fit(&data, 0.95, fits, choice, sizeof choice);
        if (sweep < TRIES)
            falsely += fits[MODEL_USL].chosen;
        else
            rightly += fits[MODEL_USL].chosen;
    }
    print_message("# usl chosen on Amdahl truth in %u, on USL truth in %u of %d\n", falsely, rightly, TRIES);
    assert_in_range(falsely, 0, TRIES / 20);
    assert_in_range(rightly, TRIES * 98 / 100, TRIES); /* 99.2% of many sweeps */
}

/* log T(2) of each block relative to log T(1): what a bootstrap of E(2) sees. */
static void mean_ratio(void *context, const double *weights, double *statistic)
{
    const double *ratio = context;
    double sum = 0, total = 0;

    for (size_t b = 0; b < BLOCKS_MOST && !isnan(ratio[b]); b++) {
        sum += weights[b] * ratio[b];
        total += weights[b];
    }
    *statistic = sum / total;
}

/* Why the bootstrap is not the main interval: at few blocks it is too narrow. At 5 blocks it stays under 93%.
 */
static void a_bootstrap_over_five_blocks_covers_less_than_it_says(void **state)
{
    unsigned covered = 0;

    (void)state;
    generator.state = 5000;
    for (int sweep = 0; sweep < SWEEPS / 4; sweep++) {
        double ratio[BLOCKS_MOST];
        struct resample_result result;
        struct interval interval;
        for (size_t b = 0; b < BLOCKS_MOST; b++)
            ratio[b] = b < 5 ? 0.01 * random_normal(&generator) : NAN;
        assert_int_equal(resample_run(mean_ratio, ratio, 5, 1, RESAMPLE_DEFAULT, 7, &result), 0);
        interval = resample_bca(&result, 0, 0.95);
        covered += hits(&interval, 0);
        resample_release(&result);
    }
    assert_true(fabs(resample_coverage(5, 0.95) - 0.85) < 1e-9);
    print_message("# BCa over 5 blocks: covered %.1f%%\n", 400.0 * covered / SWEEPS);
    assert_in_range(covered, SWEEPS / 4 * 70 / 100, SWEEPS / 4 * 93 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_and_efficiencies_are_covered),
        cmocka_unit_test(serial_fraction_and_t1_are_covered),
        cmocka_unit_test(gustafson_is_covered),
        cmocka_unit_test(sigma_and_kappa_are_covered),
        cmocka_unit_test(predictions_and_bands_are_covered),
        cmocka_unit_test(the_larger_model_is_chosen_when_it_is_true_and_only_then),
        cmocka_unit_test(a_bootstrap_over_five_blocks_covers_less_than_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
