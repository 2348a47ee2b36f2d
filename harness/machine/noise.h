/* noise.h: disturbances of a trial and the one table of thresholds above which it does not count.
 *
 * A disturbed trial is void: kept with its reason, and repeated. A quantity that a machine does not report (virtual
 * machines report no frequency and no throttling) never makes a trial void; noise_blind_words() names these.
 *
 * Sequence: noise_read() before and after the trial, noise_judge().
 */
#ifndef KNEE_NOISE_H
#define KNEE_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/machine/cpu_throttle.h"

/* Largest shares that other programs or the machine may take. */
struct trial_limits {
    double steal_share;  /* stolen by the host, of the time of all CPUs */
    double others_share; /* used by other processes, of the time of all CPUs */
    double
        runqueue_share; /* of the workers' time, ready without a CPU, with at most as many workers as cores */
    double held_share;  /* of that time, held by the CPU quota */
    double memory_share;   /* of the trial's time, in which some task waited for memory (PSI); from 4 s on */
    uint64_t swap_bytes;   /* swapped in and out */
    uint64_t throttles;    /* times a core was slowed down for its heat */
    double frequency_drop; /* by which the highest allowed frequency may be lower at the end */
    uint64_t least_ns;     /* less than this is within the kernel's clock tick */
};
extern const struct trial_limits trial_limits; /* of every study without --noise */

/* The shares (not the counts) set to one value, as --noise does; 1 and more: no limit. */
struct trial_limits noise_limits_of(double share);

/* Of the whole machine, since it started. */
struct noise_sample {
    bool stall_known, swap_known, throttles_known, frequency_known;
    uint64_t memory_stall_ns; /* some task waited for memory */
    uint64_t swap_bytes;
    uint64_t throttles;    /* over all cores */
    uint64_t frequency_hz; /* highest allowed now, mean over CPUs */
    struct cpu_throttle quota;
};

/* What the CPU quota held this process's group for, between two samples, ns; -1: not known. */
int64_t noise_held_ns(const struct noise_sample *before, const struct noise_sample *after);

/* The parsers, for tests: texts of /proc/pressure/memory and /proc/vmstat. They return 0, or -1. */
int noise_parse_pressure(const char *text, uint64_t *stall_ns);
int noise_parse_vmstat(const char *text, uint64_t page_bytes, uint64_t *swap_bytes);
void noise_read(struct noise_sample *sample);

/* Whether the machine disturbed a trial that took wall_ns; reason gets why. */
bool noise_judge(const struct noise_sample *before, const struct noise_sample *after, uint64_t wall_ns,
                 const struct trial_limits *limits, char *reason, size_t bytes);

/* "frequency and throttling are not visible here"; empty when all is. Returns text. */
const char *noise_blind_words(const struct noise_sample *sample, char *text, size_t bytes);

#endif
