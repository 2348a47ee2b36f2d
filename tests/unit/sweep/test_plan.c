/* The plan: predictions by hand, what a small budget reduces, and orders that can be repeated. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/sweep/plan.h"

static const struct plan_costs costs = {.item_ns = 100, .worker_start_ns = 20, .trial_fixed_ns = 50};

static void a_trial_is_predicted_as_by_hand(void **state)
{
    static const struct {
        struct plan_cell cell;
        uint64_t items;
        uint32_t cores;
        double wanted_ns;
    } cases[] = {
        {{PLAN_SERIAL, 1, 0, POLICY_STATIC, {0}, 0}, 10, 2, 50 + 20 + 1000},
        {{PLAN_SCALING, 1, 1, POLICY_DYNAMIC, {0}, 0}, 10, 2, 50 + 20 + 1000},
        {{PLAN_SCALING, 2, 1, POLICY_DYNAMIC, {0}, 0}, 10, 2, 50 + 20 + 500},
        {{PLAN_SCALING, 2, 1, POLICY_DYNAMIC, {0}, 0}, 11, 2, 50 + 20 + 600}, /* one worker does six */
        {{PLAN_SCALING, 4, 1, POLICY_DYNAMIC, {0}, 0},
         10,
         2,
         50 + 40 + 500}, /* two rounds of starts, two cores work */
        {{PLAN_SCALING, 16, 1, POLICY_DYNAMIC, {0}, 0}, 10, 16, 50 + 20 + 100}, /* more workers than items */
        {{PLAN_CHUNK, 2, 4, POLICY_DYNAMIC, {0}, 0},
         10,
         2,
         50 + 20 + 800}, /* three chunks: one worker does two */
        {{PLAN_CHUNK, 2, 64, POLICY_DYNAMIC, {0}, 0}, 10, 2, 50 + 20 + 1000}, /* one worker does all */
        {{PLAN_POLICY, 3, 1, POLICY_STATIC, {0}, 0}, 10, 4, 50 + 20 + 400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double got = plan_predict_ns(&cases[i].cell, cases[i].items, cases[i].cores, &costs);
        if (fabs(got - cases[i].wanted_ns) > 1e-9)
            fail_msg("case %zu: %g instead of %g", i, got, cases[i].wanted_ns);
    }
}

static struct plan_request request_for(const char *workers, uint32_t cores, uint64_t batch_items,
                                       double budget_ns)
{
    struct plan_request request = {.cores = cores, .batch_items = batch_items, .budget_ns = budget_ns};
    struct fault fault = {0};

    if (plan_request_parse_workers(&request, workers, &fault) ||
        plan_request_parse_chunks(&request, "1,4,16,64", &fault) ||
        plan_request_parse_policies(&request, "static,dynamic,guided,largest-first", &fault))
        fail_msg("%s", fault.text);
    return request;
}

static struct plan make(const struct plan_request *request, const struct plan_costs *at)
{
    struct plan plan;
    struct fault fault = {0};

    if (plan_make(&plan, request, at, &fault))
        fail_msg("%s", fault.text);
    return plan;
}

static bool has_scaling(const struct plan *plan, uint32_t workers)
{
    for (uint32_t i = 0; i < plan->cell_count; i++)
        if (plan->cells[i].role == PLAN_SCALING && plan->cells[i].workers == workers)
            return true;
    return false;
}

/* A study on a small machine: 0.3 s an item, two cores, ten minutes. */
static const struct plan_costs real = {.item_ns = 0.3e9, .worker_start_ns = 0.03e9, .trial_fixed_ns = 0.2e9};

