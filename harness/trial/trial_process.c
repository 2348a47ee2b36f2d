#include "harness/trial/trial_process_internal.h"

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

#include "harness/trial/trial_reason.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/paths.h"

enum {
    TABLE_FD = 3, /* number of the memfd in the run */
    TICK_MS = 250,
    FIRST_LOOK_MS = 10,
    STOP_MS = 5000, /* how long a run may take to end by itself once it was asked to */
    ARGUMENTS_MOST = 24,
    EXIT_CANNOT_START = 127
};

/* The variables that a run needs; all others could change its bytes or its speed. */
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
    if (paths_program(process->program, sizeof process->program, fault))
        return -1;
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
    char *words[ARGUMENTS_MOST], *environment[KEPT_COUNT + 3];
    char workers[24], chunk[24], table[24], emulate[24], start_order[32], counters[PATH_MAX];
    char variables[KEPT_COUNT][PATH_MAX], padding[4200];
};

static void add(struct run_arguments *arguments, int *count, const char *argument)
{
    arguments->words[(*count)++] = (char *)argument;
}

static void build(struct run_arguments *arguments, const char *program, const struct trial_request *request)
{
    int count = 0, kept = 0;

    memset(arguments, 0, sizeof *arguments);
    snprintf(arguments->workers, sizeof arguments->workers, "--workers=%" PRIu32, request->workers);
    snprintf(arguments->chunk, sizeof arguments->chunk, "--chunk=%" PRIu64, request->chunk);
    snprintf(arguments->table, sizeof arguments->table, "--table-fd=%d", TABLE_FD);
    add(arguments, &count, program);
    add(arguments, &count, "run");
    add(arguments, &count, "--quiet");
    add(arguments, &count, arguments->table);
    if (request->serial) {
        add(arguments, &count, "--serial");
    } else {
        add(arguments, &count, arguments->workers);
        add(arguments, &count, arguments->chunk);
        add(arguments, &count, "--policy");
        add(arguments, &count, request->policy);
        snprintf(arguments->start_order, sizeof arguments->start_order, "--start-order=%" PRIu32,
                 request->start_order);
        add(arguments, &count, arguments->start_order);
    }
    if (request->counters) {
        snprintf(arguments->counters, sizeof arguments->counters, "--counters=%.4000s", request->counters);
        add(arguments, &count, arguments->counters);
    }
    if (request->emulate) {
        snprintf(arguments->emulate, sizeof arguments->emulate, "--emulate=%" PRIu32, request->emulate);
        add(arguments, &count, arguments->emulate);
    }
    if (request->replay) {
        add(arguments, &count, "--replay");
        add(arguments, &count, request->replay);
    }
    add(arguments, &count, "--pin");
    add(arguments, &count, request->pin);
    add(arguments, &count, "--recipe");
    add(arguments, &count, request->recipe);
    add(arguments, &count, "--list");
    add(arguments, &count, request->list);
    add(arguments, &count, "--");
    add(arguments, &count, request->in);
    add(arguments, &count, request->out);
    for (int i = 0; i < KEPT_COUNT; i++) {
        const char *value = getenv(kept_variables[i]);
        int length = value ? snprintf(arguments->variables[i], sizeof arguments->variables[i], "%s=%s",
                                      kept_variables[i], value)
                           : -1;
        if (length > 0 && (size_t)length < sizeof arguments->variables[i])
            arguments->environment[kept++] = arguments->variables[i];
    }
    arguments->environment[kept++] = (char *)"LC_ALL=C.UTF-8";
    snprintf(arguments->padding, sizeof arguments->padding, "KNEE_PADDING=");
    memset(arguments->padding + strlen(arguments->padding), 'x',
           request->padding_bytes < 4096 ? request->padding_bytes : 4096);
    arguments->environment[kept] = arguments->padding;
}

/* Between fork and exec. */
static void become_run(const struct run_arguments *arguments, const char *program, pid_t parent, int table_fd,
                       int stderr_fd) __attribute__((noreturn));
static void become_run(const struct run_arguments *arguments, const char *program, pid_t parent, int table_fd,
                       int stderr_fd)
{
    sigset_t none;
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_CANNOT_START); /* the sweep ended before PR_SET_PDEATHSIG was in force */
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* stderr_fd and table_fd are above TABLE_FD: see trial_process_memory() */
    if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 || dup2(null_fd, STDOUT_FILENO) < 0 ||
        dup2(stderr_fd, STDERR_FILENO) < 0 || dup2(table_fd, TABLE_FD) < 0)
        _exit(EXIT_CANNOT_START);
    execve(program, arguments->words, arguments->environment);
    dprintf(STDERR_FILENO, "%s cannot be run (%s)", program, strerror(errno));
    _exit(EXIT_CANNOT_START);
}

/* --- the parent ------------------------------------------------------------------------------- */

const char *trial_process_remedy(int error)
{
    return error == EMFILE || error == ENFILE ? "raise 'ulimit -n'"
           : error == EFBIG                   ? "raise 'ulimit -f'"
                                              : "free memory";
}

int trial_process_raised(int fd, int least)
{
    int raised = fcntl(fd, F_DUPFD_CLOEXEC, least);

    if (raised < 0 && errno == EINVAL)
        errno = EMFILE;
    return raised;
}

