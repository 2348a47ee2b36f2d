/* Accounts made by hand, in which one cause or another takes most: the ranking that every output shares, and the
 * section `findings` of fit.json. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/fit/fit_losses.h"
#include "harness/study/study_data.h"

enum { BLOCKS = 3 };
static const unsigned worker_counts[] = {1, 2, 4, 8};

/* A study of one, two, four and eight workers with as many core-seconds of useful work each, of which only the cells
 * and trials that the account reads are filled. */
struct made {
    struct study_data study;
    struct fit_account account;
};

/* Core-seconds of each cause with n workers are (n - 1) * cost[cause]; `unnamed` more belong to none. */
static void make(struct made *made, unsigned cores, const double cost[ACCOUNT_CAUSES], double unnamed)
{
    struct study_data *study = &made->study;

    *study = (struct study_data){.cores = cores, .paired = true};
    study->facts = g_hash_table_new(g_str_hash, g_str_equal);
    study->cells = g_array_new(FALSE, TRUE, sizeof(struct data_cell));
    study->trials = g_array_new(FALSE, TRUE, sizeof(struct data_trial));
    made->account = (struct fit_account){.study = study,
                                         .trials = g_array_new(FALSE, TRUE, sizeof(struct fit_account_trial)),
                                         .cells = g_array_new(FALSE, TRUE, sizeof(struct fit_account_cell))};
    for (unsigned c = 0; c < G_N_ELEMENTS(worker_counts); c++) {
        struct data_cell cell = {.role = (char *)"scaling", .workers = worker_counts[c]};
        g_array_append_val(study->cells, cell);
        for (unsigned b = 0; b < BLOCKS; b++) {
            struct data_trial trial = {.cell = c, .block = b, .status = TRIAL_OK};
            struct fit_account_trial row = {.trial = study->trials->len};
            double more = (cell.workers - 1.0) * (0.99 + 0.01 * b); /* a spread over blocks, its mean exact */
            row.account.total_s = 100 + more * unnamed;
            row.account.core_s[CAUSE_USEFUL] = 100 + more * cost[CAUSE_USEFUL];
            for (int k = 0; k < ACCOUNT_CAUSES; k++) {
                if (k != CAUSE_USEFUL)
                    row.account.core_s[k] = more * cost[k];
                row.account.total_s += isnan(cost[k]) ? 0 : more * cost[k];
            }
            g_array_append_val(study->trials, trial);
            g_array_append_val(made->account.trials, row);
        }
    }
    for (unsigned c = 0; c < study->cells->len; c++)
        fit_account_add_cell(&made->account, c);
}

static void drop(struct made *made)
{
    fit_account_release(&made->account);
    g_array_free(made->study.cells, TRUE);
    g_array_free(made->study.trials, TRUE);
    g_hash_table_destroy(made->study.facts);
}

static void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) < 1e-9))
        fail_msg("%.12g is not %.12g", found, wanted);
}

/* A block that lacks one worker has no difference, and its total is in no share. */
static void shares_are_of_the_blocks_that_have_both(void **state)
{
    const double cost[ACCOUNT_CAUSES] = {[CAUSE_TAIL] = 2};
    const unsigned block = 0, eight = 3;
    struct fit_account_difference difference;
    const struct fit_account_cell *one, *many;
    struct fit_losses losses;
    struct made made;

    (void)state;
    make(&made, 8, cost, 0);
    g_array_index(made.study.trials, struct data_trial, block).status = TRIAL_VOID;
    g_array_index(made.account.trials, struct fit_account_trial, eight * BLOCKS + block).account.total_s =
        500;
    g_array_set_size(made.account.cells, 0);
    for (unsigned c = 0; c < made.study.cells->len; c++)
        fit_account_add_cell(&made.account, c);
    one = fit_account_cell_at(&made.account, 1);
    many = fit_account_cell_at(&made.account, 8);
    fit_account_compare(&made.account, many, one, &difference);
    /* 7 times 2 s, 1 and 1.01 times as much in the other two blocks, of which 100 s are work */
    assert_near(difference.lost[CAUSE_TAIL], 14.07 / 114.07);
    assert_near(difference.lost_total, 14.07 / 114.07);
    losses = fit_losses_rank(&made.account, many, one);
    assert_near(losses.loss[0].share.value, 14.07 / 114.07);
    assert_near(losses.loss[losses.count - 1].left, losses.efficiency);
    drop(&made);
}

