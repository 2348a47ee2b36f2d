/* The simulated pool: hand-checked runs, the same claims as the real pool's, and runs of a million items. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#include "analysis/prediction/simulate.h"
#include "analysis/statistics/random.h"
#include "pipeline/pool/chunk.h"

static void assert_near(const char *what, double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-9))
        fail_msg("%s: found %.12g, wanted %.12g", what, found, wanted);
}

static struct simulate_result run(const struct simulate_setting *setting)
{
    struct simulate_result result;

    assert_int_equal(simulate_run(setting, &result, NULL, NULL), 0);
    return result;
}

static const double four[] = {4, 1, 1, 1};

static void items_go_to_the_first_free_worker(void **state)
{
    struct simulate_setting setting = {
        .workers = 2, .chunk = 1, .policy = SIMULATE_DYNAMIC, .cost_s = four, .items = 4};
    struct simulate_result result = run(&setting);

    (void)state;
    assert_near("dynamic", result.wall_s, 4);
    assert_near("tail", result.tail_core_s, 1);
    assert_near("busy", result.busy_core_s, 7);
    assert_int_equal(result.claims, 4);
    setting.policy = SIMULATE_STATIC;
    assert_near("static", run(&setting).wall_s, 5);
    setting.policy = SIMULATE_DYNAMIC;
    setting.chunk = 2;
    assert_near("chunks of 2", run(&setting).wall_s, 5);
    setting.workers = 1;
    assert_near("one worker", run(&setting).wall_s, 7);
}

static void largest_first_is_an_order(void **state)
{
    const double cost[] = {1, 3, 1, 3, 4};
    size_t order[5];
    struct simulate_setting setting = {.workers = 2,
                                       .chunk = 1,
                                       .policy = SIMULATE_LARGEST_FIRST,
                                       .cost_s = cost,
                                       .order = order,
                                       .items = 5};

    (void)state;
    assert_int_equal(simulate_largest_first(cost, 5, order), 0);
    assert_int_equal(order[0], 4);
    assert_int_equal(order[1], 1);
    assert_int_equal(order[2], 3);
    assert_int_equal(order[4], 2);
    assert_near("4 + 1 + 1 against 3 + 3", run(&setting).wall_s, 6);
    setting.order = NULL;
    assert_near("1 + 1 + 3 against 3 + 4", run(&setting).wall_s, 7);
}

static void serial_parts_and_starts_come_before_and_behind(void **state)
{
    struct simulate_setting setting = {.workers = 2,
                                       .chunk = 1,
                                       .policy = SIMULATE_DYNAMIC,
                                       .cost_s = four,
                                       .items = 4,
                                       .prefix_s = 10,
                                       .fork_s = 0.5,
                                       .begin_s = 0.25,
                                       .init_s = 2,
                                       .suffix_s = 3,
                                       .suffix_per_worker_s = 0.125};
    struct simulate_worker worker[2];
    struct simulate_span span[4];
    struct simulate_result result;

    (void)state;
    assert_int_equal(simulate_run(&setting, &result, span, worker), 0);
    assert_near("go", result.go_s, 10 + 0.5 + 0.25 + 2);
    assert_near("all", result.wall_s, 12.75 + 4 + 3.25);
    assert_near("first ready", worker[0].ready_s, 12.25);
    assert_near("second forked", worker[1].fork_s, 10.5);
    assert_near("item 3", span[3].start_s, 12.75 + 2);
    assert_int_equal(span[3].worker, 1);
    assert_near("its end", span[3].end_s, 12.75 + 3);
    assert_near("second's end", worker[1].loop_end_s, 12.75 + 3);
}

static void claims_and_gaps_take_time(void **state)
{
    const double cost[] = {1, 1, 1, 1};
    struct simulate_setting setting = {.workers = 1,
                                       .chunk = 2,
                                       .policy = SIMULATE_DYNAMIC,
                                       .cost_s = cost,
                                       .items = 4,
                                       .claim_s = 0.5,
                                       .gap_s = 0.25};
    (void)state;
    assert_near("two claims, four gaps", run(&setting).wall_s, 4 + 2 * 0.5 + 4 * 0.25);
}

static void more_workers_than_cores_share_them(void **state)
{
    const double cost[] = {2, 2, 2, 2};
    struct simulate_setting setting = {
        .workers = 4, .cores = 2, .chunk = 1, .policy = SIMULATE_DYNAMIC, .cost_s = cost, .items = 4};
    struct simulate_worker worker[4];
    struct simulate_span span[4];
    struct simulate_result result;

    (void)state;
    assert_int_equal(simulate_run(&setting, &result, span, worker), 0);
    assert_near("4 x 2 s on 2 cores", result.wall_s, 4);
    assert_near("CPU time of an item", span[0].cpu_s, 2);
    assert_near("waiting", worker[0].waiting_s, 2);
    setting.share = 0.5; /* each needs a core half of its time only */
    assert_near("half blocked", run(&setting).wall_s, 2);
    setting.init_s = 1;
    assert_near("four initializers on two cores", run(&setting).wall_s, 2 + 2);
    setting.init_share = 0.25;
    assert_near("four that need a core a quarter of their time", run(&setting).wall_s, 1 + 2);
}