static void the_cells_are_those_of_the_design(void **state)
{
    struct plan_request request = request_for("1..16", 2, 1000, 1e13);
    static const struct plan_cell others[] = {
        {PLAN_CHUNK, 2, 4, POLICY_DYNAMIC, {0}, 0},  {PLAN_CHUNK, 2, 16, POLICY_DYNAMIC, {0}, 0},
        {PLAN_CHUNK, 2, 64, POLICY_DYNAMIC, {0}, 0}, {PLAN_POLICY, 2, 1, POLICY_STATIC, {0}, 0},
        {PLAN_POLICY, 2, 1, POLICY_GUIDED, {0}, 0},  {PLAN_POLICY, 2, 1, POLICY_LARGEST_FIRST, {0}, 0}};

    (void)state;
    struct plan plan = make(&request, &real);
    assert_int_equal(plan.cell_count, 1 + 16 + 3 + 3);
    assert_int_equal(plan.cells[0].role, PLAN_SERIAL);
    for (uint32_t n = 1; n <= 16; n++) {
        assert_int_equal(plan.cells[n].role, PLAN_SCALING);
        assert_int_equal(plan.cells[n].workers, n);
        assert_int_equal(plan.cells[n].chunk, 1);
        assert_int_equal(plan.cells[n].policy, POLICY_DYNAMIC);
    }
    for (size_t i = 0; i < 6; i++) {
        const struct plan_cell *cell = &plan.cells[17 + i];
        assert_int_equal(cell->role, others[i].role);
        assert_int_equal(cell->workers, others[i].workers);
        assert_int_equal(cell->chunk, others[i].chunk);
        assert_int_equal(cell->policy, others[i].policy);
    }
}

static void ten_minutes_on_two_cores_keep_all_workers_and_enough_blocks(void **state)
{
    struct plan_request request = request_for("1..16", 2, 1000, 570e9);

    (void)state;
    struct plan plan = make(&request, &real);
    assert_int_equal(plan.workers_left_out, 0);
    assert_false(plan.over_budget);
    if (plan.items < 24 || plan.items > 40 || plan.blocks < 3 || plan.blocks > 5)
        fail_msg("%d items, %d blocks", (int)plan.items, (int)plan.blocks);
    assert_true(plan.block_ns * plan.blocks + plan_predict_ns(&plan.cells[0], plan.items, 2, &real) <= 570e9);
}

/* What gives way, step by step, as the budget shrinks. */
static void a_smaller_budget_never_exceeds_and_gives_way_in_order(void **state)
{
    uint32_t last_workers = 16, last_blocks = 10;

    (void)state;
    for (int step = 0; step < 73; step++) {
        double budget_s = 20000 * pow(0.9, step);
        struct plan_request request = request_for("1..16", 2, 1000, budget_s * 1e9);
        struct plan plan = make(&request, &real);
        double total = plan.block_ns * plan.blocks + plan_predict_ns(&plan.cells[0], plan.items, 2, &real);
        uint32_t workers = 16 - plan.workers_left_out;

        if (!plan.over_budget && total > budget_s * 1e9)
            fail_msg("%g s: the plan takes %g s", budget_s, total / 1e9);
        if (workers > last_workers || plan.blocks > last_blocks)
            fail_msg("%g s: %d workers after %d, %d blocks after %d", budget_s, (int)workers,
                     (int)last_workers, (int)plan.blocks, (int)last_blocks);
        if (plan.workers_left_out && plan.blocks > 3)
            fail_msg("%g s: workers went before blocks", budget_s);
        if (plan.items < 24 && plan.workers_left_out != 12)
            fail_msg("%g s: items below 24 with %d worker counts left out", budget_s,
                     (int)plan.workers_left_out);
        assert_true(has_scaling(&plan, 1) && has_scaling(&plan, 2) && has_scaling(&plan, 3) &&
                    has_scaling(&plan, 16));
        last_workers = workers;
        last_blocks = plan.blocks;
    }
    assert_int_equal(last_workers, 4);
    assert_int_equal(last_blocks, 1);
}

static void what_the_user_fixes_stays(void **state)
{
    struct plan_request request = request_for("1,2,4", 4, 100, 60e9);
    struct plan plan;

    (void)state;
    request.items = 10;
    request.blocks = 2;
    plan = make(&request, &real);
    assert_int_equal(plan.items, 10);
    assert_int_equal(plan.blocks, 2);
    request.items = 101; /* all that there are */
    plan = make(&request, &real);
    assert_int_equal(plan.items, 100);
}

