/* trial_process_internal.h: parts of trial_process.c that trial_command.c needs too. */
#ifndef KNEE_TRIAL_PROCESS_INTERNAL_H
#define KNEE_TRIAL_PROCESS_INTERNAL_H

#include <sys/types.h>

#include "harness/trial/trial_process.h"

/* Takes a pending SIGINT, SIGTERM or SIGHUP and returns its number; 0 none. */
int trial_process_stopped(void);

/* A memfd with a number above 3, so that dup2 onto the numbers a child starts with cannot overwrite it. -1 with
 * errno. */
int trial_process_memory(const char *name);

/* Waits until the process has ended, and fills wait_status, usage and stopped_by: on a signal to stop it sends
 * SIGTERM to the process, and SIGKILL when that has no effect. */
void trial_process_wait(const struct trial_process *process, pid_t pid, struct trial_outcome *outcome);

/* The last line of the text in the memfd, without the program's name. */
void trial_process_last_line(int fd, char *line, size_t bytes);

#endif
