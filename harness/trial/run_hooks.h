/* run_hooks.h: measurement inside a worker of `knee run`: pin it, check that the pin holds, count events.
 *
 * Caller's sequence, in the parent: run_hooks_init(); make the item table with
 * sizeof(struct worker_payload) as worker payload; give &hooks.hooks to the pool; read the payloads after
 * the run; run_hooks_release().
 *
 * In the worker: before the initializer all threads of the process are bound to one CPU (threads made later
 * inherit it), the binding is read back from the kernel, and counters are opened. When the worker is ready
 * they start. Around each item the CPU is looked at. At the end the binding of every thread, the run-queue
 * delay and the counters are read.
 *
 * Nothing here ends a run: a pin or a counter that could not be had is recorded with its reason. A process
 * that takes over the slot of a dead one starts its counts from zero, with a reason that says so.
 */
#ifndef KNEE_RUN_HOOKS_H
#define KNEE_RUN_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/machine/counters/counter_group.h"
#include "harness/machine/counters/counters.h"
#include "harness/machine/emulation/emulate_run.h"
#include "harness/machine/worker_payload.h"
#include "pipeline/base/fault.h"
#include "pipeline/pool/pool.h"

enum { RUN_PIN_MOST = 4096 };

struct run_hooks {
    struct pool_hooks hooks;                   /* for struct pool_options; its context is this struct */
    int32_t *cpus;                             /* owned; slot i is pinned to cpus[i % cpu_count] */
    uint32_t cpu_count;                        /* 0: no pin */
    const struct counter_group *group;         /* events to count; NULL: none. The caller's */
    char disk_wait_reason[96];                 /* why the kernel keeps no such time; empty when it does */
    struct emulate_run *emulation;             /* workers join its groups; NULL: none. The caller's */
    const struct counter_backend *backends[2]; /* the one to count with, then NULL; a test may give another */
    struct run_worker *worker;                 /* the worker process's own; NULL in the parent */
};

/* pin_list: "0,1,..." (ranges "0-3" too), used round robin by slot; NULL or "none": no pin. CPUs that this
 * process may not use are refused here. group: events to count; NULL none. It must outlive h. Returns 0, or -1 with
 * fault. h must not move afterwards. */
int run_hooks_init(struct run_hooks *h, const char *pin_list, const struct counter_group *group,
                   struct fault *fault);
void run_hooks_release(struct run_hooks *h);

#endif
