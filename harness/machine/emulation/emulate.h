/* emulate.h: emulates more cores than the machine has by CPU quotas.
 *
 * Every worker, and the process that does the serial part, is put into a control group of its own whose CPU bandwidth
 * the kernel holds to `share` of a core. If all run at the same speed, time is dilated by 1 / share: wall time divided
 * by the dilation is what a machine with that many cores would show of start-up, dispatch, serial parts, tails and
 * chunking. Effects of shared caches and memory bandwidth are not emulated.
 *
 * Needs a control group in which groups can be made: cgroup v1 `cpu`, or v2 with the `cpu` controller
 * (emulate_groups.h).
 *
 * Caller's sequence (emulate_run.h makes these calls for a run): emulation_open(), emulation_join() in each process
 * (slot EMULATION_SERIAL for the serial part), emulation_close(). The groups of killed processes are removed by
 * emulation_open(), and by emulate_groups_remove_stale() in a run of any other kind.
 */
#ifndef KNEE_EMULATE_H
#define KNEE_EMULATE_H

#include <stdint.h>

#include "harness/machine/emulation/emulate_groups.h"
#include "pipeline/base/fault.h"

#define EMULATION_SERIAL UINT32_MAX
#define EMULATION_FREE   (UINT32_MAX - 1) /* a group without a quota */
/* Share of the real cores that all groups together may use: the rest is for the harness and the kernel. */
#define EMULATION_LOAD 0.85

struct emulation {
    struct emulate_groups groups;
    uint32_t slots;    /* worker groups made */
    uint64_t quota_us; /* per EMULATION_PERIOD_US and group */
    double share;      /* quota / period */
    double dilation;   /* 1 / share */
};

/* The quota in us per period that lets `virtual_cores` groups run at once on `real_cores`, and at most one period.
 * Pure. At least 1000 (the kernel's least), or 0 when even that would not fit below EMULATION_LOAD. */
uint64_t emulation_quota_us(uint32_t virtual_cores, uint32_t real_cores);

/* Factor by which computing takes longer on an emulated core: period divided by quota. */
double emulation_dilation(uint32_t virtual_cores, uint32_t real_cores);

/* Makes the groups. Returns 0, or -1 with fault (what is needed) and nothing left behind. */
int emulation_open(struct emulation *emulation, uint32_t virtual_cores, uint32_t real_cores, uint32_t slots,
                   struct fault *fault);

/* Moves the calling process into the group of slot. Returns 0, or -1 with fault. */
int emulation_join(const struct emulation *emulation, uint32_t slot, struct fault *fault);

/* Removes the groups; processes that are still in them are moved back to the group that held this process. Safe to
 * call twice. */
void emulation_close(struct emulation *emulation);

#endif
