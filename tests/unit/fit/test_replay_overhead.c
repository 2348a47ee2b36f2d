/* The overhead of a replayed pool: run-queue delays over core time, of the most workers and of trials that count. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/fit/replay_overhead.h"

static void add_trial(struct study_data *study, unsigned cell, enum trial_status status, double wall_s,
                      double queued_s, unsigned workers)
{
    struct data_trial trial = {.cell = cell, .status = status, .wall_s = wall_s};

    g_array_append_val(study->trials, trial);
    for (unsigned i = 0; i < workers; i++) {
        struct data_worker worker = {
            .trial = study->trials->len - 1, .slot = i, .instants = {.runqueue_s = queued_s}};
        g_array_append_val(study->workers, worker);
    }
}

static void begin(struct study_data *study)
{
    struct data_cell cells[] = {{.workers = 2}, {.workers = 4}};

    study_data_init(study);
    g_array_append_vals(study->cells, cells, 2);
    g_hash_table_insert(study->facts, g_strdup("real_cores"), g_strdup("2"));
}

static void most_workers_that_count(void **state)
{
    struct study_data study;
    struct replay_overhead overhead;
    char text[200];

    (void)state;
    begin(&study);
    add_trial(&study, 0, TRIAL_OK, 10, 9, 2);
    add_trial(&study, 1, TRIAL_OK, 5, 0.01, 4);
    add_trial(&study, 1, TRIAL_OK, 5, 0.03, 4);
    add_trial(&study, 1, TRIAL_VOID, 5, 3, 4);
    overhead = replay_overhead_of(&study);
    assert_int_equal(overhead.workers, 4);
    assert_int_equal(overhead.real_cores, 2);
    assert_true(fabs(overhead.share - 0.16 / 40) < 1e-12);
    assert_string_equal(replay_overhead_words(&overhead, text, sizeof text),
                        "with 4 workers on 2 real cores, 0.4% of their time was waiting for a real core");
    study_data_release(&study);
}

static void unknown_delays_are_unknown(void **state)
{
    struct study_data study;
    struct replay_overhead overhead;
    char text[200];

    (void)state;
    begin(&study);
    overhead = replay_overhead_of(&study);
    assert_true(isnan(overhead.share));
    add_trial(&study, 1, TRIAL_OK, 5, 0.01, 3);
    add_trial(&study, 1, TRIAL_OK, 5, NAN, 1);
    overhead = replay_overhead_of(&study);
    assert_true(isnan(overhead.share));
    assert_string_equal(replay_overhead_words(&overhead, text, sizeof text), "");
    study_data_release(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_workers_that_count),
        cmocka_unit_test(unknown_delays_are_unknown),
    };

    return cmocka_run_group_tests_name("replay overhead", tests, NULL, NULL);
}
