/* analysis/account/nodes_account.h */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/account/nodes_account.h"

static void check(struct nodes_shard *shards, size_t count, unsigned nodes, unsigned workers, double wall_s,
                  const double wanted[NODES_CAUSES])
{
    double core_s[NODES_CAUSES], sum = 0;

    nodes_account(shards, count, nodes, workers, wall_s, core_s);
    for (int i = 0; i < NODES_CAUSES; i++) {
        assert_true(fabs(core_s[i] - wanted[i]) < 1e-12);
        sum += core_s[i];
    }
    assert_true(fabs(sum - nodes * workers * wall_s) < 1e-9);
}

/* Two nodes: 0 has shards from 1 to 5 and 6 to 9, 1 one from 1.5 to 6; the trial ends at 10. */
static void test_two_nodes(void **state)
{
    struct nodes_shard shards[] = {{0, 6, 6.5, 8.9, 9}, {1, 1.5, 2, 5.5, 6}, {0, 1, 1.25, 4.75, 5}};

    (void)state;
    check(
        shards, 3, 2, 2, 10,
        (const double[]){2 * (3.5 + 2.4 + 3.5), 2 * (1 + 1 + 1.5), 2 * (0.5 + 0.5 + 0.1 + 1), 2 * 3, 2 * 2});
}

static void test_a_node_without_shards_waits(void **state)
{
    struct nodes_shard shards[] = {{0, 1, 2, 6, 7}};

    (void)state;
    check(shards, 1, 2, 1, 8, (const double[]){4, 2, 2, 6, 2});
}

static void test_no_shards(void **state)
{
    (void)state;
    check(NULL, 0, 2, 1, 3, (const double[]){0, 0, 0, 0, 6});
}

/* A shard that ran twice on one node, and clocks that lie before the start and behind the end. */
static void test_overlaps_count_once(void **state)
{
    struct nodes_shard shards[] = {{0, -5, 1, 5, 6}, {0, 3, 4, 8, 20}};

    (void)state;
    check(shards, 2, 1, 1, 10, (const double[]){4 + 2, 0, 1 + 1 + 2, 0, 0});
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(nodes_cause_name(NODES_IMBALANCE), "imbalance");
    assert_null(nodes_cause_name(NODES_CAUSES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_nodes), cmocka_unit_test(test_a_node_without_shards_waits),
        cmocka_unit_test(test_no_shards), cmocka_unit_test(test_overlaps_count_once),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
