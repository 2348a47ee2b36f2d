#include "pool.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "worker.h"

/* Deaths in a row without any item done in between: the recipe or the machine is at fault, not an item. */
enum { MAX_DEATHS_IN_A_ROW = 20, PROGRESS_MS = 100 };

/* The parent's own, while a pool runs. Descriptors are -1 when closed. */
struct pool {
    const struct workload *workload;
    const struct pool_options *options;
    struct item_table *table;
    struct pool_control *control;
    uint64_t *order;
    int ready_fd, signal_fd;
    sigset_t old_mask;
    uint32_t alive;     /* processes forked and not reaped */
    uint64_t waiting;   /* workers that still have to report READY before the gate opens */
    uint32_t deaths;    /* since the last item done */
    uint64_t done_seen; /* items done when deaths was last reset */
    int signal_number;  /* 0, or the signal that asked us to stop */
    bool failed;        /* fault is set; workers are being ended */
    struct fault *fault;
};

const char *pool_wait_words(int wait_status, char *text, unsigned long text_bytes)
{
    if (WIFSIGNALED(wait_status)) {
        const char *name = sigabbrev_np(WTERMSIG(wait_status));
        snprintf(text, text_bytes, "killed by signal %d (SIG%s)%s", WTERMSIG(wait_status), name ? name : "?",
                 WTERMSIG(wait_status) == SIGKILL ? ", as the kernel does when memory is short" : "");
    } else if (WIFEXITED(wait_status)) {
        snprintf(text, text_bytes, "exited with code %d", WEXITSTATUS(wait_status));
    } else {
        snprintf(text, text_bytes, "ended with wait status %d", wait_status);
    }
    return text;
}

static void fail(struct pool *pool, const char *what, const char *why)
{
    if (!pool->failed)
        fault_set(pool->fault, "%s: %s", what, why);
    pool->failed = true;
    /* Relaxed, as the load in worker.c's work(). */
    atomic_store_explicit(&pool->control->stop, 1, memory_order_relaxed);
}

/* --- workers ---------------------------------------------------------------------------------- */

static int spawn(struct pool *pool, uint32_t slot)
{
    struct worker_record *worker = item_table_worker(pool->table, slot);
    struct worker_task task = {.workload = pool->workload,
                               .options = pool->options,
                               .table = pool->table,
                               .order = pool->order,
                               .control = pool->control,
                               .slot = slot,
                               .parent = getpid(),
                               .ready_fd = pool->ready_fd};
    uint64_t fork_ns = clock_now_ns();
    pid_t pid;

    /* Before fork, or a child that dies at once would be judged by its predecessor's state. */
    atomic_store_explicit(&worker->state, WORKER_FORKED, memory_order_relaxed);
    pid = fork();
    if (pid == 0)
        worker_main(&task);
    if (pid < 0) {
        atomic_store_explicit(&worker->state, worker->processes ? WORKER_DEAD : WORKER_ABSENT,
                              memory_order_relaxed);
        fail(pool, "starting a worker",
             errno == EAGAIN
                 ? "fork: the limit of processes is reached: use fewer workers or raise 'ulimit -u'"
                 : "fork: no memory for another process: use fewer workers");
        return -1;
    }
    /* The child writes none of these, so there is no race. */
    worker->fork_ns = fork_ns;
    worker->pid = pid;
    worker->wait_status = -1;
    worker->processes++;
    pool->alive++;
    return 0;
}

static uint64_t items_done(const struct pool *pool)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < pool->options->workers; i++)
        sum += item_table_worker(pool->table, i)->items;
    return sum;
}

