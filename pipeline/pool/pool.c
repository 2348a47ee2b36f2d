#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/pool_internal.h"

enum { PROGRESS_MS = 100, REFILL_MS = 10 };
static const uint64_t one_signal_ns = 300000000;

void pool_fail(struct pool *pool, const char *what, const char *why)
{
    if (!pool->failed)
        fault_set(pool->fault, "%s%s%s", what ? what : "", what ? ": " : "", why);
    pool->failed = true;
    control_stop(&pool->control);
}

void pool_fail_for(struct pool *pool, const char *what, const struct fault *why)
{
    bool first = !pool->failed;

    pool_fail(pool, what, why->text);
    if (first) {
        pool->fault->kind = why->kind;
        pool->fault->advice = why->advice;
    }
}

/* --- the loop --------------------------------------------------------------------------------- */

/* The first signal lets workers finish their items, the second one does not. Signals close together are
 * one: timeout(1) and supervisors signal a process and its group. */
static void take_signals(struct pool *pool)
{
    struct signalfd_siginfo info;

    while (read(pool->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            continue;
        if (!pool->signal_number)
            pool->signal_ns = clock_now_ns();
        else if (clock_now_ns() - pool->signal_ns > one_signal_ns)
            pool_kill_all(pool);
        pool->signal_number = (int)info.ssi_signo;
        control_stop(&pool->control);
    }
    pool_reap(pool);
}

static bool all_ready(const struct pool *pool)
{
    for (uint32_t i = 0; i < pool->options->workers; i++)
        /* Acquire: pairs with the release in worker.c's set_state(). */
        if (atomic_load_explicit(&item_table_worker(pool->table, i)->state, memory_order_acquire) !=
            WORKER_READY)
            return false;
    return true;
}

/* The states decide, not the number of wake-ups: a worker may die between the two. */
static void open_gate_when_ready(struct pool *pool)
{
    uint64_t count;

    if (read(pool->ready_fd, &count, sizeof count) < 0 && errno != EAGAIN)
        pool_fail(pool, "waiting for workers", strerror(errno));
    if (pool->gate_open)
        return;
    if (all_ready(pool)) {
        pool->table->header->go_ns = clock_now_ns();
        failpoint("gate", FAILPOINT_NO_ITEM);
    } else if (
        !pool->signal_number) { /* with a signal no item is done: the gate opens so that they see the stop flag */
        return;
    }
    pool->gate_open = true;
    control_open_gate(&pool->control);
}

/* What the caller watches. */
static void call_watch(struct pool *pool, bool at_end)
{
    const uint64_t every_ns = 1000000000;
    uint64_t now = clock_now_ns();
    struct fault fault = {0};

    if (!pool->options->watch || pool->failed || (!at_end && now - pool->watched_ns < every_ns))
        return;
    pool->watched_ns = now;
    if (pool->options->watch(pool->options->watch_context, pool->table, &fault))
        pool_fail_for(pool, NULL, &fault);
}

void pool_watch(struct pool *pool)
{
    struct pollfd fds[3] = {{.fd = pool->signal_fd, .events = POLLIN},
                            {.fd = pool->ready_fd, .events = POLLIN},
                            {.fd = pool->said.from, .events = POLLIN}};

    pool->looked_ns = clock_now_ns();
    while (pool->alive || pool->refills) {
        if (pool->failed && !pool->killed)
            pool_kill_all(pool);
        poll(fds, 3, pool->refills ? REFILL_MS : PROGRESS_MS);
        failpoint("loop", FAILPOINT_NO_ITEM);
        open_gate_when_ready(pool);
        said_pass_on(&pool->said);
        take_signals(pool);
        pool_check_time(pool);
        pool_refill_due(pool);
        call_watch(pool, false);
        if (pool->options->progress)
            pool->options->progress(pool->options->progress_context, pool->table);
    }
}

/* --- set-up ----------------------------------------------------------------------------------- */

static int single_threaded(struct fault *fault)
{
    char line[128];
    long threads = 1;
    FILE *file = fopen("/proc/self/status", "re");

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "Threads: %ld", &threads) == 1)
            break;
    if (file)
        fclose(file);
    return threads == 1
               ? 0
               : fault_bug(fault,
                           "starting workers: the parent has %ld threads, and fork would copy one: this is a "
                           "defect of knee",
                           threads);
}

