/* serial.c: the run without a pool (pool_run_serial of pool.h): the reference that the pool must match. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/pool.h"
#include "pipeline/pool/worker.h"

enum { PROGRESS_NS = 100000000 };

/* As in the pool, signals close together are one (pool.c). */
static const uint64_t one_signal_ns = 300000000;

static volatile sig_atomic_t signal_taken;
static uint64_t signal_ns;

/* The first one takes effect after the item; the second one ends the process at once: the next run removes
 * half-written files. */
static void take_signal(int number)
{
    uint64_t now = clock_now_ns();

    if (signal_taken && now - signal_ns > one_signal_ns)
        _exit(128 + number);
    if (!signal_taken)
        signal_ns = now;
    signal_taken = number;
}

static int do_items(const struct worker_task *task, void *state, int *signal_number, struct fault *fault)
{
    uint64_t told_ns = 0;

    for (uint64_t i = 0; i < task->workload->items && !*signal_number; i++) {
        uint64_t claim_ns = clock_now_ns();
        struct fault own = {0}; /* the fault of a failed item is not one of the run */
        /* Relaxed: there is only this process. */
        if (atomic_load_explicit(&item_table_item(task->table, i)->state, memory_order_relaxed) < ITEM_DONE &&
            worker_do_item(task, state, i, claim_ns, &own)) {
            *fault = own;
            return -1;
        }
        if (task->options->progress && claim_ns - told_ns >= PROGRESS_NS) {
            task->options->progress(task->options->progress_context, task->table);
            told_ns = claim_ns;
        }
        *signal_number = signal_taken;
    }
    return 0;
}

/* What a worker does before it is READY. */
static int prepare(const struct worker_task *task, void **state, struct fault *fault)
{
    struct worker_record *worker = item_table_worker(task->table, 0);
    const struct workload *workload = task->workload;

    if (worker_hook_begin(task, fault))
        return -1;
    worker->init_begin_ns = clock_now_ns();
    if (workload->init && workload->init(workload->context, state, fault))
        return -1;
    worker->init_end_ns = clock_now_ns();
    return worker_hook_ready(task, fault);
}

static uint64_t difference_ns(struct timeval later, struct timeval earlier)
{
    struct timeval passed;

    timersub(&later, &earlier, &passed);
    return (uint64_t)passed.tv_sec * 1000000000u + (uint64_t)passed.tv_usec * 1000u;
}

/* What this process has used since `before`, so that its own start and the listing of the batch stay out, as
 * they do for a forked worker. The largest memory is of the whole process: the kernel keeps no other. */
static void add_usage_since(struct worker_record *worker, const struct rusage *before)
{
    struct rusage now;

    getrusage(RUSAGE_SELF, &now);
    worker->user_ns += difference_ns(now.ru_utime, before->ru_utime);
    worker->system_ns += difference_ns(now.ru_stime, before->ru_stime);
    worker->maxrss_bytes = (uint64_t)now.ru_maxrss * 1024;
    worker->minor_faults += (uint64_t)(now.ru_minflt - before->ru_minflt);
    worker->major_faults += (uint64_t)(now.ru_majflt - before->ru_majflt);
    worker->voluntary_switches += (uint64_t)(now.ru_nvcsw - before->ru_nvcsw);
    worker->involuntary_switches += (uint64_t)(now.ru_nivcsw - before->ru_nivcsw);
}

enum pool_result pool_run_serial(const struct workload *workload, const struct pool_options *options,
                                 struct item_table *table, int *signal_number, struct fault *fault)
{
    struct item_table_header *header = table->header;
    struct worker_record *worker = item_table_worker(table, 0);
    struct worker_task task = {.workload = workload, .options = options, .table = table};
    struct rusage before;
    const struct sigaction taking = {.sa_handler = take_signal, .sa_flags = SA_RESTART};
    struct sigaction old_int, old_term;
    void *state = NULL;
    int failed;

    getrusage(RUSAGE_SELF, &before);
    header->serial = 1;
    header->pool_ns = worker->fork_ns = worker->begin_ns = clock_now_ns();
    worker->pid = getpid();
    worker->processes = 1;
    if (prepare(&task, &state, fault))
        return POOL_ERROR;
    signal_taken = 0;
    sigaction(SIGINT, &taking, &old_int);
    sigaction(SIGTERM, &taking, &old_term);
    header->go_ns = worker->go_ns = clock_now_ns();
    worker->claims = 1;
    failed = do_items(&task, state, signal_number, fault);
    worker->loop_end_ns = clock_now_ns();
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    worker_hook_end(&task);
    if (workload->release)
        workload->release(workload->context, state);
    worker->exit_ns = header->pool_end_ns = clock_now_ns();
    header->last_end_ns = item_table_last_end_ns(table);
    worker->wait_status = 0;
    add_usage_since(worker, &before);
    /* Release: as in pool.c's reap(). */
    atomic_store_explicit(&worker->state, WORKER_EXITED, memory_order_release);
    return failed ? POOL_ERROR : *signal_number ? POOL_INTERRUPTED : POOL_OK;
}
