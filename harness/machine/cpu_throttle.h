/* cpu_throttle.h: how long the CPU quota of a cgroup (control group) has held its processes: they were ready to run,
 * had used up their share of the period, and waited for the next one (cpu.stat; version 1 counts nanoseconds, version 2
 * microseconds). That time is in the kernel's run-queue delay too.
 *
 * Of the groups on the way to the root, the one with the smallest quota is read (quota_folder of cpu_limit.h).
 */
#ifndef KNEE_CPU_THROTTLE_H
#define KNEE_CPU_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/machine/cpu_limit.h"

/* Since the group was made. */
struct cpu_throttle {
    bool known;       /* the counts were read, or there is no quota and both are 0 */
    uint64_t periods; /* in which it was held */
    uint64_t held_ns; /* sum over its CPUs */
    uint32_t cpus;    /* that the quota can keep busy all the time: rounded down, at least 1; 0: no quota */
};

/* Of the text of cpu.stat. Returns 0, or -1 when it has no such counts. */
int cpu_throttle_parse(const char *text, struct cpu_throttle *throttle);
void cpu_throttle_read(const struct cpu_limit *limit, struct cpu_throttle *throttle);

#endif
