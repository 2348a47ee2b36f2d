/* replay_workload.h: a plan with names (replay_plan.h) as a workload of the pool: real processes and claims, items that
 * wait. For programs whose items are known by their spans only; a batch of images is replayed with its bytes
 * (pipeline/images/image_replay.h).
 *
 * Sequence, in the parent: replay_workload_open(), pool_run() on `workload`, replay_workload_close().
 */
#ifndef KNEE_REPLAY_WORKLOAD_H
#define KNEE_REPLAY_WORKLOAD_H

#include "pipeline/pool/workload.h"
#include "pipeline/replay/replay_plan.h"
#include "pipeline/replay/replay_wait.h"

struct replay_workload {
    struct workload workload;
    struct replay_plan plan;
    struct replay_crowd *crowd; /* NULL: not open */
};

/* workers: that the pool will have. Returns 0, or -1 with fault and nothing to close. The struct must not move
 * afterwards: workload.context points at it. */
int replay_workload_open(struct replay_workload *replay, const char *path, uint32_t workers,
                         struct fault *fault);
/* The name of an item, for spans_write(); context is the struct. NULL: it has none. */
const char *replay_workload_name(void *context, uint64_t index);
/* Safe on a zeroed struct. */
void replay_workload_close(struct replay_workload *replay);

#endif