static void a_hopeless_budget_is_said_to_be_one(void **state)
{
    struct plan_request request = request_for("1..16", 2, 1000, 1e9);
    struct plan plan = make(&request, &real);

    (void)state;
    assert_true(plan.over_budget);
    assert_int_equal(plan.blocks, 1);
    assert_int_equal(plan.items, 4);
    request.batch_items = 1;
    plan = make(&request, &real);
    assert_int_equal(plan.items, 1);
}

static void chunks_that_take_all_at_once_are_one_cell(void **state)
{
    struct plan_request request = request_for("1,2", 2, 10, 1e13);
    struct plan plan = make(&request, &real);
    uint32_t chunks = 0;

    (void)state;
    for (uint32_t i = 0; i < plan.cell_count; i++)
        chunks += plan.cells[i].role == PLAN_CHUNK;
    assert_int_equal(plan.items, 10);
    assert_int_equal(chunks, 2); /* 4, and 16 for 16 and 64 */
}

static void full_cores_are_the_largest_count_within_the_cores(void **state)
{
    static const struct {
        const char *workers;
        uint32_t cores, wanted;
    } cases[] = {{"1..16", 2, 2}, {"1,2,8", 6, 2}, {"1..4", 64, 4}, {"1,8", 4, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct plan_request request = request_for(cases[i].workers, cases[i].cores, 100, 1e13);
        struct plan plan = make(&request, &real);
        assert_int_equal(plan.cells[plan.cell_count - 1].workers, cases[i].wanted);
    }
}

static void lists_are_read_sorted_and_checked(void **state)
{
    static const struct {
        const char *text;
        int result;
        uint32_t count, last;
    } cases[] = {{"1..16", 0, 16, 16}, {"4,2,4", 0, 3, 4}, {"8", 0, 2, 8},     {"1..3,7", 0, 4, 7},
                 {"", -1, 0, 0},       {"0", -1, 0, 0},    {"4..2", -1, 0, 0}, {"1,", -1, 0, 0},
                 {"1..", -1, 0, 0},    {"a", -1, 0, 0},    {"1025", -1, 0, 0}, {"-1", -1, 0, 0},
                 {"1 2", -1, 0, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct plan_request request = {.cores = 1};
        struct fault fault = {0};
        int result = plan_request_parse_workers(&request, cases[i].text, &fault);
        if (result != cases[i].result)
            fail_msg("'%s': %d", cases[i].text, result);
        if (result) {
            assert_non_null(strstr(fault.text, "--workers"));
            continue;
        }
        assert_int_equal(request.worker_count, cases[i].count);
        assert_int_equal(request.workers[0], 1); /* the baseline is always there */
        assert_int_equal(request.workers[request.worker_count - 1], cases[i].last);
    }
}

static void chunks_and_policies_are_read_and_checked(void **state)
{
    struct plan_request request = {.cores = 1};
    struct fault fault = {0};

    (void)state;
    assert_int_equal(plan_request_parse_chunks(&request, "64,1,64,7", &fault), 0);
    assert_int_equal(request.chunk_count, 3);
    assert_int_equal(request.chunks[0], 1);
    assert_int_equal(request.chunks[1], 7);
    assert_int_equal(request.chunks[2], 64);
    assert_int_equal(plan_request_parse_chunks(&request, "0", &fault), -1);
    assert_int_equal(plan_request_parse_chunks(&request, "4,x", &fault), -1);
    assert_non_null(strstr(fault.text, "--chunks 4,x"));
    assert_int_equal(plan_request_parse_policies(&request, "guided", &fault), 0);
    assert_true(request.policies[POLICY_GUIDED]);
    assert_false(request.policies[POLICY_STATIC]);
    assert_int_equal(plan_request_parse_policies(&request, "guided,random", &fault), -1);
    assert_non_null(strstr(fault.text, "largest-first"));
}

static void an_order_is_a_permutation_that_depends_on_seed_and_block_alone(void **state)
{
    uint32_t a[23], b[23], seen[23] = {0};

    (void)state;
    plan_order(23, 1, 0, a);
    plan_order(23, 1, 0, b);
    assert_memory_equal(a, b, sizeof a);
    for (int i = 0; i < 23; i++)
        seen[a[i]]++;
    for (int i = 0; i < 23; i++)
        assert_int_equal(seen[i], 1);
    plan_order(23, 1, 1, b);
    assert_int_not_equal(memcmp(a, b, sizeof a), 0);
    plan_order(23, 2, 0, b);
    assert_int_not_equal(memcmp(a, b, sizeof a), 0);
}

/* Each of 4 cells should be first in a quarter of 4000 blocks: 1000, standard deviation 27. */
static void every_cell_is_first_equally_often(void **state)
{
    uint32_t order[4], first[4] = {0};

    (void)state;
    for (uint32_t block = 0; block < 4000; block++) {
        plan_order(4, 12345, block, order);
        first[order[0]]++;
    }
    for (int i = 0; i < 4; i++)
        assert_in_range(first[i], 850, 1150);
}

/* Items 100 ns, starts 20, the rest 50: by hand. */
static void weak_scaling_gives_each_worker_as_much(void **state)
{
    struct plan_request request = request_for("1,2,4", 2, 100, 1e9);
    struct fault fault = {0};
    struct plan plan;

    (void)state;
    request.weak = true;
    request.items = 10;
    request.blocks = 3;
    plan = make(&request, &costs);
    assert_int_equal(plan.items, 10);
    assert_int_equal(plan_items_most(&plan), 40);
    assert_int_equal(plan_items_of(&plan, &plan.cells[0]), 40); /* serial: all of them once */
    for (uint32_t i = 1; i < plan.cell_count; i++)
        assert_int_equal(plan_items_of(&plan, &plan.cells[i]), 10 * plan.cells[i].workers);
    assert_true(fabs(plan_reference_ns(&plan, &costs) - (50 + 20 + 4000)) < 1e-9);
    request.items = 26; /* 4 workers: 104 of 100 */
    assert_int_equal(plan_make(&plan, &request, &costs, &fault), -1);
    assert_non_null(strstr(fault.text, "--weak: 4 workers with 26 items each are more than the 100"));
    request.items = 0; /* plenty of time: no more than there are */
    plan = make(&request, &costs);
    assert_int_equal(plan.items, 25);
}

/* Only the request decides what ends the sweep, not the number of blocks. */
static void the_stop_rule_is_that_of_the_request(void **state)
{
    static const enum plan_stop stops[] = {PLAN_STOP_BLOCKS, PLAN_STOP_BUDGET, PLAN_STOP_PRECISION};
    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        struct plan_request request = request_for("1,2", 2, 100, 1e13);
        enum plan_stop parsed;
        request.blocks = 200;
        request.stop = stops[i];
        struct plan plan = make(&request, &costs);
        assert_int_equal(plan.stop, stops[i]);
        assert_int_equal(plan.blocks, 200);
        assert_int_equal(plan_stop_parse(plan_stop_name(stops[i]), &parsed), 0);
        assert_int_equal(parsed, stops[i]);
    }
    assert_null(plan_stop_name((enum plan_stop)3));
}

/* A replay: all items in every trial, one block, no serial run. Two workers can be measured for real. */
static void known_worker_counts_are_left_out_first(void **state)
{
    static const struct plan_costs waits = {.item_ns = 0.1e9, .worker_start_ns = 0.01e9};
    struct plan_request request = request_for("1..16", 16, 1000, 300e9);
    struct plan plan;

    (void)state;
    request.no_serial = true;
    request.items = 1000;
    request.blocks = 1;
    request.known_workers = 2;
    plan = make(&request, &waits);
    assert_false(has_scaling(&plan, 2));
    assert_true(has_scaling(&plan, 1) && has_scaling(&plan, 16));
    assert_true(plan.workers_left_out > 0 && plan.workers_left_out < 6);
    assert_true(plan.block_ns <= 300e9);
    request.known_workers = 0;
    plan = make(&request, &waits);
    assert_true(has_scaling(&plan, 2));
    request.known_workers = 2;
    request.budget_ns = 1e12; /* all fit */
    plan = make(&request, &waits);
    assert_true(has_scaling(&plan, 2));
    assert_int_equal(plan.workers_left_out, 0);
    request.known_workers = 16; /* the largest and one stay in any case */
    request.budget_ns = 200e9;
    plan = make(&request, &waits);
    assert_true(has_scaling(&plan, 1) && has_scaling(&plan, 16));
}

/* Of as many workers in all, the fewest nodes are on the curve. */
static void nodes_and_workers_are_a_curve_and_the_rest(void **state)
{
    static const uint32_t curve[][2] = {{1, 1}, {2, 1}, {4, 2}, {8, 4}}, rest[][2] = {{2, 2}, {4, 4}};
    struct plan_request request = request_for("1,2", 8, 100, 1e12);
    struct fault fault = {0};
    struct plan plan;
    uint32_t at = 0;

    (void)state;
    assert_int_equal(plan_request_spread(&request, "4,1,2", &fault), 0);
    assert_int_equal(request.worker_count, 4);
    assert_int_equal(request.spread_count, 2);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(request.workers[i], curve[i][0]);
        assert_int_equal(request.nodes[i], curve[i][1]);
    }
    request.no_serial = true;
    request.chunk_count = 0;
    memset(request.policies, 0, sizeof request.policies);
    plan = make(&request, &costs);
    assert_int_equal(plan.cell_count, 6);
    for (uint32_t i = 0; i < plan.cell_count; i++) {
        const struct plan_cell *cell = &plan.cells[i];
        const uint32_t *wanted = cell->role == PLAN_SCALING ? curve[i] : rest[at++];
        assert_int_equal(cell->workers, wanted[0]);
        assert_int_equal(cell->nodes, wanted[1]);
    }
    assert_int_equal(at, 2);
    request = request_for("1,600", 8, 100, 1e12);
    assert_int_equal(plan_request_spread(&request, "1,2", &fault), -1);
    assert_non_null(strstr(fault.text, "more than 1024 workers"));
    assert_int_equal(plan_request_spread(&request, "1,,2", &fault), -1);
    assert_non_null(strstr(fault.text, "--nodes 1,,2"));
}

