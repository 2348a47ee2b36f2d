#include "analysis/prediction/nodes_schedule.h"

#include <math.h>
#include <stdlib.h>

/* free_s is a heap with the earliest node on top, whose time has just grown. */
static void sink(double *free_s, unsigned nodes)
{
    for (unsigned at = 0, child; (child = 2 * at + 1) < nodes; at = child) {
        double kept = free_s[at];
        if (child + 1 < nodes && free_s[child + 1] < free_s[child])
            child++;
        if (kept <= free_s[child])
            return;
        free_s[at] = free_s[child];
        free_s[child] = kept;
    }
}

int nodes_schedule_run(const double *shard_s, size_t shards, size_t per_task, unsigned nodes, double pause_s,
                       struct nodes_schedule *schedule)
{
    double *free_s = calloc(nodes, sizeof *free_s);

    *schedule = (struct nodes_schedule){0};
    if (!free_s)
        return -1;
    for (size_t first = 0; first < shards; first += per_task) {
        double task_s = 0;
        for (size_t i = first; i < shards && i < first + per_task; i++)
            task_s += shard_s[i];
        free_s[0] += pause_s + task_s;
        schedule->pause_s += pause_s;
        schedule->work_s += task_s;
        schedule->wall_s = fmax(schedule->wall_s, free_s[0]);
        sink(free_s, nodes);
    }
    schedule->idle_s = nodes * schedule->wall_s - schedule->work_s - schedule->pause_s;
    free(free_s);
    return 0;
}
