/* emulate_groups.h: the control groups of emulated cores, the same for versions 1 and 2 of cgroups.
 *
 * All are in one folder of ours, the base, in the group that this process is in. Groups are named by their path in the
 * base ("worker-3", "cell/thread-0"); "" is the base itself.
 *
 * Version 2 has two rules that version 1 has not. A group's controllers must be enabled in the group above it; where
 * this process's group has the cpu controller but does not hand it down, it is made to, and that is taken back at the
 * end (after a kill it stays so, which does no harm). And a group that holds processes may be divided by threads only:
 * so all our groups are of type "threaded", which share everything but the CPU with this process's group, and can hold
 * single threads.
 *
 * Sequence: emulate_groups_open(); emulate_groups_make(), from the base downwards; what moves processes and threads;
 * emulate_groups_close(). Groups are named after the opener's pid; those of openers that were killed are removed by
 * emulate_groups_remove_stale().
 */
#ifndef KNEE_EMULATE_GROUPS_H
#define KNEE_EMULATE_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

#define EMULATION_PERIOD_US 20000

struct emulate_groups {
    int version;      /* of cgroups: 1 or 2 */
    bool enabled;     /* version 2: that folder hands down the cpu controller is our doing */
    char folder[512]; /* the group of this process */
    char base[560];   /* our folder in it; "" when closed */
};

/* Can groups be made here? Sets version and folder, leaves nothing. Returns 0, or -1 with fault (what is needed). */
int emulate_groups_probe(struct emulate_groups *groups, struct fault *fault);

/* Makes the base. Returns 0, or -1 with fault and nothing left behind. */
int emulate_groups_open(struct emulate_groups *groups, struct fault *fault);

/* Makes a group whose CPU bandwidth is quota_us in each EMULATION_PERIOD_US (0: no limit); `divided`: groups with a
 * quota can be made below it. Returns 0, or -1 with errno. */
int emulate_groups_make(const struct emulate_groups *groups, const char *name, uint64_t quota_us,
                        bool divided);

/* A descriptor that the caller closes: a process that writes "0" to it is moved into the group. -1 with errno. */
int emulate_groups_entry(const struct emulate_groups *groups, const char *name);

/* Moves the calling process, with all its threads, into the group. Returns 0, or -1 with errno. */
int emulate_groups_join(const struct emulate_groups *groups, const char *name);

/* The threads in the group, one to a line; at most bytes - 1 characters, and a final 0. Returns 0, or -1 with errno. */
int emulate_groups_threads(const struct emulate_groups *groups, const char *name, char *text, size_t bytes);

/* Moves one thread into the group. Returns 0, or -1 with errno (ESRCH: it has ended). */
int emulate_groups_move_thread(const struct emulate_groups *groups, const char *name, long thread);

void emulate_groups_remove(const struct emulate_groups *groups, const char *name);

/* Removes all groups; processes that are still in them are moved to this process's group first. Safe to call twice, and
 * on a zeroed struct. */
void emulate_groups_close(struct emulate_groups *groups);

/* Removes the groups of openers that are no longer alive, as far as that is allowed; a look at one folder when there
 * are none. */
void emulate_groups_remove_stale(void);

#endif
