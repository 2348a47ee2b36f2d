/* trial_command_start.c: starts the processes of a command's trial and ends them (trial_command_internal.h). */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/trial/own_children.h"
#include "harness/trial/trial_command_internal.h"
#include "harness/trial/trial_process_internal.h"
#include "harness/trial/trial_reason.h"
#include "harness/trial/trial_starter.h"
#include "pipeline/base/clock.h"

enum {
    EXIT_CANNOT_START = 127,
    CPUS_MOST = 4096,
    REPORT_FD = 3, /* number of the report's memfd in the starter */
    ENTRY_LEAST = 10
};

/* --- the child --- */

/* CPUs of a `knee run --pin` list as a set. Returns how many; 0: "none", or no list. */
static int cpus_of(const char *pin, void *cpu_set, size_t set_bytes)
{
    CPU_ZERO_S(set_bytes, (cpu_set_t *)cpu_set);
    while (pin && *pin >= '0' && *pin <= '9') {
        char *end;
        unsigned long cpu = strtoul(pin, &end, 10);
        if (cpu < 8 * set_bytes)
            CPU_SET_S(cpu, set_bytes, (cpu_set_t *)cpu_set);
        pin = *end == ',' ? end + 1 : end;
    }
    return CPU_COUNT_S(set_bytes, (cpu_set_t *)cpu_set);
}

/* Exactly the cell's cores, read back from the kernel. */
static void take_cores(const char *pin)
{
    static _Alignas(cpu_set_t) uint8_t wanted[CPUS_MOST / 8], got[CPUS_MOST / 8];

    if (!cpus_of(pin, wanted, sizeof wanted))
        return;
    if (sched_setaffinity(0, sizeof wanted, (cpu_set_t *)(void *)wanted) ||
        sched_getaffinity(0, sizeof got, (cpu_set_t *)(void *)got) ||
        !CPU_EQUAL_S(sizeof wanted, (cpu_set_t *)(void *)wanted, (cpu_set_t *)(void *)got)) {
        dprintf(STDERR_FILENO, "the command cannot be bound to CPUs %s (%s)\n", pin, strerror(errno));
        _exit(EXIT_CANNOT_START);
    }
}

/* program: what is run with the words, its report_fd as REPORT_FD, its entry_fd as it is; -1: the first word. */
static void become(const struct command_launch *launch, pid_t parent, int program, int report_fd,
                   int entry_fd) __attribute__((noreturn));
static void become(const struct command_launch *launch, pid_t parent, int program, int report_fd,
                   int entry_fd)
{
    sigset_t none;
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_CANNOT_START);
    setsid(); /* a group of its own, and no terminal: to ask there would stop it, and nobody would see why */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* the descriptors given are above REPORT_FD: see trial_process_memory() */
    if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 ||
        dup2(launch->stdout_fd ? launch->stdout_fd : null_fd, STDOUT_FILENO) < 0 ||
        dup2(launch->stderr_fd, STDERR_FILENO) < 0 || (program >= 0 && dup2(report_fd, REPORT_FD) < 0))
        _exit(EXIT_CANNOT_START);
    take_cores(launch->pin);
    signal(SIGXFSZ, SIG_DFL); /* ours, not the command's */
    if (program >= 0 && launch->emulation)
        fcntl(entry_fd, F_SETFD, 0); /* the starter closes it for the command */
    if (program >= 0)
        fexecve(program, launch->words, launch->env);
    else
        execvpe(launch->words[0], launch->words, launch->env);
    dprintf(STDERR_FILENO, "%s cannot be run (%s)\n", launch->words[0], strerror(errno));
    _exit(EXIT_CANNOT_START);
}

/* --- the parent --- */

/* A process that has a session of its own is not in the command's group; when its parent ends it becomes ours. */
static void kill_all_but(const struct own_children *before)
{
    struct own_children now;

    own_children_read(&now);
    for (uint32_t i = 0; i < now.count; i++)
        if (!own_children_has(before, now.pid[i]))
            kill(now.pid[i], SIGKILL);
}

/* Ends and reaps the processes that the command left running, whatever they are, and adds their CPU time. before:
 * children that are none of them. Returns how many there were. */
static uint32_t end_all(pid_t group, const struct own_children *before, struct trial_outcome *outcome)
{
    struct rusage usage;
    uint32_t ended = 0;
    int status;
    pid_t pid;

    kill(-group, SIGKILL);
    for (;;) {
        kill_all_but(before);
        pid = wait4(-1, &status, 0, &usage);
        if (pid < 0 && errno != EINTR)
            return ended;
        if (pid < 0)
            continue;
        ended += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        outcome->user_ns +=
            (uint64_t)usage.ru_utime.tv_sec * 1000000000u + (uint64_t)usage.ru_utime.tv_usec * 1000u;
        outcome->system_ns +=
            (uint64_t)usage.ru_stime.tv_sec * 1000000000u + (uint64_t)usage.ru_stime.tv_usec * 1000u;
    }
}

static pid_t start(const struct command_launch *launch, int program, int report_fd, int entry_fd,
                   struct fault *fault)
{
    pid_t parent = getpid(), pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0)
        become(launch, parent, program, report_fd, entry_fd);
    if (pid < 0)
        fault_sys(fault, "a trial cannot be started (fork: %s): free memory or raise 'ulimit -u'",
                  strerror(errno));
    return pid;
}

enum { HOOK_LOOK_MS = 250 };

