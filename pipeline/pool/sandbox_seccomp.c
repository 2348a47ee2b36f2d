#include "pipeline/pool/sandbox_seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The place of the worker's process id until each worker inserts its own: no process has this id. */
enum { PID_PLACE = 0x7fedcba9 };

/* --- the lists -------------------------------------------------------------------------------- */

static const char *const allowed[] = {
    /* files; which ones, Landlock decides */
    "read", "pread64", "readv", "preadv", "preadv2", "write", "pwrite64", "writev", "pwritev", "lseek",
    "_llseek", "close", "close_range", "stat", "stat64", "lstat", "lstat64", "fstat", "fstat64", "newfstatat",
    "fstatat64", "statx", "statfs", "statfs64", "fstatfs", "fstatfs64", "access", "faccessat", "faccessat2",
    "readlink", "readlinkat", "getdents", "getdents64", "getcwd", "dup", "dup2", "dup3", "fadvise64", "fsync",
    "fdatasync", "sync_file_range", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir",
    "mkdirat", "rmdir", "umask",
    /* memory; libvips' vector code is made at run time, so mprotect may make memory executable */
    "brk", "mmap", "mmap2", "munmap", "mprotect", "mremap", "madvise", "mincore", "msync", "membarrier",
    /* threads */
    "futex", "futex_time64", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "exit",
    "exit_group", "gettid", "getpid", "getppid", "sched_yield", "sched_getaffinity", "sched_getattr",
    "sched_getparam", "sched_getscheduler", "sched_get_priority_max", "sched_get_priority_min", "getcpu",
    "getpriority", "arch_prctl",
    /* waiting and time */
    "poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6", "pipe", "pipe2", "eventfd2",
    "nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "clock_gettime", "clock_gettime64",
    "clock_getres", "clock_getres_time64", "gettimeofday", "time", "times", "getrusage", "restart_syscall",
    /* own signals */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigtimedwait", "sigaltstack",
    /* questions */
    "uname", "sysinfo", "getrandom", "getrlimit", "ugetrlimit", "capget", "getuid", "geteuid", "getgid",
    "getegid", "getuid32", "geteuid32", "getgid32", "getegid32", "getresuid", "getresgid", "getgroups",
    "getpgrp", "getpgid", "getsid"};

static const char *const deadly[] = {"execve",
                                     "execveat",
                                     "ptrace",
                                     "process_vm_readv",
                                     "process_vm_writev",
                                     "process_madvise",
                                     "kcmp",
                                     "pidfd_getfd",
                                     "unshare",
                                     "setns",
                                     "mount",
                                     "umount",
                                     "umount2",
                                     "pivot_root",
                                     "chroot",
                                     "open_tree",
                                     "move_mount",
                                     "fsopen",
                                     "fsmount",
                                     "mount_setattr",
                                     "init_module",
                                     "finit_module",
                                     "delete_module",
                                     "kexec_load",
                                     "kexec_file_load",
                                     "bpf",
                                     "add_key",
                                     "request_key",
                                     "keyctl",
                                     "reboot",
                                     "swapon",
                                     "swapoff",
                                     "iopl",
                                     "ioperm",
                                     "sethostname",
                                     "setdomainname",
                                     "settimeofday",
                                     "clock_settime",
                                     "open_by_handle_at",
                                     "acct",
                                     "quotactl",
                                     "userfaultfd"};

/* --- making it -------------------------------------------------------------------------------- */

static int add_list(scmp_filter_ctx context, uint32_t action, const char *const *names, size_t count)
{
    int error = 0;

    for (size_t i = 0; i < count && !error; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        if (number >= 0) /* or it is another architecture's, or unknown to this libseccomp */
            error = seccomp_rule_add(context, action, number, 0);
    }
    return error;
}

/* A call is allowed only where an argument, through a mask, has this value; otherwise it falls to the
 * default. */
struct condition {
    int number;
    unsigned argument;
    uint64_t mask, value;
};

static const uint64_t as_int = UINT32_MAX; /* the upper half of an int's register may hold anything */

static int add_condition(scmp_filter_ctx context, const struct condition *condition)
{
    struct scmp_arg_cmp comparison = {.arg = condition->argument,
                                      .op = SCMP_CMP_MASKED_EQ,
                                      .datum_a = condition->mask,
                                      .datum_b = condition->value};

    return seccomp_rule_add_array(context, SCMP_ACT_ALLOW, condition->number, 1, &comparison);
}

