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

/* What to do where a memfd or a descriptor was refused with that errno: "raise 'ulimit -n'", say. */
const char *trial_process_remedy(int error);

/* The descriptor with a number from least on, as F_DUPFD_CLOEXEC gives it; -1 with errno: EMFILE above the limit. */
int trial_process_raised(int fd, int least);

/* Called while a process is waited for; returns in how many ns the next call is due. */
struct trial_look {
    uint64_t (*look)(void *context);
    void *context;
};

/* Waits until the process has ended, and fills wait_status, usage and stopped_by: on a signal to stop it sends
 * SIGTERM to the process, and SIGKILL when that has no effect. look: NULL none; the first one after 10 ms. */
void trial_process_wait(const struct trial_process *process, pid_t pid, const struct trial_look *look,
                        struct trial_outcome *outcome);

#endif
