/* trial_process.h: runs a trial of the pipeline: a fresh `knee run` process.
 *
 * The process gets an empty memfd for its item table, a clean environment, no terminal and a process group of
 * its own (so that Ctrl-C reaches the sweep alone, which then ends the trial). It dies with the sweep,
 * however that ends, and its workers with it. Its output folder is removed at the end.
 *
 * Sequence: trial_process_init() once; trial_process_run() for each trial. SIGINT, SIGTERM, SIGHUP and SIGCHLD
 * must be blocked in the caller: trial_process_init() blocks them.
 */
#ifndef KNEE_TRIAL_PROCESS_H
#define KNEE_TRIAL_PROCESS_H

#include <limits.h>

#include "harness/trial/trial.h"

struct trial_process {
    char program[PATH_MAX]; /* path of this program */
    /* Called about four times a second while a trial runs; NULL none. */
    void (*tick)(void *context);
    void *tick_context;
};

/* Blocks the signals. Returns 0, or -1 with fault. */
int trial_process_init(struct trial_process *process, struct fault *fault);

/* Fills *outcome, which the caller releases. Returns 0, or -1 with fault when no process could be started. */
int trial_process_run(const struct trial_process *process, const struct trial_request *request,
                      struct trial_outcome *outcome, struct fault *fault);

/* Removes a folder with all its files; one that does not exist is no failure. Returns 0, or -1 with errno. */
int trial_process_remove(const char *folder);

#endif
