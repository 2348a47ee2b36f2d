/* sweep_script.h: a study in a folder of its own, and a subject that runs nothing but follows a script, for tests of
 * the sweep. */
#ifndef KNEE_SWEEP_SCRIPT_H
#define KNEE_SWEEP_SCRIPT_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "harness/study/study_read.h"
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

static inline int run(struct subject *subject, const struct trial_request *request,
                      struct trial_outcome *outcome, struct fault *fault)
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

static inline int judge(struct subject *subject, const struct trial_request *request,
                        const struct trial_outcome *outcome, struct trial_result *result, struct fault *fault)
{
    static const struct trial_expected expected = {.items = ITEMS, .manifest_sha256 = FIXTURE_MANIFEST};

    (void)subject;
    (void)request;
    return trial_judge(outcome, &expected, &fixture_names, result, fault);
}

static const struct subject_kind scripted_kind = {.run = run, .judge = judge};

static inline int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "%s/knee-sweep-XXXXXX", g_get_tmp_dir());
    return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state)
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
static inline void fill(struct sweep *sweep, struct study *study, struct subject *subject, double budget_ns)
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

static inline void keep_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void keep_note(const char *format, ...)
{
    size_t used = strlen(notes);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(notes + used, sizeof notes - used, format, arguments);
    va_end(arguments);
}

/* One life of a sweep over the study in the folder. Returns how it ended. */
static inline enum sweep_state live_by(enum noise_policy policy, struct script *script, double budget_ns,
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

static inline enum sweep_state live(struct script *script, double budget_ns, struct sweep *kept,
                                    struct fault *fault)
{
    return live_by(NOISE_VOID, script, budget_ns, kept, fault);
}

/* Trials of a status in a (cell, block); -1 for any. */
static inline int count(const char *status, int64_t cell, int64_t block)
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

static inline void assert_complete(const char *when)
{
    for (int cell = 1; cell <= CELLS; cell++)
        for (int block = 0; block < BLOCKS; block++)
            if (count("ok", cell, block) != 1)
                fail_msg("%s: cell %d, block %d has %d trials that count", when, cell, block,
                         count("ok", cell, block));
}

static inline void new_script(struct script *script)
{
    *script = (struct script){.stop_at = -1, .fail_at = -1, .disturbed_from = -1, .spent_ns = 100};
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

#endif