int trial_process_memory(const char *name)
{
    int low = memfd_create(name, MFD_CLOEXEC), high, error;

    if (low < 0)
        return -1;
    high = trial_process_raised(low, TABLE_FD + 1);
    error = errno;
    close(low);
    errno = error;
    return high;
}

static uint64_t to_ns(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_usec * 1000u;
}

/* How long to wait for a signal: until the next tick, or the next look if that is due before. */
static struct timespec until(uint64_t now_ns, uint64_t tick_ns, uint64_t look_ns)
{
    uint64_t due_ns = look_ns < tick_ns ? look_ns : tick_ns, left_ns = due_ns > now_ns ? due_ns - now_ns : 0;

    return (struct timespec){.tv_sec = (time_t)(left_ns / 1000000000u),
                             .tv_nsec = (long)(left_ns % 1000000000u)};
}

void trial_process_wait(const struct trial_process *process, pid_t pid, const struct trial_look *look,
                        struct trial_outcome *outcome)
{
    uint64_t asked_ns = 0, now_ns = clock_now_ns(), tick_ns = now_ns + TICK_MS * 1000000ull,
             look_ns = look ? now_ns + FIRST_LOOK_MS * 1000000ull : UINT64_MAX;
    struct rusage usage;
    sigset_t set;

    stop_signals(&set);
    sigaddset(&set, SIGCHLD);
    for (;;) {
        pid_t got = wait4(pid, &outcome->wait_status, WNOHANG, &usage);
        struct timespec left = until(now_ns, tick_ns, look_ns);
        int number;
        if (got == pid)
            break;
        if (got < 0 && errno != EINTR)
            return;
        number = sigtimedwait(&set, NULL, &left);
        now_ns = clock_now_ns();
        if (number > 0 && number != SIGCHLD && !outcome->stopped_by) {
            outcome->stopped_by = number;
            asked_ns = now_ns;
            kill(pid, SIGTERM);
        }
        if (asked_ns && now_ns - asked_ns > STOP_MS * 1000000ull)
            kill(pid, SIGKILL);
        if (look && now_ns >= look_ns && number != SIGCHLD)
            look_ns = now_ns + look->look(look->context);
        if (now_ns >= tick_ns) {
            tick_ns = now_ns + TICK_MS * 1000000ull;
            if (process->tick)
                process->tick(process->tick_context);
        }
    }
    outcome->user_ns = to_ns(&usage.ru_utime);
    outcome->system_ns = to_ns(&usage.ru_stime);
    outcome->maxrss_bytes = (uint64_t)usage.ru_maxrss * 1024;
}

/* --- a trial ----------------------------------------------------------------------------------- */

static int start(const struct trial_process *process, const struct trial_request *request, int table_fd,
                 int stderr_fd, struct trial_outcome *outcome, struct fault *fault)
{
    static struct run_arguments arguments; /* too large for the stack */
    pid_t parent = getpid(), pid;
    uint64_t own_ns = clock_process_cpu_ns(), begin_ns;

    build(&arguments, process->program, request);
    noise_read(&outcome->noise_before);
    outcome->cpu_known = kernel_cpu_read(&outcome->before, NULL) == 0;
    begin_ns = clock_now_ns();
    fflush(NULL);
    pid = fork();
    if (pid == 0)
        become_run(&arguments, process->program, parent, table_fd, stderr_fd);
    if (pid < 0)
        return fault_sys(fault, "a trial cannot be started (fork: %s): free memory or raise 'ulimit -u'",
                         strerror(errno));
    trial_process_wait(process, pid, NULL, outcome);
    outcome->watched_ns = clock_now_ns() - begin_ns;
    outcome->cpu_known = outcome->cpu_known && kernel_cpu_read(&outcome->after, NULL) == 0;
    noise_read(&outcome->noise_after);
    outcome->own_cpu_ns = clock_process_cpu_ns() - own_ns;
    return 0;
}

int trial_process_run(const struct trial_process *process, const struct trial_request *request,
                      struct trial_outcome *outcome, struct fault *fault)
{
    uint64_t begin_ns = clock_now_ns();
    int table_fd = trial_process_memory("knee-trial"), stderr_fd = trial_process_memory("knee-stderr"),
        result = -1;

    *outcome = (struct trial_outcome){
        .table = {.fd = -1}, .stopped_by = trial_process_stopped(), .workers = request->workers};
    study_utc_now(outcome->started_utc, sizeof outcome->started_utc);
    if (table_fd < 0 || stderr_fd < 0)
        fault_sys(fault, "a trial cannot be started (memfd: %s): %s", strerror(errno),
                  trial_process_remedy(errno));
    else if (outcome->stopped_by)
        result = 0;
    else if (trial_process_remove(request->out))
        fault_set(fault, "%s: %s: give another scratch folder with --out", request->out, strerror(errno));
    else
        result = start(process, request, table_fd, stderr_fd, outcome, fault);
    if (stderr_fd >= 0) {
        trial_reason_read(stderr_fd, outcome->stderr_line, sizeof outcome->stderr_line);
        close(stderr_fd);
    }
    if (result == 0 && !outcome->stopped_by)
        item_table_open(&outcome->table, table_fd, NULL); /* takes the descriptor, or closes it */
    else if (table_fd >= 0)
        close(table_fd);
    if (!request->keep_out)
        trial_process_remove(request->out);
    outcome->spent_ns = clock_now_ns() - begin_ns;
    return result;
}
