/* pin_plan.h: the CPU for each worker. Pure: a topology in, a plan out; nothing is pinned here.
 *
 * Every placement gives each worker a physical core of its own first; when all allowed cores have one, the
 * second logical CPUs of the cores follow (SMT), then the third, and when all allowed CPUs have one the round
 * starts again (oversubscribed). Order of the cores:
 *   compact    neighbours first: fills a cache group, then a NUMA node, then a package
 *   scatter    in turn over packages, in a package over NUMA nodes, in these over cache groups
 *   core-type  all of the fastest kind first, then the next kind; compact within a kind
 *   none       no CPU: workers are not pinned
 */
#ifndef KNEE_PIN_PLAN_H
#define KNEE_PIN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/machine/topology.h"

enum pin_placement { PIN_COMPACT, PIN_SCATTER, PIN_CORE_TYPE, PIN_NONE };

/* "compact", "scatter", "core-type", "none", then NULL: for options and for pin_placement_name(). */
extern const char *const pin_placement_names[];
/* NULL out of range. */
const char *pin_placement_name(enum pin_placement placement);

struct pin_plan {
    enum pin_placement placement;
    uint32_t workers;
    int32_t *cpu;        /* owned; the kernel's number of the CPU of each slot; -1: not pinned */
    uint32_t cores_used; /* different physical cores in the plan; 0 with PIN_NONE */
    uint32_t kinds_used; /* different kinds of core in the plan; with PIN_NONE all that may be used */
    bool shares_cores;   /* some workers share a physical core (more workers than allowed cores) */
    bool oversubscribed; /* more workers than allowed CPUs, or than the CPU quota gives */
};

/* Returns 0, or -1 with fault (no allowed CPU, or no memory). */
int pin_plan_make(struct pin_plan *plan, const struct topology *topology, uint32_t workers,
                  enum pin_placement placement, struct fault *fault);

/* The plan as `knee run --pin` takes it: "0,1,2", or "none". NULL when memory is short. Caller frees. */
char *pin_plan_text(const struct pin_plan *plan);

void pin_plan_release(struct pin_plan *plan);

#endif
