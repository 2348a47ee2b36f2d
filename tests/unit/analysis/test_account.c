/* The core-second account of hand-made trials: every span in its cause, sums that close, instants that
 * contradict each other found out; and the efficiency tree of the same trials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <math.h>

#include "analysis/account/account.h"
#include "analysis/account/pop.h"

/* Two workers: forks at 1 and 1.2, first instants at 1.3 and 1.5, ready at 1.6 and 2.0, gate at 2.1, go
 * at 2.2. Worker 0 has one item 2.4 to 4.4, worker 1 one item 2.5 to 5.5; loops end at 4.5 and 5.6; the trial
 * at 6. */
static struct account_cost cost[2] = {{.id = 0, .cpu_s = 1.5, .blocked_s = 0.1, .wall_s = 1.6},
                                      {.id = 1, .cpu_s = 2.5, .blocked_s = 0.2, .wall_s = 2.7}};
static const struct account_worker two_workers[2] = {
    {.fork_s = 1, .begin_s = 1.3, .ready_s = 1.6, .go_s = 2.2, .loop_end_s = 4.5, .runqueue_s = 0.1},
    {.fork_s = 1.2, .begin_s = 1.5, .ready_s = 2.0, .go_s = 2.2, .loop_end_s = 5.6, .runqueue_s = 9}};
static const struct account_item two_items[2] = {
    {.worker = 0, .claim_s = 2.3, .start_s = 2.4, .end_s = 4.4, .cpu_s = 1.6, .cost = &cost[0]},
    {.worker = 1, .claim_s = 2.2, .start_s = 2.5, .end_s = 5.5, .cpu_s = 2.8, .cost = &cost[1]}};

static void assert_near(const char *what, double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-12))
        fail_msg("%s: found %.15g, wanted %.15g", what, found, wanted);
}

static double sum_of(const struct account *account)
{
    double sum = 0;

    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        sum += isnan(account->core_s[c]) ? 0 : account->core_s[c];
    return sum;
}

static struct account make(const struct account_worker *worker, const struct account_item *item, size_t items)
{
    struct account_trial trial = {
        .wall_s = 6, .gate_s = 2.1, .worker = worker, .workers = 2, .item = item, .items = items};
    struct account account;

    assert_int_equal(account_make(&trial, &account), 0);
    return account;
}

static void every_span_is_in_its_cause_and_the_sum_is_n_times_T(void **state)
{
    struct account account = make(two_workers, two_items, 2);

    (void)state;
    assert_near("total", account.total_s, 12);
    assert_near("serial", account.core_s[CAUSE_SERIAL], 2 * (1 + 0.4));
    assert_near("spawn", account.core_s[CAUSE_SPAWN], 0.3 + 0.5);
    assert_near("init", account.core_s[CAUSE_INIT], (0.3 + 0.5) + (0.5 + 0.1));
    assert_near("dispatch", account.core_s[CAUSE_DISPATCH], 2 * 0.1 + (0.2 + 0.1) + (0.3 + 0.1));
    assert_near("useful", account.core_s[CAUSE_USEFUL], 1.5 + 2.5);
    assert_near("waiting", account.core_s[CAUSE_WAITING],
                0.1 + 0.2); /* the second is all it was off the CPU */
    assert_near("blocked", account.core_s[CAUSE_BLOCKED], 0.3);
    assert_near("blocked more", account.core_s[CAUSE_BLOCKED_MORE], 0.6 - 0.3 - 0.3);
    assert_near("tail", account.core_s[CAUSE_TAIL], 1.1);
    /* two items cannot carry a regression */
    assert_true(isnan(account.core_s[CAUSE_INFLATION_SIZE]));
    assert_non_null(account.reason[CAUSE_INFLATION_SIZE]);
    assert_near("sum", sum_of(&account), 12);
    assert_near("gap", account.gap_s, 0);
    assert_near("unnamed", account.unnamed_s, 0);
}

static void a_wait_at_the_gate_for_later_forks_is_spawn(void **state)
{
    struct account_worker worker[2] = {two_workers[0], two_workers[1]};
    struct account account;

    (void)state;
    worker[0].ready_s = 1.4; /* 0.1 before the other worker's first instant */
    account = make(worker, two_items, 2);
    assert_near("spawn", account.core_s[CAUSE_SPAWN], 0.3 + 0.5 + 0.1);
    assert_near("gap", account.gap_s, 0);
}

