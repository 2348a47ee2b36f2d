#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/cluster/shard_size.h"

static void a_long_batch_has_shards_of_half_a_minute(void **state)
{
    struct shard_size size;

    (void)state;
    shard_size_choose(&size, 4 * 600, 100000, 4); /* ten minutes on each of four nodes */
    assert_int_equal(size.shards, 80);
    assert_true(fabs(size.shard_s - 30) < 1e-9);
    assert_int_equal(size.per_task, 2); /* tasks of a minute */
    assert_int_equal(size.tasks, 40);
}

static void a_short_batch_has_a_shard_a_node(void **state)
{
    struct shard_size size;

    (void)state;
    shard_size_choose(&size, 100, 1000, 4);
    assert_int_equal(size.shards, 4);
    assert_int_equal(size.per_task, 1); /* or nodes would be idle */
}

static void the_number_of_shards_is_bounded(void **state)
{
    struct shard_size size;

    (void)state;
    shard_size_choose(&size, 1e9, 1000000, 3);
    assert_int_equal(size.shards, 300);
    assert_int_equal(size.per_task, 1);
    shard_size_choose(&size, 1e9, 7, 3);
    assert_int_equal(size.shards, 7); /* one an item */
    shard_size_choose(&size, NAN, 1000, 5);
    assert_int_equal(size.shards, 5);
    assert_int_equal(size.per_task, 1);
    assert_true(isnan(size.shard_s));
    shard_size_choose(&size, 0, 0, 5);
    assert_int_equal(size.shards, 1);
}

/* What a pause of 0.8 s between tasks costs stays below 3% wherever a node has work for half a minute. */
static void a_pause_between_tasks_is_below_three_percent(void **state)
{
    (void)state;
    for (uint64_t nodes = 1; nodes <= 1000; nodes *= 10)
        for (uint64_t node_s = 30 * nodes; node_s < 100000000; node_s *= 3) {
            struct shard_size size;
            shard_size_choose(&size, (double)node_s, 100000000, nodes);
            assert_true(SHARD_SIZE_PAUSE_S / (size.shard_s * (double)size.per_task) < 0.03);
            assert_true(size.tasks >= nodes);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_batch_has_shards_of_half_a_minute),
        cmocka_unit_test(a_short_batch_has_a_shard_a_node),
        cmocka_unit_test(the_number_of_shards_is_bounded),
        cmocka_unit_test(a_pause_between_tasks_is_below_three_percent),
    };
    return cmocka_run_group_tests_name("shard size", tests, NULL, NULL);
}
