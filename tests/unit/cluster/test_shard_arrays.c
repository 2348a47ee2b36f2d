#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "harness/cluster/shard_arrays.h"

/* "FIRST:INDICES%AT_ONCE" of each array, with "<PLACE" where it waits for the one at that place. */
static char *text_of(const GArray *arrays)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < arrays->len; i++) {
        const struct shard_array *array = &g_array_index(arrays, struct shard_array, i);
        g_string_append_printf(text, "%s%" PRIu64 ":%s%%%" PRIu64, i ? " " : "", array->first, array->indices,
                               array->at_once);
        if (array->after != SHARD_ARRAYS_NONE)
            g_string_append_printf(text, "<%zu", array->after);
    }
    return g_string_free(text, FALSE);
}

static void check(uint64_t shards, uint64_t per_task, const char *done_shards, uint64_t most, uint64_t nodes,
                  const char *wanted)
{
    const struct shard_size size = {
        .shards = shards, .per_task = per_task, .tasks = (shards + per_task - 1) / per_task};
    bool done[64] = {false};
    GArray *arrays;
    char *text;

    for (size_t i = 0; i < strlen(done_shards); i++)
        done[i] = done_shards[i] == 'x';
    arrays = shard_arrays(&size, done, most, nodes);
    text = text_of(arrays);
    assert_string_equal(text, wanted);
    g_free(text);
    g_array_unref(arrays);
}

static void tasks_within_the_limit_are_one_array(void **state)
{
    (void)state;
    check(10, 1, "", 1000, 3, "0:0-9%3");
    check(9, 2, "", 1000, 3, "0:0-4%3");
    check(10, 1, "xxx.x..x.x", 1000, 3, "0:3,5-6,8%3");
    check(9, 2, "xxx.x..x.x", 1000, 3, "0:1-4%3");
    check(9, 2, "xxxxx..xxx", 1000, 3, "0:2-3%3");
    check(10, 1, "xxxxxxxxxx", 1000, 3, "");
}

static void more_tasks_are_arrays_at_the_same_time(void **state)
{
    (void)state;
    check(16, 1, "", 5, 4, "0:0-3%1 4:0-3%1 8:0-3%1 12:0-3%1");
    check(10, 1, "", 5, 3, "0:0-4%2 5:0%2<0 6:0-3%1"); /* two nodes have six tasks, the third has four */
    check(8, 1, "", 4, 4, "0:0-3%2 4:0-3%2");
}

static void more_arrays_than_nodes_follow_one_another(void **state)
{
    (void)state;
    check(7, 1, "", 3, 1, "0:0-2%1 3:0-2%1<0 6:0%1<1");
    check(7, 1, "", 3, 2, "0:0-2%1 3:0-2%1 6:0%1<1");
    check(12, 1, "", 2, 2, "0:0-1%1 2:0-1%1<0 4:0-1%1<1 6:0-1%1 8:0-1%1<3 10:0-1%1<4");
}

static void what_is_missing_is_shared_equally(void **state)
{
    (void)state;
    check(16, 1, "xxxxxxxx........", 4, 2, "8:0-3%1 12:0-3%1");
    check(16, 1, ".xxxxxxxxxxxxxx.", 4, 4, "0:0%2 13:2%2");
}

/* Marks the tasks of "0-3,7", counted from first. */
static void mark(const char *indices, uint64_t first, uint64_t most, int times[])
{
    char **ranges = g_strsplit(indices, ",", -1);

    for (int i = 0; ranges[i]; i++) {
        char *end;
        uint64_t from = strtoull(ranges[i], &end, 10), to = *end == '-' ? strtoull(end + 1, NULL, 10) : from;
        assert_true(to < most);
        for (uint64_t task = from; task <= to; task++)
            times[first + task]++;
    }
    g_strfreev(ranges);
}

/* Of 2,000 random submissions: each missing task is in one array, no other is; no more tasks than nodes at a time. */
static void every_missing_task_is_in_one_array(void **state)
{
    (void)state;
    srand(7);
    for (int round = 0; round < 2000; round++) {
        struct shard_size size = {.shards = (uint64_t)(1 + rand() % 300),
                                  .per_task = (uint64_t)(1 + rand() % 4)};
        uint64_t most = (uint64_t)(1 + rand() % 40), nodes = (uint64_t)(1 + rand() % 12), at_once = 0;
        bool done[300];
        int times[300] = {0}, odds = 1 + rand() % 4;
        GArray *arrays;
        size.tasks = (size.shards + size.per_task - 1) / size.per_task;
        for (int i = 0; i < 300; i++)
            done[i] = rand() % odds > 0;
        arrays = shard_arrays(&size, done, most, nodes);
        for (guint i = 0; i < arrays->len; i++) {
            const struct shard_array *array = &g_array_index(arrays, struct shard_array, i);
            mark(array->indices, array->first, most, times);
            assert_true(array->after == SHARD_ARRAYS_NONE || array->after == i - 1);
            at_once += array->after == SHARD_ARRAYS_NONE ? array->at_once : 0;
        }
        assert_true(at_once <= nodes);
        for (uint64_t task = 0; task < size.tasks; task++) {
            bool missing = false;
            for (uint64_t i = task * size.per_task; i < (task + 1) * size.per_task && i < size.shards; i++)
                missing = missing || !done[i];
            assert_int_equal(times[task], missing);
        }
        g_array_unref(arrays);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_within_the_limit_are_one_array),
        cmocka_unit_test(more_tasks_are_arrays_at_the_same_time),
        cmocka_unit_test(more_arrays_than_nodes_follow_one_another),
        cmocka_unit_test(what_is_missing_is_shared_equally),
        cmocka_unit_test(every_missing_task_is_in_one_array),
    };
    return cmocka_run_group_tests_name("shard arrays", tests, NULL, NULL);
}