/* The item that a dead worker held is tried once more, or given up. */
static void judge_held_item(struct pool *pool, const struct worker_record *worker, const char *words)
{
    /* Relaxed: their only writer has been reaped. */
    uint64_t position = atomic_load_explicit(&worker->claim_next, memory_order_relaxed);
    struct item_record *record;
    uint64_t index;
    char why[256];

    if (position >= atomic_load_explicit(&worker->claim_end, memory_order_relaxed) ||
        position >= pool->table->header->items)
        return;
    index = pool->order[position];
    record = item_table_item(pool->table, index);
    /* Acquire: pairs with the release in worker_do_item. */
    if (atomic_load_explicit(&record->state, memory_order_acquire) != ITEM_RUNNING)
        return;
    if (record->attempt < POOL_MAX_ATTEMPTS) {
        atomic_store_explicit(&record->state, ITEM_PENDING, memory_order_relaxed);
        return;
    }
    record->end_ns = clock_now_ns();
    snprintf(why, sizeof why, "its worker %s, at attempt %d of %d", words, record->attempt,
             POOL_MAX_ATTEMPTS);
    if (pool->workload->lost)
        pool->workload->lost(pool->workload->context, index, record,
                             item_table_item_payload(pool->table, index), why);
    /* Release, as in worker_do_item. */
    atomic_store_explicit(&record->state, ITEM_FAILED, memory_order_release);
}

static void handle_death(struct pool *pool, uint32_t slot, bool was_ready)
{
    struct worker_record *worker = item_table_worker(pool->table, slot);
    char words[160], what[64];
    uint64_t done = items_done(pool);

    pool_wait_words(worker->wait_status, words, sizeof words);
    snprintf(what, sizeof what, "worker %u", slot);
    if (pool->failed)
        return;
    if (WIFEXITED(worker->wait_status) && WEXITSTATUS(worker->wait_status) == WORKER_EXIT_INIT) {
        fail(pool, what, pool->control->faults[slot].text);
        return;
    }
    if (!was_ready) {
        strncat(words, ", before it was ready: try fewer workers", sizeof words - strlen(words) - 1);
        fail(pool, what, words);
        return;
    }
    judge_held_item(pool, worker, words);
    if (done > pool->done_seen)
        pool->deaths = 0;
    pool->done_seen = done;
    if (++pool->deaths > MAX_DEATHS_IN_A_ROW) {
        snprintf(what, sizeof what, "%d workers died in a row without one item done",
                 MAX_DEATHS_IN_A_ROW + 1);
        fail(pool, what, words);
    }
    if (!pool->failed && !pool->signal_number)
        spawn(pool, slot);
}

static uint32_t slot_of(const struct pool *pool, pid_t pid)
{
    for (uint32_t i = 0; i < pool->options->workers; i++)
        if (item_table_worker(pool->table, i)->pid == pid &&
            item_table_worker(pool->table, i)->wait_status == -1) /* or the number is used again */
            return i;
    return UINT32_MAX;
}

