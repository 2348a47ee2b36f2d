/* emulate_run.h: a run on emulated cores (emulate.h), from its first instant to times that are those of the
 * emulated machine.
 *
 * How workers start: forks come one after another from a single parent, and cost it so little (1.4 to 2 ms of real time
 * each, where this was tried) that the grain of the quota, a period for each, would take the place of their cost; and
 * children that are born in the parent's group share its quota. So the parent forks with a real core of its own, by a
 * clock that is not dilated (emulate_clock.h); the new workers wait; then, while the clock stands still, everybody
 * moves into the group of his emulated core, and all go on. Initializers thus begin together, when the last worker
 * has been forked: the gate opens when it would have, except where an early worker's initializer takes longer than a
 * late one's. A worker forked later, for one that died, moves into its group at once.
 *
 * Sequence, in the process that runs the pool: emulate_run_begin() as early as can be: it moves the calling
 * process into the group of the serial part; run_hooks.emulation = &run, which calls emulate_run_fork_begin() and
 * emulate_run_fork_end() in the parent around the forks and emulate_run_worker() in each worker;
 * emulate_run_end() after header->end_ns is set; emulate_run_close().
 */
#ifndef KNEE_EMULATE_RUN_H
#define KNEE_EMULATE_RUN_H

#include <stdint.h>
#include <sys/types.h>

#include "harness/machine/emulation/emulate.h"
#include "harness/machine/emulation/emulate_clock.h"
#include "pipeline/base/fault.h"
#include "pipeline/pool/item_table.h"

/* Of the time in which a worker ran or wanted to, what may be missing of its share: above it the dilation did not hold
 * for that worker. */
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

/* Turns every time in the table into one of the emulated machine (CPU times stay), takes what the quota held them back
 * out of the workers' run-queue delays, and says in pin_reason of a worker when its share was not held. The table's
 * worker payload is struct worker_payload. */
void emulate_run_end(const struct emulate_run *run, const struct item_table *table);

/* Removes the groups and gives everything back. Safe to call twice, and on a zeroed struct. */
void emulate_run_close(struct emulate_run *run);

#endif
