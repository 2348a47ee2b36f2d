#include "harness/machine/counters/counters.h"

#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pipeline/base/clock.h"

/* Two clocks that are read one after the other, while other threads run, may differ by a tick of the kernel.
 */
static const uint64_t tick_ns = 10000000;
static const double partial_share = 0.02;

const char *counter_status_name(enum counter_status status)
{
    switch (status) {
    case COUNTER_UNREAD:
        return "unread";
    case COUNTER_OK:
        return "ok";
    case COUNTER_UNSUPPORTED:
        return "unsupported";
    case COUNTER_DENIED:
        return "denied";
    case COUNTER_PARTIAL:
        return "partial";
    case COUNTER_MULTIPLEXED:
        return "multiplexed";
    }
    return NULL;
}

bool counter_status_has_value(enum counter_status status)
{
    return status == COUNTER_OK || status == COUNTER_PARTIAL || status == COUNTER_MULTIPLEXED;
}

bool counter_event_needs_kernel(const struct counter_event *event)
{
    return event->type == PERF_TYPE_SOFTWARE &&
           (event->config == PERF_COUNT_SW_CONTEXT_SWITCHES || event->config == PERF_COUNT_SW_CPU_MIGRATIONS);
}

const struct counter_backend *const *counters_backends(void)
{
    static const struct counter_backend *const backends[] = {&counter_papi, &counter_kernel,
                                                             &counter_papi_thread, NULL};
    return backends;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* Opens with one backend into c, which holds nothing yet. */
static uint32_t open_with(struct counters *c, const struct counter_backend *backend,
                          const struct counter_event *events, uint32_t count)
{
    uint32_t opened;

    c->count = count < COUNTERS_MOST ? count : COUNTERS_MOST;
    for (uint32_t i = 0; i < c->count; i++) {
        c->counter[i] = (struct counter){.kind = events[i].kind};
        snprintf(c->counter[i].name, sizeof c->counter[i].name, "%s", events[i].name);
    }
    opened = backend->open(&c->state, events, c->counter, c->count);
    c->backend = opened ? backend : NULL;
    return opened;
}

uint32_t counters_open(struct counters *c, const struct counter_backend *const *backends,
                       const struct counter_event *events, uint32_t count)
{
    uint32_t best = 0;

    *c = (struct counters){0};
    for (int all_threads = 1; all_threads >= 0 && best == 0; all_threads--)
        for (size_t i = 0; backends[i] && best < COUNTERS_MOST; i++) {
            struct counters attempt = {0};
            uint32_t opened;
            if (backends[i]->all_threads != (all_threads == 1))
                continue;
            opened = open_with(&attempt, backends[i], events, count);
            if (opened > best || c->count == 0) {
                counters_close(c);
                *c = attempt;
                best = opened;
            } else {
                counters_close(&attempt);
            }
            if (best == c->count)
                return best;
        }
    return best;
}

/* PAPI counts hardware by the same system call, and costs 10 ms to start: where the call itself opens no hardware event
 * but every other, there is nothing that PAPI could add. */
static bool kernel_is_enough(const struct counter_backend *const *backends,
                             const struct counter_event *events, uint32_t count)
{
    const struct counter_backend *const kernel[] = {&counter_kernel, NULL};
    struct counters c;
    bool is_listed = false, enough = true;

    for (size_t i = 0; backends[i]; i++)
        is_listed |= backends[i] == &counter_kernel;
    if (!is_listed)
        return false;
    counters_open(&c, kernel, events, count);
    for (uint32_t i = 0; i < c.count; i++)
        enough &=
            c.backend && (c.counter[i].kind == COUNTER_HARDWARE) != (c.counter[i].status == COUNTER_UNREAD);
    counters_close(&c);
    return enough;
}

const struct counter_backend *counters_choose(const struct counter_backend *const *backends,
                                              const struct counter_event *events, uint32_t count)
{
    enum { NONE = 255 };
    const struct counter_backend *cheap = backends[0];
    struct counters c;
    int status;
    pid_t child;

    for (size_t i = 0; backends[i]; i++)
        if (backends[i]->all_threads)
            cheap = backends[i]; /* the last of these asks the kernel itself */
    if (kernel_is_enough(backends, events, count))
        return &counter_kernel;
    child = fork();
    if (child == 0) {
        int found = NONE;
        counters_open(&c, backends, events, count);
        for (int i = 0; backends[i] && c.backend; i++)
            if (backends[i] == c.backend)
                found = i;
        _exit(found);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) == NONE)
        return cheap;
    return backends[WEXITSTATUS(status)];
}

void counters_start(struct counters *c)
{
    c->cpu_begin_ns = clock_process_cpu_ns();
    if (!c->backend)
        return;
    c->started = c->backend->start(c->state) == 0;
    for (uint32_t i = 0; i < c->count && !c->started; i++)
        if (!c->counter[i].reason[0])
            snprintf(c->counter[i].reason, sizeof c->counter[i].reason, "opened, but could not be started");
}

/* --- reading ---------------------------------------------------------------------------------- */

static void mark_partial(struct counters *c, const char *reason)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (counter_status_has_value(c->counter[i].status)) {
            c->counter[i].status = COUNTER_PARTIAL;
            snprintf(c->counter[i].reason, sizeof c->counter[i].reason, "%s", reason);
        }
}

/* A counter that sees a part of the work is worse than none unless it is marked: the task clock must agree
 * with the CPU time of the whole process. */
static void cross_check(struct counters *c, uint64_t cpu_ns)
{
    char reason[64];
    double seen_ns = -1, off_ns;

    for (uint32_t i = 0; i < c->count; i++)
        if (strcmp(c->counter[i].name, "task-clock") == 0 && counter_status_has_value(c->counter[i].status))
            seen_ns = (double)c->counter[i].value;
    if (seen_ns < 0) {
        if (!c->backend->all_threads)
            mark_partial(c, "one thread only; its share is unknown without a task clock");
        return;
    }
    off_ns = seen_ns > (double)cpu_ns ? seen_ns - (double)cpu_ns : (double)cpu_ns - seen_ns;
    if (off_ns <= partial_share * (double)cpu_ns || off_ns <= (double)tick_ns)
        return;
    snprintf(reason, sizeof reason, "task clock saw %.1f%% of the process's CPU time",
             cpu_ns ? 100 * seen_ns / (double)cpu_ns : 0);
    mark_partial(c, reason);
}

void counters_read(struct counters *c, uint64_t cpu_end_ns)
{
    if (!c->started)
        return;
    if (c->backend->read(c->state, c->counter, c->count)) {
        for (uint32_t i = 0; i < c->count; i++)
            if (!c->counter[i].reason[0]) {
                c->counter[i].status = COUNTER_UNREAD;
                snprintf(c->counter[i].reason, sizeof c->counter[i].reason, "%s could not read it",
                         c->backend->name);
            }
        return;
    }
    cross_check(c, cpu_end_ns > c->cpu_begin_ns ? cpu_end_ns - c->cpu_begin_ns : 0);
}

void counters_close(struct counters *c)
{
    if (c->backend)
        c->backend->close(c->state);
    c->backend = NULL;
    c->state = NULL;
    c->started = false;
}
