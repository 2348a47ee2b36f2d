/* The account of a study whose trials are simulated with known causes. The table is that of tests/golden/account.txt
 * (KNEE_WRITE_GOLDEN=1 rewrites it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "harness/console/account_print.h"
#include "tests/unit/fit/account_fixture.h"

/* Geometric means do, plain ones do not. */
static void the_printed_efficiencies_multiply(void **state)
{
    (void)state;
    assert_true(account.cells->len > 2);
    for (unsigned i = 0; i < account.cells->len; i++) {
        const struct interval *pop = g_array_index(account.cells, struct fit_account_cell, i).pop;
        assert_near("global", pop[POP_GLOBAL].value, pop[POP_PARALLEL].value * pop[POP_COMPUTATION].value,
                    1e-12);
        assert_near("parallel", pop[POP_PARALLEL].value,
                    pop[POP_LOAD_BALANCE].value * pop[POP_COMMUNICATION].value, 1e-12);
    }
}

static double equal_tail_s(unsigned workers)
{
    double sum = 0, count = 0;

    for (unsigned i = 0; i < account.trials->len; i++) {
        const struct fit_account_trial *row = &g_array_index(account.trials, struct fit_account_trial, i);
        const struct data_trial *trial = &g_array_index(study.trials, struct data_trial, row->trial);
        if (trial->cell != workers - 1)
            continue;
        sum += row->equal_tail_s;
        count++;
    }
    return sum / count;
}

static void every_trial_closes_and_all_is_named(void **state)
{
    (void)state;
    assert_int_equal(account.trials->len, 5 * (4 + 1));
    assert_int_equal(account.cost_count, 300);
    assert_int_equal(account.cost_trials, 5);
    assert_int_equal(account.cells->len, 5);
    for (unsigned i = 0; i < account.cells->len; i++) {
        const struct fit_account_cell *cell = &g_array_index(account.cells, struct fit_account_cell, i);
        assert_int_equal(cell->trials, 5);
        assert_true(cell->closure < 1e-6);
        assert_true(cell->named > 0.9999);
    }
}

static void causes_have_the_simulated_cost(void **state)
{
    const struct fit_account_cell *cell = fit_account_cell_at(&account, 4);
    double more_s = 0;

    (void)state;
    assert_non_null(cell);
    assert_near("serial", cell->core_s[CAUSE_SERIAL].value, 4 * (0.200 + 0.010 + 4 * 0.002), 1e-6);
    /* each begins 2 ms after its fork; the first waits for the last one's instant 9 ms, the second 6, ... */
    assert_near("spawn", cell->core_s[CAUSE_SPAWN].value, 4 * (0.002 + 0.0045), 1e-6);
    assert_near("init", cell->core_s[CAUSE_INIT].value, 4 * (0.050 + 0.0045), 1e-6);
    assert_near("dispatch", cell->core_s[CAUSE_DISPATCH].value, 300 * 1e-5, 3e-4);
    for (int c = CAUSE_INFLATION_FIXED; c <= CAUSE_INFLATION_REST; c++)
        more_s += cell->core_s[c].value;
    assert_near("contention", more_s / cell->core_s[CAUSE_USEFUL].value, 0.03, 0.01);
    assert_near("blocked", cell->core_s[CAUSE_BLOCKED_MORE].value, 0, 1e-6);
    assert_int_equal(cell->top, CAUSE_SERIAL);
}

static void a_difference_explains_the_efficiency_lost(void **state)
{
    const struct fit_account_cell *four = fit_account_cell_at(&account, 4),
                                  *one = fit_account_cell_at(&account, 1);
    struct fit_account_difference difference;
    double lost = 0;

    (void)state;
    fit_account_compare(&account, four, one, &difference);
    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        lost += isnan(difference.lost[c]) ? 0 : difference.lost[c];
    assert_near("sum of the steps", lost, difference.lost_total, 1e-9);
    assert_near("1 - E", difference.lost_total, 1 - one->total_s.value / four->total_s.value, 1e-9);
    assert_true(interval_has_bounds(&difference.core_s[CAUSE_INIT]) ||
                difference.core_s[CAUSE_INIT].reason[0]); /* equal in every block: no spread */
    assert_true(four->speedup_without[CAUSE_SERIAL].value > four->speedup.value);
    assert_near("speedup", four->speedup.value, 4 * (1 - difference.lost_total), 0.02);
    assert_false(interval_has_value(&four->speedup_without[CAUSE_USEFUL]));
}

/* Contention slows items in proportion to their cost: per megapixel, per megabyte and for each image. */
static void the_cost_of_size_is_known(void **state)
{
    const struct fit_account_cell *cell = fit_account_cell_at(&account, 4);
    double cost_s = 0, by_size_s = 0;

    (void)state;
    for (size_t i = 0; i < pool.items; i++) {
        by_size_s += 0.008 * pool.megapixels[i] + 0.005 * pool.megabytes[i];
        cost_s += pool.cpu_s[i];
    }
    assert_near("size", cell->size_core_s.value / cost_s,
                0.03 * by_size_s / cost_s + (cell->core_s[CAUSE_TAIL].value - equal_tail_s(4)) / cost_s,
                0.01);
    assert_near("share of n T", cell->size_lost, cell->size_core_s.value / cell->total_s.value, 1e-12);
    assert_true(cell->size_share > 0 && cell->size_share < 1);
}

static void pop_s_tree_is_in_the_cells(void **state)
{
    const struct fit_account_cell *cell = fit_account_cell_at(&account, 4);

    (void)state;
    assert_near("parallel", cell->pop[POP_PARALLEL].value,
                cell->pop[POP_LOAD_BALANCE].value * cell->pop[POP_COMMUNICATION].value, 1e-3);
    assert_near("computation", cell->pop[POP_COMPUTATION].value, 1 / 1.03, 0.01);
    assert_string_equal(cell->pop[POP_IPC].reason, "instructions were not counted");
}

static void the_account_reads_as_recorded(void **state)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    (void)state;
    account_print_overview(&account, out);
    fputc('\n', out);
    account_print_comparison(&account, fit_account_cell_at(&account, 4), fit_account_cell_at(&account, 1),
                             out);
    account_print_waterfall(&account, fit_account_cell_at(&account, 4), fit_account_cell_at(&account, 1),
                            out);
    assert_golden(out, &text, "tests/golden/account.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_trial_closes_and_all_is_named),
        cmocka_unit_test(the_printed_efficiencies_multiply),
        cmocka_unit_test(causes_have_the_simulated_cost),
        cmocka_unit_test(a_difference_explains_the_efficiency_lost),
        cmocka_unit_test(the_cost_of_size_is_known),
        cmocka_unit_test(pop_s_tree_is_in_the_cells),
        cmocka_unit_test(the_account_reads_as_recorded),
    };
    return cmocka_run_group_tests(tests, make_study, remove_study);
}
