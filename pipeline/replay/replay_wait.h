/* replay_wait.h: workers that wait instead of computing, as long as they would have taken together.
 *
 * While a workers are at work, a second of work takes 1 + excess[a - 1] seconds, the rule of
 * analysis/prediction/simulate.h. A worker waits for the absolute instant at which its item would end; when another
 * worker finds no more work, all that wait are woken and compute that instant again (one futex, without a lock).
 *
 * What a waiting worker is late by (timers, the wake-up, the journal's line, a core that others use) is taken off its
 * next item, so that lateness does not add up over a run. The timer slack of the process is set to 1 ns, since the
 * default of 50 us is added to every wait.
 *
 * A lock that one worker at a time can have is not taken by anybody: it is a shared instant, from which on it is free.
 * A worker that comes to its place in the item, by its own account, sets it forward by the time it holds the lock, and
 * ends later by what was left of the holders before it (the first to come has it first, as in simulate.h). So no
 * worker wakes another, and the lock is held for what was measured, not for that and a wake-up.
 *
 * Sequence, in the parent: replay_crowd_make() before the first fork. In each worker: a zeroed struct replay_worker,
 * replay_wait() for each item, replay_crowd_leave() once when no work is left. In the parent: replay_crowd_release().
 * A worker that dies stays counted as at work.
 */
#ifndef KNEE_REPLAY_WAIT_H
#define KNEE_REPLAY_WAIT_H

#include <stdint.h>

#include "pipeline/base/fault.h"

struct replay_crowd; /* in memory that parent and workers share */

struct replay_worker {
    uint64_t due_ns;                 /* when its last item should have ended; 0: it has had none */
    uint64_t locked_ns, unlocked_ns; /* of its last item; 0: without a lock */
};

/* How long an item takes while a workers are at work: 1 + excess[a - 1] times its work; beyond `most` as with `most`.
 * most 0: its work. */
struct replay_slowdown {
    const double *excess;
    uint32_t most;
};

/* All `workers` are at work. NULL with fault. Sets the timer slack of this process, which its workers inherit. */
struct replay_crowd *replay_crowd_make(uint32_t workers, struct fault *fault);
/* NULL is allowed. */
void replay_crowd_release(struct replay_crowd *crowd);
void replay_crowd_leave(struct replay_crowd *crowd);

/* The work of an item, with one worker, and the part of it with the lock: 0, 0 without one. */
struct replay_work {
    uint64_t work_ns, lock_at_ns, locked_ns;
};

/* Waits until the end of an item, which began at start_ns. claim_ns: when the worker turned to it; what lies between
 * the end of the item before and that instant is lateness. Returns by how much the item was slowed down, its time
 * without waiting for the lock over its work, at least 1. */
double replay_wait(struct replay_crowd *crowd, struct replay_worker *worker, const struct replay_slowdown *by,
                   uint64_t claim_ns, uint64_t start_ns, const struct replay_work *work);

/* Waits until an instant of clock_now_ns(). */
void replay_wait_until(uint64_t until_ns);

#endif
