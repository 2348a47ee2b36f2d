#include "harness/trial/run_hooks.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/kernel_stat.h"
#include "harness/machine/topology.h"
#include "pipeline/base/clock.h"

enum { MOST_CPUS = 65536 };

/* schedstat is brought up to date at ticks only. */
static const uint64_t tick_ns = 10000000;
static const double lost_share = 0.02;

/* State of the worker process alone. */
struct run_worker {
    struct counters counters;
    struct kernel_sched sched; /* when it was ready */
    bool sched_known;
    uint64_t cpu_ns; /* when it was ready */
    uint64_t disk_wait_ns;
};

/* --- binding ---------------------------------------------------------------------------------- */

/* Binds thread tid (0: the caller) to one CPU. Returns 0, or -1 with errno. */
static int bind_thread(pid_t tid, int32_t cpu)
{
    cpu_set_t *set = CPU_ALLOC(MOST_CPUS);
    size_t bytes = CPU_ALLOC_SIZE(MOST_CPUS);
    int result;

    if (!set)
        return -1;
    CPU_ZERO_S(bytes, set);
    CPU_SET_S((size_t)cpu, bytes, set);
    result = sched_setaffinity(tid, bytes, set);
    CPU_FREE(set);
    return result;
}

/* How many CPUs the kernel lets thread tid use, and whether cpu is among them; -1 with errno. */
static int read_binding(pid_t tid, int32_t cpu, bool *has_cpu)
{
    cpu_set_t *set = CPU_ALLOC(MOST_CPUS);
    size_t bytes = CPU_ALLOC_SIZE(MOST_CPUS);
    int count = -1;

    if (!set)
        return -1;
    CPU_ZERO_S(bytes, set);
    if (sched_getaffinity(tid, bytes, set) == 0) {
        count = CPU_COUNT_S(bytes, set);
        *has_cpu = CPU_ISSET_S((size_t)cpu, bytes, set);
    }
    CPU_FREE(set);
    return count;
}

/* The first reason is kept: later ones are its consequences. */
static void pin_failed(struct worker_payload *payload, const char *reason)
{
    if (!payload->pin_reason[0])
        snprintf(payload->pin_reason, sizeof payload->pin_reason, "%s", reason);
}

/* Binds every thread, or sees whether it still is bound. */
static void for_each_thread(struct worker_payload *payload, bool bind)
{
    DIR *tasks = opendir("/proc/self/task");
    char reason[sizeof payload->pin_reason];

    if (!tasks) {
        snprintf(reason, sizeof reason, "threads cannot be listed (%s): mount /proc", strerror(errno));
        pin_failed(payload, reason);
        return;
    }
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
        bool has_cpu = false;
        int cpus;
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        if (bind && bind_thread(tid, payload->cpu_wanted) && errno != ESRCH) {
            snprintf(reason, sizeof reason, "CPU %d: the kernel refused the binding (%s)",
                     payload->cpu_wanted, strerror(errno));
            pin_failed(payload, reason);
        }
        cpus = read_binding(tid, payload->cpu_wanted, &has_cpu);
        if (cpus >= 0 && (cpus != 1 || !has_cpu)) {
            snprintf(reason, sizeof reason, "CPU %d: read back, a thread may run on %d CPUs, %s",
                     payload->cpu_wanted, cpus,
                     has_cpu ? "not on this one alone" : "this one not among them");
            pin_failed(payload, reason);
        }
    }
    closedir(tasks);
}

static void look_at_cpu(struct worker_payload *payload)
{
    int cpu = sched_getcpu();

    payload->cpu_seen_last = cpu;
    if (payload->cpu_wanted < 0 || cpu == payload->cpu_wanted)
        return;
    payload->off_cpu_samples++;
    if (!payload->pin_reason[0])
        snprintf(payload->pin_reason, sizeof payload->pin_reason, "CPU %d: seen on CPU %d during the work",
                 payload->cpu_wanted, cpu);
}

static void pin(struct worker_payload *payload)
{
    char reason[sizeof payload->pin_reason];

    if (payload->cpu_wanted >= 0)
        for_each_thread(payload, true);
    payload->cpu_seen_begin = sched_getcpu();
    payload->cpu_seen_last = payload->cpu_seen_begin;
    if (payload->cpu_wanted >= 0 && payload->cpu_seen_begin != payload->cpu_wanted) {
        snprintf(reason, sizeof reason, "CPU %d: runs on CPU %d after pinning", payload->cpu_wanted,
                 payload->cpu_seen_begin);
        pin_failed(payload, reason);
    }
}

/* --- counters and run queue ------------------------------------------------------------------- */