static void overlapping_items_are_found_out(void **state)
{
    struct account_item item[2] = {two_items[0], two_items[1]};
    struct account account;

    (void)state;
    item[1].worker = 0;
    account = make(two_workers, item, 2);
    assert_true(fabs(account.gap_s) > 1);
    assert_true(account.unnamed_s >= fabs(account.gap_s));
}

static void an_item_without_reference_is_not_named(void **state)
{
    struct account_item item[2] = {two_items[0], two_items[1]};
    struct account account;

    (void)state;
    item[1].cost = NULL;
    account = make(two_workers, item, 2);
    assert_near("useful", account.core_s[CAUSE_USEFUL], 1.5 + 2.8);
    assert_near("unnamed", account.unnamed_s, 2.8);
    assert_near("sum", sum_of(&account), 12);
}

static void without_a_run_queue_delay_waiting_and_locks_are_one_cause(void **state)
{
    struct account_worker worker[2] = {two_workers[0], two_workers[1]};
    struct account account;

    (void)state;
    worker[1].runqueue_s = NAN;
    account = make(worker, two_items, 2);
    assert_true(isnan(account.core_s[CAUSE_WAITING]));
    assert_non_null(account.reason[CAUSE_WAITING]);
    assert_near("blocked", account.core_s[CAUSE_BLOCKED], 0.3);
    assert_true(isnan(account.core_s[CAUSE_BLOCKED_MORE]));
    assert_non_null(account.reason[CAUSE_BLOCKED_MORE]);
    assert_near("off the CPU", account.core_s[CAUSE_OFF_CPU], 0.6 - 0.3);
    assert_near("sum", sum_of(&account), 12);
    assert_near("unnamed", account.unnamed_s, 0);
}

/* Of 12 core-seconds two workers waited 0.3, were blocked 0.3 as with one worker, and 0 more. */
static void what_the_quota_held_is_taken_from_waiting(void **state)
{
    static const struct {
        double held_s, held, waiting;
    } cases[] = {{0, 0, 0.3}, {0.25, 0.25, 0.05}, {9, 0.3, 0}};
    struct account_worker worker[2] = {two_workers[0], two_workers[1]};
    struct account_trial trial = {
        .wall_s = 6, .gate_s = 2.1, .worker = worker, .workers = 2, .item = two_items, .items = 2};
    struct account account;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trial.held_s = cases[i].held_s;
        assert_int_equal(account_make(&trial, &account), 0);
        assert_near("held", account.core_s[CAUSE_HELD], cases[i].held);
        assert_near("waiting", account.core_s[CAUSE_WAITING], cases[i].waiting);
        assert_near("blocked more", account.core_s[CAUSE_BLOCKED_MORE], 0);
        assert_near("sum", sum_of(&account), 12);
    }
    trial.held_s = NAN;
    assert_int_equal(account_make(&trial, &account), 0);
    assert_true(isnan(account.core_s[CAUSE_HELD]));
    assert_non_null(account.reason[CAUSE_HELD]);
    assert_near("waiting", account.core_s[CAUSE_WAITING], 0.3);
    worker[0].runqueue_s =
        NAN; /* the kernel's delay is not known: it is what was off the CPU beyond one worker's */
    trial.held_s = 0.2;
    assert_int_equal(account_make(&trial, &account), 0);
    assert_near("held", account.core_s[CAUSE_HELD], 0.2);
    assert_near("off the CPU", account.core_s[CAUSE_OFF_CPU], 0.6 - 0.3 - 0.2);
    assert_near("sum", sum_of(&account), 12);
}

static void without_cpu_times_wall_time_is_the_measure(void **state)
{
    struct account_item item[2] = {two_items[0], two_items[1]};
    struct account account;

    (void)state;
    item[0].cpu_s = NAN;
    account = make(two_workers, item, 2);
    assert_near("useful", account.core_s[CAUSE_USEFUL], 1.6 + 2.7);
    assert_near("waiting", account.core_s[CAUSE_WAITING], 0.1 + 0.3);
    assert_true(isnan(account.core_s[CAUSE_BLOCKED]));
    assert_near("sum", sum_of(&account), 12);
}

