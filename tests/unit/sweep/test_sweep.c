/* The loop of a study with a subject that runs nothing: order, repeats, resuming at every point, the budget.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "harness/sweep/sweep.h"
#include "tests/unit/trial/trial_fixture.h"

enum { CELLS = 4, BLOCKS = 3, ITEMS = 4, CALLS_MOST = 100 };

/* The script of what happens at each call, counted from 0. */
struct script {
    int calls;
    int stop_at;           /* call that is interrupted; -1 none */
    int fail_at;           /* call that cannot even be started; -1 none */
    uint32_t void_workers; /* trials with this many workers are void ... */
    int void_times;        /* ... this often */
    uint32_t odd_workers;  /* trials with this many workers make other bytes */
    uint64_t spent_ns;
    char called[CALLS_MOST]; /* 's' or the digit of the workers */
};

static char folder[128];
static const char *const pins[CELLS] = {"0", "0", "0,1", "0,1,0"};

/* The subject of the script: it runs nothing, and judges as `knee run` is judged. */
struct scripted {
    struct subject subject;
    struct script *script;
};

static int run(struct subject *subject, const struct trial_request *request, struct trial_outcome *outcome,
               struct fault *fault)
{
    struct script *script = ((struct scripted *)subject)->script;
    int call = script->calls++;

    assert_true(call < CALLS_MOST);
    assert_string_equal(request->pin, pins[request->serial ? 0 : request->workers]);
    script->called[call] = request->serial ? 's' : (char)('0' + request->workers);
    if (call == script->fail_at)
        return fault_set(fault, "no more processes");
    *outcome = fixture_outcome(request->workers, ITEMS);
    outcome->spent_ns = script->spent_ns;
    if (call == script->stop_at)
        outcome->stopped_by = SIGINT;
    if (!request->serial && request->workers == script->void_workers && script->void_times > 0) {
        script->void_times--;
        outcome->after.steal_ns = 60000000;
    }
    if (!request->serial && request->workers == script->odd_workers)
        strcpy(outcome->table.header->result, "ffff");
    return 0;
}

static int judge(struct subject *subject, const struct trial_request *request,
                 const struct trial_outcome *outcome, struct trial_result *result, struct fault *fault)
{
    static const struct trial_expected expected = {.items = ITEMS, .manifest_sha256 = FIXTURE_MANIFEST};

    (void)subject;
    (void)request;
    return trial_judge(outcome, &expected, &fixture_names, result, fault);
}

static const struct subject_kind scripted_kind = {.run = run, .judge = judge};

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "%s/knee-sweep-XXXXXX", g_get_tmp_dir());
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"study.db", "study.db-wal", "study.db-shm"};
    char path[200];

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

/* Serial, and 1, 2 and 3 workers; every trial is predicted to take 100 ns, a block 400. */
static void fill(struct sweep *sweep, struct study *study, struct subject *subject, double budget_ns)
{
    *sweep = (struct sweep){.study = study,
                            .subject = subject,
                            .costs = {.trial_fixed_ns = 100},
                            .seed = 1,
                            .budget_ns = budget_ns,
                            .pins = pins};
    sweep->plan.cells[0] = (struct plan_cell){PLAN_SERIAL, 1, 0, POLICY_STATIC};
    for (uint32_t n = 1; n < CELLS; n++)
        sweep->plan.cells[n] = (struct plan_cell){PLAN_SCALING, n, 1, POLICY_DYNAMIC};
    sweep->plan.cell_count = CELLS;
    sweep->plan.cores = 2;
    sweep->plan.items = ITEMS;
    sweep->plan.blocks = BLOCKS;
    sweep->plan.block_ns = 100 * CELLS;
}

/* One life of a sweep over the study in the folder. Returns how it ended. */
static enum sweep_state live(struct script *script, double budget_ns, struct sweep *kept, struct fault *fault)
{
    struct scripted scripted = {.subject = {.kind = &scripted_kind}, .script = script};
    static struct sweep sweep;
    struct study study;
    enum sweep_state state;

    if (study_exists(folder) ? study_open_to_write(&study, folder, fault)
                             : study_create(&study, folder, false, fault))
        fail_msg("%s", fault->text);
    fill(&sweep, &study, &scripted.subject, budget_ns);
    if (sweep_prepare(&sweep, fault))
        fail_msg("%s", fault->text);
    state = sweep_go(&sweep, fault);
    if (kept)
        *kept = sweep;
    sweep_release(&sweep);
    study_close(&study);
    return state;
}

