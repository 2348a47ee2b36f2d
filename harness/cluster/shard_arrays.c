#include "harness/cluster/shard_arrays.h"

#include <inttypes.h>

static bool is_missing(const struct shard_size *size, const bool *done, uint64_t task)
{
    for (uint64_t i = task * size->per_task; i < (task + 1) * size->per_task && i < size->shards; i++)
        if (!done[i])
            return true;
    return false;
}

/* The missing tasks from first to end as indices, counted from first; NULL: there is none. */
static char *indices_of(const struct shard_size *size, const bool *done, uint64_t first, uint64_t end)
{
    GString *list = g_string_new(NULL);

    for (uint64_t task = first; task < end; task++) {
        uint64_t from = task;
        while (task < end && is_missing(size, done, task))
            task++;
        if (task == from)
            continue;
        g_string_append_printf(list, "%s%" PRIu64, list->len ? "," : "", from - first);
        if (task - from > 1)
            g_string_append_printf(list, "-%" PRIu64, task - 1 - first);
    }
    return g_string_free(list, list->len == 0);
}

/* Arrays one after another for the tasks from first to end. */
static void append(GArray *arrays, const struct shard_size *size, const bool *done, uint64_t first,
                   uint64_t end, uint64_t most, uint64_t at_once)
{
    size_t after = SHARD_ARRAYS_NONE;

    for (; first < end; first += most) {
        uint64_t stop = end - first < most ? end : first + most;
        struct shard_array array = {.first = first,
                                    .at_once = at_once,
                                    .after = after,
                                    .indices = indices_of(size, done, first, stop)};
        if (!array.indices)
            continue;
        after = arrays->len;
        g_array_append_val(arrays, array);
    }
}

/* The task after that which brings the missing ones from `first` on to count; the last task has those that are left. */
static uint64_t end_of(const struct shard_size *size, const bool *done, uint64_t first, uint64_t count)
{
    while (count > 0 && first < size->tasks)
        count -= is_missing(size, done, first++);
    return first;
}

static void release(void *array)
{
    g_free(((struct shard_array *)array)->indices);
}

static GArray *empty_list(void)
{
    GArray *arrays = g_array_new(FALSE, FALSE, sizeof(struct shard_array));

    g_array_set_clear_func(arrays, release);
    return arrays;
}

GArray *shard_arrays(const struct shard_size *size, const bool *done, uint64_t most, uint64_t nodes)
{
    GArray *arrays = empty_list();
    uint64_t missing = 0, parts, first = 0, used = 0, given = 0;

    append(arrays, size, done, 0, size->tasks, most, nodes);
    if (arrays->len < 2 || nodes < 2)
        return arrays;
    parts = arrays->len < nodes ? arrays->len : nodes;
    g_array_unref(arrays);
    arrays = empty_list();
    for (uint64_t task = 0; task < size->tasks; task++)
        missing += is_missing(size, done, task);
    for (uint64_t part = 0; part < parts; part++) {
        uint64_t at_once = nodes / parts + (part < nodes % parts), end, count;
        used += at_once;
        count = (uint64_t)((double)missing * (double)used / (double)nodes) - given;
        end = part + 1 == parts ? size->tasks : end_of(size, done, first, count);
        given += count;
        append(arrays, size, done, first, end, most, at_once);
        first = end;
    }
    return arrays;
}