/* Two of the four go on at a time: each is slowed by one other, not by three. */
static void who_waits_for_a_core_slows_nobody(void **state)
{
    const double cost[] = {2, 2, 2, 2};
    struct simulate_setting setting = {.workers = 4,
                                       .cores = 2,
                                       .chunk = 1,
                                       .policy = SIMULATE_DYNAMIC,
                                       .cost_s = cost,
                                       .items = 4,
                                       .contention = 0.5};

    (void)state;
    assert_near("as with two workers", run(&setting).wall_s, 6);
    setting.workers = 2;
    assert_near("two workers", run(&setting).wall_s, 6);
}

static void contention_slows_while_others_work(void **state)
{
    const double cost[] = {1, 2};
    struct simulate_setting setting = {
        .workers = 2, .chunk = 1, .policy = SIMULATE_DYNAMIC, .cost_s = cost, .items = 2, .contention = 0.5};
    (void)state;
    assert_near("1.5 together, then 1 alone", run(&setting).wall_s, 2.5);
}

static void a_lock_lets_one_pass_at_a_time(void **state)
{
    const double cost[] = {1, 1, 1, 1};
    const struct simulate_lock lock[] = {{0, 1}, {0, 1}, {0, 1}, {0, 1}};
    struct simulate_setting setting = {
        .workers = 4, .chunk = 1, .policy = SIMULATE_DYNAMIC, .cost_s = cost, .items = 4, .lock = lock};
    struct simulate_span span[4];
    struct simulate_result result;

    (void)state;
    assert_int_equal(simulate_run(&setting, &result, span, NULL), 0);
    assert_near("one after another", result.wall_s, 4);
    assert_near("the last one's CPU time", span[3].cpu_s, 1);
    assert_near("and its start", span[3].start_s, 0);
}

static void a_lock_in_the_middle_is_asked_for_in_turn(void **state)
{
    const double cost[] = {3, 3, 1};
    const struct simulate_lock lock[] = {{1, 1}, {0.5, 1}, {0, 0}};
    struct simulate_setting setting = {
        .workers = 3, .chunk = 1, .policy = SIMULATE_DYNAMIC, .cost_s = cost, .items = 3, .lock = lock};
    struct simulate_span span[3];
    struct simulate_result result;

    (void)state;
    assert_int_equal(simulate_run(&setting, &result, span, NULL), 0);
    assert_near("the second asks first, from 0.5 to 1.5", span[1].end_s, 3);
    assert_near("the first waits for half a second", span[0].end_s, 3.5);
    assert_near("and has no CPU time then", span[0].cpu_s, 3);
    assert_near("who needs no lock waits for none", span[2].end_s, 1);
}

