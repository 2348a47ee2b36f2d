/* emulate_internal.h: what both kinds of emulated cores (emulate.c and emulate_tasks.c) begin with. */
#ifndef KNEE_EMULATE_INTERNAL_H
#define KNEE_EMULATE_INTERNAL_H

#include <stdint.h>

#include "harness/machine/emulation/emulate.h"

/* The beginning of emulation_open(): quota and base, without a group in it. Returns 0, or -1 with fault and nothing
 * left behind. */
int emulation_begin(struct emulation *emulation, uint32_t virtual_cores, uint32_t real_cores,
                    struct fault *fault);

#endif
