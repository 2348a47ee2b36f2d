/* nodes_schedule.h: how long tasks take on several nodes, each with a pause before every task.
 *
 * Tasks are started in their order, each on the node that is free first, as a job array does. A task is a number of
 * shards, one after another. Pure. Times are seconds.
 */
#ifndef KNEE_NODES_SCHEDULE_H
#define KNEE_NODES_SCHEDULE_H

#include <stddef.h>

struct nodes_schedule {
    double wall_s; /* the last task's end */
    /* Of all nodes together; they sum to nodes * wall_s. */
    double work_s, pause_s;
    double idle_s; /* no task is left for the node */
};

/* shard_s: time of each shard on a node. per_task: at least 1. Returns 0, or -1 when memory is short. */
int nodes_schedule_run(const double *shard_s, size_t shards, size_t per_task, unsigned nodes, double pause_s,
                       struct nodes_schedule *schedule);

#endif
