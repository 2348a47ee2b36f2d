/* failpoint.h: named places at which a test may let this program die, hang or be refused something.
 *
 * They are compiled in always and cost one look at a pointer. The environment variable KNEE_FAILPOINT arms them:
 * a comma-separated list of
 *
 *     POINT:N[:ACTION]    at the N-th passage through POINT, counted over all processes of the run
 *     POINT:N+[:ACTION]   at the N-th and every later passage
 *     POINT@INDEX[:ACTION] at every passage with item INDEX
 *
 * ACTION is kill (the default), segv, abort, exit (code 0), hang (until killed) or refuse (only
 * failpoint_refuses() knows it).
 *
 * Points in a worker, in the order of its life: "start" (nothing done yet), "ready" (initialised, not READY),
 * "claim" (positions claimed, not written down), "held" (claim written down, no item begun), "item" (in the
 * middle of an item), "rename" (an output is written and has no name yet), "named" (it has its name),
 * "record" (all outputs have their names, the journal does not know), "final" (the journal knows, the item
 * table does not), "exit" (no work left). In the parent: "gate" (all workers READY, nobody works), "loop"
 * (each turn of its loop), "reap" (a worker has ended, nothing is concluded), "manifest" (every item is final,
 * no manifest). To be refused: "fork" (EAGAIN), "open" (an input; EMFILE).
 *
 * Caller's sequence: failpoint_arm() before the first fork; then the points. Called again it forgets what
 * was armed before.
 */
#ifndef KNEE_FAILPOINT_H
#define KNEE_FAILPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

#define FAILPOINT_NO_ITEM UINT64_MAX

/* Reads KNEE_FAILPOINT. Returns 0 (also when it is not set), or -1 with fault when it cannot be understood. */
int failpoint_arm(struct fault *fault);

/* Dies or hangs here when armed so; otherwise returns. */
void failpoint(const char *point, uint64_t index);

/* True, with errno, when the point is armed with "refuse" for this passage. */
bool failpoint_refuses(const char *point);

#endif