static void whatever_takes_most_is_named_first(void **state)
{
    (void)state;
    for (int most = 0; most < ACCOUNT_CAUSES; most++) {
        double cost[ACCOUNT_CAUSES] = {[CAUSE_SERIAL] = 0.5, [CAUSE_TAIL] = 0.25, [CAUSE_WAITING] = 0.125};
        struct fit_losses losses;
        struct made made;
        if (most == CAUSE_USEFUL)
            continue;
        cost[most] = 2;
        make(&made, 8, cost, 0);
        losses = fit_losses_summary(&made.account);
        assert_int_equal(losses.cell->workers, 8);
        assert_int_equal(losses.loss[0].cause[0], most);
        assert_string_equal(losses.loss[0].label, account_cause_label((enum account_cause)most));
        assert_true(losses.loss[0].headline);
        assert_true(losses.loss[0].share.low > 0);
        for (size_t i = 1; i < losses.count; i++)
            assert_true(losses.loss[i].share.value <= losses.loss[i - 1].share.value);
        assert_near(losses.loss[losses.count - 1].left, losses.efficiency);
        drop(&made);
    }
}

static void gains_come_last(void **state)
{
    const double cost[ACCOUNT_CAUSES] = {
        [CAUSE_INFLATION_SIZE] = 2, [CAUSE_SERIAL] = 1, [CAUSE_BLOCKED_MORE] = -0.5, [CAUSE_WAITING] = NAN};
    struct fit_losses losses;
    struct made made;

    (void)state;
    make(&made, 8, cost, 0);
    losses = fit_losses_summary(&made.account);
    assert_int_equal(losses.count, 3);
    assert_int_equal(losses.loss[0].cause[0], CAUSE_INFLATION_SIZE);
    assert_near(losses.loss[0].share.value, 14 / 117.5);
    assert_string_equal(losses.loss[0].label, "slower items, by size");
    assert_int_equal(losses.loss[1].cause[0], CAUSE_SERIAL);
    assert_int_equal(losses.loss[2].cause[0], CAUSE_BLOCKED_MORE);
    assert_false(losses.loss[2].headline);
    assert_near(losses.efficiency, 100 / 117.5);
    drop(&made);
}

static void small_causes_and_unexplained_time_have_a_line_each(void **state)
{
    double cost[ACCOUNT_CAUSES];
    struct fit_losses losses;
    struct made made;

    (void)state;
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        cost[c] = c == CAUSE_USEFUL ? 0 : 0.1 * (c + 1);
    make(&made, 8, cost, 0.5);
    losses = fit_losses_summary(&made.account);
    assert_int_equal(losses.count, FIT_LOSS_LINES + 1);
    assert_int_equal(losses.loss[FIT_LOSS_LINES - 1].kind, FIT_LOSS_SMALLER);
    assert_string_equal(losses.loss[FIT_LOSS_LINES - 1].label, "6 smaller causes");
    assert_int_equal(losses.loss[FIT_LOSS_LINES].kind, FIT_LOSS_UNNAMED);
    assert_near(losses.loss[FIT_LOSS_LINES].share.value, 3.5 / (100 + 7 * 0.5 + 7 * 10.0));
    assert_near(losses.loss[FIT_LOSS_LINES].left, losses.efficiency);
    drop(&made);
}

static void other_work_is_a_line_of_its_own(void **state)
{
    const double cost[ACCOUNT_CAUSES] = {[CAUSE_SERIAL] = 1, [CAUSE_USEFUL] = -0.5};
    struct fit_losses losses;
    struct made made;

    (void)state;
    make(&made, 8, cost, 0);
    losses = fit_losses_summary(&made.account);
    assert_int_equal(losses.count, 2);
    assert_int_equal(losses.loss[1].kind, FIT_LOSS_WORK);
    assert_near(losses.loss[1].share.value, -3.5 / 103.5);
    assert_false(losses.loss[1].headline);
    assert_near(losses.loss[1].left, losses.efficiency);
    drop(&made);
}

static void the_summary_is_about_the_most_workers_within_the_cores(void **state)
{
    const double cost[ACCOUNT_CAUSES] = {[CAUSE_SERIAL] = 1};
    struct made made;

    (void)state;
    make(&made, 4, cost, 0);
    assert_int_equal(fit_losses_cell(&made.account)->workers, 4);
    made.study.cores = 1;
    assert_int_equal(fit_losses_cell(&made.account)->workers, 8);
    made.study.cores = 0;
    assert_int_equal(fit_losses_cell(&made.account)->workers, 8);
    g_array_set_size(made.account.cells, 1);
    assert_null(fit_losses_cell(&made.account));
    assert_int_equal(fit_losses_summary(&made.account).count, 0);
    drop(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_of_the_blocks_that_have_both),
        cmocka_unit_test(whatever_takes_most_is_named_first),
        cmocka_unit_test(gains_come_last),
        cmocka_unit_test(small_causes_and_unexplained_time_have_a_line_each),
        cmocka_unit_test(other_work_is_a_line_of_its_own),
        cmocka_unit_test(the_summary_is_about_the_most_workers_within_the_cores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