static void reap(struct pool *pool)
{
    struct rusage usage;
    int status;
    pid_t pid;

    while (pool->alive && (pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
        uint32_t slot = slot_of(pool, pid);
        struct worker_record *worker;
        enum worker_state state;
        bool good;
        if (slot == UINT32_MAX)
            continue; /* a child that is not ours */
        worker = item_table_worker(pool->table, slot);
        /* Acquire: pairs with the release in worker.c's set_state(). */
        state = atomic_load_explicit(&worker->state, memory_order_acquire);
        /* A library that calls exit(0) in the middle of an item has killed its worker all the same. */
        good = WIFEXITED(status) && WEXITSTATUS(status) == WORKER_EXIT_GOOD && state == WORKER_TAIL;
        worker->exit_ns = clock_now_ns();
        worker->wait_status = status;
        worker_add_usage(worker, &usage);
        pool->alive--;
        /* Release: a process that watches the table and sees the end sees usage and exit_ns too. */
        atomic_store_explicit(&worker->state, good ? WORKER_EXITED : WORKER_DEAD, memory_order_release);
        if (!good)
            handle_death(pool, slot, state >= WORKER_READY);
    }
}

/* --- the loop --------------------------------------------------------------------------------- */

static void take_signals(struct pool *pool)
{
    struct signalfd_siginfo info;

    while (read(pool->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD)
            continue;
        pool->signal_number = (int)info.ssi_signo;
        atomic_store_explicit(&pool->control->stop, 1, memory_order_relaxed);
    }
    reap(pool);
}

static void take_ready(struct pool *pool)
{
    uint64_t count;

    if (read(pool->ready_fd, &count, sizeof count) != sizeof count || !pool->waiting)
        return;
    pool->waiting -= count < pool->waiting ? count : pool->waiting;
    if (!pool->waiting) {
        pool->table->header->go_ns = clock_now_ns();
        worker_open_gate(pool->control);
    }
}

static void kill_all(struct pool *pool)
{
    for (uint32_t i = 0; i < pool->options->workers; i++) {
        struct worker_record *worker = item_table_worker(pool->table, i);
        if (worker->pid > 0 && worker->wait_status == -1)
            kill(worker->pid, SIGKILL);
    }
}

static void watch(struct pool *pool)
{
    struct pollfd fds[2] = {{.fd = pool->signal_fd, .events = POLLIN},
                            {.fd = pool->ready_fd, .events = POLLIN}};
    bool killed = false;

    while (pool->alive) {
        if (pool->failed && !killed) {
            kill_all(pool);
            killed = true;
        }
        if (pool->signal_number && pool->waiting) { /* nobody works yet: let them through to the stop flag */
            pool->waiting = 0;
            worker_open_gate(pool->control);
        }
        poll(fds, 2, PROGRESS_MS);
        take_ready(pool);
        take_signals(pool);
        if (pool->options->progress)
            pool->options->progress(pool->options->progress_context, pool->table);
    }
}

static bool any_pending(const struct pool *pool)
{
    for (uint64_t i = 0; i < pool->table->header->items; i++)
        /* Acquire: pairs with the release in worker_do_item. */
        if (atomic_load_explicit(&item_table_item(pool->table, i)->state, memory_order_acquire) < ITEM_DONE)
            return true;
    return false;
}

/* A worker that died between claiming positions and writing them down has taken them from everybody. Rare,
 * and cheap to mend: one worker looks at all positions again and does what is not done. */
static void finish_lost_claims(struct pool *pool)
{
    struct worker_record *worker = item_table_worker(pool->table, 0);

    while (!pool->failed && !pool->signal_number && any_pending(pool)) {
        atomic_store_explicit(&worker->claim_next, 0, memory_order_relaxed);
        atomic_store_explicit(&worker->claim_end, pool->table->header->items, memory_order_relaxed);
        if (spawn(pool, 0) == 0)
            watch(pool);
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
               : fault_set(fault,
                           "starting workers: the parent has %ld threads, and fork would copy one: this is a "
                           "defect of knee",
                           threads);
}

static size_t control_bytes(const struct pool *pool)
{
    return sizeof *pool->control + pool->options->workers * sizeof pool->control->faults[0];
}

static int open_pool(struct pool *pool)
{
    sigset_t mask;

    if (single_threaded(pool->fault))
        return -1;
    pool->order = chunk_order(pool->workload, pool->options->policy);
    if (!pool->order)
        return fault_set(pool->fault, "order of %llu items: no memory",
                         (unsigned long long)pool->workload->items);
    pool->control =
        mmap(NULL, control_bytes(pool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pool->control == MAP_FAILED) {
        pool->control = NULL;
        return fault_set(pool->fault, "shared memory of the pool: %s", strerror(errno));
    }
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
    if (pool->control)
        munmap(pool->control, control_bytes(pool));
    free(pool->order);
}

static enum pool_result outcome(const struct pool *pool, int *signal_number)
{
    if (pool->failed)
        return POOL_ERROR;
    *signal_number = pool->signal_number;
    return pool->signal_number && any_pending(pool) ? POOL_INTERRUPTED : POOL_OK;
}

enum pool_result pool_run(const struct workload *workload, const struct pool_options *options,
                          struct item_table *table, int *signal_number, struct fault *fault)
{
    struct pool pool = {.workload = workload,
                        .options = options,
                        .table = table,
                        .ready_fd = -1,
                        .signal_fd = -1,
                        .waiting = options->workers,
                        .fault = fault};
    enum pool_result result = POOL_ERROR;

    fflush(NULL); /* or every worker would own a copy of what is not yet written */
    table->header->pool_ns = clock_now_ns();
    if (open_pool(&pool) == 0) {
        for (uint32_t i = 0; i < options->workers && !pool.failed; i++)
            spawn(&pool, i);
        watch(&pool);
        finish_lost_claims(&pool);
        table->header->pool_end_ns = clock_now_ns();
        table->header->last_end_ns = item_table_last_end_ns(table);
        result = outcome(&pool, signal_number);
    }
    close_pool(&pool);
    return result;
}
