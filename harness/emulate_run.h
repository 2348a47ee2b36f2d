/* emulate_run.h: a run on emulated cores (emulate.h), from its first instant to times that are those of the
 * emulated machine.
 *
 * Sequence, in the process that runs the pool: emulate_run_begin() as early as can be: it moves the calling
 * process into the group of the serial part; run_hooks.emulation = &emulation, so that each worker moves into
 * its own; emulate_run_end() after header->end_ns is set; emulation_close().
 */
#ifndef KNEE_EMULATE_RUN_H
#define KNEE_EMULATE_RUN_H

#include <stdint.h>

#include "emulate.h"
#include "pipeline/fault.h"
#include "pipeline/item_table.h"

/* Time in which a worker may have got less than its share of a real core, of its life: above it the dilation
 * did not hold for that worker. */
#define EMULATION_LOST_SHARE 0.05

/* cores: as many as are to be emulated; workers: how many groups. Returns 0, or -1 with fault. */
int emulate_run_begin(struct emulation *emulation, uint32_t cores, uint32_t workers, struct fault *fault);

/* Divides every time in the table by the dilation (CPU times stay), takes what the quota held them back
 * out of the workers' run-queue delays, and says in pin_reason of a worker when its share was not held. The table's
 * worker payload is struct run_worker_extra. */
void emulate_run_end(const struct emulation *emulation, const struct item_table *table);

#endif