static void cpu_time_beyond_the_worker_s_core_is_set_aside(void **state)
{
    struct account_item item[2] = {two_items[0], two_items[1]};
    struct account account;

    (void)state;
    item[0].cpu_s = 2.5;
    account = make(two_workers, item, 2);
    assert_near("hidden", account.hidden_cpu_s, 0.5);
    assert_near("gap", account.gap_s, 0);
    assert_near("sum", sum_of(&account), 12);
}

static void a_trial_without_instants_has_no_account(void **state)
{
    struct account_worker worker[2] = {two_workers[0], two_workers[1]};
    struct account account;

    (void)state;
    worker[1].loop_end_s = NAN;
    account = make(worker, two_items, 2);
    assert_true(isnan(account.total_s) && isnan(account.core_s[CAUSE_SERIAL]));
    assert_string_equal(account.reason[CAUSE_TAIL], "the instants of its workers are not recorded");
    assert_int_equal(account_top(account.core_s), ACCOUNT_CAUSES);
}

/* Forty items of one worker whose CPU time is 3 ms + 2 ms per megapixel + 5 ms per megabyte above the
 * reference, one of them 50 ms beyond that. */
static void inflation_is_divided_by_size(void **state)
{
    enum { ITEMS = 40 };
    struct account_cost reference[ITEMS];
    struct account_item item[ITEMS];
    struct account_worker worker = {.go_s = 0, .runqueue_s = 0};
    struct account_trial trial = {.gate_s = 0, .worker = &worker, .workers = 1, .item = item, .items = ITEMS};
    struct account account;
    double at = 0, megapixels = 0, megabytes = 0;

    (void)state;
    for (int i = 0; i < ITEMS; i++) {
        double mp = 1 + i % 7, mb = 1 + i * 5 % 11 * 0.3;
        double more = 0.003 + 0.002 * mp + 0.005 * mb + (i == 20 ? 0.05 : 0);
        reference[i] = (struct account_cost){.id = i, .cpu_s = 0.1 * mp, .wall_s = 0.1 * mp};
        item[i] = (struct account_item){.claim_s = at,
                                        .start_s = at,
                                        .cost = &reference[i],
                                        .amount = {mp, mb, NAN, NAN},
                                        .cpu_s = 0.1 * mp + more};
        at = item[i].end_s = at + item[i].cpu_s;
        megapixels += mp;
        megabytes += mb;
    }
    worker.loop_end_s = trial.wall_s = at;
    assert_int_equal(account_make(&trial, &account), 0);
    assert_true(fabs(account.core_s[CAUSE_INFLATION_FIXED] - 0.003 * ITEMS) < 1e-3);
    assert_true(fabs(account.core_s[CAUSE_INFLATION_SIZE] - 0.002 * megapixels - 0.005 * megabytes) < 1e-3);
    assert_true(fabs(account.core_s[CAUSE_INFLATION_REST] - 0.05) < 1e-3);
    /* An item of a kind of its own, as large as all others together, is no part of what their line explains. */
    item[ITEMS - 1].kind = 3;
    item[ITEMS - 1].amount[SIZE_DECODED] = item[ITEMS - 1].amount[SIZE_BYTES] = 1000;
    assert_int_equal(account_make(&trial, &account), 0);
    assert_true(fabs(account.core_s[CAUSE_INFLATION_SIZE] - 0.002 * megapixels - 0.005 * megabytes) < 0.1);
    assert_true(fabs(account.core_s[CAUSE_INFLATION_REST]) < 0.2);
    assert_near("sum", sum_of(&account), at);
    assert_int_equal(account_top(account.core_s), CAUSE_INFLATION_SIZE);
}

static void the_top_is_the_largest_loss_that_is_known(void **state)
{
    double core_s[ACCOUNT_CAUSES] = {0};

    (void)state;
    core_s[CAUSE_USEFUL] = 100;
    core_s[CAUSE_INFLATION_SIZE] = NAN;
    core_s[CAUSE_INFLATION_REST] = -28;
    assert_int_equal(account_top(core_s), ACCOUNT_CAUSES);
    core_s[CAUSE_TAIL] = 3;
    assert_int_equal(account_top(core_s), CAUSE_TAIL);
    core_s[CAUSE_INFLATION_SIZE] = 4;
    assert_int_equal(account_top(core_s), CAUSE_INFLATION_SIZE);
}

