#include "harness/machine/noise.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/kernel_stat.h"

/* The kernel brings its sums of pressure up to date that often: a difference may hold as much from before the trial,
 * and of a short trial nothing can be concluded. */
#define PSI_PERIOD_NS 2000000000u

/* 2% and 5%: what efficiency at full cores can lose to them stays about as small as a good study's interval. Memory
 * that is waited for and heat are rare: any of it that lasts is a disturbance. */
const struct trial_limits trial_limits = {.steal_share = 0.02,
                                          .others_share = 0.05,
                                          .runqueue_share = 0.05,
                                          .held_share = 0.05,
                                          .memory_share = 0.05,
                                          .swap_bytes = 16 << 20,
                                          .throttles = 0,
                                          .frequency_drop = 0.02,
                                          .least_ns = 50000000};

struct trial_limits noise_limits_of(double share)
{
    struct trial_limits limits = trial_limits;

    if (share >= 1) /* clock ticks may add up to a little more than all of the time */
        share = INFINITY;
    limits.steal_share = limits.others_share = limits.runqueue_share = limits.held_share =
        limits.memory_share = share;
    return limits;
}

int noise_parse_pressure(const char *text, uint64_t *stall_ns)
{
    const char *some = strstr(text, "some "), *total = some ? strstr(some, "total=") : NULL;
    char *end;

    if (!total)
        return -1;
    *stall_ns = strtoull(total + 6, &end, 10) * 1000;
    return end == total + 6 ? -1 : 0;
}

int noise_parse_vmstat(const char *text, uint64_t page_bytes, uint64_t *swap_bytes)
{
    static const char *const names[] = {"\npswpin ", "\npswpout "};

    *swap_bytes = 0;
    for (int i = 0; i < 2; i++) {
        const char *at = strstr(text, names[i]);
        if (!at)
            return -1;
        *swap_bytes += strtoull(at + strlen(names[i]), NULL, 10) * page_bytes;
    }
    return 0;
}

/* Sum over CPUs of a number in a file below the CPU's folder; false when no CPU has it. *count: how many have. */
static bool read_cpus(const char *file, uint64_t *sum, uint64_t *count)
{
    long cpus = sysconf(_SC_NPROCESSORS_CONF);

    *sum = *count = 0;
    for (long cpu = 0; cpu < cpus; cpu++) {
        char path[128], text[32];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%ld/%s", cpu, file);
        if (kernel_read_text(path, text, sizeof text) > 0) {
            *sum += strtoull(text, NULL, 10);
            ++*count;
        } else if (cpu == 0) {
            return false; /* the first one is never offline */
        }
    }
    return *count > 0;
}

void noise_read(struct noise_sample *sample)
{
    static char text[1 << 15];
    struct cpu_limit limit;
    uint64_t sum, count;

    *sample = (struct noise_sample){0};
    if (kernel_read_text("/proc/pressure/memory", text, sizeof text) > 0)
        sample->stall_known = noise_parse_pressure(text, &sample->memory_stall_ns) == 0;
    if (kernel_read_text("/proc/vmstat", text, sizeof text) > 0)
        sample->swap_known =
            noise_parse_vmstat(text, (uint64_t)sysconf(_SC_PAGESIZE), &sample->swap_bytes) == 0;
    sample->throttles_known = read_cpus("thermal_throttle/core_throttle_count", &sample->throttles, &count);
    sample->frequency_known = read_cpus("cpufreq/scaling_max_freq", &sum, &count);
    if (sample->frequency_known)
        sample->frequency_hz = sum / count * 1000;
    cpu_limit_read("", &limit);
    cpu_throttle_read(&limit, &sample->quota);
}

int64_t noise_held_ns(const struct noise_sample *before, const struct noise_sample *after)
{
    if (!before->quota.known || !after->quota.known || after->quota.held_ns < before->quota.held_ns)
        return -1;
    return (int64_t)(after->quota.held_ns - before->quota.held_ns);
}

bool noise_judge(const struct noise_sample *before, const struct noise_sample *after, uint64_t wall_ns,
                 const struct trial_limits *limits, char *reason, size_t bytes)
{
    uint64_t stall_ns = after->memory_stall_ns - before->memory_stall_ns,
             swapped = after->swap_bytes - before->swap_bytes,
             throttles = after->throttles - before->throttles;

    if (before->stall_known && after->stall_known && wall_ns >= 2 * PSI_PERIOD_NS &&
        (double)stall_ns > limits->memory_share * (double)(wall_ns + PSI_PERIOD_NS))
        snprintf(reason, bytes, "memory was short for %.1f%% of the time (limit %.3g%%)",
                 100 * (double)stall_ns / (double)wall_ns, 100 * limits->memory_share);
    else if (before->swap_known && after->swap_known && swapped > limits->swap_bytes)
        snprintf(reason, bytes, "the machine swapped %.0f MB (limit %.0f MB)", (double)swapped / 1e6,
                 (double)limits->swap_bytes / 1e6);
    else if (before->throttles_known && after->throttles_known && throttles > limits->throttles)
        snprintf(reason, bytes, "cores were throttled for their heat %" PRIu64 " times", throttles);
    else if (before->frequency_known && after->frequency_known &&
             (double)after->frequency_hz < (1 - limits->frequency_drop) * (double)before->frequency_hz)
        snprintf(reason, bytes, "the highest allowed frequency fell from %.0f to %.0f MHz",
                 (double)before->frequency_hz / 1e6, (double)after->frequency_hz / 1e6);
    else
        return false;
    return true;
}

const char *noise_blind_words(const struct noise_sample *sample, char *text, size_t bytes)
{
    snprintf(text, bytes, "%s%s%s%s%s", sample->stall_known ? "" : "memory pressure (PSI), ",
             sample->swap_known ? "" : "swapping, ", sample->throttles_known ? "" : "throttling for heat, ",
             sample->quota.known ? "" : "the CPU quota, ", sample->frequency_known ? "" : "frequency, ");
    if (text[0] && strlen(text) >= 2)
        text[strlen(text) - 2] = '\0';
    return text;
}
