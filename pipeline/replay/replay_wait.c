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
    _Atomic uint64_t lock_free_ns; /* from then on the lock is free; before the first who takes it 0 */
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

/* Waits until work_ns of work are done from *at_ns on, which becomes the instant of their end. */
static void work_until(struct replay_crowd *crowd, const struct replay_slowdown *by, uint64_t work_ns,
                       uint64_t *at_ns)
{
    double left_ns = (double)work_ns;

    for (;;) {
        uint32_t at_work = atomic_load_explicit(&crowd->at_work, memory_order_relaxed);
        double slowdown = slowdown_with(by, at_work);
        uint64_t end_ns = *at_ns + (uint64_t)llround(left_ns * slowdown), now_ns = clock_now_ns();
        if (now_ns < end_ns) {
            wait_while(crowd, at_work, end_ns);
            now_ns = clock_now_ns();
        }
        if (now_ns >= end_ns) {
            *at_ns = end_ns;
            return;
        }
        if (now_ns > *at_ns) {
            left_ns = fmax(left_ns - (double)(now_ns - *at_ns) / slowdown, 0);
            *at_ns = now_ns;
        }
    }
}

/* From that instant on the lock is ours for held_ns: the instant from which it is free. */
static uint64_t take_lock(struct replay_crowd *crowd, uint64_t at_ns, uint64_t held_ns)
{
    uint64_t free_ns = atomic_load_explicit(&crowd->lock_free_ns, memory_order_relaxed), from_ns;

    do /* relaxed: the instant carries nothing but itself */
        from_ns = free_ns > at_ns ? free_ns : at_ns;
    while (!atomic_compare_exchange_weak_explicit(&crowd->lock_free_ns, &free_ns, from_ns + held_ns,
                                                  memory_order_relaxed, memory_order_relaxed));
    return from_ns;
}

double replay_wait(struct replay_crowd *crowd, struct replay_worker *worker, const struct replay_slowdown *by,
                   uint64_t claim_ns, uint64_t start_ns, const struct replay_work *work)
{
    uint64_t late_ns = worker->due_ns && claim_ns > worker->due_ns ? claim_ns - worker->due_ns : 0;
    uint64_t at_ns = start_ns > late_ns ? start_ns - late_ns : 0, begin_ns = at_ns, asked_ns, waited_ns = 0;

    worker->locked_ns = worker->unlocked_ns = 0;
    if (work->locked_ns) {
        uint32_t at_work;
        work_until(crowd, by, work->lock_at_ns, &at_ns);
        at_work = atomic_load_explicit(&crowd->at_work, memory_order_relaxed);
        asked_ns = at_ns;
        at_ns =
            take_lock(crowd, at_ns, (uint64_t)llround((double)work->locked_ns * slowdown_with(by, at_work)));
        waited_ns = at_ns - asked_ns;
        replay_wait_until(at_ns);
        worker->locked_ns = at_ns;
        work_until(crowd, by, work->locked_ns, &at_ns);
        worker->unlocked_ns = at_ns;
    }
    work_until(crowd, by, work->work_ns - work->lock_at_ns - work->locked_ns, &at_ns);
    worker->due_ns = at_ns;
    return work->work_ns ? (double)(at_ns - begin_ns - waited_ns) / (double)work->work_ns : 1;
}
