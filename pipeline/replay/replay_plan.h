/* replay_plan.h: what a replayed run waits for (docs/statistics.md, section 11): the times of a batch that was measured
 * on fewer cores, so that a pool of any size takes them without computing.
 *
 * The file, text:
 *   knee-replay 1
 *   init NS           initializer of a worker
 *   contention X      an item takes 1 + X (a - 1) times as long while a workers are at work
 *   items N
 *   WALL CPU          N lines: ns of wall and CPU time of each item with one worker, in the order of the run's list
 *
 * Sequence: fill a struct and replay_plan_write(); replay_plan_read(), the fields, replay_plan_release().
 */
#ifndef KNEE_REPLAY_PLAN_H
#define KNEE_REPLAY_PLAN_H

#include <stdint.h>

#include "pipeline/base/fault.h"

struct replay_item {
    uint64_t wall_ns, cpu_ns; /* with one worker */
};

struct replay_plan {
    uint64_t init_ns;
    double contention; /* at least 0 */
    uint64_t items;
    struct replay_item *item; /* owned after replay_plan_read() */
};

/* Returns 0, or -1 with fault. */
int replay_plan_write(const struct replay_plan *plan, const char *path, struct fault *fault);
/* Returns 0, or -1 with fault and nothing to release: not there, or not such a file. */
int replay_plan_read(struct replay_plan *plan, const char *path, struct fault *fault);
/* Safe on a zeroed struct. */
void replay_plan_release(struct replay_plan *plan);

#endif
