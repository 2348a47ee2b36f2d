/* What the times of a sweep are like: order of rows, rounding, unequal noise, hiccups, blocks of one n each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "analysis/statistics/random.h"
#include "analysis/sweep/sweep_analysis.h"
#include "tests/unit/analysis/table.h"

static struct observation observation[TABLE_ROOM];
static struct sweep_analysis analysis;

static void analyse(const struct scaling_data *data)
{
    assert_int_equal(
        sweep_analyse(data, &(struct sweep_analysis_options){.level = 0.95, .delta = 0.05}, &analysis), 0);
}

/* Amdahl's law with s = 0.05, T1 = 2 s, 8 worker counts, 5 blocks; noise from `quiet` at one worker to `loud` at 8. */
static struct scaling_data make(struct random_stream *random, double quiet, double loud, double step)
{
    struct scaling_data data = {.observation = observation, .paired = true};

    for (unsigned b = 0; b < 5; b++)
        for (unsigned n = 1; n <= 8; n++) {
            double noise = quiet + (loud - quiet) * (n - 1) / 7;
            double t = 2 * (0.05 + 0.95 / n) * exp(noise * random_normal(random));
            observation[data.count++] = (struct observation){n, b, step > 0 ? round(t / step) * step : t};
        }
    return data;
}

static void rows_in_the_order_of_n_are_said(void **state)
{
    struct random_stream random = {1};
    struct scaling_data data = make(&random, 0.01, 0.01, 0);
    struct observation swapped;

    (void)state;
    analyse(&data);
    assert_true(analysis.facts.in_order); /* 1 .. 8 in each block */
    sweep_analysis_release(&analysis);
    swapped = observation[8];
    observation[8] = observation[9];
    observation[9] = swapped; /* 2, 1, 3 .. 8 in one of them */
    analyse(&data);
    assert_false(analysis.facts.in_order);
    sweep_analysis_release(&analysis);
    data.count = 4; /* 1 .. 4 in one block: three changes, as by chance */
    analyse(&data);
    assert_false(analysis.facts.in_order);
    sweep_analysis_release(&analysis);
    data.count = 40;
    data.paired = false;
    analyse(&data);
    assert_false(analysis.facts.in_order); /* 1 .. 8 five times: interleaved */
    sweep_analysis_release(&analysis);
    data = read_table("usl-large-n", observation);
    analyse(&data);
    assert_true(analysis.facts.in_order);
    sweep_analysis_release(&analysis);
}

static void the_resolution_is_found_and_counted(void **state)
{
    enum { SWEEPS = 400 };
    struct random_stream random = {2};
    unsigned held = 0, efficiency = 0, rejected = 0;

    (void)state;
    for (int i = 0; i < SWEEPS; i++) {
        struct scaling_data data = make(&random, 0.002, 0.002, 0.01);
        const struct interval *s, *e;
        analyse(&data);
        assert_true(fabs(analysis.facts.resolution - 0.01) < 1e-12);
        assert_non_null(strstr(analysis.facts.resolution_sentence, "rounded to 0.01 s"));
        s = &analysis.models[MODEL_AMDAHL].shape[0];
        e = &analysis.points[7].efficiency;
        held += s->low <= 0.05 && 0.05 <= s->high;
        efficiency += e->low <= 1 / 1.35 && 1 / 1.35 <= e->high;
        rejected += analysis.models[MODEL_AMDAHL].rejected;
        sweep_analysis_release(&analysis);
    }
    print_message("# rounded to 0.01 s: s held in %u, E(8) in %u, model rejected in %u of %d\n", held,
                  efficiency, rejected, (int)SWEEPS);
    assert_true(held >= SWEEPS * 92 / 100 && efficiency >= SWEEPS * 92 / 100 && rejected <= SWEEPS * 5 / 100);
}

