#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

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

static void check_indices(const struct shard_size *size, const bool *done, uint64_t first, uint64_t most,
                          const char *wanted, uint64_t count)
{
    char *text;

    assert_int_equal(shard_size_indices(size, done, first, most, &text), count);
    if (wanted)
        assert_string_equal(text, wanted);
    else
        assert_null(text);
    g_free(text);
}

static void indices_are_those_of_tasks_with_a_missing_shard(void **state)
{
    const struct shard_size single = {.shards = 10, .per_task = 1, .tasks = 10};
    const struct shard_size pairs = {.shards = 9, .per_task = 2, .tasks = 5};
    bool done[10] = {false};

    (void)state;
    check_indices(&single, done, 0, 1000, "0-9", 10);
    check_indices(&single, done, 4, 4, "0-3", 4); /* the second array of four */
    check_indices(&single, done, 8, 4, "0-1", 2);
    check_indices(&pairs, done, 0, 1000, "0-4", 5);
    for (int i = 0; i < 10; i++)
        done[i] = i != 3 && i != 5 && i != 6 && i != 8;
    check_indices(&single, done, 0, 1000, "3,5-6,8", 4);
    check_indices(&pairs, done, 0, 1000, "1-4", 4);
    done[3] = done[8] = true;
    check_indices(&pairs, done, 0, 1000, "2-3", 2);
    check_indices(&pairs, done, 0, 2, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_batch_has_shards_of_half_a_minute),
        cmocka_unit_test(a_short_batch_has_a_shard_a_node),
        cmocka_unit_test(the_number_of_shards_is_bounded),
        cmocka_unit_test(a_pause_between_tasks_is_below_three_percent),
        cmocka_unit_test(indices_are_those_of_tasks_with_a_missing_shard),
    };
    return cmocka_run_group_tests_name("shard size", tests, NULL, NULL);
}
