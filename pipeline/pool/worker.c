#include "pipeline/pool/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/threads.h"

/* --- hooks ------------------------------------------------------------------------------------ */

static void *payload(const struct worker_task *task)
{
    return item_table_worker_payload(task->table, task->slot);
}

static int hook_begin(const struct worker_task *task, struct fault *fault)
{
    const struct pool_hooks *hooks = task->options->hooks;
    return hooks && hooks->worker_begin
               ? hooks->worker_begin(hooks->context, task->slot, payload(task), fault)
               : 0;
}

static int hook_ready(const struct worker_task *task, struct fault *fault)
{
    const struct pool_hooks *hooks = task->options->hooks;
    return hooks && hooks->worker_ready
               ? hooks->worker_ready(hooks->context, task->slot, payload(task), fault)
               : 0;
}

static void hook_end(const struct worker_task *task)
{
    const struct pool_hooks *hooks = task->options->hooks;
    if (hooks && hooks->worker_end)
        hooks->worker_end(hooks->context, task->slot, payload(task));
}

/* --- one item --------------------------------------------------------------------------------- */

/* Hooks, times, state. Returns 0, or -1 with fault when the run has to end and the item stays PENDING. */
static int do_item(const struct worker_task *task, void *state, uint64_t index, uint64_t claim_ns,
                   struct fault *fault)
{
    const struct workload *workload = task->workload;
    const struct pool_hooks *hooks = task->options->hooks;
    struct item_record *record = item_table_item(task->table, index);
    struct worker_record *worker = item_table_worker(task->table, task->slot);
    uint64_t cpu_ns = 0;
    enum item_state outcome;
    int result;

    record->worker = task->slot;
    record->attempt++;
    record->stage = 0;
    record->claim_ns = claim_ns;
    record->start_ns = clock_now_ns();
    /* Release: the parent, which loads with acquire after our death, sees who held the item and since when.
     */
    atomic_store_explicit(&record->state, ITEM_RUNNING, memory_order_release);
    if (hooks && hooks->item_begin)
        hooks->item_begin(hooks->context, task->slot, payload(task), index);
    if (workload->measure_cpu)
        cpu_ns = clock_process_cpu_ns();

    result = workload->item(workload->context, state, index, record,
                            item_table_item_payload(task->table, index), fault);

    if (workload->measure_cpu)
        record->cpu_ns = clock_process_cpu_ns() - cpu_ns;
    if (hooks && hooks->item_end)
        hooks->item_end(hooks->context, task->slot, payload(task), index);
    outcome = result == WORKLOAD_DONE ? ITEM_DONE : ITEM_FAILED;
    if (result == WORKLOAD_FAILED)
        item_table_set_reason(task->table, index, fault->text);
    if (result != WORKLOAD_STOP && task->options->on_item_final &&
        task->options->on_item_final(task->options->on_item_final_context, index, outcome, fault))
        result = WORKLOAD_STOP;
    if (result == WORKLOAD_STOP) {
        record->attempt--;
        atomic_store_explicit(&record->state, ITEM_PENDING, memory_order_release);
        return -1;
    }
    failpoint("final", index);
    record->end_ns = clock_now_ns();
    worker->items++;
    /* Release: a process that loads DONE or FAILED with acquire sees the whole record. */
    atomic_store_explicit(&record->state, outcome, memory_order_release);
    return 0;
}

/* --- the gate --------------------------------------------------------------------------------- */

static void leave_orphan(const struct worker_task *task)
{
    if (getppid() != task->parent)
        _exit(WORKER_EXIT_ORPHAN);
}

/* The death signal may have been lost (tie_to_parent). */
static void look_for_parent(const void *task)
{
    leave_orphan(task);
}

/* --- what it has used --------------------------------------------------------------------------- */

void worker_add_usage(struct worker_record *worker, const struct rusage *usage)
{
    uint64_t rss_bytes = (uint64_t)usage->ru_maxrss * 1024;

    worker->user_ns +=
        (uint64_t)usage->ru_utime.tv_sec * 1000000000u + (uint64_t)usage->ru_utime.tv_usec * 1000u;
    worker->system_ns +=
        (uint64_t)usage->ru_stime.tv_sec * 1000000000u + (uint64_t)usage->ru_stime.tv_usec * 1000u;
    if (rss_bytes > worker->maxrss_bytes)
        worker->maxrss_bytes = rss_bytes;
    worker->minor_faults += (uint64_t)usage->ru_minflt;
    worker->major_faults += (uint64_t)usage->ru_majflt;
    worker->voluntary_switches += (uint64_t)usage->ru_nvcsw;
    worker->involuntary_switches += (uint64_t)usage->ru_nivcsw;
}

