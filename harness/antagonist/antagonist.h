/* antagonist.h: a process that makes a known pressure on caches and memory from a CPU of its own, next to what is
 * measured, and records how much it moved at each instant.
 *
 * With a limited rate it shows how far others slow down (their sensitivity); at full speed its own loss of speed shows
 * the pressure that others make: it is a reporter. Method: Mars, Tang, Hundt, Skadron, Soffa (2011), "Bubble-Up:
 * increasing utilization in modern warehouse scale computers via sensible co-locations", MICRO-44.
 *
 * The process is a child that wait() does not see (clone without a signal at its end): code that waits for all children
 * is not kept by it. It ends with its parent. One thread may use a struct antagonist.
 *
 * Sequence: antagonist_start() (it is paused), antagonist_go() and antagonist_pause() as often as wanted,
 * antagonist_progress() for the time between two instants, antagonist_stop().
 */
#ifndef KNEE_ANTAGONIST_H
#define KNEE_ANTAGONIST_H

#include <stdint.h>
#include <sys/types.h>

#include "harness/antagonist/antagonist_setting.h"

struct antagonist_shared;

struct antagonist {
    pid_t pid;                        /* 0: not running */
    struct antagonist_shared *shared; /* of both processes; NULL after antagonist_stop() */
};

/* Starts the process on one CPU (the kernel's number) and waits until its memory is there. Returns 0, or -1 with fault:
 * no process, no memory, the CPU may not be used. */
int antagonist_start(struct antagonist *antagonist, const struct antagonist_setting *setting, int cpu,
                     struct fault *fault);

void antagonist_go(struct antagonist *antagonist);
/* Returns when it has stopped moving. */
void antagonist_pause(struct antagonist *antagonist);

/* What it did between two instants of the clock (clock_now_ns()). Its speed is bytes for each second of its CPU time:
 * that of a process which had to wait for its CPU is too low by the clock. NaN, both, when its record does not begin
 * by then; what it did after its last sample (half a millisecond of movement) is not counted. */
struct antagonist_progress {
    double bytes, cpu_s;
};
struct antagonist_progress antagonist_progress(const struct antagonist *antagonist, uint64_t from_ns,
                                               uint64_t to_ns);

/* CPU time that it has used. */
uint64_t antagonist_cpu_ns(const struct antagonist *antagonist);

/* Ends the process and releases its record. May be called for one that was zeroed and never started. */
void antagonist_stop(struct antagonist *antagonist);

#endif
