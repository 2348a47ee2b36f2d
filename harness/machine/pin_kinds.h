/* pin_kinds.h: whether all workers of a curve would run on cores of one kind, as text.
 *
 * On a machine with fast and slow cores a further worker may run on a slower core: the curve then bends, and no fitted
 * model accounts for it. Placement core-type uses all fast cores first.
 */
#ifndef KNEE_PIN_KINDS_H
#define KNEE_PIN_KINDS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/machine/pin_plan.h"
#include "harness/machine/topology.h"

/* The smallest number of workers, up to most, with which cores of different kinds work; 0: never. text describes it:
 * "from 3 workers on, cores of different kinds work (compact): with 6 workers 2 on IntelCore, 4 on IntelAtom"; empty
 * with 0. Placement none: 1, since a worker may be anywhere. */
uint32_t pin_kinds_mixed(const struct topology *topology, enum pin_placement placement, uint32_t most,
                         char *text, size_t bytes);

#endif
