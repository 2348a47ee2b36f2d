#include "harness/machine/pin_kinds.h"

#include <stdio.h>
#include <string.h>

static int32_t kind_of(const struct topology *topology, int32_t os_index)
{
    for (uint32_t i = 0; i < topology->cpu_count; i++)
        if (topology->cpus[i].os_index == os_index)
            return topology->cpus[i].kind;
    return -1;
}

/* "2 on IntelCore, 4 on IntelAtom", fastest first; without a plan "IntelCore, IntelAtom". */
static void list_kinds(const struct topology *topology, const struct pin_plan *plan, char *text, size_t bytes)
{
    size_t used = 0;

    text[0] = '\0';
    for (int32_t kind = (int32_t)topology->kinds - 1; kind >= 0 && used < bytes; kind--) {
        char name[48];
        uint32_t workers = 0;
        topology_kind_text(topology, kind, name, sizeof name);
        for (uint32_t i = 0; plan && i < plan->workers; i++)
            workers += kind_of(topology, plan->cpu[i]) == kind;
        if (!plan)
            used += (size_t)snprintf(text + used, bytes - used, "%s%s", used ? ", " : "", name);
        else if (workers)
            used +=
                (size_t)snprintf(text + used, bytes - used, "%s%u on %s", used ? ", " : "", workers, name);
    }
}

/* How many kinds of core a plan for that number of workers uses; 0: there is no plan. */
static uint32_t kinds_used(const struct topology *topology, enum pin_placement placement, uint32_t workers)
{
    struct pin_plan plan;
    uint32_t kinds;

    if (pin_plan_make(&plan, topology, workers, placement, NULL))
        return 0;
    kinds = plan.kinds_used;
    pin_plan_release(&plan);
    return kinds;
}

uint32_t pin_kinds_mixed(const struct topology *topology, enum pin_placement placement, uint32_t most,
                         char *text, size_t bytes)
{
    struct pin_plan plan;
    uint32_t low = 1, high = most;
    char kinds[256];

    text[0] = '\0';
    if (topology->kinds < 2 || most < 1 || kinds_used(topology, placement, most) < 2)
        return 0;
    if (placement == PIN_NONE) {
        list_kinds(topology, NULL, kinds, sizeof kinds);
        snprintf(text, bytes, "workers are not held on cores, and these are of different kinds: %s", kinds);
        return 1;
    }
    while (low < high) { /* a plan for fewer workers is the beginning of a plan for more */
        uint32_t middle = low + (high - low) / 2;
        if (kinds_used(topology, placement, middle) < 2)
            low = middle + 1;
        else
            high = middle;
    }
    if (pin_plan_make(&plan, topology, most, placement, NULL))
        return low;
    list_kinds(topology, &plan, kinds, sizeof kinds);
    pin_plan_release(&plan);
    snprintf(text, bytes, "from %u workers on, cores of different kinds work (%s): with %u workers %s", low,
             pin_placement_name(placement), most, kinds);
    return low;
}
