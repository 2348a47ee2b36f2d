/* emulate_tasks.h: emulated cores (emulate.h) for a program that knows nothing of them.
 *
 * Its processes and threads are in one group, the cell, whose CPU bandwidth is that of the cell's emulated cores; and
 * within it each thread is in a group of its own, with the bandwidth of one emulated core: no thread is faster than a
 * core, and together they are not faster than all cores of the cell. A new thread begins in the group of the thread
 * that made it. emulate_tasks_place() finds it there, and gives it its own; until then both share a core. Groups whose
 * thread has ended are used again.
 *
 * Time is dilated from the program's first instant to its end: an instant t of it is begin + (t - begin) * share.
 *
 * What this does not emulate: waiting (sleep, disks, networks) takes its real time, and so too little; a thread that
 * spins uses up its share, and sees what it spins for a period later; a program that counts CPUs sees the real ones.
 *
 * Sequence: emulate_tasks_open(); emulate_tasks_entry(), into which the program's first process writes "0" before
 * exec; emulate_tasks_place() whenever it is due; emulate_tasks_close() when all its processes have ended.
 */
#ifndef KNEE_EMULATE_TASKS_H
#define KNEE_EMULATE_TASKS_H

#include <stdint.h>
#include <sys/types.h>

#include "harness/machine/emulation/emulate.h"
#include "pipeline/base/fault.h"

struct emulate_tasks {
    struct emulation cores; /* its groups, and the share of one emulated core */
    pid_t *owners;          /* by group: its thread; 0: none, the group is free. Owned */
    uint32_t groups;        /* that were made */
    uint32_t allocated;     /* in owners */
    int error;              /* errno of a group that could not be made: its thread shares a core; 0 none */
};

/* Can a program be run on emulated cores here? Makes nothing. Returns 0, or -1 with fault (what is needed). */
int emulate_tasks_probe(struct fault *fault);

/* cell_cores: of the emulated machine's cores that the program may use. Returns 0, or -1 with fault and nothing left
 * behind. */
int emulate_tasks_open(struct emulate_tasks *tasks, uint32_t cores, uint32_t real_cores, uint32_t cell_cores,
                       struct fault *fault);

/* A descriptor that the caller closes: a process that writes "0" to it is the program's. -1 with errno. */
int emulate_tasks_entry(const struct emulate_tasks *tasks);

/* Gives every new thread a group of its own. Returns in how many ns the next look is due. */
uint64_t emulate_tasks_place(struct emulate_tasks *tasks);

/* Removes the groups. Safe to call twice, and on a zeroed struct. */
void emulate_tasks_close(struct emulate_tasks *tasks);

#endif
