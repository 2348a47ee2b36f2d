/* trial_process.h: the runner of real trials: a fresh `knee run` process for each.
 *
 * The process gets an empty memfd for its item table, a clean environment, no terminal and a process group of
 * its own (so that Ctrl-C reaches the sweep alone, which then ends the trial). It dies with the sweep,
 * however that ends, and its workers with it. Its output folder is removed at the end.
 *
 * SIGINT, SIGTERM and SIGCHLD must be blocked in the caller: trial_process_init() does it.
 */
#ifndef KNEE_TRIAL_PROCESS_H
#define KNEE_TRIAL_PROCESS_H

#include <limits.h>

#include "trial.h"

struct trial_process {
    char program[PATH_MAX];
    /* Called about four times a second while a trial runs; NULL none. */
    void (*tick)(void *context);
    void *tick_context;
};

/* Blocks the signals. Returns 0, or -1 with fault. */
int trial_process_init(struct trial_process *process, struct fault *fault);
/* Waiting SIGINT or SIGTERM: its number, taken; 0 none. */
int trial_process_stopped(void);
struct trial_runner trial_process_runner(struct trial_process *process);

/* Removes a folder with all that is in it. One that is not there is no failure. Returns 0, or -1 with errno.
 */
int trial_process_remove(const char *folder);

#endif