static void store_counters(struct worker_payload *payload, const struct counters *c)
{
    payload->counter_count = c->count < RUN_COUNTERS ? c->count : RUN_COUNTERS;
    for (uint32_t i = 0; i < payload->counter_count; i++) {
        const struct counter *from = &c->counter[i];
        snprintf(payload->counters[i].name, sizeof payload->counters[i].name, "%s", from->name);
        payload->counters[i].value = from->value;
        payload->counters[i].enabled_ns = from->enabled_ns;
        payload->counters[i].running_ns = from->running_ns;
        payload->counters[i].status = (uint8_t)from->status;
        snprintf(payload->counters[i].reason, sizeof payload->counters[i].reason, "%s",
                 from->status == COUNTER_UNREAD && !from->reason[0] ? "the worker ended before it was read"
                                                                    : from->reason);
        if (payload->processes > 1 && counter_status_has_value(from->status)) {
            payload->counters[i].status = COUNTER_PARTIAL;
            snprintf(payload->counters[i].reason, sizeof payload->counters[i].reason,
                     "an earlier process of this worker died: its counts are lost");
        }
    }
}

static void runqueue_unknown(struct worker_payload *payload, const char *reason)
{
    payload->runqueue_known = 0;
    payload->runqueue_ns = 0;
    snprintf(payload->runqueue_reason, sizeof payload->runqueue_reason, "%.95s", reason);
}

static void disk_wait_unknown(struct worker_payload *payload, const char *reason)
{
    payload->disk_wait_known = 0;
    payload->disk_wait_ns = 0;
    snprintf(payload->disk_wait_reason, sizeof payload->disk_wait_reason, "%.95s", reason);
}

static void read_disk_wait(struct worker_payload *payload, const struct run_worker *worker,
                           const char *not_kept)
{
    struct fault fault = {0};
    uint64_t now_ns;

    if (not_kept[0]) {
        disk_wait_unknown(payload, not_kept);
    } else if (kernel_disk_wait_read(NULL, &now_ns, &fault)) {
        disk_wait_unknown(payload, fault.text);
    } else if (now_ns < worker->disk_wait_ns) {
        disk_wait_unknown(payload, "threads ended during the work and lost their waits");
    } else {
        payload->disk_wait_ns = now_ns - worker->disk_wait_ns;
        payload->disk_wait_known = 1;
        /* the same threads are missing from both */
        snprintf(payload->disk_wait_reason, sizeof payload->disk_wait_reason, "%s",
                 payload->runqueue_known ? payload->runqueue_reason : "");
    }
}

/* The delay of threads that ended between ready and now is lost: their share of the CPU time shows how much is
 * missing. */
static void read_runqueue(struct worker_payload *payload, const struct run_worker *worker)
{
    struct kernel_sched now;
    struct fault fault = {0};
    uint64_t cpu_ns = clock_process_cpu_ns() - worker->cpu_ns, seen_ns;

    if (kernel_sched_read(NULL, &now, &fault)) {
        runqueue_unknown(payload, fault.text);
        return;
    }
    if (!worker->sched_known || now.runqueue_ns < worker->sched.runqueue_ns ||
        now.on_cpu_ns < worker->sched.on_cpu_ns) {
        runqueue_unknown(payload, "threads ended during the work and lost their counts");
        return;
    }
    payload->runqueue_ns = now.runqueue_ns - worker->sched.runqueue_ns;
    payload->work_cpu_ns = cpu_ns;
    payload->runqueue_known = 1;
    payload->runqueue_reason[0] = '\0';
    seen_ns = now.on_cpu_ns - worker->sched.on_cpu_ns;
    if (seen_ns + tick_ns < cpu_ns && (double)seen_ns < (1 - lost_share) * (double)cpu_ns)
        snprintf(payload->runqueue_reason, sizeof payload->runqueue_reason,
                 "lower bound: threads that ended took %.0f%% of the CPU time, and their delay is lost",
                 100 - 100 * (double)seen_ns / (double)cpu_ns);
    else if (payload->processes > 1)
        snprintf(payload->runqueue_reason, sizeof payload->runqueue_reason,
                 "lower bound: an earlier process of this worker died");
}

/* --- hooks ------------------------------------------------------------------------------------ */

