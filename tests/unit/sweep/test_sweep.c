/* The loop of a study with a subject that runs nothing: order, repeats, resuming at every point, the budget.
 */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "harness/study/study_read.h"
#include "harness/sweep/sweep.h"
#include "harness/sweep/sweep_interim.h"
#include "tests/unit/trial/trial_fixture.h"

enum { CELLS = 4, BLOCKS = 3, ITEMS = 4, CALLS_MOST = 100 };

/* The script of what happens at each call, counted from 0. */
struct script {
    int calls;
    int stop_at;           /* call that is interrupted; -1 none */
    int fail_at;           /* call that cannot even be started; -1 none */
    uint32_t void_workers; /* trials with this many workers are void ... */
    int void_times;        /* ... this often */
    int disturbed_from;    /* all calls from this one on are disturbed; -1 none */
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
    if (script->disturbed_from >= 0 && call >= script->disturbed_from)
        outcome->after.steal_ns = 60000000;
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
    if (subject)
        subject->has_chunk = subject->has_policy = true;
    *sweep = (struct sweep){.study = study,
                            .subject = subject,
                            .costs = {.trial_fixed_ns = 100},
                            .seed = 1,
                            .budget_ns = budget_ns,
                            .pins = pins};
    sweep->plan.cells[0] = (struct plan_cell){PLAN_SERIAL, 1, 0, POLICY_STATIC, {0}, 0};
    for (uint32_t n = 1; n < CELLS; n++)
        sweep->plan.cells[n] = (struct plan_cell){PLAN_SCALING, n, 1, POLICY_DYNAMIC, {0}, 0};
    sweep->plan.cell_count = CELLS;
    sweep->plan.cores = 2;
    sweep->plan.items = ITEMS;
    sweep->plan.blocks = BLOCKS;
    sweep->plan.block_ns = 100 * CELLS;
}

static char notes[4000];

static void keep_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void keep_note(const char *format, ...)
{
    size_t used = strlen(notes);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(notes + used, sizeof notes - used, format, arguments);
    va_end(arguments);
}

/* One life of a sweep over the study in the folder. Returns how it ended. */
static enum sweep_state live_by(enum noise_policy policy, struct script *script, double budget_ns,
                                struct sweep *kept, struct fault *fault)
{
    struct scripted scripted = {.subject = {.kind = &scripted_kind}, .script = script};
    static struct sweep sweep;
    struct study study;
    enum sweep_state state;

    if (study_exists(folder) ? study_open_to_write(&study, folder, fault)
                             : study_create(&study, folder, false, fault))
        fail_msg("%s", fault->text);
    fill(&sweep, &study, &scripted.subject, budget_ns);
    sweep.noise_policy = policy;
    scripted.subject.note = keep_note;
    if (sweep_prepare(&sweep, fault))
        fail_msg("%s", fault->text);
    state = sweep_go(&sweep, fault);
    if (kept)
        *kept = sweep;
    sweep_release(&sweep);
    study_close(&study);
    return state;
}

static enum sweep_state live(struct script *script, double budget_ns, struct sweep *kept, struct fault *fault)
{
    return live_by(NOISE_VOID, script, budget_ns, kept, fault);
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
    *script = (struct script){.stop_at = -1, .fail_at = -1, .disturbed_from = -1, .spent_ns = 100};
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

struct shown {
    double left_ns[CALLS_MOST], share[CALLS_MOST];
    int count;
};

static void keep_shown(void *context, double share, double left_ns, const char *text)
{
    struct shown *shown = context;

    assert_non_null(text);
    shown->share[shown->count] = share;
    shown->left_ns[shown->count++] = left_ns;
}

/* Trials that take ten times as long as predicted, half of them void: the time left is never more than the budget
 * allows, nor less than the block that has been begun. */
static void the_time_left_keeps_to_the_budget(void **state)
{
    struct script script;
    struct fault fault = {0};
    struct shown shown = {.count = 0};
    struct scripted scripted = {.subject = {.kind = &scripted_kind}, .script = &script};
    struct sweep sweep;
    struct study study;
    double budget_ns = 20000;

    (void)state;
    new_script(&script);
    script.spent_ns = 1000;
    script.void_workers = 2;
    script.void_times = 2;
    assert_int_equal(study_create(&study, folder, false, &fault), 0);
    fill(&sweep, &study, &scripted.subject, budget_ns);
    sweep.progress = keep_shown;
    sweep.progress_context = &shown;
    assert_int_equal(sweep_prepare(&sweep, &fault), 0);
    sweep_go(&sweep, &fault);
    assert_true(shown.count > CELLS);
    assert_float_equal(shown.left_ns[0], 100 * CELLS * BLOCKS, 1); /* as predicted */
    assert_float_equal(shown.share[0], 0, 0);
    for (int i = 1; i < shown.count; i++) {
        assert_true(shown.left_ns[i] <= fmax(budget_ns - 1000 * i, 1000 * CELLS));
        assert_true(shown.left_ns[i] >= 1000 && shown.share[i] <= 1);
    }
    /* At the pace of the first, which was void: three tries for each of twelve, more than the budget has. */
    assert_float_equal(shown.left_ns[1], budget_ns - 1000, 1);
    sweep_release(&sweep);
    study_close(&study);
}

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

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(every_block_visits_every_cell_once_in_its_own_order),
        IN_A_FOLDER(a_sweep_interrupted_anywhere_goes_on_and_ends_the_same),
        IN_A_FOLDER(a_void_trial_is_kept_and_repeated_at_the_end_of_its_block),
        IN_A_FOLDER(repeats_have_an_end),
        IN_A_FOLDER(repeats_are_counted_over_an_interruption),
        IN_A_FOLDER(the_time_left_keeps_to_the_budget),
        IN_A_FOLDER(disturbed_trials_are_not_repeated_where_they_count),
        IN_A_FOLDER(disturbed_trials_next_to_antagonists_never_count),
        IN_A_FOLDER(other_bytes_fail_are_reported_and_not_repeated),
        IN_A_FOLDER(a_run_that_cannot_start_ends_the_sweep_with_its_reason),
        IN_A_FOLDER(a_slow_pace_drops_whole_blocks_from_the_end),
        IN_A_FOLDER(a_block_far_slower_than_predicted_is_broken_off),
        IN_A_FOLDER(repeats_do_not_exceed_the_budget),
        IN_A_FOLDER(after_each_block_it_is_said_what_is_known),
        IN_A_FOLDER(trials_of_another_plan_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
