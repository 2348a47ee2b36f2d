/* Names of causes, the largest of them, and what items cost with one worker (account.h). */
#include <math.h>
#include <stdlib.h>

#include "analysis/account/account.h"
#include "analysis/statistics/stats.h"

static const struct {
    const char *name, *label;
} causes[ACCOUNT_CAUSES] = {
    [CAUSE_SERIAL] = {"serial", "serial prefix and suffix"},
    [CAUSE_SPAWN] = {"spawn", "starting processes"},
    [CAUSE_INIT] = {"init", "worker initialisation"},
    [CAUSE_DISPATCH] = {"dispatch", "dispatch (claims, gaps)"},
    [CAUSE_USEFUL] = {"useful", "useful, as with one worker"},
    [CAUSE_INFLATION_FIXED] = {"inflation-fixed", "slower items, per item"},
    [CAUSE_INFLATION_SIZE] = {"inflation-size", "slower items, by size"},
    [CAUSE_INFLATION_REST] = {"inflation-rest", "slower items, rest"},
    [CAUSE_WAITING] = {"waiting", "waiting for a core"},
    [CAUSE_HELD] = {"held", "held by the CPU quota"},
    [CAUSE_BLOCKED] = {"blocked", "blocked, as with one worker"},
    [CAUSE_BLOCKED_MORE] = {"blocked-more", "blocked beyond that (locks)"},
    [CAUSE_OFF_CPU] = {"off-cpu", "off CPU: no core, or locks"},
    [CAUSE_TAIL] = {"tail", "tail: no work left"},
};

const char *account_cause_name(enum account_cause cause)
{
    return causes[cause].name;
}

const char *account_cause_label(enum account_cause cause)
{
    return causes[cause].label;
}

enum account_cause account_top(const double core_s[ACCOUNT_CAUSES])
{
    enum account_cause top = ACCOUNT_CAUSES;

    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        if (c != CAUSE_USEFUL && core_s[c] > (top == ACCOUNT_CAUSES ? 0 : core_s[top]))
            top = (enum account_cause)c;
    return top;
}

static int by_id(const void *a, const void *b)
{
    int64_t x = ((const struct account_cost *)a)->id, y = ((const struct account_cost *)b)->id;

    return x < y ? -1 : x > y;
}

static double median_of(const struct account_cost *costs, size_t count, size_t offset, double *room)
{
    size_t known = 0;

    for (size_t i = 0; i < count; i++) {
        double value = *(const double *)(const void *)((const char *)&costs[i] + offset);
        if (!isnan(value))
            room[known++] = value;
    }
    stats_sort(room, known);
    return known ? stats_sorted_quantile(room, known, 0.5) : NAN;
}

size_t account_costs_median(struct account_cost *costs, size_t count)
{
    double *room;
    size_t kept = 0;

    if (count == 0) /* costs may be NULL, which qsort does not take */
        return 0;
    room = calloc(count + 1, sizeof *room);
    if (!room)
        return 0;
    qsort(costs, count, sizeof *costs, by_id);
    for (size_t begin = 0, end; begin < count; begin = end) {
        struct account_cost median = {.id = costs[begin].id};
        for (end = begin; end < count && costs[end].id == costs[begin].id;)
            end++;
        median.cpu_s = median_of(&costs[begin], end - begin, offsetof(struct account_cost, cpu_s), room);
        median.blocked_s =
            median_of(&costs[begin], end - begin, offsetof(struct account_cost, blocked_s), room);
        median.wall_s = median_of(&costs[begin], end - begin, offsetof(struct account_cost, wall_s), room);
        median.lock_at_s =
            median_of(&costs[begin], end - begin, offsetof(struct account_cost, lock_at_s), room);
        median.locked_s =
            median_of(&costs[begin], end - begin, offsetof(struct account_cost, locked_s), room);
        costs[kept++] = median;
    }
    free(room);
    return kept;
}

const struct account_cost *account_cost_of(const struct account_cost *costs, size_t count, int64_t id)
{
    struct account_cost key = {.id = id};

    return count ? bsearch(&key, costs, count, sizeof *costs, by_id) : NULL;
}
