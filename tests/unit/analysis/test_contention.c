/* Sensitivity, pressure and their sum: data made of known curves, by hand, and data that say nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "analysis/prediction/contention.h"

#define GB  1e9
#define MIB 1048576.0

static const struct contention_machine here = {1, 1, 0};

enum { BLOCKS = 5, STEPS = 7 };
static const struct {
    enum contention_resource resource;
    double step;
} steps[STEPS] = {{CONTENTION_TRAFFIC, 0},         {CONTENTION_TRAFFIC, 1 * GB},
                  {CONTENTION_TRAFFIC, 4 * GB},    {CONTENTION_TRAFFIC, 12 * GB},
                  {CONTENTION_FOOTPRINT, 4 * MIB}, {CONTENTION_FOOTPRINT, 16 * MIB},
                  {CONTENTION_FOOTPRINT, 32 * MIB}};

/* Excess of each program for 1 GB/s, and for 1 MiB. */
static const double slopes[CONTENTION_PROGRAMS][CONTENTION_RESOURCES] = {
    {0.010, 0.001}, {0.020, 0.0005}, {0.002, 0.010}};
static const double base = 0.005;

static struct contention_reading readings[BLOCKS * STEPS];
static struct contention_pressure pressures[BLOCKS * CONTENTION_RESOURCES];
static struct contention_data data;

static double true_excess(int program, double traffic, double footprint)
{
    return base + slopes[program][0] * traffic / GB + slopes[program][1] * footprint / MIB;
}

/* Items that press like traffic and footprint; noise alternates its sign from block to block. */
static void make_data(double traffic, double footprint, double noise)
{
    for (unsigned b = 0; b < BLOCKS; b++) {
        double off = 1 + (b % 2 ? noise : -noise) * (b + 1);
        for (unsigned s = 0; s < STEPS; s++) {
            struct contention_reading *reading = &readings[b * STEPS + s];
            bool is_traffic = steps[s].resource == CONTENTION_TRAFFIC;
            *reading =
                (struct contention_reading){.block = b, .resource = steps[s].resource, .step = steps[s].step};
            for (int p = 0; p < CONTENTION_PROGRAMS; p++)
                reading->slower[p] = off * (1 + true_excess(p, is_traffic ? steps[s].step : 0,
                                                            is_traffic ? 0 : steps[s].step));
        }
        for (int r = 0; r < CONTENTION_RESOURCES; r++)
            pressures[b * CONTENTION_RESOURCES + (unsigned)r] =
                (struct contention_pressure){b, (enum contention_resource)r,
                                             1 + true_excess(CONTENTION_REPORTERS + r, traffic, footprint)};
    }
    data = (struct contention_data){readings, BLOCKS * STEPS, pressures, BLOCKS * CONTENTION_RESOURCES, NAN};
}

static void assert_near(const char *what, double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%s: found %.9g, wanted %.9g", what, found, wanted);
}

static void pressures_are_found_again(void **state)
{
    static const struct {
        double traffic, footprint;
    } cases[] = {{2 * GB, 8 * MIB}, {0.5 * GB, 1 * MIB}, {10 * GB, 30 * MIB}, {0, 0}, {0, 20 * MIB}};
    struct contention_model model;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make_data(cases[i].traffic, cases[i].footprint, 0);
        assert_int_equal(contention_fit(&data, -1, &model), 0);
        assert_near("traffic", model.pressure[CONTENTION_TRAFFIC], cases[i].traffic, 0.05 * GB);
        assert_near("footprint", model.pressure[CONTENTION_FOOTPRINT], cases[i].footprint, 0.2 * MIB);
        assert_near("two workers", contention_excess(&model, &here, 2, false),
                    true_excess(0, cases[i].traffic, cases[i].footprint), 1e-3);
        assert_false(model.beyond);
    }
}

static void more_workers_add_their_pressure(void **state)
{
    struct contention_model model;
    struct contention_machine other = {.traffic = 2, .footprint = 4, .sharing = 8};

    (void)state;
    make_data(2 * GB, 4 * MIB, 0);
    assert_int_equal(contention_fit(&data, -1, &model), 0);
    assert_near("one worker", contention_excess(&model, &here, 1, false), 0, 0);
    assert_near("five", contention_excess(&model, &here, 5, false), true_excess(0, 8 * GB, 16 * MIB), 2e-3);
    /* 30 GB/s is beyond 12: on along the slope, or flat; the cache is full at 32 MiB */
    assert_near("sixteen", contention_excess(&model, &here, 16, false), true_excess(0, 30 * GB, 32 * MIB),
                5e-3);
    assert_near("flat", contention_excess(&model, &here, 16, true), true_excess(0, 12 * GB, 32 * MIB), 5e-3);
    /* twice the channels, four times the cache, groups of eight: 15 GB/s; 7 others of 1 MiB each */
    assert_near("elsewhere", contention_excess(&model, &other, 16, false), true_excess(0, 15 * GB, 7 * MIB),
                5e-3);
    /* 12 workers fill a group of 8 and one of 4: (8 * 7 + 4 * 3) / 12 others in a worker's own */
    assert_near("groups", contention_excess(&model, &other, 12, false),
                true_excess(0, 11 * GB, 68.0 / 12 * MIB), 5e-3);
}

