#include "harness/trial/command_watch.h"

#include <dirent.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/kernel_stat.h"
#include "pipeline/base/clock.h"

enum {
    FIRST_NS = 10000000,
    LATER_NS = 250000000,
    COST_FACTOR = 500,        /* a look takes at most this part of the time */
    SPAN_LEAST_NS = 80000000, /* the kernel's ticks of 10 ms are too coarse for less */
    DEPTH_MOST = 32,
    CPUS_MOST = 4096,
    COMPUTES_NS = 20000000 /* CPU time of a thread that computes, and does not only start others */
};

/* Sums of one look. */
struct look {
    struct command_watch *watch;
    uint32_t processes, threads;
    uint64_t cpu_ns, runqueue_ns, rss_bytes;
};

void command_watch_begin(struct command_watch *watch, const char *pin)
{
    *watch = (struct command_watch){.delay_ns = FIRST_NS, .outside = hwloc_bitmap_alloc()};
    watch->allowed = hwloc_bitmap_alloc();
    watch->look_ns = clock_now_ns();
    watch->cell = hwloc_bitmap_alloc();
    if (pin && *pin >= '0' && *pin <= '9') {
        hwloc_bitmap_list_sscanf(watch->cell, pin);
    } else {
        static _Alignas(cpu_set_t) uint8_t own[CPUS_MOST / 8];
        if (sched_getaffinity(0, sizeof own, (cpu_set_t *)(void *)own) == 0)
            for (unsigned cpu = 0; cpu < CPUS_MOST; cpu++)
                if (CPU_ISSET_S(cpu, sizeof own, (cpu_set_t *)(void *)own))
                    hwloc_bitmap_set(watch->cell, cpu);
    }
    watch->seen.cell_cpus = (uint32_t)hwloc_bitmap_weight(watch->cell);
    own_children_read(&watch->others);
}

/* The wait for a CPU of a thread, and the CPUs that it may use outside of the cell. */
static void look_at_thread(struct look *look, pid_t process, pid_t thread)
{
    static _Alignas(cpu_set_t) uint8_t set[CPUS_MOST / 8];
    unsigned long long on_cpu_ns = 0, waited_ns;
    char path[96], text[96];

    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", process, thread);
    if (kernel_read_text(path, text, sizeof text) > 0 &&
        sscanf(text, "%llu %llu", &on_cpu_ns, &waited_ns) == 2)
        look->runqueue_ns += waited_ns;
    if (sched_getaffinity(thread, sizeof set, (cpu_set_t *)(void *)set))
        return; /* it has ended */
    for (unsigned cpu = 0; cpu < CPUS_MOST; cpu++) {
        if (!CPU_ISSET_S(cpu, sizeof set, (cpu_set_t *)(void *)set))
            continue;
        if (!hwloc_bitmap_isset(look->watch->cell, cpu))
            hwloc_bitmap_set(look->watch->outside, cpu);
        else if (on_cpu_ns >= COMPUTES_NS)
            hwloc_bitmap_set(look->watch->allowed, cpu);
    }
}

/* The text of /proc/PID/stat after the name, which may hold anything: state, then numbers from field 4 on. */
static void add_numbers(struct look *look, const char *stat)
{
    static uint64_t ns_per_tick, page_bytes;
    unsigned long long value[25] = {0};
    const char *at = strrchr(stat, ')');
    int field = 3;

    if (!ns_per_tick) {
        ns_per_tick = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
        page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
    }
    if (!at || strlen(at) < 4)
        return;
    for (at += 4; field < 24; field++) {
        char *end;
        value[field] = strtoull(at, &end, 10);
        if (end == at)
            return;
        at = end;
    }
    /* value[n] is field n + 1 of proc(5): 14 to 17 utime, stime, cutime, cstime; 20 threads; 24 rss */
    look->cpu_ns += (value[13] + value[14] + value[15] + value[16]) * ns_per_tick;
    look->threads += (uint32_t)value[19];
    look->rss_bytes += value[23] * page_bytes;
}

static void look_at_process(struct look *look, pid_t pid)
{
    char path[64], text[1024];
    const struct dirent *entry;
    DIR *tasks;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if (kernel_read_text(path, text, sizeof text) <= 0)
        return;
    look->processes++;
    add_numbers(look, text);
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    tasks = opendir(path);
    while (tasks && (entry = readdir(tasks)) != NULL)
        if (entry->d_name[0] != '.')
            look_at_thread(look, pid, (pid_t)strtol(entry->d_name, NULL, 10));
    if (tasks)
        closedir(tasks);
}