static uint64_t look_at_hook(void *context)
{
    const struct command_launch *launch = context;

    trial_reason_trim(launch->stderr_fd);
    return HOOK_LOOK_MS * 1000000ull;
}

int trial_command_hook(const struct trial_process *process, const struct command_launch *launch,
                       struct trial_outcome *outcome, struct fault *fault)
{
    struct trial_look look = {look_at_hook, (void *)launch};
    struct own_children before;
    pid_t pid;

    own_children_read(&before);
    pid = start(launch, -1, -1, -1, fault);
    if (pid < 0)
        return -1;
    trial_process_wait(process, pid, &look, outcome);
    end_all(pid, &before, outcome);
    return 0;
}

/* The command's own times, as the starter saw them. Without a report the starter was killed, and its own wait status
 * says how. */
static int take_report(int report_fd, struct trial_outcome *outcome, struct fault *fault)
{
    struct starter_report report;

    if (!trial_starter_report(report_fd, &report))
        return 0;
    if (report.error)
        return fault_sys(fault, "a trial cannot be started (fork: %s): free memory or raise 'ulimit -u'",
                         strerror(report.error));
    outcome->begin_ns = report.begin_ns;
    outcome->end_ns = report.end_ns;
    outcome->user_ns = report.user_ns;
    outcome->system_ns = report.system_ns;
    outcome->maxrss_bytes = report.maxrss_bytes;
    outcome->wait_status = report.wait_status;
    return 0;
}

/* What is looked at while a command runs. */
struct looks {
    struct command_watch watch;
    uint64_t watch_due_ns;
    int stderr_fd;
    struct emulate_tasks *emulation; /* NULL: real cores */
};

static uint64_t look_at_command(void *context)
{
    struct looks *looks = context;
    uint64_t now_ns = clock_now_ns(), left_ns;

    if (now_ns >= looks->watch_due_ns) {
        looks->watch_due_ns = now_ns + command_watch_look(&looks->watch);
        trial_reason_trim(looks->stderr_fd);
    }
    left_ns = looks->watch_due_ns - now_ns;
    if (looks->emulation) {
        uint64_t next_ns = emulate_tasks_place(looks->emulation);
        left_ns = next_ns < left_ns ? next_ns : left_ns;
    }
    return left_ns;
}

static int run_starter(const struct trial_process *process, const struct command_launch *launch,
                       int report_fd, int entry_fd, struct trial_outcome *outcome, struct fault *fault)
{
    struct looks looks = {.emulation = launch->emulation, .stderr_fd = launch->stderr_fd};
    struct command_watch *watch = &looks.watch;
    struct trial_look look = {look_at_command, &looks};
    struct own_children before;
    int program = trial_starter_program(), status;
    pid_t pid;

    if (program < 0)
        return fault_sys(fault, "a trial cannot be started (memfd: %s): %s", strerror(errno),
                         errno == EACCES || errno == EPERM ? "set vm.memfd_noexec to 0"
                                                           : trial_process_remedy(errno));
    own_children_read(&before);
    pid = start(launch, program, report_fd, entry_fd, fault);
    if (pid < 0)
        return -1;
    command_watch_begin(watch, launch->pin);
    watch->starter = pid;
    trial_process_wait(process, pid, &look, outcome);
    command_watch_end(watch);
    outcome->seen = watch->seen;
    if (launch->emulation)
        outcome->seen.cell_cpus = launch->cell_cores;
    status = take_report(report_fd, outcome, fault);
    outcome->seen.left = end_all(pid, &before, outcome);
    return status;
}

/* Above the numbers of the starter's other descriptors; -1 with fault. */
static int open_entry(const struct emulate_tasks *emulation, struct fault *fault)
{
    int low = emulate_tasks_entry(emulation), high = low < 0 ? -1 : trial_process_raised(low, ENTRY_LEAST);

    if (high < 0)
        fault_sys(fault, "a trial cannot be started on emulated cores (%s): %s", strerror(errno),
                  trial_process_remedy(errno));
    if (low >= 0)
        close(low);
    return high;
}

int trial_command_timed(const struct trial_process *process, const struct command_launch *launch,
                        struct trial_outcome *outcome, struct fault *fault)
{
    int report_fd = trial_process_memory("knee-report"), entry_fd = 0, status = -1;
    guint count = g_strv_length(launch->words);
    struct command_launch started = *launch;
    char report[] = {'0' + REPORT_FD, '\0'}, entry[16];

    if (report_fd < 0)
        return fault_sys(fault, "a trial cannot be started (memfd: %s): %s", strerror(errno),
                         trial_process_remedy(errno));
    if (launch->emulation && (entry_fd = open_entry(launch->emulation, fault)) < 0) {
        close(report_fd);
        return -1;
    }
    snprintf(entry, sizeof entry, "%d", entry_fd);
    started.words = g_new0(char *, count + 4);
    started.words[0] = (char *)"knee-starter";
    started.words[1] = report;
    started.words[2] = entry;
    memcpy(started.words + 3, launch->words, count * sizeof *launch->words);
    outcome->begin_ns = clock_now_ns(); /* until the starter's report */
    status = run_starter(process, &started, report_fd, entry_fd, outcome, fault);
    if (status == 0 && outcome->end_ns == 0)
        outcome->end_ns = clock_now_ns();
    g_free(started.words);
    close(report_fd);
    if (entry_fd > 0)
        close(entry_fd);
    return status;
}
