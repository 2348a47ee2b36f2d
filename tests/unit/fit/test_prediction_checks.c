/* Cells that are held back, in a study whose times change from block to block: a cell that was measured in some of the
 * blocks is predicted for these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "harness/fit/prediction.h"
#include "tests/unit/fit/account_fixture.h"

static struct data_trial *trial_at(unsigned index)
{
    return &g_array_index(study.trials, struct data_trial, index);
}

static const struct data_cell *cell_of(const struct data_trial *trial)
{
    return &g_array_index(study.cells, struct data_cell, trial->cell);
}

/* The block with the slowest, or the fastest, trial of one worker. */
static unsigned extreme_block(bool slowest)
{
    const struct data_trial *found = NULL;

    for (unsigned i = 0; i < study.trials->len; i++) {
        const struct data_trial *trial = trial_at(i);
        if (cell_of(trial)->workers == 1 && (!found || (trial->wall_s > found->wall_s) == slowest))
            found = trial;
    }
    assert_non_null(found);
    return found ? found->block : 0;
}

static void check_block(unsigned block)
{
    struct predict_request request = {0};
    struct prediction p;
    struct fault fault;
    bool found = false;

    for (unsigned i = 0; i < study.trials->len; i++)
        if (cell_of(trial_at(i))->chunk == 8)
            trial_at(i)->status = trial_at(i)->block == block ? TRIAL_OK : TRIAL_VOID;
    fit_account_release(&account);
    assert_int_equal(fit_account_make(&study, &account, &fault), 0);
    assert_int_equal(prediction_make(&account, &request, &p, &fault), 0);
    for (unsigned i = 0; i < p.checks->len; i++) {
        const struct prediction_check *check = &g_array_index(p.checks, struct prediction_check, i);
        if (g_array_index(study.cells, struct data_cell, check->cell).chunk != 8)
            continue;
        found = true;
        assert_near("predicted over measured", check->predicted_s / check->measured_s, 1, 0.03);
        assert_false(interval_has_bounds(&check->predicted)); /* one block */
    }
    assert_true(found);
    prediction_release(&p);
}

static void a_cell_of_one_block_is_predicted_for_that_block(void **state)
{
    (void)state;
    assert_int_not_equal(extreme_block(true), extreme_block(false));
    check_block(extreme_block(true));
    check_block(extreme_block(false));
}

static int make_unsteady_study(void **state)
{
    four_cores.drift = 0.15;
    return make_study(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_of_one_block_is_predicted_for_that_block),
    };
    return cmocka_run_group_tests(tests, make_unsteady_study, remove_study);
}
