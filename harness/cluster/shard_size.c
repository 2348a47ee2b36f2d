#include "harness/cluster/shard_size.h"

#include <math.h>

#include "pipeline/images/shards/shard_split.h"

static uint64_t ceil_division(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

void shard_size_of(struct shard_size *size, double node_s, uint64_t shards, uint64_t nodes)
{
    uint64_t per_task = 1, most = shards / nodes ? shards / nodes : 1;

    size->shards = shards;
    size->shard_s = node_s / (double)shards;
    if (size->shard_s > 0 && size->shard_s < SHARD_SIZE_TASK_S)
        per_task = (uint64_t)fmin(ceil(SHARD_SIZE_TASK_S / size->shard_s), (double)most);
    size->per_task = per_task;
    size->tasks = ceil_division(shards, per_task);
}

void shard_size_choose(struct shard_size *size, double node_s, uint64_t items, uint64_t nodes)
{
    double share_s = node_s / (double)nodes;
    uint64_t a_node = 1, shards;

    if (share_s >= 2 * SHARD_SIZE_SECONDS)
        a_node = (uint64_t)fmin(floor(share_s / SHARD_SIZE_SECONDS), SHARD_SIZE_A_NODE);
    shards = nodes * a_node;
    if (shards > items)
        shards = items ? items : 1;
    if (shards > SHARDS_MOST)
        shards = SHARDS_MOST;
    shard_size_of(size, node_s, shards, nodes);
}
