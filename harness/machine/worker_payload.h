/* worker_payload.h: what the harness measures of one worker: the payload of its record in the item table. Written by
 * the worker (trial/run_hooks.h), put on the emulated clock by the parent (emulation/emulate_run.h). */
#ifndef KNEE_WORKER_PAYLOAD_H
#define KNEE_WORKER_PAYLOAD_H

#include <stdint.h>

enum { RUN_COUNTERS = 16 };

/* Lies in shared memory, zeroed before the first process of the slot. */
struct worker_payload {
    int32_t cpu_wanted;       /* -1: no pin asked for */
    int32_t cpu_seen_begin;   /* where the kernel ran the worker just after pinning; -1 not read */
    int32_t cpu_seen_last;    /* where it was last seen; -1 not read */
    uint32_t off_cpu_samples; /* how often, around items, it was not on cpu_wanted */
    char pin_reason[96];  /* why the pin did not hold: the trial is void; empty when it held or when none was
                             asked for */
    uint64_t runqueue_ns; /* time from ready to end in which threads were ready but had no CPU */
    uint64_t work_cpu_ns; /* CPU time in the same interval */
    uint8_t runqueue_known;   /* 0: runqueue_ns was not measured, and runqueue_reason gives why */
    char runqueue_reason[96]; /* with runqueue_known 1 and a text: the value is a lower bound, and why */
    uint64_t disk_wait_ns;    /* time from ready to end in which threads waited for disks */
    uint8_t disk_wait_known;  /* 0: not measured, and disk_wait_reason gives why */
    char disk_wait_reason[96];
    uint32_t counter_count;
    struct {
        char name[32];
        int64_t value;
        uint64_t enabled_ns,
            running_ns;  /* running below enabled: value was scaled up; both 0: not reported */
        uint8_t status;  /* enum counter_status */
        char reason[64]; /* empty when status is COUNTER_OK */
    } counters[RUN_COUNTERS];
    uint32_t processes; /* how many processes have begun in this slot */
};

#endif