static void default_workers_go_up_to_two_above_the_cores(void **state)
{
    static const struct {
        uint32_t cores;
        const char *list;
    } cases[] = {{1, "1 2 3"},
                 {2, "1 2 3 4"},
                 {4, "1 2 3 4 5 6"},
                 {16, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18"},
                 {20, "1 2 3 4 5 6 7 8 12 16 20 21 22"},
                 {64, "1 2 3 4 5 6 7 8 12 16 24 32 48 64 65 66"},
                 {POOL_MAX_WORKERS, NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct plan_request request;
        char list[200] = "";
        plan_request_default_workers(&request, cases[i].cores);
        for (uint32_t k = 0; k < request.worker_count; k++)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%u", k ? " " : "",
                     request.workers[k]);
        if (cases[i].list)
            assert_string_equal(list, cases[i].list);
        else
            assert_int_equal(request.workers[request.worker_count - 1], POOL_MAX_WORKERS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_workers_go_up_to_two_above_the_cores),
        cmocka_unit_test(a_trial_is_predicted_as_by_hand),
        cmocka_unit_test(the_cells_are_those_of_the_design),
        cmocka_unit_test(ten_minutes_on_two_cores_keep_all_workers_and_enough_blocks),
        cmocka_unit_test(a_smaller_budget_never_exceeds_and_gives_way_in_order),
        cmocka_unit_test(what_the_user_fixes_stays),
        cmocka_unit_test(a_hopeless_budget_is_said_to_be_one),
        cmocka_unit_test(chunks_that_take_all_at_once_are_one_cell),
        cmocka_unit_test(full_cores_are_the_largest_count_within_the_cores),
        cmocka_unit_test(lists_are_read_sorted_and_checked),
        cmocka_unit_test(chunks_and_policies_are_read_and_checked),
        cmocka_unit_test(an_order_is_a_permutation_that_depends_on_seed_and_block_alone),
        cmocka_unit_test(every_cell_is_first_equally_often),
        cmocka_unit_test(weak_scaling_gives_each_worker_as_much),
        cmocka_unit_test(known_worker_counts_are_left_out_first),
        cmocka_unit_test(nodes_and_workers_are_a_curve_and_the_rest),
        cmocka_unit_test(the_stop_rule_is_that_of_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
