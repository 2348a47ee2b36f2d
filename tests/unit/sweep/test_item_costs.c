/* Costs of items that were not measured follow from their bytes and kind. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/sweep/subjects/item_costs.h"

static void assert_near(double got, double wanted)
{
    if (!(fabs(got - wanted) < 1e-9))
        fail_msg("%.12g, not %.12g", got, wanted);
}

enum { KINDS = 3 };

static void others_follow_their_kind(void **state)
{
    uint64_t bytes[] = {100, 200, 300, 10, 20, 7};
    const uint32_t kinds[] = {0, 0, 0, 1, 1, 2};
    const struct batch batch = {.bytes = bytes, .count = 6};
    struct item_costs costs = {.count = 0};

    (void)state;
    item_costs_note(&costs, &batch, 0, 200); /* kind 0: 2 ns a byte with the next */
    item_costs_note(&costs, &batch, 1, 400);
    item_costs_note(&costs, &batch, 3, 50); /* kind 1: 5 */
    item_costs_note(&costs, &batch, 5, 0);  /* not measured */
    item_costs_finish(&costs, &batch, kinds, KINDS);
    assert_int_equal(costs.measured_count, 3);
    assert_true(costs.measured[3]);
    assert_false(costs.measured[5]);
    assert_near(costs.cost[0], 200);
    assert_near(costs.cost[2], 600);
    assert_near(costs.cost[4], 100);
    assert_near(costs.cost[5], 7 * 650.0 / 310); /* kind 2: the mean of all */
    item_costs_release(&costs);
    item_costs_release(&costs);
}

static void nothing_measured_is_bytes(void **state)
{
    uint64_t bytes[] = {100, 0};
    const uint32_t kinds[] = {0, 1};
    const struct batch batch = {.bytes = bytes, .count = 2};
    struct item_costs costs = {.count = 0};

    (void)state;
    item_costs_finish(&costs, &batch, kinds, KINDS);
    assert_near(costs.cost[0], 100);
    assert_near(costs.cost[1], 1); /* never 0 */
    item_costs_release(&costs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_follow_their_kind),
        cmocka_unit_test(nothing_measured_is_bytes),
    };

    return cmocka_run_group_tests_name("item costs", tests, NULL, NULL);
}
