/* run_hooks.h: what the harness does inside a worker of `knee run`: pin it, see that the pin holds, count.
 *
 * Caller's sequence, in the parent: run_hooks_init(); make the item table with
 * sizeof(struct run_worker_extra) as worker payload; give &hooks.hooks to the pool; read the payloads after
 * the run; run_hooks_release().
 *
 * In the worker: before the initializer all threads of the process are bound to one CPU (threads made later
 * inherit it), the binding is read back from the kernel, and counters are opened. When the worker is ready
 * they start. Around each item the CPU is looked at. At the end the binding of every thread, the run-queue
 * delay and the counters are read.
 *
 * Nothing here ends a run: a pin or a counter that could not be had is recorded with its reason. A process
 * that takes over the slot of a dead one starts its counts anew, and says so.
 */
#ifndef KNEE_RUN_HOOKS_H
#define KNEE_RUN_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "counter_group.h"
#include "counters.h"
#include "emulate_run.h"
#include "pipeline/fault.h"
#include "pipeline/pool.h"

enum { RUN_COUNTERS = 16, RUN_PIN_MOST = 4096 };

/* Lies in shared memory, zeroed before the first process of the slot. */
struct run_worker_extra {
    int32_t cpu_wanted;       /* -1: no pin asked for */
    int32_t cpu_seen_begin;   /* where the kernel ran the worker just after pinning; -1 not read */
    int32_t cpu_seen_last;    /* where it was last seen; -1 not read */
    uint32_t off_cpu_samples; /* how often, around items, it was not on cpu_wanted */
    char pin_reason[96];  /* why the pin did not hold: the trial is void; empty when it held or when none was
                             asked for */
    uint64_t runqueue_ns; /* time from ready to end in which threads were ready but had no CPU */
    uint64_t work_cpu_ns; /* CPU time in the same interval */
    uint8_t runqueue_known;   /* 0: runqueue_ns was not measured, and runqueue_reason says why */
    char runqueue_reason[96]; /* with runqueue_known 1 and a text: the value is a lower bound, and why */
    uint64_t disk_wait_ns;    /* time from ready to end in which threads waited for disks */
    uint8_t disk_wait_known;  /* 0: not measured, and disk_wait_reason says why */
    char disk_wait_reason[96];
    uint32_t counter_count;
    struct {
        char name[32];
        int64_t value;
        uint64_t enabled_ns, running_ns; /* running below enabled: value was scaled up; both 0: not told */
        uint8_t status;                  /* enum counter_status */
        char reason[64];                 /* empty when status is COUNTER_OK */
    } counters[RUN_COUNTERS];
    uint32_t processes; /* how many processes have begun in this slot */
};

struct run_hooks {
    struct pool_hooks hooks;                   /* for struct pool_options; its context is this struct */
    int32_t *cpus;                             /* owned; slot i is pinned to cpus[i % cpu_count] */
    uint32_t cpu_count;                        /* 0: no pin */
    const struct counter_group *group;         /* what to count; NULL: nothing. The caller's */
    char disk_wait_reason[96];                 /* why the kernel keeps no such time; empty when it does */
    struct emulate_run *emulation;             /* workers join its groups; NULL: none. The caller's */
    const struct counter_backend *backends[2]; /* the one to count with, then NULL; a test may give another */
    struct run_worker *worker;                 /* the worker process's own; NULL in the parent */
};

/* pin_list: "0,1,..." (ranges "0-3" too), used round robin by slot; NULL or "none": no pin. CPUs that this
 * process may not use are refused here. group: what to count; NULL nothing. It must outlive h. Returns 0, or -1 with
 * fault. h must not move afterwards. */
int run_hooks_init(struct run_hooks *h, const char *pin_list, const struct counter_group *group,
                   struct fault *fault);
void run_hooks_release(struct run_hooks *h);

#endif
