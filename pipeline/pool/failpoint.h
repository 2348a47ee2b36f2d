/* failpoint.h: named points at which a test makes this program die, hang or have a request refused.
 *
 * They are always compiled in; one that is not armed costs one test of a pointer. The environment variable
 * KNEE_FAILPOINT arms them: a comma-separated list of
 *
 * POINT:N[:ACTION]    when POINT is passed for the N-th time, counted over all processes of the run
 * POINT:N+[:ACTION]   the N-th time and every later time
 * POINT@INDEX[:ACTION] every time with item INDEX
 *
 * ACTION is kill (the default), segv, abort, exit (code 0), hang (until killed) or refuse (for
 * failpoint_refuses() only).
 *
 * Points in a worker, in the order of its life: "start" (nothing done yet), "ready" (initialised, not READY),
 * "claim" (positions claimed, not recorded), "held" (claim recorded, no item begun), "item" (in the middle of
 * an item), "rename" (an output is written and not renamed yet), "named" (it is renamed), "record" (all
 * outputs are stored, the journal has no line yet), "final" (the journal has the line, the item table has no
 * final state yet), "exit" (no work left). In the parent: "gate" (all workers READY, gate closed), "loop"
 * (each iteration of its loop), "reap" (a worker has ended, its item is not judged yet), "manifest" (every
 * item is final, no manifest), "publish" (FAILED.tsv or the manifest is written and has not its name yet). Requests
 * that can be refused: "fork" (EAGAIN), "open" (an input; EMFILE), "thread" (in a library too; EAGAIN).
 *
 * Caller's sequence: failpoint_arm() before the first fork; then the points. Another call discards the points
 * armed before.
 */
#ifndef KNEE_FAILPOINT_H
#define KNEE_FAILPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

#define FAILPOINT_NO_ITEM UINT64_MAX

/* Reads KNEE_FAILPOINT. Returns 0 (also when it is not set), or -1 with fault when it cannot be parsed. */
int failpoint_arm(struct fault *fault);

/* Dies or hangs here when the point is armed for it; otherwise returns. */
void failpoint(const char *point, uint64_t index);

/* True, with errno set, when the point is armed with "refuse" this time. */
bool failpoint_refuses(const char *point);

#endif
