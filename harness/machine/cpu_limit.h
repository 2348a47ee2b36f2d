/* cpu_limit.h: the limits of CPU and memory that cgroups (control groups) set for this process.
 *
 * Version 1 has a tree per controller, version 2 one tree; in both a limit anywhere on the way to the root
 * counts, so the smallest is taken.
 */
#ifndef KNEE_CPU_LIMIT_H
#define KNEE_CPU_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* How a process gets a group of version 2 of its own, in which it may make others. */
#define CPU_LIMIT_OWN_GROUP "'systemd-run --user --scope -p Delegate=yes COMMAND' (as root without --user)"

struct cpu_limit {
    int cpu_version;        /* 1 or 2: the tree that has the cpu controller; 0: none is visible */
    char cpu_folder[512];   /* this process's group there; empty when none */
    bool cpu_writable;      /* groups with a CPU share of their own can be made below it */
    char cpu_reason[160];   /* why not, and the remedy, to be said of the folder; empty when writable */
    double quota_cpus;      /* CPU seconds per second; 0: no limit */
    char quota_folder[512]; /* the group that sets it; empty: none */
    uint64_t memory_bytes;  /* 0: no limit */
};

/* root: "" for the live machine; tests give a folder that holds proc/self/cgroup, proc/self/mountinfo and the
 * trees. What cannot be read counts as no limit. */
void cpu_limit_read(const char *root, struct cpu_limit *limit);

/* How many workers can compute at once with this limit on `allowed` CPUs: a quota of 1.5 CPUs keeps two of them busy
 * three quarters of the time, and one would leave a third of it unused, so the quota is rounded up. At least 1. */
uint32_t cpu_limit_workers(const struct cpu_limit *limit, uint32_t allowed);

/* "50000 100000" or "max 100000" (cpu.max of version 2). Returns CPUs; 0 for no limit; -1 for another text.
 */
double cpu_limit_parse_max(const char *text);

#endif