/* Rounded so coarsely that all repetitions agree: rounding is all that is known to be uncertain, and it counts. */
static void rounding_that_hides_all_noise_has_intervals(void **state)
{
    static const unsigned workers[] = {1, 2, 4, 8, 16};
    struct observation row[15];
    struct scaling_data data = {.observation = row, .count = 15};
    const struct interval *s;

    (void)state;
    for (unsigned i = 0; i < 15; i++) {
        unsigned n = workers[i / 3];
        row[i] = (struct observation){n, i % 3, round(50 * (0.03 + 0.97 / n)) / 1000};
    }
    analyse(&data);
    s = &analysis.models[MODEL_AMDAHL].shape[0];
    assert_true(s->low > 0 && s->low < 0.03 && s->high > 0.03 && s->high < 0.06);
    assert_non_null(strstr(s->method, "rounding"));
    assert_true(interval_has_bounds(&analysis.points[4].seconds));
    assert_non_null(strstr(analysis.choice, "cannot tell whether USL is needed: coherency may be 0"));
    sweep_analysis_release(&analysis);
}

/* Throughputs of 12 to 112, written down as whole numbers: most repetitions agree. */
static void the_resolution_of_throughputs_is_counted(void **state)
{
    enum { SWEEPS = 400 };
    struct random_stream random = {4};
    unsigned held = 0, efficiency = 0, rejected = 0, asked = 0;

    (void)state;
    for (int i = 0; i < SWEEPS; i++) {
        struct scaling_data data = {.observation = observation, .rates = true};
        double rate = 12 + random_uniform(&random);
        const struct interval *s, *e;
        for (unsigned k = 0; k < 20; k++) {
            unsigned n = 1U << (k % 5);
            double exact = rate * n / (1 + 0.05 * (n - 1)) * exp(0.003 * random_normal(&random));
            observation[data.count++] = (struct observation){n, k / 5, 1 / round(exact)};
        }
        analyse(&data);
        s = &analysis.models[MODEL_AMDAHL].shape[0];
        e = &analysis.points[4].efficiency;
        if (interval_has_bounds(e) && interval_has_bounds(s)) { /* not where less than five values are left */
            assert_true(fabs(analysis.facts.resolution - 1) < 1e-12);
            assert_non_null(strstr(analysis.facts.resolution_sentence, "throughputs are rounded to 1, "));
            asked++;
            held += s->low <= 0.05 && 0.05 <= s->high;
            efficiency += e->low <= 1 / 1.75 && 1 / 1.75 <= e->high;
        }
        rejected += analysis.models[MODEL_AMDAHL].rejected;
        sweep_analysis_release(&analysis);
    }
    print_message("# throughputs rounded to 1: s held in %u, E(16) in %u of %u, model rejected in %u of %d\n",
                  held, efficiency, asked, rejected, (int)SWEEPS);
    assert_true(asked > SWEEPS * 9 / 10 && held >= asked * 92 / 100 && efficiency >= asked * 92 / 100 &&
                rejected <= SWEEPS * 5 / 100);
}

/* Times that are computed, or copied: no repetition says anything, and nothing is beyond doubt. */
static void repetitions_that_agree_prove_nothing(void **state)
{
    struct observation row[32];
    struct scaling_data data = {.observation = row, .count = 0};

    (void)state;
    for (unsigned n = 1; n <= 8; n++)
        for (unsigned repeat = 0; repeat < 4; repeat++)
            row[data.count++] = (struct observation){
                n, repeat, 10 * (1 + 0.05 * (n - 1) + 0.001 * n * (n - 1)) / n * (1 + 1e-5 * (n % 3))};
    analyse(&data);
    assert_null(strstr(analysis.choice, "beyond doubt"));
    assert_int_equal(model_coherency(analysis.models).verdict, NEED_UNDECIDED);
    assert_int_equal(analysis.knee.workers, 0);
    sweep_analysis_release(&analysis);
    data.count = 12; /* three worker counts leave AICc of the means without a value */
    analyse(&data);
    assert_true(isnan(analysis.models[MODEL_USL].aicc));
    assert_true(analysis.models[MODEL_AMDAHL].chosen);
    sweep_analysis_release(&analysis);
}