static void the_reference_is_the_median_by_item(void **state)
{
    struct account_cost costs[] = {{7, 3, 0.1, 3, NAN, NAN},
                                   {2, 10, NAN, 10, NAN, NAN},
                                   {7, 1, 0.3, 1, NAN, NAN},
                                   {7, 2, 0.2, 9, NAN, NAN},
                                   {2, 20, 1, 20, NAN, NAN}};
    size_t count = account_costs_median(costs, 5);

    (void)state;
    assert_int_equal(count, 2);
    assert_near("cpu of 7", account_cost_of(costs, count, 7)->cpu_s, 2);
    assert_near("blocked of 7", account_cost_of(costs, count, 7)->blocked_s, 0.2);
    assert_near("wall of 7", account_cost_of(costs, count, 7)->wall_s, 3);
    assert_near("cpu of 2", account_cost_of(costs, count, 2)->cpu_s, 15);
    assert_near("blocked of 2", account_cost_of(costs, count, 2)->blocked_s, 1);
    assert_null(account_cost_of(costs, count, 3));
    assert_int_equal(account_costs_median(NULL, 0), 0);
    assert_null(account_cost_of(NULL, 0, 3));
}

static void the_efficiency_tree_multiplies_out(void **state)
{
    struct account account = make(two_workers, two_items, 2);
    struct pop_input input = {.wall_s = 6,
                              .workers = 2,
                              .mean_cpu_s = account.mean_cpu_s,
                              .busiest_cpu_s = account.busiest_cpu_s,
                              .busiest_transfer_s = account.busiest_transfer_s,
                              .instructions = 1100,
                              .cycles = 2000,
                              .reference_cpu_s = 4,
                              .reference_instructions = 1000,
                              .reference_cycles = 1900,
                              .computing = 0.9};
    struct pop pop;
    const double *f = pop.factor;

    (void)state;
    pop_make(&input, &pop);
    assert_near("load balance", f[POP_LOAD_BALANCE], 2.2 / 2.8);
    assert_near("transfer", f[POP_TRANSFER], (6 - 0.4) / 6);
    assert_near("global", f[POP_GLOBAL], f[POP_PARALLEL] * f[POP_COMPUTATION]);
    assert_near("parallel", f[POP_PARALLEL], f[POP_LOAD_BALANCE] * f[POP_COMMUNICATION]);
    assert_near("communication", f[POP_COMMUNICATION], f[POP_TRANSFER] * f[POP_SERIALISATION]);
    assert_near("computation", f[POP_COMPUTATION], f[POP_INSTRUCTIONS] * f[POP_IPC] * f[POP_FREQUENCY]);
    input.computing = 0.4; /* items that mostly wait */
    pop_make(&input, &pop);
    assert_true(isnan(f[POP_GLOBAL]) && isnan(f[POP_FREQUENCY]));
    assert_string_equal(pop.reason[POP_GLOBAL],
                        "the items wait more than they compute, and the tree divides computing time");
    input.computing = NAN;
    pop_make(&input, &pop);
    assert_near("global, computing not known", f[POP_GLOBAL], f[POP_PARALLEL] * f[POP_COMPUTATION]);
    input.instructions = input.reference_instructions = NAN;
    pop_make(&input, &pop);
    assert_true(isnan(f[POP_IPC]) && isnan(f[POP_INSTRUCTIONS]));
    assert_string_equal(pop.reason[POP_IPC], "instructions were not counted");
    assert_true(f[POP_FREQUENCY] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_span_is_in_its_cause_and_the_sum_is_n_times_T),
        cmocka_unit_test(a_wait_at_the_gate_for_later_forks_is_spawn),
        cmocka_unit_test(overlapping_items_are_found_out),
        cmocka_unit_test(an_item_without_reference_is_not_named),
        cmocka_unit_test(without_a_run_queue_delay_waiting_and_locks_are_one_cause),
        cmocka_unit_test(what_the_quota_held_is_taken_from_waiting),
        cmocka_unit_test(without_cpu_times_wall_time_is_the_measure),
        cmocka_unit_test(cpu_time_beyond_the_worker_s_core_is_set_aside),
        cmocka_unit_test(a_trial_without_instants_has_no_account),
        cmocka_unit_test(inflation_is_divided_by_size),
        cmocka_unit_test(the_top_is_the_largest_loss_that_is_known),
        cmocka_unit_test(the_reference_is_the_median_by_item),
        cmocka_unit_test(the_efficiency_tree_multiplies_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
