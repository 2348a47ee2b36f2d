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
#include <sys/types.h>

#include "harness/trial/trial.h"

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

/* --- for runners of other processes (trial_command.c) --- */

/* A memfd with a number above 3, so that dup2 onto the numbers a child starts with cannot hit it. -1 with
 * errno. */
int trial_process_memory(const char *name);
/* Waits until the process has ended, and fills wait_status, usage and stopped_by: asks the process to stop
 * when we are asked to, and makes it stop when it does not. user_ns, system_ns are added to what is there,
 * maxrss_bytes is the larger. */
void trial_process_wait(const struct trial_process *process, pid_t pid, struct trial_outcome *outcome);
/* The last line of what was written into the memfd, without the program's name. */
void trial_process_said(int fd, char *said, size_t bytes);

/* Removes a folder with all that is in it. One that is not there is no failure. Returns 0, or -1 with errno.
 */
int trial_process_remove(const char *folder);

#endif