/* The children of every thread of a process, and theirs. */
static void look_below(struct look *look, pid_t pid, int depth)
{
    char path[64], text[1 << 13];
    const struct dirent *entry;
    DIR *tasks;

    snprintf(path, sizeof path, "/proc/%d/task", pid);
    tasks = depth < DEPTH_MOST ? opendir(path) : NULL;
    while (tasks && (entry = readdir(tasks)) != NULL) {
        char file[sizeof path + 300], *at = text, *end;
        long child;
        snprintf(file, sizeof file, "%s/%s/children", path, entry->d_name);
        if (entry->d_name[0] == '.' || kernel_read_text(file, text, sizeof text) <= 0)
            continue;
        for (; (child = strtol(at, &end, 10)) > 0 && end != at; at = end) {
            bool is_starter = child == look->watch->starter;
            if (depth == 0 && !is_starter && own_children_has(&look->watch->others, (pid_t)child))
                continue;
            if (!is_starter)
                look_at_process(look, (pid_t)child);
            look_below(look, (pid_t)child, depth + 1);
        }
    }
    if (tasks)
        closedir(tasks);
}

static void take_allowed(struct command_watch *watch, uint64_t now_ns)
{
    int cpus = hwloc_bitmap_weight(watch->allowed);

    if (cpus > 0 && cpus < COMMAND_WATCH_ALLOWED_MOST)
        watch->allowed_ns[cpus] += now_ns - watch->look_ns;
    watch->look_ns = now_ns;
}

static void take(struct command_watch *watch, const struct look *look, uint64_t now_ns)
{
    struct command_seen *seen = &watch->seen;
    uint64_t span_ns = now_ns - watch->before_ns;

    seen->looks++;
    if (look->processes > seen->processes_most)
        seen->processes_most = look->processes;
    if (look->threads > seen->threads_most)
        seen->threads_most = look->threads;
    if (look->rss_bytes > seen->rss_sum_bytes)
        seen->rss_sum_bytes = look->rss_bytes;
    if (look->runqueue_ns >
        watch->before_runqueue_ns) /* less: a thread has ended, and took its count with it */
        seen->runqueue_ns += look->runqueue_ns - watch->before_runqueue_ns;
    watch->before_runqueue_ns = look->runqueue_ns;
    if (watch->before_ns && span_ns < SPAN_LEAST_NS)
        return;
    if (watch->before_ns && look->cpu_ns > watch->before_cpu_ns) {
        double rate = (double)(look->cpu_ns - watch->before_cpu_ns) / (double)span_ns * 1e9;
        if ((uint64_t)rate > seen->cpu_ns_per_s_most)
            seen->cpu_ns_per_s_most = (uint64_t)rate;
    }
    watch->before_ns = now_ns;
    watch->before_cpu_ns = look->cpu_ns;
}

uint64_t command_watch_look(void *context)
{
    struct command_watch *watch = context;
    struct look look = {.watch = watch};
    uint64_t now_ns = clock_now_ns(), cost_ns = clock_process_cpu_ns();

    hwloc_bitmap_zero(watch->allowed);
    look_below(&look, getpid(), 0);
    take_allowed(watch, now_ns);
    if (look.processes)
        take(watch, &look, now_ns);
    cost_ns = (clock_process_cpu_ns() - cost_ns) * COST_FACTOR;
    watch->delay_ns = watch->delay_ns * 2 < LATER_NS ? watch->delay_ns * 2 : LATER_NS;
    return cost_ns > watch->delay_ns ? cost_ns : watch->delay_ns;
}

void command_watch_end(struct command_watch *watch)
{
    if (!hwloc_bitmap_iszero(watch->outside))
        hwloc_bitmap_list_snprintf(watch->seen.outside, sizeof watch->seen.outside, watch->outside);
    for (uint32_t i = 1; i < COMMAND_WATCH_ALLOWED_MOST; i++)
        if (watch->allowed_ns[i] > watch->allowed_ns[watch->seen.cpus_allowed])
            watch->seen.cpus_allowed = i;
    hwloc_bitmap_free(watch->allowed);
    hwloc_bitmap_free(watch->outside);
    hwloc_bitmap_free(watch->cell);
    watch->outside = watch->allowed = watch->cell = NULL;
}
