/* pin_kinds.h: whether a curve would be of cores of one kind, in words.
 *
 * On a machine with fast and slow cores a worker more may be a slower core more: the curve then bends for a reason that
 * no law of scaling knows. Placement core-type puts that off as long as it can; nothing hides it.
 */
#ifndef KNEE_PIN_KINDS_H
#define KNEE_PIN_KINDS_H

#include <stddef.h>
#include <stdint.h>

#include "harness/machine/pin_plan.h"
#include "harness/machine/topology.h"

/* The smallest number of workers, up to most, with which cores of different kinds work; 0: never. text says so:
 * "from 3 workers on, cores of different kinds work (compact): with 6 workers 2 on IntelCore, 4 on IntelAtom"; empty with
 * 0. Placement none: 1, since a worker may be anywhere. */
uint32_t pin_kinds_mixed(const struct topology *topology, enum pin_placement placement, uint32_t most,
                         char *text, size_t bytes);

#endif
