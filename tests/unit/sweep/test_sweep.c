/* The loop of a study with a subject that runs nothing: order, repeats, resuming at every point.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/sweep/sweep_interim.h"
#include "tests/unit/sweep/sweep_script.h"

static void every_block_visits_every_cell_once_in_its_own_order(void **state)
{
    struct script script;
    struct sweep sweep;
    struct fault fault = {0};
    uint32_t order[CELLS];

    (void)state;
    new_script(&script);
    assert_int_equal(live(&script, 1e9, &sweep, &fault), SWEEP_COMPLETE);
    assert_int_equal(script.calls, CELLS * BLOCKS);
    assert_int_equal(sweep.blocks_run, BLOCKS);
    assert_int_equal(sweep.spent_ns, 100 * CELLS * BLOCKS);
    assert_complete("whole");
    for (uint32_t block = 0; block < BLOCKS; block++) {
        plan_order(CELLS, 1, block, order);
        for (uint32_t i = 0; i < CELLS; i++)
            assert_int_equal(script.called[block * CELLS + i], order[i] ? '0' + order[i] : 's');
    }
}

static void a_sweep_interrupted_anywhere_goes_on_and_ends_the_same(void **state)
{
    char whole[CALLS_MOST], both[CALLS_MOST];
    struct script script;
    struct fault fault = {0};

    new_script(&script);
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_COMPLETE);
    memcpy(whole, script.called, sizeof whole);
    for (int at = 0; at < CELLS * BLOCKS; at++) {
        struct sweep sweep;
        assert_int_equal(remove_folder(state), 0);
        assert_int_equal(make_folder(state), 0);
        new_script(&script);
        script.stop_at = at;
        assert_int_equal(live(&script, 1e9, &sweep, &fault), SWEEP_INTERRUPTED);
        assert_int_equal(sweep.stopped_by, SIGINT);
        assert_int_equal(script.calls, at + 1);
        assert_int_equal(count("ok", -1, -1), at);
        memset(both, 0, sizeof both);
        memcpy(both, script.called, (size_t)at); /* without the one that was broken off */
        new_script(&script);
        assert_int_equal(live(&script, 1e9, &sweep, &fault), SWEEP_COMPLETE);
        memcpy(both + at, script.called, (size_t)script.calls);
        assert_complete("resumed");
        if (memcmp(both, whole, sizeof whole) != 0)
            fail_msg("interrupted at %d: order %s instead of %s", at, both, whole);
        assert_int_equal(sweep.spent_ns, 100 * CELLS * BLOCKS); /* the time of both parts counts */
        new_script(&script);
        assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_COMPLETE);
        assert_int_equal(script.calls, 0); /* nothing is left */
    }
}

static void a_void_trial_is_kept_and_repeated_at_the_end_of_its_block(void **state)
{
    struct script script;
    struct fault fault = {0};

    (void)state;
    new_script(&script);
    script.void_workers = 2;
    script.void_times = 2;
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_COMPLETE);
    assert_int_equal(script.calls, CELLS * BLOCKS + 2);
    assert_int_equal(script.called[CELLS], '2');
    assert_int_equal(script.called[CELLS + 1], '2');
    assert_int_equal(count("void", 3, 0), 2);
    assert_int_equal(count("void", -1, -1), 2);
    assert_complete("repeated");
}

static void repeats_have_an_end(void **state)
{
    struct script script;
    struct fault fault = {0};

    (void)state;
    new_script(&script);
    script.void_workers = 2;
    script.void_times = 1000;
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_COMPLETE);
    for (int block = 0; block < BLOCKS; block++) {
        assert_int_equal(count("void", 3, block), 1 + SWEEP_REPEATS);
        assert_int_equal(count("ok", 3, block), 0);
    }
    new_script(&script);
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_COMPLETE);
    assert_int_equal(script.calls, 0);
}

/* Interrupted while repeating, it continues with the remaining repeats, not with three new ones. */
static void repeats_are_counted_over_an_interruption(void **state)
{
    struct script script;
    struct fault fault = {0};

    (void)state;
    new_script(&script);
    script.void_workers = 2;
    script.void_times = 1000;
    script.stop_at = CELLS + 1; /* the second repeat of block 0 */
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_INTERRUPTED);
    assert_int_equal(count("void", 3, 0), 2);
    new_script(&script);
    script.void_workers = 2;
    script.void_times = 1;
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_COMPLETE);
    assert_int_equal(script.called[0], '2');
    assert_int_equal(count("void", 3, 0), 1 + SWEEP_REPEATS);
    assert_int_equal(count("ok", 3, 0), 0);
    assert_int_equal(count("ok", 3, 1), 1);
}

