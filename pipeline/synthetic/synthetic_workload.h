/* synthetic_workload.h: a synthetic batch (synthetic.h) as a workload of the pool: real processes and claims,
 * synthetic work.
 *
 * Caller's sequence, in the parent: synthetic_workload_init(), synthetic_workload_serial() as the serial prefix,
 * pool_run() on `workload`, synthetic_workload_release().
 */
#ifndef KNEE_SYNTHETIC_WORKLOAD_H
#define KNEE_SYNTHETIC_WORKLOAD_H

#include "pipeline/pool/workload.h"
#include "pipeline/synthetic/synthetic.h"

struct synthetic_workload {
    struct workload workload;
    const struct synthetic_spec *spec; /* the caller's; must live as long */
    uint32_t workers;                  /* for the contention term */
    double wait_factor; /* of waits; 1, or the dilation of emulated cores, which a clock does not follow */
    struct synthetic_lock *lock; /* shared by all workers */
};

/* Returns 0, or -1 with fault. The struct must not move afterwards: workload.context points at it. */
int synthetic_workload_init(struct synthetic_workload *work, const struct synthetic_spec *spec,
                            uint32_t workers, struct fault *fault);
/* Does the serial prefix in the calling process, with the batch's kind of work. */
void synthetic_workload_serial(const struct synthetic_workload *work);
void synthetic_workload_release(struct synthetic_workload *work);

#endif