static int add_conditions(scmp_filter_ctx context)
{
    const uint64_t spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                            CLONE_NEWPID | CLONE_NEWNET;
    const struct condition conditions[] = {
        {SCMP_SYS(clone), 0, spaces | CLONE_THREAD, CLONE_THREAD},
        {SCMP_SYS(tgkill), 0, as_int, PID_PLACE},
        {SCMP_SYS(prlimit64), 2, UINT64_MAX, 0}, /* no new limit */
        {SCMP_SYS(ioctl), 1, as_int, PERF_EVENT_IOC_ENABLE},
        {SCMP_SYS(ioctl), 1, as_int, PERF_EVENT_IOC_DISABLE},
        {SCMP_SYS(ioctl), 1, as_int, PERF_EVENT_IOC_RESET},
        {SCMP_SYS(ioctl), 1, as_int, PERF_EVENT_IOC_ID},
        /* O_TRUNC empties a file that is opened for reading only, which Landlock before ABI 3 does not see. */
        {SCMP_SYS(open), 1, O_TRUNC, 0},
        {SCMP_SYS(openat), 2, O_TRUNC, 0},
        /* No F_SETFL, which would take O_APPEND off the journal or, with F_SETOWN, signal any process. */
        {SCMP_SYS(fcntl), 1, as_int, F_DUPFD},
        {SCMP_SYS(fcntl), 1, as_int, F_DUPFD_CLOEXEC},
        {SCMP_SYS(fcntl), 1, as_int, F_GETFD},
        {SCMP_SYS(fcntl), 1, as_int, F_SETFD},
        {SCMP_SYS(fcntl), 1, as_int, F_GETFL},
        /* GLib's new threads set the policy of the thread that made them, and warn when they cannot. */
        {SCMP_SYS(sched_setattr), 0, as_int, 0},
        {SCMP_SYS(prctl), 0, as_int, PR_SET_NAME},
        {SCMP_SYS(prctl), 0, as_int, PR_GET_NAME},
        {SCMP_SYS(prctl), 0, as_int, PR_GET_DUMPABLE},
        {SCMP_SYS(prctl), 0, as_int, PR_SET_VMA}};
    int error = 0;

    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0] && !error; i++)
        if (conditions[i].number >= 0) /* or another architecture has it */
            error = add_condition(context, &conditions[i]);
    return error;
}

/* Returns 0 or a negative errno, as libseccomp does. */
static int add_rules(scmp_filter_ctx context)
{
    /* The most frequent calls are found in few steps. */
    int error = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);

    if (!error)
        error = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (!error)
        error = add_list(context, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof allowed[0]);
    if (!error)
        error = add_list(context, SCMP_ACT_KILL_PROCESS, deadly, sizeof deadly / sizeof deadly[0]);
    return error ? error : add_conditions(context);
}

/* The program as libseccomp made it, by way of a file in memory. Returns 0 or a negative errno. */
static int export(scmp_filter_ctx context, struct seccomp_filter *filter)
{
    int fd = memfd_create("knee-seccomp", MFD_CLOEXEC), error;
    struct stat status;
    size_t bytes;

    if (fd < 0)
        return -errno;
    error = seccomp_export_bpf(context, fd);
    if (!error && fstat(fd, &status))
        error = -errno;
    if (!error) {
        bytes = (size_t)status.st_size;
        filter->code = malloc(bytes);
        filter->count = (uint16_t)(bytes / sizeof *filter->code);
        if (!filter->code || pread(fd, filter->code, bytes, 0) != (ssize_t)bytes)
            error = -ENOMEM;
    }
    close(fd);
    return error;
}

/* Returns 0, or -ESRCH when the program does not look for the process id exactly once. */
static int find_pid(struct seccomp_filter *filter)
{
    unsigned found = 0;

    for (uint16_t i = 0; i < filter->count; i++)
        if (BPF_CLASS(filter->code[i].code) == BPF_JMP && filter->code[i].k == PID_PLACE) {
            filter->pid_at = i;
            found++;
        }
    return found == 1 ? 0 : -ESRCH;
}

int seccomp_prepare(struct seccomp_filter *filter, char *reason, size_t bytes)
{
    const uint32_t action = SECCOMP_RET_KILL_PROCESS;
    scmp_filter_ctx context;
    int error;

    *filter = (struct seccomp_filter){0};
    reason[0] = '\0';
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action)) {
        snprintf(reason, bytes, "this kernel has no seccomp filters (%s): Linux 4.14 or later has them",
                 strerror(errno));
        return -1;
    }
    context = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    error = context ? add_rules(context) : -ENOMEM;
    if (!error)
        error = export(context, filter);
    if (!error)
        error = find_pid(filter);
    seccomp_release(context);
    if (error) {
        snprintf(reason, bytes, "libseccomp could not make the filter (%s)", strerror(-error));
        seccomp_discard(filter);
        return -1;
    }
    return 0;
}

void seccomp_discard(struct seccomp_filter *filter)
{
    free(filter->code);
    *filter = (struct seccomp_filter){0};
}

/* --- in the worker ---------------------------------------------------------------------------- */

int seccomp_enter(const struct seccomp_filter *filter, struct fault *fault)
{
    struct sock_fprog program = {.len = filter->count, .filter = filter->code};

    filter->code[filter->pid_at].k = (uint32_t)getpid(); /* our own copy since the fork */
    /* SPEC_ALLOW: the kernel's mitigations of speculative execution slow every decoder down, and protect
     * parts of a process from one another, of which a worker has none. */
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program)) {
        fault_sys(fault, "sandbox: seccomp: %s", strerror(errno));
        return fault_advise(fault, ADVICE_NO_SANDBOX);
    }
    return 0;
}