/* Trials of a status in a (cell, block); -1 for any. */
static int count(const char *status, int64_t cell, int64_t block)
{
    struct study study;
    struct fault fault = {0};
    struct study_trial *trials;
    size_t trial_count;
    int found = 0;

    assert_int_equal(study_open_to_read(&study, folder, &fault), 0);
    trials = study_read_trials(&study, &trial_count, &fault);
    assert_non_null(trials);
    for (size_t i = 0; i < trial_count; i++)
        found += strcmp(trials[i].status, status) == 0 && (cell < 0 || trials[i].cell == cell) &&
                 (block < 0 || trials[i].block == block);
    study_free_trials(trials, trial_count);
    study_close(&study);
    return found;
}

static void assert_complete(const char *when)
{
    for (int cell = 1; cell <= CELLS; cell++)
        for (int block = 0; block < BLOCKS; block++)
            if (count("ok", cell, block) != 1)
                fail_msg("%s: cell %d, block %d has %d trials that count", when, cell, block,
                         count("ok", cell, block));
}

static void new_script(struct script *script)
{
    *script = (struct script){.stop_at = -1, .fail_at = -1, .spent_ns = 100};
}

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

static void other_bytes_fail_are_told_and_not_repeated(void **state)
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

/* Budget 1300: three blocks of 400 fit as predicted. At twice the time two would take 1600, so one is done;
 * at 1.5 times two take exactly 1200. */
static void a_slow_pace_drops_whole_blocks_from_the_end(void **state)
{
    static const struct {
        uint64_t spent_ns;
        enum sweep_state state;
        uint32_t blocks;
    } cases[] = {
        {100, SWEEP_COMPLETE, 3}, {150, SWEEP_SHORT, 2}, {200, SWEEP_SHORT, 1}, {1, SWEEP_COMPLETE, 3}};
    struct fault fault = {0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct script script;
        struct sweep sweep;
        new_script(&script);
        script.spent_ns = cases[i].spent_ns;
        assert_int_equal(live(&script, 1300, &sweep, &fault), cases[i].state);
        assert_int_equal(sweep.blocks_run, cases[i].blocks);
        assert_int_equal(script.calls, CELLS * cases[i].blocks); /* whole ones */
        assert_int_equal(remove_folder(state), 0);
        assert_int_equal(make_folder(state), 0);
    }
}

/* Budget 400, trials of 300: after the third, 900 are spent, more than a block beyond the budget. */
static void a_block_far_slower_than_predicted_is_broken_off(void **state)
{
    struct script script;
    struct fault fault = {0};

    (void)state;
    new_script(&script);
    script.spent_ns = 300;
    assert_int_equal(live(&script, 400, NULL, &fault), SWEEP_SHORT);
    assert_int_equal(script.calls, 3);
}

/* Budget 1250: 50 are left after three blocks; no repeat of 100 fits. */
static void repeats_do_not_exceed_the_budget(void **state)
{
    struct script script;
    struct fault fault = {0};

    (void)state;
    new_script(&script);
    script.void_workers = 2;
    script.void_times = 1000;
    assert_int_equal(live(&script, 450, NULL, &fault), SWEEP_SHORT);
    assert_int_equal(script.calls, CELLS);
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

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(every_block_visits_every_cell_once_in_its_own_order),
        IN_A_FOLDER(a_sweep_interrupted_anywhere_goes_on_and_ends_the_same),
        IN_A_FOLDER(a_void_trial_is_kept_and_repeated_at_the_end_of_its_block),
        IN_A_FOLDER(repeats_have_an_end),
        IN_A_FOLDER(repeats_are_counted_over_an_interruption),
        IN_A_FOLDER(other_bytes_fail_are_told_and_not_repeated),
        IN_A_FOLDER(a_run_that_cannot_start_ends_the_sweep_with_its_reason),
        IN_A_FOLDER(a_slow_pace_drops_whole_blocks_from_the_end),
        IN_A_FOLDER(a_block_far_slower_than_predicted_is_broken_off),
        IN_A_FOLDER(repeats_do_not_exceed_the_budget),
        IN_A_FOLDER(trials_of_another_plan_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
