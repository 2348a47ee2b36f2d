/* The process of an antagonist and its record. */
#include "harness/antagonist/antagonist.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/antagonist/antagonist_load.h"
#include "pipeline/base/clock.h"

/* A sample every half millisecond: the record is enough for half an hour of movement, and uses memory only as it
 * grows. */
enum { SAMPLE_NS = 500000, SAMPLES_MOST = 1 << 22, START_MS = 10000, CPUS_MOST = 4096 };
enum { EXIT_NO_CPU = 3, EXIT_NO_MEMORY = 4 };

/* For a child that sends no signal at its end. */
#define WAIT_CLONE ((int)__WCLONE)

/* What the parent wants, and what the child does. */
enum state { STATE_PAUSE, STATE_GO };

struct sample {
    uint64_t at_ns, moved, cpu_ns; /* bytes and CPU time since the start */
};

/* The child alone writes doing, ready, cpu_ns, sample and then count (release); the parent reads count (acquire), then
 * the samples below it. */
struct antagonist_shared {
    _Atomic int wanted, doing;
    _Atomic int ready;
    _Atomic uint64_t cpu_ns;
    _Atomic uint64_t count;
    struct sample sample[SAMPLES_MOST];
};

/* --- the child -------------------------------------------------------------------------------- */

static void nap(long ns)
{
    nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
}

static void record(struct antagonist_shared *shared, uint64_t now_ns, uint64_t moved)
{
    uint64_t count = atomic_load_explicit(&shared->count, memory_order_relaxed),
             cpu_ns = clock_process_cpu_ns();

    atomic_store_explicit(&shared->cpu_ns, cpu_ns, memory_order_relaxed);
    if (count == SAMPLES_MOST)
        return;
    shared->sample[count] = (struct sample){now_ns, moved, cpu_ns};
    atomic_store_explicit(&shared->count, count + 1, memory_order_release); /* pairs with the load in at() */
}

/* Moves at the rate until it is to pause. What was missed is not made up for: a burst would be another pressure. Its
 * first sample is there before the parent goes on: else what it moved from then on would not be known. */
static void move(struct antagonist_shared *shared, struct antagonist_load *load, double rate, uint64_t *moved)
{
    uint64_t now_ns = clock_now_ns(), next_ns = now_ns, sampled_ns = now_ns;

    record(shared, now_ns, *moved);
    atomic_store(&shared->doing, STATE_GO);
    while (atomic_load_explicit(&shared->wanted, memory_order_relaxed) == STATE_GO) {
        now_ns = clock_now_ns();
        if (rate < 0 || (rate > 0 && now_ns >= next_ns)) {
            uint64_t bytes = antagonist_load_piece(load);
            *moved += bytes;
            next_ns = rate > 0 ? (next_ns > now_ns - 1000000 ? next_ns : now_ns) +
                                     (uint64_t)((double)bytes * 1e9 / rate)
                               : 0;
        }
        if (now_ns - sampled_ns >= SAMPLE_NS) {
            record(shared, now_ns, *moved);
            sampled_ns = now_ns;
        }
    }
    record(shared, clock_now_ns(), *moved);
}

static uint64_t *take_memory(uint64_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, bytes, MADV_HUGEPAGE); /* fewer misses of the TLB, where the kernel grants it */
    memset(memory, 1, bytes);
    return memory;
}

static int take_cpu(int cpu)
{
    static _Alignas(cpu_set_t) unsigned char set[CPUS_MOST / 8];

    if (cpu < 0 || cpu >= CPUS_MOST)
        return -1;
    CPU_SET_S((size_t)cpu, sizeof set, (cpu_set_t *)(void *)set);
    return sched_setaffinity(0, sizeof set, (cpu_set_t *)(void *)set);
}

static void become(struct antagonist_shared *shared, const struct antagonist_setting *setting, int cpu,
                   pid_t parent) __attribute__((noreturn));
static void become(struct antagonist_shared *shared, const struct antagonist_setting *setting, int cpu,
                   pid_t parent)
{
    struct antagonist_load load;
    uint64_t *memory, moved = 0;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_NO_CPU);
    if (take_cpu(cpu))
        _exit(EXIT_NO_CPU);
    memory = take_memory(setting->bytes < ANTAGONIST_LINE_BYTES ? ANTAGONIST_LINE_BYTES : setting->bytes);
    if (!memory)
        _exit(EXIT_NO_MEMORY);
    antagonist_load_init(&load, setting, memory);
    atomic_store(&shared->ready, 1);
    for (;;) {
        if (atomic_load(&shared->wanted) == STATE_PAUSE) {
            atomic_store(&shared->doing, STATE_PAUSE);
            nap(200000);
            continue;
        }
        move(shared, &load, setting->bytes_per_second, &moved);
    }
}

/* --- the parent ------------------------------------------------------------------------------- */

