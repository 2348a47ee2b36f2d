/* starter: starts a command, waits for it, and reports its times and its peak memory.
 *
 * usage: starter DESCRIPTOR ENTRY COMMAND [ARGUMENT...]
 *
 * The kernel counts the memory that a process had before exec as that of the command: a command started by knee would
 * seem to need all of knee. This program is small, is linked statically, and starts the command instead. It writes one
 * struct starter_report to DESCRIPTOR when the command has ended, and passes SIGTERM on to it. The command dies with
 * this program, and this program with knee. ENTRY is the descriptor of a control group's list of processes, which the
 * command enters before it begins; 0: none.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/trial/starter/starter_report.h"

enum { EXIT_CANNOT_START = 127 };

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t to_ns(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_usec * 1000u;
}

/* What to know beyond the error: its text alone misleads. */
static const char *hint(const char *program, int error)
{
    if (strchr(program, '='))
        return ": env sets variables: env NAME=VALUE PROGRAM";
    if (error == ENOENT && strchr(program, '/') && access(program, F_OK) == 0)
        return ": the file is there, the interpreter that its first line names is not";
    return "";
}

static void become(char **words, pid_t parent, int entry) __attribute__((noreturn));
static void become(char **words, pid_t parent, int entry)
{
    sigset_t none;
    int error;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_CANNOT_START);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (entry && write(entry, "0", 1) != 1) {
        dprintf(STDERR_FILENO, "the command cannot be put on emulated cores (%s)\n", strerror(errno));
        _exit(EXIT_CANNOT_START);
    }
    execvp(words[0], words);
    error = errno;
    dprintf(STDERR_FILENO, "%s cannot be run (%s)%s\n", *words[0] ? words[0] : "''", strerror(error),
            hint(words[0], error));
    _exit(EXIT_CANNOT_START);
}

static void wait_for(pid_t pid, const sigset_t *awaited, struct starter_report *report)
{
    struct rusage usage;
    int status;

    for (;;) {
        pid_t got = wait4(pid, &status, WNOHANG, &usage);
        if (got == pid)
            break;
        if (got == 0 && sigwaitinfo(awaited, NULL) == SIGTERM)
            kill(pid, SIGTERM);
    }
    report->end_ns = now_ns();
    report->wait_status = status;
    report->user_ns = to_ns(&usage.ru_utime);
    report->system_ns = to_ns(&usage.ru_stime);
    report->maxrss_bytes = (uint64_t)usage.ru_maxrss * 1024;
}

int main(int count, char **words)
{
    struct starter_report report = {0};
    pid_t self = getpid(), pid;
    sigset_t awaited;
    int out, entry;

    if (count < 4)
        return EXIT_CANNOT_START;
    out = (int)strtol(words[1], NULL, 10);
    entry = (int)strtol(words[2], NULL, 10);
    fcntl(out, F_SETFD, FD_CLOEXEC);
    if (entry)
        fcntl(entry, F_SETFD, FD_CLOEXEC);
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGTERM);
    sigprocmask(SIG_BLOCK, &awaited, NULL);
    report.begin_ns = now_ns();
    pid = fork();
    if (pid == 0)
        become(words + 3, self, entry);
    report.pid = pid;
    if (pid > 0)
        wait_for(pid, &awaited, &report);
    else
        report = (struct starter_report){.error = errno};
    return write(out, &report, sizeof report) == (ssize_t)sizeof report ? 0 : EXIT_CANNOT_START;
}