/* --- life ------------------------------------------------------------------------------------- */

static void set_state(const struct worker_task *task, enum worker_state state)
{
    /* Release: the parent reads the record's instants after loading the state with acquire. */
    atomic_store_explicit(&item_table_worker(task->table, task->slot)->state, state, memory_order_release);
}

/* The worker's life ends with its parent's. The signal is armed first and the parent checked afterwards,
 * because a parent that died before the call would never send it. The kernel disarms it when a process
 * changes its identity or capabilities, so it is armed again when the worker is ready, and the parent is
 * looked for before every claim. */
static void tie_to_parent(const struct worker_task *task)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    leave_orphan(task);
}

/* Ctrl-C at a terminal reaches the whole process group: the parent handles it for all. */
static void reset_signals(void)
{
    sigset_t none;

    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The parent reads the reason after it has reaped us, which orders the two. */
static void leave_with_fault(const struct worker_task *task, const struct fault *fault)
{
    task->control->faults[task->slot] = *fault;
    _exit(WORKER_EXIT_FAULT);
}

/* RLIMIT_DATA and not RLIMIT_AS: it counts what decoders allocate, and leaves out libraries, the shared
 * table and mapped files, so that a limit of some hundred MiB is the memory a decoder can use. */
static void limit_memory(const struct worker_task *task)
{
    struct rlimit limit = {.rlim_cur = task->options->memory_bytes, .rlim_max = task->options->memory_bytes};
    struct fault fault;

    if (!task->options->memory_bytes || setrlimit(RLIMIT_DATA, &limit) == 0)
        return;
    fault_sys(&fault, "the kernel refuses a memory limit of %llu MiB for each worker: %s",
              (unsigned long long)(task->options->memory_bytes >> 20), strerror(errno));
    fault_advise(&fault, ADVICE_NO_MEMORY_LIMIT);
    leave_with_fault(task, &fault);
}

/* An output of more than this is no picture; the journal stays below it too. A limit of the user's own is kept. */
static void limit_files(const struct worker_task *task)
{
    const rlim_t largest = (rlim_t)8 << 30, wanted = task->options->file_bytes;
    const rlim_t most = wanted && wanted < largest ? wanted : largest;
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN); /* the write fails instead, which has a message */
    if (getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur <= most)
        return;
    limit.rlim_cur = most;
    limit.rlim_max = limit.rlim_max < most ? limit.rlim_max : most;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* --- no thread ------------------------------------------------------------------------------------ */

/* Below this a limit is too small for any item; within this much of it a new thread's stack is what does not fit. */
static const uint64_t least_room_bytes = (uint64_t)64 << 20, stack_bytes = (uint64_t)16 << 20;

/* Of this worker, when it was ready. */
static uint64_t ready_data_bytes;

/* A thread is refused. An item that has taken all memory within the worker's limit is itself the cause: the worker ends
 * as by a death. Everything else is the machine's fault, and none of the item. */
static void thread_refused(const void *context, int error)
{
    const struct worker_task *task = context;
    uint64_t limit = task->options->memory_bytes, data = limit ? threads_data_bytes() : 0;
    char worker[32] = ""; /* before it is ready the parent names it */
    struct fault fault;

    if (atomic_load(&item_table_worker(task->table, task->slot)->state) >= WORKER_READY)
        snprintf(worker, sizeof worker, "worker %u: ", task->slot);

    if (data + stack_bytes > limit && limit) {
        if (ready_data_bytes && ready_data_bytes + least_room_bytes <= limit)
            _exit(WORKER_EXIT_MEMORY);
        fault_sys(&fault, "%sits memory limit of %llu MiB leaves no room for a thread", worker,
                  (unsigned long long)(limit >> 20));
        fault_advise(&fault, ADVICE_NO_MEMORY_LIMIT);
    } else {
        fault_sys(&fault,
                  "%sno room for another thread (%s): use fewer workers, or raise the limit of "
                  "processes and threads ('ulimit -u', pids.max of the control group) or of memory",
                  worker, strerror(error));
    }
    leave_with_fault(task, &fault);
}

/* Claims and works until nothing is left. A claim left behind by the slot's dead process is finished first.
 */
static void work(const struct worker_task *task, void *state)
{
    struct worker_record *worker = item_table_worker(task->table, task->slot);
    /* Relaxed: written by our predecessor, whose end and our fork lie between. */
    uint64_t position = atomic_load_explicit(&worker->claim_next, memory_order_relaxed);
    uint64_t end = atomic_load_explicit(&worker->claim_end, memory_order_relaxed);
    struct fault fault = {0};

    /* Relaxed: `stop` carries nothing but itself, and one item later is early enough. */
    while (!atomic_load_explicit(&task->control->shown->stop, memory_order_relaxed)) {
        uint64_t claim_ns = clock_now_ns();
        if (position >= end) {
            leave_orphan(task);
            if (task->alone || !chunk_claim(task->table, task->options->policy, task->options->chunk,
                                            task->slot, &position, &end))
                break;
            failpoint("claim", FAILPOINT_NO_ITEM);
            /* Relaxed: only our own successor and, after our death, the parent read them. claim_end first, so
             * that a half-made pair is an empty or an old range, never one that holds others' items. */
            atomic_store_explicit(&worker->claim_next, end, memory_order_relaxed);
            atomic_store_explicit(&worker->claim_end, end, memory_order_relaxed);
            atomic_store_explicit(&worker->claim_next, position, memory_order_relaxed);
            worker->claims++;
            failpoint("held", FAILPOINT_NO_ITEM);
        }
        /* Relaxed: only we write the state of an item that we hold. */
        if (atomic_load_explicit(&item_table_item(task->table, task->order[position])->state,
                                 memory_order_relaxed) < ITEM_DONE) {
            uint64_t index = task->order[position];
            if (do_item(task, state, index, claim_ns, &fault))
                leave_with_fault(task, &fault);
            worker->dispatch_ns += item_table_item(task->table, index)->start_ns - claim_ns;
        }
        atomic_store_explicit(&worker->claim_next, ++position, memory_order_relaxed);
    }
}

/* The order matters: life and signals first, then what binds and limits the process, then its initializer
 * (which may need what is taken away later), then measuring. What takes rights away belongs to the end of
 * prepare(). */
static void prepare(const struct worker_task *task, void **state)
{
    struct worker_record *worker = item_table_worker(task->table, task->slot);
    const struct workload *workload = task->workload;
    struct fault fault = {0};

    tie_to_parent(task);
    reset_signals();
    set_state(task, WORKER_INIT);
    failpoint("start", FAILPOINT_NO_ITEM);
    threads_on_refusal(thread_refused, task);
    limit_memory(task);
    limit_files(task);
    if (task->options->sandbox && task->options->sandbox->mode != SANDBOX_OFF)
        said_take_over(task->said);
    if (task->options->sandbox)
        sandbox_close_descriptors(task->options->sandbox, &task->ready_fd, 1);
    if (hook_begin(task, &fault))
        leave_with_fault(task, &fault);
    if (task->options->sandbox && sandbox_enter(task->options->sandbox, &fault))
        leave_with_fault(task, &fault);
    worker->init_begin_ns = clock_now_ns();
    if (workload->init && workload->init(workload->context, state, &fault))
        leave_with_fault(task, &fault);
    worker->init_end_ns = clock_now_ns();
    if (hook_ready(task, &fault))
        leave_with_fault(task, &fault);
    tie_to_parent(task);
    if (task->options->memory_bytes)
        ready_data_bytes = threads_data_bytes();
}

void worker_main(const struct worker_task *task)
{
    struct worker_record *worker = item_table_worker(task->table, task->slot);
    const struct workload *workload = task->workload;
    const uint64_t one = 1;
    void *state = NULL;

    worker->begin_ns = clock_now_ns();
    worker->go_ns = worker->loop_end_ns = 0;
    prepare(task, &state);
    failpoint("ready", FAILPOINT_NO_ITEM);
    set_state(task, WORKER_READY);
    if (write(task->ready_fd, &one, sizeof one) != sizeof one)
        _exit(WORKER_EXIT_ORPHAN);
    if (!task->gate_open)
        control_wait_at_gate(task->control->shown, look_for_parent, task);
    worker->go_ns = clock_now_ns();
    set_state(task, WORKER_RUNNING);
    work(task, state);
    worker->loop_end_ns = clock_now_ns();
    set_state(task, WORKER_TAIL);
    failpoint("exit", FAILPOINT_NO_ITEM);
    hook_end(task);
    if (workload->release)
        workload->release(workload->context, state);
    _exit(WORKER_EXIT_GOOD);
}