/* Waits until it is ready. Returns 0, or the exit code with which it ended; -1 when it takes too long. */
static int wait_ready(const struct antagonist *antagonist)
{
    int status;

    for (int ms = 0; ms < START_MS; ms++) {
        if (atomic_load(&antagonist->shared->ready))
            return 0;
        if (waitpid(antagonist->pid, &status, WNOHANG | WAIT_CLONE) == antagonist->pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        nap(1000000);
    }
    return -1;
}

static int fail(struct antagonist *antagonist, int code, int cpu, const struct antagonist_setting *setting,
                struct fault *fault)
{
    if (code > 0)
        antagonist->pid = 0; /* it has been reaped */
    antagonist_stop(antagonist);
    if (code == EXIT_NO_CPU)
        return fault_sys(fault, "an antagonist cannot run on CPU %d: allow this CPU (taskset, cpuset)", cpu);
    return fault_sys(fault, "an antagonist cannot be started: %s: free %llu MiB of memory",
                     code == EXIT_NO_MEMORY ? "no memory" : "it did not become ready",
                     (unsigned long long)(setting->bytes >> 20));
}

int antagonist_start(struct antagonist *antagonist, const struct antagonist_setting *setting, int cpu,
                     struct fault *fault)
{
    pid_t parent = getpid();
    void *shared = mmap(NULL, sizeof(struct antagonist_shared), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int code;

    *antagonist = (struct antagonist){0};
    if (shared == MAP_FAILED)
        return fault_sys(fault, "an antagonist cannot be started (mmap: %s): free memory", strerror(errno));
    antagonist->shared = shared;
    antagonist->pid = (pid_t)syscall(SYS_clone, 0UL, NULL, NULL, NULL, 0UL);
    if (antagonist->pid == 0)
        become(shared, setting, cpu, parent);
    if (antagonist->pid < 0) {
        antagonist->pid = 0;
        antagonist_stop(antagonist);
        return fault_sys(fault, "an antagonist cannot be started (clone: %s): raise 'ulimit -u'",
                         strerror(errno));
    }
    code = wait_ready(antagonist);
    return code ? fail(antagonist, code, cpu, setting, fault) : 0;
}

static void want(struct antagonist *antagonist, enum state state)
{
    int status;

    atomic_store(&antagonist->shared->wanted, state);
    while (atomic_load(&antagonist->shared->doing) != (int)state) {
        if (waitpid(antagonist->pid, &status, WNOHANG | WAIT_CLONE) == antagonist->pid) {
            antagonist->pid = 0; /* killed from outside: its record ends */
            return;
        }
        nap(100000);
    }
}

void antagonist_go(struct antagonist *antagonist)
{
    if (antagonist->pid)
        want(antagonist, STATE_GO);
}

void antagonist_pause(struct antagonist *antagonist)
{
    if (antagonist->pid)
        want(antagonist, STATE_PAUSE);
}

static double between(uint64_t low, uint64_t high, double part)
{
    return (double)low + (double)(high - low) * part;
}

/* Up to an instant, between the samples around it. */
static struct antagonist_progress at(const struct antagonist_shared *shared, uint64_t at_ns)
{
    uint64_t count = atomic_load_explicit(&shared->count, memory_order_acquire), low = 0, high = count;
    const struct sample *before, *after;
    double part = 0;

    if (count == 0 || at_ns < shared->sample[0].at_ns)
        return (struct antagonist_progress){NAN, NAN};
    while (high - low > 1) {
        uint64_t middle = low + (high - low) / 2;
        if (shared->sample[middle].at_ns <= at_ns)
            low = middle;
        else
            high = middle;
    }
    before = &shared->sample[low];
    after = low + 1 < count ? before + 1 : before;
    if (after->at_ns > before->at_ns)
        part = (double)(at_ns - before->at_ns) / (double)(after->at_ns - before->at_ns);
    return (struct antagonist_progress){between(before->moved, after->moved, part),
                                        between(before->cpu_ns, after->cpu_ns, part) / 1e9};
}

struct antagonist_progress antagonist_progress(const struct antagonist *antagonist, uint64_t from_ns,
                                               uint64_t to_ns)
{
    struct antagonist_progress from = at(antagonist->shared, from_ns), to = at(antagonist->shared, to_ns);

    return (struct antagonist_progress){to.bytes - from.bytes, to.cpu_s - from.cpu_s};
}

uint64_t antagonist_cpu_ns(const struct antagonist *antagonist)
{
    return atomic_load(&antagonist->shared->cpu_ns);
}

void antagonist_stop(struct antagonist *antagonist)
{
    if (antagonist->pid > 0) {
        kill(antagonist->pid, SIGKILL);
        while (waitpid(antagonist->pid, NULL, WAIT_CLONE) < 0 && errno == EINTR)
            continue;
    }
    if (antagonist->shared)
        munmap(antagonist->shared, sizeof *antagonist->shared);
    *antagonist = (struct antagonist){0};
}