static void times_with_all_their_digits_have_no_resolution(void **state)
{
    struct random_stream random = {3};
    struct scaling_data data = make(&random, 0.01, 0.01, 0);

    (void)state;
    analyse(&data);
    assert_true(analysis.facts.resolution == 0);
    assert_true(analysis.facts.resolution_sentence[0] == 0);
    sweep_analysis_release(&analysis);
    data = make(&random, 0.02, 0.02, 0.001); /* found, and too fine to matter */
    analyse(&data);
    assert_true(fabs(analysis.facts.resolution - 0.001) < 1e-12);
    assert_true(analysis.facts.resolution_sentence[0] == 0);
    sweep_analysis_release(&analysis);
}

static void noise_that_grows_is_found_and_equal_noise_is_not(void **state)
{
    enum { SWEEPS = 200 };
    struct random_stream random = {4};
    unsigned said = 0, alarms = 0;

    (void)state;
    for (int i = 0; i < SWEEPS; i++) {
        struct scaling_data data = make(&random, 0.005, 0.05, 0);
        analyse(&data);
        said += analysis.facts.noise_sentence[0] != 0;
        sweep_analysis_release(&analysis);
        data = make(&random, 0.02, 0.02, 0);
        analyse(&data);
        alarms += analysis.facts.noise_sentence[0] != 0;
        sweep_analysis_release(&analysis);
    }
    print_message("# tenfold growth of noise said in %u, equal noise called unequal in %u of %d\n", said,
                  alarms, (int)SWEEPS);
    assert_true(said >= SWEEPS * 35 / 100); /* at 1%; the intervals allow for it in nine of ten */
    assert_true(alarms <= SWEEPS * 3 / 100);
}

static void a_hiccup_is_named_and_kept_out_unless_asked(void **state)
{
    struct random_stream random = {5};
    struct scaling_data data = make(&random, 0.01, 0.01, 0);

    (void)state;
    observation[19].seconds *= 4;
    analyse(&data);
    assert_int_equal(analysis.hiccup_count, 1);
    assert_int_equal(analysis.hiccups[0].observation, 19);
    assert_non_null(strstr(analysis.hiccups[0].reason, "at 4 workers of block 2"));
    assert_int_equal(analysis.used_count, data.count - 1);
    sweep_analysis_release(&analysis);
    assert_int_equal(
        sweep_analyse(&data,
                      &(struct sweep_analysis_options){.level = 0.95, .delta = 0.05, .keep_hiccups = true},
                      &analysis),
        0);
    assert_int_equal(analysis.hiccup_count, 1);
    assert_int_equal(analysis.used_count, data.count);
    sweep_analysis_release(&analysis);
}

static void sound_sweeps_have_no_hiccups(void **state)
{
    struct random_stream random = {6};
    size_t found = 0;

    (void)state;
    for (int i = 0; i < 300; i++) {
        struct scaling_data data = make(&random, 0.05, 0.05, 0);
        analyse(&data);
        found += analysis.hiccup_count;
        sweep_analysis_release(&analysis);
    }
    assert_int_equal(found, 0);
}

static void blocks_of_one_n_each_are_said(void **state)
{
    struct scaling_data data = read_table("repeat-running", observation);

    (void)state;
    analyse(&data);
    assert_true(analysis.facts.unpaired);
    assert_false(analysis.paired);
    assert_true(interval_has_bounds(&analysis.points[3].efficiency));
    sweep_analysis_release(&analysis);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_in_the_order_of_n_are_said),
        cmocka_unit_test(the_resolution_is_found_and_counted),
        cmocka_unit_test(the_resolution_of_throughputs_is_counted),
        cmocka_unit_test(rounding_that_hides_all_noise_has_intervals),
        cmocka_unit_test(repetitions_that_agree_prove_nothing),
        cmocka_unit_test(times_with_all_their_digits_have_no_resolution),
        cmocka_unit_test(noise_that_grows_is_found_and_equal_noise_is_not),
        cmocka_unit_test(a_hiccup_is_named_and_kept_out_unless_asked),
        cmocka_unit_test(sound_sweeps_have_no_hiccups),
        cmocka_unit_test(blocks_of_one_n_each_are_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