/* Counters are opened before the workload's initializer, because only threads made later are counted too. */
static int worker_begin(void *context, uint32_t slot, void *opaque, struct fault *fault)
{
    struct run_hooks *h = context;
    struct worker_payload *payload = opaque;

    payload->processes++;
    if (h->emulation && emulate_run_worker(h->emulation, slot, fault))
        return -1;
    payload->cpu_wanted = h->cpu_count ? h->cpus[slot % h->cpu_count] : -1;
    pin(payload);
    runqueue_unknown(payload, "the worker ended before it was read");
    disk_wait_unknown(payload, "the worker ended before it was read");
    payload->counter_count = 0;
    free(h->worker);
    h->worker = calloc(1, sizeof *h->worker);
    if (!h->worker)
        return fault_sys(fault, "worker %u: no memory for its counters", slot);
    if (h->group) {
        counters_open(&h->worker->counters, h->backends, h->group->events, h->group->event_count);
        store_counters(payload, &h->worker->counters);
    }
    return 0;
}

static int worker_ready(void *context, uint32_t slot, void *opaque, struct fault *fault)
{
    const struct run_hooks *h = context;
    struct run_worker *worker = h->worker;

    (void)slot;
    (void)opaque;
    (void)fault;
    /* All 0 is no error yet: the kernel adds up at ticks and switches, and a process this young may have had none.
     * A kernel that never counts is detected at the end. */
    worker->sched_known = kernel_sched_read(NULL, &worker->sched, NULL) == 0 || worker->sched.threads > 0;
    if (!h->disk_wait_reason[0])
        kernel_disk_wait_read(NULL, &worker->disk_wait_ns, NULL);
    worker->cpu_ns = clock_process_cpu_ns();
    counters_start(&worker->counters);
    return 0;
}

static void item_edge(void *context, uint32_t slot, void *opaque, uint64_t index)
{
    (void)context;
    (void)slot;
    (void)index;
    look_at_cpu(opaque);
}

static void worker_end(void *context, uint32_t slot, void *opaque)
{
    struct run_hooks *h = context;
    struct run_worker *worker = h->worker;
    struct worker_payload *payload = opaque;

    (void)slot;
    if (!worker)
        return;
    counters_read(&worker->counters, clock_process_cpu_ns());
    read_runqueue(payload, worker);
    read_disk_wait(payload, worker, h->disk_wait_reason);
    if (h->group)
        store_counters(payload, &worker->counters);
    counters_close(&worker->counters);
    if (payload->cpu_wanted >= 0)
        for_each_thread(payload, false);
    free(worker);
    h->worker = NULL;
}

static int fork_begin(void *context, struct fault *fault)
{
    struct run_hooks *h = context;
    return h->emulation ? emulate_run_fork_begin(h->emulation, fault) : 0;
}

static int fork_end(void *context, struct fault *fault)
{
    struct run_hooks *h = context;
    return h->emulation ? emulate_run_fork_end(h->emulation, fault) : 0;
}

/* --- parent ----------------------------------------------------------------------------------- */

static int check_allowed(const struct run_hooks *h, struct fault *fault)
{
    for (uint32_t i = 0; i < h->cpu_count; i++) {
        bool has_cpu = false;
        if (read_binding(0, h->cpus[i], &has_cpu) < 0)
            return fault_set(
                fault, "--pin: the kernel does not list the CPUs that may be used (%s): leave --pin out",
                strerror(errno));
        if (!has_cpu)
            return fault_set(fault,
                             "--pin: CPU %d may not be used by this process: see 'knee doctor' for those "
                             "that may",
                             h->cpus[i]);
    }
    return 0;
}

int run_hooks_init(struct run_hooks *h, const char *pin_list, const struct counter_group *group,
                   struct fault *fault)
{
    struct fault kept = {0};

    *h = (struct run_hooks){.group = group};
    if (kernel_disk_wait_kept(&kept)) /* asked here: a confined worker may not */
        snprintf(h->disk_wait_reason, sizeof h->disk_wait_reason, "%.95s", kept.text);
    h->hooks = (struct pool_hooks){.context = h,
                                   .fork_begin = fork_begin,
                                   .fork_end = fork_end,
                                   .worker_begin = worker_begin,
                                   .worker_ready = worker_ready,
                                   .item_begin = item_edge,
                                   .item_end = item_edge,
                                   .worker_end = worker_end};
    if (pin_list && strcmp(pin_list, "none") != 0) {
        int count = topology_parse_list(pin_list, RUN_PIN_MOST, &h->cpus, fault);
        if (count < 0)
            return -1;
        h->cpu_count = (uint32_t)count;
        if (check_allowed(h, fault)) {
            run_hooks_release(h);
            return -1;
        }
    }
    if (group)
        h->backends[0] = counters_choose(counters_backends(), group->events, group->event_count);
    return 0;
}

void run_hooks_release(struct run_hooks *h)
{
    if (h->worker)
        counters_close(&h->worker->counters);
    free(h->worker);
    free(h->cpus);
    *h = (struct run_hooks){0};
}
