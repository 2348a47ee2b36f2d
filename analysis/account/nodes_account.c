#include "analysis/account/nodes_account.h"

#include <math.h>
#include <stdlib.h>

const char *nodes_cause_name(enum nodes_cause cause)
{
    static const char *const names[] = {"work", "scheduling", "staging", "imbalance", "merge"};

    return (unsigned)cause < NODES_CAUSES ? names[cause] : NULL;
}

static int by_node(const void *a, const void *b)
{
    const struct nodes_shard *x = a, *y = b;

    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    return (x->start_s > y->start_s) - (x->start_s < y->start_s);
}

/* The time up to an instant goes to a cause; the cursor never goes back, nor beyond the end. */
static void spend(double core_s[NODES_CAUSES], enum nodes_cause cause, double *cursor_s, double until_s,
                  double end_s)
{
    until_s = fmin(until_s, end_s);
    if (!(until_s > *cursor_s))
        return;
    core_s[cause] += until_s - *cursor_s;
    *cursor_s = until_s;
}

/* The shards of one node, from `at`; returns where those of the next one begin. */
static size_t account_node(const struct nodes_shard *shards, size_t count, size_t at, unsigned node,
                           double first_s, double last_s, double wall_s, double core_s[NODES_CAUSES])
{
    double cursor_s = 0;

    if (at == count || shards[at].node != node)
        spend(core_s, NODES_SCHEDULING, &cursor_s, first_s, wall_s);
    for (; at < count && shards[at].node == node; at++) {
        spend(core_s, NODES_SCHEDULING, &cursor_s, shards[at].start_s, wall_s);
        spend(core_s, NODES_STAGING, &cursor_s, shards[at].work_s, wall_s);
        spend(core_s, NODES_WORK, &cursor_s, shards[at].idle_s, wall_s);
        spend(core_s, NODES_STAGING, &cursor_s, shards[at].end_s, wall_s);
    }
    spend(core_s, NODES_IMBALANCE, &cursor_s, last_s, wall_s);
    spend(core_s, NODES_MERGE, &cursor_s, wall_s, wall_s);
    return at;
}

void nodes_account(struct nodes_shard *shards, size_t count, unsigned nodes, unsigned workers, double wall_s,
                   double core_s[NODES_CAUSES])
{
    double first_s = count ? INFINITY : 0, last_s = 0;
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        first_s = fmin(first_s, shards[i].start_s);
        last_s = fmax(last_s, shards[i].end_s);
    }
    if (count) /* qsort() wants an address even then */
        qsort(shards, count, sizeof *shards, by_node);
    for (int cause = 0; cause < NODES_CAUSES; cause++)
        core_s[cause] = 0;
    for (unsigned node = 0; node < nodes; node++)
        at = account_node(shards, count, at, node, first_s, last_s, wall_s, core_s);
    for (int cause = 0; cause < NODES_CAUSES; cause++)
        core_s[cause] *= workers;
}
