/* shard_size.h: how many shards a batch is divided into, and how many of them a task does. Pure.
 *
 * A scheduler leaves a node idle for 0.5 to 0.8 s between two tasks (measured: Slurm 22.05). For this to stay below 3%
 * a task has to take 27 s or more. A shard is what is done again, from its journal, when a node is lost, and the last
 * shards of a batch leave nodes idle: so there are many of them where the batch is long, and tasks do several.
 */
#ifndef KNEE_SHARD_SIZE_H
#define KNEE_SHARD_SIZE_H

#include <stdint.h>

#define SHARD_SIZE_PAUSE_S       0.8 /* of a node between two tasks */
#define SHARD_SIZE_PAUSE_LEAST_S 0.5
#define SHARD_SIZE_SECONDS       30.0 /* a shard's least time, where the batch is long enough for one a node */
#define SHARD_SIZE_TASK_S        60.0 /* a task's least time, where all nodes have a task */
#define SHARD_SIZE_A_NODE        100  /* shards a node, at most */

struct shard_size {
    uint64_t shards, per_task, tasks;
    double shard_s; /* expected time of a shard on a node; NaN unknown */
};

/* node_s: the time that the whole batch takes on one node, NaN when unknown: then a shard a node. */
void shard_size_choose(struct shard_size *size, double node_s, uint64_t items, uint64_t nodes);
/* The same for a given number of shards. */
void shard_size_of(struct shard_size *size, double node_s, uint64_t shards, uint64_t nodes);

#endif
