/* model_workload.h: a model (model.h) as a workload for the pool: real processes, real claims, made-up work.
 *
 * Caller's sequence, in the parent: model_workload_init(), model_workload_serial() as the serial prefix,
 * pool_run() on `workload`, model_workload_release().
 */
#ifndef KNEE_MODEL_WORKLOAD_H
#define KNEE_MODEL_WORKLOAD_H

#include "pipeline/pool/workload.h"
#include "pipeline/synthetic/model.h"

struct model_workload {
    struct workload workload;
    const struct model *model; /* the caller's; must live as long */
    uint32_t workers;          /* for the contention term */
    double wait_factor;        /* of waits; 1, or the dilation of emulated cores: nobody slows a clock down */
    struct model_lock *lock;   /* shared by all workers */
};

/* Returns 0, or -1 with fault. The struct must not move afterwards: workload.context points at it. */
int model_workload_init(struct model_workload *work, const struct model *model, uint32_t workers,
                        struct fault *fault);
/* Spends the model's serial prefix in the calling process, in the model's kind of work. */
void model_workload_serial(const struct model_workload *work);
void model_workload_release(struct model_workload *work);

#endif
