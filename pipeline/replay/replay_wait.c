#include "pipeline/replay/replay_wait.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "pipeline/base/clock.h"

struct replay_crowd {
    _Atomic uint32_t at_work;
};

struct replay_crowd *replay_crowd_make(uint32_t workers, struct fault *fault)
{
    struct replay_crowd *crowd =
        mmap(NULL, sizeof *crowd, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (crowd == MAP_FAILED) {
        fault_sys(fault, "replay: shared memory for the workers: %s", strerror(errno));
        return NULL;
    }
    prctl(PR_SET_TIMERSLACK, 1ul); /* a kernel without it keeps its slack, which the next item makes up for */
    atomic_store_explicit(&crowd->at_work, workers, memory_order_relaxed); /* relaxed: the forks come later */
    return crowd;
}

void replay_crowd_release(struct replay_crowd *crowd)
{
    if (crowd)
        munmap(crowd, sizeof *crowd);
}

void replay_crowd_leave(struct replay_crowd *crowd)
{
    /* Relaxed: the number carries nothing but itself; the kernel compares it before a waiter sleeps. */
    atomic_fetch_sub_explicit(&crowd->at_work, 1, memory_order_relaxed);
    syscall(SYS_futex, &crowd->at_work, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static struct timespec instant(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u)};
}

void replay_wait_until(uint64_t until_ns)
{
    const struct timespec until = instant(until_ns);

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        continue;
}

/* Until that instant, or until the number at work is another one, or for no reason at all. */
static void wait_while(struct replay_crowd *crowd, uint32_t at_work, uint64_t until_ns)
{
    const struct timespec until = instant(until_ns);

    syscall(SYS_futex, &crowd->at_work, FUTEX_WAIT_BITSET, at_work, &until, NULL, FUTEX_BITSET_MATCH_ANY);
}

static double slowdown_with(const struct replay_slowdown *by, uint32_t at_work)
{
    uint32_t known = at_work < by->most ? at_work : by->most;

    return known ? 1 + by->excess[known - 1] : 1;
}

double replay_wait(struct replay_crowd *crowd, struct replay_worker *worker, const struct replay_slowdown *by,
                   uint64_t claim_ns, uint64_t start_ns, uint64_t work_ns)
{
    uint64_t late_ns = worker->due_ns && claim_ns > worker->due_ns ? claim_ns - worker->due_ns : 0;
    uint64_t at_ns = start_ns > late_ns ? start_ns - late_ns : 0, begin_ns = at_ns;
    double left_ns = (double)work_ns;

    for (;;) {
        uint32_t at_work = atomic_load_explicit(&crowd->at_work, memory_order_relaxed);
        double slowdown = slowdown_with(by, at_work);
        uint64_t end_ns = at_ns + (uint64_t)llround(left_ns * slowdown), now_ns = clock_now_ns();
        if (now_ns < end_ns) {
            wait_while(crowd, at_work, end_ns);
            now_ns = clock_now_ns();
        }
        if (now_ns >= end_ns) {
            worker->due_ns = end_ns;
            return work_ns ? (double)(end_ns - begin_ns) / (double)work_ns : 1;
        }
        if (now_ns > at_ns) {
            left_ns = fmax(left_ns - (double)(now_ns - at_ns) / slowdown, 0);
            at_ns = now_ns;
        }
    }
}
