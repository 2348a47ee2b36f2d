#include "harness/machine/emulation/emulate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/machine/emulation/emulate_internal.h"

uint64_t emulation_quota_us(uint32_t virtual_cores, uint32_t real_cores)
{
    double share = EMULATION_LOAD * real_cores / (virtual_cores ? virtual_cores : 1);
    uint64_t quota = (uint64_t)((share < 1 ? share : 1) * EMULATION_PERIOD_US + 1e-6);

    /* Whole tenths of a millisecond read well in a report, and lose nothing. */
    quota -= quota % 100;
    return quota >= 1000 ? quota : 0;
}

double emulation_dilation(uint32_t virtual_cores, uint32_t real_cores)
{
    uint64_t quota = emulation_quota_us(virtual_cores, real_cores);

    return quota ? (double)EMULATION_PERIOD_US / (double)quota : 1;
}

/* --- groups ---------------------------------------------------------------------------------------------------- */

enum { NAME_BYTES = 24 };

static void group_name(uint32_t slot, char *name)
{
    if (slot == EMULATION_SERIAL)
        snprintf(name, NAME_BYTES, "serial");
    else if (slot == EMULATION_FREE)
        snprintf(name, NAME_BYTES, "free");
    else
        snprintf(name, NAME_BYTES, "worker-%" PRIu32, slot);
}

static int make_group(const struct emulation *emulation, uint32_t slot, struct fault *fault)
{
    char name[NAME_BYTES];

    group_name(slot, name);
    if (emulate_groups_make(&emulation->groups, name, slot == EMULATION_FREE ? 0 : emulation->quota_us,
                            false))
        return fault_set(fault, "emulated cores: making the group %s in %s: %s", name, emulation->groups.base,
                         strerror(errno));
    return 0;
}

int emulation_begin(struct emulation *emulation, uint32_t virtual_cores, uint32_t real_cores,
                    struct fault *fault)
{
    *emulation = (struct emulation){.quota_us = emulation_quota_us(virtual_cores, real_cores)};
    if (!emulation->quota_us)
        return fault_set(fault, "emulating %u cores on %u leaves each less than 1 ms in %d: ask for fewer",
                         virtual_cores, real_cores, EMULATION_PERIOD_US / 1000);
    emulation->share = (double)emulation->quota_us / EMULATION_PERIOD_US;
    emulation->dilation = 1 / emulation->share;
    return emulate_groups_open(&emulation->groups, fault);
}

int emulation_open(struct emulation *emulation, uint32_t virtual_cores, uint32_t real_cores, uint32_t slots,
                   struct fault *fault)
{
    bool failed;

    if (emulation_begin(emulation, virtual_cores, real_cores, fault))
        return -1;
    emulation->slots = slots;
    failed = make_group(emulation, EMULATION_SERIAL, fault) || make_group(emulation, EMULATION_FREE, fault);
    for (uint32_t i = 0; i < slots && !failed; i++)
        failed = make_group(emulation, i, fault) != 0;
    if (failed)
        emulation_close(emulation);
    return failed ? -1 : 0;
}

int emulation_join(const struct emulation *emulation, uint32_t slot, struct fault *fault)
{
    char name[NAME_BYTES];

    group_name(slot, name);
    if (emulate_groups_join(&emulation->groups, name))
        return fault_set(fault, "emulated cores: entering the group %s in %s: %s", name,
                         emulation->groups.base, strerror(errno));
    return 0;
}

void emulation_close(struct emulation *emulation)
{
    emulate_groups_close(&emulation->groups);
}
