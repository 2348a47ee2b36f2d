#include "harness/trial/trial_process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/base/paths.h"

enum {
    TABLE_FD = 3, /* number of the memfd in the run */
    TICK_MS = 250,
    STOP_MS = 5000, /* how long a run may take to end by itself once it was asked to */
    ARGUMENTS_MOST = 24,
    EXIT_CANNOT_START = 127
};

/* What a run needs of our environment; everything else could change its bytes or its speed. */
static const char *const kept_variables[] = {
    "PATH",         "HOME",          "TMPDIR",      "XDG_RUNTIME_DIR", "KNEE_DATA", "LD_LIBRARY_PATH",
    "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};
enum { KEPT_COUNT = sizeof kept_variables / sizeof kept_variables[0] };

static void stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

int trial_process_init(struct trial_process *process, struct fault *fault)
{
    sigset_t set;

    *process = (struct trial_process){0};
    if (!paths_self(process->program, sizeof process->program))
        return fault_set(fault, "the path of this program is not known: is /proc mounted?");
    stop_signals(&set);
    sigaddset(&set, SIGCHLD);
    if (sigprocmask(SIG_BLOCK, &set, NULL))
        return fault_set(fault, "signals cannot be blocked (%s)", strerror(errno));
    return 0;
}

int trial_process_stopped(void)
{
    const struct timespec now = {0};
    sigset_t set;
    int number;

    stop_signals(&set);
    number = sigtimedwait(&set, NULL, &now);
    return number > 0 ? number : 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

int trial_process_remove(const char *folder)
{
    return nftw(folder, remove_one, 32, FTW_DEPTH | FTW_PHYS) && errno != ENOENT ? -1 : 0;
}

/* --- the child -------------------------------------------------------------------------------- */

struct run_arguments {
    char *arguments[ARGUMENTS_MOST], *environment[KEPT_COUNT + 3];
    char workers[24], chunk[24], table[24], emulate[24], start_order[32], counters[PATH_MAX];
    char variables[KEPT_COUNT][PATH_MAX], padding[4200];
};

static void add(struct run_arguments *line, int *count, const char *argument)
{
    line->arguments[(*count)++] = (char *)argument;
}

static void build(struct run_arguments *line, const char *program, const struct trial_request *request)
{
    int count = 0, kept = 0;

    memset(line, 0, sizeof *line);
    snprintf(line->workers, sizeof line->workers, "--workers=%" PRIu32, request->workers);
    snprintf(line->chunk, sizeof line->chunk, "--chunk=%" PRIu64, request->chunk);
    snprintf(line->table, sizeof line->table, "--table-fd=%d", TABLE_FD);
    add(line, &count, program);
    add(line, &count, "run");
    add(line, &count, "--quiet");
    add(line, &count, line->table);
    if (request->serial) {
        add(line, &count, "--serial");
    } else {
        add(line, &count, line->workers);
        add(line, &count, line->chunk);
        add(line, &count, "--policy");
        add(line, &count, request->policy);
        snprintf(line->start_order, sizeof line->start_order, "--start-order=%" PRIu32, request->start_order);
        add(line, &count, line->start_order);
    }
    if (request->counters) {
        snprintf(line->counters, sizeof line->counters, "--counters=%.4000s", request->counters);
        add(line, &count, line->counters);
    }
    if (request->emulate) {
        snprintf(line->emulate, sizeof line->emulate, "--emulate=%" PRIu32, request->emulate);
        add(line, &count, line->emulate);
    }
    add(line, &count, "--pin");
    add(line, &count, request->pin);
    add(line, &count, "--recipe");
    add(line, &count, request->recipe);
    add(line, &count, "--list");
    add(line, &count, request->list);
    add(line, &count, "--");
    add(line, &count, request->in);
    add(line, &count, request->out);
    for (int i = 0; i < KEPT_COUNT; i++) {
        const char *value = getenv(kept_variables[i]);
        int length =
            value ? snprintf(line->variables[i], sizeof line->variables[i], "%s=%s", kept_variables[i], value)
                  : -1;
        if (length > 0 && (size_t)length < sizeof line->variables[i])
            line->environment[kept++] = line->variables[i];
    }
    line->environment[kept++] = (char *)"LC_ALL=C.UTF-8";
    snprintf(line->padding, sizeof line->padding, "KNEE_PADDING=");
    memset(line->padding + strlen(line->padding), 'x',
           request->padding_bytes < 4096 ? request->padding_bytes : 4096);
    line->environment[kept] = line->padding;
}

/* Between fork and exec. */
static void become_run(const struct run_arguments *line, const char *program, pid_t parent, int table_fd,
                       int said_fd) __attribute__((noreturn));
static void become_run(const struct run_arguments *line, const char *program, pid_t parent, int table_fd,
                       int said_fd)
{
    sigset_t none;
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_CANNOT_START); /* the sweep ended before we had tied ourselves to it */
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* said_fd and table_fd are above TABLE_FD: see trial_process_memory() */
    if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 || dup2(null_fd, STDOUT_FILENO) < 0 ||
        dup2(said_fd, STDERR_FILENO) < 0 || dup2(table_fd, TABLE_FD) < 0)
        _exit(EXIT_CANNOT_START);
    execve(program, line->arguments, line->environment);
    dprintf(STDERR_FILENO, "%s cannot be run (%s)", program, strerror(errno));
    _exit(EXIT_CANNOT_START);
}

