/* clock.h: the clock of the program.
 *
 * Every duration and every instant in knee comes from clock_now_ns(), so that any two of them may be
 * subtracted, in any process of this machine. CPU time has its own function and is never mixed with it.
 */
#ifndef KNEE_CLOCK_H
#define KNEE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds of CLOCK_MONOTONIC. Cannot fail on Linux. */
static inline uint64_t clock_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Nanoseconds since the epoch, by this machine's clock: for times that other machines read. It may be set back. */
static inline uint64_t clock_epoch_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* CPU nanoseconds (user and system) used so far by all threads of this process, ended ones included. */
static inline uint64_t clock_process_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
