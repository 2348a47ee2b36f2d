#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipeline/images/shards/shard_split.h"

static void equal_items_are_divided_equally(void **state)
{
    const uint64_t bytes[12] = {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9};
    uint64_t first[5];

    (void)state;
    shard_split(bytes, 12, 4, first);
    for (uint64_t i = 0; i <= 4; i++)
        assert_int_equal(first[i], 3 * i);
}

static void a_large_item_is_alone(void **state)
{
    const uint64_t bytes[5] = {0, 0, 999, 0, 0};
    uint64_t first[4];

    (void)state;
    shard_split(bytes, 5, 3, first);
    assert_int_equal(first[0], 0);
    assert_int_equal(first[1], 2);
    assert_int_equal(first[2], 3);
    assert_int_equal(first[3], 5);
}

static void files_of_no_bytes_are_divided_by_number(void **state)
{
    const uint64_t bytes[4] = {0};
    uint64_t first[3];

    (void)state;
    shard_split(bytes, 4, 2, first);
    assert_int_equal(first[1], 2);
    assert_int_equal(first[2], 4);
}

static void more_shards_than_items_leave_some_empty(void **state)
{
    const uint64_t bytes[2] = {5, 5};
    uint64_t first[8];

    (void)state;
    shard_split(bytes, 2, 7, first);
    assert_int_equal(first[0], 0);
    assert_int_equal(first[7], 2);
    for (int i = 0; i < 7; i++)
        assert_true(first[i] <= first[i + 1]);
}

/* Sums near 2^64, and one shard's weight within an item's of the mean. */
static void a_shard_differs_from_the_mean_by_less_than_two_halves_of_an_item(void **state)
{
    enum { ITEMS = 1000, SHARDS = 37 };
    static uint64_t bytes[ITEMS];
    uint64_t first[SHARDS + 1], random = 1, most = 0;
    double total = 0;

    (void)state;
    for (int i = 0; i < ITEMS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = random >> 11;
        most = bytes[i] > most ? bytes[i] : most;
        total += (double)bytes[i];
    }
    shard_split(bytes, ITEMS, SHARDS, first);
    assert_int_equal(first[0], 0);
    assert_int_equal(first[SHARDS], ITEMS);
    for (int s = 0; s < SHARDS; s++) {
        double sum = 0;
        for (uint64_t i = first[s]; i < first[s + 1]; i++)
            sum += (double)bytes[i];
        assert_true(sum < total / SHARDS + (double)most && sum > total / SHARDS - (double)most);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_items_are_divided_equally),
        cmocka_unit_test(a_large_item_is_alone),
        cmocka_unit_test(files_of_no_bytes_are_divided_by_number),
        cmocka_unit_test(more_shards_than_items_leave_some_empty),
        cmocka_unit_test(a_shard_differs_from_the_mean_by_less_than_two_halves_of_an_item),
    };
    return cmocka_run_group_tests_name("shard split", tests, NULL, NULL);
}
