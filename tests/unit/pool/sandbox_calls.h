/* sandbox_calls.h: attempts of test_sandbox.c by system calls: networks, processes, signals, memory, limits; and what a
 * worker may do. */
#ifndef KNEE_TEST_SANDBOX_CALLS_H
#define KNEE_TEST_SANDBOX_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/images/output/store.h"
#include "tests/unit/pool/sandbox_play.h"

static int connect_tcp(const struct play *play)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)play->listening_port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&to, sizeof to);
}

static int socket_unix(const struct play *play)
{
    (void)play;
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 ? -1 : 0;
}

static int fork_child(const struct play *play)
{
    pid_t pid = fork();

    (void)play;
    if (pid == 0)
        _exit(0);
    return pid < 0 ? -1 : 0;
}

static int signal_parent(const struct play *play)
{
    (void)play;
    return kill(getppid(), 0);
}

static int signal_parents_thread(const struct play *play)
{
    (void)play;
    return tgkill(getppid(), getppid(), 0);
}

static int raise_limit(const struct play *play)
{
    const struct rlimit limit = {1, 1};

    (void)play;
    return setrlimit(RLIMIT_CORE, &limit);
}

static int become_another_user(const struct play *play)
{
    (void)play;
    return setuid(65534);
}

static int execute(const struct play *play)
{
    char *const arguments[] = {"true", NULL}, *const environment[] = {NULL};

    (void)play;
    return execve("/bin/true", arguments, environment);
}

static int trace_parent(const struct play *play)
{
    (void)play;
    return (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static int read_memory(const struct play *play)
{
    void *memory = NULL; /* where the parent has our shared memory too */
    char byte;
    struct iovec to = {&byte, 1}, from = {memory, 1};

    memcpy(&memory, &play, sizeof memory);
    from.iov_base = memory;
    return process_vm_readv(getppid(), &to, 1, &from, 1, 0) == 1 ? 0 : -1;
}

static int new_space(const struct play *play)
{
    (void)play;
    return unshare(CLONE_NEWUSER);
}

static int mount_over(const struct play *play)
{
    return mount("none", play->out, "tmpfs", 0, NULL);
}

static int call_abort(const struct play *play)
{
    (void)play;
    signal(SIGABRT, SIG_DFL);
    abort();
}

/* --- signals without kill(): the kernel sends SIGIO, or any other, to the owner of a descriptor */

static int own_by_parent(const struct play *play)
{
    (void)play;
    return fcntl(STDERR_FILENO, F_SETOWN, getppid());
}

static int signal_by_owner(const struct play *play)
{
    int ends[2];

    (void)play;
    if (pipe(ends) || fcntl(ends[0], F_SETOWN, getppid()) || fcntl(ends[0], F_SETSIG, SIGKILL) ||
        fcntl(ends[0], F_SETFL, O_ASYNC))
        return -1;
    return write(ends[1], "x", 1) == 1 ? 0 : -1;
}

static int lease_a_file(const struct play *play)
{
    return fcntl(play->kept_fd, F_SETLEASE, F_RDLCK);
}

/* ioctl is there for counters. */
static int signal_by_ioctl(const struct play *play)
{
    int on = 1, parent = getppid();

    (void)play;
    return ioctl(STDERR_FILENO, FIOSETOWN, &parent) == 0 || ioctl(STDERR_FILENO, FIOASYNC, &on) == 0 ? 0 : -1;
}

static int type_into_terminal(const struct play *play)
{
    (void)play;
    return ioctl(STDERR_FILENO, TIOCSTI, "x");
}

/* prctl is there for names of threads. */
static int outlive_parent(const struct play *play)
{
    (void)play;
    return prctl(PR_SET_PDEATHSIG, 0);
}

static int become_inspectable(const struct play *play)
{
    (void)play;
    return prctl(PR_SET_DUMPABLE, 1);
}

static int copy_a_descriptor(const struct play *play)
{
    int fd = fcntl(play->kept_fd, F_DUPFD_CLOEXEC, 3);

    return fd < 0 || close(fd) || fcntl(play->kept_fd, F_GETFL) < 0 ? -1 : 0;
}

static int read_batch(const struct play *play)
{
    return try_open(inside(play->batch, "a"), O_RDONLY);
}

static int write_output(const struct play *play)
{
    struct fault fault;

    return store_write(play->out, "one/two/output", 3, "bytes", 5, false, &fault) == STORE_OK ? 0 : -1;
}

static void *open_passwd(void *refused)
{
    *(bool *)refused = try_open("/etc/passwd", O_RDONLY) != 0;
    return NULL;
}

/* A thread may be made, and is as confined as its maker. */
static int start_thread(const struct play *play)
{
    pthread_t thread;
    bool refused = false;

    (void)play;
    errno = pthread_create(&thread, NULL, open_passwd, &refused);
    if (errno || pthread_join(thread, NULL))
        return -1;
    return refused ? 0 : -1;
}

static int make_code(const struct play *play)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)play;
    return page == MAP_FAILED ? -1 : munmap(page, 4096);
}

static int has_nothing_left(const struct play *play)
{
    char text[4096] = "";
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    struct rlimit core;

    (void)play;
    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0)
        return -1;
    close(fd);
    return strstr(text, "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nCapBnd:\t") &&
                   (geteuid() || strstr(text, "CapBnd:\t0000000000000000")) &&
                   strstr(text, "NoNewPrivs:\t1") && strstr(text, "Seccomp:\t2") &&
                   getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0
               ? 0
               : -1;
}

#endif
