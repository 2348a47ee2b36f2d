/* Disturbed trials: by which policy they count, and whether they are repeated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/sweep/sweep.h"
#include "tests/unit/sweep/sweep_script.h"

/* As every reader of the study decides. */
static void assert_counted(enum noise_policy policy, bool counted, size_t number)
{
    struct study study;
    struct study_data data;
    struct fault fault = {0};

    assert_int_equal(study_open_to_write(&study, folder, &fault), 0);
    assert_int_equal(study_set(&study, "option_noise-policy", noise_policy_names[policy], &fault), 0);
    for (uint32_t c = 1; c <= CELLS; c++) {
        struct study_cell cell = {
            .id = c, .role = c == 1 ? "serial" : "scaling", .workers = c == 1 ? 1 : c - 1};
        assert_int_equal(study_add_cell(&study, &cell, &fault), 0);
    }
    assert_int_equal(study_load(&study, STUDY_TRIALS, &data, &fault), 0);
    if (data.noise.counted != counted)
        fail_msg("case %zu: counted %d by the reader", number, data.noise.counted);
    study_data_release(&data);
    study_close(&study);
}

/* All trials are disturbed. By weight they are as good as any, so that none is repeated; auto needs four to see it. */
static void disturbed_trials_are_not_repeated_where_they_count(void **state)
{
    static const struct {
        enum noise_policy policy;
        int from, calls, again; /* again: by a sweep that goes on */
        bool counted;
        const char *said;
    } cases[] = {
        {NOISE_AUTO, 0, CELLS * BLOCKS, 0, true, "disturbed trials count by weight"},
        {NOISE_WEIGH, 0, CELLS * BLOCKS, 0, true, "disturbed trials count by weight"},
        {NOISE_KEEP, 0, CELLS * BLOCKS, 0, true, "disturbed trials count in full"},
        /* the last trial of block 0 and its repeats, from where its cell has no others */
        {NOISE_AUTO, CELLS - 1, CELLS * BLOCKS + 2, 0, true, "where most are, they count by weight"},
        /* the last trial of all, and its repeats: its cell has others */
        {NOISE_AUTO, CELLS * BLOCKS - 1, CELLS * BLOCKS + 2, 0, false,
         "where most are, they count by weight"},
        /* block 0 and its repeats, up to the last of one worker, the second of its pass: from then on they count */
        {NOISE_VOID, 0, CELLS * 2 + 2 + CELLS * (BLOCKS - 1), 0, true, "one worker has no other trials"},
        /* blocks 1 and 2 with all repeats: every worker count has a trial that counts */
        {NOISE_VOID, CELLS, CELLS + CELLS * (1 + SWEEP_REPEATS), 0, false, "are repeated"},
    };
    struct fault fault = {0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script script;
        enum sweep_state end =
            i == 6 ? SWEEP_ALL_VOID : SWEEP_COMPLETE; /* block 2 would be no better than 1 */
        new_script(&script);
        script.disturbed_from = cases[i].from;
        notes[0] = '\0';
        if (live_by(cases[i].policy, &script, 1e9, NULL, &fault) != end || script.calls != cases[i].calls)
            fail_msg("case %zu: %d trials", i, script.calls);
        if (!strstr(notes, cases[i].said) || !strstr(notes, "3.0% of the CPU time away"))
            fail_msg("case %zu: %s", i, notes);
        assert_counted(cases[i].policy, cases[i].counted, i);
        new_script(&script);
        live_by(cases[i].policy, &script, 1e9, NULL, &fault);
        assert_int_equal(script.calls, cases[i].again);
        assert_int_equal(remove_folder(state), 0);
        assert_int_equal(make_folder(state), 0);
    }
}

/* They are void for every reader, and so for the sweep. */
static void disturbed_trials_next_to_antagonists_never_count(void **state)
{
    struct scripted scripted = {.subject = {.kind = &scripted_kind}};
    static struct sweep sweep;
    struct study study;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(study_create(&study, folder, false, &fault), 0);
    fill(&sweep, &study, &scripted.subject, 1e9);
    sweep.noise_policy = NOISE_AUTO;
    sweep.plan.cells[CELLS - 1].role = PLAN_ANTAGONIST;
    for (int i = 0; i < 2 * NOISE_LEAST; i++) {
        struct study_trial_rows rows = {
            .trial = {.id = STUDY_UNKNOWN, .cell = CELLS, .block = i / 3, .status = "void", .disturbed = 1}};
        assert_int_equal(study_append(&study, &rows, 0, NULL, NULL, NULL, &fault), 0);
    }
    assert_int_equal(sweep_prepare(&sweep, &fault), 0);
    assert_false(sweep_noise_counts(&sweep.noise));
    assert_false(sweep.slots[2 * CELLS + CELLS - 1].done); /* it is repeated once more */
    sweep_release(&sweep);
    study_close(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(disturbed_trials_are_not_repeated_where_they_count),
        IN_A_FOLDER(disturbed_trials_next_to_antagonists_never_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