static int open_pool(struct pool *pool)
{
    sigset_t mask;

    if (single_threaded(pool->fault))
        return -1;
    pool->slots = calloc(pool->options->workers, sizeof *pool->slots);
    pool->order = chunk_order(pool->workload, pool->options->policy);
    pool->tries = calloc(pool->table->items ? pool->table->items : 1, sizeof *pool->tries);
    if (!pool->order || !pool->slots || !pool->tries)
        return fault_sys(pool->fault, "order of %llu items: no memory",
                         (unsigned long long)pool->workload->items);
    if (control_open(&pool->control, pool->options->workers, pool->fault) ||
        said_open(&pool->said, pool->fault))
        return -1;
    sigemptyset(&mask);
    sigaddset(&mask, SIGCHLD);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &pool->old_mask);
    pool->signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
    pool->ready_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (pool->signal_fd < 0 || pool->ready_fd < 0)
        return fault_set(pool->fault, "descriptors of the pool: %s: raise 'ulimit -n'", strerror(errno));
    return 0;
}

static void close_pool(struct pool *pool)
{
    if (pool->ready_fd >= 0)
        close(pool->ready_fd);
    if (pool->signal_fd >= 0) {
        close(pool->signal_fd);
        sigprocmask(SIG_SETMASK, &pool->old_mask, NULL);
    }
    if (pool->said.from >= 0)
        said_pass_on(&pool->said);
    said_close(&pool->said);
    control_close(&pool->control);
    free(pool->slots);
    free(pool->tries);
    free(pool->order);
}

static enum pool_result outcome(const struct pool *pool, int *signal_number)
{
    if (pool->failed)
        return POOL_ERROR;
    *signal_number = pool->signal_number;
    return pool->signal_number && pool_count_pending(pool) ? POOL_INTERRUPTED : POOL_OK;
}

static void spawn_all(struct pool *pool)
{
    const struct pool_hooks *hooks = pool->options->hooks;
    struct fault fault = {0};

    if (hooks && hooks->fork_begin && hooks->fork_begin(hooks->context, &fault))
        pool_fail(pool, NULL, fault.text);
    for (uint32_t i = 0; i < pool->options->workers && !pool->failed; i++)
        pool_spawn(pool, pool->options->fork_order ? pool->options->fork_order[i] : i);
    if (hooks && hooks->fork_end && !pool->failed && hooks->fork_end(hooks->context, &fault))
        pool_fail(pool, NULL, fault.text);
}

enum pool_result pool_run(const struct workload *workload, const struct pool_options *options,
                          struct item_table *table, int *signal_number, struct fault *fault)
{
    struct pool pool = {.workload = workload,
                        .options = options,
                        .table = table,
                        .ready_fd = -1,
                        .signal_fd = -1,
                        .said = {.from = -1, .to = -1},
                        .fault = fault};
    enum pool_result result = POOL_ERROR;

    fflush(NULL); /* or every worker would write buffered output again */
    table->header->pool_ns = clock_now_ns();
    pool.watched_ns = table->header->pool_ns;
    if (open_pool(&pool) == 0) {
        spawn_all(&pool);
        pool_watch(&pool);
        pool_finish_rest(&pool);
        call_watch(&pool, true);
        table->header->pool_end_ns = clock_now_ns();
        table->header->last_end_ns = item_table_last_end_ns(table);
        result = outcome(&pool, signal_number);
    }
    close_pool(&pool);
    return result;
}

enum pool_result pool_run_serial(const struct workload *workload, const struct pool_options *options,
                                 struct item_table *table, int *signal_number, struct fault *fault)
{
    struct pool_options one = *options;

    one.workers = 1;
    one.policy = POLICY_DYNAMIC;                 /* in their order, */
    one.chunk = table->items ? table->items : 1; /* claimed once */
    one.fork_order = NULL;
    table->header->serial = 1;
    return pool_run(workload, &one, table, signal_number, fault);
}