/* --- the parent ------------------------------------------------------------------------------- */

int trial_process_memory(const char *name)
{
    int low = memfd_create(name, MFD_CLOEXEC), high;

    if (low < 0)
        return -1;
    high = fcntl(low, F_DUPFD_CLOEXEC, TABLE_FD + 1);
    close(low);
    return high;
}

static uint64_t to_ns(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_usec * 1000u;
}

void trial_process_wait(const struct trial_process *process, pid_t pid, struct trial_outcome *outcome)
{
    const struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
    uint64_t asked_ns = 0;
    struct rusage usage;
    sigset_t set;

    stop_signals(&set);
    sigaddset(&set, SIGCHLD);
    for (;;) {
        pid_t got = wait4(pid, &outcome->wait_status, WNOHANG, &usage);
        int number;
        if (got == pid)
            break;
        if (got < 0 && errno != EINTR)
            return;
        number = sigtimedwait(&set, NULL, &tick);
        if (number > 0 && number != SIGCHLD && !outcome->stopped_by) {
            outcome->stopped_by = number;
            asked_ns = clock_now_ns();
            kill(pid, SIGTERM);
        }
        if (asked_ns && clock_now_ns() - asked_ns > STOP_MS * 1000000ull)
            kill(pid, SIGKILL);
        if (process->tick)
            process->tick(process->tick_context);
    }
    outcome->user_ns = to_ns(&usage.ru_utime);
    outcome->system_ns = to_ns(&usage.ru_stime);
    outcome->maxrss_bytes = (uint64_t)usage.ru_maxrss * 1024;
}

void trial_process_said(int fd, char *said, size_t bytes)
{
    char text[2048];
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    char *line, *mark;

    said[0] = '\0';
    if (length <= 0)
        return;
    while (length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    line = strrchr(text, '\n');
    line = line ? line + 1 : text;
    mark = strstr(line, "error: ");
    snprintf(said, bytes, "%.*s", (int)bytes - 1, mark ? mark + strlen("error: ") : line);
}

static int start(const struct trial_process *process, const struct trial_request *request, int table_fd,
                 int said_fd, struct trial_outcome *outcome, struct fault *fault)
{
    static struct run_arguments line; /* too large for the stack */
    pid_t parent = getpid(), pid;
    uint64_t own_ns = clock_process_cpu_ns(), begin_ns;

    build(&line, process->program, request);
    noise_read(&outcome->noise_before);
    outcome->cpu_known = kernel_cpu_read(&outcome->before, NULL) == 0;
    begin_ns = clock_now_ns();
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        become_run(&line, process->program, parent, table_fd, said_fd);
    if (pid < 0)
        return fault_sys(fault, "a trial cannot be started (fork: %s): free memory or raise 'ulimit -u'",
                         strerror(errno));
    trial_process_wait(process, pid, outcome);
    outcome->watched_ns = clock_now_ns() - begin_ns;
    outcome->cpu_known = outcome->cpu_known && kernel_cpu_read(&outcome->after, NULL) == 0;
    noise_read(&outcome->noise_after);
    outcome->own_cpu_ns = clock_process_cpu_ns() - own_ns;
    return 0;
}

static int run(void *context, const struct trial_request *request, struct trial_outcome *outcome,
               struct fault *fault)
{
    struct trial_process *process = context;
    uint64_t begin_ns = clock_now_ns();
    int table_fd = trial_process_memory("knee-trial"), said_fd = trial_process_memory("knee-said"),
        result = -1;

    *outcome = (struct trial_outcome){.table = {.fd = -1}, .stopped_by = trial_process_stopped()};
    study_utc_now(outcome->started_utc, sizeof outcome->started_utc);
    if (table_fd < 0 || said_fd < 0)
        fault_sys(fault, "a trial cannot be started (memfd: %s): free memory", strerror(errno));
    else if (outcome->stopped_by)
        result = 0;
    else if (trial_process_remove(request->out))
        fault_set(fault, "%s: %s: give another scratch folder with --out", request->out, strerror(errno));
    else
        result = start(process, request, table_fd, said_fd, outcome, fault);
    if (said_fd >= 0) {
        trial_process_said(said_fd, outcome->said, sizeof outcome->said);
        close(said_fd);
    }
    if (result == 0 && !outcome->stopped_by)
        item_table_open(&outcome->table, table_fd, NULL); /* takes the descriptor, or closes it */
    else if (table_fd >= 0)
        close(table_fd);
    trial_process_remove(request->out);
    outcome->spent_ns = clock_now_ns() - begin_ns;
    return result;
}

struct trial_runner trial_process_runner(struct trial_process *process)
{
    return (struct trial_runner){.context = process, .run = run};
}
