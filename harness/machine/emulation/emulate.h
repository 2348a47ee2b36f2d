/* emulate.h: emulates more cores than the machine has by CPU quotas.
 *
 * Every worker, and the process that does the serial part, is put into a control group of its own whose CPU bandwidth
 * the kernel holds to `share` of a core. If all run at the same speed, time is dilated by 1 / share: wall time divided
 * by the dilation is what a machine with that many cores would show of start-up, dispatch, serial parts, tails and
 * chunking. Effects of shared caches and memory bandwidth are not emulated.
 *
 * Needs write access to cgroup v1 `cpu` or v2 with the `cpu` controller delegated.
 *
 * Caller's sequence (emulate_run.h makes these calls for a run): emulation_open(), emulation_join() in each process
 * (slot EMULATION_SERIAL for the serial part), emulation_close(). Groups are named after the opener's pid; those of
 * killed processes are removed by emulation_open(), and by emulation_remove_stale() in a run of any other kind.
 */
#ifndef KNEE_EMULATE_H
#define KNEE_EMULATE_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

#define EMULATION_SERIAL    UINT32_MAX
#define EMULATION_FREE      (UINT32_MAX - 1) /* a group without a quota */
#define EMULATION_PERIOD_US 20000
/* Share of the real cores that all groups together may use: the rest is for the harness and the kernel. */
#define EMULATION_LOAD 0.85

enum emulation_kind { EMULATION_NONE, EMULATION_V1, EMULATION_V2 };

struct emulation {
    enum emulation_kind kind;
    char base[256];    /* folder that holds our groups; "" when closed */
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

/* Which version of cgroups can be used, and its folder; EMULATION_NONE with the reason in fault. Makes nothing. */
enum emulation_kind emulation_probe(char *folder, unsigned long bytes, struct fault *fault);

/* Removes the groups of openers that are no longer alive, as far as that is allowed; a look at one folder when there
 * are none. */
void emulation_remove_stale(void);

/* Makes the groups. Returns 0, or -1 with fault (what is needed) and nothing left behind. */
int emulation_open(struct emulation *emulation, uint32_t virtual_cores, uint32_t real_cores, uint32_t slots,
                   struct fault *fault);

/* Moves the calling process into the group of slot. Returns 0, or -1 with fault. */
int emulation_join(const struct emulation *emulation, uint32_t slot, struct fault *fault);

/* Removes the groups; processes that are still in them are moved back to the parent group first. Safe to call twice. */
void emulation_close(struct emulation *emulation);

#endif
