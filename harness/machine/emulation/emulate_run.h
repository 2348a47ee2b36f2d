/* emulate_run.h: a run on emulated cores (emulate.h), from its first instant to times that are those of the emulated
 * machine.
 *
 * How workers start: a fork costs the parent 1.4 to 2 ms of real time, less than a period of the quota, so that under
 * a quota the period would determine its duration; and children forked in the parent's group share its quota.
 * Therefore the parent forks with a real core of its own while the clock is not dilated (emulate_clock.h), and the new
 * workers wait. Then the clock stops, every process moves into the group of its emulated core, and the clock and all
 * workers continue. Initializers thus begin together, after the last fork: the gate opens at the right instant unless
 * the initializer of an early worker takes longer than that of a late one. A worker forked later, as replacement of
 * one that died, moves into its group at once.
 *
 * Sequence, in the process that runs the pool: emulate_run_begin() as early as can be: it moves the calling process
 * into the group of the serial part; run_hooks.emulation = &run, which calls emulate_run_fork_begin() and
 * emulate_run_fork_end() in the parent around the forks and emulate_run_worker() in each worker; emulate_run_end()
 * after header->end_ns is set; emulate_run_close().
 */
#ifndef KNEE_EMULATE_RUN_H
#define KNEE_EMULATE_RUN_H

#include <stdint.h>
#include <sys/types.h>

#include "harness/machine/emulation/emulate.h"
#include "harness/machine/emulation/emulate_clock.h"
#include "pipeline/base/fault.h"
#include "pipeline/pool/item_table.h"

/* Largest part of a worker's CPU share, of the time in which it ran or was ready to run, that may be missing: above it
 * the dilation did not hold for that worker. */
#define EMULATION_LOST_SHARE 0.05

struct emulate_gate;

struct emulate_run {
    struct emulation groups;
    struct emulate_clock clock;
    uint32_t workers;
    pid_t parent;
    struct emulate_gate *gate; /* shared with the workers; owned */
};

/* cores: as many as are to be emulated; workers: how many groups. Returns 0, or -1 with fault. */
int emulate_run_begin(struct emulate_run *run, uint32_t cores, uint32_t workers, struct fault *fault);

/* In the parent: before the first fork, and when every worker has been forked once. The second waits until all are in
 * their groups, or one has ended, or a signal to
 * end waits. Both return 0, or -1 with fault. */
int emulate_run_fork_begin(struct emulate_run *run, struct fault *fault);
int emulate_run_fork_end(struct emulate_run *run, struct fault *fault);

/* In a worker, as early as can be. Returns 0, or -1 with fault. */
int emulate_run_worker(const struct emulate_run *run, uint32_t slot, struct fault *fault);

/* Converts every time in the table to the emulated machine's (CPU times stay), subtracts the time throttled by the
 * quota from the workers' run-queue delays, and sets pin_reason of a worker whose share was not held. The table's
 * worker payload is struct worker_payload. */
void emulate_run_end(const struct emulate_run *run, const struct item_table *table);

/* Removes the groups and releases everything. Safe to call twice, and on a zeroed struct. */
void emulate_run_close(struct emulate_run *run);

#endif
