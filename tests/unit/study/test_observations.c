/* Which trials become observations, and with which time; pure, on a study made in memory. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/study/observations.h"

/* Cells 0 and 1: the curve with one and two workers. 2: another chunk with two workers. 3: a second cell with the role
 * of cell 1. */
static struct study_data make(bool weak)
{
    static const struct {
        const char *role;
        unsigned workers;
    } cells[] = {{"scaling", 1}, {"scaling", 2}, {"chunk", 2}, {"scaling", 2}};
    static const struct {
        unsigned cell, block;
        enum trial_status status;
        double wall_s;
    } trials[] = {{0, 0, TRIAL_OK, 8},     {1, 0, TRIAL_OK, 5},   {2, 0, TRIAL_OK, 6},
                  {3, 0, TRIAL_OK, 7},     {0, 1, TRIAL_OK, 9},   {1, 1, TRIAL_VOID, 5},
                  {1, 1, TRIAL_FAILED, 5}, {1, 1, TRIAL_OK, NAN}, {1, 2, TRIAL_OK, 4}};
    struct study_data study;

    study_data_init(&study);
    study.paired = true;
    study.cores = 3;
    g_hash_table_replace(study.facts, g_strdup("scaling"), g_strdup(weak ? "weak" : "strong"));
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        struct data_cell cell = {.id = (int64_t)i + 1, .workers = cells[i].workers};
        cell.role = g_strdup(cells[i].role);
        g_array_append_val(study.cells, cell);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(trials); i++) {
        struct data_trial trial = {.id = (int64_t)i,
                                   .cell = trials[i].cell,
                                   .block = trials[i].block,
                                   .status = trials[i].status,
                                   .wall_s = trials[i].wall_s,
                                   .maxrss_mib = i == 0 ? 50 : NAN};
        g_array_append_val(study.trials, trial);
    }
    return study;
}

static void assert_observation(const struct observation *found, unsigned workers, unsigned block,
                               double seconds)
{
    assert_int_equal(found->workers, workers);
    assert_int_equal(found->block, block);
    assert_true(found->seconds == seconds);
}

static void the_curve_takes_trials_that_count_of_its_cells(void **state)
{
    struct study_data study = make(false);
    struct observation *observations;
    struct scaling_data data = observations_of_curve(&study, UINT_MAX, &observations);

    (void)state;
    assert_ptr_equal(data.observation, observations);
    assert_true(data.paired && !data.weak);
    assert_int_equal(data.cores, 3);
    assert_int_equal(data.count, 4);
    assert_observation(&observations[0], 1, 0, 8);
    assert_observation(&observations[1], 2, 0, 5);
    assert_observation(&observations[2], 1, 1, 9);
    assert_observation(&observations[3], 2, 2, 4);
    g_free(observations);
    data = observations_of_curve(&study, 1, &observations);
    assert_int_equal(data.count, 2);
    g_free(observations);
    study_data_release(&study);
}

static void weak_scaling_takes_times_for_the_work_of_one_worker(void **state)
{
    struct study_data study = make(true);
    struct observation *observations;
    struct scaling_data data = observations_of_curve(&study, UINT_MAX, &observations);
    size_t count;

    (void)state;
    assert_true(data.weak);
    assert_observation(&observations[1], 2, 0, 2.5);
    g_free(observations);
    observations = observations_of_wall(&study, 2, true, &count);
    assert_int_equal(count, 1);
    assert_observation(observations, 2, 0, 3);
    g_free(observations);
    observations = observations_of_wall(&study, 2, false, &count);
    assert_observation(observations, 2, 0, 6);
    g_free(observations);
    study_data_release(&study);
}

static void a_number_that_was_not_measured_is_no_observation(void **state)
{
    struct study_data study = make(false);
    size_t count;
    struct observation *memory =
        observations_of_cell(&study, 0, offsetof(struct data_trial, maxrss_mib), &count);

    (void)state;
    assert_int_equal(count, 1);
    assert_observation(memory, 1, 0, 50);
    g_free(memory);
    memory = observations_of_cell(&study, 7, offsetof(struct data_trial, maxrss_mib), &count);
    assert_non_null(memory);
    assert_int_equal(count, 0);
    g_free(memory);
    study_data_release(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_curve_takes_trials_that_count_of_its_cells),
        cmocka_unit_test(weak_scaling_takes_times_for_the_work_of_one_worker),
        cmocka_unit_test(a_number_that_was_not_measured_is_no_observation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