static void other_bytes_fail_are_reported_and_not_repeated(void **state)
{
    struct script script;
    struct study study;
    struct fault fault = {0};
    sqlite3_stmt *statement;

    (void)state;
    new_script(&script);
    script.odd_workers = 3;
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_COMPLETE);
    assert_int_equal(script.calls, CELLS * BLOCKS);
    assert_int_equal(count("failed", 4, -1), BLOCKS);
    assert_int_equal(count("ok", -1, -1), (CELLS - 1) * BLOCKS);
    assert_int_equal(study_open_to_read(&study, folder, &fault), 0);
    assert_int_equal(sqlite3_prepare_v2(study.db,
                                        "SELECT text FROM event WHERE kind = 'failed' ORDER BY trial", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    if (!strstr(text, "3 workers, chunk 1, dynamic, block 1: bytes differ"))
        fail_msg("%s", text);
    sqlite3_finalize(statement);
    study_close(&study);
}

static void a_run_that_cannot_start_ends_the_sweep_with_its_reason(void **state)
{
    struct script script;
    struct fault fault = {0};

    (void)state;
    new_script(&script);
    script.fail_at = 5;
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_ERROR);
    assert_string_equal(fault.text, "no more processes");
    assert_int_equal(count("ok", -1, -1), 5);
    new_script(&script);
    assert_int_equal(live(&script, 1e9, NULL, &fault), SWEEP_COMPLETE);
    assert_complete("after the fault");
}

static void trials_of_another_plan_are_refused(void **state)
{
    struct study_trial_rows record = {
        .trial = {.id = STUDY_UNKNOWN, .cell = CELLS + 1, .block = 0, .status = "ok"}};
    static struct sweep sweep;
    struct study study;
    struct fault fault = {0};

    (void)state;
    assert_int_equal(study_create(&study, folder, false, &fault), 0);
    assert_int_equal(study_append(&study, &record, 0, NULL, NULL, NULL, &fault), 0);
    fill(&sweep, &study, NULL, 1e9);
    assert_int_equal(sweep_prepare(&sweep, &fault), -1);
    assert_non_null(strstr(fault.text, "--restart"));
    sweep_release(&sweep);
    study_close(&study);
}

struct looks {
    char text[BLOCKS][256];
    uint32_t count;
};

static void keep_look(void *context, uint32_t block, const char *text)
{
    struct looks *looks = context;

    assert_int_equal(block, looks->count);
    assert_true(looks->count < BLOCKS);
    snprintf(looks->text[looks->count++], sizeof looks->text[0], "%s", text);
}

/* The trials of the script take 200 ns whatever the workers: E(2) is 0.5. Equal times have no interval. */
static void after_each_block_it_is_said_what_is_known(void **state)
{
    struct script script;
    struct fault fault = {0};
    struct looks looks = {.count = 0};
    struct scripted scripted = {.subject = {.kind = &scripted_kind}, .script = &script};
    struct sweep sweep;
    struct study study;
    struct study_data data;
    char text[256];

    (void)state;
    new_script(&script);
    assert_int_equal(study_create(&study, folder, false, &fault), 0);
    for (int64_t c = 1; c <= CELLS; c++) {
        struct study_cell cell = {
            .id = c, .role = c == 1 ? "serial" : "scaling", .workers = c == 1 ? 1 : c - 1};
        assert_int_equal(study_add_cell(&study, &cell, &fault), 0);
    }
    fill(&sweep, &study, &scripted.subject, 1e9);
    sweep.interim = keep_look;
    sweep.progress_context = &looks;
    assert_int_equal(sweep_prepare(&sweep, &fault), 0);
    assert_int_equal(sweep_go(&sweep, &fault), SWEEP_COMPLETE);
    assert_int_equal(looks.count, BLOCKS);
    for (uint32_t b = 0; b < BLOCKS; b++)
        assert_string_equal(looks.text[b], "E(2) 0.500, its interval and the knee after the next block");
    assert_int_equal(
        sqlite3_exec(study.db,
                     "UPDATE trial SET wall_ns = (1000 + 10 * block) / CASE cell WHEN 3 THEN 1.25 ELSE 1 END;"
                     "UPDATE trial SET wall_ns = wall_ns + block WHERE cell = 3",
                     NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(study_load(&study, STUDY_TRIALS, &data, &fault), 0);
    assert_int_equal(sweep_interim_words(&data, &sweep.plan, 3, 0.05, text, sizeof text, &fault), 0);
    study_data_release(&data);
    if (!strstr(text, "E(2) 0.62") || !strstr(text, "knee so far: 2 workers (2 to 2)"))
        fail_msg("%s", text);
    sweep_release(&sweep);
    study_close(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(every_block_visits_every_cell_once_in_its_own_order),
        IN_A_FOLDER(a_sweep_interrupted_anywhere_goes_on_and_ends_the_same),
        IN_A_FOLDER(a_void_trial_is_kept_and_repeated_at_the_end_of_its_block),
        IN_A_FOLDER(repeats_have_an_end),
        IN_A_FOLDER(repeats_are_counted_over_an_interruption),
        IN_A_FOLDER(other_bytes_fail_are_reported_and_not_repeated),
        IN_A_FOLDER(a_run_that_cannot_start_ends_the_sweep_with_its_reason),
        IN_A_FOLDER(after_each_block_it_is_said_what_is_known),
        IN_A_FOLDER(trials_of_another_plan_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
