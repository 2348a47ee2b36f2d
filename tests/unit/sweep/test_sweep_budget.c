/* The budget of a study: the time left, blocks that are dropped or broken off, repeats. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/sweep/sweep.h"
#include "tests/unit/sweep/sweep_script.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(the_time_left_keeps_to_the_budget),
        IN_A_FOLDER(a_slow_pace_drops_whole_blocks_from_the_end),
        IN_A_FOLDER(a_block_far_slower_than_predicted_is_broken_off),
        IN_A_FOLDER(repeats_do_not_exceed_the_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
