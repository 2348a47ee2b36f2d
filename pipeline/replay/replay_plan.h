/* replay_plan.h: what a replayed run waits for (docs/statistics.md, section 11): the times of a batch that was measured
 * on fewer cores, so that a pool of any size takes them without computing.
 *
 * The file, text:
 *   knee-replay 3
 *   prefix NS         serial part before the workers
 *   init NS           initializer of a worker
 *   suffix NS         serial part after them
 *   excess X1 X2 ...  an item takes 1 + Xa times as long while a workers are at work, the last of them with more
 *   items N
 *   WALL CPU AT HELD  N lines: ns of wall and CPU time of each item with one worker, in the order of the run's list; of
 *                     the wall time, ns before it takes the lock of all workers, and with it (0 0: it takes none); or
 *   WALL CPU AT HELD BYTES NAME   of all of them, where the items have no files: the size of its input, and the rest
 *                                 is its name
 *
 * Sequence: fill a struct and replay_plan_write(); replay_plan_read(), the fields, replay_plan_release().
 */
#ifndef KNEE_REPLAY_PLAN_H
#define KNEE_REPLAY_PLAN_H

#include <stdint.h>

#include "pipeline/base/fault.h"

struct replay_item {
    uint64_t wall_ns, cpu_ns; /* with one worker */
    uint64_t lock_at_ns;      /* of its time: before it has the lock of all workers; */
    uint64_t locked_ns;       /* with it; both 0: it takes none */
};

struct replay_label {
    uint64_t bytes; /* of the input; 0 not known */
    char *name;     /* without a line break */
};

struct replay_plan {
    uint64_t prefix_ns, init_ns, suffix_ns; /* the real ones of a batch of images are done: 0 */
    double *excess;                         /* [excess_most], at least 0; owned after replay_plan_read() */
    uint32_t excess_most;                   /* 0: workers do not slow each other down */
    uint64_t items;
    struct replay_item *item;   /* owned after replay_plan_read() */
    struct replay_label *label; /* NULL: items have no names; owned after replay_plan_read() */
};

/* Returns 0, or -1 with fault: it cannot be written, a name has a line break. */
int replay_plan_write(const struct replay_plan *plan, const char *path, struct fault *fault);
/* Returns 0, or -1 with fault and nothing to release: not there, or not such a file. */
int replay_plan_read(struct replay_plan *plan, const char *path, struct fault *fault);
/* Safe on a zeroed struct. */
void replay_plan_release(struct replay_plan *plan);

#endif
