/* trial_command_internal.h: the processes of a command's trial (trial_command_start.c), for trial_command.c. */
#ifndef KNEE_TRIAL_COMMAND_INTERNAL_H
#define KNEE_TRIAL_COMMAND_INTERNAL_H

#include "harness/machine/emulation/emulate_tasks.h"
#include "harness/trial/trial_command.h"

struct command_launch {
    char **words, **env;
    const char *pin; /* CPUs as for `knee run --pin`; NULL: those of this process */
    int stdout_fd;   /* 0: /dev/null */
    int stderr_fd;
    struct emulate_tasks *emulation; /* NULL: real cores */
    uint32_t cell_cores;             /* with emulation: how many emulated ones */
};

/* A hook: runs it to its end with all processes that it leaves, outside of the time; fills outcome's wait_status and
 * stopped_by. Returns 0, or -1 with fault. */
int trial_command_hook(const struct trial_process *process, const struct command_launch *launch,
                       struct trial_outcome *outcome, struct fault *fault);

/* The command itself, started by the starter (trial_starter.h) and watched (command_watch.h): its instants, times, peak
 * memory, wait status, and what was seen of it. Ends the processes that it leaves, and adds their CPU time. Returns 0,
 * or -1 with fault. */
int trial_command_timed(const struct trial_process *process, const struct command_launch *launch,
                        struct trial_outcome *outcome, struct fault *fault);

#endif