/* Random workers claim until nothing is left, here and in the pool. */
static void claims_are_the_pool_s(void **state)
{
    struct random_stream random = {5};

    (void)state;
    for (int round = 0; round < 200; round++) {
        unsigned workers = 1 + (unsigned)(random_next(&random) % 9);
        uint64_t items = random_next(&random) % 300, chunk = 1 + random_next(&random) % 12;
        enum chunk_policy policy = (enum chunk_policy)(round % 4);
        uint64_t own[9] = {0};
        struct simulate_queue queue = {(enum simulate_policy)policy, chunk, items, 0, workers, own};
        struct item_table table;
        struct fault fault;
        assert_int_equal(item_table_create(&table, -1, items, 0, workers, 0, &fault), 0);
        for (unsigned turn = 0; turn < 400; turn++) {
            unsigned slot = (unsigned)(random_next(&random) % workers);
            struct worker_record *worker = item_table_worker(&table, slot);
            uint64_t begin = 0, end = 0, wanted_begin = 0, wanted_end = 0;
            bool wanted = chunk_claim(&table, policy, chunk, slot, &wanted_begin, &wanted_end);
            bool found = simulate_claim(&queue, slot, &begin, &end);
            assert_int_equal(found, wanted);
            if (!wanted)
                continue;
            assert_int_equal(begin, wanted_begin);
            assert_int_equal(end, wanted_end);
            atomic_store(&worker->claim_end, wanted_end);
            worker->claims++;
        }
        item_table_close(&table);
    }
}

/* Graham's bound holds, and all work is done, whatever the setting. */
static void every_schedule_is_possible(void **state)
{
    struct random_stream random = {6};
    double cost[500];

    (void)state;
    for (int round = 0; round < 200; round++) {
        double sum = 0, longest = 0;
        struct simulate_setting setting = {.workers = 1 + (unsigned)(random_next(&random) % 40),
                                           .chunk = 1 + random_next(&random) % 20,
                                           .policy = (enum simulate_policy)(round % 4),
                                           .cost_s = cost,
                                           .items = random_next(&random) % 500};
        struct simulate_result result;
        for (size_t i = 0; i < setting.items; i++) {
            cost[i] = exp(random_normal(&random));
            sum += cost[i];
            longest = fmax(longest, cost[i]);
        }
        result = run(&setting);
        assert_true(fabs(result.busy_core_s - sum) < 1e-6);
        assert_true(result.wall_s > fmax(sum / setting.workers, longest) - 1e-9);
        if (setting.chunk == 1 && setting.policy != SIMULATE_STATIC && setting.policy != SIMULATE_GUIDED)
            assert_true(result.wall_s < sum / setting.workers + longest + 1e-9);
        assert_true(fabs(result.busy_core_s + result.tail_core_s - setting.workers * result.wall_s) < 1e-6);
    }
}

static void a_million_items_on_a_thousand_workers(void **state)
{
    enum { ITEMS = 1000000 };
    struct random_stream random = {7};
    double *cost = calloc(ITEMS, sizeof *cost), sum = 0;
    struct simulate_setting setting = {.workers = 1024,
                                       .cores = 512,
                                       .chunk = 1,
                                       .policy = SIMULATE_DYNAMIC,
                                       .cost_s = cost,
                                       .items = ITEMS,
                                       .contention = 1e-4};
    struct simulate_result result;

    (void)state;
    assert_non_null(cost);
    for (size_t i = 0; i < ITEMS; i++)
        sum += cost[i] = 0.1 * random_uniform(&random);
    result = run(&setting);
    assert_int_equal(result.claims, ITEMS);
    assert_true(fabs(result.wall_s / (sum / 512 * (1 + 1e-4 * 511)) - 1) < 0.01);
    free(cost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_go_to_the_first_free_worker),
        cmocka_unit_test(largest_first_is_an_order),
        cmocka_unit_test(serial_parts_and_starts_come_before_and_behind),
        cmocka_unit_test(claims_and_gaps_take_time),
        cmocka_unit_test(more_workers_than_cores_share_them),
        cmocka_unit_test(who_waits_for_a_core_slows_nobody),
        cmocka_unit_test(contention_slows_while_others_work),
        cmocka_unit_test(a_lock_lets_one_pass_at_a_time),
        cmocka_unit_test(a_lock_in_the_middle_is_asked_for_in_turn),
        cmocka_unit_test(claims_are_the_pool_s),
        cmocka_unit_test(every_schedule_is_possible),
        cmocka_unit_test(a_million_items_on_a_thousand_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