static void counted_traffic_is_taken(void **state)
{
    struct contention_model model;

    (void)state;
    make_data(2 * GB, 8 * MIB, 0);
    data.traffic = 3 * GB;
    assert_int_equal(contention_fit(&data, -1, &model), 0);
    assert_near("traffic", model.pressure[CONTENTION_TRAFFIC], 3 * GB, 1);
}

static void the_interval_holds_the_truth_and_grows_with_noise(void **state)
{
    struct contention_fits fits;
    struct interval quiet, loud;
    double wanted = true_excess(0, 2 * GB, 8 * MIB);

    (void)state;
    make_data(2 * GB, 8 * MIB, 0.0001);
    assert_int_equal(contention_fit_blocks(&data, &fits), 0);
    assert_int_equal(fits.blocks, BLOCKS);
    quiet = contention_interval(&fits, &here, 2, 0.95);
    make_data(2 * GB, 8 * MIB, 0.002);
    assert_int_equal(contention_fit_blocks(&data, &fits), 0);
    loud = contention_interval(&fits, &here, 2, 0.95);
    assert_true(interval_has_bounds(&quiet) && interval_has_bounds(&loud));
    if (!(loud.low < wanted && loud.high > wanted))
        fail_msg("%g is not in %g to %g", wanted, loud.low, loud.high);
    assert_true(loud.high - loud.low > 5 * (quiet.high - quiet.low));
    assert_near("one", contention_interval(&fits, &here, 1, 0.95).value, 0, 0);
    /* beyond the largest step the lower bound is that of a curve which stays flat */
    loud = contention_interval(&fits, &here, 16, 0.95);
    assert_true(loud.low < true_excess(0, 12 * GB, 32 * MIB));
}

static void falling_readings_become_a_monotone_curve(void **state)
{
    static const double slower[] = {1.00, 1.04, 1.02, 1.025}; /* of items, with 0, 1, 4, 12 GB/s */
    struct contention_model model;
    const struct contention_curve *curve = &model.curve[CONTENTION_ITEMS][CONTENTION_TRAFFIC];

    (void)state;
    make_data(0, 0, 0);
    for (unsigned b = 0; b < BLOCKS; b++)
        for (unsigned s = 0; s < 4; s++)
            readings[b * STEPS + s].slower[0] = slower[s];
    assert_int_equal(contention_fit(&data, -1, &model), 0);
    assert_int_equal(curve->count, 4);
    for (size_t i = 1; i < curve->count; i++) /* all three are pooled: their mean */
        assert_near("pooled", log(1 + curve->excess[i]), (log(1.04) + log(1.02) + log(1.025)) / 3, 1e-12);
    assert_near("between", contention_curve_at(curve, 0.5 * GB, false), curve->excess[1] / 2, 1e-12);
    assert_near("below", contention_curve_at(curve, -1, false), 0, 1e-12);
}

static void a_step_that_makes_faster_counts_as_none(void **state)
{
    struct contention_model model;

    (void)state;
    make_data(2 * GB, 8 * MIB, 0);
    for (size_t i = 0; i < data.reading_count; i++)
        readings[i].slower[0] = 0.97;
    assert_int_equal(contention_fit(&data, -1, &model), 0);
    assert_near("excess", contention_excess(&model, &here, 16, false), 0, 0);
}

static void a_pressure_beyond_the_steps_is_said(void **state)
{
    struct contention_model model;

    (void)state;
    make_data(40 * GB, 32 * MIB, 0);
    assert_int_equal(contention_fit(&data, -1, &model), 0);
    assert_true(model.beyond);
}

static void data_that_say_nothing_are_refused(void **state)
{
    struct contention_model model;
    struct contention_fits fits;
    struct interval interval;

    (void)state;
    make_data(2 * GB, 8 * MIB, 0);
    data.pressure_count = 0;
    assert_int_equal(contention_fit(&data, -1, &model), -1);
    make_data(2 * GB, 8 * MIB, 0);
    for (size_t i = 0; i < data.reading_count; i++)
        readings[i].slower[0] = NAN;
    assert_int_equal(contention_fit(&data, -1, &model), -1);
    make_data(2 * GB, 8 * MIB, 0);
    data.reading_count = 0;
    assert_int_equal(contention_fit_blocks(&data, &fits), -1);
    /* one block: no spread. One reporter: the other resource is not needed */
    make_data(2 * GB, 0, 0);
    data.reading_count = STEPS;
    data.pressure_count = 1;
    assert_int_equal(contention_fit_blocks(&data, &fits), 0);
    interval = contention_interval(&fits, &here, 2, 0.95);
    assert_true(interval_has_value(&interval) && !interval_has_bounds(&interval));
    assert_non_null(strstr(interval.reason, "one block"));
    /* infinite and negative readings are left out */
    make_data(2 * GB, 8 * MIB, 0);
    readings[0].slower[0] = INFINITY;
    readings[1].slower[0] = -1;
    readings[2].step = NAN;
    assert_int_equal(contention_fit(&data, -1, &model), 0);
    assert_true(isfinite(contention_excess(&model, &here, 2, false)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pressures_are_found_again),
        cmocka_unit_test(more_workers_add_their_pressure),
        cmocka_unit_test(counted_traffic_is_taken),
        cmocka_unit_test(the_interval_holds_the_truth_and_grows_with_noise),
        cmocka_unit_test(falling_readings_become_a_monotone_curve),
        cmocka_unit_test(a_step_that_makes_faster_counts_as_none),
        cmocka_unit_test(a_pressure_beyond_the_steps_is_said),
        cmocka_unit_test(data_that_say_nothing_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
